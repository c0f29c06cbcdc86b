"""thesis, chapter 3 and appendix B: total variation between laws of representations.

The witness is a batch of two with ReLU. Normalisation turns every row into (1, -1) or (-1, 1), ReLU
into (1, 0) or (0, 1); rows of a centred Gaussian matrix do either with probability 1/2. So the mean
field Gram matrix is ``I/2``, that of width ``d`` is ``diag(k, d - k)/d`` with a binomial ``k``, and
both laws of the next representation are known exactly.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.power_series import rational
from symprop.claims.rational_matrices import (
    Matrix,
    determinant,
)
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]


FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)


HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)


def ball(number: Fraction | int) -> arb:
    return arb(rational(Fraction(number)))


def below(d: int, scale: Any, level: Any) -> arb:
    """Return the probability that ``scale`` times a chi-square of ``d`` is at most ``level``."""
    return (level / scale / 2).gamma_lower(arb(d) / 2, regularized=1)


def scaled_total_variation(d: int, ratio: Fraction, dps: int) -> Any:
    """Return the total variation between ``N(0, I)`` and ``N(0, ratio I)`` in ``d`` dimensions.

    The likelihood ratio depends on the squared length and crosses 1 once.
    """
    if ratio == 1:
        return 0
    with working_bits(bits_from_dps(dps) + 40):
        r = ball(ratio)
        level = d * r.log() / (1 - 1 / r)
        return abs(below(d, arb(1), level) - below(d, r, level))


def printed_lower_bound(d: int, ratio: Fraction) -> Fraction:  # noqa: ARG001
    """Return ``t/100`` with ``t = |G_*^(-1) G - I|_F^2``: one sample, ``n = 1``."""
    return (ratio - 1) ** 2 / 100


def capped_lower_bound(d: int, ratio: Fraction) -> Fraction:  # noqa: ARG001
    return min(Fraction(1), abs(ratio - 1)) / 100


def large_lower_bound(d: int, ratio: Fraction) -> Fraction:  # noqa: ARG001
    return min(Fraction(1), abs(ratio - 1)) / 2


def printed_upper_bound(d: int, ratio: Fraction) -> Fraction:  # noqa: ARG001
    """Return ``(3/2) |G_*^(-1) G - I|_F^2``."""
    return Fraction(3, 2) * (ratio - 1) ** 2


def single_row_upper_bound(d: int, ratio: Fraction) -> Fraction:  # noqa: ARG001
    return Fraction(3, 2) * abs(ratio - 1)


def upper_bound(d: int, ratio: Fraction, dps: int) -> Any:
    """Return ``(3/2) sqrt(d) |G_*^(-1) G - I|_F``: the ``d`` rows are one Gaussian vector."""
    with working_bits(bits_from_dps(dps)):
        return ball(single_row_upper_bound(d, ratio)) * arb(d).sqrt()


def mixed_total_variation(spread: Fraction, dps: int) -> Any:
    """Return the total variation between ``N(0, 1)`` and ``N(0, G)``, ``G = 1 +- spread``.

    The difference of the distribution functions at one point is a lower bound only, so both tails
    and the middle are added up between the points where the densities cross.
    """
    with working_bits(bits_from_dps(dps) + 40):
        variances = [ball(1 - spread), ball(1 + spread)]
        inner, outer = crossings(variances)
        total = arb(0)
        for left, right in ((arb(0), inner), (inner, outer)):
            masses = [between(v, left, right) for v in (*variances, arb(1))]
            total += abs((masses[0] + masses[1]) / 2 - masses[2])
        last = [1 - between(v, arb(0), outer) for v in (*variances, arb(1))]
        total += abs((last[0] + last[1]) / 2 - last[2])
        return total / 2


def between(variance: arb, left: arb, right: arb) -> arb:
    """Return ``P(left <= |N(0, variance)| <= right)``."""
    scale = (2 * variance).sqrt()
    return (right / scale).erf() - (left / scale).erf()


def crossings(variances: list[arb]) -> list[arb]:
    """Return the two points where the mixture's density equals the standard one, by bisection."""

    def difference(x: arb) -> arb:
        square = x * x / 2
        mixture = sum(((-square / v).exp() / v.sqrt() for v in variances), arb(0)) / 2
        return mixture - (-square).exp()

    found = []
    for start, end in ((arb(0), arb("1.3")), (arb("1.3"), arb(6))):
        low, high = start, end
        first = bool(difference(low) > 0)
        for _ in range(80):
            middle = ((low + high) / 2).mid()
            if bool(difference(middle) > 0) == first:
                low = middle
            else:
                high = middle
        found.append(low.union(high))
    return found


def average_total_variation(spread: Fraction, dps: int) -> Any:
    """Return the mean of the total variations from ``N(0, 1)``."""
    with working_bits(bits_from_dps(dps)):
        values = [scaled_total_variation(1, 1 + sign * spread, dps) for sign in (-1, 1)]
        return (values[0] + values[1]) / 2


