"""Plain float64 double integration of ``E phi(U) psi(V)``: no closed form, no Hermite series.

Composite Gauss-Legendre in ``u`` and, for each ``u``, in ``v`` given ``u``, with panels cut at
every breakpoint and graded around the origin and around the lines ``v = t``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy.special import erf, ndtr

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(10)


@dataclass(frozen=True)
class Sample:
    """A function in float64, where it is not smooth, and how fast it grows."""

    function: Callable[[Any], Any]
    breakpoints: tuple[float, ...] = ()
    rate: float = 0.0
    finest: int = -7  # panels shrink towards breakpoints down to 2**finest

    def __call__(self, x: Any) -> Any:
        return self.function(x)


def _left(x: Any) -> Any:
    return np.minimum(x, 0.0)


SELU_ALPHA, SELU_SCALE = 1.6732632423543772848, 1.0507009873554804934
SAMPLES: dict[str, Sample] = {
    "identity": Sample(lambda x: x),
    "relu": Sample(lambda x: np.maximum(x, 0), (0,)),
    "leaky_relu:1/10": Sample(lambda x: np.where(x > 0, x, x / 10), (0,)),
    "abs": Sample(np.abs, (0,)),
    "step": Sample(lambda x: np.heaviside(x, 0.5), (0,)),
    "sign": Sample(np.sign, (0,)),
    "squared_relu": Sample(lambda x: np.maximum(x, 0) ** 2, (0,)),
    "erf": Sample(erf),
    "normal_cdf": Sample(ndtr),
    "gelu": Sample(lambda x: x * ndtr(x)),
    "x*erf(x)": Sample(lambda x: x * erf(x)),
    "exp": Sample(np.exp, (), 1),
    "sin": Sample(np.sin),
    "cos": Sample(np.cos),
    "gaussian": Sample(lambda x: np.exp(-(x**2) / 2)),
    "x**3 - 2*x": Sample(lambda x: x**3 - 2 * x),
    "alpha_relu:1/2": Sample(lambda x: np.maximum(x, 0) ** 0.5, (0,), finest=-28),
    "Max(x,0)**(3/2)": Sample(lambda x: np.maximum(x, 0) ** 1.5, (0,), finest=-16),
    "elu": Sample(lambda x: np.where(x > 0, x, np.expm1(_left(x))), (0,)),
    "celu:2": Sample(lambda x: np.where(x > 0, x, 2 * np.expm1(_left(x) / 2)), (0,)),
    "selu": Sample(
        lambda x: SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(_left(x))), (0,)
    ),
    "hard_tanh": Sample(lambda x: np.clip(x, -1, 1), (-1, 1)),
    "relu6": Sample(lambda x: np.clip(x, 0, 6), (0, 6)),
    "hard_sigmoid": Sample(lambda x: np.clip(x / 6 + 0.5, 0, 1), (-3, 3)),
    "hard_swish": Sample(lambda x: x * np.clip(x / 6 + 0.5, 0, 1), (-3, 3)),
    "sin(x) + Max(x,0)": Sample(lambda x: np.sin(x) + np.maximum(x, 0), (0,)),
    "exp(-Abs(x))": Sample(lambda x: np.exp(-np.abs(x)), (0,)),
    "x*exp(-x**2)": Sample(lambda x: x * np.exp(-(x**2))),
    "cos(2*x + 1)": Sample(lambda x: np.cos(2 * x + 1)),
    "x*sin(x)": Sample(lambda x: x * np.sin(x)),
    "erf(2*x + 1)": Sample(lambda x: erf(2 * x + 1)),
    "x*erf(x - 1)": Sample(lambda x: x * erf(x - 1)),
    "Max(x - 1, 0)": Sample(lambda x: np.maximum(x - 1, 0), (1,)),
    "exp(x)*erf(x)": Sample(lambda x: np.exp(x) * erf(x), (), 1),
    "Abs(x)*exp(-x**2)": Sample(lambda x: np.abs(x) * np.exp(-(x**2)), (0,)),
    "Piecewise((x**2, x < -1), (1, x < 2), (x, True))": Sample(
        lambda x: np.where(x < -1, x**2, np.where(x < 2, 1, x)), (-1, 2)
    ),
    "sinh(x)": Sample(np.sinh, (), 1),
    "Abs(x)**(1/3)": Sample(lambda x: np.abs(x) ** (1 / 3), (0,), finest=-30),
    "erf(x)*exp(-x**2)": Sample(lambda x: erf(x) * np.exp(-(x**2))),
    "Heaviside(x - 1)*exp(-x)": Sample(
        lambda x: np.heaviside(x - 1, 0.5) * np.exp(-np.maximum(x, 0)), (1,)
    ),
    "Piecewise((exp(x), x < -1), (exp(-x) + x, True))": Sample(
        lambda x: np.where(x < -1, np.exp(np.minimum(x, 0)), np.exp(-np.maximum(x, -1)) + x), (-1,)
    ),
}
"""Specifications and the same functions written by hand."""


def _rule(edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights (with the Gaussian density) on the panels of each row."""
    edges = np.sort(edges, axis=-1)
    half = np.diff(edges, axis=-1)[..., None] / 2
    middle = (edges[..., 1:] + edges[..., :-1])[..., None] / 2
    nodes = (middle + half * _NODES).reshape(*edges.shape[:-1], -1)
    weights = (half * _WEIGHTS).reshape(nodes.shape)
    return nodes, weights * np.exp(-(nodes**2) / 2) / np.sqrt(2 * np.pi)


