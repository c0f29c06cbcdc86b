r"""Signals and sensitivities through networks of any width, exact in law without their weights.

The receptive fields of all data and positions, and those of their sensitivities, are columns that
one Gaussian matrix acts on. Its images are a Gaussian matrix times the triangular factor of these
columns (`symprop.simulator.conditioning`), and nothing else of the weights is ever seen, as each
layer has fresh ones. With ``r`` columns a layer costs order ``n r^2``, instead of ``n^2 r``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from symprop.simulator.conditioning import check_gaussian, gaussian_map
from symprop.simulator.sensitivity_dense import refuse_backward
from symprop.simulator.sensitivity_layers import run_layers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from symprop.simulator.sensitivity_run import SensitivityRun
    from symprop.specs.initialization import WeightLaw
    from symprop.specs.sensitivity_networks import SensitivityNetwork

    Array = NDArray[np.float64]

__all__ = ["sensitivity_conditioned_run"]


def sensitivity_conditioned_run(
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
) -> SensitivityRun:
    r"""Sample a network with Gaussian weights, seen by a data set and noise around each datum.

    .. math:: W(A\mid A_s)=Z\,L^\top,\qquad (A\mid A_s)=Q\,L^\top,\quad Z\text{ standard normal}

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
        Law of the weights: only ``"gaussian"``.
    backward : None
        There is no backward pass: the sensitivity goes forward.
    directions : int
        Directions of white Gaussian noise for each datum.
    noise : array of shape (channels * positions, k, directions), optional
        The noise itself, instead.
    channel_moments, effective_ranks : bool
        Whether to record the moments of each channel, and the effective ranks.

    Returns
    -------
    SensitivityRun

    Raises
    ------
    InvalidArgument
        If an argument is malformed, or does not fit the network.
    UnsupportedLaw
        If the weights are not Gaussian.
    OutOfDomain
        If a channel to be normalised does not vary over the data, or signals overflow.

    Conventions
    -----------
    As in `symprop.simulator.sensitivity_dense.sensitivity_dense_run`.

    Error
    -----
    Exact in law, up to rounding.

    Examples
    --------
    >>> import numpy as np
    >>> from symprop.specs.sensitivity_networks import BatchNormResidual
    >>> rng = np.random.default_rng(0)
    >>> net = BatchNormResidual("relu", unit_depth=2)
    >>> run = sensitivity_conditioned_run(net, rng.standard_normal((1000, 4)), 10, rng=rng)
    >>> bool((run.normalized_sensitivity[1:] > 1).all())
    True
    """
    refuse_backward(backward)
    check_gaussian(law)

    def linear_map(columns: Array, outputs: int, variance: float) -> Array:
        seen = gaussian_map(math.sqrt(variance) * columns.T, outputs, rng, overwrite=True)
        return seen.outputs.T

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
