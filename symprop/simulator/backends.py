"""Dense random matrices: how they are drawn, and the two products a network needs of them.

Of all that a dense network does, only its weights are of size ``n**2``. A `Backend` therefore
knows nothing but matrices: everything of size ``n * k`` stays in float64 NumPy, so that one
implementation of the network serves every backend, precision and device.
"""

from __future__ import annotations

import math
import os
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_choice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symprop.specs.initialization import WeightLaw

    Array = NDArray[np.float64]

__all__ = [
    "BACKENDS",
    "Backend",
    "NumpyBackend",
    "Weights",
    "draw_weights",
    "make_backend",
    "physical_memory",
]

BACKENDS = ("numpy", "torch")
"""Names of the backends."""

DTYPES = ("float64", "float32")
"""Precisions in which weights may be kept and multiplied."""


class Weights(Protocol):
    """A random matrix, as a layer sees it: its products with float64 columns, both ways."""

    def times(self, columns: Array) -> Array:
        """Return ``W @ columns``."""
        ...

    def transposed_times(self, columns: Array) -> Array:
        """Return ``W.T @ columns``."""
        ...


@dataclass(frozen=True)
class Backend(ABC):
    """Where matrices live: a source of square random arrays, and the way to NumPy and back.

    The arrays are the backend's own; they support in-place ``*=`` and ``+=``, ``.T`` and ``@``.

    Attributes
    ----------
    dtype : {"float64", "float32"}
        Precision of the weights and of the products with them.
    """

    dtype: str = "float64"

    def __post_init__(self) -> None:
        check_choice("dtype", self.dtype, DTYPES)

    @property
    def itemsize(self) -> int:
        """Bytes of one entry."""
        return 8 if self.dtype == "float64" else 4

    @abstractmethod
    def memory(self) -> float:
        """Return the bytes the machine has for weights, used or not; infinite if unknown."""

    @abstractmethod
    def stream(self, rng: np.random.Generator) -> Any:
        """Return the source of randomness for one matrix, determined by the state of ``rng``."""

    @abstractmethod
    def normal(self, width: int, stream: Any) -> Any:
        """Return a square array of standard normal numbers."""

    @abstractmethod
    def uniform(self, width: int, stream: Any) -> Any:
        """Return a square array of numbers uniform on ``[0, 1)``."""

    @abstractmethod
    def exponential(self, width: int, stream: Any) -> Any:
        """Return a square array of standard exponential numbers."""

    @abstractmethod
    def signs(self, width: int, stream: Any) -> Any:
        """Return a square array of fair signs."""

    @abstractmethod
    def orthogonal_factor(self, matrix: Any) -> Any:
        """Return ``Q`` of ``matrix = Q R`` with positive diagonal of ``R``."""

    @abstractmethod
    def from_numpy(self, columns: Array) -> Any:
        """Return columns as an array of the backend."""

    @abstractmethod
    def to_numpy(self, columns: Any) -> Array:
        """Return columns of the backend as float64."""


@dataclass(frozen=True)
class NumpyBackend(Backend):
    """Matrices in NumPy, the reference.

    Examples
    --------
    >>> NumpyBackend("float32").itemsize
    4
    """

    def memory(self) -> float:
        """Return the bytes of physical memory, infinite where the system does not tell."""
        return physical_memory()

    def stream(self, rng: np.random.Generator) -> np.random.Generator:
        """Return ``rng`` itself."""
        return rng

    def normal(self, width: int, stream: np.random.Generator) -> Any:
        """Return a square array of standard normal numbers."""
        return stream.standard_normal((width, width), dtype=self._kind)

    def uniform(self, width: int, stream: np.random.Generator) -> Any:
        """Return a square array of numbers uniform on ``[0, 1)``."""
        return stream.random((width, width), dtype=self._kind)

    def exponential(self, width: int, stream: np.random.Generator) -> Any:
        """Return a square array of standard exponential numbers."""
        return stream.standard_exponential((width, width), dtype=self._kind)

    def signs(self, width: int, stream: np.random.Generator) -> Any:
        """Return a square array of fair signs."""
        bits = stream.integers(0, 2, (width, width), dtype=np.int8)
        bits *= 2
        bits -= 1
        return bits.astype(self._kind)

    def orthogonal_factor(self, matrix: Any) -> Any:
        """Return ``Q`` of ``matrix = Q R`` with positive diagonal of ``R``."""
        q, r = np.linalg.qr(matrix)
        q *= np.copysign(np.ones(len(r), dtype=self._kind), np.diagonal(r))
        return q

    def from_numpy(self, columns: Array) -> Any:
        """Return columns in the precision of the weights."""
        return columns.astype(self._kind, copy=False)

    def to_numpy(self, columns: Any) -> Array:
        """Return columns as float64."""
        return np.asarray(columns, dtype=np.float64)

    @property
    def _kind(self) -> Any:
        return np.dtype(self.dtype).type


