"""Expansions in depth of the mean squared length of residual networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy

from symprop.asymptotics.autonomous import autonomous_expansion
from symprop.asymptotics.expansion_arguments import check_order
from symprop.asymptotics.power_relu_rates import power_exponent
from symprop.asymptotics.saturation import saturated_second_moment
from symprop.foundation.errors import InvalidArgument, NoClosedForm, OutOfDomain, expected
from symprop.gaussian.power_relu import alpha_relu_kernel
from symprop.numerics.evaluation import as_exact
from symprop.specs.architectures import FullResidual, ReducedResidual

if TYPE_CHECKING:
    from symprop.asymptotics.expansions import Expansion
    from symprop.specs.activations import Activation
    from symprop.specs.architectures import Architecture

__all__ = ["length_expansion", "length_increment"]

P = sympy.Symbol("p", positive=True)
_HALF = sympy.Rational(1, 2)


def length_increment(
    architecture: Architecture, terms: int
) -> tuple[sympy.Expr, sympy.Expr | None]:
    r"""Return ``p_{l+1} - p_l`` of a residual network as an expression in ``p`` at large p.

    .. math:: p_{l+1}-p_l=\sigma_v^2\,V\phi(\sigma_w^2p_l+\sigma_b^2)+\sigma_a^2

    Parameters
    ----------
    architecture : FullResidual or ReducedResidual
        Of one activation, a one-sided power or saturating as in `saturation_constants`; exact
        variances.
    terms : int
        Terms of the expansion of V, where it does not end.

    Returns
    -------
    increment : sympy.Expr
        In the symbol ``p``.
    known_to : sympy.Expr or None
        Power of p from which on the increment is not known; None if it is exact.

    Raises
    ------
    InvalidArgument
        If the network is of another kind, its layers differ, or a variance is not exact.
    NoClosedForm
        If the expansion of V at infinity is not known.

    Conventions
    -----------
    Variances; p is the mean square of an entry.

    Error
    -----
    Exact coefficients.

    Source
    ------
    residual, Table 1 and Lemma C.5; symprop K3, K5.

    Examples
    --------
    >>> net = FullResidual("alpha_relu:1/2", 2, "1/3", 1, 0)
    >>> length_increment(net, 4)
    (sqrt(2)*sqrt(p)/sqrt(pi) + 1/3, None)
    """
    if not isinstance(architecture, FullResidual | ReducedResidual):
        raise InvalidArgument(
            expected("architecture", "to be a residual network", type(architecture).__name__)
        )
    if architecture.period != 1:
        raise InvalidArgument(expected("architecture", "to have equal layers", architecture))
    check_order(terms, "terms")
    layer = architecture.layer(1)
    full = isinstance(architecture, FullResidual)
    weight = _exact(layer.weight_variance, "weight_variance")
    q = weight * P + _exact(layer.bias_variance, "bias_variance")
    branch = _exact(layer.branch_weight_variance, "branch_weight_variance") if full else 1
    offset = _exact(layer.branch_bias_variance, "branch_bias_variance") if full else 0
    if weight == 0:
        raise OutOfDomain(expected("weight_variance", "> 0", weight))
    second_moment, known_to = _second_moment(layer.activation, q, terms)
    return branch * second_moment + offset, known_to


def _exact(value: object, name: str) -> sympy.Expr:
    exact = as_exact(value, name)
    if exact is None:
        raise InvalidArgument(expected(name, "to be exact", value))
    return exact


def _second_moment(
    phi: Activation, q: sympy.Expr, terms: int
) -> tuple[sympy.Expr, sympy.Expr | None]:
    """Return ``V phi(q)`` for large q, and the power from which on it is unknown."""
    power = power_exponent(phi)
    if power is not None:
        scale, alpha = power
        return scale**2 * alpha_relu_kernel(alpha).second_moment * q**alpha, None
    moment = saturated_second_moment(phi, q, terms)
    if moment is None:
        raise NoClosedForm(
            expected("activation", "to saturate or to be a one-sided power", phi.name)
        )
    return moment, None if phi.homogeneity == 0 else -terms - _HALF


def length_expansion(architecture: Architecture, *, order: int = 4) -> Expansion:
    r"""Return the expansion in the layer index of the mean squared length ``p``.

    Parameters
    ----------
    architecture : FullResidual or ReducedResidual
        As in `length_increment`.
    order : int
        How many powers to return, each with all its logarithms.

    Returns
    -------
    Expansion
        With one constant, which depends on the length of the input.

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    NoClosedForm
        If the expansion of V at infinity is not known.

    Conventions
    -----------
    Variances; layer 0 is the input.

    Error
    -----
    Exact coefficients; the remainder is given by its order only.

    Source
    ------
    symprop D2; residual, Theorems B.2, B.9, C.29.

    Examples
    --------
    >>> net = FullResidual("erf", 1, 0, 1, 0)
    >>> length_expansion(net, order=2)
    Expansion(K + l - 4*sqrt(K + l)/pi + O(log(K + l)))
    """
    check_order(order)
    increment, known_to = length_increment(architecture, order + 2)
    return autonomous_expansion(increment, P, order=order, known_to=known_to)
