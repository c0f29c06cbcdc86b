"""sensitivity, section 4 and appendix E: laws of squares, and deviations from their means.

One input is enough to tell them: its channels are squares of Gaussians, cut at random.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import sympy
from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.noisy_networks import mean_and_error
from symprop.claims.power_series import rational
from symprop.claims.sensitivity_drift import drift, logarithms, spread
from symprop.claims.sensitivity_tails import tail
from symprop.ledger.algebra import identity
from symprop.ledger.checks import at_points, limit
from symprop.ledger.domain import Integer, OneOf
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
STATISTICAL = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)
SIZES = (20_000, 200_000)


def _ball(number: Fraction) -> arb:
    return arb(rational(number))


# --- weights against eigenvectors ---


def mean_of_square(entries: int) -> Fraction:
    """Return ``E sum (w e_i)^2 lambda_i``, weights of variance 2/R, ``sum lambda_i = 1``."""
    return Fraction(2, entries)


def printed_mean(entries: int, equal: bool) -> int:
    """Return the mean of ``chi^2(R)``, or of ``chi^2(1)``."""
    return entries if equal else 1


def sampled_logarithm(entries: int, equal: bool, size: int, seed: int) -> tuple[float, float]:
    """Sample the logarithm of that sum, for equal eigenvalues or for only one."""
    weights = np.random.default_rng(seed).standard_normal((size, entries)) * math.sqrt(2 / entries)
    return mean_and_error(np.log(np.mean(weights**2, axis=1) if equal else weights[:, 0] ** 2))


def logarithm(entries: int, equal: bool, dps: int, scaled: bool = True) -> arb:
    """Return ``E log`` of ``(2/R^2) chi^2_R``, or of ``(2/R) chi^2_1``."""
    with working_bits(bits_from_dps(dps) + 20):
        count = arb(entries)
        factor = (2 / count**2 if equal else 2 / count) if scaled else arb(1)
        return (2 * factor).log() + (count / 2 if equal else arb("0.5")).digamma()


def plain_logarithm(entries: int, equal: bool, dps: int) -> arb:
    return logarithm(entries, equal, dps, scaled=False)


# --- channels that do not vanish ---


def sampled_small(
    spectrum: Sequence[int], level: Fraction, size: int, seed: int
) -> tuple[float, float]:
    """Sample ``P[nu_{2,c}(y) <= level nu_2(x)]``; the spectrum is that of the data."""
    weights = np.random.default_rng(seed).standard_normal((size, len(spectrum)))
    values = np.array(spectrum, dtype=np.float64)
    square = 2 * weights**2 @ values / values.sum()
    return mean_and_error((square <= float(level)).astype(float))


def root_bound(spectrum: Sequence[int], level: Fraction, dps: int) -> arb:
    """Return ``sqrt(level R/pi)``: the largest eigenvalue is a share 1/R of all at least."""
    with working_bits(bits_from_dps(dps) + 20):
        return (len(spectrum) * _ball(level) / arb.pi()).sqrt()


def half_the_bound(spectrum: Sequence[int], level: Fraction, dps: int) -> arb:
    return root_bound(spectrum, level, dps) / 2


# --- an almost sure event ---


def moment(weights: Sequence[int], power: int) -> Fraction:
    """Return ``E x^p`` for the values 1, -2, 3, ... with these weights."""
    values = ((-1) ** i * (i + 1) for i in range(len(weights)))
    terms = (w * Fraction(x) ** power for w, x in zip(weights, values, strict=True))
    return sum(terms, Fraction(0)) / sum(weights)


def moment_given(weights: Sequence[int], power: int, event: Sequence[int]) -> Fraction:
    """Return ``E[x^p | B]``; the event is a set of indices."""
    return moment([w if i in event else 0 for i, w in enumerate(weights)], power)


def almost_sure(weights: Sequence[int], event: Sequence[int]) -> bool:
    return all(i in event for i, w in enumerate(weights) if w)


def possible(weights: Sequence[int], event: Sequence[int]) -> bool:
    return any(weights[i] for i in event if i < len(weights))


# --- deviations of the logarithm ---


def sampled_deviation(width: int, level: Fraction, size: int, seed: int) -> tuple[float, float]:
    """Sample ``P[|s_1| > m + log level]`` of one input given survival."""
    found = logarithms(((1,),), width, size, seed)
    threshold = math.log(level) - float(found.mean())
    return mean_and_error((np.abs(found - found.mean()) > threshold).astype(float))


def sampled_twice_as_far(width: int, level: Fraction, size: int, seed: int) -> tuple[float, float]:
    return sampled_deviation(width, 2 * level, size, seed)


# --- drift and diffusion ---


def diffusion_share(width: int, depth: int, dps: int) -> arb:
    """Return the deviation of ``sum s_k`` over ``sum -m_k``, one input given survival."""
    with working_bits(bits_from_dps(dps) + 20):
        return (spread(width, dps).ball / depth).sqrt() / drift(width, dps).ball


def even_depth(width: int, dps: int) -> arb:
    """Return ``v/m^2`` over ``4N/5``: at that depth the deviation is as large as the drift."""
    with working_bits(bits_from_dps(dps) + 20):
        return spread(width, dps).ball / drift(width, dps).ball ** 2 / arb(width) * 5 / 4


LEVELS = grid(width=(1, 4, 20), level=("1", "3/2"))
SPECTRA = ((1,), (1, 0, 0), (1, 1, 1), (9, 3, 1, 1))
WIDTH = sympy.Symbol("width", positive=True)
X = sympy.Symbol("x", positive=True)
WEIGHTS = OneOf(((1, 2, 0, 3), (0, 1, 1), (5, 0, 0, 1, 2), (1, 1)))
EVENTS = OneOf(((0, 1, 3), (1, 2), (0, 3, 4), (0, 1), (0, 1, 2, 3, 4)))
MOMENTS = {"weights": WEIGHTS, "power": Integer(1, 6), "event": EVENTS}
MEANINGS = {
    "entries": "R, entries of a receptive field",
    "equal": "whether all eigenvalues are equal, or only one is not 0",
    "spectrum": "eigenvalues of the data, up to a factor",
    "level": "ε",
    "width": "N",
    "depth": "l",
    "weights": "probabilities of the values 1, -2, 3, ..., up to a factor",
    "power": "p",
    "event": "indices of the values in B",
}

_claim = claims_of("sensitivity", HOLDS, variables=MEANINGS)

CLAIMS = (
    _claim(
        "negligible-diffusion-printed",
        "Section 4, dominating terms",
        Verdict(Outcome.FAILS, Grade.ENCLOSED),
        title="the third terms are negligible, as said",
        statement=(
            "where Σ m̄ vanishes Σ m̲ dominates: the standard deviation of Σ s is at most a tenth of "
            "|Σ m̲| at N = 128 and 200 layers, as in figure 1"
        ),
        assumptions=("log ν_2 of one input given survival",),
        as_printed=(
            "said to be doubly negligible, by the width and by √l against l. But s̲ is of order "
            "1/√N a layer and m̲ of order 1/N: up to the depth 4N/5 it is the larger one, and it is "
            "still 0.72 of the drift there. Theorem 1 keeps both terms"
        ),
        checks=(at_points(diffusion_share, "<=", "1/10", points=grid(width=(128,), depth=(200,))),),
        near_miss=at_points(diffusion_share, "<=", "1/2", points=grid(width=(128,), depth=(200,))),
        corrected_by="sensitivity.negligible-diffusion",
    ),
    _claim(
        "negligible-diffusion",
        "Section 4, dominating terms",
        title="when the third terms are negligible",
        statement=(
            "the standard deviation of Σ s is √(v/l)/m of |Σ m̲|: 1 at the depth v/m² = "
            "4N/5 (1 + O(1/N)), and small only far beyond it"
        ),
        assumptions=("log ν_2 of one input given survival",),
        checks=(
            limit(even_depth, 1, along=[{"width": 2**k} for k in range(4, 11)], error=1 / WIDTH),
            at_points(
                diffusion_share, "<=", "1/2", points=grid(width=(10, 128), depth=(412, 5000))
            ),
        ),
        near_miss=limit(
            even_depth, "11/10", along=[{"width": 2**k} for k in range(4, 11)], error=1 / WIDTH
        ),
    ),
    _claim(
        "channel-vanishes-never",
        "eq 48",
        STATISTICAL,
        title="no channel vanishes before the activation",
        statement=(
            "P[ν_{2,c}(y) <= ε ν_2(x)] <= √(Rε/π) -> 0, so that P[ν_{2,c}(y) = 0] = 0 for every "
            "signal that is not 0, of any rank"
        ),
        assumptions=("weights Gaussian, of variance 2/R",),
        checks=(
            simulated(
                sampled_small,
                "<=",
                root_bound,
                points=grid(spectrum=SPECTRA, level=("1/10", "1/100")),
                sizes=SIZES,
            ),
        ),
        near_miss=simulated(
            sampled_small,
            "<=",
            half_the_bound,
            points=grid(spectrum=SPECTRA[:1], level=("1/10",)),
            sizes=SIZES,
        ),
    ),
    _claim(
        "chi-squares-printed",
        "Appendix E.2, least and most spread",
        FALSE,
        title="laws of a channel in the extreme cases, as printed",
        statement="Σ_i (w e_i)² λ_i/Σλ ~ χ²(R) for equal eigenvalues, χ²(1) for only one: the mean",
        as_printed=(
            "weights have the variance 2/R: the mean is 2/R in both cases, against R and 1. The "
            "numbers that follow are those of the right laws"
        ),
        checks=(
            attack(
                mean_of_square,
                "==",
                printed_mean,
                domain={"entries": Integer(1, reach=1000), "equal": OneOf((True, False))},
            ),
        ),
        near_miss=attack(
            mean_of_square,
            "==",
            lambda entries: printed_mean(entries, False),
            domain={"entries": Integer(1, reach=1000)},
        ),
        corrected_by="sensitivity.chi-squares",
    ),
    _claim(
        "chi-squares",
        "Appendix E.2, least and most spread",
        STATISTICAL,
        title="laws of a channel in the extreme cases",
        statement=(
            "Σ_i (w e_i)² λ_i/Σλ ~ (2/R²) χ²(R) for equal eigenvalues, (2/R) χ²(1) for only one: "
            "the means of their logarithms"
        ),
        checks=(
            simulated(
                sampled_logarithm,
                "==",
                logarithm,
                points=grid(entries=(3, 10), equal=(True, False)),
                sizes=SIZES,
            ),
        ),
        near_miss=simulated(
            sampled_logarithm,
            "==",
            plain_logarithm,
            points=grid(entries=(3,), equal=(True,)),
            sizes=SIZES,
        ),
    ),
    _claim(
        "integrals-of-logarithms",
        "Appendix E.2, integrals",
        Verdict(Outcome.HOLDS, Grade.EXACT),
        title="integrals of powers of logarithms",
        statement="∫ log x dx = x log x - x, ∫ log² x dx = x log² x - 2x log x + 2x, finite at 0",
        checks=(
            identity(lambda: sympy.diff(X * sympy.log(X) - X, X), sympy.log(X)),
            identity(
                lambda: sympy.diff(X * sympy.log(X) ** 2 - 2 * X * sympy.log(X) + 2 * X, X),
                sympy.log(X) ** 2,
            ),
        ),
        near_miss=at_points(
            lambda x: sympy.diff(X * sympy.log(X) ** 2 + 2 * X, X).subs(X, x),
            "==",
            lambda x: sympy.log(x) ** 2,
            points=grid(x=(2,)),
        ),
    ),
    _claim(
        "almost-sure-event",
        "eq 54",
        title="moments given an almost sure event",
        statement="E[xᵖ | B] = E xᵖ if P[B] = 1",
        assumptions=("finite laws, with values of probability 0 outside of B",),
        checks=(
            attack(
                moment_given, "==", moment, domain=MOMENTS, assuming=almost_sure, tries=(30, 200)
            ),
        ),
        near_miss=attack(
            moment_given, "==", moment, domain=MOMENTS, assuming=possible, tries=(30, 200)
        ),
    ),
    _claim(
        "tail-by-deviation",
        "eq 56",
        STATISTICAL,
        title="tail of the second moment by the deviation from the drift",
        statement="P[ν_2(xˡ) > ε | A_l] <= P[|s_l| > (l m + log ε - log ν_2(x⁰))/√l]",
        assumptions=("one input, ν_2(x⁰) = 1, l = 1: m_min = m",),
        checks=(simulated(sampled_deviation, ">=", tail, points=LEVELS, sizes=SIZES),),
        near_miss=simulated(
            sampled_twice_as_far, ">=", tail, points=grid(width=(20,), level=("1",)), sizes=SIZES
        ),
    ),
)
"""Laws of squares."""
