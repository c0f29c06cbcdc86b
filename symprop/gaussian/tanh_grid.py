"""Choice of step, lines, nodes and poles for the double integral of ``tanh_fourier``.

Everything here is floating-point guesswork that mirrors the bounds proved there. It decides
how many bits a result has and what it costs; whether the result is true does not depend on it
(that the poles counted are those below the line is checked there).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, expm1, floor, log, log2, pi, sin, sqrt, tanh

__all__ = ["FOUR_CATALAN", "Grid", "choose_grid", "grid_size"]

FOUR_CATALAN = 3.6639
"""Rounded up: the integral of ``|x|/cosh x`` over the line."""

_LOG2 = 0.6931471805599453
_CLEARANCE = 0.2  # of the line from the nearest pole, in units of the poles' distance


@dataclass(frozen=True, slots=True)
class Grid:
    """Sizes of the discretisation: common step and lags, the rest for each variable."""

    step: float
    heights: tuple[float, float]
    poles: tuple[int, int]
    nodes: tuple[int, int]
    lags: int
    bits: int


@dataclass(frozen=True, slots=True)
class _Line:
    """One variable: ``k``, the height of the line ``Im z = a`` and the poles below it."""

    k: float
    height: float
    poles: int

    def spread(self, decay: float) -> float:
        narrow = FOUR_CATALAN / self.k**2 + pi * self.height / self.k
        return min(narrow, 2 / decay + 2.51 * self.height / sqrt(decay))

    @property
    def factor(self) -> float:
        return 2 / abs(sin(self.k * self.height))

    @property
    def residue_size(self) -> float:
        return 4 * pi * self.poles * self.height / self.k


def grid_size(q: float, gap: float, bits: int) -> float:
    """Return about how many nodes and poles one variable needs."""
    goal = bits * _LOG2 + 8
    k = pi / (2 * sqrt(q))
    height = sqrt(2 * goal)
    return height / (2 * pi) * _length(k, gap * (2 - gap), goal) + height * k / pi


def choose_grid(q: tuple[float, float], c: float, gap: float, bits: int) -> Grid:
    """Return the sizes that give about ``bits`` relative bits."""
    goal = bits * _LOG2 + 2
    decay = max(gap * (1 + c), 1e-300)
    a, b = (_line(pi / (2 * sqrt(item)), goal, c) for item in q)
    size = 4 * c * q[0] * q[1] / sqrt((1 + 1.6 * q[0]) * (1 + 1.6 * q[1]))  # of the integral
    rate = _rate(a, b, c, decay, goal - log(size))
    nodes = [
        _nodes(one, other, rate, c, decay, goal - log(size)) for one, other in ((a, b), (b, a))
    ]
    product = a.k * b.k * size
    lags = ceil(sqrt(2 * (goal + max(0.0, log(200 / product))) / c) * rate / (2 * pi))
    lost = max(0.0, log2(160 / product))
    return Grid(
        2 * pi / rate,
        (a.height, b.height),
        (a.poles, b.poles),
        (nodes[0], nodes[1]),
        min(lags, sum(nodes) - 1),
        bits + ceil(lost) + 2 * max(nodes).bit_length() + 8,
    )


def _length(k: float, decay: float, goal: float) -> float:
    """Return the ``x`` with ``decay x**2/2 + k x = goal``."""
    return 2 * goal / (k + sqrt(k * k + 2 * decay * goal))


def _line(k: float, goal: float, c: float) -> _Line:
    height = sqrt(2 * goal + 16) / max(1.0, sqrt(2 * c))
    turns = height * k / pi
    nearest = max(1, round(turns))
    if abs(turns - nearest) < _CLEARANCE:
        turns = nearest + (_CLEARANCE if turns > nearest else -_CLEARANCE)
        height = turns * pi / k
    return _Line(k, height, floor(turns))


def _rate(a: _Line, b: _Line, c: float, decay: float, goal: float) -> float:
    """Return ``2 pi / h``."""
    rate = 2 * pi
    for one, other in ((a, b), (b, a)):
        constant = 6 * c * one.factor * one.spread(decay) / other.k
        rate = max(rate, (goal + log(constant)) / one.height + one.height / 2)
    for one, other in ((a, b), (b, a)):
        if not other.poles:
            continue
        exponent = goal + log(one.factor * one.spread(1.0) * c * other.residue_size)
        exponent += one.height**2 / 2
        first = pi / other.k
        near = first * (first / 2 + c * one.height - rate)
        rate = max(rate, (exponent + near) / one.height)
        far = other.height * (other.height / 2 + c * one.height)
        rate = max(rate, (exponent + far) / (one.height + other.height))
    return rate


def _nodes(one: _Line, other: _Line, rate: float, c: float, decay: float, goal: float) -> int:
    weight = 2.8 * c / other.k
    if other.poles:
        first = pi / other.k
        near = max(x * (x / 2 - rate) for x in (first, other.height))
        weight += c * other.residue_size * exp(near)
    end = _length(one.k, decay, max(goal, 1.0))
    for _ in range(2):
        slope = decay * end + max(0.0, one.k / tanh(one.k * end) - 1 / end)
        constant = 4 * end / (-expm1(-2 * one.k * end) * slope) * weight
        end = _length(one.k, decay, max(goal + log(constant), 1.0))
    return ceil(end * rate / (2 * pi) + 0.5)
