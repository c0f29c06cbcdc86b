r"""Expected shares of weighted squares of normal variables, for claims about normalised rows.

.. math:: p_i=\mathbf E\frac{s_iw_i^2}{\sum_js_jw_j^2}

A row of a Gaussian matrix times a matrix with squared singular values ``s``, normalised, has these
second moments along the singular vectors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import acb, arb

from symprop.claims.power_series import rational
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["expected_shares", "share", "to_sum_one"]


def to_sum_one(weights: Sequence[int]) -> list[Fraction]:
    """Return numbers of sum 1 in given proportions, smallest first."""
    return sorted(Fraction(weight, sum(weights)) for weight in weights)


def share(values: Sequence[tuple[arb, int]], which: int, dps: int) -> arb:
    r"""Return the share of one of the variables of group ``which``, as a ball.

    .. math:: p_i=r_i\int_0^1\frac{u^{n-1}}{u^2+r_i(1-u^2)}\prod_j\bigl(u^2+r_j(1-u^2)\bigr)^{-1/2}
        \,du,\qquad r_j=s_j/s_{\max}

    Parameters
    ----------
    values : sequence of (ball, int)
        Positive weights ``s`` and how often each occurs.
    which : int
        Index of a group.
    dps : int
        Digits.

    Examples
    --------
    >>> with working_bits(80):
    ...     groups = [(arb(1), 1), (arb(4), 1)]
    >>> round(float(share(groups, 0, 15)), 10)  # sqrt(1)/(sqrt(1) + sqrt(4))
    0.3333333333
    """
    count = sum(multiplicity for _, multiplicity in values)
    with working_bits(bits_from_dps(dps) + 10):
        largest = max((value for value, _ in values), key=lambda value: float(value.mid()))
        ratios = [(value / largest, multiplicity) for value, multiplicity in values]
        own = ratios[which][0]

        def integrand(u: acb, analytic: bool) -> acb:
            square = u * u
            product = acb(1)
            for ratio, multiplicity in ratios:
                factor = square + ratio * (1 - square)
                product *= factor ** (multiplicity // 2)
                if multiplicity % 2:
                    product *= factor.sqrt(analytic=analytic)
            return u ** (count - 1) / ((square + own * (1 - square)) * product)

        integral: Any = acb.integral(integrand, acb(0), acb(1))
        return own * integral.real


def expected_shares(weights: Sequence[Fraction], dps: int) -> list[arb]:
    """Return the share of each variable, for positive rational weights in any order."""
    groups = sorted(Counter(weights).items())
    with working_bits(bits_from_dps(dps) + 10):
        balls = [(arb(rational(value)), multiplicity) for value, multiplicity in groups]
    found = {value: share(balls, index, dps) for index, (value, _) in enumerate(groups)}
    return [found[weight] for weight in weights]
