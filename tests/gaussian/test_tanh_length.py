"""V of tanh: both methods against each other, other quadrature, and the 1/q expansion."""

from __future__ import annotations

import mpmath
import pytest
from flint import arb

from symprop.gaussian.tanh_length import _series, _trapezoid, dirichlet_eta, second_moment
from symprop.numerics.precision import working_bits

VARIANCES = ("1e-12", "1e-5", "1/50", "1/10", "3/10", "1", "3", "10", "35", "100", "1e3", "1e6")


def exact(text: str) -> arb:
    with working_bits(200):
        top, _, bottom = text.partition("/")
        return (arb(top) / arb(bottom or "1")).mid()


def by_quadrature(q: arb, dps: int) -> mpmath.mpf:
    """Tanh-sinh quadrature, cut where tanh bends."""
    with mpmath.workdps(dps + 10):
        mantissa, exponent = (int(part) for part in q.man_exp())
        scale = mpmath.sqrt(mpmath.ldexp(mpmath.mpf(mantissa), exponent))
        end = mpmath.sqrt(2 * (dps + 8) * mpmath.log(10))
        cuts = {mpmath.mpf(0), end, mpmath.mpf(2), mpmath.mpf(6)}
        cuts |= {k / scale for k in (1, 4, 15, 60) if k / scale < end}
        return 2 * mpmath.quad(lambda x: mpmath.tanh(scale * x) ** 2 * mpmath.npdf(x), sorted(cuts))


def holds(ball: arb, value: mpmath.mpf, dps: int) -> bool:
    """Whether the ball meets ``value`` widened by its own error ``10**-dps``, relative."""
    with working_bits(400):
        middle = arb(mpmath.nstr(value, dps + 5))
        return bool(ball.overlaps(middle * arb(1, arb(f"1e-{dps}"))))


@pytest.mark.parametrize("text", VARIANCES)
def test_agrees_with_tanh_sinh_quadrature(text: str) -> None:
    q = exact(text)
    value = by_quadrature(q, 30)
    for bits in (12, 53, 100):
        ball = second_moment(q, bits)
        assert holds(ball, value, 30)
        assert ball.rel_accuracy_bits() >= bits - 2


@pytest.mark.parametrize("text", VARIANCES)
def test_finer_balls_lie_in_coarser_ones(text: str) -> None:
    q = exact(text)
    finest = second_moment(q, 700)
    assert finest.rel_accuracy_bits() >= 698
    for bits in (2, 5, 10, 20, 40, 71, 150, 300):
        ball = second_moment(q, bits)
        assert ball.overlaps(finest)
        assert ball.rad() > finest.rad()


@pytest.mark.parametrize("bits", [8, 20, 71, 187])
@pytest.mark.parametrize("factor", [0.9, 0.999, 1.001, 2.0])
def test_both_sides_of_the_switch(bits: int, factor: float) -> None:
    q = arb(factor * 0.8 * bits * 0.6931471805599453)
    by_series, by_rule = _series(q, bits), _trapezoid(q, bits)
    assert by_series is not None
    assert by_series.overlaps(by_rule)
    assert second_moment(q, 2 * bits).overlaps(by_series)


def test_series_gives_up_where_its_terms_stay_large() -> None:
    assert _series(arb(3), 60) is None


@pytest.mark.parametrize("shift", [-1, 1])
def test_both_sides_of_the_tiny_switch(shift: int) -> None:
    bits = 40
    q = arb((1, -bits - 2)) * (1 + arb((shift, -6)))
    assert second_moment(q, bits).overlaps(_trapezoid(q, 2 * bits))
    assert second_moment(q, bits).rel_accuracy_bits() >= bits - 1


@pytest.mark.parametrize("step", range(25))
def test_every_position_of_the_line_between_poles(step: int) -> None:
    """The line moves past two poles of tanh as ``q`` grows; none is forgotten or doubled."""
    q = arb(0.05 + 0.04 * step)
    assert _trapezoid(q, 6).overlaps(_trapezoid(q, 200))
    assert _trapezoid(q, 60).overlaps(_trapezoid(q, 200))
    assert _trapezoid(q, 60).rel_accuracy_bits() >= 58


def test_expansion_in_the_inverse_variance() -> None:
    """1 - V = C q^(-1/2) - pi^2/(12 sqrt(2 pi)) q^(-3/2) + O(q^(-5/2)), C = sqrt(2/pi)."""
    with working_bits(300):
        first = (2 / arb.pi()).sqrt()
        second = arb.pi() ** 2 / (12 * (2 * arb.pi()).sqrt())
        third = 7 * arb.pi() ** 4 / (960 * (2 * arb.pi()).sqrt())
        for exponent in (3, 4, 5, 6):
            q = arb(10) ** exponent
            root = q.sqrt()
            rest = (1 - second_moment(q, 200)) * root - first + second / q
            assert 0 < rest * q * q < third
            assert rest * q * q > third * (1 - 20 / q)


def test_extreme_variances_neither_fail_nor_widen() -> None:
    for text in ("1e-400", "1e-300", "1e300", "1e400"):
        for bits in (20, 71, 1400):
            ball = second_moment(exact(text), bits)
            assert ball.rel_accuracy_bits() >= bits - 1
            assert ball > 0
            assert not ball > 1


@pytest.mark.parametrize("order", [0, 2, 4, 30, 200])
def test_dirichlet_eta(order: int) -> None:
    with working_bits(120), mpmath.workprec(160):
        value = mpmath.altzeta(order)
        assert holds(dirichlet_eta(order), value, 35)
