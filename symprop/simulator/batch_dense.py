r"""Batch-normalised networks with all their weights: the sampler for every law of weights.

.. math:: W_l=\sigma M_l/\sqrt n

with ``M`` of independent entries or, for the Haar law, the root of ``n`` times an orthogonal
matrix. Since the weights are there, so is the derivative of the whole batch by the whole batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from symprop.foundation.errors import InvalidArgument, expected
from symprop.simulator.backends import draw_weights, make_backend
from symprop.simulator.batch_networks import check_batch, output_gradient_of, run_batch
from symprop.specs.initialization import weight_law

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from symprop.simulator.backends import Backend, Weights
    from symprop.simulator.batch_run import BatchRun
    from symprop.specs.batch_normalized import BatchNormalized
    from symprop.specs.initialization import WeightLaw

    Array = NDArray[np.float64]

__all__ = ["dense_batch_run"]

_GIGABYTE = 1e9


def dense_batch_run(
    architecture: BatchNormalized,
    inputs: ArrayLike,
    depth: int,
    *,
    rng: np.random.Generator,
    law: WeightLaw | str = "gaussian",
    backward: str | None = None,
    output_gradient: ArrayLike | Callable[[Array], Array] | None = None,
    jacobian: bool = False,
    backend: str = "numpy",
    dtype: str = "float64",
    device: str | None = None,
) -> BatchRun:
    r"""Return one batch-normalised network with fresh dense weights, run on a batch.

    Parameters
    ----------
    architecture : BatchNormalized
        The network.
    inputs : array of shape (n, k)
        The batch, inputs as columns; ``n`` is the width of every layer.
    depth : int
        Number of linear maps.
    rng : numpy.random.Generator
        Determines the network.
    law : WeightLaw or str
        Law of the weights.
    backward : {None, "true", "independent"}
        Backpropagation through the weights of the way forward, or through fresh ones.
    output_gradient : array of shape (n, k) or callable, optional
        Gradient of a scalar by the outputs, or a function of them that returns it. By default a
        Gaussian direction of unit mean square, different for each input.
    jacobian : bool
        Whether to record the singular values of the derivative of each layer by the inputs, a
        matrix of ``n k`` rows and columns.
    backend : {"numpy", "torch"}
        Library that holds the matrices.
    dtype : {"float64", "float32"}
        Precision of the matrices and of products with them; all else is float64.
    device : str, optional
        Where torch keeps the matrices.

    Returns
    -------
    BatchRun

    Raises
    ------
    InvalidArgument
        If an argument is malformed, or the weights or the derivative do not fit in memory.
    OutOfDomain
        If a unit is zero (or constant, where centred) on the whole batch, or a signal or
        gradient leaves the range of float64; the message names the layer.
    MissingBackend
        If torch is asked for and not installed.

    Conventions
    -----------
    The signals are the same for every choice of ``backward`` and ``jacobian``, given the state
    of ``rng``.

    Error
    -----
    Rounding only: a sample of the exact law up to ``dtype``.

    Source
    ------
    thesis, equations 2.1, 3.1, 6.3 and 6.11.

    Examples
    --------
    >>> import numpy as np
    >>> from symprop.specs.batch_normalized import BatchNormalized
    >>> chain = BatchNormalized("identity", center=False, scale="norm")
    >>> rng = np.random.default_rng(1)
    >>> run = dense_batch_run(chain, rng.normal(size=(4, 4)), 300, rng=rng, law="haar")
    >>> (4 * run.gram[-1]).round(6) + 0.0  # orthogonal at last
    array([[1., 0., 0., 0.],
           [0., 1., 0., 0.],
           [0., 0., 1., 0.],
           [0., 0., 0., 1.]])
    """
    columns, depth = check_batch(architecture, inputs, depth, backward)
    holder, kind = make_backend(backend, dtype=dtype, device=device), weight_law(law)
    _check_memory(holder, depth if backward == "true" else min(depth, 1), len(columns))

    def fresh(width: int, weight: float) -> Weights:
        return draw_weights(holder, kind, variance=weight**2, width=width, rng=rng)

    def draw(before: Array, weight: float) -> _Dense:
        width = len(before)
        weights = fresh(width, weight)
        outputs = weights.times(before)
        if backward == "true":
            return _Dense(outputs, weights, weights.transposed_times)
        return _Dense(
            outputs,
            weights if jacobian else None,
            lambda arriving: fresh(width, weight).transposed_times(arriving),
        )

    return run_batch(
        architecture,
        columns,
        depth,
        draw,
        output_gradient=output_gradient_of(output_gradient, backward, rng),
        push=_Dense.along if jacobian else None,
    )


@dataclass(frozen=True, eq=False)
class _Dense:
    """A matrix on its inputs, and on the way back itself or a fresh one."""

    outputs: Array
    weights: Weights | None
    transpose: Callable[[Array], Array]

    def transposed(self, columns: Array) -> Array:
        return self.transpose(columns)

    def along(self, tangents: Array) -> Array:
        """Return the matrix applied to arrays of shape (m, n, k)."""
        assert self.weights is not None
        count, width, batch = tangents.shape
        flat = tangents.transpose(1, 0, 2).reshape(width, count * batch)
        return self.weights.times(flat).reshape(width, count, batch).transpose(1, 0, 2)


def _check_memory(backend: Backend, matrices: int, width: int) -> None:
    needed, available = matrices * width**2 * backend.itemsize, backend.memory()
    if needed > available:
        condition = (
            f"small enough for {matrices} dense {'matrix' if matrices == 1 else 'matrices'}: they "
            f"need {needed / _GIGABYTE:.3g} GB of memory and there are "
            f"{available / _GIGABYTE:.3g} GB"
        )
        raise InvalidArgument(expected("width", condition, width))
