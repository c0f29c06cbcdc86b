"""The report says what happened and passes only what reached its verdict."""

from __future__ import annotations

import json

import pytest

from symprop.ledger.claim import Context
from symprop.ledger.registry import Registry, collect
from symprop.ledger.report import document, succeeded
from symprop.ledger.result import Result
from symprop.ledger.runner import run

QUICK = Context()


@pytest.fixture(scope="module")
def registry() -> Registry:
    return collect(["tests.ledger.demonstration"])


@pytest.fixture(scope="module")
def results(registry: Registry) -> dict[str, Result]:
    return run(registry, registry.select(), QUICK)


def test_document(registry: Registry, results: dict[str, Result]) -> None:
    made = json.loads(json.dumps(document(registry, results, QUICK)))
    assert [row["id"] for row in made["claims"]] == list(registry)
    row = next(row for row in made["claims"] if row["id"] == "residual.triangle-printed")
    assert (row["source"], row["number"]) == ("residual", "Lemma B.1")
    assert (row["outcome"], row["grade"]) == ("FAILS", "ENCLOSED")
    assert row["counterexample"]["values"] == {"n": "1"}
    assert row["corrected_by"] == "residual.triangle"
    assert row["near_miss"]["outcome"] == "FAILS"
    assert row["reached"] is True
    summary = made["summary"]
    assert summary["claims"] == len(registry)
    assert (summary["HOLDS"], summary["FAILS"]) == (4, 1)
    assert (summary["UNDECIDED"], summary["VACUOUS"]) == (2, 1)
    assert set(summary["missed"]) == {
        "tangents.undecidable",
        "sensitivity.crash",
        "symprop.toothless",
    }
    assert summary["toothless"] == ["symprop.toothless"]
    assert summary["passed"] is False


@pytest.mark.parametrize(
    ("selectors", "passes"),
    [
        (["residual", "thesis", "shrinkage"], True),
        (["tangents"], False),  # undecided
        (["sensitivity"], False),  # crashed
        (["symprop.toothless"], False),
    ],
)
def test_success(
    registry: Registry, results: dict[str, Result], selectors: list[str], passes: bool
) -> None:
    some = {claim.id: results[claim.id] for claim in registry.select(selectors)}
    assert succeeded(registry, some) is passes


def test_an_empty_run_is_no_success(registry: Registry) -> None:
    assert not succeeded(registry, {})
