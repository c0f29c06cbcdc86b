r"""The dual kernel of the alpha-ReLU ``max(x, 0)**alpha``, for every real alpha above -1/2.

All faces rest on one integral, with which kernel, derivatives and recurrences are seen at
a glance: with :math:`N_\alpha=\int_0^\pi(1+\cos t)^\alpha dt`,

.. math:: J_\alpha(c)=\frac1{N_\alpha}\int_0^\pi\max(c+\cos t,0)^\alpha\,dt .
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import sympy
from flint import arb

from symprop.foundation.validation import check_dps, check_integer
from symprop.gaussian.power_relu_arguments import (
    Exponent,
    enclose_kernel,
    read_exponent,
    read_gap,
)
from symprop.gaussian.power_relu_closed_form import (
    normalised_closed_form,
    second_moment_closed_form,
    taylor_coefficients,
)
from symprop.gaussian.power_relu_derivative import AlphaReluDerivative
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import adaptive
from symprop.numerics.precision import bits_from_dps, working_bits, working_digits

if TYPE_CHECKING:
    import mpmath
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from symprop.gaussian.power_relu_float import FloatKernel

__all__ = [
    "AlphaReluKernel",
    "alpha_relu_kernel",
    "alpha_relu_second_moment",
]


@dataclass(frozen=True)
class AlphaReluKernel:
    r"""The normalised alpha-ReLU kernel ``J_alpha`` with exact, certified and float64 faces.

    .. math:: E\,\psi_\alpha(u)\,\psi_\alpha(v)=c_\alpha J_\alpha(\rho),\quad
        \psi_\alpha(x)=\max(x,0)^\alpha,\quad J_\alpha(1)=1,

    for standard normal ``u``, ``v`` with correlation ``rho``. Built by `alpha_relu_kernel`.
    """

    exponent: Exponent

    @property
    def alpha(self) -> object:
        """The exponent as given."""
        return self.exponent.value

    @cached_property
    def closed_form(self) -> sympy.Expr:
        """The kernel as a SymPy expression in the symbol ``rho``.

        Elementary for integer alpha, complete elliptic integrals for half-integers, a
        hypergeometric function otherwise.

        Raises
        ------
        NoClosedForm
            If alpha was given as a ball.
        """
        return normalised_closed_form(self.exponent.exact)

    @cached_property
    def second_moment(self) -> sympy.Expr:
        """The factor ``c_alpha = E psi_alpha(Z)**2`` as a SymPy expression."""
        return second_moment_closed_form(self.exponent.exact)

    def enclose(self, rho: object = None, *, angle_gap: object = None, dps: int = 50) -> Enclosure:
        """Return a ball around ``J_alpha(rho)``.

        Parameters
        ----------
        rho : number, optional
            Correlation in [-1, 1].
        angle_gap : number, optional
            ``1 - rho``, instead of ``rho``.
        dps : int
            Relative digits to prove. Over a ball, the enclosure of all its values instead.

        Raises
        ------
        OutOfDomain
            If the correlation lies outside [-1, 1].
        """
        check_dps(dps)
        return enclose_kernel(self.exponent, read_gap(rho, angle_gap), dps)

    def deficit(self, rho: object = None, *, angle_gap: object = None, dps: int = 50) -> Enclosure:
        """Return ``1 - J_alpha(rho)`` to ``dps`` relative digits, however small the gap."""
        check_dps(dps)
        return enclose_kernel(self.exponent, read_gap(rho, angle_gap), dps, deficit=True)

    def evalf(self, rho: object = None, *, angle_gap: object = None, dps: int = 50) -> mpmath.mpf:
        """Return ``J_alpha(rho)`` as an mpmath number of ``dps`` digits, all of them right."""
        value = self.enclose(rho, angle_gap=angle_gap, dps=dps + 3)
        with working_digits(dps):
            return +value.midpoint

    def __call__(self, rho: ArrayLike) -> NDArray[np.float64]:
        """Return ``J_alpha`` on an array of correlations, to the absolute `float_error`."""
        return self.float_face(rho)

    @cached_property
    def float_face(self) -> FloatKernel:
        """The float64 face, with its proved errors; ``float_face.deficit`` takes gaps."""
        from symprop.gaussian.power_relu_float import float_kernel

        return float_kernel(self.exponent)

    @property
    def float_error(self) -> float:
        """Bound of the absolute error of a call on an array."""
        return self.float_face.error

    def derivative(self, n: int = 1) -> AlphaReluDerivative:
        """Return the ``n``-th derivative in ``rho``, by Price's theorem."""
        return AlphaReluDerivative(self.exponent, check_integer("n", n, minimum=0))

    def series(self, n: int) -> list[sympy.Expr]:
        """Return the Taylor coefficients at ``rho = 0`` up to order ``n``: all non-negative."""
        return taylor_coefficients(self.exponent.exact, check_integer("n", n, minimum=0))

    def _repr_latex_(self) -> str:
        return (
            f"$J_{{{sympy.latex(self.exponent.exact)}}}(\\rho) = {sympy.latex(self.closed_form)}$"
        )


