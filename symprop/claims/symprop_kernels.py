"""symprop K3, K4, G1, G2: kernels of erf and GELU, exact gains, constants others ship."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from symprop.claims.citations import claims_of
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid

__all__ = ["CLAIMS"]

SAMPLED = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)
q, c, rho = sympy.symbols("q c rho", real=True)
pi, sqrt = sympy.pi, sympy.sqrt
ERF_V = 2 / pi * sympy.asin(2 * q / (1 + 2 * q))
ERF_W = 2 / pi * sympy.asin(2 * c * q / (1 + 2 * q))
GELU_KERNEL = rho / 4 + (1 / sqrt(4 - rho**2) + rho * sympy.asin(rho / 2)) / (2 * pi)
RELU_GAIN = sqrt(2 * pi / (pi - 1))
GELU_GAIN = 1 / sqrt(sympy.Rational(1, 3) + 1 / (2 * sqrt(3) * pi) - 1 / (4 * pi))
DKS = "1.466942206924260361"
NFNET = {
    "relu": "1.7139588594436646",
    "gelu": "1.7015043497085571",
    "silu": "1.7881293296813965",
    "tanh": "1.5939117670059204",
    "selu": "1.0008515119552612",
}
"""Gains of a table of Monte-Carlo values that vision libraries copy from one another."""


def erf_square(q: Fraction, dps: int) -> Any:
    from symprop.claims import quadrature_witness as witness

    return witness.mean_square("erf", dps, q)


def erf_pair(q: Fraction, c: Fraction, dps: int) -> Any:
    from symprop.claims import quadrature_witness as witness

    return witness.covariance("erf", c, dps, q=(q, q))


def gelu_pair(rho: Fraction, dps: int) -> Any:
    from symprop.claims import quadrature_witness as witness

    return witness.covariance("gelu", rho, dps)


def gelu_square(dps: int) -> Any:
    from symprop.claims import quadrature_witness as witness

    return witness.mean_square("gelu", dps)


def variance_gain(phi: str, dps: int) -> Any:
    """Return ``Var[phi(Z)]^(-1/2)`` from quadrature."""
    from symprop.claims import quadrature_witness as witness
    from symprop.numerics.enclosure import Enclosure
    from symprop.numerics.precision import bits_from_dps, working_bits

    mean = witness.coefficient(phi, 0, dps + 5)
    variance = witness.mean_square(phi, dps + 5) - mean * mean
    with working_bits(bits_from_dps(dps)):
        return Enclosure(1 / variance.ball.sqrt())


def second_moment_gain(phi: str, dps: int) -> Any:
    from symprop.claims import quadrature_witness as witness
    from symprop.numerics.enclosure import Enclosure
    from symprop.numerics.precision import bits_from_dps, working_bits

    square = witness.mean_square(phi, dps + 5)
    with working_bits(bits_from_dps(dps)):
        return Enclosure(1 / square.ball.sqrt())


def shipped_gain(phi: str) -> str:
    return NFNET[phi]


def relative_distance(phi: str, dps: int) -> Any:
    """Return how far a shipped gain is from the exact one, relatively."""
    return abs(variance_gain(phi, dps) - Fraction(NFNET[phi])) / variance_gain(phi, dps)


def dks_distance(dps: int) -> Any:
    from symprop.numerics.evaluation import enclose

    exact = enclose(pi / (pi - 1), dps=dps)
    return abs(exact - Fraction(DKS)) / exact


_claim = claims_of("symprop", SAMPLED)

CLAIMS = (
    _claim(
        "erf-transforms",
        "K3",
        title="V and W of erf",
        statement="V(q) = (2/π) arcsin[2q/(1+2q)] and W(q, cq) = (2/π) arcsin[2cq/(1+2q)]",
        variables={"q": "variance, > 0", "c": "correlation, in [-1, 1]"},
        checks=(
            attack(
                erf_square,
                "==",
                ERF_V,
                domain={"q": Real(0, None, open_at="lower", decades=4)},
                digits=20,
                tries=(20, 100),
            ),
            attack(
                erf_pair,
                "==",
                ERF_W,
                domain={"q": Real(Fraction(1, 100), 100), "c": Real(-1, 1)},
                digits=15,
                tries=(5, 40),
            ),
        ),
        near_miss=at_points(
            erf_square, "==", 2 / pi * sympy.asin(q / (1 + q)), points=grid(q=("1",)), digits=15
        ),
        derivation="derivations/arcsine_kernel.py",
    ),
    _claim(
        "gelu-kernel",
        "K4",
        title="kernel of GELU",
        statement="E φ(u)φ(v) = ρ/4 + [1/√(4-ρ²) + ρ arcsin(ρ/2)]/(2π)",
        variables={"rho": "correlation, in [-1, 1]"},
        checks=(
            attack(
                gelu_pair, "==", GELU_KERNEL, domain={"rho": Real(-1, 1)}, digits=15, tries=(5, 60)
            ),
            at_points(gelu_pair, "==", GELU_KERNEL, points=grid(rho=("1/2",)), digits=15),
            at_points(gelu_square, "==", sympy.Rational(1, 3) + 1 / (2 * sqrt(3) * pi), digits=30),
        ),
        near_miss=at_points(
            gelu_pair,
            "==",
            GELU_KERNEL.subs(rho, rho / 2) * 2,
            points=grid(rho=("1/2",)),
            digits=15,
        ),
        derivation="derivations/gelu_kernel.py",
    ),
    _claim(
        "gain-relu",
        "G1",
        title="variance-preserving gain of ReLU",
        statement="Var[φ(Z)]^(-1/2) = √(2π/(π-1))",
        checks=(
            at_points(lambda dps: variance_gain("relu", dps), "==", RELU_GAIN, digits=30),
            at_points(lambda dps: second_moment_gain("relu", dps), "==", sqrt(2), digits=30),
        ),
        near_miss=at_points(
            lambda dps: variance_gain("relu", dps), "==", sqrt(2 * pi / (pi - 2)), digits=15
        ),
        derivation="derivations/relu_gain.py",
    ),
    _claim(
        "gain-gelu",
        "G1",
        title="variance-preserving gain of GELU",
        statement="Var[φ(Z)]^(-1/2) = [1/3 + 1/(2√3 π) - 1/(4π)]^(-1/2)",
        checks=(at_points(lambda dps: variance_gain("gelu", dps), "==", GELU_GAIN, digits=30),),
        near_miss=at_points(lambda dps: variance_gain("gelu", dps), "==", NFNET["gelu"], digits=15),
        derivation="derivations/gelu_and_selu_gains.py",
    ),
    _claim(
        "gain-selu",
        "G1",
        title="gains of SELU",
        statement="both gains of SELU with its exact constants are 1",
        checks=(
            at_points(lambda dps: variance_gain("selu", dps), "==", sympy.Integer(1), digits=20),
            at_points(
                lambda dps: second_moment_gain("selu", dps), "==", sympy.Integer(1), digits=20
            ),
        ),
        near_miss=at_points(
            lambda dps: variance_gain("elu", dps), "==", sympy.Integer(1), digits=15
        ),
        derivation="derivations/gelu_and_selu_gains.py",
    ),
    _claim(
        "gain-table-shipped",
        "G1",
        FALSE,
        title="gains shipped by vision libraries",
        statement="the shipped gains of relu, gelu, silu, tanh and selu are Var[φ(Z)]^(-1/2)",
        variables={"phi": "activation"},
        as_printed="a table of sixteen-digit numbers, estimated by sampling",
        checks=(
            at_points(variance_gain, "==", shipped_gain, points=grid(phi=tuple(NFNET)), digits=15),
        ),
        near_miss=at_points(
            variance_gain, "==", shipped_gain, points=grid(phi=("silu",)), digits=15
        ),
        corrected_by="symprop.gain-table-accuracy",
        derivation="derivations/gelu_and_selu_gains.py",
    ),
    _claim(
        "gain-table-accuracy",
        "G1",
        title="accuracy of the shipped gains",
        statement="the shipped gains of relu, gelu, silu, tanh and selu are off by more than 2e-4"
        " and less than 1e-3, relatively",
        variables={"phi": "activation"},
        checks=(
            at_points(relative_distance, "<", "1/1000", points=grid(phi=tuple(NFNET)), digits=15),
            at_points(relative_distance, ">", "2/10000", points=grid(phi=tuple(NFNET)), digits=15),
        ),
        near_miss=at_points(
            relative_distance, "<", "1/10000", points=grid(phi=tuple(NFNET)), digits=15
        ),
        derivation="derivations/gelu_and_selu_gains.py",
    ),
    _claim(
        "dks-constant-shipped",
        "G2",
        FALSE,
        title="a shipped constant against pi/(pi-1)",
        statement=f"{DKS} = π/(π-1) to the nineteen digits shipped",
        checks=(at_points(sympy.Rational(DKS), "==", pi / (pi - 1), digits=15),),
        near_miss=at_points(sympy.Rational(DKS), "==", pi / (pi - 2), digits=15),
        corrected_by="symprop.dks-constant",
        derivation="derivations/relu_gain.py",
    ),
    _claim(
        "dks-constant",
        "G2",
        title="a shipped constant is pi/(pi-1) up to double-precision rounding",
        statement=f"{DKS} is π/(π-1) to a relative error between 3e-16 and 4e-16",
        checks=(
            at_points(dks_distance, "<", sympy.Rational("4e-16"), digits=20),
            at_points(dks_distance, ">", sympy.Rational("3e-16"), digits=20),
        ),
        near_miss=at_points(dks_distance, "<", sympy.Rational("1e-16"), digits=20),
        derivation="derivations/relu_gain.py",
    ),
)
"""K3, K4, G1 and G2."""
