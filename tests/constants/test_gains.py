"""Gains: closed forms against quadrature and sampling, and what cannot be normalised."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from sympy import pi, sqrt

from symprop.constants.gains import KINDS, gain, gain_closed_form
from symprop.foundation.errors import (
    InvalidArgument,
    NoClosedForm,
    OutOfDomain,
    PrecisionNotReached,
)
from symprop.gaussian.expectation import quadrature_expectation
from symprop.gaussian.integrand import integrand_of
from symprop.specs.activations import activation

CLOSED = ["relu", "leaky_relu:1/10", "gelu", "elu", "relu6", "hard_swish", "erf", "alpha_relu:7/10"]
OPEN = ["tanh", "silu", "softplus", "sigmoid", "mish"]


def test_closed_forms_of_the_literature() -> None:
    assert sympy.simplify(gain_closed_form("relu") - sqrt(2 * pi / (pi - 1))) == 0
    gelu = (sympy.Rational(1, 3) + 1 / (2 * sqrt(3) * pi) - 1 / (4 * pi)) ** sympy.Rational(-1, 2)
    assert sympy.simplify(gain_closed_form("gelu") ** 2 - gelu**2) == 0
    assert gain_closed_form("relu", "second-moment") == sqrt(2)
    assert gain_closed_form("leaky_relu:1/10", "second-moment") == 10 * sqrt(202) / 101


def test_selu_needs_no_gain() -> None:
    assert gain_closed_form("selu") == 1
    assert gain_closed_form("selu", "second-moment") == 1


@pytest.mark.parametrize("spec", CLOSED)
def test_closed_form_agrees_with_quadrature(spec: str) -> None:
    """The quadrature knows nothing of Price's theorem."""
    integrand = integrand_of(activation(spec))
    if spec.startswith("alpha"):
        return  # a branch point at zero, which the quadrature refuses
    square = quadrature_expectation(integrand.squared(), 1, 25)
    exact = gain(spec, "second-moment", 20)
    assert (1 / (exact * exact)).overlaps(square)
    mean = quadrature_expectation(integrand, 1, 25)
    exact = gain(spec, "variance", 20)
    assert (1 / (exact * exact)).overlaps(square - mean * mean)


@pytest.mark.parametrize("spec", [*CLOSED, *OPEN])
@pytest.mark.parametrize("kind", KINDS)
def test_samples_have_unit_size(spec: str, kind: str) -> None:
    """Five standard errors of the sampled variance or second moment, with a fixed seed."""
    values = activation(spec)(np.random.default_rng(11).standard_normal(200_000))
    values = values * float(gain(spec, kind))
    if kind == "variance":
        values = values - values.mean()
    squares = values**2
    assert abs(squares.mean() - 1) < 5 * squares.std() / np.sqrt(squares.size)


@pytest.mark.parametrize("spec", OPEN)
def test_no_closed_form_is_invented(spec: str) -> None:
    with pytest.raises(NoClosedForm):
        gain_closed_form(spec)
    coarse, fine = gain(spec, dps=15), gain(spec, dps=40)
    assert coarse.overlaps(fine)
    assert fine.relative_bits >= 132


def test_variance_that_almost_vanishes_keeps_its_digits() -> None:
    """tanh(x/10**8) + 1 has variance near 10**-16: half the digits of the moments cancel."""
    value = gain("tanh(x/100000000) + 1", dps=20)
    slope = gain("tanh(x/100000000)", dps=20)
    assert value.overlaps(slope)
    assert value.relative_bits >= 66


def test_odd_activations_have_one_gain() -> None:
    assert gain("tanh").overlaps(gain("tanh", "second-moment"))


@pytest.mark.parametrize(("spec", "kind"), [("3", "variance"), ("0", "second-moment")])
def test_constants_have_nothing_to_normalise(spec: str, kind: str) -> None:
    with pytest.raises(OutOfDomain, match="proved > 0"):
        gain(spec, kind)


def test_refusals() -> None:
    with pytest.raises(OutOfDomain):
        gain("exp(x**2)")
    with pytest.raises(InvalidArgument, match="kind"):
        gain("relu", "mean")
    with pytest.raises(InvalidArgument, match="dps"):
        gain("relu", dps=0)


def test_activations_far_below_the_range_of_digits_are_refused_at_once() -> None:
    for text in ("Max(x - 10**6, 0)", "Piecewise((x, x > 1000), (0, True))"):
        assert isinstance(gain_closed_form(text), sympy.Pow)
        with pytest.raises(PrecisionNotReached):
            gain(text)