def invariant(chain: Matrix) -> tuple[Fraction, ...]:
    """Return the invariant law of a positive stochastic matrix, by Cramer's rule."""
    size = len(chain)
    weights = []
    for skipped in range(size):
        kept = [i for i in range(size) if i != skipped]
        minor = tuple(tuple(Fraction(i == j) - chain[i][j] for j in kept) for i in kept)
        weights.append(determinant(minor))
    total = sum(weights, Fraction(0))
    return tuple(weight / total for weight in weights)


def variation(first: tuple[Fraction, ...], second: tuple[Fraction, ...]) -> Fraction:
    return sum((abs(a - b) for a, b in zip(first, second, strict=True)), Fraction(0)) / 2


def distance(chain: Matrix, start: int) -> Fraction:
    law = tuple(Fraction(i == start % len(chain)) for i in range(len(chain)))
    return variation(law, invariant(chain))


RATIOS = {"d": Integer(1, reach=40), "ratio": Real("1/50", 50)}


LAWS = {"d": "number of rows", "ratio": "G = ratio G_*"}

_claim = claims_of("thesis", HOLDS)

CLAIMS = (
    _claim(
        "variation-by-deviation-printed",
        "Lemma B.3",
        FALSE,
        title="upper bound of the total variation in the proof, as printed",
        statement="tv(N(0, G), N(0, G_*)) <= (3/2) |G_*^(-1) G - I|_F² for matrices of d rows",
        variables=LAWS,
        assumptions=("n = 1",),
        as_printed="eq B.43. The bound quoted is (3/2) |G_*^(-1) G - I|_F for one row, without "
        "the square; d rows bring a factor √d. So ε² log(1/ε) becomes √d ε, which is not small",
        checks=(
            attack(
                scaled_total_variation,
                "<=",
                printed_upper_bound,
                domain={"d": Integer(1, reach=40), "ratio": Real("51/50", 50)},
            ),
        ),
        near_miss=at_points(
            scaled_total_variation, "<=", printed_upper_bound, points=grid(d=(1,), ratio=("11/10",))
        ),
        corrected_by="thesis.variation-by-deviation",
    ),
    _claim(
        "variation-by-deviation",
        "Lemma B.3",
        title="upper bound of the total variation by the Gram deviation",
        statement="tv(N(0, G), N(0, G_*)) <= (3/2) √d |G_*^(-1) G - I|_F for matrices of d rows",
        variables=LAWS,
        assumptions=("n = 1 in the check", "G_*^(-1) G has a larger norm than its eigenvalues"),
        checks=(attack(scaled_total_variation, "<=", upper_bound, domain=RATIOS, tries=(60, 600)),),
        near_miss=at_points(
            scaled_total_variation,
            "<=",
            single_row_upper_bound,
            points=grid(d=(40,), ratio=("21/20",)),
        ),
    ),
    _claim(
        "variation-from-deviation-printed",
        "Lemma B.7",
        FALSE,
        title="total variation from Gram deviation, as printed",
        statement="tv(N(0, G), N(0, G_*)) >= t/100 where |G_*^(-1) G - I|_F² >= t",
        variables=LAWS,
        assumptions=("G not random", "n = 1"),
        as_printed="the right side exceeds 1 for large t; the known bound has min(1, √t)",
        checks=(
            attack(
                scaled_total_variation,
                ">=",
                printed_lower_bound,
                domain={"d": Integer(1, reach=40), "ratio": Real(1, 1000)},
            ),
        ),
        near_miss=at_points(
            scaled_total_variation, ">=", printed_lower_bound, points=grid(d=(3,), ratio=("12",))
        ),
        corrected_by="thesis.variation-from-deviation",
    ),
    _claim(
        "variation-of-mixtures-printed",
        "Lemma B.7",
        FALSE,
        title="total variation of a mixture, as printed",
        statement="tv of the law with random G is the mean of tv(N(0, G), N(0, G_*)) over G",
        variables={"spread": "G = 1 ± spread, equally likely; G_* = 1"},
        assumptions=("n = d = 1",),
        as_printed="first step of the proof; total variation is convex, so it is at most that mean",
        checks=(
            attack(
                mixed_total_variation,
                "==",
                average_total_variation,
                domain={"spread": Real("1/100", "9/10")},
            ),
        ),
        near_miss=at_points(
            mixed_total_variation, "==", average_total_variation, points=grid(spread=("1/2",))
        ),
        corrected_by="thesis.variation-from-deviation",
    ),
    _claim(
        "variation-from-deviation",
        "Lemma B.7",
        title="total variation from Gram deviation",
        statement="tv(N(0, G), N(0, G_*)) >= min(1, |G_*^(-1/2) G G_*^(-1/2) - I|_F)/100, fixed G",
        variables=LAWS,
        assumptions=("n = 1 in the check; d rows only enlarge the left side",),
        as_printed="with G_*^(-1) G, whose norm is not that of its eigenvalues, and for random G",
        checks=(
            attack(
                scaled_total_variation, ">=", capped_lower_bound, domain=RATIOS, tries=(60, 600)
            ),
        ),
        near_miss=attack(scaled_total_variation, ">=", large_lower_bound, domain=RATIOS),
    ),
)
"""Chapter 3 and appendix B, total variation."""