def alpha_relu_kernel(alpha: object) -> AlphaReluKernel:
    r"""Return the normalised dual kernel of the alpha-ReLU, ``J_alpha``.

    .. math:: J_\alpha(c) = \frac{x^{\alpha+1/2}\,{}_2F_1(1/2,1/2;\alpha+3/2;x)}
        {{}_2F_1(1/2,1/2;\alpha+3/2;1)},\qquad x=\frac{1+c}2

    Parameters
    ----------
    alpha : number
        Exponent above -1/2: any numeric argument, exact or a ball.

    Returns
    -------
    AlphaReluKernel

    Raises
    ------
    OutOfDomain
        If alpha is not above -1/2: the activation is then not square-integrable.

    Conventions
    -----------
    Normalised to ``J_alpha(1) = 1``; multiply by `alpha_relu_second_moment` for the kernel
    itself, and by ``(q1 q2)**(alpha/2)`` for variances ``q1``, ``q2``.

    Error
    -----
    Enclosed; the float64 face within its stated ``float_error``.

    Source
    ------
    symprop K1; the Bessel form of the residual paper, section C.7.1.

    Examples
    --------
    >>> relu = alpha_relu_kernel(1)
    >>> relu.closed_form
    (rho*(asin(rho) + pi/2) + sqrt(1 - rho**2))/pi
    >>> print(alpha_relu_kernel("7/10").enclose("3/10", dps=20).proved_digits(20))
    0.53533382054524834523
    """
    return AlphaReluKernel(read_exponent(alpha))


def alpha_relu_second_moment(alpha: object, *, dps: int = 15) -> Enclosure:
    r"""Return ``c_alpha``, the second moment of the alpha-ReLU under the standard normal law.

    .. math:: c_\alpha = E\,\psi_\alpha(Z)^2 = \frac{2^{\alpha-1}\,\Gamma(\alpha+1/2)}{\sqrt\pi}

    Parameters
    ----------
    alpha : number
        Exponent above -1/2.
    dps : int
        Relative digits to prove.

    Returns
    -------
    Enclosure

    Raises
    ------
    OutOfDomain
        If alpha is not above -1/2.

    Conventions
    -----------
    Unit variance; at variance ``q`` multiply by ``q**alpha``.

    Error
    -----
    Enclosed.

    Source
    ------
    residual paper, Lemma B.15.

    Examples
    --------
    >>> print(alpha_relu_second_moment("1/2").proved_digits(15))
    0.398942280401433
    """
    exponent = read_exponent(alpha)
    check_dps(dps)

    def value(bits: int) -> arb:
        ball = exponent.ball(bits)
        return arb(2) ** (ball - 1) * (ball + 0.5).gamma() / arb.const_sqrt_pi()

    if isinstance(alpha, arb | Enclosure):
        bits = bits_from_dps(dps)
        with working_bits(bits):
            return Enclosure(value(bits))
    return adaptive(value, dps, "second moment")
