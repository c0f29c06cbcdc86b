"""sensitivity, section 6 and appendix G.2: which spectra make the normalisation amplify noise.

The noise is white in the first layer alone. The factor of a layer is a ratio of quadratic forms,
enclosed for any eigenvalues of signal and noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy

from symprop.claims.citations import claims_of
from symprop.claims.rational_networks import mean_square
from symprop.claims.sensitivity_normalised import receptive_fields
from symprop.claims.sensitivity_normalised_ratio import aligned, squared_factor, white_factor
from symprop.ledger.boxes import on_box
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, OneOf, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
SHOWN = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)

Spectrum = Sequence[Fraction]


def noise_square(extent: int, kernel: int, weights: Sequence[int]) -> Fraction:
    """Return ``mu_{2,c}(t)`` of the first layer: white noise on a circle, all unit vectors."""
    units = [[int(i == j) for j in range(extent)] for i in range(extent)]
    values = [
        sum((w * x for w, x in zip(weights, field, strict=False)), Fraction(0))
        for field in receptive_fields(units, kernel)
    ]
    return mean_square(values) * extent


def weight_square(kernel: int, weights: Sequence[int]) -> int:
    return sum(w * w for w in weights[:kernel])


def squared_sum(kernel: int, weights: Sequence[int]) -> int:
    return sum(weights[:kernel]) ** 2


def on_sphere(variances: Spectrum, dps: int) -> Any:
    """Return ``R E sum lambda_i v_i^2/sum lambda_i`` for ``v`` uniform on the sphere."""
    return squared_factor([1] * len(variances), variances, dps)


def on_ellipsoid(variances: Spectrum, dps: int) -> Any:
    return squared_factor([1] * (len(variances) - 1) + [2], variances, dps)


def opposite(variances: Spectrum, noise: Spectrum, dps: int) -> Any:
    """Return the squared factor with most noise where the signal varies least."""
    return squared_factor(sorted(variances), sorted(noise, reverse=True), dps)


def together(variances: Spectrum, noise: Spectrum, dps: int) -> Any:
    return squared_factor(sorted(variances), sorted(noise), dps)


def same_length(variances: Spectrum, noise: Spectrum) -> bool:
    return len(variances) == len(noise)


def differ(variances: Spectrum, noise: Spectrum) -> bool:
    """Whether the variances differ: else the factor is 1."""
    return same_length(variances, noise) and len(set(variances)) > 1


def effective_rank(variances: Spectrum) -> Fraction:
    return sum(variances, Fraction(0)) / max(variances)


def factor_of_first(first: Spectrum, dps: int) -> Any:
    return white_factor(first, dps)


def factor_of_second(second: Spectrum, dps: int) -> Any:
    return white_factor(second, dps)


def first_is_worse(first: Spectrum, second: Spectrum) -> bool:
    return len(first) == len(second) and effective_rank(first) < effective_rank(second)


def evened(variances: Spectrum, share: Fraction) -> tuple[Fraction, ...]:
    """Return the spectrum after a part of the largest went to the smallest eigenvalue."""
    low, *others, high = sorted(variances)
    moved = share * (high - low)
    return (low + moved, *others, high - moved)


def factor_evened(variances: Spectrum, share: Fraction, dps: int) -> Any:
    return white_factor(evened(variances, share), dps)


def slightly_more(variances: Spectrum, share: Fraction, dps: int) -> Any:
    return factor_evened(variances, share, dps) * Fraction(11, 10)


def rank_evened(variances: Spectrum, share: Fraction) -> Fraction:
    return effective_rank(evened(variances, share))


def uneven(variances: Spectrum) -> bool:
    return len(set(variances)) > 1


def _spectra(*rows: Sequence[int | str]) -> OneOf:
    return OneOf(tuple(tuple(Fraction(x) for x in row) for row in rows))


SPECTRA = _spectra(
    (1, "1/2"),
    (1, "1/1000000"),
    (1, 3),
    (1, 1, "1/1000000", "1/1000000"),
    (1, "3/10", "3/10", "3/10"),
    (1, 2, 3, 4),
    (5, 1, 1, 1),
    (1, 1, 1),
    (7, "1/100", 2),
)
NOISE = _spectra((1, 0), (1, 1), (2, 1), (1, 0, 0, 0), (1, 5, 0, 3), (1, 1, 1, 1), (0, 0, 1))
MU = sympy.Symbol("small", positive=True)
MEANINGS = {"small": "μ", "variances": "λ", "noise": "a", "rank": "positive eigenvalues of x"}

_claim = claims_of("sensitivity", HOLDS)

CLAIMS = (
    _claim(
        "first-noise-printed",
        "eq 69",
        Verdict(Outcome.FAILS, Grade.EXACT),
        title="noise of the first layer, as printed",
        statement="μ_{2,c}(t¹) = |w_c|² under periodic boundary conditions",
        variables={"extent": "n", "kernel": "K", "weights": "w_c"},
        as_printed=(
            "a kernel wider than space sees a point twice, and entries of a receptive field are "
            "then equal instead of uncorrelated"
        ),
        checks=(
            attack(
                noise_square,
                "==",
                weight_square,
                domain={
                    "extent": Integer(1, 6),
                    "kernel": Integer(1, 6),
                    "weights": OneOf(((1, 2, -1, 3, 1, 5), (1, 1, 1, -1, 2, 7))),
                },
            ),
        ),
        near_miss=at_points(
            noise_square,
            "==",
            weight_square,
            points=[{"extent": 2, "kernel": 3, "weights": (1, 1, 1)}],
        ),
        corrected_by="sensitivity.first-noise",
    ),
    _claim(
        "first-noise",
        "eq 68; eq 69",
        title="noise of the first layer",
        statement="μ_{2,c}(t¹) = |w_c|² on a circle of n >= K points",
        variables={"extent": "n", "kernel": "K", "weights": "w_c"},
        checks=(
            attack(
                noise_square,
                "==",
                weight_square,
                domain={
                    "extent": Integer(1, 6),
                    "kernel": Integer(1, 6),
                    "weights": OneOf(((1, 2, -1, 3, 1, 5), (1, 1, 1, -1, 2, 7))),
                },
                assuming=lambda extent, kernel: kernel <= extent,
            ),
        ),
        near_miss=at_points(
            noise_square,
            "==",
            squared_sum,
            points=[{"extent": 4, "kernel": 3, "weights": (1, 1, 1)}],
        ),
    ),
    _claim(
        "mean-on-sphere",
        "eq 70",
        title="expected variance in a random direction",
        statement="E Σ v_i² λ_i = Σ λ_i/R for v uniform on the sphere of R dimensions",
        variables=MEANINGS,
        checks=(
            attack(on_sphere, "==", 1, domain={"variances": SPECTRA}, digits=20, tries=(9, 90)),
        ),
        near_miss=attack(on_ellipsoid, "==", 1, domain={"variances": SPECTRA}, tries=(9, 90)),
    ),
    _claim(
        "first-factor",
        "eq 72",
        title="the normalisation amplifies in the first layer",
        statement="(Σλ/R) E[1/Σ v_i² λ_i] >= 1, and > 1 unless all λ are equal",
        variables=MEANINGS,
        as_printed=(
            "the heading of the proof says > 1, or its bar is lost in the copy at hand; "
            "equal variances have 1"
        ),
        checks=(
            attack(
                white_factor,
                ">",
                1,
                domain={"variances": SPECTRA},
                assuming=uneven,
                tries=(9, 90),
            ),
            on_box(
                (1 + MU) / (2 * sympy.sqrt(MU)),
                ">=",
                1,
                box={"small": ("1/1000", 1)},
                zero_at={"small": 1},
                order=2,
            ),
        ),
        near_miss=attack(
            white_factor,
            ">",
            Fraction(11, 10),
            domain={"variances": SPECTRA},
            assuming=uneven,
            tries=(9, 90),
        ),
    ),
    _claim(
        "normalisation-amplifies-printed",
        "Section 6, normalisation amplifies",
        FALSE,
        title="the normalisation amplifies, as said",
        statement="exp(2 m_BN) >= 1 for all covariances of signal and sensitivity",
        variables=MEANINGS,
        as_printed=(
            "proved for white noise alone; noise along the directions of high signal is dampened "
            "with them: (1 + μ)/(1 + √μ) < 1 at λ = (1, μ), a = (1, 0)"
        ),
        checks=(
            at_points(aligned, ">=", 1, points=grid(small=("1/2",))),
            attack(
                squared_factor,
                ">=",
                1,
                domain={"variances": SPECTRA, "noise": NOISE},
                assuming=differ,
                tries=(60, 600),
            ),
        ),
        near_miss=at_points(aligned, ">=", 1, points=grid(small=("9/10",))),
        corrected_by="sensitivity.normalisation-amplifies",
    ),
    _claim(
        "normalisation-amplifies",
        "Section 6, normalisation amplifies",
        title="when the normalisation amplifies",
        statement=(
            "exp(2 m_BN) > 1 if the noise is the larger the less the signal varies, white noise "
            "included, and λ are not all equal"
        ),
        variables=MEANINGS,
        assumptions=(
            ("E[w_i²/Q] falls with λ_i, so that Chebyshev's sum inequality leaves equation 72"),
        ),
        checks=(
            attack(
                opposite,
                ">",
                1,
                domain={"variances": SPECTRA, "noise": NOISE},
                assuming=differ,
                tries=(40, 400),
            ),
        ),
        near_miss=attack(
            together,
            ">",
            1,
            domain={"variances": SPECTRA, "noise": NOISE},
            assuming=differ,
            tries=(40, 400),
        ),
    ),
    _claim(
        "effective-rank-printed",
        "Section 6, effective rank",
        FALSE,
        title="the factor of the normalisation and the effective rank, as said",
        statement="r_eff(x) < r_eff(x') implies exp(m_BN[x]) > exp(m_BN[x']), white noise",
        variables={"first": "variances of x", "second": "variances of x'"},
        as_printed=(
            "meant as a tendency; the mean of 1/Q depends on small eigenvalues, the effective rank "
            "on the largest"
        ),
        checks=(
            attack(
                factor_of_first,
                ">",
                factor_of_second,
                domain={"first": SPECTRA, "second": SPECTRA},
                assuming=first_is_worse,
                tries=(60, 600),
            ),
        ),
        near_miss=at_points(
            factor_of_first,
            ">",
            factor_of_second,
            points=[
                {
                    "first": (1, Fraction(3, 10), Fraction(3, 10), Fraction(3, 10)),
                    "second": (1, 1, Fraction(1, 10**6), Fraction(1, 10**6)),
                }
            ],
        ),
        corrected_by="sensitivity.effective-rank",
    ),
    _claim(
        "effective-rank",
        "Section 6, effective rank",
        title="the factor of the normalisation and the effective rank",
        statement=(
            "moving variance from the largest to the smallest eigenvalue lowers exp(m_BN) for "
            "white noise, and does not lower r_eff: the factor is Schur-convex"
        ),
        variables=MEANINGS | {"share": "part of the difference that is moved"},
        checks=(
            attack(
                white_factor,
                ">",
                factor_evened,
                domain={"variances": SPECTRA, "share": Real("1/10", "1/2")},
                assuming=uneven,
                tries=(40, 400),
            ),
            attack(
                rank_evened,
                ">=",
                effective_rank,
                domain={"variances": SPECTRA, "share": Real("1/10", "1/2")},
            ),
        ),
        near_miss=attack(
            white_factor,
            ">",
            slightly_more,
            domain={"variances": SPECTRA, "share": Real("1/10", "1/2")},
            assuming=uneven,
            tries=(40, 400),
        ),
    ),
)
"""Section 6 and appendix G.2: what the normalisation amplifies."""
