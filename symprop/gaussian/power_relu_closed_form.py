r"""Exact forms of the alpha-ReLU kernel, its expansion at correlation one, its constants.

The unnormalised kernel :math:`M_\alpha=\int_0^\pi\max(c+\cos t,0)^\alpha dt` obeys, for
``alpha > 1``,

.. math:: \alpha M_\alpha = (2\alpha-1)\,c\,M_{\alpha-1} + (\alpha-1)(1-c^2)\,M_{\alpha-2},

from the derivative of :math:`\sin t\,(c+\cos t)^{\alpha-1}`. With :math:`M_0=\pi-\theta`,
:math:`M_1=c(\pi-\theta)+\sin\theta` it gives integer exponents; with
:math:`M_{-1/2}=\sqrt2K(x)` and :math:`M_{1/2}=2\sqrt2(E(x)-(1-x)K(x))` half-integers.
"""

from __future__ import annotations

import sympy
from sympy import Rational, S

from symprop.foundation.errors import NoClosedForm, OutOfDomain, expected
from symprop.numerics.evaluation import as_parameter

__all__ = [
    "RHO",
    "endpoint_coefficient",
    "endpoint_expansion",
    "normalised_closed_form",
    "second_moment_closed_form",
    "taylor_coefficients",
]

RHO = sympy.Symbol("rho", real=True)
"""The correlation."""

_HALF = Rational(1, 2)
_LARGEST_REDUCED = 60  # above it, the recurrence is longer than the formula it replaces


def _checked(alpha: sympy.Expr | None) -> sympy.Expr:
    if alpha is None:
        raise NoClosedForm("Expected an exact alpha for a closed form but got a ball.")
    alpha = as_parameter("alpha", alpha)
    if alpha.is_number and not bool(alpha > -_HALF):
        raise OutOfDomain(expected("alpha", "> -1/2", alpha))
    return alpha


def second_moment_closed_form(alpha: sympy.Expr | None) -> sympy.Expr:
    """Return ``c_alpha = 2**(alpha-1) Gamma(alpha+1/2)/sqrt(pi)``."""
    alpha = _checked(alpha)
    return 2 ** (alpha - 1) * sympy.gamma(alpha + _HALF) / sympy.sqrt(sympy.pi)


def normalisation(alpha: sympy.Expr) -> sympy.Expr:
    """Return ``N_alpha``, the integral of ``(1 + cos t)**alpha`` over ``[0, pi]``."""
    gammas = sympy.gamma(alpha + _HALF) / sympy.gamma(alpha + 1)
    return 2**alpha * sympy.sqrt(sympy.pi) * gammas


def normalised_closed_form(alpha: sympy.Expr | None, rho: sympy.Expr = RHO) -> sympy.Expr:
    """Return ``J_alpha(rho)`` in closed form; ``alpha`` may be symbolic.

    Raises
    ------
    NoClosedForm
        If ``alpha`` is None, which stands for a ball.

    Examples
    --------
    >>> normalised_closed_form(Rational(1, 2))
    (rho - 1)*elliptic_k(rho/2 + 1/2)/2 + elliptic_e(rho/2 + 1/2)
    """
    alpha = _checked(alpha)
    if alpha.is_integer and alpha.is_number and alpha <= _LARGEST_REDUCED:
        angle = sympy.pi / 2 + sympy.asin(rho)
        pair = _climb(int(alpha), S.Zero, rho, ((S.One, S.Zero), (rho, S.One)))
        return (pair[0] * angle + pair[1] * sympy.sqrt(1 - rho**2)) / normalisation(alpha)
    x = (1 + rho) / 2
    if (2 * alpha).is_integer and alpha.is_number and alpha <= _LARGEST_REDUCED:
        # in the basis K(x), E(x), in units of sqrt(2)
        bottom, top = (S.One, S.Zero), (-(1 - rho), S(2))
        pair = _climb(int(alpha + _HALF), -_HALF, rho, (bottom, top))
        scale = sympy.sqrt(2) / normalisation(alpha)
        first, second = (sympy.factor(scale * part) for part in pair)
        return first * sympy.elliptic_k(sympy.expand(x)) + second * sympy.elliptic_e(
            sympy.expand(x)
        )
    return _edge_solution(alpha, x) / _edge_at_one(alpha)


def _climb(
    steps: int,
    base: sympy.Expr,
    rho: sympy.Expr,
    pairs: tuple[tuple[sympy.Expr, sympy.Expr], tuple[sympy.Expr, sympy.Expr]],
) -> tuple[sympy.Expr, sympy.Expr]:
    """Apply the recurrence to coefficient pairs, from exponents ``base`` and ``base + 1``."""
    lower, upper = pairs
    if steps == 0:
        return lower
    for step in range(2, steps + 1):
        alpha = base + step
        new = tuple(
            sympy.expand(((2 * alpha - 1) * rho * high + (alpha - 1) * (1 - rho**2) * low) / alpha)
            for low, high in zip(lower, upper, strict=True)
        )
        lower, upper = upper, (new[0], new[1])
    return upper


def _edge_solution(alpha: sympy.Expr, x: sympy.Expr) -> sympy.Expr:
    return x ** (alpha + _HALF) * sympy.hyper((_HALF, _HALF), (alpha + 3 * _HALF,), x)


