r"""Certified values of ``W = E tanh(sqrt(q1) u) tanh(sqrt(q2) v)`` by the odd Hermite series.

With :math:`a_k(q)=E\tanh(\sqrt qZ)\,\mathrm{he}_k(Z)`, orthonormal :math:`\mathrm{he}_k`,

.. math:: W=\sum_{k\ \mathrm{odd}}a_k(q_1)a_k(q_2)\,c^k,\qquad
    |\text{rest after }K|\le|c|^{K+2}\sqrt{T_K(q_1)T_K(q_2)},\quad
    T_K(q)=V(q)-\sum_{k\le K}a_k(q)^2 .

For small variances a few terms do, for every ``c`` up to 1. All coefficients and ``V`` come from
one trapezoidal rule, with nodes ``(j + 1/2) h`` and without its poles: on ``Im z = s``,
:math:`v=\sqrt qs<\pi/2`,

* :math:`E|\tanh\sqrt q(X+is)|^2\le M=\min\{\max(1,\tan^2v),\ q(1+s^2)/\cos^2v\}`;
* :math:`E|\mathrm{he}_k(X+is)|^2=\sum_i\binom ki s^{2i}/i!=L_k(-s^2)`, a Laguerre polynomial;

so the rule is off by at most :math:`2e^{s^2/2}/(e^{2\pi s/h}-1)` times :math:`M` for ``V`` and
times :math:`\sqrt{M\,L_k(-s^2)}` for :math:`a_k`. The nodes left out beyond ``X`` are bounded
through
:math:`|\mathrm{he}_k(x)|\le\min\{1.09\,e^{x^2/4},\ 1.65\,k^{1/4}e^{x\sqrt k}\}`: Cramér's
inequality, and Cauchy's on the circle :math:`|r|=\sqrt k` of the generating function.
"""

from __future__ import annotations

from math import ceil, e, log, pi, sqrt
from typing import TYPE_CHECKING

from flint import arb

from symprop.gaussian.tanh_nodes import gaussian_weights, growths
from symprop.numerics.precision import working_bits

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["series_kernel"]

_LOG2 = 0.6931471805599453
_STEEPEST = 0.4 * pi  # largest v
_MOST_TERMS = 2000


