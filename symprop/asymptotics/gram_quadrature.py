"""Fixed points of the Gram map of batch normalisation in float64.

With centring, and without it for odd activations, they are means over a sphere; without centring
those of homogeneous activations are reached by iterating the map.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symprop.asymptotics.gram_attractors import gram_map_eigenvalues_by_type
from symprop.asymptotics.gram_points import (
    GramFixedPoint,
    condition_number,
    estimated,
    is_contracting,
)
from symprop.foundation.errors import NoConvergence, OutOfDomain, expected
from symprop.gaussian.sphere_pairs import sphere_pair_mean
from symprop.numerics.enclosure import Enclosure
from symprop.recurrences.normalization import batch_norm_gram

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symprop.specs.activations import Activation

    Array = NDArray[np.float64]

__all__ = ["APART", "iterated_fixed_point", "quadrature_fixed_point"]

APART = "that keeps the inputs of a batch apart"
"""The condition on activations that have such a fixed point."""

_LAYERS = 400
_SETTLED = 1e-13


def quadrature_fixed_point(phi: Activation, n: int, center: bool) -> GramFixedPoint:
    """Return the image of orthogonal inputs, a fixed point with centring or an odd activation."""
    m, cosine = (n - 1, -1 / (n - 1)) if center else (n, 0.0)
    size = np.sqrt((n - 1) / n) if center else 1.0  # of an entry of u, over one of the sphere
    if m == 1:
        plus, minus = phi(np.array([1.0, -1.0]))
        values = np.array([(plus**2 + minus**2) / 2, plus * minus, 0, 0, 0, 0])
        error = 0.0
    else:

        def products(x: Array, y: Array) -> Array:
            a, b = size * x, size * y
            left, right = phi(np.sqrt(n) * a), phi(np.sqrt(n) * b)
            both = left * right
            if not center:
                return np.stack([left**2, both, both * a * b, both * a**2, left**2 * a**2])
            others = a * b
            if n > 3:
                rest = ((a + b) ** 2 - 1 + a**2 + b**2) / (n - 3)
                others = a * b + ((a + b) ** 2 + rest) / (n - 2)
            return np.stack([left**2, both, both * others, both * a**2, left**2 * a**2])

        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is looked for
            values, error = sphere_pair_mean(products, m, cosine)
    if not np.isfinite([*values, error]).all():
        raise OutOfDomain(expected("activation", "with squares in float64", phi.name))
    p, q, crossed, mixed, alone = values[:5]
    gap, radius = p - q, 8 * error + 1e-14 * p
    if not gap > 2 * radius:
        raise OutOfDomain(expected("activation", APART, phi.name))
    pair = m * crossed / gap
    types: dict[str, tuple[float, ...]] = {"trivial": (0.0, 0.0)}
    beta = m / 2 * (alone - (p - alone) / (n - 1))
    if center:
        alpha = m / 2 * (mixed - (q - 2 * mixed) / (n - 2)) if n > 2 else 0.0
        standard = (beta - 2 * alpha) / gap if n > 2 else 0.0
        types["standard"] = (standard, 0.0)
    else:
        types["trivial"] = (0.0, pair)
        types["standard"] = (beta / gap, pair) if n > 2 else (beta / gap,)
    if n > 3:
        types["(n-2,2)"] = (pair,)
    known = {
        name: tuple(estimated(value, 2 * m * radius / gap) for value in entries)
        for name, entries in types.items()
    }
    singular = n == 2 and center and phi.parity == "odd"
    common = Enclosure(0) if singular else estimated(p + (n - 1) * q, n * radius)
    return GramFixedPoint(
        phi.name,
        n,
        center,
        estimated(p, radius),
        estimated(q, radius),
        condition_number(common, estimated(gap, 2 * radius)),
        known,
        is_contracting(known),
        False,
    )


def iterated_fixed_point(phi: Activation, n: int) -> GramFixedPoint:
    """Return the limit of orthogonal inputs, with differences of the map around it."""
    gram, unit, change = np.eye(n), np.eye(n), np.inf
    p, q, error = 1.0, 0.0, 0.0
    for _ in range(_LAYERS):
        step = batch_norm_gram(phi, gram, center=False)
        p, q, error = float(step.gram[0, 0]), float(step.gram[0, 1]), step.error
        change = float(np.abs(step.gram - gram).max())
        gram = q + (p - q) * unit
        if change < _SETTLED * p + error:
            break
    if change > 1e-9 * p or p - q < 1e-6 * p:
        raise NoConvergence(f"Expected a limit of distinct inputs but got cosine {q / p:.9g}.")

    values = gram_map_eigenvalues_by_type(phi, n, q / p, center=False)
    slope = max(abs(value) for group in values.values() for value in group)
    radius = (10 * error + change) / max(1 - slope, 1e-3)
    known = {
        name: tuple(estimated(value, 1e-8) for value in group) for name, group in values.items()
    }
    number = condition_number(estimated(p + (n - 1) * q, n * radius), estimated(p - q, 2 * radius))
    entries = estimated(p, radius), estimated(q, radius)
    return GramFixedPoint(phi.name, n, False, *entries, number, known, is_contracting(known), False)
