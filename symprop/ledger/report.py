"""The results of a run as one JSON document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from symprop import __version__
from symprop.ledger.evidence import Outcome

if TYPE_CHECKING:
    from symprop.ledger.claim import Claim, Context
    from symprop.ledger.evidence import Verdict
    from symprop.ledger.registry import Registry
    from symprop.ledger.result import Result

__all__ = ["describe", "document", "succeeded"]


def _plain(verdict: Verdict) -> dict[str, str | None]:
    grade = None if verdict.grade is None else verdict.grade.name
    return {"outcome": verdict.outcome.value, "grade": grade}


def describe(claim: Claim) -> dict[str, Any]:
    """Return what the repository records of a claim, as plain data."""
    return {
        "id": claim.id,
        "title": claim.title,
        "source": claim.source.paper,
        "number": claim.source.number,
        "statement": claim.statement,
        "as_printed": claim.as_printed,
        "variables": dict(claim.variables),
        "assumptions": list(claim.assumptions),
        "expected": _plain(claim.expected),
        "corrected_by": claim.corrected_by,
        "derivation": claim.derivation,
    }


def _row(claim: Claim, result: Result) -> dict[str, Any]:
    verdict = result.verdict
    shown = verdict.counterexample
    return {
        **describe(claim),
        **_plain(verdict),
        "reached": result.reached(claim),
        "counterexample": None if shown is None else shown.to_json(),
        "findings": [found.to_json() for found in result.findings],
        "near_miss": result.near_miss.to_json(),
        "seconds": result.seconds,
    }


def document(registry: Registry, results: Mapping[str, Result], context: Context) -> dict[str, Any]:
    """Return the report of a run.

    Returns
    -------
    dict
        ``claims``: one object per claim, in the order of the results; ``summary``: counts
        by outcome, the claims that missed their recorded verdict, those without teeth
        (near miss not refuted), total seconds of work, and ``passed``.
    """
    claims = {claim_id: registry[claim_id] for claim_id in results}
    counts = Counter(result.verdict.outcome for result in results.values())
    return {
        "symprop": __version__,
        "tier": context.tier,
        "dps": context.dps,
        "claims": [_row(claims[claim_id], result) for claim_id, result in results.items()],
        "summary": {
            "claims": len(results),
            **{outcome.value: counts[outcome] for outcome in Outcome},
            "missed": [i for i, result in results.items() if not result.reached(claims[i])],
            "toothless": [i for i, result in results.items() if not result.has_teeth],
            "seconds": round(sum(result.seconds for result in results.values()), 3),
            "passed": succeeded(registry, results),
        },
    }


def succeeded(registry: Registry, results: Mapping[str, Result]) -> bool:
    """Whether every claim reached its recorded verdict; false for an empty run."""
    return bool(results) and all(
        result.reached(registry[claim_id]) for claim_id, result in results.items()
    )
