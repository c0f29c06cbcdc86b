r"""Certified series of the alpha-ReLU kernel at rational arguments.

With :math:`\mu=\alpha+1/2`, :math:`x=(1+c)/2`, :math:`\delta=(1-c)/2` and
:math:`S(x)=x^\mu\,{}_2F_1(1/2,1/2;\mu+1;x)` the normalised kernel is :math:`J=S(x)/S(1)`. Each
region of ``c`` has its own series, all with small rational term ratios, so that they
are summed in integers scaled by a power of two and the rounding is counted exactly:

* around 0, in powers of ``c`` (:math:`J` solves :math:`(1-c^2)J''+(2\alpha-1)cJ'=\alpha^2J`);
* towards -1, and everywhere when ``alpha`` is large, the positive series of ``S(x)``;
* towards 1, :math:`J(c)=(1-\delta)^\mu{}_2F_1(1/2,1/2;1-\mu;\delta)-S(\delta)/(S(1)\sin\pi\mu)`,
  which also gives ``1 - J`` without cancellation.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flint import arb, fmpq, fmpz

from symprop.foundation.errors import PrecisionNotReached
from symprop.numerics.precision import current_bits, working_bits

__all__ = ["Ratio", "rational_kernel"]

Ratio = tuple[int, int]
"""A rational number as (numerator, positive denominator)."""

Quadratic = tuple[int, int, int]
"""A quadratic polynomial as its value, first and second difference at the first index."""

_HALF = arb(0.5)
_GUARD = 7  # bits for gamma functions and powers; rounding of the sums comes on top
_LARGEST_CENTRAL = 4  # above it the powers of c grow before they decay
_NATIVE_BITS = 800  # below, Python's integers beat FLINT's for these operations
_DIGIT = 30  # bits of a digit of Python's integers
_WORD = 62  # bits of a FLINT integer that needs no allocation
_ATTEMPTS = 12


def rational_kernel(alpha: Ratio, gap: Ratio, bits: int, *, deficit: bool = False) -> arb:
    """Return a ball around ``J_alpha(1 - gap)``, or ``1 - J``, with ``bits`` relative bits.

    Parameters
    ----------
    alpha, gap : tuple of two int
        Exact rationals, ``alpha > -1/2`` and ``0 <= gap <= 2``.
    bits : int
        Relative accuracy of the result.
    deficit : bool
        Return ``1 - J_alpha``, accurate relative to its own size.

    Raises
    ------
    PrecisionNotReached
        If twelve rounds of rising precision were not enough.

    Error
    -----
    Enclosed.
    """
    if gap[0] == 0:
        return arb(0 if deficit else 1)
    if gap[0] == 2 * gap[1]:
        return arb(1 if deficit else 0)
    guard = _GUARD + bits.bit_length()
    value = arb(0, 1)
    for _ in range(_ATTEMPTS):
        with working_bits(bits + guard):
            value = _evaluate(alpha, gap, bits + guard, deficit)
        missing = bits - value.rel_accuracy_bits()
        if missing <= 0:
            return value
        guard += bits + guard if value.contains(0) else missing + _GUARD
    raise PrecisionNotReached(
        f"Expected {bits} bits of the alpha-ReLU kernel at alpha={alpha[0]}/{alpha[1]}, "
        f"1-c={gap[0]}/{gap[1]} but got {value.str(10)}.",
        value,
    )


def _evaluate(alpha: Ratio, gap: Ratio, bits: int, deficit: bool) -> arb:
    """Choose the series by region; one pass at the precision in force."""
    a, d = alpha
    g, s = gap
    if 2 * g > s or a > bits * d:
        if a <= _LARGEST_CENTRAL * d and 3 * g < 4 * s:
            value = _central(a, d, s - g, s)
        else:
            value = _edge(a, d, 2 * s - g, 2 * s)
        return 1 - value if deficit else value
    if a % d and not 2 * a % d:
        return _library(a, d, g, s, deficit)
    return _near_one(a, d, g, 2 * s, deficit)


def _central(a: int, d: int, r: int, s: int) -> arb:
    """Even and odd powers of ``c = r/s``, for ``|c| <= 1/2`` and ``alpha <= 4``."""
    bits = current_bits()
    even, even_error = _central_sum(a, d, abs(r), s, 0, bits)
    odd, odd_error = _central_sum(a, d, abs(r), s, 1, bits)
    odd, odd_error = 2 * odd * r // s, odd_error + 1  # twice |c| is at most 1
    even_moment, odd_moment = _central_moments(a, d, bits)
    return even_moment * arb(even, even_error) + odd_moment * arb(odd, odd_error)


@lru_cache(maxsize=32)
def _central_moments(a: int, d: int, bits: int) -> tuple[arb, arb]:
    """Return ``J(0)`` and half of ``J'(0)``, times ``2**-bits``: constants of the exponent."""
    half = arb(a) / (2 * d)
    even, odd = (half + _HALF).gamma(), (half + 1).gamma()
    scale = (2 * half + _HALF).rgamma() * _central_unit(bits)
    return even * even * scale, odd * odd * scale


