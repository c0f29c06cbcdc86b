"""Exponents measured from trajectories, with an estimate of their error.

The witness of the laws: it knows no theory, only values at doubling depths.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import mpmath

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_sequence
from symprop.numerics.precision import working_digits

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Measurement", "measured_exponent", "measured_limit"]

_FEWEST = 4
_GUARD_DIGITS = 40
_SHORTEST_ROW = 3
_AITKEN_GAIN = 3
_LARGEST_RATIO = mpmath.mpf(31) / 32  # of steps that are still taken to converge


@dataclass(frozen=True)
class Measurement:
    """A number found by extrapolation, and an estimate of its error.

    Attributes
    ----------
    value : mpmath.mpf
        Best estimate.
    error : mpmath.mpf
        Estimated, not proved: at least the largest step between the last estimates, and what
        these steps let expect of further ones, be they geometric or made by logarithms.
    """

    value: mpmath.mpf
    error: mpmath.mpf

    def agrees_with(self, law: object, *, within: int = 3) -> bool:
        """Return whether a predicted number lies within so many estimated errors."""
        return bool(abs(self.value - mpmath.mpmathify(law)) <= within * self.error)


def measured_exponent(
    values: Sequence[object],
    *,
    corrections: Sequence[object] | None = None,
) -> Measurement:
    r"""Return the exponent of a power law from values at doubling depths.

    .. math:: v(l) \sim C\, l^{\delta} (1 + c_1 l^{-\gamma_1} + c_2 l^{-\gamma_2} + \dots)

    Parameters
    ----------
    values : sequence of numbers
        ``v(l), v(2 l), v(4 l), ...``: at least four, none zero, of one sign.
    corrections : sequence of numbers, optional
        The exponents ``gamma_1 < gamma_2 < ...`` if they are known; a repeated one stands for
        a correction with a logarithm. Otherwise Aitken's process removes one after another.

    Returns
    -------
    Measurement
        The exponent ``delta``: negative for decay.

    Raises
    ------
    InvalidArgument
        If there are fewer than four values.
    OutOfDomain
        If a value is zero or changes sign.

    Error
    -----
    Estimated from the spread of the last extrapolations and the rate at which they settle: a
    factor ``log(l)**b``, which moves the exponent by about ``b/log(l)``, is within the error.
    Several slow corrections together can still hide from Aitken's process: give their exponents.

    Source
    ------
    Richardson's and Aitken's extrapolation of local slopes.

    Examples
    --------
    >>> found = measured_exponent([l**-0.5 * (1 + 1 / l) for l in (8, 16, 32, 64, 128, 256)])
    >>> abs(found.value + 0.5) < found.error < 1e-2
    True
    """
    numbers = _numbers(values)
    if any(number == 0 for number in numbers) or any(
        (number > 0) != (numbers[0] > 0) for number in numbers
    ):
        raise OutOfDomain(expected("values", "to be nonzero and of one sign", list(values)))
    with working_digits(_GUARD_DIGITS):
        slopes = [mpmath.log(abs(after / before), 2) for before, after in pairwise(numbers)]
    return _extrapolated(slopes, corrections)


def measured_limit(
    values: Sequence[object],
    *,
    corrections: Sequence[object] | None = None,
) -> Measurement:
    """Return the limit of a quantity from its values at doubling depths.

    Parameters
    ----------
    values : sequence of numbers
        ``v(l), v(2 l), v(4 l), ...``: at least four.
    corrections : sequence of numbers, optional
        As in `measured_exponent`.

    Returns
    -------
    Measurement
        The limit.

    Raises
    ------
    InvalidArgument
        If there are fewer than four values.

    Error
    -----
    As in `measured_exponent`.

    Source
    ------
    Richardson's and Aitken's extrapolation.

    Examples
    --------
    >>> found = measured_limit([2 + 3 / l for l in (4, 8, 16, 32, 64)], corrections=(1, 2))
    >>> abs(found.value - 2) <= 1e-12
    True
    """
    return _extrapolated(_numbers(values), corrections)


def _numbers(values: Sequence[object]) -> list[mpmath.mpf]:
    given = check_sequence("values", values)
    if len(given) < _FEWEST:
        raise InvalidArgument(expected("values", f"to have at least {_FEWEST} entries", len(given)))
    with working_digits(_GUARD_DIGITS):
        return [_number("values", value) for value in given]


def _number(name: str, value: object) -> mpmath.mpf:
    try:
        number = None if isinstance(value, bool) else mpmath.mpmathify(value)
    except (TypeError, ValueError):
        number = None
    if not isinstance(number, mpmath.mpf) or not mpmath.isfinite(number):
        raise InvalidArgument(expected(name, "to be finite real numbers", value))
    return number


def _extrapolated(sequence: list[mpmath.mpf], corrections: Sequence[object] | None) -> Measurement:
    with working_digits(_GUARD_DIGITS):
        rows = [sequence]
        if corrections is None:
            while len(rows[-1]) > 2:
                rows.append(_aitken(rows[-1]))
        else:
            for given in check_sequence("corrections", corrections):
                gamma = _number("corrections", given)
                if not gamma:
                    raise InvalidArgument(expected("corrections", "to be other than 0", given))
                if len(rows[-1]) >= 2:
                    rows.append(_richardson(rows[-1], gamma))
        return _settled(rows, gain=1 if corrections is not None else _AITKEN_GAIN)


def _richardson(row: list[mpmath.mpf], gamma: mpmath.mpf) -> list[mpmath.mpf]:
    factor = mpmath.mpf(2) ** gamma
    return [(factor * after - before) / (factor - 1) for before, after in pairwise(row)]


def _aitken(row: list[mpmath.mpf]) -> list[mpmath.mpf]:
    improved = []
    for first, second, third in zip(row, row[1:], row[2:], strict=False):
        bend = (third - second) - (second - first)
        improved.append(third if bend == 0 else third - (third - second) ** 2 / bend)
    return improved


def _settled(rows: list[list[mpmath.mpf]], *, gain: int) -> Measurement:
    """Return the last entry of the row whose error is estimated to be least.

    Rows of a blind process count only while each gains a factor on the one before: logarithms
    yield at most halves, and later rows then agree by accident.
    """
    best: Measurement | None = None
    settled = mpmath.inf
    for level, row in enumerate(rows):
        if len(row) < _SHORTEST_ROW:
            break
        remainder = _remainder(row)
        if best is not None and gain > 1 and gain * remainder > settled:
            break
        settled = remainder
        others = row[-3:-1] + [rows[above][-1] for above in range(max(level - 2, 0), level)]
        error = max(remainder, *(abs(row[-1] - other) for other in others))
        if best is None or error < best.error:
            best = Measurement(row[-1], error)
    assert best is not None  # the first row has at least three entries
    return best


def _remainder(row: list[mpmath.mpf]) -> mpmath.mpf:
    """Return what the steps of a row let expect of all further ones together.

    Steps in ratio r leave ``r/(1 - r)`` of the last one if they are geometric, and
    ``(1 + r)/(1 - r)`` of it if they fall like ``1/k**2``, as logarithms make them.
    """
    before, last = abs(row[-2] - row[-3]), abs(row[-1] - row[-2])
    if last == 0:
        return last
    ratio = last / before if before else mpmath.inf
    if ratio >= _LARGEST_RATIO:
        return last * (1 + _LARGEST_RATIO) / (1 - _LARGEST_RATIO)
    return last * (1 + ratio) / (1 - ratio)
