"""Fixed points of the batch-normalised Gram map: closed forms and stability."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from symprop.asymptotics.gram_attractors import gram_map_eigenvalues
from symprop.asymptotics.gram_limits import batch_norm_fixed_point, batch_norm_fixed_point_forms
from symprop.asymptotics.gram_quadrature import quadrature_fixed_point
from symprop.foundation.errors import InvalidArgument, NoClosedForm, OutOfDomain
from symprop.recurrences.normalization import batch_norm_gram
from symprop.specs.activations import activation

MULTIPLICITIES = {"trivial": lambda n: 1, "standard": lambda n: n - 1}


@pytest.mark.parametrize("batch", [2, 3, 4, 7])
@pytest.mark.parametrize(
    ("phi", "center"),
    [("identity", True), ("identity", False), ("relu", True), ("squared_relu", True)],
)
def test_map_leaves_it_fixed(phi: str, center: bool, batch: int) -> None:
    point = batch_norm_fixed_point(phi, batch, center=center)
    step = batch_norm_gram(phi, point.gram, center=center)
    assert np.abs(step.gram - point.gram).max() <= step.error
    assert point.proved


@pytest.mark.parametrize("batch", [3, 4])
@pytest.mark.parametrize(
    ("phi", "center"),
    [("identity", True), ("identity", False), ("relu", True), ("leaky_relu:1/10", True)],
)
def test_eigenvalues_by_type_are_those_of_the_derivative(
    phi: str, center: bool, batch: int
) -> None:
    point = batch_norm_fixed_point(phi, batch, center=center)
    sizes = {"trivial": 1, "standard": batch - 1, "(n-2,2)": batch * (batch - 3) // 2}
    wanted = [
        float(value)
        for name, values in point.eigenvalues.items()
        for value in values
        for _ in range(sizes[name])
    ]
    found = gram_map_eigenvalues(phi, point.gram, center=center)
    assert np.allclose(np.sort(wanted), np.sort(found), atol=1e-8)


def test_printed_forms() -> None:
    n = 6
    relu = batch_norm_fixed_point_forms("relu", n)
    c = sympy.Rational(-1, n - 1)
    off = (sympy.sqrt(1 - c**2) + c * (sympy.pi - sympy.acos(c))) / (2 * sympy.pi)
    assert relu.diagonal == sympy.Rational(1, 2)
    assert sympy.simplify(relu.off_diagonal - off) == 0
    linear = batch_norm_fixed_point_forms("identity", n)
    assert (linear.diagonal, linear.off_diagonal) == (1, c)


def test_identity_is_singular_with_centring_only() -> None:
    assert not batch_norm_fixed_point("identity", 5).condition_number.is_finite
    assert batch_norm_fixed_point("identity", 5, center=False).condition_number.contains(1)
    assert not batch_norm_fixed_point("tanh", 2).condition_number.is_finite


def test_squared_relu_loses_stability_in_large_batches() -> None:
    assert batch_norm_fixed_point("squared_relu", 5).stable
    assert batch_norm_fixed_point("squared_relu", 40).stable is False


@pytest.mark.parametrize("phi", ["gelu", "relu"])
def test_other_activations_without_centring(phi: str) -> None:
    point = batch_norm_fixed_point(phi, 4, center=False)
    step = batch_norm_gram(phi, point.gram, center=False)
    assert np.abs(step.gram - point.gram).max() < step.error + 1e-12
    assert (point.proved, point.stable) == (False, True)
    assert point.forms is None


def test_what_is_refused() -> None:
    with pytest.raises(NoClosedForm, match="homogeneous"):
        batch_norm_fixed_point_forms("gelu", 4, center=False)
    with pytest.raises(NoClosedForm, match="odd"):
        batch_norm_fixed_point_forms("relu", 4, center=False)
    with pytest.raises(InvalidArgument, match="batch"):
        batch_norm_fixed_point("relu", 1)
    with pytest.raises(InvalidArgument, match="True or False"):
        batch_norm_fixed_point("relu", 3, center=1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("phi", "batch", "center"),
    [("tanh", 4, True), ("gelu", 100, True), ("elu", 3, True), ("erf", 7, False)],
)
def test_others_are_proved_too(phi: str, batch: int, center: bool) -> None:
    point = batch_norm_fixed_point(phi, batch, center=center, dps=20)
    assert point.proved
    assert point.forms is None
    assert point.diagonal.relative_bits > 20 * 3.32
    estimate = quadrature_fixed_point(activation(phi), batch, center)
    assert point.diagonal.overlaps(estimate.diagonal)
    assert point.off_diagonal.overlaps(estimate.off_diagonal)


def test_what_is_not_proved_is_estimated() -> None:
    point = batch_norm_fixed_point("hard_tanh", 4)
    assert not point.proved
    assert batch_norm_fixed_point("hard_tanh", 400).proved
    assert not batch_norm_fixed_point("gelu", 4, center=False).proved


@pytest.mark.parametrize("phi", ["0", "1", "abs", "x**2", "exp(x**2)", "Max(x - 1, 0)"])
def test_what_brings_a_centred_pair_together_has_no_such_point(phi: str) -> None:
    with pytest.raises(OutOfDomain, match="keeps the inputs of a batch apart"):
        batch_norm_fixed_point(phi, 2)


def test_hardly_apart_and_huge() -> None:
    """More than float64 tells apart, or holds."""
    near = batch_norm_fixed_point("1 + tanh(x)/10^9", 2)
    assert near.proved
    assert near.stable
    assert batch_norm_fixed_point("exp(100*x)", 1000).stable is False
    with pytest.raises(OutOfDomain, match="keeps the inputs of a batch apart"):
        batch_norm_fixed_point("1", 12)


def test_an_eigenvalue_of_one_is_not_inside_the_circle() -> None:
    point = batch_norm_fixed_point("x^3", 3, center=False)
    assert point.forms is not None
    assert point.forms.eigenvalues["standard"][0] == 1
    assert point.stable is False
