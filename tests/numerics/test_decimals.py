from fractions import Fraction

import pytest
from flint import arb

from symprop.numerics.decimals import proved_ball_decimal, proved_decimal


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        ("0.333", "0.334", "0.33"),
        ("-0.334", "-0.333", "-0.33"),
        ("9.996", "9.997", "10.0"),
        ("99.5", "101", "1.0e+02"),
        ("94.9", "101", ""),
        ("0.2499", "0.2501", "0.250"),
        ("123456", "123457", "1.2346e+05"),
        ("0.00000123", "0.00000124", "1.2e-06"),
        ("-0.001", "0.001", "0.00"),
        ("-1", "1", ""),
        ("0.125", "0.125", "0.125"),
    ],
)
def test_all_numbers_of_the_interval_round_to_the_decimal(
    lower: str, upper: str, expected: str
) -> None:
    assert proved_decimal(Fraction(lower), Fraction(upper)) == expected


def test_limit() -> None:
    assert proved_decimal(Fraction(2, 3), Fraction(2, 3), 4) == "0.6667"
    assert proved_decimal(Fraction("0.66661"), Fraction("0.66669"), 2) == "0.67"


def test_more_digits_than_python_prints_by_itself() -> None:
    text = proved_decimal(Fraction(1, 3), Fraction(1, 3), 6000)
    assert text == "0." + "3" * 6000


def test_a_midpoint_far_below_the_radius() -> None:
    tiny = arb(2) ** -(10**14)
    assert proved_ball_decimal(arb(tiny, "1e-10"), 20) == "0.000000000"
    assert proved_ball_decimal(arb(tiny, 1)) == ""
