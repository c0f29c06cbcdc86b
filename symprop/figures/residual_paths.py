"""Figures of the residual paper over depth: trajectories with the laws they follow."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from symprop.asymptotics.residual_laws import residual_rates
from symprop.figures.panels import Curve, Panel, Plot, curve
from symprop.recurrences.trajectories import trajectory
from symprop.specs.architectures import FullResidual, ReducedResidual

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from symprop.asymptotics.depth_constants import RateTable
    from symprop.recurrences.trajectories import Trajectory

__all__ = [
    "cosine_rate",
    "exponential_growth",
    "fixed_points_of_power_relu",
    "gradient_expansion",
    "gradient_ratios",
    "gradient_ratios_reduced",
    "leading_term",
    "length_expansion",
    "power_relu_rates",
]

_PRINTED = {
    "branch_weight_variance": "3/2",
    "branch_bias_variance": "1/2",
    "weight_variance": "169/100",
    "bias_variance": "49/100",
}
_COSINES = (0.01, 0.21, 0.40, 0.60, 0.79, 0.99)


def _network(
    activation: str,
    depth: int,
    *,
    pair: bool = False,
    variances: Mapping[str, str] = _PRINTED,
) -> tuple[Trajectory, RateTable]:
    """Return a full residual network's path from length 1, and the constants of its laws."""
    net = FullResidual(activation, **variances)
    cosine = np.array(_COSINES) if pair else None
    path = trajectory(net, depth, length=1.0, cosine=cosine)
    return path, residual_rates("frn", activation, **variances)


def _number(rates: RateTable, name: str) -> float:
    return float(rates[name].enclose(dps=17))


def _shifted(law: NDArray[np.floating], value: float, at: int) -> NDArray[np.float64]:
    """Return a law in a logarithmic plot, moved through a value at one layer."""
    moved: NDArray[np.float64] = np.asarray(law * (value / law[at]), dtype=np.float64)
    return moved


def _cosine_panel(activation: str, depth: int, exponent: str) -> Panel:
    """Return changes of the cosine from layer to layer with the slope of the law."""
    path, rates = _network(activation, depth, pair=True)
    layers = np.arange(1, depth + 1)
    changes = np.abs(np.diff(path.e, axis=0))
    curves: list[Curve] = []
    for column, start in enumerate(_COSINES):
        shown = changes[:, column] > 0
        curves.append(curve(f"e(0) = {start:g}", layers[shown], changes[shown, column]))
    law = layers ** -(_number(rates, exponent) + 1)
    law = _shifted(law, float(changes[-1].max()), -1)
    sign = {"delta_star": "δ*", "mu": "μ"}[exponent]
    curves.append(curve(f"$l^{{-{sign}-1}}$", layers, law, "law"))
    return Panel(activation, "layer l", "|e(l) - e(l-1)|", tuple(curves), "log", "log")


def cosine_rate() -> Plot:
    """Figure 2b: changes of the cosine in a tanh network, from six starts."""
    panel = _cosine_panel("tanh", 1000, "delta_star")
    return Plot("residual:2b", "Rate of the cosine, tanh", (panel,), _PRINTED)


def _log_ratios(path: Trajectory) -> Mapping[str, NDArray[np.float64]]:
    """Return ``log(v(1)/v(l))`` for the gradients of the input and of the parameters."""
    quantities = {"χ": path.chi, "χ_b": path.chi_b, "χ_w": path.chi_w}
    return {name: np.log(values[1] / values[1:]) for name, values in quantities.items()}


def gradient_ratios() -> Plot:
    """Figure 2c: logarithms of gradient ratios in a tanh network against A sqrt(l)."""
    panel = _gradient_panel("tanh, full", *_network("tanh", 4000))
    return Plot("residual:2c", "Gradient ratios, tanh", (panel,), _PRINTED)


def gradient_ratios_reduced() -> Plot:
    """Figure C.15: the same in a reduced network (reconstructed: the caption is lost)."""
    variances = {name: _PRINTED[name] for name in ("weight_variance", "bias_variance")}
    path = trajectory(ReducedResidual("tanh", **variances), 4000, length=1.0)
    panel = _gradient_panel("tanh, reduced", path, residual_rates("rrn", "tanh", **variances))
    return Plot("residual:C.15", "Gradient ratios, tanh, reduced network", (panel,), variances)


def _gradient_panel(title: str, path: Trajectory, rates: RateTable) -> Panel:
    layers = np.arange(2, 4001)
    curves = [curve(name, layers, values[1:]) for name, values in _log_ratios(path).items()]
    law = curve("A √l", layers, _number(rates, "A") * np.sqrt(layers), "law")
    return Panel(title, "layer l", "log v(1)/v(l)", (*curves, law), "log", "log")


def power_relu_rates() -> Plot:
    """Figure A.2: rates of cosines and gradients for alpha-ReLU, alpha from 9/10 to 51/100."""
    panels = []
    for alpha in ("9/10", "4/5", "7/10", "3/5", "11/20", "51/100"):
        name = f"alpha_relu:{alpha}"
        panels += [_cosine_panel(name, 1000, "mu"), _power_gradients(name, Fraction(alpha))]
    title = "Rates of cosines and gradients, alpha-ReLU"
    return Plot("residual:A.2", title, tuple(panels), _PRINTED, columns=2)


