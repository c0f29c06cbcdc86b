r"""One layer seen by a few inputs, forward and back, without its matrices.

.. math:: H=WX+b,\quad Y=\phi(m(H)),\quad T=s\,X+VY+a,\quad X'=n(T)

``m`` and ``n`` are normalisations or nothing. Arrays have one row for each input.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symprop.simulator.conditioning import (
    GaussianMap,
    gaussian_map,
    orthonormal_rows,
    triangular_root,
)
from symprop.simulator.float_layers import FloatLayer, Normalized, normalize

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["ARRAYS_KEPT", "Leaving", "Passed", "Propagated", "advance", "propagate"]

ARRAYS_KEPT = 5
"""How many arrays of the size of the signals a layer keeps for the way back, at most."""


@dataclass(frozen=True, eq=False)
class Leaving:
    """Gradients of a scalar by what is in one layer.

    Attributes
    ----------
    inputs : array of shape (k, n)
        By ``X``.
    hidden_gram, total_gram : array of shape (k, k)
        Inner products, over the width, of the gradients by ``H`` and by ``T``.
    active_gram : array of shape (k, k) or None
        Inner products of ``Y`` over the width, for the gradients by ``V``; None without it.
    """

    inputs: Array
    hidden_gram: Array
    total_gram: Array
    active_gram: Array | None


@dataclass(frozen=True, eq=False)
class Passed:
    """What a layer keeps for the way back; what is cheap is computed again.

    Attributes
    ----------
    layer : FloatLayer
        Its choices.
    inner, outer : GaussianMap
        ``W`` with ``b`` and ``V`` with ``a``; the latter is None without a second matrix.
    output : Normalized or None
        The normalised outputs.
    active_gram : array of shape (k, k)
        Inner products of ``Y``, over the width.
    """

    layer: FloatLayer
    inner: GaussianMap
    outer: GaussianMap | None
    output: Normalized | None
    active_gram: Array

    def back(
        self, arriving: Array, rng: np.random.Generator, *, independent: bool = False
    ) -> Leaving:
        """Return the gradients in this layer, given the gradient by its outputs.

        Parameters
        ----------
        arriving : array of shape (k, n)
            The gradient.
        rng : numpy.random.Generator
            Source of what the forward pass leaves open of the matrices.
        independent : bool
            Go through fresh matrices instead.
        """
        layer, width = self.layer, arriving.shape[1]
        total = arriving if self.output is None else self.output.gradient(arriving)
        active = total
        if self.outer is not None and layer.v is not None:
            active = self.outer.transposed(total, rng, independent=independent)[:, :width]
            active *= layer.v / sqrt(width)
        hidden = self.inner.outputs
        if layer.hidden is None:
            hidden = active * layer.phi.slope(hidden)
        else:
            normalized = normalize(hidden, layer.hidden)
            hidden = normalized.gradient(active * layer.phi.slope(normalized.rows))
        inputs = self.inner.transposed(hidden, rng, independent=independent)[:, :width]
        inputs *= layer.w / sqrt(width)
        if layer.skip:
            inputs += total
        return Leaving(
            inputs,
            _gram(hidden),
            _gram(total),
            None if self.outer is None else self.active_gram,
        )


class Propagated(NamedTuple):
    """What a layer computes.

    Attributes
    ----------
    outputs : array of shape (k, n)
        ``X'``.
    hidden_gram : array of shape (k, k)
        Inner products of ``H``, over the width.
    passed : Passed
        For the way back.
    """

    outputs: Array
    hidden_gram: Array
    passed: Passed


def propagate(layer: FloatLayer, rows: Array, rng: np.random.Generator) -> Propagated:
    """Draw a layer with fresh weights, as far as its inputs can see it.

    Parameters
    ----------
    layer : FloatLayer
        Its choices.
    rows : array of shape (k, n)
        Signals of ``k`` inputs.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Propagated

    Raises
    ------
    OutOfDomain
        If squares of signals overflow, the activation has no value, or nothing is left to be
        normalised.
    """
    inner = _affine(rows, layer.w, layer.b, rng)
    hidden = inner.outputs
    hidden_gram = _gram(hidden)
    argument = hidden if layer.hidden is None else normalize(hidden, layer.hidden).rows
    total = layer.phi.value(argument)
    active_gram, outer = _gram(total), None
    if layer.v is not None:
        outer = _affine(total, layer.v, layer.a, rng)
        total = outer.outputs
    if layer.skip:
        total += rows
    output = None if layer.output is None else normalize(total, layer.output)
    outputs = total if output is None else output.rows
    return Propagated(outputs, hidden_gram, Passed(layer, inner, outer, output, active_gram))


def advance(
    layer: FloatLayer, rows: Array, products: Array, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Draw a layer as `propagate` does, but keep nothing for the way back.

    What a Gaussian matrix does to vectors depends on their inner products alone.

    Parameters
    ----------
    layer : FloatLayer
        Its choices.
    rows : array of shape (k, n)
        Signals of ``k`` inputs.
    products : array of shape (k, k)
        Their inner products over the width.
    rng : numpy.random.Generator
        Source of randomness; the signals are those of `propagate`, up to rounding.

    Returns
    -------
    outputs : array of shape (k, n)
    hidden_gram : array of shape (k, k)

    Raises
    ------
    OutOfDomain
        As `propagate`.
    """
    hidden = _images(rows, products, layer.w, layer.b, rng)
    argument = hidden if layer.hidden is None else normalize(hidden, layer.hidden).rows
    total = layer.phi.value(argument)
    if layer.v is not None:
        total = _images(total, _gram(total), layer.v, layer.a, rng)
    if layer.skip:
        total += rows
    outputs = total if layer.output is None else normalize(total, layer.output).rows
    return outputs, _gram(hidden)


def _images(rows: Array, products: Array, w: float, b: float, rng: np.random.Generator) -> Array:
    """Return where a weight matrix with its bias takes rows."""
    factor = triangular_root(w**2 * products + b**2)
    if factor is None:
        factor, _ = orthonormal_rows(_extended(rows, w, b), overwrite=True)
    images: Array = factor @ rng.standard_normal(rows.shape)
    return images


def _affine(rows: Array, w: float, b: float, rng: np.random.Generator) -> GaussianMap:
    """Return a weight matrix and its bias as one Gaussian map."""
    return gaussian_map(_extended(rows, w, b), rows.shape[1], rng, overwrite=True)


def _extended(rows: Array, w: float, b: float) -> Array:
    """Return what the standard normal matrix of weights and biases acts on."""
    count, width = rows.shape
    extended = np.empty((count, width + 1))
    np.multiply(rows, w / sqrt(width), out=extended[:, :width])
    extended[:, width] = b
    return extended


def _gram(rows: Array) -> Array:
    products: Array = rows @ rows.T / rows.shape[1]
    return products
