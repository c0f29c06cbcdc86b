r"""Linear networks with batch normalisation, at finite width: exact steps and the first order.

.. math:: H_{l+1}=\mathrm{diag}(|h_1|,\dots,|h_d|)^{-1}\,h,\qquad h=W_lH_l,\qquad
    V(H)^2=\Bigl\|\frac{H^\top H}{|H|_F^2}-\frac In\Bigr\|_F^2,

``d`` units, ``n`` inputs, without centring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_dps, check_integer, check_sequence
from symprop.gaussian.sphere_integrals import mean_log_form, mean_ratio
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import adaptive, as_ball, as_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flint import arb

__all__ = [
    "gaussian_orthogonality_gap",
    "haar_isometry_gap",
    "stationary_orthogonality_gap",
]


def gaussian_orthogonality_gap(eigenvalues: Sequence[Any], width: int, dps: int = 15) -> Enclosure:
    r"""Return the expected square of the orthogonality gap after a layer of Gaussian weights.

    .. math:: \mathrm E\,V(H')^2=\frac1d+\Bigl(1-\frac1d\Bigr)\sum_ip_i^2-\frac1n,\qquad
        p_i=\mathrm E\frac{\lambda_iz_i^2}{\sum_k\lambda_kz_k^2}

    Parameters
    ----------
    eigenvalues : sequence of numbers
        Of :math:`H^\top H`, at any scale; ``n`` of them, not all 0.
    width : int
        ``d``, the units of the layer.
    dps : int
        Proved relative digits.

    Returns
    -------
    Enclosure

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If an eigenvalue is negative, or all are 0.
    PrecisionNotReached
        If eigenvalues are balls too wide for the digits.

    Error
    -----
    Enclosed.

    Source
    ------
    thesis, equation A.8, of which it is the exact form.

    Notes
    -----
    Rows are independent unit vectors ``u`` with :math:`\mathrm E\,uu^\top` of eigenvalues
    ``p_i``: two rows give their squared product, a row with itself gives 1. Near
    :math:`\lambda_i=1` the excess of ``p_i`` over ``1/n`` is ``n/(n + 2)`` times that of
    :math:`\lambda_i/n`.

    Examples
    --------
    >>> print(gaussian_orthogonality_gap([9, 4, 1], 7).proved_digits(6))
    0.160257
    """
    check_dps(dps)
    eigenvalues = _listed(eigenvalues)
    size = len(eigenvalues)
    width = check_integer("width", width, minimum=1)

    def at(bits: int) -> arb:
        digits = int(0.31 * bits) + 3
        shares = [mean_ratio(eigenvalues, index, digits).ball for index in range(size)]
        apart = sum((share - as_ball(sympy.Rational(1, size), bits)) ** 2 for share in shares)
        rest = as_ball(sympy.Rational(size - 1, size * width), bits)
        # sum p^2 - 1/n is the sum of squared excesses, since the shares add up to 1
        return apart * (width - 1) / width + rest

    return adaptive(at, dps, "orthogonality gap")


def haar_isometry_gap(eigenvalues: Sequence[Any], dps: int = 15) -> Enclosure:
    r"""Return the expected isometry gap after a layer of orthogonal weights of uniform law.

    .. math:: \mathrm E\,\psi(H')=\psi(H)+\mathrm E\log u^\top\Lambda u
        =\mathrm E\log u^\top\Lambda u-\frac1d\sum_k\log\lambda_k,\qquad
        \sum_k\lambda_k=d

    Parameters
    ----------
    eigenvalues : sequence of numbers
        Of :math:`H^\top H`, at any scale: ``n = d`` of them, positive.
    dps : int
        Proved relative digits; absolute ones where the gap is 0.

    Returns
    -------
    Enclosure

    Raises
    ------
    InvalidArgument
        If an argument is malformed, or there are no eigenvalues.
    OutOfDomain
        If an eigenvalue is not positive: the gap stays infinite.
    PrecisionNotReached
        If eigenvalues are balls too wide for the digits.

    Error
    -----
    Enclosed.

    Source
    ------
    thesis, Corollary 6.4, whose bound it replaces.

    Notes
    -----
    Near :math:`\lambda_k=1` the gap shrinks by ``d/(d + 2)`` a layer.

    Examples
    --------
    >>> print(haar_isometry_gap([3, 1]).proved_digits(10), haar_isometry_gap([2, 2]))
    0.07450457203 0
    """
    check_dps(dps)
    eigenvalues = _listed(eigenvalues)
    size = len(eigenvalues)

    def at(bits: int) -> arb:
        digits = int(0.31 * bits) + 3
        values = [as_ball(value, bits + 16, "eigenvalue") for value in eigenvalues]
        if all(value.is_exact() and value == values[0] for value in values):
            return values[0] - values[0]
        mean = mean_log_form(eigenvalues, digits).ball
        first, *others = values
        total = first.log()
        for value in others:
            total += value.log()
        return mean - total / size

    for value in eigenvalues:
        if not as_ball(value, 64, "eigenvalue") > 0:
            raise OutOfDomain(expected("eigenvalue", "> 0", value))
    return adaptive(at, dps, "isometry gap")


def stationary_orthogonality_gap(batch: Any) -> sympy.Expr:
    r"""Return the limit of :math:`d\,\mathrm E V^2` in the stationary chain of width ``d``.

    .. math:: \frac{(n-1)/n}{1-(n/(n+2))^2}=\frac{(n-1)(n+2)^2}{4n(n+1)}

    Parameters
    ----------
    batch : int or sympy.Symbol
        ``n``.

    Returns
    -------
    sympy.Expr

    Raises
    ------
    InvalidArgument
        If ``batch`` is no positive integer or symbol.

    Error
    -----
    Exact limit; at width ``d`` the relative deviation is of order ``1/d``.

    Source
    ------
    derivations/linear_chain_gap.py; thesis, Theorem 2.1, whose radius it makes exact to first
    order.

    Notes
    -----
    A layer adds fluctuations of squared size :math:`(1-1/n)/d` and shrinks what it finds by
    :math:`n/(n+2)`.

    Examples
    --------
    >>> stationary_orthogonality_gap(4)
    27/20
    """
    n = as_size("batch", batch)
    return (n - 1) * (n + 2) ** 2 / (4 * n * (n + 1))


def _listed(eigenvalues: Sequence[Any]) -> list[Any]:
    values = check_sequence("eigenvalues", eigenvalues)
    if not values:
        raise InvalidArgument(expected("eigenvalues", "to hold at least one", eigenvalues))
    return values
