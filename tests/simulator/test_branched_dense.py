"""Dense networks with bypasses: gradients by finite differences, all laws, exact moments."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.simulator.branched_dense import dense_branched_run
from symprop.specs.branched import Branched, DenseNet, Reduced, ResNet, Vanilla
from symprop.specs.initialization import LAWS
from tests.simulator.branched_networks import SCALE, labels_of, network_of

WIDTH, DEPTH = 4, 3
NETWORKS = {
    "resnet 1": ResNet(1, SCALE),
    "resnet 3": ResNet(3, SCALE),
    "densenet": DenseNet(),
    "vanilla": Vanilla(),
}


def same_weights(kind: str, seed: int):
    """Return the weights that a run draws."""
    rng = np.random.default_rng(seed)
    weights = {label: rng.standard_normal((WIDTH, WIDTH)) for label in labels_of(kind, DEPTH)}
    return weights, rng.standard_normal((WIDTH, WIDTH))[0]


@pytest.mark.parametrize("kind", NETWORKS)
def test_run_is_the_formula_and_its_finite_differences(kind: str) -> None:
    """The output is linear in an entry between two kinks: differences are gradients."""
    inputs = np.random.default_rng(8).normal(size=(WIDTH, 2))
    run = dense_branched_run(
        NETWORKS[kind],
        inputs,
        DEPTH,
        rng=np.random.default_rng(5),
        backward="true",
        reduced=True,
    )
    weights, w = same_weights(kind, 5)

    def output(given, only=None):
        batch = {label: matrix[None] for label, matrix in given.items()}
        return network_of(kind)(inputs[None], w[None], batch, DEPTH, only)[1][0]

    np.testing.assert_allclose(run.output, output(weights), rtol=1e-12)
    reduced = [output(weights, only) for only in range(1, DEPTH + 1)]
    np.testing.assert_allclose(run.reduced_output, reduced, rtol=1e-12, atol=1e-13)
    step = 2.0**-24
    for place, label in enumerate(run.labels):
        gradients = np.empty((WIDTH, WIDTH, 2))
        for i, j in np.ndindex(WIDTH, WIDTH):
            moved = np.zeros((WIDTH, WIDTH))
            moved[i, j] = step
            up, down = (
                output(weights | {label: weights[label] + sign * moved}) for sign in (1, -1)
            )
            gradients[i, j] = (up - down) / (2 * step)
        expected = np.einsum("ija,ijb->ab", gradients, gradients)
        assert run.kernels is not None
        np.testing.assert_allclose(run.kernels[place], expected, rtol=1e-6, atol=1e-7)
    assert run.labels == tuple(labels_of(kind, DEPTH))


@pytest.mark.parametrize("where", [1, 3, (2, 0), (3, 1)])
def test_reduced_network_is_the_sum_of_its_paths(where: int | tuple[int, int]) -> None:
    """In a linear picture: inputs so that every unit is active, with positive weights.

    Then the paths through a place and those around it add up to the whole output.
    """
    graph = DenseNet().graph(4)
    matrices = graph.matrices
    weights = {m.label: 1 + 0.1 * k for k, m in enumerate(matrices)}

    def paths(network) -> float:
        values = [1.0]
        for node in network.nodes[1:]:
            values.append(sum(weights[m.label] * values[m.source] for m in node.matrices))
        return values[-1]

    def through(place) -> float:
        """Walk over all paths one by one."""
        total = 0.0

        def follow(index: int, product: float, met: bool) -> None:
            nonlocal total
            if index == 0:
                total += product * met
                return
            for m in graph.nodes[index].matrices:
                here = m.label == place or (isinstance(place, int) and index == place + 1)
                follow(m.source, product * weights[m.label], met or here)

        follow(len(graph.nodes) - 1, 1.0, False)
        return total

    assert paths(graph.through(where)) == pytest.approx(through(where), rel=1e-12)


@pytest.mark.parametrize("law", LAWS)
def test_all_laws(law: str) -> None:
    """Unit variance for all weights, those of the input and of the output among them."""
    rng, inputs = np.random.default_rng(2), np.ones((24, 1))
    runs = [
        dense_branched_run(ResNet(2, "1/2"), inputs, 2, rng=rng, law=law, backward="true")
        for _ in range(200)
    ]
    kernels = np.array([run.tangent_kernel[0, 0] for run in runs])
    limit = 2 * 2 / 4 * (1 + 1 / 4)
    assert abs(kernels.mean() - limit) < 5 * kernels.std() / np.sqrt(len(runs))


INSTALLED = find_spec("torch") is not None
PRECISIONS = [{"dtype": "float32"}, *([{"backend": "torch"}] if INSTALLED else [])]


@pytest.mark.parametrize("options", PRECISIONS)
def test_float32_and_torch_have_the_exact_mean(options: dict[str, str]) -> None:
    """E G is the harmonic number at every width."""
    inputs, rng = np.ones((10, 1)), np.random.default_rng(1)
    runs = [
        dense_branched_run(DenseNet(), inputs, 3, rng=rng, backward="true", **options)
        for _ in range(200)
    ]
    kernels = np.array([run.tangent_kernel[0, 0] for run in runs])
    assert abs(kernels.mean() - 11 / 6) < 5 * kernels.std() / np.sqrt(len(runs))


def test_what_is_counted() -> None:
    inputs = np.ones((6, 2))

    def run(network: Branched):
        return dense_branched_run(network, inputs, 2, rng=np.random.default_rng(0), backward="true")

    every = run(ResNet(2, 1, trained="all"))
    hidden, inner, outer = (
        run(ResNet(2, 1, trained=name)) for name in ("hidden", "input", "output")
    )
    total = hidden.tangent_kernel + inner.tangent_kernel + outer.tangent_kernel
    np.testing.assert_allclose(every.tangent_kernel, total, rtol=1e-12)
    np.testing.assert_allclose(outer.tangent_kernel, every.output_kernel)
    assert run(ResNet(2, 1, input_layer=False)).labels[0] == (1, 1)


def test_reduced_architecture_is_the_reduced_output() -> None:
    inputs = np.ones((5, 1))
    whole = dense_branched_run(ResNet(2, 1), inputs, 3, rng=np.random.default_rng(4), reduced=True)
    alone = dense_branched_run(Reduced(ResNet(2, 1), 2), inputs, 3, rng=np.random.default_rng(4))
    assert whole.reduced_output is not None
    np.testing.assert_allclose(alone.output, whole.reduced_output[1], rtol=1e-12)


def test_refusals() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(InvalidArgument, match="shape"):
        dense_branched_run(Vanilla(), np.ones(3), 2, rng=rng)
    with pytest.raises(InvalidArgument, match="GB"):
        dense_branched_run(Vanilla(), np.ones((10**6, 1)), 2, rng=rng)
    with pytest.raises(InvalidArgument, match="backward"):
        dense_branched_run(Vanilla(), np.ones((3, 1)), 2, rng=rng, backward="yes")
    with pytest.raises(OutOfDomain, match="overflow"):
        dense_branched_run(Vanilla(), np.full((3, 1), 1e200), 2, rng=rng)
