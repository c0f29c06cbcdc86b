r"""Depth laws of residual networks with a tanh-like activation.

The activation is ``m + o`` with o odd and of limit M, and
:math:`V\phi(q)=m^2+M^2-(S\log q+C)q^{-1/2}+\kappa/q+\dots`. The length obeys
:math:`p_{l+1}-p_l=\sigma_v^2V\phi(q_l)+\sigma_a^2`, :math:`q=\sigma_w^2p+\sigma_b^2`; with
:math:`b_0=\sigma_v^2(m^2+M^2)+\sigma_a^2` one integrates

.. math:: p' = b_0 - (\alpha\log p+\beta)p^{-1/2} + \sigma_v^2\kappa/(\sigma_w^2p),\quad
    \alpha=\sigma_v^2S/\sigma_w,\quad \beta=\sigma_v^2(C+S\log\sigma_w^2)/\sigma_w,

twice for the terms of order :math:`l^{1/2}` and :math:`l^0`: with
:math:`\gamma=\alpha\log b_0+\beta-2\alpha` the first are
:math:`-2b_0^{-1/2}(\alpha\log l+\gamma)l^{1/2}`, the others the primitive of
:math:`[\sigma_v^2\kappa b_0/\sigma_w^2-(\alpha\log l+\gamma)^2]/(b_0^2l)`. The covariance is
:math:`W\phi=m^2+M^2\frac2\pi\arcsin c-2S\,\mathrm{artanh}(c)\,q^{-1/2}+\dots`: the tail of o, of
size :math:`S\sqrt{\pi/2}/|x|`, against a sign. So the cosine distance obeys

.. math:: lb_0e' = \sigma_v^2\Big(m^2+M^2\frac2\pi\arcsin e\Big) + \sigma_a^2 - b_0e
    + \big[e(\alpha\log(b_0l)+\beta)-2\alpha\,\mathrm{artanh}\,e\big](b_0l)^{-1/2},

and :math:`\log\chi` sums :math:`\log(1+\sigma_v^2\sigma_w^2V\dot\phi)`, with
:math:`V\dot\phi=Dq^{-1/2}+O(q^{-3/2})`.

With :math:`e^*=\cos t` the fixed point becomes :math:`b_0(1-\cos t)=\sigma_v^2M^2\,2t/\pi`. As
:math:`(1-\cos t)/t` increases from 0 to 2/pi on :math:`(0,\pi/2]` there is exactly one angle.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

import sympy
from flint import arb

from symprop.asymptotics.depth_constants import DepthConstant, ResidualVariances, sign_of_number
from symprop.asymptotics.saturation import Saturation
from symprop.foundation.errors import OutOfDomain, expected
from symprop.foundation.validation import check_instance, check_integer
from symprop.numerics.evaluation import as_ball, as_exact
from symprop.numerics.precision import working_bits
from symprop.numerics.roots import Bracket, refine_root

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SLOW_LENGTH_LAW", "fixed_angle", "fixed_angle_closed_form", "saturated_constants"]

SV, SA, SW, SB = sympy.symbols("sigma_v^2 sigma_a^2 sigma_w^2 sigma_b^2", nonnegative=True)
ANGLE = sympy.Symbol("t", positive=True)

_LARGEST_DENOMINATOR = 24


def fixed_angle(ratio: arb, bits: int) -> arb:
    r"""Return the angle t in (0, pi/2] with ``2t/pi = ratio (1 - cos t)``, for ``ratio >= 1``.

    The square of a half-angle sine keeps relative accuracy at large ratios, and
    ``t**2/2 (1 - t**2/12) <= 1 - cos t <= t**2/2`` brackets the root there.

    Parameters
    ----------
    ratio : flint.arb
        ``1 + (sigma_a^2 + sigma_v^2 m^2)/(sigma_v^2 M^2)``.
    bits : int
        Relative accuracy wanted; less is returned if the ratio is a wide ball.

    Returns
    -------
    flint.arb

    Raises
    ------
    InvalidArgument
        If the ratio is not finite, or ``bits`` no positive integer.
    OutOfDomain
        If the ratio is below 1.
    NoConvergence
        If the ratio is a ball too wide to bracket a root.

    Conventions
    -----------
    At ratio 1 the angle is pi/2 exactly; so it is when a ball of ratios begins at 1.

    Error
    -----
    Enclosed.

    Source
    ------
    symprop D1; residual, Theorem B.11.

    Examples
    --------
    >>> with working_bits(80):
    ...     print(arb.pi() / fixed_angle(arb(4) / 3, 60))
    [3.0000000000000000000000 +/- 2.01e-23]
    """
    check_integer("bits", bits, minimum=1)
    ratio = as_ball(ratio, bits + 40, "ratio")
    if ratio < 1:
        raise OutOfDomain(expected("ratio", "to be >= 1", ratio.str(10)))

    def excess(t: arb) -> arb:
        return ratio * 2 * (t / 2).sin() ** 2 / t - 2 / arb.pi()

    def slope(t: arb) -> arb:
        return ratio * (t * t.sin() - 2 * (t / 2).sin() ** 2) / t**2

    with working_bits(bits + 40):
        start = 4 / (arb.pi() * ratio)
        lower = (start * arb("0.9")).lower().mid()
        upper = (start * arb("1.4")).upper().mid()
        upper = min(upper, arb(2))  # pi/2 < 2 < 2.33, where (1 - cos t)/t stops increasing
    return refine_root(excess, slope, Bracket(lower, upper), bits=bits)


def fixed_angle_closed_form(ratio: sympy.Expr) -> sympy.Expr | None:
    """Return the angle as a rational multiple of pi where that is exact, otherwise None.

    Examples
    --------
    >>> fixed_angle_closed_form(sympy.Rational(4, 3)), fixed_angle_closed_form(sympy.Integer(2))
    (pi/3, None)
    """
    bits = 200
    angle = fixed_angle(as_ball(ratio, bits), bits)
    with working_bits(bits):
        turn = angle / arb.pi()
        guess = Fraction(float(turn)).limit_denominator(_LARGEST_DENOMINATOR)
        if not turn.overlaps(arb(guess.numerator) / guess.denominator):
            return None
    exact = sympy.pi * sympy.Rational(guess.numerator, guess.denominator)
    difference = sympy.simplify(2 * exact / sympy.pi - ratio * (1 - sympy.cos(exact)))
    return exact if difference == 0 else None


def _angle_value(variances: ResidualVariances, saturation: Saturation) -> object:
    """Return the exact angle, or a function from bits to its ball."""
    limit, centre = saturation.limit, saturation.centre
    exact = [as_exact(v) for v in (variances.branch_weight, variances.branch_bias)]
    if None not in exact:
        ratio = 1 + exact[1] / (exact[0] * limit**2) + centre**2 / limit**2
        closed = sympy.pi / 2 if ratio == 1 else fixed_angle_closed_form(ratio)
        if closed is not None:
            return closed
        return lru_cache(maxsize=8)(lambda bits: fixed_angle(as_ball(ratio, bits), bits))

    def at(bits: int) -> arb:
        branch = as_ball(variances.branch_weight, bits) * as_ball(limit, bits) ** 2
        shift = as_ball(centre / limit, bits) ** 2
        return fixed_angle(1 + shift + as_ball(variances.branch_bias, bits) / branch, bits)

    return at


def saturated_constants(
    saturation: Saturation, variances: ResidualVariances
) -> tuple[DepthConstant, ...]:
    r"""Return the constants of the depth laws, ``weight`` and ``branch_weight`` not zero.

    .. math:: 1+\frac{\sigma_a^2+\sigma_v^2m^2}{\sigma_v^2M^2}=\frac{2t/\pi}{1-\cos t},\quad
        e^*=\cos t,\quad \delta^*=1-\frac{\tan(t/2)}{t}

    Parameters
    ----------
    saturation : Saturation
        Of the activation.
    variances : ResidualVariances
        Exact numbers or balls.

    Returns
    -------
    tuple of DepthConstant
        Those that exist: A and the B need a finite D. With a slow tail, S not 0, there are also
        ``b1_log, b2_log2, b2_log3, B_log2, P_log``, coefficients of the same powers of l with
        the first, second and third power of its logarithm.

    Raises
    ------
    InvalidArgument
        If an argument is of another class.
    OutOfDomain
        If a variance that must be positive is zero.

    Conventions
    -----------
    ``e`` is the correlation of two inputs, layer index l.

    Error
    -----
    Formulas exact; balls enclosed.

    Source
    ------
    symprop D1, D3; residual, Theorems B.9, B.11, B.13, B.14, here for every odd saturating
    activation.

    Examples
    --------
    >>> from symprop.asymptotics.saturation import saturation_constants
    >>> constants = saturated_constants(
    ...     saturation_constants("tanh"), ResidualVariances(3, 1, 2, 0))
    >>> [c.closed_form for c in constants[:2]]
    [1/2, -sqrt(3)/pi + 1]
    """
    check_instance("saturation", saturation, Saturation)
    check_instance("variances", variances, ResidualVariances)
    for name, value in (variances.named()[0], variances.named()[2]):
        if sign_of_number(value, name) == 0:
            raise OutOfDomain(expected(name, "to be > 0", value))
    values: Mapping[sympy.Symbol, object] = {
        SV: variances.branch_weight,
        SA: variances.branch_bias,
        SW: variances.weight,
        SB: variances.bias,
        ANGLE: _angle_value(variances, saturation),
    }
    table = [*_distance_laws(saturation), *_length_laws(saturation), *_gradient_laws(saturation)]
    order = {name: place for place, name in enumerate(_ORDER)}
    table.sort(key=lambda row: order[row[0]])
    return tuple(DepthConstant(name, law, form, values) for name, law, form in table)


Row = tuple[str, str, sympy.Expr]
_HALF = sympy.Rational(1, 2)
LENGTH_LAW = "p = b0 l + b1 l^(1/2) + b2 log l"
SLOW_LENGTH_LAW = (
    "p = b0 l + (b1_log log l + b1) l^(1/2) + b2_log3 log(l)^3 + b2_log2 log(l)^2 + b2 log l"
)
"""Growth of lengths, up to a constant, where the defect has a tail of order 1/x."""
_ORDER = (
    *("e_star", "delta_star", "e_star_gap", "b0", "b1_log", "b1", "b2_log3", "b2_log2", "b2"),
    *("P_log", "P", "A", "B_log2", "B", "B_b", "B_w", "B_v", "B_a"),
)


def _drift(saturation: Saturation) -> tuple[sympy.Expr, sympy.Expr, sympy.Expr]:
    """Return ``b0``, ``alpha`` and ``gamma``."""
    b0 = SV * (saturation.limit**2 + saturation.centre**2) + SA
    alpha = SV * saturation.logarithm / sympy.sqrt(SW)
    beta = SV * saturation.defect / sympy.sqrt(SW)
    if alpha == 0:
        return b0, alpha, beta
    return b0, alpha, alpha * sympy.log(SW * b0) + beta - 2 * alpha


def _distance_laws(saturation: Saturation) -> list[Row]:
    b0, alpha, gamma = _drift(saturation)
    e_star = sympy.cos(ANGLE)
    delta = 1 - sympy.tan(ANGLE / 2) / ANGLE
    artanh = -sympy.log(sympy.tan(ANGLE / 2))  # of e_star, with its accuracy near 1
    size = b0 ** (3 * _HALF)
    slow = -e_star * alpha / (size * (_HALF - delta))
    forced = (e_star * (gamma + 2 * alpha) - 2 * alpha * artanh) / size
    law = "e - e_star = K' l^-delta_star + (P_log log l + P) l^(-1/2) + ..., K' of the input"
    rows = [
        ("e_star", "limit of e", e_star),
        ("delta_star", law, delta),
        ("e_star_gap", "1 - e_star, with its own relative accuracy", 2 * sympy.sin(ANGLE / 2) ** 2),
        ("P", law, (slow - forced) / (_HALF - delta)),
    ]
    return rows if alpha == 0 else [*rows, ("P_log", law, slow)]


def _length_laws(saturation: Saturation) -> list[Row]:
    b0, alpha, gamma = _drift(saturation)
    law = LENGTH_LAW if alpha == 0 else SLOW_LENGTH_LAW
    rows = [
        ("b0", law, b0),
        ("b1", law, -2 * gamma / sympy.sqrt(b0)),
        ("b2", law, SV * saturation.tail / (SW * b0) - gamma**2 / b0**2),
    ]
    if alpha == 0:
        return rows
    return [
        *rows,
        ("b1_log", law, -2 * alpha / sympy.sqrt(b0)),
        ("b2_log2", law, -alpha * gamma / b0**2),
        ("b2_log3", law, -(alpha**2) / (3 * b0**2)),
    ]


def _gradient_laws(saturation: Saturation) -> list[Row]:
    if not saturation.slope.is_finite:
        return []
    b0, alpha, gamma = _drift(saturation)
    slope = SV * sympy.sqrt(SW) * saturation.slope
    law = "log(chi_m/chi_l): A sqrt l + B_log2 log(l)^2 + B log l + O(1) less the same at m"
    B = slope * gamma / b0**2 - slope**2 / (2 * b0)
    rows = [
        ("A", law, 2 * slope / sympy.sqrt(b0)),
        ("B", law, B),
        ("B_b", "the same for the gradient of inner biases", B + _HALF),
        ("B_w", "the same for the gradient of inner weights", B - _HALF),
        ("B_v", "the same for the gradient of branch weights", B),
        ("B_a", "the same for the gradient of branch biases", B),
    ]
    return rows if alpha == 0 else [*rows, ("B_log2", law, slope * alpha / (2 * b0**2))]
