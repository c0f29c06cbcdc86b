"""Laws of negative powers against the recurrence of length and distance itself."""

from __future__ import annotations

import itertools
from math import log

import numpy as np
import pytest
import sympy

from symprop.asymptotics.depth_constants import ResidualVariances
from symprop.asymptotics.negative_power_rates import negative_power_constants
from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.gaussian.power_relu import alpha_relu_kernel

LAYERS = [4**k for k in range(2, 7)]
INNER = 0.25  # sigma_b^2/sigma_w^2


def numbers(alpha: str, bias: int) -> dict[str, float]:
    found = negative_power_constants(
        sympy.S.One, sympy.Rational(alpha), ResidualVariances(1, bias, 2, "1/2")
    )
    return {constant.name: float(constant.enclose(dps=15)) for constant in found}


def run(alpha: str, bias: int, c_alpha: float) -> list[tuple[float, float]]:
    """Return ``(u, g)`` at the layers, from a length of 1 and e = 1/2."""
    power = float(sympy.Rational(alpha))
    deficit = alpha_relu_kernel(alpha).float_face.deficit
    u, g, points = 1 + INNER, 0.5, []
    for layer in range(1, LAYERS[-1] + 1):
        moment = c_alpha * 2**power * u**power
        g += moment * float(deficit(np.array([g / u]))[0])
        u += moment + bias
        if layer in LAYERS:
            points.append((u, g))
    return points


@pytest.mark.parametrize("alpha", ["-1/4", "-2/5"])
def test_without_branch_biases(alpha: str) -> None:
    c, power = numbers(alpha, 0), float(sympy.Rational(alpha))
    points = run(alpha, 0, c["c_alpha"])
    rest = [
        (u - c["K1"] * n ** (1 / (1 - power))) * n ** (-power / (1 - power)) + c["K2"] * log(n)
        for n, (u, _) in zip(LAYERS, points, strict=True)
    ]
    steps = [abs(b - a) for a, b in itertools.pairwise(rest)]
    assert all(b < a / 2 for a, b in itertools.pairwise(steps))
    scaled = [
        (1 - g / u - c["e_star"]) * n ** c["mu"] for n, (u, g) in zip(LAYERS, points, strict=True)
    ]
    assert scaled[-1] == pytest.approx(scaled[-2], rel=2e-3)


@pytest.mark.parametrize("alpha", ["-1/4", "-1/3", "-2/5"])
def test_with_branch_biases(alpha: str) -> None:
    """Both ratios approach 1; the length by ``l**alpha`` or ``l**(-1-alpha) log l``."""
    c, power = numbers(alpha, 1), float(sympy.Rational(alpha))
    assert c["e_star"] == 1
    points = run(alpha, 1, c["c_alpha"])
    for ratios in (
        [(u - n) / (c["K"] * n ** (1 + power)) for n, (u, _) in zip(LAYERS, points, strict=True)],
        [g / u * n ** c["gap_exponent"] / c["G"] for n, (u, g) in zip(LAYERS, points, strict=True)],
    ):
        errors = [abs(ratio - 1) for ratio in ratios[-3:]]
        assert errors[2] < errors[1] < errors[0] < 1
        assert errors[2] < 0.3


def test_exponent_outside_the_range_is_refused() -> None:
    for alpha in ("-1/2", "0", "1/2"):
        with pytest.raises(OutOfDomain, match="alpha inside"):
            negative_power_constants(
                sympy.S.One, sympy.Rational(alpha), ResidualVariances(1, 0, 1, 0)
            )
    with pytest.raises(OutOfDomain, match="weight_variance to be > 0"):
        negative_power_constants(sympy.S.One, -sympy.Rational(1, 4), ResidualVariances(1, 0, 0, 0))


def test_what_is_refused() -> None:
    variances = ResidualVariances(1, 0, 1, 0)
    with pytest.raises(InvalidArgument, match="variances"):
        negative_power_constants(1, "-1/4", None)
    with pytest.raises(InvalidArgument, match="scale"):
        negative_power_constants("junk", "-1/4", variances)
    for alpha in (1, sympy.Symbol("a"), 0):
        with pytest.raises(OutOfDomain, match="alpha"):
            negative_power_constants(1, alpha, variances)
