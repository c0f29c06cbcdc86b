"""thesis, appendix A: the steps behind the contraction of the Lyapunov function."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy
from flint import acb

from symprop.claims.citations import claims_of
from symprop.claims.gaussian_shares import expected_shares, share, to_sum_one
from symprop.claims.thesis_orthogonality import MEANINGS, SPECTRA, ball, lyapunov
from symprop.ledger.algebra import identity
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)


def least_share(weights: Sequence[int], dps: int) -> Any:
    return expected_shares(to_sum_one(weights), dps)[0]


def least_share_bound(weights: Sequence[int], dps: int) -> Any:
    """Return ``s_n g(1/n - s_n)``: all the other values equal."""
    values = to_sum_one(weights)
    rest = (1 - values[0]) / (len(values) - 1)
    with working_bits(bits_from_dps(dps) + 10):
        return share([(ball(values[0]), 1), (ball(rest), len(values) - 1)], 0, dps)


def next_lyapunov(weights: Sequence[int], dps: int) -> Any:
    """Return ``1/n - p_n``."""
    with working_bits(bits_from_dps(dps)):
        return ball(Fraction(1, len(weights))) - least_share(weights, dps)


def contracted(weights: Sequence[int]) -> Fraction:
    least = to_sum_one(weights)[0]
    return (1 - Fraction(2, 3) * least) * lyapunov(weights)


def contracted_sharply(weights: Sequence[int]) -> Fraction:
    """Return the bound with ``2n/(n+2)``, which the proof gives."""
    n, least = len(weights), to_sum_one(weights)[0]
    return (1 - Fraction(2 * n, n + 2) * least) * lyapunov(weights)


def contracted_too_much(weights: Sequence[int]) -> Fraction:
    least = to_sum_one(weights)[0]
    return (1 - 2 * least) * lyapunov(weights)


def has_two(weights: Sequence[int]) -> bool:
    return len(weights) >= 2


def g(count: int, delta: Any, dps: int) -> Any:
    """Return ``g(delta)`` of eq A.11, as the least share over the least value."""
    with working_bits(bits_from_dps(dps) + 10):
        least = ball(Fraction(1, count)) - delta
        rest = ball(Fraction(1, count)) + delta / (count - 1)
        return share([(least, 1), (rest, count - 1)], 0, dps) / least


def chord(count: int, t: Fraction, gap_between: Fraction, dps: int) -> Any:
    """Return the second difference of ``g`` at equal steps."""
    end = Fraction(1, count) * Fraction(999, 1000)
    centre = end * t
    step = min(centre, end - centre) * gap_between
    with working_bits(2 * bits_from_dps(dps)):
        values = [g(count, ball(centre + k * step), 2 * dps) for k in (-1, 0, 1)]
        return values[0] + values[2] - 2 * values[1]


def second_difference_of_share(count: int, t: Fraction, gap_between: Fraction, dps: int) -> Any:
    """Return the same of ``(1/n - delta) g(delta)``."""
    end = Fraction(1, count) * Fraction(999, 1000)
    centre = end * t
    step = min(centre, end - centre) * gap_between
    with working_bits(2 * bits_from_dps(dps)):
        values = [
            g(count, ball(centre + k * step), 2 * dps)
            * ball(Fraction(1, count) - centre - k * step)
            for k in (-1, 0, 1)
        ]
        return values[0] + values[2] - 2 * values[1]


N, THETA, DELTA = sympy.symbols("n theta delta", positive=True)


_LEAST = 1 + 2 * THETA * (1 / N - DELTA)


_REST = 1 + 2 * THETA * (1 / N + DELTA / (N - 1))


def slope_of_h1() -> Any:
    """Return ``h_1'/(theta h_3)``, differentiated."""
    h1 = _LEAST ** sympy.Rational(-5, 2) * _REST ** (-(N - 1) / 2 - 1)
    h3 = _LEAST ** sympy.Rational(-7, 2) * _REST ** (-(N - 1) / 2 - 2)
    return sympy.simplify(sympy.diff(h1, DELTA) / (THETA * h3))


def h4() -> Any:
    return (4 * N - 6) / (N - 1) * (1 + 2 * THETA / N) + 2 * THETA * DELTA * (N + 6) / (N - 1)


def h4_difference(count: int, theta: Fraction, delta: Fraction) -> Any:
    """Return ``h_1'/(theta h_3)`` at a point, from the logarithmic derivative of ``h_1``."""
    least = 1 + 2 * theta * (Fraction(1, count) - delta)
    rest = 1 + 2 * theta * (Fraction(1, count) + delta / (count - 1))
    return 5 * rest - Fraction(count + 1, count - 1) * least


def printed_h4_value(count: int, theta: Fraction, delta: Fraction) -> Fraction:
    return Fraction(4 * count - 2, count - 1) * (1 + 2 * theta / count) + 2 * theta * delta * (
        Fraction(count + 2, count - 1)
    )


def ratio_by_generating_function(shape: int, dps: int) -> Any:
    """Return the integral for ``X_1 = a + b``, ``X_2 = a``: independent gammas of given shapes.

    The derivative of ``(1 - t_1 - t_2)^(-k) (1 - t_1)^(-1)`` by ``t_2`` is ``k (1 - t_1)^(-k-2)``.
    """
    with working_bits(bits_from_dps(dps)):

        def integrand(u: acb, analytic: bool) -> acb:  # noqa: ARG001
            return shape * u**shape  # u = 1/(1 - t_1)

        integral: Any = acb.integral(integrand, acb(0), acb(1))
        return integral.real


