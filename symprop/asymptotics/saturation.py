r"""How odd bounded activations saturate: the constants of their transforms at large variance.

For ``phi`` odd with limit M at infinity,

.. math:: \sqrt q\,(M^2 - V\phi(q)) \to C = \sqrt{2/\pi}\int_0^\infty (M^2-\phi(x)^2)\,dx,\qquad
    \sqrt q\,V\dot\phi(q) \to D = \sqrt{2/\pi}\int_0^\infty \dot\phi(x)^2\,dx,

because the Gaussian density is flat, ``1/sqrt(2 pi q)``, where the integrands live. A tail
``M**2 - phi(x)**2 ~ kappa/x**2`` adds ``+kappa/q`` to V, from
:math:`\int_0^\infty x^{-2}(1-e^{-x^2/2q})\,dx=\sqrt{\pi/2q}`; otherwise the next term of V is
of order :math:`q^{-3/2}`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import sympy

from symprop.foundation.errors import NoClosedForm
from symprop.specs.activations import Activation, X, activation

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Saturation", "saturation_constants"]


@dataclass(frozen=True, slots=True)
class Saturation:
    """Constants of a saturating activation, exact.

    Attributes
    ----------
    limit : sympy.Expr
        M, the limit of ``abs(phi)`` at infinity.
    defect : sympy.Expr
        C; infinite if ``M**2 - phi(x)**2`` is not integrable.
    slope : sympy.Expr
        D; infinite at a jump.
    tail : sympy.Expr
        kappa, the limit of ``x**2 (M**2 - phi(x)**2)``.
    """

    limit: sympy.Expr
    defect: sympy.Expr
    slope: sympy.Expr
    tail: sympy.Expr


_FLAT = sympy.sqrt(2 / sympy.pi)
_MATCH_OUTPUT = sympy.Wild("c", exclude=[X, 0])
_MATCH_SLOPE = sympy.Wild("a", exclude=[X, 0])
_MATCH_SHIFT = sympy.Wild("b", exclude=[X, 0])

Numbers = tuple[sympy.Expr, sympy.Expr, sympy.Expr, sympy.Expr]
"""Limit, integral of ``limit^2 - f^2``, integral of ``f'^2`` over ``x > 0``, and kappa."""

_SMOOTH: dict[Callable[..., sympy.Expr], Numbers] = {
    sympy.tanh: (sympy.S.One, sympy.S.One, sympy.Rational(2, 3), sympy.S.Zero),
    sympy.erf: (sympy.S.One, _FLAT, _FLAT, sympy.S.Zero),
    sympy.atan: (sympy.pi / 2, sympy.oo, sympy.pi / 4, sympy.oo),
}


@lru_cache(maxsize=256)
def saturation_constants(phi: Activation | sympy.Expr | str) -> Saturation | None:
    r"""Return the constants of an odd activation with a finite limit, None for any other.

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        Any activation.

    Returns
    -------
    Saturation or None
        None if ``phi`` is not odd, is unbounded, or tends to 0.

    Raises
    ------
    NoClosedForm
        If the activation is odd but its integrals are not known: they are for scaled
        tanh, erf, arctan, ``x/sqrt(1+x**2)`` and everything piecewise rational.

    Conventions
    -----------
    Not normalised to ``M = 1``.

    Error
    -----
    Exact.

    Source
    ------
    residual, Lemma C.5 (tanh), in the form that holds for every integrable defect.

    Examples
    --------
    >>> saturation_constants("tanh")
    Saturation(limit=1, defect=sqrt(2)/sqrt(pi), slope=2*sqrt(2)/(3*sqrt(pi)), tail=0)
    >>> saturation_constants("softsign").defect, saturation_constants("relu")
    (oo, None)
    """
    phi = activation(phi)
    if phi.parity != "odd":
        return None
    halves = [
        (max(piece.lower, sympy.S.Zero), piece.upper, piece.expression)
        for piece in phi.pieces
        if piece.upper > 0
    ]
    last = halves[-1][2]
    found = _smooth(last) if len(halves) == 1 else None
    if found is None:
        if not all(form.is_rational_function(X) for _, _, form in halves):
            if any(term.power or term.linear > 0 for term in phi.growth):
                return None
            raise NoClosedForm(f"No integrals of the saturation of {phi.name} are known.")
        limit = sympy.limit(last, X, sympy.oo)
        if not limit.is_finite or limit == 0:
            return None
        defect = sum(
            sympy.integrate(sympy.cancel(limit**2 - form**2), (X, lower, upper))
            for lower, upper, form in halves
        )
        slope = sum(
            sympy.integrate(sympy.cancel(form.diff(X) ** 2), (X, lower, upper))
            for lower, upper, form in halves
        )
        tail = sympy.limit(sympy.cancel(X**2 * (limit**2 - last**2)), X, sympy.oo)
        found = (abs(limit), defect, slope, tail)
    limit, defect, slope, tail = found
    return Saturation(
        limit,
        sympy.simplify(_FLAT * defect),
        sympy.oo if phi.jumps else sympy.simplify(_FLAT * slope),
        tail,
    )


def _smooth(form: sympy.Expr) -> Numbers | None:
    """Return limit, integrals and kappa over ``x > 0`` of a scaled smooth activation."""
    c, a, b = _MATCH_OUTPUT, _MATCH_SLOPE, _MATCH_SHIFT
    for function, (limit, defect, slope, tail) in _SMOOTH.items():
        match = form.match(c * function(a * X))
        if match:
            output, rate = abs(match[c]), abs(match[a])
            size = output**2
            return output * limit, size * defect / rate, size * rate * slope, size * tail / rate**2
    match = form.match(c * X / sympy.sqrt(b + a * X**2))
    if match and match[a].is_positive and match[b].is_positive:
        limit, width = abs(match[c]) / sympy.sqrt(match[a]), sympy.sqrt(match[b] / match[a])
        size = limit**2
        slope = 3 * sympy.pi * size / (16 * width)
        return limit, size * width * sympy.pi / 2, slope, size * width**2
    return None
