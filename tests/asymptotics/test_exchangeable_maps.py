"""The scalar map of exchangeable inputs, against steps of whole matrices."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.asymptotics.exchangeable_maps import ExchangeableMap
from symprop.asymptotics.gram_sections import Sections
from symprop.recurrences.normalization import batch_norm_gram
from symprop.specs.activations import activation


def made(phi: str, batch: int, count: int = 24) -> ExchangeableMap:
    return ExchangeableMap(Sections(activation(phi), batch, count))


def matrix(batch: int, log_ratio: float) -> np.ndarray:
    ratio = np.exp(log_ratio)
    cosine = (ratio - 1) / (ratio + batch - 1)
    unit: np.ndarray = np.eye(batch)
    return cosine + (1 - cosine) * unit


@pytest.mark.parametrize("log_ratio", [-6.0, -1.0, 0.0, 2.0, 9.0])
@pytest.mark.parametrize(
    ("phi", "batch"),
    [("gelu", 2), ("hard_tanh", 2), ("relu", 2), ("relu", 4), ("squared_relu", 7), ("abs", 30)],
)
def test_steps_of_matrices(phi: str, batch: int, log_ratio: float) -> None:
    """Rules for two inputs and for homogeneous activations, which know no sections."""
    image = made(phi, batch)(log_ratio)
    step = batch_norm_gram(phi, matrix(batch, log_ratio), center=False)
    error = step.error + (1e-7 if phi == "hard_tanh" else 1e-9)
    assert image.diagonal == pytest.approx(step.gram[0, 0], abs=error)
    assert image.off_diagonal == pytest.approx(step.gram[0, 1], abs=error)


@pytest.mark.parametrize("phi", ["gelu", "relu6", "elu"])
def test_steps_by_sampled_directions(phi: str) -> None:
    image = made(phi, 5)(1.2)
    step = batch_norm_gram(phi, matrix(5, 1.2), center=False)
    off_diagonal = step.gram[np.triu_indices(5, 1)].mean()
    assert abs(image.diagonal - np.diagonal(step.gram).mean()) < step.error
    assert abs(image.off_diagonal - off_diagonal) < step.error


@pytest.mark.parametrize("log_ratio", [-20.0, -2.0, 0.5, 5.0, 27.0])
@pytest.mark.parametrize(("phi", "batch"), [("silu", 2), ("relu", 3), ("cos", 12), ("gelu", 5000)])
def test_slope_is_the_derivative(phi: str, batch: int, log_ratio: float) -> None:
    item = made(phi, batch)
    step = 1e-3
    ends = [item(log_ratio + k * step).log_ratio for k in (-2, -1, 1, 2)]
    difference = (8 * (ends[2] - ends[1]) - ends[3] + ends[0]) / (12 * step)
    assert item(log_ratio).slope == pytest.approx(difference, abs=1e-7)


def test_ratios_beyond_any_layer() -> None:
    """Towards equal inputs the gap goes like the root of the ratio, the entries to their mean."""
    item = made("gelu", 3)
    steps = [item(place) for place in (50.0, 54.0)]
    assert steps[1].log_ratio - steps[0].log_ratio == pytest.approx(2, abs=1e-6)
    ends = activation("gelu")(np.array([-1.0, 1.0]))
    assert steps[1].diagonal == pytest.approx(float((ends**2).mean()), abs=1e-9)
