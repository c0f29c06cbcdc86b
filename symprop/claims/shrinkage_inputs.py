"""shrinkage, eq. 2.3 for inputs of any length.

Later preactivations are normalised to mean square 1, the inputs are not. Only appendix A.1.1 asks
for ``|x|² = n_0``.
"""

from __future__ import annotations

from fractions import Fraction

from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source

__all__ = ["CLAIMS"]


def first_correlation(q: Fraction, sw2: Fraction, sb2: Fraction, rho: Fraction) -> Fraction:
    """Return the correlation after the embedding: of sums over weights, plus a common bias."""
    return (sb2 + sw2 * q * rho) / (sb2 + sw2 * q)


def mapped(sw2: Fraction, sb2: Fraction, rho: Fraction) -> Fraction:
    """Return eq 2.3 with ``C(ρ) = ρ``."""
    return (sb2 + sw2 * rho) / (sb2 + sw2)


def mapped_without_bias(rho: Fraction) -> Fraction:
    return rho


LENGTH = {"q": "squared length of the inputs over n_0, > 0"}
POSITIVE = Real(0, None, open_at="lower", decades=3)

CLAIMS = (
    Claim(
        id="shrinkage.correlation-map-any-inputs-printed",
        source=Source("shrinkage", "eq 2.3"),
        expected=Verdict(Outcome.FAILS, Grade.EXACT),
        title="the first layer maps correlations by P for inputs of any length, as printed",
        statement="ρ_1 = P_1(ρ_0), φ_1(x) = x",
        variables=LENGTH | {"sw2": "σ_w² > 0", "sb2": "σ_b² >= 0", "rho": "cosine of the inputs"},
        assumptions=("infinite width",),
        as_printed=(
            "inputs are 'fixed'; for other lengths than √n_0, which only appendix A.1.1 asks for, "
            "a bias weighs more or less against them. Without biases the length does not matter"
        ),
        checks=(
            attack(
                first_correlation,
                "==",
                mapped,
                domain={
                    "q": POSITIVE,
                    "sw2": POSITIVE,
                    "sb2": Real(0, None, decades=3),
                    "rho": Real(-1, 1),
                },
            ),
        ),
        near_miss=at_points(
            first_correlation,
            "==",
            mapped_without_bias,
            points=grid(q=("1",), sw2=("1",), sb2=("1",), rho=("0",)),
        ),
        corrected_by="shrinkage.correlation-map",
    ),
)
"""What the lengths of inputs change."""