@dataclass(frozen=True)
class _Matrix:
    """A multiple of an array held by a backend; scaling the products spares a pass over it."""

    backend: Backend
    scale: float
    entries: Any

    def times(self, columns: Array) -> Array:
        return self.backend.to_numpy(self.entries @ self.backend.from_numpy(self.scale * columns))

    def transposed_times(self, columns: Array) -> Array:
        return self.backend.to_numpy(self.entries.T @ self.backend.from_numpy(self.scale * columns))


def physical_memory() -> float:
    """Return the bytes of physical memory, infinite where the system does not tell."""
    try:
        return float(os.sysconf("SC_PHYS_PAGES")) * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return math.inf


def make_backend(name: str, *, dtype: str = "float64", device: str | None = None) -> Backend:
    """Return the backend of a name.

    Parameters
    ----------
    name : {"numpy", "torch"}
        Library that holds the matrices.
    dtype : {"float64", "float32"}
        Precision of the matrices.
    device : str, optional
        For torch, where they live, such as ``"cuda"``; its default is ``"cpu"``.

    Returns
    -------
    Backend

    Raises
    ------
    InvalidArgument
        If an argument is none of these, or a device is given to NumPy.
    MissingBackend
        If torch is asked for and not installed.

    Examples
    --------
    >>> make_backend("numpy")
    NumpyBackend(dtype='float64')
    """
    if check_choice("backend", name, BACKENDS) == "torch":
        from symprop.simulator.torch_backend import TorchBackend

        return TorchBackend(dtype, device or "cpu")
    if device is not None:
        raise InvalidArgument(expected("device", "only with the torch backend", device))
    return NumpyBackend(dtype)


def draw_weights(
    backend: Backend, law: WeightLaw, *, variance: float, width: int, rng: np.random.Generator
) -> Weights:
    r"""Return a fresh matrix :math:`\sigma M/\sqrt n`, ``M`` following a law.

    Parameters
    ----------
    backend : Backend
        Who holds it.
    law : WeightLaw
        Law of ``M``.
    variance : float
        :math:`\sigma^2\ge 0`.
    width : int
        ``n``.
    rng : numpy.random.Generator
        Determines the matrix.

    Returns
    -------
    Weights

    Notes
    -----
    The orthogonal factor of a Gaussian matrix is uniform once the signs on the diagonal of its
    triangular factor are fixed.

    Examples
    --------
    >>> from symprop.specs.initialization import WeightLaw
    >>> rng = np.random.default_rng(0)
    >>> haar = draw_weights(NumpyBackend(), WeightLaw("haar"), variance=4.0, width=3, rng=rng)
    >>> columns = haar.times(np.eye(3))
    >>> np.allclose(columns.T @ columns, 4 * np.eye(3))
    True
    """
    stream = backend.stream(rng)
    scale = math.sqrt(variance / width)
    if law.name == "gaussian":
        entries = backend.normal(width, stream)
    elif law.name == "uniform":
        entries = backend.uniform(width, stream)
        entries -= 0.5
        scale *= math.sqrt(12)
    elif law.name == "laplace":
        entries = backend.exponential(width, stream)
        entries *= backend.signs(width, stream)
        scale *= math.sqrt(0.5)
    elif law.name == "rademacher":
        entries = backend.signs(width, stream)
    else:
        entries = backend.orthogonal_factor(backend.normal(width, stream))
        scale = math.sqrt(variance)
    return _Matrix(backend, scale, entries)
