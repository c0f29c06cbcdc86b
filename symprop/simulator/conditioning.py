r"""Large Gaussian matrices, known only by what they do to a few vectors.

Let ``A`` be a matrix of ``k`` columns with :math:`A=QL^\top`, ``Q`` orthonormal, and ``G`` a matrix
of independent standard normal entries, independent of ``A``. Then :math:`Z=GQ` is a matrix of
independent standard normal entries, and so is :math:`G(I-QQ^\top)` within its range, independent
of ``Z``. Hence

.. math:: GA=ZL^\top,\qquad G^\top D=QZ^\top D+(I-QQ^\top)\,N\,L_D^\top,\qquad L_DL_D^\top=D^\top D,

for every ``D`` that depends on ``G`` only through ``GA`` (and on other, independent randomness),
``N`` being standard normal and fresh. The matrix itself is never made. Since ``Z`` is drawn and
not solved for, nothing is divided by ``L``: columns may be dependent, nearly so, or zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, sqrt
from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import OutOfDomain, UnsupportedLaw, expected
from symprop.specs.initialization import weight_law

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from symprop.specs.initialization import WeightLaw

    Array = NDArray[np.float64]

__all__ = [
    "GaussianMap",
    "check_gaussian",
    "gaussian_map",
    "orthonormal_rows",
    "triangular_root",
]

_DEPENDENT = 2.0**-48  # a row whose remainder is below this share of it is a rounding error
_PASSES = 4
_INDEPENDENT = 2.0**-10  # share of a square that must be left for inner products to be enough
_BLOCK = 1 << 14
_REASONS = {
    "haar": "an orthogonal matrix seen on some vectors is not Gaussian on the others",
}


def check_gaussian(law: WeightLaw | str) -> None:
    """Raise unless weights of this law are fully described by what they do to a few vectors.

    Raises
    ------
    UnsupportedLaw
        If they are not Gaussian; the message says why.

    Examples
    --------
    >>> check_gaussian("gaussian")
    """
    name = weight_law(law).name
    if name != "gaussian":
        reason = _REASONS.get(name, "what it does to a vector depends on more than its length")
        raise UnsupportedLaw(
            f"The conditioned sampler is exact for Gaussian weights but not for {name} ones: "
            f"{reason}. The dense sampler takes them."
        )


@dataclass(frozen=True, eq=False)
class GaussianMap:
    """A matrix ``G`` with independent standard normal entries, seen on the vectors of a basis.

    Attributes
    ----------
    basis : array of shape (k, m)
        Orthonormal rows, or zero rows where the inputs were dependent.
    image : array of shape (k, n)
        Where ``G`` takes them.
    factor : array of shape (k, k)
        Lower triangular: the inputs are ``factor @ basis``.
    """

    basis: Array
    image: Array
    factor: Array

    @property
    def outputs(self) -> Array:
        """The images of the inputs, as rows."""
        result: Array = self.factor @ self.image
        return result

    def transposed(
        self, rows: Array, rng: np.random.Generator, *, independent: bool = False
    ) -> Array:
        """Return a sample of the transpose of ``G`` applied to rows, given the outputs.

        Parameters
        ----------
        rows : array of shape (j, n)
            They may depend on the outputs.
        rng : numpy.random.Generator
            Source of what the outputs leave open.
        independent : bool
            Take a fresh matrix instead, independent of the outputs: the simplification that
            theories of gradients make.

        Returns
        -------
        array of shape (j, m)

        Conventions
        -----------
        All that is asked of the transpose must be asked in one call: a second call does not
        remember the first.

        Error
        -----
        Exact in law, up to rounding.
        """
        factor = orthonormal_rows(rows)[0]
        result = np.empty((len(rows), self.basis.shape[1]))
        for part in _blocks(result.shape[1]):
            np.matmul(factor, rng.standard_normal(result[:, part].shape), out=result[:, part])
        if not independent:
            missing = rows @ self.image.T - result @ self.basis.T
            for part in _blocks(result.shape[1]):
                result[:, part] += missing @ self.basis[:, part]
        return result


def gaussian_map(
    rows: Array, width: int, rng: np.random.Generator, *, overwrite: bool = False
) -> GaussianMap:
    """Draw a Gaussian matrix with ``width`` outputs, as far as the given inputs can see it.

    Parameters
    ----------
    rows : array of shape (k, m)
        The inputs.
    width : int
        Number of outputs.
    rng : numpy.random.Generator
        Source of randomness; ``k * width`` normals are drawn.
    overwrite : bool
        Whether the basis may take the place of the inputs.

    Returns
    -------
    GaussianMap

    Error
    -----
    Exact in law, up to rounding.

    Examples
    --------
    >>> seen = gaussian_map(np.array([[3.0, 4.0], [3.0, 4.0]]), 2, np.random.default_rng(1))
    >>> bool(np.ptp(seen.outputs, axis=0).max() < 1e-14)  # equal inputs, equal outputs
    True
    """
    factor, basis = orthonormal_rows(rows, overwrite=overwrite)
    return GaussianMap(basis, rng.standard_normal((len(rows), width)), factor)


def orthonormal_rows(rows: Array, *, overwrite: bool = False) -> tuple[Array, Array]:
    r"""Return ``L`` lower triangular and ``Q`` with ``rows = L Q`` and orthonormal rows of ``Q``.

    Parameters
    ----------
    rows : array of shape (k, m)
        Not changed, unless it may be.
    overwrite : bool
        Whether ``Q`` may take its place.

    Returns
    -------
    factor : array of shape (k, k)
    basis : array of shape (k, m)
        With a zero row for each row that depends on those before it.

    Raises
    ------
    OutOfDomain
        If the squares of a row overflow.

    Error
    -----
    Backward error of each row, and loss of orthogonality: a few units in the last place, even if
    rows differ in their last digits only. The method is that of Gram and Schmidt, each row
    projected again until the projection no longer shortens it.

    Examples
    --------
    >>> factor, basis = orthonormal_rows(np.array([[3.0, 4.0], [6.0, 8.0], [4.0, -3.0]]))
    >>> factor.round(12) + 0.0
    array([[ 5.,  0.,  0.],
           [10.,  0.,  0.],
           [ 0.,  0.,  5.]])
    """
    basis = rows if overwrite else np.array(rows, dtype=np.float64)
    factor = np.zeros((len(basis), len(basis)))
    for index in range(len(basis)):
        row, before = basis[index], basis[:index]
        length = whole = _length(row)
        if not isfinite(whole):
            condition = "to have finite squares in float64"
            raise OutOfDomain(expected("signals or gradients", condition, "an overflow"))
        for _ in range(_PASSES if index else 0):
            along = before @ row
            for part in _blocks(len(row)):
                row[part] -= along @ before[:, part]
            factor[index, :index] += along
            last, length = length, _length(row)
            if length > last / 2 or length <= _DEPENDENT * whole:
                break
        if length <= _DEPENDENT * whole:
            row[:] = 0.0
        else:
            row /= length
            factor[index, index] = length
    return factor, basis


def triangular_root(products: Array) -> Array | None:
    """Return the lower triangular factor of inner products, if they determine it accurately.

    Parameters
    ----------
    products : array of shape (k, k)
        Inner products of rows.

    Returns
    -------
    array of shape (k, k) or None
        None if the rows are so close to dependent that they themselves are needed.

    Error
    -----
    Relative ``1e-12`` at most, of each diagonal entry.

    Examples
    --------
    >>> triangular_root(np.array([[4.0, 2.0], [2.0, 10.0]]))
    array([[2., 0.],
           [1., 3.]])
    """
    try:
        factor: Array = np.asarray(np.linalg.cholesky(products), dtype=np.float64)
    except np.linalg.LinAlgError:
        return None
    independent = factor.diagonal() ** 2 > _INDEPENDENT * products.diagonal()
    return factor if independent.all() else None


def _length(row: Array) -> float:
    return sqrt(row.dot(row))


def _blocks(size: int) -> Iterator[slice]:
    """Return the columns in parts that fit in a processor's cache."""
    return (slice(start, start + _BLOCK) for start in range(0, size, _BLOCK))
