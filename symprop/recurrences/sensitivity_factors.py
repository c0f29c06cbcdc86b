r"""Factors of the normalised sensitivity in batch-normalised ReLU layers.

Normalisation weighs the channels by the inverse variance of their signals, and so favours
directions in which the signals vary little; the activation loses the means of both its sides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import sympy
from flint import acb, arb

from symprop.foundation.errors import (
    InvalidArgument,
    OutOfDomain,
    PrecisionNotReached,
    expected,
)
from symprop.foundation.validation import check_dps, check_integer, check_sequence
from symprop.numerics.arrays import real_array
from symprop.numerics.evaluation import adaptive, as_ball

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from symprop.numerics.enclosure import Enclosure

__all__ = [
    "BatchNormFactors",
    "batch_norm_factors",
    "nonlinearity_factor",
    "normalization_factor",
]

_BITS = 64
_NODES = (48, 96, 192, 384, 768)
_TOLERANCE = 1e-11


@dataclass(frozen=True)
class BatchNormFactors:
    """By what one batch-normalised ReLU layer multiplies the normalised sensitivity.

    Attributes
    ----------
    normalization, nonlinearity : sympy.Expr
        Factors of the linear map with the normalisation, and of the activation.
    """

    normalization: sympy.Expr
    nonlinearity: sympy.Expr

    @property
    def growth(self) -> sympy.Expr:
        """Their product."""
        return self.normalization * self.nonlinearity


def batch_norm_factors(batch: int | None = None) -> BatchNormFactors:
    r"""Return the factors of a layer at infinite width, on data without preferred directions.

    .. math:: \frac{k-1}{k-3},\qquad
        \Bigl(1-\frac1{2k}-\frac{k-1}{\pi k}\bigl(\sqrt{1-c^2}+c\arcsin c\bigr)\Bigr)^{-1},
        \qquad c=-\frac1{k-1}

    are their squares on ``k`` data; on many data they are 1 and ``pi/(pi - 1)``.

    Parameters
    ----------
    batch : int, optional
        Number ``k`` of data, at least 4; infinitely many by default. With up to 3 the first
        factor is infinite.

    Returns
    -------
    BatchNormFactors

    Raises
    ------
    InvalidArgument
        If the number is no integer >= 1.
    OutOfDomain
        If it is less than 4.

    Conventions
    -----------
    Roots of ratios of expectations. All pairs of data have the same inner product, which one
    layer keeps so; sensitivities are uncorrelated with signals.

    Error
    -----
    Exact.

    Source
    ------
    sensitivity, equations 11 and 12.

    Examples
    --------
    >>> batch_norm_factors().growth
    sqrt(pi)/sqrt(-1 + pi)
    >>> batch_norm_factors(5).normalization
    sqrt(2)
    """
    if batch is None:
        return BatchNormFactors(sympy.S.One, sympy.sqrt(sympy.pi / (sympy.pi - 1)))
    batch = check_integer("batch", batch, minimum=1)
    if batch < 4:
        raise OutOfDomain(expected("batch", ">= 4, where the mean exists", batch))
    k = sympy.Integer(batch)
    cosine = -1 / (k - 1)
    sizes = sympy.sqrt(1 - cosine**2) + cosine * sympy.asin(cosine)
    kept = 1 - 1 / (2 * k) - (k - 1) / (sympy.pi * k) * sizes
    return BatchNormFactors(sympy.sqrt((k - 1) / (k - 3)), 1 / sympy.sqrt(kept))


def normalization_factor(
    variances: Sequence[object], noise_variances: Sequence[object], *, dps: int = 15
) -> Enclosure:
    r"""Return the factor of batch normalisation for signals of any covariance.

    .. math:: \Bigl(\frac{\sum_i\lambda_i}{\sum_ia_i}\,
        \mathrm E\,\frac{\sum_ia_iw_i^2}{\sum_i\lambda_iw_i^2}\Bigr)^{1/2}

    with independent standard normal ``w_i``.

    Parameters
    ----------
    variances : sequence of number
        Eigenvalues ``lambda_i`` of the covariance of the signals.
    noise_variances : sequence of number
        Variances ``a_i`` of the sensitivities along the eigenvectors.
    dps : int
        Relative digits to prove.

    Returns
    -------
    Enclosure

    Raises
    ------
    InvalidArgument
        If the arguments are no two sequences of numbers of one length.
    OutOfDomain
        If a number is negative, all sensitivities are 0, or the mean is infinite: signals in less
        than three dimensions, with sensitivity outside of them.

    Conventions
    -----------
    Root of the ratio of expectations of one layer, the linear map included, Gaussian weights, any
    width.

    Error
    -----
    Enclosed.

    Source
    ------
    sensitivity, equations 11 and 71.

    Notes
    -----
    The mean of :math:`w_i^2e^{-tQ}` is a product of powers of :math:`1+2t\lambda_j`; with
    :math:`s=(1+2t\lambda_{\max})^{-1/2}` the integral over ``t`` is that of an analytic function
    on [0, 1].

    Examples
    --------
    >>> normalization_factor([1, 1, 1, 1, 0], [1, 1, 1, 1, 1]).proved_digits(6)  # 4/5 (1 + 1/2)
    '1.09545'
    """
    check_dps(dps)
    variances = check_sequence("variances", variances)
    noise_variances = check_sequence("noise_variances", noise_variances)
    if len(variances) != len(noise_variances) or not variances:
        lengths = (len(variances), len(noise_variances))
        raise InvalidArgument(expected("variances", "as many as noise_variances", lengths))
    for name, values in (("variances", variances), ("noise_variances", noise_variances)):
        for value in values:
            if not as_ball(value, _BITS, name) >= 0:
                raise OutOfDomain(expected(name, ">= 0", value))
    if not any(as_ball(value, _BITS) > 0 for value in noise_variances):
        raise OutOfDomain(expected("noise_variances", "not all 0", noise_variances))
    positive = [not as_ball(value, _BITS).is_zero() for value in variances]
    outside = any(
        not inside and not as_ball(a, _BITS).is_zero()
        for inside, a in zip(positive, noise_variances, strict=True)
    )
    rank = sum(positive)
    if not rank or (outside and rank < 3):
        condition = "at least three that are not 0, for a finite mean"
        raise OutOfDomain(expected("variances", condition, f"{rank}"))

    def at(bits: int) -> arb:
        signal = [as_ball(value, bits) for value in variances]
        noise = [as_ball(value, bits) for value in noise_variances]
        largest = signal[0]
        for value in signal[1:]:
            largest = largest.max(value)
        shares = [value / largest for value in signal]

        def integrand(s: acb, analytic: bool) -> acb:
            # (1 + 2 t lambda)^(-1/2) = s/root, root = sqrt(s^2 + share (1 - s^2))
            squares = [s**2 + share * (1 - s**2) for share in shares]
            weights = acb(0)
            product = s ** (rank - 1) if not outside else s ** (rank - 3)
            for inside, square, a in zip(positive, squares, noise, strict=True):
                if inside:
                    weights += a * (s**2 if outside else 1) / square
                    product /= square.sqrt(analytic=analytic)
                else:
                    weights += a
            return product * weights

        mean = acb.integral(integrand, 0, 1).real / largest
        return (mean * sum(signal, arb(0)) / sum(noise, arb(0))).sqrt()

    return adaptive(at, dps, "factor of batch normalisation")


def nonlinearity_factor(gram: ArrayLike) -> float:
    r"""Return the factor of ``relu`` after batch normalisation, for any finite data set.

    .. math:: \bigl(1-2\,\mathrm E\,\nu_1(z^+)\nu_1(z^-)\bigr)^{-1/2},\qquad
        \nu_1(z^+)\nu_1(z^-)=\frac1{4k^2}\sum_{i,j}|z_iz_j|

    Parameters
    ----------
    gram : array of shape (k, k)
        Inner products of the data.

    Returns
    -------
    float

    Raises
    ------
    InvalidArgument
        If the matrix is not square, symmetric and finite.
    OutOfDomain
        If it has a negative eigenvalue, or the data do not differ.
    PrecisionNotReached
        If the integral does not settle.

    Conventions
    -----------
    Root of the ratio of expectations of one layer, Gaussian weights, any width.

    Error
    -----
    ``1e-10`` relative, by comparison of two quadratures; not proved.

    Source
    ------
    sensitivity, equation 12.

    Notes
    -----
    Channels are Gaussian over the data before they are normalised. With ``1/Q`` written as the
    integral of ``exp(-t Q)`` they stay Gaussian, with a covariance that depends on ``t``, and the
    mean of :math:`|y_iy_j|` is known.

    Examples
    --------
    >>> f"{nonlinearity_factor(np.eye(5)) / float(batch_norm_factors(5).nonlinearity):.10f}"
    '1.0000000000'
    """
    matrix = real_array("gram", gram)
    square = matrix.ndim == 2 and len(matrix) == len(matrix.T) > 0
    if not square or not np.isfinite(matrix).all():
        raise InvalidArgument(expected("gram", "to be square and finite", gram))
    if not np.allclose(matrix, matrix.T, rtol=1e-12):
        raise InvalidArgument(expected("gram", "to be symmetric", gram))
    size = len(matrix)
    centring = np.eye(size) - 1 / size
    values, vectors = np.linalg.eigh(centring @ matrix @ centring)
    scale = float(np.abs(matrix).max())
    if values[0] < -1e-12 * size * scale:
        raise OutOfDomain(expected("gram", "without negative eigenvalue", float(values[0])))
    if values[-1] <= 1e-12 * size * scale:
        raise OutOfDomain(expected("gram", "to be that of data that differ", float(values[-1])))
    shares = np.where(values > 1e-14 * values[-1], values, 0.0) / values[-1]
    last = _absolute_products(shares, vectors, _NODES[0])
    for nodes in _NODES[1:]:
        now = _absolute_products(shares, vectors, nodes)
        if abs(now - last) <= _TOLERANCE:
            return float((1 - now / 2) ** -0.5)
        last = now
    raise PrecisionNotReached(f"Expected the mean of |z_i z_j| to settle but got {last}.", last)


def _absolute_products(
    shares: NDArray[np.float64], vectors: NDArray[np.float64], nodes: int
) -> float:
    """Return the mean over all pairs of ``E |z_i z_j|``."""
    points, weights = np.polynomial.legendre.leggauss(nodes)
    total, size = 0.0, len(shares)
    for s, weight in zip((points + 1) / 2, weights / 2, strict=True):
        # (1 + 2 t lambda/k)^(-1/2) for each eigenvalue, s for the largest
        squares = s**2 / (s**2 + shares * (1 - s**2))
        covariance = (vectors * (shares * squares)) @ vectors.T
        deviations = np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
        norms = np.outer(deviations, deviations)
        sine = np.sqrt(np.maximum(norms**2 - covariance**2, 0.0))
        products = sine + covariance * np.arctan2(covariance, sine)
        total += weight * float(np.sqrt(squares.prod()) * products.mean()) / s**3
    return total * size * 2 / np.pi
