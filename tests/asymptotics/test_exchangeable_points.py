"""Fixed points without centring: steps, derivatives, sampled networks, and what has none."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.asymptotics.exchangeable_points import (
    exchangeable_fixed_points,
    limit_of_orthogonal_inputs,
    spread_of_rules,
)
from symprop.asymptotics.gram_attractors import gram_map_eigenvalues_by_type
from symprop.asymptotics.gram_points import GramFixedPoint
from symprop.foundation.errors import InvalidArgument, NoConvergence, OutOfDomain
from symprop.gaussian.plain_values import plain_function
from symprop.recurrences.normalization import batch_norm_gram
from symprop.specs.activations import activation


def limit(phi: str, batch: int) -> GramFixedPoint:
    return limit_of_orthogonal_inputs(activation(phi), batch)


@pytest.mark.parametrize("phi", ["relu", "squared_relu", "abs"])
@pytest.mark.parametrize("batch", [2, 5])
def test_homogeneous_ones_by_steps_and_differences(phi: str, batch: int) -> None:
    point = limit(phi, batch)
    step = batch_norm_gram(phi, point.gram, center=False)
    assert np.abs(step.gram - point.gram).max() < 2e-14 * float(point.diagonal)
    cosine = float(point.off_diagonal) / float(point.diagonal)
    wanted = gram_map_eigenvalues_by_type(phi, batch, cosine, center=False)
    assert wanted.keys() == point.eigenvalues.keys()
    for name, values in wanted.items():
        found = [float(value) for value in point.eigenvalues[name]]
        assert np.allclose(np.sort(found), np.sort(values), atol=3e-10)


@pytest.mark.parametrize("phi", ["gelu", "sigmoid", "exp(x)", "relu6"])
def test_two_inputs_by_steps_and_differences(phi: str) -> None:
    """The map of two inputs is a mean over the circle."""
    point = limit(phi, 2)
    step = batch_norm_gram(phi, point.gram, center=False)
    assert np.abs(step.gram - point.gram).max() < step.error + 1e-14
    size = 1e-3 * float(point.diagonal)

    def derivative(direction: np.ndarray) -> np.ndarray:
        images = [
            batch_norm_gram(phi, point.gram + k * size * direction, center=False).gram
            for k in (-2, -1, 1, 2)
        ]
        result: np.ndarray = (8 * (images[2] - images[1]) - images[3] + images[0]) / (12 * size)
        return result

    standard = float(derivative(np.diag([1.0, -1.0]))[0, 0])
    assert float(point.eigenvalues["standard"][0]) == pytest.approx(standard, abs=1e-6)
    columns = [derivative(matrix)[0] for matrix in (np.eye(2), 1 - np.eye(2))]
    trivial = np.sort(np.linalg.eigvals(np.array(columns).T).real)
    found = np.sort([float(value) for value in point.eigenvalues["trivial"]])
    assert np.allclose(found, trivial, atol=1e-6)


@pytest.mark.parametrize("phi", ["gelu", "elu"])
def test_derivative_by_sampled_differences(phi: str) -> None:
    """Directions of Gaussian vectors, the same ones on both sides of the fixed point."""
    n, size = 5, 0.02
    point = limit(phi, n)
    unit, v = np.eye(n), np.array([1.0, -1.0, 0.0, 0.0, 0.0])
    crossed = np.outer(v, np.roll(v, 2))
    directions = [
        unit,
        1 - unit,
        np.diag(v),
        (v[:, None] + v) * (1 - unit),
        crossed + crossed.T,
    ]
    generator = np.random.default_rng(0)
    function = plain_function(activation(phi))
    step = size * float(point.diagonal)

    def image(gram: np.ndarray, normal: np.ndarray) -> np.ndarray:
        rows = normal @ np.linalg.cholesky(gram).T
        values = function(rows * np.sqrt(n) / np.linalg.norm(rows, axis=1, keepdims=True))
        product: np.ndarray = values.T @ values / len(values)
        return product

    samples = []
    for _ in range(8):
        normal = generator.standard_normal((20_000, n))
        normal = np.concatenate([normal, -normal])
        samples.append(
            [
                (image(point.gram + step * h, normal) - image(point.gram - step * h, normal))
                / (2 * step)
                for h in directions
            ]
        )
    mean = np.mean(samples, axis=0)
    blocks = {
        "trivial": [[mean[k][0, 0] for k in (0, 1)], [mean[k][0, 1] for k in (0, 1)]],
        "standard": [[mean[k][0, 0] for k in (2, 3)], [mean[k][0, 2] for k in (2, 3)]],
        "(n-2,2)": [[mean[4][0, 2]]],
    }
    for name, block in blocks.items():
        found = np.sort_complex(np.linalg.eigvals(np.array(block)))
        wanted = np.array([float(value) for value in point.eigenvalues[name]], dtype=complex)
        if name in point.imaginary_parts:
            wanted += 1j * np.array([float(part) for part in point.imaginary_parts[name]])
        assert np.abs(found.sum() - wanted.sum()) < 0.02
        assert np.abs(found.prod() - wanted.prod()) < 0.02


def test_pairs_of_complex_eigenvalues() -> None:
    """Of ELU the determinant of the block is above the square of half its trace."""
    point = limit("elu", 10)
    assert [float(part) for part in point.imaginary_parts["standard"]] == pytest.approx(
        [-0.0258620, 0.0258620], abs=1e-6
    )
    assert point.eigenvalues["standard"][0].overlaps(point.eigenvalues["standard"][1])
    assert point.stable
    assert limit("elu", 3).imaginary_parts == {}


@pytest.mark.parametrize("phi", ["relu6", "step", "gelu", "sqrt(abs(x))"])
def test_errors_are_those_of_finer_rules(phi: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from symprop.asymptotics import exchangeable_points

    point = limit(phi, 3)
    exchangeable_points._maps.cache_clear()
    monkeypatch.setattr(exchangeable_points, "COUNTS", (16, 28, 40))
    finer = limit(phi, 3)
    exchangeable_points._maps.cache_clear()
    for name in ("diagonal", "off_diagonal", "condition_number"):
        assert getattr(point, name).overlaps(getattr(finer, name))
    for name, values in point.eigenvalues.items():
        for value, other in zip(values, finer.eigenvalues[name], strict=True):
            assert value.overlaps(other)


def test_large_batches_have_a_limit() -> None:
    """Correlations of more and more inputs tend to those of independent pairs given the mean."""
    cosines = [
        float(point.off_diagonal) / float(point.diagonal)
        for point in (limit("gelu", batch) for batch in (100, 10_000, 100_000))
    ]
    gaps = np.abs(np.diff(cosines))
    assert gaps[1] < gaps[0] / 50


def test_instability_of_large_batches() -> None:
    assert limit("gelu", 10).stable
    assert limit("gelu", 100).stable is False


@pytest.mark.parametrize(("phi", "batch"), [("x + 1/1000", 1000), ("x + 1/10^6", 3)])
def test_slow_ones_are_found_ahead(phi: str, batch: int) -> None:
    """Of affine activations the ratio is known: moments of the angle suffice."""
    point = limit(phi, batch)
    b = 1e-3 if batch == 1000 else 1e-6
    assert point.condition_number is not None
    ratio = float(point.condition_number)
    generator = np.random.default_rng(1)
    normal = generator.standard_normal(400_000) ** 2
    rest = generator.chisquare(batch - 1, 400_000)
    share = float(np.mean(ratio * normal / (ratio * normal + rest)))
    common = float(point.diagonal) + (batch - 1) * float(point.off_diagonal)
    assert batch * (share + b**2) == pytest.approx(common, rel=0.01)
    assert float(point.diagonal) == pytest.approx(1 + b**2, rel=1e-9)


def test_all_points_contain_the_limit() -> None:
    (point,) = exchangeable_fixed_points("silu", 6)
    assert point.off_diagonal.overlaps(limit("silu", 6).off_diagonal)
    (odd,) = exchangeable_fixed_points("tanh", 5)
    assert odd.off_diagonal.contains(0)
    assert odd.condition_number is not None
    assert odd.condition_number.contains(1)


@pytest.mark.parametrize("batch", [2, 5])
def test_sums_that_vanish(batch: int) -> None:
    """The squares of a batch add up to its size."""
    with pytest.raises(NoConvergence, match="their sum vanishes"):
        limit("x**2 - 1", batch)
    assert exchangeable_fixed_points("x**2 - 1", batch) == ()


def test_what_is_refused() -> None:
    with pytest.raises(OutOfDomain, match="keeps the inputs of a batch apart"):
        limit("1", 3)
    with pytest.raises(OutOfDomain, match="keeps the inputs of a batch apart"):
        exchangeable_fixed_points("1 + tanh(x)/10^9", 3)
    with pytest.raises(OutOfDomain, match="squares in float64"):
        limit("exp(100*x)", 1000)
    with pytest.raises(InvalidArgument, match="batch"):
        exchangeable_fixed_points("gelu", 1)
    with pytest.raises(InvalidArgument, match="batch"):
        exchangeable_fixed_points("gelu", "8")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="activation"):
        exchangeable_fixed_points(3, 8)  # type: ignore[arg-type]


def test_spread_of_rules() -> None:
    rules = [np.array([1.0]), np.array([1.01]), np.array([1.0101])]
    assert spread_of_rules(rules, 0.0) == pytest.approx(10 * 1e-4 * 1e-2, rel=1e-6)
    assert spread_of_rules(rules[::-1], 1.0) == pytest.approx(1 + 10 * 1e-2, rel=1e-6)
