"""Lemmas about general sequences: C.1 and C.23 of the residual paper.

C.1 is algebra. The proof of C.23 rests on one step of the dynamics, which is attacked directly.
"""

from __future__ import annotations

from fractions import Fraction

import sympy

from symprop.ledger.algebra import identity
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source

__all__ = ["CLAIMS"]

P, SW, SB = sympy.symbols("p sigma_w sigma_b", positive=True)
COSINE = sympy.Symbol("e", real=True)
GAMMA = COSINE * P
IMAGE = (SW**2 * GAMMA + SB**2) / (SW**2 * P + SB**2)
M = SB**2 / SW**2
DIFFERENCE = M / GAMMA - M / P
NETWORK = {
    "p": "length, > 0",
    "e": "cosine γ/p, in [-1, 1], not 0",
    "offset": "M = σ_b²/σ_w²",
}
LENGTH = Real(0, None, open_at="lower", decades=9)


def relative_change(p: Fraction, e: Fraction, offset: Fraction) -> Fraction:
    """Return ``(γ + M) / (p + M) / e - 1`` for ``γ = e p``."""
    return (e * p + offset) / (p + offset) / e - 1


def change_bound(p: Fraction, e: Fraction, offset: Fraction) -> Fraction:
    """Return ``2M/|γ|``."""
    return 2 * offset / abs(e * p)


CHANGE_DOMAIN = {"p": LENGTH, "e": Real(-1, 1), "offset": Real(0, None, decades=6)}

