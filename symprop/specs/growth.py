"""Proved growth of activations, and whether they are square-integrable under the Gaussian."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy

from symprop.foundation.errors import OutOfDomain, expected
from symprop.specs.bounding import envelope_of
from symprop.specs.decisions import rational_bounds, sign_of
from symprop.specs.envelopes import Envelope
from symprop.specs.exponential_sums import Domain, ExponentialSum, Rates
from symprop.specs.expression import X
from symprop.specs.pieces import Piece, decompose

if TYPE_CHECKING:
    from symprop.specs.activations import Activation

__all__ = ["GrowthTerm", "check_square_integrable", "growth_bound"]

_CRITICAL_QUADRATIC = Fraction(1, 4)
_CRITICAL_POWER = Fraction(1, 2)
_MOST_DERIVATIVES = 8
_FINEST_RATE = 2**32


@dataclass(frozen=True, slots=True)
class GrowthTerm:
    """One term ``coefficient * abs(x)**power * exp(linear*abs(x) + quadratic*x**2)``.

    ``coefficient`` and ``power`` are >= 0; the rates may have either sign.
    """

    coefficient: Fraction
    power: Fraction
    linear: Fraction
    quadratic: Fraction


def growth_bound(function: Activation | sympy.Expr) -> tuple[GrowthTerm, ...]:
    """Return terms whose sum bounds ``abs(f(x))`` for all real ``abs(x) >= 1``.

    Parameters
    ----------
    function : Activation or sympy.Expr
        An expression in ``X``.

    Raises
    ------
    OutOfDomain
        If no bound is known, with the reason.

    Error
    -----
    Proved: rational coefficients, rounded up.

    Examples
    --------
    >>> (term,) = growth_bound(3 * sympy.exp(X**2 / 8))
    >>> term.coefficient, term.quadratic
    (Fraction(3, 1), Fraction(1, 8))
    """
    total = ExponentialSum({})
    for piece in _pieces(function):
        for side in (-1, 1):
            domain = _far_domain(piece, side)
            if domain is not None:
                ray = ExponentialSum.of(side, Rates(Fraction(1)))
                bounds = envelope_of(piece.expression, Envelope(ray, ray), domain)
                total = total.maximum(_raised(bounds.magnitude()))
    ordered = sorted(total.terms.items(), key=lambda item: item[0].order, reverse=True)
    return tuple(GrowthTerm(value, *rates) for rates, value in ordered)


def _pieces(function: Activation | sympy.Expr) -> tuple[Piece, ...]:
    return decompose(function) if isinstance(function, sympy.Expr) else function.pieces


def _far_domain(piece: Piece, side: int) -> Domain | None:
    """Return the range of ``abs(x) >= 1`` inside the piece on one side of 0, or None."""
    near, far = (piece.lower, piece.upper) if side > 0 else (-piece.upper, -piece.lower)
    stop = None if far == sympy.oo else rational_bounds(far)[1]
    if stop is not None and stop <= 1:
        return None
    start = Fraction(1) if near == -sympy.oo else rational_bounds(near)[0]
    return Domain(max(Fraction(1), start), stop)


def _raised(bound: ExponentialSum) -> ExponentialSum:
    """Round the rates up, which is allowed as ``t >= 1``: no negative powers, short fractions."""
    total = ExponentialSum({})
    for rates, value in bound.terms.items():
        power, *exponents = (_rounded_up(rate) for rate in rates)
        total += ExponentialSum.of(value, Rates(max(power, Fraction(0)), *exponents))
    return total


def _rounded_up(rate: Fraction) -> Fraction:
    if rate.denominator <= _FINEST_RATE:
        return rate
    return Fraction(-((-rate * _FINEST_RATE) // 1), _FINEST_RATE)


def check_square_integrable(function: Activation | sympy.Expr) -> None:
    """Prove that ``E f(Z)**2`` is finite for a standard Gaussian ``Z``, or raise.

    Growth at infinity must be slower than ``exp(x**2/4)`` and singularities at
    breakpoints weaker than ``abs(x - b)**(-1/2)``.

    Raises
    ------
    OutOfDomain
        With the reason, when the function is not square-integrable or symprop
        cannot prove that it is.

    Examples
    --------
    >>> check_square_integrable(sympy.exp(X**2 / 8))
    """
    for term in growth_bound(function):
        if term.quadratic >= _CRITICAL_QUADRATIC:
            raise OutOfDomain(
                expected(
                    "activation",
                    "to be square-integrable under the Gaussian, slower than exp(x**2/4),",
                    f"{_text(function)} (growth up to exp({term.quadratic}*x**2))",
                )
            )
    for piece in _pieces(function):
        for end, direction in ((piece.lower, 1), (piece.upper, -1)):
            if end.is_finite and sign_of(1 - sympy.Abs(end)) >= 0:
                _check_end(piece, end, direction, _text(function))


def _text(function: Activation | sympy.Expr) -> str:
    return str(function) if isinstance(function, sympy.Expr) else function.name


def _check_end(piece: Piece, end: sympy.Expr, direction: int, name: str) -> None:
    """Prove square-integrability near one end of a piece."""
    value = piece.expression.xreplace({X: end})
    if _is_number(value) or _is_removable(piece.expression, end):
        return
    local = _local_expression(piece.expression, end, direction)
    length = 1 if not (piece.upper - piece.lower).is_finite else piece.upper - piece.lower
    reach = min(Fraction(1), rational_bounds(sympy.sympify(length))[0] / 2)
    shrinking = ExponentialSum.of(1, Rates(Fraction(-1)))
    reason = expected(
        "activation", f"to be proved square-integrable near its singularity x={end}", name
    )
    try:
        bounds = envelope_of(local, Envelope(shrinking, shrinking), Domain(1 / reach, None))
    except OutOfDomain:
        raise OutOfDomain(reason) from None
    for rates in bounds.magnitude().terms:
        if rates.linear > 0 or rates.quadratic > 0 or rates.power >= _CRITICAL_POWER:
            raise OutOfDomain(reason)


def _is_number(value: sympy.Expr) -> bool:
    return bool(value.is_number and value.is_finite and not value.has(sympy.AccumBounds))


def _local_expression(expression: sympy.Expr, end: sympy.Expr, direction: int) -> sympy.Expr:
    """Return the expression in the distance ``X`` from the end, polynomials multiplied out."""
    moved = expression.xreplace({X: end + direction * X})
    return moved.replace(lambda node: node.is_Add and node.is_polynomial(X), sympy.expand)


def _is_removable(expression: sympy.Expr, point: sympy.Expr) -> bool:
    """Whether numerator and denominator are smooth and the former vanishes to no lower order."""
    numerator, denominator = sympy.fraction(sympy.together(expression))
    for _ in range(_MOST_DERIVATIVES):
        values = [part.xreplace({X: point}) for part in (numerator, denominator)]
        if not all(_is_number(value) for value in values):
            return False
        if sign_of(values[1]) != 0:
            return True
        if sign_of(values[0]) != 0:
            return False
        numerator, denominator = sympy.diff(numerator, X), sympy.diff(denominator, X)
    return False
