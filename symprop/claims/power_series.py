"""Exact power series, convex functions and networks of them, for claims about all kernel maps.

A kernel map is here a tuple of non-negative rational coefficients with sum 1; a network is a
tuple of kernel maps, the first one applied first. Everything is exact on rational arguments and
enclosed on balls.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq

from symprop.ledger.domain import Drawn
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = [
    "Series",
    "any_series",
    "centred_series",
    "compose",
    "convex_function",
    "crossing",
    "derivative",
    "gap_series",
    "iterate",
    "networks",
    "nonlinear",
    "offset_series",
    "ordered_map",
    "piecewise",
    "rational",
    "shifted",
    "slope",
    "tilted_map",
    "trajectory",
    "value",
]

Series = tuple[Fraction, ...]
"""Coefficients of ``1, x, x^2, ...``."""

_WEIGHTS = (0, 0, 0, 1, 2, 5, 20, 100)
_DEGREE = 7
_EXACT_DEPTH = 2
_SPARE_DIGITS = 80


def value(series: Sequence[Any], at: Any) -> Any:
    """Return the value of a power series, by Horner's rule.

    Examples
    --------
    >>> value((Fraction(1, 2), Fraction(0), Fraction(1, 2)), Fraction(-1, 3))
    Fraction(5, 9)
    """
    coefficients = [rational(c) for c in series] if isinstance(at, arb) else series
    total = at * 0 + coefficients[-1]
    for coefficient in reversed(coefficients[:-1]):
        total = total * at + coefficient
    return total


def rational(number: Any) -> Any:
    """Return a fraction as a number that mixes with balls, and anything else as it is."""
    return fmpq(number.numerator, number.denominator) if isinstance(number, Fraction) else number


def derivative(series: Sequence[Any]) -> tuple[Any, ...]:
    """Return the coefficients of the derivative."""
    return tuple(k * c for k, c in enumerate(series))[1:] or (Fraction(0),)


def slope(series: Sequence[Any], at: Any = Fraction(1)) -> Any:
    """Return the derivative at a point."""
    return value(derivative(series), at)


def nonlinear(series: Sequence[Fraction]) -> Fraction:
    """Return ``c_2 + c_3 + ...``: 0 for affine maps only."""
    return sum(series[2:], Fraction(0))


def shifted(series: Sequence[Fraction], at: Fraction) -> Series:
    """Return the coefficients of ``y -> P(at + y)``."""
    rows, current, factorial = [], tuple(series), 1
    for k in range(len(series)):
        factorial *= max(k, 1)
        rows.append(Fraction(value(current, at)) / factorial)
        current = derivative(current)
    return tuple(rows)


def gap_series(series: Sequence[Fraction]) -> Series:
    """Return the coefficients of ``x -> 1 - P(1 - x)``, for a series with sum 1."""
    around_one = shifted(series, Fraction(1))
    return (Fraction(0), *(a * (-1) ** (k + 1) for k, a in enumerate(around_one[1:], 1)))


def offset_series(series: Sequence[Fraction], fixed: Fraction) -> Series:
    """Return the coefficients of ``y -> P(fixed + y) - fixed``, for a fixed point."""
    return (Fraction(0), *shifted(series, fixed)[1:])


def compose(network: Sequence[Sequence[Any]], at: Any) -> Any:
    """Return the value of a composition, the first map applied first."""
    for series in network:
        at = value(series, at)
    return at


def trajectory(network: Sequence[Sequence[Any]], start: Any) -> list[Any]:
    """Return the start and the value after each map."""
    values = [start]
    for series in network:
        values.append(value(series, values[-1]))
    return values


def piecewise(vertices: Sequence[tuple[Fraction, Fraction]], at: Fraction) -> Fraction:
    """Return the value at ``at`` of the function with straight lines between vertices."""
    for (left, low), (right, high) in itertools.pairwise(vertices):
        if at <= right:
            return low + (high - low) * (at - left) / (right - left)
    return vertices[-1][1]


def crossing(vertices: Sequence[tuple[Fraction, Fraction]]) -> Fraction:
    """Return ``t`` with ``g(1 - t) = t`` of a convex function given by its vertices."""
    for (left, low), (right, high) in itertools.pairwise(vertices):
        if right + high >= 1:
            rise = (high - low) / (right - left)
            return 1 - (1 - low + rise * left) / (1 + rise)
    raise AssertionError("the last vertex is (1, 1)")


def _integers(count: int) -> SearchStrategy[list[int]]:
    """Return lists of integers 0..7, each drawn as three booleans."""
    from hypothesis import strategies

    bits = strategies.tuples(*[strategies.booleans()] * (3 * count))
    return bits.map(
        lambda flat: [4 * flat[3 * i] + 2 * flat[3 * i + 1] + flat[3 * i + 2] for i in range(count)]
    )


def _normalised(weights: Sequence[int], first: int) -> Series:
    kept = [0] * first + [_WEIGHTS[w] for w in weights[first:]]
    total = sum(kept)
    if total == 0:
        return (Fraction(0), Fraction(1))
    while kept[-1] == 0:
        kept.pop()
    return tuple(Fraction(w, total) for w in kept)


def _power(k: int) -> Series:
    return (Fraction(0),) * k + (Fraction(1),)


def _mixed(*pairs: tuple[int, str]) -> Series:
    coefficients = [Fraction(0)] * (max(k for k, _ in pairs) + 1)
    for k, text in pairs:
        coefficients[k] += Fraction(text)
    return tuple(coefficients)


_CENTRED: tuple[Series, ...] = (
    _power(1),
    _power(2),
    _power(3),
    _power(12),
    _mixed((1, "9/10"), (3, "1/10")),
    _mixed((1, "1/2"), (2, "1/2")),
    _mixed((1, "1/2"), (5, "1/2")),
    _mixed((1, "1/100"), (2, "99/100")),
    _mixed((1, "999/1000"), (7, "1/1000")),
    _mixed((2, "1/2"), (9, "1/2")),
)
"""Kernel maps without constant term that have refuted something before."""

_BIASED: tuple[Series, ...] = (
    _mixed((0, "1/2"), (2, "1/2")),
    _mixed((0, "1/3"), (2, "2/3")),
    _mixed((0, "1/2"), (1, "1/2")),
    _mixed((0, "1/100"), (1, "99/100")),
    _mixed((0, "1/100"), (3, "99/100")),
    _mixed((0, "99/100"), (9, "1/100")),
    _mixed((0, "1/4"), (1, "1/2"), (2, "1/4")),
    _mixed((0, "1/4"), (1, "1/2"), (3, "1/4")),
    _mixed((0, "2/3"), (3, "1/3")),
    _mixed((0, "1/10"), (1, "1/10"), (3, "8/10")),
)
"""Kernel maps with a constant term: ordered, critical and chaotic ones."""


def centred_series(*, odd: bool = False) -> Drawn:
    """Return the kernel maps with ``kappa(0) = 0``, possibly only the odd ones."""

    def keep(series: Series) -> Series:
        if not odd:
            return series
        kept = [c if k % 2 else Fraction(0) for k, c in enumerate(series)]
        total = sum(kept)
        return tuple(c / total for c in kept) if total else _power(3)

    hostile = tuple(dict.fromkeys(map(keep, _CENTRED)))
    return Drawn(lambda: _integers(_DEGREE + 1).map(lambda w: keep(_normalised(w, 1))), hostile)


def any_series() -> Drawn:
    """Return all kernel maps of degree up to 7, affine ones included."""
    return Drawn(
        lambda: _integers(_DEGREE + 1).map(lambda w: _normalised(w, 0)), (*_CENTRED, *_BIASED)
    )


def networks(most: int = 3) -> Drawn:
    """Return networks of 1 to ``most`` different kernel maps, none of them constant."""

    def cut(weights: list[int]) -> tuple[Series, ...]:
        depth = 1 + weights[0] % most
        width = _DEGREE + 1
        rows = (weights[1 + width * i : 1 + width * (i + 1)] for i in range(depth))
        drawn = (_normalised(row, 0) for row in rows)
        return tuple(row if len(row) > 1 else _power(2) for row in drawn)

    singles = tuple((row,) for row in (*_CENTRED[:6], *_BIASED))
    mixed = (
        (_power(1), _power(2)),
        (_power(3), _mixed((2, "1/2"), (3, "1/2"))),
        (_BIASED[2], _BIASED[4], _CENTRED[5]),
        (_BIASED[0],) * most,
        (_CENTRED[4],) * most,
        (_mixed((0, "1/2"), (1, "1/2")), _mixed((0, "1/4"), (1, "1/4"), (2, "1/2"))),
        (_BIASED[5], _power(12)),
    )
    return Drawn(lambda: _integers(1 + most * (_DEGREE + 1)).map(cut), (*singles, *mixed))


def convex_function() -> Drawn:
    """Return convex functions of [0, 1] onto itself with straight pieces, by their vertices."""

    def build(numbers: list[int]) -> tuple[tuple[Fraction, Fraction], ...]:
        count = 1 + numbers[0] % 4
        widths = [1 + numbers[i] for i in range(1, count + 1)]
        rises, total = [], 0
        for i in range(count):
            total += _WEIGHTS[numbers[5 + i]]
            rises.append(total * widths[i])
        rises[-1] += int(sum(rises) == 0)
        points, x, y = [(Fraction(0), Fraction(0))], Fraction(0), Fraction(0)
        for width, rise in zip(widths, rises, strict=True):
            x += Fraction(width, sum(widths))
            y += Fraction(rise, sum(rises))
            points.append((x, y))
        return tuple(points)

    return Drawn(lambda: _integers(9).map(build), tuple(map(_vertices, _CONVEX)))


def _vertices(inner: Sequence[tuple[str, str]]) -> tuple[tuple[Fraction, Fraction], ...]:
    middle = tuple((Fraction(x), Fraction(y)) for x, y in inner)
    return ((Fraction(0), Fraction(0)), *middle, (Fraction(1), Fraction(1)))


_CONVEX: tuple[tuple[tuple[str, str], ...], ...] = (
    (),
    (("1/2", "0"),),
    (("999/1000", "0"),),
    (("2/3", "1/3"),),
    (("99/100", "1/100"),),
    (("1/2", "499/1000"),),
    (("1/4", "0"), ("3/4", "1/4")),
    (("1/10", "1/100"), ("9/10", "1/2")),
)


def ordered_map(series: Series, steepness: Fraction) -> Series:
    """Return ``1 - s/p + (s/p) q`` for a centred ``q`` with slope ``p`` at 1: slope ``s`` at 1.

    Every map with slope at most 1 has this form; ``s = 1`` gives the critical ones.
    """
    share = steepness / Fraction(slope(series))
    return (1 - share + share * series[0], *(share * c for c in series[1:]))


def tilted_map(series: Series, fixed: Fraction, linear: Fraction) -> Series:
    """Return ``a + b x + d q`` with fixed points ``fixed`` and 1, for a centred ``q``.

    Every map with ``P(0) > 0``, ``P'(1) > 1`` and a rational inner fixed point has this form;
    ``fixed = 0`` gives the centred maps.
    """
    lift = (fixed - Fraction(value(series, fixed))) / (1 - fixed)
    share = (1 - linear) / (1 + lift)
    rows = [share * c for c in series] + [Fraction(0)] * (2 - len(series))
    rows[0] += share * lift
    rows[1] += linear
    return tuple(rows)


def iterate(series: Series, start: Fraction, depth: int, dps: int) -> Any:
    """Return the ``depth``-th iterate: exact while short, then a ball with digits to spare."""
    if depth <= _EXACT_DEPTH:
        at: Any = start
        for _ in range(depth):
            at = value(series, at)
        return at
    with working_bits(bits_from_dps(dps + _SPARE_DIGITS)):
        ball = arb(rational(start))
        for _ in range(depth):
            ball = value(series, ball)
        return ball
