"""Moments of signals and sensitivities, taken in layer by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import OutOfDomain, expected
from symprop.simulator.sensitivity_run import (
    FACTORS,
    ORDERS,
    ChannelMoments,
    SensitivityRun,
    zeta_factor,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symprop.simulator.sensitivity_layers import Pair

    Array = NDArray[np.float64]

__all__ = ["Record", "effective_rank"]

_NO_VARIANCE = 16 * float(np.finfo(np.float64).eps) ** 2  # left by rounding, over the mean square


class Record:
    """A run in the making.

    Parameters
    ----------
    depth, layers : int
        Number of units, and of layers in each.
    channel_moments, effective_ranks : bool
        Whether to record them.
    """

    def __init__(
        self, depth: int, layers: int, channel_moments: bool, effective_ranks: bool
    ) -> None:
        moments = (depth + 1, len(ORDERS))
        self.signal, self.central = np.zeros(moments), np.zeros(moments)
        self.sensitivity, self.hidden = np.zeros(moments), np.zeros(moments)
        self.absolute = np.zeros(depth + 1)
        self.factors = np.ones((depth + 1, layers, len(FACTORS)))
        self.ranks = np.zeros((depth + 1, 2))
        self.dead = np.zeros(depth + 1, dtype=bool)
        self.dead_channels, self.coactive = np.zeros(depth + 1), np.zeros(depth + 1)
        self.with_channels, self.with_ranks = channel_moments, effective_ranks
        self.known: tuple[Pair, tuple[float, float]] | None = None
        self.channels: list[tuple[Array, Array, Array]] = []

    def layer(self, index: int, pair: Pair) -> None:
        """Take in the signals and sensitivities of a layer."""
        signal, noise = pair.signal, pair.noise
        centred = _centred(signal)
        kept = [_moments(part) for part in (signal, centred, noise)]
        self.signal[index], self.central[index], self.sensitivity[index] = kept
        if not all(np.isfinite(part).all() for part in kept):
            condition = f"to have finite powers up to {ORDERS[-1]} in float64"
            raise OutOfDomain(expected("signals and sensitivities", condition, "an overflow"))
        self.dead[index] = not signal.any()
        if self.with_ranks:
            self.ranks[index] = effective_rank(centred), effective_rank(noise)
        if self.with_channels and index:
            first, second, third = (_channel_moments(part) for part in (signal, centred, noise))
            self.channels.append((first, second, third))

    def step(self, index: int, inner: int, name: str, before: Pair, after: Pair) -> None:
        """Take in by what a step multiplied the normalised sensitivity."""
        earlier, later = self._squares(before), self._squares(after)
        noise, signal = (_ratio(now, then) for now, then in zip(later, earlier, strict=True))
        self.factors[index, inner, FACTORS.index(name)] = zeta_factor(noise, signal)

    def _squares(self, pair: Pair) -> tuple[float, float]:
        """Return the mean square of the noise and the variance of the signal, kept for one pair."""
        if self.known is None or self.known[0] is not pair:
            values = _mean_square(pair.noise), _mean_square(_centred(pair.signal))
            self.known = pair, values
        return self.known[1]

    def activation(self, index: int, hidden: Pair, active: Pair) -> None:
        """Take in what enters the activation, and which channels it silences."""
        z = hidden.signal
        self.hidden[index] = _moments(z)
        self.absolute[index] = np.abs(z).mean()
        self.dead_channels[index] = np.mean(~active.signal.any(axis=(1, 2)))
        one_sign = (z > 0).all(axis=(1, 2)) | (z < 0).all(axis=(1, 2))
        self.coactive[index] = np.mean(one_sign)

    def run(self) -> SensitivityRun:
        """Return the record."""
        channels = None
        if self.with_channels:
            stacked = (np.stack(parts) for parts in zip(*self.channels, strict=True))
            channels = ChannelMoments(*stacked)
        return SensitivityRun(
            self.signal,
            self.central,
            self.sensitivity,
            self.hidden,
            self.absolute,
            self.factors,
            self.ranks,
            self.dead,
            self.dead_channels,
            self.coactive,
            channels,
        )


def effective_rank(centred: Array) -> float:
    """Return trace over largest eigenvalue of the second moments over the first axis, or 0.

    Examples
    --------
    >>> round(effective_rank(np.diag([2.0, 2.0, 1.0])), 12)
    2.25
    """
    rows = centred.reshape(len(centred), -1)
    size = np.abs(rows).max()
    if not size:
        return 0.0
    rows = rows / size
    products = rows @ rows.T if len(rows) <= rows.shape[1] else rows.T @ rows
    return float(np.trace(products) / np.linalg.eigvalsh(products)[-1])


def _rows(part: Array) -> Array:
    return part.reshape(len(part), -1)


def _means(rows: Array) -> Array:
    """Return the mean of each row; a product, since sums over short rows are slow."""
    result: Array = rows @ np.full(rows.shape[1], 1 / rows.shape[1])
    return result


def _centred(signal: Array) -> Array:
    """Take the means of channels away; of constant channels nothing is left, not even rounding."""
    rows = _rows(signal)
    centred = rows - _means(rows)[:, None]
    centred -= _means(centred)[:, None]
    variance, square = np.einsum("ij,ij->i", centred, centred), np.einsum("ij,ij->i", rows, rows)
    centred[variance <= _NO_VARIANCE * square] = 0.0
    return centred.reshape(signal.shape)


def _channel_moments(part: Array) -> Array:
    """Return means of powers for each channel, shape (orders, channels)."""
    rows = _rows(part)
    square = rows**2
    return np.stack([_means(power) for power in (rows, square, square * rows, square**2)])


def _moments(part: Array) -> Array:
    """Return means of powers over everything."""
    flat = part.ravel()
    square = flat**2
    sums = (flat.sum(), flat.dot(flat), square.dot(flat), square.dot(square))
    return np.array(sums) / flat.size


def _mean_square(part: Array) -> float:
    flat = part.ravel()
    return float(flat.dot(flat)) / flat.size


def _ratio(after: float, before: float) -> float:
    return after / before if before > 0 else 1.0
