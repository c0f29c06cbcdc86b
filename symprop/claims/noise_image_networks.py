"""Convolutional networks on synthetic noise, in the place of the pictures of the published figures.

Data are periodic noise on a circle of eight points with the power ``f^-2``, three channels for
feedforward networks, and as many as there are for residual ones. Sizes are moderate: what the
figures show at depth 200 and width 128 to 384 depends on depth over width.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from symprop.simulator.sensitivity_run import SensitivityRun
    from symprop.specs.sensitivity_networks import SensitivityNetwork

__all__ = ["KINDS", "POINTS", "noise_image_run"]

KINDS = ("vanilla", "normalised", "residual")
"""Kinds of networks: of figures 1, 2 and 3, the last with two layers a unit."""

POINTS = 8
"""Points in space."""


def noise_image_run(kind: str, width: int, depth: int, images: int, seed: int) -> SensitivityRun:
    """Return one network on so many images.

    Examples
    --------
    >>> noise_image_run("vanilla", 4, 2, 5, 0).depth
    2
    """
    from symprop.simulator.sensitivity_data import sensitivity_inputs
    from symprop.simulator.sensitivity_dense import sensitivity_dense_run
    from symprop.specs.sensitivity_networks import (
        BatchNormFeedforward,
        BatchNormResidual,
        VanillaNetwork,
    )

    network: SensitivityNetwork
    if kind == "residual":
        network = BatchNormResidual("relu", extent=(POINTS,), kernel=3, unit_depth=2)
    else:
        made = VanillaNetwork if kind == "vanilla" else BatchNormFeedforward
        network = made("relu", extent=(POINTS,), kernel=3, width=width)
    rng = np.random.default_rng(seed)
    channels = width if kind == "residual" else 3
    data = sensitivity_inputs(network, f"noise:{images},2", channels, rng=rng)
    return sensitivity_dense_run(network, data, depth, rng=rng)
