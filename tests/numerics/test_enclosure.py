import math
import pickle
import re
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb

from symprop.foundation.errors import InvalidArgument, OutOfDomain, UndecidedComparison
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
        assert abs(pi().midpoint - mpmath.pi) < mpmath.mpf(10) ** -24
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


def test_powers_of_balls_around_zero() -> None:
    ball = Enclosure.from_bounds(-2, 3)
    assert (ball**2).contains(Enclosure.from_bounds(0, 9))
    assert (ball**3).contains(Enclosure.from_bounds(-8, 27))
    assert (Enclosure.from_bounds(-1, 1) ** 2).lower >= -Fraction(1, 10**6)
    with pytest.raises(InvalidArgument):
        Enclosure.from_bounds(-1, 1) ** -1


ASTRONOMICAL = [(-(arb(10) ** 14)).exp(), (arb(10) ** 14).exp(), arb(2) ** -(10**15)]


@pytest.mark.parametrize("ball", ASTRONOMICAL, ids=["tiny", "huge", "exact"])
def test_astronomical_balls_answer_at_once(ball: arb) -> None:
    number = Enclosure(ball)
    assert re.fullmatch(r"\d\.\d+e[+-]\d{14,15}", str(number))
    assert "$" in number._repr_latex_()
    assert repr(number)
    assert Enclosure.from_integers(number.to_integers()) == number
    assert number.contains(number)
    assert not number.contains(1)
    assert number.overlaps(number)
    assert (number < 1) == (ball < 1)
    for end in ("lower", "upper"):
        with pytest.raises(OutOfDomain, match="take its ball"):
            getattr(number, end)


def test_digits_of_an_astronomical_ball_are_proved() -> None:
    text = Enclosure((-(arb(10) ** 14)).exp()).proved_digits(10)
    mantissa, _, exponent = text.partition("e")
    with working_bits(200):
        written = arb(mantissa).log() + int(exponent) * arb(10).log()
        assert abs(written + arb(10) ** 14) < arb("1e-9")


def test_floats_round_to_nearest_and_are_never_infinite() -> None:
    assert float(Enclosure((-(arb(10) ** 14)).exp())) == 0.0
    assert float(Enclosure(arb(2) ** -1074)) == 5e-324
    assert float(Enclosure(arb(2) ** -1076)) == 0.0
    for size in (1024, 10**15):
        with pytest.raises(OutOfDomain, match="float64"):
            float(Enclosure(arb(2) ** size))


def test_a_radius_far_below_the_midpoint() -> None:
    ball = Enclosure(arb(1, arb(2) ** -(10**14)))
    assert ball.proved_digits(5) == "1.0000"
    assert ball.contains(1)
    zero = Enclosure(arb(0, arb(2) ** -(10**14)))
    assert zero.proved_digits(8) == "0.00000000"
    assert set(zero.digits) == {"0", "."}
    assert Enclosure(arb(0, arb(2) ** (10**14))).digits == ""


def test_infinity_is_a_number_with_one_meaning() -> None:
    infinite = Enclosure(arb("inf"))
    assert not infinite.is_finite
    assert infinite.is_exact
    assert (str(infinite), str(-infinite)) == ("inf", "-inf")
    assert float(infinite) == math.inf
    assert infinite.midpoint == mpmath.inf
    assert infinite == Enclosure(math.inf) == pickle.loads(pickle.dumps(infinite))
    assert infinite != -infinite
    assert len({infinite, Enclosure(mpmath.inf)}) == 1
    assert infinite > 10**400
    assert infinite.contains(infinite)
    assert not pi().contains(infinite)
    assert (1 / infinite).contains(0)
    assert infinite + 1 == infinite
    for refused in (lambda: infinite - infinite, lambda: 0 * infinite, lambda: infinite.lower):
        with pytest.raises(OutOfDomain):
            refused()
    with pytest.raises(InvalidArgument):
        infinite.to_integers()


def test_an_unbounded_interval_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="bounded"):
        Enclosure(arb(0, arb("inf")))
    with pytest.raises(OutOfDomain, match="bounded result"):
        _ = 1 / Enclosure.from_bounds(-1, 1)


@pytest.mark.parametrize(
    "number",
    [
        2,
        2.0,
        Fraction(2),
        sympy.Integer(2),
        mpmath.mpf(2),
        np.float64(2),
        np.int64(2),
        "2",
    ],
    ids=lambda number: type(number).__name__,
)
def test_a_number_on_either_side_keeps_the_radius(number: Any) -> None:
    wide = Enclosure(arb(3, "0.25"))
    if not isinstance(number, str):
        assert isinstance(number * wide, Enclosure)
        assert (number * wide).contains(Fraction(26, 4))
        assert (number - wide).contains(Fraction(-3, 4))
        assert (number / wide).contains(Fraction(8, 12))
        assert number < wide
    assert (wide * number).contains(Fraction(26, 4))
    assert wide.contains("13/4")
    assert wide > number


def test_symbolic_numbers_are_enclosed() -> None:
    for product in (sympy.sqrt(2) * pi(), pi() * sympy.sqrt(2)):
        assert isinstance(product, Enclosure)
        assert (product**2 / 2).overlaps(pi() ** 2)
    with pytest.raises(TypeError):
        _ = sympy.Symbol("x") * pi()


def test_text_with_an_enormous_exponent_is_refused() -> None:
    for text in ("1e999999999999", "1e-999999999999"):
        with pytest.raises(InvalidArgument):
            Enclosure(text)
        with pytest.raises(InvalidArgument):
            pi().contains(text)


@pytest.mark.parametrize("limit", [0, -3, 1.5])
def test_a_limit_of_digits_is_checked(limit: int) -> None:
    with pytest.raises(InvalidArgument, match="limit"):
        pi().proved_digits(limit)


@pytest.mark.parametrize("bad", [None, 1, "1 2 3 4", {1, 2, 3, 4}, arb(1)], ids=repr)
def test_parts_must_be_a_list_of_integers(bad: Any) -> None:
    with pytest.raises(InvalidArgument, match="parts"):
        Enclosure.from_integers(bad)


def test_only_enclosures_intersect() -> None:
    with pytest.raises(InvalidArgument, match="other to be an Enclosure"):
        pi().intersection(3)  # type: ignore[arg-type]


def test_bounds_out_of_order_are_named_shortly() -> None:
    with pytest.raises(InvalidArgument, match="lower to be at most upper") as caught:
        Enclosure.from_bounds("9" * 3000, 2)
    assert len(str(caught.value)) < 400
