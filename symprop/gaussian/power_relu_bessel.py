r"""The Bessel form of the alpha-ReLU kernel, and the recurrences it brings.

.. math:: L_\alpha(\theta)=\int_0^\infty K_0(x)\,e^{x\cos\theta}x^\alpha\,dx
    =2\pi c_\alpha\,J_\alpha(\cos\theta)\,\csc^{2\alpha+1}\theta .

`bessel_kernel` uses the right side, `bessel_integral` encloses the integral itself and so
is an independent witness. Integrating by parts twice gives, for ``alpha > 1``,

.. math:: \sin^2\theta\,L_\alpha=(2\alpha-1)\cos\theta\,L_{\alpha-1}+(\alpha-1)^2L_{\alpha-2},

which in terms of the kernels reads, for ``alpha > 3/2``,

.. math:: J_\alpha=\cos\theta\,J_{\alpha-1}
    +\frac{(\alpha-1)^2}{(2\alpha-1)(2\alpha-3)}\sin^2\theta\,J_{\alpha-2} .
"""

from __future__ import annotations

import sympy
from flint import acb, arb

from symprop.foundation.errors import OutOfDomain, expected
from symprop.foundation.validation import check_dps
from symprop.gaussian.power_relu_arguments import enclose_kernel, read_exponent, read_gap
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import adaptive, as_ball, as_exact, as_parameter
from symprop.numerics.precision import working_bits

__all__ = ["bessel_integral", "bessel_kernel", "bessel_recurrence", "kernel_recurrence"]


def bessel_kernel(alpha: object, theta: object, *, dps: int = 15) -> Enclosure:
    r"""Return ``L_alpha(theta)`` from the kernel.

    Parameters
    ----------
    alpha : number
        Exponent above -1/2.
    theta : number
        Angle in (0, pi).
    dps : int
        Relative digits to prove.

    Returns
    -------
    Enclosure

    Raises
    ------
    OutOfDomain
        If alpha is not above -1/2 or theta not inside (0, pi).

    Conventions
    -----------
    ``theta`` is the angle between the two inputs; ``L_alpha(0)`` is infinite.

    Error
    -----
    Enclosed.

    Source
    ------
    residual paper, section C.7.1.

    Examples
    --------
    >>> print(bessel_kernel(0, sympy.pi / 2, dps=20).proved_digits(20))
    1.5707963267948966192
    """
    exponent = read_exponent(alpha)
    check_dps(dps)
    _check_angle(theta)

    def value(bits: int) -> arb:
        power, angle = exponent.ball(bits), as_ball(theta, bits, "theta")
        # 1 - cos theta = 2 sin(theta/2)**2 keeps its relative accuracy near zero
        gap = read_gap(None, 2 * (angle / 2).sin() ** 2)
        kernel = enclose_kernel(exponent, gap, max(1, int(bits * 0.30103))).ball
        moment = arb(2) ** power * (power + 0.5).gamma() * arb.const_sqrt_pi()
        return moment * kernel / angle.sin() ** (2 * power + 1)

    return adaptive(value, dps, "Bessel form")


def bessel_integral(alpha: object, theta: object, *, dps: int = 15) -> Enclosure:
    r"""Enclose the integral ``L_alpha(theta)`` itself, without using the kernel.

    .. math:: \int_0^\infty K_0(x)\,e^{x\cos\theta}x^\alpha\,dx

    is cut at both ends with the bounds :math:`K_0(x)\le1/2-\log x` for :math:`x\le1` and
    :math:`K_0(x)\le\sqrt{\pi/(2x)}\,e^{-x}`; the rest goes to rigorous quadrature.

    Parameters
    ----------
    alpha : number
        Exponent above -1: here the integral exists below -1/2 too.
    theta : number
        Angle in (0, pi).
    dps : int
        Relative digits to prove.

    Returns
    -------
    Enclosure

    Raises
    ------
    OutOfDomain
        If alpha is not above -1 or theta not inside (0, pi).

    Conventions
    -----------
    Slow near ``theta = 0``, where the integrand decays slowly.

    Error
    -----
    Enclosed.

    Source
    ------
    residual paper, section C.7.1.

    Examples
    --------
    >>> print(bessel_integral(0, sympy.pi / 2, dps=10).proved_digits(10))
    1.570796327
    """
    check_dps(dps)
    if not as_ball(alpha, 64, "alpha") + 1 > 0:
        raise OutOfDomain(expected("alpha", "> -1", alpha))
    _check_angle(theta)

    def value(bits: int) -> arb:
        power, angle = as_ball(alpha, bits, "alpha"), as_ball(theta, bits, "theta")
        return _quadrature(power, angle, bits)

    return adaptive(value, dps, "Bessel integral")


