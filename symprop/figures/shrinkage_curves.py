"""Figures of the shrinkage paper: correlations and slopes, of infinite and of sampled networks.

Gaps ``1 - rho`` are carried instead of correlations, so that deep layers keep their digits.
Sampled networks have the published width; their points are means with the standard deviation of
one network. Inputs have prescribed correlations: the published data are not at hand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import sympy

from symprop.figures.panels import Curve, Panel, Plot, curve, measured
from symprop.gaussian.duality import DualKernel, dual_kernel
from symprop.gaussian.hermite import hermite_coefficients
from symprop.simulator.monte_carlo import simulate
from symprop.specs.architectures import FullyConnected

__all__ = ["correlation_after_depth", "erf_networks", "leaky_relu_shrinkage"]

_ERF_DEPTH = 16
_DEPTHS = 1000
_WIDTH = 1024
_RUNS = 20
_SAMPLED = {"sampled networks": f"{_RUNS} of width {_WIDTH}", "error bars": "standard deviation"}
_SAMPLED_DEPTHS = np.array([1, 2, 4, 8, 16, 32, 64, 128, 256])


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


def _samples(
    activation: str, bias: float, depth: int, inputs: str, observable: str, *, seed: int = 0
) -> np.ndarray:
    """Return an observable of sampled networks: (runs, layers, inputs, ...).

    Pre-activations are normalised. The first layer has no bias and so keeps the correlations of
    the inputs: those of the pre-activations at layer ``l + 1`` have gone through ``l`` maps.
    """
    network = FullyConnected(activation, 1, (0.0, *[bias] * depth), normalization="rms")
    found = simulate(
        network,
        width=_WIDTH,
        depth=depth + 1,
        runs=_RUNS,
        inputs=inputs,
        backward="true" if observable == "chi" else None,
        observables=(observable,),
        seed=seed,
    )
    return found.values(observable)


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
    chosen = np.linspace(0, 1, 9)[:-1]
    pairs = np.stack(
        [_samples("erf", layer.bias, _ERF_DEPTH, f"cos:{r}", "c")[:, :, 0, 1] for r in chosen],
        axis=-1,
    )
    curves += [
        measured(f"depth {depth}, sampled", chosen, pairs[:, depth + 1])
        for depth in (1, 4, _ERF_DEPTH)
    ]
    panel = Panel(
        "critical erf network",
        "correlation of inputs",
        "correlation of outputs",
        (*curves, _bound(layer, _ERF_DEPTH)),
    )
    parameters = {"bias variance / weight variance": f"{layer.bias:.15g}"} | _SAMPLED
    return Plot("shrinkage:1", "Correlation after depth, erf", (panel,), parameters)


def leaky_relu_shrinkage() -> Plot:
    """Figure 2: shrinkage of critical leaky-ReLU networks with depth and with the slope."""
    depths = np.arange(1, _DEPTHS + 1)
    by_depth, points = [], []
    for slope in ("0", "1/2", "9/10"):
        layer = _Layer(dual_kernel(f"leaky_relu:{slope}"))
        by_depth.append(curve(f"a = {slope}", depths, layer.gaps(1.0, _DEPTHS)[1:]))
        gaps = _leaky_gaps(slope)[:, _SAMPLED_DEPTHS]
        points.append(measured(f"a = {slope}, sampled", _SAMPLED_DEPTHS, gaps))
    by_depth += [
        curve("bound, a = 0", depths, _leaky_bound(0.0, depths), "law"),
        curve("bound, a = 9/10", depths, _leaky_bound(0.9, depths), "guide"),
        *points,
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
    chosen = slopes[::5]
    sampled = np.stack([_leaky_gaps(str(a)) for a in chosen], axis=-1)
    by_slope += [
        measured(f"depth {depth}, sampled", map(float, chosen), sampled[:, depth])
        for depth in (16, 256)
    ]
    panels = (
        Panel("with depth", "layers", "1 - ρ", tuple(by_depth), "log", "log"),
        Panel("with the negative slope", "a", "1 - ρ", tuple(by_slope), y_scale="log"),
    )
    parameters = {"correlation of inputs": "0", "bias variance": "0"} | _SAMPLED
    return Plot("shrinkage:2", "Shrinkage of critical leaky-ReLU networks", panels, parameters)


def _leaky_gaps(slope: str) -> np.ndarray:
    """Return ``1 - rho`` of orthogonal inputs of sampled networks, layer by layer."""
    depth = int(_SAMPLED_DEPTHS[-1])
    gaps: np.ndarray = _samples(f"leaky_relu:{slope}", 0.0, depth, "cos:0", "e_gap")[:, :, 0, 1]
    return gaps


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
    for rho in starts:
        found = _samples("erf", critical.bias, int(_SAMPLED_DEPTHS[-1]), f"cos:{rho}", "c")
        gaps = 1 - found[:, _SAMPLED_DEPTHS + 1, 0, 1]
        shrinking.append(measured(f"inputs at {rho}, sampled", _SAMPLED_DEPTHS, gaps))
    short = np.arange(1, 61)
    spreading = [
        curve(f"inputs at 1 - {gap:g}", short, 1 - chaotic.gaps(gap, 60)[1:])
        for gap in (0.5, 1e-3, 1e-6)
    ]
    few = np.arange(5, 61, 5)
    for gap in ("1/2", "1/1000", "1/1000000"):
        found = _samples("erf", 0.0, 60, f"gap:{gap}", "c")[:, few + 1, 0, 1]
        label = f"inputs at 1 - {float(Fraction(gap)):g}, sampled"
        spreading.append(measured(label, few, found))
    back = np.sqrt(_samples("erf", 0.0, 60, "cos:1", "chi")[:, 61 - few, 0])
    gradients = measured("gradients, sampled", few, back)
    fixed = float(chaotic.gaps(0.5, 2000)[-1])
    growth = curve("mean field", short, chaotic.slope ** (short / 2))
    lower = curve("bound", short, constant / 4 * fixed * np.sqrt(short), "law")
    panels = (
        Panel("critical: correlation", "layers", "1 - ρ", tuple(shrinking), "log", "log"),
        Panel("chaotic: correlation", "layers", "ρ", tuple(spreading)),
        Panel(
            "chaotic: norm of the Jacobian",
            "layers",
            "norm",
            (growth, lower, gradients),
            y_scale="log",
        ),
    )
    return Plot("shrinkage:3", "Correlations and slopes of erf networks", panels, _SAMPLED)
