"""Certified transforms of tanh against quadrature of mpmath and scipy.

Arguments change from round to round by a relative 2**-20 or so: the work is the same, the
value is not.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from scipy import integrate

from symprop.gaussian.duality import dual_kernel
from symprop.gaussian.hermite import hermite_coefficients
from symprop.gaussian.transforms import v_transform

VARIANCES = (Fraction(1, 10), Fraction(1), Fraction(10), Fraction(1000), Fraction(10**6))
V_ASKED = {15: 50, 50: 200, 200: 1000}


def near(value: Fraction) -> Iterator[tuple[Any, ...]]:
    """Yield numbers close to ``value``, all different."""
    return ((value * (1 + Fraction(k, 2**20)),) for k in itertools.count(1))


def as_mpf(value: Fraction) -> mpmath.mpf:
    return mpmath.mpf(value.numerator) / value.denominator


def mpmath_length(q: Fraction, dps: int) -> mpmath.mpf:
    """``E tanh(sqrt(q) Z)^2`` as one would write it, split where the integrand changes."""
    with mpmath.workdps(dps):
        root = mpmath.sqrt(as_mpf(q))
        far = mpmath.sqrt(2 * dps * mpmath.log(10)) + 2
        knee = min(4 / root, far / 2)
        total = mpmath.quad(
            lambda z: mpmath.tanh(root * z) ** 2 * mpmath.npdf(z), [0, knee, 2 * knee, far]
        )
        return 2 * total


@pytest.mark.parametrize("q", VARIANCES, ids=str)
@pytest.mark.parametrize("dps", V_ASKED)
@pytest.mark.parametrize("system", ["symprop", "mpmath.quad"])
def test_v_tanh(measure, q, dps, system) -> None:
    own = system == "symprop"
    transform = v_transform("tanh")
    measure(
        system,
        f"V tanh({float(q):g}), {dps} digits",
        (lambda x: transform.enclose(x, dps=dps)) if own else (lambda x: mpmath_length(x, dps)),
        near(q),
        rounds=200 if own else (10 if dps < 200 else 2),
        asked=V_ASKED[dps] if own else None,
        warm=own,
    )


def pairs(q: float) -> Iterator[tuple[Any, ...]]:
    return ((q * (1 + k * 2.0**-20), 0.5 + k * 2.0**-20) for k in itertools.count(1))


def scipy_kernel(q: float, rho: float) -> float:
    """``E tanh(sqrt q u) tanh(sqrt q v)`` by the product rule of QUADPACK."""
    root, sine = math.sqrt(q), math.sqrt(1 - rho * rho)

    def integrand(y: float, x: float) -> float:
        weight = math.exp(-(x * x + y * y) / 2) / (2 * math.pi)
        return math.tanh(root * x) * math.tanh(root * (rho * x + sine * y)) * weight

    value, _ = integrate.dblquad(integrand, -9, 9, -9, 9, epsabs=1e-13, epsrel=1e-13)
    return value


def mpmath_kernel(q: float, rho: float) -> mpmath.mpf:
    with mpmath.workdps(15):
        root, sine = mpmath.sqrt(q), mpmath.sqrt(1 - mpmath.mpf(rho) ** 2)
        ends = [-9, 0, 9]
        return mpmath.quad(
            lambda x, y: (
                mpmath.tanh(root * x)
                * mpmath.tanh(root * (rho * x + sine * y))
                * mpmath.npdf(x)
                * mpmath.npdf(y)
            ),
            ends,
            ends,
        )


@pytest.mark.parametrize("q", [1.0, 10.0, 1000.0])
@pytest.mark.parametrize(
    ("system", "function", "rounds", "asked"),
    [("scipy.dblquad", scipy_kernel, 5, 20), ("mpmath 2-D quad", mpmath_kernel, 1, 500)],
)
@pytest.mark.parametrize("own", [True, False], ids=["symprop", "peer"])
def test_w_tanh(measure, q, system, function, rounds, asked, own) -> None:
    measure(
        "symprop" if own else system,
        f"W tanh({q:g}, rho = 0.5), 15 digits, against {system}",
        (lambda x, rho: dual_kernel("tanh", variances=(x, x)).enclose(rho, dps=15))
        if own
        else function,
        pairs(q),
        rounds=50 if own else rounds,
        asked=asked if own else None,
        warm=own,
    )


def mpmath_coefficients(q: Fraction, count: int, dps: int) -> list[mpmath.mpf]:
    """One quadrature for each coefficient."""
    with mpmath.workdps(dps):
        root = mpmath.sqrt(as_mpf(q))
        far = mpmath.sqrt(2 * dps * mpmath.log(10)) + 2 * mpmath.sqrt(count)
        ends = mpmath.linspace(-far, far, 9)

        def integrand(z: mpmath.mpf, k: int) -> mpmath.mpf:
            before, value = mpmath.mpf(0), mpmath.mpf(1)
            for j in range(k):
                before, value = value, z * value - j * before
            return mpmath.tanh(root * z) * value * mpmath.npdf(z)

        return [
            mpmath.quad(lambda z, k=k: integrand(z, k), ends) / mpmath.sqrt(mpmath.factorial(k))
            for k in range(count)
        ]


@pytest.mark.parametrize("system", ["symprop", "mpmath.quad per k"])
def test_hermite_coefficients_of_tanh(measure, system) -> None:
    own = system == "symprop"
    measure(
        system,
        "64 Hermite coefficients of tanh, 50 digits",
        (lambda q: hermite_coefficients("tanh", 63, variance=q, dps=50))
        if own
        else (lambda q: mpmath_coefficients(q, 64, 50)),
        near(Fraction(1)),
        rounds=20 if own else 1,
        asked=1000 if own else None,
        warm=own,
    )