def _places(phi: Sample) -> np.ndarray:
    return np.array([*phi.breakpoints, 0.0])


def _edges(centres: np.ndarray, scale: Any, reach: float, finest: int) -> np.ndarray:
    """Return edges around each centre, at distances of the given scale and its fractions."""
    grades = np.concatenate([[0.0], 2.0 ** np.arange(finest, 3)])
    offsets = np.concatenate([-grades, grades])
    around = centres[..., :, None] + offsets * scale
    around = around.reshape(*centres.shape[:-1], -1)
    fixed = np.linspace(-reach, reach, 19)
    fixed = np.broadcast_to(fixed, (*around.shape[:-1], fixed.size))
    return np.clip(np.concatenate([around, fixed], axis=-1), -reach, reach)


def mean_of_product(phi: Sample, psi: Sample, rho: float, q1: float, q2: float) -> float:
    """Return ``E phi(U) psi(V)`` in float64, to about 1e-12 of ``E |phi psi|``."""
    s1, s2 = np.sqrt(q1), np.sqrt(q2)
    reach = 11.0 + phi.rate * s1 + psi.rate * s2
    residual = np.sqrt((1 - rho) * (1 + rho))
    finest = min(phi.finest, psi.finest)
    own = _places(phi) / s1
    cuts = [own, own]
    scales = [np.full(own.size, 1.0), np.full(own.size, min(1.0, 1 / s1))]
    if rho:
        crossed = _places(psi) / (rho * s2)
        for width in (1.0, max(residual, 1e-12), min(1.0, 1 / s2)):
            cuts.append(crossed)
            scales.append(np.full(crossed.size, width / abs(rho)))
    edges = np.concatenate(
        [
            _edges(np.array([centre]), scale, reach, finest)
            for centres, widths in zip(cuts, scales, strict=True)
            for centre, scale in zip(centres, widths, strict=True)
        ]
    )
    u, weights = _rule(np.unique(edges))
    if residual == 0:
        return float(np.sum(weights * phi(s1 * u) * psi(rho * s2 * u)))
    thresholds = (_places(psi) - rho * s2 * u[:, None]) / (s2 * residual)
    inner = np.concatenate(
        [
            _edges(thresholds, width, reach, psi.finest)
            for width in (1.0, min(1.0, 1 / (s2 * residual)))
        ],
        axis=-1,
    )
    total = 0.0
    for block in np.array_split(np.arange(u.size), max(1, u.size // 200)):
        v, inner_weights = _rule(inner[block])
        means = np.sum(inner_weights * psi(s2 * (rho * u[block, None] + residual * v)), axis=-1)
        total += float(np.sum(weights[block] * phi(s1 * u[block]) * means))
    return total


@cache
def size(name: str, q: float) -> float:
    """Return the root of ``E phi(sqrt(q) Z)**2`` of a sample."""
    sample = SAMPLES[name]
    return float(np.sqrt(mean_of_product(sample, sample, 1, q, q)))


def mean(phi: Sample, q: float, *, order: int = 0) -> float:
    """Return ``E phi(sqrt(q) Z) He_order(Z)/sqrt(order!)`` in float64."""
    s = np.sqrt(q)
    reach = 11.0 + phi.rate * s + np.sqrt(order)
    centres = _places(phi) / s
    scales = (1.0, min(1.0, 1 / s))
    edges = np.concatenate([_edges(centres, scale, reach, phi.finest) for scale in scales])
    z, weights = _rule(np.unique(edges))
    before, polynomial = np.zeros_like(z), np.ones_like(z)
    for k in range(order):
        before, polynomial = polynomial, (z * polynomial - np.sqrt(k) * before) / np.sqrt(k + 1)
    return float(np.sum(weights * phi(s * z) * polynomial))
