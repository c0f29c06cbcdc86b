r"""Zonal coefficients of functions of one coordinate on the sphere, and sums over them.

For ``x`` uniform on the unit sphere of a space of dimension ``m`` and unit vectors ``a, b`` of
cosine ``c`` (Funk and Hecke)

.. math:: \mathrm E\,f(\langle x,a\rangle)g(\langle x,b\rangle)
    =\sum_kd_kf_kg_kG_k(c),\qquad f_k=\mathrm E\,f(x_1)G_k(x_1),

with the zonal polynomials ``G_k`` and the dimensions ``d_k`` of the spaces of harmonic
polynomials. What is left out beyond degree ``K`` is at most

.. math:: \sup_{k>K}|G_k(c)|\,\Bigl(\mathrm E f^2-\sum_{k\le K}d_kf_k^2\Bigr)^{1/2}
    \Bigl(\mathrm E g^2-\sum_{k\le K}d_kg_k^2\Bigr)^{1/2}.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

from flint import arb

from symprop.foundation.errors import PrecisionNotReached
from symprop.gaussian.sphere_nodes import SphereFunction, nodes_on_sphere, size_on_sphere
from symprop.gaussian.zonal import (
    harmonic_dimensions,
    zonal_bound,
    zonal_recurrence,
    zonal_recurrence_bits,
    zonal_values,
)
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import GUARD_BITS, working_bits
from symprop.numerics.quadrature import magnitude_bits

__all__ = ["MeanSquares", "SphereExpansion", "expand_on_sphere", "mean_squares", "sphere_pair"]

_MOST_TERMS = 1_000_000
_ATTEMPTS = 4
_SHIFTS = 3  # f, x f and x**2 f


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """``E x**(2j) f**2``, and by how many bits the integrand exceeds its mean."""

    values: tuple[arb, ...]
    excess: int


@dataclass(frozen=True, slots=True)
class SphereExpansion:
    """Zonal coefficients of ``x**j f(scale x)``, ``j = 0, 1, 2``.

    Attributes
    ----------
    dimension : int
        ``m``.
    order : int
        ``K``, the highest degree.
    coefficients : tuple of tuples of arb
        ``E x**j f(scale x) G_k(x)``.
    moments : tuple of arb
        ``E x**(2j) f(scale x)**2``.
    bits : int
        Precision for sums over them.
    """

    dimension: int
    order: int
    coefficients: tuple[tuple[arb, ...], ...]
    moments: tuple[arb, ...]
    bits: int

    def tail(self, shift: int, order: int) -> arb:
        """Bound the sum of squares of the coefficients of ``x**shift f`` beyond an order."""
        sizes = harmonic_dimensions(self.dimension, order)
        squares = (a * a for a in self.coefficients[shift][: order + 1])
        known = sum((d * square for d, square in zip(sizes, squares, strict=True)), arb(0))
        return (self.moments[shift] - known).upper().max(arb(0))


def mean_squares(function: SphereFunction, bits: int) -> MeanSquares:
    """Return the mean squares of ``x**j f`` to about ``bits`` relative bits.

    Raises
    ------
    NoConvergence
        If the function is not bounded on the interval, or varies too fast.
    PrecisionNotReached
        If its digits cancel.
    """
    mean, peak = size_on_sphere(function)
    excess, goal, proved = max(0, peak - mean), bits, 0
    for _ in range(_ATTEMPTS):
        working = goal + excess + GUARD_BITS
        nodes = nodes_on_sphere(function, goal, working, power=2, order=4, size=mean)
        with working_bits(working):
            squares = [x * x for x in nodes.points]
            moments, masses = [], list(nodes.masses)
            for _ in range(_SHIFTS):
                moments.append(arb(sum(masses, arb(0)), nodes.error))
                masses = [mass * x for mass, x in zip(masses, squares, strict=True)]
        proved = max(moments[0].rel_accuracy_bits(), 0)
        if proved >= bits - 4:
            return MeanSquares(tuple(moments), excess + goal - bits)
        goal += bits - proved
    raise PrecisionNotReached(
        f"Expected a mean square on the sphere to {bits} bits but got {proved} of them."
    )


def expand_on_sphere(
    function: SphereFunction, squares: MeanSquares, order: int, bits: int
) -> SphereExpansion:
    """Return the coefficients of ``x**j f``, with errors that matter by ``2**-bits`` next to ``f``.

    Raises
    ------
    NoConvergence
        If the function varies too fast.
    PrecisionNotReached
        If there are more than a million terms.
    """
    moments, excess = squares.values, squares.excess
    if moments[0].is_zero():
        nothing = ((arb(0),) * (order + 1),) * _SHIFTS
        return SphereExpansion(function.dimension, order, nothing, moments, bits)
    # the coefficients of x**2 f need two more of f
    top = order + _SHIFTS - 1
    sizes = harmonic_dimensions(function.dimension, top)
    lost = max(size.bit_length() for size in sizes) // 2 + int(log2(top + 1)) + 4
    size = int(magnitude_bits(moments[0])) // 2
    working = bits + lost + excess + zonal_recurrence_bits(function.dimension, top) + GUARD_BITS
    working += -working % 32  # so that Gauss-Legendre nodes are found in the cache
    nodes = nodes_on_sphere(function, bits + lost, working, power=1, order=top, size=size)
    if len(nodes.points) * top > _MOST_TERMS:
        raise PrecisionNotReached(
            f"Expected at most {_MOST_TERMS} terms of a series on the sphere but got"
            f" {len(nodes.points)} nodes for degree {top}."
        )
    with working_bits(working):
        rules = zonal_recurrence(function.dimension, top)
        first = 1 if function.parity == "odd" else 0
        sums = [arb(0)] * (top + 1)
        stride = 2 if function.parity else 1
        for x, mass in zip(nodes.points, nodes.masses, strict=True):
            values = [mass, mass * x]
            before, value = values
            for a, b in rules[1:]:
                before, value = value, a * x * value - b * before
                values.append(value)
            for k in range(first, top + 1, stride):
                sums[k] += values[k]
        row = [arb(0)] * (top + 1)
        for k in range(first, top + 1, stride):
            row[k] = arb(sums[k], nodes.error)
        rows = [row]
        for _ in range(_SHIFTS - 1):
            rows.append(_shifted(rows[-1], rules))
    kept = tuple(tuple(entries[: order + 1]) for entries in rows)
    return SphereExpansion(function.dimension, order, kept, moments, working)


def _shifted(row: list[arb], rules: list[tuple[arb, arb]]) -> list[arb]:
    """Return the coefficients of ``x f``: ``a x G_k = G_{k+1} + b G_{k-1}``."""
    shifted = [row[1]]
    for k in range(1, len(row) - 1):
        a, b = rules[k]
        shifted.append((row[k + 1] + b * row[k - 1]) / a)
    return shifted


def sphere_pair(
    left: SphereExpansion, right: SphereExpansion, cosine: object, *, shifts: tuple[int, int]
) -> arb:
    """Return the ball of ``E x**i f(scale x) y**j g(scale y)``.

    Parameters
    ----------
    left, right : SphereExpansion
        Of ``f`` and ``g``, in the same dimension.
    cosine : number
        ``c``.
    shifts : tuple of int
        ``i`` and ``j``, at most 2.

    Returns
    -------
    arb

    Error
    -----
    Enclosed, with what both lack beyond the lower one of their orders.
    """
    order = min(left.order, right.order)
    bits = max(left.bits, right.bits)
    i, j = shifts
    with working_bits(bits):
        c = as_ball(cosine, bits, "cosine")
        terms = zip(
            harmonic_dimensions(left.dimension, order),
            left.coefficients[i],
            right.coefficients[j],
            zonal_values(left.dimension, c, order),
            strict=False,
        )
        total = sum((size * a * b * value for size, a, b, value in terms), arb(0))
        rest = (
            zonal_bound(left.dimension, c, order)
            * (left.tail(i, order) * right.tail(j, order)).sqrt()
        )
        return arb(total, rest.upper())
