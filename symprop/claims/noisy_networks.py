"""Small ReLU networks in plain NumPy, many at once: what the laws of sensitivity are held against.

Nothing of the theory is used here, not even that units are active with probability one half.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = [
    "Layers",
    "batch_norm_ratio",
    "kept_variance",
    "log_drift",
    "log_spread",
    "mean_and_error",
    "noise_square",
    "vanilla_layers",
]


class Layers(NamedTuple):
    """What networks end with: signals, shape (runs, n), and Jacobians, shape (runs, n, n)."""

    signal: Array
    jacobian: Array


def mean_and_error(values: Array) -> tuple[float, float]:
    """Return the mean of independent values and its standard error."""
    return float(values.mean()), float(values.std() / math.sqrt(len(values)))


def vanilla_layers(width: int, depth: int, size: int, seed: int) -> Layers:
    """Return one input and its Jacobian after some layers of ``size`` networks of He.

    The input has entries ``1, 2, ..., n`` with alternating signs, and mean square 1.
    """
    rng = np.random.default_rng(seed)
    entries = np.arange(1.0, width + 1) * (-1.0) ** np.arange(width)
    start = entries / np.sqrt(np.mean(entries**2))
    signal = np.broadcast_to(start, (size, width))
    jacobian = np.broadcast_to(np.eye(width), (size, width, width))
    for _ in range(depth):
        weights = rng.standard_normal((size, width, width)) * math.sqrt(2 / width)
        hidden = np.einsum("rij,rj->ri", weights, signal)
        signal = np.maximum(hidden, 0.0)
        jacobian = (hidden > 0)[..., None] * (weights @ jacobian)
    return Layers(signal, jacobian)


def _logarithms(width: int, depth: int, size: int, seed: int) -> Array:
    square = np.mean(vanilla_layers(width, depth, size, seed).signal ** 2, axis=1)
    result: Array = np.log(square[square > 0])
    return result


def log_drift(width: int, depth: int, size: int, seed: int) -> tuple[float, float]:
    """Return minus the mean log of the mean square a layer, of networks that survive."""
    mean, error = mean_and_error(_logarithms(width, depth, size, seed))
    return -mean / depth, error / depth


def log_spread(width: int, depth: int, size: int, seed: int) -> tuple[float, float]:
    """Return the variance of that logarithm, over the depth."""
    logarithms = _logarithms(width, depth, size, seed)
    mean, error = mean_and_error((logarithms - logarithms.mean()) ** 2)
    return mean / depth, error / depth


def noise_square(width: int, depth: int, size: int, seed: int) -> tuple[float, float]:
    """Return the mean of the squared sensitivity moment of one input."""
    jacobian = vanilla_layers(width, depth, size, seed).jacobian
    return mean_and_error((np.sum(jacobian**2, axis=(1, 2)) / width) ** 2)


def _normalized_channels(batch: int, size: int, seed: int) -> tuple[Array, Array, Array]:
    """Return weights of many channels, their variances and normalised values on unit vectors."""
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((size, batch))
    centred = weights - weights.mean(axis=1, keepdims=True)
    variance = np.mean(centred**2, axis=1)
    return weights, variance, centred / np.sqrt(variance)[:, None]


def kept_variance(batch: int, size: int, seed: int) -> tuple[float, float]:
    """Return twice the variance of ``relu`` of normalised channels, on orthogonal data."""
    normalized = _normalized_channels(batch, size, seed)[2]
    return mean_and_error(2 * np.maximum(normalized, 0.0).var(axis=1))


def batch_norm_ratio(batch: int, size: int, seed: int) -> tuple[float, float]:
    """Return the mean noise-to-signal ratio of channels over that of the data.

    Data are the unit vectors of their space, noise is white in it; the ratio of the data is
    ``k**2/(k - 1)``.
    """
    weights, variance, _ = _normalized_channels(batch, size, seed)
    ratio = np.sum(weights**2, axis=1) / variance
    return mean_and_error(ratio * (batch - 1) / batch**2)
