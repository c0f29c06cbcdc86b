"""sensitivity, section 5: small variance against the mean square, and growth of the sensitivity.

The increment compares products of first moments with the variance, so that data in one point but
for a few leave it as it is. What makes it 1 is small angles between the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.rational_networks import mean, mean_square, variance
from symprop.claims.sensitivity_vanilla import increment, inverse_square, sampled_variance
from symprop.ledger.checks import at_points, limit
from symprop.ledger.domain import Integer
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
STATISTICAL = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
ENCLOSED = Verdict(Outcome.FAILS, Grade.ENCLOSED)
Data = tuple[tuple[int, ...], ...]


def nearly_one_point(count: int) -> Data:
    """Return ``count - 1`` times the datum (1, 0), and (0, 1) once."""
    return ((1, 0),) * (count - 1) + ((0, 1),)


def relative_variance(count: int) -> Fraction:
    """Return ``mu_2(x)/nu_2(x)`` of these data."""
    columns = list(zip(*nearly_one_point(count), strict=True))
    values = [[Fraction(x) for x in column] for column in columns]
    return mean([variance(v) for v in values]) / mean([mean_square(v) for v in values])


def excess(count: int, dps: int) -> arb:
    """Return ``delta zeta^2 - 1`` of the first layer, all means exact."""
    with working_bits(bits_from_dps(dps) + 20):
        return increment(nearly_one_point(count), dps).ball ** 2 - 1


def excess_if_concentrated(count: int, bound: Fraction, dps: int) -> Any:
    """Return it if the relative variance is at most ``bound``, else 0."""
    return excess(count, dps) if relative_variance(count) <= bound else 0


def excess_of_pair(dps: int) -> arb:
    """Return ``1/(pi - 1)``: that of two orthogonal data."""
    with working_bits(bits_from_dps(dps) + 20):
        return 1 / (arb.pi() - 1)


def sampled_share(count: int, width: int, size: int, seed: int) -> tuple[float, float]:
    """Sample ``delta mu_2(x)`` for such data."""
    return sampled_variance(nearly_one_point(count), width, size, seed)


def inverse_excess(count: int, dps: int) -> arb:
    return inverse_square(nearly_one_point(count), dps)


# --- angles ---


def share_of_angle(angle: Any) -> arb:
    """Return ``(sin t - t cos t)/(pi (1 - cos t))``, which is 1/2 at pi."""
    sine, cosine = angle.sin(), angle.cos()
    value: arb = (sine - angle * cosine) / (arb.pi() * (1 - cosine))
    return value


def _angle(x: Sequence[int], y: Sequence[int]) -> arb:
    along = sum(a * b for a, b in zip(x, y, strict=True))
    across = x[0] * y[1] - x[1] * y[0]
    return arb.atan2(arb(abs(across)), arb(along))


def _data(ax: int, ay: int, bx: int, by: int, repeats: int) -> Data:
    return ((1, 0),) * repeats + ((ax, ay), (bx, by))


def product_share(ax: int, ay: int, bx: int, by: int, repeats: int, dps: int) -> arb:
    """Return ``E nu_1(y+) nu_1(y-)/mu_2(x)`` of three data, one of them repeated."""
    with working_bits(bits_from_dps(dps) + 20):
        found = increment(_data(ax, ay, bx, by, repeats), dps + 5).ball
        return 1 - 1 / found**2


def share_of_widest(ax: int, ay: int, bx: int, by: int, dps: int) -> arb:
    """Return the share of the widest angle between two of the data."""
    with working_bits(bits_from_dps(dps) + 20):
        vectors = ((1, 0), (ax, ay), (bx, by))
        angles = [_angle(x, y) for i, x in enumerate(vectors) for y in vectors[:i]]
        widest = max(angles, key=lambda angle: float(angle.mid()))
        return share_of_angle(widest)


def nine_tenths(ax: int, ay: int, bx: int, by: int, dps: int) -> arb:
    return share_of_widest(ax, ay, bx, by, dps) * arb("0.9")


def three_not_on_a_ray(ax: int, ay: int, bx: int, by: int) -> bool:
    """Whether the data are different, none is 0, and some are at an angle: else both sides meet."""
    different = len({(ax, ay), (bx, by), (1, 0), (0, 0)}) == 4
    return different and bool(ay or by or ax < 0 or bx < 0)


def scaled_share(inverse: int, dps: int) -> arb:
    """Return the share of the angle ``t = 1/inverse`` over ``t``."""
    with working_bits(bits_from_dps(dps) + 60):
        return share_of_angle(1 / arb(inverse)) * inverse


def slope(dps: int) -> arb:
    with working_bits(bits_from_dps(dps) + 20):
        return 2 / (3 * arb.pi())


PLANE = {name: Integer(-3, 3) for name in ("ax", "ay", "bx", "by")} | {"repeats": Integer(1, 20)}
SMALL = [{"inverse": 2**k} for k in range(2, 12)]
MEANINGS = {
    "count": "k data: (1, 0) but for one (0, 1)",
    "bound": "η",
    "width": "N",
    "ax": "a datum",
    "ay": "",
    "bx": "another datum",
    "by": "",
    "repeats": "how often the third one, (1, 0)",
    "inverse": "1/θ",
}

_claim = claims_of("sensitivity", HOLDS, variables=MEANINGS)

CLAIMS = (
    _claim(
        "concentration-stops-growth-printed",
        "Section 5, discussion of Theorem 2",
        ENCLOSED,
        title="concentration stops the growth, as argued",
        statement=(
            "if μ_2(xˡ⁻¹)/ν_2(xˡ⁻¹) <= η, for η small enough, then δζˡ ≃ 1: (δζˡ)² - 1 <= 1/10"
        ),
        assumptions=(
            "ratio of expectations at any width; k data, (1, 0) but for one (0, 1)",
            "η is taken from 1/10 down to 1/500, with data for each",
        ),
        as_printed=(
            "the values of a channel are then nearly all of one sign, but ν_1(y⁺) ν_1(y⁻) is "
            "divided by μ_2, which is as small: one datum apart has a share of both. Here "
            "(δζ)² = 1/(1 - 1/π) for all k, so that a growth of ζ does not contradict "
            "μ_2/ν_2 -> 0"
        ),
        checks=(
            at_points(
                excess_if_concentrated,
                "<=",
                "1/10",
                points=[{"count": k, "bound": Fraction(2, k)} for k in (20, 40)],
            ),
        ),
        near_miss=at_points(
            excess_if_concentrated,
            "<=",
            "2/5",
            points=[{"count": 30, "bound": Fraction(2, 30)}],
        ),
        corrected_by="sensitivity.small-angles-stop-growth",
    ),
    _claim(
        "one-datum-apart",
        "Section 5, discussion of Theorem 2",
        STATISTICAL,
        title="growth with all data but one in one point",
        statement="(δζ¹)² = 1/(1 - 1/π) for k data, all equal but for an orthogonal one as long",
        checks=(
            at_points(excess, "==", excess_of_pair, points=grid(count=(2, 3, 10, 40))),
            simulated(
                sampled_share,
                "==",
                inverse_excess,
                points=grid(count=(10,), width=(1, 4)),
                sizes=(20_000, 200_000),
            ),
        ),
        near_miss=at_points(
            excess,
            "==",
            lambda count, dps: excess_of_pair(dps) * 2 / count,
            points=grid(count=(3,)),
        ),
    ),
    _claim(
        "small-angles-stop-growth",
        "Section 5, discussion of Theorem 2",
        title="small angles stop the growth",
        statement=(
            "E ν_{1,c}(y⁺) ν_{1,c}(y⁻)/μ_2 <= h(θ) = (sin θ - θ cos θ)/(π (1 - cos θ)) if no two "
            "data are at an angle above θ, whatever their weights; h(θ) = 2θ/(3π) + O(θ³)"
        ),
        assumptions=("at any width, as a ratio of expectations", "no datum is 0"),
        checks=(
            attack(
                product_share,
                "<=",
                share_of_widest,
                domain=PLANE,
                assuming=three_not_on_a_ray,
                tries=(30, 300),
            ),
            limit(scaled_share, slope, along=SMALL, error=lambda inverse: Fraction(1, inverse**2)),
        ),
        near_miss=at_points(
            product_share,
            "<=",
            nine_tenths,
            points=[{"ax": 0, "ay": 1, "bx": 0, "by": 1, "repeats": 2}],
        ),
    ),
)
"""Concentration and growth."""
