"""The transforms V and W: second moments and kernels as functions of the variance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import mpmath
import sympy
from flint import arb

from symprop.foundation.errors import NoClosedForm, OutOfDomain, PrecisionNotReached, expected
from symprop.foundation.validation import check_dps
from symprop.gaussian.closed_forms import (
    RHO,
    Q,
    kernel_closed_form,
    second_moment_closed_form,
)
from symprop.gaussian.duality import DualKernel
from symprop.gaussian.expectation import positive_variance, require_square_integrable
from symprop.gaussian.grid import gaussian_grid
from symprop.gaussian.integrand import integrand_of
from symprop.gaussian.kernel_values import tanh_scale
from symprop.gaussian.tanh_transforms import tanh_second_moment
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import adaptive, as_ball, as_exact, compile_ball
from symprop.numerics.precision import working_bits, working_digits
from symprop.specs.activations import Activation, activation

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from symprop.gaussian.float_transforms import CovarianceFace, SecondMomentFace

__all__ = ["VTransform", "WTransform", "v_transform", "w_transform"]

NU = sympy.Symbol("nu", real=True)


def _rounded(ball: Enclosure, dps: int) -> mpmath.mpf:
    with working_digits(dps):
        return +ball.midpoint


@dataclass(frozen=True)
class VTransform:
    r"""``V(q) = E phi(sqrt(q) Z)^2`` with exact, certified and float64 faces."""

    phi: Activation

    @cached_property
    def closed_form(self) -> sympy.Expr:
        """``V`` as a SymPy expression in the symbol ``q``; raises `NoClosedForm` at once."""
        return second_moment_closed_form(self.phi)

    @cached_property
    def _routes(self) -> tuple[tuple[Callable[[object, int], arb], int], ...]:
        """Ways to a ball of ``V``, best first, and how often to double the precision in each."""
        scale = tanh_scale(self.phi)
        if scale is not None:
            output, slope = scale

            def saturating(q: object, bits: int) -> arb:
                variance = positive_variance(q, bits, "q") * slope(bits) ** 2
                return output(bits) ** 2 * tanh_second_moment(variance, bits)

            return ((saturating, 8),)
        integrand = integrand_of(self.phi).squared()

        def quadrature(q: object, bits: int) -> arb:
            return gaussian_grid(
                integrand, positive_variance(q, bits + 40, "q"), bits
            ).expectation()

        try:
            formula = compile_ball(self.closed_form, (Q,))
        except NoClosedForm:
            return ((quadrature, 8),)
        return (
            (lambda q, bits: formula(positive_variance(q, bits, "q")).real, 4),
            (quadrature, 8),
        )

    def enclose(self, q: object, *, dps: int = 50) -> Enclosure:
        """Return a ball of ``dps`` relative digits around ``V(q)``, ``q > 0``."""
        check_dps(dps)
        require_square_integrable(self.phi, q)
        *first, (last, doublings) = self._routes
        for route, tries in first:
            try:
                return adaptive(partial(route, q), dps, "transform V", doublings=tries)
            except PrecisionNotReached:
                pass  # the closed form cancels at extreme variances; quadrature does not
        return adaptive(partial(last, q), dps, "transform V", doublings=doublings)

    def evalf(self, q: object, *, dps: int = 50) -> mpmath.mpf:
        """Return ``V(q)`` as an mpmath number with ``dps`` right digits."""
        return _rounded(self.enclose(q, dps=check_dps(dps) + 3), dps)

    def __call__(self, q: ArrayLike) -> NDArray[np.float64]:
        """Return ``V`` on an array of variances in float64."""
        return self.float_face(q)

    @cached_property
    def float_face(self) -> SecondMomentFace:
        """The vectorised transform behind a plain call, with its ``relative_error``."""
        from symprop.gaussian.float_transforms import SecondMomentFace

        return SecondMomentFace(lambda q, dps: self.enclose(q, dps=dps))

    def _repr_latex_(self) -> str:
        return f"$V(q) = {sympy.latex(self.closed_form)}$"


@dataclass(frozen=True)
class WTransform:
    r"""``W(q, nu) = E phi(u) phi(v)`` for variances q and covariance nu, with the same faces."""

    phi: Activation

    @cached_property
    def closed_form(self) -> sympy.Expr:
        """``W`` as a SymPy expression in the symbols ``q`` and ``nu``; or `NoClosedForm`."""
        return kernel_closed_form(self.phi, self.phi, variances=(Q, Q)).subs(RHO, NU / Q)

    def enclose(self, q: object, nu: object, *, dps: int = 50) -> Enclosure:
        """Return a ball of ``dps`` relative digits around ``W(q, nu)``, ``|nu| <= q``.

        Raises
        ------
        OutOfDomain
            If ``q`` is not positive or ``|nu| > q``.
        """
        check_dps(dps)
        require_square_integrable(self.phi, q)
        positive_variance(q, 64, "q")
        kernel = DualKernel(self.phi, self.phi, (q, q))
        return kernel.enclose(self._correlation(q, nu), dps=dps)

    @staticmethod
    def _correlation(q: object, nu: object) -> object:
        exact_q, exact_nu = as_exact(q, "q"), as_exact(nu, "nu")
        if exact_q is not None and exact_nu is not None:
            ratio: object = exact_nu / exact_q
        else:
            with working_bits(4096):
                ratio = as_ball(nu, 4096, "nu") / as_ball(q, 4096, "q")
        number = ratio if isinstance(ratio, sympy.Rational) else as_ball(ratio, 64)
        if abs(number) > 1:
            raise OutOfDomain(expected("nu", f"inside [-q, q] with q={q}", nu))
        return ratio

    def evalf(self, q: object, nu: object, *, dps: int = 50) -> mpmath.mpf:
        """Return ``W(q, nu)`` as an mpmath number with ``dps`` right digits."""
        return _rounded(self.enclose(q, nu, dps=check_dps(dps) + 3), dps)

    def __call__(self, q: ArrayLike, nu: ArrayLike) -> NDArray[np.float64]:
        """Return ``W`` on arrays of variances and covariances in float64, broadcasting.

        One certified kernel is made for each distinct variance.
        """
        return self._float_face(q, nu)

    @cached_property
    def _float_face(self) -> CovarianceFace:
        from symprop.gaussian.float_transforms import CovarianceFace

        return CovarianceFace(lambda q: DualKernel(self.phi, self.phi, (q, q)).float_face)

    def _repr_latex_(self) -> str:
        return f"$W(q, \\nu) = {sympy.latex(self.closed_form)}$"


def v_transform(phi: Activation | sympy.Expr | str) -> VTransform:
    r"""Return the transform ``V(q) = E phi(sqrt(q) Z)^2`` of an activation.

    .. math:: V\phi(q) = E\,\phi(z)^2,\quad z \sim N(0, q)

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        An activation; square-integrability is checked at each variance.

    Returns
    -------
    VTransform
        Call it on arrays, or use ``.closed_form``, ``.enclose(q, dps=50)``, ``.evalf``.

    Raises
    ------
    InvalidArgument
        If the activation is unknown or malformed.

    Conventions
    -----------
    ``q`` is a variance.

    Error
    -----
    `closed_form` exact, `enclose` enclosed.

    Source
    ------
    residual, Definition 5.3.

    Examples
    --------
    >>> v_transform("erf").closed_form
    2*asin(2*q/(2*q + 1))/pi
    >>> print(v_transform("tanh").enclose(10, dps=20).proved_digits(20))
    0.75726627692131836826
    """
    return VTransform(activation(phi))


def w_transform(phi: Activation | sympy.Expr | str) -> WTransform:
    r"""Return the transform ``W(q, nu) = E phi(u) phi(v)`` of an activation.

    .. math:: W\phi(q, \nu) = E\,\phi(u)\phi(v),\quad
        (u, v) \sim N\left(0, \begin{pmatrix} q & \nu \\ \nu & q \end{pmatrix}\right)

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        An activation; square-integrability is checked at each variance.

    Returns
    -------
    WTransform
        Call it on arrays, or use ``.closed_form``, ``.enclose(q, nu, dps=50)``, ``.evalf``.

    Raises
    ------
    InvalidArgument
        If the activation is unknown or malformed.

    Conventions
    -----------
    ``q`` is the common variance and ``nu`` the covariance, so the correlation is ``nu/q``.

    Error
    -----
    `closed_form` exact, `enclose` enclosed.

    Source
    ------
    residual, Definition 5.3.

    Examples
    --------
    >>> print(w_transform("erf").enclose(1, "1/2", dps=20).proved_digits(20))
    0.21634689593878545966
    """
    return WTransform(activation(phi))
