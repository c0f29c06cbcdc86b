r"""Finite-width moments at great depth and width, for Gaussian weights.

Closed forms in the depth, and what they become when depth, width or both grow.
"""

from __future__ import annotations

from typing import Any

import sympy

from symprop.foundation.errors import InvalidArgument, NoClosedForm, OutOfDomain, expected
from symprop.foundation.validation import MAX_DEPTH
from symprop.moments.scalars import branch_strength
from symprop.numerics.evaluation import as_size
from symprop.numerics.rationals import exact_rational
from symprop.specs.branched import Branched, ResNet, Vanilla

__all__ = [
    "closed_form",
    "dense_depth_limit",
    "proportional_limit",
    "residual_depth_limit",
]


def closed_form(network: Branched, width: Any, depth: Any) -> sympy.Expr:
    r"""Return :math:`\mathrm E\,G^2` of Gaussian weights as a function of the depth.

    Plain networks have

    .. math:: \frac{n+2}n\Bigl[\Bigl(1+\frac5n\Bigr)^L\Bigl(\frac{L^2}3+\frac{2(n+2)L}9
        -\frac{(n-1)(n+5)}{27}\Bigr)+\frac{(n-1)(n+5)}{27}\Bigl(1-\frac1n\Bigr)^L\Bigr],

    residual networks a sum of the same kind with other constants.

    Parameters
    ----------
    network : Vanilla or ResNet
        With an input layer, and the weights between the end layers trained.
    width, depth : int or sympy.Expr
        Numbers or symbols.

    Returns
    -------
    sympy.Expr

    Raises
    ------
    InvalidArgument
        If a number is not an integer, or too small.
    NoClosedForm
        For other networks.

    Conventions
    -----------
    The input has mean square 1. The mean of ``G`` is ``L`` and ``m L A (1 + A)**(L - 1)``.

    Error
    -----
    Exact.

    Source
    ------
    derivations/finite_width_moments.py.

    Examples
    --------
    >>> closed_form(Vanilla(), 10, 3)
    14337/500
    """
    if not isinstance(network, Branched):
        raise InvalidArgument(expected("network", "to be a branched one", network))
    if network.trained != ("hidden",) or not network.input_layer:
        raise NoClosedForm(f"No closed form in the depth is known for {network!r}.")
    n, L = as_size("width", width), as_size("depth", depth, minimum=0, maximum=MAX_DEPTH)
    if isinstance(network, Vanilla):
        share = (n - 1) * (n + 5) / 27
        grown = (L**2 / 3 + 2 * (n + 2) * L / 9 - share) * (1 + 5 / n) ** L
        return (n + 2) / n * (grown + share * (1 - 1 / n) ** L)
    if isinstance(network, ResNet):
        return _residual(network.branch_depth, _strength(network), n, L)
    raise NoClosedForm(f"No closed form in the depth is known for {network!r}.")


def _strength(network: ResNet) -> sympy.Expr:
    strength = branch_strength(network)
    if isinstance(strength, sympy.Expr):
        return strength
    return sympy.Rational(int(strength.p), int(strength.q))


def _residual(m: int, strength: sympy.Expr, n: sympy.Expr, depth: sympy.Expr) -> sympy.Expr:
    r"""Return the closed form of a residual network.

    Normalised by :math:`\xi^l`, with :math:`\xi` the growth of :math:`\mathrm E|y|^4`, the parts
    of the state are a linear ``u``, a geometric ``w`` and their sum ``r``.
    """
    if strength == 0:  # growth and decay are one, and nothing is gathered
        return sympy.S.Zero
    a, up, gate, down = strength, 1 + 2 / n, 1 + 5 / n, 1 - 1 / n
    inner = up * gate ** (m - 1)
    growth = 1 + 2 * a * up + a**2 * inner
    decay = 1 + 2 * a * down + a**2 * down**m
    ratio = down / gate
    mixed = sum(down ** (m - h + 1) * gate ** (h - 1) for h in range(1, m + 1))
    fresh = [sum((ratio**j for j in range(1, h + 1)), sympy.S.Zero) / 3 for h in range(m)]
    slope = m * (a * up + a**2 * inner) / (3 * growth)
    level = (m * a * down + a**2 * mixed) / (3 * (growth - decay))
    steady = m + sympy.Rational(m * (m - 1), 3) + 4 * sum(fresh)
    by_u = 2 * m * a * up / 3 + 2 * m * a**2 * inner / 3
    by_w = 4 * m * a * up / 3 + 4 * a**2 * inner * sum(ratio**h for h in range(m)) / 3
    past = depth - (1 - (decay / growth) ** depth) / (1 - decay / growth)
    total = a**2 * inner * steady / 3 * depth + by_u * slope * depth * (depth - 1) / 2
    return 3 * up * growth ** (depth - 1) * (total + by_w * level * past)


