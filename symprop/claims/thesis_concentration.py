"""thesis, appendix B: concentration of sample covariances of bounded vectors.

The law that tells most is uniform on ``sqrt(nB) e_1, ..., sqrt(nB) e_n``: of all bounded vectors
these are the longest, every deviation is a multinomial sum, and all is exact.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from math import factorial
from typing import Any

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.power_series import rational
from symprop.claims.rational_matrices import Matrix, gram, matrices, transposed
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)
HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)


@lru_cache(maxsize=64)
def deviations(n: int, d: int) -> tuple[tuple[Fraction, Fraction], ...]:
    """Return all values of ``(|C_d - C|_F/(nB))^2`` with their probabilities."""
    found: dict[Fraction, Fraction] = {}
    for counts in _compositions(d, n):
        ways = factorial(d)
        for count in counts:
            ways //= factorial(count)
        square = sum((Fraction(k, d) ** 2 for k in counts), Fraction(0)) - Fraction(1, n)
        found[square] = found.get(square, Fraction(0)) + Fraction(ways, n**d)
    return tuple(found.items())


def _compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    for bars in itertools.combinations(range(total + parts - 1), parts - 1):
        ends = (-1, *bars, total + parts - 1)
        yield tuple(b - a - 1 for a, b in itertools.pairwise(ends))


def tail(n: int, d: int, squared: Fraction) -> Fraction:
    """Return the probability of ``(|C_d - C|_F/(nB))^2 >= squared``."""
    return sum((p for value, p in deviations(n, d) if value >= squared), Fraction(0))


def printed_tail(n: int, d: int, t: Fraction, constant: Fraction) -> Fraction:
    """Return ``P(|C_d - C|_F >= constant t eps)``, ``eps = nB/sqrt d``."""
    return tail(n, d, (constant * t) ** 2 / d)


def shifted_tail(n: int, d: int, t: Fraction) -> Fraction:
    """Return ``P(|C_d - C|_F >= (1 + t) eps)``."""
    return tail(n, d, (1 + t) ** 2 / d)


def barely_shifted_tail(n: int, d: int, t: Fraction) -> Fraction:
    return tail(n, d, (Fraction(1, 10) + t / 10) ** 2 / d)


def gaussian_tail(t: Fraction, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return (-arb(rational(t * t))).exp()


def mean_tail(n: int, t: Fraction) -> int:
    """Return ``P(mean of |x_i x_i' - C|_F >= t)``: the norm is ``n sqrt(1 - 1/n)``, always."""
    return int(Fraction(n * n) * (1 - Fraction(1, n)) >= t * t)


def bernstein_bound(n: int, d: int, t: Fraction, dps: int) -> Any:
    """Return ``exp(-(d t^2/2)/(4 n^2 + 2 n t/3))``."""
    exponent = d * t * t / 2 / (4 * n * n + 2 * n * t / 3)
    with working_bits(bits_from_dps(dps)):
        return (-arb(rational(exponent))).exp()


def deviation_tail(n: int, d: int, t: Fraction) -> Fraction:
    """Return ``P(|C_d - C|_F >= t)`` for ``B = 1``."""
    return tail(n, d, t * t / (n * n))


def convex_bound(n: int, d: int, t: Fraction, dps: int) -> Any:
    """Return ``exp(-d t^2/(8 n^2 (1 + t/(6n))))``."""
    exponent = d * t * t / (8 * n * n * (1 + t / (6 * n)))
    with working_bits(bits_from_dps(dps)):
        return (-arb(rational(exponent))).exp()


def rescaled_tail(n: int, d: int, t: Fraction) -> Fraction:
    """Return ``P(|C_d - C|_F >= t sqrt(8) n/sqrt d)``."""
    return tail(n, d, 8 * t * t / d)


def rescaled_bound(d: int, t: Fraction, dps: int) -> Any:
    """Return ``exp(-t^2/(1 + t/(3 sqrt(2d))))``; any reading of the garbled root is less than 1."""
    with working_bits(bits_from_dps(dps)):
        ball = arb(rational(t))
        return (-ball * ball / (1 + ball / (3 * (2 * arb(d)).sqrt()))).exp()


def constant_tail(t: Fraction) -> int:
    """Return ``P(mean X_i >= t)`` for ``X_i = 1``."""
    return int(t <= 1)


def scalar_bernstein(d: int, t: Fraction, dps: int) -> Any:
    """Return ``2 exp(-(d t^2/2)/(1 + t/3))``, ``K = 1``."""
    with working_bits(bits_from_dps(dps)):
        return 2 * (-arb(rational(d * t * t / 2 / (1 + t / 3)))).exp()


def sign_tail(d: int, t: Fraction) -> Fraction:
    """Return ``P(mean X_i >= t)`` for fair signs."""
    ways = [factorial(d) // (factorial(k) * factorial(d - k)) for k in range(d + 1)]
    return Fraction(sum(w for k, w in enumerate(ways) if Fraction(2 * k - d, d) >= t), 2**d)


def tiny_bernstein(d: int, t: Fraction, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return 2 * (-arb(rational(2 * d * t * t))).exp()


def squared_summand(x: Matrix) -> Fraction:
    """Return ``|x_1 x_1' - C|_F^2``, ``C`` the mean of ``x_i x_i'`` over the rows."""
    total = gram(transposed(x))
    first = x[0]
    entries = (
        first[i] * first[j] - total[i][j] / len(x)
        for i in range(len(first))
        for j in range(len(first))
    )
    return sum((entry * entry for entry in entries), Fraction(0))


def longest(x: Matrix) -> Fraction:
    """Return ``nB``, the largest squared length."""
    return max(sum((entry * entry for entry in row), Fraction(0)) for row in x)


def twice_longest(x: Matrix) -> Fraction:
    return 2 * longest(x)


def squared_twice_longest(x: Matrix) -> Fraction:
    return 4 * longest(x) ** 2


def half_longest(x: Matrix) -> Fraction:
    return longest(x) ** 2 / 4


def relative_deviation(ratio: Fraction) -> Fraction:
    """Return ``|C^(-1) D|_F^2`` for ``C = diag(ratio, 1)`` and ``D`` with entries 1 off it."""
    return 1 + 1 / (ratio * ratio)


def whitened_deviation(ratio: Fraction) -> Fraction:
    """Return ``|C^(-1/2) D C^(-1/2)|_F^2`` for the same."""
    return 2 / ratio


EXACT = {"n": Integer(2, 4), "d": Integer(1, 6)}
SMALL_T = {"t": Real("1/1000", "1/2")}
LAW = "x uniform on √(nB) e_1, ..., √(nB) e_n"
MEANINGS = {"n": "dimension", "d": "number of vectors", "t": "deviation", "x": "rows x_i"}

_claim = claims_of("thesis", HOLDS)

CLAIMS = (
    _claim(
        "covariance-concentration-printed",
        "Lemma B.1; Lemma B.2",
        FALSE,
        title="concentration of sample covariances, as printed",
        statement="P(|C_d - C|_F >= c t nB/√d) <= exp(-t²) for 0 < t <= √d, with one constant c",
        variables=MEANINGS | {"constant": "c"},
        assumptions=(LAW, "C = B I: for B = 1 the relative deviation of Lemma B.2 is the same"),
        as_printed=(
            "no lower end of t: the deviation is of order nB/√d with probability near 1, so that "
            "small t refute every c. A mean has to be added: see the corrected claim"
        ),
        checks=(
            attack(
                printed_tail,
                "<=",
                gaussian_tail,
                domain=EXACT | SMALL_T | {"constant": Real(1, 1000)},
            ),
            at_points(
                printed_tail,
                "<=",
                gaussian_tail,
                points=[{"n": 2, "d": 1, "t": Fraction(1, 2 * c), "constant": c} for c in (3, 100)],
            ),
        ),
        near_miss=at_points(
            printed_tail,
            "<=",
            gaussian_tail,
            points=[{"n": 3, "d": 1, "t": Fraction(1, 20), "constant": 10}],
        ),
        corrected_by="thesis.covariance-concentration",
    ),
    _claim(
        "covariance-concentration",
        "Lemma B.1; Lemma B.2",
        title="concentration of sample covariances",
        statement="P(|C_d - C|_F >= (1 + t) nB/√d) <= exp(-t²) for every t >= 0",
        variables=MEANINGS,
        assumptions=(
            LAW,
            (
                "in general: the mean deviation is at most nB/√d, one vector changes it by at most "
                "√2 nB/d, and bounded differences give the tail; for Lemma B.2 times |C^(-1)|"
            ),
        ),
        checks=(
            attack(
                shifted_tail,
                "<=",
                gaussian_tail,
                domain=EXACT | {"t": Real(0, 3)},
                tries=(150, 900),
            ),
        ),
        near_miss=attack(
            barely_shifted_tail, "<=", gaussian_tail, domain=EXACT | {"t": Real(0, 3)}
        ),
    ),
    _claim(
        "whitened-deviation-printed",
        "Lemma B.2",
        Verdict(Outcome.FAILS, Grade.EXACT),
        title="relative deviation by whitening, as in the proof",
        statement="|C^(-1) C_d - I|_F <= |C^(-1/2) C_d C^(-1/2) - I|_F",
        variables={"ratio": "C = diag(ratio, 1)"},
        as_printed="implied: the right side is what Lemma B.1 bounds for C^(-1/2) x_i. It is the "
        "smaller one; |C^(-1)| |C_d - C|_F is a bound, and Lemma B.2 follows from B.1 with it",
        checks=(
            attack(
                relative_deviation,
                "<=",
                whitened_deviation,
                domain={"ratio": Real("1/10", 10)},
            ),
        ),
        near_miss=at_points(
            relative_deviation, "<=", whitened_deviation, points=grid(ratio=("2",))
        ),
        corrected_by="thesis.covariance-concentration",
    ),
    _claim(
        "bernstein-printed",
        "eq B.5",
        FALSE,
        title="Bernstein's inequality, as printed",
        statement="P(mean X_i >= t) <= 2 exp(-(d t²/2)/(K² + K t/3)) for |X_i| <= K",
        variables=MEANINGS,
        assumptions=("X_i independent, of the same law",),
        as_printed="the mean of the variables has to vanish; the proof applies it to norms",
        checks=(
            attack(
                constant_tail,
                "<=",
                scalar_bernstein,
                domain={"d": Integer(1, reach=100), "t": Real("1/2", 1)},
            ),
        ),
        near_miss=at_points(
            constant_tail, "<=", scalar_bernstein, points=grid(d=(50,), t=("1/2",))
        ),
        corrected_by="thesis.bernstein",
    ),
    _claim(
        "bernstein",
        "eq B.5",
        title="Bernstein's inequality",
        statement="P(mean X_i >= t) <= 2 exp(-(d t²/2)/(K² + K t/3)) for centred |X_i| <= K",
        variables=MEANINGS,
        assumptions=("X_i fair signs, K = 1",),
        checks=(
            attack(
                sign_tail,
                "<=",
                scalar_bernstein,
                domain={"d": Integer(1, reach=60), "t": Real("1/100", 1)},
            ),
        ),
        near_miss=attack(
            sign_tail,
            "<=",
            tiny_bernstein,
            domain={"d": Integer(1, reach=60), "t": Real("1/100", 1)},
        ),
    ),
    _claim(
        "summand-bound-printed",
        "eq B.9",
        Verdict(Outcome.FAILS, Grade.EXACT),
        title="bound of one summand, as printed",
        statement="|x x' - C|_F² <= 2 nB",
        variables={"x": "rows: equally likely vectors"},
        as_printed="a square on the left of B.6 that the right does not have",
        checks=(attack(squared_summand, "<=", twice_longest, domain={"x": matrices()}),),
        near_miss=at_points(
            squared_summand,
            "<=",
            twice_longest,
            points=[{"x": ((Fraction(5), Fraction(0)), (Fraction(0), Fraction(5)))}],
        ),
        corrected_by="thesis.summand-bound",
    ),
    _claim(
        "summand-bound",
        "eq B.9",
        title="bound of one summand",
        statement="|x x' - C|_F <= 2 nB",
        variables={"x": "rows: equally likely vectors"},
        checks=(attack(squared_summand, "<=", squared_twice_longest, domain={"x": matrices()}),),
        near_miss=attack(squared_summand, "<=", half_longest, domain={"x": matrices()}),
    ),
    _claim(
        "mean-deviation-printed",
        "eq B.11",
        FALSE,
        title="tail of the mean deviation, as printed",
        statement="P(mean of |x_i x_i' - C|_F >= t) <= exp(-(d t²/2)/(4n²B² + 2Bnt/3))",
        variables=MEANINGS,
        assumptions=(LAW, "B = 1"),
        as_printed="the norms are not centred: their mean does not tend to 0 with d",
        checks=(
            attack(
                mean_tail,
                "<=",
                bernstein_bound,
                domain={"n": Integer(2, 9), "d": Integer(1, reach=10**4), "t": Real("1/10", 1)},
            ),
        ),
        near_miss=at_points(
            mean_tail, "<=", bernstein_bound, points=grid(n=(3,), d=(100,), t=("1",))
        ),
        corrected_by="thesis.covariance-concentration",
    ),
    _claim(
        "deviation-tail-printed",
        "eq B.13",
        FALSE,
        title="tail of the deviation, as printed",
        statement="P(|C_d - C|_F >= t) <= exp(-d t²/(8n²B²(1 + t/(6nB))))",
        variables=MEANINGS,
        assumptions=(LAW, "B = 1"),
        as_printed="inherited from B.11",
        checks=(
            attack(deviation_tail, "<=", convex_bound, domain=EXACT | {"t": Real("1/100", 1)}),
        ),
        near_miss=at_points(
            deviation_tail, "<=", convex_bound, points=grid(n=(2,), d=(1,), t=("1",))
        ),
        corrected_by="thesis.covariance-concentration",
    ),
    _claim(
        "rescaled-tail-printed",
        "eq B.14",
        FALSE,
        title="rescaled tail, as printed",
        statement="P(|C_d - C|_F >= t √8 Bn/√d) <= exp(-t²/(1 + t/(3√(2d))))",
        variables=MEANINGS,
        assumptions=(LAW,),
        as_printed=(
            "the text has t/(3√2 d); renaming t in B.13 gives √2 t/(3√d). At small t no reading "
            "helps"
        ),
        checks=(
            attack(rescaled_tail, "<=", rescaled_bound, domain=EXACT | {"t": Real("1/100", "1/4")}),
        ),
        near_miss=at_points(
            rescaled_tail, "<=", rescaled_bound, points=grid(n=(2,), d=(1,), t=("1/5",))
        ),
        corrected_by="thesis.covariance-concentration",
    ),
)
"""Appendix B, concentration."""
