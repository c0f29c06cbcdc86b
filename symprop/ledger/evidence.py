"""What a check found: an outcome, how strong the proof is, and the numbers that refute.

Outcomes are never merged into a yes or a no: UNDECIDED and VACUOUS are answers of
their own, and neither counts as HOLDS anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Counterexample", "Evidence", "Grade", "Outcome", "Verdict", "combine"]


class Outcome(str, Enum):  # noqa: UP042  (StrEnum would lower-case the values' names)
    """The answers a check can give."""

    HOLDS = "HOLDS"
    FAILS = "FAILS"
    UNDECIDED = "UNDECIDED"
    VACUOUS = "VACUOUS"

    def __str__(self) -> str:
        return self.value


class Grade(IntEnum):
    """Strength of evidence; a larger grade is stronger.

    ``EXACT``: closed by exact algebra. ``ENCLOSED``: balls cover the whole stated
    domain (or, for a refutation, prove the violation). ``SAMPLED``: balls at points.
    ``STATISTICAL``: simulation.
    """

    STATISTICAL = 1
    SAMPLED = 2
    ENCLOSED = 3
    EXACT = 4

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Exact inputs that break a statement, and what its two sides are there.

    Attributes
    ----------
    values : mapping of str to str
        Exact input of each variable, as text that the library reads back: ``"3/10"``.
    lhs, rhs : str
        Proved digits of both sides (standard errors in brackets for simulations).
    relation : str
        The relation that was claimed between them and does not hold.
    """

    values: Mapping[str, str]
    lhs: str
    rhs: str
    relation: str = "=="

    def __str__(self) -> str:
        inputs = ", ".join(f"{name} = {value}" for name, value in self.values.items())
        where = f"at {inputs}: " if inputs else ""
        return f"{where}{self.lhs} {self.relation} {self.rhs} is false"

    def to_json(self) -> dict[str, Any]:
        """Return plain data; `from_json` is the inverse."""
        return {
            "values": dict(self.values),
            "lhs": self.lhs,
            "relation": self.relation,
            "rhs": self.rhs,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Counterexample:
        """Inverse of `to_json`."""
        return cls(data["values"], data["lhs"], data["rhs"], data["relation"])


@dataclass(frozen=True, slots=True)
class Evidence:
    """The finding of one check. Build it with `holds`, `fails`, `undecided` or `vacuous`."""

    outcome: Outcome
    grade: Grade | None
    detail: str
    counterexample: Counterexample | None = None

    @classmethod
    def holds(cls, grade: Grade, detail: str) -> Evidence:
        """The statement survived, with this strength."""
        return cls(Outcome.HOLDS, grade, detail)

    @classmethod
    def fails(cls, grade: Grade, counterexample: Counterexample, detail: str = "") -> Evidence:
        """The statement is refuted; a refutation always shows its numbers."""
        return cls(Outcome.FAILS, grade, detail or str(counterexample), counterexample)

    @classmethod
    def undecided(cls, detail: str) -> Evidence:
        """Nothing was proved either way; never counts as passed."""
        return cls(Outcome.UNDECIDED, None, detail)

    @classmethod
    def vacuous(cls, detail: str) -> Evidence:
        """No input satisfies the hypotheses; never counts as passed."""
        return cls(Outcome.VACUOUS, None, detail)

    def to_json(self) -> dict[str, Any]:
        """Return plain data; `from_json` is the inverse."""
        return {
            "outcome": self.outcome.value,
            "grade": None if self.grade is None else self.grade.name,
            "detail": self.detail,
            "counterexample": self.counterexample and self.counterexample.to_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Evidence:
        """Inverse of `to_json`."""
        counterexample = data["counterexample"]
        return cls(
            Outcome(data["outcome"]),
            None if data["grade"] is None else Grade[data["grade"]],
            data["detail"],
            counterexample and Counterexample.from_json(counterexample),
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome with its grade: what a claim reached, or what is recorded for it."""

    outcome: Outcome
    grade: Grade | None = None
    counterexample: Counterexample | None = field(default=None, compare=False)

    def reaches(self, recorded: Verdict) -> bool:
        """Whether this is the recorded outcome, at least as strongly proved.

        An UNDECIDED verdict reaches nothing, not even a recorded UNDECIDED.

        Examples
        --------
        >>> sampled = Verdict(Outcome.HOLDS, Grade.SAMPLED)
        >>> Verdict(Outcome.HOLDS, Grade.EXACT).reaches(sampled)
        True
        >>> Verdict(Outcome.UNDECIDED).reaches(Verdict(Outcome.UNDECIDED))
        False
        """
        if self.outcome is Outcome.UNDECIDED or self.outcome is not recorded.outcome:
            return False
        return recorded.grade is None or (self.grade is not None and self.grade >= recorded.grade)

    def __str__(self) -> str:
        return f"{self.outcome} ({self.grade})" if self.grade else str(self.outcome)


_SEVERITY = (Outcome.FAILS, Outcome.UNDECIDED, Outcome.VACUOUS, Outcome.HOLDS)


def combine(findings: Iterable[Evidence]) -> Verdict:
    """Return the verdict on a claim from the findings of its checks.

    Any FAILS makes FAILS; else any UNDECIDED makes UNDECIDED; else any VACUOUS makes
    VACUOUS. What HOLDS is graded by its weakest check, what FAILS by its strongest
    refutation (one proved counterexample settles the matter). No findings: UNDECIDED.

    Examples
    --------
    >>> exact = Evidence.holds(Grade.EXACT, "expands to zero")
    >>> sampled = Evidence.holds(Grade.SAMPLED, "30 digits at 40 points")
    >>> print(combine([exact, sampled]))
    HOLDS (SAMPLED)
    """
    listed = list(findings)
    outcome = next(
        (kind for kind in _SEVERITY if any(found.outcome is kind for found in listed)),
        Outcome.UNDECIDED,
    )
    graded = sorted(
        (found for found in listed if found.outcome is outcome and found.grade is not None),
        key=lambda found: found.grade or 0,
    )
    if not graded:
        return Verdict(outcome)
    chosen = graded[-1] if outcome is Outcome.FAILS else graded[0]
    return Verdict(outcome, chosen.grade, chosen.counterexample)
