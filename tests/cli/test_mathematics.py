"""Commands that compute: the printed digits are right, and the JSON reproduces the ball."""

from __future__ import annotations

import json
from typing import Any

import mpmath
import pytest

from symprop.cli.main import run
from symprop.numerics.enclosure import Enclosure

NUMBER = {"digits", "midpoint", "radius", "ball", "exact", "latex"}


def outcome(arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        run(arguments.split())
    captured = capsys.readouterr()
    assert isinstance(stop.value.code, int)
    return stop.value.code, captured.out, captured.err


def printed(arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    code, out, err = outcome(arguments, capsys)
    assert (code, err) == (0, "")
    return out


def parsed(arguments: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(printed(f"{arguments} --json", capsys))
    return made


def holds(number: dict[str, Any], value: mpmath.mpf, dps: int) -> None:
    """The JSON object encloses a value known from elsewhere, with ``dps`` printed digits."""
    assert set(number) == NUMBER
    ball = Enclosure.from_integers(number["ball"])
    assert ball.overlaps(mpmath.nstr(value, 55))
    with mpmath.workdps(60):
        assert abs(mpmath.mpf(number["midpoint"]) - value) < abs(value) * mpmath.mpf(10) ** (-dps)
        assert abs(mpmath.mpf(number["digits"]) - value) <= abs(value) * mpmath.mpf(10) ** (1 - dps)


def test_kernel(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("kernel relu --rho 1/2 --dps 30", capsys)
    with mpmath.workdps(60):
        value = (mpmath.sqrt(3) / 2 + mpmath.pi / 3) / (2 * mpmath.pi)
    holds(made["value"], value, 30)
    assert made["value"]["exact"] == "(sqrt(3)/2 + pi/3)/(2*pi)"
    assert made["rho"] == "1/2"
    assert "acos(rho)" in made["closed_form"]
    text = printed("kernel relu --rho 0.5", capsys)
    assert text.startswith("0.304498890522115\nexactly (sqrt(3)/2 + pi/3)/(2*pi)\n")


def test_kernel_without_closed_form(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("kernel tanh --rho 1/2 --dps 20", capsys)
    assert made["value"]["digits"] == "0.18632441320344808611"
    assert made["closed_form"] is None
    assert made["value"]["exact"] is None


def test_kernel_at_other_variances(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("kernel erf --rho sqrt(2)/3 --variances 2,1/2", capsys)
    assert made["variances"] == ["2", "1/2"]
    with mpmath.workdps(60):
        covariance = mpmath.sqrt(2) / 3
        value = 2 / mpmath.pi * mpmath.asin(2 * covariance / mpmath.sqrt(5 * 2))
    holds(made["value"], value, 15)


def test_kernel_derivative(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("kernel relu --rho -1/2 --derivative 2", capsys)
    with mpmath.workdps(60):
        value = 1 / (2 * mpmath.pi * mpmath.sqrt(mpmath.mpf(3) / 4))
    holds(made["value"], value, 15)


def test_hermite(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("hermite relu --order 4 --dps 25", capsys)
    assert len(made["coefficients"]) == 5
    exact = [number["exact"] for number in made["coefficients"]]
    assert exact[1] == "1/2"
    assert exact[3] == "0"
    with mpmath.workdps(60):
        holds(made["coefficients"][0], 1 / mpmath.sqrt(2 * mpmath.pi), 25)
        squares = 1 / (2 * mpmath.pi) + mpmath.mpf(1) / 4 + 1 / (4 * mpmath.pi)
        squares += 1 / (48 * mpmath.pi)
        holds(made["tail"], mpmath.mpf(1) / 2 - squares, 15)
    lines = printed("hermite tanh --order 3", capsys).splitlines()
    assert lines[1].split()[:2] == ["1", "0.605705509602159"]
    assert lines[-1].split()[0] == "tail"


def test_expectation(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("expectation exp(x) --variance 1/2", capsys)
    with mpmath.workdps(60):
        holds(made["value"], mpmath.exp(mpmath.mpf(1) / 4), 15)
    assert made["value"]["exact"] == "exp(1/4)"
    assert printed("expectation tanh(x)**2", capsys) == "0.394294490397841\n"


@pytest.mark.parametrize(
    "arguments",
    [
        "kernel nobody --rho 1/2",
        "kernel relu --rho 2",
        "kernel relu --rho -1.0000001",
        "kernel relu --rho 1/2 --variances 0,1",
        "kernel relu --rho 1/2 --variances -1,1",
        "kernel exp(x^2) --rho 1/2",
        "kernel x+*2 --rho 1/2",
        "kernel __import__('os') --rho 1/2",
        "kernel 9**9**9**9 --rho 1/2",
        "hermite exp(x^2) --order 2",
        "hermite relu --order 2 --variance 0",
        "expectation exp(x^2)",
        "expectation 1/x",
        "expectation y",
        "gain exp(x^2)",
        "gain nobody",
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    arguments: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = outcome(arguments, capsys)
    assert (code, out) == (2, "")
    assert err.startswith("symprop: Expected")
    assert err.count("\n") == 1


def test_gain(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("gain relu --dps 30", capsys)
    with mpmath.workdps(60):
        holds(made["value"], mpmath.sqrt(2 * mpmath.pi / (mpmath.pi - 1)), 30)
    assert made["value"]["exact"] is not None
    assert parsed("gain relu --kind second-moment", capsys)["value"]["exact"] == "sqrt(2)"
    assert printed("gain tanh --dps 12", capsys) == "1.59253741972\n"


def test_constant(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("constant relu.slope_ratio --dps 25", capsys)
    with mpmath.workdps(60):
        holds(made["value"], mpmath.pi / (mpmath.pi - 1), 25)
    assert {"name", "meaning", "source", "shipped"} <= set(made)
    assert printed("constant relu.slope_ratio", capsys).startswith(
        "relu.slope_ratio = 1.46694220692426"
    )


@pytest.mark.parametrize(
    ("form", "sign"),
    [
        ("text", "selu.alpha = 1.67326324235438"),
        ("json", '"name": "selu.alpha"'),
        ("csv", "name,value,exact"),
        ("latex", r"\toprule"),
        ("c", "#define SYMPROP_SELU_ALPHA 1.67326324235438"),
        ("python", "SELU_ALPHA = 1.67326324235438"),
    ],
)
def test_all_constants(form: str, sign: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert sign in printed(f"constant --format {form}", capsys)


def test_all_constants_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    names = [row["name"] for row in parsed("constant", capsys)["constants"]]
    assert {"selu.alpha", "gain.gelu"} <= set(names)


def test_thousands_of_digits(capsys: pytest.CaptureFixture[str]) -> None:
    """More than Python prints or reads of an integer without being asked."""
    out = printed("constant relu.slope_ratio --dps 6000 --json", capsys)
    value = json.loads(out, parse_int=str)["value"]
    assert len(value["digits"]) == 6001
    assert len(value["ball"][0]) > 6000
    with mpmath.workdps(6050):
        expected = mpmath.nstr(mpmath.pi / (mpmath.pi - 1), 6040)
    assert value["digits"][:5990] == expected[:5990]


@pytest.mark.parametrize(
    "arguments",
    [
        "kernel x**200 --rho 1/3",
        "hermite x**1000 --order 4 --variance 2",
        "expectation monomial:1000",
        "gain x**1000",
    ],
)
def test_high_powers_have_answers(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(arguments, capsys)
