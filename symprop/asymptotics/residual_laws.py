"""Which depth laws a residual network obeys, and their constants: all regimes in one table."""

from __future__ import annotations

from functools import partial

import sympy
from flint import arb

from symprop.asymptotics.depth_constants import (
    DepthConstant,
    RateTable,
    ResidualVariances,
    sign_of_number,
)
from symprop.asymptotics.negative_power_rates import (
    negative_power_constants,
    negative_power_laws,
)
from symprop.asymptotics.power_relu_rates import (
    linear_rectifier_constants,
    power_exponent,
    power_relu_constants,
)
from symprop.asymptotics.saturated_rates import SLOW_LENGTH_LAW, saturated_constants
from symprop.asymptotics.saturation import Saturation, saturation_constants
from symprop.foundation.errors import NoClosedForm, OutOfDomain, expected
from symprop.foundation.validation import check_choice
from symprop.gaussian.transforms import VTransform, v_transform
from symprop.numerics.evaluation import as_exact
from symprop.numerics.precision import dps_from_bits
from symprop.specs.activations import Activation, X, activation

__all__ = ["residual_rates"]

SV, SA = sympy.symbols("sigma_v^2 sigma_a^2", nonnegative=True)
Regime = tuple[str, tuple[str, ...], tuple[DepthConstant, ...]]


def residual_rates(
    architecture: str,
    phi: Activation | sympy.Expr | str,
    *,
    weight_variance: object,
    bias_variance: object = 0,
    branch_weight_variance: object = 1,
    branch_bias_variance: object = 0,
) -> RateTable:
    r"""Return the constants of every depth law of a residual network.

    .. math:: p_{l+1}=p_l+\sigma_v^2V\phi(\sigma_w^2p_l+\sigma_b^2)+\sigma_a^2,\quad
        \gamma_{l+1}=\gamma_l+\sigma_v^2W\phi(\sigma_w^2p_l+\sigma_b^2,
        \sigma_w^2\gamma_l+\sigma_b^2)+\sigma_a^2,\quad e=\gamma/p

    Parameters
    ----------
    architecture : {"frn", "rrn"}
        Full residual network, or the reduced one, which has neither branch weights nor branch
        biases, and no laws of their gradients.
    phi : Activation, sympy.Expr or str
        Saturating and odd about a constant, a one-sided power, or piecewise linear with one kink
        at 0; any activation if the branch does not depend on the input.
    weight_variance, bias_variance : number
        Inner ``sigma_w^2, sigma_b^2``, at least 0.
    branch_weight_variance, branch_bias_variance : number
        ``sigma_v^2, sigma_a^2``, at least 0; 1 and 0 in the reduced network.

    Returns
    -------
    RateTable

    Raises
    ------
    OutOfDomain
        If a variance is negative, or the reduced network is given an activation that is not
        odd: its recurrence drops ``E phi(h) x``, which is then not zero.
    NoClosedForm
        If no law is known for the activation.

    Conventions
    -----------
    Variances; two inputs of equal length, ``-1 < e(0) < 1``; layer 0 is the input. The law of
    e excludes the inputs for which its free constant vanishes.

    Error
    -----
    Formulas exact; balls enclosed.

    Source
    ------
    residual, Theorems B.2, B.6, B.7, B.9 to B.21 and C.29, derived anew.

    Examples
    --------
    >>> rates = residual_rates("frn", "tanh", weight_variance=1, branch_bias_variance="1/3")
    >>> rates.regime, rates["e_star"].closed_form, rates["A"].closed_form
    ('saturated', 1/2, 2*sqrt(6)/(3*sqrt(pi)))
    """
    check_choice("architecture", architecture, ("frn", "rrn"))
    phi = activation(phi)
    variances = ResidualVariances(
        branch_weight_variance, branch_bias_variance, weight_variance, bias_variance
    )
    if architecture == "rrn":
        _check_reduced(phi, variances)
    signs = [sign_of_number(value, name) for name, value in variances.named()]
    if signs[0] == 0 or signs[2] == 0:
        regime, laws, constants = _constant_branch(phi, variances, signs)
    else:
        regime, laws, constants = _varying_branch(phi, variances)
    if architecture == "rrn":  # which has no parameters of these kinds
        constants = tuple(c for c in constants if c.name not in ("B_v", "B_a"))
    return RateTable(architecture, phi.name, regime, laws, constants)


def _check_reduced(phi: Activation, variances: ResidualVariances) -> None:
    if phi.parity != "odd":
        raise OutOfDomain(expected("phi", "to be odd in a reduced network", phi.name))
    for (name, value), needed in zip(variances.named()[:2], (1, 0), strict=True):
        if as_exact(value, name) != needed:
            raise OutOfDomain(expected(name, f"to be {needed} in a reduced network", value))


