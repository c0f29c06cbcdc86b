"""Figures of the sensitivity paper, on synthetic noise in the place of its pictures.

The networks are those of `symprop.claims.noise_image_networks`, of moderate size; curves are
means over four networks with fixed seeds.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from symprop.claims.noise_image_networks import noise_image_run
from symprop.figures.panels import Curve, Panel, Plot, curve
from symprop.recurrences.sensitivity_dilution import residual_exponent
from symprop.simulator.sensitivity_observables import batch_norm_factor, nonlinearity_factor

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from symprop.simulator.sensitivity_run import SensitivityRun

    Array = NDArray[np.float64]

__all__ = [
    "normalised_networks",
    "one_dimension",
    "residual_networks",
    "vanilla_networks",
]

_RUNS = 4
_WIDTHS = {"vanilla": 32, "normalised": 16, "residual": 16}
_IMAGES = 24
_DEPTHS = {"vanilla": 80, "normalised": 60, "residual": 60}
_MODES, _SPREAD = 3.0, 0.5  # of the input of figure 4
_UNITS, _LAYERS = 100, 25


@lru_cache(maxsize=3)
def _networks(kind: str) -> tuple[SensitivityRun, ...]:
    width, depth = _WIDTHS[kind], _DEPTHS[kind]
    return tuple(noise_image_run(kind, width, depth, _IMAGES, seed) for seed in range(_RUNS))


def _parameters(kind: str) -> dict[str, str]:
    return {
        "width": str(_WIDTHS[kind]),
        "data": f"{_IMAGES} images of noise on 8 points, power f^-2",
        "kernel": "3",
        "networks": str(_RUNS),
    }


def _paths(kind: str, quantity: Callable[[SensitivityRun], Array]) -> Array:
    """Return a quantity from layer 1 on, shape (networks, layers)."""
    return np.array([quantity(run)[1:] for run in _networks(kind)])


def _mean(kind: str, label: str, quantity: Callable[[SensitivityRun], Array]) -> Curve:
    values = _paths(kind, quantity).mean(axis=0)
    return curve(label, range(1, len(values) + 1), values)


def _increments(run: SensitivityRun) -> Array:
    return np.concatenate([[1.0], run.increments])


def _sensitivity_panel(kind: str, x_label: str, *laws: Curve) -> Panel:
    """Return the geometric mean of the normalised sensitivity."""
    zeta = np.exp(np.log(_paths(kind, lambda run: run.normalized_sensitivity)).mean(axis=0))
    values = curve("ζ", range(1, len(zeta) + 1), zeta)
    scale: Literal["linear", "log"] = "log" if kind == "residual" else "linear"
    return Panel("sensitivity", x_label, "ζ", (values, *laws), scale, "log")


def _ranks_panel(kind: str, x_label: str) -> Panel:
    curves = (
        _mean(kind, "signal", lambda run: run.effective_ranks[:, 0]),
        _mean(kind, "sensitivity", lambda run: run.effective_ranks[:, 1]),
    )
    return Panel("effective ranks", x_label, "effective rank", curves)


def _moments_panel(kind: str, x_label: str) -> Panel:
    depth = _DEPTHS[kind]
    gaussian = float(np.sqrt(2 / np.pi))
    curves = (
        _mean(kind, "$\\nu_1(|z|)$", lambda run: run.hidden_absolute),
        _mean(kind, "$\\mu_4(z)$", lambda run: run.hidden[:, 3]),
        curve("Gaussian", [1, depth], [gaussian, gaussian], "guide"),
        curve("Gaussian, fourth", [1, depth], [3, 3], "guide"),
    )
    return Panel("input of the activation", x_label, "moment", curves, y_scale="log")


def _factors_panel(kind: str, x_label: str) -> Panel:
    """Return the factors of a layer, the last of its unit, and the growth of wide layers."""
    depth = _DEPTHS[kind]
    growth = float(np.sqrt(np.pi / (np.pi - 1)))
    curves = (
        _mean(kind, "normalisation", lambda run: batch_norm_factor(run)[:, -1]),
        _mean(kind, "nonlinearity", lambda run: nonlinearity_factor(run)[:, -1]),
        _mean(
            kind,
            "product",
            lambda run: batch_norm_factor(run)[:, -1] * nonlinearity_factor(run)[:, -1],
        ),
        curve("$\\sqrt{\\pi/(\\pi-1)}$", [1, depth], [growth, growth], "law"),
    )
    return Panel("factors of ζ in a layer", x_label, "factor", curves)


def vanilla_networks() -> Plot:
    """Figure 1: vanilla networks become linear and their signals one-dimensional."""
    kind, layers = "vanilla", range(1, _DEPTHS["vanilla"] + 1)
    lengths = []
    for label, quantity in (
        ("$\\log\\nu_2(x)$", lambda run: run.signal[:, 1] / run.signal[0, 1]),
        ("$\\log\\mu_2(s)$", lambda run: run.sensitivity[:, 1] / run.sensitivity[0, 1]),
    ):
        values = np.log(_paths(kind, quantity))
        lengths.append(curve(label, layers, values.mean(axis=0)))
        lengths += [
            curve(f"{label}, network {index + 1}", layers, path, "guide")
            for index, path in enumerate(values[:2])
        ]
    panels = (
        Panel(
            "increments",
            "layer l",
            "δζ",
            (_mean(kind, "δζ", _increments), curve("1", [1, len(layers)], [1, 1], "guide")),
        ),
        _sensitivity_panel(kind, "layer l"),
        Panel(
            "one direction, one sign",
            "layer l",
            "share",
            (
                _mean(
                    kind,
                    "$\\mu_2(x)/\\nu_2(x)$",
                    lambda run: run.signal_central[:, 1] / run.signal[:, 1],
                ),
                _mean(kind, "channels of one sign", lambda run: run.coactive_channels),
            ),
        ),
        Panel("lengths drift and spread", "layer l", "logarithm", tuple(lengths)),
    )
    return Plot("sensitivity:1", "Vanilla networks on noise", panels, _parameters(kind), columns=2)


def normalised_networks() -> Plot:
    """Figure 2: the sensitivity of normalised feedforward networks explodes."""
    kind, label = "normalised", "layer l"
    panels = (
        _factors_panel(kind, label),
        _sensitivity_panel(kind, label),
        _ranks_panel(kind, label),
        _moments_panel(kind, label),
    )
    title = "Normalised feedforward networks on noise"
    return Plot("sensitivity:2", title, panels, _parameters(kind), columns=2)


def residual_networks() -> Plot:
    """Figure 3: the sensitivity of residual networks follows a power law."""
    kind, label = "residual", "unit l"
    depth = _DEPTHS[kind]
    units = np.arange(1, depth + 1)
    last = float(
        np.exp(np.mean([np.log(run.normalized_sensitivity[-1]) for run in _networks(kind)]))
    )
    squares = _paths(
        kind, lambda run: batch_norm_factor(run)[:, -1] * nonlinearity_factor(run)[:, -1]
    )
    measured = (float(squares.mean()) ** 4 - 1) / 2
    laws = [
        curve(f"$l^{{{power:.3f}}}$, {name}", units, last * (units / depth) ** power, "law")
        for name, power in (("measured δ", measured), ("wide", float(residual_exponent(2))))
    ]
    panels = (
        _factors_panel(kind, label),
        _sensitivity_panel(kind, label, *laws),
        _ranks_panel(kind, label),
        _moments_panel(kind, label),
    )
    parameters = _parameters(kind) | {"layers in a unit": "2"}
    return Plot("sensitivity:3", "Residual networks on noise", panels, parameters, columns=2)


def one_dimension() -> Plot:
    """Figure 4: functions of one variable and their normalised sensitivity."""
    rng = np.random.default_rng(0)
    data = np.concatenate([-_MODES + _SPREAD * rng.standard_normal(2000)] * 2)
    data[2000:] *= -1
    line = np.linspace(-5, 5, 401)
    rows = np.array([1.0, -1.0]) * rng.standard_normal((_UNITS, 1)) * np.sqrt(2)
    signal = np.maximum(rows, 0)  # of the inputs 1 and -1
    for _ in range(_LAYERS - 2):
        weights = rng.standard_normal((_UNITS, _UNITS)) * np.sqrt(2 / _UNITS)
        signal = np.maximum(weights @ signal, 0)
    positive, negative = rng.standard_normal(_UNITS) * np.sqrt(2 / _UNITS) @ signal

    def deep(v: Array) -> Array:
        result: Array = positive * np.maximum(v, 0) + negative * np.maximum(-v, 0)
        return result

    def deep_slope(v: Array) -> Array:
        result: Array = np.where(v > 0, positive, -negative)
        return result

    def sigmoid(v: Array) -> Array:
        result: Array = 1 / (1 + np.exp(-v))
        return result

    def sigmoid_slope(v: Array) -> Array:
        result: Array = sigmoid(v) * (1 - sigmoid(v))
        return result

    panels = []
    for name, function, slope in (
        ("sigmoid", sigmoid, sigmoid_slope),
        ("linear", lambda v: v, np.ones_like),
        (f"{_LAYERS} layers", deep, deep_slope),
    ):
        images = function(data)
        scale = float(images.std())
        zeta = float(np.sqrt(np.mean(slope(data) ** 2)) * data.std() / scale)
        shown = np.sort(rng.choice(data, 60, replace=False))
        curves = [curve("map", line / data.std(), (function(line) - images.mean()) / scale)]
        for mode, part in (("lower mode", shown[shown < 0]), ("upper mode", shown[shown > 0])):
            heights = (function(part) - images.mean()) / scale
            curves.append(curve(mode, part / data.std(), heights, "guide"))
        panels.append(Panel(f"{name}, ζ = {zeta:.3f}", "v", "output", tuple(curves)))
    parameters = {
        "input": f"Gaussians at ±{_MODES:g}, deviation {_SPREAD:g}",
        "width": str(_UNITS),
        "layers": str(_LAYERS),
    }
    return Plot("sensitivity:4", "Networks on the line", tuple(panels), parameters)
