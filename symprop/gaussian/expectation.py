"""Certified Gaussian expectations ``E f(sqrt(q) Z)``."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import sympy
from flint import arb

from symprop.foundation.errors import NoClosedForm, NoConvergence, OutOfDomain, expected
from symprop.foundation.validation import check_dps
from symprop.gaussian.closed_forms import Q, expectation_closed_form
from symprop.gaussian.grid import gaussian_grid
from symprop.gaussian.integrand import integrand_of, rational_ball
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import adaptive, as_ball, as_exact, compile_ball
from symprop.specs.activations import Activation, X, activation
from symprop.specs.growth import check_square_integrable

if TYPE_CHECKING:
    from symprop.gaussian.integrand import Integrand

__all__ = [
    "gaussian_expectation",
    "positive_variance",
    "quadrature_expectation",
    "require_integrable",
    "require_square_integrable",
]

_LEAST_VARIANCE, _LARGEST_VARIANCE = arb(2) ** -1000, arb(2) ** 1000


def positive_variance(value: object, bits: int, name: str = "variance") -> arb:
    """Return the ball of a variance, refusing what is not proved positive or is astronomical."""
    ball = as_ball(value, bits, name)
    if not ball > 0:
        raise OutOfDomain(expected(name, "to be > 0", value))
    if not (ball > _LEAST_VARIANCE and ball < _LARGEST_VARIANCE):
        raise OutOfDomain(expected(name, "between 1e-300 and 1e300", value))
    return ball


def require_square_integrable(function: Activation, variance: object) -> None:
    """Raise `OutOfDomain` unless ``E function(sqrt(variance) Z)^2 < oo`` is proved."""
    if any(term.quadratic > 0 for term in function.growth):
        exact = as_exact(variance, "variance")
        if exact is None:
            exact = sympy.Rational(Enclosure(as_ball(variance, 64)).upper)
        function = function.scaled(slope=sympy.sqrt(exact))
    _check_once(function)


@lru_cache(maxsize=1024)
def _check_once(function: Activation) -> None:
    check_square_integrable(function)


def _is_singular(function: Activation) -> bool:
    """Whether an expression has no finite value at an end of its piece, as ``x**(-1/4)`` at 0."""
    for piece in function.pieces:
        for end in (piece.lower, piece.upper):
            if end.is_finite:
                value = piece.expression.subs(X, end)
                if not (value.is_number and value.is_finite):
                    return True
    return False


def require_integrable(function: Activation, variance: arb) -> None:
    """Raise `OutOfDomain` unless ``E |function(sqrt(variance) Z)| < oo`` is proved.

    Growth must be below ``exp(x**2/(2 variance))``; at a singular point the square is asked
    to be integrable, since a closed form continued past that has no meaning.
    """
    for term in function.growth:
        if term.quadratic > 0 and not rational_ball(term.quadratic) * variance < arb("0.5"):
            condition = "integrable against the Gaussian, growing slower than exp(x**2/(2 q)),"
            raise OutOfDomain(expected("f", condition, function.name))
    if _is_singular(function):
        check_square_integrable(function)  # more than is needed, and proved


def quadrature_expectation(integrand: Integrand, variance: object, dps: int) -> Enclosure:
    """Return the ball of ``E f(sqrt(q) Z)**power`` by certified quadrature alone."""

    def at(bits: int) -> arb:
        return gaussian_grid(integrand, positive_variance(variance, bits), bits).expectation()

    return adaptive(at, dps, "expectation")


def gaussian_expectation(
    f: Activation | sympy.Expr | str, dps: int = 15, *, variance: object = 1
) -> Enclosure:
    r"""Return a ball around ``E f(sqrt(variance) Z)`` for standard normal ``Z``.

    .. math:: \frac{1}{\sqrt{2\pi}} \int f(\sqrt{q}\, z)\, e^{-z^2/2}\, dz

    Parameters
    ----------
    f : Activation, sympy.Expr or str
        A function of one real variable, such as ``"tanh(x)**2"``.
    dps : int
        Relative decimal digits to prove.
    variance : number
        ``q > 0``.

    Returns
    -------
    Enclosure

    Raises
    ------
    OutOfDomain
        If ``f`` is not proved integrable against the Gaussian, with the reason.
    PrecisionNotReached
        If the digits cannot be proved.

    Conventions
    -----------
    The variance is that of the argument of ``f``.

    Error
    -----
    Enclosed. A closed form is evaluated on balls where there is one; otherwise the
    integral is cut at every kink, its rule's error is bounded on complex
    neighbourhoods and its tails by a proved growth bound.

    Source
    ------
    Definition of the transform V in residual, Definition 5.3 (with ``f = phi**2``).

    Examples
    --------
    >>> print(gaussian_expectation("tanh(x)**2").proved_digits(15))
    0.394294490397841
    """
    check_dps(dps)
    function = activation(f)
    require_integrable(function, positive_variance(variance, 64))
    if function.parity == "odd":
        return Enclosure(0)
    if as_exact(variance, "variance") is not None:
        try:
            closed = expectation_closed_form(function)
        except NoClosedForm:
            pass
        else:
            formula = compile_ball(closed, (Q,))
            return adaptive(lambda bits: formula(as_ball(variance, bits)).real, dps, "expectation")
    try:
        return quadrature_expectation(integrand_of(function), variance, dps)
    except NoConvergence:
        if not _is_singular(function):
            raise
        condition = "without singular points, removable ones included, or with a closed form,"
        raise OutOfDomain(expected("f", condition, function.name)) from None
