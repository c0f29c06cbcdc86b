"""Fixed points of length and correlation maps of fully connected networks, with proof."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb

from symprop.asymptotics.depth_constants import require_variance
from symprop.asymptotics.length_maps import LengthMap
from symprop.asymptotics.small_lengths import bend_of, bits_below_one, small_root
from symprop.foundation.errors import InvalidArgument, NoConvergence, OutOfDomain, expected
from symprop.foundation.validation import check_dps
from symprop.gaussian.integrand import rational_ball
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball, as_exact
from symprop.numerics.precision import GUARD_BITS, bits_from_dps, working_bits
from symprop.numerics.roots import Bracket, isolate_roots, refine_root
from symprop.specs.activations import activation

if TYPE_CHECKING:
    from symprop.specs.activations import Activation

__all__ = ["LengthFixedPoint", "LengthFixedPoints", "length_fixed_points", "stability_of"]

_ISOLATION_BITS = 44
_MOST_PIECES = 2000
_SMALLEST = Fraction(1, 2**30)
_LARGEST = Fraction(2**12)
_MARGIN = Fraction(1, 64)
_NEARLY = 0.25  # distance of the slope at 0 from 1 below which small lengths are looked for
_CRITICAL_BITS = 2048
_MOST_DECADES = 300  # of a length


def stability_of(slope: Enclosure) -> str:
    """Return ``"stable"``, ``"unstable"``, ``"neutral"`` (exactly 1) or ``"undecided"``."""
    sign = abs(slope).compare(1)
    return "undecided" if sign is None else ("stable", "neutral", "unstable")[sign + 1]


@dataclass(frozen=True)
class LengthFixedPoint:
    """A fixed point of the length map.

    Attributes
    ----------
    value : Enclosure
        ``q*``.
    slope : Enclosure
        Derivative of the map there.
    interval : tuple of Fraction
        Exact ends between which it is the only fixed point; equal ends for ``q* = 0``.
    exact : sympy.Expr or None
        Exact value, if there is a formula.
    """

    value: Enclosure
    slope: Enclosure
    interval: tuple[Fraction, Fraction]
    exact: sympy.Expr | None = None

    @property
    def stability(self) -> str:
        """Whether nearby lengths approach it; decided by balls."""
        return stability_of(self.slope)


@dataclass(frozen=True)
class LengthFixedPoints:
    """All fixed points of a length map on an interval.

    Attributes
    ----------
    points : tuple of LengthFixedPoint
        In increasing order.
    interval : tuple of Fraction or None
        Where the list is proved complete, besides 0; None stands for all lengths.
    every_length : bool
        Whether the map is the identity: then ``points`` is empty.
    """

    points: tuple[LengthFixedPoint, ...]
    interval: tuple[Fraction, Fraction] | None
    every_length: bool = False

    @property
    def stable(self) -> tuple[LengthFixedPoint, ...]:
        """Those proved stable."""
        return tuple(point for point in self.points if point.stability == "stable")


def length_fixed_points(
    phi: Activation | sympy.Expr | str,
    *,
    weight_variance: object,
    bias_variance: object = 0,
    interval: tuple[object, object] | None = None,
    dps: int = 15,
) -> LengthFixedPoints:
    r"""Return every solution of ``q = weight_variance V(q) + bias_variance`` on an interval.

    .. math:: q^* = \sigma_w^2\, E\,\phi(\sqrt{q^*}Z)^2 + \sigma_b^2

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        Any square-integrable activation.
    weight_variance, bias_variance : number
        At least 0.
    interval : pair of numbers, optional
        Positive. By default from the bias variance, below which there is none (``2**-30`` if it
        is zero), to ``weight_variance * sup phi**2 + bias_variance``, above which there is none
        (``2**12`` if the activation is unbounded).
    dps : int
        Relative digits to prove.

    Returns
    -------
    LengthFixedPoints

    Raises
    ------
    NoConvergence
        If part of the interval stays undecided, as around a double solution; ``best`` is
        the `Isolation`.
    OutOfDomain
        If a variance is negative, the interval is not positive, V is infinite on it, or lengths
        beyond 1e300 would have to be searched.

    Conventions
    -----------
    Lengths are variances of pre-activations. ``q = 0`` is listed first where it is a fixed
    point, whatever the interval.

    Error
    -----
    Enclosed: each value has its interval of uniqueness, and none is missed.

    Source
    ------
    The length map of mean-field theory; V as in residual, Definition 5.3.

    Examples
    --------
    >>> found = length_fixed_points("tanh", weight_variance=2, bias_variance="1/10")
    >>> [print(p.value.proved_digits(12), p.stability) for p in found.points]
    0.814644010066 stable
    [None]
    """
    check_dps(dps)
    phi = activation(phi)
    signs = (
        require_variance(weight_variance, "weight_variance"),
        require_variance(bias_variance, "bias_variance"),
    )
    if phi.homogeneity == 1 and phi.breakpoints in ((), (sympy.S.Zero,)):
        found = _linear(phi, weight_variance, bias_variance, dps)
        if found is not None:
            return found
    if signs[0] == 0:
        value = _enclosed(bias_variance, dps)
        only = LengthFixedPoint(
            value, Enclosure(0), (value.lower, value.upper), as_exact(bias_variance)
        )
        return LengthFixedPoints((only,), None)
    length = LengthMap(phi, weight_variance, bias_variance)
    zero = () if signs[1] else _at_zero(length, dps)
    lower, upper = _range(length, interval)
    small, start = _near_zero(length, lower, upper, settled=interval is None and not signs[1])
    with working_bits(2 * _ISOLATION_BITS):
        ends = rational_ball(start).mid(), rational_ball(upper).mid()
    found_roots = isolate_roots(
        length.excess,
        length.excess_slope,
        *ends,
        bits=_ISOLATION_BITS,
        most_pieces=_MOST_PIECES,
        geometric=True,
    )
    if found_roots.unresolved:
        part = found_roots.unresolved[0]
        condition = (
            f"and bias_variance={bias_variance} with simple fixed points, but nothing is proved on "
            f"[{part.lower.str(6, radius=False)}, {part.upper.str(6, radius=False)}],"
        )
        raise NoConvergence(expected("weight_variance", condition, weight_variance), found_roots)
    points = tuple(
        _refined(length, bracket, dps, lost=2 * bits_below_one(bracket.lower)) for bracket in small
    ) + tuple(_refined(length, bracket, dps) for bracket in found_roots.brackets)
    everywhere = interval is None and length.largest is not None and signs[1] > 0
    return LengthFixedPoints(zero + points, None if everywhere else (lower, upper))


def _near_zero(
    length: LengthMap, lower: Fraction, upper: Fraction, *, settled: bool
) -> tuple[tuple[Bracket, ...], Fraction]:
    """Return the small fixed length near criticality, and where to look for others.

    ``settled``: without biases the search goes down to 0, where the excess vanishes.
    """
    factor = length.slope_at_zero
    if factor is None or not factor.is_finite:
        return (), lower
    with working_bits(_CRITICAL_BITS):
        slope = length.weight() * as_ball(factor, _CRITICAL_BITS)
    if not abs(slope - 1) < _NEARLY:
        return (), lower
    bend = bend_of(length.phi)
    if bend is None or not lower < bend[1] < upper:
        return (), lower
    sign, largest = bend
    if (settled or sign > 0) and _beyond_one(sign, slope, length, factor):
        return (), largest  # biases only add to an excess that bends up
    if sign > 0 and not settled:
        return (), lower
    least = arb(0) if settled else rational_ball(lower).lower().mid()
    root = small_root(length, least, largest, bend=sign)
    if isinstance(root, Bracket):
        return (root,), largest
    return (), lower if root else largest


def _beyond_one(sign: int, slope: arb, length: LengthMap, factor: sympy.Expr) -> bool:
    """Return whether the slope of the map at 0 is 1, or beyond it the way the map bends."""
    weight = as_exact(length.weight_variance)
    if weight is not None and sympy.simplify(weight * factor) == 1:
        return True
    return bool(slope > 1 if sign > 0 else slope < 1)


def _enclosed(value: object, dps: int) -> Enclosure:
    return Enclosure(as_ball(value, bits_from_dps(dps)))


def _refined(length: LengthMap, bracket: Bracket, dps: int, *, lost: int = 0) -> LengthFixedPoint:
    bits = bits_from_dps(dps) + lost
    value = refine_root(length.excess, length.excess_slope, bracket, bits=bits)
    with working_bits(bits + GUARD_BITS):
        slope = length.slope(value)
    return LengthFixedPoint(Enclosure(value), Enclosure(slope), bracket.ends)


def _linear(phi: Activation, weight: object, bias: object, dps: int) -> LengthFixedPoints | None:
    """Return ``bias/(1 - s)`` where the map is ``s q + bias``; None without exact variances."""
    w, b = as_exact(weight), as_exact(bias)
    factor = LengthMap(phi, weight, bias).slope_at_zero
    if w is None or b is None or factor is None:
        return None
    slope = sympy.simplify(w * factor)
    if slope == 1:
        return LengthFixedPoints((), None, every_length=b == 0)
    if b != 0 and slope > 1:
        return LengthFixedPoints((), None)
    exact = b / (1 - slope)
    value, rate = _enclosed(exact, dps), _enclosed(slope, dps)
    return LengthFixedPoints(
        (LengthFixedPoint(value, rate, (value.lower, value.upper), exact),), None
    )


def _at_zero(length: LengthMap, dps: int) -> tuple[LengthFixedPoint, ...]:
    """Return the fixed point 0, where it is one and its slope is finite."""
    factor = length.slope_at_zero
    if factor is None:
        return ()
    if not factor.is_finite:
        slope = arb("inf")
    else:
        bits = bits_from_dps(dps)
        with working_bits(bits):
            slope = length.weight() * as_ball(factor, bits)
    point = LengthFixedPoint(
        Enclosure(0), Enclosure(slope), (Fraction(0), Fraction(0)), sympy.S.Zero
    )
    return (point,)


def _range(length: LengthMap, interval: tuple[object, object] | None) -> tuple[Fraction, Fraction]:
    with working_bits(128):
        if interval is not None:
            pair: Any = interval
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise InvalidArgument(expected("interval", "to be a pair of numbers", interval))
            ends = tuple(as_ball(end, 128, "interval") for end in interval)
            if not (ends[0] > 0 and ends[1] > ends[0]):
                raise OutOfDomain(expected("interval", "to be positive and increasing", interval))
            return Enclosure(ends[0]).lower, Enclosure(ends[1]).upper
        bias, largest = length.bias(), length.largest
        lower = Enclosure(bias).lower * (1 - _MARGIN) if bias > 0 else _SMALLEST
        if largest is not None:
            upper = Enclosure(length.weight() * largest**2 + bias).upper * (1 + _MARGIN)
        else:
            upper = max(_LARGEST, 4 * lower)
        quadratic = max((term.quadratic for term in length.phi.growth), default=Fraction(0))
        if quadratic > 0:
            upper = min(upper, 1 / (8 * quadratic))
    for end, name in ((lower, "bias_variance"), (upper, "weight_variance")):
        if end > 10**_MOST_DECADES:
            condition = f"with fixed lengths up to 1e{_MOST_DECADES}"
            raise OutOfDomain(expected(name, condition, getattr(length, name)))
    return lower, upper
