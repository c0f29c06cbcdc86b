r"""Normalised sensitivity of vanilla ReLU networks, layer by layer, as a ratio of expectations.

.. math:: (\zeta^l)^2=\frac{\mu_2(s^l)}{\mu_2(x^l)}\,\mu_2(x^0)

At infinite width both moments are equal to their means. One layer of any width has the same means,
given the inner products of the data before it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from flint import arb

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_depth, check_dps, check_sequence
from symprop.numerics.evaluation import adaptive, as_ball

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symprop.numerics.enclosure import Enclosure

    Matrix = list[list[arb]]

__all__ = ["vanilla_sensitivity"]

_BITS = 64
_CERTAIN = 1000  # bits after which a variance that may be 0 is taken to be 0


def vanilla_sensitivity(
    gram: Sequence[Sequence[object]], depth: int, *, dps: int = 15
) -> tuple[Enclosure, ...]:
    r"""Return the normalised sensitivity of a vanilla ReLU network on a finite data set.

    .. math:: (\zeta^{l})^{-2}=\frac{\mu_2(x^l)}{\mu_2(x^0)},\qquad
        G^{l+1}_{ij}=\sqrt{G^l_{ii}G^l_{jj}}\,\frac{\sin\theta+(\pi-\theta)\cos\theta}\pi

    Parameters
    ----------
    gram : array of shape (k, k)
        Inner products of the data over the width, ``G^0``; of receptive fields, over their size,
        in a convolutional network, all positions of all data together.
    depth : int
        Number of layers.
    dps : int
        Relative digits to prove.

    Returns
    -------
    tuple of Enclosure
        For layers 0 to ``depth``.

    Raises
    ------
    InvalidArgument
        If the matrix is not square and symmetric.
    OutOfDomain
        If it is no matrix of inner products, or the data do not differ.

    Conventions
    -----------
    No biases; the variance of the weights cancels. Means over the data set, not corrected for its
    size. The first layer is the root of the ratio of expectations at any width; later ones hold
    at infinite width.

    Error
    -----
    Enclosed, for the given matrix.

    Source
    ------
    sensitivity, Theorem 2; the mean there is that of the arc-cosine kernel.

    Examples
    --------
    >>> zeta = vanilla_sensitivity([[1, 0], [0, 1]], 2)  # (1 - 1/pi)^(-1/2)
    >>> zeta[1].proved_digits(12), zeta[2].proved_digits(8)
    ('1.21117389624', '1.4054305')
    """
    depth = check_depth(depth)
    check_dps(dps)
    rows = _checked(gram)

    @cache
    def path(bits: int) -> list[arb]:
        products = [[as_ball(entry, bits, "gram") for entry in row] for row in rows]
        variances = [_variance(products)]
        for _ in range(depth):
            products = _arc_cosine(products)
            variances.append(_variance(products))
        if not variances[0] > 0 and bits > _CERTAIN:
            condition = "to be that of data that differ"
            raise OutOfDomain(expected("gram", condition, str(variances[0])))
        # the root of a ball that may hold 0 or less is no ball, and asks for more bits
        return [(variances[0] / end).sqrt() for end in variances]

    def enclosed(layer: int) -> Enclosure:
        return adaptive(lambda bits: path(bits)[layer], dps, "normalised sensitivity")

    return tuple(enclosed(layer) for layer in range(depth + 1))


def _checked(gram: Sequence[Sequence[object]]) -> list[list[object]]:
    """Return the rows of a matrix that may be one of inner products."""
    rows = [check_sequence("gram", row) for row in check_sequence("gram", gram, "rows")]
    size = len(rows)
    if size < 2 or any(len(row) != size for row in rows):
        raise InvalidArgument(expected("gram", "to be a square matrix of two data or more", gram))
    balls = [[as_ball(entry, _BITS, "gram") for entry in row] for row in rows]
    for i, row in enumerate(balls):
        for j, entry in enumerate(row):
            if not entry.overlaps(balls[j][i]):
                raise InvalidArgument(expected("gram", "to be symmetric", f"{entry} at {(i, j)}"))
            if row[i] < 0 or row[i] * balls[j][j] < entry**2:
                condition = "to hold inner products"
                raise OutOfDomain(expected("gram", condition, f"{entry} at {(i, j)}"))
    return rows


def _variance(products: Matrix) -> arb:
    """Return the mean squared distance of the data from their mean."""
    size = len(products)
    diagonal = sum((row[i] for i, row in enumerate(products)), arb(0))
    return diagonal / size - sum((sum(row, arb(0)) for row in products), arb(0)) / size**2


def _arc_cosine(products: Matrix) -> Matrix:
    """Return the inner products after one layer of weight variance 2."""
    size = len(products)
    result = [list(row) for row in products]
    for i in range(size):
        for j in range(i):
            # the slope by the inner product, (pi - angle)/pi, is at most 1: errors do not grow
            cross, radius = products[i][j].mid(), products[i][j].rad()
            lengths = products[i][i] * products[j][j]
            sine = (lengths - cross**2).nonnegative_part().sqrt()
            if lengths.is_zero():
                continue  # one of the data is 0
            # no ball of the angle may cross the cut of the arctangent, at cosine -1
            other = arb.atan2(sine, -cross) if cross < 0 else arb.pi() - arb.atan2(sine, cross)
            result[i][j] = result[j][i] = (sine + other * cross) / arb.pi() + arb(0, radius)
    return result
