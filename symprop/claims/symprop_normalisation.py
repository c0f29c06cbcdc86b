"""symprop S5 to S8 and thesis eq 3.3: what normalisation does to Gram matrices."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy
from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.power_series import rational
from symprop.claims.rational_matrices import determinant, gram, matrices
from symprop.claims.thesis_isometry import (
    isometry_ratio,
    printed_ratio_of_means,
    ratio_of_means,
)
from symprop.claims.thesis_random_rotations import log_gain, mean_change, sampled_change
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

SAMPLED = Verdict(Outcome.HOLDS, Grade.SAMPLED)
STATISTICAL = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
BATCHES = grid(batch=(2, 3, 4, 6))
INPUTS = ((3, 1, 0), (1, 2, 1), (0, 1, 1))
LAYERS, BURN = 100, 60
WIDTH = 300


def has_independent_rows(x: Any) -> bool:
    return determinant(gram(x)) != 0


def mean_log_in_the_plane(e: Fraction, dps: int) -> Any:
    """Return ``E log u'Λu`` at ``Λ = diag(1 + e, 1 - e)``."""
    from symprop.gaussian.sphere_integrals import mean_log_form

    return mean_log_form([1 + e, 1 - e], dps)


def plane_form(e: Fraction, dps: int) -> Any:
    """Return ``log((1 + sqrt(1 - e²))/2)``."""
    with working_bits(bits_from_dps(dps) + 8):
        return ((1 + arb(rational(1 - e * e)).sqrt()) / 2).log()


def mean_log_of_pairs(ratio: Fraction, dps: int) -> Any:
    """Return ``E log u'Λu`` at ``Λ = diag(ratio, ratio, 1, 1)``."""
    from symprop.gaussian.sphere_integrals import mean_log_form

    return mean_log_form([ratio, ratio, 1, 1], dps)


def pairs_form(ratio: Fraction, dps: int) -> Any:
    """Return ``int_0^1 log(ratio s + 1 - s) ds``, the share of a pair being uniform."""
    with working_bits(2 * bits_from_dps(dps) + 40):
        r = arb(rational(ratio))
        return r * r.log() / (r - 1) - 1


def entry(phi: str, batch: int, place: int, dps: int, *, center: bool = True) -> Any:
    """Return an entry after one layer of orthogonal inputs of equal length."""
    from symprop.recurrences.normalization_balls import batch_norm_gram_balls

    unit = [[int(i == j) for j in range(batch)] for i in range(batch)]
    return batch_norm_gram_balls(phi, unit, center=center, dps=dps)[0][place]


def fixed_entry(phi: str, batch: int, place: int, dps: int) -> Any:
    """Return an entry after one layer of the fixed point in its printed form."""
    from symprop.numerics.evaluation import enclose
    from symprop.recurrences.normalization_balls import batch_norm_gram_balls

    p = enclose(sympy.Rational(1, 1 if phi == "identity" else 2), dps=dps + 20)
    off = identity_form(batch) if phi == "identity" else relu_form(batch)
    q = enclose(off, dps=dps + 20)
    start = [[p if i == j else q for j in range(batch)] for i in range(batch)]
    return batch_norm_gram_balls(phi, start, dps=dps)[0][place]


def identity_form(batch: int) -> sympy.Expr:
    return sympy.Rational(-1, batch - 1)


def relu_form(batch: int) -> sympy.Expr:
    """Return the arc-cosine kernel at ``-1/(n - 1)``."""
    return arc_cosine(sympy.Rational(-1, batch - 1))


def relu_form_of_n(batch: int) -> sympy.Expr:
    """Return the same at ``-1/n``."""
    return arc_cosine(sympy.Rational(-1, batch))


def arc_cosine(c: sympy.Expr) -> sympy.Expr:
    return (sympy.sqrt(1 - c**2) + c * (sympy.pi - sympy.acos(c))) / (2 * sympy.pi)


def excess_ratio(n: int, e: Fraction, dps: int) -> Any:
    """Return how much of a small excess ``e/n`` of an eigenvalue is left after a wide layer."""
    from symprop.gaussian.sphere_integrals import mean_ratio

    share = mean_ratio([1 + e, 1 - e] + [1] * (n - 2), 0, 2 * dps + 20)
    return (share - Fraction(1, n)) * n / e


