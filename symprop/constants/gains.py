r"""Gains: the factors that make an activation keep a unit Gaussian's size.

``phi(Z)`` times :math:`\mathrm{Var}[\phi(Z)]^{-1/2}` has variance one, times
:math:`E[\phi(Z)^2]^{-1/2}` second moment one, for a standard normal ``Z``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy

from symprop.foundation.errors import NoClosedForm, OutOfDomain, PrecisionNotReached, expected
from symprop.foundation.validation import check_choice, check_dps
from symprop.gaussian.closed_forms import expectation_closed_form, second_moment_closed_form
from symprop.gaussian.expectation import gaussian_expectation, require_square_integrable
from symprop.gaussian.transforms import v_transform
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import adaptive, compile_ball
from symprop.numerics.precision import GUARD_BITS, bits_from_dps, working_bits
from symprop.numerics.quadrature import magnitude_bits
from symprop.specs.activations import activation

if TYPE_CHECKING:
    from symprop.specs.activations import Activation

__all__ = ["KINDS", "gain", "gain_closed_form"]

KINDS = ("variance", "second-moment")
"""What a gain normalises to one."""

_GUARD_DIGITS = 3
_ATTEMPTS = 5
_SIZE_BITS = 4000


def gain_closed_form(phi: Activation | sympy.Expr | str, kind: str = "variance") -> sympy.Expr:
    """Return the gain as a SymPy expression.

    Raises
    ------
    NoClosedForm
        At once, if the moments of the activation have none.
    OutOfDomain
        If the activation is not square-integrable or has nothing to normalise.

    Examples
    --------
    >>> gain_closed_form("squared_relu")
    2*sqrt(5)/5
    """
    check_choice("kind", kind, KINDS)
    function = activation(phi)
    require_square_integrable(function, 1)
    size = sympy.together(_size_closed_form(function, kind))
    if size == 0:
        raise _nothing_to_normalise(function, kind)
    with working_bits(_SIZE_BITS):
        ball = compile_ball(size)().real
        small = not ball.is_finite() or ball.contains(0) or magnitude_bits(ball) < -_SIZE_BITS / 2
    # SymPy would try to decide the sign of exp(-10**11) and the like with floating digits
    return sympy.Pow(size, -sympy.Rational(1, 2), evaluate=not small)


def _size_closed_form(function: Activation, kind: str) -> sympy.Expr:
    square = second_moment_closed_form(function, variance=sympy.S.One)
    if kind == "second-moment":
        return square
    return square - expectation_closed_form(function, variance=sympy.S.One) ** 2


def gain(phi: Activation | sympy.Expr | str, kind: str = "variance", dps: int = 15) -> Enclosure:
    r"""Return the gain of an activation for a standard normal argument.

    .. math:: \mathrm{Var}[\phi(Z)]^{-1/2} \quad\text{or}\quad E[\phi(Z)^2]^{-1/2}

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        A square-integrable activation.
    kind : {"variance", "second-moment"}
        What to bring to one.
    dps : int
        Relative digits to prove.

    Returns
    -------
    Enclosure

    Raises
    ------
    OutOfDomain
        If the activation is not square-integrable, or is constant (kind "variance") or zero.
    PrecisionNotReached
        If the digits cannot be proved.

    Conventions
    -----------
    A factor on the output, for input variance 1. For input variance ``q`` pass
    ``activation(phi).scaled(slope=sqrt(q))``.

    Error
    -----
    Enclosed.

    Source
    ------
    symprop G1; closed forms by Price's theorem where there is one.

    Examples
    --------
    >>> print(gain("relu", dps=15).proved_digits(15))
    1.71285855044966
    >>> print(gain("tanh", "second-moment", dps=12).proved_digits(12))
    1.59253741972
    """
    check_dps(dps)
    function = activation(phi)
    try:
        closed = gain_closed_form(function, kind)
    except NoClosedForm:
        return _by_quadrature(function, kind, dps)
    formula = compile_ball(closed, ())
    return adaptive(lambda _: formula().real, dps, "gain")


def _by_quadrature(function: Activation, kind: str, dps: int) -> Enclosure:
    """Enclose the gain, raising the precision until the variance has lost nothing."""
    goal = bits_from_dps(dps) - GUARD_BITS
    digits = dps + _GUARD_DIGITS
    best: Enclosure | None = None
    for _ in range(_ATTEMPTS):
        size = v_transform(function).enclose(1, dps=digits)
        if kind == "variance":
            size -= gaussian_expectation(function, digits) ** 2
        if size.lower > 0:
            with working_bits(bits_from_dps(digits)):
                best = Enclosure(size.ball.rsqrt())
            if best.relative_bits >= goal:
                return best
        digits *= 2
    if best is None:
        raise _nothing_to_normalise(function, kind)
    raise PrecisionNotReached(f"Expected {dps} proved digits of the gain but got {best}.", best)


def _nothing_to_normalise(function: Activation, kind: str) -> OutOfDomain:
    name = kind.replace("-", " ")
    return OutOfDomain(expected("phi", f"to have a {name} that is proved > 0", function.name))
