from decimal import Decimal
from fractions import Fraction

import pytest

from symprop.foundation import errors
from symprop.foundation.errors import SymPropError, expected


def test_message_names_argument_condition_and_value() -> None:
    assert expected("rho", "inside [-1, 1]", 2) == "Expected rho inside [-1, 1] but got rho=2."


def test_long_values_are_cut_and_measured() -> None:
    message = expected("text", "to be short", "x" * 10**6)
    assert len(message) < 400
    assert "1000000 characters" in message


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (int(1.7e308), "1.7e+308"),
        (-(10**400), "-1e+400"),
        (10**29, str(10**29)),
        (12345678915 * 10**30, "1.234567892e+40"),
        (Fraction(3, 10**50), "Fraction(3, 1e+50)"),
        (Decimal("0." + "123" * 20), "Decimal('0." + "123" * 20 + "')"),
        ([10**40, "x"], "[1e+40, 'x']"),
        ("1" * 40, "1" * 40),
    ],
)
def test_long_integers_are_rounded(value: object, shown: str) -> None:
    """As whole numbers only: decimals and what the caller typed stay as they are."""
    assert expected("q", "small", value) == f"Expected q small but got q={shown}."


def test_an_empty_text_is_visible() -> None:
    assert expected("name", "to be a word", "").endswith("but got name=''.")


def test_values_that_cannot_be_printed() -> None:
    assert "<int of 33220 bits>" in expected("n", "to be small", 10**10_000)

    class Shy:
        def __repr__(self) -> str:
            raise RuntimeError

    assert expected("x", "to be a number", Shy()).endswith("but got x=<Shy>.")


@pytest.mark.parametrize("name", errors.__all__[:-1])
def test_every_error_is_a_symprop_error(name: str) -> None:
    assert issubclass(getattr(errors, name), SymPropError)


def test_errors_of_arguments_are_value_errors() -> None:
    assert issubclass(errors.InvalidArgument, ValueError)
    assert issubclass(errors.OutOfDomain, errors.InvalidArgument)
    assert issubclass(errors.MissingBackend, ImportError)


def test_best_result_travels_with_the_error() -> None:
    assert errors.NoConvergence("stopped", best=3).best == 3
    assert errors.PrecisionNotReached("stopped", best=4).best == 4
