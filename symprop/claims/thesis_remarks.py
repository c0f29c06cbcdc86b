"""thesis, remarks on Theorem 5.11, and the cases of activations in section 5.7."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.thesis_convergence import critical_distance, scaled_distance
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
SQUARE = (Fraction(0), Fraction(0), Fraction(1))


def cube_map(rho: Fraction) -> Fraction:
    """Return the kernel of x³/√15 from the moments of a Gaussian pair."""
    from symprop.claims.thesis_hermite import double_moment

    return double_moment(3, 3, rho) / double_moment(3, 3, Fraction(1))


def square_map(rho: Fraction) -> Fraction:
    from symprop.claims.thesis_hermite import double_moment

    return double_moment(2, 2, rho) / double_moment(2, 2, Fraction(1))


def linear_map(rho: Fraction) -> Fraction:
    from symprop.claims.thesis_hermite import double_moment

    return double_moment(1, 1, rho)


def doubly_scaled_distance(depth: int, dps: int) -> Any:
    """Return ``depth² (1 - ρ_depth)`` for the map of x² + exactly what makes it critical."""
    return critical_distance(SQUARE, Fraction(0), depth, dps) * depth**2


def case_number(phi: str) -> int:
    from symprop.asymptotics.kernel_maps import ConvergenceCase, convergence_case, kernel_map

    order = (
        ConvergenceCase.CENTRED,
        ConvergenceCase.ORDERED,
        ConvergenceCase.CRITICAL,
        ConvergenceCase.CHAOTIC,
    )
    return order.index(convergence_case(kernel_map(phi))) + 1


def relu_slope(dps: int) -> Any:
    """Return ``κ'(1) = E φ'² / E φ²`` of ReLU by quadrature."""
    from symprop.claims import quadrature_witness as witness

    return witness.slope("relu", dps) / witness.mean_square("relu", dps)


def gelu_slope(dps: int) -> Any:
    from symprop.claims import quadrature_witness as witness

    return witness.slope("gelu", dps) / witness.mean_square("gelu", dps)


def exp_slope(dps: int) -> Any:
    from symprop.claims import quadrature_witness as witness

    return witness.slope("exp", dps) / witness.mean_square("exp", dps)


def mean(phi: str, dps: int) -> arb:
    from symprop.claims import quadrature_witness as witness

    return witness.coefficient(phi, 0, dps)


RHO = {"rho": Real(-1, 1, open_at="both")}

_claim = claims_of("thesis", HOLDS)

CLAIMS = (
    _claim(
        "necessary-assumptions",
        "Remark 5.13",
        title="what the assumptions of the theorem exclude",
        statement=(
            "linear: κ(ρ) = ρ for all ρ; x³/√15: κ(±1) = ±1 though 0 attracts (-1, 1); an even "
            "activation leaves ρ = -1 at once"
        ),
        variables={"rho": "correlation"},
        as_printed="x³ is meant up to scale: E x^6 = 15",
        checks=(
            attack(linear_map, "==", lambda rho: rho, domain={"rho": Real(-1, 1)}),
            at_points(cube_map, "==", lambda rho: rho, points=grid(rho=(1, -1)), exhaustive=True),
            attack(
                lambda rho: cube_map(rho) / rho,
                "<",
                1,
                domain=RHO,
                assuming=lambda rho: rho != 0,
            ),
            at_points(square_map, "==", 1, points=grid(rho=(-1,)), exhaustive=True),
        ),
        near_miss=attack(cube_map, "==", lambda rho: rho, domain={"rho": Real(-1, 1)}),
    ),
    _claim(
        "rates-are-sharp",
        "Remark 5.14",
        title="1/depth is the right order in the critical case of smooth kernels",
        statement="κ = (1 + ρ²)/2: ℓ (1 - ρ_ℓ) >= 1 for ℓ >= 4, from ρ_0 = 0, so not o(1/ℓ)",
        variables={"depth": "number of layers"},
        checks=(
            attack(
                lambda depth, dps: scaled_distance(SQUARE, Fraction(0), depth, dps),
                ">=",
                1,
                domain={"depth": Integer(4, reach=2000)},
                tries=(30, 120),
            ),
        ),
        near_miss=attack(
            doubly_scaled_distance,
            "<=",
            100,
            domain={"depth": Integer(4, reach=2000)},
            tries=(9, 9),
        ),
    ),
    _claim(
        "cases-of-activations-printed",
        "Section 5.7; Figure 5.2",
        Verdict(Outcome.FAILS, Grade.EXACT),
        title="tanh, ReLU, exp and GELU are the four cases, as printed",
        statement="tanh, ReLU, exp, GELU, scaled to E φ² = 1, are in cases 1, 2, 3, 4",
        variables={"phi": "activation", "case": "number of the case"},
        as_printed="Figure 5.2 labels ReLU with case 2 (κ'(1) < 1); its slope at 1 is exactly 1",
        checks=(
            at_points(
                case_number,
                "==",
                lambda case: case,
                points=[
                    {"phi": phi, "case": number}
                    for number, phi in enumerate(("tanh", "relu", "exp", "gelu"), 1)
                ],
            ),
        ),
        near_miss=at_points(relu_slope, "<", "9/10"),
        corrected_by="thesis.cases-of-activations",
    ),
    _claim(
        "cases-of-activations",
        "Section 5.7; Figure 5.2",
        title="cases of tanh, ReLU, exp and GELU",
        statement="tanh is in case 1, ReLU and exp in case 3, GELU in case 4",
        variables={"phi": "activation, scaled to E φ² = 1", "case": "number of the case"},
        checks=(
            at_points(
                case_number,
                "==",
                lambda case: case,
                points=[
                    {"phi": phi, "case": number}
                    for phi, number in (("tanh", 1), ("relu", 3), ("exp", 3), ("gelu", 4))
                ],
                exhaustive=True,
            ),
            at_points(relu_slope, "==", 1, digits=30),
            at_points(exp_slope, "==", 1, digits=30),
            at_points(gelu_slope, ">", 1),
            at_points(mean, ">", 0, points=grid(phi=("relu", "exp", "gelu"))),
            at_points(mean, "==", 0, points=grid(phi=("tanh",))),
        ),
        near_miss=at_points(
            case_number, "==", lambda case: case, points=[{"phi": "silu", "case": 3}]
        ),
    ),
)
"""Remarks 5.13 and 5.14, section 5.7."""
