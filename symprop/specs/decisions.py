"""Proved decisions about exact constants: sign, equality, order and rational bounds."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import sympy
from flint import arb

from symprop.foundation.errors import InvalidArgument, OutOfDomain, UndecidedComparison, expected
from symprop.numerics.evaluation import compile_ball
from symprop.numerics.precision import working_bits

__all__ = ["is_zero", "outward", "rational_between", "rational_bounds", "sign_of"]

_BITS = (80, 320, 1280, 5120)
_ALGEBRA_AFTER = 320  # bits of agreement with zero that make exact algebra worth its time
_MOST_OPERATIONS = 100
_BOUND_BITS = 96
_MOST_BITS = 100_000


@lru_cache(maxsize=4096)
def sign_of(constant: sympy.Expr) -> int:
    """Return -1, 0 or 1, the proved sign of a real constant (infinities allowed).

    A ball that excludes zero decides; zero itself is only claimed when SymPy
    reduces the constant to it by exact algebra.

    Raises
    ------
    UndecidedComparison
        If neither succeeds.

    Examples
    --------
    >>> sign_of(sympy.sqrt(2) - sympy.Rational(7, 5))
    1
    """
    if isinstance(constant, sympy.Rational) or constant in (sympy.oo, -sympy.oo):
        return int(sympy.sign(constant))
    function = compile_ball(constant)
    for bits in _BITS:
        with working_bits(bits):
            ball = function()
            if not isinstance(ball, arb):
                raise InvalidArgument(f"Expected a real constant but got {constant}.")
            if ball > 0:
                return 1
            if ball < 0:
                return -1
        if bits == _ALGEBRA_AFTER and _reduces_to_zero(constant):
            return 0
    raise UndecidedComparison(f"Expected a constant whose sign is proved but got {constant}.")


def _reduces_to_zero(constant: sympy.Expr) -> bool:
    if constant.count_ops() > _MOST_OPERATIONS:
        return False
    if any(reduce(constant) == 0 for reduce in (sympy.expand, sympy.radsimp, sympy.simplify)):
        return True
    return bool(constant.is_algebraic) and sympy.minimal_polynomial(constant, _ROOT) == _ROOT


_ROOT = sympy.Symbol("x")


def is_zero(constant: sympy.Expr) -> bool:
    """Whether a constant is zero, proved either way."""
    return sign_of(constant) == 0


@lru_cache(maxsize=4096)
def rational_bounds(constant: sympy.Expr) -> tuple[Fraction, Fraction]:
    """Return rationals ``(lower, upper)`` around a finite real constant.

    They coincide when the constant is rational.

    Examples
    --------
    >>> lower, upper = rational_bounds(sympy.pi)
    >>> lower < Fraction("3.1415926536") and upper > Fraction("3.1415926535")
    True
    """
    if isinstance(constant, sympy.Rational):
        exact = Fraction(int(constant.p), int(constant.q))
        return exact, exact
    with working_bits(_BOUND_BITS):
        return outward(compile_ball(constant)())


def outward(ball: arb) -> tuple[Fraction, Fraction]:
    """Return rationals around a ball, at the working precision and never astronomically long.

    Numbers below ``2**-100000`` are rounded outward to that or to zero.

    Raises
    ------
    OutOfDomain
        If the ball is not bounded by ``2**100000``.
    """
    lower, upper = -_fraction_above(-ball.lower()), _fraction_above(ball.upper())
    return lower, upper


def _fraction_above(exact: arb) -> Fraction:
    """Return an exact arb as a rational, or a rational above it when it is extremely small."""
    if not (exact.is_finite() and abs(exact) < arb(2) ** _MOST_BITS):
        raise OutOfDomain(expected("constant", f"below 2**{_MOST_BITS}", str(exact)))
    if abs(exact) < arb(2) ** -_MOST_BITS:
        return Fraction(1, 2**_MOST_BITS) if exact > 0 else Fraction(0)
    mantissa, exponent = (int(part) for part in exact.man_exp())
    return Fraction(mantissa) * Fraction(2) ** exponent


def rational_between(lower: sympy.Expr, upper: sympy.Expr) -> sympy.Rational:
    """Return a short rational strictly between two exact numbers, of which either may be infinite.

    Examples
    --------
    >>> rational_between(sympy.Integer(0), sympy.sqrt(2)), rational_between(sympy.pi, sympy.oo)
    (1, 5)
    """
    if lower == -sympy.oo and upper == sympy.oo:
        return sympy.Integer(0)
    if lower == -sympy.oo:
        return sympy.Integer(_floor(rational_bounds(upper)[0]) - 1)
    if upper == sympy.oo:
        return sympy.Integer(_floor(rational_bounds(lower)[1]) + 2)
    left, right = rational_bounds(lower)[1], rational_bounds(upper)[0]
    if not left < right:
        raise UndecidedComparison(f"Expected {lower} < {upper} to be provable but it is not.")
    denominator = 1
    while True:
        candidate = Fraction(_floor(left * denominator) + 1, denominator)
        if candidate < right:
            return sympy.Rational(candidate.numerator, candidate.denominator)
        denominator *= 2


def _floor(value: Fraction) -> int:
    return value.numerator // value.denominator
