"""sensitivity, appendix B: propagation with the opposite weights under batch normalisation.

One channel on one-dimensional data shows all of it: the sign of the weight decides which data
are active, and its size cancels. All is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from symprop.claims.citations import claims_of
from symprop.claims.rational_networks import mean, variance
from symprop.ledger.checks import at_points
from symprop.ledger.domain import OneOf
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)
SLOPES = OneOf((Fraction(0), Fraction(1), Fraction(1, 2)))


def weighed(values: Sequence[Fraction]) -> Fraction:
    """Return a number that tells from each other the values of all data."""
    return sum((value * 1000003**c for c, value in enumerate(values)), Fraction(0))


def normalised_squares(batch: Sequence[int], weight: int, bias: int) -> tuple[Fraction, ...]:
    """Return ``sign(z) z^2``, which tells ``z``, for the channel ``weight * x + bias``."""
    values = [Fraction(weight * x + bias) for x in batch]
    centre, spread = mean(values), variance(values)
    return tuple((v - centre) * abs(v - centre) / spread for v in values)


def normalised_here(batch: Sequence[int], weight: int, bias: int) -> Fraction:
    return weighed([-value for value in normalised_squares(batch, weight, bias)])


def normalised_there(batch: Sequence[int], weight: int, bias: int) -> Fraction:
    """Return the same of the statistics of the opposite preactivations."""
    return weighed(normalised_squares(batch, -weight, -bias))


def normalised_alike(batch: Sequence[int], weight: int, bias: int) -> Fraction:
    return weighed(normalised_squares(batch, weight, bias))


def kept_square(batch: Sequence[int], weight: int) -> Fraction:
    """Return ``nu_2(x) + nu_2(x~)``."""
    squares = normalised_squares(batch, weight, 0)
    return mean([max(z, Fraction(0)) for z in squares]) + mean(
        [max(z, Fraction(0)) for z in normalised_squares(batch, -weight, 0)]
    )


def kept_variance(batch: Sequence[int], weight: int) -> Fraction:
    """Return ``nu_2(x) + nu_2(x~)`` less the squared mean size of ``z``."""
    values = [Fraction(weight * x) for x in batch]
    size = mean([abs(v - mean(values)) for v in values])
    return kept_square(batch, weight) - size**2 / variance(values)


def kept_noise(batch: Sequence[int], weight: int, slope: Fraction = Fraction(0)) -> Fraction:
    """Return ``mu_2(s)`` after the activation; noise ``weight`` in each datum, normalised."""
    z = normalised_squares(batch, weight, 0)
    spread = variance([Fraction(weight * x) for x in batch])
    gates = [(slope if not value else Fraction(value > 0)) ** 2 for value in z]
    return mean(gates) * weight**2 / spread


def kept_by_both(batch: Sequence[int], slope: Fraction) -> Fraction:
    return kept_noise(batch, 1, slope) + kept_noise(batch, -1, slope)


def all_noise(batch: Sequence[int]) -> Fraction:
    """Return ``mu_2(u)``."""
    return 1 / variance([Fraction(x) for x in batch])


def without_centre(batch: Sequence[int]) -> bool:
    return all(len(batch) * x != sum(batch) for x in batch)


BATCHES = {"batch": OneOf(((1, -1), (0, 1), (0, 0, 1), (-1, 0, 1), (5, 2, -3, 7), (3, 1, -4, 0)))}
BATCH = {"batch": "one-dimensional data", "slope": "φ'(0)"}

_claim = claims_of("sensitivity", HOLDS)

CLAIMS = (
    _claim(
        "opposite-normalisation",
        "eq 31",
        title="batch normalisation of the opposite preactivation",
        statement="BN(-y) = -BN(y), with the statistics of each; so z~ = -z, u~ = -u",
        variables={"batch": "one-dimensional data", "weight": "weight", "bias": "bias"},
        checks=(
            attack(
                normalised_there,
                "==",
                normalised_here,
                domain=BATCHES | {"weight": OneOf((1, -2, 3)), "bias": OneOf((0, 1, -7))},
            ),
        ),
        near_miss=attack(
            normalised_there,
            "==",
            normalised_alike,
            domain=BATCHES | {"weight": OneOf((1, -2, 3)), "bias": OneOf((0, 1, -7))},
        ),
    ),
    _claim(
        "opposite-normalised-squares",
        "eq 32",
        title="second moments after batch normalisation add up",
        statement="ν_{2,c}(x) + ν_{2,c}(x~) = ν_{2,c}(z) = 1",
        variables={"batch": "one-dimensional data, not all equal", "weight": "weight, not 0"},
        checks=(attack(kept_square, "==", 1, domain=BATCHES | {"weight": OneOf((1, -2, 3))}),),
        near_miss=attack(kept_variance, "==", 1, domain=BATCHES | {"weight": OneOf((1, -2, 3))}),
    ),
    _claim(
        "opposite-normalised-noise-printed",
        "eq 33; eq 63",
        FALSE,
        title="sensitivities after batch normalisation add up, as printed",
        statement="μ_{2,c}(s) + μ_{2,c}(s~) = μ_{2,c}(u), almost surely; so 2 E μ_2(s) = E μ_2(u)",
        variables=BATCH,
        assumptions=("width 1: the sign of the weight decides, and both signs are as likely",),
        as_printed=(
            "a datum at the mean of the batch has z = 0 for every weight, and its noise u != 0 is "
            "counted 2 φ'(0)² times"
        ),
        checks=(attack(kept_by_both, "==", all_noise, domain=BATCHES | {"slope": SLOPES}),),
        near_miss=at_points(
            kept_by_both, "==", all_noise, points=[{"batch": (-2, 0, 2), "slope": Fraction(1, 2)}]
        ),
        corrected_by="sensitivity.opposite-normalised-noise",
    ),
    _claim(
        "opposite-normalised-noise",
        "eq 33; eq 63",
        title="sensitivities after batch normalisation add up",
        statement=(
            "μ_{2,c}(s) + μ_{2,c}(s~) = μ_{2,c}(u), and 2 E μ_2(s) = E μ_2(u), if no datum is the "
            "mean of all"
        ),
        variables=BATCH,
        assumptions=("width 1: the sign of the weight decides, and both signs are as likely",),
        checks=(
            attack(
                kept_by_both,
                "==",
                all_noise,
                domain=BATCHES | {"slope": SLOPES},
                assuming=without_centre,
            ),
        ),
        near_miss=at_points(
            lambda batch: 2 * kept_noise(batch, 1), "==", all_noise, points=[{"batch": (0, 0, 1)}]
        ),
    ),
)
"""Opposite propagations under batch normalisation."""
