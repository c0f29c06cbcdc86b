"""The expand command: expansions of increments and of networks, and errors of one line."""

from __future__ import annotations

import json
import math

import pytest

from symprop.cli.main import run


def outcome(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        run(["expand", *arguments])
    captured = capsys.readouterr()
    assert isinstance(stop.value.code, int)
    return stop.value.code, captured.out, captured.err


def test_increment_at_infinity(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(["1 + 1/u", "--order", "2"], capsys)
    assert code == 0
    assert out.startswith("K + l + log(K + l) + O(")
    assert "\nK: " in out


def test_decay_to_a_fixed_point_with_its_constant(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["-u**2", "--at", "0", "--order", "2", "--start", "1/2", "--json"]
    code, out, _ = outcome(arguments, capsys)
    record = json.loads(out)
    assert code == 0
    assert [term["coefficient"] for term in record["terms"]] == ["1", "-1"]
    assert [term["power"] for term in record["terms"]] == ["-1", "-2"]
    u, depth = 0.5, 10**5
    for _ in range(depth):
        u -= u * u
    x = depth + float(record["matched"]["value"])
    assert abs(1 / u - x - math.log(x)) < 1e-3
    assert float(record["matched"]["estimated_error"]) < 1e-14


def test_approach_from_below(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(["(1-u)**2", "--at", "1", "--side", "below", "--order", "1"], capsys)
    assert code == 0
    assert out.splitlines()[0].startswith("1 - 1/(K + l)")


def test_network(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(["frn", "alpha_relu:1/2", "--order", "1"], capsys)
    assert code == 0
    assert out.startswith("(K + l)**2/(8*pi)")


def test_a_leading_logarithm_has_two_faces(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(["log(u)", "--order", "2", "--start", "3"], capsys)
    assert code == 0
    first, second, *_, last = out.splitlines()
    assert first.startswith("(K + l)*log(K + l) + (K + l)*log(log(K + l)) - K - l + O(")
    assert second.startswith("Phi(u) = ")
    assert "Ei(log(u))" in second
    assert last.startswith("K = 2.2008996384609")
    code, out, _ = outcome(["u*log(u)", "--order", "1", "--json"], capsys)
    record = json.loads(out)
    assert code == 0
    assert "Ei(log(log(u)))" in record["abel"]["function"]
    assert record["log_factor"].startswith("(K + l)*log(K + l)")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["frn"], "ACTIVATION after frn or rrn"),
        (["1/u", "tanh"], "ACTIVATION after frn or rrn"),
        (["frn", "tanh", "--start", "1"], "--start with an increment only"),
        (["frn", "silu"], "activation=silu"),
        (["u", "--at", "3"], "but got"),
        (["__import__('os')"], "but got"),
        (["1/u", "--side", "left"], "side"),
        (["1/u", "--order", "0"], "order"),
        (["1/u", "--order", "100"], "order to be an integer from 1 to 30 but got order=100"),
    ],
)
def test_errors(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = outcome(arguments, capsys)
    assert code in (1, 2)
    assert out == ""
    assert words in err
    assert len(err.splitlines()) == 1
