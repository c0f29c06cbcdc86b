from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from symprop.numerics.enclosure import Enclosure

rationals = st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**9)
bits = st.integers(10, 200)


@given(rationals, rationals, bits)
def test_operations_contain_the_exact_result(a: Fraction, b: Fraction, precision: int) -> None:
    x, y = Enclosure(a, bits=precision), Enclosure(b, bits=precision)
    assert (x + y).contains(a + b)
    assert (x - y).contains(a - b)
    assert (x * y).contains(a * b)
    assume(b != 0 and not y.contains(0))
    assert (x / y).contains(a / b)


@given(rationals, bits, st.integers(1, 40))
def test_printed_digits_are_the_rounding_of_the_number(a: Fraction, p: int, limit: int) -> None:
    text = Enclosure(a, bits=p).proved_digits(limit)
    assume(text)
    mantissa, _, exponent = text.partition("e")
    places = len(mantissa.partition(".")[2])
    unit = Fraction(10) ** (int(exponent or 0) - places)
    assert abs(Fraction(text) - a) <= unit / 2


@given(rationals, bits)
def test_serialisation_round_trips(a: Fraction, p: int) -> None:
    ball = Enclosure(a, bits=p)
    assert Enclosure.from_integers(ball.to_integers()) == ball
    assert ball.contains(a)
