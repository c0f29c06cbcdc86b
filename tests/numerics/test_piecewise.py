import math

import numpy as np
import pytest

from symprop.foundation.errors import OutOfDomain
from symprop.numerics.piecewise import PiecewisePolynomial, padded


def hat() -> PiecewisePolynomial:
    """``x`` on [0, 1] and ``2 - x`` on [1, 2]."""
    return PiecewisePolynomial(
        breakpoints=np.array([0.0, 1.0, 2.0]),
        coefficients=padded([[0.5, 0.5], [0.5, -0.5]]),
        centres=np.array([0.5, 1.5]),
        scales=np.array([2.0, 2.0]),
        error=0.0,
    )


def test_values_and_shape() -> None:
    points = np.array([[0.0, 0.25, 1.0], [1.5, 2.0, 0.75]])
    assert hat()(points).tolist() == [[0.0, 0.25, 1.0], [0.5, 0.0, 0.75]]
    assert hat().degree == 1


def test_result_may_replace_the_argument() -> None:
    points = np.array([0.25, 1.75])
    assert hat()(points, out=points) is points
    assert points.tolist() == [0.25, 0.25]


@pytest.mark.parametrize("value", [-1e-300, 2.0000001, math.nan, math.inf])
def test_points_outside_are_refused(value) -> None:
    with pytest.raises(OutOfDomain, match="Expected x inside"):
        hat()([0.5, value])


def test_padding_fills_with_zeros() -> None:
    assert padded([[1.0], [2.0, 3.0]]).tolist() == [[1.0, 2.0], [0.0, 3.0]]
