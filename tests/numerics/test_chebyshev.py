from flint import arb

from symprop.numerics.chebyshev import chebyshev_from_powers, powers_from_chebyshev
from symprop.numerics.precision import working_bits


def test_known_polynomials() -> None:
    """``8 x^4 - 8 x^2 + 1 = T_4`` and ``x^3 = (3 T_1 + T_3)/4``."""
    quartic = chebyshev_from_powers([1.0, 0.0, -8.0, 0.0, 8.0])
    assert [float(c) for c in quartic] == [0, 0, 0, 0, 1]
    assert [float(c) for c in chebyshev_from_powers([0, 0, 0, 1])] == [0, 0.75, 0, 0.25]


def test_round_trip_on_balls() -> None:
    with working_bits(300):
        powers = [arb(k + 1) / 7 for k in range(40)]
        back = powers_from_chebyshev(chebyshev_from_powers(powers))
    assert all(b.contains(a.mid()) for a, b in zip(powers, back, strict=True))
    assert all(b.rad() < 1e-60 for b in back)


def test_constant_and_linear() -> None:
    assert powers_from_chebyshev([arb(5)]) == [arb(5)]
    assert powers_from_chebyshev([arb(5), arb(2)]) == [arb(5), arb(2)]
