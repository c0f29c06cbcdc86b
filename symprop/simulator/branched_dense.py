"""Networks with bypasses and all their weights: the reference sampler, for every law of weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_integer
from symprop.numerics.arrays import real_array
from symprop.simulator.backends import draw_weights, make_backend
from symprop.simulator.branched_walk import walk
from symprop.specs.initialization import weight_law

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from symprop.simulator.backends import Backend, Weights
    from symprop.simulator.branched_run import BranchedRun
    from symprop.specs.branched import Branched
    from symprop.specs.initialization import WeightLaw

    Array = NDArray[np.float64]

__all__ = ["dense_branched_run"]

_GIGABYTE = 1e9


def dense_branched_run(
    architecture: Branched,
    inputs: ArrayLike,
    depth: int,
    *,
    rng: np.random.Generator,
    law: WeightLaw | str = "gaussian",
    backward: str | None = None,
    reduced: bool = False,
    backend: str = "numpy",
    dtype: str = "float64",
    device: str | None = None,
) -> BranchedRun:
    r"""Return one network with fresh dense weights, run on all inputs at once.

    Parameters
    ----------
    architecture : Branched
        One of `symprop.specs.branched`.
    inputs : array of shape (n, k)
        Inputs as columns; ``n`` is the width of all layers.
    depth : int
        Number of layers or branches.
    rng : numpy.random.Generator
        Determines the network.
    law : WeightLaw or str
        Law of all weights, those of the input and output layers among them.
    backward : {None, "true", "independent"}
        Backpropagation through the weights of the way forward, or through fresh ones.
    reduced : bool
        Whether the outputs of the reduced networks are computed too, with the same weights.
    backend : {"numpy", "torch"}
        Library that holds the matrices.
    dtype : {"float64", "float32"}
        Precision of the matrices and of products with them; all else is float64.
    device : str, optional
        Where torch keeps the matrices.

    Returns
    -------
    BranchedRun

    Raises
    ------
    InvalidArgument
        If an argument is malformed, or the weights do not fit in memory.
    OutOfDomain
        If signals or gradients leave the range of float64.
    MissingBackend
        If torch is asked for and not installed.

    Conventions
    -----------
    The derivative of the ReLU at 0 is 0.

    Error
    -----
    Rounding only: a sample of the exact law up to ``dtype``.

    Source
    ------
    tangents, section 4 (networks).

    Examples
    --------
    >>> from symprop.specs.branched import DenseNet
    >>> rng = np.random.default_rng(1)
    >>> inputs = rng.standard_normal((50, 3))
    >>> run = dense_branched_run(DenseNet(), inputs, 4, rng=rng, law="uniform", backward="true")
    >>> run.gram.shape, run.recorded_kernels.shape
    ((5, 3, 3), (11, 3, 3))
    """
    held = make_backend(backend, dtype=dtype, device=device)
    matrices = len(architecture.graph(check_integer("depth", depth, minimum=0)).matrices)
    size = len(np.atleast_1d(real_array("inputs", inputs)))
    _check_memory(held, size, matrices if backward == "true" else 1)
    source = _Source(held, weight_law(law), rng, backward)
    return walk(architecture, inputs, depth, source, backward=backward, reduced=reduced)


def _check_memory(backend: Backend, width: int, matrices: int) -> None:
    needed, available = matrices * width**2 * backend.itemsize, backend.memory()
    if needed > available:
        condition = (
            f"small enough for {matrices} dense matrices: they need {needed / _GIGABYTE:.3g} GB of "
            f"memory and there are {available / _GIGABYTE:.3g} GB"
        )
        raise InvalidArgument(expected("width", condition, width))


@dataclass(frozen=True)
class _Source:
    """Matrices that are made, and kept if the way back needs them."""

    backend: Backend
    law: WeightLaw
    rng: np.random.Generator
    backward: str | None

    def matrices(self, blocks: Sequence[Array]) -> _Made:
        weights, outputs = [], np.zeros(blocks[0].shape)
        for rows in blocks:
            matrix = self.draw(rows.shape[1])
            outputs += matrix.times(rows.T).T
            if self.backward == "true":
                weights.append(matrix)
        return _Made(outputs, weights, len(blocks), self)

    def output_weights(self, width: int) -> Array:
        """Return a row of a whole matrix, which is what every law has."""
        first = np.zeros((width, 1))
        first[0] = 1.0
        drawn: Array = self.draw(width).transposed_times(first)[:, 0]
        return drawn

    def draw(self, width: int) -> Weights:
        return draw_weights(
            self.backend, self.law, variance=float(width), width=width, rng=self.rng
        )


@dataclass(frozen=True)
class _Made:
    """Several dense matrices that lead to one node."""

    outputs: Array
    weights: list[Weights]
    count: int
    source: _Source

    def transposed(self, gradients: Array) -> Sequence[Array]:
        width = gradients.shape[1]
        drawn = self.weights or (self.source.draw(width) for _ in range(self.count))
        return [matrix.transposed_times(gradients.T).T for matrix in drawn]
