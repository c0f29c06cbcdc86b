"""Ranges: edges lie inside and include the ends, and refusals name the argument."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import strategies

from symprop.foundation.errors import InvalidArgument
from symprop.ledger.domain import Drawn, Integer, OneOf, Real


def test_closed_ends_are_edges_and_open_ones_are_approached() -> None:
    closed = Real(-1, 1).edges()
    assert Fraction(-1) in closed
    assert Fraction(1) in closed
    half_open = Real(0, 1, open_at="lower").edges()
    assert 0 not in half_open
    assert 0 < min(half_open) <= Fraction(1, 10**14)


def test_infinite_ends_are_followed_for_decades() -> None:
    edges = Real(0, None, open_at="lower").edges()
    assert max(edges) == 10**12
    assert min(edges) == Fraction(1, 10**12)
    assert Real(None, None, decades=3).edges()[-4:] == (1000, -1000, Fraction(1, 1000),
                                                        Fraction(-1, 1000))  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [{"lower": 1, "upper": 1}, {"lower": 0.5, "upper": 1}, {"lower": 0, "upper": "a"},
     {"lower": 0, "upper": 1, "open_at": "left"}, {"lower": 0, "upper": 1, "decades": 0}],
)  # fmt: skip
def test_malformed_ranges_are_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(InvalidArgument):
        Real(**arguments)  # type: ignore[arg-type]


def test_integer_edges_are_the_smallest_sizes_and_the_largest() -> None:
    assert Integer(1, 2).edges() == (1, 2)
    assert Integer(3, reach=10).edges() == (3, 4, 5, 13)
    assert Integer(1, reach=10).simpler(9) == (1, 5, 8)


def test_one_of_prefers_the_first() -> None:
    names = OneOf(("relu", "tanh", "gelu"))
    assert names.simpler("gelu") == ("relu", "tanh")
    assert [names.at(t) for t in (0, 0.5, 1)] == ["relu", "tanh", "gelu"]


def test_drawn_values_come_from_a_strategy() -> None:
    drawn = Drawn(lambda: strategies.lists(strategies.integers(0, 3)), hostile=[[], [0, 0]])
    assert drawn.edges() == ([], [0, 0])
    assert drawn.at(1) == [0, 0]
    assert drawn.simpler([5]) == ([], [0, 0])
    assert drawn.simpler(drawn.at(1)) == ()
