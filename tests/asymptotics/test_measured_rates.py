"""Measured exponents: right within their estimated error, and able to tell neighbours apart."""

from __future__ import annotations

import mpmath
import pytest

from symprop.asymptotics.measured_rates import Measurement, measured_exponent, measured_limit
from symprop.foundation.errors import InvalidArgument, OutOfDomain
from tests.malformed import NO_NUMBERS, NO_SEQUENCES, assert_refused

DEPTHS = [2**k for k in range(4, 15)]


@pytest.mark.parametrize("exponent", [-2, -0.36338, 0.5, 1 / 3])
@pytest.mark.parametrize("gap", [0.5, 0.75, 1])
def test_power_with_unknown_corrections(exponent: float, gap: float) -> None:
    found = measured_exponent(
        [7 * n**exponent * (1 + 2 * n**-gap - n ** (-2 * gap)) for n in DEPTHS]
    )
    assert found.agrees_with(exponent)
    assert found.error < 0.05


def test_slow_corrections_have_to_be_named() -> None:
    values = [7 * mpmath.mpf(n) ** -2 * (1 + 2 * mpmath.mpf(n) ** -0.25) for n in DEPTHS]
    found = measured_exponent(values, corrections=[k / 4 for k in range(1, 9)])
    assert found.agrees_with(-2)
    assert found.error < 1e-2


def test_known_corrections_give_many_digits() -> None:
    values = [mpmath.mpf(n) ** -0.5 * (1 + 3 / mpmath.sqrt(n) + mpmath.mpf(2) / n) for n in DEPTHS]
    blind = measured_exponent(values)
    told = measured_exponent(values, corrections=[k / 2 for k in range(1, 9)])
    assert told.agrees_with(-0.5)
    assert told.error < blind.error / 10
    assert told.error < 1e-6


def test_a_logarithm_is_a_repeated_correction() -> None:
    values = [mpmath.mpf(n) ** -2 * (1 - 3 * mpmath.log(n) / n) for n in DEPTHS]
    found = measured_exponent(values, corrections=[1, 1, 2, 2, 2, 3, 3, 3])
    assert abs(found.value + 2) < 1e-5
    assert found.error < 1e-3


def test_a_neighbouring_exponent_is_told_apart() -> None:
    found = measured_exponent([n**-0.4 * (1 + 1 / n) for n in DEPTHS])
    assert not found.agrees_with(-0.41)


def test_recurrence_of_known_rate() -> None:
    """u - u**2 decays like 1/n with a correction log(n)/n."""
    u, layer, seen = mpmath.mpf("0.5"), 0, []
    while len(seen) < 11:
        u, layer = u - u**2, layer + 1
        if layer == 2 ** (len(seen) + 3):
            seen.append(u)
    found = measured_exponent(seen)
    assert found.agrees_with(-1)
    assert found.error < 0.01
    constant = measured_limit(
        [1 / v / 2 ** (k + 3) for k, v in enumerate(seen)], corrections=[1, 1]
    )
    assert constant.agrees_with(1)


def test_limit() -> None:
    assert measured_limit([5 + 0.5**k for k in range(8)]).agrees_with(5)
    assert not Measurement(mpmath.mpf(5), mpmath.mpf("0.001")).agrees_with(5.01)


def test_constant_sequence() -> None:
    assert measured_limit([3] * 5) == Measurement(mpmath.mpf(3), mpmath.mpf(0))


def test_too_few_values() -> None:
    with pytest.raises(InvalidArgument, match="at least 4 entries but got values=3"):
        measured_limit([1, 2, 3])


@pytest.mark.parametrize("values", [[1, 2, 0, 4], [1, -1, 1, -1]])
def test_no_power_law(values: list[int]) -> None:
    with pytest.raises(OutOfDomain, match="nonzero and of one sign"):
        measured_exponent(values)


def test_precision_is_left_alone() -> None:
    before = mpmath.mp.prec
    measured_limit([1, 2, 3, 5])
    assert mpmath.mp.prec == before


@pytest.mark.parametrize("wrong", ["a", float("nan"), float("inf")])
def test_what_is_no_number_is_refused(wrong: object) -> None:
    with pytest.raises(InvalidArgument, match="Expected values to be"):
        measured_limit([1, 2, wrong, 3])


@pytest.mark.parametrize("delta", [-1.5, -0.5, 0.5])
@pytest.mark.parametrize("power", [-2, -1, 0, 1, 2])
@pytest.mark.parametrize(("first", "count"), [(4, 8), (6, 10), (4, 14)])
@pytest.mark.parametrize("corrections", [None, (0.5, 1, 1.5, 2)])
def test_logarithms_are_within_the_error(
    delta: float, power: int, first: int, count: int, corrections: tuple[float, ...] | None
) -> None:
    """``l**delta log(l)**b (1 + l**-1/2)`` has local exponents ``delta + b/log(l)``."""
    with mpmath.workdps(40):
        depths = [mpmath.mpf(2) ** k for k in range(first, first + count)]
        values = [n**delta * mpmath.log(n) ** power * (1 + 1 / mpmath.sqrt(n)) for n in depths]
    found = measured_exponent(values, corrections=corrections)
    assert abs(found.value - delta) <= 1.2 * found.error
    assert found.error < (0.03 if power == 0 else 0.4)


def test_malformed_arguments_are_named() -> None:
    values = [2 + 3 / n for n in (4, 8, 16, 32, 64)]
    for measure in (measured_limit, measured_exponent):
        assert_refused(measure, NO_SEQUENCES, "values to be a sequence of numbers")
        assert_refused(
            lambda value, measure=measure: measure([value, *values]), NO_NUMBERS, "values to be fin"
        )
        others = [value for value in NO_SEQUENCES if value is not None]
        assert_refused(
            lambda gamma, measure=measure: measure(values, corrections=gamma), others, "corrections"
        )
        assert_refused(
            lambda gamma, measure=measure: measure(values, corrections=[1, gamma]),
            (*NO_NUMBERS, 0),
            "corrections to be",
        )
