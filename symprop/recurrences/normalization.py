r"""Gram matrices of infinitely wide networks with normalisation, layer after layer, in float64.

With normalisation over a batch of ``n`` inputs the step is

.. math:: T(G)=\mathrm E\,\phi\Bigl(\sqrt n\,\frac y{|y|}\Bigr)
    \phi\Bigl(\sqrt n\,\frac y{|y|}\Bigr)^\top,\qquad y=Ph,\quad h\sim\mathcal N(0,G),

where ``P`` takes the mean over the batch away or is the identity. Let ``phi`` be positively
homogeneous of degree ``a > 0``, :math:`C=PGP` of rank ``m`` and :math:`R=C/\bar\lambda` for any
scale. As :math:`|y|^{-2a}\Gamma(a)=\int_0^\infty t^{a-1}e^{-t|y|^2}dt` and the factor
:math:`e^{-t|y|^2}` makes a Gaussian of covariance ``C`` one of covariance
:math:`C(I+2tC)^{-1}`, with :math:`x=1/(1+2t\bar\lambda)` there remains one integral,

.. math:: T(G)=\Bigl(\frac n2\Bigr)^a\frac{\Gamma(m/2)}{\Gamma(m/2+a)}\;\mathrm E_x\Bigl[
    \prod_{k\le m}(x+(1-x)r_k)^{-1/2}\,\kappa\bigl(R(x+(1-x)R)^{-1}\bigr)\Bigr],

``x`` of the Beta law of ``m/2`` and ``a``, :math:`\kappa(S)_{ij}=\mathrm E\phi(u_i)\phi(u_j)`
for ``u`` of covariance ``S``. Where all ``r_k`` are 1 nothing is left to integrate.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_integer
from symprop.gaussian.duality import DualKernel, dual_kernel
from symprop.gaussian.kernel_matrices import covariance_kernel
from symprop.recurrences.gram_matrices import checked_gram
from symprop.specs.activations import Activation, activation

if TYPE_CHECKING:
    import sympy
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["GramStep", "batch_norm_gram", "batch_norm_trajectory", "layer_norm_gram"]

_ROUNDING = float(np.finfo(np.float64).eps)
_GOAL = 512 * _ROUNDING
_ORDERS = (2, 4, 8, 14, 20, 28, 36, 60, 96)
_MARGIN = 100.0  # of the error that is extrapolated
_DRIFT = 0.05  # of logarithms of eigenvalues, over which a rule needs no second one beside it
_OUTLIER, _SHARE = 8.0, 0.15  # scales of fewest nodes, found by trial for one large eigenvalue
_STEP = 0.28  # of the trapezoidal sum, whose error is exp(-pi**2/step) of the value
_ANGLES, _POINTS, _REPEATS = 1 << 13, 1 << 12, 16


@dataclass(frozen=True, eq=False)
class GramStep:
    """A Gram matrix after one layer, and how far its entries may be off.

    Attributes
    ----------
    gram : array of shape (n, n)
        The matrix.
    error : float
        Estimate of the largest error of an entry: from two rules and rounding, or
        three standard errors where directions are sampled. Not a proved bound.
    """

    gram: Array
    error: float


def batch_norm_gram(
    phi: Activation | sympy.Expr | str,
    gram: ArrayLike,
    *,
    center: bool = True,
    seed: int = 0,
) -> GramStep:
    r"""Return the Gram matrix after one infinitely wide layer, normalised over the batch.

    .. math:: \mathrm E\,\phi(\sqrt n\,y/|y|)\,\phi(\sqrt n\,y/|y|)^\top,\qquad
        y\sim\mathcal N(0,PGP)

    Parameters
    ----------
    phi : Activation, str or sympy.Expr
        The activation.
    gram : array of shape (n, n)
        ``G``, of any scale.
    center : bool
        Whether the mean over the batch is taken away.
    seed : int
        Of the sampled directions, for an activation that is not homogeneous and a matrix of rank
        above 2.

    Returns
    -------
    GramStep

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If a diagonal entry is not positive, an eigenvalue is negative beyond rounding, or
        nothing is left of the batch by centring.

    Error
    -----
    For homogeneous activations about 1e-13 of the diagonal; otherwise that of 65536 directions
    of low discrepancy, 1e-3 to 1e-5. ``error`` tells.

    Source
    ------
    thesis, equation 3.3; without centring as in equation 2.1 at rows of unit mean square.

    Examples
    --------
    >>> step = batch_norm_gram("identity", [[2, 0, 0], [0, 1, 0], [0, 0, 1]])
    >>> step.gram.round(6)
    array([[ 1.127017, -0.563508, -0.563508],
           [-0.563508,  0.936492, -0.372983],
           [-0.563508, -0.372983,  0.936492]])
    """
    return _Stepper(activation(phi), center, seed)(checked_gram(gram))


def batch_norm_trajectory(
    phi: Activation | sympy.Expr | str,
    gram: ArrayLike,
    depth: int,
    *,
    center: bool = True,
    seed: int = 0,
) -> Array:
    """Return the Gram matrices of layers 0 to ``depth`` of a batch-normalised network.

    Parameters
    ----------
    phi, gram, center, seed
        As for `batch_norm_gram`; ``gram`` is that of the inputs.
    depth : int
        Number of layers.

    Returns
    -------
    array of shape (depth + 1, n, n)

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        As for `batch_norm_gram`.

    Error
    -----
    Of each layer that of `batch_norm_gram`, carried on by the map; where it contracts, as near
    its stable fixed points, errors do not add up.

    Source
    ------
    thesis, equation 3.3.

    Examples
    --------
    >>> batch_norm_trajectory("relu", [[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]], 20)[-1].round(6)
    array([[0.5     , 0.054499, 0.054499],
           [0.054499, 0.5     , 0.054499],
           [0.054499, 0.054499, 0.5     ]])
    """
    depth = check_integer("depth", depth, minimum=0)
    first = checked_gram(gram)
    stepper = _Stepper(activation(phi), center, seed)
    path = np.empty((depth + 1, *first.shape))
    path[0] = first
    for layer in range(depth):
        path[layer + 1] = stepper(path[layer]).gram
    return path


def layer_norm_gram(phi: Activation | sympy.Expr | str, gram: ArrayLike) -> Array:
    r"""Return the Gram matrix after one infinitely wide layer, normalised over its features.

    .. math:: \mathrm E\,\phi(u_i)\phi(u_j),\qquad
        u\sim\mathcal N\bigl(0,(G_{ij}/\sqrt{G_{ii}G_{jj}})_{ij}\bigr)

    Parameters
    ----------
    phi : Activation, str or sympy.Expr
        The activation, after the normalisation.
    gram : array of shape (n, n)
        ``G``, of any scale.

    Returns
    -------
    array of shape (n, n)

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If a diagonal entry is not positive or a cosine lies outside [-1, 1].

    Error
    -----
    That of `symprop.gaussian.kernel_matrices.covariance_kernel`.

    Source
    ------
    thesis, equation 5.13.

    Notes
    -----
    The same for layer normalisation and for division by the root mean square alone: the mean
    over the features of a linear map with independent weights vanishes at infinite width.

    Examples
    --------
    >>> layer_norm_gram("identity", [[4, 1], [1, 1]])
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    matrix = checked_gram(gram)
    lengths = np.sqrt(np.diagonal(matrix))
    cosines = matrix / lengths[:, None] / lengths
    np.fill_diagonal(cosines, 1.0)
    result: Array = covariance_kernel(phi, cosines)
    return result