def residual_depth_limit(strength: Any, width: Any) -> sympy.Expr:
    r"""Return the limit of Var G/(E G)^2 for :math:`\alpha^m=s/L` as the depth ``L`` grows.

    .. math:: 2\lambda^2e^{4s/n}\Bigl[\frac\lambda6+\frac{n-1}{9s^2}\Bigl(s-\frac n6
        \bigl(1-e^{-6s/n}\bigr)\Bigr)\Bigr]-1,\qquad\lambda=1+\frac2n

    It does not depend on ``m``, and is :math:`(4+\frac83s)/n+O(n^{-2})`.

    Parameters
    ----------
    strength : number or sympy.Expr
        ``s > 0``.
    width : int or sympy.Expr
        ``n``.

    Returns
    -------
    sympy.Expr

    Raises
    ------
    InvalidArgument
        If the width is neither an integer >= 1 nor an expression with symbols.
    OutOfDomain
        If the strength is a number that is not positive.

    Error
    -----
    Exact.

    Source
    ------
    derivations/finite_width_moments.py.

    Examples
    --------
    >>> residual_depth_limit(1, 10).n(8)
    0.92489522
    """
    s, n = _exact("strength", strength), as_size("width", width)
    if s.is_positive is False:
        raise OutOfDomain(expected("strength", "> 0", strength))
    up = 1 + 2 / n
    bracket = up / 6 + (n - 1) / (9 * s**2) * (s - n / 6 * (1 - sympy.exp(-6 * s / n)))
    return 2 * up**2 * sympy.exp(4 * s / n) * bracket - 1


def dense_depth_limit(width: Any) -> sympy.Expr:
    r"""Return the limit of Var G/(E G)^2 of a dense network as its depth grows.

    .. math:: \Bigl(1+\frac2n\Bigr)\frac{\sinh t}t-1,\qquad t=\pi\sqrt{5/n}

    Parameters
    ----------
    width : int or sympy.Expr
        ``n``.

    Returns
    -------
    sympy.Expr

    Raises
    ------
    InvalidArgument
        If the width is neither an integer >= 1 nor an expression with symbols.

    Error
    -----
    Exact; the limit is approached as slowly as ``1/log L``.

    Source
    ------
    derivations/finite_width_moments.py.

    Examples
    --------
    >>> dense_depth_limit(10).n(8)
    1.4611479
    """
    n = as_size("width", width)
    t = sympy.pi * sympy.sqrt(5 / n)
    return (1 + 2 / n) * sympy.sinh(t) / t - 1


def proportional_limit(ratio: Any) -> sympy.Expr:
    r"""Return the limit of Var G/(E G)^2 of a plain network as ``L = b n`` and ``n`` grows.

    .. math:: e^{5b}\Bigl(\frac13+\frac2{9b}-\frac1{27b^2}\Bigr)+\frac{e^{-b}}{27b^2}-1

    Parameters
    ----------
    ratio : number or sympy.Expr
        ``b > 0``, depth over width.

    Returns
    -------
    sympy.Expr

    Raises
    ------
    OutOfDomain
        If the ratio is a number that is not positive.

    Error
    -----
    Exact.

    Source
    ------
    derivations/finite_width_moments.py.

    Examples
    --------
    >>> proportional_limit("1/10").n(8)
    0.45827342
    """
    b = _exact("ratio", ratio)
    if b.is_positive is False:
        raise OutOfDomain(expected("ratio", "> 0", ratio))
    grown = sympy.exp(5 * b) * (sympy.Rational(1, 3) + 2 / (9 * b) - 1 / (27 * b**2))
    return grown + sympy.exp(-b) / (27 * b**2) - 1


def _exact(name: str, value: Any) -> sympy.Expr:
    """Return an exact number or an expression, whatever a number is written as."""
    if isinstance(value, sympy.Expr) and not value.has(sympy.Float):
        return value
    number = exact_rational(value)
    if number is None:
        raise InvalidArgument(expected(name, "to be an exact number or an expression", value))
    return sympy.Rational(int(number.p), int(number.q))
