"""thesis, appendix C: what a small isometry gap says about eigenvalues that add up to d."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.power_series import rational
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Drawn
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)


def to_mean_one(weights: Sequence[int]) -> list[Fraction]:
    """Return numbers of mean 1 in given proportions."""
    return [Fraction(weight * len(weights), sum(weights)) for weight in weights]


def gap_of_spectrum(values: Sequence[Fraction]) -> arb:
    """Return ``d psi = -sum log lambda`` at the working precision."""
    return -sum((arb(rational(value)).log() for value in values), arb(0))


def largest_deviation(weights: Sequence[int]) -> Fraction:
    return max(abs(value - 1) for value in to_mean_one(weights))


def least_printed_width(weights: Sequence[int], dps: int) -> Any:
    """Return the least ``c`` with ``psi <= c/(16 d)``."""
    with working_bits(bits_from_dps(dps)):
        return 16 * gap_of_spectrum(to_mean_one(weights))


def half_root_of_width(weights: Sequence[int], dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return least_printed_width(weights, dps).sqrt() / 2


def sixth_root_of_width(weights: Sequence[int], dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return least_printed_width(weights, dps).sqrt() / 6


def is_nearly_isometric(weights: Sequence[int]) -> bool:
    """Whether ``psi <= 1/(16 d)``, decided with room."""
    with working_bits(80):
        return bool(16 * gap_of_spectrum(to_mean_one(weights)) <= 1)


def minus_log_least(weights: Sequence[int], dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return -arb(rational(min(to_mean_one(weights)))).log()


def gap_and_one(weights: Sequence[int], dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return gap_of_spectrum(to_mean_one(weights)) + 1


def twice_root_of_gap(weights: Sequence[int], dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return 2 * gap_of_spectrum(to_mean_one(weights)).sqrt()


def root_of_gap(weights: Sequence[int], dps: int) -> Any:
    return twice_root_of_gap(weights, dps) / 2


def gain_term(weights: Sequence[int]) -> Fraction:
    """Return ``sum (lambda_k - 1)^2/(2 d^2 (d + 2))``."""
    values = to_mean_one(weights)
    d = len(values)
    return sum(((value - 1) ** 2 for value in values), Fraction(0)) / (2 * d * d * (d + 2))


def spectra() -> Drawn:
    """Return proportions of 1 to 12 eigenvalues, from nearly equal to far apart."""
    hostile = (
        (1,),
        (1, 1),
        (100, 103),
        (1000, 1001),
        (1, 10**6),
        (1, 2, 3),
        (9, *(10,) * 11),
        (11, *(10,) * 11),
        (14, *(10,) * 11),
        (7, *(10,) * 11),
        (10**6, *(1,) * 11),
    )

    def build(bits: tuple[bool, ...]) -> tuple[int, ...]:
        count = 2 + bits[0] + 2 * bits[1] + 4 * bits[2]
        spread = 10 ** (1 + bits[3] + 2 * bits[4])
        digits = [
            sum(bit << k for k, bit in enumerate(bits[5 + 3 * i : 8 + 3 * i])) for i in range(count)
        ]
        return tuple(spread + digit for digit in digits)

    def strategy() -> Any:
        from hypothesis import strategies

        return strategies.tuples(*[strategies.booleans()] * 32).map(build)

    return Drawn(strategy, hostile)


FRACTIONS = {"weights": "proportions of the eigenvalues of X X', which add up to d"}

_claim = claims_of("thesis", HOLDS)

CLAIMS = (
    _claim(
        "rotation-gain-order",
        "Remark C.7",
        title="sign and order of the gain",
        statement="0 <= Σ (λ_k - 1)²/(2 d² (d + 2)) < 1/(2 d)",
        variables=FRACTIONS,
        checks=(
            attack(gain_term, ">=", 0, domain={"weights": spectra()}),
            attack(
                gain_term,
                "<",
                lambda weights: Fraction(1, 2 * len(weights)),
                domain={"weights": spectra()},
            ),
        ),
        near_miss=attack(
            gain_term,
            "<",
            lambda weights: Fraction(1, 3 * len(weights)),
            domain={"weights": spectra()},
        ),
    ),
    _claim(
        "isometric-eigenvalues-printed",
        "Lemma C.8",
        FALSE,
        title="small isometry gap and eigenvalues, as printed",
        statement="ψ(X) <= c/(16 d) implies |λ - 1| <= c: max |λ - 1| <= 16 d ψ",
        variables=FRACTIONS,
        assumptions=("the eigenvalues add up to d, which is not said",),
        as_printed=(
            "for every c; the gap is quadratic in the deviations, so it fails for small c. "
            "Without the normalised trace it fails at multiples of the identity"
        ),
        checks=(
            attack(largest_deviation, "<=", least_printed_width, domain={"weights": spectra()}),
        ),
        near_miss=at_points(
            largest_deviation, "<=", least_printed_width, points=[{"weights": (100, 101)}]
        ),
        corrected_by="thesis.isometric-eigenvalues",
    ),
    _claim(
        "isometric-eigenvalues",
        "Lemma C.8",
        title="small isometry gap and eigenvalues",
        statement="ψ(X) <= c/(16 d), 0 <= c <= 1, implies |λ - 1| <= sqrt(c)/2",
        variables=FRACTIONS,
        assumptions=("the eigenvalues add up to d",),
        checks=(
            attack(
                largest_deviation,
                "<=",
                half_root_of_width,
                domain={"weights": spectra()},
                assuming=is_nearly_isometric,
            ),
        ),
        near_miss=attack(
            largest_deviation,
            "<=",
            sixth_root_of_width,
            domain={"weights": spectra()},
            assuming=is_nearly_isometric,
        ),
    ),
    _claim(
        "least-eigenvalue",
        "Lemma C.17",
        title="smallest eigenvalue through the isometry gap",
        statement="-log λ_min <= dψ + 1; <= 2 sqrt(dψ) if ψ <= 1/(16 d)",
        variables=FRACTIONS,
        assumptions=("the eigenvalues add up to d",),
        as_printed=(
            "the step -log(1-x) <= sqrt(2x) of the proof is to be read sqrt(2) x, for x <= 1/2"
        ),
        checks=(
            attack(minus_log_least, "<=", gap_and_one, domain={"weights": spectra()}),
            attack(
                minus_log_least,
                "<=",
                twice_root_of_gap,
                domain={"weights": spectra()},
                assuming=is_nearly_isometric,
            ),
        ),
        near_miss=attack(
            minus_log_least,
            "<=",
            root_of_gap,
            domain={"weights": spectra()},
            assuming=is_nearly_isometric,
        ),
    ),
)
"""Appendix C: what a small isometry gap says about eigenvalues that add up to d."""
