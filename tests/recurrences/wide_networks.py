"""Sampled networks against their limits: z-scores of all entries, with width doubling."""

from __future__ import annotations

import numpy as np

from symprop.simulator.branched_conditioned import conditioned_branched_run

ANGLES = (0.0, 0.3, np.pi / 2, 2.0, 3.0)
LENGTHS = (1.0, 2.5, 1.0, 0.3, 1.0)
RUNS = 40


def inputs_of(width: int) -> np.ndarray:
    """Return inputs at several angles in a plane, of unequal mean squares."""
    columns = np.zeros((width, len(ANGLES)))
    radii = np.sqrt(np.multiply(width, LENGTHS))
    columns[0], columns[1] = radii * np.cos(ANGLES), radii * np.sin(ANGLES)
    return columns


def gram_of_inputs() -> np.ndarray:
    columns = inputs_of(2)
    return columns.T @ columns / 2


def samples(network, depth: int, width: int, quantity) -> np.ndarray:
    rng, inputs = np.random.default_rng([width, depth]), inputs_of(width)
    runs = (
        conditioned_branched_run(network, inputs, depth, rng=rng, backward="true")
        for _ in range(RUNS)
    )
    return np.array([quantity(run) for run in runs])


def worst_scores(
    network, depth: int, width: int, limit: np.ndarray, quantity
) -> tuple[float, float]:
    """Return the largest ``|z|`` at the double width, and of the extrapolation from both widths."""
    narrow, wide = (samples(network, depth, n, quantity) for n in (width, 2 * width))
    errors = [found.std(axis=0, ddof=1) / np.sqrt(RUNS) for found in (narrow, wide)]
    plain = (wide.mean(axis=0) - limit) / errors[1]
    extrapolated = 2 * wide.mean(axis=0) - narrow.mean(axis=0)
    combined = (extrapolated - limit) / np.hypot(2 * errors[1], errors[0])
    return np.abs(plain).max(), np.abs(combined).max()