def _constant_branch(phi: Activation, variances: ResidualVariances, signs: list[int]) -> Regime:
    """The branch adds the same variance in every layer, whatever the input is."""
    moment = sympy.Symbol("V", nonnegative=True)
    values = {SV: variances.branch_weight, SA: variances.branch_bias}
    increment = SA if signs[1] else sympy.S.Zero
    if signs[0] and signs[3]:
        values[moment] = partial(_moment_at, v_transform(phi), variances.bias)
        increment += SV * moment
    elif signs[0]:
        increment += SV * _value_at_zero(phi) ** 2
    if increment == 0:
        return "identity", ("every layer returns its input",), ()
    laws = ("p = p_0 + b0 l", "1 - e = (1 - e_0) p_0/p", "chi is the same in every layer")
    one, zero = sympy.S.One, sympy.S.Zero
    table = [
        ("e_star", "limit of e", one),
        ("delta_star", "1 - e is of order l^-delta_star", one),
        ("b0", "p = p_0 + b0 l", increment),
        ("A", "log(chi_m/chi_l) = 0", zero),
        ("B", "log(chi_m/chi_l) = 0", zero),
    ]
    return "constant branch", laws, tuple(DepthConstant(*row, values) for row in table)


def _moment_at(transform: VTransform, variance: object, bits: int) -> arb:
    return transform.enclose(variance, dps=dps_from_bits(bits)).ball


def _value_at_zero(phi: Activation) -> sympy.Expr:
    values = {
        piece.expression.subs(X, 0) for piece in phi.pieces if piece.lower <= 0 <= piece.upper
    }
    if len(values) != 1:
        raise OutOfDomain(expected("phi", "to be continuous at 0, where q stays,", phi.name))
    return values.pop()


def _varying_branch(phi: Activation, variances: ResidualVariances) -> Regime:
    power = power_exponent(phi)
    if phi.homogeneity == 1:
        return _exponential(phi, variances)
    if power is not None and 0 < power[1] < 1:
        constants = power_relu_constants(*power, variances)
        return "power", _power_laws(power[1], variances), constants
    if power is not None and power[1] < 0:
        if 2 * power[1] <= -1:
            raise OutOfDomain(expected("alpha", "> -1/2, where lengths are finite,", power[1]))
        biased = sign_of_number(variances.branch_bias, "branch_bias_variance") != 0
        return "power", negative_power_laws(biased), negative_power_constants(*power, variances)
    saturation = saturation_constants(phi)
    if saturation is None:
        raise NoClosedForm(
            f"No depth law is known for {phi.name}: expected an activation odd about a constant "
            "that saturates, c max(x, 0)^alpha with -1/2 < alpha <= 1, or a piecewise linear one "
            "with a kink at 0."
        )
    return "saturated", _saturated_laws(saturation), saturated_constants(saturation, variances)


def _saturated_laws(saturation: Saturation) -> tuple[str, ...]:
    if saturation.logarithm == 0:
        laws = [
            "p = b0 l + b1 l^(1/2) + b2 log l + O(1)",
            "e - e_star = K' l^-delta_star + P l^(-1/2) + ...",
        ]
        gradient = "log(chi_m/chi_l) = A (sqrt l - sqrt m) + B (log l - log m) + O(1)"
    else:
        laws = [
            f"{SLOW_LENGTH_LAW} + O(1)",
            "e - e_star = K' l^-delta_star + (P_log log l + P) l^(-1/2) + ...",
        ]
        gradient = (
            "log(chi_m/chi_l) = A (sqrt l - sqrt m) + B_log2 (log(l)^2 - log(m)^2) "
            "+ B (log l - log m) + O(1)"
        )
    if not saturation.slope.is_finite:
        gradient = "the expected squared gradient is infinite: the activation jumps"
    return (*laws, gradient)


def _exponential(phi: Activation, variances: ResidualVariances) -> Regime:
    constants = linear_rectifier_constants(phi, variances)
    laws = ["p is of order growth_base^l", "chi_m/chi_l = growth_base^(l-m)"]
    if len(constants) > 1:
        laws += ["(1 - e)^(-1/2) = k/2 l + 3 k/4 log l + O(1)", "1 - e ~ inverse_square / l^2"]
    else:
        laws.append("e converges geometrically to a limit that depends on the input")
    return "exponential", tuple(laws), constants


def _power_laws(alpha: sympy.Expr, variances: ResidualVariances) -> tuple[str, ...]:
    biased = sign_of_number(variances.branch_bias, "branch_bias_variance") != 0
    if 2 * alpha == 1:
        second = "K l log l"
    elif 2 * alpha < 1 and biased:
        second = "K l"
    else:
        second = "-K2 l^(alpha/(1-alpha)) log l"
    laws = [f"p ~ K1 l^(1/(1-alpha)), the second term ~ {second}"]
    if biased:
        laws.append("e - e_star = K' l^-mu + P l^-offset_exponent + ...: the smaller one decides")
    else:
        laws.append("e - e_star ~ K' l^-mu")
    if 2 * alpha > 1:
        laws.append("chi_m/chi_l is of order (l/m)^R")
    else:
        laws.append("the expected squared gradient is infinite")
    return tuple(laws)
