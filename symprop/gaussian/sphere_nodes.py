r"""Certified nodes for means of functions of one coordinate on the unit sphere.

For ``x`` a coordinate of a uniform point on the unit sphere of a space of dimension
:math:`m\ge2`,

.. math:: \mathrm E\,f(x)=\frac{\Gamma(m/2)}{\sqrt\pi\,\Gamma((m-1)/2)}
    \int_{-\pi/2}^{\pi/2}f(\sin t)\cos^{m-2}t\,dt,

and the weight is entire, whatever the dimension. Gauss-Legendre panels are cut where ``f`` is
not analytic. At ``t`` of imaginary part ``y`` the zonal polynomial of degree ``k``, a mean of
:math:`(\sin t+i\xi\cos t)^k` over :math:`|\xi|\le1`, is at most :math:`e^{k|y|}`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt
from typing import TYPE_CHECKING, Any

from flint import acb, arb

from symprop.foundation.errors import OutOfDomain
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import current_bits, working_bits
from symprop.numerics.quadrature import magnitude_bits, panels, upper_bound

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sympy

    from symprop.gaussian.integrand import IntegrandPiece

__all__ = ["SphereFunction", "SphereNodes", "nodes_on_sphere", "size_on_sphere"]

_MOST_PANELS = 800
_SAMPLES = 40  # on either side of the equator, of either kind


@dataclass(frozen=True, slots=True)
class SphereFunction:
    """The function ``x -> f(scale x)`` of a coordinate on a sphere.

    Attributes
    ----------
    pieces : tuple of IntegrandPiece
        Of ``f``, ordered, none across 0.
    parity : str or None
        "even", "odd" or None.
    dimension : int
        ``m >= 2``, that of the space.
    scale : number
        Positive; a ball or exact.
    """

    pieces: tuple[IntegrandPiece, ...]
    parity: str | None
    dimension: int
    scale: object

    def inner_pieces(self) -> Iterator[tuple[IntegrandPiece, arb, arb]]:
        """Yield pieces with the angles they lie between; with a parity only those above 0."""
        scale = as_ball(self.scale, current_bits(), "scale")
        for piece in self.pieces:
            left, right = _ratio(piece.lower, scale), _ratio(piece.upper, scale)
            if left >= 1 or right <= -1 or (self.parity and piece.upper <= 0):
                continue
            yield piece, _angle(left), _angle(right)


@dataclass(frozen=True, slots=True)
class SphereNodes:
    """``E f(scale x)**power g(x) = sum_j masses[j] g(points[j]) +- error``.

    For zonal polynomials and powers ``g`` of degree up to the order. With a parity only ``x >= 0``
    is stored, masses doubled, for ``g`` of the parity of ``f**power``.
    """

    points: tuple[arb, ...]
    masses: tuple[arb, ...]
    error: arb


@dataclass(frozen=True, slots=True)
class _Segment:
    """The integrand on one piece, with the angle going from ``left`` to ``left + width``."""

    piece: IntegrandPiece
    left: arb
    width: arb
    scale: arb
    factor: arb
    exponent: int
    power: int
    order: int

    def bound(self, share: Any) -> arb:
        """Bound the modulus on a ball; that of ``cos(x + iy)**2`` is ``cos(x)**2 + sinh(y)**2``."""
        angle = self.left + self.width * share
        is_complex = isinstance(angle, acb)
        real, height = (angle.real, angle.imag.abs_upper()) if is_complex else (angle, arb(0))
        square = real.cos().abs_upper() ** 2 + height.sinh() ** 2
        weight = self.factor * (square**self.exponent).sqrt() * (self.order * height).exp()
        value = _bound(self.piece, self.scale * angle.sin())
        return (weight * value**self.power).upper()

    def at(self, share: arb) -> tuple[arb, arb]:
        """Return the coordinate and the density of its mass."""
        angle = self.left + self.width * share
        x = angle.sin()
        value = _value(self.piece, self.scale * x) ** self.power
        return x, self.factor * value * angle.cos() ** self.exponent


def nodes_on_sphere(
    function: SphereFunction, goal: int, bits: int, *, power: int, order: int, size: int = 0
) -> SphereNodes:
    """Return nodes with an absolute error of about ``2**(size - goal)``.

    Parameters
    ----------
    function : SphereFunction
        ``f``.
    goal : int
        Of the error.
    bits : int
        Precision of nodes and masses.
    power : int
        1 or 2: of ``f``.
    order : int
        Largest degree of what is multiplied with.
    size : int
        About ``log2`` of the means wanted.

    Returns
    -------
    SphereNodes

    Raises
    ------
    NoConvergence
        If 800 panels do not suffice for a piece.

    Error
    -----
    Enclosed by its ``error``.

    Examples
    --------
    >>> from symprop.gaussian.integrand import pieces_for_panels
    >>> from symprop.specs.activations import activation
    >>> function = SphereFunction(pieces_for_panels(activation("relu")), None, 3, 2)
    >>> nodes = nodes_on_sphere(function, 60, 100, power=1, order=0)
    >>> print(sum(nodes.masses).str(12, radius=False), nodes.error < 1e-15)
    0.500000000000 True
    """
    points: list[arb] = []
    masses: list[arb] = []
    error = arb(0)
    with working_bits(bits):
        scale = as_ball(function.scale, bits, "scale")
        unit = arb((1, size))
        density = _density(function.dimension)
        for piece, left, right in function.inner_pieces():
            width = right - left  # shares of it are exact, at whatever precision panels are cut
            factor = density * width / unit
            segment = _Segment(
                piece, left, width, scale, factor, function.dimension - 2, power, order
            )
            for panel in panels(segment.bound, arb(0), arb(1), goal + 6, most=_MOST_PANELS):
                error += panel.error
                for share, weight in panel.points(bits):
                    x, value = segment.at(share)
                    points.append(x)
                    masses.append(weight * value)
        if function.parity:
            unit *= 2
        masses, error = [unit * mass for mass in masses], unit * error
        return SphereNodes(tuple(points), tuple(masses), error.upper())


def size_on_sphere(function: SphereFunction) -> tuple[int, int]:
    """Return estimates of ``log2`` of the mean square, and of its largest part at one place.

    Neither is used for more than the choice of a precision. Zero has the size 1.
    """
    with working_bits(64):
        scale, density = as_ball(function.scale, 64, "scale"), _density(function.dimension)
        pieces = list(function.inner_pieces())
        peak, total, last = arb(0), arb(0), arb(0 if function.parity else -pi / 2)
        for angle in _samples(function.dimension):
            for piece, left, right in pieces:
                if left < angle < right:
                    weight = density * angle.cos() ** (function.dimension - 2)
                    square = _value(piece, scale * angle.sin()) ** 2 * weight
                    if square.is_finite():
                        total += square * (angle - last)
                        peak, last = peak.max(square), angle
        if not total > 0:
            return 0, 0
        return int(magnitude_bits(total)), int(magnitude_bits(peak))


def _samples(dimension: int) -> list[arb]:
    """Return angles, in order: on the whole interval, and where the weight is large."""
    half = pi / 2
    near = min(half, 6 / sqrt(dimension))
    ends = [width * index / _SAMPLES for width in (half, near) for index in range(1, _SAMPLES)]
    return [arb(angle) for angle in sorted([-end for end in ends] + ends)]


def _density(dimension: int) -> arb:
    """Return the factor of the weight."""
    half = arb(dimension) / 2
    return half.gamma() / (half - arb("0.5")).gamma() / arb.pi().sqrt()


def _ratio(end: sympy.Expr, scale: arb) -> arb:
    if end.is_finite:
        return as_ball(end, current_bits()) / scale
    return arb.pos_inf() if end > 0 else arb.neg_inf()


def _angle(ratio: arb) -> arb:
    """Return the arcsine, the end of the interval beyond it."""
    quarter, size = arb.pi() / 2, abs(ratio)
    if size < 1:
        return ratio.asin()
    if not size >= 1:
        quarter = size.lower().asin().union(quarter)
    return quarter if ratio > 0 else -quarter


def _bound(piece: IntegrandPiece, z: Any) -> arb:
    """Return a bound of the modulus, infinite where the piece may not be analytic."""
    try:
        return upper_bound(piece.function(z, analytic=isinstance(z, acb)))
    except OutOfDomain:
        return arb("inf")


def _value(piece: IntegrandPiece, x: arb) -> arb:
    value = piece.function(x)
    return value.real if isinstance(value, acb) else value