def _edge_at_one(alpha: sympy.Expr) -> sympy.Expr:
    gammas = sympy.gamma(alpha + 3 * _HALF) * sympy.gamma(alpha + _HALF)
    return gammas / sympy.gamma(alpha + 1) ** 2


def taylor_coefficients(alpha: sympy.Expr | None, order: int) -> list[sympy.Expr]:
    r"""Return the coefficients of ``J_alpha`` in powers of ``rho``, up to ``order``.

    .. math:: m_0=\frac{\Gamma((\alpha+1)/2)^2}{2\sqrt\pi\,\Gamma(\alpha+1/2)},\quad
        m_1=\frac{\Gamma(\alpha/2+1)^2}{\sqrt\pi\,\Gamma(\alpha+1/2)},\quad
        m_{n+2}=\frac{(n-\alpha)^2}{(n+1)(n+2)}\,m_n
    """
    alpha = _checked(alpha)
    scale = sympy.sqrt(sympy.pi) * sympy.gamma(alpha + _HALF)
    result = [
        sympy.gamma((alpha + 1) / 2) ** 2 / (2 * scale),
        sympy.gamma(alpha / 2 + 1) ** 2 / scale,
    ]
    for n in range(order - 1):
        result.append(result[n] * (n - alpha) ** 2 / ((n + 1) * (n + 2)))
    return result[: order + 1]


def endpoint_coefficient(alpha: sympy.Expr) -> sympy.Expr:
    r"""Return the coefficient ``U`` of ``e**(alpha+1/2)`` in ``J_alpha(1-e)``.

    .. math:: U = \frac{2^{-\alpha-1/2}\,\Gamma(\alpha+1)^2\,\Gamma(-\alpha-1/2)}
        {\pi\,\Gamma(\alpha+1/2)}

    Raises
    ------
    OutOfDomain
        At half-integers ``alpha``, where ``e**(alpha+1/2) log(e)`` takes its place.

    Examples
    --------
    >>> endpoint_coefficient(sympy.Integer(1))
    2*sqrt(2)/(3*pi)
    """
    alpha = _checked(alpha)
    if alpha.is_number and (alpha + _HALF).is_integer:
        raise OutOfDomain(expected("alpha", "not to be half an odd integer", alpha))
    power = alpha + _HALF
    return (
        2 ** (-power)
        * sympy.gamma(alpha + 1) ** 2
        * sympy.gamma(-power)
        / (sympy.pi * sympy.gamma(power))
    )


def endpoint_expansion(alpha: sympy.Expr, terms: int, gap: sympy.Expr) -> sympy.Expr:
    r"""Return ``J_alpha(1 - gap)`` with ``terms`` terms of each of its two power series.

    With :math:`\delta` = ``gap/2`` and :math:`\mu=\alpha+1/2`, away from half-integers,

    .. math:: J_\alpha = \sum_k\frac{(-\alpha)_k^2}{(1/2-\alpha)_k\,k!}\delta^k
        + U\,(2\delta)^{\mu}\sum_k\frac{(1/2)_k^2}{(\mu+1)_k\,k!}\delta^k ;

    at :math:`\mu=m=1,2,\dots` the first sum stops before ``k = m`` and the second becomes

    .. math:: \frac{(-1)^{m+1}\Gamma(m+1/2)^2}{\pi\,\Gamma(m)\Gamma(m+1)}\,\delta^m
        \sum_k\frac{(1/2)_k^2\,\delta^k}{(m+1)_k\,k!}
        \Bigl[\log\tfrac{\delta}{16}+\sum_{i<k}\tfrac{2}{i+1/2}-H_k-H_{k+m}\Bigr].

    Examples
    --------
    >>> e = sympy.Symbol("e", positive=True)
    >>> endpoint_expansion(sympy.Integer(1), 2, e)
    2*sqrt(2)*e**(3/2)*(e/20 + 1)/(3*pi) - e + 1
    """
    alpha = _checked(alpha)
    delta = gap / 2
    m = alpha + _HALF
    logarithmic = bool(m.is_number and m.is_integer)
    count = min(terms, int(m)) if logarithmic else terms
    regular = sum(
        (
            sympy.rf(-alpha, k) ** 2 / (sympy.rf(_HALF - alpha, k) * sympy.factorial(k)) * delta**k
            for k in range(count)
        ),
        S.Zero,
    )
    singular = S.Zero
    for k in range(terms):
        term = sympy.rf(_HALF, k) ** 2 / (sympy.rf(m + 1, k) * sympy.factorial(k)) * delta**k
        if logarithmic:
            odd = sum((1 / (i + _HALF) for i in range(k)), S.Zero)
            harmonics = sympy.harmonic(k) + sympy.harmonic(k + m)
            term *= sympy.log(delta / 16) + 2 * odd - harmonics
        singular += term
    if not logarithmic:
        return regular + endpoint_coefficient(alpha) * gap**m * singular
    scale = sympy.gamma(m + _HALF) ** 2 / (sympy.pi * sympy.gamma(m) * sympy.gamma(m + 1))
    return regular + (-1) ** (m + 1) * scale * delta**m * singular
