r"""Bending of the transform V near length 0, which settles fixed lengths close to criticality.

For ``phi(0) = 0`` and :math:`f=\phi^2`, smooth but for the kink at 0,

.. math::
    V''(q) = \tfrac14\Big[\frac{f'''(0^+)-f'''(0^-)}{\sqrt{2\pi q}} + E f''''(\sqrt q Z)\Big].

Where this has one sign on (0, Q] the excess :math:`\sigma_w^2V(q)+\sigma_b^2-q`, at least 0 at 0,
bends one way: one that bends down has at most one zero there, and a change of sign proves it,
however small the zero and however close the slope is to 1. So does one that is 0 at 0 and bends
up.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import sympy
from flint import arb

from symprop.foundation.errors import OutOfDomain
from symprop.gaussian.integrand import rational_ball
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball, compile_ball
from symprop.numerics.precision import working_bits
from symprop.numerics.quadrature import magnitude_bits
from symprop.numerics.roots import Bracket
from symprop.specs.activations import X
from symprop.specs.growth import growth_bound

if TYPE_CHECKING:
    from symprop.asymptotics.length_maps import LengthMap
    from symprop.numerics.evaluation import BallFunction
    from symprop.specs.activations import Activation
    from symprop.specs.growth import GrowthTerm

__all__ = ["bend_of", "bits_below_one", "small_root"]

_BITS = 64
_EXPONENTS = range(5, 25)  # of the largest lengths tried, powers of 1/2
_REACH = 5  # standard deviations within which the fourth derivative decides
_PIECES = 16
_LAST_STEP = 1 << 9  # of the exponent, towards smaller lengths


@lru_cache(maxsize=64)
def bend_of(phi: Activation) -> tuple[int, Fraction] | None:
    """Return the sign of V'' near 0 and a length up to which it is proved, None if unknown."""
    if phi.breakpoints not in ((), (sympy.S.Zero,)):
        return _bend_of_linear_pieces(phi)
    pieces = phi.pieces
    squares = (pieces[0].expression ** 2, pieces[-1].expression ** 2)  # left and right of 0
    third = [square.diff(X, 3).subs(X, 0) for square in squares]
    fourth = [square.diff(X, 4) for square in squares]
    if not all(value.is_finite for value in third) or pieces[0].expression.subs(X, 0) != 0:
        return None
    try:
        whole = sympy.Piecewise((fourth[0], X < 0), (fourth[1], True))
        growth = growth_bound(whole if phi.breakpoints else fourth[0])
        with working_bits(_BITS):
            jump = as_ball(third[1] - third[0], _BITS)
            functions = [compile_ball(part, (X,)) for part in fourth]
            for exponent in _EXPONENTS:
                largest = Fraction(1, 2**exponent)
                for sign in (-1, 1):
                    if _bends(-sign, functions, growth, jump, rational_ball(largest)):
                        return sign, largest
    except OutOfDomain:
        return None
    return None


def _bend_of_linear_pieces(phi: Activation) -> tuple[int, Fraction] | None:
    """Return the bend of a continuous piecewise linear activation that is 0 at 0.

    The square at ``x = sqrt(t)``, ``a**2 t + 2 a b sqrt(t) + b**2`` on a piece ``a x + b``, bends
    against the sign of ``a b``, and the way the slope turns where two pieces meet. If all that
    is one way on both half lines then so does V, on all lengths: the mean over Z at ``t = q Z**2``.
    """
    signs: set[sympy.Expr] = set()
    for side in (1, -1):
        value, slope = sympy.S.Zero, None
        for piece in phi.pieces[::side]:
            lower, upper = sorted((side * piece.lower, side * piece.upper))
            if not upper > 0:
                continue
            line = sympy.expand(piece.expression.subs(X, side * X))
            a, b = line.coeff(X, 1), line.subs(X, 0)
            start = max(lower, sympy.S.Zero)
            if sympy.expand(line - a * X - b) != 0 or sympy.simplify(a * start + b - value) != 0:
                return None
            signs.add(-sympy.sign(a * b))
            if slope is not None:
                signs.add(sympy.sign(value * (a - slope)))
            if upper.is_finite:
                value, slope = a * upper + b, a
    signs.discard(sympy.S.Zero)
    if signs not in ({sympy.S.One}, {sympy.S.NegativeOne}):
        return None
    nearest = min(abs(point) for point in phi.breakpoints if point != 0)
    return int(signs.pop()), Enclosure(as_ball(nearest**2 / 2, _BITS)).lower


def _bends(
    sign: int,
    functions: list[BallFunction],
    growth: tuple[GrowthTerm, ...],
    jump: arb,
    largest: arb,
) -> bool:
    """Return whether ``4 sign V''`` is negative on (0, largest].

    It is bounded by what the jump and each half line give at the largest length.
    """
    if sign * jump > 0:
        return False
    reach = (_REACH * largest.sqrt()).mid()
    if not reach < 1:
        return False
    beyond = (reach / (2 * largest).sqrt()).erfc()  # of |x| > reach, most at the largest length
    total = sign * jump / (2 * arb.pi() * largest).sqrt() + _tail(growth, largest)
    for side, function in zip((-1, 1), functions, strict=True):
        inner = _largest(function, sign, side, arb(0), reach)
        middle = max(_largest(function, s, side, reach, arb(1)) for s in (-1, 1))
        share = inner * (1 - beyond) if inner < 0 else inner
        total += (share + middle * beyond) / 2
    return bool(total < 0)


def _largest(function: BallFunction, sign: int, side: int, lower: arb, upper: arb) -> arb:
    """Return an upper bound of ``sign f(side x)`` on an interval."""
    step = (upper - lower) / _PIECES
    ends = [(lower + k * step).mid() for k in range(_PIECES)] + [upper]
    bound = arb("-inf")
    for a, b in pairwise(ends):
        value = function(side * a.union(b))
        if not isinstance(value, arb) or not value.is_finite():
            return arb("inf")
        bound = max(bound, (sign * value).upper())
    return bound


def _tail(growth: tuple[GrowthTerm, ...], q: arb) -> arb:
    """Return ``E B(x) 1{|x| > 1}`` of a bound B at variance q; it rises with q."""
    total = arb(0)
    for term in growth:
        if term.linear > 0 or term.quadratic > 0:
            return arb("inf")
        half = (rational_ball(term.power) + 1) / 2
        moment = (2 * q) ** (half - arb("0.5")) * (1 / (2 * q)).gamma_upper(half)
        total += rational_ball(term.coefficient) * moment / arb.pi().sqrt()
    return total


def small_root(
    length: LengthMap, lower: arb, largest: Fraction, *, bend: int = -1
) -> Bracket | bool:
    """Return a bracket of the one fixed length on (lower, largest], False if there is none.

    True stands for not decided. The excess bends as stated there, and at 0 it is 0, or not
    negative if it bends down.
    """
    top = rational_ball(largest).mid()
    at_top = bend * _sign(length, top)
    if lower > 0 and bend * _sign(length, lower) > 0:
        return False  # once it has the sign of the bend it keeps it
    if at_top != 1:
        return at_top == 0
    high, low, step = top, top, 1
    while not bend * _sign(length, low) < 0:
        high = low
        if low == lower or step > _LAST_STEP:
            return True
        low = max(lower, low * arb(2) ** -step) if lower > 0 else low * arb(2) ** -step
        step *= 2
    while high > 2 * low:
        middle = ((low.log() + high.log()) / 2).exp().mid()
        sign = bend * _sign(length, middle)
        if sign == 0:
            break
        low, high = (middle, high) if sign < 0 else (low, middle)
    return Bracket(low, high)


def _sign(length: LengthMap, q: arb) -> int:
    """Return the sign of the excess, which near criticality is of a higher order than q."""
    with working_bits(_BITS + 2 * bits_below_one(q)):
        value = length.excess(q)
    return 1 if value > 0 else -1 if value < 0 else 0


def bits_below_one(q: arb) -> int:
    """Return about ``log2(1/q)``, at least 0."""
    return max(0, -int(magnitude_bits(q)))