@lru_cache(maxsize=64)
def _central_unit(bits: int) -> arb:
    """Return ``2**-(bits + 1)/sqrt(pi)``."""
    return arb((1, -bits - 1)) / arb.const_sqrt_pi()


def _central_sum(a: int, d: int, r: int, s: int, start: int, bits: int) -> tuple[Any, int]:
    """Sum of the terms from index ``start`` on, the first one being 1, scaled; and its error.

    Terms ``n`` and ``n + 2`` have ratio ``c**2 (n-alpha)**2/((n+1)(n+2)) <= 3/8``, but for
    the first even one when ``alpha > 1``, whose rounding is as little amplified.
    """
    first, below = d * start - a, s * d
    if bits < _NATIVE_BITS and below**2 * bits**2 >> _DIGIT and not below * bits >> _DIGIT:
        return _accumulate_factors(1 << bits, r * first, 2 * r * d, below * (start + 1), below)
    r2, s2 = r * r, below * below
    return _positive_sum(
        (r2 * first * first, 4 * d * (first + d) * r2, 8 * d * d * r2),
        (s2 * (start + 1) * (start + 2), s2 * (4 * start + 10), 8 * s2),
        bits,
    )


def _accumulate_factors(one: int, p: int, dp: int, q: int, dq: int) -> tuple[int, int]:
    """Like `_positive_sum` for ratios ``p**2/(q (q + dq))``, in two steps of one digit each.

    Python divides by a single digit of 30 bits much faster than by two. All ``p/(q + dq)`` are
    at most 1, so that the two floors of a term cost less than two units: downwards, or less
    than one upwards where ``p < 0``, which holds for two terms at most (``alpha <= 4``).
    """
    term = total = one
    first, step = q, 2 * dq
    while term:
        term = term * p // q * p // (q + dq)
        total += term
        p += dp
        q += step
    error = 4 * ((q - first) // step) + 16
    return total + error, error + 8


def _edge(a: int, d: int, p: int, q: int) -> arb:
    """Return ``S(p/q)/S(1)``: positive terms, ratio below ``x`` and below 1/2 for large alpha."""
    exponent = fmpq(2 * a + d, 2 * d)
    gammas = (arb(exponent) + 0.5).gamma() * arb(exponent).rgamma()
    bits = current_bits()
    series = _scaled(*_positive_sum(*_ratio(2 * a + 3 * d, d, p, q, 0), bits), bits)
    return arb(fmpq(p, q)) ** arb(exponent) * series * gammas * gammas / exponent


def _near_one(a: int, d: int, p: int, q: int, deficit: bool) -> arb:
    """Return ``J`` or ``1 - J`` for ``delta = p/q <= 1/4`` and ``2 alpha`` not an odd integer.

    The hypergeometric function is taken as ``1 + first * tail``: its first term carries the
    size of ``1 - J``.
    """
    exponent = arb(fmpq(2 * a + d, 2 * d))
    # for k + 1 >= 3 mu / 2 the ratio is at most 3 delta <= 3/4, whatever came before
    signed_terms = (3 * (2 * a + d)) // (4 * d) + 1
    first = fmpq(p * d, 2 * q * (d - 2 * a))
    tail = first * _signed_sum(*_ratio(d - 2 * a, d, p, q, 1), signed_terms)
    logarithm = exponent * (-arb(fmpq(p, q))).log1p()
    reflected = _edge(a, d, p, q) / arb.cos_pi_fmpq(fmpq(a, d))
    if deficit:
        return reflected - logarithm.expm1() - logarithm.exp() * tail
    return logarithm.exp() * (1 + tail) - reflected


def _library(a: int, d: int, g: int, s: int, deficit: bool) -> arb:
    """Return ``J`` or ``1 - J`` at half-integer ``alpha``, where the expansion has logarithms."""
    bits = current_bits()
    with working_bits(bits + (max(s // g, 1).bit_length() if deficit else 0)):
        half, x = arb(0.5), 1 - arb(fmpq(g, 2 * s))
        top = fmpq(2 * a + d, 2 * d) + 1
        value = x.hypgeom_2f1(half, half, arb(top)) / arb(1).hypgeom_2f1(half, half, arb(top))
        value *= x ** arb(top - 1)
        return 1 - value if deficit else value


def _ratio(e: int, d: int, p: int, q: int, start: int) -> tuple[Quadratic, Quadratic]:
    """Return numerator and denominator of ``(p/q) (k+1/2)**2/((k+1)(k+e/(2d)))`` from ``start``."""
    scale, odd = p * d, 2 * start + 1
    below = 2 * d * start + e
    return (
        (scale * odd * odd, 4 * scale * (odd + 1), 8 * scale),
        (
            2 * q * (start + 1) * below,
            2 * q * (below + 2 * d * (start + 2)),
            8 * q * d,
        ),
    )


def _positive_sum(numerator: Quadratic, denominator: Quadratic, bits: int) -> tuple[Any, int]:
    """Sum of ``t_0 = 1, t_{k+1} = t_k numerator(k)/denominator(k)``, all ratios in [0, 3/4].

    Returned with its error, both times ``2**bits``. Each floor costs less than one unit, and so
    at most four in all later terms together (the ratio of the first, exact term may be
    larger); a true term whose floor is zero is below four units, and what follows it below 16.
    Ratios below 1/2 may instead grow after the last summed term, provided that the tail
    stays below 16 units: true of the large exponents `_evaluate` sends here.
    """
    one: Any = 1 << bits
    if bits >= _NATIVE_BITS:
        one = fmpz(one)
        if denominator[2] * bits**2 >> _WORD:  # converting long factors at each step is slow
            numerator, denominator = _long(numerator), _long(denominator)
    total, steps = _accumulate(one, numerator, denominator)
    error = 2 * steps + 8  # half of it, around the middle
    return total + error, error


def _long(quadratic: Quadratic) -> Any:
    return tuple(fmpz(part) for part in quadratic)


def _accumulate(one: Any, numerator: Quadratic, denominator: Quadratic) -> tuple[Any, int]:
    p, dp, ddp = numerator
    q, dq, ddq = denominator
    term = total = one
    while term:
        term = term * p // q
        total += term
        p += dp
        dp += ddp
        q += dq
        dq += ddq
    return total, int((dq - denominator[1]) // ddq)


def _signed_sum(numerator: Quadratic, denominator: Quadratic, signed_terms: int) -> arb:
    """Like `_positive_sum`, after ``signed_terms`` ratios of any sign and size.

    Those carry the exact bound of their own rounding error along.
    """
    bits = current_bits()
    p, dp, ddp = numerator
    q, dq, ddq = denominator
    term = total = 1 << bits
    error = total_error = 0
    for _ in range(signed_terms):
        term = term * p // q
        error = -(-error * abs(p) // abs(q)) + 1
        total += term
        total_error += error
        p += dp
        dp += ddp
        q += dq
        dq += ddq
    rest, steps = _accumulate(abs(term), (p, dp, ddp), (q, dq, ddq))
    rest -= abs(term)
    total = total + rest if term > 0 else total - rest
    return _scaled(total, total_error + 4 * (error + steps) + 16, bits)


def _scaled(total: Any, error: int, bits: int) -> arb:
    """Ball around ``(total +- error) 2**-bits``."""
    return arb(total, error) * arb((1, -bits))
