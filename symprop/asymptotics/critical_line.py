r"""The edge of chaos, where the correlation map has slope 1 at parallel inputs.

There :math:`\sigma_w^2V\dot\phi(q)=1` and :math:`q=\sigma_w^2V\phi(q)+\sigma_b^2`, so the length is
a parameter of the line:

.. math:: \sigma_w^2=\frac1{V\dot\phi(q)},\qquad \sigma_b^2=q-\frac{V\phi(q)}{V\dot\phi(q)}.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy
from flint import arb

from symprop.asymptotics.depth_constants import require_variance
from symprop.asymptotics.length_maps import LengthMap, real_ball
from symprop.foundation.errors import NoClosedForm, NoConvergence, OutOfDomain, expected
from symprop.foundation.validation import check_dps, check_sequence
from symprop.gaussian.closed_forms import Q, second_moment_closed_form
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball, as_exact, compile_ball
from symprop.numerics.precision import GUARD_BITS, bits_from_dps, current_bits, working_bits
from symprop.numerics.roots import BallMap, Isolation, isolate_roots, refine_root
from symprop.specs.activations import activation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from fractions import Fraction

    from symprop.specs.activations import Activation

__all__ = [
    "CriticalPoint",
    "critical_weight_variance",
    "edge_of_chaos",
    "edge_of_chaos_closed_form",
]

_ISOLATION_BITS = 44
_SMALLEST = arb(2) ** -30
_LARGEST = arb(2) ** 12


@dataclass(frozen=True)
class CriticalPoint:
    """A point of the edge of chaos.

    Attributes
    ----------
    weight_variance, bias_variance : Enclosure
        Its coordinates.
    length : Enclosure or None
        The fixed length there; None if every length is fixed.
    length_slope : Enclosure
        Slope of the length map there: above 1 the length is not reached, as for exp.
    exact, length_exact : sympy.Expr or None
        The weight variance and the length, where they have closed forms.
    interval : tuple of Fraction or None
        Lengths among which it is the only one for this bias variance; None for all.
    """

    weight_variance: Enclosure
    bias_variance: Enclosure
    length: Enclosure | None
    length_slope: Enclosure
    exact: sympy.Expr | None = None
    interval: tuple[Fraction, Fraction] | None = None
    length_exact: sympy.Expr | None = None


def critical_weight_variance(
    phi: Activation | sympy.Expr | str, *, bias_variance: object = 0, dps: int = 15
) -> CriticalPoint:
    r"""Return the weight variance at which a bias variance is critical.

    .. math:: (q-\sigma_b^2)\,V\dot\phi(q)=V\phi(q),\qquad \sigma_w^2=1/V\dot\phi(q)

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        Without jumps.
    bias_variance : number
        At least 0.
    dps : int
        Digits to prove.

    Returns
    -------
    CriticalPoint

    Raises
    ------
    OutOfDomain
        If there is no critical point for this bias variance, or more than one.
    NoConvergence
        If that is not proved.

    Conventions
    -----------
    Without biases, an activation that vanishes at 0 is critical at length 0.

    Error
    -----
    Enclosed; exact at length 0 and for activations homogeneous of degree 1. Lengths from the
    bias variance (``2**-30`` without one) to ``2**12``, or 16 times the bias variance, are
    searched. Below a bias variance of about 1e-8 the terms cancel and the proof may fail.

    Source
    ------
    Mean-field theory of deep networks.

    Examples
    --------
    >>> critical_weight_variance("relu").exact
    2
    >>> print(critical_weight_variance("tanh", bias_variance="1/20").weight_variance.digits[:12])
    1.7609546396
    """
    check_dps(dps)
    phi = activation(phi)
    sign = require_variance(bias_variance, "bias_variance")
    derivative = phi.weak_derivative()
    if derivative.atoms:
        raise OutOfDomain(expected("phi", "to have no jumps, where chi_1 is infinite,", phi.name))
    moment, slope = LengthMap(phi, 1, 0), LengthMap(derivative.regular, 1, 0)
    factor = moment.slope_at_zero
    bits = bits_from_dps(dps)
    linear = phi.homogeneity == 1
    if linear and sign:
        raise OutOfDomain(
            f"Expected a bias variance of 0 for the homogeneous {phi.name}, the only critical one, "
            f"but got bias_variance={bias_variance}."
        )
    if not sign and factor is not None and factor.is_finite and factor != 0:
        exact = 1 / factor
        length = None if linear else Enclosure(0)
        weight = Enclosure(as_ball(exact, bits))
        zero = None if linear else sympy.S.Zero
        return CriticalPoint(weight, Enclosure(0), length, Enclosure(1), exact, None, zero)
    with working_bits(2 * _ISOLATION_BITS):
        lower = as_ball(bias_variance, 128).lower().mid() if sign else _SMALLEST
        upper = _LARGEST.max(16 * lower).mid()

    def bias() -> arb:
        return as_ball(bias_variance, bits + 2 * GUARD_BITS)

    def balance(q: arb) -> arb:
        return (q - bias()) * slope.moment(q) - moment.moment(q)

    def balance_slope(q: arb) -> arb:
        rise = (q - bias()) * slope.moment_slope(q)
        return slope.moment(q) + rise - moment.moment_slope(q)

    equation: tuple[BallMap, BallMap] = (balance, balance_slope)
    found = _isolated(equation, lower, upper)
    if found.unresolved:  # exp: the two sides cancel, except in closed form
        equation = _closed_equation(phi, bias) or equation
        found = _isolated(equation, lower, upper)
    if found.unresolved:
        part = found.unresolved[0]
        condition = (
            "with critical lengths that can be proved, but nothing is known on "
            f"[{part.lower.str(6, radius=False)}, {part.upper.str(6, radius=False)}],"
        )
        raise NoConvergence(expected("bias_variance", condition, bias_variance), found)
    if len(found.brackets) != 1:
        lengths = ", ".join(b.ball.mid().str(4, radius=False) for b in found.brackets) or "none"
        condition = f"with one critical length up to {upper.str(6, radius=False)}, not {lengths},"
        raise OutOfDomain(expected("bias_variance", condition, bias_variance))
    (bracket,) = found.brackets
    q = refine_root(*equation, bracket, bits=bits + GUARD_BITS)
    with working_bits(bits + GUARD_BITS):
        weight = Enclosure(1 / slope.moment(q))
        rate = Enclosure(weight.ball * moment.moment_slope(q))
    ends = Enclosure(lower).lower, Enclosure(upper).upper
    given = Enclosure(as_ball(bias_variance, bits))
    exact, at = _exact_point(phi, bias_variance, q)
    return CriticalPoint(weight, given, Enclosure(q), rate, exact, ends, at)


def _isolated(equation: tuple[BallMap, BallMap], lower: arb, upper: arb) -> Isolation:
    return isolate_roots(*equation, lower, upper, bits=_ISOLATION_BITS, geometric=True)


def _closed_equation(phi: Activation, bias: Callable[[], arb]) -> tuple[BallMap, BallMap] | None:
    """Return the bias variance of the closed form less the given one, and its derivative."""
    try:
        closed = edge_of_chaos_closed_form(phi)[1]
    except NoClosedForm:
        return None
    value, derived = compile_ball(closed, (Q,)), compile_ball(closed.diff(Q), (Q,))
    return lambda q: real_ball(value(q)) - bias(), lambda q: real_ball(derived(q))


def _exact_point(
    phi: Activation, bias_variance: object, q: arb
) -> tuple[sympy.Expr | None, sympy.Expr | None]:
    """Return weight variance and length where the bias variance is linear in the length.

    So it is for exp and for every homogeneous activation of degree other than 1.
    """
    given = as_exact(bias_variance)
    if given is None:
        return None, None
    try:
        weight, bias = edge_of_chaos_closed_form(phi)
    except NoClosedForm:
        return None, None
    if not bias.is_polynomial(Q) or sympy.degree(bias, Q) != 1:
        return None, None
    length = (given - bias.subs(Q, 0)) / bias.coeff(Q, 1)
    assert q.overlaps(as_ball(length, current_bits()))
    return weight.subs(Q, length), length


def edge_of_chaos(
    phi: Activation | sympy.Expr | str, bias_variances: Iterable[object], *, dps: int = 15
) -> tuple[CriticalPoint, ...]:
    """Return the edge of chaos over several bias variances.

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        Without jumps.
    bias_variances : iterable of number
        At least 0 each.
    dps : int
        Digits to prove.

    Returns
    -------
    tuple of CriticalPoint
        In the order given.

    Raises
    ------
    OutOfDomain
        As `critical_weight_variance`.

    Conventions
    -----------
    Variances, not standard deviations.

    Error
    -----
    Enclosed.

    Source
    ------
    Mean-field theory of deep networks.

    Examples
    --------
    >>> [float(p.weight_variance) > 1 for p in edge_of_chaos("erf", ["1/10", 1])]
    [True, True]
    """
    return tuple(
        critical_weight_variance(phi, bias_variance=value, dps=dps)
        for value in check_sequence("bias_variances", bias_variances)
    )


def edge_of_chaos_closed_form(
    phi: Activation | sympy.Expr | str,
) -> tuple[sympy.Expr, sympy.Expr]:
    r"""Return the edge of chaos as a curve ``(weight_variance, bias_variance)`` of the length q.

    .. math:: \Big(\frac1{V\dot\phi(q)},\; q-\frac{V\phi(q)}{V\dot\phi(q)}\Big)

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        With closed second moments of itself and its derivative.

    Returns
    -------
    tuple of sympy.Expr
        In the symbol ``q``; a point belongs to the edge where the bias variance is not negative.

    Raises
    ------
    NoClosedForm
        If there are none.
    OutOfDomain
        If the activation jumps.

    Conventions
    -----------
    Variances, not standard deviations.

    Error
    -----
    Exact.

    Source
    ------
    Mean-field theory of deep networks.

    Examples
    --------
    >>> edge_of_chaos_closed_form("erf")[0]
    pi*sqrt(4*q + 1)/4
    """
    phi = activation(phi)
    derivative = phi.weak_derivative()
    if derivative.atoms:
        raise OutOfDomain(expected("phi", "to have no jumps, where chi_1 is infinite,", phi.name))
    weight = sympy.simplify(1 / second_moment_closed_form(derivative.regular))
    return weight, sympy.simplify(Q - weight * second_moment_closed_form(phi))
