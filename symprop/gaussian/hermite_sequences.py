"""Exact moments ``E f(U) He_k(U/sigma)``, ``k = 0..order``, of single atoms.

All follow from Stein's identity ``E g(Z) He_k(Z) = E g'(Z) He_{k-1}(Z)``:

- a step at ``t`` with blur ``w``: ``(sigma/v)**k He_{k-1}(t/v) phi(t/v)``, ``v**2 = sigma**2 + w``;
- ``exp(a x + b x**2)``: ``h_k = alpha h_{k-1} + beta (k-1) h_{k-2}`` with
  ``beta = 2 b Q/(1 - 2 b Q)``, ``alpha = a sigma/(1 - 2 b Q)``;
- their product: the same recurrence with the moments of the derivative of the step added;
- a factor ``x``: ``h_k(x f) = sigma (h_{k+1}(f) + k h_{k-1}(f))``;
- ``max(x, 0)**p``: ``h_{k+2} = (p - k) h_k``, for every ``p``;
- ``x**n``: ``n!/(2**h h!)`` with ``h = (n - k)/2``.
"""

from __future__ import annotations

from fractions import Fraction
from math import factorial
from typing import TYPE_CHECKING

import sympy

from symprop.foundation.errors import NoClosedForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from symprop.gaussian.atoms import Atom, Step

__all__ = [
    "hermite_sequence",
    "hermite_value",
    "monomial_sequence",
    "power_moment",
    "power_sequence",
]

Sequence = list[sympy.Expr]
_ROOT_TWO_PI = sympy.sqrt(2 * sympy.pi)


