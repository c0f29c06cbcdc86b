"""Ranges of variables: their hostile points, their random points, their coordinates.

A domain is a mapping from variable names to ranges. A range knows three things:
its *edges* (ends, points a hair inside them, zero, extremes), a hypothesis
*strategy*, and a coordinate ``at(t)``, ``0 <= t <= 1``, along which an optimiser can
move and which spends as many decades near an open end as far from it.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_choice, check_integer

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["Drawn", "Integer", "OneOf", "Range", "Real"]

_NEAR = Fraction(1, 10**14)  # how close to an end the hostile points come
_MARGIN = 0.2  # share of the coordinate spent on the decades next to each end
_COORDINATE_BITS = 16  # of a random coordinate
_KIND_BITS = 3  # a denominator up to 7, or 0 for no rounding
_SIGNIFICANT = 6  # decimals kept of a coordinate's value, so that inputs stay short


class Range(ABC):
    """What `attack` needs to know about the values of one variable."""

    @abstractmethod
    def contains(self, value: Any) -> bool:
        """Whether a value belongs to the range."""

    @abstractmethod
    def edges(self) -> tuple[Any, ...]:
        """Hostile values, at least one: ends, near ends, zero, extremes."""

    @abstractmethod
    def strategy(self) -> SearchStrategy[Any]:
        """A hypothesis strategy for values of the range."""

    @abstractmethod
    def at(self, t: float) -> Any:
        """Value with coordinate ``t``, ``0 <= t <= 1``; increasing where values are ordered."""

    @abstractmethod
    def simpler(self, value: Any) -> tuple[Any, ...]:
        """Values to try instead of ``value``, simplest first; never a way back to it."""


def _rational(name: str, value: object) -> Fraction:
    if isinstance(value, int | str | Fraction) and not isinstance(value, bool):
        try:
            return Fraction(value)
        except (ValueError, ZeroDivisionError):
            pass
    raise InvalidArgument(expected(name, "to be an exact rational", value))


def _short(value: float) -> Fraction:
    """Return a positive float rounded to a few significant decimals, exactly."""
    return Fraction(f"{value:.{_SIGNIFICANT - 1}e}")


def _bits(count: int) -> SearchStrategy[int]:
    """Integers of ``count`` bits, drawn as booleans.

    Hypothesis mixes constants from the source files it can see into the numbers it
    draws, which would make an attack depend on what else is imported.
    """
    from hypothesis import strategies

    drawn = strategies.tuples(*[strategies.booleans()] * count)
    return drawn.map(lambda bits: int("".join("01"[bit] for bit in bits), 2))


@dataclass(frozen=True, init=False)
class Real(Range):
    """Real numbers between two rationals; None is an infinite end.

    Parameters
    ----------
    lower, upper : int, str, Fraction or None
        Ends of the range.
    open_at : str
        Which finite ends are excluded: ``""``, ``"lower"``, ``"upper"`` or ``"both"``.
    decades : int
        How far an infinite end is followed, and how near an excluded end is
        approached when the other end is infinite: ``10**decades`` and ``10**-decades``.

    Examples
    --------
    >>> Real(-1, 1).edges()[:3]
    (Fraction(-1, 1), Fraction(1, 1), Fraction(0, 1))
    >>> Real(0, None, open_at="lower").contains(Fraction(0))
    False
    """

    lower: Fraction | None
    upper: Fraction | None
    open_at: str
    decades: int

    def __init__(
        self,
        lower: int | str | Fraction | None,
        upper: int | str | Fraction | None,
        *,
        open_at: str = "",
        decades: int = 12,
    ) -> None:
        check_choice("open_at", open_at, ("", "lower", "upper", "both"))
        ends = [
            None if end is None else _rational(name, end)
            for name, end in (("lower", lower), ("upper", upper))
        ]
        if ends[0] is not None and ends[1] is not None and ends[0] >= ends[1]:
            raise InvalidArgument(expected("upper", f"> lower={ends[0]}", upper))
        object.__setattr__(self, "lower", ends[0])
        object.__setattr__(self, "upper", ends[1])
        object.__setattr__(self, "open_at", open_at)
        object.__setattr__(self, "decades", check_integer("decades", decades, minimum=1))

    def contains(self, value: Any) -> bool:
        if self.lower is not None and (
            value < self.lower or (value == self.lower and self.open_at in ("lower", "both"))
        ):
            return False
        return self.upper is None or not (
            value > self.upper or (value == self.upper and self.open_at in ("upper", "both"))
        )

    def edges(self) -> tuple[Fraction, ...]:
        far, one = Fraction(10) ** self.decades, Fraction(1)
        points: list[Fraction] = [end for end in (self.lower, self.upper) if end is not None]
        points += [Fraction(0), one, -one]
        if self.lower is not None and self.upper is not None:
            width = self.upper - self.lower
            points += [(self.lower + self.upper) / 2]
            for near in (_NEAR, Fraction(1, 10**6)):
                points += [self.lower + width * near, self.upper - width * near]
            points += [_NEAR, -_NEAR]
        else:
            anchor = self.lower if self.lower is not None else self.upper
            start, signs = (Fraction(0), (1, -1)) if anchor is None else (anchor, (1, -1))
            points += [start + sign * size for size in (far, 1 / far) for sign in signs]
        return tuple(dict.fromkeys(point for point in points if self.contains(point)))

    def strategy(self) -> SearchStrategy[Any]:
        return _bits(_COORDINATE_BITS + _KIND_BITS).map(self._drawn)

    def _drawn(self, bits: int) -> Fraction:
        """Return a point on the coordinate, as it is or rounded to a small denominator."""
        point = self.at((bits >> _KIND_BITS) / ((1 << _COORDINATE_BITS) - 1))
        denominator = bits % (1 << _KIND_BITS)
        rounded = point.limit_denominator(denominator) if denominator else point
        return rounded if self.contains(rounded) else point

    def at(self, t: float) -> Fraction:
        """Point with coordinate ``t``: a decimal of few digits away from the nearer end."""
        t = min(max(t, 0.0), 1.0)
        if self.lower is None and self.upper is None:
            return self._decade(2 * t - 1) if t >= 0.5 else -self._decade(1 - 2 * t)
        if self.lower is None:
            assert self.upper is not None
            return self.upper - self._decade(1 - t)
        if self.upper is None:
            return self.lower + self._decade(t)
        width = self.upper - self.lower
        offset = width * _short(_bend(min(t, 1 - t)))
        point = self.lower + offset if t <= 0.5 else self.upper - offset
        if not self.contains(point):  # exactly an excluded end
            inside = width * _NEAR / 10  # nearer than any other coordinate comes
            point = self.lower + inside if t <= 0.5 else self.upper - inside
        return point

    def _decade(self, t: float) -> Fraction:
        return _short(10.0 ** (self.decades * (2 * t - 1)))

    def simpler(self, value: Any) -> tuple[Fraction, ...]:
        value = Fraction(value)
        found = [value.limit_denominator(most) for most in (1, 2, 3, 5, 10, 100, 10**4, 10**8)]
        found += [_short(abs(float(value))) * (1 if value > 0 else -1)] if value else []
        simpler = (x for x in found if _length(x) < _length(value) and self.contains(x))
        return tuple(dict.fromkeys(simpler))


def _length(value: Fraction) -> tuple[int, int]:
    """Order in which rationals count as simpler; it has no infinite descent."""
    return value.denominator, abs(value.numerator)


def _bend(t: float) -> float:
    """Share of the width at coordinate ``t <= 1/2``: logarithmic near 0, then linear."""
    if t <= 0:
        return 0.0
    if t < _MARGIN:
        return float(_MARGIN * 10 ** (math.log10(_NEAR) * (1 - t / _MARGIN)))
    return t


@dataclass(frozen=True)
class Integer(Range):
    """Integers from ``lower`` to ``upper``; without an upper end, up to ``lower + reach``.

    Examples
    --------
    >>> Integer(1, reach=100).edges()
    (1, 2, 3, 101)
    """

    lower: int
    upper: int | None = None
    reach: int = 1000

    @property
    def _last(self) -> int:
        return self.lower + self.reach if self.upper is None else self.upper

    def contains(self, value: Any) -> bool:
        return value == int(value) and bool(self.lower <= value <= self._last)

    def edges(self) -> tuple[int, ...]:
        points = (self.lower, self.lower + 1, self.lower + 2, self._last)
        return tuple(dict.fromkeys(point for point in points if point <= self._last))

    def strategy(self) -> SearchStrategy[Any]:
        return _bits(_COORDINATE_BITS + 1).map(self._drawn)

    def _drawn(self, bits: int) -> int:
        if bits % 2:
            return self.lower + (bits >> 1) % (self._last - self.lower + 1)
        return self.at((bits >> 1) / ((1 << _COORDINATE_BITS) - 1))

    def at(self, t: float) -> int:
        """Integer with coordinate ``t``: each decade takes an equal share."""
        span = self._last - self.lower
        return self.lower + min(span, int((span + 1) ** min(max(t, 0.0), 1.0)) - 1)

    def simpler(self, value: Any) -> tuple[int, ...]:
        steps = (self.lower, (self.lower + value) // 2, value - 1)
        return tuple(dict.fromkeys(x for x in steps if self.lower <= x < value))


@dataclass(frozen=True)
class OneOf(Range):
    """One of finitely many values, simplest first: activation names, kinds, flags."""

    values: Sequence[Any]

    def contains(self, value: Any) -> bool:
        return bool(value in self.values)

    def edges(self) -> tuple[Any, ...]:
        return tuple(self.values)

    def strategy(self) -> SearchStrategy[Any]:
        return _bits(_COORDINATE_BITS).map(lambda bits: self.values[bits % len(self.values)])

    def at(self, t: float) -> Any:
        return self.values[min(int(min(max(t, 0.0), 1.0) * len(self.values)), len(self.values) - 1)]

    def simpler(self, value: Any) -> tuple[Any, ...]:
        return tuple(self.values[: list(self.values).index(value)])


@dataclass(frozen=True)
class Drawn(Range):
    """Values drawn by a hypothesis strategy: vectors, Gram matrices, whole architectures.

    Parameters
    ----------
    build : callable
        Returns the strategy; called when the attack starts, so that a claims module
        need not import hypothesis. Numbers that hypothesis draws depend on the source
        files it can see; draw booleans or sizes from `Integer` where that matters.
    hostile : sequence
        Values that are always tried, at least one.
    """

    build: Callable[[], SearchStrategy[Any]]
    hostile: Sequence[Any]

    def contains(self, value: Any) -> bool:
        return value is not None

    def edges(self) -> tuple[Any, ...]:
        return tuple(self.hostile)

    def strategy(self) -> SearchStrategy[Any]:
        return self.build()

    def at(self, t: float) -> Any:
        return self.hostile[min(int(t * len(self.hostile)), len(self.hostile) - 1)]

    def simpler(self, value: Any) -> tuple[Any, ...]:
        known = any(value is other for other in self.hostile)
        return () if known else tuple(self.hostile)
