"""Coordinates stay inside their range and increase."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symprop.ledger.domain import Integer, Real

RANGES = [
    Real(-1, 1),
    Real("-1/2", None, open_at="lower"),
    Real(None, 3, open_at="upper"),
    Real(None, None),
    Real(0, 1, open_at="both"),
    Integer(2, 40),
    Integer(1),
]
UNIT = st.floats(0, 1)


@pytest.mark.parametrize("domain", RANGES, ids=repr)
@given(first=UNIT, second=UNIT)
def test_coordinates(domain: Real | Integer, first: float, second: float) -> None:
    lower, upper = sorted((first, second))
    low, high = domain.at(lower), domain.at(upper)
    assert domain.contains(low)
    assert domain.contains(high)
    assert low <= high


@pytest.mark.parametrize("domain", RANGES, ids=repr)
@given(data=st.data())
def test_drawn_values_and_their_simplifications_are_inside(
    domain: Real | Integer, data: st.DataObject
) -> None:
    value = data.draw(domain.strategy())
    assert domain.contains(value)
    assert all(domain.contains(simpler) for simpler in domain.simpler(value))
    steps = 0
    while domain.simpler(value):
        value, steps = domain.simpler(value)[-1], steps + 1
        assert steps < 2000


@pytest.mark.parametrize("domain", RANGES, ids=repr)
def test_edges_are_inside(domain: Real | Integer) -> None:
    assert domain.edges()
    assert all(domain.contains(edge) for edge in domain.edges())
