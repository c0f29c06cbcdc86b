"""Notation and remarks of the residual paper that do not say what its theorems use.

Sections 3 and 5, Definition 3.4, the glossary A.1, a display of Lemma B.1 and the opening of
Appendix C.
"""

from __future__ import annotations

from fractions import Fraction

import sympy
from flint import arb

from symprop.claims.residual_integrals import rational_exponent
from symprop.claims.residual_paths import length
from symprop.ledger.algebra import identity
from symprop.ledger.checks import limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

FALSE = Verdict(Outcome.FAILS, Grade.EXACT)
SAMPLED = Verdict(Outcome.HOLDS, Grade.SAMPLED)
PLUS = Real(0, None, open_at="lower", decades=3)
VARIANCES = {"sv2": Real(0, 10), "sa2": Real(0, 10), "sw2": Real(0, 10), "sb2": Real(0, 10)}
MEANING = {
    "p": "mean square of the input of a layer, > 0",
    "e": "cosine of two inputs of that length",
    "sv2, sa2, sw2, sb2": "variances σ_v², σ_a², σ_w², σ_b²",
}
DEPTH = sympy.Symbol("depth", positive=True)
GROWING = {"phi": "relu", "sv2": 1, "sa2": "1/2", "sw2": 2, "sb2": "1/3", "p0": 1}
LAYERS = tuple(2**k for k in range(3, 9))


def hidden(p: Fraction, sw2: Fraction, sb2: Fraction) -> Fraction:
    """Return ``q = σ_w² p + σ_b²``, the mean square of the h."""
    return sw2 * p + sb2


def above(p: Fraction, sv2: Fraction, sa2: Fraction, sw2: Fraction, sb2: Fraction) -> Fraction:
    """Return the length after the layer, with ReLU in the branch."""
    return p + sv2 * hidden(p, sw2, sb2) / 2 + sa2


def exchanged_cosine(
    p: Fraction, sv2: Fraction, sa2: Fraction, sw2: Fraction, sb2: Fraction
) -> Fraction:
    """Return ``E h_1 h_1' / (p p')^(1/2)`` for two equal inputs."""
    return hidden(p, sw2, sb2) / above(p, sv2, sa2, sw2, sb2)


def separation(p: Fraction, e: Fraction) -> Fraction:
    """Return ``s = (p + p')/2 - γ`` for inputs of equal length."""
    return p - e * p


def mean_square_difference(p: Fraction, e: Fraction) -> Fraction:
    """Return ``|x - x'|²/N``."""
    return 2 * p - 2 * e * p


def term(x: Fraction, first: int, step: int, order: int) -> Fraction:
    """Return ``x**(first + step order)``: the terms of an expansion at 0."""
    return Fraction(x) ** (first + step * order)


def next_term(x: Fraction, first: int, step: int, order: int) -> Fraction:
    """Return the term after it."""
    return term(x, first, step, order + 1)


TERMS = {
    "x": Real(0, 1, open_at="both"),
    "first": Integer(-3, 3),
    "step": Integer(-4, -1),
    "order": Integer(0, 4),
}


def log_length_over_depth(depth: int, dps: int) -> arb:
    """Return ``log(p_l)/l`` in a ReLU network with ``σ_v² σ_w²/2 = 1``."""
    with working_bits(bits_from_dps(dps)):
        return length(depth=depth, dps=dps, **GROWING).log() / depth


def tangent_growth(branch: Fraction, dps: int) -> arb:
    """Return ``exp(σ_v² σ_w²/2)``, what the differential equation gives for a layer."""
    with working_bits(bits_from_dps(dps)):
        return rational_exponent(branch).exp()


LETTERS_PRINTED = Claim(
    id="residual.covariance-letters-printed",
    title="Letters of the two inner products, as Definition 3.4 assigns them",
    statement=(
        "With γ_l = E h_1 h_1' and p_l = E x_1² the cosine e_l = γ_l/p_l is at most 1; here for "
        "two equal inputs of a full ReLU layer"
    ),
    variables=MEANING,
    source=Source("residual", "Definition 3.4"),
    as_printed=(
        "γ := the product of the h and λ := that of the x for l > 0, against γ_0 = x·x'/N, the "
        "recurrences of B.3 and B.10 and Table A.1, where γ belongs to x and λ to h"
    ),
    checks=(attack(exchanged_cosine, "<=", 1, domain={"p": PLUS, **VARIANCES}),),
    near_miss=attack(exchanged_cosine, "<=", 2, domain={"p": PLUS, **VARIANCES}),
    expected=FALSE,
    corrected_by="residual.covariance-letters",
)