def _check_angle(theta: object) -> None:
    exact = as_exact(theta, "theta")
    angle = as_ball(theta, 64, "theta")
    outside = exact is not None and not bool(sympy.And(exact > 0, exact < sympy.pi))
    if outside or not (angle > 0 and angle < arb.pi()):
        raise OutOfDomain(expected("theta", "inside (0, pi)", theta))


def _quadrature(alpha: arb, angle: arb, bits: int) -> arb:
    """Integrate in ``log x`` up to 1, in ``x`` beyond, between cuts that hold next to nothing."""
    cosine, decay = angle.cos(), 2 * (angle / 2).sin() ** 2
    goal = arb(2) ** -bits
    left, right = arb(-8), 2
    while not _head(alpha, cosine, left.exp()) < goal:
        left *= 2
    while not _tail(alpha, decay, arb(right)) < goal:
        right *= 2

    def near(u: acb, _analytic: bool) -> acb:
        x = u.exp()
        return x.bessel_k(acb(0)) * (x * cosine + u * (alpha + 1)).exp()

    def far(x: acb, analytic: bool) -> acb:
        power = (alpha * x.log(analytic=analytic) - decay * x).exp()
        return x.bessel_k(acb(0), scaled=True) * power

    total = acb.integral(near, acb(left), acb(0), rel_tol=goal, abs_tol=goal).real
    start = 1
    while start < right:
        # up to there K0 is summed by its convergent series, which loses 2 x/log 2 bits
        spare = 30 if 2 * start > bits else 30 + 6 * start
        with working_bits(bits + spare):
            panel = acb.integral(far, acb(start), acb(2 * start), rel_tol=goal, abs_tol=goal)
        total += panel.real
        start *= 2
    ends = _head(alpha, cosine, left.exp()) + _tail(alpha, decay, arb(right))
    return total + ends.union(arb(0))


def _head(alpha: arb, cosine: arb, cut: arb) -> arb:
    """Bound the integral over ``(0, cut)``, ``cut <= 1``."""
    power = alpha + 1
    logarithm = (0.5 - cut.log()) / power + 1 / power**2
    return (cut * cosine).exp().max(arb(1)) * cut**power * logarithm


def _tail(alpha: arb, decay: arb, cut: arb) -> arb:
    """Bound the integral over ``(cut, oo)``."""
    power = alpha + 0.5
    gamma = (decay * cut).gamma_upper(power)
    return (arb.pi() / 2).sqrt() * decay ** (-power) * gamma


def bessel_recurrence(alpha: sympy.Expr, theta: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr]:
    r"""Return ``(p, q)`` with ``L_alpha = p L_(alpha-1) + q L_(alpha-2)``, for ``alpha > 1``.

    .. math:: p=(2\alpha-1)\cos\theta\csc^2\theta,\qquad q=(\alpha-1)^2\csc^2\theta

    Raises
    ------
    OutOfDomain
        If ``alpha <= 1``: ``L_(alpha-2)`` is then infinite, and so is the boundary term.
    """
    _check_above(alpha, sympy.S.One)
    square = sympy.csc(theta) ** 2
    return (2 * alpha - 1) * sympy.cos(theta) * square, (alpha - 1) ** 2 * square


def kernel_recurrence(alpha: sympy.Expr, rho: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr]:
    r"""Return ``(p, q)`` with ``J_alpha = p J_(alpha-1) + q J_(alpha-2)``, for ``alpha > 3/2``.

    .. math:: p=\rho,\qquad q=\frac{(\alpha-1)^2(1-\rho^2)}{(2\alpha-1)(2\alpha-3)}

    Raises
    ------
    OutOfDomain
        If ``alpha <= 3/2``: ``J_(alpha-2)`` cannot then be normalised.
    """
    _check_above(alpha, sympy.Rational(3, 2))
    return rho, (alpha - 1) ** 2 * (1 - rho**2) / ((2 * alpha - 1) * (2 * alpha - 3))


def _check_above(alpha: sympy.Expr, limit: sympy.Expr) -> None:
    alpha = as_parameter("alpha", alpha)
    if alpha.is_number and not bool(alpha > limit):
        raise OutOfDomain(expected("alpha", f"> {limit}", alpha))
