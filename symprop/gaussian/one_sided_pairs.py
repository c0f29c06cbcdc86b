"""Kernels of powers of ``max(x, 0)`` with any exponents, alone or beside polynomials."""

from __future__ import annotations

import sympy

from symprop.foundation.errors import NoClosedForm
from symprop.gaussian.atoms import Atom, Step
from symprop.gaussian.hermite_sequences import monomial_sequence, power_sequence

__all__ = ["one_sided_pair"]


def one_sided_pair(
    first: Atom, second: Atom, sigma1: sympy.Expr, sigma2: sympy.Expr, rho: sympy.Expr
) -> sympy.Expr:
    """Return ``E first(U) second(V)`` when at least one is a power of ``max(+-x, 0)``.

    Raises
    ------
    NoClosedForm
        If the other is neither a polynomial nor such a power.
    """
    if not first.is_power:
        return one_sided_pair(second, first, sigma2, sigma1, rho)
    alpha, beta = first.power, second.power
    side = first.steps[0].side
    if second == Atom(power=beta):
        return sigma1**alpha * sigma2**beta * _power_with_monomial(alpha, int(beta), side * rho)
    if second.is_polynomial and len(second.steps) == 1:
        step = second.steps[0]
        if step.blur == 0 and step.location == 0:
            flip = 1 if second.is_power else step.side**beta
            scale = flip * sigma1**alpha * sigma2**beta
            return scale * _power_with_power(alpha, beta, side * step.side * rho)
    raise NoClosedForm(
        f"Expected powers of max(x, 0) together with polynomials but got max(x, 0)**{alpha}"
        " together with exponentials, error functions or steps away from zero."
    )


def _power_with_power(alpha: sympy.Expr, beta: sympy.Expr, rho: sympy.Expr) -> sympy.Expr:
    """Return ``E max(u, 0)**alpha max(v, 0)**beta`` at unit variances, correlation ``rho``."""
    s = (alpha + beta + 1) / 2
    x = (1 + rho) / 2
    scale = 2 ** ((alpha + beta) / 2 - 1) * sympy.gamma(alpha + 1) * sympy.gamma(beta + 1)
    upper = sorted(((1 + alpha - beta) / 2, (1 + beta - alpha) / 2))
    if upper[0].is_Integer:  # then the first is not positive, and the series ends
        series = sympy.Add(
            *(
                sympy.rf(upper[0], k)
                * sympy.rf(upper[1], k)
                * x**k
                / (sympy.rf(s + 1, k) * sympy.factorial(k))
                for k in range(1 - int(upper[0]))
            )
        )
    else:
        series = sympy.hyper(upper, [s + 1], x)
    return scale / (sympy.sqrt(sympy.pi) * sympy.gamma(s + 1)) * x**s * series


def _power_with_monomial(alpha: sympy.Expr, degree: int, rho: sympy.Expr) -> sympy.Expr:
    """Return ``E max(u, 0)**alpha v**degree`` at unit variances: a finite Hermite sum."""
    ramp = Atom(power=alpha, steps=(Step(sympy.S.Zero, sympy.S.Zero, 1),))
    one = sympy.S.One
    left = power_sequence(ramp, one, degree)
    right = monomial_sequence(degree, one, degree)
    return sympy.Add(
        *(
            a * b * rho**k / sympy.factorial(k)
            for k, (a, b) in enumerate(zip(left, right, strict=True))
        )
    )
