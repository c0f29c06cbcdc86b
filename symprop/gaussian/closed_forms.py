"""Closed forms of dual kernels and Gaussian moments, by Price's theorem.

An activation is split into atoms (`symprop.gaussian.atoms`), each pair of atoms is
integrated exactly (`symprop.gaussian.price`), the sum is written shortly
(`symprop.gaussian.assembly`). Powers of ``max(x, 0)`` that are no integers go through
Gauss's hypergeometric function. Whatever is not a sum of atoms is refused at once.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

import sympy

from symprop.foundation.errors import NoClosedForm, OutOfDomain, expected
from symprop.foundation.validation import check_integer
from symprop.gaussian.assembly import assemble, real_part
from symprop.gaussian.atoms import ONE, Atom, Atoms, decompose, multiply
from symprop.gaussian.hermite_sequences import hermite_sequence, power_moment
from symprop.gaussian.one_sided_pairs import one_sided_pair
from symprop.gaussian.price import (
    Terms,
    add_terms,
    expect,
    expect_polynomials,
    hermite_moments,
)
from symprop.gaussian.rational_functions import Ring
from symprop.numerics.evaluation import as_parameter
from symprop.specs.activations import Activation, activation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sympy.polys.fields import FracElement

__all__ = [
    "Q1",
    "Q2",
    "RHO",
    "Q",
    "expectation_closed_form",
    "hermite_closed_form",
    "kernel_closed_form",
    "second_moment_closed_form",
]

RHO = sympy.Symbol("rho", real=True)
"""Correlation."""
Q = sympy.Symbol("q", positive=True)
"""Variance of a single Gaussian."""
Q1 = sympy.Symbol("q1", positive=True)
"""Variance of the first Gaussian of a pair."""
Q2 = sympy.Symbol("q2", positive=True)
"""Variance of the second Gaussian of a pair."""

_MOST_OPERATIONS_TO_FACTOR = 200
_MANY_POWERS = 8  # of a polynomial, from which on its kernel is not multiplied out
_HALF = sympy.Rational(1, 2)


@lru_cache(maxsize=512)
def _atoms(phi: Activation) -> tuple[sympy.Expr, Atoms]:
    """Return the factor that all coefficients share, and the atoms without it."""
    found = decompose(phi)
    shared: set[sympy.Expr] | None = None
    for coefficient in found.values():
        factors = {
            item
            for item in sympy.Mul.make_args(coefficient)
            if not (item.is_Rational or item.has(sympy.I))
        }
        shared = factors if shared is None else shared & factors
    common = sympy.Mul(*(shared or ()))
    return common, {atom: coefficient / common for atom, coefficient in found.items()}


def _is_simple(number: sympy.Expr) -> bool:
    """Whether a number enters the field by its parts: rationals, square roots and ``I``."""
    return all(
        part.is_Rational
        or part is sympy.I
        or (isinstance(part, sympy.exp) and part.args[0].has(sympy.I))
        or (isinstance(part, sympy.Pow) and part.base.is_Rational and abs(part.exp) == _HALF)
        for part in sympy.Mul.make_args(number)
    )


def _ring(sigma1: sympy.Expr, sigma2: sympy.Expr, atoms: Iterable[tuple[Atom, sympy.Expr]]) -> Ring:
    numbers: list[sympy.Expr] = []
    opaque: list[sympy.Expr] = []
    for atom, coefficient in atoms:
        numbers += [atom.linear, atom.quadratic]
        for step in atom.steps:
            numbers += [step.location, step.blur]
        if _is_simple(coefficient):
            numbers.append(coefficient)
        else:
            opaque.append(coefficient.as_coeff_Mul()[1])
    return Ring(sigma1, sigma2, RHO, numbers, opaque)


def _in_ring(ring: Ring, coefficient: sympy.Expr) -> FracElement:
    number, rest = coefficient.as_coeff_Mul()
    return ring(number) * ring(rest)


def _sum_of_pairs(sigma1: sympy.Expr, sigma2: sympy.Expr, left: Atoms, right: Atoms) -> sympy.Expr:
    sides = [
        {atom: coefficient for atom, coefficient in side.items() if not atom.is_power}
        for side in (left, right)
    ]
    ring = _ring(sigma1, sigma2, (item for side in sides for item in side.items()))
    first, second = (
        {atom: _in_ring(ring, coefficient) for atom, coefficient in side.items()} for side in sides
    )
    terms = expect_polynomials(ring, _powers(first), _powers(second))
    for (one, c), (other, d) in product(first.items(), second.items()):
        if not (one.is_monomial and other.is_monomial):
            add_terms(terms, expect(ring, one, other), c * d)
    powers = [
        c * d * one_sided_pair(one, other, sigma1, sigma2, RHO)
        for (one, c), (other, d) in product(left.items(), right.items())
        if one.is_power or other.is_power
    ]
    return sympy.Add(assemble(ring, terms), *powers)


def _mehler_sum(sigma1: sympy.Expr, sigma2: sympy.Expr, left: Atoms, right: Atoms) -> sympy.Expr:
    """Return ``E f(U) g(V)`` of polynomials by powers of rho, each with a factor per variable.

    Multiplied out, as short polynomials are, it would have the square of the terms.
    """
    first, second = (
        hermite_moments(
            {int(atom.power): value * sigma ** int(atom.power) for atom, value in side.items()},
            sympy.S.Zero,
        )
        for side, sigma in ((left, sigma1), (right, sigma2))
    )
    return sympy.Add(
        *(
            sympy.factor_terms(a) * sympy.factor_terms(b) * RHO**k / sympy.factorial(k)
            for k, (a, b) in enumerate(zip(first, second, strict=False))
        )
    )


def _powers(atoms: dict[Atom, FracElement]) -> dict[int, FracElement]:
    return {int(atom.power): value for atom, value in atoms.items() if atom.is_monomial}


def _check_existence(q1: sympy.Expr, q2: sympy.Expr, left: Atoms, right: Atoms) -> None:
    """Refuse numeric variances at which the expectation is infinite for some correlation."""
    if q1.free_symbols or q2.free_symbols:
        return
    rates = [{atom.quadratic for atom in side} for side in (left, right)]
    for b1, b2 in product(*rates):
        margins = (1 - 2 * b1 * q1, 1 - 2 * b2 * q2)
        crossed = margins[0] * margins[1] - 4 * b1 * b2 * q1 * q2
        if not (margins[0] > 0 and margins[1] > 0 and crossed > 0):
            raise OutOfDomain(
                expected("variances", "small enough for a finite expectation", f"({q1}, {q2})")
            )


def kernel_closed_form(
    phi: Activation | str | sympy.Expr,
    psi: Activation | str | sympy.Expr | None = None,
    *,
    variances: tuple[sympy.Expr, sympy.Expr] = (Q1, Q2),
) -> sympy.Expr:
    """Return ``E phi(U) psi(V)``, ``U, V`` Gaussian of variances ``Q1, Q2`` and correlation rho.

    Parameters
    ----------
    phi, psi : Activation, str or sympy.Expr
        ``psi`` is ``phi`` when left out.
    variances : pair of sympy.Expr
        Exact numbers or symbols to use for ``Q1`` and ``Q2`` (the shortest result at unit
        variances comes from ``variances=(1, 1)``).

    Returns
    -------
    sympy.Expr
        In `RHO`, `Q1`, `Q2`; finite when ``rho = 1`` or ``rho = -1`` is put in.

    Raises
    ------
    NoClosedForm
        At once, naming the term that blocks.
    OutOfDomain
        If the expectation is infinite at the numeric variances given.

    Conventions
    -----------
    Variances, not standard deviations; no normalisation.

    Error
    -----
    Exact.

    Source
    ------
    Price's theorem (Price 1958); for powers ``max(x, 0)**alpha`` the Hermite series summed
    by Euler's and the quadratic transformation.

    Examples
    --------
    >>> kernel_closed_form("relu", variances=(1, 1))
    (rho*(pi - acos(rho)) + sqrt(1 - rho**2))/(2*pi)
    >>> kernel_closed_form("erf", variances=(1, 1))
    2*asin(2*rho/3)/pi
    """
    first = activation(phi)
    second = first if psi is None else activation(psi)
    q1, q2 = (_variance(value) for value in variances)
    form = _kernel_or_reason(first, second, q1, q2)
    if isinstance(form, str):
        raise NoClosedForm(form)
    return form


@lru_cache(maxsize=512)
def _kernel_or_reason(
    phi: Activation, psi: Activation, q1: sympy.Expr, q2: sympy.Expr
) -> sympy.Expr | str:
    """Remember also that there is no closed form: finding out may have taken seconds."""
    try:
        return _kernel(phi, psi, q1, q2)
    except NoClosedForm as error:
        return str(error)


def _kernel(phi: Activation, psi: Activation, q1: sympy.Expr, q2: sympy.Expr) -> sympy.Expr:
    left_factor, left = _atoms(phi)
    right_factor, right = _atoms(psi)
    _check_existence(q1, q2, left, right)
    sigmas = sympy.sqrt(q1), sympy.sqrt(q2)
    polynomial = all(atom.is_monomial for atom in (*left, *right))
    if polynomial and all(sigma.free_symbols for sigma in sigmas) and len(left) > _MANY_POWERS:
        return left_factor * right_factor * _mehler_sum(*sigmas, left, right)
    if not all(sigma.is_Rational or sigma.free_symbols for sigma in sigmas):
        if polynomial:
            scaled = (
                {atom: value * sigma**atom.power for atom, value in side.items()}
                for side, sigma in zip((left, right), sigmas, strict=True)
            )
            return left_factor * right_factor * _sum_of_pairs(sympy.S.One, sympy.S.One, *scaled)
        return kernel_closed_form(phi, psi).subs({Q1: q1, Q2: q2})
    return left_factor * right_factor * _sum_of_pairs(*sigmas, left, right)


def _variance(value: object) -> sympy.Expr:
    variance = as_parameter("variance", value)
    if variance.is_number and not bool(variance > 0):
        raise OutOfDomain(expected("variance", "to be > 0", value))
    return variance


def expectation_closed_form(
    phi: Activation | str | sympy.Expr, *, variance: sympy.Expr = Q
) -> sympy.Expr:
    """Return ``E phi(U)`` for ``U`` centred Gaussian of variance ``Q``.

    Raises
    ------
    NoClosedForm
        At once, naming the term that blocks.

    Error
    -----
    Exact.

    Examples
    --------
    >>> expectation_closed_form("relu")
    sqrt(2)*sqrt(q)/(2*sqrt(pi))
    """
    return _moment(activation(phi), False, _variance(variance))


def second_moment_closed_form(
    phi: Activation | str | sympy.Expr, *, variance: sympy.Expr = Q
) -> sympy.Expr:
    """Return ``E phi(U)**2`` for ``U`` centred Gaussian of variance ``Q``.

    Raises
    ------
    NoClosedForm
        At once, naming the term that blocks.

    Error
    -----
    Exact.

    Examples
    --------
    >>> second_moment_closed_form("gelu", variance=1)
    sqrt(3)/(6*pi) + 1/3
    """
    return _moment(activation(phi), True, _variance(variance))


@lru_cache(maxsize=512)
def _moment(phi: Activation, squared: bool, q: sympy.Expr) -> sympy.Expr:
    factor, atoms = _atoms(phi)
    if squared:
        factor, atoms = factor**2, multiply(atoms, atoms)
    _check_existence(q, q, atoms, {ONE: sympy.S.One})
    sigma = sympy.sqrt(q)
    if not (sigma.is_Rational or sigma.free_symbols):
        return _moment(phi, squared, Q).subs(Q, q)
    return factor * _sum_of_expectations(sigma, atoms)


def _sum_of_expectations(sigma: sympy.Expr, atoms: Atoms) -> sympy.Expr:
    ring = _ring(sigma, sympy.S.One, ((a, c) for a, c in atoms.items() if not a.is_power))
    terms: Terms = {}
    powers = sympy.S.Zero
    for atom, coefficient in atoms.items():
        if atom.is_power:
            if not atom.is_polynomial or len(atom.steps) > 1:
                raise NoClosedForm(
                    f"Expected a power without exponentials but got x**{atom.power} times others."
                )
            powers += coefficient * power_moment(atom.power, sigma)
        else:
            add_terms(terms, expect(ring, atom, ONE), _in_ring(ring, coefficient))
    return assemble(ring, terms) + powers


def hermite_closed_form(
    phi: Activation | str | sympy.Expr, order: int, *, variance: sympy.Expr = Q
) -> list[sympy.Expr]:
    """Return the exact coefficients ``a_k = E phi(sqrt(Q) Z) He_k(Z)/sqrt(k!)``, ``k = 0..order``.

    Parameters
    ----------
    phi : Activation, str or sympy.Expr
    order : int
        Largest ``k``, at least 0.
    variance : sympy.Expr
        Exact number or symbol to use for ``Q``.

    Raises
    ------
    NoClosedForm
        At once, naming the term that blocks.

    Conventions
    -----------
    Orthonormal probabilists' basis.

    Error
    -----
    Exact.

    Source
    ------
    Stein's identity; the recurrences are in `symprop.gaussian.hermite_sequences`.

    Examples
    --------
    >>> hermite_closed_form("relu", 4, variance=1)
    [sqrt(2)/(2*sqrt(pi)), 1/2, 1/(2*sqrt(pi)), 0, -sqrt(3)/(12*sqrt(pi))]
    """
    check_integer("order", order, minimum=0)
    factor, atoms = _atoms(activation(phi))
    sigma = sympy.sqrt(_variance(variance))
    totals = [sympy.S.Zero] * (order + 1)
    for atom, coefficient in atoms.items():
        sequence = hermite_sequence(atom, sigma, order, _mean_at(sigma))
        for k, value in enumerate(sequence):
            totals[k] += coefficient * value
    return [
        _short(total) * factor / sympy.sqrt(sympy.factorial(k)) for k, total in enumerate(totals)
    ]


def _mean_at(sigma: sympy.Expr) -> Callable[[Atom], sympy.Expr]:
    return lambda atom: _sum_of_expectations(sigma, {atom: sympy.S.One})


def _short(total: sympy.Expr) -> sympy.Expr:
    """Join conjugate terms and pull out common factors."""
    if total.has(sympy.I):
        parts = sympy.Add.make_args(sympy.expand(total))
        total = sympy.Add(*(real_part(part, sympy.S.Zero) for part in parts))
    if not isinstance(total, sympy.Add) or total.count_ops() > _MOST_OPERATIONS_TO_FACTOR:
        return total
    total = sympy.expand(total)
    if total.has(sympy.erf, sympy.erfc):  # over a common denominator, exponentials would overflow
        return sympy.factor_terms(total, radical=True)
    return sympy.factor(sympy.together(total))