def mean_of_beta(shape: int) -> Fraction:
    return Fraction(shape, shape + 1)


def mean_of_other_beta(shape: int) -> Fraction:
    return Fraction(shape, shape + 2)


STEPS = {"t": Real(0, 1, open_at="both"), "gap_between": Real("1/100", 1)}

_claim = claims_of("thesis", HOLDS)

CLAIMS = (
    _claim(
        "least-share",
        "eq A.11",
        title="the smallest share is least when all other values are equal",
        statement="p_n >= s_n g(1/n - s_n)",
        variables=MEANINGS,
        assumptions=("n >= 2",),
        checks=(
            attack(
                least_share,
                ">=",
                least_share_bound,
                domain=SPECTRA,
                assuming=has_two,
                tries=(40, 400),
            ),
        ),
        near_miss=attack(least_share, "<=", least_share_bound, domain=SPECTRA, assuming=has_two),
    ),
    _claim(
        "share-convexity",
        "Lemma A.7",
        title="convexity of g",
        statement="g is convex on [0, 1/n), and at 1/n where it is finite, n >= 4",
        as_printed="on [0, 1/n]; g(1/n) is infinite for n = 2 and 3",
        variables={"count": "n", "t": "δ as a part of 1/n", "gap_between": "step of differences"},
        checks=tuple(
            attack(
                lambda t, gap_between, dps, n=n: chord(n, t, gap_between, dps),
                ">=",
                0,
                domain=STEPS,
                digits=15,
                tries=(9, 45),
            )
            for n in (2, 3, 9)
        ),
        near_miss=attack(
            lambda t, gap_between, dps: second_difference_of_share(2, t, gap_between, dps),
            ">=",
            0,
            domain=STEPS,
            digits=15,
            tries=(30, 60),
        ),
    ),
    _claim(
        "share-convexity-step-printed",
        "Lemma A.7",
        Verdict(Outcome.FAILS, Grade.EXACT),
        title="derivative in the proof of convexity, as printed",
        statement="h_1'/(θ h_3) = (4n-2)/(n-1) (1 + 2θ/n) + 2θδ (n+2)/(n-1)",
        variables={"count": "n >= 2", "theta": "θ", "delta": "δ in [0, 1/n]"},
        as_printed=(
            "the exponent -(n-1)/2 - 1 of h_1 gives the factor -(n+1)/2, printed -(n-3)/2; h_4 "
            "stays positive and the lemma true"
        ),
        checks=(
            at_points(
                h4_difference,
                "==",
                printed_h4_value,
                points=grid(count=(2, 3, 5), theta=("1", "1/2"), delta=("0", "1/10")),
            ),
        ),
        near_miss=at_points(
            h4_difference,
            "==",
            printed_h4_value,
            points=grid(count=(4,), theta=("1",), delta=("0",)),
        ),
        corrected_by="thesis.share-convexity-step",
    ),
    _claim(
        "share-convexity-step",
        "Lemma A.7",
        Verdict(Outcome.HOLDS, Grade.EXACT),
        title="derivative in the proof of convexity",
        statement="h_1'/(θ h_3) = (4n-6)/(n-1) (1 + 2θ/n) + 2θδ (n+6)/(n-1)",
        variables={"n": "batch size", "theta": "θ", "delta": "δ"},
        checks=(identity(slope_of_h1, h4),),
        near_miss=at_points(
            h4_difference,
            "==",
            printed_h4_value,
            points=grid(count=(2,), theta=("1",), delta=("0",)),
        ),
    ),
    _claim(
        "lyapunov-contraction",
        "Lemma A.5",
        title="contraction of the Lyapunov function of the mean",
        statement="1/n - p_n <= (1 - (2/3) s_n) V^; even with 2n/(n+2) for 2/3",
        variables=MEANINGS,
        checks=(
            attack(next_lyapunov, "<=", contracted, domain=SPECTRA, tries=(30, 300)),
            attack(
                next_lyapunov, "<=", contracted_sharply, domain=SPECTRA, digits=12, tries=(30, 300)
            ),
        ),
        near_miss=attack(
            next_lyapunov, "<=", contracted_too_much, domain=SPECTRA, assuming=has_two
        ),
    ),
    _claim(
        "ratio-by-generating-function",
        "Lemma A.6",
        title="mean of a ratio by a generating function",
        statement="E X_2/X_1 = ∫ ∂φ/∂t_2 at t_2 = 0 over t_1 < 0: for X_2 = a, X_1 = a + b with "
        "gamma variables of shapes k and 1, E X_2/X_1 = k/(k+1)",
        variables={"shape": "k"},
        assumptions=("E |X_2|/X_1 < ∞: else the integral can exist where the mean does not",),
        as_printed="without that assumption: X_2 a fair sign, X_1 = χ²_1 independent of it",
        checks=(
            at_points(
                ratio_by_generating_function, "==", mean_of_beta, points=grid(shape=(1, 2, 3, 9))
            ),
        ),
        near_miss=at_points(
            ratio_by_generating_function, "==", mean_of_other_beta, points=grid(shape=(2,))
        ),
    ),
)
"""Appendix A, proof of the contraction."""
