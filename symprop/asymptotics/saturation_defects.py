r"""How far odd bounded activations stay from their limit: exact integrals and tails.

The defect of ``phi``, odd with limit M, is :math:`d(x)=M^2-\phi(x)^2` on ``x > 0``, with
:math:`d(x)\sim\sum_j a_j x^{-j}`. Its moments :math:`\int_0^\infty x^{2k}d(x)\,dx` are finite
parts: of the integral up to X every power of X and :math:`a_{2k+1}\log X` are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import sympy

from symprop.asymptotics.tanh_covariances import sech_moment
from symprop.foundation.validation import check_instance
from symprop.specs.activations import Activation, X

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Defect", "odd_defect"]

_Y = sympy.Symbol("y", positive=True)


@dataclass(frozen=True)
class Defect:
    """The defect of an odd saturating activation, exact.

    Attributes
    ----------
    limit : sympy.Expr
        M.
    moment : callable
        From k to the finite part of the integral of ``x**(2 k) d(x)``.
    tail : callable
        From j to the coefficient of ``x**-j`` of d at infinity.
    steepness : sympy.Expr
        Integral of the squared derivative over ``x > 0``, jumps left out.
    """

    limit: sympy.Expr
    moment: Callable[[int], sympy.Expr]
    tail: Callable[[int], sympy.Expr]
    steepness: sympy.Expr

    def scaled(self, output: sympy.Expr, slope: sympy.Expr) -> Defect:
        """Return the defect of ``output * phi(slope * x)``, both positive."""
        size = output**2

        def moment(k: int) -> sympy.Expr:  # the cut X moves to slope X
            whole = self.moment(k) + self.tail(2 * k + 1) * sympy.log(slope)
            return size * whole / slope ** (2 * k + 1)

        return Defect(
            output * self.limit,
            moment,
            lambda j: size * self.tail(j) / slope**j,
            size * slope * self.steepness,
        )


def odd_defect(phi: Activation) -> Defect | None:
    """Return the defect of an odd activation with a finite limit other than 0.

    Parameters
    ----------
    phi : Activation
        Odd.

    Returns
    -------
    Defect or None
        None if there is no such limit, or no integrals are known: they are for scaled tanh,
        erf and arctan, and wherever the squares of the activation and its derivative are rational.

    Examples
    --------
    >>> from symprop.specs.activations import activation
    >>> found = odd_defect(activation("softsign"))
    >>> found.tail(1), found.moment(0)
    (2, -1)
    """
    check_instance("phi", phi, Activation)
    halves = [
        (max(piece.lower, sympy.S.Zero), piece.upper, piece.expression)
        for piece in phi.pieces
        if piece.upper > 0
    ]
    if len(halves) == 1:
        for function, make in _SMOOTH.items():
            found = _scale_of(halves[0][2], function)
            if found is not None:
                return make().scaled(*found)
    return _rational(halves)


def _scale_of(
    form: sympy.Expr, function: Callable[[sympy.Expr], sympy.Expr]
) -> tuple[sympy.Expr, sympy.Expr] | None:
    """Return ``(abs(c), abs(a))`` if the form is ``c * function(a x)``."""
    if form.is_algebraic_expr(X):
        return None
    limit = sympy.limit(form, X, sympy.oo)
    if not limit.is_finite or limit == 0:
        return None
    output = limit / sympy.limit(function(X), X, sympy.oo)
    slope = form.diff(X).subs(X, 0) / (output * function(X).diff(X).subs(X, 0))
    if not slope.is_positive:
        return None
    difference = form - output * function(slope * X)
    if abs(sympy.N(difference.subs(X, sympy.Rational(7, 5)))) > sympy.Float("1e-10"):
        return None
    same = sympy.simplify(difference.rewrite(sympy.exp)) == 0
    return (abs(output), slope) if same else None


def _tanh() -> Defect:
    return Defect(
        sympy.S.One,
        lambda k: sech_moment(2 * k) / 2,
        lambda _: sympy.S.Zero,
        sympy.Rational(2, 3),
    )


def _erf() -> Defect:
    def moment(k: int) -> sympy.Expr:
        """By parts, from the integrals of ``x**(2 k + 1) erf(x) exp(-x**2)``."""
        value = 1 / sympy.sqrt(8)
        for i in range(1, k + 1):
            gaussian = sympy.gamma(i + sympy.Rational(1, 2)) / sympy.sqrt(2) ** (2 * i + 3)
            value = i * value + gaussian / sympy.sqrt(sympy.pi)
        return 4 * value / ((2 * k + 1) * sympy.sqrt(sympy.pi))

    return Defect(sympy.S.One, moment, lambda _: sympy.S.Zero, sympy.sqrt(2 / sympy.pi))


def _arctan() -> Defect:
    def tail(j: int) -> sympy.Expr:
        """Of ``pi atan(1/x) - atan(1/x)**2``."""
        n, odd = divmod(j, 2)
        if odd:
            return sympy.pi * (-1) ** n / sympy.Integer(j)
        odds = sum(sympy.Rational(1, 2 * i + 1) for i in range(n))
        return sympy.Rational((-1) ** n, n) * odds if n else sympy.S.Zero

    def moment(k: int) -> sympy.Expr:
        """By parts, from ``x**(2 i - 1) atan(x)`` and ``x atan(x)/(1+x**2)``."""
        rest = -((-1) ** k) * sympy.pi * sympy.log(2) / 2
        for i in range(1, k + 1):
            rest += -((-1) ** k) * sympy.pi / (4 * i)
        return (tail(2 * k + 1) + 2 * rest) / (2 * k + 1)

    return Defect(sympy.pi / 2, moment, tail, sympy.pi / 4)


_SMOOTH: dict[Callable[[sympy.Expr], sympy.Expr], Callable[[], Defect]] = {
    sympy.tanh: _tanh,
    sympy.erf: _erf,
    sympy.atan: _arctan,
}


def _rational(halves: list[tuple[sympy.Expr, sympy.Expr, sympy.Expr]]) -> Defect | None:
    """Return the defect where the squares of the pieces and of their slopes are rational."""
    squares = [sympy.cancel(form**2) for _, _, form in halves]
    slopes = [sympy.cancel(form.diff(X) ** 2) for _, _, form in halves]
    if not all(square.is_rational_function(X) for square in squares + slopes):
        return None
    limit = sympy.limit(halves[-1][2], X, sympy.oo)
    if not limit.is_finite or limit == 0:
        return None
    ends = [(lower, upper) for lower, upper, _ in halves]
    pieces = [sympy.cancel(limit**2 - square) for square in squares]
    far = sympy.cancel(pieces[-1].subs(X, 1 / _Y))

    @lru_cache(maxsize=64)
    def tail(j: int) -> sympy.Expr:
        return far.series(_Y, 0, j + 1).removeO().coeff(_Y, j)

    @lru_cache(maxsize=64)
    def moment(k: int) -> sympy.Expr:
        near = sum(
            (
                sympy.integrate(sympy.cancel(X ** (2 * k) * piece), (X, *end))
                for piece, end in zip(pieces[:-1], ends[:-1], strict=True)
            ),
            sympy.S.Zero,
        )
        last = sympy.cancel(X ** (2 * k) * pieces[-1])
        return near + _finite_part(last, ends[-1][0], tail(2 * k + 1))

    steepness = sum(
        sympy.integrate(slope, (X, *end)) for slope, end in zip(slopes, ends, strict=True)
    )
    return Defect(abs(limit), moment, tail, steepness)


def _finite_part(form: sympy.Expr, lower: sympy.Expr, residue: sympy.Expr) -> sympy.Expr:
    """Return the finite part of the integral of a rational function from ``lower`` on."""
    top, bottom = sympy.fraction(sympy.together(form))
    whole, rest = sympy.div(top, bottom, X)
    powers = sympy.integrate(sympy.expand(whole), X)
    inner = sympy.integrate(sympy.cancel(rest / bottom), X)
    at_end = sympy.limit(inner - residue * sympy.log(X), X, sympy.oo)
    return sympy.simplify(at_end - (powers + inner).subs(X, lower))
