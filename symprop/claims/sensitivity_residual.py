"""sensitivity, appendix H.2: inner products of the branches of a residual network.

Signs of the last weights make the mean vanish, and second moments are those of independent
entries, so that finite laws of weights give exact means. On two data all bounds are equalities.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from flint import acb, arb

from symprop.claims.citations import claims_of
from symprop.claims.rational_matrices import (
    Matrix,
    centred_rows,
    determinant,
    gram,
    integer_matrix,
    matrices,
    multiplied,
    scaled,
    trace,
    transposed,
)
from symprop.claims.rational_networks import mean
from symprop.claims.two_point_networks import (
    Pair,
    added,
    branch,
    inner,
    noise_inner,
    signed_permutations,
    start,
)
from symprop.ledger.checks import at_points
from symprop.ledger.domain import OneOf
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
SHOWN = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)

_SPLIT = 2  # columns of a drawn matrix that are u; the others are x


def split(columns: Matrix) -> tuple[Matrix, Matrix]:
    """Return ``u`` and ``x``, channels by data, both centred."""
    rows = centred_rows(transposed(columns))
    return rows[:_SPLIT], rows[_SPLIT:]


def weight_signs(inputs: int) -> Iterator[Matrix]:
    for signs in itertools.product((1, -1), repeat=_SPLIT * inputs):
        yield integer_matrix(*(signs[i * inputs : (i + 1) * inputs] for i in range(_SPLIT)))


def product_of(u: Matrix, y: Matrix) -> Fraction:
    """Return the mean of ``u y`` over data and channels."""
    return mean([a * b for p, q in zip(u, y, strict=True) for a, b in zip(p, q, strict=True)])


def mean_product(columns: Matrix, tensor: str) -> Fraction:
    """Return ``E <u, W x>`` over all signs of the weights; ``u`` given, or ``W x`` itself."""
    u, x = split(columns)
    branches = [multiplied(w, x) for w in weight_signs(len(x))]
    return mean([product_of(u if tensor == "given" else y, y) for y in branches])


def needed_eigenvalue(columns: Matrix) -> Fraction:
    """Return ``N^2 E <u, W x>^2/E mu_2(W x)``, which the lemma bounds by an eigenvalue of u."""
    u, x = split(columns)
    branches = [multiplied(w, x) for w in weight_signs(len(x))]
    square = mean([product_of(u, y) ** 2 for y in branches])
    return _SPLIT**2 * square / mean([product_of(y, y) for y in branches])


def bounded(columns: Matrix, factor: Fraction = Fraction(1)) -> int:
    """Return whether the largest eigenvalue of the covariance of ``u`` is at least that."""
    u, _ = split(columns)
    covariance = scaled(gram(u), Fraction(1, len(columns)))
    value = factor * needed_eigenvalue(columns)
    (a, b), (c, d) = covariance
    less = ((value - a, -b), (-c, value - d))
    return int(not (less[0][0] > 0 and determinant(less) > 0))


def bounded_by_part(columns: Matrix) -> int:
    return bounded(columns, Fraction(11, 10))


def both_vary(columns: Matrix) -> bool:
    if len(columns[0]) <= _SPLIT:
        return False
    return all(trace(gram(part)) > 0 for part in split(columns))


@lru_cache(maxsize=8)
def networks(depth: int, noisy: bool) -> tuple[tuple[Pair, ...], ...]:
    """Return the branches 0 to ``depth`` of every network on two data, of width 2.

    Weights are twice a signed permutation, and data have mean square 1: all branches have it.
    """
    first = start((Fraction(7, 5), Fraction(1, 5)))
    if not noisy:
        first = Pair(first.half, (((), ()), ((), ())))
    found: list[tuple[tuple[Pair, ...], Pair]] = [((first,), first)]
    for _ in range(depth):
        grown = []
        for branches, total in found:
            for weights in signed_permutations(2):
                new = branch(total, scaled(weights, Fraction(2)))
                grown.append(((*branches, new), added(total, new)))
        found = grown
    return tuple(branches for branches, _ in found)


def averaged(
    depth: int, value: Callable[[tuple[Pair, ...]], Fraction], noisy: bool = True
) -> Fraction:
    """Return the mean over all networks, with their sensitivities or without."""
    return mean([value(branches) for branches in networks(depth, noisy)])


def mean_of(k: int, later: int) -> Fraction:
    return averaged(max(k, later), lambda y: inner(y[k], y[later]))


def mean_of_noise(k: int, later: int) -> Fraction:
    return averaged(max(k, later), lambda y: noise_inner(y[k], y[later]))


def correlation(k: int, later: int, other: int, last: int) -> Fraction:
    """Return ``E Y_kl Y_k'l'``."""
    return averaged(max(later, last), lambda y: inner(y[k], y[later]) * inner(y[other], y[last]))


def correlation_of_noise(k: int, later: int, other: int, last: int) -> Fraction:
    return averaged(
        max(later, last), lambda y: noise_inner(y[k], y[later]) * noise_inner(y[other], y[last])
    )


def square_of(k: int, later: int) -> Fraction:
    return correlation(k, later, k, later)


def bound_of(k: int, later: int) -> Fraction:
    """Return ``E mu_2(y^k) mu_2(y^l)/N``: the effective rank of two data is 1."""
    return averaged(later, lambda y: inner(y[k], y[k]) * inner(y[later], y[later]) / 2)


def _before(y: Sequence[Pair], later: int) -> Pair:
    total = y[0]
    for each in y[1:later]:
        total = added(total, each)
    return total


def square_of_sum(later: int) -> Fraction:
    """Return ``E (sum_k Y_kl)^2``, term by term."""
    return averaged(
        later, lambda y: sum((inner(y[k], y[later]) for k in range(later)), Fraction(0)) ** 2
    )


def bound_of_sum(later: int) -> Fraction:
    """Return ``E mu_2(y^(l-1)) mu_2(y^(l,H))/N``."""

    def value(y: Sequence[Pair]) -> Fraction:
        signal = _before(y, later)
        return inner(signal, signal) * inner(y[later], y[later]) / 2

    return averaged(later, value)


def same_layer_correlation(dps: int) -> Any:
    r"""Return ``E Y_02 Y_12`` of the data -1, 0, 1 at width 1, one layer a unit.

    ``y^1 = (0, 0, v)``, ``v`` of variance 3, and the second weight has the mean square 2.
    """
    with working_bits(bits_from_dps(dps) + 20):
        far = arb(40)

        def integral(start: arb, end: arb, active: tuple[bool, bool, bool]) -> arb:
            def value(v: acb, _: bool) -> acb:
                third = 1 + v
                y = [(-2 - third) / 3, (1 - third) / 3, (1 + 2 * third) / 3]
                variance = (y[0] ** 2 + y[1] ** 2 + y[2] ** 2) / 3
                x = [entry if kept else acb(0) for entry, kept in zip(y, active, strict=True)]
                products = (x[2] - x[0]) / 3 * v * (x[2] - (x[0] + x[1] + x[2]) / 3) / 3
                density = (-v * v / 6).exp() / (6 * arb.pi()).sqrt()
                return 2 * products / variance * density

            return acb.integral(value, start, end).real

        total = integral(arb(0), far, (False, False, True))
        total += integral(arb("-1.5"), arb(0), (False, True, True))  # less: the second alone, 0
        total += integral(-far, arb(-3), (True, True, False))
        # entries of x are at most sqrt 3: the integrand is at most 8 |v| times the density
        tail = 16 * (-far * far / 6).exp()
        return total + arb(0, tail.upper())


def branches_of(width: int, size: int, seed: int) -> tuple[np.ndarray[Any, Any], ...]:
    """Return branches of signal and noise of Gaussian networks, two layers a unit, six data.

    Shapes (units, runs, width, data) and (units, runs, width, data * directions); signals are
    centred, and noise is all unit vectors times the root of the width.
    """
    rng = np.random.default_rng(seed)
    data = rng.standard_normal((width, 6))
    signal = np.broadcast_to(data, (size, *data.shape))
    white = np.sqrt(width) * np.repeat(np.eye(width)[:, None, :], 6, axis=1)
    noise = np.broadcast_to(white, (size, *white.shape))
    found = [(signal - signal.mean(axis=2, keepdims=True), noise.reshape(size, width, -1))]
    for _ in range(3):
        y, t = signal, noise
        for _ in range(2):
            centred = y - y.mean(axis=2, keepdims=True)
            deviation = np.sqrt(np.mean(centred**2, axis=2, keepdims=True))
            weights = rng.standard_normal((size, width, width)) * np.sqrt(2 / width)
            y = weights @ np.maximum(centred / deviation, 0)
            gated = t * ((centred > 0) / deviation)[..., None]
            t = (weights @ gated.reshape(size, width, -1)).reshape(t.shape)
        found.append((y - y.mean(axis=2, keepdims=True), t.reshape(size, width, -1)))
        signal, noise = signal + y, noise + t
    return np.stack([y for y, _ in found]), np.stack([t for _, t in found])


def share_of_bound(kind: str, summed: int, size: int, seed: int) -> tuple[float, float]:
    """Return the second moment of ``Y_13``, ``T_13`` or of the sums, over its bound."""
    width = 12
    parts = branches_of(width, size, seed)[0 if kind == "signal" else 1]
    earlier, last = parts[:3].sum(axis=0) if summed else parts[1], parts[3]
    square = np.mean(earlier * last, axis=(1, 2)) ** 2
    covariance = earlier @ earlier.transpose(0, 2, 1) / earlier.shape[2]
    largest = np.linalg.eigvalsh(covariance)[:, -1]
    bound = largest * np.mean(last**2, axis=(1, 2)) / width**2
    ratio = square.mean() / bound.mean()
    error = np.std(square - ratio * bound) / np.sqrt(size) / bound.mean()
    return float(ratio), float(error)


COLUMNS = {
    "columns": matrices(
        both_vary,
        (
            integer_matrix((1, 0, 1), (0, 1, 0), (-1, -1, -1)),
            integer_matrix((1, 2, 5), (-1, -2, -5)),
            integer_matrix((1, 0, 1, 0), (0, 1, 0, 1), (-1, 0, -1, 0), (0, -1, 0, -1)),
        ),
    )
}
PAIRS = tuple({"k": k, "later": later} for later in range(1, 4) for k in range(later))
OTHERS = tuple(
    {"k": k, "later": later, "other": other, "last": last}
    for later in range(1, 4)
    for k in range(later)
    for last in range(later + 1, 4)
    for other in range(last)
)
TWO = "two data, width 2, weights twice a signed permutation: uncorrelated, of any sign"
INDICES = {"k": "branch", "later": "l", "other": "k'", "last": "l'"}

_claim = claims_of("sensitivity", HOLDS)

CLAIMS = (
    _claim(
        "branch-products-printed",
        "Lemma 13",
        FALSE,
        title="inner products with a branch, as printed",
        statement="E ⟨u, y^{l,H}⟩ = 0 for any random tensor u",
        variables={"columns": "rows: data (u, x), y = W x", "tensor": "what u is"},
        as_printed="u may not depend on the last weights: u = y^{l,H} has the mean μ_2 > 0",
        checks=(
            attack(
                mean_product,
                "==",
                0,
                domain=COLUMNS | {"tensor": OneOf(("given", "branch"))},
            ),
        ),
        near_miss=at_points(
            mean_product,
            "==",
            0,
            points=[{"columns": integer_matrix((1, 0, 1), (0, 1, 2)), "tensor": "branch"}],
        ),
        corrected_by="sensitivity.branch-products",
    ),
    _claim(
        "branch-products",
        "Lemma 13",
        title="inner products with a branch",
        statement=(
            "E ⟨u, W x⟩ = 0 and E ⟨u, W x⟩² <= μ_2(u) E μ_2(W x)/(N r_eff(u)) for u independent "
            "of W; the same for sensitivities"
        ),
        variables={"columns": "rows: data (u, x) with two channels of u"},
        assumptions=("all signs of W as likely: the second moments of He's weights, scaled",),
        checks=(
            attack(lambda columns: mean_product(columns, "given"), "==", 0, domain=COLUMNS),
            attack(bounded, "==", 1, domain=COLUMNS),
        ),
        near_miss=attack(bounded_by_part, "==", 1, domain=COLUMNS),
    ),
    _claim(
        "centred-branches-printed",
        "Corollary 14",
        FALSE,
        title="inner products of branches are centred, as printed",
        statement="E Y_kl = 0 and E T_kl = 0 for all k, l",
        variables=INDICES,
        assumptions=(TWO,),
        as_printed="not for k = l, where Y is the variance of a branch",
        checks=(
            attack(mean_of, "==", 0, domain={"k": OneOf((0, 1, 2)), "later": OneOf((0, 1, 2))}),
        ),
        near_miss=at_points(mean_of_noise, "==", 0, points=grid(k=(2,), later=(2,))),
        corrected_by="sensitivity.centred-branches",
    ),
    _claim(
        "centred-branches",
        "Corollary 14",
        title="inner products of different branches are centred and uncorrelated",
        statement=(
            "E Y_kl = 0 for k < l, and E Y_kl Y_k'l' = 0 for k < l < l' and k' < l'; the same for T"
        ),
        variables=INDICES,
        assumptions=(TWO,),
        checks=(
            at_points(mean_of, "==", 0, points=PAIRS),
            at_points(mean_of_noise, "==", 0, points=PAIRS),
            at_points(correlation, "==", 0, points=OTHERS),
            at_points(correlation_of_noise, "==", 0, points=OTHERS),
        ),
        near_miss=at_points(square_of, "==", 0, points=PAIRS),
    ),
    _claim(
        "uncorrelated-branches-printed",
        "Corollary 14",
        Verdict(Outcome.FAILS, Grade.ENCLOSED),
        title="inner products of branches are uncorrelated, as printed",
        statement="E Y_02 Y_12 = 0: different products with the same branch",
        assumptions=("data -1, 0, 1, width 1, one layer a unit, Gaussian weights",),
        as_printed=(
            "for all {k, l} != {k', l'}; but branch l is made of the sum of the branches before "
            "it and is correlated with all of them alike, by order 1/N, as the variances are. "
            "What follows in equation 84 needs no more than equation 79"
        ),
        checks=(at_points(same_layer_correlation, "==", 0),),
        near_miss=at_points(same_layer_correlation, "<=", "1/10"),
        corrected_by="sensitivity.centred-branches",
    ),
    _claim(
        "branch-bounds",
        "Corollary 14; eq 77; eq 78; eq 79; eq 80",
        SHOWN,
        title="second moments of inner products of branches",
        statement=(
            "E Y_kl² <= E μ_2(y^{k,H}) μ_2(y^{l,H})/(N r_eff(y^{k,H})) for k < l, and "
            "E (Σ_{k<l} Y_kl)² <= E μ_2(y^{l-1}) μ_2(y^{l,H})/(N r_eff(y^{l-1})), the same for T; "
            "equalities for signals on two data"
        ),
        variables=INDICES | {"kind": "Y or T", "summed": "1 for the sum over k"},
        assumptions=(TWO + "; simulated: six data, width 12, Gaussian weights, H = 2",),
        checks=(
            at_points(square_of, "==", bound_of, points=PAIRS),
            at_points(square_of_sum, "==", bound_of_sum, points=grid(later=(1, 2, 3))),
            simulated(
                share_of_bound,
                "<=",
                1,
                points=grid(kind=("signal", "noise"), summed=(0, 1)),
                sizes=(1_000, 10_000),
            ),
        ),
        near_miss=at_points(square_of, "<", bound_of, points=PAIRS),
    ),
)
"""Appendix H.2: inner products of branches."""
