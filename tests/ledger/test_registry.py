"""Collecting and selecting claims; a misspelt selector is an error."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import ModuleType

import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.ledger.claim import Claim
from symprop.ledger.registry import claim_modules, collect
from tests.ledger.demonstration import CLAIMS, CORRECTION, FALSE_LEMMA, IDENTITY

HOME = "tests.ledger.demonstration"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """An importable module without claims."""
    made = ModuleType("made_of_claims")
    monkeypatch.setitem(sys.modules, "made_of_claims", made)
    return made


def test_claims_are_sorted_by_paper() -> None:
    registry = collect([HOME])
    assert len(registry) == len(CLAIMS)
    assert list(registry)[:2] == ["residual.triangle-printed", "residual.triangle"]
    assert set(registry.homes.values()) == {HOME}
    assert registry[IDENTITY.id] is IDENTITY


@pytest.mark.parametrize(
    ("selectors", "count"),
    [
        ([], len(CLAIMS)),
        (["residual"], 2),
        (["residual.triangle"], 1),
        (["*-angle"], 1),
        (["residual.tri*", "symprop"], 4),
        (["residual", "residual.triangle"], 2),
    ],
)
def test_select(selectors: list[str], count: int) -> None:
    assert len(collect([HOME]).select(selectors)) == count


@pytest.mark.parametrize("selector", ["residual.nothing", "nobody", ""])
def test_a_selector_without_claims_is_an_error(selector: str) -> None:
    with pytest.raises(InvalidArgument, match="selector"):
        collect([HOME]).select([IDENTITY.id, selector])


def test_ids_are_unique(module: ModuleType) -> None:
    module.CLAIMS = (IDENTITY,)  # type: ignore[attr-defined]
    with pytest.raises(InvalidArgument, match="exported by"):
        collect([HOME, "made_of_claims"])


@pytest.mark.parametrize(
    "others",
    [(), (replace(CORRECTION, expected=FALSE_LEMMA.expected),)],
    ids=["missing", "does not hold"],
)
def test_a_correction_exists_and_holds(module: ModuleType, others: tuple[Claim, ...]) -> None:
    module.CLAIMS = (FALSE_LEMMA, *others)  # type: ignore[attr-defined]
    with pytest.raises(InvalidArgument, match="corrected_by"):
        collect(["made_of_claims"])


def test_modules_without_claims_are_allowed(module: ModuleType) -> None:
    assert len(collect(["made_of_claims"])) == 0


def test_claim_modules_are_found() -> None:
    assert "symprop.claims.scope" in claim_modules("symprop.claims")
