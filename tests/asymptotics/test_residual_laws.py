"""Every regime, the borders between them, and refusals that say why."""

from __future__ import annotations

import pytest
import sympy

from symprop.asymptotics.residual_laws import residual_rates
from symprop.foundation.errors import InvalidArgument, NoClosedForm, OutOfDomain
from symprop.gaussian.transforms import v_transform


def test_reduced_network_is_a_full_one_without_branch_weights() -> None:
    reduced = residual_rates("rrn", "tanh", weight_variance="169/100", bias_variance="1/2")
    full = residual_rates(
        "frn", "tanh", weight_variance="169/100", bias_variance="1/2", branch_weight_variance=1
    )
    common = {c.name: c.closed_form for c in full if c.name not in ("B_v", "B_a")}
    assert {c.name: c.closed_form for c in reduced} == common
    assert reduced["e_star"].closed_form == 0
    # 4/(3 pi) - 4 sw/(9 pi) of the paper's proof for the reduced network
    expected = 4 / (3 * sympy.pi) - sympy.Rational(169, 100) * 4 / (9 * sympy.pi)
    assert sympy.simplify(reduced["B"].closed_form - expected) == 0


def test_regimes() -> None:
    found = {
        name: residual_rates("frn", name, weight_variance=1, branch_bias_variance=1).regime
        for name in ("tanh", "sign", "softsign", "relu", "abs", "identity", "alpha_relu:1/3")
    }
    assert found == {
        "tanh": "saturated",
        "sign": "saturated",
        "softsign": "saturated",
        "relu": "exponential",
        "abs": "exponential",
        "identity": "exponential",
        "alpha_relu:1/3": "power",
    }


def test_laws_name_only_constants_that_exist() -> None:
    heavy = residual_rates("frn", "softsign", weight_variance=1)
    slow = {"b1_log", "b2_log2", "b2_log3", "P_log", "B_log2"}
    assert slow < set(heavy.names)
    assert all(any(name in law for law in heavy.laws) for name in slow)
    smooth = residual_rates("frn", "tanh", weight_variance=1)
    assert slow.isdisjoint(smooth.names)
    assert not any("_log" in law for law in smooth.laws)
    jump = residual_rates("frn", "sign", weight_variance=1)
    assert jump.laws[-1] == "the expected squared gradient is infinite: the activation jumps"
    assert jump["b1"].closed_form == 0
    linear = residual_rates("frn", "identity", weight_variance=1)
    assert "depends on the input" in linear.laws[-1]


@pytest.mark.parametrize("alpha", ["1/4", "1/2", "3/4"])
@pytest.mark.parametrize("bias", [0, 1])
def test_power_laws_name_only_constants_that_exist(alpha: str, bias: int) -> None:
    rates = residual_rates(
        "frn", f"alpha_relu:{alpha}", weight_variance=1, branch_bias_variance=bias
    )
    text = " ".join(rates.laws)
    assert ("offset_exponent" in text) == ("offset_exponent" in rates.names) == bool(bias)
    assert ("^R" in text) == ("R" in rates.names) == (alpha == "3/4")
    assert ("~ K l" in text) == ("K" in rates.names)


def test_frozen_branch() -> None:
    """No inner weights: p grows by the same amount in every layer and e tends to 1 like 1/l."""
    rates = residual_rates(
        "frn",
        "tanh",
        weight_variance=0,
        bias_variance=2,
        branch_weight_variance=3,
        branch_bias_variance="1/2",
    )
    assert rates.regime == "constant branch"
    expected = v_transform("tanh").enclose(2, dps=30) * 3 + "1/2"
    assert rates["b0"].enclose(dps=25).overlaps(expected)
    assert (rates["e_star"].closed_form, rates["delta_star"].closed_form) == (1, 1)


def test_no_branch_weights() -> None:
    rates = residual_rates(
        "frn", "gelu", weight_variance=1, branch_weight_variance=0, branch_bias_variance=2
    )
    assert (rates.regime, rates["b0"].closed_form) == ("constant branch", 2)


def test_nothing_moves() -> None:
    for settings in (
        {"weight_variance": 0},
        {"weight_variance": 1, "branch_weight_variance": 0},
    ):
        rates = residual_rates("frn", "tanh", **settings)
        assert (rates.regime, rates.constants) == ("identity", ())


def test_value_at_zero_of_a_frozen_branch() -> None:
    assert residual_rates("frn", "cos", weight_variance=0)["b0"].closed_form == 1
    with pytest.raises(OutOfDomain, match="continuous at 0"):
        residual_rates("frn", "step", weight_variance=0)


@pytest.mark.parametrize("name", ["relu", "gelu", "exp", "alpha_relu:1/2"])
def test_reduced_network_needs_an_odd_activation(name: str) -> None:
    with pytest.raises(OutOfDomain, match="to be odd in a reduced network"):
        residual_rates("rrn", name, weight_variance=1)


def test_reduced_network_has_no_branch_variances() -> None:
    with pytest.raises(OutOfDomain, match="branch_weight_variance to be 1"):
        residual_rates("rrn", "tanh", weight_variance=1, branch_weight_variance=2)
    with pytest.raises(OutOfDomain, match="branch_bias_variance to be 0"):
        residual_rates("rrn", "tanh", weight_variance=1, branch_bias_variance=1)


@pytest.mark.parametrize("name", ["gelu", "squared_relu", "sin", "relu6", "alpha_relu:3/2"])
def test_no_law(name: str) -> None:
    with pytest.raises(NoClosedForm):
        residual_rates("frn", name, weight_variance=1)


def test_powers_that_are_not_positive() -> None:
    step = residual_rates("frn", "alpha_relu:0", weight_variance=1)
    assert (step.regime, step["b0"].closed_form) == ("saturated", sympy.S.Half)
    steep = residual_rates("frn", "alpha_relu:-1/4", weight_variance=1)
    assert steep.names == ("e_star", "e_star_gap", "mu", "c_alpha", "K1", "K2")
    driven = residual_rates("frn", "alpha_relu:-1/4", weight_variance=1, branch_bias_variance=1)
    assert driven.names == ("e_star", "c_alpha", "b0", "K", "gap_exponent", "G")
    for table in (steep, driven):
        assert table.regime == "power"
        assert "not integrable" in table.laws[-1]
    with pytest.raises(OutOfDomain, match="alpha > -1/2"):
        residual_rates("frn", "alpha_relu:-1/2", weight_variance=1)


def test_arguments() -> None:
    with pytest.raises(InvalidArgument, match="'frn', 'rrn'"):
        residual_rates("resnet", "tanh", weight_variance=1)
    with pytest.raises(OutOfDomain, match="bias_variance to be >= 0"):
        residual_rates("frn", "tanh", weight_variance=1, bias_variance=-1)
