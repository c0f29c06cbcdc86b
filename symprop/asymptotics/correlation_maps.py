"""The map of correlations at one fixed length: kernel, fixed point below 1, slope."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flint import arb

from symprop.foundation.errors import (
    NoClosedForm,
    NoConvergence,
    OutOfDomain,
    PrecisionNotReached,
)
from symprop.gaussian.closed_forms import RHO, Q, kernel_closed_form
from symprop.gaussian.duality import dual_kernel
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball, compile_ball
from symprop.numerics.precision import bits_from_dps, current_bits, dps_from_bits, working_bits
from symprop.numerics.roots import BallMap, Bracket, refine_root

if TYPE_CHECKING:
    from collections.abc import Callable

    from symprop.specs.activations import Activation

__all__ = ["kernel_at_length", "root_below_one", "slope_at_correlation"]

_NEAREST = 64  # the fixed point is looked for below 1 - 2**-64


def root_below_one(excess: BallMap, bits: int) -> arb:
    """Return the root below 1 of a convex function that vanishes and rises at 1."""
    with working_bits(bits + 2 * _NEAREST):
        for k in range(1, _NEAREST):
            top = (1 - arb(2) ** -k).mid()
            if excess(top) < 0:
                return refine_root(excess, None, Bracket(arb(0), top), bits=bits)
    raise NoConvergence("Expected a correlation proved to be below 1 but chi_1 is too near 1.")


def kernel_at_length(phi: Activation, q: Enclosure) -> Callable[[arb], arb]:
    """Return the kernel at variance q as a function of exact correlations."""
    try:
        form = kernel_closed_form(phi, phi, variances=(Q, Q))
    except NoClosedForm:
        kernel = dual_kernel(phi, variances=(q, q))

        def quadrature(c: arb) -> arb:
            try:
                return kernel.enclose(Enclosure(c), dps=dps_from_bits(current_bits())).ball
            except PrecisionNotReached as error:
                return error.best.ball if isinstance(error.best, Enclosure) else arb("nan")

        return quadrature
    function = compile_ball(form, (Q, RHO))
    return lambda c: function(q.ball, c)


def slope_at_correlation(
    phi: Activation, weight: object, q: Enclosure, rho: Enclosure, dps: int
) -> Enclosure | None:
    """Return ``weight E phi'(u) phi'(v)`` at correlation ``rho``; None where no rule has it."""
    derivative = phi.weak_derivative()
    if derivative.atoms:
        return None
    with working_bits(bits_from_dps(dps)):
        try:
            kernel = dual_kernel(derivative.regular, variances=(q, q))
            found = kernel.enclose(rho, dps=max(1, dps - 3))
        except OutOfDomain:  # not square-integrable: no rule applies
            return None
        except PrecisionNotReached as error:
            if not isinstance(error.best, Enclosure):
                return None
            found = error.best
        return Enclosure(as_ball(weight, current_bits()) * found.ball)
