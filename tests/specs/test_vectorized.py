"""Activations on arrays: edges, extremes and refusals."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.specs.activations import activation
from symprop.specs.expression import X
from symprop.specs.vectorized import evaluate_array

INF = np.inf
LARGEST = np.finfo(np.float64).max


@pytest.mark.parametrize(
    ("name", "points", "values"),
    [
        ("relu", [-INF, -1e308, -0.0, 5e-324, 1e308, INF], [0, 0, 0, 5e-324, 1e308, INF]),
        ("tanh", [-INF, -1e308, 1e308, INF], [-1, -1, 1, 1]),
        ("sigmoid", [-INF, -1e308, -800, 800, INF], [0, 0, 0, 1, 1]),
        ("silu", [-INF, -1e308, -800, 1e308, INF], [0, 0, 0, 1e308, INF]),
        ("gelu", [-INF, -1e308, -40, 1e308, INF], [0, 0, 0, 1e308, INF]),
        ("gelu_tanh", [-1e308, -40, 1e308], [0, 0, 1e308]),
        ("softplus", [-INF, -1e308, 1e308, INF], [0, 0, 1e308, INF]),
        ("log_sigmoid", [-INF, -1e308, 1e308, INF], [-INF, -1e308, 0, 0]),
        ("mish", [-INF, -1e308, 1e308, INF], [0, 0, 1e308, INF]),
        ("elu", [-INF, -1e308, 1e308, INF], [-1, -1, 1e308, INF]),
        ("gaussian", [-INF, -1e308, 1e308, INF], [0, 0, 0, 0]),
        ("exp", [-INF, -1e308, 709.0, 1e308, INF], [0, 0, np.exp(709.0), INF, INF]),
        ("selu", [LARGEST], [INF]),
        ("polynomial:0,-1,0,1", [-INF, -1e308, -1e154, 1e154, 1e308], [-INF, -INF, -INF, INF, INF]),
        ("polynomial:0,0,-1,1", [1e200], [INF]),
        (
            "tanhshrink",
            [1e-6, 1e-100, 1e308],
            [3.3333333333320000e-19, 3.333333333333333e-301, 1e308],
        ),
        ("step", [-1e-300, 0, 1e-300], [0, 0.5, 1]),
        ("sign", [-1e-300, 0, 1e-300], [-1, 0, 1]),
        ("x*exp(-x)/(1 + exp(-x))**2 + 1/(1 + exp(-x))", [-INF, -1e5, 1e5, INF], [0, 0, 1, 1]),
        ("sin(x)/x", [0.0, 1e-200], [1, 1]),
        ("(exp(x) - 1 - x)/x**2", [0.0, 1e-9], [0.5, 0.5000000001666667]),
        ("Piecewise((1, x >= 2), (0, True))", [2, np.nextafter(2, 1)], [1, 0]),
        ("log(Abs(x))", [5e-324, 0.0], [-744.4400719213812, -INF]),
    ],
)
def test_extremes(name: str, points: list[float], values: list[float]) -> None:
    result = activation(name)(np.array(points))
    np.testing.assert_allclose(result, values, rtol=4e-15, atol=1e-318)


def test_trigonometry_of_huge_arguments_is_right() -> None:
    # sin(1e22) from its exact argument, a classic test of range reduction
    assert activation("sin")(np.array([1e22]))[0] == pytest.approx(-0.8522008497671888, rel=1e-15)
    assert abs(activation("sin(x) + 1")(1e300)) <= 2


@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (1, 2, 3)])
def test_shapes(shape: tuple[int, ...]) -> None:
    result = activation("gelu")(np.ones(shape))
    assert result.shape == shape
    assert result.dtype == np.float64


def test_other_array_likes() -> None:
    assert activation("relu")([1, -2]).tolist() == [1.0, 0.0]
    assert activation("relu")(np.float32(2)) == 2
    assert evaluate_array(X**2, np.array([3], dtype=np.int8)).tolist() == [9.0]


def test_argument_is_not_changed() -> None:
    x = np.array([-1.0, 2.0])
    activation("identity")(x)[0] = 7
    assert x.tolist() == [-1.0, 2.0]


@pytest.mark.parametrize("bad", [np.nan, [1.0, np.nan], "text", None, [[1], [1, 2]], 1j])
def test_what_is_not_a_real_array(bad: object) -> None:
    with pytest.raises(InvalidArgument, match="Expected x"):
        activation("relu")(bad)


@pytest.mark.parametrize(("text", "x"), [("sin(x)", INF), ("cos(x)", -INF), ("1/x", 0.0)])
def test_no_value(text: str, x: float) -> None:
    with pytest.raises(OutOfDomain):
        activation(text)(x)
