"""Representation shrinkage against gradient explosion: bounds for any list of layers.

A wide layer with normalised output maps correlations by a power series ``P`` with non-negative
coefficients and ``P(1) = 1``. Its slope ``p = P'(1)`` multiplies the squared Jacobian, its bend
``n = c_2 + c_3 + ...`` pulls representations together. The bounds here are elementary in these
numbers and in the spread ``s = 1 - rho_max``: they take exact numbers, balls or floats.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy
from flint import arb

from symprop.asymptotics.convexity import chord_bound
from symprop.asymptotics.kernel_maps import kernel_map
from symprop.foundation.errors import (
    InvalidArgument,
    NoClosedForm,
    NoConvergence,
    OutOfDomain,
    expected,
)
from symprop.foundation.validation import check_dps
from symprop.gaussian.closed_forms import hermite_closed_form, second_moment_closed_form
from symprop.gaussian.expectation import require_square_integrable
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball, as_exact, as_parameter
from symprop.numerics.precision import bits_from_dps, working_bits
from symprop.specs.activations import Activation, activation

__all__ = [
    "LayerShape",
    "additive_bound",
    "bent_bound",
    "composition_chord",
    "exponential_bound",
    "gap_after",
    "layer_shape",
    "least_correlations",
    "multiplicative_bound",
    "residual_layer_shape",
    "squared_jacobian",
    "trajectory_bound",
]

_MOST_PIECES = 20_000


@dataclass(frozen=True)
class LayerShape:
    """What the bounds need to know about one layer.

    Attributes
    ----------
    slope : number
        ``p = P'(1)``, > 0.
    bend : number
        ``n``, the sum of the coefficients of ``P`` from the second power on.
    """

    slope: Any
    bend: Any

    @property
    def nonlinearity(self) -> Any:
        """``nu = n/p``: squared linearisation error over mean squared slope, at most 1/2."""
        return self.bend / self.slope


def layer_shape(
    phi: Activation | sympy.Expr | str,
    *,
    weight_variance: object = 1,
    bias_variance: object = 0,
    dps: int | None = None,
) -> LayerShape:
    """Return the shape of a fully connected layer.

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        Square-integrable with square-integrable derivative.
    weight_variance, bias_variance : number
        Exact.
    dps : int, optional
        Digits of balls; by default exact SymPy numbers come back where there are any.

    Raises
    ------
    OutOfDomain
        If an expectation is infinite, or a variance out of range.

    Source
    ------
    shrinkage, eq. 2.4 and Theorem 1; ``nu`` does not depend on the variances.

    Examples
    --------
    >>> layer_shape("relu").nonlinearity
    (-2 + pi)/(2*pi)
    """
    kernel = kernel_map(phi, weight_variance=weight_variance, bias_variance=bias_variance)
    if dps is None:
        try:
            steep, bent, spread = _exact_moments(kernel.activation)
        except NoClosedForm:
            pass
        else:
            scale = kernel.bias_variance + kernel.weight_variance * spread
            weight = kernel.weight_variance
            return LayerShape(
                sympy.simplify(weight * steep / scale),
                sympy.simplify(weight * bent / scale),
            )
    digits = check_dps(15 if dps is None else dps)
    return LayerShape(kernel.slope_at_one(digits), kernel.nonlinear_share(digits))


def residual_layer_shape(
    phi: Activation | sympy.Expr | str, branch_weight_variance: object, *, dps: int | None = None
) -> LayerShape:
    r"""Return the shape of a residual block with normalised input and output.

    .. math:: P(\rho) = \frac{\rho + \sigma^2 C(\rho)}{1 + \sigma^2 C(1)}

    Source
    ------
    shrinkage, eq. A.10.
    """
    function = activation(phi)
    variance = as_parameter("branch_weight_variance", branch_weight_variance)
    if dps is None:
        try:
            steep, bent, spread = _exact_moments(function)
        except NoClosedForm:
            pass
        else:
            scale = 1 + variance * spread
            return LayerShape((1 + variance * steep) / scale, variance * bent / scale)
    digits = check_dps(15 if dps is None else dps)
    plain = kernel_map(function)
    sigma = Enclosure(as_ball(variance, bits_from_dps(digits)))
    square = plain.kernel.enclose(1, dps=digits + 5)
    scale = 1 + sigma * square
    slope = (1 + sigma * square * plain.slope_at_one(digits)) / scale
    return LayerShape(slope, sigma * square * plain.nonlinear_share(digits) / scale)


def _exact_moments(phi: Activation) -> tuple[sympy.Expr, sympy.Expr, sympy.Expr]:
    """Return mean squared slope, squared linearisation error and second moment."""
    weak = phi.weak_derivative()
    if weak.atoms:
        raise InvalidArgument(expected("phi", "without jumps", phi.name))
    require_square_integrable(weak.regular, 1)
    mean, linear = hermite_closed_form(phi, 1, variance=sympy.S.One)
    square = second_moment_closed_form(phi, variance=sympy.S.One)
    steep = second_moment_closed_form(weak.regular, variance=sympy.S.One)
    return steep, sympy.expand(square - mean**2 - linear**2), square


def squared_jacobian(layers: Iterable[LayerShape]) -> Any:
    """Return ``J``, the slope at 1 of the composed maps: the product of the slopes."""
    return math.prod(layer.slope for layer in layers)


def gap_after(layer: LayerShape, gap: Any) -> Any:
    """Return an upper bound of ``1 - P(rho)`` from ``gap = 1 - rho``, for rho in [-1, 1].

    Source
    ------
    derivations/shrinkage_bounds.py: ``p gap (1 - nu gap)``, attained by quadratics.
    """
    return layer.slope * gap - layer.bend * gap * gap


def trajectory_bound(layers: Sequence[LayerShape], gaps: Sequence[Any]) -> Any:
    """Return ``(gap_L/gap_0) prod 1/(1 - nu_l gap_(l-1))``, a lower bound of ``J``.

    Parameters
    ----------
    layers : sequence of LayerShape
        From the first to the last.
    gaps : sequence of number
        ``1 - rho`` before the first layer and after each, of one pair of inputs.

    Source
    ------
    derivations/shrinkage_bounds.py.
    """
    if len(gaps) != len(layers) + 1:
        raise InvalidArgument(expected("gaps", f"to hold {len(layers) + 1} numbers", len(gaps)))
    total = gaps[-1] / gaps[0]
    for layer, gap in zip(layers, gaps[:-1], strict=True):
        total = total / (1 - layer.nonlinearity * gap)
    return total


def _spread(value: Any) -> Any:
    """Return ``1 - rho_max``, text read exactly; not a number is refused."""
    number: Any = as_exact(value, "spread") if isinstance(value, str) else value
    if not number >= 0:
        raise OutOfDomain(expected("spread", ">= 0", value))
    return number


def additive_bound(layers: Iterable[LayerShape], spread: Any) -> Any:
    """Return ``s^2/8 sum nu_l``, the lower bound of the squared Jacobian in Theorem 1.

    Source
    ------
    shrinkage, Theorem 1, and Theorem 2 as its appendix proves it.
    """
    s = _spread(spread)
    return s * s * sum(layer.nonlinearity for layer in layers) / 8


def bent_bound(layers: Iterable[LayerShape], spread: Any) -> Any:
    """Return ``s/2 + s^2/8 sum n_l``, with the bends in place of the nonlinearities.

    Stronger than `additive_bound` where slopes exceed 1: Theorem 2 as printed.

    Source
    ------
    derivations/shrinkage_bounds.py.
    """
    s = _spread(spread)
    return s / 2 + s * s * sum(layer.bend for layer in layers) / 8


def multiplicative_bound(layers: Iterable[LayerShape], spread: Any) -> Any:
    """Return ``(s/2) prod 1/(1 - s nu_l)``, a lower bound of the squared Jacobian.

    Source
    ------
    derivations/shrinkage_bounds.py.
    """
    s = _spread(spread)
    total = s / 2
    for layer in layers:
        total = total / (1 - s * layer.nonlinearity)
    return total


def exponential_bound(layers: Iterable[LayerShape], spread: Any) -> Any:
    """Return ``(e/2) s^2 sum nu_l``: `additive_bound` with its best constant.

    Exact numbers give SymPy numbers, balls balls, floats floats.

    Source
    ------
    derivations/shrinkage_bounds.py.
    """
    s = _spread(spread)
    square = s * s * sum(layer.nonlinearity for layer in layers)
    if isinstance(square, arb):
        return square * arb.const_e() / 2
    if isinstance(square, Enclosure):
        with working_bits(max(64, int(square.ball.bits()) + 16)):
            return square * Enclosure(arb.const_e()) / 2
    if isinstance(square, int | Fraction):
        square = sympy.Rational(square.numerator, square.denominator)
    return square * (sympy.E if isinstance(square, sympy.Expr) else math.e) / 2


def composition_chord(layers: Iterable[LayerShape], starts: Sequence[Any], at: Any) -> Any:
    """Return an upper bound of the composed maps at a correlation in [0, 1].

    Parameters
    ----------
    layers : iterable of LayerShape
        From the first to the last.
    starts : sequence of number
        The images of 0 after 0, 1, ..., L layers.
    at : number
        Correlation of the inputs, in [0, 1].

    Source
    ------
    shrinkage, Remark 2: the chords of Property 1 at the excess of eqs. A.5 and A.6.
    """
    least = min(1 - start for start in starts[1:])
    excess = least * sum(layer.nonlinearity for layer in layers) / 2
    return starts[-1] + (1 - starts[-1]) * chord_bound(excess, at)


def least_correlations(
    maps: Sequence[Callable[[arb], arb]], *, tolerance: object = Fraction(1, 10**4)
) -> tuple[Enclosure, ...]:
    """Return the least correlation that any pair of inputs has after each layer.

    Parameters
    ----------
    maps : sequence of callables
        Maps of correlations on balls in [-1, 1], with non-negative coefficients, the first
        layer first; called at points only.
    tolerance : number
        Width to reach for each layer.

    Returns
    -------
    tuple of Enclosure
        Their largest is ``rho_max`` of Theorems 1 and 2.

    Raises
    ------
    NoConvergence
        If the tolerance is not reached.

    Error
    -----
    Enclosed: on [-1, 0] the even part of a map falls and the odd part rises, so their values at
    the ends of a piece bound the map on it. The images of [-1, 1] are the intervals from the
    least correlation to 1.

    Source
    ------
    shrinkage, definition of ``rho_max`` and its proof.
    """
    width = Enclosure(as_ball(tolerance, 64, "tolerance")).lower
    if not width > 0:
        raise InvalidArgument(expected("tolerance", "> 0", tolerance))
    with working_bits(128):
        least, found = arb(-1), []
        for function in maps:
            least = _least_value(function, least, arb(width.numerator) / width.denominator)
            found.append(Enclosure(least))
    return tuple(found)


def _least_value(function: Callable[[arb], arb], start: arb, width: arb) -> arb:
    """Return the least value on [start, 1]: it is taken at start or at a negative number."""
    if start >= 0:
        return function(start.lower()).union(function(start.upper()))

    def parts(at: arb) -> tuple[arb, arb]:
        there, opposite = function(at), function(-at)
        return (there + opposite) / 2, (there - opposite) / 2

    table: dict[float, tuple[arb, arb]] = {}
    left, inner = start.lower(), min(start.upper(), arb(0))
    ends = [(max(left, arb(-1)), inner), (inner, arb(0))]
    best = function(arb(0)).upper()

    def piece(low: arb, high: arb) -> tuple[float, int, arb, arb, arb]:
        for at in (low, high):
            if float(at) not in table:
                table[float(at)] = parts(at)
        bound = (table[float(high)][0] + table[float(low)][1]).lower()
        return float(bound), len(table), low, high, bound

    queue = [piece(low, high) for low, high in ends if low < high or low == high]
    heapq.heapify(queue)
    best = min(best, function(inner).upper())
    for _ in range(_MOST_PIECES):
        if best - queue[0][4] < width + 2 * start.rad():
            return queue[0][4].union(best)
        _, _, low, high, _ = heapq.heappop(queue)
        middle = ((low + high) / 2).mid()
        best = min(best, function(middle).upper())
        heapq.heappush(queue, piece(low, middle))
        heapq.heappush(queue, piece(middle, high))
    reached = Enclosure(queue[0][4].union(best))
    raise NoConvergence(f"Expected a width of {width} but got {reached!r}.", reached)
