"""Proved fixed points of the Gram map: closed forms, derivatives by differences, hard cases."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from numpy.typing import NDArray

from symprop.asymptotics.gram_limit_balls import proved_fixed_point
from symprop.asymptotics.gram_limits import batch_norm_fixed_point
from symprop.asymptotics.gram_points import GramFixedPoint
from symprop.asymptotics.gram_quadrature import quadrature_fixed_point
from symprop.foundation.errors import OutOfDomain, PrecisionNotReached
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import enclose
from symprop.specs.activations import activation

Array = NDArray[np.float64]


def proved(spec: str, n: int, center: bool = True, dps: int = 15) -> GramFixedPoint:
    return proved_fixed_point(activation(spec), n, center, dps)


def step(spec: str, gram: Array, center: bool) -> Array:
    """One step of the map for directions on a circle or a sphere, by their density."""
    n = len(gram)
    project = np.eye(n) - center / n
    basis = np.linalg.svd(project)[0][:, : n - center]
    covariance = basis.T @ gram @ basis
    if len(covariance) == 2:
        angle = 2 * np.pi * np.arange(400) / 400
        v, weights = np.stack([np.cos(angle), np.sin(angle)]), np.full(400, 1 / 400)
    else:
        height, mass = np.polynomial.legendre.leggauss(60)
        angle = 2 * np.pi * np.arange(120) / 120
        across = np.sqrt(1 - height**2)
        v = np.stack(
            [
                np.outer(across, np.cos(angle)),
                np.outer(across, np.sin(angle)),
                np.outer(height, np.ones(120)),
            ]
        ).reshape(3, -1)
        weights = np.outer(mass / 2, np.full(120, 1 / 120)).ravel()
    form = np.einsum("ik,ij,jk->k", v, np.linalg.inv(covariance), v)
    density = weights * form ** (-len(covariance) / 2) / np.sqrt(np.linalg.det(covariance))
    values = activation(spec)(np.sqrt(n) * (basis @ v))
    return values * density @ values.T


def eigenvalues_by_differences(spec: str, point: GramFixedPoint) -> Array:
    n = point.batch
    places = [(i, j) for i in range(n) for j in range(i + 1)]
    columns = []
    for i, j in places:
        change = np.zeros((n, n))
        change[i, j] = change[j, i] = 1e-4
        ends = [step(spec, point.gram + sign * change, point.center) for sign in (1, -1)]
        columns.append([(ends[0] - ends[1])[place] / 2e-4 for place in places])
    return np.sort(np.linalg.eigvals(np.array(columns).T).real)


@pytest.mark.parametrize(
    ("spec", "n", "center"),
    [
        ("tanh", 3, True),
        ("gelu", 3, True),
        ("tanh", 4, True),
        ("exp", 4, True),
        ("x**2 + sin(x)", 4, True),
        ("tanh", 2, False),
        ("tanh", 3, False),
        ("x**3 + x", 3, False),
    ],
)
def test_fixed_and_derivative_by_differences(spec: str, n: int, center: bool) -> None:
    point = proved(spec, n, center)
    assert np.allclose(step(spec, point.gram, center), point.gram, rtol=1e-13, atol=1e-13)
    sizes = {"trivial": 1, "standard": n - 1, "(n-2,2)": n * (n - 3) // 2}
    wanted = [
        float(value)
        for name, values in point.eigenvalues.items()
        for value in values
        for _ in range(sizes[name])
    ]
    assert np.allclose(np.sort(wanted), eigenvalues_by_differences(spec, point), atol=1e-6)


@pytest.mark.parametrize(
    ("spec", "n", "center"),
    [
        ("identity", 2, True),
        ("identity", 3, True),
        ("identity", 40, True),
        ("identity", 5, False),
        ("x**3", 2, False),
        ("x**3", 9, False),
        ("x**3", 9, True),
        ("relu", 2, True),
        ("relu", 40, True),
        ("abs", 300, True),
        ("leaky_relu:1/10", 1000, True),
    ],
)
def test_closed_forms(spec: str, n: int, center: bool) -> None:
    point, exact = proved(spec, n, center), batch_norm_fixed_point(spec, n, center=center)
    assert exact.forms is not None
    assert point.diagonal.overlaps(exact.diagonal)
    assert point.off_diagonal.overlaps(exact.off_diagonal)
    for name, values in exact.eigenvalues.items():
        for found, value in zip(point.eigenvalues[name], values, strict=True):
            assert found.overlaps(value)
            assert found.radius < 1e-14
    if point.condition_number is not None and exact.condition_number is not None:
        assert point.condition_number.overlaps(exact.condition_number)


@pytest.mark.parametrize(
    "spec", ["tanh", "gelu", "silu", "erf", "sin", "exp", "cos", "1/(1 + x**2)"]
)
@pytest.mark.parametrize("n", [3, 4, 10, 1000])
def test_estimates_agree(spec: str, n: int) -> None:
    point, estimate = proved(spec, n), quadrature_fixed_point(activation(spec), n, True)
    assert point.proved
    assert not estimate.proved
    assert float(point.diagonal) == pytest.approx(float(estimate.diagonal), rel=1e-12)
    assert float(point.off_diagonal) == pytest.approx(
        float(estimate.off_diagonal), abs=1e-12 * float(point.diagonal)
    )
    for name, values in estimate.eigenvalues.items():
        assert np.allclose(
            [float(value) for value in point.eigenvalues[name]],
            [float(value) for value in values],
            atol=1e-9,
        )
    assert point.stable == estimate.stable


def test_entries_that_are_uniform() -> None:
    """A coordinate on the sphere of three dimensions is: of tanh the mean square is elementary."""
    root = sympy.sqrt(3)
    point = proved("tanh", 4, dps=60)
    assert point.diagonal.overlaps(enclose(1 - sympy.tanh(root) / root, dps=70))
    assert point.diagonal.relative_bits > 60 * 3.32


@pytest.mark.parametrize("n", [3, 10, 100])
def test_digits(n: int) -> None:
    point, finer = proved("tanh", n, dps=30), proved("tanh", n, dps=50)
    for coarse, fine in (
        (point.diagonal, finer.diagonal),
        (point.off_diagonal, finer.off_diagonal),
        (point.condition_number, finer.condition_number),
        *zip(point.eigenvalues["standard"], finer.eigenvalues["standard"], strict=True),
    ):
        assert coarse is not None
        assert fine is not None
        assert coarse.overlaps(fine)
        assert fine.is_exact or fine.relative_bits > 50 * 3.32


@pytest.mark.parametrize("spec", ["0", "1", "abs", "x**2", "exp(x**2)"])
def test_what_brings_a_centred_pair_together(spec: str) -> None:
    with pytest.raises(OutOfDomain, match="keeps the inputs of a batch apart"):
        proved(spec, 2)


def test_a_centred_pair() -> None:
    point = proved("exp", 2)
    assert point.diagonal.overlaps(enclose(sympy.cosh(2), dps=20))
    assert point.off_diagonal.contains(1)
    assert point.stable
    assert not proved("tanh", 2).condition_number.is_finite
    with pytest.raises(PrecisionNotReached, match="jump"):
        proved("Heaviside(x - 1)", 2)


def test_inputs_that_are_hardly_apart() -> None:
    """Of ``1 + e tanh`` the map has the derivative of tanh, for any ``e``."""
    for n in (2, 3, 7):
        near, plain = proved("1 + tanh(x)/10^9", n), proved("tanh", n)
        for name, values in plain.eigenvalues.items():
            for value, other in zip(values, near.eigenvalues[name], strict=True):
                assert value.overlaps(other)
        assert near.condition_number is not None
        assert near.condition_number.lower > 10**17


def test_odd_without_centring_is_a_multiple_of_the_unit_matrix() -> None:
    point = proved("erf", 6, center=False)
    assert (point.off_diagonal, point.condition_number) == (Enclosure(0), Enclosure(1))


def test_huge_outputs() -> None:
    point = proved("exp(100*x)", 1000)
    assert point.diagonal.ball > 1
    assert point.diagonal.relative_bits > 49
    assert point.stable is False


def test_one_that_is_stable_up_to_a_batch() -> None:
    assert proved("gelu", 30).stable
    assert proved("gelu", 100).stable is False


@pytest.mark.parametrize("spec", ["hard_tanh", "Max(x - 1, 0)", "sqrt(Abs(x))"])
def test_kinks_off_zero_take_large_batches(spec: str) -> None:
    with pytest.raises(PrecisionNotReached):
        proved(spec, 4)
    assert proved(spec, 200).proved
