"""Each format is read back by a reader of that format."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
from fractions import Fraction

import pytest
import sympy

from symprop.constants.catalogue import CONSTANTS, Constant, constant
from symprop.constants.export import FORMATS, number_record, render
from symprop.foundation.errors import InvalidArgument
from symprop.numerics.enclosure import Enclosure

SOME = [
    constant(name) for name in ("selu.alpha", "residual.C", "c_alpha:1", "gain.tanh", "gain.selu")
]


def agrees(digits: str, entry: Constant, dps: int) -> bool:
    """Whether the decimal is the correct rounding, up to half a unit of its last place."""
    value = entry.enclose(dps=dps + 20)
    step = Fraction(1, 10 ** len(digits.partition(".")[2]))
    return abs(Fraction(digits) - value.lower) <= step / 2 + (value.upper - value.lower)


def test_json() -> None:
    data = json.loads(render(SOME, "json", dps=25))["constants"]
    assert [row["name"] for row in data] == [entry.name for entry in SOME]
    for row, entry in zip(data, SOME, strict=True):
        value = row["value"]
        assert set(value) == {"digits", "midpoint", "radius", "ball", "exact", "latex"}
        assert agrees(value["digits"], entry, 25)
        assert Enclosure.from_integers(value["ball"]).overlaps(entry.enclose(dps=40))
        assert row["source"] == entry.source
    assert data[3]["value"]["exact"] is None
    assert data[3]["shipped"][0]["library"] == "NFNets"


def test_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(render(SOME, "csv"))))
    for row, entry in zip(rows, SOME, strict=True):
        assert row["name"] == entry.name
        assert agrees(row["value"], entry, 20)


def test_python() -> None:
    tree = ast.parse(render(SOME, "python", dps=18))
    names = [node.targets[0].id for node in tree.body if isinstance(node, ast.Assign)]  # type: ignore[attr-defined]
    assert names == ["SELU_ALPHA", "RESIDUAL_C", "C_ALPHA_1", "GAIN_TANH", "GAIN_SELU"]
    values = [ast.literal_eval(n.value) for n in tree.body if isinstance(n, ast.Assign)]
    assert values == [float(entry) for entry in SOME]
    assert all(isinstance(value, float) for value in values)


def test_c_header() -> None:
    text = render(SOME, "c", dps=20)
    found = re.findall(r"^#define SYMPROP_(\w+) (\S+) /\* .* \*/$", text, re.MULTILINE)
    assert [name for name, _ in found][:2] == ["SELU_ALPHA", "RESIDUAL_C"]
    for (_, digits), entry in zip(found, SOME, strict=True):
        assert float(digits) == float(entry)
    assert text.count("#ifndef") == text.count("#endif") == 1


def test_latex() -> None:
    text = render(SOME, "latex")
    assert text.count(r"\\") == 1 + len(SOME)
    assert r"\texttt{c\_alpha:1}" in text
    for rule in (r"\toprule", r"\midrule", r"\bottomrule"):
        assert text.count(rule) == 1
    body = re.sub(r"\\[&%$#_{}]", "", text)
    assert body.count("{") == body.count("}")
    assert body.count("$") % 2 == 0


@pytest.mark.parametrize("form", FORMATS)
def test_the_whole_catalogue_can_be_written(form: str) -> None:
    assert render(CONSTANTS.values(), form, dps=15).endswith("\n")


def test_comments_cannot_be_closed_from_inside() -> None:
    entry = Constant("a", "a */ b", "a", "a", function="tanh")
    assert render([entry], "c").count("*/") == 1


def test_identifiers_must_differ() -> None:
    twins = [Constant(name, "a", "a", "a", form=sympy.S.One) for name in ("a.b", "a_b")]
    with pytest.raises(InvalidArgument, match="distinct"):
        render(twins, "c")


def test_record_of_an_exact_number() -> None:
    small = number_record(Enclosure(Fraction(1, 3) / 10**12, bits=100), dps=3)
    assert (small["digits"], small["latex"]) == ("3.33e-13", r"3.33 \times 10^{-13}")
    record = number_record(Enclosure(2), dps=5, exact=sympy.Integer(2))
    assert (record["digits"], record["exact"], record["ball"]) == ("2", "2", [1, 1, 0, 0])


def test_refuses_unknown_formats() -> None:
    with pytest.raises(InvalidArgument, match="form"):
        render(SOME, "yaml")
    with pytest.raises(InvalidArgument, match="dps"):
        render(SOME, "c", dps=0)
