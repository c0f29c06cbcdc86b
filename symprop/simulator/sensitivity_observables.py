"""What can be measured of a network that carried signals and sensitivities."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import InvalidArgument, expected
from symprop.simulator.families import Observable
from symprop.simulator.sensitivity_run import FACTORS, ORDERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from symprop.simulator.sensitivity_run import SensitivityRun

    Array = NDArray[np.float64]

__all__ = ["OBSERVABLES", "batch_norm_factor", "nonlinearity_factor"]


def batch_norm_factor(run: SensitivityRun) -> Array:
    r"""Return by what the normalisations of a layer, with the linear map, multiply ``zeta``.

    Shape (depth + 1, layers per unit); infinite where signals lose their variance.
    """
    affine, normalization = (run.factors[..., FACTORS.index(name)] for name in FACTORS[:2])
    return np.asarray(affine * normalization)


def nonlinearity_factor(run: SensitivityRun) -> Array:
    """Return by what the activation multiplies ``zeta``, shape (depth + 1, layers per unit)."""
    return run.factors[..., FACTORS.index("nonlinearity")]


def _moment(array: str, order: int) -> Callable[[SensitivityRun], Array]:
    return lambda run: getattr(run, array)[:, ORDERS.index(order)]


def _channel_moment(array: str, order: int) -> Callable[[SensitivityRun], Array]:
    def moments(run: SensitivityRun) -> Array:
        if run.channels is None:
            raise InvalidArgument(expected("run", "with moments of each channel", "one without"))
        values: Array = getattr(run.channels, array)[:, ORDERS.index(order)]
        return np.concatenate([np.zeros_like(values[:1]), values])

    return moments


def _increments(run: SensitivityRun) -> Array:
    return np.concatenate([np.ones(1), run.increments])


_LAYER = ("layer",)
_KINDS = (
    ("nu", "signal", "non-central", "x", "signals"),
    ("mu", "signal_central", "central", "x", "signals"),
    ("nu", "sensitivity", "non-central", "s", "sensitivities"),
    ("nu", "hidden", "non-central", "z", "input of the activation"),
)
_MOMENTS = {
    f"{symbol}_{order}_{letter}": Observable(
        _moment(array, order), _LAYER, "", f"{kind} moment of order {order} of the {what}"
    )
    for symbol, array, kind, letter, what in _KINDS
    for order in ORDERS
    if (symbol, order) != ("mu", 1)
}
_CHANNEL_MOMENTS = {
    f"channel_{symbol}_{order}_{letter}": Observable(
        _channel_moment(array, order),
        ("layer", "channel"),
        "",
        f"{kind} moment of order {order} of the {what} in each channel; 0 at layer 0",
        option="channel_moments",
    )
    for symbol, array, kind, letter, what in _KINDS[:3]
    for order in ORDERS
    if (symbol, order) != ("mu", 1)
}

OBSERVABLES: Mapping[str, Observable] = MappingProxyType(
    {
        **_MOMENTS,
        **_CHANNEL_MOMENTS,
        "nu_1_abs_z": Observable(
            lambda run: run.hidden_absolute, _LAYER, "", "mean size of the input of the activation"
        ),
        "zeta": Observable(
            lambda run: run.normalized_sensitivity, _LAYER, "", "normalised sensitivity"
        ),
        "zeta_increment": Observable(_increments, _LAYER, "", "its ratio to the layer before"),
        "batch_norm_factor": Observable(
            batch_norm_factor, ("layer", "inner"), "", "factor of zeta by map and normalisation"
        ),
        "nonlinearity_factor": Observable(
            nonlinearity_factor, ("layer", "inner"), "", "factor of zeta by the activation"
        ),
        "effective_rank_x": Observable(
            lambda run: run.effective_ranks[:, 0], _LAYER, "", "effective rank of the signals"
        ),
        "effective_rank_s": Observable(
            lambda run: run.effective_ranks[:, 1], _LAYER, "", "effective rank of sensitivities"
        ),
        "dead": Observable(
            lambda run: run.dead.astype(np.float64), _LAYER, "", "1 where all signals vanish"
        ),
        "dead_channels": Observable(
            lambda run: run.dead_channels, _LAYER, "", "share of channels that vanish"
        ),
        "coactive_channels": Observable(
            lambda run: run.coactive_channels, _LAYER, "", "share of channels of one sign"
        ),
    }
)
"""Observables of the family, by name; moments are named as ``nu_2_x``, ``channel_nu_2_x``."""
