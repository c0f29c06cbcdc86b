r"""Means of products of functions of two coordinates on the sphere, as balls.

For ``x`` uniform on the unit sphere of a space of dimension ``m`` and unit vectors ``a, b`` of
cosine ``c`` (Funk and Hecke)

.. math:: \mathrm E\,f(\langle x,a\rangle)g(\langle x,b\rangle)
    =\sum_kd_kf_kg_kG_k(c),\qquad f_k=\mathrm E\,f(x_1)G_k(x_1),

with the zonal polynomials ``G_k``, :math:`G_k(1)=1`, and the dimensions ``d_k`` of the spaces of
harmonic polynomials. What is left out beyond degree ``K`` is at most

.. math:: \sup_{k>K}|G_k(c)|\,\Bigl(\mathrm E f^2-\sum_{k\le K}d_kf_k^2\Bigr)^{1/2}
    \Bigl(\mathrm E g^2-\sum_{k\le K}d_kg_k^2\Bigr)^{1/2},\qquad
    |G_k(c)|\le\mathrm E\bigl(c^2+(1-c^2)\xi^2\bigr)^{k/2},

``xi`` a coordinate on the sphere of one dimension less, since ``G_k(c)`` is the mean of
:math:`(c+i\xi\sqrt{1-c^2})^k`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING, Any

from flint import arb

from symprop.foundation.errors import OutOfDomain, PrecisionNotReached, expected
from symprop.foundation.validation import check_dps, check_integer
from symprop.gaussian.integrand import pieces_for_panels
from symprop.gaussian.sphere_nodes import SphereFunction, nodes_on_sphere, size_on_sphere
from symprop.gaussian.zonal import (
    harmonic_dimensions,
    zonal_bound,
    zonal_recurrence,
    zonal_recurrence_bits,
    zonal_values,
)
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import GUARD_BITS, bits_from_dps, working_bits
from symprop.numerics.quadrature import magnitude_bits
from symprop.specs.activations import Activation, activation

if TYPE_CHECKING:
    import sympy

__all__ = [
    "SphereExpansion",
    "sphere_expansion",
    "sphere_pair",
    "sphere_pair_enclosure",
]

_ORDERS = (12, 24, 48, 96, 192, 384, 640)
_MOST_TERMS = 1_000_000
_ATTEMPTS = 4
_SHIFTS = 3  # f, x f and x**2 f


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
    parity : str or None
        Of ``f``.
    bits : int
        Precision for sums over them.
    """

    dimension: int
    order: int
    coefficients: tuple[tuple[arb, ...], ...]
    moments: tuple[arb, ...]
    parity: str | None
    bits: int

    def tail(self, shift: int, order: int) -> arb:
        """Bound the sum of squares of the coefficients of ``x**shift f`` beyond an order."""
        sizes = harmonic_dimensions(self.dimension, order)
        squares = (a * a for a in self.coefficients[shift][: order + 1])
        known = sum((d * square for d, square in zip(sizes, squares, strict=True)), arb(0))
        return (self.moments[shift] - known).upper().max(arb(0))


def sphere_expansion(
    phi: Activation,
    dimension: int,
    scale: object,
    cosine: object,
    bits: int,
    *,
    least_order: int = 0,
) -> SphereExpansion:
    """Return enough coefficients for means of products of two such functions at a cosine.

    Parameters
    ----------
    phi : Activation
        ``f``.
    dimension : int
        ``m >= 2``.
    scale, cosine : numbers
        See `sphere_pair_enclosure`.
    bits : int
        Errors are about ``2**-bits`` relative to ``E f(scale x)**2``, tails included.
    least_order : int
        Least degree, for sums with those of another function.

    Returns
    -------
    SphereExpansion

    Raises
    ------
    NoConvergence
        If the function is not bounded on the interval, or varies too fast.
    PrecisionNotReached
        If degree 640 does not suffice, or will not by the last degrees tried.

    Error
    -----
    Enclosed.
    """
    function = SphereFunction(pieces_for_panels(phi), phi.parity, dimension, scale)
    moments, excess = _moments(function, bits)
    if moments[0].is_zero():
        nothing = ((arb(0),),) * _SHIFTS
        return SphereExpansion(dimension, 0, nothing, moments, phi.parity, bits)
    smooth = not _breaks_inside(phi, scale)
    gained: list[float] = []
    orders = [order for order in _ORDERS if order >= least_order]
    for place, order in enumerate(orders):
        found = _expand(function, moments, excess, order, bits)
        with working_bits(found.bits):
            bound = zonal_bound(dimension, as_ball(cosine, found.bits), order)
            gained.append(-magnitude_bits(bound * found.tail(0, order) / moments[0]))
        if gained[-1] >= bits:
            return found
        if place and _is_hopeless(gained, bits, len(orders) - 1 - place, smooth):
            break
    raise PrecisionNotReached(
        f"Expected a series on the sphere to {bits} bits but got {gained[-1]:.0f} of them."
    )


