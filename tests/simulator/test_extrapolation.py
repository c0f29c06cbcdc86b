"""Limits against laws that are known at every width."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.simulator.extrapolation import width_extrapolation
from symprop.specs.architectures import FullyConnected

LINEAR = FullyConnected("x", 1)


def test_cosine_of_two_gaussian_vectors() -> None:
    """One linear layer: the mean cosine is known to order 1/N (Hotelling), and so is its bias."""
    found = width_extrapolation(LINEAR, width=4, depth=1, runs=1500, observables=("e",))
    assert found.widths == (4, 8, 16, 32)
    e = found.limit("e")
    limit, error = e.limit.value[1, 0, 1], e.error[1, 0, 1]
    assert abs(limit - 0.5) < 4 * error
    assert error < 0.02
    bias = -0.5 * (1 - 0.25) / 2 / 32
    assert abs(e.bias.value[1, 0, 1] - bias) < 4 * e.bias.error[1, 0, 1] + 0.0005
    assert e.bias.value[1, 0, 1] < 0
    assert e.degrees == 2
    assert e.chi_square[1, 0, 1] < 20


def test_noise_is_told_from_bias() -> None:
    """The error of the limit is the scatter of the limit from seed to seed."""
    limits, errors = [], []
    for seed in range(40):
        found = width_extrapolation(
            LINEAR, width=20, depth=1, runs=20, observables=("p",), seed=seed
        )
        p = found.limit("p")
        limits.append(p.limit.value[1, 0])
        errors.append(p.limit.error[1, 0])
    assert np.std(limits) == pytest.approx(np.sqrt(np.mean(np.square(errors))), rel=0.4)
    assert abs(np.mean(limits) - 1) < 4 * np.std(limits) / np.sqrt(40)


def test_what_is_the_same_in_all_runs_has_no_bias() -> None:
    found = width_extrapolation(
        LINEAR, width=5, depth=1, runs=4, observables=("p", "tangent_kernel"), backward="true"
    )
    p = found.limit("p")
    np.testing.assert_allclose(p.limit.value[0], 1, rtol=1e-10)
    np.testing.assert_allclose(p.bias.value[0], 0, atol=1e-10)
    assert p.error[0].max() < 1e-10
    assert found.limit("tangent_kernel").limit.value.shape == (2, 2)


def test_widths_have_seeds_of_their_own() -> None:
    found = width_extrapolation(LINEAR, width=8, depth=1, runs=2)
    assert len({simulation.specification.seed for simulation in found.simulations}) == 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"doublings": 1}, "doublings"),
        ({"terms": 0}, "terms"),
        ({"inputs": np.ones((8, 2))}, "description"),
        ({"checkpoint": "folder"}, "checkpoint"),
    ],
)
def test_refusals(options, message) -> None:
    with pytest.raises(InvalidArgument, match=message):
        width_extrapolation(LINEAR, width=8, depth=1, runs=2, **options)


def test_one_run_has_no_error_to_fit_with() -> None:
    found = width_extrapolation(LINEAR, width=8, depth=1, runs=1)
    with pytest.raises(InvalidArgument, match="finite means and errors"):
        found.limit("p")
