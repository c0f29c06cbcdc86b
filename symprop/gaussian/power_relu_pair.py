r"""The kernel of two alpha-ReLUs with different exponents.

By Price's theorem the Taylor coefficients at correlation 0 are products of one-dimensional
moments; they solve an equation with exponents 0 and :math:`\mu=(\alpha+\beta+1)/2` at
:math:`\rho=\pm1` and :math:`-\alpha,-\beta` at infinity. The kernel vanishes at -1, so

.. math:: E\,u_+^\alpha v_+^\beta = c\,\frac{G(x)}{G(1)},\quad
    G(x)=x^\mu{}_2F_1\Bigl(\frac{1+\alpha-\beta}2,\frac{1-\alpha+\beta}2;1+\mu;x\Bigr),\quad
    x=\frac{1+\rho}2,

with :math:`c=E\,u_+^{\alpha+\beta}`. Equal exponents give `alpha_relu_kernel`.
"""

from __future__ import annotations

import sympy
from flint import arb
from sympy import Rational

from symprop.foundation.errors import OutOfDomain, expected
from symprop.foundation.validation import check_dps
from symprop.gaussian.power_relu_arguments import read_gap
from symprop.gaussian.power_relu_closed_form import RHO
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import adaptive, as_ball, as_parameter

__all__ = ["pair_closed_form", "pair_kernel"]


def pair_kernel(
    alpha: object,
    beta: object,
    rho: object = None,
    *,
    angle_gap: object = None,
    dps: int = 15,
) -> Enclosure:
    r"""Return ``E max(u, 0)**alpha max(v, 0)**beta`` for standard normal u, v.

    Parameters
    ----------
    alpha, beta : number
        Exponents above -1/2.
    rho : number, optional
        Correlation in [-1, 1].
    angle_gap : number, optional
        ``1 - rho``, instead of ``rho``.
    dps : int
        Relative digits to prove.

    Returns
    -------
    Enclosure

    Raises
    ------
    OutOfDomain
        If an exponent is not above -1/2 or the correlation lies outside [-1, 1].

    Conventions
    -----------
    Unit variances, not normalised.

    Error
    -----
    Enclosed.

    Source
    ------
    The derivation in the head of this module.

    Examples
    --------
    >>> print(pair_kernel(1, 0, "1/2").proved_digits(15))
    0.299206710301075
    """
    check_dps(dps)
    for name, power in (("alpha", alpha), ("beta", beta)):
        if not as_ball(power, 64, name) + 0.5 > 0:
            raise OutOfDomain(expected(name, "> -1/2", power))
    gap = read_gap(rho, angle_gap)

    def value(bits: int) -> arb:
        a, b = as_ball(alpha, bits, "alpha"), as_ball(beta, bits, "beta")
        x = (1 - gap.ball(bits) / 2).intersection(arb(0.5, 0.5))
        mu, first, second = (a + b + 1) / 2, (1 + a - b) / 2, (1 - a + b) / 2
        series = x.hypgeom_2f1(first, second, mu + 1)
        at_one = (mu + 1).gamma() * mu.gamma() * (a + 1).rgamma() * (b + 1).rgamma()
        moment = arb(2) ** (mu - 1.5) * mu.gamma() / arb.const_sqrt_pi()
        return moment * x**mu * series / at_one

    return adaptive(value, dps, "pair kernel")


def pair_closed_form(alpha: sympy.Expr, beta: sympy.Expr, rho: sympy.Expr = RHO) -> sympy.Expr:
    """Return the kernel of two exponents as a SymPy expression; both may be symbolic.

    Examples
    --------
    >>> pair_closed_form(sympy.Integer(1), sympy.Integer(0))
    sqrt(2)*(rho/2 + 1/2)/(2*sqrt(pi))
    """
    alpha, beta = as_parameter("alpha", alpha), as_parameter("beta", beta)
    mu, x = (alpha + beta + 1) / 2, (1 + rho) / 2
    first, second = (1 + alpha - beta) / 2, (1 - alpha + beta) / 2
    at_one = sympy.gamma(mu + 1) * sympy.gamma(mu)
    at_one /= sympy.gamma(alpha + 1) * sympy.gamma(beta + 1)
    moment = 2 ** (mu - Rational(3, 2)) * sympy.gamma(mu) / sympy.sqrt(sympy.pi)
    series = sympy.hyper((first, second), (mu + 1,), x)
    if any(top.is_integer and top.is_nonpositive for top in (first, second)):
        series = sympy.hyperexpand(series)  # a polynomial
    return moment * x**mu * series / at_one