def sampled_gap(batch: int, size: int, seed: int) -> tuple[float, float]:
    """Sample ``d E V²`` late in linear chains of width ``WIDTH`` with Gaussian weights."""
    import numpy as np

    generator = np.random.default_rng(seed)
    runs = max(size // WIDTH, 8)
    roots: Any = np.broadcast_to(np.eye(batch), (runs, batch, batch))
    found = np.zeros(runs)
    for layer in range(LAYERS):
        rows = generator.standard_normal((runs, WIDTH, batch)) @ roots.transpose(0, 2, 1)
        rows /= np.linalg.norm(rows, axis=2, keepdims=True)
        grams = rows.transpose(0, 2, 1) @ rows / WIDTH
        if layer >= BURN:
            found += ((grams - np.eye(batch) / batch) ** 2).sum(axis=(1, 2))
        roots = np.linalg.cholesky(grams)
    found *= WIDTH / (LAYERS - BURN)
    return float(found.mean()), float(found.std(ddof=1) / np.sqrt(runs))


def stationary(batch: int) -> sympy.Expr:
    from symprop.recurrences.linear_batch_norm import stationary_orthogonality_gap

    return stationary_orthogonality_gap(batch)


def one_layer(batch: int) -> Fraction:
    """Return ``d E V²`` of the fluctuations of one layer alone."""
    return 1 - Fraction(1, batch)


def deep_entry(phi: str, depth: int, size: int, seed: int) -> tuple[float, float]:
    """Sample an entry of the Gram matrix of wide batch-normalised networks."""
    import numpy as np

    from symprop.simulator.batch_conditioned import conditioned_batch_run
    from symprop.specs.batch_normalized import BatchNormalized

    generator = np.random.default_rng(seed)
    width, runs = 2000, max(size // 2000, 8)
    inputs = np.zeros((width, 3))
    inputs[:3] = np.linalg.cholesky(np.array(INPUTS, float)).T * np.sqrt(width)
    entries = [
        conditioned_batch_run(BatchNormalized(phi), inputs, depth, rng=generator).gram[-1][0, 2]
        for _ in range(runs)
    ]
    return float(np.mean(entries)), float(np.std(entries, ddof=1) / np.sqrt(runs))


def mean_field_entry(phi: str, depth: int, dps: int, *, center: bool = True) -> Any:
    """Return the same entry by iterating the mean-field map."""
    from symprop.recurrences.normalization_balls import batch_norm_gram_balls

    table: Any = INPUTS
    for layer in range(depth):
        table = batch_norm_gram_balls(phi, table, center=center, dps=dps + 6 * (depth - layer))
    return table[0][2]


def mean_field_entry_with_mean(phi: str, depth: int, dps: int) -> Any:
    return mean_field_entry(phi, depth, dps, center=False)


_claim = claims_of("symprop", SAMPLED)


def _entry_of(function: Any, phi: str, place: int) -> Any:
    def found(batch: int, dps: int) -> Any:
        return function(phi, batch, place, dps)

    return found


N = sympy.Symbol("batch", positive=True)
ROTATION = "derivations/rotation_gap.py"
FIXED = "derivations/batch_norm_fixed_points.py"
CHAIN = "derivations/linear_chain_gap.py"
WEIGHTS: Sequence[tuple[int, ...]] = ((1, 3), (1, 2, 3), (1, 50, 2, 9, 1))

CLAIMS = (
    _claim(
        "isometry-normalisation",
        "S5",
        title="isometry under normalisation",
        statement="I(G~)/I(G) = mean(a²)/GM(a)², a the lengths of the normalised vectors",
        variables={"x": "matrix with the vectors as rows"},
        assumptions=("the vectors are linearly independent",),
        derivation="derivations/isometry_of_normalised_vectors.py",
        checks=(
            attack(
                isometry_ratio,
                "==",
                ratio_of_means,
                domain={"x": matrices(has_independent_rows)},
                tries=(60, 600),
            ),
        ),
        near_miss=attack(
            isometry_ratio,
            "==",
            printed_ratio_of_means,
            domain={"x": matrices(has_independent_rows)},
        ),
    ),
    _claim(
        "mean-log-form",
        "S6",
        title="mean logarithm of a quadratic form on the sphere",
        statement=(
            "E log u'Λu = ∫ ((1+2t)^(-d/2) - Π(1+2tλ)^(-1/2)) dt/t; at Λ = diag(1 + e, 1 - e) "
            "log((1 + √(1-e²))/2), at diag(r, r, 1, 1) r log r/(r - 1) - 1"
        ),
        variables={"e": "in [0, 1]", "ratio": "r > 0, not 1"},
        derivation=ROTATION,
        checks=(
            attack(
                mean_log_in_the_plane, "==", plane_form, domain={"e": Real(0, 1)}, tries=(30, 300)
            ),
            attack(
                mean_log_of_pairs,
                "==",
                pairs_form,
                domain={"ratio": Real(0, 1000, open_at="lower")},
                assuming=lambda ratio: abs(ratio - 1) > Fraction(1, 1000),
                tries=(30, 300),
            ),
        ),
        near_miss=at_points(
            mean_log_in_the_plane, "==", lambda e: -e * e / 4, points=grid(e=("1/10",))
        ),
    ),
    _claim(
        "rotation-gap",
        "S6",
        STATISTICAL,
        title="expected isometry gap after rotation and normalisation",
        statement="E ψ(BN(WX)) = ψ(X) + E log u'Λu, W orthogonal of uniform law, n = d",
        variables={"weights": "proportions of the eigenvalues of X X', which add up to d"},
        derivation=ROTATION,
        checks=(
            simulated(
                sampled_change,
                "==",
                mean_change,
                points=grid(weights=WEIGHTS),
                sizes=(20_000, 200_000),
            ),
        ),
        near_miss=simulated(
            sampled_change,
            "==",
            log_gain,
            points=grid(weights=((1, 50, 2, 9, 1),)),
            sizes=(20_000, 200_000),
        ),
    ),
    _claim(
        "gram-fixed-point-identity",
        "S7",
        title="fixed point of centred batch normalisation, identity",
        statement="G* = n/(n-1) (I - 11'/n): one layer of I and of G* itself gives G*",
        variables={"batch": "n"},
        derivation=FIXED,
        checks=(
            at_points(_entry_of(entry, "identity", 0), "==", 1, points=BATCHES, digits=12),
            at_points(
                _entry_of(entry, "identity", 1), "==", identity_form, points=BATCHES, digits=12
            ),
        ),
        near_miss=at_points(
            _entry_of(entry, "identity", 1), "==", -1 / N, points=BATCHES, digits=12
        ),
    ),
    _claim(
        "gram-fixed-point-relu",
        "S7",
        title="fixed point of centred batch normalisation, ReLU",
        statement=(
            "G* has diagonal 1/2 and (√(1-c²) + c(π - arccos c))/(2π) elsewhere, c = -1/(n-1): "
            "one layer of I and of G* itself gives G*"
        ),
        variables={"batch": "n"},
        derivation=FIXED,
        checks=(
            at_points(
                _entry_of(entry, "relu", 0), "==", sympy.Rational(1, 2), points=BATCHES, digits=12
            ),
            at_points(
                _entry_of(entry, "relu", 1),
                "==",
                relu_form,
                points=grid(batch=(3, 4, 6)),
                digits=12,
            ),
            at_points(
                _entry_of(fixed_entry, "relu", 1),
                "==",
                relu_form,
                points=grid(batch=(3, 5)),
                digits=12,
            ),
        ),
        near_miss=at_points(
            _entry_of(entry, "relu", 1),
            "==",
            relu_form_of_n,
            points=grid(batch=(3, 4)),
            digits=12,
        ),
    ),
    _claim(
        "chain-contraction",
        "S8",
        title="contraction of the linear chain at infinite width",
        statement="an excess e/n of an eigenvalue's share becomes n/(n+2) e/n + O(e²)",
        variables={"n": "size of the batch", "e": "excess, against the opposite one of another"},
        derivation=CHAIN,
        checks=tuple(
            limit(
                excess_ratio,
                sympy.Rational(n, n + 2),
                along=[{"n": n, "e": Fraction(1, 2**k)} for k in range(3, 12)],
                error=sympy.Symbol("e"),
            )
            for n in (2, 3, 8)
        ),
        near_miss=limit(
            excess_ratio,
            sympy.Rational(3, 4),
            along=[{"n": 3, "e": Fraction(1, 2**k)} for k in range(3, 12)],
            error=sympy.Symbol("e"),
        ),
    ),
    _claim(
        "stationary-gap",
        "S8",
        STATISTICAL,
        title="stationary orthogonality gap to first order in 1/d",
        statement="d E V² -> (n-1)(n+2)²/(4n(n+1)) in the stationary linear chain",
        variables={"batch": "n"},
        derivation=CHAIN,
        assumptions=("Gaussian weights, no centring", f"run at d = {WIDTH}, error of order 1/d"),
        checks=(
            simulated(
                sampled_gap,
                "==",
                stationary,
                points=grid(batch=(2, 3, 5)),
                sizes=(24_000, 60_000),
            ),
        ),
        near_miss=simulated(
            sampled_gap, "==", one_layer, points=grid(batch=(5,)), sizes=(24_000, 60_000)
        ),
    ),
    Claim(
        id="thesis.batch-norm-mean-field",
        source=Source("thesis", "eq 3.3"),
        expected=STATISTICAL,
        title="mean-field recursion of Gram matrices under batch normalisation",
        statement=(
            "Gram matrices of wide networks follow G' = E φ(BN(h)) φ(BN(h))', h of covariance G"
        ),
        variables={"phi": "activation", "depth": "number of layers"},
        assumptions=("finite depth, width 2000; the error is of order 1/width",),
        checks=(
            simulated(
                deep_entry,
                "==",
                mean_field_entry,
                points=grid(phi=("relu", "identity"), depth=(1, 3)),
                sizes=(40_000, 400_000),
            ),
        ),
        near_miss=simulated(
            deep_entry,
            "==",
            mean_field_entry_with_mean,
            points=grid(phi=("relu",), depth=(3,)),
            sizes=(16_000, 400_000),
        ),
    ),
)
"""What normalisation does to Gram matrices."""
