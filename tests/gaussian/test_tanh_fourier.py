"""The Fourier-side double sum of W tanh: limits, symmetry, and truth of its remainder."""

from __future__ import annotations

from itertools import pairwise

import mpmath
import pytest
from flint import arb

from symprop.gaussian import tanh_fourier
from symprop.gaussian.tanh_fourier import fourier_kernel
from symprop.gaussian.tanh_grid import Grid, choose_grid
from symprop.gaussian.tanh_length import second_moment
from symprop.numerics.precision import working_bits


def exact(text: str) -> arb:
    with working_bits(200):
        return arb(text).mid()


def gap_of(rho: arb) -> arb:
    with working_bits(500):
        return 1 - rho


@pytest.mark.parametrize("q", ["0.01", "0.05", "0.7", "3", "20", "300"])
def test_is_the_second_moment_at_correlation_one(q: str) -> None:
    for bits in (5, 40, 71, 150):
        ball = fourier_kernel(exact(q), exact(q), arb(1), arb(0), bits)
        assert ball.overlaps(second_moment(exact(q), 200))
        assert ball.rel_accuracy_bits() >= bits - 4


@pytest.mark.parametrize("q", ["0.03", "1", "12", "1e4", "1e9"])
@pytest.mark.parametrize("c", ["1e-12", "0.2", "0.8", "0.9999"])
def test_finer_balls_lie_in_coarser_ones(q: str, c: str) -> None:
    rho = exact(c)
    balls = [fourier_kernel(exact(q), exact(q), rho, gap_of(rho), b) for b in (3, 12, 40, 71, 187)]
    assert balls[-1].rel_accuracy_bits() >= 185
    assert all(ball.overlaps(balls[-1]) for ball in balls)
    assert all(a.rad() > b.rad() for a, b in pairwise(balls))


@pytest.mark.parametrize(
    ("q1", "q2", "c"), [("0.05", "2", "0.5"), ("1", "100", "0.95"), ("1e-3", "1e6", "0.1")]
)
def test_symmetric_in_unequal_variances(q1: str, q2: str, c: str) -> None:
    rho = exact(c)
    first = fourier_kernel(exact(q1), exact(q2), rho, gap_of(rho), 71)
    second = fourier_kernel(exact(q2), exact(q1), rho, gap_of(rho), 71)
    assert first.overlaps(second)
    assert first.overlaps(fourier_kernel(exact(q1), exact(q2), rho, gap_of(rho), 150))
    assert first.rel_accuracy_bits() >= 69


def test_equal_variances_take_the_same_value_on_the_general_path() -> None:
    """A variance a little off makes the code treat both sides separately."""
    q, rho = exact("0.8"), exact("0.7")
    with working_bits(300):
        other = (q * (1 + arb((1, -200)))).mid()
    assert other != q
    same = fourier_kernel(q, q, rho, gap_of(rho), 120)
    assert same.overlaps(fourier_kernel(q, other, rho, gap_of(rho), 120))


@pytest.mark.parametrize("q", [0.04, 0.5, 2.0, 15.0, 400.0])
@pytest.mark.parametrize("c", [0.01, 0.6, 0.97])
@pytest.mark.parametrize("change", ["step", "nodes", "lags", "poles"])
def test_bounds_hold_on_a_grid_that_is_too_coarse(
    q: float, c: float, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each source of error is made dominant in turn; the ball must stay true."""
    rho = arb(c)
    truth = fourier_kernel(arb(q), arb(q), rho, gap_of(rho), 120)

    def coarse(*arguments: object) -> Grid:
        grid = choose_grid(*arguments)  # type: ignore[arg-type]
        fields = {
            "step": grid.step,
            "heights": grid.heights,
            "poles": grid.poles,
            "nodes": grid.nodes,
            "lags": grid.lags,
            "bits": grid.bits,
        }
        if change == "step":
            fields["step"] = 1.4 * grid.step
        elif change == "nodes":
            fields["nodes"] = (grid.nodes[0] // 2, grid.nodes[1] // 2)
            fields["lags"] = min(grid.lags, 2 * (grid.nodes[0] // 2) - 1)
        elif change == "lags":
            fields["lags"] = grid.lags // 3
        else:  # a lower line, with fewer poles below it
            spacing = 2 * q**0.5
            lower = spacing * (max(0, grid.poles[0] - 1) + 0.5)
            fields["heights"] = (lower, lower)
            fields["poles"] = (max(0, grid.poles[0] - 1),) * 2
        return Grid(**fields)  # type: ignore[arg-type]

    monkeypatch.setattr(tanh_fourier, "choose_grid", coarse)
    for bits in (15, 60):
        ball = fourier_kernel(arb(q), arb(q), rho, gap_of(rho), bits)
        assert ball.is_finite()
        assert ball.overlaps(truth)


def test_a_variance_beyond_floats() -> None:
    """The limit, ``E tanh(u) sign(v)``, by mpmath."""
    c = arb(0.5)
    with working_bits(200):
        value = fourier_kernel(arb(1), (arb(10) ** 400).mid(), c, 1 - c, 80)
    with mpmath.workdps(30):
        ratio = 1 / mpmath.sqrt(6)  # c/sqrt(1 - c**2)/sqrt(2)
        limit = mpmath.quad(
            lambda u: 2 * mpmath.tanh(u) * mpmath.erf(ratio * u) * mpmath.npdf(u), [0, 2, 5, 12]
        )
        digits = mpmath.nstr(limit, 28)
    with working_bits(200):
        assert abs(value - arb(digits)) < arb("1e-22")