def series_kernel(q1: arb, q2: arb, c: arb, bits: int) -> arb:
    """Return ``W`` to a relative radius of about ``2**-bits``, for small exact ``q1, q2 > 0``.

    Parameters
    ----------
    q1, q2 : arb
        Exact variances; the cost grows quickly beyond 1.
    c : arb
        Correlation in [-1, 1], not zero.
    bits : int
        Relative accuracy.

    Error
    -----
    Enclosed; wider than asked for if the series converges too slowly.
    """
    same = q1 == q2
    # a small rest of one function times a large one of the other is known to half the bits
    effective = bits if same else 2 * bits
    goal = effective * _LOG2
    goal += log(60 * goal)
    decays = _decays((float(q1), float(q2)), abs(float(c)), goal)
    terms = len(decays)
    with working_bits(effective + 2 * terms + 28):
        first = _coefficients(q1, *_sizes(float(q1), [b for _, b in decays], goal))
        second = first
        if not same:
            second = _coefficients(q2, *_sizes(float(q2), [a for a, _ in decays], goal))
        rest_a = next(first)
        rest_b = rest_a if same else next(second)
        total, power, square = arb(0), c, c * c
        target = arb((1, -bits - 2))
        rest = arb(0)
        for _ in range(terms + terms // 2 + 4):
            a = next(first)
            b = a if same else next(second)
            total += a * b * power
            power *= square
            rest_a -= a * a
            rest_b = rest_a if same else rest_b - b * b
            rest = abs(power) * (abs(rest_a).upper() * abs(rest_b).upper()).sqrt()
            if rest < target * abs(total):
                break
        return total + arb(0, rest.upper())


def _decays(q: tuple[float, float], c: float, goal: float) -> list[tuple[float, float]]:
    """Guess ``-log(a_k/a_1)`` of both for ``k = 1, 3, ...`` until the terms are negligible.

    The coefficients first follow those of the Taylor series, then the strip of half-width
    ``pi/(2 sqrt q)``.
    """
    strips = [pi / (2 * sqrt(item)) if item else 1e150 for item in q]
    rate = -2 * log(c) if c else 1e9
    decays = [(0.0, 0.0)]
    while sum(decays[-1]) + len(decays) * rate < goal and len(decays) < _MOST_TERMS:
        k = 2 * len(decays) + 1
        decays.append((_decay(k, strips[0]), _decay(k, strips[1])))
    return decays


def _decay(k: int, strip: float) -> float:
    exponent = k * log(e * strip * strip / k)
    if k > strip * strip:
        exponent = strip * strip + 2.8 * strip * (sqrt(k) - strip)
    return max(0.0, exponent - log(e * strip * strip)) / 2


def _sizes(q: float, decays: list[float], goal: float) -> tuple[float, float, int]:
    """Guess line, step and nodes for one variance; ``decays`` are the other's."""
    height = sqrt(2 * goal)
    if q:
        height = min(height, _STEEPEST / sqrt(q))
    orders = [(sqrt(2 * index + 1), decay) for index, decay in enumerate(decays)]
    last = orders[-1][0]
    exponent = max(height * root - decay for root, decay in orders)
    exponent = goal + max(exponent, height * last - goal / 2)
    step = min(2 * pi / (exponent / height + height / 2), 1.0)
    end = sqrt(2 * goal)
    while any(
        min(end / 4, end / 2 - root) * end < max(goal - decay, goal / 2) for root, decay in orders
    ):
        end *= 1.02
    return height, step, ceil(end / step + 0.5)


def _coefficients(q: arb, height: float, step: float, nodes: int) -> Iterator[arb]:
    """Yield ``V(q), a_1(q), a_3(q), ...`` at the precision in force."""
    scale, h, s = q.sqrt(), arb(step), arb(height)
    factor = 2 * h / (2 * arb.pi()).sqrt()
    cosine = (scale * s).cos()
    square = cosine * cosine
    mean = (1 / square - 1).max(arb(1)).min(q * (1 + s * s) / square)
    line = 2 * (s * s / 2).exp() / (2 * arb.pi() * s / h).expm1()
    end = (nodes - arb(0.5)) * h
    weights = gaussian_weights(h * h, nodes)
    tangents = [growth / (growth + 2) for growth in growths(2 * scale * h, nodes)]
    points = [(index + arb(0.5)) * h for index in range(nodes)]
    values = [weight * tangent for weight, tangent in zip(weights, tangents, strict=True)]
    total = sum((value * t for value, t in zip(values, tangents, strict=True)), arb(0))
    density = (-end * end / 2).exp() * (2 / arb.pi()).sqrt()
    error = line * mean + density * (1 / end).min(q * (end + 1 / end))
    yield factor * total + arb(0, error.upper())

    line *= mean.sqrt()
    squares = [x * x for x in points]
    before = [arb(0)] * nodes
    values = [value * x for value, x in zip(values, points, strict=True)]
    factorial = arb(1)
    laguerre, previous = 1 + s * s, arb(1)
    k = 1
    while True:
        error = line * laguerre.sqrt() + _tail(scale, end, k)
        yield factor * sum(values, arb(0)) / factorial.sqrt() + arb(0, error.upper())
        shift, product = 2 * k + 1, k * (k - 1)
        after = [
            (x - shift) * value - product * old
            for x, value, old in zip(squares, values, before, strict=True)
        ]
        before, values = values, after
        factorial *= (k + 1) * (k + 2)
        for order in (k, k + 1):
            following = ((2 * order + 1 + s * s) * laguerre - order * previous) / (order + 1)
            laguerre, previous = following, laguerre
        k += 2


def _tail(scale: arb, end: arb, k: int) -> arb:
    """Bound the nodes beyond ``end`` in the sum for ``a_k``."""
    constant = (2 / arb.pi()).sqrt()
    cramer = arb("1.09") * (-end * end / 4).exp() * (2 / end).min(2 * scale)
    root = arb(k).sqrt()
    slope = end - root - 1 / end
    if slope > 0:
        cauchy = arb("1.65") * root.sqrt() * (end * (root - end / 2)).exp()
        cramer = cramer.min(cauchy * arb(1).min(scale * end) / slope)
    return constant * cramer
