"""Figures of the thesis, chapter 5: kernel maps and the way their iterates take.

The activations of Figure 5.1 are not given in the text; polynomials with rational squared
Hermite coefficients stand for them, one in each case of the convergence theorem.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import sympy
from scipy.optimize import brentq

from symprop.figures.panels import Panel, Plot, curve
from symprop.gaussian.duality import dual_kernel
from symprop.specs.activations import Activation, X, activation

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from symprop.gaussian.duality import DualKernel

__all__ = ["common_activations", "polynomial_activations"]

_STARTS = (-0.9, -0.4, 0.3, 0.9)
_LAYERS = 40
_NOTHING_LEFT = 1e-15
_CRITICAL = 1e-9
_SQUARED_COEFFICIENTS: dict[str, dict[int, str]] = {
    "case 1": {1: "1/2", 3: "1/2"},
    "case 2": {0: "3/5", 1: "3/10", 2: "1/10"},
    "case 3": {0: "1/4", 1: "1/2", 2: "1/4"},
    "case 4": {0: "1/5", 1: "1/5", 3: "3/5"},
}


def polynomial_activations() -> Plot:
    """Figure 5.1: kernel maps and iterates, one polynomial for each case of the theorem."""
    named = {
        case: activation(
            sum(
                sympy.sqrt(sympy.Rational(square) / sympy.factorial(k)) * sympy.hermite_prob(k, X)
                for k, square in squares.items()
            )
        )
        for case, squares in _SQUARED_COEFFICIENTS.items()
    }
    parameters = {
        case: "squared Hermite coefficients " + ", ".join(f"{k}: {v}" for k, v in squares.items())
        for case, squares in _SQUARED_COEFFICIENTS.items()
    }
    panels = _rows(named)
    return Plot("thesis:5.1", "Kernel maps of polynomials, one in each case", panels, parameters)


def common_activations() -> Plot:
    """Figure 5.2: kernel maps and iterates of tanh, ReLU, exp and GELU, scaled to unit norm."""
    named = {name: activation(name) for name in ("tanh", "relu", "exp", "gelu")}
    return Plot("thesis:5.2", "Kernel maps of common activations", _rows(named))


Map = Callable[["ArrayLike"], "NDArray[np.float64]"]


def _rows(named: dict[str, Activation]) -> tuple[Panel, ...]:
    panels = []
    for name, phi in named.items():
        dual = dual_kernel(phi)
        at_one = float(dual.enclose(1, dps=17))
        kappa = partial(_normalised, dual, at_one)
        fixed = _attractor(kappa, float(dual.derivative().enclose(1, dps=17)) / at_one)
        x = np.linspace(-2.5, 2.5, 201)
        unit_norm = curve("unit norm", x, phi(x) / at_one**0.5)
        panels += [
            Panel(name, "x", "φ(x)", (unit_norm,)),
            _map_panel(name, kappa, fixed),
            _distance_panel(name, kappa, fixed),
        ]
    return tuple(panels)


def _normalised(dual: DualKernel, at_one: float, rho: ArrayLike) -> NDArray[np.float64]:
    return np.clip(dual(rho) / at_one, -1, 1)  # the last ulp may stick out


def _attractor(kappa: Map, slope_at_one: float) -> float:
    """Return the attracting fixed point of a map, to about the accuracy of a plot."""
    if abs(float(kappa(0))) < _NOTHING_LEFT:
        return 0
    if slope_at_one < 1 + _CRITICAL:
        return 1
    root: float = brentq(lambda rho: float(kappa(rho)) - rho, 0, 0.99)
    return root


def _map_panel(name: str, kappa: Map, fixed: float) -> Panel:
    rho = np.sin(np.linspace(-np.pi / 2, np.pi / 2, 161))
    stairs_x, stairs_y = [_STARTS[0]], [_STARTS[0]]
    for _ in range(_LAYERS):
        image = float(kappa(stairs_y[-1]))
        stairs_x += [stairs_y[-1], image]
        stairs_y += [image, image]
    return Panel(
        f"{name}: kernel map",
        "ρ",
        "κ(ρ)",
        (
            curve("κ", rho, kappa(rho)),
            curve("identity", [-1, 1], [-1, 1], "guide"),
            curve(f"iterates from {_STARTS[0]}", stairs_x, stairs_y, "law"),
            curve("fixed point", [fixed], [fixed], "guide"),
        ),
    )


def _distance_panel(name: str, kappa: Map, fixed: float) -> Panel:
    rho = np.array(_STARTS)
    distances = [np.abs(rho - fixed)]
    for _ in range(_LAYERS):
        rho = kappa(rho)
        distances.append(np.abs(rho - fixed))
    table = np.array(distances)
    curves = []
    for column, start in enumerate(_STARTS):
        shown = np.flatnonzero(table[:, column] > _NOTHING_LEFT)
        curves.append(curve(f"ρ₀ = {start}", shown, table[shown, column]))
    return Panel(
        f"{name}: distance to {fixed:.3g}", "layer", "|ρ - ρ*|", tuple(curves), y_scale="log"
    )
