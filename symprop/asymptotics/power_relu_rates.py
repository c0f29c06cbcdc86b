r"""Depth laws of full residual networks with positively homogeneous activations.

One-sided powers :math:`s\max(x,0)^\alpha`, :math:`0<\alpha<1`. With
:math:`a=\sigma_v^2s^2c_\alpha\sigma_w^{2\alpha}` the length obeys
:math:`u_{l+1}-u_l=a\,u_l^\alpha+\sigma_a^2`, :math:`u=p+\sigma_b^2/\sigma_w^2`, so that
:math:`u^{1-\alpha}` grows by :math:`(1-\alpha)a` a layer, less
:math:`\frac{\alpha}{2}(1-\alpha)a^2u^{\alpha-1}`. The distance :math:`\varepsilon=e-e^*` from the
fixed point of J obeys

.. math:: \varepsilon' = -\frac{\mu}{l}\,\varepsilon + \frac{\sigma_a^2(1-e^*)}{p},\qquad
    \mu=\frac{1-\dot J_\alpha(e^*)}{1-\alpha},

and is therefore of order ``l**-mu``, or of order ``l**(-alpha/(1-alpha))`` where the branch
biases decide. J is convex on [0, 1] with J(0) > 0, J(1) = 1 and slope > 1 at 1, and
non-negative on [-1, 0]: it has exactly one fixed point below 1.

Piecewise linear activations, slopes :math:`a_+,a_-`: the length grows by a factor, and with
:math:`1-J(1-g)=g-\frac{(a_+-a_-)^2}{a_+^2+a_-^2}Ug^{3/2}+\dots` one finds
:math:`\varepsilon_{l+1}=\varepsilon_l-k\,\varepsilon_l^{3/2}+\dots`, :math:`\varepsilon=1-e`.
"""

from __future__ import annotations

from functools import lru_cache

import sympy
from flint import arb

from symprop.asymptotics.depth_constants import DepthConstant, ResidualVariances, sign_of_number
from symprop.foundation.errors import NoClosedForm, NoConvergence, OutOfDomain, expected
from symprop.foundation.validation import check_instance, check_integer
from symprop.gaussian.power_relu import AlphaReluKernel, alpha_relu_kernel
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball, as_parameter
from symprop.numerics.precision import current_bits, dps_from_bits, working_bits
from symprop.numerics.quadrature import magnitude_bits
from symprop.numerics.roots import Bracket, refine_root
from symprop.specs.activations import Activation, X, activation

__all__ = [
    "kernel_gap",
    "linear_rectifier_constants",
    "power_exponent",
    "power_relu_constants",
]

SV, SA, SW, SB = sympy.symbols("sigma_v^2 sigma_a^2 sigma_w^2 sigma_b^2", nonnegative=True)
GAP = sympy.Symbol("g", positive=True)
SLOPE = sympy.Symbol("nu", positive=True)
BASE = sympy.Symbol("a", positive=True)
_HALF = sympy.Rational(1, 2)
U = 2 * sympy.sqrt(2) / (3 * sympy.pi)
"""Coefficient of ``g**(3/2)`` in ``J_1(1 - g)``."""

_HALF_BALL = arb(1) / 2
_SMALLEST_GAP = 1e-300
_LARGEST_EXPONENT = 100


def kernel_gap(kernel: AlphaReluKernel, bits: int) -> arb:
    """Return ``1 - e*`` where ``e*`` is the fixed point below 1 of the alpha-ReLU kernel.

    Parameters
    ----------
    kernel : AlphaReluKernel
        With ``-1/2 < alpha < 1``.
    bits : int
        Relative accuracy.

    Returns
    -------
    flint.arb

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If alpha is not proved to be inside (-1/2, 1).
    NoConvergence
        If alpha is a ball too wide.

    Conventions
    -----------
    The gap keeps its relative accuracy: it is near ``(9 pi^2/8) (1 - alpha)^4`` at alpha = 1.

    Error
    -----
    Enclosed. Existence and uniqueness on [-1, 1) hold by convexity, for every alpha in (-1/2, 1).

    Source
    ------
    residual, Theorem B.18.

    Examples
    --------
    >>> print(Enclosure(kernel_gap(alpha_relu_kernel("1/2"), 60)).proved_digits(12))
    0.0294783717160
    """
    check_integer("bits", bits, minimum=1)
    alpha = as_ball(check_instance("kernel", kernel, AlphaReluKernel).alpha, 256, "alpha")
    if not (alpha > -_HALF_BALL and alpha < 1):
        raise OutOfDomain(expected("alpha", "inside (-1/2, 1)", kernel.alpha))
    derivative = kernel.derivative()

    with working_bits(256):
        lost = max(0, int(-magnitude_bits(1 - alpha)))  # the excess is of size (1 - alpha)^2

    def excess(gap: arb) -> arb:
        """(1 - J)/g - 1, which changes sign once."""
        dps = dps_from_bits(current_bits())
        return kernel.deficit(angle_gap=Enclosure(gap), dps=dps).ball / gap - 1

    def slope(gap: arb) -> arb:
        dps = dps_from_bits(current_bits())
        inner = derivative.enclose(angle_gap=Enclosure(gap), dps=dps).ball
        return (inner - kernel.deficit(angle_gap=Enclosure(gap), dps=dps).ball / gap) / gap

    with working_bits(64 + 8 * lost):
        upper = arb(1)
        while not excess(upper / 4) > 0:
            upper = upper / 4
            if upper < _SMALLEST_GAP:
                raise NoConvergence(f"Expected alpha further from 1 but got alpha={kernel.alpha}.")
    return refine_root(excess, slope, Bracket(upper / 4, upper), bits=bits)


