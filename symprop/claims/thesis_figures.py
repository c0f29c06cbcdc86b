"""thesis, captions of figures of chapters 2 and 3: Gram matrices, on made data."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import sympy

from symprop.claims.citations import claims_of
from symprop.ledger.checks import at_points
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated

__all__ = ["CLAIMS", "MADE", "TRIALS", "mean_and_error"]

HOLDS = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)
MADE: tuple[str, ...] = ("on Gaussian inputs of moderate size, where the caption has images",)
"""Assumption of claims on simulated networks."""
TRIALS = 4_000
"""Size of simulations in the quick tier."""
BATCH = 5


def mean_and_error(values: Any) -> tuple[float, float]:
    """Return the mean of independent values and its standard error."""
    array = np.array(values, dtype=float)
    return float(array.mean()), float(array.std(ddof=1) / np.sqrt(len(array)))


def linear_grams(gram: Any, width: int, depth: int, runs: int, seed: int, *, normal: bool) -> Any:
    """Return the last Gram matrices of linear networks with Gaussian weights."""
    generator = np.random.default_rng(seed)
    found = np.broadcast_to(gram, (runs, *np.shape(gram)))
    for _ in range(depth):
        rows = generator.standard_normal((runs, width, len(gram)))
        rows = rows @ np.linalg.cholesky(found).transpose(0, 2, 1)
        if normal:
            rows /= np.linalg.norm(rows, axis=2, keepdims=True)
        found = rows.transpose(0, 2, 1) @ rows / width
    return found


def squared_cosine(network: str, depth: int, size: int, seed: int) -> tuple[float, float]:
    """Sample the squared cosine of two inputs, of 0.99 or 0 at first, at width 32."""
    normal = network == "batch normalised"
    start = np.array([[1, 0.99], [0.99, 1]]) if normal else np.eye(2)
    grams = linear_grams(start, 32, depth, max(size // 40, 30), seed, normal=normal)
    cosines = grams[:, 0, 1] ** 2 / (grams[:, 0, 0] * grams[:, 1, 1])
    return mean_and_error(cosines)


def half(network: str) -> Fraction:
    """Return a bound that tells distinct from aligned inputs."""
    return Fraction(1, 4) if network == "batch normalised" else Fraction(1, 2)


def gap_ratio(width: int, size: int, seed: int) -> tuple[float, float]:
    """Sample ``d E V²`` of four inputs in deep linear chains, times 20/27."""
    runs = max(size // 20, 50)
    grams = linear_grams(np.eye(4), width, 40, runs, seed, normal=True)
    gaps = ((grams - np.eye(4) / 4) ** 2).sum(axis=(1, 2))
    return mean_and_error(gaps * width * 20 / 27)


def squared_deviation(network: str, depth: int, size: int, seed: int) -> tuple[float, float]:
    """Sample ``d |G - I|²`` of orthogonal inputs at n = 5, d = 1000, rows of unit mean square."""
    runs = max(size // 100, 20)
    normal = network == "batch normalised"
    grams = linear_grams(np.eye(BATCH), 1000, depth, runs, seed, normal=normal)
    scale = BATCH if normal else 1
    return mean_and_error(1000 * ((scale * grams - np.eye(BATCH)) ** 2).sum(axis=(1, 2)))


def deviation_without(depth: int) -> int:
    """Return the first order of ``d E|G - I|²`` without normalisation, ``n(n+1) l``."""
    return BATCH * (BATCH + 1) * depth


def deviation_bound(network: str, depth: int) -> Fraction:
    """Return a bound that does not grow with depth."""
    del network, depth
    return Fraction(3, 2) * Fraction((BATCH - 1) * (BATCH + 2) ** 2 * BATCH, 4 * (BATCH + 1))


def scaled_level(batch: int) -> sympy.Expr:
    """Return the limit of ``d E|G - G*|²/n²`` for linear networks at infinite depth."""
    from symprop.recurrences.linear_batch_norm import stationary_orthogonality_gap

    return stationary_orthogonality_gap(batch)


@cache
def relu_fixed_point() -> Any:
    """Return G* of ReLU networks with n = 10."""
    from symprop.asymptotics.gram_limits import batch_norm_fixed_point

    return batch_norm_fixed_point("relu", 10).gram


def relu_deviation(width: int, size: int, seed: int) -> tuple[float, float]:
    """Sample ``d |G - G*|²`` at layer 20 of ReLU networks with n = 10."""
    from symprop.simulator.batch_conditioned import conditioned_batch_run
    from symprop.specs.batch_normalized import BatchNormalized

    fixed = relu_fixed_point()
    network = BatchNormalized("relu")
    found = []
    for run in range(max(size // 100, 20)):
        generator = np.random.default_rng([seed, run])
        inputs = generator.standard_normal((width, 10))
        gram = conditioned_batch_run(network, inputs, 20, rng=generator).gram[-1]
        found.append(width * float(((gram - fixed) ** 2).sum()))
    return mean_and_error(found)


def relu_level() -> int:
    """Return what ``d |G - G*|²`` stays below at all widths."""
    return 60


_claim = claims_of("thesis", HOLDS)

CLAIMS = (
    _claim(
        "figure-two-inputs",
        "Figure 2.1",
        title="two inputs with and without batch normalisation",
        statement=(
            "at width 32 the mean squared cosine falls from 0.98 below 1/4 in 20 normalised linear "
            "layers, and rises from 0 above 1/2 in 150 plain ones"
        ),
        variables={"network": "kind of network", "depth": "layers"},
        assumptions=MADE,
        checks=(
            simulated(
                squared_cosine,
                "<=",
                half,
                points=grid(network=("batch normalised",), depth=(20,)),
                sizes=(TRIALS, 20_000),
                resolution=1,
            ),
            simulated(
                squared_cosine,
                ">=",
                half,
                points=grid(network=("plain",), depth=(150,)),
                sizes=(TRIALS, 20_000),
                resolution=1,
            ),
        ),
        near_miss=simulated(
            squared_cosine,
            ">=",
            half,
            points=grid(network=("batch normalised",), depth=(20,)),
            sizes=(TRIALS, 20_000),
            resolution=1,
        ),
    ),
    _claim(
        "figure-gap-level",
        "Figure 2.2",
        title="level of the orthogonality gap falls like the inverse root of the width",
        statement="d E V² is near 27/20 for n = 4 at widths from 128 on, after 40 layers",
        variables={"width": "d"},
        assumptions=MADE,
        checks=(
            simulated(
                gap_ratio,
                "==",
                lambda width: 1,  # noqa: ARG005
                points=grid(width=(128, 512)),
                sizes=(TRIALS, 8_000),
            ),
        ),
        near_miss=simulated(
            gap_ratio,
            "==",
            lambda width: Fraction(width, 128),
            points=grid(width=(512,)),
            sizes=(1_000, 8_000),
        ),
    ),
    _claim(
        "figure-amplification",
        "Figure 3.1",
        title="errors of the mean-field limit grow without normalisation only",
        statement=(
            "d E|G - I|² exceeds n(n+1) l without normalisation; with it, without centring, it "
            "stays below 3/2 of its stationary value at all depths (n = 5, d = 1000)"
        ),
        variables={"network": "kind of network", "depth": "layers"},
        assumptions=("linear networks from orthogonal inputs",),
        checks=(
            simulated(
                squared_deviation,
                ">=",
                deviation_without,
                points=grid(network=("plain",), depth=(30,)),
                sizes=(TRIALS, 8_000),
                resolution=1,
            ),
            simulated(
                squared_deviation,
                "<=",
                deviation_bound,
                points=grid(network=("batch normalised",), depth=(30,)),
                sizes=(TRIALS, 8_000),
                resolution=1,
            ),
        ),
        near_miss=simulated(
            squared_deviation,
            "<=",
            deviation_bound,
            points=grid(network=("plain",), depth=(30,)),
            sizes=(5_000, 16_000),
            resolution=1,
        ),
    ),
    _claim(
        "figure-deviation-width",
        "Figure 3.2; Figure 3.3",
        title="distance from the fixed point after 20 layers falls with the root of the width",
        statement="d E|G - G*|² stays below 60 for ReLU, n = 10, at widths from 50 to 1000",
        variables={"width": "d"},
        assumptions=MADE,
        checks=(
            simulated(
                relu_deviation,
                "<=",
                relu_level,
                points=grid(width=(50, 1000)),
                sizes=(TRIALS, 10_000),
                resolution=1,
            ),
        ),
        near_miss=simulated(
            relu_deviation,
            "<=",
            lambda width: 20,  # noqa: ARG005
            points=grid(width=(1000,)),
            sizes=(1_000, 10_000),
            resolution=1,
        ),
    ),
    _claim(
        "figure-deviation-batch-printed",
        "Figure 3.4",
        FALSE,
        title="distance from the fixed point grows like the batch size, as said beside the figure",
        statement=(
            "lim d E|G - G*|² <= 2 n² for linear networks without centring, i.e. order n/√d"
        ),
        variables={"batch": "n"},
        as_printed=(
            "eq 3.9 drops the factor 1/√α of eq 3.5; the chain contracts by n/(n+2), α is of order "
            "1/n, and the level is of order n^(3/2)/√d"
        ),
        checks=(
            at_points(scaled_level, "<=", 2, points=grid(batch=(2, 5, 10, 50)), exhaustive=True),
        ),
        near_miss=at_points(
            scaled_level, "<=", 1, points=grid(batch=(2, 5, 10, 50)), exhaustive=True
        ),
        corrected_by="thesis.figure-deviation-batch",
    ),
    _claim(
        "figure-deviation-batch",
        "Figure 3.4",
        Verdict(Outcome.HOLDS, Grade.ENCLOSED),
        title="distance from the fixed point and the batch size",
        statement="lim d E|G - G*|² lies between n³/4 and n³ for linear networks, n >= 3",
        variables={"batch": "n"},
        assumptions=("without centring", "infinite depth, then d -> ∞"),
        checks=(
            at_points(
                lambda batch: scaled_level(batch) / batch,
                ">=",
                sympy.Rational(1, 4),
                points=grid(batch=(3, 5, 10, 50)),
                exhaustive=True,
            ),
            at_points(
                lambda batch: scaled_level(batch) / batch,
                "<=",
                1,
                points=grid(batch=(3, 5, 10, 50)),
                exhaustive=True,
            ),
        ),
        near_miss=at_points(
            scaled_level, "<=", 2, points=grid(batch=(3, 5, 10, 50)), exhaustive=True
        ),
    ),
)
"""What captions of chapters 2 and 3 say."""
