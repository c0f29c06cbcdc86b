r"""Depth laws of residual networks with a tanh-like activation.

The length obeys :math:`p_{l+1}-p_l=\sigma_v^2V\phi(q_l)+\sigma_a^2`,
:math:`q=\sigma_w^2p+\sigma_b^2`, where :math:`V\phi(q)=M^2-Cq^{-1/2}+\dots`. With
:math:`b_0=\sigma_v^2M^2+\sigma_a^2` one integrates
:math:`p'=b_0-\sigma_v^2C(\sigma_w^2p)^{-1/2}` for :math:`b_1,b_2`; the cosine distance obeys

.. math:: lb_0e' = \sigma_v^2M^2\frac2\pi\arcsin e + \sigma_a^2 - b_0e
    + (e\,\sigma_v^2C/\sigma_w)(b_0l)^{-1/2},

and :math:`\log\chi` sums :math:`\log(1+\sigma_v^2\sigma_w^2V\dot\phi)`, with
:math:`V\dot\phi=Dq^{-1/2}`.

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
from symprop.foundation.errors import OutOfDomain, expected
from symprop.numerics.evaluation import as_ball, as_exact
from symprop.numerics.precision import working_bits
from symprop.numerics.roots import Bracket, refine_root

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symprop.asymptotics.saturation import Saturation

__all__ = ["fixed_angle", "fixed_angle_closed_form", "saturated_constants"]

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
        ``1 + sigma_a^2/(sigma_v^2 M^2)``.
    bits : int
        Relative accuracy wanted; less is returned if the ratio is a wide ball.

    Returns
    -------
    flint.arb

    Raises
    ------
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


def _angle_value(variances: ResidualVariances, limit: sympy.Expr) -> object:
    """Return the exact angle, or a function from bits to its ball."""
    exact = [as_exact(v) for v in (variances.branch_weight, variances.branch_bias)]
    if None not in exact:
        ratio = 1 + exact[1] / (exact[0] * limit**2)
        closed = sympy.pi / 2 if exact[1] == 0 else fixed_angle_closed_form(ratio)
        if closed is not None:
            return closed
        return lru_cache(maxsize=8)(lambda bits: fixed_angle(as_ball(ratio, bits), bits))

    def at(bits: int) -> arb:
        branch = as_ball(variances.branch_weight, bits) * as_ball(limit, bits) ** 2
        return fixed_angle(1 + as_ball(variances.branch_bias, bits) / branch, bits)

    return at


def saturated_constants(
    saturation: Saturation, variances: ResidualVariances
) -> tuple[DepthConstant, ...]:
    r"""Return the constants of the depth laws, ``weight`` and ``branch_weight`` not zero.

    .. math:: 1+\frac{\sigma_a^2}{\sigma_v^2M^2}=\frac{2t/\pi}{1-\cos t},\qquad e^*=\cos t,\qquad
        \delta^*=1-\frac{\tan(t/2)}{t}

    Parameters
    ----------
    saturation : Saturation
        M, C and D of the activation.
    variances : ResidualVariances
        Exact numbers or balls.

    Returns
    -------
    tuple of DepthConstant
        Those that exist: ``b1, b2, B, P`` need a finite C, ``A, B`` a finite D.

    Raises
    ------
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
    for name, value in (variances.named()[0], variances.named()[2]):
        if sign_of_number(value, name) == 0:
            raise OutOfDomain(expected(name, "to be > 0", value))
    values: Mapping[sympy.Symbol, object] = {
        SV: variances.branch_weight,
        SA: variances.branch_bias,
        SW: variances.weight,
        SB: variances.bias,
        ANGLE: _angle_value(variances, saturation.limit),
    }
    M, C, D, tail = saturation.limit, saturation.defect, saturation.slope, saturation.tail
    b0 = SV * M**2 + SA
    e_star = sympy.cos(ANGLE)
    delta = 1 - sympy.tan(ANGLE / 2) / ANGLE
    half = sympy.Rational(1, 2)
    table = [
        ("e_star", "limit of e", e_star),
        ("delta_star", "e - e_star = K' l^-delta_star + ..., K' of the input", delta),
        ("e_star_gap", "1 - e_star, with its own relative accuracy", 2 * sympy.sin(ANGLE / 2) ** 2),
        ("b0", "p = b0 l + b1 l^(1/2) + b2 log l + O(1)", b0),
    ]
    if C.is_finite:
        law = "p = b0 l + b1 l^(1/2) + b2 log l + O(1)"
        table += [
            ("b1", law, -2 * SV * C / sympy.sqrt(SW * b0)),
            ("b2", law, (SV * tail / b0 - (SV * C / b0) ** 2) / SW),
            (
                "P",
                "e - e_star = K' l^-delta_star + P l^(-1/2) + ...",
                -e_star * SV * C / (sympy.sqrt(SW) * b0 ** (3 * half) * (half - delta)),
            ),
        ]
    if D.is_finite:
        law = "log(chi_m/chi_l) = A (sqrt l - sqrt m) + B (log l - log m) + O(1)"
        table.append(("A", law, 2 * SV * sympy.sqrt(SW) * D / sympy.sqrt(b0)))
        if C.is_finite:
            B = SV**2 * C * D / b0**2 - SV**2 * SW * D**2 / (2 * b0)
            table += [
                ("B", law, B),
                ("B_b", "the same for the gradient of inner biases", B + half),
                ("B_w", "the same for the gradient of inner weights", B - half),
                ("B_v", "the same for the gradient of branch weights", B),
                ("B_a", "the same for the gradient of branch biases", B),
            ]
    return tuple(DepthConstant(name, law, form, values) for name, law, form in table)
