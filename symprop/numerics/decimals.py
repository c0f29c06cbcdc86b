"""Decimals that an interval proves."""

from __future__ import annotations

from fractions import Fraction

from flint import arb, fmpz

from symprop.numerics.precision import working_bits

__all__ = [
    "MOST_EXPONENT_BITS",
    "as_fraction",
    "exponent_bits",
    "proved_ball_decimal",
    "proved_decimal",
]

MOST_EXPONENT_BITS = 4_000_000
"""Binary exponents beyond this are not written out as integers or fractions."""

_MOST_BITS = 400_000  # of a printed number
_FAR = 20_000  # binary exponents beyond this are first brought to 1

_LONGEST_EXACT = 60  # decimals printed of an exact number, such as 2**-40, and zeros of a zero
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
    if lower <= 0 <= upper and lower != upper:
        return _digits_around_zero(max(-lower, upper), limit)
    rounded = _rounded(lower, upper, limit)
    return "" if rounded is None else _decimal(*rounded)


def exponent_bits(exact: arb) -> int:
    """Return ``e`` with ``2**(e-1) <= abs(x) < 2**e`` for a finite ``x != 0`` of radius zero."""
    mantissa, exponent = exact.man_exp()
    return int(abs(mantissa).bit_length()) + int(exponent)


def proved_ball_decimal(ball: arb, limit: int | None = None) -> str:
    """Return `proved_decimal` of a finite ball, at once whatever its exponents.

    A number such as ``exp(-10**14)`` is first multiplied by a power of ten, and a radius far
    below the last digit is raised. Both widen the ball, so what is printed stays proved.

    Examples
    --------
    >>> proved_ball_decimal((-arb(10**14)).exp())
    '6.56500236848858e-43429448190326'
    """
    middle, radius = ball.mid(), ball.rad()
    sizes = [exponent_bits(part) for part in (middle, radius) if not part.is_zero()]
    if not sizes:
        return "0"
    top, least = max(sizes), arb((fmpz(1), fmpz(max(sizes) - _MOST_BITS)))
    if not radius.is_zero() and radius < least:
        radius = least
    if abs(middle) < least:  # and so of no account beside the radius
        middle, radius = arb(0), (radius + least).upper()
    if abs(top) <= _FAR:
        center, reach = as_fraction(middle), as_fraction(radius)
        return proved_decimal(center - reach, center + reach, limit)
    if ball.contains(0):
        zeros = _LONGEST_EXACT if limit is None else limit
        return f"0.{'0' * zeros}" if top < 0 else ""
    with working_bits(top.bit_length() + 64):
        shift = int(as_fraction((top * arb(2).log() / arb(10).log()).mid()))
    digits = _LONGEST_EXACT if limit is None and radius.is_zero() else limit
    bits = max(int(middle.bits()), int((digits or 0) / _LOG10_2)) + shift.bit_length() + 64
    with working_bits(bits):
        scaled = arb(middle, radius) * arb(10) ** -shift
    center, reach = as_fraction(scaled.mid()), as_fraction(scaled.rad())
    rounded = _rounded(center - reach, center + reach, digits)
    return "" if rounded is None else _decimal(rounded[0], rounded[1] + shift)


def as_fraction(exact: arb) -> Fraction:
    """Return the value of a ball of radius zero; its exponent must be moderate."""
    mantissa, exponent = (int(part) for part in exact.man_exp())
    return Fraction(mantissa) * Fraction(2) ** exponent


def _rounded(lower: Fraction, upper: Fraction, limit: int | None) -> tuple[int, int] | None:
    """Return ``(m, e)`` where every number of the interval rounds to ``m * 10**e``, or None."""
    if lower == upper:
        return _exact_digits(lower, limit)
    relative = (upper - lower) / max(abs(lower), abs(upper))
    bits = relative.denominator.bit_length() - relative.numerator.bit_length()
    most = max(1, int(bits * _LOG10_2) + 2)
    if limit is not None:
        most = min(most, limit)
    for count in range(most, 0, -1):
        rounded = _round_significant(lower, count)
        if _value(rounded) == _value(_round_significant(upper, count)):
            return rounded
    return None


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


def _exact_digits(value: Fraction, limit: int | None) -> tuple[int, int]:
    """Return all decimals of a dyadic rational, or its rounding when they are too many."""
    if value == 0:
        return 0, 0
    mantissa, exponent = _round_significant(value, limit or _LONGEST_EXACT)
    while mantissa % 10 == 0 and exponent < 0:
        mantissa, exponent = mantissa // 10, exponent + 1
    return mantissa, exponent


def _digits_around_zero(magnitude: Fraction, limit: int | None) -> str:
    """Return ``0.00...`` to the last decimal that every ``|x| <= magnitude`` rounds to zero."""
    if magnitude >= Fraction(1, 2):
        return ""
    mantissa, exponent = _round_significant(magnitude, 3)
    most = _LONGEST_EXACT if limit is None else limit
    places = min(most, -(exponent + len(_digits_of(mantissa))))
    while 2 * magnitude >= Fraction(1, 10**places):
        places -= 1
    return f"0.{'0' * places}" if places > 0 else "0"