@dataclass
class _Stepper:
    """The map for one activation; remembers which rule was enough last time."""

    phi: Activation
    center: bool
    seed: int
    level: int = 0
    checked: tuple[Array, int, float] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.center, bool):
            raise InvalidArgument(expected("center", "to be True or False", self.center))
        degree = self.phi.homogeneity
        self.degree = None if degree is None or not degree > 0 else float(degree)
        self.kernel: DualKernel | None = None if self.degree is None else dual_kernel(self.phi)
        self.is_linear = self.degree == 1 and self.phi.parity == "odd"

    def __call__(self, gram: Array) -> GramStep:
        values, vectors = _spectrum(gram, self.center)
        if self.degree is None:
            return _by_directions(self.phi, values, vectors, self.seed)
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
                if error <= _GOAL:
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


def _by_directions(phi: Activation, values: Array, vectors: Array, seed: int) -> GramStep:
    """Return the step by directions of the Gaussian: all of them in a plane, else sampled."""
    size, rank = vectors.shape
    root = np.sqrt(size) * vectors * np.sqrt(values)
    if rank == 1:
        return GramStep(_mean_product(phi, root, np.array([[1.0], [-1.0]])), _GOAL)
    if rank == 2:
        angle = 2 * np.pi * (np.arange(_ANGLES) + 0.5) / _ANGLES
        circle = np.column_stack([np.cos(angle), np.sin(angle)])
        result = _mean_product(phi, root, circle)
        coarse = _mean_product(phi, root, circle[::2])
        return GramStep(result, float(np.abs(result - coarse).max()) + _GOAL)
    from scipy.special import ndtri
    from scipy.stats import qmc

    generator = np.random.default_rng(check_integer("seed", seed, minimum=0))
    found = np.empty((_REPEATS, size, size))
    for index in range(_REPEATS):
        sobol: Any = qmc.Sobol(rank, rng=generator)
        uniform = sobol.random(_POINTS)
        least = 0.5 / _POINTS**2
        normal = ndtri(np.clip(uniform, least, 1 - least))
        found[index] = _mean_product(phi, root, normal)
    error = 3 * found.std(axis=0, ddof=1).max() / np.sqrt(_REPEATS)
    return GramStep(found.mean(axis=0), float(error) + _GOAL)


def _mean_product(phi: Activation, root: Array, points: Array) -> Array:
    rows = points @ root.T
    rows *= np.sqrt(len(root)) / np.linalg.norm(rows, axis=1, keepdims=True)
    images = phi(rows)
    product: Array = images.T @ images / len(rows)
    return product
