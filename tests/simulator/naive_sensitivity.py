"""Networks of the same kinds written out index by index, with derivatives by small differences."""

from __future__ import annotations

import itertools

import numpy as np


def convolution(kernel: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return the periodic convolution; kernel (out, in, *K), x (in, *n), no symprop involved."""
    extent, size = x.shape[1:], kernel.shape[2:]
    y = np.zeros((len(kernel), *extent))
    for c in range(len(kernel)):
        for point in itertools.product(*map(range, extent)):
            for b in range(len(x)):
                for offset in itertools.product(*map(range, size)):
                    at = tuple(
                        (p + o - (k - 1) // 2) % n
                        for p, o, k, n in zip(point, offset, size, extent, strict=True)
                    )
                    y[(c, *point)] += kernel[(c, b, *offset)] * x[(b, *at)]
    return y


class Statistics:
    """Means and deviations of each channel, taken on the data and then kept for the noise."""

    def __init__(self) -> None:
        self.kept: list[tuple[np.ndarray, np.ndarray]] = []
        self.frozen, self.next = False, 0

    def normalize(self, data: np.ndarray) -> np.ndarray:
        """Normalise data of shape (k, channels, *n)."""
        axes = (0, *range(2, data.ndim))
        if not self.frozen:
            self.kept.append((data.mean(axes, keepdims=True), data.std(axes, keepdims=True)))
        mean, deviation = self.kept[self.next]
        self.next += 1
        return (data - mean) / deviation


def forward(
    data: np.ndarray, kernels: list[np.ndarray], kind: str, unit: int, phi, statistics: Statistics
) -> np.ndarray:
    """Run data of shape (k, channels, *n) through all layers."""
    statistics.next = 0

    def convolve(w: np.ndarray, part: np.ndarray) -> np.ndarray:
        return np.stack([convolution(w, x) for x in part])

    if kind != "residual":
        for w in kernels:
            y = convolve(w, data)
            data = phi(statistics.normalize(y) if kind == "batch" else y)
        return data
    for start in range(0, len(kernels), unit):
        branch = data
        for w in kernels[start : start + unit]:
            branch = convolve(w, phi(statistics.normalize(branch)))
        data = data + branch
    return data


def signal_and_noise(
    data: np.ndarray, noise: np.ndarray, kernels: list[np.ndarray], kind: str, unit: int, phi
) -> tuple[np.ndarray, np.ndarray]:
    """Return the last signals and their derivatives in the directions of noise."""
    statistics, step = Statistics(), 1e-6
    signal = forward(data, kernels, kind, unit, phi, statistics)
    statistics.frozen = True
    up, down = (
        forward(data + sign * step * noise, kernels, kind, unit, phi, statistics)
        for sign in (1, -1)
    )
    return signal, (up - down) / (2 * step)
