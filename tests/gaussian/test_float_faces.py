"""Which way is chosen for which activation, and the catalogue against the certified face."""

from fractions import Fraction

import numpy as np
import pytest
import sympy

from symprop.foundation.errors import OutOfDomain
from symprop.gaussian.duality import dual_kernel
from symprop.gaussian.float_angles import AngleKernel
from symprop.gaussian.float_faces import closed_form_kernel, float_kernel
from symprop.gaussian.float_kernels import ClosedFormKernel
from symprop.gaussian.float_series import SeriesKernel
from symprop.gaussian.float_tables import TableKernel
from symprop.gaussian.hot_forms import hot_form
from symprop.specs.activations import X, activation
from tests.gaussian.textbook_kernels import exact

RHO = [-1.0, -1 + 2.0**-30, -0.6, 0.0, 0.35, 0.99, 1 - 2.0**-50, 1.0]

QUICK = {
    "identity": SeriesKernel,
    "relu": ClosedFormKernel,
    "leaky_relu:1/10": ClosedFormKernel,
    "alpha_relu:7/10": TableKernel,
    "alpha_relu:-1/5": TableKernel,
    "abs": ClosedFormKernel,
    "step": ClosedFormKernel,
    "sign": ClosedFormKernel,
    "squared_relu": ClosedFormKernel,
    "tanh": SeriesKernel,
    "sigmoid": SeriesKernel,
    "arctan": TableKernel,
    "erf": ClosedFormKernel,
    "normal_cdf": ClosedFormKernel,
    "gelu": ClosedFormKernel,
    "silu": SeriesKernel,
    "exp": ClosedFormKernel,
    "sin": ClosedFormKernel,
    "cos": ClosedFormKernel,
    "gaussian": ClosedFormKernel,
    "monomial:4": SeriesKernel,
    "polynomial:1,-2,1/3": SeriesKernel,
    "hermite:5": SeriesKernel,
    "tanhshrink": SeriesKernel,
}
SLOW = {
    "softsign": TableKernel,
    "log_sigmoid": SeriesKernel,
    "softplus": SeriesKernel,
    "gelu_tanh": SeriesKernel,
    "mish": SeriesKernel,
    "elu": AngleKernel,
    "celu:2": AngleKernel,
    "selu": AngleKernel,
    "relu6": TableKernel,
    "hard_tanh": TableKernel,
    "hard_sigmoid": TableKernel,
    "hard_swish": TableKernel,
}


def check(name: str, kind: type) -> None:
    kernel, certified = float_kernel(name), dual_kernel(name)
    assert type(kernel) is kind
    scale = float(certified.enclose(1, dps=15))
    assert kernel.error <= 1e-14 * max(1.0, scale)
    for value, c in zip(kernel(RHO), RHO, strict=True):
        assert abs(exact(value) - certified.enclose(c, dps=18).ball) <= kernel.error


@pytest.mark.parametrize("name", QUICK)
def test_catalogue_within_the_stated_error(name) -> None:
    check(name, QUICK[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_rest_of_the_catalogue_within_the_stated_error(name) -> None:
    check(name, SLOW[name])


@pytest.mark.parametrize("variances", [(Fraction(1, 3), 5), ("1e-12", "1e-12"), (10**12, 10**12)])
@pytest.mark.parametrize("name", ["relu", "erf", "gelu", "sin", "alpha_relu:7/10"])
def test_other_variances(name, variances) -> None:
    kernel, certified = float_kernel(name, variances=variances), None
    certified = dual_kernel(name, variances=variances)
    for value, c in zip(kernel(RHO[1:-1]), RHO[1:-1], strict=True):
        ball = certified.enclose(c, dps=18).ball
        assert abs(exact(value) - ball) <= kernel.error + 2.0**-51 * abs(ball)  # q as float64


def test_scaled_activations_take_the_closed_form() -> None:
    kernel = float_kernel(activation("erf").scaled(3, slope="1/2"))
    assert type(kernel) is ClosedFormKernel
    certified = dual_kernel("3*erf(x/2)")
    for value, c in zip(kernel(RHO), RHO, strict=True):
        assert abs(exact(value) - certified.enclose(c, dps=18).ball) <= kernel.error


@pytest.mark.parametrize(
    ("phi", "psi", "variances"),
    [("tanh", "silu", (1, 2)), ("relu", "identity", (1, 3)), ("relu", "relu", (1, 2))],
)
def test_pairs(phi, psi, variances) -> None:
    kernel = float_kernel(phi, psi, variances)
    certified = dual_kernel(phi, psi, variances=variances)
    for value, c in zip(kernel(RHO), RHO, strict=True):
        assert abs(exact(value) - certified.enclose(c, dps=18).ball) <= kernel.error


def test_pair_of_steep_activations_is_tabulated() -> None:
    kernel = float_kernel("sign", sympy.Max(0, X) ** sympy.Rational(7, 10))
    certified = dual_kernel("sign", sympy.Max(0, X) ** sympy.Rational(7, 10))
    assert type(kernel) is TableKernel
    for value, c in zip(kernel(RHO[1:-1]), RHO[1:-1], strict=True):
        assert abs(exact(value) - certified.enclose(c, dps=18).ball) <= kernel.error


def test_kernels_are_made_once() -> None:
    assert float_kernel("tanh") is float_kernel("tanh", "tanh", (1, 1))


def test_overflow_is_refused() -> None:
    form = hot_form(activation("exp"))
    assert form is not None
    with pytest.raises(OutOfDomain, match="finite float64"):
        closed_form_kernel(form, (1000, 1))


def test_stated_errors_of_closed_forms_grow_with_the_exponent() -> None:
    errors = [float_kernel("exp", variances=(q, q)).error for q in (1, 100)]
    assert errors[1] / float(np.exp(200.0)) > 10 * errors[0] / float(np.exp(2.0))


def test_a_scale_beyond_floats_is_refused() -> None:
    with pytest.raises(OutOfDomain, match="finite float64"):
        float_kernel("10**400*Max(x, 0)")(0.5)
