"""Numbers are read exactly, and printed with proved digits only."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
import sympy

from symprop.cli.numeric import (
    exact_or_none,
    number,
    numbers,
    print_json,
    working_dps,
    written,
)
from symprop.foundation.errors import InvalidArgument, NoClosedForm
from symprop.numerics.enclosure import Enclosure


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


def test_written_numbers_reproduce_the_ball() -> None:
    ball = Enclosure.from_bounds("0.33333333", "0.33333334")
    made = written(ball, dps=15)
    assert Enclosure.from_integers(made["ball"]) == ball
    assert made["digits"] == "0.3333333"
    assert made["exact"] is None
    assert set(made) == {"digits", "midpoint", "radius", "ball", "exact", "latex"}
    assert json.loads(json.dumps(made)) == made


def test_no_more_digits_than_asked_for() -> None:
    ball = Enclosure(Fraction(2, 3), bits=400)
    assert written(ball, dps=5)["digits"] == "0.66667"
    assert len(written(ball, dps=100)["digits"]) == 102


def test_exact_values_are_shown() -> None:
    made = written(Enclosure("1/2"), dps=15, exact=sympy.Rational(1, 2))
    assert (made["digits"], made["exact"], made["latex"]) == ("0.5", "1/2", r"\frac{1}{2}")
    small = Enclosure(Fraction(1, 3) / 10**12, bits=100)
    assert written(small, dps=3)["latex"] == r"3.33 \times 10^{-13}"


def test_closed_forms_may_be_missing_or_singular() -> None:
    def missing() -> sympy.Expr:
        raise NoClosedForm("none")

    assert exact_or_none(missing) is None
    assert exact_or_none(lambda: sympy.zoo) is None
    assert exact_or_none(lambda: sympy.pi) == sympy.pi


def test_json_is_readable(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"φ": [1]})
    assert json.loads(capsys.readouterr().out) == {"φ": [1]}
