"""The conditioned sampler as it is called: widths, depths, memory, and what it refuses."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain, UnsupportedLaw
from symprop.simulator.conditioned import conditioned_run
from symprop.simulator.run import Run
from symprop.specs.architectures import FullResidual, FullyConnected, ReducedResidual
from symprop.specs.initialization import LAWS, weight_law

RESIDUAL = FullResidual("tanh", "3/2", "1/2", "169/100", "49/100")
PLAIN = FullyConnected("tanh", 2, Fraction(1, 3))


def sample(net: object = PLAIN, width: int = 20, depth: int = 5, **options: object) -> Run:
    inputs = np.random.default_rng(1).normal(size=(width, 3))
    options.setdefault("rng", np.random.default_rng(2))
    return conditioned_run(net, inputs, depth, **options)  # type: ignore[arg-type]


def arrays_of(run: Run) -> list[np.ndarray]:
    parts = [run.gram, run.hidden_gram, run.gradient_gram, run.tangent_kernel]
    found = [*parts, run.squared_distances, *run.parameter_gradients.values()]
    return [part for part in found if part is not None]


def test_shapes_and_parameters() -> None:
    run = sample(RESIDUAL, backward="true")
    assert (run.depth, run.inputs) == (5, 3)
    assert set(run.parameter_gradients) == set("wbva")
    assert set(sample(backward="true").parameter_gradients) == set("wb")
    assert all(not array[0].any() for array in run.parameter_gradients.values())
    forward = sample(RESIDUAL)
    assert forward.gradient_gram is None
    assert forward.tangent_kernel is None
    assert not forward.parameter_gradients


def test_layer_zero_and_the_last() -> None:
    inputs = np.random.default_rng(1).normal(size=(20, 3))
    gradient = np.random.default_rng(3).normal(size=(20, 3))
    run = sample(backward="true", output_gradient=gradient)
    assert run.gradient_gram is not None
    assert run.squared_distances is not None
    np.testing.assert_allclose(run.gram[0], inputs.T @ inputs / 20)
    np.testing.assert_allclose(run.gradient_gram[-1], gradient.T @ gradient / 20)
    p = np.diagonal(run.gram, axis1=1, axis2=2)
    np.testing.assert_allclose(
        run.squared_distances, p[:, :, None] + p[:, None, :] - 2 * run.gram, atol=1e-13
    )
    default = sample(backward="true").gradient_gram
    assert default is not None
    np.testing.assert_allclose(default[-1], 1.0)


def test_parameter_gradients_of_one_input_make_up_the_tangent_kernel() -> None:
    n, depth = 20, 4
    run = conditioned_run(
        RESIDUAL, np.ones((n, 1)), depth, rng=np.random.default_rng(4), backward="true"
    )
    entries = {"w": n * n, "v": n * n, "b": n, "a": n}
    squares = sum(entries[name] * x.sum() for name, x in run.parameter_gradients.items())
    np.testing.assert_allclose(run.tangent_kernel, squares)


def test_forward_pass_does_not_depend_on_the_way_back() -> None:
    """Without a way back, factors come from inner products instead of from the vectors."""
    runs = [sample(RESIDUAL, backward=backward) for backward in (None, "true", "independent")]
    np.testing.assert_allclose(runs[1].gram, runs[0].gram, rtol=1e-12)
    np.testing.assert_array_equal(runs[2].gram, runs[1].gram)
    assert runs[1].gradient_gram is not None
    assert (runs[1].gradient_gram[0] != runs[2].gradient_gram[0]).all()


@pytest.mark.parametrize("memory", [0, 20_000, 60_000])
@pytest.mark.parametrize("bits", [np.random.PCG64, np.random.MT19937])
def test_less_memory_gives_the_same_run(memory: int, bits: type) -> None:
    one, two = (
        sample(RESIDUAL, depth=23, backward="true", rng=np.random.Generator(bits(5)), memory=size)
        for size in (2**31, memory)
    )
    for first, second in zip(arrays_of(one), arrays_of(two), strict=True):
        np.testing.assert_array_equal(first, second)


def test_wide_networks_have_the_lengths_of_infinite_ones() -> None:
    """Linear and relu networks of critical variance: lengths stay 1 and gradients too."""
    for name, variance in (("identity", 1), ("relu", 2)):
        run = conditioned_run(
            FullyConnected(name, variance),
            np.ones((200_000, 1)),
            3,
            rng=np.random.default_rng(6),
            backward="true",
            memory=5 * 10**6,
        )
        assert run.gradient_gram is not None
        np.testing.assert_allclose(run.gram[:, 0, 0], 1.0, atol=0.03)
        np.testing.assert_allclose(run.gradient_gram[:, 0, 0], 1.0, atol=0.03)


def test_a_thousand_layers() -> None:
    run = sample(ReducedResidual("tanh", "1/10"), depth=1000, backward="true")
    assert np.isfinite(run.gram).all()
    assert (np.diff(run.gram[:, 0, 0]) != 0).all()


def test_no_layers() -> None:
    run = sample(depth=0, backward="true")
    np.testing.assert_allclose(run.tangent_kernel, 0.0)
    assert run.gram.shape == (1, 3, 3)


def test_zero_and_repeated_inputs() -> None:
    inputs = np.zeros((30, 4))
    inputs[:, 1] = inputs[:, 2] = np.linspace(-1, 1, 30)
    run = conditioned_run(RESIDUAL, inputs, 6, rng=np.random.default_rng(7), backward="true")
    assert run.squared_distances is not None
    np.testing.assert_allclose(run.squared_distances[:, 0, 3], 0.0, atol=1e-25)
    np.testing.assert_allclose(run.squared_distances[:, 1, 2], 0.0, atol=1e-25)
    assert (run.squared_distances[:, 0, 1] > 0.01).all()


def test_more_inputs_than_width() -> None:
    inputs = np.random.default_rng(8).normal(size=(3, 7))
    run = conditioned_run(RESIDUAL, inputs, 3, rng=np.random.default_rng(9), backward="true")
    assert (np.linalg.matrix_rank(run.gram, tol=1e-10) <= 3).all()


@pytest.mark.parametrize("law", [name for name in LAWS if name != "gaussian"])
def test_other_laws_are_refused_with_the_reason(law: str) -> None:
    with pytest.raises(UnsupportedLaw, match=f"not for {law} ones: .*dense sampler"):
        sample(law=weight_law(law))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"depth": -1}, "depth to be an integer >= 0"),
        ({"backward": "yes"}, "backward to be one of"),
        ({"net": "tanh"}, "architecture to be"),
        ({"backward": "true", "output_gradient": np.ones(3)}, "output_gradient to have shape"),
        ({"output_gradient": np.ones(20)}, "output_gradient to be left out"),
        ({"law": "cauchy"}, "law to be one of"),
    ],
)
def test_malformed_arguments(change: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        sample(**change)  # type: ignore[arg-type]


@pytest.mark.parametrize("inputs", [np.ones(3), np.ones((0, 2)), [[np.nan]], [["a"]]])
def test_malformed_inputs(inputs: object) -> None:
    with pytest.raises(InvalidArgument, match="inputs"):
        conditioned_run(PLAIN, inputs, 1, rng=np.random.default_rng(0))  # type: ignore[arg-type]


def test_where_the_mathematics_ends_is_said() -> None:
    rng = np.random.default_rng(0)
    ones = np.ones((50, 1))
    normalized = FullyConnected("tanh", 1, normalization="rms")
    with pytest.raises(OutOfDomain, match=r"In layer 1 of 2: .*not zero where normalised"):
        conditioned_run(normalized, 0 * ones, 2, rng=rng)
    growing = FullyConnected("relu", 100)
    with pytest.raises(OutOfDomain, match="signals to have finite squares in float64 at layer"):
        conditioned_run(growing, ones, 400, rng=rng)
    with pytest.raises(OutOfDomain, match="finite squares"):
        conditioned_run(growing, 0 * ones, 400, rng=rng, backward="true")
