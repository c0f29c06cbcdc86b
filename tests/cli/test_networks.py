"""Names, options and settings become the architecture that a script would write."""

from __future__ import annotations

import pytest
import sympy

from symprop.cli.networks import named_network, read_settings
from symprop.foundation.errors import InvalidArgument
from symprop.simulator.families import FAMILIES
from symprop.specs.architectures import FullResidual, FullyConnected
from symprop.specs.branched import ResNet

KINDS = [kind for family in FAMILIES for kind in family.architectures]


def test_options_and_settings() -> None:
    given = {"weight_variance": "2", "bias_variance": None, "normalization": "rms"}
    net = named_network(KINDS, "fc", "tanh;relu", given)
    assert net == FullyConnected(("tanh", "relu"), 2, 0, normalization="rms")
    full = named_network(
        KINDS,
        "FRN",
        "tanh",
        {"branch_weight_variance": "3/2", "branch_bias_variance": None, "bias_variance": None},
        {"weight_variance": 2},
    )
    assert full == FullResidual("tanh", sympy.Rational(3, 2), 0, 2, 0)
    net = named_network(KINDS, "resnet", "relu", {}, {"branch_depth": 3})
    assert net == ResNet(branch_depth=3)


@pytest.mark.parametrize(
    ("name", "given", "settings", "message"),
    [
        ("cnn", {}, {}, "one of 'fc', 'rrn', 'frn', 'block'"),
        ("fc", {"weight_variance": None}, {}, "given by --weight-variance"),
        ("fc", {}, {}, "given by --set weight_variance=VALUE"),
        ("fc", {"weight_variance": "2", "branch_weight_variance": "1"}, {}, "left out"),
        ("fc", {"weight_variance": "2"}, {"depth": 3}, "one of activation"),
        ("resnet", {}, {}, "relu: ResNet knows no other"),
    ],
)
def test_refusals(name, given, settings, message) -> None:
    with pytest.raises(InvalidArgument, match=message):
        named_network(KINDS, name, "tanh", given, settings)


@pytest.mark.parametrize("text", ["kernel", "=3", "a b=1"])
def test_settings_are_pairs(text) -> None:
    with pytest.raises(InvalidArgument, match="NAME=VALUE"):
        read_settings("--set", [text])


def test_words_numbers_and_tuples() -> None:
    found = read_settings("--set", ["a=True", "b=-3", "c=1/2", "d=none", "e=8,", "f=variance"])
    assert found == {"a": True, "b": -3, "c": "1/2", "d": None, "e": (8,), "f": "variance"}
