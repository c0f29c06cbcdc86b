"""shrinkage, eq. 2.3 and Theorem 1 for inputs of any length.

Later preactivations are normalised to mean square 1, the inputs are not. Only appendix A.1.1 asks
for ``|x|² = n_0``.
"""

from __future__ import annotations

from fractions import Fraction

from flint import arb

from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]


def first_correlation(q: Fraction, sw2: Fraction, sb2: Fraction, rho: Fraction) -> Fraction:
    """Return the correlation after the embedding: of sums over weights, plus a common bias."""
    return (sb2 + sw2 * q * rho) / (sb2 + sw2 * q)


def mapped(sw2: Fraction, sb2: Fraction, rho: Fraction) -> Fraction:
    """Return eq 2.3 with ``C(ρ) = ρ``."""
    return (sb2 + sw2 * rho) / (sb2 + sw2)


def mapped_without_bias(rho: Fraction) -> Fraction:
    return rho


def largest_jacobian(q: Fraction) -> Fraction:
    """Return the limit of a bound of ``‖∂z^(2)/∂z^(0)‖²`` for an embedding and a ReLU layer.

    Without biases: two Gaussian matrices of norm 2, slopes of at most 1, and divisions by the
    length of the inputs, ``√q``, and by ``‖φ‖ = 1/√2``.
    """
    return 16 / (q / 2)


def theorem_one(dps: int) -> arb:
    """Return ``(1 - ρ_max)²/8 (π-2)/(2π)``: the pair from -1 has ``ρ_1 = -1`` and ``ρ_2 = 0``."""
    with working_bits(bits_from_dps(dps)):
        return (arb.pi() - 2) / (16 * arb.pi())


def half_of_theorem_one(dps: int) -> arb:
    return theorem_one(dps) / 2


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
            "inputs are 'fixed'; for other lengths than √n_0 a bias weighs more or less against "
            "them. Without biases the length does not matter"
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
    Claim(
        id="shrinkage.theorem-one-long-inputs-printed",
        source=Source("shrinkage", "Theorem 1"),
        expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
        title="gradients explode or representations shrink at inputs of any length, as printed",
        statement=(
            "‖∂z^(2)/∂z^(0)‖² >= (1-ρ_max)²/8 ‖φ_2-φ̄_2‖²/‖φ_2'‖² for φ_1(x) = x, φ_2 = ReLU, no "
            "biases, equal widths"
        ),
        variables=LENGTH,
        assumptions=("square Gaussian matrices of variance 1/n have norms that tend to 2",),
        as_printed=(
            "the Jacobian is by the input as it is, and layers do not see how long it is: it falls "
            "like 1/|x| and the right side does not. The appendix adds |x|² = n_0"
        ),
        checks=(at_points(largest_jacobian, ">=", theorem_one, points=grid(q=("10000",))),),
        near_miss=at_points(largest_jacobian, ">=", half_of_theorem_one, points=grid(q=("10000",))),
        corrected_by="shrinkage.theorem-one",
    ),
)
"""What the lengths of inputs change."""
