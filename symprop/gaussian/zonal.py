r"""Zonal polynomials: Gegenbauer polynomials with :math:`G_k(1)=1`.

In a space of dimension ``m`` they are means over :math:`\xi`, a coordinate of a uniform point on
the unit sphere of one dimension less,

.. math:: G_k(c)=\mathrm E\bigl(c+i\xi\sqrt{1-c^2}\bigr)^k,\qquad
    |G_k(c)|\le\mathrm E\bigl(c^2+(1-c^2)\xi^2\bigr)^{k/2},

and the bound decreases in ``k``. If ``x`` is a coordinate on the unit sphere and :math:`d_k` the
dimension of the space of harmonic polynomials, the :math:`\sqrt{d_k}\,G_k(x)` are orthonormal.
"""

from __future__ import annotations

from math import comb, log2

from flint import arb

__all__ = [
    "harmonic_dimensions",
    "zonal_bound",
    "zonal_recurrence",
    "zonal_recurrence_bits",
    "zonal_values",
]

_HUGE = 2.0**500


def harmonic_dimensions(dimension: int, order: int) -> list[int]:
    """Return the dimensions of the spaces of harmonic polynomials of degrees 0 to ``order``.

    Examples
    --------
    >>> harmonic_dimensions(3, 4), harmonic_dimensions(2, 3)
    ([1, 3, 5, 7, 9], [1, 2, 2, 2])
    """
    return [1] + [
        (2 * k + dimension - 2) * comb(k + dimension - 2, k) // (k + dimension - 2)
        for k in range(1, order + 1)
    ]


def zonal_recurrence(dimension: int, order: int) -> list[tuple[arb, arb]]:
    """Return ``(a, b)`` with ``G_{k+1} = a x G_k - b G_{k-1}`` for ``k < order``.

    Examples
    --------
    >>> print(*zonal_recurrence(4, 3)[2])
    1.50000000000000 0.500000000000000
    """
    return [(arb(1), arb(0))] + [
        (arb(2 * k + dimension - 2) / (k + dimension - 2), arb(k) / (k + dimension - 2))
        for k in range(1, order)
    ]


def zonal_recurrence_bits(dimension: int, order: int) -> int:
    """Return by how many bits radii may grow in the recurrence, in which they lose their signs."""
    before, value, bits = 1.0, 1.0, 0
    for k in range(1, order):
        last = k + dimension - 2
        before, value = value, ((k + last) * value + k * before) / last
        if value > _HUGE:
            before, value, bits = before / _HUGE, value / _HUGE, bits + int(log2(_HUGE))
    return bits + int(log2(value)) + 1


def zonal_values(dimension: int, cosine: arb, order: int) -> list[arb]:
    """Return ``G_0(c), ..., G_order(c)`` at the precision in force.

    Examples
    --------
    >>> print(*zonal_values(2, arb("0.5"), 3))
    1.00000000000000 0.500000000000000 -0.500000000000000 -1.00000000000000
    """
    before, value = arb(0), arb(1)
    values = [value]
    for a, b in zonal_recurrence(dimension, order)[:order]:
        before, value = value, a * cosine * value - b * before
        values.append(value)
    return values


def zonal_bound(dimension: int, cosine: arb, order: int) -> arb:
    r"""Return a bound of :math:`|G_k(c)|` for all ``k > order``.

    Examples
    --------
    >>> zonal_bound(100, arb(0), 19) < arb("1e-9")
    True
    """
    half = (order + 1) // 2
    square = cosine * cosine
    rest = (1 - square).nonnegative_part()
    moment, total = arb(1), arb(0)
    for i in range(half + 1):
        total += comb(half, i) * square ** (half - i) * rest**i * moment
        moment *= arb(2 * i + 1) / (dimension - 1 + 2 * i)
    return total.upper().min(arb(1))
