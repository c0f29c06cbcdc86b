"""Many small networks at once, with all their weights, straight from the definitions.

Arrays have shape (runs, n, k). Written for itself, so that neither sampler is tested by the other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from symprop.specs.architectures import (
    Architecture,
    FullResidual,
    FullyConnected,
    Layer,
    LayerNormResidual,
    ReducedResidual,
)

LEAKY = "leaky_relu:1/10"  # unlike relu, it never leaves a narrow layer dead
ARCHITECTURES: dict[str, Architecture] = {
    "tanh": FullyConnected("tanh", 9, 0.5),
    "relu": FullyConnected("relu", 2),
    "rms before": FullyConnected("relu", 2, 0.3, normalization="rms"),
    "layer before": FullyConnected("relu", 1.5, 0.2, normalization="layer"),
    "rms after": FullyConnected(LEAKY, 1.5, 0.2, normalization="rms", placement="after"),
    "layer after": FullyConnected(LEAKY, 1.5, 0.2, normalization="layer", placement="after"),
    "normalised residual": LayerNormResidual("relu", 3),
    "reduced residual": ReducedResidual("tanh", 9, 0.5),
    "full residual": FullResidual("relu", 1.5, 0.5, 1.7, 0.5),
    "full residual tanh": FullResidual("tanh", 1.5, 0.5, 1.7, 0.5),
}


class Definition(NamedTuple):
    """The layers of a network as plain numbers and functions."""

    phi: object
    slope: object
    w: float
    b: float
    v: float | None = None
    a: float = 0.0
    skip: bool = False
    hidden: str | None = None
    output: str | None = None


def definition(architecture: Architecture) -> Definition:
    layer: Layer = architecture.layer(1)
    v = layer.branch_weight_variance
    kind = "layer" if layer.center_hidden else "rms"
    return Definition(
        layer.activation,
        layer.activation.weak_derivative().regular,
        float(layer.weight_variance),
        float(layer.bias_variance),
        None if v is None else float(v),
        float(layer.branch_bias_variance or 0),
        layer.skip,
        kind if layer.normalize_hidden else None,
        layer.normalize_output,
    )


def jacobian_of_normalization(x, kind):
    """Return the normalised x and its Jacobian, (runs, n, k) and (runs, k, n, n)."""
    n = x.shape[1]
    center = np.eye(n) - (1 / n if kind == "layer" else 0)
    y = center @ x
    length = np.sqrt(np.mean(y**2, axis=1))
    unit = y / length[:, None]
    columns = unit.swapaxes(1, 2)
    radial = np.eye(n) - columns[..., :, None] * columns[..., None, :] / n
    return unit, radial @ center / length[..., None, None]


def through(jacobian, gradient):
    """Return the transposed Jacobian, one for each input, applied to the gradient."""
    return np.einsum("rkij,rik->rjk", jacobian, gradient)


def gram(x, y=None):
    y = x if y is None else y
    return y.swapaxes(1, 2) @ x / x.shape[1]


def small_networks(architecture, inputs, depth, output_gradient, runs, rng):
    """Return what a Run records, with runs first, of networks of dense Gaussian weights.

    The output gradient is a function of the last signals. Recorded as well: the inner products of
    the gradients at the inputs with the inputs.
    """
    net = definition(architecture)
    n, k = inputs.shape
    x = np.broadcast_to(inputs, (runs, n, k))
    grams, hidden_grams, passed = [gram(x)], [np.zeros((runs, k, k))], []
    for _ in range(depth):
        W = rng.normal(size=(runs, n, n)) * np.sqrt(net.w / n)
        b = rng.normal(size=(runs, n, 1)) * np.sqrt(net.b)
        h = W @ x + b
        hidden_grams.append(gram(h))
        u, hidden_jacobian = (
            (h, None) if net.hidden is None else jacobian_of_normalization(h, net.hidden)
        )
        active = net.phi(u)
        V, total = None, active
        if net.v is not None:
            V = rng.normal(size=(runs, n, n)) * np.sqrt(net.v / n)
            total = V @ active + rng.normal(size=(runs, n, 1)) * np.sqrt(net.a)
        if net.skip:
            total = total + x
        y, output_jacobian = (
            (total, None) if net.output is None else jacobian_of_normalization(total, net.output)
        )
        passed.append((x, W, hidden_jacobian, net.slope(u), active, V, output_jacobian))
        x = y
        grams.append(gram(x))
    d = output_gradient(x)
    gradient_grams, tangent = [gram(d)], np.zeros((runs, k, k))
    parameters = {name: [] for name in ("wb" if net.v is None else "wbva")}
    for x, W, hidden_jacobian, slope, active, V, output_jacobian in reversed(passed):
        g = d if output_jacobian is None else through(output_jacobian, d)
        e = (g if V is None else V.swapaxes(1, 2) @ g) * slope
        e = e if hidden_jacobian is None else through(hidden_jacobian, e)
        d = W.swapaxes(1, 2) @ e + (g if net.skip else 0)
        gradient_grams.append(gram(d))
        found = {"w": (e, x), "b": (e, None)}
        if V is not None:
            found |= {"v": (g, active), "a": (g, None)}
        for name, (after, before) in found.items():
            # the gradient by a matrix is after before^T, one matrix for each run and input
            whole = after if before is None else np.einsum("rik,rjk->rijk", after, before)
            flat = whole.reshape(runs, -1, k)
            parameters[name].append(np.mean(flat**2, axis=1))
            tangent += flat.swapaxes(1, 2) @ flat
    zeros = np.zeros((runs, k))
    return {
        "gram": np.stack(grams, axis=1),
        "hidden_gram": np.stack(hidden_grams, axis=1),
        "gradient_gram": np.stack(gradient_grams[::-1], axis=1),
        "tangent_kernel": tangent,
        "against inputs": gram(np.broadcast_to(inputs, (runs, n, k)), d),
        **{name: np.stack([zeros, *found[::-1]], axis=1) for name, found in parameters.items()},
    }


def coordinates(sample, names):
    """Return observables side by side, constants left out, of a symmetric matrix one half."""
    columns = []
    for name in names:
        values = sample[name]
        if name.endswith("gram") or name == "tangent_kernel":
            rows, others = np.triu_indices(values.shape[-1])
            values = values[..., rows, others]
        columns.append(values.reshape(len(values), -1))
    together = np.concatenate(columns, axis=1)
    return together[:, np.ptp(together, axis=0) > 1e-12]
