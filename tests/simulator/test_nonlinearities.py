"""The bare formulas agree with certain values, and give way to them where they cancel."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import OutOfDomain
from symprop.simulator.nonlinearities import nonlinearity
from symprop.specs.activations import activation

POINTS = np.concatenate([np.linspace(-9, 9, 401), [-60.0, 60.0, 1e-9, 0.0, 800.0]])


@pytest.mark.parametrize(
    "name",
    ["tanh", "relu", "erf", "gelu", "softplus", "silu", "selu", "hard_swish", "sign", "sin", "0"],
)
def test_values_and_slopes(name: str) -> None:
    phi = activation(name)
    bare = nonlinearity(phi)
    for mine, certain in ((bare.value, phi), (bare.slope, phi.weak_derivative().regular)):
        np.testing.assert_allclose(mine(POINTS), certain(POINTS), rtol=1e-13, atol=1e-13)


def test_a_formula_that_cancels_is_not_trusted() -> None:
    phi = activation("(1 - cos(x)**2)/(x**2 + 1/10**20)")
    tiny = np.array([1e-9, 1e-8])
    np.testing.assert_allclose(nonlinearity(phi).value(tiny), phi(tiny), rtol=1e-13)


def test_arguments_are_not_changed() -> None:
    x = np.array([-1.0, 0.0, 2.0])
    for name in ("identity", "relu", "alpha_relu:3/4"):
        nonlinearity(activation(name)).value(x)[:] = 7.0
        assert x.tolist() == [-1.0, 0.0, 2.0]


def test_slope_at_kinks() -> None:
    assert nonlinearity(activation("relu")).slope(np.zeros(2)).tolist() == [0.5, 0.5]
    with pytest.raises(OutOfDomain):
        nonlinearity(activation("alpha_relu:3/4")).slope(np.zeros(1))
