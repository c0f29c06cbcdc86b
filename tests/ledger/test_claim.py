"""A claim cannot be built without what makes it checkable."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.ledger.claim import Context
from symprop.ledger.evidence import Outcome, Verdict
from tests.ledger.demonstration import FALSE_LEMMA, IDENTITY


@pytest.mark.parametrize(
    "change",
    [
        {"id": "Double Angle"},
        {"id": "symprop"},
        {"id": "thesis.double-angle"},  # the source is another paper
        {"checks": ()},
        {"corrected_by": "symprop.other"},  # it holds
    ],
)
def test_malformed_claims_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument):
        replace(IDENTITY, **change)


def test_only_what_does_not_hold_is_corrected() -> None:
    assert FALSE_LEMMA.corrected_by is not None
    with pytest.raises(InvalidArgument):
        replace(FALSE_LEMMA, expected=Verdict(Outcome.HOLDS))


def test_claims_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        IDENTITY.title = "other"  # type: ignore[misc]


def test_context() -> None:
    assert Context().pick((1, 2)) == 1
    assert Context("full").pick((1, 2)) == 2
    for bad in ({"tier": "slow"}, {"dps": 0}, {"dps": 10**9}):
        with pytest.raises(InvalidArgument):
            Context(**bad)  # type: ignore[arg-type]
