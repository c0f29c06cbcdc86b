import mpmath
import pytest
import sympy
from flint import arb

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.gaussian.grid import gaussian_grid
from symprop.gaussian.hermite import (
    grid_coefficients,
    hermite_balls,
    hermite_coefficients,
    parseval_tail,
)
from symprop.gaussian.integrand import integrand_of
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import working_bits
from symprop.specs.activations import activation


def by_mpmath(function: object, k: int) -> mpmath.mpf:
    def integrand(z: mpmath.mpf) -> mpmath.mpf:
        basis = mpmath.hermite(k, z / mpmath.sqrt(2)) / mpmath.sqrt(2**k * mpmath.fac(k))
        return function(z) * basis * mpmath.npdf(z)  # type: ignore[operator]

    return mpmath.quad(integrand, [-16, -8, -4, -2, -1, 0, 1, 2, 4, 8, 16])


@pytest.mark.parametrize("k", [1, 3, 11])
def test_tanh_agrees_with_mpmath(k: int) -> None:
    expansion = hermite_coefficients("tanh", 11, dps=25)
    assert expansion.exact is None
    with mpmath.workdps(30):
        value = expansion.enclosures[k].midpoint
        assert abs(value - by_mpmath(mpmath.tanh, k)) < mpmath.mpf(10) ** -24


@pytest.mark.parametrize("name", ["relu", "leaky_relu:1/10", "abs", "step", "sign", "erf", "gelu"])
def test_exact_coefficients_agree_with_the_grid(name: str) -> None:
    expansion = hermite_coefficients(name, 24, dps=20)
    assert expansion.exact is not None
    balls, second, tail = hermite_balls(integrand_of(activation(name)), 1, 24, 80)
    for exact, ball in zip(expansion.enclosures, balls, strict=True):
        assert exact.overlaps(ball)
    assert expansion.second_moment.overlaps(second)
    assert expansion.tail.overlaps(tail)


def test_low_orders_are_the_familiar_constants() -> None:
    relu = hermite_coefficients("relu", 3)
    assert sympy.simplify(relu[0] - 1 / sympy.sqrt(2 * sympy.pi)) == 0
    assert relu[1] == sympy.Rational(1, 2)
    assert relu[3] == 0
    assert [sympy.simplify(c) for c in hermite_coefficients("x**3", 3)] == [0, 3, 0, sympy.sqrt(6)]


def test_the_parseval_tail_closes_the_sum() -> None:
    for name in ("tanh", "relu", "softsign"):
        short = hermite_coefficients(name, 6, dps=20)
        long = hermite_coefficients(name, 40, dps=20)
        between = sum((c * c for c in long.enclosures[7:]), Enclosure(0))
        assert (short.tail - between).overlaps(long.tail)
        assert long.tail <= short.tail
        assert not long.tail < 0


@pytest.mark.parametrize("q", ["1/1000000", "7/2", "1000"])
def test_variances(q: str) -> None:
    expansion = hermite_coefficients("tanh", 20, variance=q, dps=15)
    squares = sum((c * c for c in expansion.enclosures), Enclosure(0))
    assert (squares + expansion.tail).overlaps(expansion.second_moment)
    assert expansion.second_moment.relative_bits > 50


def test_order_256_at_50_digits() -> None:
    expansion = hermite_coefficients("silu", 256, dps=50)
    assert len(expansion) == 257
    assert float(expansion.enclosures[256].radius) < 1e-50
    even = expansion.enclosures[2].ball
    assert not even.contains(0)


def test_functions_with_parity_skip_the_other_half() -> None:
    with working_bits(200):
        odd = grid_coefficients(
            gaussian_grid(integrand_of(activation("tanh")), arb(1), 60, order=9)
        )
    assert [k for k, value in enumerate(odd) if value == 0] == [0, 2, 4, 6, 8]


def test_tail_is_never_negative() -> None:
    assert parseval_tail(arb(1, "1e-5"), [arb(1)]).lower() >= 0


def test_bad_arguments() -> None:
    with pytest.raises(InvalidArgument, match="order"):
        hermite_coefficients("tanh", -1)
    with pytest.raises(OutOfDomain, match="square-integrable"):
        hermite_coefficients("exp(x**2/4)", 3)
    with pytest.raises(OutOfDomain, match="variance"):
        hermite_coefficients("tanh", 3, variance=-1)


def test_the_variance_enters_a_closed_form_as_a_number() -> None:
    expansion = hermite_coefficients("Max(x, 0)**1000", 3, variance=2)
    assert expansion.exact is not None
    assert expansion.exact[0] == 2**500 * sympy.factorial2(999) / 2
    assert expansion.enclosures[0].contains(int(expansion.exact[0]))
    assert not any(term.free_symbols for term in expansion.exact)


@pytest.mark.parametrize("variance", [1, 100])
def test_high_orders_of_a_function_with_a_parity_keep_their_digits(variance: int) -> None:
    found = hermite_coefficients("tanh", 2000, variance=variance)
    assert max(item.ball.rad() for item in found.enclosures) < 1e-18
    assert found.tail.ball.rad() < 1e-17
    short = hermite_coefficients("tanh", 30, variance=variance)
    for a, b in zip(short.enclosures, found.enclosures, strict=False):
        assert a.overlaps(b)
