"""The commands ``tangent``: keys, known values, and refusals."""

from __future__ import annotations

import mpmath
import pytest

from symprop.numerics.enclosure import Enclosure
from tests.cli.test_mathematics import holds, outcome, parsed, printed
from tests.recurrences.branched_recursions import densenet, resnet, vanilla

KEYS = {"nngp", "ntk", "nngp_diagonal", "ntk_diagonal"}


@pytest.mark.parametrize("cosine", ["-1/2", "1/3", "0.9"])
def test_values_are_those_of_recursions_of_their_own(
    cosine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with mpmath.workdps(60):
        exact = mpmath.mpf(Enclosure(cosine).midpoint)
        commands = {
            "resnet --depth 3 --branch-depth 2 --scale 1/4": resnet(exact, 3, 2, 0.25),
            "resnet --depth 2 --branch-depth 4 --scale 1/2": resnet(exact, 2, 4, 0.5),
            "densenet --depth 5": densenet(exact, 5),
            "vanilla --depth 2": vanilla(exact, 2),
        }
    for command, values in commands.items():
        made = parsed(f"tangent {command} --cos {cosine} --dps 20", capsys)
        assert set(made) == KEYS | {"network", "depth", "cos"}
        for name, value in zip(("nngp", "ntk"), values, strict=True):
            holds(made[name], value, 20)


def test_exact_forms(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("tangent resnet --depth 2 --branch-depth 2 --scale 1/2 --cos 0", capsys)
    assert made["nngp_diagonal"]["exact"] == "25/16"
    assert made["ntk_diagonal"]["exact"] == "5/4"
    assert made["ntk"]["exact"] is not None
    made = parsed("tangent densenet --depth 4 --cos 0", capsys)
    assert made["ntk_diagonal"]["exact"] == "25/12"
    text = printed("tangent vanilla --depth 1 --cos 0", capsys)
    assert text.splitlines()[0] == "nngp           0.318309886183791   1/pi"


def test_chains(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("tangent mlp relu --depth 1 --weight-variance 2 --cos 0", capsys)
    assert made["nngp"]["exact"] == "2/pi"
    standard = "tangent mlp erf --depth 2 --cos 1/2 --bias-variance 1 --parameterization standard"
    assert set(parsed(standard, capsys)) >= KEYS
    made = parsed("tangent mlp tanh --depth 1 --cos 1/2 --dps 10", capsys)
    assert made["ntk"]["exact"] is None
    assert made["nngp"]["digits"] == "0.1863244132"  # the dual kernel of tanh


def test_cosines_outside_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    _, _, error = outcome("tangent resnet --depth 2 --cos 2", capsys)
    assert "Expected cos inside [-1, 1] but got cos=2" in error


def test_groups_of_weights(capsys: pytest.CaptureFixture[str]) -> None:
    line = "tangent resnet --depth 2 --cos 1/2 --trained"
    parts = [parsed(f"{line} {name}", capsys)["ntk"] for name in ("input", "hidden", "output")]
    whole = parsed(f"{line} all", capsys)["ntk"]
    total = sum(float(part["midpoint"]) for part in parts)
    assert float(whole["midpoint"]) == pytest.approx(total, rel=1e-14)
    assert parsed(f"{line} input,hidden,output", capsys)["ntk"] == whole


@pytest.mark.parametrize(
    "arguments",
    [
        "resnet --depth 2 --cos 2",
        "resnet --depth 2 --cos 0 --scale -1",
        "resnet --depth 2 --cos 0 --branch-depth 0",
        "densenet --depth -1 --cos 0",
        "densenet --depth 1 --cos 0 --trained bias",
        "mlp relu --depth 1 --cos 0 --parameterization other",
        "mlp relu --depth 1",
        "mlp exp(x**2) --depth 1 --cos 0",
    ],
)
def test_refusals(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, error = outcome(f"tangent {arguments}", capsys)
    assert code in (1, 2)
    assert out == ""
    assert error.startswith("symprop: ")
