r"""Growth of the normalised sensitivity in batch-normalised ReLU residual networks.

Each unit adds a branch of the same signal variance, whose squared sensitivity is ``g`` times that
of what enters the unit; in the sum the branch counts less and less. So increments fall like one
over the depth, and growth is a power of the depth instead of an exponential.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy
from flint import arb

from symprop.foundation.errors import OutOfDomain, expected
from symprop.foundation.validation import check_dps, check_integer
from symprop.numerics.evaluation import adaptive, as_ball

if TYPE_CHECKING:
    from symprop.numerics.enclosure import Enclosure

__all__ = ["residual_exponent", "residual_sensitivity"]

_BITS = 64
_DEEPEST_UNIT = 10_000  # g is beyond 10^1600 there


def residual_exponent(unit_depth: int = 1) -> sympy.Expr:
    r"""Return the exponent of growth of batch-normalised ReLU residual networks.

    .. math:: \zeta^l\sim\mathrm{const}\;l^{\tau},\qquad
        \tau=\frac12\Bigl[\Bigl(\frac\pi{\pi-1}\Bigr)^H-1\Bigr]

    Parameters
    ----------
    unit_depth : int
        ``H``, layers in a residual unit.

    Returns
    -------
    sympy.Expr

    Raises
    ------
    InvalidArgument
        If it is no integer from 1 to 10 000.

    Conventions
    -----------
    As in `residual_sensitivity`.

    Error
    -----
    Exact.

    Source
    ------
    sensitivity, Theorem 4 and section 7.

    Examples
    --------
    >>> residual_exponent(2).evalf(10)
    0.5759597192
    """
    power = check_integer("unit_depth", unit_depth, minimum=1, maximum=_DEEPEST_UNIT)
    return ((sympy.pi / (sympy.pi - 1)) ** power - 1) / 2


def residual_sensitivity(
    depth: int,
    unit_depth: int = 1,
    *,
    input_variance: Any = 1,
    weight_variance: Any = 2,
    dps: int = 15,
) -> Enclosure:
    r"""Return the normalised sensitivity of a batch-normalised ReLU residual network.

    .. math:: (\zeta^l)^2=\frac{\Gamma(l+a+g)\,\Gamma(a+1)}{\Gamma(a+g)\,\Gamma(l+a+1)},\qquad
        g=\Bigl(\frac\pi{\pi-1}\Bigr)^H,\quad a=\frac{2\,\mu_2(y^0)}{\sigma_w^2(1-1/\pi)}

    Parameters
    ----------
    depth : int
        ``l``, number of residual units.
    unit_depth : int
        ``H``, layers in a unit, up to 10 000.
    input_variance : number
        ``mu_2(y^0) > 0``.
    weight_variance : number
        ``sigma_w^2 > 0``, of the weights times the size of a receptive field.
    dps : int
        Relative digits to prove.

    Returns
    -------
    Enclosure

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If a variance is not positive.

    Conventions
    -----------
    Infinite width, many uncorrelated data, constant gains 1 and no biases.

    Error
    -----
    Enclosed.

    Source
    ------
    sensitivity, equation 87 with all increments in the units equal.

    Examples
    --------
    >>> residual_sensitivity(100, 2).proved_digits(8)
    '8.4191442'
    """
    depth = check_integer("depth", depth, minimum=0)
    unit_depth = check_integer("unit_depth", unit_depth, minimum=1, maximum=_DEEPEST_UNIT)
    check_dps(dps)
    for name, value in (("input_variance", input_variance), ("weight_variance", weight_variance)):
        if not as_ball(value, _BITS, name) > 0:
            raise OutOfDomain(expected(name, "> 0", value))

    def at(bits: int) -> arb:
        pi = arb.pi()
        g = (pi / (pi - 1)) ** unit_depth
        branch = as_ball(weight_variance, bits) * (1 - 1 / pi) / 2
        a = as_ball(input_variance, bits) / branch
        logarithm = (depth + a + g).lgamma() - (depth + a + 1).lgamma()
        logarithm += (a + 1).lgamma() - (a + g).lgamma()
        return (logarithm / 2).exp()

    return adaptive(at, dps, "normalised sensitivity")
