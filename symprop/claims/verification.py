"""`verify`: run claims of the library from Python, as derivations and notebooks do."""

from __future__ import annotations

from symprop.foundation.errors import SymPropError
from symprop.foundation.validation import check_choice, check_dps
from symprop.ledger.claim import Context
from symprop.ledger.registry import Registry, claim_modules, collect
from symprop.ledger.result import Result
from symprop.ledger.runner import run_claim

__all__ = ["VerdictNotReached", "registry", "verify"]


class VerdictNotReached(SymPropError):
    """A claim came out differently from the verdict recorded for it."""


def registry() -> Registry:
    """Return every claim of the library."""
    return collect(claim_modules("symprop.claims"))


def verify(*selectors: str, tier: str = "quick", dps: int = 15) -> tuple[Result, ...]:
    """Run claims and return their results; raise if one misses its recorded verdict.

    Parameters
    ----------
    *selectors : str
        Claim ids, paper keys or globs; every claim if there are none.
    tier : str
        ``"quick"`` or ``"full"``.
    dps : int
        Digits to which equalities must at least agree.

    Returns
    -------
    tuple of Result
        One for each claim, in ledger order.

    Raises
    ------
    VerdictNotReached
        Naming the claims, what they reached and what is recorded.
    InvalidArgument
        If a selector names no claim.

    Conventions
    -----------
    A claim may be recorded as FAILS: a statement false as printed, with its
    counterexample. Reaching that verdict is a success.

    Error
    -----
    Each result carries the grade of its evidence.

    Source
    ------
    The claims themselves cite theirs.

    Examples
    --------
    >>> [result.verdict.outcome.name for result in verify("thesis.hermite-correlation")]
    ['HOLDS']
    """
    context = Context(check_choice("tier", tier, ("quick", "full")), check_dps(dps))
    claims = registry().select(selectors)
    results = tuple(run_claim(claim, context) for claim in claims)
    missed = [
        f"{claim.id}: {result.verdict} (recorded {claim.expected}), near miss"
        f" {result.near_miss.outcome.name}"
        for claim, result in zip(claims, results, strict=True)
        if not result.reached(claim)
    ]
    if missed:
        raise VerdictNotReached("Verdicts not reached: " + "; ".join(missed))
    return results
