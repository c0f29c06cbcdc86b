r"""Normalisation over the batch and activation, forward and backward.

A row ``h`` of ``k`` numbers, one unit on the whole batch, becomes :math:`c\,u` with
:math:`u=Ph/|Ph|`, where ``P`` is the identity or takes the mean away. Its derivative is symmetric:

.. math:: \frac{c}{|Ph|}\,(P-uu^\top).

Arrays have shape (n, k): rows are units, columns are inputs.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symprop.foundation.errors import OutOfDomain, expected
from symprop.numerics.evaluation import as_ball
from symprop.simulator.nonlinearities import nonlinearity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symprop.simulator.nonlinearities import Nonlinearity
    from symprop.specs.batch_normalized import BatchNormalized

    Array = NDArray[np.float64]

__all__ = ["Activated", "BatchLayer", "Normalization", "activate", "batch_layer", "normalize_rows"]

_BITS = 64
_ROUNDING = 8 * np.finfo(np.float64).eps  # what centring leaves of a constant row


class Normalization(NamedTuple):
    """Rows normalised over the batch, and what their derivative needs.

    Attributes
    ----------
    units : array of shape (n, k)
        Rows ``u`` of unit length.
    stretch : array of shape (n, 1)
        ``c / |Ph|``.
    length : float
        ``c``.
    center : bool
        Whether means over the batch were taken away.
    """

    units: Array
    stretch: Array
    length: float
    center: bool

    def derivative(self, array: Array) -> Array:
        """Return the derivative, which is its own transpose, applied to arrays (..., n, k)."""
        moved = array - array.mean(axis=-1, keepdims=True) if self.center else array
        along = np.sum(moved * self.units, axis=-1, keepdims=True)
        result: Array = (moved - along * self.units) * self.stretch
        return result

    @property
    def norm(self) -> float:
        """Operator norm of the derivative: 0 if the batch leaves it no direction."""
        directions = self.units.shape[1] - 1 - self.center
        return float(self.stretch.max()) if directions > 0 else 0.0


class BatchLayer(NamedTuple):
    """One layer of a batch-normalised network in float64, ``weight`` a standard deviation."""

    phi: Nonlinearity
    gain: float
    weight: float
    length: float
    center: bool


@dataclass(frozen=True, eq=False)
class Activated:
    """What a layer makes of the outputs of its linear map.

    Attributes
    ----------
    layer : BatchLayer
        Its choices.
    normalization : Normalization
        Of the hidden signals.
    outputs : array of shape (n, k)
        The signals of the layer.
    """

    layer: BatchLayer
    normalization: Normalization
    outputs: Array

    def slope(self) -> Array:
        """Return the derivative of the outputs by the normalised rows, entry by entry."""
        scaled = self.layer.gain * self.layer.length * self.normalization.units
        return self.layer.gain * self.layer.phi.slope(scaled)

    def backward(self, arriving: Array) -> Array:
        """Return the gradient by the hidden signals, given that by the outputs."""
        return self.normalization.derivative(arriving * self.slope())

    def forward(self, tangents: Array) -> Array:
        """Return the change of the outputs with the hidden signals, of shape (..., n, k)."""
        return self.normalization.derivative(tangents) * self.slope()


def batch_layer(architecture: BatchNormalized, index: int, batch: int) -> BatchLayer:
    """Return layer ``index >= 1`` of a network in float64.

    Examples
    --------
    >>> from symprop.specs.batch_normalized import BatchNormalized
    >>> layer = batch_layer(BatchNormalized("tanh", gain=2, weight_variance=4), 1, batch=9)
    >>> layer.gain, layer.weight, layer.length
    (2.0, 2.0, 3.0)
    """
    variance = as_ball(architecture.layer_weight_variance(index), _BITS)
    return BatchLayer(
        nonlinearity(architecture.layer_activation(index)),
        architecture.layer_gain(index),
        sqrt(float(variance.mid())),
        architecture.row_length(batch),
        architecture.center,
    )


def activate(layer: BatchLayer, hidden: Array) -> Activated:
    """Return the signals that come of the outputs of the linear map of a layer.

    Raises
    ------
    OutOfDomain
        If a unit cannot be normalised, or a signal leaves the range of float64.
    """
    if not np.isfinite(hidden).all():
        raise OutOfDomain(expected("hidden signals", "to be finite in float64", "an overflow"))
    normalization = normalize_rows(hidden, length=layer.length, center=layer.center)
    outputs = layer.phi.value(layer.gain * layer.length * normalization.units)
    if not np.isfinite(outputs).all():
        raise OutOfDomain(expected("signals", "to be finite in float64", "an overflow"))
    return Activated(layer, normalization, outputs)


def normalize_rows(rows: Array, *, length: float, center: bool) -> Normalization:
    """Scale each row to a length, its mean taken away first or not.

    Parameters
    ----------
    rows : array of shape (n, k)
        Units as rows.
    length : float
        What each is scaled to.
    center : bool
        Whether the mean of each is taken away first.

    Returns
    -------
    Normalization

    Raises
    ------
    OutOfDomain
        If nothing is left of a row: it is zero, or constant where it is centred. No constant is
        added to its variance, so that such a unit has no normalised value.

    Error
    -----
    Rounding. What centring leaves of a row within 8 units in the last place is taken for zero.

    Examples
    --------
    >>> normalize_rows(np.array([[1.0, 3.0]]), length=2.0, center=True).units.round(6)
    array([[-0.707107,  0.707107]])
    """
    peak = np.abs(rows).max(axis=1, keepdims=True)  # scaled first: no square leaves the range
    scaled = rows / np.where(peak > 0, peak, 1.0)
    moved = scaled - scaled.mean(axis=1, keepdims=True) if center else scaled
    sizes = np.linalg.norm(moved, axis=1, keepdims=True)
    dead = np.flatnonzero((sizes <= _ROUNDING * sqrt(rows.shape[1])) | (peak == 0))
    if dead.size:
        condition = f"not to be {'constant' if center else 'zero'} on the batch where normalised"
        raise OutOfDomain(expected("units", condition, f"unit {dead[0]}"))
    with np.errstate(over="ignore"):
        stretch = length / sizes / peak
    if not np.isfinite(stretch).all():
        raise OutOfDomain(expected("units", "of a size above 1e-308", f"unit {stretch.argmax()}"))
    return Normalization(moved / sizes, stretch, length, center)
