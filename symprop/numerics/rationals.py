"""Exact rational numbers from whatever a caller writes them as."""

from __future__ import annotations

from fractions import Fraction
from numbers import Rational

import mpmath
from flint import fmpq, fmpz

__all__ = ["exact_rational", "read_rational"]

_LONGEST_NUMBER = 200_000  # characters of a numeric string, and its largest power of ten


def exact_rational(value: object) -> fmpq | None:
    """Return the rational number that ``value`` is, or None if it is not one.

    Integers, fractions, SymPy rationals, finite floats and mpf (their binary value), NumPy
    scalars, rational and decimal strings. A bool is not a number.

    Examples
    --------
    >>> exact_rational("0.1"), exact_rational(0.5), exact_rational("1e999999999")
    (1/10, 1/2, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | fmpq | fmpz):
        return fmpq(value)
    if isinstance(value, Rational):  # SymPy's and NumPy's are registered as such
        return fmpq(int(value.numerator), int(value.denominator))
    if isinstance(value, str):
        return read_rational(value)
    if isinstance(value, mpmath.mpf):
        sign, mantissa, exponent, _ = value._mpf_
        if (mantissa == 0 and value != 0) or abs(int(exponent)) > 4 * _LONGEST_NUMBER:
            return None
        return fmpq(int(-mantissa if sign else mantissa)) * fmpq(2) ** int(exponent)
    number = value if isinstance(value, float) else _scalar(value)
    if not isinstance(number, float | int) or isinstance(number, bool):
        return None
    try:
        exact = Fraction(number)
    except (ValueError, OverflowError):  # infinite or not a number
        return None
    return fmpq(exact.numerator, exact.denominator)


def _scalar(value: object) -> object:
    """Return the Python number in a NumPy scalar or an array of one entry."""
    try:
        return value.item()  # type: ignore[attr-defined]  # any object may come in
    except (AttributeError, ValueError, TypeError):
        return None


def read_rational(text: str) -> fmpq | None:
    """Return the rational written in ``text``; exponents are bounded before expanding them."""
    if len(text) > _LONGEST_NUMBER:
        return None
    _, _, exponent = text.lower().partition("e")
    try:
        if exponent and abs(int(exponent)) > _LONGEST_NUMBER:
            return None
        exact = Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None
    return fmpq(exact.numerator, exact.denominator)
