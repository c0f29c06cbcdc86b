"""Decimals that an interval proves."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpz

__all__ = ["proved_decimal"]

_LONGEST_EXACT = 60  # decimals printed of an exact dyadic number, such as 2**-40
_SCIENTIFIC_BELOW = -5
_LOG10_2 = 0.30102999566398120


def proved_decimal(lower: Fraction, upper: Fraction, limit: int | None = None) -> str:
    """Return the longest decimal that every number of ``[lower, upper]`` rounds to.

    Parameters
    ----------
    lower, upper : Fraction
        Ends of the interval.
    limit : int, optional
        Most significant digits.

    Returns
    -------
    str
        Empty if no digit is proved. Around zero, zeros to the decimal place proved.

    Examples
    --------
    >>> proved_decimal(Fraction(333, 1000), Fraction(334, 1000))
    '0.33'
    """
    if lower == upper:
        return _exact_digits(lower, limit)
    if lower <= 0 <= upper:
        return _digits_around_zero(max(-lower, upper), limit)
    relative = (upper - lower) / max(abs(lower), abs(upper))
    bits = relative.denominator.bit_length() - relative.numerator.bit_length()
    most = max(1, int(bits * _LOG10_2) + 2)
    if limit is not None:
        most = min(most, limit)
    for count in range(most, 0, -1):
        rounded = _round_significant(lower, count)
        if _value(rounded) == _value(_round_significant(upper, count)):
            return _decimal(*rounded)
    return ""


def _digits_of(number: int) -> str:
    """Return the decimal digits of ``abs(number)``; Python's own ``str`` stops at 4300."""
    digits: str = fmpz(abs(number)).str()
    return digits


def _round_significant(value: Fraction, digits: int) -> tuple[int, int]:
    """Return ``(m, e)`` with ``m * 10**e`` the rounding of ``value != 0`` to ``digits`` digits."""
    numerator, denominator = abs(value.numerator), value.denominator
    bits = numerator.bit_length() - denominator.bit_length()
    exponent = int(bits * _LOG10_2) - digits - 1
    while True:
        scale = Fraction(10) ** (-exponent)
        mantissa = round(abs(value) * scale)
        if len(_digits_of(mantissa)) <= digits:
            break
        exponent += len(_digits_of(mantissa)) - digits
    return (mantissa if value > 0 else -mantissa), exponent


def _decimal(mantissa: int, exponent: int) -> str:
    """Write ``mantissa * 10**exponent`` without inventing digits."""
    sign = "-" if mantissa < 0 else ""
    digits = _digits_of(mantissa)
    leading = len(digits) + exponent - 1
    if exponent > 0 or leading < _SCIENTIFIC_BELOW:
        tail = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{tail}e{leading:+03d}"
    if exponent == 0:
        return sign + digits
    if leading >= 0:
        return f"{sign}{digits[: leading + 1]}.{digits[leading + 1 :]}"
    return f"{sign}0.{'0' * (-leading - 1)}{digits}"


def _value(rounded: tuple[int, int]) -> Fraction:
    return Fraction(rounded[0]) * Fraction(10) ** rounded[1]


def _exact_digits(value: Fraction, limit: int | None) -> str:
    """Return all decimals of a dyadic rational, or its rounding when they are too many."""
    if value == 0:
        return "0"
    most = limit or _LONGEST_EXACT
    mantissa, exponent = _round_significant(value, most)
    while mantissa % 10 == 0 and exponent < 0:
        mantissa, exponent = mantissa // 10, exponent + 1
    return _decimal(mantissa, exponent)


def _digits_around_zero(magnitude: Fraction, limit: int | None) -> str:
    """Return ``0.00...`` to the last decimal that every ``|x| <= magnitude`` rounds to zero."""
    if magnitude >= Fraction(1, 2):
        return ""
    mantissa, exponent = _round_significant(magnitude, 3)
    places = -(exponent + len(_digits_of(mantissa)))
    while 2 * magnitude >= Fraction(1, 10**places):
        places -= 1
    if limit is not None:
        places = min(places, limit)
    return f"0.{'0' * places}" if places > 0 else "0"
