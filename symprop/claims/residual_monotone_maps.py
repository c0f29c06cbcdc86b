"""The comparison principle, Lemma C.9 of the residual paper, on every map of a short chain."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.source import Source

__all__ = ["CLAIMS"]

CHAIN = range(3)


def _monotone_maps() -> tuple[tuple[int, ...], ...]:
    maps = itertools.product(CHAIN, repeat=len(CHAIN))
    return tuple(image for image in maps if list(image) == sorted(image))


def _comparisons(below: bool, valid_from: int) -> Iterator[bool]:
    """Yield, for all monotone F and all sequences on the chain, whether the order is kept.

    Times 0, 1, 2; the order holds at time 0, and the inequality of the second sequence
    is required for the steps from ``valid_from`` on.
    """

    def ordered(x: int, y: int) -> bool:
        return x <= y if below else x >= y

    for first, second in itertools.product(_monotone_maps(), repeat=2):
        for start in CHAIN:
            exact = (start, first[start], second[first[start]])
            for other in itertools.product(CHAIN, repeat=3):
                allowed = ordered(other[0], exact[0])
                allowed &= valid_from > 0 or ordered(other[1], first[other[0]])
                allowed &= valid_from > 1 or ordered(other[2], second[other[1]])
                if allowed:
                    yield all(map(ordered, other, exact))


def violations(side: str, valid_from: int) -> int:
    """Return how many admissible pairs of sequences leave their order."""
    return sum(not kept for kept in _comparisons(side == "below", valid_from))


COMPARISON = Claim(
    id="residual.comparison-principle",
    title="Comparison principle for recurrences",
    statement=(
        "Let F(·, n) be non-decreasing on U, a_{l+1} = F(a_l, l), and all sequences in U. If "
        "b_{l+1} <= F(b_l, l) for l >= m and b_m <= a_m, then b_l <= a_l for l >= m; and the same "
        "with >= for a sequence c"
    ),
    variables={
        "side": "b below or c above",
        "valid_from": "first step, counted from m, at which the inequality is required",
    },
    source=Source("residual", "Lemma C.9"),
    as_printed=(
        "the inequality is asked for l 'above' K_b, with m >= max(K_b, K_U): true if 'above' "
        "includes K_b, as tested here; if only l > K_b is meant, m = K_b fails (the near miss)"
    ),
    checks=(
        at_points(
            violations,
            "==",
            0,
            points=[{"side": side, "valid_from": 0} for side in ("below", "above")],
        ),
    ),
    near_miss=at_points(violations, "==", 0, points=[{"side": "below", "valid_from": 1}]),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (COMPARISON,)
"""Lemma C.9."""