def power_exponent(
    phi: Activation | sympy.Expr | str,
) -> tuple[sympy.Expr, sympy.Expr] | None:
    """Return ``(s, alpha)`` of an activation ``s max(x, 0)**alpha`` or its mirror image.

    Examples
    --------
    >>> power_exponent("3*Max(x, 0)**(2/3)"), power_exponent("tanh")
    ((3, 2/3), None)
    """
    phi = activation(phi)
    degree = phi.homogeneity
    sides = _sides(phi)
    if degree is None or sides is None or sides.count(0) != 1:
        return None
    return abs(sum(sides)), degree


def _sides(phi: Activation) -> list[sympy.Expr] | None:
    """Return ``[phi(-1), phi(1)]`` of an activation cut at 0 or nowhere."""
    if phi.breakpoints not in ((), (sympy.S.Zero,)):
        return None
    return [phi.pieces[0].expression.subs(X, -1), phi.pieces[-1].expression.subs(X, 1)]


def _require_positive(variances: ResidualVariances) -> None:
    check_instance("variances", variances, ResidualVariances)
    for name, value in (variances.named()[0], variances.named()[2]):
        if sign_of_number(value, name) == 0:
            raise OutOfDomain(expected(name, "to be > 0", value))


def power_relu_constants(
    scale: sympy.Expr, alpha: sympy.Expr, variances: ResidualVariances
) -> tuple[DepthConstant, ...]:
    r"""Return the constants of the depth laws for ``scale * max(x, 0)**alpha``.

    .. math:: \mu=\frac{1-\dot J_\alpha(e^*)}{1-\alpha},\quad K_1=[(1-\alpha)a]^{1/(1-\alpha)},\quad
        K_2=\frac{\alpha K_1}{2(1-\alpha)^2},\quad R=\frac{\alpha^2}{(1-\alpha)(2\alpha-1)}

    Parameters
    ----------
    scale, alpha : sympy.Expr
        Exact, ``0 < alpha < 1``.
    variances : ResidualVariances
        ``weight`` and ``branch_weight`` positive.

    Returns
    -------
    tuple of DepthConstant
        R only for ``alpha > 1/2``: at 1/2 the expected square of the gradient is infinite.

    Raises
    ------
    OutOfDomain
        If alpha is not inside (0, 1) or a variance that must be positive is zero.

    Conventions
    -----------
    ``c_alpha`` is the second moment of ``max(Z, 0)**alpha``, without the scale.

    Error
    -----
    Formulas exact; balls enclosed.

    Source
    ------
    residual, Theorems B.16, B.18, B.20, C.29; the offset by branch biases is not in the paper.

    Examples
    --------
    >>> variances = ResidualVariances(1, 0, 1, 0)
    >>> table = power_relu_constants(sympy.S.One, sympy.Rational(3, 4), variances)
    >>> next(c.closed_form for c in table if c.name == "R")
    9/2
    """
    scale, alpha = as_parameter("scale", scale), as_parameter("alpha", alpha)
    if not (alpha.is_number and alpha > 0 and alpha < 1):
        raise OutOfDomain(expected("alpha", "inside (0, 1)", alpha))
    _require_positive(variances)
    kernel = alpha_relu_kernel(alpha)
    gap = lru_cache(maxsize=8)(lambda bits: kernel_gap(kernel, bits))

    def slope(bits: int) -> arb:
        at = Enclosure(gap(bits))
        return kernel.derivative().enclose(angle_gap=at, dps=dps_from_bits(bits)).ball

    values: dict[sympy.Symbol, object] = {
        SV: variances.branch_weight,
        SA: variances.branch_bias,
        SW: variances.weight,
        GAP: gap,
        SLOPE: slope,
    }
    rest = 1 - alpha
    c_alpha = kernel.second_moment
    values[BASE] = _base(SV * scale**2 * c_alpha * SW**alpha * rest, 1 / rest, values)
    first = BASE ** (1 / rest)
    second = alpha * first / (2 * rest**2)
    mu, offset = (1 - SLOPE) / rest, alpha / rest
    length = "p = K1 l^(1/(1-alpha)) + second term"
    distance = "e - e_star = K' l^-mu + P l^-offset_exponent + ..., K' of the input"
    table = [
        ("e_star", "limit of e, the fixed point of J below 1", 1 - GAP),
        ("e_star_gap", "1 - e_star, with its own relative accuracy", GAP),
        ("mu", distance, mu),
        ("c_alpha", "E max(Z, 0)^(2 alpha)", c_alpha),
        ("K1", length, first),
        ("K2", "second term -K2 l^(alpha/(1-alpha)) log l if alpha > 1/2", second),
    ]
    if sign_of_number(variances.branch_bias, "branch_bias_variance"):
        table += [
            ("offset_exponent", distance, offset),
            ("P", distance, SA * GAP / (first * (mu - offset))),
        ]
        if 2 * alpha < 1:
            table.append(("K", "second term K l", SA * rest / (1 - 2 * alpha)))
    if 2 * alpha == 1:
        table.append(("K", "second term K l log l", SA - second))
    if 2 * alpha > 1:
        exponent = "chi_m/chi_l is of order (l/m)^R"
        table.append(("R", exponent, alpha**2 / (rest * (2 * alpha - 1))))
    return tuple(DepthConstant(name, law, form, values) for name, law, form in table)