IMAGE_FIRST = Claim(
    id="residual.affine-image-of-cosine",
    title="Affine images of covariance and length, whatever the cosine does",
    statement=(
        "For γ ≠ 0, |γ| <= p and σ_w > 0: (σ_w²γ+σ_b²)/(σ_w²p+σ_b²) = e (1 + r) with "
        "|r| <= 2M/|γ|, M = σ_b²/σ_w²; exactly r = M(1-e)/(e(p+M))"
    ),
    variables=NETWORK,
    source=Source("residual", "Lemma C.1, first statement"),
    as_printed=(
        "e (1 + O(γ^-1)), meant for γ -> ±∞ (at γ = 0 it has no meaning); the proof's "
        "'γ <= p' has to read |γ| <= p"
    ),
    checks=(
        identity(IMAGE / COSINE - 1, M * (1 - COSINE) / (COSINE * (P + M))),
        attack(
            lambda p, e, offset: abs(relative_change(p, e, offset)),
            "<=",
            change_bound,
            domain=CHANGE_DOMAIN,
            assuming=lambda e: e != 0,
        ),
    ),
    near_miss=attack(
        lambda p, e, offset: abs(relative_change(p, e, offset)),
        "<=",
        lambda p, e, offset: change_bound(p, e, offset) / 2,
        domain=CHANGE_DOMAIN,
        assuming=lambda e: e != 0,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

IMAGE_PROOF_PRINTED = Claim(
    id="residual.affine-image-proof-printed",
    title="First line of the proof on affine images, as printed",
    statement=("(σ_w²γ+σ_b²)/(σ_w²p+σ_b²) = e (1 + (1 + M/γ)/(1 + M/p)), M = σ_b²/σ_w²"),
    variables=NETWORK,
    source=Source("residual", "Lemma C.1, proof"),
    as_printed="with '1 +' before the fraction, which would give 2e for large p",
    checks=(identity(IMAGE, COSINE * (1 + (1 + M / GAMMA) / (1 + M / P))),),
    near_miss=identity(IMAGE, COSINE * (1 + M / GAMMA)),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.affine-image-proof",
)

IMAGE_PROOF = Claim(
    id="residual.affine-image-proof",
    title="First lines of the proof on affine images",
    statement=(
        "(σ_w²γ+σ_b²)/(σ_w²p+σ_b²) = e (1 + M/γ)/(1 + M/p) = e (1 + d - M d/(p + M)) with "
        "d = M (1/γ - 1/p), M = σ_b²/σ_w²"
    ),
    variables=NETWORK,
    source=Source("residual", "Lemma C.1, proof"),
    as_printed="an extra '1 +' in the first line; O(p^-1 (γ^-1 - p^-1)) in place of the last term",
    checks=(
        identity(IMAGE, COSINE * (1 + M / GAMMA) / (1 + M / P)),
        identity(IMAGE, COSINE * (1 + DIFFERENCE * (1 - M / (P + M)))),
    ),
    near_miss=identity(IMAGE, COSINE * (1 + DIFFERENCE)),
    expected=Verdict(Outcome.HOLDS, Grade.EXACT),
)

IMAGE_INSIDE_PRINTED = Claim(
    id="residual.affine-image-inside-printed",
    title="Affine image when the cosine tends to a limit below 1, as printed: no bias",
    statement=(
        "If e -> e* < 1 then (σ_w²γ+σ_b²)/(σ_w²p+σ_b²) = e (1 + Θ(γ^-1)); in particular the left "
        "side is not e"
    ),
    variables=NETWORK,
    source=Source("residual", "Lemma C.1, e* < 1"),
    as_printed="for all variances; without bias, σ_b = 0, the left side equals e",
    checks=(
        attack(
            relative_change,
            "!=",
            0,
            domain={"p": LENGTH, "e": Real("1/10", "9/10"), "offset": Real(0, 10)},
        ),
    ),
    near_miss=attack(
        lambda p, e, offset: p * relative_change(p, e, offset),
        ">",
        0,
        domain={"p": LENGTH, "e": Real("1/10", "9/10"), "offset": Real(0, 10)},
    ),
    expected=Verdict(Outcome.FAILS, Grade.EXACT),
    corrected_by="residual.affine-image-inside",
)

IMAGE_INSIDE = Claim(
    id="residual.affine-image-inside",
    title="Affine image when the cosine tends to a limit below 1",
    statement=(
        "For σ_b > 0, p >= M and -1 <= e <= 1 - η, e ≠ 0: with r the relative change, "
        "(η/2) M/|γ| <= |r| <= 2M/|γ|, so r = Θ(γ^-1) if e tends to a limit below 1"
    ),
    variables={**NETWORK, "eta": "η in (0, 1]"},
    assumptions=("σ_b > 0, σ_w > 0", "e ≠ 0", "p >= M (p -> ∞)"),
    source=Source("residual", "Lemma C.1, e* < 1"),
    as_printed="without σ_b > 0",
    checks=tuple(
        attack(
            lambda p, e, offset: abs(relative_change(p, e, offset)),
            relation,
            bound,
            domain={
                "p": LENGTH,
                "e": Real(-1, 1),
                "offset": Real(0, 100, open_at="lower"),
                "eta": Real(0, 1, open_at="lower"),
            },
            assuming=lambda p, e, offset, eta: e != 0 and p >= offset and e <= 1 - eta,
        )
        for relation, bound in (
            (">=", lambda p, e, offset, eta: eta * offset / abs(2 * e * p)),
            ("<=", change_bound),
        )
    ),
    near_miss=attack(
        lambda p, e, offset: abs(relative_change(p, e, offset)),
        ">=",
        lambda p, e, offset: offset / abs(8 * e * p),
        domain={"p": LENGTH, "e": Real(-1, 1), "offset": Real(0, 100, open_at="lower")},
        assuming=lambda p, e, offset: e != 0 and p >= offset,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

IMAGE_PARALLEL_PRINTED = Claim(
    id="residual.affine-image-parallel-printed",
    title="Affine image when the cosine tends to 1, as printed: no bias",
    statement=(
        "If e -> 1 then (σ_w²γ+σ_b²)/(σ_w²p+σ_b²) = e (1 + Θ(ε/p)), ε = 1 - e; in particular the "
        "left side is not e while ε > 0"
    ),
    variables=NETWORK,
    source=Source("residual", "Lemma C.1, e* = 1"),
    as_printed=(
        "'e(1 + Θ( p^-1)), where = 1 - e': the letter ε is lost. For all variances; without "
        "bias the left side equals e"
    ),
    checks=(
        attack(
            relative_change,
            "!=",
            0,
            domain={"p": LENGTH, "e": Real("1/2", 1, open_at="upper"), "offset": Real(0, 10)},
        ),
    ),
    near_miss=attack(
        lambda p, e, offset: p * relative_change(p, e, offset),
        ">",
        0,
        domain={"p": LENGTH, "e": Real("1/2", 1, open_at="upper"), "offset": Real(0, 10)},
    ),
    expected=Verdict(Outcome.FAILS, Grade.EXACT),
    corrected_by="residual.affine-image-parallel",
)

IMAGE_PARALLEL = Claim(
    id="residual.affine-image-parallel",
    title="Affine image when the cosine tends to 1",
    statement=(
        "For σ_b > 0, p >= M and 1/2 <= e <= 1, ε = 1 - e: M ε/(2p) <= r <= 2M ε/p, r the "
        "relative change of e"
    ),
    variables=NETWORK,
    assumptions=("σ_b > 0, σ_w > 0", "p >= M (p -> ∞)"),
    source=Source("residual", "Lemma C.1, e* = 1"),
    as_printed="without σ_b > 0",
    checks=tuple(
        attack(
            relative_change,
            relation,
            bound,
            domain={
                "p": LENGTH,
                "e": Real("1/2", 1),
                "offset": Real(0, 100, open_at="lower"),
            },
            assuming=lambda p, offset: p >= offset,
        )
        for relation, bound in (
            (">=", lambda p, e, offset: offset * (1 - e) / (2 * p)),
            ("<=", lambda p, e, offset: 2 * offset * (1 - e) / p),
        )
    ),
    near_miss=attack(
        relative_change,
        "<=",
        lambda p, e, offset: offset * (1 - e) / p,
        domain={"p": LENGTH, "e": Real("1/2", 1), "offset": Real(0, 100, open_at="lower")},
        assuming=lambda p, offset: p >= offset,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)


DRIFT = {
    "u": Real(-3, 3),
    "lower": Real("-1/2", 0, open_at="lower"),
    "upper": Real(0, "1/2", open_at="upper"),
    "step": Real("-1/4", "1/4"),
}
DRIFT_VARIABLES = {
    "u": "(u_{t-1} - u*)/ε",
    "lower": "(a_t - u*)/ε in (-1/2, 0]: true at late times",
    "upper": "(b_t - u*)/ε in [0, 1/2)",
    "step": "(f_t(u) - u)/ε, at most 1/4 in size; positive below a_t, negative above b_t",
}


def drifts(u: Fraction, lower: Fraction, upper: Fraction, step: Fraction) -> bool:
    """Whether the step has the sign that the hypotheses ask for."""
    return (step > 0 or u >= lower) and (step < 0 or u <= upper)


def as_proved(u: Fraction, step: Fraction) -> int:
    """Return 1 if the step stays within ε of u*, or comes from outside and moves towards u*."""
    if abs(u) <= 1:
        return int(abs(u + step) <= 1)
    return int((step > 0) == (u < 0))


def first_value(start: Fraction, height: Fraction) -> Fraction:
    """Return ``f_1(u_0)`` for ``f_1(u) = u + height (1 - u)``."""
    return start + height * (1 - start)


def halved_distance(depth: int) -> Fraction:
    """Return ``u_t`` for ``f_t(u) = u + (1/2 - u)/(t+1)**2`` from 0: never beyond 1/4."""
    u = Fraction(0)
    for t in range(1, depth + 1):
        u += (Fraction(1, 2) - u) / (t + 1) ** 2
    return u


DRIFTING_PRINTED = Claim(
    id="residual.drifting-fixed-points-printed",
    title="Convergence under drifting fixed points, as printed: values up to 1",
    statement=(
        "For f_t : [0, 1) -> [0, 1] as in the lemma, the dynamics u_t = f_t(u_{t-1}) stays in the "
        "domain [0, 1): with f_1(u) = u + h (1-u), a_1 = 0, b_1 = 1, 0 <= h <= 1: u_1 < 1"
    ),
    variables={"start": "u_0 in [0, 1)", "height": "h in [0, 1]"},
    assumptions=("a_1 = 0, b_1 = 1 leave no u on which f_1 - u has a prescribed sign",),
    source=Source("residual", "Lemma C.23"),
    as_printed="f_t maps [0, 1) to [0, 1]; with f_1 = 1 the next value is not defined",
    checks=(
        attack(
            first_value,
            "<",
            1,
            domain={"start": Real(0, 1, open_at="upper"), "height": Real(0, 1)},
        ),
    ),
    near_miss=attack(
        first_value,
        "<",
        "1/2",
        domain={"start": Real(0, 1, open_at="upper"), "height": Real(0, 1, open_at="upper")},
    ),
    expected=Verdict(Outcome.FAILS, Grade.EXACT),
    corrected_by="residual.drifting-fixed-points",
)

DRIFTING = Claim(
    id="residual.drifting-fixed-points",
    title="Convergence under drifting fixed points",
    statement=(
        "Let f_t : [0, 1) -> [0, 1), f_t(u) > u below a_t, f_t(u) < u above b_t, a_t <= u* <= b_t, "
        "a_t, b_t -> u* and f_t(u) - u -> 0 uniformly. At late times a step from within ε of u* "
        "stays there, and a step from outside is towards u*: hence u_t -> u*, or u_t is "
        "eventually monotone and converges, possibly to another limit"
    ),
    variables={**DRIFT_VARIABLES, "depth": "t"},
    source=Source("residual", "Lemma C.23"),
    as_printed=(
        "f_t may take the value 1, where f_{t+1} is not defined; the arrows of a_t -> u*, "
        "b_t -> u* are lost, and monotone convergence of them is not needed"
    ),
    checks=(
        attack(as_proved, "==", 1, domain=DRIFT, assuming=drifts, tries=(180, 1800)),
        # a limit other than u* = 1/2: (1/2 - u_t) = (1/2) (t+2)/(2(t+1))
        attack(
            halved_distance,
            "==",
            lambda depth: Fraction(1, 2) - Fraction(depth + 2, 4 * (depth + 1)),
            domain={"depth": Integer(1, reach=300)},
            tries=(20, 60),
        ),
    ),
    # without small steps the dynamics may jump over the band for ever: f_t(u) = 1 - u
    near_miss=attack(as_proved, "==", 1, domain={**DRIFT, "step": Real(-2, 2)}, assuming=drifts),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (
    IMAGE_FIRST,
    IMAGE_PROOF_PRINTED,
    IMAGE_PROOF,
    IMAGE_INSIDE_PRINTED,
    IMAGE_INSIDE,
    IMAGE_PARALLEL_PRINTED,
    IMAGE_PARALLEL,
    DRIFTING_PRINTED,
    DRIFTING,
)
"""Lemmas C.1 and C.23."""