LETTERS = Claim(
    id="residual.covariance-letters",
    title="Letters of the two inner products",
    statement=(
        "With γ that of the x and λ that of the h, both cosines stay in [-1, 1]: from |γ| <= p "
        "follow |λ| <= q and |γ| <= p in the next layer, here with |Wφ| <= Vφ = q/2"
    ),
    variables={**MEANING, "share": "Wφ/Vφ in [-1, 1]"},
    source=Source("residual", "Definition 3.4"),
    as_printed="the letters are exchanged for l > 0",
    checks=(
        attack(
            lambda p, e, sw2, sb2: abs(hidden(e * p, sw2, sb2)),
            "<=",
            hidden,
            domain={"p": PLUS, "e": Real(-1, 1), **VARIANCES},
        ),
        attack(
            lambda p, e, share, sv2, sa2, sw2, sb2: abs(
                e * p + share * sv2 * hidden(p, sw2, sb2) / 2 + sa2
            ),
            "<=",
            above,
            domain={"p": PLUS, "e": Real(-1, 1), "share": Real(-1, 1), **VARIANCES},
        ),
    ),
    near_miss=attack(
        lambda p, e, sw2, sb2: abs(hidden(e * p, sw2, sb2)),
        "<=",
        lambda p, sw2: hidden(p, sw2, Fraction(0)),
        domain={"p": PLUS, "e": Real(-1, 1), **VARIANCES},
    ),
    expected=SAMPLED,
)

VARIANCE_PRINTED = Claim(
    id="residual.preactivation-variance-printed",
    title="Variance of a hidden entry, as printed",
    statement="If the entries of w have variance σ_w²/N, each h has the variance σ_w², x given",
    variables={name: MEANING[name] for name in ("p", "sv2, sa2, sw2, sb2")},
    source=Source("residual", "Section 3, variance of h"),
    as_printed="as stated; right only if x has mean square 1 and there is no bias",
    checks=(
        attack(
            hidden, "==", lambda sw2: sw2, domain={"p": PLUS, "sw2": Real(0, 10), "sb2": Real(0, 1)}
        ),
    ),
    near_miss=attack(
        hidden,
        "==",
        lambda p, sw2: sw2 * p,
        domain={"p": PLUS, "sw2": Real(0, 10), "sb2": Real(0, 1)},
    ),
    expected=FALSE,
    corrected_by="residual.full-length-recurrence",
)

GLOSSARY_PRINTED = Claim(
    id="residual.squared-distance-printed",
    title="Squared distance in the glossary, as printed",
    statement="s = p - γ is the mean squared difference |x - x'|²/N",
    variables={name: MEANING[name] for name in ("p", "e")},
    source=Source("residual", "Table A.1"),
    as_printed="'m.n. squared distance', m.n. for mean normalized; Definition 3.4 has 1/(2N)",
    checks=(
        attack(separation, "==", mean_square_difference, domain={"p": PLUS, "e": Real(-1, 1)}),
    ),
    near_miss=attack(
        separation,
        "==",
        lambda p, e: mean_square_difference(p, e) / 3,
        domain={"p": PLUS, "e": Real(-1, 1)},
    ),
    expected=FALSE,
    corrected_by="residual.squared-distance",
)

X, Y, LENGTHS = sympy.symbols("x y p", real=True)
DISTANCE = Claim(
    id="residual.squared-distance",
    title="Squared distance",
    statement="(x - x')²/2 = (x² + x'²)/2 - x x', so |x - x'|²/(2N) = (p + p')/2 - γ = (1 - e) p",
    variables={"x, y": "entries of two inputs"},
    source=Source("residual", "Definition 3.4; Table A.1"),
    as_printed="the glossary lacks the factor 1/2",
    checks=(
        identity((X - Y) ** 2 / 2, (X**2 + Y**2) / 2 - X * Y),
        attack(
            separation,
            "==",
            lambda p, e: mean_square_difference(p, e) / 2,
            domain={"p": PLUS, "e": Real(-1, 1)},
        ),
    ),
    near_miss=identity((X - Y) ** 2, (X**2 + Y**2) / 2 - X * Y),
    expected=SAMPLED,
)

