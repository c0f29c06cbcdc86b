from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from flint import acb, arb

from symprop.foundation.errors import InvalidArgument, PrecisionNotReached
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import adaptive, as_ball, as_exact, as_size, compile_ball, enclose
from symprop.numerics.precision import working_bits
from tests.malformed import NO_INTEGERS, assert_refused

x = sympy.Symbol("x")


@pytest.mark.parametrize(
    "value",
    [
        3,
        Fraction(3),
        "3",
        "3.0",
        "6/2",
        "30e-1",
        3.0,
        mpmath.mpf(3),
        sympy.Integer(3),
        np.float64(3),
    ],
    ids=lambda value: f"{type(value).__name__}-{value}",
)
def test_all_ways_to_write_three(value: object) -> None:
    assert as_ball(value, 64) == 3
    assert as_exact(value) == 3


def test_decimal_strings_are_exact_and_floats_are_their_binary_value() -> None:
    assert as_exact("0.1") == sympy.Rational(1, 10)
    assert as_exact(0.1) == sympy.Rational(*(0.1).as_integer_ratio())
    assert Enclosure(as_ball("0.1", 64)).contains("0.1")


def test_balls_are_not_exact() -> None:
    ball = Enclosure("1/3")
    assert as_exact(ball) is None
    assert as_ball(ball, 64) is ball.ball


def test_symbolic_numbers_keep_their_form() -> None:
    assert as_exact(sympy.sqrt(2)) == sympy.sqrt(2)
    with working_bits(200):
        assert (as_ball(sympy.sqrt(2), 200) ** 2).contains(2)


@pytest.mark.parametrize(
    "value",
    [
        "1/0",
        "abc",
        "sqrt(2)",
        "1e999999999",
        "9" * 300_000,
        float("nan"),
        float("inf"),
        mpmath.inf,
        arb("inf"),
        True,
        None,
        [1],
        sympy.oo,
        sympy.I,
        x,
        1j,
    ],
)
def test_what_is_not_a_finite_real_number_is_refused_by_name(value: object) -> None:
    with pytest.raises(InvalidArgument, match="Expected nu "):
        as_ball(value, 64, "nu")


def test_enclosures_reach_the_digits_asked_for() -> None:
    ball = enclose(sympy.pi / (sympy.pi - 1), dps=60)
    assert ball.relative_bits >= 199
    assert ball.proved_digits(19) == "1.466942206924259860"
    with mpmath.workdps(80):
        exact = mpmath.pi / (mpmath.pi - 1)
        assert abs(mpmath.mpf(ball.digits) - exact) < mpmath.mpf(10) ** -59


def test_two_precisions_overlap_and_the_finer_is_narrower() -> None:
    expression = sympy.erf(sympy.sqrt(2)) * sympy.gamma(sympy.Rational(1, 3))
    coarse, fine = enclose(expression, dps=15), enclose(expression, dps=80)
    assert coarse.overlaps(fine)
    assert fine.radius < coarse.radius


def test_cancellation_raises_the_precision() -> None:
    tiny = enclose(sympy.exp(sympy.Rational(1, 10**30)) - 1, dps=15)
    assert tiny.proved_digits(5) == "1.0000e-30"


def test_an_exact_zero_comes_back_as_a_tiny_ball() -> None:
    zero = enclose(sympy.sqrt(2) + sympy.sqrt(3) - sympy.sqrt(5 + 2 * sympy.sqrt(6)))
    assert zero.contains(0)
    assert float(zero.radius) < 1e-60


def test_a_wide_argument_cannot_give_digits() -> None:
    with pytest.raises(PrecisionNotReached) as caught:
        enclose(x**2, values={x: Enclosure(arb(1, "0.01"))}, dps=15)
    assert isinstance(caught.value.best, Enclosure)
    assert caught.value.best.contains(1)


def test_complex_results_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="real"):
        enclose(sympy.I + x, values={x: 1})


def test_functions_without_balls_are_named() -> None:
    with pytest.raises(InvalidArgument, match="airyai"):
        compile_ball(sympy.airyai(x), [x])


def test_a_function_class_may_bring_its_own_ball_arithmetic() -> None:
    class Doubled(sympy.Function):  # type: ignore[misc]
        @staticmethod
        def _eval_ball(value: arb) -> arb:
            return 2 * value

    assert compile_ball(Doubled(x), [x])(arb(3)) == 6


def test_compiled_functions_follow_the_precision_in_force() -> None:
    function = compile_ball(sympy.pi * x, [x])
    coarse = function(arb(1))
    with working_bits(300):
        fine = function(arb(1))
    assert fine.rel_accuracy_bits() > 290 > coarse.rel_accuracy_bits()
    assert isinstance(function(acb(1, 1)), acb)


def test_adaptive_gives_up_with_the_best_ball() -> None:
    with pytest.raises(PrecisionNotReached, match=r"10 proved digits of the thing but got 0 of \["):
        adaptive(lambda bits: arb(1, "0.5"), 10, "thing")


def test_sizes_are_integers_or_symbolic() -> None:
    n = sympy.Symbol("n")
    assert (as_size("width", 3), as_size("width", 2 * n)) == (3, 2 * n)
    assert_refused(lambda value: as_size("width", value), (*NO_INTEGERS, 0), "width to be an integ")
    with pytest.raises(InvalidArgument, match="depth to be an integer from 0 to 5"):
        as_size("depth", 6, minimum=0, maximum=5)
