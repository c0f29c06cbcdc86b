"""The recurrences of the full tanh residual net against loops over quadrature.

The first variance changes from round to round by a relative 2**-20 or so.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from scipy import integrate

from symprop.recurrences.trajectories import trajectory
from symprop.specs.architectures import FullResidual

PAR = (1.5, 0.5, 1.69, 0.49)
FEW = 300


def networks() -> Iterator[tuple[FullResidual]]:
    """Yield networks close to one another, all different."""
    for k in itertools.count(1):
        yield (FullResidual("tanh", Fraction(3, 2) * (1 + Fraction(k, 2**20)), *PAR[1:]),)


def batches() -> Iterator[tuple[list[FullResidual]]]:
    random = np.random.default_rng(7)
    while True:
        yield ([FullResidual("tanh", *row) for row in random.uniform(0.5, 2, (1000, 4)).tolist()],)


def scipy_lengths(net: FullResidual, depth: int) -> list[float]:
    """One adaptive quadrature a layer."""
    sv, sa, sw, sb = (float(net.branch_weight_variance), *PAR[1:])
    p, found = 1.0, []
    for _ in range(depth):
        root = math.sqrt(sw * p + sb)

        def integrand(z: float, root: float = root) -> float:
            return math.tanh(root * z) ** 2 * math.exp(-z * z / 2)

        moment, _ = integrate.quad(integrand, 0, 9, epsabs=1e-13, epsrel=1e-13)
        p += sv * moment * 2 / math.sqrt(2 * math.pi) + sa
        found.append(p)
    return found


def scipy_pairs(net: FullResidual, depth: int) -> list[float]:
    """A quadrature and a double quadrature a layer."""
    sv, sa, sw, sb = (float(net.branch_weight_variance), *PAR[1:])
    p, gamma, found = 1.0, 0.5, []
    for _ in range(depth):
        q, inner = sw * p + sb, sw * gamma + sb
        root, c = math.sqrt(q), inner / q
        sine = math.sqrt(1 - c * c)

        def integrand(
            y: float, x: float, root: float = root, c: float = c, s: float = sine
        ) -> float:
            weight = math.exp(-(x * x + y * y) / 2) / (2 * math.pi)
            return math.tanh(root * x) * math.tanh(root * (c * x + s * y)) * weight

        cross, _ = integrate.dblquad(integrand, -9, 9, -9, 9, epsabs=1e-12, epsrel=1e-12)
        moment, _ = integrate.quad(
            lambda z, r=root: math.tanh(r * z) ** 2 * math.exp(-z * z / 2), 0, 9, epsabs=1e-13
        )
        p += sv * moment * 2 / math.sqrt(2 * math.pi) + sa
        gamma += sv * cross + sa
        found.append(gamma)
    return found


def mpmath_lengths(net: FullResidual, depth: int) -> list[mpmath.mpf]:
    with mpmath.workdps(50):
        first = net.branch_weight_variance
        sv = mpmath.mpf(first.numerator) / first.denominator
        sa, sw, sb = (mpmath.mpf(x) for x in PAR[1:])
        p, found = mpmath.mpf(1), []
        for _ in range(depth):
            root = mpmath.sqrt(sw * p + sb)
            moment = mpmath.quad(
                lambda z, r=root: mpmath.tanh(r * z) ** 2 * mpmath.npdf(z),
                [0, 4 / root, 8 / root, 16],
            )
            p += 2 * sv * moment + sa
            found.append(p)
        return found


def test_a_million_lengths(measure: Any) -> None:
    measure(
        "symprop",
        "tanh FRN, p, 10^6 layers",
        lambda net: trajectory(net, 10**6, length=1),
        networks(),
        rounds=3,
        elements=10**6,
        asked=10**6 / 2,
    )


def test_a_thousand_settings(measure: Any) -> None:
    measure(
        "symprop",
        "tanh FRN, p, 1000 settings of 5000 layers",
        lambda nets: trajectory(nets, 5000, length=1),
        batches(),
        rounds=3,
        elements=5 * 10**6,
        asked=1 / 60e-9,
    )


def test_ten_thousand_pairs(measure: Any) -> None:
    measure(
        "symprop",
        "tanh FRN, p and gamma, 10^4 layers",
        lambda net: trajectory(net, 10**4, length=1, cosine=0.5),
        networks(),
        rounds=3,
        elements=10**4,
        asked=10**4 / 2,
    )


def test_fifty_digits(measure: Any) -> None:
    measure(
        "symprop",
        "tanh FRN, p, 50 digits, 10^4 layers",
        lambda net: trajectory(net, 10**4, length=1, dps=50),
        networks(),
        rounds=3,
        elements=10**4,
        asked=10**4 / 1,
    )


def test_fifty_digits_of_pairs(measure: Any) -> None:
    measure(
        "symprop",
        "tanh FRN, p and gamma, 50 digits, 10^4 layers",
        lambda net: trajectory(net, 10**4, length=1, cosine=0.5, dps=50),
        networks(),
        rounds=1,
        elements=10**4,
        asked=10**4 / 60,
        warm=False,
    )


@pytest.mark.parametrize("own", [True, False], ids=["symprop", "peer"])
@pytest.mark.parametrize(
    ("row", "peer", "loop", "depth", "options", "asked"),
    [
        ("p", "scipy.quad loop", scipy_lengths, FEW, {}, 5),
        ("p and gamma", "scipy.dblquad loop", scipy_pairs, 10, {"cosine": 0.5}, 100),
        ("p, 50 digits", "mpmath.quad loop", mpmath_lengths, 20, {"dps": 50}, 50),
    ],
)
def test_against_a_loop(
    measure: Any,
    own: bool,
    row: str,
    peer: str,
    loop: Any,
    depth: int,
    options: dict[str, Any],
    asked: float,
) -> None:
    measure(
        "symprop" if own else peer,
        f"tanh FRN, {row}, {depth} layers, against {peer}",
        (lambda net: trajectory(net, depth, length=1, **options))
        if own
        else (lambda net: loop(net, depth)),
        networks(),
        rounds=10 if own else 2,
        asked=asked if own else None,
        warm=own,
    )
