"""What running one claim gave, and the journal file that survives an interruption."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symprop.ledger.evidence import Evidence, Outcome, Verdict, combine

if TYPE_CHECKING:
    from symprop.ledger.claim import Claim, Context

__all__ = ["TIME_LIMIT", "Journal", "Result"]

TIME_LIMIT = "time limit"
"""How the detail of a finding begins that was not finished in time."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """The findings on one claim.

    Attributes
    ----------
    claim_id, tier, dps : str, str, int
        What was run, and how.
    findings : tuple of Evidence
        One for each check.
    near_miss : Evidence
        Finding on the near miss; anything but FAILS discredits the checks.
    seconds : float
        Wall time.
    """

    claim_id: str
    tier: str
    dps: int
    findings: tuple[Evidence, ...]
    near_miss: Evidence
    seconds: float

    @property
    def verdict(self) -> Verdict:
        """The combined verdict of the checks."""
        return combine(self.findings)

    @property
    def has_teeth(self) -> bool:
        """Whether the near miss came out FAILS, as it must."""
        return self.near_miss.outcome is Outcome.FAILS

    @property
    def ran_out_of_time(self) -> bool:
        """Whether more time could change the result."""
        return any(
            found.outcome is Outcome.UNDECIDED and found.detail.startswith(TIME_LIMIT)
            for found in (*self.findings, self.near_miss)
        )

    def reached(self, claim: Claim) -> bool:
        """Whether the recorded verdict was reached and the near miss failed."""
        return self.has_teeth and self.verdict.reaches(claim.expected)

    def to_json(self) -> dict[str, Any]:
        """Return plain data; `from_json` is the inverse."""
        return {
            "claim_id": self.claim_id,
            "tier": self.tier,
            "dps": self.dps,
            "findings": [found.to_json() for found in self.findings],
            "near_miss": self.near_miss.to_json(),
            "seconds": self.seconds,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Result:
        """Inverse of `to_json`."""
        return cls(
            claim_id=data["claim_id"],
            tier=data["tier"],
            dps=data["dps"],
            findings=tuple(Evidence.from_json(found) for found in data["findings"]),
            near_miss=Evidence.from_json(data["near_miss"]),
            seconds=data["seconds"],
        )


class Journal:
    """Results as JSON lines, written as they come, reusable while nothing has changed.

    Each line carries the fingerprint of what its result was computed from
    (`symprop.ledger.provenance`). Lines are only ever appended; the last one counts.
    A line cut short by an interruption is ignored.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, result: Result, fingerprint: str) -> None:
        """Add one result and flush it to the disk."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps({"fingerprint": fingerprint, **result.to_json()}, ensure_ascii=False)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def saved(self, context: Context, fingerprints: Mapping[str, str]) -> dict[str, Result]:
        """Return the results for this tier and precision whose fingerprints still match.

        Parameters
        ----------
        context : Context
            Tier and digits of the run.
        fingerprints : mapping
            Current fingerprint for each claim id of interest.
        """
        found: dict[str, Result] = {}
        if not self.path.exists():
            return found
        with self.path.open(encoding="utf-8") as file:
            for line in file:
                try:
                    data = json.loads(line)
                    result = Result.from_json(data)
                except (ValueError, KeyError, TypeError):
                    continue
                current = fingerprints.get(result.claim_id)
                same_run = (result.tier, result.dps) == (context.tier, context.dps)
                if same_run and current is not None and current == data.get("fingerprint"):
                    found[result.claim_id] = result
        return found
