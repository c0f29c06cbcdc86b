"""The same moments from networks that are really run forwards and backwards, in NumPy alone."""

import numpy as np
import pytest

from symprop.moments.diagonal import output_moments, tangent_moments
from symprop.specs.branched import DenseNet, ResNet, Vanilla

SIZE = 40_000


def weights(rng, law, shape):
    if law == "gaussian":
        return rng.standard_normal(shape)
    if law == "uniform":
        return rng.uniform(-np.sqrt(3), np.sqrt(3), shape)
    return rng.laplace(scale=np.sqrt(0.5), size=shape)


def apply(w, x):
    return np.einsum("bij,bj->bi", w, x)


def back(w, g):
    return np.einsum("bij,bi->bj", w, g)


def squared(x):
    return np.sum(x * x, axis=1)


def relu(h):
    return np.sqrt(2) * np.maximum(h, 0), np.sqrt(2) * (h > 0)


def plain(rng, law, n, depth):
    y = weights(rng, law, (SIZE, n))
    steps = []
    for _ in range(depth):
        w = weights(rng, law, (SIZE, n, n)) / np.sqrt(n)
        after, gate = relu(apply(w, y))
        steps.append((w, gate, y))
        y = after
    end = weights(rng, law, (SIZE, n)) / np.sqrt(n)
    kernel, g = 0, end
    for w, gate, before in reversed(steps):
        g = g * gate
        kernel = kernel + squared(g) * squared(before) / n
        g = back(w, g)
    return np.sum(end * y, axis=1), kernel


def residual(rng, law, n, depth, m, alpha):
    y = weights(rng, law, (SIZE, n))
    blocks = []
    for _ in range(depth):
        x, gate, steps = y, np.ones_like(y), []
        for _ in range(m):
            w = weights(rng, law, (SIZE, n, n)) * np.sqrt(alpha / n)
            steps.append((w, gate, x))
            u = apply(w, x)
            x, gate = relu(u)
        blocks.append(steps)
        y = y + u
    end = weights(rng, law, (SIZE, n)) / np.sqrt(n)
    kernel, outer = 0, end
    for steps in reversed(blocks):
        g = outer
        for w, gate, before in reversed(steps):
            kernel = kernel + squared(g) * squared(before) * alpha / n
            g = back(w, g) * gate
        outer = outer + g
    return np.sum(end * y, axis=1), kernel


def dense(rng, law, n, depth):
    y, gate = relu(weights(rng, law, (SIZE, n)))
    read, gates, matrices = [y], [gate], []
    for layer in range(1, depth + 1):
        ws = [weights(rng, law, (SIZE, n, n)) / np.sqrt(n * layer) for _ in range(layer)]
        matrices.append(ws)
        last = sum(apply(w, x) for w, x in zip(ws, read, strict=True))
        y, gate = relu(last)
        read.append(y)
        gates.append(gate)
    end = weights(rng, law, (SIZE, n)) / np.sqrt(n)
    behind = [np.zeros_like(y) for _ in range(depth)] + [end]
    kernel = 0
    for layer in range(depth, 0, -1):
        g = behind[layer] if layer == depth else behind[layer] * gates[layer]
        for h, w in enumerate(matrices[layer - 1]):
            kernel = kernel + squared(g) * squared(read[h]) / (n * layer)
            behind[h] = behind[h] + back(w, g)
    return np.sum(end * last, axis=1), kernel


CASES = [
    (Vanilla(), lambda rng, law: plain(rng, law, 6, 3), 6, 3),
    (ResNet(2, 0.5), lambda rng, law: residual(rng, law, 5, 3, 2, 0.5), 5, 3),
    (ResNet(1, 0.25), lambda rng, law: residual(rng, law, 4, 4, 1, 0.25), 4, 4),
    (ResNet(3, 0.75), lambda rng, law: residual(rng, law, 7, 2, 3, 0.75), 7, 2),
    (DenseNet(), lambda rng, law: dense(rng, law, 6, 4), 6, 4),
]


@pytest.mark.parametrize("law", ["gaussian", "uniform", "laplace"])
@pytest.mark.parametrize(("network", "sample", "n", "depth"), CASES)
def test_sampled_networks(network, sample, n, depth, law) -> None:
    output, kernel = sample(np.random.default_rng(20_24), law)
    exact = tangent_moments(network, n, depth, law=law)
    outer = output_moments(network, n, depth, law=law)
    for values, mean in (
        (kernel, exact.mean),
        (kernel**2, exact.second_moment),
        (output**2, outer.second),
    ):
        error = values.std() / np.sqrt(SIZE)
        assert abs(values.mean() - float(mean)) < 4.5 * error
        assert error < 0.2 * float(mean)
