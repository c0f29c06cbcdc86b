"""One layer of batch normalisation as balls: closed cases and float64."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from symprop.foundation.errors import InvalidArgument, NoClosedForm, OutOfDomain
from symprop.numerics.evaluation import enclose
from symprop.recurrences.normalization import batch_norm_gram
from symprop.recurrences.normalization_balls import batch_norm_gram_balls, homogeneous_kernel

MATRIX = [[4, 1, 0], [1, 3, 1], [0, 1, 2.5]]


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize("phi", ["identity", "relu", "leaky_relu:1/10", "squared_relu"])
def test_agrees_with_float64(phi: str, center: bool) -> None:
    balls = batch_norm_gram_balls(phi, MATRIX, center=center)
    step = batch_norm_gram(phi, np.array(MATRIX, float), center=center)
    for i in range(3):
        for j in range(3):
            assert abs(float(balls[i][j]) - step.gram[i, j]) <= step.error
            assert balls[i][j].radius < 1e-14


def test_planar_identity_in_closed_form() -> None:
    """Shares of two independent normals of standard deviations 2 and 1 are 2/3 and 1/3."""
    table = batch_norm_gram_balls("identity", [[4, 0], [0, 1]], center=False, dps=40)
    assert table[0][0].contains("4/3")
    assert table[1][1].contains("2/3")
    assert table[0][1].contains(0)
    assert table[0][0].radius < 1e-38


def test_isotropic_relu_in_closed_form() -> None:
    table = batch_norm_gram_balls("relu", [[1, 0, 0], [0, 1, 0], [0, 0, 1]], dps=30)
    c = sympy.Rational(-1, 2)
    off = (sympy.sqrt(1 - c**2) + c * (sympy.pi - sympy.acos(c))) / (2 * sympy.pi)
    assert table[0][0].contains("1/2")
    assert table[0][1].overlaps(enclose(off, dps=30))


def test_equal_and_opposite_inputs() -> None:
    table = batch_norm_gram_balls("relu", [[1, 1, 0], [1, 1, 0], [0, 0, 1]], center=False)
    assert table[0][0].overlaps(table[0][1])
    signs = batch_norm_gram_balls("relu", [[2, 1], [1, 1]])
    assert signs[0][0].contains("1/2")
    assert signs[0][1].contains(0)


def test_what_is_refused() -> None:
    with pytest.raises(NoClosedForm, match="homogeneous"):
        batch_norm_gram_balls("tanh", MATRIX, center=False)
    with pytest.raises(NoClosedForm):
        homogeneous_kernel("sign")
    with pytest.raises(OutOfDomain, match="not all equal"):
        batch_norm_gram_balls("relu", [[1, 1], [1, 1]])


@pytest.mark.parametrize(
    "gram",
    [
        None,
        "abc",
        [1, 2],
        [],
        [[1, 2]],
        [[1, 0], [0]],
        [[1j]],
        [[float("nan")]],
        [[True]],
        np.ones((2, 2, 2)),
        [[1, 0.5], [0.2, 1]],
        [[1, 2], [2, 1]],
        [[-1, 0], [0, 3]],
    ],
)
def test_what_is_no_gram_matrix(gram: object) -> None:
    with pytest.raises(InvalidArgument, match=r"^Expected gram .* but got gram"):
        batch_norm_gram_balls("relu", gram, center=False)


@pytest.mark.parametrize("name", ["center", "dps"])
@pytest.mark.parametrize("value", [None, "x", 1.5, -1])
def test_options(name: str, value: object) -> None:
    with pytest.raises(InvalidArgument, match=name):
        batch_norm_gram_balls("relu", MATRIX, **{name: value})  # type: ignore[arg-type]
