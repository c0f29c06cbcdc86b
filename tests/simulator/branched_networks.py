"""Many networks with bypasses at once, with all their weights, straight from the definitions.

Arrays have shape (runs, n, k). Written for itself, so that neither sampler is tested by the other,
and without the graphs that both read.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Weights = dict[tuple[int, int], np.ndarray]
SCALE = 0.7


def relu(x):
    return np.sqrt(2) * np.maximum(x, 0)


def slope(x):
    return np.sqrt(2) * (x > 0)


def transposed(W, D):
    return W.swapaxes(1, 2) @ D


def resnet(branch_depth):
    """Return a network: layers, output, gradients before and after each layer's activation, pairs.

    The pairs (gradient, input) make the gradient by each matrix.
    """

    def network(x, w, weights: Weights, depth, only=None):
        n, m = x.shape[1], branch_depth
        c = np.sqrt(SCALE / n)
        y = weights[0, 0] @ x / np.sqrt(n)
        layers, branches = [y], []
        for block in range(1, depth + 1):
            inside = [y]
            z = c * weights[block, 1] @ y
            for h in range(2, m + 1):
                inside.append(z)
                z = c * weights[block, h] @ relu(z)
            branches.append(inside)
            y = z if only == block else y + z
            layers.append(y)
        d = np.repeat(w[:, :, None], x.shape[2], axis=2) / np.sqrt(n)
        f = np.sum(d * y, axis=1)
        gradients, parts = [d], {}
        for block in range(depth, 0, -1):
            inside, back = branches[block - 1], d
            for h in range(m, 0, -1):
                before = inside[h - 1] if h == 1 else relu(inside[h - 1])
                parts[block, h] = (c * back, before)
                back = c * transposed(weights[block, h], back)
                if h > 1:
                    back = back * slope(inside[h - 1])
            d = back if only == block else d + back
            gradients.append(d)
        parts[0, 0] = (d / np.sqrt(n), x)
        return layers, f, gradients[::-1], gradients[::-1], parts

    return network


def densenet(x, w, weights: Weights, depth, only=None):
    n, k = x.shape[1:]
    y = [weights[0, 0] @ x / np.sqrt(n)]
    for layer in range(1, depth + 1):
        total = np.zeros_like(y[0])
        for h in range(layer):
            # a path through layer ``only`` neither jumps over it nor leads past it
            if only is None or layer <= only or h >= only:
                total = total + weights[layer, h] @ relu(y[h]) / np.sqrt(layer * n)
        y.append(total)
    d, by_layer = list(y), [np.zeros_like(layer) for layer in y]
    d[depth] = by_layer[depth] = np.repeat(w[:, :, None], k, axis=2) / np.sqrt(n)
    f = np.sum(d[depth] * y[depth], axis=1)
    parts = {}
    for layer in range(depth, 0, -1):
        for h in range(layer):
            back = d[layer] / np.sqrt(layer * n)
            parts[layer, h] = (back, relu(y[h]))
            by_layer[h] = by_layer[h] + transposed(weights[layer, h], back)
        d[layer - 1] = slope(y[layer - 1]) * by_layer[layer - 1]
    parts[0, 0] = (d[0] / np.sqrt(n), x)
    return [*(relu(layer) for layer in y[:-1]), y[-1]], f, d, by_layer, parts


def vanilla(x, w, weights: Weights, depth, only=None):
    n = x.shape[1]
    layers, hidden = [weights[0, 0] @ x / np.sqrt(n)], []
    for layer in range(1, depth + 1):
        hidden.append(weights[layer, 1] @ layers[-1] / np.sqrt(n))
        layers.append(relu(hidden[-1]))
    d = np.repeat(w[:, :, None], x.shape[2], axis=2) / np.sqrt(n)
    f = np.sum(d * layers[-1], axis=1)
    gradients, by_layer, parts = [], [d], {}
    for layer in range(depth, 0, -1):
        d = d * slope(hidden[layer - 1])
        gradients.append(d)
        parts[layer, 1] = (d / np.sqrt(n), layers[layer - 1])
        d = transposed(weights[layer, 1], d) / np.sqrt(n)
        by_layer.append(d)
    parts[0, 0] = (d / np.sqrt(n), x)
    return layers, f, [*gradients, d][::-1], by_layer[::-1], parts


def labels_of(kind: str, depth: int) -> list[tuple[int, int]]:
    """Return the labels of all matrices of a kind of network, in the order of the samplers."""
    if kind == "densenet":
        return [(0, 0), *((a, b) for a in range(1, depth + 1) for b in range(a))]
    count = int(kind.partition(" ")[2] or 1)
    return [(0, 0), *((a, b + 1) for a in range(1, depth + 1) for b in range(count))]


def network_of(kind: str) -> Callable:
    if kind.startswith("resnet"):
        return resnet(int(kind.partition(" ")[2]))
    return {"densenet": densenet, "vanilla": vanilla}[kind]


def sample(kind: str, inputs, depth: int, runs: int, rng) -> dict[str, np.ndarray]:
    """Return what a run records, runs first, of networks with dense Gaussian weights."""
    n, k = inputs.shape
    labels, network = labels_of(kind, depth), network_of(kind)
    weights = {label: rng.normal(size=(runs, n, n)) for label in labels}
    w = rng.normal(size=(runs, n))
    x = np.broadcast_to(inputs, (runs, n, k))
    layers, f, gradients, by_layer, parts = network(x, w, weights, depth)
    return {
        "gram": np.stack([transposed(y, y) / n for y in layers], axis=1),
        "gradient_gram": np.stack([transposed(d, d) for d in gradients], axis=1),
        "cross_gram": np.stack(
            [transposed(d, y) for d, y in zip(by_layer, layers, strict=True)], axis=1
        ),
        "output": f,
        "reduced_output": np.stack(
            [network(x, w, weights, depth, only)[1] for only in range(1, depth + 1)], axis=1
        ),
        "kernels": np.stack(
            [
                transposed(back, back) * transposed(before, before)
                for back, before in (parts[label] for label in labels)
            ],
            axis=1,
        ),
    }
