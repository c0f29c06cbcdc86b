"""Dense networks: every gradient by finite differences, exact identities, and readable refusals."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.simulator.dense import dense_run
from symprop.specs.architectures import (
    Architecture,
    FullResidual,
    FullyConnected,
    LayerNormResidual,
    ReducedResidual,
)
from symprop.specs.initialization import LAWS, WeightLaw

WIDTH, DEPTH = 4, 3
NETWORKS = [
    FullyConnected("tanh", "3/2", "1/5"),
    FullyConnected("tanh", "3/2", "1/5", normalization="layer"),
    FullyConnected("tanh", "3/2", "1/5", normalization="rms"),
    FullyConnected("sin(x) + x**2/4", 1, 1, normalization="layer", placement="after"),
    FullyConnected("tanh", 2, 1, normalization="rms", placement="after"),
    LayerNormResidual(("gelu", "tanh"), "1/2"),
    ReducedResidual(("tanh", "x"), (1, "1/2"), "1/3"),
    FullResidual("tanh", "3/2", "1/2", "169/100", "49/100"),
]
NAMES = [
    "fully connected",
    "layer norm before",
    "rms norm before",
    "layer norm after",
    "rms norm after",
    "layer norm residual",
    "reduced residual",
    "full residual",
]


def direct_network(
    net: Architecture, rng: np.random.Generator
) -> tuple[list[dict[str, np.ndarray]], Callable[[np.ndarray], np.ndarray]]:
    """Return the parameters that a run draws from ``rng``, and the network as a plain formula."""
    layers = [net.layer(index + 1) for index in range(DEPTH)]
    values = []
    for layer in layers:
        drawn = {}
        for matrix, bias, sigma2, shift in (
            ("w", "b", layer.weight_variance, layer.bias_variance),
            ("v", "a", layer.branch_weight_variance, layer.branch_bias_variance),
        ):
            if sigma2 is None:
                continue
            scale, variance = (float(_fraction(value)) for value in (sigma2, shift))
            drawn[matrix] = rng.standard_normal((WIDTH, WIDTH)) * math.sqrt(scale / WIDTH)
            drawn[bias] = np.zeros((WIDTH, 1))
            if variance:
                drawn[bias] = math.sqrt(variance) * rng.standard_normal((WIDTH, 1))
        values.append(drawn)

    def scale(x: np.ndarray, *, centred: bool) -> np.ndarray:
        x = x - x.mean(axis=0) if centred else x
        return x * math.sqrt(WIDTH) / np.linalg.norm(x, axis=0)

    def output(x: np.ndarray) -> np.ndarray:
        for layer, drawn in zip(layers, values, strict=True):
            z = drawn["w"] @ x + drawn["b"]
            if layer.normalize_hidden:
                z = scale(z, centred=getattr(net, "normalization", "rms") == "layer")
            y = layer.activation(z)
            if "v" in drawn:
                y = drawn["v"] @ y + drawn["a"]
            x = x + y if layer.skip else y
            if layer.normalize_output:
                x = scale(x, centred=layer.normalize_output == "layer")
        return x

    return values, output


def _fraction(text: object) -> float:
    top, _, bottom = str(text).partition("/")
    return float(top) / float(bottom or 1)


@pytest.mark.parametrize("net", NETWORKS, ids=NAMES)
def test_all_gradients_are_those_of_finite_differences(net: Architecture) -> None:
    rng = np.random.default_rng(11)
    inputs, readout = rng.standard_normal((WIDTH, 2)), rng.standard_normal((WIDTH, 2))
    run = dense_run(
        net,
        inputs,
        DEPTH,
        rng=np.random.default_rng(5),
        backward="true",
        output_gradient=readout,
    )
    values, output = direct_network(net, np.random.default_rng(5))
    np.testing.assert_allclose(run.gram[-1], output(inputs).T @ output(inputs) / WIDTH, rtol=1e-11)
    step = 1e-5

    def derivative(array: np.ndarray, entry: tuple[int, ...], columns: np.ndarray) -> np.ndarray:
        kept, ends = np.copy(array[entry]), []
        for sign in (1, -1):
            array[entry] = kept + sign * step
            ends.append(np.sum(readout * output(columns), axis=0))
        array[entry] = kept
        return (ends[0] - ends[1]) / (2 * step)

    tangent = np.zeros((2, 2))
    assert set(run.parameter_gradients) == set(values[0])
    for index, drawn in enumerate(values, start=1):
        for name, array in drawn.items():
            by_entry = np.array([derivative(array, e, inputs) for e in np.ndindex(array.shape)])
            found = run.parameter_gradients[name][index]
            np.testing.assert_allclose(np.mean(by_entry**2, axis=0), found, rtol=1e-5, atol=1e-9)
            tangent += by_entry.T @ by_entry
    np.testing.assert_allclose(run.tangent_kernel, tangent, rtol=1e-5, atol=1e-8)
    moved = inputs.copy()
    rows = [derivative(moved, (i, slice(None)), moved) for i in range(WIDTH)]
    by_inputs = np.array(rows)
    assert run.gradient_gram is not None
    np.testing.assert_allclose(
        run.gradient_gram[0], by_inputs.T @ by_inputs / WIDTH, rtol=1e-5, atol=1e-9
    )


@pytest.mark.parametrize("net", NETWORKS, ids=NAMES)
def test_singular_values_are_those_of_finite_differences(net: Architecture) -> None:
    inputs = np.random.default_rng(11).standard_normal((WIDTH, 2))
    run = dense_run(net, inputs, DEPTH, rng=np.random.default_rng(5), jacobian=True)
    _, output = direct_network(net, np.random.default_rng(5))
    step, found = 1e-5, run.jacobian_singular_values
    assert found is not None
    columns = [
        (output(inputs + unit) - output(inputs - unit)) / (2 * step)
        for unit in step * np.eye(WIDTH)[:, :, None]
    ]
    by_inputs = np.stack(columns).transpose(2, 1, 0)
    values = np.linalg.svd(by_inputs, compute_uv=False)
    np.testing.assert_allclose(found[-1], values, rtol=1e-5, atol=1e-7)
    np.testing.assert_array_equal(found[0], 1)


def assert_mean(sample: list[float] | np.ndarray, exact: float) -> None:
    """Compare a mean with its exact value, by the standard error of the sample."""
    values = np.asarray(sample)
    error = values.std(ddof=1) / math.sqrt(len(values))
    assert 0 < error < 0.1 * exact, "the sample is too small to tell"
    assert abs(values.mean() - exact) <= 5 * error, (values.mean(), exact, error)


@pytest.mark.parametrize("law", LAWS)
def test_relu_keeps_lengths_and_gradients_in_the_mean(law: str) -> None:
    """Symmetry of the law makes the mean squares exact at every width and depth.

    The input has no two equal entries, else sums of signs would hit the kink with positive
    probability.
    """
    rng = np.random.default_rng(21)
    inputs = np.sqrt(np.arange(1.0, 9.0) / 4.5)[:, None]
    lengths, gradients = [], []
    for _ in range(900):
        run = dense_run(FullyConnected("relu", "9/5"), inputs, 2, rng=rng, law=law, backward="true")
        assert run.gradient_gram is not None
        lengths.append(run.gram[-1, 0, 0])
        gradients.append(run.gradient_gram[0, 0, 0])
    assert_mean(lengths, 0.9**2)
    assert_mean(gradients, 0.9**2)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("backward", ["true", "independent"])
def test_the_axiom_of_independence_fails_by_the_fourth_moment(law: str, backward: str) -> None:
    """For ``phi = x**2`` and input ``sqrt(n) e_1``, exactly ``E |D_0|^2/n = 4 sigma^4 (1 + c/n)``.

    Here ``c = E M_11^4 - 1`` for independent entries and true gradients; it is 0 for the rows of
    fixed length of Haar matrices, and for the idealised pass. At width 4 samples tell these apart.
    """
    rng, width, runs = np.random.default_rng(33), 4, 1000
    net, unit = FullyConnected("x**2", 1), math.sqrt(width) * np.eye(width)[:, :1]
    found = []
    for _ in range(runs):
        run = dense_run(net, unit, 1, rng=rng, law=law, backward=backward)
        assert run.gradient_gram is not None
        found.append(run.gradient_gram[0, 0, 0])
    excess = 0.0
    if backward == "true" and law != "haar":
        excess = (float(WeightLaw(law).moment(4)) - 1) / width
    assert_mean(found, 4 * (1 + excess))


def test_haar_weights_are_isometries_of_all_inputs() -> None:
    inputs = np.random.default_rng(0).standard_normal((20, 5))
    for dtype, bound in (("float64", 1e-13), ("float32", 1e-5)):
        run = dense_run(
            FullyConnected("identity", 1),
            inputs,
            30,
            rng=np.random.default_rng(1),
            law="haar",
            backward="true",
            dtype=dtype,
        )
        assert run.gradient_gram is not None
        assert np.abs(run.gram - run.gram[0]).max() < bound
        assert np.abs(run.gradient_gram - 1).max() < bound
        assert run.squared_distances is not None
        spread = run.squared_distances - run.squared_distances[0]
        assert np.abs(spread).max() < 2 * bound


def test_inputs_share_one_network_and_do_not_see_each_other() -> None:
    inputs = np.random.default_rng(3).standard_normal((7, 4))
    net, readout = NETWORKS[-1], np.arange(7.0)
    runs = [
        dense_run(
            net,
            columns,
            3,
            rng=np.random.default_rng(9),
            backward="true",
            output_gradient=readout,
        )
        for columns in (inputs, inputs[:, 1:3])
    ]
    one, two = runs
    np.testing.assert_allclose(one.gram[:, 1:3, 1:3], two.gram, rtol=1e-12)
    assert one.gradient_gram is not None
    assert two.gradient_gram is not None
    np.testing.assert_allclose(one.gradient_gram[:, 1:3, 1:3], two.gradient_gram, rtol=1e-12)
    assert one.tangent_kernel is not None
    np.testing.assert_allclose(one.tangent_kernel[1:3, 1:3], two.tangent_kernel, rtol=1e-12)
    np.testing.assert_allclose(one.parameter_gradients["v"][:, 1:3], two.parameter_gradients["v"])


def test_the_way_back_does_not_change_the_way_forward() -> None:
    inputs = np.random.default_rng(3).standard_normal((6, 2))
    runs = [
        dense_run(NETWORKS[5], inputs, 4, rng=np.random.default_rng(2), backward=backward)
        for backward in (None, "true", "independent")
    ]
    for run in runs[1:]:
        np.testing.assert_array_equal(run.gram, runs[0].gram)
        np.testing.assert_array_equal(run.hidden_gram, runs[0].hidden_gram)
        assert run.gradient_gram is not None
        np.testing.assert_allclose(run.gradient_gram[-1], np.ones((2, 2)), rtol=1e-12)
    assert runs[0].gradient_gram is None
    assert runs[0].tangent_kernel is None
    assert not runs[0].parameter_gradients
    assert not np.array_equal(runs[1].gradient_gram, runs[2].gradient_gram)


def test_close_inputs_keep_their_distance() -> None:
    inputs = np.random.default_rng(3).standard_normal((50, 1)) * [1, 1 + 1e-13]
    run = dense_run(FullyConnected("identity", 1), inputs, 5, rng=np.random.default_rng(0))
    assert run.squared_distances is not None
    np.testing.assert_allclose(run.squared_distances[:, 0, 1], 1e-26 * run.gram[:, 0, 0], rtol=0.1)


def test_impossible_widths_name_the_memory_needed() -> None:
    wide = np.ones((10**6, 1))
    net, rng = FullyConnected("tanh", 1), np.random.default_rng(0)
    with pytest.raises(InvalidArgument, match=r"1 dense matrix: they need 8e\+03 GB of memory"):
        dense_run(net, wide, 2, rng=rng)
    with pytest.raises(InvalidArgument, match=r"4 dense matrices.*1.6e\+04 GB.*width=1000000"):
        dense_run(NETWORKS[-1], wide, 2, rng=rng, backward="true", dtype="float32")
    with pytest.raises(InvalidArgument, match=r"1 dense matrix"):
        dense_run(net, wide, 2, rng=rng, backward="independent")


def test_overflow_names_the_layer() -> None:
    net, rng = FullyConnected("exp", 10**6), np.random.default_rng(0)
    with pytest.raises(OutOfDomain, match=r"In layer [12] of 5: .*overflow"):
        dense_run(net, np.ones((10, 2)), 5, rng=rng)


def test_dead_networks_cannot_be_normalised() -> None:
    net = FullyConnected("relu", 1, normalization="rms", placement="after")
    with pytest.raises(OutOfDomain, match="In layer 1 of 2: Expected signals not zero"):
        dense_run(net, np.zeros((3, 1)), 2, rng=np.random.default_rng(0))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"inputs": np.ones(3)}, "inputs to have shape"),
        ({"inputs": np.ones((0, 2))}, "inputs to have shape"),
        ({"inputs": [[math.nan]]}, "inputs to hold finite numbers"),
        ({"inputs": [["a"]]}, "inputs to be an array"),
        ({"depth": 0}, "depth"),
        ({"law": "cauchy"}, "law"),
        ({"backward": "fake"}, "backward"),
        ({"backward": "true", "output_gradient": np.ones(4)}, "output_gradient to have shape"),
        ({"output_gradient": np.ones(3)}, "output_gradient only with a backward pass"),
        ({"backend": "jax"}, "backend"),
        ({"dtype": "float16"}, "dtype"),
        ({"device": "cuda"}, "device"),
    ],
)
def test_malformed_arguments_are_named(changes: dict[str, object], message: str) -> None:
    given: dict[str, object] = {"inputs": np.ones((3, 2)), "depth": 2} | changes
    with pytest.raises(InvalidArgument, match=f"Expected {message}"):
        dense_run(NETWORKS[0], rng=np.random.default_rng(0), **given)  # type: ignore[arg-type]
