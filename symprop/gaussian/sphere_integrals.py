r"""Quadratic forms on the sphere: their mean logarithm and mean ratios of squares, as balls.

For ``u`` uniform on the unit sphere, ``z`` standard normal and :math:`\lambda_k\ge0` of mean 1,

.. math:: \mathrm E\log u^\top\Lambda u=\int_{-\infty}^\infty\Bigl[(1+w)^{-d/2}
    -\prod_k(1+\lambda_kw)^{-1/2}\Bigr]ds,\qquad
    \mathrm E\frac{\lambda_iz_i^2}{\sum_k\lambda_kz_k^2}
    =\frac12\int_{-\infty}^\infty\frac{\lambda_iw}{1+\lambda_iw}\prod_k(1+\lambda_kw)^{-1/2}ds,

with :math:`w=e^s`. Both integrands are analytic for :math:`|\mathrm{Im}\,s|\le\pi/2`, where
:math:`|1+\lambda w|\ge\max(1,\lambda|w|)`. If the integral of their modulus along every such line
is at most ``M``, the trapezoidal sum of step ``h`` errs by at most
:math:`2M/(e^{\pi^2/h}-1)`.

The bounds used: the first integrand is at most :math:`\tfrac34d^2|w|^2`, since it vanishes to
second order at ``w = 0`` and its second derivative is at most :math:`\tfrac32d^2`; it is at most 2;
and at most :math:`2|w|^{-1/2}` for :math:`|w|\ge1`, since the largest eigenvalue is at least 1. So
:math:`M=\tfrac{35}8+2\log d`. For the second, :math:`M=\tfrac32+\tfrac12\log d`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from flint import arb

from symprop.foundation.errors import InvalidArgument, NoConvergence, OutOfDomain, expected
from symprop.foundation.validation import check_dps, check_integer, check_sequence
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import adaptive, as_ball

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["mean_log_form", "mean_ratio"]

_MOST_NODES = 200_000
_GUARD = 12


def mean_log_form(eigenvalues: Sequence[Any], dps: int = 15) -> Enclosure:
    r"""Return :math:`\mathrm E\log u^\top\Lambda u` for ``u`` uniform on the unit sphere.

    Parameters
    ----------
    eigenvalues : sequence of numbers
        Of :math:`\Lambda`, with multiplicities: ``d`` of them, not negative.
    dps : int
        Proved relative digits; absolute ones where the value is 0.

    Returns
    -------
    Enclosure

    Raises
    ------
    InvalidArgument
        If there are no eigenvalues, or one is no number.
    OutOfDomain
        If an eigenvalue is not proved to be >= 0, or all are 0.
    PrecisionNotReached
        If eigenvalues are balls too wide for the digits.

    Error
    -----
    Enclosed.

    Source
    ------
    thesis, Corollary 6.4, whose upper bound it replaces.

    Notes
    -----
    With orthogonal weights of uniform law and as many inputs as units, this is how the expected
    isometry gap changes by one linear map and normalisation over the batch, the eigenvalues
    being those of the Gram matrix at trace ``d``.

    Examples
    --------
    >>> print(mean_log_form(["3/2", "1/2"], dps=20).proved_digits(20))
    -0.069336464195073910209
    """
    values = check_sequence("eigenvalues", eigenvalues)
    return _adaptive(values, dps, _log_at, "mean logarithm")


def mean_ratio(eigenvalues: Sequence[Any], index: int, dps: int = 15) -> Enclosure:
    r"""Return :math:`\mathrm E\,\lambda_iz_i^2/\sum_k\lambda_kz_k^2` for standard normal ``z``.

    Parameters
    ----------
    eigenvalues : sequence of numbers
        :math:`\lambda_k\ge0`, with multiplicities, not all 0.
    index : int
        ``i``, counted from 0.
    dps : int
        Proved relative digits.

    Returns
    -------
    Enclosure

    Raises
    ------
    InvalidArgument
        If there are no eigenvalues, one is no number, or there is none of this index.
    OutOfDomain
        If an eigenvalue is not proved to be >= 0, or all are 0.
    PrecisionNotReached
        If eigenvalues are balls too wide for the digits.

    Error
    -----
    Enclosed.

    Source
    ------
    thesis, equation A.8.

    Notes
    -----
    The Gram matrix of a linear network with normalisation over the batch, without centring, keeps
    its eigenvectors at infinite width, and these are its next eigenvalues.

    Examples
    --------
    >>> print(mean_ratio([4, 1], 0).proved_digits(15))
    0.666666666666667
    """
    values = check_sequence("eigenvalues", eigenvalues)
    index = check_integer("index", index, minimum=0, maximum=max(len(values) - 1, 0))
    return _adaptive(values, dps, partial(_ratio_at, index=index), "mean ratio")


def _adaptive(
    values: list[Any], dps: int, function: Callable[[list[arb], int], arb], what: str
) -> Enclosure:
    check_dps(dps)
    if not values:
        raise InvalidArgument(expected("eigenvalues", "to hold at least one", values))
    for value in values:
        if not as_ball(value, 64, "eigenvalue") >= 0:
            raise OutOfDomain(expected("eigenvalue", ">= 0", value))
    if not any(as_ball(value, 64) > 0 for value in values):
        raise OutOfDomain(expected("eigenvalues", "not all 0", values))

    def at(bits: int) -> arb:
        return function([as_ball(value, bits + _GUARD) for value in values], bits)

    return adaptive(at, dps, what)


def _log_at(values: list[arb], bits: int) -> arb:
    size = len(values)
    mean = sum(values, arb(0)) / size
    scaled = [value / mean for value in values if not value.is_zero()]
    if len(scaled) == size and all(value == 1 for value in scaled):
        return mean.log()
    step, error = _step(bits, arb(35) / 8 + 2 * arb(size).log())

    def integrand(w: arb, product: arb) -> arb:
        return (1 + w) ** (-arb(size) / 2) - product

    def left(w: arb) -> arb:
        return 3 * size**2 * w**2 / 8

    def right(w: arb, product: arb) -> arb:
        return product / _slope(scaled, w) + (1 + w) ** (-arb(size) / 2) * 2 * (1 + w) / (size * w)

    return mean.log() + _sum(scaled, step, bits, integrand, left, right) + error


def _ratio_at(values: list[arb], bits: int, *, index: int) -> arb:
    size = len(values)
    mean = sum(values, arb(0)) / size
    chosen = values[index] / mean
    if chosen.is_zero():
        return arb(0)
    scaled = [value / mean for value in values if not value.is_zero()]
    if len(scaled) == 1:
        return arb(1)
    step, error = _step(bits, arb(3) / 2 + arb(size).log() / 2)

    def integrand(w: arb, product: arb) -> arb:
        return product * chosen * w / (2 * (1 + chosen * w))

    def left(w: arb) -> arb:
        return chosen * w / 2

    def right(w: arb, product: arb) -> arb:
        return product / (2 * _slope(scaled, w))

    return _sum(scaled, step, bits, integrand, left, right) + error


def _step(bits: int, modulus: arb) -> tuple[arb, arb]:
    """Return a step of the trapezoidal sum and a ball of its error, below ``2**-bits``."""
    goal = bits + _GUARD
    step = arb.pi() ** 2 / (goal * arb(2).log())
    step = arb(step.mid())
    return step, arb(0, (2 * modulus / ((arb.pi() ** 2 / step).exp() - 1)).upper())


def _slope(scaled: list[arb], w: arb) -> arb:
    """Return a lower bound of how fast the product decays from ``w`` on, as an exponent of it.

    The logarithm of ``1 + x e**t`` is convex in ``t``, with slope ``x/(1 + x)`` at 0.
    """
    return sum((value * w / (1 + value * w) for value in scaled), arb(0)) / 2


def _sum(
    scaled: list[arb],
    step: arb,
    bits: int,
    integrand: Callable[[arb, arb], arb],
    left: Callable[[arb], arb],
    right: Callable[[arb, arb], arb],
) -> arb:
    """Return the trapezoidal sum, with what is left out at both ends in its radius.

    ``left(w)`` and ``right(w, product)`` bound the parts of the sum beyond ``w``: a geometric
    series of ratio ``exp(-a step)`` is at most its first term, left out, over ``a step``.
    """
    small = arb((1, -bits - _GUARD))
    ratio = step.exp()
    total, tail = arb(0), arb(0)
    for direction in (1, -1):
        w = arb(1) if direction > 0 else 1 / ratio
        factor = ratio if direction > 0 else 1 / ratio
        for _ in range(_MOST_NODES):
            product = _product(scaled, w)
            total += integrand(w, product)
            rest = right(w, product) if direction > 0 else left(w)
            if rest < small:
                tail += rest
                break
            w *= factor
        else:
            raise NoConvergence(
                f"Expected at most {_MOST_NODES} nodes of the trapezoidal sum but got more."
            )
    return total * step + arb(0, tail.upper())


def _product(scaled: list[arb], w: arb) -> arb:
    result = arb(1)
    for value in scaled:
        result *= 1 + value * w
    return result.rsqrt()
