"""A specification survives its journey through JSON, and refuses what does not fit."""

from __future__ import annotations

import json
import pickle
from dataclasses import MISSING, fields, replace
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy

from symprop.foundation.errors import InvalidArgument
from symprop.simulator.families import FAMILIES
from symprop.simulator.specification import Specification
from symprop.specs.architectures import FullResidual, FullyConnected, LayerNormResidual
from symprop.specs.branched import ResNet

KINDS = {kind.__name__: kind for family in FAMILIES for kind in family.architectures}
NET = FullyConnected("tanh", 2)
ASKED = Specification(NET, width=10, depth=3, runs=4)


@pytest.mark.parametrize(
    "net",
    [
        FullyConnected(("erf", "leaky_relu:1/10"), ("9/4", 2), normalization="layer"),
        FullResidual("x*tanh(x)", Fraction(3, 2), sympy.sqrt(2), 0.1, np.float64(0.3)),
        LayerNormResidual("relu", "1/10"),
    ],
)
def test_round_trip(net) -> None:
    asked = replace(ASKED, architecture=net, seed=2**100, backward="true", observables=("chi",))
    text = json.dumps(asked.document())
    again = Specification.from_document(json.loads(text))
    assert again.document() == asked.document()
    assert again.digest == asked.digest
    assert again.architecture.layer(1).weight_variance == net.layer(1).weight_variance


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_network_can_be_written_down(name) -> None:
    kind = KINDS[name]
    required = [field for field in fields(kind) if field.init and field.default is MISSING]
    values = {"activation": "tanh", "network": ResNet(), "through": 1}
    net = kind(**{field.name: values.get(field.name, 2) for field in required})
    asked = Specification(net, width=10, depth=3, runs=4, options={"reduced": True})
    again = Specification.from_document(json.loads(json.dumps(asked.document())))
    assert repr(again.architecture) == repr(net)
    assert again.digest == asked.digest


def test_given_inputs_travel_beside_the_document() -> None:
    given = np.random.default_rng(0).normal(size=(10, 3))
    asked = replace(ASKED, inputs=given)
    assert asked.count == 3
    document = json.loads(json.dumps(asked.document()))
    assert Specification.from_document(document, inputs=given).digest == asked.digest
    with pytest.raises(InvalidArgument, match="those of the document"):
        Specification.from_document(document, inputs=given + 1)
    with pytest.raises(InvalidArgument):
        Specification.from_document(document)
    given[:] = 0
    assert pickle.loads(pickle.dumps(asked)).digest == asked.digest


def test_a_matrix_is_read_once(tmp_path) -> None:
    file = tmp_path / "gram.csv"
    file.write_text("1,0.1\n0.1,1\n")
    asked = replace(ASKED, inputs=f"gram:{file}")
    file.unlink()
    assert asked.inputs == "gram:[[1.0,0.1],[0.1,1.0]]"
    assert Specification.from_document(asked.document()).digest == asked.digest


def test_more_runs_belong_to_the_same_simulation() -> None:
    assert replace(ASKED, runs=50).digest == ASKED.digest
    assert replace(ASKED, failures="leave-out").digest == ASKED.digest
    assert replace(ASKED, seed=1).digest != ASKED.digest


def test_usual_observables_follow_the_backward_pass() -> None:
    assert "chi" not in ASKED.observables
    assert "chi" in replace(ASKED, backward="independent", observables=()).observables
    assert replace(ASKED, observables="p").observables == ("p",)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"width": 0}, "width"),
        ({"runs": 1.5}, "runs"),
        ({"seed": -1}, "seed"),
        ({"architecture": "fc"}, "architecture"),
        ({"method": "exact"}, "method"),
        ({"law": "cauchy"}, "law"),
        ({"backward": "yes"}, "backward"),
        ({"observables": ("zeta",)}, "observables"),
        ({"observables": ("chi",)}, "without chi, or with a backward pass"),
        ({"backend": "torch"}, "conditioned method"),
        ({"dtype": "float32"}, "conditioned method"),
        ({"inputs": "sphere:3"}, "inputs"),
        ({"options": {"noise": np.ones(3)}}, "plain value of noise"),
        ({"options": "jacobian"}, "options to map names"),
        ({"observables": 0}, "sequence of names"),
        ({"same_inputs": "no"}, "same_inputs to be True or False"),
        ({"failures": "ignore"}, "'leave-out'"),
        ({"device": 0}, "device to be a name"),
        ({"device": "cuda"}, "device left as it is by the conditioned method"),
        ({"inputs": np.ones((9, 2))}, r"shape \(10, k\)"),
        ({"inputs": np.full((10, 2), np.inf)}, "finite"),
    ],
)
def test_refusals(change, message) -> None:
    with pytest.raises(InvalidArgument, match=message):
        replace(ASKED, **change)


def test_numbers_that_cannot_be_written_down_are_refused() -> None:
    net = FullyConnected("tanh", mpmath.mpf(2))
    with pytest.raises(InvalidArgument, match="written down"):
        replace(ASKED, architecture=net).document()


@pytest.mark.parametrize("document", [{}, {"format": 2}, {"format": 1, "architecture": {}}])
def test_other_documents_are_refused(document) -> None:
    with pytest.raises(InvalidArgument):
        Specification.from_document(document)
