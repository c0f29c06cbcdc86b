"""tangents, section 5: gradient descent under a lower bound of the gradient, and its proof."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.relu_covariances import ball
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, OneOf, Range, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)


# --- functions that satisfy the hypotheses: f >= 0, smooth, with |grad f|^2 >= 2 c beta f ---
# Quadratics sum_i a_i u_i^2 / 2 have beta = max a_i and c = min a_i / beta. The valley
# u^2 + 3 sin^2 u is not convex; beta = 8, and c beta = 1/32 serves.

BENT_SMOOTHNESS = Fraction(8)
BENT_CONSTANT = Fraction(1, 256)


def quadratic(curvatures: Sequence[Fraction], u: Sequence[Fraction]) -> Fraction:
    return sum((a * x * x for a, x in zip(curvatures, u, strict=True)), Fraction(0)) / 2


def gradient(curvatures: Sequence[Fraction], u: Sequence[Fraction]) -> list[Fraction]:
    return [a * x for a, x in zip(curvatures, u, strict=True)]


def descended(
    curvatures: Sequence[Fraction], share: Fraction, steps: int
) -> tuple[Fraction, Fraction]:
    """Return ``f(u_0)`` and ``f(u_t)`` from ``(1, ..., 1)`` with the step ``share 2/beta``."""
    step = share * 2 / max(curvatures)
    u = [Fraction(1)] * len(curvatures)
    start = quadratic(curvatures, u)
    for _ in range(steps):
        u = [x - step * g for x, g in zip(u, gradient(curvatures, u), strict=True)]
    return start, quadratic(curvatures, u)


def reached(curvatures: Sequence[Fraction], share: Fraction, steps: int) -> Fraction:
    return descended(curvatures, share, steps)[1]


def factor(curvatures: Sequence[Fraction], share: Fraction) -> Fraction:
    """Return ``1 - 2 c a b (1 - a b/2)`` with ``a b = 2 share``."""
    constant = min(curvatures) / max(curvatures)
    return 1 - 4 * constant * share * (1 - share)


def bound(curvatures: Sequence[Fraction], share: Fraction, steps: int) -> Fraction:
    return factor(curvatures, share) ** steps * descended(curvatures, share, 0)[0]


def faster_bound(curvatures: Sequence[Fraction], share: Fraction, steps: int) -> Fraction:
    """Return the same without the half: ``1 - 2 c a b (1 - a b/4)``."""
    constant = min(curvatures) / max(curvatures)
    rate = 1 - 4 * constant * share * (1 - share / 2)
    return rate**steps * descended(curvatures, share, 0)[0]


def bent(u: arb) -> arb:
    sine = u.sin()
    return u * u + 3 * sine * sine


def bent_slope(u: arb) -> arb:
    return 2 * u + 3 * (2 * u).sin()


def bent_reached(share: Fraction, start: Fraction, steps: int, dps: int) -> Any:
    with working_bits(bits_from_dps(dps) + 20 * steps):
        u, step = ball(start), ball(share * 2 / BENT_SMOOTHNESS)
        for _ in range(steps):
            u -= step * bent_slope(u)
        return bent(u)


def bent_bound(share: Fraction, start: Fraction, steps: int, dps: int) -> Any:
    with working_bits(bits_from_dps(dps) + 20):
        return ball((1 - 4 * BENT_CONSTANT * share * (1 - share)) ** steps) * bent(ball(start))


def bent_square(start: Fraction, dps: int) -> Any:
    with working_bits(bits_from_dps(dps) + 20):
        slope = bent_slope(ball(start))
        return slope * slope


def bent_least_square(start: Fraction, dps: int) -> Any:
    with working_bits(bits_from_dps(dps) + 20):
        return 2 * ball(BENT_CONSTANT * BENT_SMOOTHNESS) * bent(ball(start))


# --- smoothness ---


def bent_at(v: Fraction, dps: int) -> Any:
    with working_bits(bits_from_dps(dps) + 20):
        return bent(ball(v))


def _parabola(u: Fraction, v: Fraction, dps: int, weight: Fraction) -> Any:
    with working_bits(bits_from_dps(dps) + 20):
        distance = ball(v - u)
        return bent(ball(u)) + bent_slope(ball(u)) * distance + ball(weight) * distance * distance


def bent_parabola(u: Fraction, v: Fraction, dps: int) -> Any:
    return _parabola(u, v, dps, BENT_SMOOTHNESS / 2)


def narrow_parabola(u: Fraction, v: Fraction, dps: int) -> Any:
    return _parabola(u, v, dps, BENT_SMOOTHNESS / 4)


def quadratic_at(curvatures: Sequence[Fraction], v: Fraction) -> Fraction:
    return quadratic(curvatures, _line(curvatures, v))


def _line(curvatures: Sequence[Fraction], end: Fraction) -> list[Fraction]:
    return [end + i for i in range(len(curvatures))]


def parabola(curvatures: Sequence[Fraction], u: Fraction, v: Fraction) -> Fraction:
    start = _line(curvatures, u)
    slope = sum(gradient(curvatures, start), Fraction(0)) * (v - u)
    square = max(curvatures) * len(curvatures) * (v - u) ** 2
    return quadratic(curvatures, start) + slope + square / 2


# --- how far such a function can stay below 1 ---


def highest(curvatures: Sequence[Fraction], radius: Fraction) -> Fraction:
    """Return the largest ``f`` at a distance from the point ``u = 0``, where ``f = 0``."""
    return max(curvatures) * radius**2 / 2


def least_height(curvatures: Sequence[Fraction], radius: Fraction) -> Fraction:
    """Return ``c beta r^2/2``: the square root of ``f`` has the slope ``sqrt(c beta/2)``."""
    return min(curvatures) * radius**2 / 2


def bent_height(start: Fraction, radius: Fraction, dps: int) -> Any:
    """Return ``sqrt f`` at a distance uphill of a point."""
    with working_bits(bits_from_dps(dps) + 20):
        return bent(ball(start + radius)).sqrt()


def bent_least_height(start: Fraction, radius: Fraction, dps: int) -> Any:
    with working_bits(bits_from_dps(dps) + 20):
        slope = ball(BENT_CONSTANT * BENT_SMOOTHNESS / 2).sqrt()
        return bent(ball(start)).sqrt() + slope * ball(radius)


def bent_steep_height(start: Fraction, radius: Fraction, dps: int) -> Any:
    """Return the same with ``sqrt(2 beta)``, of the largest slope, in its place."""
    with working_bits(bits_from_dps(dps) + 20):
        slope = ball(2 * BENT_SMOOTHNESS).sqrt()
        return bent(ball(start)).sqrt() + slope * ball(radius)


_claim = claims_of("tangents", HOLDS)

SPECTRA = OneOf(
    tuple(
        tuple(Fraction(value) for value in row)
        for row in ((1,), (1, 1), (1, "1/10"), (3, 1, 2), (7, "1/1000"), (1, "999/1000"))
    )
)
SHARE = Real(0, 1, open_at="both")
CURVED: dict[str, Range] = {"curvatures": SPECTRA, "share": SHARE, "steps": Integer(1, reach=40)}
BENT: dict[str, Range] = {
    "share": SHARE,
    "start": Real(-20, 20),
    "steps": Integer(1, 30, reach=30),
}
LINE: dict[str, Range] = {"u": Real(-20, 20), "v": Real(-20, 20)}
MEANING = {
    "curvatures": "a_i, where f(u) = Σ a_i u_i²/2; then β = max a_i, c = min a_i/β",
    "share": "step size α over 2/β",
    "steps": "t",
    "start": "u_0 for f(u) = u² + 3 sin² u, which is not convex; β = 8, c = 1/256",
}

CLAIMS = (
    _claim(
        "smoothness",
        "eq 90",
        title="a smooth function lies below a parabola",
        statement="f(v) <= f(u) + ∇f(u)·(v - u) + (β/2) ‖v - u‖²",
        variables={
            "u": "point: itself for f(u) = u² + 3 sin² u, else (u, u + 1, ...)",
            "v": "second point, likewise",
            "curvatures": MEANING["curvatures"],
        },
        assumptions=("‖∇f(u) - ∇f(v)‖ <= β ‖u - v‖",),
        checks=(
            attack(bent_at, "<=", bent_parabola, domain=LINE, tries=(150, 1500)),
            attack(
                quadratic_at,
                "<=",
                parabola,
                domain=LINE | {"curvatures": SPECTRA},
                tries=(60, 600),
            ),
        ),
        near_miss=attack(bent_at, "<=", narrow_parabola, domain=LINE, tries=(150, 1500)),
    ),
    _claim(
        "descent-rate",
        "Lemma 1; eq 95",
        title="gradient descent under a lower bound of the gradient",
        statement="f(u_t) <= f(u_0) (1 - 2cαβ (1 - αβ/2))^t",
        variables=MEANING,
        assumptions=(
            "f >= 0 is β-smooth",
            "‖∇f‖ >= sqrt(2cβ f) everywhere",
            "0 < α < 2/β",
        ),
        as_printed="for f with values in [0, 1]; only f >= 0 is used",
        checks=(
            attack(reached, "<=", bound, domain=CURVED, tries=(150, 1500)),
            attack(bent_square, ">=", bent_least_square, domain={"start": BENT["start"]}),
            attack(bent_reached, "<=", bent_bound, domain=BENT, tries=(100, 1000)),
        ),
        near_miss=attack(reached, "<=", faster_bound, domain=CURVED, tries=(150, 1500)),
    ),
    _claim(
        "descent-factor",
        "Lemma 1; eq 95",
        title="the factor of the decrease lies between 0 and 1",
        statement="0 < 1 - 2cαβ (1 - αβ/2) < 1 for 0 < c < 1 and 0 < α < 2/β, so that f(u_t) -> 0",
        variables={"constant": "c", "share": "step size α over 2/β"},
        checks=(
            attack(
                lambda constant, share: 1 - 4 * constant * share * (1 - share),
                "<",
                1,
                domain={"constant": SHARE, "share": SHARE},
            ),
            attack(
                lambda constant, share: 1 - 4 * constant * share * (1 - share),
                ">",
                0,
                domain={"constant": SHARE, "share": SHARE},
            ),
        ),
        near_miss=attack(
            lambda constant, share: 1 - 4 * constant * share * (1 - share),
            "<",
            1,
            domain={"constant": Real(0, 1), "share": Real(0, 1)},
        ),
    ),
    _claim(
        "descent-bounded-printed",
        "Lemma 1",
        FALSE,
        title="gradient descent of a function with values in [0, 1]",
        statement="f stays in [0, 1] where ‖∇f‖ >= sqrt(2cβ f) holds everywhere",
        variables={"curvatures": MEANING["curvatures"], "radius": "distance from the minimum"},
        as_printed="both are assumed; together they leave f = 0 alone, for the slope of sqrt f "
        "uphill is at least sqrt(cβ/2)",
        checks=(
            attack(
                highest,
                "<=",
                1,
                domain={"curvatures": SPECTRA, "radius": Real(0, None)},
                tries=(40, 400),
            ),
        ),
        near_miss=attack(
            highest,
            "<=",
            1,
            domain={"curvatures": SPECTRA, "radius": Real(1, 2)},
            tries=(40, 400),
        ),
        corrected_by="tangents.descent-unbounded",
    ),
    _claim(
        "descent-unbounded",
        "Lemma 1",
        title="a lower bound of the gradient leaves no bounded function",
        statement="within the distance r of u there is a point with sqrt f >= sqrt f(u) + "
        "r sqrt(cβ/2), wherever f(u) > 0",
        variables=MEANING | {"radius": "r"},
        assumptions=("f >= 0", "‖∇f‖ >= sqrt(2cβ f) everywhere"),
        checks=(
            attack(
                bent_height,
                ">=",
                bent_least_height,
                domain={"start": Real("1/100", 20), "radius": Real(0, 30)},
                tries=(100, 1000),
            ),
            attack(
                highest,
                ">=",
                least_height,
                domain={"curvatures": SPECTRA, "radius": Real(0, None)},
                tries=(40, 400),
            ),
        ),
        near_miss=at_points(
            bent_height,
            ">=",
            bent_steep_height,
            points=[{"start": 1, "radius": 5}],
        ),
    ),
)
"""Quadratics are treated exactly, so that the ends of the range of steps are sharp."""
