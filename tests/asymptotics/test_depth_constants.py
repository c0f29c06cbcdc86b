"""Constants as data: exact where their arguments are, balls otherwise, refused when unknown."""

from __future__ import annotations

import pytest
import sympy
from flint import arb

from symprop.asymptotics.depth_constants import (
    DepthConstant,
    RateTable,
    ResidualVariances,
    require_variance,
    sign_of_number,
)
from symprop.foundation.errors import (
    InvalidArgument,
    NoClosedForm,
    OutOfDomain,
    PrecisionNotReached,
)
from symprop.numerics.enclosure import Enclosure

Y = sympy.Symbol("y", positive=True)


def test_exact_argument() -> None:
    constant = DepthConstant("c", "a law", sympy.sqrt(Y), {Y: "9/4"})
    assert constant.closed_form == sympy.Rational(3, 2)
    assert constant.enclose(dps=40).contains("3/2")


def test_ball_argument() -> None:
    constant = DepthConstant("c", "a law", sympy.sqrt(Y), {Y: Enclosure(arb(4, 1e-20))})
    with pytest.raises(NoClosedForm, match="in terms of y"):
        _ = constant.closed_form
    assert constant.enclose(dps=15).contains(2)
    with pytest.raises(PrecisionNotReached):
        constant.enclose(dps=50)


def test_argument_found_by_a_function() -> None:
    constant = DepthConstant("c", "a law", Y**2, {Y: lambda bits: arb(2).sqrt()})
    assert constant.enclose(dps=100).overlaps(2)
    with pytest.raises(NoClosedForm):
        _ = constant.closed_form


def test_table() -> None:
    table = RateTable("frn", "tanh", "saturated", (), (DepthConstant("a", "law", Y, {Y: 1}),))
    assert table["a"].closed_form == 1
    assert [constant.name for constant in table] == ["a"]
    with pytest.raises(InvalidArgument, match="one of a but got name=b"):
        table["b"]


def test_signs() -> None:
    assert [sign_of_number(x, "x") for x in (0, "1/3", -0.5, Enclosure(arb(1, 0.5)))] == [
        0,
        1,
        -1,
        1,
    ]
    with pytest.raises(OutOfDomain, match="proved sign"):
        sign_of_number(Enclosure(arb(0, 0.5)), "x")


def test_variances() -> None:
    assert [require_variance(x, "x") for x in (0, "1/2")] == [0, 1]
    with pytest.raises(OutOfDomain, match="Expected weight_variance to be >= 0"):
        ResidualVariances(1, 0, -1, 0)
    with pytest.raises(InvalidArgument):
        ResidualVariances(1, 0, float("nan"), 0)
