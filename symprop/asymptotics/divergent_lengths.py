r"""Where lengths diverge: the map of correlations at infinite length.

An activation with :math:`\phi(x)/x\to a_\pm` at :math:`\pm\infty` has
:math:`V(q)/q\to s=\frac12(a_+^2+a_-^2)` and :math:`V\dot\phi(q)\to s`. If
:math:`\sigma_w^2s>1` long inputs grow geometrically, and the map of correlations tends to that of
the leaky ReLU with slopes :math:`a_\pm`, normalised. Its slope at 1 is 1, and it has no other fixed
point unless :math:`a_+=a_-`: as :math:`c=1` is kept in every layer and the maps converge
uniformly, correlations tend to 1. If :math:`a_+=a_-` the limit is the identity, and where
correlations go depends on the inputs.
"""

from __future__ import annotations

from functools import lru_cache

import sympy

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_dps, check_sequence
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball, as_exact, as_parameter
from symprop.numerics.precision import bits_from_dps, working_bits
from symprop.specs.activations import Activation, X, activation

__all__ = ["asymptotic_slopes", "growth_at_infinity"]


def asymptotic_slopes(
    phi: Activation | sympy.Expr | str,
) -> tuple[sympy.Expr, sympy.Expr] | None:
    """Return ``(a_-, a_+)``, the limits of ``phi(x)/x``; None if one is infinite or unknown.

    Examples
    --------
    >>> asymptotic_slopes("gelu"), asymptotic_slopes("exp")
    ((0, 1), None)
    """
    return _slopes(activation(phi))


@lru_cache(maxsize=256)
def _slopes(phi: Activation) -> tuple[sympy.Expr, sympy.Expr] | None:
    slopes = tuple(
        sympy.limit(phi.pieces[side].expression / X, X, end)
        for side, end in ((0, -sympy.oo), (-1, sympy.oo))
    )
    if not all(slope.is_number and slope.is_finite and slope.is_real for slope in slopes):
        return None
    return slopes[0], slopes[1]


def growth_at_infinity(
    slopes: tuple[sympy.Expr, sympy.Expr], weight_variance: object, dps: int
) -> tuple[int | None, Enclosure, sympy.Expr | None]:
    r"""Return the sign of ``sigma_w^2 s - 1``, the factor ``sigma_w^2 s``, and its exact value.

    Parameters
    ----------
    slopes : tuple of sympy.Expr
        ``(a_-, a_+)``.
    weight_variance : number
        ``sigma_w^2``.
    dps : int
        Digits of the factor.

    Returns
    -------
    sign : int or None
        1 if long inputs grow, -1 if they shrink, 0 on the boundary, None if not decided.
    factor : Enclosure
        Growth of long inputs in a layer, and of their gradients.
    exact : sympy.Expr or None
        The same, if the variance is exact.

    Raises
    ------
    InvalidArgument
        If an argument is malformed.

    Examples
    --------
    >>> growth_at_infinity((sympy.S.Zero, sympy.S.One), 5, 15)[2]
    5/2
    """
    bits = bits_from_dps(check_dps(dps))
    pair = check_sequence("slopes", slopes)
    if len(pair) != 2:
        raise InvalidArgument(expected("slopes", "to be a pair of numbers", slopes))
    left, right = (as_parameter("slopes", slope) for slope in pair)
    moment = (left**2 + right**2) / 2
    with working_bits(bits):
        weight = as_ball(weight_variance, bits, "weight_variance")
        factor = Enclosure(weight * as_ball(moment, bits))
    exact = as_exact(weight_variance)
    sign = factor.compare(1)
    if exact is None:
        return (None if sign == 0 else sign), factor, None
    value = sympy.simplify(exact * moment)
    if sign is None and value == 1:
        sign = 0
    return sign, factor, value
