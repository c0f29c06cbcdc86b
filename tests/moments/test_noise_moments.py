"""Mean square of the sensitivity: by hand, by closed form, and by sampling with other matrices."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import sympy

from symprop.foundation.errors import InvalidArgument
from symprop.moments.noise_moments import mean_square_noise, mean_square_noise_closed_form
from tests.malformed import NO_INTEGERS, NO_SEQUENCES, assert_refused


@pytest.mark.parametrize("width", [1, 2, 5, 40])
@pytest.mark.parametrize("depth", [0, 1, 2, 7])
def test_closed_form(width: int, depth: int) -> None:
    exact = mean_square_noise([width] * (depth + 1))
    assert mean_square_noise_closed_form(width, depth) == sympy.Rational(
        exact.numerator, exact.denominator
    )


def test_width_one_is_the_fourth_moment() -> None:
    """(2 z^2 1[z > 0])^2 has mean 4 * 3 / 2."""
    assert mean_square_noise([1, 1]) == 6
    assert mean_square_noise([1, 1, 1]) == 36


def test_unequal_widths_against_sampling() -> None:
    """True networks, gates from the signal itself, no fair coins."""
    rng = np.random.default_rng(2)
    widths, runs = [2, 4, 3], 60_000
    x = np.broadcast_to(np.array([1.0, -2.0])[:, None], (runs, 2, 1))
    jacobian = np.broadcast_to(np.eye(2), (runs, 2, 2))
    for before, after in pairwise(widths):
        w = rng.normal(size=(runs, after, before)) * np.sqrt(2 / before)
        y = w @ x
        x = np.maximum(y, 0)
        jacobian = (y > 0) * (w @ jacobian)
    noise = np.sum(jacobian**2, axis=(1, 2)) / widths[-1]
    assert abs(noise.mean() - 1) < 5 * noise.std() / np.sqrt(runs)
    square = noise**2
    exact = float(mean_square_noise(widths))
    assert abs(square.mean() - exact) < 5 * square.std() / np.sqrt(runs)


def test_formula_in_symbols() -> None:
    formula = mean_square_noise_closed_form()
    assert {str(symbol) for symbol in formula.free_symbols} == {"N", "l"}
    n, depth = (next(s for s in formula.free_symbols if str(s) == name) for name in ("N", "l"))
    assert sympy.simplify(formula.subs(depth, 0)) == 1
    assert sympy.limit(formula.subs(depth, 3), n, sympy.oo) == 1


@pytest.mark.parametrize("widths", [[], [0], [2, 1.5]])
def test_malformed(widths: list) -> None:
    with pytest.raises(InvalidArgument):
        mean_square_noise(widths)


def test_growth_is_that_of_one_direction() -> None:
    """Over the long run the square grows by 1 + 5/N a layer, as that of a length."""
    ratio = mean_square_noise([6] * 61) / mean_square_noise([6] * 60)
    assert float(ratio) == pytest.approx(float(Fraction(11, 6)), rel=1e-9)


def test_malformed_arguments_are_named() -> None:
    assert_refused(mean_square_noise, NO_SEQUENCES, "widths to be a sequence of integers")
    assert_refused(lambda width: mean_square_noise([width]), (*NO_INTEGERS, 0), "width to be an")
    given = [value for value in NO_INTEGERS if value is not None]
    assert_refused(
        lambda width: mean_square_noise_closed_form(width, 3), (*given, 0), "width to be an integer"
    )
    assert_refused(
        lambda depth: mean_square_noise_closed_form(3, depth), (*given, -1, 10**400), "depth to be"
    )


def test_text_is_not_evaluated() -> None:
    with pytest.raises(InvalidArgument, match="width"):
        mean_square_noise_closed_form("__import__('os').getcwd()")


def test_formula_takes_expressions() -> None:
    k = sympy.Symbol("k", positive=True)
    assert mean_square_noise_closed_form(2 * k, 3).subs(k, 4) == mean_square_noise([8] * 4)
