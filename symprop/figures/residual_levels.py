"""Level curves of the residual paper's experiments, and constants against alpha."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from symprop.asymptotics.residual_laws import residual_rates
from symprop.figures.panels import Curve, Panel, Plot, curve
from symprop.recurrences.trajectories import trajectory
from symprop.specs.architectures import FullResidual, ReducedResidual

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symprop.specs.architectures import Architecture

__all__ = ["exponent_mu", "level_curves"]

_HALF = "1/2"
_DEPTH = 400


def exponent_mu() -> Plot:
    """Figure B.7: slope at the fixed point and exponent mu against alpha."""
    alphas = [Fraction(k, 40) for k in range(1, 40)]
    tables = [residual_rates("frn", f"alpha_relu:{a}", weight_variance=1) for a in alphas]
    mu = np.array([float(table["mu"].enclose(dps=17)) for table in tables])
    x = np.array([float(a) for a in alphas])
    panels = (
        Panel(
            "slope of the kernel at its fixed point",
            "α",
            "slope",
            (curve("slope at e*", x, 1 - (1 - x) * mu),),
        ),
        Panel(
            "exponent of the cosine",
            "α",
            "μ",
            (curve("μ", x, mu), curve("(1-α)/2", x, (1 - x) / 2, "law")),
        ),
    )
    return Plot("residual:B.7", "Slope at the fixed point and exponent μ", panels)


def level_curves() -> Plot:
    """Figure 3: curves of equal growth, where the paper trained networks (no accuracies here)."""
    squares = [Fraction(k, 20) for k in range(4, 61)]
    reduced = [ReducedResidual("tanh", w, _HALF) for w in squares]
    full = [FullResidual("tanh", 1, _HALF, w, _HALF) for w in squares]
    panels = (
        _gradient_levels("tanh, reduced", squares, reduced, 170),
        _gradient_levels("tanh, full", squares, full, 145),
        _relu_levels(),
        _power_levels(),
    )
    parameters = {
        "tanh": "bias variances 1/2, branch weight variance 1",
        "relu": "branch weight variance 1, bias variances 1/2",
        "alpha-ReLU": "variances 3/2, 1/2, 169/100, 49/100; cosine of inputs 0",
    }
    return Plot("residual:3", "Curves of equal growth", panels, parameters, columns=2)


def _crossing(values: NDArray[np.float64], level: float) -> float | None:
    """Return the depth, between layers, at which a rising sequence reaches a level."""
    if values[-1] < level:
        return None
    return float(np.interp(level, values, np.arange(len(values))))


def _levels(label: str, x: list[float], paths: NDArray[np.float64], level: float) -> Curve:
    found = [(at, _crossing(paths[:, k], level)) for k, at in enumerate(x)]
    kept = [(at, depth) for at, depth in found if depth is not None]
    return curve(label, [at for at, _ in kept], [depth for _, depth in kept])


def _gradient_levels(
    title: str, squares: list[Fraction], nets: Sequence[Architecture], constant: int
) -> Panel:
    path = trajectory(nets, _DEPTH, length=1.0)
    growth = path.log_chi[0] - path.log_chi
    x = [float(w) for w in squares]
    at_one = growth[constant, squares.index(Fraction(1))]
    curves = [
        _levels(f"log χ(0)/χ(L) = {factor * at_one:.3g}", x, growth, factor * at_one)
        for factor in (0.5, 0.75, 1)
    ]
    shown = [w for w in x if constant / w <= _DEPTH]
    law = curve(f"$\\sigma_w^2L$ = {constant}", shown, [constant / w for w in shown], "law")
    return Panel(title, "$\\sigma_w^2$", "depth L", (*curves, law), "log", "log")


def _relu_levels() -> Panel:
    squares = [Fraction(k, 20) for k in range(2, 31)]
    nets = [FullResidual("relu", 1, _HALF, w, _HALF) for w in squares]
    path = trajectory(nets, _DEPTH, length=1.0, cosine=0.0)
    x = np.array([float(w) for w in squares])
    level = 20.0
    rows = {
        "log p(L)/p(0)": np.log(path.p / path.p[0]),
        "log s(L)/s(0)": np.log(path.s / path.s[0]),
        "log χ(0)/χ(L)": path.log_chi[0] - path.log_chi,
    }
    curves = [_levels(f"{name} = {level:g}", list(x), row, level) for name, row in rows.items()]
    law = curve("$L\\log(1+\\sigma_v^2\\sigma_w^2/2)$ = 20", x, level / np.log1p(x / 2), "law")
    return Panel("ReLU, full", "$\\sigma_w^2$", "depth L", (*curves, law), "log", "log")


def _power_levels() -> Panel:
    alphas = [Fraction(k, 100) for k in range(76, 100, 2)]
    separations, exponents = [], []
    for alpha in alphas:
        net = FullResidual(
            f"alpha_relu:{alpha}", "3/2", _HALF, Fraction(169, 100), Fraction(49, 100)
        )
        separations.append(np.log10(trajectory(net, _DEPTH, length=1.0, cosine=0.0).s))
        exponents.append(float(alpha**2 / ((1 - alpha) * (2 * alpha - 1))))
    x, paths = [float(a) for a in alphas], np.array(separations).T
    curves = [_levels(f"s = $10^{{{level}}}$", x, paths, level) for level in (4, 6, 8)]
    depth = 10 ** (12 / np.array(exponents))
    shown = depth <= _DEPTH
    law = curve("$L^R = 10^{12}$", np.array(x)[shown], depth[shown], "law")
    return Panel("alpha-ReLU, full", "α", "depth L", (*curves, law), y_scale="log")
