"""The arc-cosine pair in every kind of numbers, at both ends of the interval too."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from flint import arb

from symprop.gaussian.duality import dual_kernel
from symprop.recurrences.arc_cosines import arc_of_array, arc_of_ball, arc_of_expression


@pytest.mark.parametrize("c", ["-1", "-9/10", "0", "1/3", "999999/1000000", "1"])
def test_all_kinds_agree_with_the_dual_kernels(c: str) -> None:
    kernels = [float(2 * dual_kernel(name).enclose(c, dps=15)) for name in ("relu", "Heaviside(x)")]
    ball = [float(part) for part in arc_of_ball(arb(sympy.Rational(c).p) / sympy.Rational(c).q)]
    exact = [float(part) for part in arc_of_expression(sympy.Rational(c))]
    array = [part[0] for part in arc_of_array(np.array([float(sympy.Rational(c))]))]
    for found in (ball, exact, array):
        assert found == pytest.approx(kernels, abs=1e-9)
    assert array[0] == pytest.approx(kernels[0], abs=1e-15)


def test_balls_across_the_ends_are_cut_off() -> None:
    for end, value, slope in ((1, 1, 1), (-1, 0, 0)):
        found = arc_of_ball(arb(end, 1e-10))
        assert found[0].contains(value)
        assert found[1].contains(slope)
        assert found[0].rad() < 1e-9
        assert found[1].rad() < 1e-4


def test_overshoots_are_cut_off_and_arguments_kept() -> None:
    given = np.array([1 + 1e-15, -1 - 1e-15])
    value, slope = arc_of_array(given)
    np.testing.assert_array_equal(value, [1, 0])
    np.testing.assert_array_equal(slope, [1, 0])
    assert given[0] > 1
