"""W of tanh at large variance near correlation one, against the Fourier side and V."""

from __future__ import annotations

from math import log

import pytest
from flint import arb

from symprop.gaussian import tanh_saturated
from symprop.gaussian.tanh_fourier import fourier_kernel
from symprop.gaussian.tanh_length import second_moment
from symprop.gaussian.tanh_saturated import (
    _mean_by_rule,
    _outer_polynomial,
    saturated_kernel,
)
from symprop.numerics.precision import working_bits


def exact(text: str) -> arb:
    with working_bits(300):
        return arb(text).mid()


def complement(gap: arb) -> arb:
    with working_bits(600):
        return 1 - gap


@pytest.mark.parametrize("q", ["45", "100", "1e3", "1e5", "1e9"])
@pytest.mark.parametrize("gap", ["0.2", "0.05", "0.01", "1e-3"])
def test_agrees_with_the_fourier_side(q: str, gap: str) -> None:
    near = exact(gap)
    truth = fourier_kernel(exact(q), exact(q), complement(near), near, 90)
    for bits in (2, 8, 20, 40, 71):
        ball = saturated_kernel(exact(q), near, bits)
        assert ball is not None
        assert ball.overlaps(truth)
        assert ball.rel_accuracy_bits() >= bits - 1


@pytest.mark.parametrize("q", ["60", "1e3", "1e6", "1e12"])
@pytest.mark.parametrize("bits", [10, 71, 150])
def test_tends_to_the_second_moment(q: str, bits: int) -> None:
    """``0 <= V - W <= (4/(3 sqrt(2 pi))) sqrt(q) (1 - c)``."""
    near = exact("1e-40")
    ball = saturated_kernel(exact(q), near, bits)
    if ball is None:
        assert float(exact(q)) < 0.4 * bits
        return
    with working_bits(300):
        moment = second_moment(exact(q), 250)
        slope = 4 * exact(q).sqrt() / (3 * (2 * arb.pi()).sqrt())
        assert ball.overlaps(moment - arb(0.5, 0.5) * slope * near)


@pytest.mark.parametrize("bits", [20, 71, 187])
@pytest.mark.parametrize("factor", [0.5, 0.98, 1.02, 3.0])
def test_both_sides_of_the_inner_switch(
    bits: int, factor: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule with poles or inner series: both hold where ``b**2`` is near the switch."""
    goal = bits * log(2) + 4
    gap = arb(0.01)
    with working_bits(100):
        q = arb(factor * goal / 0.02)
    values = []
    for switch in (1e9, 0.0):
        monkeypatch.setattr(tanh_saturated, "_SPARSE", switch)
        values.append(saturated_kernel(q, gap, bits))
    by_rule, by_series = values
    assert by_rule is not None
    assert by_series is not None
    assert by_rule.overlaps(by_series)
    assert by_rule.rel_accuracy_bits() >= bits - 1
    if factor >= 1:
        assert by_series.rel_accuracy_bits() >= bits - 1


@pytest.mark.parametrize("step", range(12))
def test_every_position_of_the_line_between_poles(step: int) -> None:
    gap = arb(0.001 + 0.0007 * step)
    q = arb(200)
    truth = saturated_kernel(q, gap, 120)
    ball = saturated_kernel(q, gap, 12)
    assert truth is not None
    assert ball is not None
    assert ball.overlaps(truth)


def test_bound_of_the_rule_where_its_error_dominates() -> None:
    """Goals of a few nats: the rule's own error, not rounding, fills the ball."""
    nearest = 0.0
    for index in range(300):
        q, gap = arb(40 * 1.02**index), arb(0.1 * 0.97**index)
        with working_bits(160):
            a2, b2 = 2 * q * (2 - gap), 2 * q * gap
            outer, _ = _outer_polynomial(a2, b2, b2.sqrt(), 6)
            truth = _mean_by_rule(outer, a2, b2, b2.sqrt(), 80.0)
            ball = _mean_by_rule(outer, a2, b2, b2.sqrt(), 0.3 + 0.01 * (index % 40))
            assert ball.overlaps(truth)
            nearest = max(nearest, float(abs(ball.mid() - truth.mid()) / ball.rad()))
    assert nearest > 0.2  # or this test would prove little


def test_refuses_moderate_variances() -> None:
    assert saturated_kernel(arb(2), arb(0.01), 60) is None
    assert saturated_kernel(arb(60), arb(0.01), 300) is None
