r"""Batch-normalised networks of any width at linear cost: exact in law, without weight matrices.

Normalisation over the batch makes a layer depend on all inputs at once, but on the weights only
through what they do to those inputs. So the lemma of `symprop.simulator.conditioning` holds with
the batch as the vectors on which a Gaussian matrix is seen, forward and, given the outputs, for
its transpose:

.. math:: GA=ZL^\top,\qquad G^\top D=QZ^\top D+(I-QQ^\top)\,N\,L_D^\top,\qquad A=QL^\top
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import InvalidArgument, expected
from symprop.simulator.backends import physical_memory
from symprop.simulator.batch_networks import check_batch, output_gradient_of, run_batch
from symprop.simulator.conditioning import GaussianMap, check_gaussian, gaussian_map

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from symprop.simulator.batch_run import BatchRun
    from symprop.specs.batch_normalized import BatchNormalized
    from symprop.specs.initialization import WeightLaw

    Array = NDArray[np.float64]

__all__ = ["conditioned_batch_run"]

_GIGABYTE = 1e9
_ARRAYS_KEPT = 5  # of the size of the batch, by each layer for the way back


def conditioned_batch_run(
    architecture: BatchNormalized,
    inputs: ArrayLike,
    depth: int,
    *,
    rng: np.random.Generator,
    law: WeightLaw | str = "gaussian",
    backward: str | None = None,
    output_gradient: ArrayLike | Callable[[Array], Array] | None = None,
) -> BatchRun:
    r"""Sample a batch-normalised network with Gaussian weights, seen by a batch of ``k`` inputs.

    Parameters
    ----------
    architecture : BatchNormalized
        The network.
    inputs : array of shape (n, k)
        The batch, inputs as columns; ``n`` is the width of every layer.
    depth : int
        Number of linear maps.
    rng : numpy.random.Generator
        Source of randomness.
    law : WeightLaw or str
        Law of the weights: only ``"gaussian"``.
    backward : {None, "true", "independent"}
        No backward pass; backpropagation through the weights of the forward pass; or through
        fresh weights of the same law.
    output_gradient : array of shape (n, k) or callable, optional
        Gradient of a scalar by the outputs, or a function of them that returns it. By default a
        Gaussian direction of unit mean square, different for each input.

    Returns
    -------
    BatchRun
        Without singular values of derivatives, which need the matrices.

    Raises
    ------
    InvalidArgument
        If an argument is malformed, or what the way back needs does not fit in memory.
    UnsupportedLaw
        If the weights are not Gaussian.
    OutOfDomain
        If a unit is zero (or constant, where centred) on the whole batch, or a signal or
        gradient leaves the range of float64; the message names the layer.

    Conventions
    -----------
    Cost and memory are of order ``n k^2`` and ``n k`` a layer.

    Error
    -----
    Exact in law, up to rounding.

    Source
    ------
    thesis, equations 2.1, 3.1 and 6.11.

    Examples
    --------
    >>> from symprop.specs.batch_normalized import BatchNormalized
    >>> rng = np.random.default_rng(0)
    >>> wide = rng.normal(size=(10**5, 3))
    >>> run = conditioned_batch_run(BatchNormalized("identity"), wide, 20, rng=rng)
    >>> run.gram[-1].round(1)
    array([[ 1. , -0.5, -0.5],
           [-0.5,  1. , -0.5],
           [-0.5, -0.5,  1. ]])
    """
    check_gaussian(law)
    columns, depth = check_batch(architecture, inputs, depth, backward)
    if backward is not None:
        _check_memory(columns, depth)

    def draw(before: Array, weight: float) -> _Conditioned:
        width = len(before)
        scale = weight / sqrt(width)
        seen = gaussian_map(np.multiply(before.T, scale, order="C"), width, rng, overwrite=True)
        return _Conditioned(seen, scale, rng, backward == "independent")

    return run_batch(
        architecture,
        columns,
        depth,
        draw,
        output_gradient=output_gradient_of(output_gradient, backward, rng),
    )


@dataclass(frozen=True, eq=False)
class _Conditioned:
    """A Gaussian map with inputs as columns."""

    seen: GaussianMap
    scale: float
    rng: np.random.Generator
    independent: bool

    @property
    def outputs(self) -> Array:
        return self.seen.outputs.T

    def transposed(self, columns: Array) -> Array:
        rows = np.ascontiguousarray(columns.T)
        result = self.seen.transposed(rows, self.rng, independent=self.independent)
        return self.scale * result.T


def _check_memory(columns: Array, depth: int) -> None:
    needed, available = _ARRAYS_KEPT * (depth + 1) * columns.nbytes, physical_memory()
    if needed > available:
        condition = (
            f"small enough for a backward pass: it needs {needed / _GIGABYTE:.3g} GB of memory "
            f"and there are {available / _GIGABYTE:.3g} GB"
        )
        raise InvalidArgument(expected("depth", condition, depth))
