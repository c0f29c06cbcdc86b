r"""Networks with bypasses at linear cost: exact in law, without ever making a weight matrix.

All matrices that lead to one node are, side by side, one Gaussian matrix that acts on the
concatenation of what they read; `symprop.simulator.conditioning` samples what it does to ``k``
inputs, and what its transpose does to their gradients given that. Cost and memory are of order
``n k^2`` and ``n k`` a matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_integer
from symprop.numerics.arrays import real_array
from symprop.simulator.backends import physical_memory
from symprop.simulator.branched_walk import walk
from symprop.simulator.conditioning import GaussianMap, check_gaussian, gaussian_map

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from symprop.simulator.branched_run import BranchedRun
    from symprop.specs.branched import Branched
    from symprop.specs.initialization import WeightLaw

    Array = NDArray[np.float64]

__all__ = ["conditioned_branched_run"]

_GIGABYTE = 1e9


def conditioned_branched_run(
    architecture: Branched,
    inputs: ArrayLike,
    depth: int,
    *,
    rng: np.random.Generator,
    law: WeightLaw | str = "gaussian",
    backward: str | None = None,
    reduced: bool = False,
) -> BranchedRun:
    r"""Sample a network of finite width with Gaussian weights, seen by ``k`` inputs.

    Parameters
    ----------
    architecture : Branched
        One of `symprop.specs.branched`.
    inputs : array of shape (n, k)
        Inputs as columns; ``n`` is the width of all layers.
    depth : int
        Number of layers or branches.
    rng : numpy.random.Generator
        Source of randomness.
    law : WeightLaw or str
        Law of the weights: only ``"gaussian"``.
    backward : {None, "true", "independent"}
        No backward pass; backpropagation through the weights of the forward pass; or through
        fresh weights of the same law, which is what theories assume.
    reduced : bool
        Whether the outputs of the reduced networks are computed too, with the same weights. The
        cost grows by the square of their number.

    Returns
    -------
    BranchedRun

    Raises
    ------
    InvalidArgument
        If an argument is malformed, or the signals do not fit in memory.
    UnsupportedLaw
        If the weights are not Gaussian.
    OutOfDomain
        If signals or gradients leave the range of float64.

    Conventions
    -----------
    ``f`` and its gradients are those of one network with fresh weights, the input and the output
    layer among them.

    Error
    -----
    Exact in law, up to rounding.

    Source
    ------
    tangents, section 4 (networks).

    Examples
    --------
    >>> from symprop.specs.branched import ResNet
    >>> wide = np.ones((10**5, 1))
    >>> rng = np.random.default_rng(0)
    >>> run = conditioned_branched_run(ResNet(2, "1/2"), wide, 2, rng=rng, backward="true")
    >>> round(float(run.tangent_kernel[0, 0]), 1)  # in the limit 2*2*(1/4)*(1 + 1/4)
    1.3
    """
    check_gaussian(law)
    graph = architecture.graph(check_integer("depth", depth, minimum=0))
    shape = real_array("inputs", inputs).shape
    if len(shape) == 2:
        seen = shape[1] * (1 + graph.depth if reduced else 1)
        arrays = len(graph.nodes) + (len(graph.matrices) + len(graph.nodes)) * (
            backward is not None
        )
        _check_memory(shape[0], seen * arrays)
    source = _Source(rng, backward == "independent")
    return walk(architecture, inputs, depth, source, backward=backward, reduced=reduced)


def _check_memory(width: int, rows: int) -> None:
    """Refuse signals that cannot fit: those of all nodes, and what their matrices have seen."""
    needed, available = 8.0 * width * rows, physical_memory()
    if needed > available:
        condition = (
            f"small enough for {rows} signals: they need {needed / _GIGABYTE:.3g} GB of memory and "
            f"there are {available / _GIGABYTE:.3g} GB"
        )
        raise InvalidArgument(expected("width", condition, width))


@dataclass(frozen=True)
class _Source:
    """Matrices that are known by what they do to the rows they are given."""

    rng: np.random.Generator
    independent: bool

    def matrices(self, blocks: Sequence[Array]) -> _Seen:
        together = np.concatenate(blocks, axis=1)
        seen = gaussian_map(together, blocks[0].shape[1], self.rng, overwrite=True)
        return _Seen(seen, len(blocks), self)

    def output_weights(self, width: int) -> Array:
        return self.rng.standard_normal(width)


@dataclass(frozen=True)
class _Seen:
    """Several Gaussian matrices side by side."""

    map: GaussianMap
    count: int
    source: _Source

    @property
    def outputs(self) -> Array:
        return self.map.outputs

    def transposed(self, gradients: Array) -> Sequence[Array]:
        rng, independent = self.source.rng, self.source.independent
        behind = self.map.transposed(gradients, rng, independent=independent)
        return np.split(behind, self.count, axis=1)
