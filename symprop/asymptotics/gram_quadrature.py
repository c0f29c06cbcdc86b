r"""The fixed point of batch normalisation in float64, for any activation.

With centring it is the mean over the section through the centre of the sphere, which is that of
all directions orthogonal to :math:`\mathbf 1`; without, the limit of orthogonal inputs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symprop.asymptotics.exchangeable_points import (
    COUNTS,
    limit_of_orthogonal_inputs,
    spread_of_rules,
)
from symprop.asymptotics.gram_points import (
    APART,
    GramFixedPoint,
    condition_number,
    estimated,
    is_contracting,
)
from symprop.asymptotics.gram_sections import check_bounded_means, section_moments
from symprop.foundation.errors import OutOfDomain, expected
from symprop.numerics.enclosure import Enclosure

if TYPE_CHECKING:
    from symprop.specs.activations import Activation

__all__ = ["quadrature_fixed_point"]

_ROUNDING = 1e-14


def quadrature_fixed_point(phi: Activation, batch: int, center: bool) -> GramFixedPoint:
    """Return the fixed point of exchangeable inputs, its errors estimated.

    Parameters
    ----------
    phi : Activation
        The activation.
    batch : int
        Number of inputs.
    center : bool
        Whether the mean over the batch is taken away.

    Returns
    -------
    GramFixedPoint

    Raises
    ------
    OutOfDomain
        If one step brings all inputs together, as far as float64 tells, or overflows.
    NoConvergence
        If they come together in the limit, or do not settle.
    """
    if not center:
        return limit_of_orthogonal_inputs(phi, batch)
    n, m = batch, batch - 1
    check_bounded_means(phi)
    rules = [section_moments(phi, n, np.pi / 2, count) for count in COUNTS]
    gap, q = rules[-1][:2]
    p = gap + q
    scaled = [np.array([rule[0] + rule[1], rule[1]]) for rule in rules]
    radius = spread_of_rules(scaled, _ROUNDING * p)
    if not gap > 2 * radius:
        raise OutOfDomain(expected("activation", APART, phi.name))
    shares = np.array([m / 2, m / n])
    rates = [shares * rule[[4, 6]] / rule[0] for rule in rules]
    spread = spread_of_rules(rates, _ROUNDING * (1 + p / gap))
    zero = Enclosure(0)
    standard, crossed = (estimated(rate, spread) if n > 2 else zero for rate in rates[-1])
    known: dict[str, tuple[Enclosure, ...]] = {
        "trivial": (zero, zero),
        "standard": (standard, zero),
    }
    if n > 3:
        known["(n-2,2)"] = (crossed,)
    singular = n == 2 and phi.parity == "odd"
    common = Enclosure(0) if singular else estimated(p + (n - 1) * q, n * radius)
    return GramFixedPoint(
        phi.name,
        n,
        True,
        estimated(p, radius),
        estimated(q, radius),
        condition_number(common, estimated(gap, 2 * radius)),
        known,
        is_contracting(known),
        False,
    )
