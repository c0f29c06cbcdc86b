"""Claims about one work, which need not name it every time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symprop.ledger.claim import Claim
from symprop.ledger.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from symprop.ledger.evidence import Verdict

__all__ = ["claims_of"]


def claims_of(
    paper: str, expected: Verdict | None = None, /, **common: Any
) -> Callable[..., Claim]:
    """Return a function that makes claims about a paper.

    Parameters
    ----------
    paper : str
        Its key, which also begins the ids.
    expected : Verdict, optional
        Recorded verdict of the claims that give none.
    **common
        Fields that all of them share.

    Returns
    -------
    callable
        ``claim(name, number, expected, **fields)``.

    Examples
    --------
    >>> from symprop.ledger.algebra import identity
    >>> from symprop.ledger.evidence import Grade, Outcome, Verdict
    >>> exact = Verdict(Outcome.HOLDS, Grade.EXACT)
    >>> claim = claims_of("thesis", exact, assumptions=("n > 0",))
    >>> made = claim(
    ...     "sum", "eq 1", title="a sum", statement="1 + 1 = 2",
    ...     checks=(identity(1 + 1, 2),), near_miss=identity(1 + 1, 3),
    ... )
    >>> made.id, str(made.source), made.assumptions
    ('thesis.sum', 'thesis, eq 1', ('n > 0',))
    """
    default = expected

    def claim(name: str, number: str, expected: Verdict | None = default, **fields: Any) -> Claim:
        return Claim(
            id=f"{paper}.{name}",
            source=Source(paper, number),
            **common | {"expected": expected} | fields,
        )

    return claim
