"""Constants of residual depth laws to 50 and 1000 digits, fresh variances in every round.

The peer is mpmath's `findroot` on the printed equation, which proves nothing; for mu its
derivative and kernel are mpmath's hypergeometric function.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import mpmath
import pytest

from symprop.asymptotics.residual_laws import residual_rates

ROUNDS = {50: 10, 1000: 3}
LIMITS = {50: 0.05, 1000: 5.0}  # seconds


def fresh_ratios() -> Iterator[tuple[Any, ...]]:
    """Yield ratios of bias to weight variance, and exponents, in (1/2, 3/4)."""
    k = 0
    while True:
        k += 1
        yield (Fraction(1, 2) + Fraction(k, 1009),)


def own_tanh(name: str, dps: int, ratio: Fraction) -> Any:
    rates = residual_rates("frn", "tanh", weight_variance=1, branch_bias_variance=ratio)
    return rates[name].enclose(dps=dps)


def own_mu(dps: int, alpha: Fraction) -> Any:
    return residual_rates("frn", f"alpha_relu:{alpha}", weight_variance=1)["mu"].enclose(dps=dps)


def peer_e_star(dps: int, ratio: Fraction) -> Any:
    with mpmath.workdps(dps):
        r = mpmath.mpf(ratio.numerator) / ratio.denominator
        return mpmath.findroot(
            lambda e: (2 / mpmath.pi * mpmath.asin(e) + r) / (1 + r) - e, (0.5, 0.6)
        )


def peer_delta_star(dps: int, ratio: Fraction) -> Any:
    with mpmath.workdps(dps):
        e, r = peer_e_star(dps, ratio), mpmath.mpf(ratio.numerator) / ratio.denominator
        return 1 - 2 / mpmath.pi / mpmath.sqrt(1 - e * e) / (1 + r)


def peer_kernel(alpha: Any, c: Any) -> Any:
    x, half = (1 + c) / 2, mpmath.mpf(1) / 2
    top = mpmath.hyp2f1(half, half, alpha + 3 * half, 1)
    return x ** (alpha + half) * mpmath.hyp2f1(half, half, alpha + 3 * half, x) / top


def peer_mu(dps: int, exponent: Fraction) -> Any:
    with mpmath.workdps(dps):
        alpha = mpmath.mpf(exponent.numerator) / exponent.denominator
        e = mpmath.findroot(lambda c: peer_kernel(alpha, c) - c, (0.97, 0.98))
        slope = alpha**2 / (2 * alpha - 1) * peer_kernel(alpha - 1, e)
        return (1 - slope) / (1 - alpha)


SIDES = {
    "e_star": (lambda dps, x: own_tanh("e_star", dps, x), peer_e_star),
    "delta_star": (lambda dps, x: own_tanh("delta_star", dps, x), peer_delta_star),
    "mu": (own_mu, peer_mu),
}


@pytest.mark.parametrize("dps", ROUNDS)
@pytest.mark.parametrize("system", ["symprop", "mpmath.findroot"])
@pytest.mark.parametrize("name", SIDES)
def test_constant(measure, name, system, dps) -> None:
    function = SIDES[name][system != "symprop"]
    measure(
        system,
        f"{name} to {dps} digits",
        lambda x: function(dps, x),
        fresh_ratios(),
        rounds=ROUNDS[dps],
        within=LIMITS[dps] if system == "symprop" else None,
    )