def _base(formula: sympy.Expr, exponent: sympy.Expr, values: dict[sympy.Symbol, object]) -> object:
    """Return a number to be raised to a power: exact unless that would fill the memory."""
    base = DepthConstant("K1", "", formula, dict(values))
    if exponent > _LARGEST_EXPONENT:
        return base.ball
    try:
        return base.closed_form
    except NoClosedForm:
        return base.ball


def linear_rectifier_constants(
    phi: Activation | sympy.Expr | str, variances: ResidualVariances
) -> tuple[DepthConstant, ...]:
    r"""Return the constants of the depth laws for a piecewise linear activation cut at 0.

    .. math:: B=1+\frac{\sigma_v^2\sigma_w^2(a_+^2+a_-^2)}{2},\quad
        1-e_l\sim\frac{4}{k^2l^2},\quad k=\frac{\sigma_v^2\sigma_w^2(a_+-a_-)^2U}{2B},\quad
        U=\frac{2\sqrt2}{3\pi}

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        Homogeneous of degree 1: relu, leaky relu, absolute value.
    variances : ResidualVariances
        ``weight`` and ``branch_weight`` positive.

    Returns
    -------
    tuple of DepthConstant
        Without the law of e for a linear activation, whose e converges geometrically to a
        limit that depends on the input.

    Raises
    ------
    OutOfDomain
        If the activation is of another form or a variance that must be positive is zero.

    Conventions
    -----------
    Layer index l; the length of the input is not 0, unless a bias is there.

    Error
    -----
    Formulas exact; balls enclosed.

    Source
    ------
    residual, Theorems B.16, B.17 (relu); symprop D4.

    Examples
    --------
    >>> table = linear_rectifier_constants("relu", ResidualVariances(2, 0, 1, 0))
    >>> {c.name: c.closed_form for c in table}["growth_base"]
    2
    """
    phi = activation(phi)
    sides = _sides(phi)
    if phi.homogeneity != 1 or sides is None:
        raise OutOfDomain(expected("phi", "to be homogeneous of degree 1", phi.name))
    _require_positive(variances)
    values = {SV: variances.branch_weight, SW: variances.weight}
    minus, plus = -sides[0], sides[1]
    base = 1 + SV * SW * (plus**2 + minus**2) / 2
    table = [("growth_base", "p_l and chi_0/chi_l grow by this factor a layer", base)]
    difference = sympy.expand((plus - minus) ** 2)
    if not difference.equals(0):
        rate = SV * SW * difference * U / (2 * base)
        law = "(1 - e)^(-1/2) = k/2 l + 3 k/4 log l + O(1)"
        table += [
            ("U", "J(1 - g) = 1 - g + U g^(3/2) + ... for relu", U),
            ("k", law, rate),
            ("inverse_square", "1 - e ~ inverse_square / l^2", 4 / rate**2),
            ("logarithm", f"{law}: the coefficient 3 k/4", 3 * rate / 4),
        ]
    return tuple(DepthConstant(name, law, form, values) for name, law, form in table)
