import pickle
from fractions import Fraction

import mpmath
import pytest
import sympy
from flint import arb

from symprop.foundation.errors import InvalidArgument, UndecidedComparison
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import working_bits


def pi(bits: int = 100) -> Enclosure:
    with working_bits(bits):
        return Enclosure(arb.pi())


def test_prints_only_proved_digits() -> None:
    assert str(Enclosure(arb("3.14", "0.001"))) == "3.14"
    assert str(Enclosure(arb("3.14", "0.005"))) == "3.1"
    assert str(pi(40)).startswith("3.14159265")


def test_a_ball_at_a_rounding_boundary_prints_fewer_digits() -> None:
    # 0.25 +- tiny rounds to 0.2 or 0.3, but safely to 0.250
    ball = Enclosure.from_bounds(Fraction(2499999, 10**7), Fraction(2500001, 10**7))
    assert ball.proved_digits(1) == ""
    assert ball.digits == "0.250000"


def test_exact_numbers_print_all_their_digits() -> None:
    assert str(Enclosure(0)) == "0"
    assert str(Enclosure("1/4")) == "0.25"
    assert str(Enclosure(-12)) == "-12"
    assert Enclosure(arb(2) ** -3).digits == "0.125"


def test_a_ball_around_zero_prints_zeros_to_the_proved_place() -> None:
    assert str(Enclosure(arb(0, "1e-6"))) == "0.00000"
    assert Enclosure(arb(0, 1)).digits == ""
    assert "+/-" in str(Enclosure(arb(0, 1)))


def test_scientific_notation_far_from_one() -> None:
    assert Enclosure("1e-30", bits=60).digits.endswith("e-30")
    assert str(pi() * 10**40).endswith("e+40")


def test_arithmetic_keeps_the_precision_of_its_operands() -> None:
    difference = pi(300) - pi(300)
    assert difference.contains(0)
    assert float(difference.radius) < 1e-80
    assert (pi() * 2 / 2).overlaps(pi())
    assert (2 - pi()).contains(-(pi() - 2))
    assert (1 / pi() * pi()).contains(1)
    assert (pi() ** 2).overlaps(pi() * pi())
    assert abs(-pi()) == abs(pi())


def test_order_is_proved_or_refused() -> None:
    assert pi() > 3
    assert pi() < Fraction(22, 7)
    assert Enclosure(2) <= 2
    with pytest.raises(UndecidedComparison):
        _ = pi() < pi(50)
    assert pi().compare(pi()) is None
    assert Enclosure(1).compare(1) == 0


def test_conversions() -> None:
    assert float(pi()) == 3.141592653589793
    assert sympy.sympify(pi()).is_Float
    assert abs(sympy.N(sympy.sympify(pi()) - sympy.pi, 25)) < 1e-28
    with mpmath.workdps(25):
        assert abs(mpmath.mpmathify(pi()) - mpmath.pi) < mpmath.mpf(10) ** -24
    assert pi()._repr_latex_().startswith("$3.14159")


def test_equality_and_hash_are_of_the_ball() -> None:
    assert pi() == pi()
    assert pi() != pi(60)
    assert len({pi(), pi(), pi(60)}) == 2


def test_pickle_and_integers_are_exact() -> None:
    for ball in (pi(), Enclosure(0), Enclosure("1/3"), Enclosure(arb(1, "0.1"))):
        assert pickle.loads(pickle.dumps(ball)) == ball
        assert Enclosure.from_integers(ball.to_integers()) == ball


@pytest.mark.parametrize("parts", [(1, 2, 3), (1, 0, -1, 0), (1.0, 0, 0, 0)])
def test_bad_integers_are_refused(parts: tuple[int, ...]) -> None:
    with pytest.raises(InvalidArgument, match="parts"):
        Enclosure.from_integers(parts)


@pytest.mark.parametrize("value", [arb("nan"), "abc", "1/0", True, None])
def test_what_is_not_a_number_is_refused(value: object) -> None:
    with pytest.raises(InvalidArgument):
        Enclosure(value)  # type: ignore[arg-type]


def test_frozen() -> None:
    with pytest.raises(AttributeError):
        pi()._ball = arb(1)  # type: ignore[misc]


def test_intersection_of_disjoint_balls_is_refused() -> None:
    both = Enclosure.from_bounds(0, 2).intersection(Enclosure.from_bounds(1, 3))
    assert both.contains(Fraction(3, 2))
    assert not both.contains(Fraction(5, 2))
    with pytest.raises(InvalidArgument, match="overlap"):
        Enclosure(1).intersection(Enclosure(2))


def test_midpoint_and_radius_are_exact_whatever_mpmath_is_set_to() -> None:
    ball = pi(300)
    assert Enclosure(ball.midpoint).lower == ball.lower + Enclosure(ball.radius).lower
    assert mpmath.nstr(ball.midpoint, 40) == "3.141592653589793238462643383279502884197"
    assert Enclosure(0).midpoint == 0
    assert Enclosure(arb("inf")).midpoint == mpmath.inf


def test_powers_of_balls_around_zero() -> None:
    ball = Enclosure.from_bounds(-2, 3)
    assert (ball**2).contains(Enclosure.from_bounds(0, 9))
    assert (ball**3).contains(Enclosure.from_bounds(-8, 27))
    assert (Enclosure.from_bounds(-1, 1) ** 2).lower >= -Fraction(1, 10**6)
    with pytest.raises(InvalidArgument):
        Enclosure.from_bounds(-1, 1) ** -1
