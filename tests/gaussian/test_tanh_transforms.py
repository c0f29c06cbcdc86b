"""V and W of tanh on balls: vectors of another system, limits, hulls, refusals."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from flint import arb

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.gaussian.tanh_transforms import tanh_cross_kernel, tanh_kernel, tanh_second_moment
from symprop.numerics.precision import working_bits

VECTORS = Path(__file__).parents[1] / "vectors" / "tanh_kernel.csv"
VARIANCES = ("1e-300", "1e-12", "1e-3", "0.03", "0.4", "1", "10", "40", "1e3", "1e6", "1e12")
GAPS = ("0", "1e-40", "1e-14", "1e-6", "1e-3", "0.04", "0.06", "0.5", "0.9", "0.999999999999")


def exact(text: str) -> arb:
    with working_bits(400):
        return arb(text).mid()


def complement(x: arb) -> arb:
    with working_bits(700):
        return 1 - x


def rows() -> list[dict[str, str]]:
    with VECTORS.open(encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"q={row['q']}, gap={row['gap']}")
def test_vectors_of_nested_quadrature(row: dict[str, str]) -> None:
    with working_bits(300):
        q, gap, value = arb(row["q"]), arb(row["gap"]), arb(row["value"])
        c = 1 - gap
        truth = value * arb(1, arb("1e-27"))  # printed to 30 digits or more
    for bits in (10, 71, 100):
        ball = tanh_kernel(q, c, gap, bits)
        assert ball.overlaps(truth)
        assert ball.rel_accuracy_bits() >= bits - 10


@pytest.mark.parametrize("q", VARIANCES)
@pytest.mark.parametrize("sign", [1, -1])
def test_no_argument_is_hostile(q: str, sign: int) -> None:
    """Any size of ``q``, any distance from ``c = +-1`` and from 0: full relative accuracy."""
    for gap in GAPS:
        near = exact(gap)
        c = sign * complement(near)
        coarse, fine = (tanh_kernel(exact(q), c, near, bits) for bits in (20, 71))
        assert coarse.overlaps(fine)
        assert fine.rel_accuracy_bits() >= 71 - 8
        assert coarse.rel_accuracy_bits() >= 20 - 8
        assert (fine > 0) == (sign > 0)


def test_arguments_beyond_the_range_of_floats() -> None:
    half = arb(0.5)
    for q in ("1e-400", "1e400"):
        for gap in (half, exact("1e-390"), exact("1e-500")):
            ball = tanh_kernel(exact(q), complement(gap), gap, 60)
            assert ball.rel_accuracy_bits() >= 55
            assert not ball > tanh_second_moment(exact(q), 60)
    tiny = exact("1e-400")
    assert tanh_kernel(arb(1), tiny, complement(tiny), 60).rel_accuracy_bits() >= 55
    assert tanh_cross_kernel(tiny, arb(1), half, half, 60) is not None
    assert tanh_cross_kernel(tiny, arb(1e6), half, half, 60) is None


def test_zero_arguments() -> None:
    zero, half = arb(0), arb(0.5)
    assert tanh_second_moment(zero, 50).is_zero()
    assert tanh_kernel(zero, half, half, 50).is_zero()
    assert tanh_kernel(arb(3), zero, arb(1), 50).is_zero()
    cross = tanh_cross_kernel(arb(3), zero, half, half, 50)
    assert cross is not None
    assert cross.is_zero()


@pytest.mark.parametrize("c", ["0.1", "0.5", "0.95"])
def test_first_correction_to_the_arcsine(c: str) -> None:
    """(2/pi) asin c - W = (pi/6) c/sqrt(1 - c^2)/q + O(q^-2)."""
    rho = exact(c)
    with working_bits(300):
        first = arb.pi() / 6 * rho / (1 - rho * rho).sqrt()
        for exponent in (3, 5, 7):
            q = arb(10) ** exponent
            rest = (2 * rho.asin() / arb.pi() - tanh_kernel(q, rho, 1 - rho, 150)) * q - first
            assert -100 < rest * q < 0  # the first term bounds the difference from above


def test_slope_at_correlation_one() -> None:
    """V - W = q E sech^4 (1 - c) + O((1 - c)^2), with 1 <= E sech^4 sqrt(4q + 1) < 4C/3."""
    gap = exact("1e-14")
    with working_bits(300):
        for text in ("1e-6", "0.3", "4", "1000"):
            q = exact(text)
            deficit = tanh_second_moment(q, 200) - tanh_kernel(q, 1 - gap, gap, 200)
            slope = deficit / (q * gap)
            scaled = slope * (4 * q + 1).sqrt()
            assert 1 - 100 * q * gap < scaled
            assert scaled < 4 * (2 / arb.pi()).sqrt() / 3


def test_rounded_arguments_cost_no_accuracy() -> None:
    for bits in (40, 71, 187):
        with working_bits(bits):
            q, c = arb(1) / 10, arb(3) / 7
            gap = 1 - c
        ball = tanh_kernel(q, c, gap, bits)
        with working_bits(600):
            finer = tanh_kernel(arb(1) / 10, arb(3) / 7, 1 - arb(3) / 7, bits + 100)
            moment = tanh_second_moment(arb(1) / 10, bits + 100)
        assert ball.rel_accuracy_bits() >= bits - 8
        assert ball.overlaps(finer)
        assert tanh_second_moment(q, bits).overlaps(moment)
        assert tanh_second_moment(q, bits).rel_accuracy_bits() >= bits - 8


@pytest.mark.parametrize("radius", ["1e-9", "1e-2", "0.3"])
def test_wide_arguments_give_the_hull(radius: str) -> None:
    with working_bits(200):
        q = 1 + arb(0, arb(radius))
        c = arb("0.6") + arb(0, arb(radius))
        gap = 1 - c
        low, high = (
            tanh_kernel(
                1 + s * arb(radius), arb("0.6") + s * arb(radius), arb("0.4") - s * arb(radius), 80
            )
            for s in (-1, 1)
        )
        ball = tanh_kernel(q, c, gap, 80)
        assert ball.contains(low.mid())
        assert ball.contains(high.mid())
        assert ball.rad() < 0.5 * (high - low) * arb("1.01")
        moment = tanh_second_moment(q, 80)
        assert moment.contains(tanh_second_moment(q.mid(), 80).mid())
        width = tanh_second_moment(q.upper(), 80) - tanh_second_moment(q.lower(), 80)
        assert moment.rad() < 0.5 * width * arb("1.01")


def test_balls_across_zero_and_across_one() -> None:
    q = arb(2)
    across = tanh_kernel(q, arb(0.1, 0.2), arb(0.9, 0.2), 60)
    assert across.contains(0)
    assert across.overlaps(tanh_kernel(q, arb(0.29), arb(0.71), 60))
    assert across.overlaps(-tanh_kernel(q, arb(0.09), arb(0.91), 60))
    beyond = tanh_kernel(q, arb(1, 0.01), arb(0, 0.01), 60)
    assert beyond.overlaps(tanh_second_moment(q, 60))
    assert not beyond > tanh_second_moment(q, 60)
    negative = tanh_second_moment(arb(0, 1), 60)
    assert negative.contains(0)
    assert negative.overlaps(tanh_second_moment(arb(0.99), 60))


def test_unequal_variances() -> None:
    c, gap = arb(0.75), arb(0.25)
    for q1, q2 in (("1e-8", "3"), ("0.02", "0.01"), ("0.5", "40"), ("1e4", "7"), ("1e12", "1e9")):
        ball = tanh_cross_kernel(exact(q1), exact(q2), c, gap, 71)
        swapped = tanh_cross_kernel(exact(q2), exact(q1), c, gap, 120)
        negative = tanh_cross_kernel(exact(q1), exact(q2), -c, gap, 71)
        assert ball is not None
        assert swapped is not None
        assert negative is not None
        assert ball.rel_accuracy_bits() >= 66
        assert ball.overlaps(swapped)
        assert (-negative).overlaps(swapped)


def test_cross_kernel_of_equal_variances() -> None:
    for text in ("0.001", "1", "5000"):
        q = exact(text)
        cross = tanh_cross_kernel(q, q, arb(0.9), exact("0.1"), 71)
        assert cross is not None
        assert cross.overlaps(tanh_kernel(q, arb(0.9), exact("0.1"), 71))


def test_refusals() -> None:
    half = arb(0.5)
    with pytest.raises(OutOfDomain, match="Expected q to be >= 0"):
        tanh_second_moment(arb(-1), 50)
    with pytest.raises(OutOfDomain, match="Expected q to be >= 0"):
        tanh_kernel(arb(-1), half, half, 50)
    with pytest.raises(OutOfDomain, match=r"Expected c inside \[-1, 1\]"):
        tanh_kernel(arb(1), arb(1.5), arb(-0.5), 50)
    with pytest.raises(InvalidArgument, match="Expected q2 to be finite"):
        tanh_cross_kernel(arb(1), arb("inf"), half, half, 50)
    with pytest.raises(InvalidArgument, match="to be finite"):
        tanh_kernel(arb(1), arb("nan"), arb("nan"), 50)
    assert tanh_cross_kernel(exact("1e-9"), exact("1e7"), half, half, 50) is None
