"""thesis, chapter 2 and appendix A: statements between the numbered ones.

If all rows of the Gaussian matrix have ``|w_n| < alpha |w_1|`` in the basis of the singular vectors
of ``H_l``, then ``sigma_n(H_{l+1}) < alpha``: no row has a share of ``alpha^2`` or more along the
last vector. The quotients are Cauchy variables, so that has probability ``((2/pi) atan alpha)^d``
or more at every layer, whatever the layers before.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb
from typing import Any

import numpy as np
from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.gaussian_shares import expected_shares, to_sum_one
from symprop.claims.power_series import rational
from symprop.claims.thesis_orthogonality import MEANINGS, SPECTRA
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)
STATISTICAL = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
SIZES = (4000, 40_000)


def ball(number: Fraction | int) -> arb:
    return arb(rational(Fraction(number)))


# --- linear independence in all layers ---


def independence_bound(alpha: Fraction, d: int, layers: int, dps: int) -> Any:
    """Return ``(1 - ((2/pi) atan alpha)^d)^l``."""
    with working_bits(bits_from_dps(dps) + 8 * d):
        return (1 - (2 * ball(alpha).atan() / arb.pi()) ** d) ** layers


def single_row_bound(alpha: Fraction, d: int, layers: int, dps: int) -> Any:  # noqa: ARG001
    """Return the same as if one row were enough."""
    return independence_bound(alpha, 1, layers, dps)


def independence_of_two(alpha: Fraction, dps: int) -> Any:
    """Return ``P(sigma_2(H_1) >= alpha)`` for ``n = d = 2`` and orthogonal ``H_0``.

    The rows have independent uniform directions; at an angle ``t <= pi/2`` between their lines
    the singular value is ``sin(t/2)``.
    """
    with working_bits(bits_from_dps(dps)):
        return 1 - 4 * ball(alpha).asin() / arb.pi()


def independent(alpha: Fraction, d: int, layers: int, size: int, seed: int) -> tuple[float, float]:
    """Sample whether two samples have ``sigma_2(H_k) >= alpha`` in all layers, from ``I``."""
    generator = np.random.default_rng(seed)
    rows = np.broadcast_to(np.eye(d, 2), (size, d, 2))
    kept = np.ones(size, dtype=bool)
    for _ in range(layers):
        rows = normalised(generator.standard_normal((size, d, d)) @ rows)
        kept &= np.linalg.svd(rows, compute_uv=False)[:, -1] >= float(alpha)
    return mean_and_error(kept.astype(float))


def normalised(rows: Any) -> Any:
    return rows / np.linalg.norm(rows, axis=2, keepdims=True) / np.sqrt(rows.shape[1])


def mean_and_error(values: Any) -> tuple[float, float]:
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def chance_of_signs(d: int) -> Fraction:
    """Return ``P(sigma_2 > sqrt d - sqrt 2)`` for two columns of fair signs.

    With inner product ``s`` the square is ``d - |s|``, so it says ``(|s| + 2)^2 < 8 d``.
    """
    ways = sum(comb(d, k) for k in range(d + 1) if (abs(2 * k - d) + 2) ** 2 < 8 * d)
    return Fraction(ways, 2**d)


def least_of_gaussian(n: int, d: int, size: int, seed: int) -> tuple[float, float]:
    generator = np.random.default_rng(seed)
    values = np.linalg.svd(generator.standard_normal((size, d, n)), compute_uv=False)
    return mean_and_error(values[:, -1])


def difference_of_roots(n: int, d: int, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return arb(d).sqrt() - arb(n).sqrt()


def difference_of_half_root(n: int, d: int, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return arb(d).sqrt() - arb(n).sqrt() / 2


# --- stability without the assumption ---


def least_left_side() -> int:
    """Return a lower bound of the left side: ``V^(H_k)`` lies in ``[0, 1/n]`` from layer 1 on."""
    return 0


def printed_stability(n: int, scale: Fraction, d: int, layers: int, dps: int) -> Any:
    """Return ``3 V^(H_0)/(2 l) + 3/(2 sqrt d)`` for an input with ``sigma_n = scale``."""
    with working_bits(bits_from_dps(dps)):
        start = Fraction(3, 2 * layers) * (Fraction(1, n) - scale * scale)
        return ball(start) + 3 / (2 * arb(d).sqrt())


def stability(d: int, layers: int, size: int, seed: int) -> tuple[float, float]:
    """Sample the mean of ``V^(1/n - V^)`` over layers, less ``3 V^(H_1)/(2 l)``, for ``n = 3``."""
    generator = np.random.default_rng(seed)
    start = np.zeros((d, 3))
    start[:3] = np.diag([1.0, 0.3, 0.1])
    rows, total, first = np.broadcast_to(start, (size, d, 3)), np.zeros(size), np.zeros(size)
    for layer in range(layers):
        rows = normalised(generator.standard_normal((size, d, d)) @ rows)
        least = np.linalg.svd(rows, compute_uv=False)[:, -1] ** 2
        first = first if layer else 1 / 3 - least
        total += least * (1 / 3 - least)
    return mean_and_error((total - 1.5 * first) / layers)


def inverse_root_width(d: int, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return 3 / (2 * arb(d).sqrt())


def hundredth_of_it(d: int, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return inverse_root_width(d, dps) / 100


# --- a step of Lemma A.4, and the initialisation ---


def squared_least(weights: Sequence[int], dps: int) -> Any:
    """Return ``E (lambda_n(C) - lambda_n(E C))^2`` at width 1, where ``C`` has rank 1."""
    with working_bits(bits_from_dps(dps)):
        return expected_shares(to_sum_one(weights), dps)[0] ** 2


def squared_deviation(weights: Sequence[int], dps: int) -> Any:
    """Return ``E |C - E C|_F^2`` at width 1."""
    with working_bits(bits_from_dps(dps)):
        return 1 - sum((p * p for p in expected_shares(to_sum_one(weights), dps)), arb(0))


def has_two(weights: Sequence[int]) -> bool:
    return len(weights) >= 2


def gap_of_sliced(kept: Fraction, s: Fraction, dps: int) -> Any:
    """Return ``V(W H)^2`` for ``d = 2`` and ``n = 3``, from ``tr M^2/(tr M)^2 - 1/3``.

    ``H`` has squared singular values ``s`` and ``1 - s`` and right singular vectors
    ``(sqrt kept, 0, sqrt(1 - kept))`` and ``(0, 1, 0)``; the slice takes two entries of each.
    """
    with working_bits(bits_from_dps(dps)):
        first, second = ball(kept) * ball(s).sqrt(), ball(1 - s).sqrt()
        return (first**2 + second**2) / (first + second) ** 2 - ball(Fraction(1, 3))


def gap_of_hidden(s: Fraction) -> Fraction:
    """Return ``V(H)^2``."""
    return s * s + (1 - s) ** 2 - Fraction(1, 3)


_claim = claims_of("thesis")

EVENT = {"alpha": "α", "d": "width", "layers": "l"}
LINE = {"alpha": Real("1/100", "7/10"), "d": Integer(4, reach=40), "layers": Integer(1, 10**6)}
DEPTHS = {"n": "batch size", "scale": "σ_n(H_0)", "d": "width", "layers": "l"}

CLAIMS = (
    _claim(
        "independence-printed",
        "Section 2.1.2, assumption A_1",
        FALSE,
        title="linear independence in all layers, as printed",
        statement="σ_n(H_k) >= α for all k <= l, l = ∞ included, as long as d = Ω(n²)",
        variables=EVENT,
        assumptions=("n >= 2, Gaussian weights",),
        as_printed="a statement about random matrices without a probability. That of the event is "
        "at most the left side, at every width, and tends to 0 with the depth: for l = ∞ the "
        "assumption fails almost surely for every α > 0. Besides, α <= 1/√n is not absolute",
        checks=(attack(independence_bound, "==", 1, domain=LINE, digits=30),),
        near_miss=at_points(
            independence_bound, "==", 1, points=grid(alpha=("1/100",), d=(4,), layers=(1000,))
        ),
        corrected_by="thesis.independence",
    ),
    _claim(
        "independence",
        "Section 2.1.2, assumption A_1",
        STATISTICAL,
        title="probability of linear independence in all layers",
        statement="P(σ_n(H_k) >= α for all k <= l) <= (1 - ((2/π) atan α)^d)^l",
        variables=EVENT,
        assumptions=("n >= 2, Gaussian weights, any input",),
        checks=(
            simulated(
                independent,
                "<=",
                independence_bound,
                points=grid(alpha=("1/10", "2/5"), d=(2, 3), layers=(1, 8)),
                sizes=SIZES,
            ),
            attack(
                independence_of_two,
                "<=",
                lambda alpha, dps: independence_bound(alpha, 2, 1, dps),
                domain={"alpha": Real("1/1000", "7/10")},
            ),
        ),
        near_miss=simulated(
            independent,
            "<=",
            single_row_bound,
            points=grid(alpha=("1/10",), d=(3,), layers=(1,)),
            sizes=SIZES,
        ),
    ),
    _claim(
        "least-value-of-input-printed",
        "Section 2.2.3, least singular value of the input",
        Verdict(Outcome.FAILS, Grade.EXACT),
        title="least singular value of a random input, as printed",
        statement="σ_n(H_0) > √d - √n for entries of mean 0 and variance 1, independent",
        variables={"d": "width"},
        assumptions=("n = 2, fair signs",),
        as_printed="true of the mean of Gaussian matrices, not of every one, and not even with a "
        "probability that tends to 1: here P(σ_2 > √d - √2) tends to P(|N(0, 1)| < 2√2) = 0.9953",
        checks=(attack(chance_of_signs, "==", 1, domain={"d": Integer(4, reach=2000)}),),
        near_miss=at_points(chance_of_signs, "==", 1, points=grid(d=(100,))),
        corrected_by="thesis.least-value-of-input",
    ),
    _claim(
        "least-value-of-input",
        "Section 2.2.3, least singular value of the input",
        STATISTICAL,
        title="mean of the least singular value of a Gaussian matrix",
        statement="E σ_n(H_0) >= √d - √n",
        variables={"n": "batch size", "d": "width"},
        checks=(
            simulated(
                least_of_gaussian,
                ">=",
                difference_of_roots,
                points=grid(n=(2, 5), d=(7, 20)),
                sizes=SIZES,
            ),
        ),
        near_miss=simulated(
            least_of_gaussian,
            ">=",
            difference_of_half_root,
            points=grid(n=(5,), d=(20,)),
            sizes=SIZES,
        ),
    ),
    _claim(
        "stability-printed",
        "Appendix A.2, stability without the assumption",
        FALSE,
        title="stability without the assumption, as printed",
        statement="E (1/l) Σ_{k=1}^l V^(H_k)(1/n - V^(H_k)) <= 3 V^(H_0)/(2l) + 3/(2√d)",
        variables=DEPTHS,
        assumptions=("the left side is at least 0",),
        as_printed="the sum of k = 1 to l telescopes to V^(H_1); the input is not normalised, so "
        "that V^(H_0) = 1/n - σ_n(H_0)² can be as negative as one likes",
        checks=(
            attack(
                least_left_side,
                "<=",
                printed_stability,
                domain={
                    "n": Integer(1, 9),
                    "scale": Real(0, 10),
                    "d": Integer(9, reach=1000),
                    "layers": Integer(1, 40),
                },
            ),
        ),
        near_miss=at_points(
            least_left_side,
            "<=",
            printed_stability,
            points=grid(n=(3,), scale=("3",), d=(9,), layers=(3,)),
        ),
        corrected_by="thesis.stability",
    ),
    _claim(
        "stability",
        "Appendix A.2, stability without the assumption",
        STATISTICAL,
        title="stability without the assumption",
        statement="E (1/l) Σ_{k=1}^l V^(H_k)(1/n - V^(H_k)) <= 3 E V^(H_1)/(2l) + 3/(2√d)",
        variables=DEPTHS,
        assumptions=("the check has n = 3",),
        checks=(
            simulated(
                stability,
                "<=",
                inverse_root_width,
                points=grid(d=(3, 30), layers=(1, 10)),
                sizes=(400, 4000),
            ),
        ),
        near_miss=simulated(
            stability, "<=", hundredth_of_it, points=grid(d=(10,), layers=(100,)), sizes=(400, 4000)
        ),
    ),
    _claim(
        "eigenvalue-deviation-printed",
        "Lemma A.4",
        FALSE,
        title="deviation of the least eigenvalue, as printed",
        statement="E (λ_n(C) - λ_n(E C))² = E |C - E C|² in the Frobenius norm",
        variables=MEANINGS,
        assumptions=("n >= 2", "d = 1"),
        as_printed='second line of the proof, "=" for "<="; the lemma is true',
        checks=(attack(squared_least, "==", squared_deviation, domain=SPECTRA, assuming=has_two),),
        near_miss=at_points(
            squared_least, "==", squared_deviation, points=[{"weights": (1, 2, 3)}]
        ),
        corrected_by="thesis.next-lyapunov-deviation",
    ),
    _claim(
        "sliced-initialisation-printed",
        "eq 2.6",
        FALSE,
        title="iterative initialisation with sliced singular vectors, as printed",
        statement="V(W H) <= V(H) for W of eq 2.6 with V' the first d rows of V_l of shape (n, d)",
        variables={"kept": "squared length of the sliced first vector", "s": "σ_1² = 1 - σ_2²"},
        assumptions=("d = 2, n = 3",),
        as_printed="the slice is called orthogonal. With n > d, as the text has it, it is not, and "
        "W H can even lose rank; any orthogonal V' serves",
        checks=(
            attack(
                gap_of_sliced,
                "<=",
                gap_of_hidden,
                domain={"kept": Real(0, 1), "s": Real(0, 1, open_at="both")},
            ),
        ),
        near_miss=at_points(
            gap_of_sliced, "<=", gap_of_hidden, points=grid(kept=("1/9",), s=("2/5",))
        ),
        corrected_by="thesis.orthogonalising-initialisation",
    ),
)
"""Chapter 2, statements in the text and in proofs."""
