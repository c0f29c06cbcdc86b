"""thesis, section 5.4: what the text around Theorem 5.8 says of kernel maps."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from symprop.claims.citations import claims_of
from symprop.claims.power_series import any_series, centred_series, value
from symprop.ledger.checks import at_points
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack

__all__ = ["CLAIMS"]

Series = Sequence[Fraction]
HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FAILS = Verdict(Outcome.FAILS, Grade.EXACT)
SQUARE = (Fraction(0), Fraction(0), Fraction(1))
C = {"c": "c_k², sum 1: κ(ρ) = Σ c_k² ρ^k"}


def opposite(c: Series) -> Fraction:
    return Fraction(value(c, Fraction(-1)))


def size_of_opposite(c: Series) -> Fraction:
    return abs(opposite(c))


def opposite_by_parity(c: Series) -> Fraction:
    """Return the share of even coefficients less that of odd ones."""
    return sum(c[::2], Fraction(0)) - sum(c[1::2], Fraction(0))


def is_kept(c: Series) -> int:
    """Return 1 if opposite inputs stay opposite."""
    return int(opposite(c) == -1)


def is_odd(c: Series) -> int:
    return int(not any(c[::2]))


def is_merged(c: Series) -> int:
    return int(opposite(c) == 1)


def is_even(c: Series) -> int:
    return int(not any(c[1::2]))


_claim = claims_of("thesis", HOLDS)

CLAIMS = (
    _claim(
        "opposite-inputs-printed",
        "Theorem 5.8",
        FAILS,
        title="the kernel map cannot separate opposite inputs, as printed",
        statement="κ(0) = 0, κ(1) = 1: |κ(-1)| = 1",
        variables=C,
        assumptions=("κ(0) = 0, κ(1) = 1",),
        as_printed=(
            "the text below the theorem has its bound vacuous at ρ_0 = ±1 because the kernel map "
            "cannot separate opposite inputs. That is so for odd and even maps only: "
            "κ = (ρ + ρ²)/2 takes -1 to 0 at once"
        ),
        checks=(attack(size_of_opposite, "==", 1, domain={"c": centred_series()}),),
        near_miss=at_points(size_of_opposite, "<", 1, points=[{"c": SQUARE}]),
        corrected_by="thesis.opposite-inputs",
    ),
    _claim(
        "opposite-inputs",
        "Theorem 5.8",
        title="what the kernel map does with opposite inputs",
        statement=(
            "κ(-1) = Σ_{k even} c_k² - Σ_{k odd} c_k²: -1 exactly for odd maps, 1 exactly for even "
            "ones, and inside (-1, 1) for all others"
        ),
        variables=C,
        checks=(
            attack(opposite, "==", opposite_by_parity, domain={"c": any_series()}),
            attack(is_kept, "==", is_odd, domain={"c": any_series()}, tries=(90, 900)),
            attack(is_merged, "==", is_even, domain={"c": any_series()}, tries=(90, 900)),
        ),
        near_miss=attack(
            is_kept, "==", lambda c: int(not any(c[2::2])), domain={"c": any_series()}
        ),
    ),
)
"""Opposite inputs, slopes of attracting correlations, and a square lost."""
