"""One certified value of the alpha-ReLU kernel against mpmath's hypergeometric function.

Every round gets an exponent near 7/10 and a correlation near 3/10 that no round had before,
and includes the reading of the arguments, so that nothing can be remembered. The peer is
the faster of two ways to write the kernel with ``mpmath.hyp2f1`` for the number of digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import count
from typing import Any

import mpmath
import pytest

from symprop.gaussian.power_relu import alpha_relu_kernel

ASKED = {15: 5, 50: 5, 200: 5, 1000: 10}
ROUNDS = {15: 400, 50: 400, 200: 200, 1000: 40}
_STEPS: Iterator[int] = count(1)


def fresh() -> tuple[Fraction, Fraction]:
    """Return a pair that comes back only after 199 * 101 calls."""
    step = next(_STEPS)
    return Fraction(601 + step % 199, 1000), Fraction(250 + step % 101, 1000)


def certified(alpha: Fraction, rho: Fraction, dps: int) -> Any:
    return alpha_relu_kernel(alpha).enclose(rho, dps=dps)


def around_minus_one(alpha: Fraction, rho: Fraction, dps: int) -> Any:
    """Evaluate ``x**mu 2F1(1/2, 1/2; mu + 1; x)``, normalised by its gamma functions."""
    with mpmath.workdps(dps):
        a, c = (mpmath.mpf(v.numerator) / v.denominator for v in (alpha, rho))
        half = mpmath.mpf(1) / 2
        x, mu = (1 + c) / 2, a + half
        gammas = mpmath.gamma(a + 1) ** 2 / (mpmath.gamma(mu + 1) * mpmath.gamma(mu))
        return x**mu * mpmath.hyp2f1(half, half, mu + 1, x) * gammas


def around_zero(alpha: Fraction, rho: Fraction, dps: int) -> Any:
    """Add the even and the odd hypergeometric function of the squared correlation."""
    with mpmath.workdps(dps):
        a, c = (mpmath.mpf(v.numerator) / v.denominator for v in (alpha, rho))
        half = mpmath.mpf(1) / 2
        scale = mpmath.sqrt(mpmath.pi) * mpmath.gamma(a + half)
        even = mpmath.gamma((a + 1) / 2) ** 2 / 2 * mpmath.hyp2f1(-a / 2, -a / 2, half, c * c)
        odd = mpmath.gamma(a / 2 + 1) ** 2 * c
        odd *= mpmath.hyp2f1((1 - a) / 2, (1 - a) / 2, 3 * half, c * c)
        return (even + odd) / scale


PEERS = {15: around_minus_one, 50: around_zero, 200: around_zero, 1000: around_zero}


def run(benchmark: Any, function: Callable[..., Any], dps: int, system: str) -> None:
    benchmark.group = f"J_alpha(c), alpha near 7/10, c near 3/10, {dps} digits"
    benchmark.extra_info["system"] = system
    if system == "symprop":
        benchmark.extra_info["asked"] = ASKED[dps]
    benchmark.pedantic(
        function,
        setup=lambda: ((*fresh(), dps), {}),
        rounds=ROUNDS[dps],
        warmup_rounds=3,
    )


@pytest.mark.parametrize("dps", ASKED)
def test_symprop(benchmark: Any, dps: int) -> None:
    run(benchmark, certified, dps, "symprop")


@pytest.mark.parametrize("dps", ASKED)
def test_mpmath(benchmark: Any, dps: int) -> None:
    run(benchmark, PEERS[dps], dps, "mpmath.hyp2f1")


@pytest.mark.parametrize("dps", ASKED)
def test_both_compute_the_same(dps: int) -> None:
    """A race between different numbers would mean nothing."""
    for _ in range(3):
        alpha, rho = fresh()
        value = certified(alpha, rho, dps)
        for peer in (around_minus_one, around_zero):
            with mpmath.workdps(dps):
                difference = abs(peer(alpha, rho, dps) / value.midpoint - 1)
                assert difference < mpmath.mpf(10) ** (3 - dps)
