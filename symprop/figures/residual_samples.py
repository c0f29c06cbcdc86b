"""Figures of the residual paper that set sampled networks against the recurrences.

Points are means over networks with the published widths and numbers of runs; their bars are one
standard deviation of a network, as published. A mean deviates by that over the root of the runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.figures.panels import Curve, Panel, Plot, curve, measured
from symprop.recurrences.trajectories import trajectory
from symprop.simulator.monte_carlo import simulate
from symprop.specs.architectures import FullResidual

if TYPE_CHECKING:
    from symprop.figures.panels import Scale

__all__ = ["power_relu_dynamics", "tanh_dynamics"]

_VARIANCES = {
    "branch_weight_variance": "3/2",
    "branch_bias_variance": "1/2",
    "weight_variance": "169/100",
    "bias_variance": "49/100",
}
_FORWARD: dict[str, Any] = {"width": 1000, "runs": 20}
_BACKWARD: dict[str, Any] = {"width": 250, "runs": 25}
_PARAMETERS = _VARIANCES | {
    "forward": "20 networks of width 1000, inputs of unit mean square",
    "backward": "25 networks of width 250, backpropagation through their own weights",
    "error bars": "standard deviation of one network",
}
_COSINES = (0.0, 0.5, 0.9)
_POINTS = 10
_BACKWARD_DEPTH = 50
_GRADIENTS = ("chi", "chi_b", "chi_w", "chi_v")
_LETTERS = {"chi": "χ", "chi_b": "χ_b", "chi_w": "χ_w", "chi_v": "χ_v"}


def tanh_dynamics() -> Plot:
    """Figure 1: lengths, cosines and gradients of sampled tanh networks, and their recurrences."""
    panels = _panels("tanh", 200, "linear", seed=0)
    return Plot("residual:1", "Theory and simulation, tanh", panels, _PARAMETERS)


def power_relu_dynamics() -> Plot:
    """Figure A.1: the same for alpha-ReLU, alpha from 1 to 11/20."""
    panels = _panels("relu", 50, "log", seed=1)
    for seed, alpha in enumerate(("9/10", "4/5", "7/10", "3/5", "11/20"), start=2):
        panels += _panels(f"alpha_relu:{alpha}", 200, "linear", seed=seed)
    return Plot("residual:A.1", "Theory and simulation, alpha-ReLU", panels, _PARAMETERS)


def _panels(activation: str, depth: int, scale: Scale, *, seed: int) -> tuple[Panel, ...]:
    """Return lengths and products, cosines, and gradients."""
    network = FullResidual(activation, **_VARIANCES)
    path = trajectory(network, depth, length=1.0, cosine=np.array(_COSINES))
    found = simulate(
        network,
        depth=depth,
        inputs=f"gram:{_gram()}",
        observables=("p", "gamma", "e"),
        seed=seed,
        **_FORWARD,
    )
    every = np.arange(depth + 1)
    layers = every[depth // _POINTS :: depth // _POINTS]
    lengths = [curve("p", every, path.p[:, 0])]
    sampled = [measured("p, sampled", layers, found.values("p")[:, layers, 0])]
    cosines: list[Curve] = []
    dots: list[Curve] = []
    for column, start in enumerate(_COSINES):
        label, pair = f"e(0) = {start:g}", (slice(None), layers, 0, column + 1)
        lengths.append(curve(f"γ, {label}", every, path.gamma[:, column]))
        sampled.append(measured(f"γ, {label}, sampled", layers, found.values("gamma")[pair]))
        cosines.append(curve(label, every, path.e[:, column]))
        dots.append(measured(f"{label}, sampled", layers, found.values("e")[pair]))
    return (
        Panel(f"{activation}: lengths", "layer l", "p, γ", (*lengths, *sampled), y_scale=scale),
        Panel(f"{activation}: cosines", "layer l", "e", (*cosines, *dots)),
        _gradient_panel(activation, network, seed),
    )


def _gram() -> list[list[float]]:
    """Return inner products of one input and others at the chosen cosines to it."""
    cosines = np.array((1.0, *_COSINES))
    gram = np.outer(cosines, cosines)
    np.fill_diagonal(gram, 1.0)
    listed: list[list[float]] = gram.tolist()
    return listed


def _gradient_panel(activation: str, network: FullResidual, seed: int) -> Panel:
    path = trajectory(network, _BACKWARD_DEPTH, length=1.0)
    found = simulate(
        network,
        depth=_BACKWARD_DEPTH,
        inputs="gram:[[1]]",
        backward="true",
        observables=_GRADIENTS,
        seed=seed,
        **_BACKWARD,
    )
    every = np.arange(1, _BACKWARD_DEPTH + 1)
    layers = every[:: _BACKWARD_DEPTH // _POINTS]
    lines = [curve(_LETTERS[name], every, getattr(path, name)[1:]) for name in _GRADIENTS]
    points = [
        measured(f"{_LETTERS[name]}, sampled", layers, found.values(name)[:, layers, 0])
        for name in _GRADIENTS
    ]
    title = f"{activation}: gradients"
    return Panel(title, "layer l", "mean square", (*lines, *points), y_scale="log")
