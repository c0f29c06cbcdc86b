r"""Depth laws of full residual networks with one-sided powers of negative exponent.

For :math:`s\max(x,0)^\alpha`, :math:`-1/2<\alpha<0`, the transform :math:`V=s^2c_\alpha q^\alpha`
falls with the length. With :math:`a=\sigma_v^2s^2c_\alpha\sigma_w^{2\alpha}` and
:math:`u=p+\sigma_b^2/\sigma_w^2`:

Without branch biases :math:`u_{l+1}-u_l=a\,u_l^\alpha`, and e approaches the fixed point of
:math:`J_\alpha` as for positive exponents: the kernel is convex, positive at 0, and of infinite
slope at 1.

With branch biases :math:`p\sim\sigma_a^2l`, the branch fades, and :math:`g=p-\gamma` obeys

.. math:: g' = a\,u^\alpha\,[1-J_\alpha(1-g/u)] \approx a\,d\,u^{-1/2}g^{\alpha+1/2},\qquad
    d=-\frac{\Gamma(-\alpha-\frac12)\,\Gamma(\alpha+1)^2}
    {2^{\alpha+1/2}\,\pi\,\Gamma(\alpha+\frac12)},

so that :math:`g^{1/2-\alpha}\approx(1-2\alpha)\,a\,d\,(l/\sigma_a^2)^{1/2}`: e tends to 1, more
slowly than lengths grow, by a law without a constant of the inputs.

The derivative is of order :math:`x^{\alpha-1}` at 0, where it is not integrable: gradients have no
expectation, still less a finite mean square, and no law.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import sympy

from symprop.asymptotics.depth_constants import DepthConstant, ResidualVariances, sign_of_number
from symprop.asymptotics.power_relu_rates import kernel_gap
from symprop.foundation.errors import OutOfDomain, expected
from symprop.foundation.validation import check_instance
from symprop.gaussian.power_relu import alpha_relu_kernel
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_parameter
from symprop.numerics.precision import dps_from_bits

if TYPE_CHECKING:
    from flint import arb

__all__ = ["negative_power_constants", "negative_power_laws"]

SV, SA, SW = sympy.symbols("sigma_v^2 sigma_a^2 sigma_w^2", nonnegative=True)
GAP, SLOPE = sympy.symbols("g nu", positive=True)
_HALF = sympy.Rational(1, 2)


def negative_power_constants(
    scale: sympy.Expr, alpha: sympy.Expr, variances: ResidualVariances
) -> tuple[DepthConstant, ...]:
    r"""Return the constants of the depth laws for ``scale * max(x, 0)**alpha``, ``alpha < 0``.

    .. math:: \mu=\frac{1-\dot J_\alpha(e^*)}{1-\alpha},\quad K_1=[(1-\alpha)a]^{1/(1-\alpha)}

    without branch biases, and with them

    .. math:: K=\frac{a\,\sigma_a^{2\alpha}}{1+\alpha},\quad
        G=\big[(1-2\alpha)\,a\,d\big]^{\frac2{1-2\alpha}}
        (\sigma_a^2)^{-\frac{2-2\alpha}{1-2\alpha}}

    Parameters
    ----------
    scale, alpha : sympy.Expr
        Exact, ``-1/2 < alpha < 0``.
    variances : ResidualVariances
        ``weight`` and ``branch_weight`` positive.

    Returns
    -------
    tuple of DepthConstant

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If alpha is not inside (-1/2, 0) or a variance that must be positive is zero.

    Conventions
    -----------
    ``c_alpha`` is the second moment of ``max(Z, 0)**alpha``, without the scale. The length of
    the input is not 0, unless there are inner biases.

    Error
    -----
    Formulas exact; balls enclosed.

    Source
    ------
    Derived anew; residual, Theorem B.16, is about positive exponents.

    Examples
    --------
    >>> table = negative_power_constants(
    ...     sympy.S.One, -sympy.Rational(1, 4), ResidualVariances(1, 1, 1, 0))
    >>> {c.name: c.closed_form for c in table}["gap_exponent"]
    1/3
    """
    check_instance("variances", variances, ResidualVariances)
    scale, alpha = as_parameter("scale", scale), as_parameter("alpha", alpha)
    if not (alpha.is_number and alpha > -_HALF and alpha < 0):
        raise OutOfDomain(expected("alpha", "inside (-1/2, 0)", alpha))
    for name, value in (variances.named()[0], variances.named()[2]):
        if sign_of_number(value, name) == 0:
            raise OutOfDomain(expected(name, "to be > 0", value))
    kernel = alpha_relu_kernel(alpha)
    gap = lru_cache(maxsize=8)(lambda bits: kernel_gap(kernel, bits))

    def slope(bits: int) -> arb:
        at = Enclosure(gap(bits))
        return kernel.derivative().enclose(angle_gap=at, dps=dps_from_bits(bits)).ball

    values: dict[sympy.Symbol, object] = {
        SV: variances.branch_weight,
        SA: variances.branch_bias,
        SW: variances.weight,
        GAP: gap,
        SLOPE: slope,
    }
    c_alpha = kernel.second_moment
    a = SV * scale**2 * c_alpha * SW**alpha
    moment = ("c_alpha", "E max(Z, 0)^(2 alpha)", c_alpha)
    if sign_of_number(variances.branch_bias, "branch_bias_variance") == 0:
        rest = 1 - alpha
        first = (a * rest) ** (1 / rest)
        length = "u = p + sigma_b^2/sigma_w^2 = K1 l^(1/(1-alpha)) - K2 l^(alpha/(1-alpha)) log l"
        table = [
            ("e_star", "limit of e, the fixed point of J below 1", 1 - GAP),
            ("e_star_gap", "1 - e_star, with its own relative accuracy", GAP),
            ("mu", "e - e_star ~ K' l^-mu, K' of the input", (1 - SLOPE) / rest),
            moment,
            ("K1", length, first),
            ("K2", length, alpha * first / (2 * rest**2)),
        ]
    else:
        whole = 1 - 2 * alpha
        d = -sympy.gamma(-alpha - _HALF) * sympy.gamma(alpha + 1) ** 2
        d /= sympy.pi * sympy.gamma(alpha + _HALF) * 2 ** (alpha + _HALF)
        length, distance = "p = b0 l + K l^(1+alpha) + ...", "1 - e ~ G l^-gap_exponent"
        table = [
            ("e_star", "limit of e", sympy.S.One),
            moment,
            ("b0", length, SA),
            ("K", length, a * SA**alpha / (1 + alpha)),
            ("gap_exponent", distance, -2 * alpha / whole),
            ("G", distance, (whole * a * d) ** (2 / whole) * SA ** (-(1 + whole) / whole)),
        ]
    return tuple(DepthConstant(name, law, form, values) for name, law, form in table)


def negative_power_laws(biased: bool) -> tuple[str, ...]:
    """Return the laws in which the constants stand, and what has no law."""
    gradient = "gradients have no expectation: the derivative is not integrable at 0"
    if biased:
        return "p = b0 l + K l^(1+alpha) + ...", "1 - e ~ G l^-gap_exponent", gradient
    length = "p + sigma_b^2/sigma_w^2 = K1 l^(1/(1-alpha)) - K2 l^(alpha/(1-alpha)) log l + ..."
    return length, "e - e_star ~ K' l^-mu", gradient
