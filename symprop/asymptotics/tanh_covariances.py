"""The covariance of tanh of two Gaussians of large variance, as a series in ``1/q``."""

from __future__ import annotations

from math import comb, factorial

import sympy

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_instance, check_integer
from symprop.numerics.evaluation import as_parameter

__all__ = ["sech_moment", "tanh_covariance_coefficient", "tanh_covariance_series"]


def sech_moment(order: int) -> sympy.Expr:
    r"""Return ``int x**order sech(x)**2 dx`` over the line, for an even order.

    Parameters
    ----------
    order : int

    Returns
    -------
    sympy.Expr

    Raises
    ------
    InvalidArgument
        If the order is not even, or negative.

    Examples
    --------
    >>> sech_moment(0), sech_moment(2)
    (2, pi**2/6)
    """
    if check_integer("order", order, minimum=0) % 2:
        raise InvalidArgument(expected("order", "to be even", order))
    if order == 0:
        return sympy.Integer(2)
    factor = 1 - sympy.Rational(2) ** (1 - order)
    return 2 * sympy.pi**order * factor * abs(sympy.bernoulli(order))


def tanh_covariance_series(q: sympy.Expr, cosine: sympy.Expr, terms: int) -> sympy.Expr:
    r"""Return the expansion of ``E tanh(sqrt(q) U) tanh(sqrt(q) V)`` at large q.

    .. math:: W = \frac2\pi \arcsin c + \sum_{k\ge1} w_k(t)\, q^{-k}, \qquad t = c/\sqrt{1-c^2}

    Parameters
    ----------
    q : sympy.Expr
        The common variance.
    cosine : sympy.Expr
        Correlation c of U and V, inside (-1, 1).
    terms : int
        How many terms, the arcsine being the first.

    Returns
    -------
    sympy.Expr
        With odd polynomials ``w_k`` of degree ``2k - 1``.

    Raises
    ------
    InvalidArgument
        If ``terms`` is not positive, or another argument is neither a number nor an expression.
    OutOfDomain
        If ``q`` is not positive or the cosine not inside (-1, 1).

    Conventions
    -----------
    U and V are standard.

    Error
    -----
    Exact coefficients; the series diverges, and its remainder is of the order of ``q**-terms``
    for fixed c.

    Source
    ------
    Price's theorem makes the derivative in c an integral of two factors ``sech**2`` against the
    density, which is expanded in ``1/q``; each term is integrated in ``t``.

    Examples
    --------
    >>> q, t = sympy.symbols("q t", positive=True)
    >>> tanh_covariance_series(q, t / sympy.sqrt(1 + t**2), 1)
    2*asin(t/sqrt(t**2 + 1))/pi
    """
    check_integer("terms", terms, minimum=1)
    q, cosine = as_parameter("q", q), as_parameter("cosine", cosine)
    if q.is_positive is False:
        raise OutOfDomain(expected("q", "to be > 0", q))
    if cosine.is_number and not abs(cosine) < 1:
        raise OutOfDomain(expected("cosine", "inside (-1, 1)", cosine))
    tangent = cosine / sympy.sqrt(1 - cosine**2)
    total = 2 * sympy.asin(cosine) / sympy.pi
    symbol = sympy.Dummy("t", real=True)
    for k in range(1, terms):
        polynomial = sympy.horner(tanh_covariance_coefficient(k, symbol), symbol)
        total += polynomial.subs(symbol, tangent) * q**-k
    return total


def tanh_covariance_coefficient(k: int, t: sympy.Symbol) -> sympy.Expr:
    """Return ``w_k(t)`` of `tanh_covariance_series`, an odd polynomial.

    Of ``(x**2 - 2 c x y + y**2)**k`` only even powers of x and y count.

    Examples
    --------
    >>> tanh_covariance_coefficient(1, sympy.Symbol("t"))
    -pi*t/6
    """
    check_integer("k", k, minimum=1)
    check_instance("t", t, sympy.Symbol)
    total = sympy.S.Zero
    for i in range(k // 2 + 1):
        rest = k - 2 * i
        moments = sum(
            comb(rest, a) * sech_moment(2 * (i + a)) * sech_moment(2 * (i + rest - a))
            for a in range(rest + 1)
        )
        power = sympy.integrate(sympy.expand(t ** (2 * i) * (1 + t**2) ** (k - i - 1)), t)
        total += comb(k, 2 * i) * 4**i * moments * power
    return sympy.expand((-1) ** k * total / (2 * sympy.pi * factorial(k) * 2**k))
