r"""One layer of a network, forward and backward, whatever its weights are made of.

.. math:: H=WX+b,\quad Y=\phi(m(H)),\quad T=s\,X+VY+a,\quad X'=n(T)

Columns are inputs. The backward pass is the exact chain rule, with the derivative of the
activation taken almost everywhere: a Dirac mass at a jump is left out, as automatic
differentiation does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import OutOfDomain, expected
from symprop.simulator.float_layers import normalize
from symprop.simulator.nonlinearities import nonlinearity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symprop.simulator.backends import Weights
    from symprop.specs.architectures import Layer

    Array = NDArray[np.float64]

__all__ = ["Gradients", "Parameters", "Signals", "backpropagate", "differentiate", "propagate"]


@dataclass(frozen=True)
class Parameters:
    """Parameters of one layer.

    Attributes
    ----------
    inner, outer : Weights
        ``W`` and ``V``; the latter is None without a second matrix.
    bias, branch_bias : array of shape (n, 1) or None
        ``b`` and ``a``; None where they are 0.
    """

    inner: Weights
    bias: Array | None
    outer: Weights | None
    branch_bias: Array | None


@dataclass(frozen=True)
class Signals:
    """What a layer computes, arrays of shape (n, k).

    Attributes
    ----------
    inputs, hidden, active, total, outputs : array
        ``X``, ``H``, ``Y``, ``T`` and the next ``X``.
    """

    inputs: Array
    hidden: Array
    active: Array
    total: Array
    outputs: Array


@dataclass(frozen=True)
class Gradients:
    """Gradients of a scalar by what a layer computes, arrays of shape (n, k).

    Attributes
    ----------
    inputs, hidden, total : array
        By ``X``, ``H`` and ``T``.
    """

    inputs: Array
    hidden: Array
    total: Array


def propagate(layer: Layer, parameters: Parameters, inputs: Array) -> Signals:
    """Return what a layer computes of its inputs.

    Parameters
    ----------
    layer : Layer
        Its choices; its variances are not read, they are in the parameters.
    parameters : Parameters
        Its weights and biases.
    inputs : array of shape (n, k)
        Columns are inputs.

    Returns
    -------
    Signals

    Raises
    ------
    OutOfDomain
        If a column to be normalised has no length, the activation has no value, or the hidden
        signals overflow.
    """
    hidden = parameters.inner.times(inputs)
    if parameters.bias is not None:
        hidden = hidden + parameters.bias
    active = nonlinearity(layer.activation).value(_normalized_hidden(layer, hidden))
    total = active if parameters.outer is None else parameters.outer.times(active)
    if parameters.branch_bias is not None:
        total = total + parameters.branch_bias
    if layer.skip:
        total = total + inputs
    outputs = total
    if layer.normalize_output is not None:
        outputs = normalize(total.T, layer.normalize_output).rows.T
    return Signals(inputs, hidden, active, total, outputs)


def backpropagate(
    layer: Layer, parameters: Parameters, signals: Signals, gradient: Array
) -> Gradients:
    """Return the gradients inside a layer, given that by its outputs.

    Parameters
    ----------
    layer : Layer
        Its choices.
    parameters : Parameters
        The weights of the way back: those of the way forward, or fresh ones for the idealised
        pass. Biases are not read.
    signals : Signals
        From the way forward.
    gradient : array of shape (n, k)
        By the outputs of the layer.

    Returns
    -------
    Gradients

    Raises
    ------
    OutOfDomain
        If the activation has no derivative almost everywhere, or a value of it is infinite.
    """
    total = gradient
    if layer.normalize_output is not None:
        total = _through_normalization(signals.total, gradient, layer.normalize_output)
    active = total if parameters.outer is None else parameters.outer.transposed_times(total)
    slope = nonlinearity(layer.activation).slope
    hidden = active * slope(_normalized_hidden(layer, signals.hidden))
    if layer.normalize_hidden:
        hidden = _through_normalization(signals.hidden, hidden, _hidden_kind(layer))
    inputs = parameters.inner.transposed_times(hidden)
    if layer.skip:
        inputs = inputs + total
    return Gradients(inputs, hidden, total)


def differentiate(
    layer: Layer, parameters: Parameters, signals: Signals, derivatives: Array
) -> Array:
    """Return the derivatives of the outputs of a layer, given those of its inputs.

    Parameters
    ----------
    layer : Layer
        Its choices.
    parameters : Parameters
        Its weights.
    signals : Signals
        What it computed.
    derivatives : array of shape (k, n, m)
        Of each input of the layer, by ``m`` variables of its own.

    Returns
    -------
    array of shape (k, n, m)

    Raises
    ------
    OutOfDomain
        As for `backpropagate`.
    """
    slopes = nonlinearity(layer.activation).slope(_normalized_hidden(layer, signals.hidden))
    results = np.empty_like(derivatives)
    for index, before in enumerate(derivatives):
        after = parameters.inner.times(before)
        if layer.normalize_hidden:
            column = signals.hidden[:, index : index + 1]
            after = _along_normalization(column, after, _hidden_kind(layer))
        after = slopes[:, index : index + 1] * after
        if parameters.outer is not None:
            after = parameters.outer.times(after)
        if layer.skip:
            after = after + before
        if layer.normalize_output is not None:
            column = signals.total[:, index : index + 1]
            after = _along_normalization(column, after, layer.normalize_output)
        results[index] = after
    return results


def _along_normalization(column: Array, derivatives: Array, kind: str) -> Array:
    """Return the derivatives of a normalised column, from its own: the matrix is symmetric."""
    every = np.repeat(column, derivatives.shape[1], axis=1)
    return _through_normalization(every, derivatives, kind)


def _through_normalization(columns: Array, gradient: Array, kind: str) -> Array:
    """Return the gradient by columns, given that by the normalised columns."""
    result: Array = normalize(columns.T, kind).gradient(gradient.T).T
    return result


def _hidden_kind(layer: Layer) -> str:
    return "layer" if layer.center_hidden else "rms"


def _normalized_hidden(layer: Layer, hidden: Array) -> Array:
    if not np.isfinite(hidden).all():
        raise OutOfDomain(expected("hidden signals", "to be finite in float64", "an overflow"))
    return normalize(hidden.T, _hidden_kind(layer)).rows.T if layer.normalize_hidden else hidden
