"""Figures of the thesis, chapters 2 and 3: Gram matrices of batch-normalised networks.

Networks are drawn with fixed seeds at moderate sizes; inputs are made, not taken from a data set.
Means of independent runs come with the ends of their 95% intervals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.asymptotics.gram_limits import batch_norm_fixed_point
from symprop.figures.panels import Curve, Panel, Plot, curve
from symprop.recurrences.linear_batch_norm import stationary_orthogonality_gap
from symprop.recurrences.normalization import batch_norm_trajectory
from symprop.simulator.batch_conditioned import conditioned_batch_run
from symprop.simulator.observables import orthogonality_gap
from symprop.specs.batch_normalized import BatchNormalized

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = [
    "amplified_errors",
    "deviation_by_batch",
    "deviation_by_depth",
    "deviation_by_width",
    "least_singular_values",
    "mean_with_interval",
    "orthogonality_by_depth_and_width",
    "two_inputs",
]

_LINEAR = BatchNormalized("identity", center=False, scale="norm")
_RUNS = 20
_FEW = 10
_ROUNDING = 1e-13


def mean_with_interval(label: str, x: Sequence[float] | NDArray[Any], values: Array) -> list[Curve]:
    """Return the mean over the first axis and the ends of its 95% interval.

    Parameters
    ----------
    label : str
        Name of the mean.
    x : sequence of float
        Abscissae.
    values : array of shape (runs, len(x))
        Independent runs.

    Returns
    -------
    list of Curve

    Error
    -----
    Of sampling, shown by the interval.

    Examples
    --------
    >>> mean_with_interval("V", [0], np.array([[1.0], [3.0]]))[0].y
    (2.0,)
    """
    mean = values.mean(axis=0)
    spread = 1.96 * values.std(axis=0, ddof=1) / np.sqrt(len(values))
    return [
        curve(label, x, mean),
        curve(f"{label}: lower end", x, mean - spread, "edge"),
        curve(f"{label}: upper end", x, mean + spread, "edge"),
    ]


def _grams(network: BatchNormalized, inputs: Array, depth: int, runs: int, seed: int) -> Array:
    """Return Gram matrices of layers, of shape (runs, depth + 1, n, n)."""
    return np.array(
        [
            conditioned_batch_run(
                network, inputs, depth, rng=np.random.default_rng([seed, run])
            ).gram
            for run in range(runs)
        ]
    )


def _linear_grams(gram: Array, width: int, depth: int, runs: int, seed: int) -> Array:
    """Return Gram matrices of linear networks without normalisation."""
    rng = np.random.default_rng(seed)
    found = np.empty((runs, depth + 1, *gram.shape))
    found[:, 0] = gram
    for layer in range(depth):
        rows = rng.standard_normal((runs, width, len(gram)))
        rows = rows @ np.linalg.cholesky(found[:, layer]).transpose(0, 2, 1)
        found[:, layer + 1] = rows.transpose(0, 2, 1) @ rows / width
    return found


def two_inputs() -> Plot:
    """Figure 2.1: cosine of two inputs with and without batch normalisation, width 32."""
    width, depth = 32, 50
    layers = np.arange(depth + 1)
    aligned = np.zeros((width, 2))
    aligned[:2] = np.sqrt(width) * np.linalg.cholesky([[1, 0.99], [0.99, 1]]).T
    normal = _grams(_LINEAR, aligned, depth, _RUNS, 21)
    plain = _linear_grams(np.eye(2), width, 2 * depth, _RUNS, 22)[:, ::2]

    def cosine(grams: Array) -> Array:
        lengths = np.sqrt(grams[..., 0, 0] * grams[..., 1, 1])
        result: Array = np.abs(grams[..., 0, 1]) / lengths
        return result

    # to first order the cosine is normal, and its variance is the mean square of the gap
    level = float(np.sqrt(2 * float(stationary_orthogonality_gap(2)) / (np.pi * width)))
    panels = (
        Panel(
            "batch normalisation, from 0.99",
            "layer l",
            "|cosine|",
            (
                *mean_with_interval("simulated", layers, cosine(normal)),
                curve("first order in 1/d", [0, depth], [level, level], "law"),
            ),
        ),
        Panel(
            "no normalisation, from 0",
            "layer l",
            "|cosine|",
            tuple(mean_with_interval("simulated", 2 * layers, cosine(plain))),
        ),
    )
    parameters = {"inputs": "two made vectors", "runs": str(_RUNS), "weights": "Gaussian"}
    return Plot("thesis:2.1", "Two inputs, linear networks of width 32", panels, parameters)


def orthogonality_by_depth_and_width() -> Plot:
    """Figure 2.2: orthogonality gap with depth, and its level with width."""
    batch, depth, start = 4, 160, 60
    level = float(stationary_orthogonality_gap(batch))
    widths = (32, 64, 128, 256, 512)
    by_depth: list[Curve] = []
    levels = []
    for width in widths:
        inputs = np.zeros((width, batch))
        inputs[:batch] = np.diag([20.0, 1, 1, 1])
        gaps = orthogonality_gap(_grams(_LINEAR, inputs, depth, _FEW, 230 + width))
        if width in (32, 512):
            layers = np.arange(start + 1)
            by_depth += mean_with_interval(f"d = {width}", layers, gaps[:, : start + 1])
            height = np.sqrt(level / width)
            line = curve(f"√E V², first order, d = {width}", [0, start], [height] * 2, "law")
            by_depth.append(line)
        levels.append(gaps[:, start:].mean(axis=1))
    law = np.sqrt(level / np.array(widths, float))
    by_width = [
        *mean_with_interval("mean over layers", widths, np.array(levels).T),
        curve("√E V², first order in 1/d", widths, law, "law"),
    ]
    panels = (
        Panel("with depth", "layer l", "V", tuple(by_depth), y_scale="log"),
        Panel(f"layers {start} to {depth}", "width d", "V", tuple(by_width), "log", "log"),
    )
    parameters = {"batch": str(batch), "runs": str(_FEW), "inputs": "diagonal, first entry 20"}
    return Plot("thesis:2.2", "Orthogonality gap of linear networks", panels, parameters)


def least_singular_values() -> Plot:
    """Figure 2.3: least singular value over 60 layers, relative to the inputs."""
    depth, runs = 60, 4
    curves = []
    for batch in (4, 8, 16):
        widths = [batch * factor for factor in (1, 2, 4, 8, 16)]
        worst = []
        for width in widths:
            inputs = np.random.default_rng(batch).standard_normal((width, batch))
            grams = _grams(_LINEAR, inputs, depth, runs, 2300 + 100 * batch + width)
            shares = np.linalg.eigvalsh(grams)[..., 0] / np.trace(grams, axis1=2, axis2=3)
            worst.append(float((shares[:, 1:] / shares[:, :1]).min()))
        told = np.array(worst) > _ROUNDING  # below, the least eigenvalue is rounding
        ratios = np.sqrt(np.array(worst)[told])
        curves.append(curve(f"n = {batch}", np.array(widths)[told], ratios))
    ends = [curves[0].x[0], curves[-1].x[-1]]
    curves.append(curve("assumption: 0.1", ends, [0.1, 0.1], "law"))
    panel = Panel(
        "smallest over layers and runs",
        "width d",
        "least singular value / that of the inputs",
        tuple(curves),
        "log",
        "log",
    )
    parameters = {"layers": str(depth), "runs": str(runs), "inputs": "Gaussian"}
    title = "Where the assumption on singular values holds, linear networks"
    return Plot("thesis:2.3", title, (panel,), parameters)


def _inputs(width: int, batch: int, seed: int) -> Array:
    """Return Gaussian inputs around two opposite centres."""
    rng = np.random.default_rng(seed)
    signs = np.where(np.arange(batch) % 2, -1.0, 1.0)
    inputs: Array = rng.standard_normal((width, batch)) + np.outer(
        rng.standard_normal(width), signs
    )
    return inputs


def _deviation(phi: str, batch: int, width: int, depth: int, seed: int, runs: int = _FEW) -> Array:
    """Return distances of Gram matrices from the fixed point, of shape (runs, depth + 1)."""
    fixed = batch_norm_fixed_point(phi, batch).gram
    inputs = _inputs(width, batch, seed)
    grams = _grams(BatchNormalized(phi), inputs, depth, runs, seed)
    result: Array = np.linalg.norm(grams - fixed, axis=(2, 3))
    return result


def amplified_errors() -> Plot:
    """Figure 3.1: distance from the mean-field fixed point with and without normalisation."""
    batch, width, depth = 5, 1000, 50
    layers = np.arange(1, depth + 1)
    curves = []
    for phi in ("identity", "relu"):
        deviations = _deviation(phi, batch, width, depth, 31)[:, 1:]
        curves += mean_with_interval(f"batch normalised, {phi}", layers, deviations)
    plain = _linear_grams(np.eye(batch), width, depth, _FEW, 32)
    deviations = np.linalg.norm(plain - np.eye(batch), axis=(2, 3))[:, 1:]
    curves += mean_with_interval("linear, not normalised", layers, deviations)
    law = np.sqrt(batch * (batch + 1) * layers / width)
    curves.append(curve("first order in l/d", layers, law, "law"))
    panel = Panel("n = 5, d = 1000", "layer l", "|G - G*|", tuple(curves), y_scale="log")
    parameters = {
        "inputs": "two Gaussian clusters; orthonormal where not normalised",
        "runs": str(_FEW),
    }
    return Plot("thesis:3.1", "Errors of the mean-field limit", (panel,), parameters)


def deviation_by_depth() -> Plot:
    """Figure 3.2: distance from the fixed point with depth, width 1000, batch 10."""
    batch, width, depth = 10, 1000, 20
    layers = np.arange(1, depth + 1)
    start = _inputs(width, batch, 33)
    path = batch_norm_trajectory("relu", start.T @ start / width, depth)
    limit = batch_norm_fixed_point("relu", batch).gram
    mean_field = np.linalg.norm(path - limit, axis=(1, 2))[1:]
    deviations = _deviation("relu", batch, width, depth, 33)[:, 1:]
    level = float(deviations[:, -1].mean())
    curves = (
        *mean_with_interval("simulated", layers, deviations),
        curve("infinite width", layers, mean_field, "law"),
        curve("level of the last layer, of order n/√d", [1, depth], [level, level], "guide"),
    )
    panel = Panel("relu, n = 10, d = 1000", "layer l", "|G - G*|", curves, y_scale="log")
    parameters = {"inputs": "two Gaussian clusters", "runs": str(_FEW)}
    return Plot("thesis:3.2", "Gram matrices and depth", (panel,), parameters)


def deviation_by_width() -> Plot:
    """Figure 3.3: distance from the fixed point with width, depth 20, batch 10."""
    widths = (50, 100, 200, 500, 1000)
    last = np.stack([_deviation("relu", 10, width, 20, 3400 + width)[:, -1] for width in widths])
    law = float(last[-1].mean()) * np.sqrt(widths[-1] / np.array(widths, float))
    curves = (
        *mean_with_interval("simulated", widths, last.T),
        curve("$d^{-1/2}$ through the last", widths, law, "law"),
    )
    panel = Panel("relu, n = 10, layer 20", "width d", "|G - G*|", curves, "log", "log")
    parameters = {"inputs": "two Gaussian clusters", "runs": str(_FEW)}
    return Plot("thesis:3.3", "Gram matrices and width", (panel,), parameters)


def deviation_by_batch() -> Plot:
    """Figure 3.4: distance from the fixed point with the batch size, depth 60, width 400."""
    batches, runs = (5, 10, 20, 40), 6
    last = np.stack([_deviation("relu", n, 400, 60, 3500 + n, runs)[:, -1] for n in batches])
    sizes = np.array(batches, float)
    printed = float(last[0].mean()) * sizes / sizes[0]
    slowed = float(last[0].mean()) * (sizes / sizes[0]) ** 1.5
    curves = (
        *mean_with_interval("simulated", batches, last.T),
        curve("n through the first", batches, printed, "guide"),
        curve("$n^{3/2}$ through the first", batches, slowed, "guide"),
    )
    panel = Panel("relu, d = 400, layer 60", "batch n", "|G - G*|", curves, "log", "log")
    parameters = {"inputs": "two Gaussian clusters", "runs": str(runs)}
    return Plot("thesis:3.4", "Gram matrices and batch size", (panel,), parameters)
