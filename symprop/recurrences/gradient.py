r"""The backward recurrence: mean squared gradients, from a known forward pass.

With :math:`\chi_l=E(\partial E/\partial x_l)^2`, ``D = V phi'(u)`` (over ``q`` where the hidden
units are normalised), ``n`` the squared length by which an output was divided (1 otherwise):

.. math:: \chi_{l-1}&=\frac{\chi_l}n\,(s+\sigma_v^2\sigma_w^2D),&
    \chi_b&=\frac{\chi_l}n\,\sigma_v^2D,&\chi_w&=\chi_b\,p_{l-1},\\
    &&\chi_v&=\frac{\chi_l}n\,V\phi(u),&\chi_a&=\frac{\chi_l}n .

The projections inside the derivative of a normalisation drop out at infinite width, gradients
being independent of activations. Since ``chi`` grows like ``exp(sqrt(l))`` or faster, its
logarithm is what is summed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from flint import arb

from symprop.numerics.precision import working_bits
from symprop.recurrences.ball_recurrence import ball_layers
from symprop.recurrences.float_recurrence import float_layers, hidden_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from symprop.specs.architectures import Architecture

    Array = NDArray[np.float64]

__all__ = ["BallGradients", "FloatGradients", "ball_gradients", "float_gradients", "parameters_of"]

_BLOCK = 1024


@dataclass(frozen=True)
class BallGradients:
    """``chi`` for layers 0 to depth and each parameter's for layers 1 to depth, as balls."""

    chi: list[arb]
    b: list[arb]
    w: list[arb]
    v: list[arb]
    a: list[arb]


@dataclass(frozen=True)
class FloatGradients:
    """``log chi`` by layer, and ``chi_b/chi``, ... of layers 1 to depth at entry 0 to depth - 1."""

    log_chi: Array
    b: Array
    w: Array
    v: Array
    a: Array


def ball_gradients(
    architecture: Architecture, path: Mapping[str, Sequence[arb]], bits: int
) -> BallGradients:
    """Return the gradients along a forward path, ``chi = 1`` at the last layer.

    Raises
    ------
    OutOfDomain
        If the derivative of an activation has no finite second moment.
    """
    with working_bits(bits):
        layers = ball_layers(architecture, bits)
        depth = len(path["p"]) - 1
        chi = [arb(1)]
        found: dict[str, list[arb]] = {name: [] for name in "bwva"}
        for index in range(depth, 0, -1):
            layer = layers[(index - 1) % len(layers)]
            q = path["q"][index]
            slope = layer.moments.slope.second_moment(arb(1) if layer.normalize_hidden else q, bits)
            if layer.normalize_hidden:
                slope /= q
            arriving = chi[-1] / path["norm"][index]
            hidden = arriving * layer.v * slope
            found["b"].append(hidden)
            found["w"].append(hidden * path["p"][index - 1])
            found["v"].append(arriving * path["branch"][index])
            found["a"].append(arriving)
            chi.append((arriving if layer.skip else 0) + layer.w * hidden)
        return BallGradients(chi[::-1], **{name: values[::-1] for name, values in found.items()})


def float_gradients(
    architectures: Sequence[Architecture], rows: Mapping[str, Array]
) -> FloatGradients:
    """Return the gradients along a forward path of shape (depth + 1, settings).

    Raises
    ------
    OutOfDomain
        If the derivative of an activation has no finite second moment.
    """
    layers = float_layers(architectures)
    p, norm = rows["p"], rows.get("norm")
    q, branch = (rows["q"], rows["branch"]) if "q" in rows else hidden_rows(architectures, p)
    depth, settings = len(p) - 1, p.shape[1]
    factors = {name: np.empty((depth, settings)) for name in "bwva"}
    growth = np.empty((depth, settings))
    for offset, layer in enumerate(layers):
        mine = slice(offset, depth, len(layers))
        variance = q[1:][mine]
        scale = np.ones(1) if norm is None else norm[1:][mine]
        if layer.normalize_hidden:
            slope = layer.moments.slope.second_moment(np.ones_like(variance)) / variance
        else:
            slope = layer.moments.slope.second_moment(variance)
        hidden = layer.v * slope / scale
        factors["b"][mine] = hidden
        factors["w"][mine] = hidden * p[:-1][mine]
        factors["v"][mine] = branch[1:][mine] / scale
        factors["a"][mine] = 1 / scale
        with np.errstate(divide="ignore"):  # a gradient of zero has the logarithm -inf
            growth[mine] = (
                np.log1p(layer.w * hidden * scale) - np.log(scale)
                if layer.skip
                else np.log(layer.w * hidden)
            )
    log_chi = np.zeros((depth + 1, settings))
    log_chi[:-1] = _sums(growth[::-1])[::-1]
    return FloatGradients(log_chi, **factors)


def _sums(terms: Array) -> Array:
    """Return the running sums along the first axis, in blocks, so that errors add up slowly."""
    result = np.empty_like(terms)
    total = np.zeros(terms.shape[1:])
    for start in range(0, len(terms), _BLOCK):
        part = np.cumsum(terms[start : start + _BLOCK], axis=0)
        result[start : start + _BLOCK] = total + part
        total = total + part[-1]
    return result


def parameters_of(architecture: Architecture) -> tuple[str, ...]:
    """Return which of b, w, v, a the layers of an architecture have."""
    layer = architecture.layer(1)
    return ("b", "w") if layer.branch_weight_variance is None else ("b", "w", "v", "a")
