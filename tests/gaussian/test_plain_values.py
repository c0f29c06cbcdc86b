"""Plain values agree with the analysed ones, slopes with the derivative, also far out."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.gaussian.plain_values import plain_function
from symprop.specs.activations import activation

NAMES = ["silu", "softplus", "mish", "gelu_tanh", "softsign", "elu:1/2", "tanhshrink", "arctan"]
X = np.array([-1e5, -800.0, -30.0, -1.5, -0.2, 0.3, 2.0, 40.0, 900.0, 1e6])


@pytest.mark.parametrize("name", NAMES)
def test_values_and_slopes(name: str) -> None:
    phi = activation(name)
    for order, exact in ((0, phi), (1, phi.weak_derivative().regular)):
        allowed = 4e-15 * np.maximum(np.abs(X), 1)  # roundings of what the terms cancel
        assert (np.abs(plain_function(phi, order)(X) - exact(X)) <= allowed).all()


def test_what_float64_loses_comes_from_balls() -> None:
    phi = activation("exp(x)/(1 + exp(x))**2")
    assert plain_function(phi)(np.array([800.0, 0.0])).tolist() == [0.0, 0.25]
