"""The catalogue, against definitions written independently in float64."""

from __future__ import annotations

import math
from collections.abc import Callable

import mpmath
import numpy as np
import pytest
import sympy
from scipy import special

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.numerics.evaluation import enclose
from symprop.numerics.precision import working_digits
from symprop.specs.activations import X, activation
from symprop.specs.catalogue import ALIASES, CATALOGUE, named_expression, selu_constants

POINTS = np.array([-7.3, -3.5, -2.0, -0.4, -1e-3, 1e-3, 0.3, 0.9, 2.5, 4.0, 6.5])

DEFINITIONS: dict[str, Callable[[float], float]] = {
    "identity": lambda x: x,
    "shift:3/2": lambda x: x + 1.5,
    "relu": lambda x: max(x, 0),
    "leaky_relu": lambda x: x if x > 0 else 0.01 * x,
    "leaky_relu:1/10": lambda x: x if x > 0 else 0.1 * x,
    "leaky_relu:2": lambda x: x if x > 0 else 2 * x,
    "alpha_relu:7/10": lambda x: x**0.7 if x > 0 else 0,
    "alpha_relu:-1/4": lambda x: x**-0.25 if x > 0 else 0,
    "alpha_relu:0": lambda x: float(x > 0),
    "alpha_relu:sqrt(2)": lambda x: x ** math.sqrt(2) if x > 0 else 0,
    "abs": abs,
    "step": lambda x: float(x > 0),
    "sign": lambda x: math.copysign(1, x),
    "squared_relu": lambda x: max(x, 0) ** 2,
    "relu6": lambda x: min(max(x, 0), 6),
    "hard_tanh": lambda x: min(max(x, -1), 1),
    "hard_sigmoid": lambda x: min(max(x + 3, 0), 6) / 6,
    "hard_swish": lambda x: x * min(max(x + 3, 0), 6) / 6,
    "tanh": math.tanh,
    "sigmoid": special.expit,
    "log_sigmoid": special.log_expit,
    "arctan": math.atan,
    "softsign": lambda x: x / (1 + abs(x)),
    "erf": math.erf,
    "normal_cdf": special.ndtr,
    "gelu": lambda x: x * special.ndtr(x),
    "gelu_tanh": lambda x: (
        0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    ),
    "silu": lambda x: x * special.expit(x),
    "silu:3/2": lambda x: x * special.expit(1.5 * x),
    "softplus": lambda x: np.logaddexp(0, x),
    "softplus:2": lambda x: np.logaddexp(0, 2 * x) / 2,
    "mish": lambda x: x * math.tanh(np.logaddexp(0, x)),
    "elu": lambda x: x if x > 0 else math.expm1(x),
    "elu:1/2": lambda x: x if x > 0 else math.expm1(x) / 2,
    "celu:1/2": lambda x: max(x, 0) + min(0, 0.5 * math.expm1(2 * x)),
    "selu": lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * math.expm1(x)),
    "exp": math.exp,
    "sin": math.sin,
    "cos": math.cos,
    "gaussian": lambda x: math.exp(-x * x / 2),
    "monomial:0": lambda x: 1,
    "monomial:4": lambda x: x**4,
    "polynomial:1,-1/2,0,2": lambda x: 1 - x / 2 + 2 * x**3,
    "hermite:0": lambda x: 1,
    "hermite:5": lambda x: special.eval_hermitenorm(5, x) / math.sqrt(math.factorial(5)),
    "tanhshrink": lambda x: x - math.tanh(x),
}


def test_every_family_is_covered() -> None:
    assert {name.partition(":")[0] for name in DEFINITIONS} == set(CATALOGUE)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_definition(name: str) -> None:
    values = activation(name)(POINTS)
    expected = [DEFINITIONS[name](x) for x in POINTS.tolist()]
    # The references cancel or round in places: x - tanh(x) near 0, 1 + tanh far out.
    np.testing.assert_allclose(values, expected, rtol=2e-13, atol=2e-16)


@pytest.mark.parametrize("alias", ALIASES)
def test_alias(alias: str) -> None:
    assert activation(alias) == activation(ALIASES[alias])


def test_selu_solves_its_fixed_point_equations() -> None:
    """The moments of a standard Gaussian are integrated numerically, apart from the closed form."""
    with working_digits(30):
        alpha, scale = (enclose(value, dps=40).midpoint for value in selu_constants())
        norm = mpmath.sqrt(2 * mpmath.pi)

        def moment(power: int) -> mpmath.mpf:
            def integrand(x: mpmath.mpf) -> mpmath.mpf:
                value = x if x > 0 else alpha * mpmath.expm1(x)
                return (scale * value) ** power * mpmath.exp(-(x**2) / 2) / norm

            return mpmath.quad(integrand, [-20, -10, -5, -2, 0, 2, 5, 10, 20])

        assert abs(moment(1)) < 1e-25
        assert abs(moment(2) - 1) < 1e-25


def test_hermite_is_orthonormal() -> None:
    polynomials = [sympy.Poly(named_expression("hermite", str(k))[1], X) for k in range(8)]
    for i, first in enumerate(polynomials):
        for j, second in enumerate(polynomials):
            product = (first * second).all_coeffs()[::-1]
            moments = (c * sympy.factorial2(k - 1) for k, c in enumerate(product) if k % 2 == 0)
            assert sympy.expand(sum(moments)) == (i == j)


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("leaky_relu:0.10", "leaky_relu:1/10"),
        ("leaky_relu:1/100", "leaky_relu"),
        ("silu: 1", "silu"),
        ("swish:2", "silu:2"),
        ("RELU", "relu"),
        (" tanh ", "tanh"),
        ("polynomial: 1, Max(1,2), 0.5", "polynomial:1,2,1/2"),
        ("alpha_relu:sqrt(2)/2", "alpha_relu:sqrt(2)/2"),
        ("hermite:3", "hermite:3"),
    ],
)
def test_canonical_names(name: str, canonical: str) -> None:
    assert activation(name).name == canonical
    assert activation(canonical) == activation(name)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("rellu", "close names: relu"),
        ("leakyrelu", "close names: leaky_relu"),
        ("qqq", "to be a name of the catalogue, or an expression in x but got activation=qqq"),
        ("relu:1", "at most 0"),
        ("silu:1,2", "at most 1"),
        ("alpha_relu", "to give alpha, as in alpha_relu:2"),
        ("monomial:-1", "k to be an integer from 0"),
        ("monomial:1/2", "k to be an integer"),
        ("monomial:10**9", "k to be an integer from 0 to 1000"),
        ("hermite:257", "from 0 to 256"),
        ("silu:x", "Expected beta to be a number"),
        ("silu:", "Expected beta to be a number"),
        ("polynomial:1,,2", "Expected coefficient to be a number"),
        ("leaky_relu:9**9**9", "Expected a to be a number"),
    ],
)
def test_bad_names(name: str, reason: str) -> None:
    with pytest.raises(InvalidArgument, match=reason):
        activation(name)


@pytest.mark.parametrize("name", ["alpha_relu:-1/2", "alpha_relu:-3", "softplus:0", "celu:-1"])
def test_parameters_out_of_range(name: str) -> None:
    with pytest.raises(OutOfDomain, match=" > "):
        activation(name)