EXPANSION_PRINTED = Claim(
    id="residual.expansion-exponents-printed",
    title="Order of the terms of an asymptotic expansion, as Appendix C defines it",
    statement=(
        "In Σ β_i (x - ξ)^(α_i), x → ξ, with strictly decreasing α_i each term is smaller than the "
        "one before, as remainders Θ((x - ξ)^(α_{N+1})) require; here ξ = 0, 0 < x < 1"
    ),
    variables={
        "x": "in (0, 1)",
        "first, step": "α_0 and α_{i+1} - α_i < 0",
        "order": "i",
    },
    source=Source("residual", "Appendix C, notation"),
    as_printed=(
        "strictly decreasing exponents with x → ξ: no function has such an expansion, since the "
        "remainder after term N is O(x^(α_{N+1})), and cannot be Θ of the larger x^(α_{N+2}) after "
        "one more. Increasing exponents are meant, or x → ∞"
    ),
    checks=(attack(next_term, "<=", term, domain=TERMS),),
    near_miss=attack(
        next_term, "<=", lambda x, first, step, order: 2 * term(x, first, step, order), domain=TERMS
    ),
    expected=FALSE,
    corrected_by="residual.expansion-exponents",
)

EXPANSION = Claim(
    id="residual.expansion-exponents",
    title="Order of the terms of an asymptotic expansion",
    statement=(
        "For x → ξ the exponents of an expansion have to increase, for x → ∞ to decrease, as in "
        "Lemma C.3: then, and only then, each term is smaller than the one before"
    ),
    variables={"x": "in (0, 1), or above 1", "first, step": "α_0, α_{i+1} - α_i", "order": "i"},
    source=Source("residual", "Appendix C, notation"),
    as_printed="decreasing for x → ξ",
    checks=(
        attack(next_term, "<", term, domain={**TERMS, "step": Integer(1, 4)}),
        attack(
            next_term,
            "<",
            term,
            domain={**TERMS, "x": Real(1, None, open_at="lower", decades=6)},
        ),
    ),
    near_miss=attack(
        next_term,
        "<",
        lambda x, first, step, order: term(x, first, step, order) / 2,
        domain={**TERMS, "step": Integer(1, 4)},
    ),
    expected=SAMPLED,
)

TANGENT = Claim(
    id="residual.relu-differential-equation",
    title="Growth of ReLU networks and the differential equation",
    statement=(
        "In a ReLU network log(p_l)/l → log(1 + C), C = σ_v² σ_w²/2, and 1 + C < exp(C) for every "
        "C > 0: the differential equation overestimates the rate"
    ),
    variables={"branch": "C", "depth": "l"},
    assumptions=("C = 1 in the network",),
    source=Source("residual", "Section 5, differential equation"),
    as_printed=(
        "'∝ exp(Cl)' for dP/dl = C P, and p 'exactly like so': true of some C, as printed; tested "
        "here for the C of the recurrence"
    ),
    checks=(
        attack(lambda branch: 1 + branch, "<", tangent_growth, domain={"branch": PLUS}),
        limit(
            log_length_over_depth,
            sympy.log(2),
            along=[{"depth": layer} for layer in LAYERS],
            error=1 / DEPTH,
        ),
    ),
    near_miss=limit(
        log_length_over_depth,
        1,
        along=[{"depth": layer} for layer in LAYERS],
        error=1 / DEPTH,
    ),
    expected=SAMPLED,
)

W11, W12, X1, X2, B = sympy.symbols("w11 w12 x1 x2 b", real=True)
SQUARE_OF_ENTRY = (W11 * X1 + W12 * X2 + B) ** 2
PLAIN = B**2 + (W11 * X1) ** 2 + (W12 * X2) ** 2 + 2 * B * (W11 * X1 + W12 * X2)
SQUARE = Claim(
    id="residual.reduced-length-recurrence-proof",
    title="Square of a hidden entry",
    statement="h_1² = b_1² + Σ w_1i² x_i² + 2 Σ w_1i x_i b_1 + 2 Σ_{i<k} w_1i w_1k x_i x_k",
    variables={"w11, w12": "weights of a hidden entry", "x1, x2": "input", "b": "its bias"},
    source=Source("residual", "Lemma B.1, proof"),
    as_printed=(
        "cross terms 2 Σ_{j≠l} w_ji w_li x_i², of rows in place of entries of one row, in an "
        "equation of means, in which both kinds vanish; tested here without means"
    ),
    checks=(identity(SQUARE_OF_ENTRY, PLAIN + 2 * W11 * W12 * X1 * X2),),
    near_miss=identity(SQUARE_OF_ENTRY, PLAIN + W11 * W12 * X1 * X2),
    expected=Verdict(Outcome.HOLDS, Grade.EXACT),
)

CLAIMS = (
    LETTERS_PRINTED,
    LETTERS,
    VARIANCE_PRINTED,
    GLOSSARY_PRINTED,
    DISTANCE,
    EXPANSION_PRINTED,
    EXPANSION,
    TANGENT,
    SQUARE,
)
"""Definitions and remarks, as printed and as they have to be."""
