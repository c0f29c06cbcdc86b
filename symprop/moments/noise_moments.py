r"""Moments of the sensitivity of one signal in a ReLU network of finite width, exact.

For one input, :math:`\mu_2(s^l)=\mathrm{tr}(J^\top J)/N_l` with ``J`` the Jacobian of the network.
Its units are active independently, with probability one half, of all sizes; the weights are a
Gaussian matrix. So :math:`a=\mathrm E(\mathrm{tr}J^\top J)^2` and
:math:`b=\mathrm E\,\mathrm{tr}(J^\top J)^2` obey a linear recurrence in two dimensions.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import sympy

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import MAX_DEPTH, check_integer, check_sequence
from symprop.numerics.evaluation import as_size

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["mean_square_noise", "mean_square_noise_closed_form"]


def mean_square_noise(widths: Sequence[int]) -> Fraction:
    r"""Return :math:`\mathrm E\,\mu_2(s^l)^2` for one input, from the widths of all layers.

    .. math:: a'=\frac{4}{N^2}\Bigl[\Bigl(\frac{n(n-1)}4+\frac n2\Bigr)a+n\,b\Bigr],\qquad
        b'=\frac4{N^2}\Bigl[\frac n2\,a+\Bigl(\frac{n(n-1)}4+n\Bigr)b\Bigr]

    from a layer of width ``N`` to one of width ``n``.

    Parameters
    ----------
    widths : sequence of int
        ``N_0, N_1, ..., N_l``.

    Returns
    -------
    Fraction

    Raises
    ------
    InvalidArgument
        If there is no width, or one is no integer >= 1.

    Conventions
    -----------
    Weights of variance ``2/N``, ``N`` the width before; no biases. The mean of ``mu_2`` itself
    is 1 in every layer. Networks that died count, with 0.

    Error
    -----
    Exact.

    Source
    ------
    sensitivity, equation 55 (the first moment).

    Examples
    --------
    >>> mean_square_noise([10, 10])
    Fraction(57, 50)
    """
    given = check_sequence("widths", widths, "integers")
    if not given:
        raise InvalidArgument(expected("widths", "to hold at least one", widths))
    sizes = [check_integer("width", width, minimum=1) for width in given]
    trace, square = Fraction(sizes[0] ** 2), Fraction(sizes[0])
    for before, after in pairwise(sizes):
        pairs = Fraction(after * (after - 1), 4)
        half = Fraction(after, 2)
        scale = Fraction(4, before**2)
        trace, square = (
            scale * ((pairs + half) * trace + after * square),
            scale * (half * trace + (pairs + after) * square),
        )
    return trace / sizes[-1] ** 2


def mean_square_noise_closed_form(width: object = None, depth: object = None) -> sympy.Expr:
    r"""Return the same at constant width as a formula.

    .. math:: \frac{N+2}{3N}\Bigl(1+\frac5N\Bigr)^l+\frac{2(N-1)}{3N}\Bigl(1-\frac1N\Bigr)^l

    Parameters
    ----------
    width, depth : optional
        ``N`` and ``l``; symbols of these names by default.

    Returns
    -------
    sympy.Expr

    Raises
    ------
    InvalidArgument
        If the width is neither an integer >= 1 nor an expression with symbols, or the depth
        neither one >= 0 nor such an expression.

    Conventions
    -----------
    As in `mean_square_noise`.

    Error
    -----
    Exact.

    Source
    ------
    derivations/mean_square_noise.py: the eigenvalues ``1 + 5/N`` and ``1 - 1/N`` of the recurrence
    of `mean_square_noise`.

    Examples
    --------
    >>> mean_square_noise_closed_form(10, 1)
    57/50
    """
    n = sympy.Symbol("N", positive=True) if width is None else as_size("width", width)
    if depth is None:
        depth = sympy.Symbol("l", nonnegative=True)
    l = as_size("depth", depth, minimum=0, maximum=MAX_DEPTH)  # noqa: E741
    fast = (n + 2) / (3 * n) * (1 + 5 / n) ** l
    return fast + 2 * (n - 1) / (3 * n) * (1 - 1 / n) ** l
