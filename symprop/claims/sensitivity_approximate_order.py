"""sensitivity, appendix H.3: rules for inequalities up to small relative errors.

``a <~ b`` up to ``eps`` if ``a (1 + u) <= b (1 + v)`` for some ``|u|, |v| <= eps``. The proof of
Theorem 4 reckons with it, and its rules have to hold up to a multiple of ``eps``.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.domain import OneOf, Range, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)
LOOSER = 3  # what the errors of two inequalities add up to, at most, for eps <= 1/10


def below(a: Fraction, b: Fraction, eps: Fraction) -> bool:
    """Return whether ``a <~ b`` up to ``eps``."""
    return a - eps * abs(a) <= b + eps * abs(b)


def both_below(a: Fraction, b: Fraction, c: Fraction, d: Fraction, eps: Fraction) -> bool:
    return below(a, b, eps) and below(c, d, eps)


def below_and_nonzero(a: Fraction, b: Fraction, eps: Fraction) -> bool:
    return bool(a and b) and below(a, b, eps)


def products_below(a: Fraction, b: Fraction, c: Fraction, d: Fraction, eps: Fraction) -> int:
    return int(below(a * c, b * d, LOOSER * eps))


def products_as_close(a: Fraction, b: Fraction, c: Fraction, d: Fraction, eps: Fraction) -> int:
    return int(below(a * c, b * d, eps))


def inverses_above(a: Fraction, b: Fraction, eps: Fraction) -> int:
    return int(below(1 / b, 1 / a, eps))


def negatives_above(a: Fraction, b: Fraction, eps: Fraction) -> int:
    return int(below(-b, -a, eps))


def ends_below(a: Fraction, c: Fraction, eps: Fraction) -> int:
    return int(below(a, c, LOOSER * eps))


def chained(a: Fraction, b: Fraction, c: Fraction, eps: Fraction) -> bool:
    return below(a, b, eps) and below(b, c, eps)


def cancellation(a: Fraction, c: Fraction) -> Fraction:
    """Return ``|a + c|/(|a| + |c|)``."""
    return abs(a + c) / (abs(a) + abs(c))


def sums_below(a: Fraction, b: Fraction, c: Fraction, d: Fraction, eps: Fraction) -> int:
    """Return whether ``a + c <~ b + d`` up to ``eps`` over the share that cancellation leaves."""
    share = min(cancellation(a, c), cancellation(b, d))
    return int(below(a + c, b + d, eps / share))


def sums_as_close(a: Fraction, b: Fraction, c: Fraction, d: Fraction, eps: Fraction) -> int:
    return int(below(a + c, b + d, eps))


def no_full_cancellation(a: Fraction, b: Fraction, c: Fraction, d: Fraction, eps: Fraction) -> bool:
    return bool(a + c and b + d) and both_below(a, b, c, d, eps)


SIGNED: dict[str, Range] = {name: Real(-3, 3) for name in ("a", "b", "c", "d")}
POSITIVE: dict[str, Range] = {name: Real("1/10", 3) for name in ("a", "b", "c", "d")}
NEGATIVE_LEFT: dict[str, Range] = {
    "a": Real(-3, "-1/2"),
    "b": Real("1/10", 3),
    "c": Real(-3, "-1/2"),
    "d": Real("1/10", 3),
}
EPS: dict[str, Range] = {"eps": OneOf((Fraction(1, 10), Fraction(1, 100), Fraction(1, 10**6)))}
TRIES = (36, 300)
MEANINGS = {"a": "", "b": "", "c": "", "d": "", "eps": "ε, largest relative error of a premise"}


def _pair(numbers: dict[str, Range]) -> dict[str, Range]:
    return {name: numbers[name] for name in ("a", "b")} | EPS


def _claim(name: str, expected: Verdict = HOLDS, **data: Any) -> Claim:
    return Claim(
        id=f"sensitivity.{name}",
        source=Source("sensitivity", "Appendix H.3, rules of approximate order"),
        expected=expected,
        variables=MEANINGS,
        **data,
    )


CLAIMS = (
    _claim(
        "approximate-products-printed",
        FALSE,
        title="products of approximate inequalities, as printed",
        statement="a ≲ b and c ≲ d imply ac ≲ bd",
        as_printed=(
            "said to be verified easily, for all numbers: -2 ≲ 1 twice gives 4 ≲ 1. The proof "
            "then multiplies ρ_min < 0 by bounds of 1/μ_2(y^{l-1}), and so loses equations 19 and "
            "91 there"
        ),
        checks=(
            attack(
                products_below, "==", 1, domain=SIGNED | EPS, assuming=both_below, tries=(120, 900)
            ),
        ),
        near_miss=attack(products_below, "==", 1, domain=NEGATIVE_LEFT | EPS, assuming=both_below),
        corrected_by="sensitivity.approximate-products",
    ),
    _claim(
        "approximate-inverses-printed",
        FALSE,
        title="inverses of approximate inequalities, as printed",
        statement="a ≲ b implies 1/a ≳ 1/b",
        assumptions=("neither number is 0",),
        as_printed="for all numbers; -1 ≲ 1 does not give -1 ≳ 1",
        checks=(attack(inverses_above, "==", 1, domain=_pair(SIGNED), assuming=below_and_nonzero),),
        near_miss=at_points(
            inverses_above, "==", 1, points=[{"a": "-1/100", "b": "100", "eps": "1/10"}]
        ),
        corrected_by="sensitivity.approximate-products",
    ),
    _claim(
        "approximate-products",
        title="products and inverses of approximate inequalities",
        statement=(
            "for positive numbers and ε <= 1/10: a ≲ b and c ≲ d up to ε imply ac ≲ bd up to 3ε, "
            "and 1/a ≳ 1/b up to ε"
        ),
        checks=(
            attack(
                products_below, "==", 1, domain=POSITIVE | EPS, assuming=both_below, tries=TRIES
            ),
            attack(
                inverses_above,
                "==",
                1,
                domain=_pair(POSITIVE),
                assuming=below_and_nonzero,
                tries=TRIES,
            ),
            at_points(
                products_below,
                "==",
                1,
                points=[{"a": "11/10", "b": "9/10", "c": "11/10", "d": "9/10", "eps": "1/10"}],
            ),
        ),
        near_miss=at_points(
            products_as_close,
            "==",
            1,
            points=[{"a": "11", "b": "9", "c": "11", "d": "9", "eps": "1/10"}],
        ),
    ),
    _claim(
        "approximate-sums",
        title="negatives, chains and sums of approximate inequalities",
        statement=(
            "for all signs: a ≲ b up to ε implies -a ≳ -b; a ≲ b ≲ c implies a ≲ c up to 3ε; "
            "a ≲ b and c ≲ d imply a + c ≲ b + d up to ε/η if |a + c| >= η (|a| + |c|) and "
            "|b + d| >= η (|b| + |d|)"
        ),
        as_printed="the condition of sums is printed as: cancellation is very improbable",
        checks=(
            attack(negatives_above, "==", 1, domain=_pair(SIGNED), assuming=below, tries=TRIES),
            attack(
                ends_below,
                "==",
                1,
                domain={name: SIGNED[name] for name in ("a", "b", "c")} | EPS,
                assuming=chained,
                tries=TRIES,
            ),
            attack(
                sums_below, "==", 1, domain=SIGNED | EPS, assuming=no_full_cancellation, tries=TRIES
            ),
        ),
        near_miss=at_points(
            sums_as_close,
            "==",
            1,
            points=[{"a": "1", "b": "9/10", "c": "-9/10", "d": "-9/10", "eps": "1/10"}],
        ),
    ),
)
"""Rules of the proof of Theorem 4."""
