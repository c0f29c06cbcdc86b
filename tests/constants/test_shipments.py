"""Shipped numbers are quoted with their place."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symprop.constants.gains import KINDS
from symprop.constants.shipments import GAIN_SHIPMENTS, SHIPMENTS, Shipment
from symprop.foundation.errors import InvalidArgument
from symprop.specs.activations import activation


def test_every_number_can_be_read() -> None:
    listed = [entry for entries in SHIPMENTS.values() for entry in entries]
    for table in GAIN_SHIPMENTS.values():
        listed += [entry for entries in table.values() for entry in entries]
    assert len(listed) > 20
    assert all(Fraction(entry.value) > 0 for entry in listed)


def test_keys_are_kinds_and_activations() -> None:
    assert set(GAIN_SHIPMENTS) == set(KINDS)
    for table in GAIN_SHIPMENTS.values():
        assert [activation(spec).name for spec in table] == list(table)


def test_a_place_is_needed() -> None:
    with pytest.raises(InvalidArgument, match="library and place"):
        Shipment("", "file", "1")
