"""Cutting text into tokens."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symprop.specs.operands import Refused
from symprop.specs.tokens import read_numeral, tokenize


def test_kinds() -> None:
    assert tokenize(" 2.5e-1*ab_1 **(") == [
        ("number", "2.5e-1"),
        ("operator", "*"),
        ("name", "ab_1"),
        ("operator", "**"),
        ("operator", "("),
        ("end", ""),
    ]


@pytest.mark.parametrize("text", ["a.b", "x[", "é", "x\x0c", "'", "@", "a!b", "=", ":="])
def test_characters_without_meaning(text: str) -> None:
    with pytest.raises(Refused, match="has no meaning here"):
        tokenize(text)


def test_number_of_tokens_is_bounded() -> None:
    assert len(tokenize("+" * 12_000)) == 12_001
    with pytest.raises(Refused, match="more than 12000 tokens"):
        tokenize("+" * 12_001)


def test_numerals_are_exact() -> None:
    assert read_numeral("0.1") == Fraction(1, 10)
    assert read_numeral("1e-1200") == Fraction(1, 10**1200)
    assert read_numeral("9" * 1200) == 10**1200 - 1


@pytest.mark.parametrize("text", ["1e1201", "1e-1201", "1e99999999999999999999", "9" * 1201])
def test_long_numerals_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_numeral(text)
