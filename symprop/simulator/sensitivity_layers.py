r"""Layers that carry signals and sensitivities side by side, whatever makes their linear maps.

Signals are arrays of shape (channels, positions, data), sensitivities have one more axis for the
directions of noise. A convolution is a matrix on receptive fields, so that both kinds of columns
meet the same matrix; who multiplies by it is told by a function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_integer
from symprop.numerics.arrays import real_array
from symprop.numerics.evaluation import as_ball
from symprop.simulator.backends import physical_memory
from symprop.simulator.nonlinearities import nonlinearity
from symprop.simulator.sensitivity_record import Record

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from symprop.simulator.sensitivity_run import SensitivityRun
    from symprop.specs.sensitivity_networks import SensitivityNetwork

    Array = NDArray[np.float64]
    LinearMap = Callable[[Array, int, float], Array]

__all__ = ["Pair", "receptive_fields", "run_layers"]

_BITS = 64
_ROUNDING = 8 * float(np.finfo(np.float64).eps)  # what centring leaves of a constant channel


class Pair(NamedTuple):
    """Signals, shape (channels, positions, data), and sensitivities, with directions last."""

    signal: Array
    noise: Array


def receptive_fields(columns: Array, extent: tuple[int, ...], kernel: int) -> Array:
    """Return the receptive fields of all positions, as columns.

    Parameters
    ----------
    columns : array of shape (channels, positions, ...)
        Positions are in the order of C, the last axis of space fastest.
    extent : tuple of int
        Points along each axis of space.
    kernel : int
        Points of the kernel along each axis. It starts ``(kernel - 1) // 2`` before the position.

    Returns
    -------
    array of shape (kernel**d * channels, positions, ...)

    Examples
    --------
    >>> receptive_fields(np.array([[[1.0], [2.0], [3.0]]]), (3,), 2)[:, :, 0]
    array([[1., 2., 3.],
           [2., 3., 1.]])
    """
    if kernel == 1:
        return columns
    space = columns.reshape(len(columns), *extent, *columns.shape[2:])
    axes = tuple(range(1, 1 + len(extent)))
    start = (kernel - 1) // 2
    shifts = product(range(start, start - kernel, -1), repeat=len(extent))
    return np.concatenate([np.roll(space, shift, axes).reshape(columns.shape) for shift in shifts])


def run_layers(
    network: SensitivityNetwork,
    inputs: ArrayLike,
    depth: int,
    linear_map: LinearMap,
    *,
    rng: np.random.Generator,
    directions: int,
    noise: ArrayLike | None,
    channel_moments: bool,
    effective_ranks: bool,
) -> SensitivityRun:
    """Propagate inputs and noise through all layers, and record their moments.

    Parameters
    ----------
    network : SensitivityNetwork
        What the layers are.
    inputs : array of shape (channels * positions, k)
        Columns are data; a channel's positions are next to each other.
    depth : int
        Number of layers, or of units.
    linear_map : callable
        ``f(columns, outputs, variance)`` multiplies columns by a fresh random matrix of so many
        rows, whose entries have that variance.
    rng : numpy.random.Generator
        Source of biases, gains, and noise that is not given.
    directions : int
        Directions of noise for each datum.
    noise : array of shape (channels * positions, k, directions), optional
        The noise itself.
    channel_moments, effective_ranks : bool
        Whether to record them.

    Returns
    -------
    SensitivityRun

    Raises
    ------
    InvalidArgument
        If an argument is malformed, or does not fit the network.
    OutOfDomain
        If a channel to be normalised does not vary, or signals overflow.
    """
    depth = check_integer("depth", depth, minimum=1)
    pair = _start(network, inputs, noise, directions, rng)
    width = len(pair.signal) if network.width is None else network.width
    if network.residual and width != len(pair.signal):
        condition = f"to be that of the input, {len(pair.signal)}, in a residual network"
        raise InvalidArgument(expected("width", condition, width))
    _check_memory(network, pair, width)
    numbers = _Numbers.of(network)
    record = Record(depth, network.layers_per_unit, channel_moments, effective_ranks)
    layer = _residual_unit if network.residual else _feedforward_layer
    for index in range(depth + 1):
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                if index:
                    pair = layer(network, numbers, pair, width, linear_map, rng, record, index)
                record.layer(index, pair)
        except OutOfDomain as error:
            raise OutOfDomain(f"In layer {index} of {depth}: {error}") from None
    return record.run()


@dataclass(frozen=True)
class _Numbers:
    """The numbers of a network, in float64."""

    weight_variance: float
    bias_variance: float
    gain: float
    gain_variance: float

    @classmethod
    def of(cls, network: SensitivityNetwork) -> _Numbers:
        defaults = {"weight_variance": 2, "bias_variance": 0, "gain": 1, "gain_variance": 0}
        given = (getattr(network, name, default) for name, default in defaults.items())
        return cls(*(float(as_ball(value, _BITS).mid()) for value in given))


def _start(
    network: SensitivityNetwork,
    inputs: ArrayLike,
    noise: ArrayLike | None,
    directions: int,
    rng: np.random.Generator,
) -> Pair:
    columns = real_array("inputs", inputs)
    if columns.ndim != 2 or not columns.size or len(columns) % network.positions:
        condition = f"to have shape (channels * {network.positions}, k), not empty"
        raise InvalidArgument(expected("inputs", condition, f"shape {columns.shape}"))
    if noise is None:
        directions = check_integer("directions", directions, minimum=1)
        around = rng.standard_normal((*columns.shape, directions))
    else:
        around = real_array("noise", noise)
        if around.ndim != 3 or around.shape[:2] != columns.shape or not around.size:
            condition = f"to have shape {columns.shape} and an axis of directions"
            raise InvalidArgument(expected("noise", condition, f"shape {around.shape}"))
    if not (np.isfinite(columns).all() and np.isfinite(around).all()):
        raise InvalidArgument(expected("inputs and noise", "to hold finite numbers", "others"))
    if not around.any():
        raise InvalidArgument(expected("noise", "not to vanish", "zeros"))
    shape = (-1, network.positions, *around.shape[1:])
    return Pair(columns.reshape(shape[:-1]), around.reshape(shape))


def _check_memory(network: SensitivityNetwork, pair: Pair, width: int) -> None:
    """Refuse data whose receptive fields, and the copy that is multiplied, cannot fit."""
    columns = pair.signal[0].size + pair.noise[0].size
    rows = max(width, len(pair.signal)) * (1 + 2 * network.field_size)
    needed, available = 8.0 * rows * columns, physical_memory()
    if needed > available:
        condition = (
            f"to fit in memory with their receptive fields: they need {needed / 1e9:.3g} GB "
            f"and there are {available / 1e9:.3g} GB"
        )
        raise InvalidArgument(expected("inputs", condition, f"{columns} columns"))


def _affine(
    network: SensitivityNetwork,
    numbers: _Numbers,
    pair: Pair,
    width: int,
    linear_map: LinearMap,
    rng: np.random.Generator,
) -> Pair:
    """Convolve signals and sensitivities with the same fresh kernel."""
    fields = [receptive_fields(part, network.extent, network.kernel) for part in pair]
    size = len(fields[0])
    columns = np.concatenate([part.reshape(size, -1) for part in fields], axis=1)
    images = linear_map(columns, width, numbers.weight_variance / size)
    count = pair.signal[0].size
    signal = images[:, :count].reshape(width, *pair.signal.shape[1:])
    if numbers.bias_variance:
        signal = signal + np.sqrt(numbers.bias_variance) * rng.standard_normal((width, 1, 1))
    return Pair(signal, images[:, count:].reshape(width, *pair.noise.shape[1:]))


def _normalized(
    network: SensitivityNetwork, numbers: _Numbers, pair: Pair, rng: np.random.Generator
) -> Pair:
    """Normalise each channel over data and positions; statistics are not differentiated."""
    if not network.normalized:
        return pair
    centred = pair.signal - pair.signal.mean(axis=(1, 2), keepdims=True)
    deviation = np.sqrt(np.mean(centred**2, axis=(1, 2)))
    size = np.sqrt(np.mean(pair.signal**2, axis=(1, 2)))
    if not np.isfinite(size).all():
        raise OutOfDomain(expected("signals", "to have finite squares in float64", "an overflow"))
    constant = np.flatnonzero(deviation <= _ROUNDING * size)
    if constant.size:
        condition = "to vary over the data where they are batch-normalised"
        raise OutOfDomain(expected("signals", condition, f"channel {constant[0]}, which does not"))
    gains = np.full(len(size), numbers.gain)
    if numbers.gain_variance:
        gains += np.sqrt(numbers.gain_variance) * rng.standard_normal(len(size))
    scale = gains / deviation
    return Pair(centred * scale[:, None, None], pair.noise * scale[:, None, None, None])


def _activated(network: SensitivityNetwork, pair: Pair) -> Pair:
    phi = nonlinearity(network.activation)
    return Pair(phi.value(pair.signal), phi.slope(pair.signal)[..., None] * pair.noise)


def _feedforward_layer(
    network: SensitivityNetwork,
    numbers: _Numbers,
    pair: Pair,
    width: int,
    linear_map: LinearMap,
    rng: np.random.Generator,
    record: Record,
    index: int,
) -> Pair:
    hidden = _affine(network, numbers, pair, width, linear_map, rng)
    record.step(index, 0, "affine", pair, hidden)
    normalized = _normalized(network, numbers, hidden, rng)
    record.step(index, 0, "normalization", hidden, normalized)
    active = _activated(network, normalized)
    record.step(index, 0, "nonlinearity", normalized, active)
    record.activation(index, normalized, active)
    return active


def _residual_unit(
    network: SensitivityNetwork,
    numbers: _Numbers,
    pair: Pair,
    width: int,
    linear_map: LinearMap,
    rng: np.random.Generator,
    record: Record,
    index: int,
) -> Pair:
    branch = pair
    for inner in range(network.layers_per_unit):
        normalized = _normalized(network, numbers, branch, rng)
        record.step(index, inner, "normalization", branch, normalized)
        active = _activated(network, normalized)
        record.step(index, inner, "nonlinearity", normalized, active)
        branch = _affine(network, numbers, active, width, linear_map, rng)
        record.step(index, inner, "affine", active, branch)
        record.activation(index, normalized, active)
    return Pair(pair.signal + branch.signal, pair.noise + branch.noise)
