"""sensitivity, Theorem 4: one unit of a residual network, cross terms left out.

Without them a unit multiplies ``zeta^2`` by ``1 + (gamma - 1) Y/(S + Y)``: ``Y`` is the variance of
the branch, ``S`` that of the signals before it, and the same ``Y`` enters noise and signal. The
printed bounds forget this.
"""

from __future__ import annotations

from fractions import Fraction

from symprop.claims.citations import claims_of
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, OneOf, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)


def least_exponent(gamma: Fraction, least: Fraction) -> Fraction:
    """Return ``rho_min`` for ``mu_max = 1``."""
    return gamma * least - 1


def largest_exponent(gamma: Fraction, least: Fraction) -> Fraction:
    """Return ``rho_max`` for ``mu_max = 1``."""
    return (gamma - least) / least


def squared_increment(
    layer: int, gamma: Fraction, least: Fraction, skip: Fraction, branch: Fraction
) -> Fraction:
    """Return ``(delta zeta)^2``; variances lie at shares of the range from ``least`` to 1."""
    before = layer * (least + skip * (1 - least))
    added = least + branch * (1 - least)
    return (before + gamma * added) / (before + added)


def printed_least(layer: int, gamma: Fraction, least: Fraction) -> Fraction:
    return 1 + least_exponent(gamma, least) / (layer + 1)


def printed_largest(layer: int, gamma: Fraction, least: Fraction) -> Fraction:
    return 1 + largest_exponent(gamma, least) / (layer + 1)


def relative_increment(
    layer: int, gamma: Fraction, least: Fraction, skip: Fraction, branch: Fraction
) -> Fraction:
    """Return ``((delta zeta)^2 - 1)/(gamma - 1)``: the share of the branch in the signal."""
    return (squared_increment(layer, gamma, least, skip, branch) - 1) / (gamma - 1)


def least_share(layer: int, least: Fraction) -> Fraction:
    return least / (layer + least)


def largest_share(layer: int, least: Fraction) -> Fraction:
    return 1 / (layer * least + 1)


def middle_share(layer: int) -> Fraction:
    return Fraction(1, layer + 1)


def proof_quotient(layer: int, gamma: Fraction, least: Fraction, skip: Fraction) -> Fraction:
    """Return ``(S + gamma mu_min)/(S + mu_max)``, the last step of the proof but one."""
    before = layer * (least + skip * (1 - least))
    return (before + gamma * least) / (before + 1)


SHARE = Real(0, 1)
LEAST = Real("1/100", 1)
NUMBERS = {"layer": Integer(1, reach=100), "gamma": Real(0, 5), "least": LEAST}
GROWING = NUMBERS | {"gamma": Real(1, 5)}
SHARES = {"skip": SHARE, "branch": SHARE}
MEANINGS = {
    "layer": "l >= 1",
    "gamma": "δ^{2H}, the squared growth inside a unit",
    "least": "μ_2min, with μ_2max = 1",
    "skip": "where μ_2(y^{l-1})/l lies from μ_2min to μ_2max",
    "branch": "where μ_2(y^{l,H}) lies from μ_2min to μ_2max",
}
CORE = "leading order: without the cross terms, δ_min = δ_max"

_claim = claims_of("sensitivity", HOLDS)

CLAIMS = (
    _claim(
        "unit-bounds-printed",
        "Theorem 4; eq 19",
        FALSE,
        title="increments of residual units, as printed",
        statement="1 + ρ_min/(l+1) <= (δζ^l)² <= 1 + ρ_max/(l+1)",
        variables=MEANINGS,
        assumptions=(CORE,),
        as_printed=(
            "where layers lower the sensitivity, δ < 1, and variances differ: μ_2(y^{l-1}) may be "
            "as small as l μ_2min, and the proof puts l μ_2max for it. With δ >= 1 the bounds hold"
        ),
        checks=(
            attack(squared_increment, ">=", printed_least, domain=NUMBERS | SHARES),
            attack(squared_increment, "<=", printed_largest, domain=NUMBERS | SHARES),
        ),
        near_miss=at_points(
            squared_increment,
            ">=",
            printed_least,
            points=grid(layer=(2,), gamma=("1/4",), least=("1/2",), skip=(0,), branch=(1,)),
        ),
        corrected_by="sensitivity.unit-bounds",
    ),
    _claim(
        "unit-bounds",
        "Theorem 4; eq 19",
        title="increments of residual units",
        statement=(
            "((δζ^l)² - 1)/(γ - 1) lies from μ_min/(l μ_max + μ_min) to μ_max/(l μ_min + μ_max), "
            "γ = δ^{2H}; for γ >= 1 this implies the printed bounds"
        ),
        variables=MEANINGS,
        assumptions=(CORE,),
        checks=(
            attack(squared_increment, ">=", printed_least, domain=GROWING | SHARES),
            attack(squared_increment, "<=", printed_largest, domain=GROWING | SHARES),
            attack(
                relative_increment,
                ">=",
                least_share,
                domain=NUMBERS | SHARES,
                assuming=lambda gamma: gamma != 1,
            ),
            attack(
                relative_increment,
                "<=",
                largest_share,
                domain=NUMBERS | SHARES,
                assuming=lambda gamma: gamma != 1,
            ),
        ),
        near_miss=attack(
            relative_increment,
            "<=",
            middle_share,
            domain=NUMBERS | SHARES,
            assuming=lambda gamma: gamma != 1,
        ),
    ),
    _claim(
        "unit-bound-step-printed",
        "eq 19",
        FALSE,
        title="a step in the proof of the bounds",
        statement="(μ_2(y^{l-1}) + γ μ_min)/(μ_2(y^{l-1}) + μ_max) >= 1 + ρ_min/(l+1)",
        variables=MEANINGS,
        as_printed="needs ρ_min >= 0, without which μ_2(y^{l-1}) <= l μ_max is the wrong side",
        checks=(
            attack(
                proof_quotient,
                ">=",
                printed_least,
                domain=NUMBERS | {"gamma": OneOf((Fraction(1), Fraction(2))), "skip": SHARE},
            ),
        ),
        near_miss=at_points(
            proof_quotient,
            ">=",
            printed_least,
            points=grid(layer=(3,), gamma=(1,), least=("9/10",), skip=("1/2",)),
        ),
        corrected_by="sensitivity.unit-bound-step",
    ),
    _claim(
        "unit-bound-step",
        "eq 19",
        title="a step in the proof of the bounds, for ρ_min >= 0",
        statement="(μ_2(y^{l-1}) + γ μ_min)/(μ_2(y^{l-1}) + μ_max) >= 1 + ρ_min/(l+1)",
        variables=MEANINGS,
        assumptions=("ρ_min >= 0",),
        checks=(
            attack(
                proof_quotient,
                ">=",
                printed_least,
                domain=NUMBERS | {"skip": SHARE},
                assuming=lambda gamma, least: gamma * least >= 1,
            ),
        ),
        near_miss=attack(
            proof_quotient,
            ">=",
            printed_least,
            domain=NUMBERS | {"skip": SHARE},
            assuming=lambda gamma, least: gamma * least >= Fraction(1, 2),
        ),
    ),
)
"""Theorem 4, one unit."""
