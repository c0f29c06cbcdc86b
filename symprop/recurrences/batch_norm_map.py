r"""The Gram map of batch normalisation, with rules that are remembered from layer to layer.

Let ``phi`` be positively homogeneous of degree ``a > 0``, ``C`` of rank ``m`` the matrix that is
normalised and :math:`R=C/\bar\lambda` for any scale. As
:math:`|y|^{-2a}\Gamma(a)=\int_0^\infty t^{a-1}e^{-t|y|^2}dt` and the factor
:math:`e^{-t|y|^2}` makes a Gaussian of covariance ``C`` one of covariance
:math:`C(I+2tC)^{-1}`, with :math:`x=1/(1+2t\bar\lambda)` there remains one integral,

.. math:: T(G)=\Bigl(\frac n2\Bigr)^a\frac{\Gamma(m/2)}{\Gamma(m/2+a)}\;\mathrm E_x\Bigl[
    \prod_{k\le m}(x+(1-x)r_k)^{-1/2}\,\kappa\bigl(R(x+(1-x)R)^{-1}\bigr)\Bigr],

``x`` of the Beta law of ``m/2`` and ``a``, :math:`\kappa(S)_{ij}=\mathrm E\phi(u_i)\phi(u_j)`
for ``u`` of covariance ``S``. Where all ``r_k`` are 1 nothing is left to integrate. Activations
that are not homogeneous are left to `symprop.recurrences.batch_norm_directions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import OutOfDomain, expected
from symprop.gaussian.duality import DualKernel, dual_kernel
from symprop.recurrences.batch_norm_directions import gram_by_directions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symprop.specs.activations import Activation

    Array = NDArray[np.float64]

__all__ = ["BatchNormMap", "GramStep"]

_ROUNDING = float(np.finfo(np.float64).eps)
_GOAL = 512 * _ROUNDING
_ENOUGH = 100 * _GOAL  # as estimated, with the margin
_ORDERS = (2, 4, 8, 14, 20, 28, 36, 60, 96)
_MARGIN = 1e4  # of the error that is extrapolated: up to 4500 was needed
_DRIFT = 0.05  # of logarithms of eigenvalues, over which a rule needs no second one beside it
_OUTLIER, _SHARE = 8.0, 0.15  # scales of fewest nodes, found by trial for one large eigenvalue
_STEP = 0.28  # of the trapezoidal sum, whose error is exp(-pi**2/step) of the value


@dataclass(frozen=True, eq=False)
class GramStep:
    """A Gram matrix after one layer, and how far its entries may be off.

    Attributes
    ----------
    gram : array of shape (n, n)
        The matrix.
    error : float
        Estimate of the largest error of an entry: from two rules and rounding, or three
        standard errors where directions are sampled. Not a proved bound.
    """

    gram: Array
    error: float


@dataclass
class BatchNormMap:
    """The map for one activation; remembers which rule was enough last time.

    Attributes
    ----------
    phi : Activation
        The activation.
    center : bool
        Whether the mean over the batch is taken away.
    seed : int
        Of sampled directions.
    level : int
        The rule to begin with.
    checked : tuple or None
        Eigenvalues for which a rule was found to be enough, its level and its error.
    """

    phi: Activation
    center: bool
    seed: int
    level: int = 0
    checked: tuple[Array, int, float] | None = None

    def __post_init__(self) -> None:
        degree = self.phi.homogeneity
        self.degree = None if degree is None or not degree > 0 else float(degree)
        self.kernel: DualKernel | None = None if self.degree is None else dual_kernel(self.phi)
        self.is_linear = self.degree == 1 and self.phi.parity == "odd"

    def __call__(self, gram: Array) -> GramStep:
        values, vectors = _spectrum(gram, self.center)
        if self.degree is None:
            return GramStep(*gram_by_directions(self.phi, values, vectors, self.seed))
        values = values / values.mean()
        if self.checked is not None and _is_near(values, self.checked[0]):
            _, level, error = self.checked
            result = self._sum(
                values, vectors, *_beta_rule(_ORDERS[level], len(values), self.degree)
            )
            return GramStep(result, (2 * error + _GOAL) * float(np.diagonal(result).max()))
        before: Array | None = None
        for level in range(self.level, len(_ORDERS)):
            rule = _beta_rule(_ORDERS[level], len(values), self.degree)
            result = self._sum(values, vectors, *rule)
            if before is not None:
                scale = float(np.diagonal(result).max())
                change = float(np.abs(result - before).max()) / scale
                # the change is the error of fewer nodes, and errors fall geometrically
                error = _MARGIN * change ** (_ORDERS[level] / _ORDERS[level - 1])
                if error <= _ENOUGH:
                    # the spectrum narrows with depth, and fewer nodes will be enough
                    self.level = max(level - (1 if error > _ROUNDING**2 else 2), 0)
                    self.checked = values, level, error
                    return GramStep(result, (error + _GOAL) * scale)
            before = result
        rule = _trapezoid(values, self.degree)
        result = self._sum(values, vectors, *rule)
        halved = self._sum(values, vectors, rule[0][::2], 2 * rule[1][::2])
        # the sum of half as many nodes has the root of the relative error
        scale = float(np.diagonal(result).max())
        error = float(np.abs(result - halved).max()) ** 2 / scale
        return GramStep(result, error + _GOAL * scale)

    def _sum(self, values: Array, vectors: Array, x: Array, weights: Array) -> Array:
        """Return the step by a rule for the expectation over ``x``."""
        assert self.degree is not None
        assert self.kernel is not None
        from scipy.special import poch

        size, half = len(vectors), len(values) / 2
        scaled = values / _scale(values)
        factor = (size / 2) ** self.degree / poch(half, self.degree)
        mixed = x[:, None] + (1 - x)[:, None] * scaled
        weights = factor * weights * np.exp(-0.5 * np.log(mixed).sum(axis=1))
        shares = scaled / mixed
        if self.is_linear:
            square = float(self.kernel(np.ones(1))[0])
            linear: Array = (vectors * (square * (weights @ shares))) @ vectors.T
            return linear
        upper = np.triu_indices(size, 1)
        flat = upper[0] * size + upper[1]
        result = np.zeros((size, size))
        sums, lengths = np.zeros(len(upper[0])), np.zeros(size)
        for share, weight in zip(shares, weights, strict=True):
            halves = vectors * np.sqrt(share)
            covariance = halves @ halves.T
            squares = np.diagonal(covariance)
            roots = np.sqrt(np.maximum(squares, np.finfo(np.float64).tiny))
            products = roots[upper[0]] * roots[upper[1]]
            cosines = covariance.ravel()[flat] / products
            np.clip(cosines, -1.0, 1.0, out=cosines)
            powers = products if self.degree == 1 else products**self.degree
            sums += weight * powers * self.kernel(cosines)
            lengths += weight * squares**self.degree
        result[upper] = sums
        result += result.T
        np.fill_diagonal(result, lengths * float(self.kernel(np.ones(1))[0]))
        return result


def _spectrum(gram: Array, center: bool) -> tuple[Array, Array]:
    """Return the positive eigenvalues of the centred matrix with their vectors."""
    matrix = gram / np.abs(gram).max()  # sums of large entries would overflow
    matrix = (matrix + matrix.T) / 2
    if center:
        matrix = matrix - matrix.mean(axis=0)
        matrix = matrix - matrix.mean(axis=1)[:, None]
    values, vectors = np.linalg.eigh(matrix)
    least = 4 * len(gram) * _ROUNDING
    if values[0] < -least:
        raise OutOfDomain(expected("gram", "without negative eigenvalues", float(values[0])))
    kept = values > least
    if not kept.any():
        raise OutOfDomain(expected("gram", "of inputs that are not all equal", "nothing left"))
    return values[kept], vectors[:, kept]


def _scale(values: Array) -> float:
    """Return the scale in the integral: above the mean, it moves the pole of an outlier away."""
    mean, largest = float(values.mean()), float(values.max())
    return mean * (largest / mean) ** _SHARE if largest > _OUTLIER * mean else mean


def _is_near(values: Array, others: Array) -> bool:
    return len(values) == len(others) and bool(np.abs(np.log(values / others)).max() < _DRIFT)


@lru_cache(maxsize=64)
def _beta_rule(count: int, rank: int, degree: float) -> tuple[Array, Array]:
    """Return the Gaussian rule of the Beta law."""
    from scipy.special import roots_jacobi

    nodes, weights = roots_jacobi(count, degree - 1, rank / 2 - 1)
    return (1 + nodes) / 2, weights / weights.sum()


def _trapezoid(values: Array, degree: float) -> tuple[Array, Array]:
    """Return a rule in ``log((1 - x)/x)`` that no eigenvalue is too small for."""
    from scipy.special import betaln

    half, spread = len(values) / 2, np.log(_scale(values) / values.min())
    s = np.arange(-40 / degree, spread + 40 / half + 5, _STEP)
    log_x, log_rest = -np.logaddexp(0, s), -np.logaddexp(0, -s)
    weights = _STEP * np.exp(half * log_x + degree * log_rest - betaln(half, degree))
    return np.exp(log_x), weights
