from fractions import Fraction

import numpy as np
import pytest

from symprop.numerics.horner import evaluate_panels, evaluate_polynomial


@pytest.mark.parametrize(
    "coefficients",
    [[3.0], [0.0, 2.0], [1.0, 0.0, 5.0], [1.0, 2.0], [1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 0.0, 1.0]],
    ids=str,
)
def test_small_integers_are_exact(coefficients) -> None:
    """Parities take the path through the square; integer arguments leave nothing to round."""
    x = np.array([-3.0, -1.0, 0.0, 2.0, 5.0])
    out = np.empty_like(x)
    evaluate_polynomial(coefficients, x, out)
    exact = [sum(Fraction(c) * Fraction(v) ** k for k, c in enumerate(coefficients)) for v in x]
    assert out.tolist() == [float(value) for value in exact]


def test_argument_survives() -> None:
    x = np.array([1.0, 2.0])
    evaluate_polynomial([1.0, 0.0, 1.0], x, np.empty(2), np.empty(2))
    assert x.tolist() == [1.0, 2.0]


def test_panels_pick_their_column() -> None:
    coefficients = np.array([[1.0, 10.0], [2.0, 20.0]])
    local = np.array([0.5, 0.5, -1.0, 1.0])
    out = np.empty(4)
    evaluate_panels(coefficients, np.array([0, 1, 1, 7]), local, out)
    assert out.tolist() == [2.0, 20.0, -10.0, 30.0]
