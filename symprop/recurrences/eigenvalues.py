r"""The smallest eigenvalue of a symmetric matrix of balls, proved.

With approximate eigenvectors in the columns of ``V`` and :math:`\|V^\top V-I\|_\infty\le\delta<1`,
Ostrowski's theorem says that the eigenvalues of :math:`V^\top AV`, in order, are those of ``A``
times factors in :math:`[1-\delta,1+\delta]`; Gershgorin's bounds the former from below, and
Rayleigh quotients the smallest of ``A`` from above.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import mpmath
from flint import arb, arb_mat

from symprop.numerics.exact_balls import exact_mpf
from symprop.numerics.precision import dps_from_bits, working_digits

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["smallest_eigenvalue_ball"]


def smallest_eigenvalue_ball(rows: Sequence[Sequence[arb]], bits: int) -> arb:
    """Return a ball around the smallest eigenvalue of a symmetric matrix.

    Parameters
    ----------
    rows : sequence of sequences of arb
        The matrix; the ball holds the eigenvalue of every symmetric matrix inside.
    bits : int
        Precision of the eigenvectors; that of the bounds is the one in force.

    Returns
    -------
    arb
        Not finite if the eigenvectors are too bad for a proof.

    Error
    -----
    Enclosed.

    Examples
    --------
    >>> print(smallest_eigenvalue_ball([[arb(2), arb(1)], [arb(1), arb(2)]], 53).str(5))
    [1.0000 +/- ...e-...]
    """
    size = len(rows)
    if size == 1:
        return rows[0][0]
    with working_digits(dps_from_bits(bits) + 5):
        middles = mpmath.matrix([[exact_mpf(entry.mid()) for entry in row] for row in rows])
        vectors = mpmath.eigsy(middles)[1]
        basis = arb_mat([[_ball(vectors[i, k]) for k in range(size)] for i in range(size)])
    matrix = arb_mat([list(row) for row in rows])
    turned = basis.transpose() * matrix * basis
    products = basis.transpose() * basis
    defect = arb(0)
    for i in range(size):
        row = sum((abs(products[i, j] - (i == j)) for j in range(size)), arb(0))
        defect = defect.max(row.abs_upper())
    if not defect < 1:
        return arb("nan")
    lowest = arb("+inf")
    for i in range(size):
        radius = sum((abs(turned[i, j]) for j in range(size) if j != i), arb(0))
        lowest = lowest.min((turned[i, i] - radius).lower())
    lower = lowest / (1 + defect if lowest > 0 else 1 - defect)
    upper = arb("+inf")
    for i in range(size):
        upper = upper.min((turned[i, i] / products[i, i]).upper())
    return lower.union(upper)


def _ball(value: mpmath.mpf) -> arb:
    """Return an mpmath number exactly."""
    return arb((int(value.man) * (-1 if value < 0 else 1), int(value.exp))) if value else arb(0)
