"""The layers of an architecture in float64, and the normalisations with their gradients.

Arrays have one row for each input here, so that what belongs to one input lies together.
"""

from __future__ import annotations

from functools import lru_cache
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symprop.foundation.errors import OutOfDomain, expected
from symprop.numerics.evaluation import as_ball
from symprop.simulator.nonlinearities import Nonlinearity, nonlinearity

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from symprop.specs.architectures import Architecture

    Array = NDArray[np.float64]

__all__ = ["FloatLayer", "Normalized", "layers_of", "normalize"]

_BITS = 64
_CONSTANT = 2.0**-48  # what centring leaves of a vector of equal entries is a rounding error


class FloatLayer(NamedTuple):
    """One layer: standard deviations, nonlinearity and what is normalised how."""

    phi: Nonlinearity
    w: float
    b: float
    v: float | None
    a: float
    skip: bool
    hidden: str | None
    output: str | None


class Normalized(NamedTuple):
    """Rows of unit mean square, with what the gradient needs.

    Attributes
    ----------
    rows : array of shape (k, n)
        What became of the rows.
    length : array of shape (k, 1)
        By what they were divided.
    centered : bool
        Whether means were taken away.
    """

    rows: Array
    length: Array
    centered: bool

    def gradient(self, arriving: Array) -> Array:
        """Return the gradient by the rows before normalisation, from that after it."""
        along = np.einsum("ij,ij->i", arriving, self.rows)[:, None] / self.rows.shape[1]
        leaving: Array = (arriving - along * self.rows) / self.length
        if self.centered:
            leaving -= leaving.mean(axis=1, keepdims=True)
        return leaving


def normalize(rows: Array, kind: str) -> Normalized:
    """Scale each row to unit mean square, after centring if ``kind`` is ``"layer"``.

    Raises
    ------
    OutOfDomain
        If a row is zero, or constant where it is centred.

    Examples
    --------
    >>> normalize(np.array([[3.0, 4.0]]), "rms").rows.round(3)
    array([[0.849, 1.131]])
    """
    centered = kind == "layer"
    moved = rows - rows.mean(axis=1, keepdims=True) if centered else rows
    length = _lengths(moved)
    dead = np.flatnonzero(length <= (_CONSTANT * _lengths(rows) if centered else 0.0))
    if dead.size:
        condition = f"not {'constant' if centered else 'zero'} where normalised"
        raise OutOfDomain(expected("signals", condition, f"those of input {dead[0]}"))
    return Normalized(moved / length, length, centered)


def _lengths(rows: Array) -> Array:
    """Return the root mean square of each row, as a column."""
    return np.asarray(np.linalg.norm(rows, axis=1, keepdims=True) / sqrt(rows.shape[1]))


def layers_of(architecture: Architecture) -> list[FloatLayer]:
    """Return one period of the layers of an architecture.

    Examples
    --------
    >>> from symprop.specs.architectures import FullyConnected
    >>> layers = layers_of(FullyConnected("tanh", ("9/4", 4), normalization="layer"))
    >>> [(layer.w, layer.hidden) for layer in layers]
    [(1.5, 'layer'), (2.0, 'layer')]
    """
    try:
        return list(_layers_of(architecture))
    except TypeError:  # variances that have no hash, such as balls
        return list(_layers_of.__wrapped__(architecture))


@lru_cache(maxsize=64)
def _layers_of(architecture: Architecture) -> tuple[FloatLayer, ...]:
    found = []
    for index in range(1, architecture.period + 1):
        layer = architecture.layer(index)
        hidden = ("layer" if layer.center_hidden else "rms") if layer.normalize_hidden else None
        has_branch = layer.branch_weight_variance is not None
        found.append(
            FloatLayer(
                nonlinearity(layer.activation),
                _deviation(layer.weight_variance),
                _deviation(layer.bias_variance),
                _deviation(layer.branch_weight_variance) if has_branch else None,
                _deviation(layer.branch_bias_variance) if has_branch else 0.0,
                layer.skip,
                hidden,
                layer.normalize_output,
            )
        )
    return tuple(found)


def _deviation(variance: Any) -> float:
    return sqrt(float(as_ball(variance, _BITS).mid()))
