"""thesis, appendix B: total variation of Gaussian rows whose Gram matrix is random or nearly flat.

Two families of exact distances. A random Gram matrix that differs from the identity by ``delta`` at
one of ``n`` places, all equally likely, has likelihood ratios that are independent from place to
place: chi-square divergence ``((1 - delta^2)^(-d/2) - 1)/n``. And a fixed one with
``G_* = diag(1, eta)`` and correlation ``delta`` has divergence ``-(d/2) log(1 - delta^2)``
whatever ``eta``, while the entries of ``G_*^(-1) G`` grow with ``1/eta``.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.thesis_total_variation import ball
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)


# --- one random place ---


def size_for(constant: Fraction, d: int) -> int:
    """Return a batch size at which the bound of `distance_of_random_place` is below it."""
    return int(8 * Fraction(4, 3) ** d / constant**2) + 1


def distance_of_random_place(constant: Fraction, d: int, dps: int) -> Any:
    """Return half the root of the chi-square divergence, ``delta = 1/2``: not less than tv."""
    with working_bits(bits_from_dps(dps)):
        divergence = (ball(Fraction(4, 3)) ** (arb(d) / 2) - 1) / size_for(constant, d)
        return divergence.sqrt() / 2


def quarter(constant: Fraction) -> Fraction:
    """Return ``c t P(|G_*^(-1) G - I|_F^2 >= t)`` at ``t = delta^2``, where the chance is 1."""
    return constant / 4


# --- a nearly flat Gram matrix ---


def distance_of_correlated(d: int, eta: Fraction, dps: int) -> Any:
    """Return Pinsker's bound of the total variation, at correlation ``sqrt eta``."""
    with working_bits(bits_from_dps(dps)):
        return (-d * (1 - ball(eta)).log()).sqrt() / 2


def relative_deviation(eta: Fraction, constant: Fraction) -> Fraction:
    """Return ``c |G_*^(-1) G - I|_F^2``, whose entries off the diagonal are ``eta`` and 1.

    It stands for ``c t`` with ``t`` a little more than 1; with ``min(1, .)`` it is at least ``c``.
    """
    return constant * (1 + eta * eta)


def relative_root(eta: Fraction, constant: Fraction) -> Fraction:  # noqa: ARG001
    """Return ``c min(1, |G_*^(-1) G - I|_F)``."""
    return constant


# --- the condition number in the last step ---


def logarithm_before(norm: Fraction, constant: Fraction, dps: int) -> Any:
    """Return ``log(1/eps)`` at ``eps = 1/(norm (1 + 1/constant))``."""
    with working_bits(bits_from_dps(dps)):
        return ball(norm * (1 + 1 / constant)).log()


def logarithm_after(norm: Fraction, constant: Fraction, dps: int) -> Any:  # noqa: ARG001
    """Return ``constant log(1/(norm eps))``."""
    with working_bits(bits_from_dps(dps)):
        return ball(constant) * ball(1 + 1 / constant).log()


_claim = claims_of("thesis")

CONSTANT = {"constant": Real("1/1000000", "1/100")}

CLAIMS = (
    _claim(
        "variation-from-random-deviation-printed",
        "Lemma B.7",
        FALSE,
        title="total variation from a random Gram deviation, as printed",
        statement="tv(h, ĥ) >= c t P(|G_*^(-1) G - I|_F² >= t) for random G, t <= 1 and some c",
        variables={"constant": "c; n is a little more than 8 (4/3)^d/c²", "d": "number of rows"},
        assumptions=(
            "G_* = I, G = I but for 3/2 at one place of the diagonal, each equally likely",
            "t = 1/4, which |G_*^(-1) G - I|_F² always is",
        ),
        as_printed="with c = 1/100. A random G can hide: here the left side, which is an upper "
        "bound of tv by Cauchy and Schwarz, is of order 1/√n. So no cap of t saves the lemma, and "
        "Theorem B.6 with it; it needs a G that is not random, or the mean of the distances "
        "given G, which eq B.47 writes and Lemma B.5 does not bound",
        checks=(
            attack(
                distance_of_random_place,
                ">=",
                quarter,
                domain=CONSTANT | {"d": Integer(1, 40)},
            ),
        ),
        near_miss=at_points(
            distance_of_random_place, ">=", quarter, points=grid(constant=("1/100",), d=(5,))
        ),
        corrected_by="thesis.variation-from-deviation",
    ),
    _claim(
        "variation-from-relative-deviation-printed",
        "Lemma B.7",
        FALSE,
        title="total variation from the deviation of G_*^(-1) G, as printed",
        statement="tv(N(0, G), N(0, G_*)) >= c min(1, t) for |G_*^(-1) G - I|_F² >= t and some c",
        variables={"eta": "G_* = diag(1, η)", "d": "number of rows", "constant": "c"},
        assumptions=("n = 2, correlation √η, so that |G_*^(-1) G - I|_F² = 1 + η²",),
        as_printed="with c = 1/100. The quoted bound is in terms of the eigenvalues of "
        "G_*^(-1) G - I, the Frobenius norm of G_*^(-1/2) G G_*^(-1/2) - I. The product without "
        "symmetry has a larger norm; the left side is an upper bound of tv by Pinsker's inequality",
        checks=(
            attack(
                distance_of_correlated,
                ">=",
                relative_deviation,
                domain=CONSTANT | {"eta": Real(0, "1/2", open_at="lower"), "d": Integer(1, 40)},
            ),
            attack(
                distance_of_correlated,
                ">=",
                relative_root,
                domain=CONSTANT | {"eta": Real(0, "1/2", open_at="lower"), "d": Integer(1, 40)},
            ),
        ),
        near_miss=at_points(
            distance_of_correlated,
            ">=",
            relative_deviation,
            points=grid(eta=("1/10000",), d=(3,), constant=("1/100",)),
        ),
        corrected_by="thesis.variation-from-deviation",
    ),
    _claim(
        "condition-number-step-printed",
        "Theorem B.6, last step",
        FALSE,
        title="from the norm to the condition number, as printed",
        statement="|G_*|² ε² log(1/ε) <= c ε'² log(1/ε') with ε' = |G_*| ε < 1, for some c",
        variables={"norm": "|G_*|", "constant": "c; ε' = 1/(1 + 1/c)"},
        as_printed="eq B.29 to B.32: ε is renamed in the square and in the logarithm, which gets "
        "smaller for |G_*| > 1. The logarithm has to keep its ε",
        checks=(
            attack(
                logarithm_before,
                "<=",
                logarithm_after,
                domain={"norm": Real(10, 10**6), "constant": Real(1, None)},
            ),
        ),
        near_miss=at_points(
            logarithm_before, "<=", logarithm_after, points=grid(norm=(20,), constant=(100,))
        ),
        corrected_by="thesis.absolute-deviation",
    ),
)
"""Appendix B, random and nearly flat Gram matrices."""
