"""Many small batch-normalised networks at once, with all weights, straight from the definitions.

Arrays have shape (runs, n, k). Written for itself, so that neither sampler is tested by the other.
"""

from __future__ import annotations

import numpy as np

from symprop.specs.batch_normalized import BatchNormalized

ARCHITECTURES = {
    "linear": BatchNormalized("identity", center=False, scale="norm"),
    "linear centred": BatchNormalized("identity"),
    "relu": BatchNormalized("relu", weight_variance=3),
    "relu not centred": BatchNormalized("leaky_relu:1/10", center=False),
    "shaped tanh": BatchNormalized("tanh", gain=2, gain_exponent="1/2"),
    "normalised first": BatchNormalized("sin", center=True, order="normalization-first"),
}


def crossed_gradient(fixed):
    """Return a gradient at each input that depends on the output at the next one.

    For a gradient that treats inputs alike, symmetry nearly hides whether the weights of the way
    back are those of the way forward.
    """
    return lambda outputs: fixed + 3 * np.roll(outputs, 1, axis=-1)


def normalized(h, net):
    """Return the normalised rows and the Jacobian of each row, (runs, n, k) and (runs, n, k, k)."""
    k = h.shape[-1]
    projection = np.eye(k) - (np.ones((k, k)) / k if net.center else 0)
    c = np.sqrt(k) if net.scale == "variance" else 1.0
    moved = h @ projection
    length = np.sqrt(np.sum(moved**2, axis=-1))[..., None, None]
    outer = moved[..., :, None] * moved[..., None, :]
    jacobian = c * (projection / length - outer @ projection / length**3)
    return c * moved / length[..., 0], jacobian


def gram(x, y=None):
    return x.swapaxes(1, 2) @ (x if y is None else y) / x.shape[1]


def small_batch_networks(net, inputs, depth, output_gradient, runs, rng):
    """Return Gram matrices of signals and gradients and norms of weight gradients, runs first."""
    n, k = inputs.shape
    x = np.broadcast_to(inputs, (runs, n, k))
    signals, hidden, passed = [gram(x)], [np.zeros((runs, k, k))], []

    def pass_on(h, index):
        phi, gain = net.layer_activation(max(index, 1)), net.layer_gain(max(index, 1))
        u, jacobian = normalized(h, net)
        return phi(gain * u), gain * phi.weak_derivative().regular(gain * u), jacobian

    if net.order == "normalization-first":
        hidden = [gram(x)]
        x, slope, jacobian = pass_on(x, 0)
        passed.append((None, None, slope, jacobian))
        signals = [gram(x)]
    for index in range(1, depth + 1):
        W = rng.normal(size=(runs, n, n)) * np.sqrt(net.layer_weight_variance(index) / n)
        h = W @ x
        y, slope, jacobian = pass_on(h, index)
        passed.append((x, W, slope, jacobian))
        x = y
        hidden.append(gram(h))
        signals.append(gram(x))
    d = output_gradient(x)
    by_signals, by_hidden, by_weights, aligned = [gram(d)], [], [], [gram(x, d)]
    for before, W, slope, jacobian in reversed(passed):
        e = np.einsum("rnij,rni->rnj", jacobian, d * slope)
        by_hidden.append(gram(e))
        if W is not None:
            by_weights.append(np.sum((e @ before.swapaxes(1, 2)) ** 2, axis=(1, 2)))
            d = W.swapaxes(1, 2) @ e
            by_signals.append(gram(d))
            aligned.append(gram(before, d))
    if net.order == "linear-first":
        by_hidden.append(np.zeros((runs, k, k)))
    by_weights.append(np.zeros(runs))
    return {
        "gram": np.stack(signals, axis=1),
        "hidden_gram": np.stack(hidden, axis=1),
        "gradient_gram": np.stack(by_signals[::-1], axis=1),
        "hidden_gradient_gram": np.stack(by_hidden[::-1], axis=1),
        "alignment": np.stack(aligned[::-1], axis=1),
        "weight_gradient": np.stack(by_weights[::-1], axis=1),
    }


def recorded(run, width):
    """Return the same quantities as recorded by a sampler."""
    signals, hidden = (np.exp(2 * log) for log in (run.log_gradient, run.log_hidden_gradient))
    return {
        "gram": run.gram,
        "hidden_gram": run.hidden_gram,
        "gradient_gram": run.gradient_gram * signals[:, None, None] / width,
        "hidden_gradient_gram": run.hidden_gradient_gram * hidden[:, None, None] / width,
        "alignment": run.alignment * np.exp(run.log_gradient)[:, None, None],
        "weight_gradient": np.exp(2 * run.log_weight_gradient),
    }


def coordinates(sample):
    """Return the observables side by side, of a symmetric matrix one half."""
    columns = []
    for name, values in sample.items():
        array = values
        if name.endswith("gram"):
            rows, others = np.triu_indices(values.shape[-1])
            array = values[..., rows, others]
        columns.append(array.reshape(len(array), -1))
    return np.concatenate(columns, axis=1)