def _power_gradients(name: str, alpha: Fraction) -> Panel:
    path, rates = _network(name, 1000)
    layers = np.arange(2, 1001)
    power = _number(rates, "R")
    exponents = {"χ": power, "χ_b": power + 1, "χ_w": power - float(alpha / (1 - alpha))}
    curves: list[Curve] = []
    for key, values in _log_ratios(path).items():
        curves.append(curve(key, layers, np.exp(values[1:])))
        law = _shifted(layers ** exponents[key], float(np.exp(values[-1])), -1)
        curves.append(curve(f"$l^{{{exponents[key]:.3g}}}$", layers, law, "law"))
    return Panel(name, "layer l", "v(1)/v(l)", tuple(curves), "log", "log")


def length_expansion() -> Plot:
    """Figure B.3: lengths of a tanh network, and what the terms of their expansion leave."""
    path, rates = _network("tanh", 4000)
    layers = np.arange(1, 4001)
    leading = _number(rates, "b0") * layers
    rest = path.p[1:] - leading
    curves = [curve("less $b_0l$", layers, rest)]
    for label, name, function in (
        ("and less $b_1\\sqrt{l}$", "b1", np.sqrt(layers)),
        ("and less $b_2\\log l$", "b2", np.log(layers)),
    ):
        rest = rest - _number(rates, name) * function
        curves.append(curve(label, layers, rest))
    panels = (
        Panel(
            "length",
            "layer l",
            "p",
            (curve("p", layers, path.p[1:]), curve("$b_0l$", layers, leading, "law")),
        ),
        Panel("what the expansion leaves", "layer l", "remainder of p", tuple(curves)),
    )
    return Plot("residual:B.3", "Lengths of a tanh network and their expansion", panels, _PRINTED)


def gradient_expansion() -> Plot:
    """Figure B.4: log gradient ratios less A sqrt(l) + B log(l), small variances."""
    layers = np.arange(1, 4001)
    curves = []
    for variance in ("1/25", "1/10", "1/4", "1/2"):
        path, rates = _network("tanh", 4000, variances=dict.fromkeys(_PRINTED, variance))
        law = _number(rates, "A") * np.sqrt(layers) + _number(rates, "B") * np.log(layers)
        rest = path.log_chi[1] - path.log_chi[1:] - law
        curves.append(curve(f"all variances {variance}", layers, rest - rest[-1]))
    panel = Panel(
        "tanh: what A √l + B log l leaves",
        "layer l",
        "difference from the last layer",
        tuple(curves),
    )
    return Plot("residual:B.4", "Gradients of a tanh network and their expansion", (panel,))


def exponential_growth() -> Plot:
    """Figure B.5: lengths of ReLU networks grow by 1 + sv^2 sw^2/2 in each layer."""
    layers = np.arange(61)
    curves: list[Curve] = []
    for weight, branch in (("1/4", "1/4"), ("1", "1/2"), ("169/100", "3/2")):
        variances = _PRINTED | {"weight_variance": weight, "branch_weight_variance": branch}
        path, rates = _network("relu", 60, variances=variances)
        base = _number(rates, "growth_base")
        label = f"$\\sigma_w^2$ = {weight}, $\\sigma_v^2$ = {branch}"
        curves += [
            curve(label, layers, path.p),
            curve(f"${base:.4g}^l$", layers, base ** layers.astype(float), "law"),
        ]
    panel = Panel("ReLU", "layer l", "p", tuple(curves), y_scale="log")
    return Plot("residual:B.5", "Exponential growth, ReLU", (panel,))


def fixed_points_of_power_relu() -> Plot:
    """Figure B.6: cosines of alpha-ReLU networks move to the fixed point of J_alpha."""
    panels = []
    for alpha in ("9/10", "7/10", "11/20"):
        path, rates = _network(f"alpha_relu:{alpha}", 2000, pair=True)
        fixed = _number(rates, "e_star")
        layers = np.arange(1, 2001)
        curves = [
            curve(f"e(0) = {start:g}", layers, path.e[1:, column])
            for column, start in enumerate(_COSINES)
        ]
        curves.append(curve("e*", [1, 2000], [fixed, fixed], "law"))
        panels.append(Panel(f"alpha = {alpha}", "layer l", "e", tuple(curves), x_scale="log"))
    return Plot("residual:B.6", "Fixed points of alpha-ReLU networks", tuple(panels), _PRINTED)


def leading_term() -> Plot:
    """Figure C.14: lengths of an alpha-ReLU network over their leading term, alpha = 11/20."""
    path, rates = _network("alpha_relu:11/20", 20000)
    layers = np.unique(np.geomspace(1, 20000, 200).astype(int))
    leading = _number(rates, "K1") * layers ** (1 / 0.45)
    panel = Panel(
        "alpha = 11/20",
        "layer l",
        "p / leading term",
        (
            curve("ratio", layers, path.p[layers] / leading),
            curve("1", [1, 20000], [1, 1], "guide"),
        ),
        "log",
        "log",
    )
    title = "Leading term of the length, alpha-ReLU"
    return Plot("residual:C.14", title, (panel,), _PRINTED)