def _breaks_inside(phi: Activation, scale: object) -> bool:
    with working_bits(64):
        radius = as_ball(scale, 64, "scale")
        return any(abs(as_ball(point, 64)) < radius for point in phi.breakpoints)


def _is_hopeless(gained: list[float], bits: int, left: int, smooth: bool) -> bool:
    """Whether doublings of the order will not do: geometric tails gain twice as much each time."""
    share = 2 ** (left + 1) if smooth else left
    return bits - gained[-1] > share * max(gained[-1] - gained[-2], 1)


def _moments(function: SphereFunction, bits: int) -> tuple[tuple[arb, ...], int]:
    """Return ``E x**(2j) f**2`` and by how many bits the integrand exceeds its mean."""
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
            return tuple(moments), excess + goal - bits
        goal += bits - proved
    raise PrecisionNotReached(
        f"Expected a mean square on the sphere to {bits} bits but got {proved} of them."
    )


def _expand(
    function: SphereFunction, moments: tuple[arb, ...], excess: int, order: int, bits: int
) -> SphereExpansion:
    """Return the coefficients; those of ``x**2 f`` need two more of ``f``."""
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
    return SphereExpansion(function.dimension, order, kept, moments, function.parity, working)


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
    """
    order = min(left.order, right.order)
    bits = max(left.bits, right.bits)
    i, j = shifts
    with working_bits(bits):
        c = as_ball(cosine, bits, "cosine")
        parities = _parity(left.parity, i), _parity(right.parity, j)
        if None not in parities and parities[0] != parities[1]:
            return arb(0)
        if c.is_zero() and 1 in parities:
            return arb(0)
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


def _parity(parity: str | None, shift: int) -> int | None:
    return None if parity is None else ((parity == "odd") + shift) % 2


def sphere_pair_enclosure(
    phi: Activation | sympy.Expr | str,
    psi: Activation | sympy.Expr | str,
    dimension: int,
    cosine: Any,
    *,
    scale: Any = 1,
    dps: int = 15,
) -> Enclosure:
    r"""Return :math:`\mathrm E\,\phi(s\langle x,a\rangle)\psi(s\langle x,b\rangle)` on the sphere.

    Parameters
    ----------
    phi, psi : Activation, str or sympy.Expr
        Bounded on the interval from ``-s`` to ``s``.
    dimension : int
        ``m >= 2``, that of the space.
    cosine : number
        Of the unit vectors ``a`` and ``b``, in [-1, 1].
    scale : number
        ``s > 0``.
    dps : int
        Digits to prove, relative to the root of the product of both mean squares.

    Returns
    -------
    Enclosure

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If the cosine is not proved to lie in [-1, 1] or the scale not to be positive.
    NoConvergence
        If a function is not bounded on the interval, or varies too fast.
    PrecisionNotReached
        If it takes degrees above 640: with kinks inside the interval and few dimensions, or
        singularities close to it.

    Error
    -----
    Enclosed.

    Source
    ------
    thesis, equation 3.3, of which it is the case of exchangeable inputs.

    Examples
    --------
    >>> value = sphere_pair_enclosure("tanh", "tanh", 4, "-1/3", scale="3/2", dps=20)
    >>> print(value.proved_digits(20))
    -0.10571340568356012708
    """
    check_dps(dps)
    check_integer("dimension", dimension, minimum=2)
    if not as_ball(scale, 128, "scale") > 0:
        raise OutOfDomain(expected("scale", "> 0", scale))
    if abs(as_ball(cosine, 128, "cosine")) > 1:
        raise OutOfDomain(expected("cosine", "inside [-1, 1]", cosine))
    goal = bits_from_dps(dps) - GUARD_BITS
    left, right = _expansions(activation(phi), activation(psi), dimension, scale, cosine, goal + 8)
    with working_bits(goal + 64):
        value = sphere_pair(left, right, cosine, shifts=(0, 0))
        size = (left.moments[0] * right.moments[0]).sqrt()
        if not value.rad() <= size.lower() * arb((1, -goal)):
            raise PrecisionNotReached(f"Expected {dps} proved digits of a mean but got fewer.")
    return Enclosure(value)


def _expansions(
    phi: Activation, psi: Activation, dimension: int, scale: object, cosine: object, bits: int
) -> tuple[SphereExpansion, SphereExpansion]:
    """Return both up to one degree, that of the tail that takes longer."""
    left = right = sphere_expansion(phi, dimension, scale, cosine, bits)
    if psi != phi:
        order = left.order
        right = sphere_expansion(psi, dimension, scale, cosine, bits, least_order=order)
    if right.order > left.order:
        order = right.order
        left = sphere_expansion(phi, dimension, scale, cosine, bits, least_order=order)
    return left, right
