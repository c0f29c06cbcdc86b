"""Critical maps against the kernel engine, and gaps after many layers."""

from fractions import Fraction

import pytest
from flint import arb

from symprop.asymptotics.kernel_maps import kernel_map
from symprop.claims.critical_maps import GAP_MAPS, gap_after, leaky_map, least_map_value
from symprop.numerics.precision import working_bits


@pytest.mark.parametrize("phi", sorted(set(GAP_MAPS) - {"erf"}))
def test_maps_are_those_of_the_activations(phi: str) -> None:
    kernel = kernel_map(phi)
    with working_bits(128):
        for gap in (Fraction(1), Fraction(1, 7), Fraction(1, 10**4)):
            ball = GAP_MAPS[phi]()(arb(gap.numerator) / gap.denominator)
            assert ball.overlaps(kernel.deficit(angle_gap=gap, dps=25).ball)


def test_erf_map_is_critical() -> None:
    with working_bits(200):
        gap = arb(2) ** -40
        assert abs(GAP_MAPS["erf"]()(gap) / gap - 1) < 1e-11


def test_gaps_do_not_lose_digits() -> None:
    coarse, fine = (gap_after("relu", Fraction(1), 1024, dps) for dps in (15, 40))
    assert coarse.overlaps(fine)
    assert coarse.rel_accuracy_bits() > 100


def test_gap_after_takes_powers_of_two_from_one_run() -> None:
    with working_bits(128):
        step = GAP_MAPS["exp"]()
        assert gap_after("exp", Fraction(1), 1, 15).overlaps(step(arb(1)))
        assert gap_after("exp", Fraction(1), 4, 15).overlaps(step(step(step(step(arb(1))))))


def test_least_value_starts_at_minus_one() -> None:
    with working_bits(64):
        assert least_map_value(leaky_map(Fraction(1, 2)), 0) == -1
        assert least_map_value(leaky_map(Fraction(1, 2)), 1).overlaps(arb(-4) / 5)
