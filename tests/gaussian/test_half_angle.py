import math

import numpy as np
import pytest
import sympy
from flint import arb

from symprop.foundation.errors import OutOfDomain
from symprop.gaussian.half_angle import (
    HalfAngleErf,
    half_angle_array,
    half_angle_cosine_sine,
    half_angle_value,
)
from symprop.numerics.precision import working_bits


def test_cosine_and_sine_of_half_the_angle() -> None:
    cosine, sine = half_angle_cosine_sine(arb("0.28"))
    assert cosine.overlaps(arb("0.8"))
    assert sine.overlaps(arb("0.6"))
    cosine, sine = half_angle_cosine_sine(arb(1))
    assert (cosine, sine) == (1, 0)


def test_correlations_outside_are_refused() -> None:
    with pytest.raises(OutOfDomain, match="rho"):
        half_angle_cosine_sine(arb("1.5"))


@pytest.mark.parametrize("rho", [0.28, -0.96, 0.0])
def test_value_is_the_weighted_sum(rho: float) -> None:
    t = math.acos(rho)
    expected = 0.7 * math.tan(t / 2) - 0.2 / math.tan(t / 2)
    with working_bits(80):
        lower, upper = half_angle_value(arb("0.7"), arb("-0.2"), arb(rho))
    assert float(lower.mid()) <= expected + 1e-14
    assert float(upper.mid()) >= expected - 1e-14
    array = half_angle_array(0.7, -0.2, np.array([rho]))
    assert abs(float(array[0]) - expected) < 1e-13


def test_error_function_of_it() -> None:
    rho = sympy.Rational(7, 25)  # tan(t/2) = 3/4
    value = HalfAngleErf(sympy.Rational(1, 2), 0, rho)
    assert abs(float(value.evalf()) - math.erf(0.5 * 0.75)) < 1e-14
