"""The recurrences once more, by plain quadrature and by sampled dense networks."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Function = Callable[[Array], Array]

REACH = 9.0
NODES, WEIGHTS = np.polynomial.legendre.leggauss(120)


def rule(*ends: Array | float) -> tuple[Array, Array]:
    """Nodes and standard normal masses of Gauss and Legendre's rule between consecutive ends."""
    points, masses = [], []
    for left, right in itertools.pairwise(np.asarray(end)[..., None] for end in ends):
        half = (right - left) / 2
        points.append((left + right) / 2 + half * NODES)
        masses.append(half * WEIGHTS * np.exp(-(points[-1] ** 2) / 2) / np.sqrt(2 * np.pi))
    return np.concatenate(points, axis=-1), np.concatenate(masses, axis=-1)


def expectation(f: Function, q: float) -> float:
    """``E f(sqrt(q) Z)``."""
    z, mass = rule(-REACH, 0.0, REACH)
    return float(np.sum(f(np.sqrt(q) * z) * mass))


def covariance(f: Function, q1: float, q2: float, c: float) -> float:
    """``E f(sqrt(q1) u) f(sqrt(q2) v)`` by conditioning on ``u``, a kink at zero respected."""
    sine = np.sqrt(1 - c * c)
    u, mass = rule(-REACH, 0.0, REACH)
    kink = np.clip(-c * u / sine, -REACH, REACH)
    z, inner = rule(np.full_like(u, -REACH), kink, np.full_like(u, REACH))
    second = np.sum(f(np.sqrt(q2) * (c * u[:, None] + sine * z)) * inner, axis=1)
    return float(np.sum(f(np.sqrt(q1) * u) * second * mass))


@dataclass
class Statistics:
    """Means over neurons, by layer."""

    p: Array
    q: Array
    gamma: Array
    chi: Array
    chi_b: Array
    chi_w: Array
    chi_v: Array


def sampled_residual_net(
    variances: tuple[float, float, float, float], e: float, width: int, depth: int, seed: int
) -> Statistics:
    """One dense tanh network with two inputs of length 1, and backward weights of its own."""
    sv, sa, sw, sb = np.sqrt(np.array(variances))
    random = np.random.default_rng(seed)
    normal = random.standard_normal
    signs = np.sign(normal((2, width)))
    agree = np.arange(width) < width * (1 + e) / 2
    x = np.stack([signs[0], np.where(agree, signs[0], -signs[0])])
    hidden, states = [], [x]
    for _ in range(depth):
        w, v = normal((2, width, width)) / np.sqrt(width)
        h = sw * x @ w + sb * normal(width)
        x = x + sv * np.tanh(h) @ v + sa * normal(width)
        hidden.append(h[0])
        states.append(x)
    gradient = np.sign(normal(width))
    rows: dict[str, list[float]] = {name: [] for name in ("chi", "chi_b", "chi_w", "chi_v")}
    for h, before in zip(hidden[::-1], states[-2::-1], strict=True):
        w, v = normal((2, width, width)) / np.sqrt(width)
        inner = (sv * v @ gradient) / np.cosh(h) ** 2
        rows["chi"].append(float(np.mean(gradient**2)))
        rows["chi_b"].append(float(np.mean(inner**2)))
        rows["chi_w"].append(float(np.mean(inner**2) * np.mean(before[0] ** 2)))
        rows["chi_v"].append(float(np.mean(gradient**2) * np.mean(np.tanh(h) ** 2)))
        gradient = gradient + sw * w @ inner
    chi = np.array([float(np.mean(gradient**2)), *rows["chi"][::-1]])
    lists = (np.array(rows[name][::-1]) for name in ("chi_b", "chi_w", "chi_v"))
    return Statistics(
        np.array([np.mean(state[0] ** 2) for state in states]),
        np.array([np.mean(h**2) for h in hidden]),
        np.array([np.mean(state[0] * state[1]) for state in states]),
        chi,
        *lists,
    )
