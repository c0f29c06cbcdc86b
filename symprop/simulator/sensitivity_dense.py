"""Signals and sensitivities through networks with all their weights, of every law."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.foundation.errors import InvalidArgument, expected
from symprop.simulator.backends import draw_weights, make_backend
from symprop.simulator.sensitivity_layers import run_layers
from symprop.specs.initialization import weight_law

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from symprop.simulator.backends import Backend
    from symprop.simulator.sensitivity_run import SensitivityRun
    from symprop.specs.initialization import WeightLaw
    from symprop.specs.sensitivity_networks import SensitivityNetwork

    Array = NDArray[np.float64]

__all__ = ["draw_kernel", "sensitivity_dense_run"]


def sensitivity_dense_run(
    network: SensitivityNetwork,
    inputs: ArrayLike,
    depth: int,
    *,
    rng: np.random.Generator,
    law: WeightLaw | str = "gaussian",
    backward: str | None = None,
    directions: int = 1,
    noise: ArrayLike | None = None,
    channel_moments: bool = False,
    effective_ranks: bool = True,
    backend: str = "numpy",
    dtype: str = "float64",
    device: str | None = None,
) -> SensitivityRun:
    r"""Return one network with fresh dense weights, run on a data set and noise around each datum.

    .. math:: s^l=\frac{\partial x^l}{\partial x^0}\,s^0

    Parameters
    ----------
    network : SensitivityNetwork
        What the layers are.
    inputs : array of shape (channels * positions, k)
        Columns are data; the positions of a channel are next to each other.
    depth : int
        Number of layers, or of residual units.
    rng : numpy.random.Generator
        Determines the noise, then the network.
    law : WeightLaw or str
        Law of the weights; biases and random gains are Gaussian.
    backward : None
        There is no backward pass: the sensitivity goes forward.
    directions : int
        Directions of white Gaussian noise for each datum.
    noise : array of shape (channels * positions, k, directions), optional
        The noise itself, instead. Unit vectors times the root of their number give the exact
        mean over all noise.
    channel_moments, effective_ranks : bool
        Whether to record the moments of each channel, and the effective ranks.
    backend, dtype, device : str
        Library, precision and place of the matrices and of products with them.

    Returns
    -------
    SensitivityRun

    Raises
    ------
    InvalidArgument
        If an argument is malformed, does not fit the network, or needs more memory than there is.
    OutOfDomain
        If a channel to be normalised does not vary over the data, or signals overflow.

    Conventions
    -----------
    The slope of the activation at a kink is that of `symprop.simulator.nonlinearities`. The
    derivative of a normalisation is taken at fixed statistics.

    Error
    -----
    Rounding only.

    Examples
    --------
    >>> from symprop.specs.sensitivity_networks import VanillaNetwork
    >>> rng = np.random.default_rng(0)
    >>> net = VanillaNetwork("relu", extent=(4, 4), kernel=3, width=8)
    >>> run = sensitivity_dense_run(net, rng.standard_normal((16, 5)), 3, rng=rng)
    >>> run.signal.shape, run.factors.shape
    ((4, 4), (4, 1, 3))
    """
    refuse_backward(backward)
    shape = weight_law(law)
    holder = make_backend(backend, dtype=dtype, device=device)

    def linear_map(columns: Array, outputs: int, variance: float) -> Array:
        _check_memory(holder, outputs, len(columns))
        entries = draw_kernel(holder, shape, (outputs, len(columns)), rng)
        scaled = holder.from_numpy(math.sqrt(variance) * columns)
        return holder.to_numpy(entries @ scaled)

    return run_layers(
        network,
        inputs,
        depth,
        linear_map,
        rng=rng,
        directions=directions,
        noise=noise,
        channel_moments=channel_moments,
        effective_ranks=effective_ranks,
    )


def refuse_backward(backward: str | None) -> None:
    """Raise unless no backward pass is asked for."""
    if backward is not None:
        condition = "None: sensitivities are propagated forward"
        raise InvalidArgument(expected("backward", condition, backward))


def draw_kernel(
    backend: Backend, law: WeightLaw, shape: tuple[int, int], rng: np.random.Generator
) -> Any:
    """Return a random matrix of unit variance and any shape.

    Parameters
    ----------
    backend : Backend
        Who holds it.
    law : WeightLaw
        Independent entries; or Haar: a part of an orthogonal matrix of the larger of both sizes.
    shape : tuple of int
        Rows and columns.
    rng : numpy.random.Generator
        Determines the matrix.

    Returns
    -------
    array of the backend

    Examples
    --------
    >>> from symprop.specs.initialization import WeightLaw
    >>> rng = np.random.default_rng(0)
    >>> entries = draw_kernel(make_backend("numpy"), WeightLaw("haar"), (2, 6), rng)
    >>> np.allclose(entries @ entries.T, 6 * np.eye(2))
    True
    """
    if law.name == "gaussian":
        return backend.from_numpy(rng.standard_normal(shape))
    if law.name == "uniform":
        return backend.from_numpy(math.sqrt(12) * (rng.random(shape) - 0.5))
    signs: Array = rng.choice(np.array([-1.0, 1.0]), shape)
    if law.name == "rademacher":
        return backend.from_numpy(signs)
    if law.name == "laplace":
        return backend.from_numpy(math.sqrt(0.5) * signs * rng.standard_exponential(shape))
    size = max(shape)
    square = draw_weights(backend, law, variance=float(size), width=size, rng=rng)
    return backend.from_numpy(square.times(np.eye(size))[: shape[0], : shape[1]])


def _check_memory(backend: Backend, rows: int, columns: int) -> None:
    needed, available = rows * columns * 8.0, backend.memory()
    if needed > available:
        condition = (
            f"small enough for a dense matrix of shape ({rows}, {columns}): it needs "
            f"{needed / 1e9:.3g} GB of memory and there are {available / 1e9:.3g} GB"
        )
        raise InvalidArgument(expected("width", condition, rows))
