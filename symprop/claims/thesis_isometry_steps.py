"""thesis, appendix C: steps of proofs about the isometry gap.

For two samples the chain is explicit. With eigenvalues ``1 + e`` and ``1 - e``, a rotation by a
uniform angle ``t`` gives rows of squared lengths ``1 + e cos 2t`` and ``1 - e cos 2t``, so that the
determinant ``1 - e^2`` becomes ``(1 - e^2)/(1 - e^2 u)``, ``u = cos^2 2t`` of arcsine law.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.power_series import rational
from symprop.ledger.checks import at_points
from symprop.ledger.domain import OneOf, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)
HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)


def ball(number: Fraction | int) -> arb:
    return arb(rational(Fraction(number)))


# --- a bound of the logarithm ---


def logarithm(x: Fraction, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return ball(1 + x).log()


def printed_logarithm_bound(x: Fraction) -> Fraction:
    return x - (6 + x) / (6 + 4 * x)


def logarithm_bound(x: Fraction) -> Fraction:
    return x * (6 + x) / (6 + 4 * x)


def too_small_logarithm_bound(x: Fraction) -> Fraction:
    return x - 4 * x * x / (6 + 4 * x)


# --- the first phase with two samples ---


def still_waiting(e: Fraction, layers: int, dps: int) -> Any:
    """Return ``P(S >= l)``, ``l`` 1 or 2: the gap is above 1/32 before layer ``l``."""
    with working_bits(bits_from_dps(dps)):
        if layers == 1:
            return arb(1)
        square = ball(e * e)
        level = (1 - (1 - square) * (arb(1) / 16).exp()) / square
        return 2 * level.sqrt().asin() / arb.pi()


def tail_bound(e: Fraction, exponent: int, dps: int) -> Any:
    """Return ``16 d psi(X_0) exp(-exponent/k)``, ``k = max(2 d^2, 32 d^3 psi(X_0))``, ``d = 2``."""
    with working_bits(bits_from_dps(dps)):
        gap = -ball(1 - e * e).log() / 2
        return 32 * gap * (-exponent / (256 * gap).max(arb(8))).exp()


def printed_tail_bound(e: Fraction, layers: int, dps: int) -> Any:
    return tail_bound(e, layers, dps)


def shifted_tail_bound(e: Fraction, layers: int, dps: int) -> Any:
    return tail_bound(e, layers - 1, dps)


_claim = claims_of("thesis", HOLDS)

LINE = {"x": Real(-1, None, open_at="lower")}
WAITING = {"e": Real("1/4", 1, open_at="upper"), "layers": OneOf((1, 2))}
PAIR = {"e": "eigenvalues 1 ± e of X_0 X_0'", "layers": "l"}

CLAIMS = (
    _claim(
        "logarithm-bound-printed",
        "Lemma C.9",
        FALSE,
        title="bound of the logarithm in the proof, as printed",
        statement="log(1 + x) <= x - (6 + x)/(6 + 4x) for x >= -1",
        variables={"x": "real"},
        as_printed="eq C.54 uses x - 3x²/(6 + 4x) = x (6 + x)/(6 + 4x)",
        checks=(attack(logarithm, "<=", printed_logarithm_bound, domain=LINE),),
        near_miss=at_points(logarithm, "<=", printed_logarithm_bound, points=grid(x=("1/2",))),
        corrected_by="thesis.logarithm-bound",
    ),
    _claim(
        "logarithm-bound",
        "Lemma C.9",
        title="bound of the logarithm in the proof",
        statement="log(1 + x) <= x - 3x²/(6 + 4x) = x (6 + x)/(6 + 4x) for x > -1",
        variables={"x": "real"},
        checks=(attack(logarithm, "<=", logarithm_bound, domain=LINE),),
        near_miss=attack(logarithm, "<=", too_small_logarithm_bound, domain=LINE),
    ),
    _claim(
        "waiting-tail-printed",
        "Lemma C.14",
        FALSE,
        title="tail of the first phase, as printed",
        statement="P(S >= l) <= 16 d ψ(X_0) exp(-l/k), k = max(2d², 32d³ψ(X_0))",
        variables=PAIR,
        assumptions=("d = 2", "ψ(X_0) > 1/(16 d)"),
        as_printed="eq C.113. S >= l says that ψ(X_{l-1}) is above 1/(16 d), so the exponent is "
        "l - 1; at l = 1 the probability is 1 and the bound may be less",
        checks=(attack(still_waiting, "<=", printed_tail_bound, domain=WAITING),),
        near_miss=at_points(
            still_waiting, "<=", printed_tail_bound, points=grid(e=("251/1000",), layers=(1,))
        ),
        corrected_by="thesis.waiting-tail",
    ),
    _claim(
        "waiting-tail",
        "Lemma C.14",
        title="tail of the first phase",
        statement="P(S >= l) <= 16 d ψ(X_0) exp(-(l-1)/k), k = max(2d², 32d³ψ(X_0))",
        variables=PAIR,
        assumptions=("d = 2, l = 1 or 2 in the check", "ψ(X_0) > 1/(16 d)"),
        checks=(attack(still_waiting, "<=", shifted_tail_bound, domain=WAITING),),
        near_miss=at_points(
            still_waiting, "<=", printed_tail_bound, points=grid(e=("251/1000",), layers=(1,))
        ),
    ),
)
"""Appendix C, steps of proofs."""
