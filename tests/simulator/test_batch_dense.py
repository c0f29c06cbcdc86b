"""Dense batch-normalised networks: gradients by finite differences, laws, identities, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.simulator.batch_dense import dense_batch_run
from symprop.simulator.equality import holm_adjusted
from symprop.simulator.observables import isometry_gap
from symprop.specs.batch_normalized import BatchNormalized
from symprop.specs.initialization import LAWS
from tests.simulator.batch_samplers import p_values_of_all

WIDTH, BATCH, DEPTH = 5, 4, 3
NETWORKS = {
    "linear": BatchNormalized("identity", center=False, scale="norm"),
    "centred": BatchNormalized("tanh", gain=2, gain_exponent="1/2", weight_variance="9/4"),
    "smooth": BatchNormalized("gelu", center=False),
    "first": BatchNormalized("sin", order="normalization-first", gain=("1/2", 1)),
}


def direct_network(net, rng):
    """Return the weights that a run draws from ``rng``, and the network as a plain formula."""
    deviation = math.sqrt(float(eval(str(net.weight_variance))))  # a ratio of integers
    weights = [deviation / math.sqrt(WIDTH) * rng.normal(size=(WIDTH,) * 2) for _ in range(DEPTH)]

    def layer(h, index):
        h = h - h.mean(axis=1, keepdims=True) if net.center else h
        c = math.sqrt(BATCH) if net.scale == "variance" else 1
        unit = c * h / np.sqrt((h**2).sum(axis=1, keepdims=True))
        return net.layer_activation(index)(net.layer_gain(index) * unit)

    def output(x):
        x = layer(x, 1) if net.order == "normalization-first" else x
        for index, weight in enumerate(weights, start=1):
            x = layer(weight @ x, index)
        return x

    return weights, output


@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_and_jacobian_are_those_of_finite_differences(name: str) -> None:
    net, rng = NETWORKS[name], np.random.default_rng(11)
    inputs, readout = rng.normal(size=(2, WIDTH, BATCH))
    run = dense_batch_run(
        net,
        inputs,
        DEPTH,
        rng=np.random.default_rng(5),
        backward="true",
        output_gradient=readout,
        jacobian=True,
    )
    weights, output = direct_network(net, np.random.default_rng(5))
    np.testing.assert_allclose(run.gram[-1], output(inputs).T @ output(inputs) / WIDTH, rtol=1e-11)
    step = 1e-5

    def jacobian(array):
        columns = []
        for entry in np.ndindex(array.shape):
            kept, ends = array[entry], []
            for sign in (1, -1):
                array[entry] = kept + sign * step
                ends.append(output(inputs).ravel())
            array[entry] = kept
            columns.append((ends[0] - ends[1]) / (2 * step))
        return np.array(columns).T

    for index, weight in enumerate(weights, start=1):
        by_weight = readout.ravel() @ jacobian(weight)
        found = run.log_weight_gradient[index]
        assert math.exp(found) == pytest.approx(np.linalg.norm(by_weight), rel=1e-6)
    by_inputs = jacobian(inputs)
    values = np.linalg.svd(by_inputs, compute_uv=False)
    np.testing.assert_allclose(run.jacobian_singular_values[-1], values, rtol=1e-6, atol=1e-6)
    pulled = (readout.ravel() @ by_inputs).reshape(WIDTH, BATCH)
    first = net.order == "normalization-first"
    log = run.log_hidden_gradient[0] if first else run.log_gradient[0]
    gram = run.hidden_gradient_gram[0] if first else run.gradient_gram[0]
    np.testing.assert_allclose(gram * math.exp(2 * log), pulled.T @ pulled, rtol=1e-5, atol=1e-7)


def test_the_sampler_has_the_law_of_the_definition() -> None:
    single, joint = p_values_of_all(dense_batch_run, [8, 30])
    assert holm_adjusted(single).min() > 0.01
    assert holm_adjusted(joint).min() > 0.01


@pytest.mark.parametrize("law", LAWS)
def test_rows_have_their_length_whatever_the_law(law: str) -> None:
    rng = np.random.default_rng(3)
    for net, trace in ((NETWORKS["linear"], 1), (BatchNormalized("identity"), BATCH)):
        run = dense_batch_run(net, rng.normal(size=(9, BATCH)), 6, rng=rng, law=law)
        np.testing.assert_allclose(np.trace(run.gram[1:], axis1=1, axis2=2), trace, rtol=1e-12)


def test_haar_weights_never_lower_the_isometry_and_lead_to_orthogonal_signals() -> None:
    rng = np.random.default_rng(4)
    for size in (2, 3, 6):
        inputs = rng.normal(size=(size, size))
        run = dense_batch_run(NETWORKS["linear"], inputs, 400, rng=rng, law="haar")
        gaps = isometry_gap(run.gram)
        assert (np.diff(gaps) <= 1e-12).all()
        assert gaps[-1] < 1e-10


def test_norm_of_the_derivative_of_one_normalisation() -> None:
    """Without activation and with Haar weights the Jacobian of one layer is that of BN."""
    rng = np.random.default_rng(6)
    for net in (NETWORKS["linear"], BatchNormalized("identity")):
        run = dense_batch_run(
            net, rng.normal(size=(4, BATCH)), 1, rng=rng, law="haar", jacobian=True
        )
        assert run.jacobian_singular_values is not None
        np.testing.assert_allclose(run.jacobian_singular_values[1, 0], run.normalization_norm[1])


def test_a_batch_leaves_the_derivative_no_direction() -> None:
    rng = np.random.default_rng(6)
    for net, batch in ((NETWORKS["linear"], 1), (BatchNormalized("identity"), 2)):
        run = dense_batch_run(
            net, rng.normal(size=(4, batch)), 2, rng=rng, backward="true", jacobian=True
        )
        assert run.normalization_norm[1] == 0
        assert run.log_gradient is not None
        assert run.log_gradient[0] < -30  # nothing, or rounding
        assert run.jacobian_singular_values is not None
        assert run.jacobian_singular_values[1].max() < 1e-14


def test_signals_do_not_depend_on_the_way_back_nor_on_the_scale_of_weights() -> None:
    inputs = np.random.default_rng(3).normal(size=(6, 3))
    grams = [
        dense_batch_run(
            BatchNormalized("tanh", weight_variance=variance),
            inputs,
            4,
            rng=np.random.default_rng(2),
            backward=backward,
            jacobian=jacobian,
        ).gram
        for variance, backward, jacobian in (
            (1, None, False),
            (1, "true", True),
            (1, "independent", False),
            ("16", None, False),
        )
    ]
    for gram in grams[1:]:
        np.testing.assert_allclose(gram, grams[0], rtol=1e-12, atol=1e-15)


def test_gradients_are_orthogonal_to_the_signals_that_are_normalised() -> None:
    """Scaling a layer changes nothing, unit by unit; so the trace of their products vanishes."""
    for net in NETWORKS.values():
        rng = np.random.default_rng(8)
        run = dense_batch_run(net, rng.normal(size=(WIDTH, 3)), 4, rng=rng, backward="true")
        assert run.alignment is not None
        traces = np.trace(run.alignment, axis1=1, axis2=2)
        np.testing.assert_allclose(traces[:-1], 0, atol=1e-13)
        assert abs(traces[-1]) > 1e-3


def test_gradients_of_a_deep_network_do_not_overflow() -> None:
    net, rng = BatchNormalized("relu"), np.random.default_rng(0)
    run = dense_batch_run(net, rng.normal(size=(8, 4)), 6000, rng=rng, backward="true")
    assert run.log_gradient is not None
    assert run.log_gradient[0] > 800  # exp of it is beyond float64
    np.testing.assert_allclose(np.trace(run.gradient_gram, axis1=1, axis2=2), 1)


def test_degenerate_batches_name_the_layer_and_the_unit() -> None:
    rng = np.random.default_rng(0)
    same = np.repeat(rng.normal(size=(4, 1)), 3, axis=1)
    with pytest.raises(OutOfDomain, match=r"In layer 1 of 2: Expected units not to be constant"):
        dense_batch_run(BatchNormalized("tanh"), same, 2, rng=rng)
    dense_batch_run(BatchNormalized("tanh", center=False), same, 2, rng=rng)
    with pytest.raises(OutOfDomain, match=r"In layer 1 of 2: Expected units not to be zero"):
        dense_batch_run(BatchNormalized("tanh", center=False), 0 * same, 2, rng=rng)
    one = np.array([[1.0, 2.0], [3.0, 3.0]])
    first = BatchNormalized("tanh", order="normalization-first")
    with pytest.raises(OutOfDomain, match=r"In layer 0 of 2: .*unit 1"):
        dense_batch_run(first, one, 2, rng=rng)


def test_what_does_not_fit_is_refused_with_the_memory_needed() -> None:
    net, rng = BatchNormalized("tanh"), np.random.default_rng(0)
    with pytest.raises(InvalidArgument, match=r"1 dense matrix: they need 8e\+03 GB of memory"):
        dense_batch_run(net, rng.normal(size=(10**6, 2)), 2, rng=rng)
    with pytest.raises(InvalidArgument, match=r"derivative of the whole batch.*GB of memory"):
        dense_batch_run(net, rng.normal(size=(10**4, 200)), 2, rng=rng, jacobian=True)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"architecture": "tanh"}, "architecture to be batch normalised"),
        ({"inputs": np.ones(3)}, "inputs to have shape"),
        ({"inputs": np.ones((3, 1))}, "inputs to have shape .* k >= 2"),
        ({"inputs": [[math.nan, 1.0]]}, "inputs to hold finite numbers"),
        ({"depth": -1}, "depth"),
        ({"law": "cauchy"}, "law"),
        ({"backward": "fake"}, "backward"),
        ({"backward": "true", "output_gradient": np.ones(4)}, "output_gradient to be finite and"),
        ({"output_gradient": np.ones((3, 2))}, "output_gradient to be left out"),
        ({"dtype": "float16"}, "dtype"),
    ],
)
def test_malformed_arguments_are_named(changes, message) -> None:
    given = {"architecture": NETWORKS["centred"], "inputs": np.eye(3, 2), "depth": 2} | changes
    with pytest.raises(InvalidArgument, match=f"Expected {message}"):
        dense_batch_run(rng=np.random.default_rng(0), **given)
