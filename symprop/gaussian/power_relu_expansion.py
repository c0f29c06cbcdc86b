r"""Power series of the alpha-ReLU kernel with ball coefficients and proved tails.

The two ends of [-1, 1] in terms of :math:`x=(1+c)/2`, :math:`\delta=1-x`,
:math:`\mu=\alpha+1/2`: the edge series :math:`J=x^\mu\sum p_kx^k`, and the series at one,

.. math:: J=(1-\delta)^\mu\Bigl[1+\sum_{k\ge1}a_k\delta^k
    +\delta^m\frac{\delta^\varepsilon-1}\varepsilon\sum_k b_k\delta^k\Bigr],\quad
    \mu=m+\varepsilon,

whose coefficients stay bounded as ``epsilon`` tends to 0, where the quotient becomes
``log(delta)``. For ``m = 0`` the quotient is replaced by ``delta**mu``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from flint import arb, fmpq

from symprop.numerics.precision import working_bits

if TYPE_CHECKING:
    from symprop.gaussian.power_relu_series import Ratio

__all__ = ["EdgeSeries", "OneSeries", "edge_series", "one_series"]

_HALF = Fraction(1, 2)
_SEPARATE = Fraction(3, 4)  # up to this mu the two series of the formula do not cancel
_TAIL_BITS = 72
_BITS = 192


@dataclass(frozen=True, slots=True)
class EdgeSeries:
    """``p_0..p_K`` and a bound of the tail for ``0 <= x <= reach``."""

    coefficients: list[arb]
    tail: arb


@dataclass(frozen=True, slots=True)
class OneSeries:
    """``a_1..a_K`` and ``b_0..b_K``, with bounds of their tails for ``0 <= delta <= reach``.

    The tail of the ``a_k`` is that of ``sum a_k delta**(k-1)``.
    """

    order: int
    offset: Fraction
    regular: list[arb]
    regular_tail: arb
    singular: list[arb]
    singular_tail: arb


def edge_series(alpha: Ratio, reach: Fraction) -> EdgeSeries:
    """Expand ``J/x**mu`` at ``x = 0``: positive coefficients, each ratio below ``reach``."""
    mu = Fraction(*alpha) + _HALF
    with working_bits(_BITS):
        ball = _ball(mu)
        term = ((ball + 0.5).gamma() * ball.rgamma()) ** 2 / ball
        coefficients = [term]
        smallest = term * arb(2) ** -_TAIL_BITS
        size, k = term, 0
        while not size < smallest:
            term *= _ball((k + _HALF) ** 2 / ((k + 1) * (k + 1 + mu)))
            coefficients.append(term)
            k += 1
            size = term * _ball(reach) ** k
        return EdgeSeries(coefficients, size * _ball(reach / (1 - reach)))


def one_series(alpha: Ratio, reach: Fraction) -> OneSeries:
    """Expand the kernel at correlation one, for ``delta <= reach <= 1/2``."""
    mu = Fraction(*alpha) + _HALF
    order = max(round(mu), 1) if mu > _SEPARATE else 0
    short = _asymptotic(mu, reach)
    if short is not None:
        return short
    offset = mu - order
    spare = max(0, offset.denominator.bit_length() - abs(offset.numerator).bit_length())
    count = ceil(4 * mu) + 8 + 2 * (_TAIL_BITS + spare)
    with working_bits(_BITS + 2 * spare + int(4 * mu)):
        if offset == 0:
            return _logarithmic(order, count, reach)
        return _separated(mu, order, offset, count, reach)


def _ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def _poles(mu: Fraction, count: int) -> list[arb]:
    """Return ``(1/2)_k**2/((1-mu)_k k!)`` for ``k < count``."""
    result = [arb(1)]
    for k in range(count - 1):
        result.append(result[-1] * _ball((k + _HALF) ** 2 / ((k + 1) * (k + 1 - mu))))
    return result


def _partners(mu: Fraction, count: int) -> list[arb]:
    """Return ``(mu+1/2)_k**2/((mu+1)_k k!)`` for ``k < count``."""
    result = [arb(1)]
    for k in range(count - 1):
        result.append(result[-1] * _ball((k + mu + _HALF) ** 2 / ((k + 1) * (k + 1 + mu))))
    return result


def _asymptotic(mu: Fraction, reach: Fraction) -> OneSeries | None:
    """Return the polynomial part alone, if the rest is negligible for this large ``mu``.

    ``J/(1-delta)**mu`` is the mean of ``(1 + delta t/(1-t))**(-1/2)`` over a beta law of
    ``t``. Its Taylor remainder after ``K < mu`` terms is at most the first term left out.
    """
    if mu < 16:
        return None
    with working_bits(_BITS):
        term = arb(1)
        regular: list[arb] = []
        for k in range(ceil(mu) - 1):
            if abs(term) * _ball(reach) ** (k - 1) < arb(2) ** -_TAIL_BITS:
                tail = abs(term) * _ball(reach) ** (k - 1)
                return OneSeries(0, mu, regular[1:], tail, [], arb(0))
            regular.append(term)
            term *= _ball((k + _HALF) ** 2 / ((k + 1) * (k + 1 - mu)))
    return None


def _separated(
    mu: Fraction, order: int, offset: Fraction, count: int, reach: Fraction
) -> OneSeries:
    poles, partners = _poles(mu, count + order), _partners(mu, count)
    ball = _ball(mu)
    ratio = (ball + 0.5).gamma() * ball.rgamma()
    # 1/(S(1) sin(pi mu)), with the sign of cos(pi alpha)
    factor = ratio**2 / ball / arb.sin_pi_fmpq(fmpq(mu.numerator, mu.denominator))
    tail_factor = _tail_ratio(reach)
    pole_tail = abs(poles[-1]) * _ball(reach) ** (len(poles) - 2) * tail_factor
    partner_tail = abs(factor * partners[-1]) * _ball(reach) ** (count - 1) * tail_factor
    if order == 0:
        singular = [-factor * term for term in partners]
        return OneSeries(0, offset, poles[1:], pole_tail, singular, partner_tail)
    regular = poles[1:]
    for k, term in enumerate(partners):
        regular[k + order - 1] -= factor * term
    scale = factor * _ball(offset)
    return OneSeries(
        order,
        offset,
        regular,
        pole_tail + partner_tail * _ball(reach) ** (order - 1),
        [-scale * term for term in partners],
        abs(_ball(offset)) * partner_tail,
    )


def _logarithmic(order: int, count: int, reach: Fraction) -> OneSeries:
    """Return the limit ``offset -> 0``; harmonic numbers stand in for the difference quotient."""
    mu = Fraction(order)
    regular = _poles(mu, order)[1:]
    ratio = (arb(order) + 0.5).gamma() / arb(order).gamma()
    factor = (-1) ** (order + 1) * ratio**2 / (arb.pi() * order)
    bracket = -4 * arb(2).log()
    bracket += sum((2 / (arb(i) + 0.5) for i in range(order)), arb(0))
    bracket -= sum((1 / arb(i) for i in range(1, order + 1)), arb(0))
    singular = []
    for n, term in enumerate(_partners(mu, count)):
        singular.append(factor * term)
        regular.append(factor * term * bracket)
        bracket += 2 / (arb(n + order) + 0.5) - 1 / arb(n + 1) - 1 / arb(n + 1 + order)
    tail = abs(singular[-1]) * _ball(reach) ** (count - 1) * _tail_ratio(reach)
    # |bracket| of index n >= count is below 4 (3 + log) and grows by less than 1/n a step,
    # which the margin of _tail_ratio covers
    largest = 4 * (3 + arb(2 * (count + order)).log())
    regular_tail = tail * largest * _ball(reach) ** (order - 1)
    return OneSeries(order, Fraction(0), regular, regular_tail, singular, tail)


def _tail_ratio(reach: Fraction) -> arb:
    """Sum of a geometric tail after the last term, its ratio being at most ``7/5 reach``.

    From index ``4 mu + 8`` on ``(n+1)/(n+1-mu) <= 4/3`` and ``(n+mu+1/2)/(n+1) <= 5/4``; the rest
    is a margin.
    """
    ratio = reach * Fraction(7, 5)
    return _ball(ratio / (1 - ratio))
