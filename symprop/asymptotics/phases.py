r"""Ordered, critical and chaotic phases of fully connected networks, and the line between them.

At a fixed length q* the correlation of two inputs obeys
:math:`R(c)=[\sigma_w^2\kappa_{q^*}(c)+\sigma_b^2]/q^*` with R(1) = 1 and slope
:math:`\chi_1=\sigma_w^2E\dot\phi(\sqrt{q^*}Z)^2` at 1. Its Taylor coefficients at 0 are not
negative, so R is convex on [0, 1]: there is one fixed point in [0, 1) if :math:`\chi_1>1` and none
otherwise. A negative one would need :math:`R_{even}(s)+s\,R_{even}(1)\le0`, which happens only for
odd activations without biases, where 0 and -1 are fixed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy
from flint import arb

from symprop.asymptotics.correlation_maps import (
    kernel_at_length,
    root_below_one,
    slope_at_correlation,
)
from symprop.asymptotics.depth_constants import require_variance, sign_of_number
from symprop.asymptotics.divergent_lengths import asymptotic_slopes, growth_at_infinity
from symprop.asymptotics.fixed_points import LengthFixedPoint, length_fixed_points
from symprop.asymptotics.length_maps import LengthMap
from symprop.foundation.errors import (
    OutOfDomain,
    expected,
)
from symprop.foundation.validation import check_dps
from symprop.gaussian.transforms import v_transform
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball, as_exact
from symprop.numerics.precision import bits_from_dps, current_bits, dps_from_bits, working_bits
from symprop.numerics.quadrature import magnitude_bits
from symprop.specs.activations import activation

if TYPE_CHECKING:
    from symprop.specs.activations import Activation

__all__ = ["Phase", "chi_1", "phase"]

_MOST_BITS = 100_000  # an exact slope has no end of digits
_MOST_DIGITS = 200  # of a slope that is not told from 1
_CLOSE = 16  # bits in which the slope agrees with 1 before the length is found to more


@dataclass(frozen=True)
class Phase:
    """A phase and the numbers that decide it.

    Attributes
    ----------
    phase : {"ordered", "critical", "chaotic", "divergent lengths", "undecided"}
        By ``chi_1`` against 1; undecided when its ball holds 1 and it is not exact, and where
        the slope of the length map at infinity is 1 and no finite length is stable.
    length : LengthFixedPoint or None
        The stable length; None if lengths diverge or every one is fixed.
    chi_1 : Enclosure
        Slope of the correlation map at 1; where lengths diverge, growth of gradients per layer
        at infinite length.
    chi_1_exact : sympy.Expr or None
        Its exact value, if known.
    rho_star : Enclosure or None
        The stable correlation; None where the map has no limit.
    slope : Enclosure or None
        Slope of the correlation map at ``rho_star``, of the limit map where lengths diverge.
    """

    phase: str
    length: LengthFixedPoint | None
    chi_1: Enclosure
    chi_1_exact: sympy.Expr | None = None
    rho_star: Enclosure | None = None
    slope: Enclosure | None = None

    @property
    def depth_scale(self) -> Enclosure | None:
        """``-1/log(slope)``, layers in which correlations approach ``rho_star`` by e.

        None where the slope is not proved to be inside (0, 1): at criticality the approach
        is not geometric.
        """
        return None if self.slope is None else _depth_scale(self.slope)

    @property
    def length_depth_scale(self) -> Enclosure | None:
        """``-1/log|slope|`` of the length map, None where it is not inside (0, 1)."""
        return None if self.length is None else _depth_scale(abs(self.length.slope))


def _depth_scale(slope: Enclosure) -> Enclosure | None:
    if not (slope.ball > 0 and slope.ball < 1):
        return None
    with working_bits(min(max(64, slope.relative_bits + 20), _MOST_BITS)):
        return Enclosure(-1 / slope.ball.log())


def chi_1(
    phi: Activation | sympy.Expr | str, *, weight_variance: object, length: object, dps: int = 15
) -> Enclosure:
    r"""Return the slope at 1 of the correlation map, the growth of gradients per layer.

    .. math:: \chi_1 = \sigma_w^2\, E\,\dot\phi(\sqrt{q} Z)^2

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        Any activation.
    weight_variance, length : number
        ``sigma_w^2 >= 0`` and ``q > 0``.
    dps : int
        Relative digits to prove.

    Returns
    -------
    Enclosure
        Infinite at a jump, and for powers up to 1/2.

    Raises
    ------
    OutOfDomain
        If the derivative is not square-integrable.
    PrecisionNotReached
        If the length is a ball too wide.

    Conventions
    -----------
    Almost-everywhere derivative.

    Error
    -----
    Enclosed.

    Source
    ------
    Mean-field theory of deep networks; V as in residual, Definition 5.3.

    Examples
    --------
    >>> print(chi_1("erf", weight_variance=1, length="1/4").proved_digits(12))
    0.900316316157
    """
    check_dps(dps)
    phi = activation(phi)
    derivative = phi.weak_derivative()
    degree = phi.homogeneity
    steep = degree is not None and 0 < 2 * degree <= 1  # 1/|x| and more is not integrable at 0
    if derivative.atoms or steep:
        return Enclosure(arb("inf"))
    value = v_transform(derivative.regular).enclose(length, dps=dps + 2)
    with working_bits(bits_from_dps(dps + 2)):
        return Enclosure(as_ball(weight_variance, current_bits(), "weight_variance") * value.ball)


def phase(
    phi: Activation | sympy.Expr | str,
    *,
    weight_variance: object,
    bias_variance: object = 0,
    length: object = None,
    dps: int = 15,
) -> Phase:
    r"""Return the phase of a fully connected network.

    .. math:: \chi_1 = \sigma_w^2\,E\,\dot\phi(\sqrt{q^*}Z)^2 \lessgtr 1

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        Any square-integrable activation.
    weight_variance, bias_variance : number
        At least 0.
    length : number, optional
        The fixed length to look at, where there are several stable ones; ``oo`` for inputs so
        long that their lengths diverge.
    dps : int
        Digits to prove.

    Returns
    -------
    Phase

    Raises
    ------
    OutOfDomain
        If there is no stable length, or several and none was chosen.
    NoConvergence
        If the fixed lengths are not proved.

    Conventions
    -----------
    Chaotic above 1. Where lengths tend to 0 the slope is that of the map at length 0, and
    ``rho_star`` is None: to first order correlations then stay what they are. Where no finite
    length is stable and long inputs grow, lengths diverge, and correlations obey the map of
    `symprop.asymptotics.divergent_lengths`: ``rho_star`` is 1 with slope 1, approached like
    ``1/l**2``, or None for a linear asymptote. A finite stable length is preferred where
    lengths above some other diverge.

    Error
    -----
    Enclosed, and exact where the activation is homogeneous of degree 1 or the length is 0.
    That lengths diverge rests on the exact slope of the length map at infinity, and on there
    being no stable length in the interval that `length_fixed_points` searches.

    Source
    ------
    Mean-field theory of deep networks.

    Examples
    --------
    >>> phase("relu", weight_variance=2).phase
    'critical'
    >>> found = phase("tanh", weight_variance="5/2", bias_variance="1/20")
    >>> found.phase, found.rho_star.proved_digits(6)
    ('chaotic', '0.446804')
    """
    check_dps(dps)
    phi = activation(phi)
    factor = LengthMap(phi, weight_variance, bias_variance).slope_at_zero
    biased = require_variance(bias_variance, "bias_variance") != 0
    require_variance(weight_variance, "weight_variance")
    if phi.homogeneity == 1 and factor is not None:
        return _homogeneous(phi, factor, weight_variance, bias_variance, dps)
    if not biased and factor is not None and factor.is_finite and length is None:
        slope = as_exact(weight_variance)
        if slope is not None and slope * factor <= 1:
            return _at_length_zero(slope * factor, dps)
    if isinstance(length, sympy.Expr | float) and length == sympy.oo:
        return _divergent(phi, weight_variance, bias_variance, dps)
    point = _stable_length(phi, weight_variance, bias_variance, length, dps + 10)
    if point is None:
        return _divergent(phi, weight_variance, bias_variance, dps)
    value = chi_1(phi, weight_variance=weight_variance, length=point.value, dps=dps)
    exact = None not in (as_exact(weight_variance), as_exact(bias_variance))
    for digits in (2 * dps, 4 * dps):  # close to criticality both need more
        if value.compare(1) is not None or not exact or digits > _MOST_DIGITS:
            break
        point = _stable_length(phi, weight_variance, bias_variance, length, digits + 10)
        assert point is not None
        value = chi_1(phi, weight_variance=weight_variance, length=point.value, dps=digits)
    name = _name(value.compare(1))
    if name == "undecided":
        return Phase(name, point, value)
    lost = -int(magnitude_bits(value.ball - 1)) if value.ball.is_finite() else 0
    if name == "chaotic" and lost > _CLOSE:
        dps += dps_from_bits(lost)
        digits = dps + 10 + dps_from_bits(lost)
        point = _stable_length(phi, weight_variance, bias_variance, length, digits) or point
    rho, slope_there = _correlation(phi, weight_variance, bias_variance, point, name, value, dps)
    return Phase(name, point, value, None, rho, slope_there)


def _name(sign: int | None) -> str:
    return "undecided" if sign is None else ("ordered", "critical", "chaotic")[sign + 1]


def _exact_sign(difference: sympy.Expr) -> int:
    if sympy.simplify(difference) == 0:
        return 0
    return 1 if difference > 0 else -1


def _at_length_zero(slope: sympy.Expr, dps: int) -> Phase:
    """Lengths fall to 0: the slope there is exact."""
    value = Enclosure(as_ball(slope, bits_from_dps(dps)))
    point = LengthFixedPoint(
        Enclosure(0), value, (Enclosure(0).lower, Enclosure(0).lower), sympy.S.Zero
    )
    return Phase(_name(_exact_sign(slope - 1)), point, value, slope)


def _homogeneous(
    phi: Activation, factor: sympy.Expr, weight: object, bias: object, dps: int
) -> Phase:
    """``chi_1`` does not depend on the length; without biases neither does the map."""
    exact = as_exact(weight)
    bits = bits_from_dps(dps)
    with working_bits(bits):
        slope = as_ball(weight, bits, "weight_variance") * as_ball(factor, bits)
    value = Enclosure(slope)
    sign = value.compare(1) if exact is None else _exact_sign(exact * factor - 1)
    if sign is None:
        return Phase(_name(sign), None, value)
    points = length_fixed_points(phi, weight_variance=weight, bias_variance=bias, dps=dps).stable
    if sign > 0:
        return _divergent(phi, weight, bias, dps)
    chi_exact = None if exact is None else exact * factor
    if not points:
        one = Enclosure(1) if sign == 0 and sign_of_number(bias, "bias_variance") == 0 else None
        return Phase(_name(sign), None, value, chi_exact, one, one and value)
    (point,) = points
    at_zero = point.exact == 0
    rho = None if at_zero else Enclosure(1)
    return Phase(_name(sign), point, value, chi_exact, rho, None if at_zero else value)


def _stable_length(
    phi: Activation, weight: object, bias: object, length: object, dps: int
) -> LengthFixedPoint | None:
    """Return the stable length, the chosen one of several; None if no length is stable."""
    found = length_fixed_points(phi, weight_variance=weight, bias_variance=bias, dps=dps)
    if length is not None:
        near = as_ball(length, 64, "length")
        chosen = [point for point in found.points if abs(point.value.ball - near) < near / 1000]
        if len(chosen) == 1:
            return chosen[0]
        raise OutOfDomain(expected("length", "to be a fixed point to three digits", length))
    if len(found.stable) > 1:
        listed = ", ".join(point.value.proved_digits(6) for point in found.stable)
        condition = f"and bias_variance={bias} to have exactly one stable length, not {listed},"
        raise OutOfDomain(expected("weight_variance", condition, weight))
    return found.stable[0] if found.stable else None


def _divergent(phi: Activation, weight: object, bias: object, dps: int) -> Phase:
    """Return the phase at infinite length."""
    slopes = asymptotic_slopes(phi)
    if slopes is None:
        condition = f"and bias_variance={bias} to have exactly one stable length, not none,"
        raise OutOfDomain(expected("weight_variance", condition, weight))
    sign, factor, exact = growth_at_infinity(slopes, weight, dps)
    if sign == -1:
        condition = f"and bias_variance={bias} to have a stable length in reach, or diverging ones,"
        raise OutOfDomain(expected("weight_variance", condition, weight))
    if sign != 1:
        return Phase("undecided", None, factor, exact)
    limit = None if slopes[0] == slopes[1] else Enclosure(1)
    return Phase("divergent lengths", None, factor, exact, limit, limit)


def _correlation(
    phi: Activation,
    weight: object,
    bias: object,
    point: LengthFixedPoint,
    name: str,
    value: Enclosure,
    dps: int,
) -> tuple[Enclosure, Enclosure | None]:
    """Return the stable correlation and the slope of the map there."""
    if name != "chaotic":
        return Enclosure(1), value
    q = point.value
    if phi.parity == "odd" and sign_of_number(bias, "bias_variance") == 0:
        rho = Enclosure(0)
    else:
        kernel = kernel_at_length(phi, q)

        def excess(c: arb) -> arb:
            bits = current_bits()
            numerator = as_ball(weight, bits) * kernel(c) + as_ball(bias, bits)
            return numerator / q.ball - c

        rho = Enclosure(root_below_one(excess, bits_from_dps(dps)))
    return rho, slope_at_correlation(phi, weight, q, rho, dps)
