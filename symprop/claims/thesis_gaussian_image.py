"""thesis, lemma 3.3: how far a Gaussian matrix is from its image under one layer.

A batch of two with ReLU, as in `symprop.claims.thesis_total_variation`. With ``A`` and ``B`` the
squared lengths of the two columns, ``A - B`` has variance ``d`` under the Gaussian law and about
``2 d`` under its image, for the Gram matrix of the layer fluctuates by as much as ``d`` rows do.
Both are centred and nearly normal, so the total variation tends to that of ``N(0, 1)`` and
``N(0, 2)``. Moments alone bound it below at every width:
``(E_Q f - E_P f)^2 <= 2 tv (E_P f^2 + E_Q f^2)``, by Cauchy and Schwarz.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb, isqrt
from typing import Any

import sympy
from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.thesis_total_variation import ball
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Context
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Counterexample, Evidence, Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)
HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
STIRLING = ((1,), (0, 1), (0, 1, 1), (0, 1, 3, 1), (0, 1, 7, 6, 1))
"""Powers in terms of falling factorials."""


# --- moments, exact at every width; ``d`` is a number or a symbol ---


def falling(d: Any, count: int) -> Any:
    """Return ``d (d - 1) ...`` with ``count`` factors."""
    product = d / d
    for i in range(count):
        product *= d - i
    return product


def binomial_moment(d: Any, i: int, j: int) -> Any:
    """Return ``E k^i (d - k)^j`` of a fair binomial ``k``."""
    return sum(
        a * b * falling(d, r + s) / 2 ** (r + s)
        for r, a in enumerate(STIRLING[i])
        for s, b in enumerate(STIRLING[j])
    )


def chi_square_moment(d: Any, i: int) -> Any:
    product = d / d
    for step in range(i):
        product *= d + 2 * step
    return product


def moment(d: Any, power: int, *, fluctuates: bool) -> Any:
    """Return ``E (A - B)^power``, with the Gram matrix ``diag(k, d - k)/d`` or ``I/2``."""
    total = 0 * d
    for i in range(power + 1):
        j = power - i
        scale = binomial_moment(d, i, j) / d**power if fluctuates else d / d / 2**power
        sign = comb(power, i) * (-1) ** j
        total += sign * scale * chi_square_moment(d, i) * chi_square_moment(d, j)
    return total


def moment_bound(d: Any) -> Any:
    """Return the lower bound of the total variation from ``f = (A - B)^2 - 3 d/2``."""
    second = [moment(d, 2, fluctuates=flag) for flag in (False, True)]
    fourth = [moment(d, 4, fluctuates=flag) for flag in (False, True)]
    level = 3 * d / 2
    squares = sum(fourth) - 2 * level * sum(second) + 2 * level**2
    return (second[1] - second[0]) ** 2 / (2 * squares)


def bound_at(d: int) -> Fraction:
    found: Fraction = moment_bound(Fraction(d))
    return found


def every_width(least: Fraction) -> Any:
    """Return the check that `moment_bound` is at least ``least`` at every width.

    The difference is a quotient of polynomials in ``d - 1``; coefficients of one sign prove it.
    """

    def check(context: Context) -> Evidence:  # noqa: ARG001
        beyond = sympy.Symbol("x", nonnegative=True)
        difference = moment_bound(1 + beyond) - sympy.Rational(least.numerator, least.denominator)
        parts = sympy.fraction(sympy.cancel(sympy.together(difference)))
        signs = [{sympy.sign(c) for c in sympy.Poly(part, beyond).coeffs()} for part in parts]
        if all(len(sign) == 1 for sign in signs) and signs[0] == signs[1]:
            return Evidence.holds(Grade.EXACT, "all coefficients in d - 1 have one sign")
        for d in (1, 10, 100, 10**6):
            if bound_at(d) < least:
                found = Counterexample({"d": str(d)}, str(bound_at(d)), str(least), ">=")
                return Evidence.fails(Grade.EXACT, found)
        return Evidence.undecided("coefficients of either sign")

    return check


# --- one event, exactly ---


def difference_on_event(d: int, dps: int) -> Any:
    """Return how the two laws differ on ``|A/(A + B) - 1/2| <= sqrt(2 log 2)/(2 sqrt d)``.

    The quotient has a beta law; given ``k``, one with its argument moved.
    """
    with working_bits(bits_from_dps(dps) + 60):
        half = ball(Fraction(d, 2))
        width = (2 * arb(2).log() / d).sqrt() / 2
        ends = [ball(Fraction(1, 2)) + sign * width for sign in (-1, 1)]

        def inside(k: int) -> arb:
            moved = [x * (d - k) / (x * (d - k) + (1 - x) * k) for x in ends]
            low, high = (x.beta_lower(half, half, regularized=True) for x in moved)
            return high - low

        reach, counted, image = 6 * isqrt(d) + 1, 2, arb(0)  # one column is 0 for k = 0 and k = d
        for k in range(max(1, d // 2 - reach), min(d - 1, d // 2 + reach) + 1):
            counted += comb(d, k)
            image += comb(d, k) * inside(k)
        low, high = (x.beta_lower(half, half, regularized=True) for x in ends)
        rest = (1 - arb(counted) / arb(2) ** d) * arb("0.5 +/- 0.5")  # whatever the others do
        return high - low - image / arb(2) ** d - rest


def limit_of_difference(dps: int) -> Any:
    """Return the total variation of ``N(0, 1)`` and ``N(0, 2)``."""
    with working_bits(bits_from_dps(dps)):
        log_two = arb(2).log()
        return log_two.sqrt().erf() - (log_two / 2).sqrt().erf()


def wrong_limit(dps: int) -> Any:
    """Return the same for ``N(0, 1)`` and ``N(0, 3/2)``, as if half of the noise were seen."""
    with working_bits(bits_from_dps(dps)):
        square = 3 * ball(Fraction(3, 2)).log()  # where the densities cross
        return (square / 2).sqrt().erf() - (square / 3).sqrt().erf()


def inverse_width(d: int) -> Fraction:
    return Fraction(1, d)


# --- the printed bounds, at a width that depends on the constant ---


def width_for(constant: Fraction) -> int:
    """Return a width at which all the printed bounds are below 1/60.

    They are at most ``20 c log(d)/d < 40 c/sqrt d``, as ``log x < 2 sqrt x``.
    """
    return (10**7) * (int(constant) + 2) ** 2


def bound_for(constant: Fraction) -> Fraction:
    return bound_at(width_for(constant))


def printed_radius(constant: Fraction, dps: int) -> Any:
    """Return ``constant |G_*^(-1)| (n^2/d) log(d/n)``, ``n = 2`` and ``G_* = I/2``."""
    d = width_for(constant)
    with working_bits(bits_from_dps(dps)):
        return ball(constant) * 8 / d * (arb(d) / 2).log()


def radius(d: int, constant: Fraction) -> arb:
    """Return ``constant eps^2 log(1/eps)`` with ``eps = n |G_*^(-1)| B/sqrt d = 4/sqrt d``."""
    return ball(constant) * 16 / d * (arb(d) / 16).log() / 2


def restated_radius(constant: Fraction, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return radius(width_for(constant), constant)


def invariant_radius(constant: Fraction, dps: int) -> Any:
    """Return ``constant eps^2 log(1/eps)/alpha`` with ``alpha = 2/5``."""
    return restated_radius(constant, dps) * 5 / 2


def narrow_radius(d: int, constant: Fraction, dps: int) -> Any:
    """Return the same with ``alpha = 2^(-d)``."""
    with working_bits(bits_from_dps(dps)):
        return 2**d * radius(d, constant)


def printed_mixture_bound(d: int, t: Fraction, dps: int) -> Any:
    """Return ``(3/2) t^2 eps^2 + exp(-t^2)`` with ``eps = 4/sqrt d``."""
    with working_bits(bits_from_dps(dps)):
        return ball(Fraction(24 * t * t, d)) + (-ball(t * t)).exp()


_claim = claims_of("thesis")

ANY_CONSTANT = {"constant": Real(1, None)}
CONSTANTS = {"constant": "c; the width is 10^7 (c + 2)^2, c rounded down"}

CLAIMS = (
    _claim(
        "gaussian-nearly-invariant-printed",
        "Lemma 3.3",
        FALSE,
        title="the Gaussian law is nearly invariant, as printed",
        statement=(
            "for some c and all widths the total variation between rows N(0, G_*) and their image "
            "under a layer is at most c |G_*^(-1)| (n²/d) log(d/n); restated, c ε² log(1/ε) with "
            "ε = n |G_*^(-1)| B/√d"
        ),
        variables=CONSTANTS,
        assumptions=("n = 2, ReLU, G_* = I/2",),
        as_printed=(
            "the two printed bounds differ in the power of |G_*^(-1)|. For every c they tend to 0 "
            "with the width and the distance does not: the left side is a lower bound from "
            "moments, at least 1/60, and at width 10^7 (c + 2)² the right one is less, as "
            "log x < 2 √x. The proof uses the distance of single rows, and its "
            "square. At d = n the first bound is 0, at ε >= 1 the second is not even positive"
        ),
        checks=(
            attack(bound_for, "<=", printed_radius, domain=ANY_CONSTANT),
            attack(bound_for, "<=", restated_radius, domain=ANY_CONSTANT),
        ),
        near_miss=at_points(bound_for, "<=", restated_radius, points=grid(constant=("1000",))),
        corrected_by="thesis.gaussian-image-distance",
    ),
    _claim(
        "gaussian-image-distance",
        "Lemma 3.3",
        HOLDS,
        title="the Gaussian law and its image stay apart",
        statement=(
            "for n = 2 and ReLU the total variation is at least 1/60 at every width, by moments; "
            "more than 0.166 on an event known exactly"
        ),
        variables={"d": "width"},
        assumptions=("G_* = I/2",),
        checks=(
            every_width(Fraction(1, 60)),
            at_points(difference_on_event, ">", "166/1000", points=grid(d=(4, 20, 100))),
        ),
        near_miss=every_width(Fraction(1, 50)),
    ),
    _claim(
        "gaussian-image-limit",
        "Lemma 3.3",
        HOLDS,
        title="limit of the distance between the Gaussian law and its image",
        statement=(
            "on |A/(A+B) - 1/2| <= √(2 log 2)/(2√d), A and B the squared lengths of the columns, "
            "the laws differ by erf √(log 2) - erf √(log 2/2) = 0.16606..., up to O(1/d)"
        ),
        variables={"d": "width"},
        assumptions=("n = 2, ReLU, G_* = I/2",),
        checks=(
            limit(
                difference_on_event,
                limit_of_difference,
                along=[{"d": 2**k} for k in range(2, 8)],
                error=inverse_width,
            ),
        ),
        near_miss=limit(
            difference_on_event,
            wrong_limit,
            along=[{"d": 2**k} for k in range(2, 8)],
            error=inverse_width,
        ),
    ),
    _claim(
        "two-terms-of-distance-printed",
        "eq B.44",
        FALSE,
        title="total variation by two terms, as printed",
        statement="tv(h, ĥ) <= (3/2) t² ε² + exp(-t²) for all t up to √d",
        variables={"d": "width", "t": "t"},
        assumptions=("n = 2, ReLU, G_* = I/2, ε = 4/√d",),
        as_printed="both terms vanish at t = 4 as the width grows, and the left side, here the "
        "bound of it by moments, does not",
        checks=(
            at_points(
                bound_at, "<=", printed_mixture_bound, points=grid(d=(10**6, 10**9), t=(3, 4, 10))
            ),
        ),
        near_miss=at_points(bound_at, "<=", printed_mixture_bound, points=grid(d=(10**5,), t=(3,))),
        corrected_by="thesis.gaussian-image-distance",
    ),
    _claim(
        "gaussian-invariant-distance-printed",
        "Lemma B.4; Lemma B.5",
        FALSE,
        title="the Gaussian and the invariant law, as printed",
        statement="tv(μ^, μ_*) <= c α^(-1) ε² log(1/ε) with ε = n |G_*^(-1)| B/√d, for some c",
        variables={"d": "width"} | CONSTANTS,
        assumptions=("n = 2, ReLU, G_* = I/2, ε = 4/√d", "the samples differ in every row"),
        as_printed="for a batch of two μ_* = T(μ^). From an input with as many rows of either sign "
        "μ_1 = μ^ and μ_2 = μ_*, so that Assumption 3.1 holds for that input with "
        "α = 1 - tv(μ^, μ_*), more than 2/5 from d = 200 on by Pinsker's inequality; the distance "
        "has a positive limit. From all inputs alike it holds with α = 2^(-d) only, and the bound "
        "fails where it is not positive, d <= 16. For l >= 2 Lemma B.5 has the same left side",
        checks=(
            attack(bound_for, "<=", invariant_radius, domain=ANY_CONSTANT),
            at_points(
                bound_at, "<=", narrow_radius, points=grid(d=(2, 9, 16), constant=(1, 10**9))
            ),
        ),
        near_miss=at_points(bound_for, "<=", invariant_radius, points=grid(constant=("1000",))),
        corrected_by="thesis.gaussian-image-distance",
    ),
)
"""Chapter 3: the distance that does not vanish."""
