"""`Claim`: a statement as data, with the checks that could refute it.

A claims module exports ``CLAIMS``, a tuple of claims, and nothing registers itself.
A complete one::

    import sympy
    from symprop.ledger.checks import at_points
    from symprop.ledger.claim import Claim
    from symprop.ledger.domain import Real
    from symprop.ledger.evidence import Grade, Outcome, Verdict
    from symprop.ledger.falsify import attack
    from symprop.ledger.points import grid
    from symprop.ledger.source import Source

    rho = sympy.Symbol("rho", real=True)
    PRINTED = (sympy.sqrt(1 - rho**2) + rho * (sympy.pi - sympy.acos(rho))) / sympy.pi

    def kernel(rho, dps):                       # any ball, exact number or Enclosure
        return dual_kernel("sqrt(2)*Max(x, 0)").enclose(rho, dps=dps)

    CLAIMS = (
        Claim(
            id="residual.relu-kernel",
            title="Dual kernel of the normalised ReLU",
            statement="E φ(u) φ(v) = [√(1 - ρ²) + ρ (π - arccos ρ)] / π",
            formula=sympy.Eq(sympy.Function("kappa")(rho), PRINTED),
            variables={"rho": "correlation of the two Gaussians, in [-1, 1]"},
            assumptions=("(u, v) Gaussian, unit variances, correlation ρ",),
            source=Source("residual", "Lemma B.5"),
            as_printed="as stated; the exponent of the root is lost in the text",
            checks=(attack(kernel, "==", PRINTED, domain={"rho": Real(-1, 1)}),),
            near_miss=at_points(kernel, "==", PRINTED * 2, points=grid(rho=("1/2",))),
            expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
        ),
    )
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_choice, check_dps
from symprop.ledger.evidence import Evidence, Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sympy

    from symprop.ledger.source import Source

__all__ = ["TIERS", "Check", "Claim", "Context"]

TIERS = ("quick", "full")
"""How much effort a run may spend: minutes, or half an hour."""

_ID = re.compile(r"[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)+")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Context:
    """How hard a check is asked to try.

    Attributes
    ----------
    tier : str
        ``"quick"`` or ``"full"``.
    dps : int
        Digits to which equalities at points must at least agree.
    """

    tier: str = "quick"
    dps: int = 15

    def __post_init__(self) -> None:
        check_choice("tier", self.tier, TIERS)
        check_dps(self.dps)

    def pick(self, effort: tuple[T, T]) -> T:
        """Return the first of ``effort`` in the quick tier, the second in the full one."""
        return effort[self.tier == "full"]


Check = Callable[[Context], Evidence]
"""A check tries to refute a statement and says what it found."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A statement, where it comes from, and the checks that could refute it.

    Attributes
    ----------
    id : str
        Permanent name, ``paper.topic-words``; never reused.
    title, statement : str
        A phrase, and the mathematics as Unicode text: what the checks test.
    variables : mapping of str to str
        Every variable of the statement and its meaning and range.
    assumptions : tuple of str
        Hypotheses, all of them.
    source : Source
        Paper key and printed number.
    as_printed : str
        What is printed, where it differs from the statement or had to be repaired.
    checks : tuple of Check
        Their combined findings are the verdict.
    near_miss : Check
        The same check of a slightly wrong statement; it must come out FAILS.
    expected : Verdict
        The verdict recorded in the repository.
    corrected_by : str, optional
        Id of a claim that holds and says what should have been printed.
    formula : sympy.Basic, optional
        The statement for typesetting.
    derivation : str, optional
        Path of the script under ``derivations/`` that derives it.

    Raises
    ------
    InvalidArgument
        If the id is malformed or belongs to another paper, or there is no check.
    """

    id: str
    title: str
    statement: str
    source: Source
    checks: tuple[Check, ...]
    near_miss: Check
    expected: Verdict
    as_printed: str = "as stated"
    variables: Mapping[str, str] = field(default_factory=dict)
    assumptions: tuple[str, ...] = ()
    corrected_by: str | None = None
    formula: sympy.Basic | None = None
    derivation: str | None = None

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id) or self.id.split(".")[0] != self.source.paper:
            form = f"to be lower-case words after '{self.source.paper}.'"
            raise InvalidArgument(expected("id", form, self.id))
        if not self.checks:
            raise InvalidArgument(expected("checks", "to hold at least one check", ()))
        if self.corrected_by is not None and self.expected.outcome is Outcome.HOLDS:
            raise InvalidArgument(
                expected("corrected_by", "only on a claim that does not hold", self.corrected_by)
            )
