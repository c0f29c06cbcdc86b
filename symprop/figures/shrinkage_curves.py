"""Figures of the shrinkage paper, as far as infinite width goes: correlations and slopes.

Gaps ``1 - rho`` are carried instead of correlations, so that deep layers keep their digits.
The widths, the data and the singular values of the published figures need a finite network.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import sympy

from symprop.figures.panels import Curve, Panel, Plot, curve
from symprop.gaussian.duality import DualKernel, dual_kernel
from symprop.gaussian.hermite import hermite_coefficients

__all__ = ["correlation_after_depth", "erf_networks", "leaky_relu_shrinkage"]

_ERF_DEPTH = 16
_DEPTHS = 1000


@dataclass(frozen=True)
class _Layer:
    """The map of correlations of a normalised layer, with the bias as a share of the weights."""

    kernel: DualKernel
    bias: float = 0.0

    @property
    def norm(self) -> float:
        return self.bias + float(self.kernel.enclose(1, dps=17))

    @property
    def slope(self) -> float:
        """Slope at correlation 1."""
        return float(self.kernel.derivative().enclose(1, dps=17)) / self.norm

    @property
    def nonlinearity(self) -> float:
        """Squared error of linearisation over the mean squared derivative."""
        exact = hermite_coefficients(self.kernel.phi, 1).enclosures
        linear = sum(float(a) ** 2 for a in exact)
        return (self.norm - self.bias - linear) / (self.slope * self.norm)

    def gap(self, gap: np.ndarray | float) -> np.ndarray:
        """Return ``1 - P(1 - gap)``."""
        deficit: np.ndarray = self.kernel.float_face.deficit(gap)
        return deficit / self.norm

    def gaps(self, start: float, depth: int) -> np.ndarray:
        """Return the gaps after 0, 1, ..., depth layers."""
        found = [start]
        for _ in range(depth):
            found.append(float(self.gap(found[-1])))
        return np.array(found)


def _critical_erf() -> _Layer:
    kernel = dual_kernel("erf")
    at_one, slope = (float(k.enclose(1, dps=17)) for k in (kernel, kernel.derivative()))
    return _Layer(kernel, slope - at_one)


def _bound(layer: _Layer, depth: int) -> Curve:
    """Return the broken line above the composed map that excess convexity gives."""
    least = 1 - layer.gaps(1.0, depth)
    excess = (1 - least[-1]) / 2 * depth * layer.nonlinearity
    t = np.array([0, (1 + excess) / (2 + excess), 1])
    y = np.array([0, 1 / (2 + excess), 1])
    return curve("bound by excess convexity", t, least[-1] + (1 - least[-1]) * y, "law")


def correlation_after_depth() -> Plot:
    """Figure 1: correlation after many erf layers against the correlation of the inputs."""
    layer = _critical_erf()
    start = np.linspace(0, 1, 201)
    curves = []
    for depth in (1, 4, _ERF_DEPTH):
        gap = 1 - start
        for _ in range(depth):
            gap = layer.gap(gap)
        curves.append(curve(f"depth {depth}", start, 1 - gap))
    panel = Panel(
        "critical erf network",
        "correlation of inputs",
        "correlation of outputs",
        (*curves, _bound(layer, _ERF_DEPTH)),
    )
    parameters = {"bias variance / weight variance": f"{layer.bias:.15g}"}
    return Plot("shrinkage:1", "Correlation after depth, erf", (panel,), parameters)


def leaky_relu_shrinkage() -> Plot:
    """Figure 2: shrinkage of critical leaky-ReLU networks with depth and with the slope."""
    depths = np.arange(1, _DEPTHS + 1)
    by_depth = []
    for slope in ("0", "1/2", "9/10"):
        layer = _Layer(dual_kernel(f"leaky_relu:{slope}"))
        by_depth.append(curve(f"a = {slope}", depths, layer.gaps(1.0, _DEPTHS)[1:]))
    by_depth += [
        curve("bound, a = 0", depths, _leaky_bound(0.0, depths), "law"),
        curve("bound, a = 9/10", depths, _leaky_bound(0.9, depths), "guide"),
    ]
    slopes = [sympy.Rational(k, 20) for k in range(20)]
    by_slope = []
    for depth in (16, 256):
        last = [_Layer(dual_kernel(f"leaky_relu:{a}")).gaps(1.0, depth)[-1] for a in slopes]
        by_slope.append(curve(f"depth {depth}", map(float, slopes), last))
    by_slope.append(
        curve(
            "bound, depth 256",
            map(float, slopes),
            _leaky_bound(np.array(slopes, float), 256),
            "law",
        )
    )
    panels = (
        Panel("with depth", "layers", "1 - ρ", tuple(by_depth), "log", "log"),
        Panel("with the negative slope", "a", "1 - ρ", tuple(by_slope), y_scale="log"),
    )
    parameters = {"correlation of inputs": "0", "bias variance": "0"}
    return Plot("shrinkage:2", "Shrinkage of critical leaky-ReLU networks", panels, parameters)


def _leaky_bound(slope: np.ndarray | float, depth: np.ndarray | float) -> np.ndarray:
    """Return the printed bound of ``1 - rho_max``, no more than its trivial value 1."""
    share = np.sqrt(1 + np.square(slope)) / (1 - np.asarray(slope))
    bound = math.sqrt(16 * math.pi / (math.pi - 2)) * share / np.sqrt(depth)
    least: np.ndarray = np.minimum(bound, 2)
    return least


def erf_networks() -> Plot:
    """Figure 3: erf networks, critical and chaotic: correlations and the slope at 1."""
    depths = np.arange(1, _DEPTHS + 1)
    critical, chaotic = _critical_erf(), _Layer(dual_kernel("erf"))
    constant = math.sqrt(math.sqrt(5) * (math.atan(2 / math.sqrt(5)) - 2 / 3))
    starts = {"0": 1.0, "9/10": 0.1}
    shrinking = [
        curve(f"inputs at {rho}", depths, critical.gaps(gap, _DEPTHS)[1:])
        for rho, gap in starts.items()
    ]
    shrinking.append(curve("bound", depths, np.minimum(4 / constant / np.sqrt(depths), 2), "law"))
    short = np.arange(1, 61)
    spreading = [
        curve(f"inputs at 1 - {gap:g}", short, 1 - chaotic.gaps(gap, 60)[1:])
        for gap in (0.5, 1e-3, 1e-6)
    ]
    fixed = float(chaotic.gaps(0.5, 2000)[-1])
    growth = curve("mean field", short, chaotic.slope ** (short / 2))
    lower = curve("bound", short, constant / 4 * fixed * np.sqrt(short), "law")
    panels = (
        Panel("critical: correlation", "layers", "1 - ρ", tuple(shrinking), "log", "log"),
        Panel("chaotic: correlation", "layers", "ρ", tuple(spreading)),
        Panel("chaotic: norm of the Jacobian", "layers", "norm", (growth, lower), y_scale="log"),
    )
    return Plot("shrinkage:3", "Correlations and slopes of erf networks", panels)
