r"""Fast balls of the dual kernel of softsign, which has no closed form and whose pieces have poles.

On the half line :math:`f(z) = bz/(1 + bz)` is projected on polynomials of degree n in the
space of the half-normal law. With P the projection and :math:`\epsilon` its distance,

.. math:: \hat\phi(z) = \mathrm{sgn}(z) P(|z|) = P_o(z) + \mathrm{sgn}(z) P_e(z),\qquad
    |\kappa - \hat\kappa| \le 2 \epsilon\, \|\phi\| ,

and :math:`\hat\kappa` is elementary, as every kernel of polynomials broken at 0 is:

.. math:: \hat\kappa(\rho) = \sum_k a_k (a_k + 2 s_k) \rho^k
    + \tfrac2\pi \arcsin(\rho)\, K(\rho) + \sqrt{1 - \rho^2}\, C(\rho) .

Here :math:`a_k, s_k` are the Hermite coefficients of :math:`P_o` and :math:`\mathrm{sgn} P_e`,
of odd index; K is the kernel of :math:`P_e` on the whole line, and C the odd polynomial
that makes the Taylor series of the last two terms :math:`\sum_k s_k^2 \rho^k`. The terms
cancel violently, which balls of a few thousand bits do not mind.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb, arb_poly

from symprop.foundation.errors import PrecisionNotReached
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import working_bits
from symprop.numerics.quadrature import magnitude_bits
from symprop.specs.activations import Activation, activation
from symprop.specs.expression import X

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SoftsignBalls", "softsign_balls"]

_HIGHEST = 600  # degree of the projection
_GOAL = 80  # bits of the kernel; decompositions are made for its multiples
_GUARD = 30
_LEAST, _LARGEST = 0.3, 3.0  # slopes b; outside, the projection converges too slowly


@dataclass(frozen=True)
class SoftsignBalls:
    """``(rho, bits)`` to a ball of ``output**2 E phi(b u) phi(b v)``.

    Attributes
    ----------
    output : sympy.Expr
        Factor of the activation.
    slope : sympy.Expr
        Factor of the argument.
    variance : object
        Variance of the argument.
    """

    output: sympy.Expr
    slope: sympy.Expr
    variance: Any

    def __call__(self, rho: arb, bits: int) -> arb:
        parts = _parts(self.slope, self.variance, -(-bits // _GOAL) * _GOAL)
        with working_bits(max(bits, parts.bits)):
            exact = rho.mid()
            square = exact * exact
            sine = (1 - square).nonnegative_part().sqrt()
            value = exact * (parts.odd(square) + sine * parts.sine(square))
            value += 2 * exact.asin() / arb.pi() * parts.even(square)
            error = parts.error + parts.slope * rho.rad()
        with working_bits(bits):
            return as_ball(self.output, bits + 20) ** 2 * arb(value, error.upper())


@dataclass(frozen=True)
class _Parts:
    """The polynomial part and C, both over rho, and K, all in ``rho**2``.

    ``error`` is that of the projection, ``slope`` bounds the derivative of the kernel, by
    ``b**2`` since the activation is never steeper than at 0, ``bits`` is the precision needed.
    """

    odd: arb_poly
    even: arb_poly
    sine: arb_poly
    error: arb
    slope: arb
    bits: int


def softsign_balls(phi: Activation, variance: Any) -> SoftsignBalls | None:
    """Return the evaluator if ``phi`` is a moderately scaled softsign, else None.

    Parameters
    ----------
    phi : Activation
        Recognised as ``output * softsign(slope * x)``.
    variance : number
        ``q > 0``.

    Returns
    -------
    SoftsignBalls or None

    Error
    -----
    Enclosed.

    Source
    ------
    Bessel's inequality for the projection; the form of the kernel is that of arc-cosine
    kernels, term by term.
    """
    if phi.breakpoints != (0,) or phi.parity != "odd":
        return None
    above = phi.pieces[1].expression
    output, first = sympy.limit(above, X, sympy.oo), sympy.diff(above, X).subs(X, 0)
    if not (output.is_finite and first.is_finite and output != 0 and first != 0):
        return None
    slope = first / output
    if not slope.is_positive or activation("softsign").scaled(output, slope) != phi:
        return None
    square = as_ball(slope, 400) ** 2 * as_ball(variance, 400)
    if not _LEAST**2 < float(square.mid()) < _LARGEST**2:
        return None
    return SoftsignBalls(output, slope, variance)


@lru_cache(maxsize=16)
def _parts(factor: sympy.Expr, variance: Any, goal: int) -> _Parts:
    degree = int((goal / 2.3) ** (4 / 3))  # its error falls like exp(-1.7 degree**(3/4)) at b = 1
    while degree <= _HIGHEST:
        bits = 30 * degree + 600
        with working_bits(bits):
            slope = as_ball(factor, bits) * as_ball(variance, bits, "variance").sqrt()
            powers = _moments(2 * degree + 2)
            pairings, second = _pairings(slope, degree + 1, powers)
            polynomial, kept = _projection(degree, powers, pairings)
            distance = (second - kept).nonnegative_part().sqrt()
            error = (2 * distance * second.sqrt()).upper()
            if error < arb(2) ** -goal:
                parts = _decomposed(polynomial, powers)
                size = sum((abs(c) for part in parts for c in part.coeffs()), arb(0))
                needed = goal + _GUARD + max(0, int(magnitude_bits(size)))
                return _Parts(*parts, error, slope * slope, needed)
        degree = int(1.25 * degree)
    raise PrecisionNotReached(f"Expected {goal} bits of the softsign kernel but got fewer.")


def _moments(count: int) -> list[arb]:
    """Return ``E |Z|^k`` for ``k < count``."""
    result = [arb(1), (2 / arb.pi()).sqrt()]
    for k in range(2, count):
        result.append((k - 1) * result[k - 2])
    return result


def _pairings(slope: arb, count: int, powers: Sequence[arb]) -> tuple[list[arb], arb]:
    """Return ``E f |Z|^k`` for ``k < count`` and ``E f^2``.

    With ``e_k = E |Z|^k/(1 + b|Z|)`` and ``a = 1/b``: ``e_{k+1} = a (E |Z|^k - e_k)``, and
    ``e_0 = a sqrt(2/pi) exp(-a^2/2) (pi erfi(a/sqrt 2) - Ei(a^2/2))/2``. Since
    ``f = 1 - 1/(1 + b z)`` and the square of the fraction integrates by parts,
    ``E (1 + b|Z|)^-2 = a (sqrt(2/pi) - e_1)``.
    """
    inverse = 1 / slope
    half = inverse * inverse / 2
    bracket = arb.pi() * half.sqrt().erfi() - half.ei()
    fractions = [inverse * (2 / arb.pi()).sqrt() * (-half).exp() * bracket / 2]
    for k in range(count):
        fractions.append(inverse * (powers[k] - fractions[k]))
    squared = inverse * ((2 / arb.pi()).sqrt() - fractions[1])
    second = 1 - 2 * fractions[0] + squared
    return [powers[k] - fractions[k] for k in range(count)], second


def _projection(
    degree: int, powers: Sequence[arb], pairings: Sequence[arb]
) -> tuple[list[arb], arb]:
    """Return the coefficients of the projection of f and its squared norm.

    Chebyshev's algorithm: ``sigma_k,l = E pi_k |Z|^l`` and ``tau_k,l = E f pi_k |Z|^l`` follow
    from two rows above, and give the recurrence of the orthogonal polynomials ``pi_k``.
    """
    old, row = [arb(0)] * len(powers), list(powers[: 2 * degree + 2])
    far, pairing = [arb(0)] * len(pairings), list(pairings)
    before, current = arb_poly([0]), arb_poly([1])
    alpha, beta = row[1] / row[0], arb(0)
    total, norm = arb_poly([0]), arb(0)
    for k in range(degree + 1):
        coefficient = pairing[0] / row[k]
        total += coefficient * current
        norm += coefficient * pairing[0]
        if k == degree:
            break
        following = [
            row[m + 1] - alpha * row[m] - beta * old[m] if m >= k else arb(0)
            for m in range(len(row) - 1)
        ]
        lower = [
            pairing[m + 1] - alpha * pairing[m] - beta * far[m] for m in range(len(pairing) - 1)
        ]
        before, current = current, arb_poly([-alpha, 1]) * current - beta * before
        alpha = following[k + 2] / following[k + 1] - row[k + 1] / row[k]
        beta = following[k + 1] / row[k]
        old, row, far, pairing = row, following, pairing, lower
    return total.coeffs(), norm


def _decomposed(
    polynomial: Sequence[arb], powers: Sequence[arb]
) -> tuple[arb_poly, arb_poly, arb_poly]:
    """Return the three polynomials of the kernel of ``sgn(z) P(|z|)``."""
    count = len(polynomial)
    odd, even, taylor = [], [], []
    before, moments = [arb(0)] * len(powers), list(powers)  # E He_k |Z|^p, half-normal
    norm = arb(1)
    for k in range(count):
        broken = sum((polynomial[p] * moments[p] for p in range(0, count, 2)), arb(0)) / norm
        if k % 2:
            smooth = sum((polynomial[p] * moments[p] for p in range(1, count, 2)), arb(0)) / norm
            odd.append(smooth * (smooth + 2 * broken))
            taylor.append(broken * broken)
        else:
            even.append(broken * broken)
        following = [moments[p + 1] - k * before[p] for p in range(len(moments) - 1)]
        before, moments = moments, following
        norm *= arb(k + 1).sqrt()
    length = len(taylor)
    arcsine, inverse_sine = [arb(1)], [arb(1)]  # of asin(r)/r and 1/sqrt(1 - r^2), in r^2
    for m in range(1, length):
        inverse_sine.append(inverse_sine[-1] * (2 * m - 1) / (2 * m))
        arcsine.append(inverse_sine[-1] / (2 * m + 1))
    rest = arb_poly(taylor) - (2 / arb.pi()) * arb_poly(arcsine) * arb_poly(even)
    sine = (rest.truncate(length) * arb_poly(inverse_sine)).truncate(length)
    return arb_poly(odd), arb_poly(even), sine
