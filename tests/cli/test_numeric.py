"""Numbers are read exactly, and what is missing is said to be missing."""

from __future__ import annotations

import json

import pytest
import sympy

from symprop.cli.numeric import (
    exact_or_none,
    number,
    numbers,
    print_json,
    working_dps,
)
from symprop.foundation.errors import InvalidArgument, NoClosedForm


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3/10", sympy.Rational(3, 10)),
        ("0.1", sympy.Rational(1, 10)),
        ("-1e-3", -sympy.Rational(1, 1000)),
        ("sqrt(2)/3", sympy.sqrt(2) / 3),
    ],
)
def test_arguments_are_exact(text: str, value: sympy.Expr) -> None:
    assert number("rho", text) == value


@pytest.mark.parametrize("text", ["", "x", "1/0", "__import__('os')", "9**9**9**9", "nan", "oo"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument):
        number("rho", text)


def test_several_numbers() -> None:
    assert numbers("variances", "1/2,sqrt(2)", count=2) == (sympy.Rational(1, 2), sympy.sqrt(2))
    for text in ("1", "1,2,3", "1,", ""):
        with pytest.raises(InvalidArgument):
            numbers("variances", text, count=2)


def test_working_digits_exceed_those_printed() -> None:
    assert working_dps(15) > 15
    assert working_dps(100_000) == 100_000
    with pytest.raises(InvalidArgument):
        working_dps(10**9)


def test_closed_forms_may_be_missing_or_singular() -> None:
    def missing() -> sympy.Expr:
        raise NoClosedForm("none")

    assert exact_or_none(missing) is None
    assert exact_or_none(lambda: sympy.zoo) is None
    assert exact_or_none(lambda: sympy.pi) == sympy.pi


def test_json_is_readable(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"φ": [1]})
    assert json.loads(capsys.readouterr().out) == {"φ": [1]}
