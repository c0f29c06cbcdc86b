"""Figures of the thesis, chapter 6 and appendix C: orthogonal weights, isometry and gradients.

Networks are drawn with fixed seeds at moderate sizes, on Gaussian inputs instead of images.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symprop.figures.batch_norm_grams import mean_with_interval
from symprop.figures.panels import Curve, Panel, Plot, curve
from symprop.simulator.batch_dense import dense_batch_run
from symprop.simulator.observables import isometry_gap
from symprop.specs.batch_normalized import BatchNormalized

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = [
    "degenerate_inputs",
    "effect_of_the_gain",
    "gaussian_and_orthogonal_weights",
    "isometry_with_depth",
    "standard_and_simplified_normalisation",
]

_RUNS = 10
_SIZE = 10
_DEPTHS = (5, 10, 20, 40, 80)
_LONG = (10, 40, 160, 320)
_SIMPLE = BatchNormalized("identity", center=False, scale="norm")
_ROUNDING = 1e-13


def isometry_with_depth() -> Plot:
    """Figure 6.1: isometry gap with depth under orthogonal weights, three widths."""
    curves: list[Curve] = []
    for width, depth in ((4, 60), (8, 120), (16, 240)):
        found = []
        for run in range(_RUNS):
            rng = np.random.default_rng([61, width, run])
            inputs = rng.standard_normal((width, width))
            grams = dense_batch_run(_SIMPLE, inputs, depth, rng=rng, law="haar").gram
            found.append(isometry_gap(grams))
        mean = np.array(found).mean(axis=0)
        shown = np.arange(depth + 1)[mean > _ROUNDING]
        curves.append(curve(f"d = {width}", shown, mean[shown]))
        start = len(shown) // 4
        law = mean[start] * (width / (width + 2)) ** (shown[start:] - start)
        curves.append(curve(f"$(d/(d+2))^l$, d = {width}", shown[start:], law, "law"))
    panel = Panel("linear networks", "layer l", "isometry gap", tuple(curves), y_scale="log")
    parameters = {"inputs": "Gaussian, as many as units", "runs": str(_RUNS)}
    return Plot("thesis:6.1", "Isometry under orthogonal weights", (panel,), parameters)


def _first_gradients(
    network: BatchNormalized,
    depths: Sequence[int],
    *,
    law: str = "haar",
    size: int = _SIZE,
    repeated: int = 0,
    seed: int,
) -> Array:
    """Return log10 of the gradient by the weights of layer 1, of shape (runs, depths)."""
    found = np.empty((_RUNS, len(depths)))
    for run in range(_RUNS):
        for place, depth in enumerate(depths):
            rng = np.random.default_rng([seed, run, depth])
            inputs = rng.standard_normal((size, size))
            if repeated:
                inputs[:, -repeated:] = inputs[:, :repeated]
            result = dense_batch_run(network, inputs, depth, rng=rng, law=law, backward="true")
            assert result.log_weight_gradient is not None
            found[run, place] = result.log_weight_gradient[1] / np.log(10)
    return found


def _gradient_panel(title: str, curves: Sequence[Curve]) -> Panel:
    return Panel(title, "depth L", "log10 |∂ by W₁|", tuple(curves))


def degenerate_inputs() -> Plot:
    """Figure 6.2: gradients of the first layer for inputs with and without repetitions."""
    distinct = _first_gradients(_SIMPLE, _DEPTHS, seed=62)
    repeated = _first_gradients(_SIMPLE, _DEPTHS, repeated=5, seed=62)
    curves = [
        *mean_with_interval("distinct inputs", _DEPTHS, distinct),
        *mean_with_interval("5 of 10 repeated", _DEPTHS, repeated),
    ]
    panel = _gradient_panel("linear networks, d = n = 10", curves)
    parameters = {"inputs": "Gaussian", "runs": str(_RUNS), "weights": "orthogonal"}
    return Plot("thesis:6.2", "Gradients and degenerate inputs", (panel,), parameters)


def gaussian_and_orthogonal_weights() -> Plot:
    """Figure 6.3: gradients of the first layer under Gaussian and orthogonal weights."""
    curves: list[Curve] = []
    for law, name in (("gaussian", "Gaussian"), ("haar", "orthogonal")):
        found = _first_gradients(_SIMPLE, _LONG, law=law, seed=63)
        curves += mean_with_interval(f"{name} weights", _LONG, found)
    panel = _gradient_panel("linear networks, d = n = 10", curves)
    parameters = {"inputs": "Gaussian", "runs": str(_RUNS)}
    return Plot("thesis:6.3", "Gradients and the law of weights", (panel,), parameters)


def effect_of_the_gain() -> Plot:
    """Figure 6.5: gradients of the first layer for gains that stay and gains that decay."""
    panels = []
    for phi in ("tanh", "sin"):
        curves: list[Curve] = []
        for exponent in ("0", "1/4", "1/2", "1"):
            network = BatchNormalized(phi, gain_exponent=exponent)
            found = _first_gradients(network, _DEPTHS, size=16, seed=65)
            gain = "1" if exponent == "0" else f"$l^{{-{exponent}}}$"
            curves += mean_with_interval(f"gain {gain}", _DEPTHS, found)
        panels.append(_gradient_panel(f"{phi}, d = n = 16", curves))
    parameters = {"inputs": "Gaussian", "runs": str(_RUNS), "weights": "orthogonal"}
    return Plot("thesis:6.5", "Gradients and the gain of activations", tuple(panels), parameters)


def standard_and_simplified_normalisation() -> Plot:
    """Figure C.10: gradients under centred and under simplified batch normalisation."""
    standard = BatchNormalized("identity")
    curves = [
        *mean_with_interval("standard", _DEPTHS, _first_gradients(standard, _DEPTHS, seed=610)),
        *mean_with_interval("simplified", _DEPTHS, _first_gradients(_SIMPLE, _DEPTHS, seed=610)),
    ]
    panel = _gradient_panel("linear networks, d = n = 10", curves)
    parameters = {"inputs": "Gaussian", "runs": str(_RUNS), "weights": "orthogonal"}
    return Plot("thesis:C.10", "Two forms of batch normalisation", (panel,), parameters)