def hermite_value(degree: int, y: sympy.Expr) -> sympy.Expr:
    """Return the probabilists' Hermite polynomial at ``y``; one term where ``y**2`` is rational.

    Examples
    --------
    >>> hermite_value(3, sympy.sqrt(2))
    -sqrt(2)
    """
    weights = [1]
    for j in range(degree // 2):
        step = (degree - 2 * j) * (degree - 2 * j - 1)
        weights.append(-weights[-1] * step // (2 * (j + 1)))
    square = sympy.expand(y**2)
    if square.is_Rational:
        exact = Fraction(int(square.p), int(square.q))
        total = Fraction(0)
        for weight in weights:
            total = total * exact + weight
        value = sympy.Rational(total.numerator, total.denominator)
        return value * y if degree % 2 else value
    return sympy.Add(*(weight * y ** (degree - 2 * j) for j, weight in enumerate(weights)))


def power_moment(power: sympy.Expr, sigma: sympy.Expr) -> sympy.Expr:
    """Return ``E max(U, 0)**power``."""
    scale = 2 ** (power / 2 - 1) / sympy.sqrt(sympy.pi)
    return sigma**power * scale * sympy.gamma((power + 1) / 2)


def power_sequence(atom: Atom, sigma: sympy.Expr, order: int) -> Sequence:
    """Return the moments of a power on one side of 0: of ``|x|``, or of ``x`` if it is integer."""
    power, side = atom.power, atom.steps[0].side
    sign = side**power if power.is_Integer else 1
    result = [sign * power_moment(power, sigma), sign * side * power_moment(power + 1, sigma)]
    result[1] /= sigma
    for k in range(2, order + 1):
        result.append(result[k - 2] * (power - k + 2))
    return result[: order + 1]


def monomial_sequence(power: int, sigma: sympy.Expr, order: int) -> Sequence:
    """Return the moments of ``x**n``: ``n!/(2**h h!)`` where ``h = (n - k)/2`` is whole."""
    weights = {
        power - 2 * half: factorial(power) // (2**half * factorial(half))
        for half in range(power // 2 + 1)
    }
    return [sigma**power * weights.get(k, 0) for k in range(order + 1)]


def _is_one_sided_power(atom: Atom) -> bool:
    """Whether the atom is a power of ``x`` times the sharp step at 0."""
    return (
        atom.is_polynomial
        and len(atom.steps) == 1
        and bool(atom.steps[0].location == 0 and atom.steps[0].blur == 0)
    )


def _of_exponential(a: sympy.Expr, b: sympy.Expr, sigma: sympy.Expr, order: int) -> Sequence:
    narrowing = 1 - 2 * b * sigma**2
    alpha, beta = a * sigma / narrowing, 2 * b * sigma**2 / narrowing
    start = sympy.exp(a**2 * sigma**2 / (2 * narrowing)) / sympy.sqrt(narrowing)
    result = []
    for k in range(order + 1):
        terms, weight = [], sympy.S.One
        for j in range(k // 2 + 1):
            if (k == 2 * j or alpha != 0) and (j == 0 or beta != 0):
                terms.append(weight * alpha ** (k - 2 * j) * beta**j)
            weight = weight * (k - 2 * j) * (k - 2 * j - 1) / (2 * (j + 1))
        result.append(start * sympy.Add(*terms))
    return result


def _root_of_sum(variance: sympy.Expr, blur: sympy.Expr) -> sympy.Expr:
    """Return ``sqrt(variance + blur)`` without fractions under the root."""
    numerator, denominator = blur.as_numer_denom()
    return sympy.sqrt(denominator * variance + numerator) / sympy.sqrt(denominator)


def _of_step(step: Step, sigma: sympy.Expr, order: int) -> Sequence:
    deviation = _root_of_sum(sigma**2, step.blur)
    height = step.location / deviation
    ratio = sigma / deviation
    density = sympy.exp(-(height**2) / 2) / _ROOT_TWO_PI
    start = (1 - step.side * sympy.erf(height / sympy.sqrt(2))) / 2
    return [start] + [
        step.side * ratio**k * hermite_value(k - 1, height) * density for k in range(1, order + 1)
    ]


def _of_product(
    atom: Atom, sigma: sympy.Expr, order: int, mean: Callable[[Atom], sympy.Expr]
) -> Sequence:
    """Exponential times step: the recurrence of the exponential with a source added."""
    (step,) = atom.steps
    a, b = atom.linear, atom.quadratic
    if step.blur == 0:
        height = step.location / sigma
        level = a * step.location + b * step.location**2 - height**2 / 2
        density = step.side * sympy.exp(level) / _ROOT_TWO_PI
        source = [density * hermite_value(k, height) for k in range(order)]
    else:
        place, blur = step.location, step.blur
        scale = step.side * sympy.exp(-(place**2) / (2 * blur)) / sympy.sqrt(2 * sympy.pi * blur)
        narrowed = _of_exponential(a + place / blur, b - 1 / (2 * blur), sigma, order)
        source = [scale * sigma * value for value in narrowed]
    narrowing = 1 - 2 * b * sigma**2
    result = [mean(atom)]
    for k in range(1, order + 1):
        value = a * sigma * result[k - 1] + source[k - 1]
        if k > 1:
            value += 2 * b * sigma**2 * (k - 1) * result[k - 2]
        result.append(sympy.expand(value / narrowing) if b == 0 else value / narrowing)
    return result


def hermite_sequence(
    atom: Atom, sigma: sympy.Expr, order: int, mean: Callable[[Atom], sympy.Expr]
) -> Sequence:
    """Return ``E f(U) He_k(U/sigma)`` for ``k = 0..order``.

    Parameters
    ----------
    atom : Atom
        The function ``f``, with at most one step.
    sigma : sympy.Expr
        Standard deviation of ``U``.
    order : int
        Largest ``k``.
    mean : callable
        ``E g(U)`` of an atom ``g``, for the start of the recurrence.

    Raises
    ------
    NoClosedForm
        If the atom has two or more steps.
    """
    if atom.is_power or _is_one_sided_power(atom):
        return power_sequence(atom, sigma, order)
    if atom.is_monomial:
        return monomial_sequence(int(atom.power), sigma, order)
    if len(atom.steps) > 1:
        raise NoClosedForm("Expected at most one step or error function but got a product of them.")
    degree = int(atom.power)
    top = order + degree
    core = type(atom)(sympy.S.Zero, atom.linear, atom.quadratic, atom.steps)
    if not atom.steps:
        values = _of_exponential(atom.linear, atom.quadratic, sigma, top)
    elif atom.is_polynomial:
        values = _of_step(atom.steps[0], sigma, top)
    else:
        values = _of_product(core, sigma, top, mean)
    for _ in range(degree):
        values = [sigma * values[1]] + [
            sigma * (values[k + 1] + k * values[k - 1]) for k in range(1, len(values) - 1)
        ]
    return values
