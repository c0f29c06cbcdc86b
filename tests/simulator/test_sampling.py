"""One run alone is what it was among the others."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.simulator.inputs import generate_inputs
from symprop.simulator.sampling import check_options, run_chunk, sample_run
from symprop.simulator.specification import Specification
from symprop.specs.architectures import FullResidual
from symprop.specs.batch_normalized import BatchNormalized
from symprop.specs.branched import ResNet

NET = FullResidual("tanh", "3/2", "1/2", "169/100", "49/100")
ASKED = Specification(NET, width=25, depth=4, runs=12, backward="true", seed=3)


def test_the_seeds_are_those_that_are_documented() -> None:
    inputs, weights = np.random.SeedSequence(3).spawn(2)
    together = run_chunk(ASKED, 0, 12)
    for run, child in enumerate(inputs.spawn(12)):
        again = sample_run(ASKED, run)
        columns = generate_inputs("cos:1/2", 25, rng=np.random.default_rng(child))
        np.testing.assert_allclose(again.gram[0], columns.T @ columns / 25, atol=1e-12)
        lengths = np.diagonal(again.gram, axis1=1, axis2=2)
        np.testing.assert_allclose(lengths, together["p"][run], rtol=1e-13)
    assert len(np.unique(together["p"][:, -1, 0])) == 12
    assert weights.spawn(1)[0].spawn_key == (1, 0)


def test_a_chunk_is_its_runs() -> None:
    whole, part = run_chunk(ASKED, 0, 6), run_chunk(ASKED, 4, 6)
    for name in ASKED.observables:
        np.testing.assert_array_equal(whole[name][4:], part[name])


def test_observables_switch_on_what_records_them() -> None:
    asked = Specification(ResNet(), width=8, depth=3, runs=1, observables=("f_reduced",))
    assert run_chunk(asked, 0, 1)["f_reduced"].shape == (1, 3, 2)


def test_inputs_that_cannot_be_drawn_are_no_failure_of_a_run() -> None:
    asked = Specification(NET, width=8, depth=3, runs=1, inputs="cos:2", failures="leave-out")
    with pytest.raises(OutOfDomain, match=r"^Expected inputs"):
        run_chunk(asked, 0, 1)


def test_options_reach_the_sampler_or_are_refused() -> None:
    net = BatchNormalized("relu")
    size = {"width": 16, "depth": 2, "runs": 1, "inputs": "gaussian:6"}
    jacobian = Specification(
        net,
        **size,
        method="dense",
        backward="true",
        observables=("jacobian_norm",),
    )
    check_options(jacobian)
    assert run_chunk(jacobian, 0, 1)["jacobian_norm"].shape == (1, 3)
    with pytest.raises(InvalidArgument, match="the conditioned sampler of these networks has none"):
        check_options(Specification(net, **size, options={"speed": 2}))
    with pytest.raises(InvalidArgument, match="jacobian_norm, which the conditioned sampler"):
        check_options(Specification(net, **size, observables=("jacobian_norm",)))
