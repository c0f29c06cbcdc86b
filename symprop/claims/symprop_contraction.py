"""symprop S4: the best contraction constants of centred kernels."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from symprop.asymptotics.contraction_factors import best_contraction, contraction_bound
from symprop.asymptotics.kernel_maps import kernel_map
from symprop.claims.power_series import centred_series, slope, value
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Range, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source

__all__ = ["CLAIMS"]

Series = Sequence[Fraction]
HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FIFTH_HERMITE = "x**5 - 10*x**3 + 15*x"
SEVENTH_HERMITE = "x**7 - 21*x**5 + 105*x**3 - 105*x"
FIFTH = (Fraction(0),) * 5 + (Fraction(1),)


def quotient(c: Series, r: Fraction) -> Fraction:
    """Return ``κ(r)(1-r)/(r(1-κ(r)))``."""
    image = Fraction(value(c, r))
    return image * (1 - r) / (r * (1 - image))


def quotient_at(c: Series, rho: Fraction) -> Fraction:
    """Return the factor of ``|ρ|/(1-|ρ|)`` at a correlation of either sign."""
    image = abs(Fraction(value(c, rho)))
    return image / (1 - image) * (1 - abs(rho)) / abs(rho)


def quotient_at_modulus(c: Series, rho: Fraction) -> Fraction:
    return quotient(c, abs(rho))


def by_slope(c: Series) -> Fraction:
    return Fraction(contraction_bound(c[1]))


def by_odd_slope(c: Series) -> Fraction:
    return Fraction(contraction_bound(c[1], odd=True))


def inverse_slope(c: Series) -> Fraction:
    return 1 / Fraction(slope(c))


def noted_constant(phi: str, dps: int) -> Any:
    """Return ``max{κ'(0), 1/(3 - 2κ'(0))}`` by quadrature."""
    at_zero = slope_at_zero(phi, dps)
    other = 1 / (3 - 2 * at_zero)
    return at_zero if at_zero.lower > other.upper else other


def quadratic_constant(slope: Fraction) -> Fraction:
    return largest_on_grid((Fraction(0), slope, 1 - slope))


def cubic_constant(slope: Fraction) -> Fraction:
    return largest_on_grid((Fraction(0), slope, Fraction(0), 1 - slope))


def largest_on_grid(c: Series) -> Fraction:
    """Return the largest quotient on a grid, with its limits at 0 and 1: never above the sup."""
    inner = max(quotient(c, Fraction(k, 256)) for k in range(1, 256))
    return max(inner, c[1], inverse_slope(c))


def enclosed_constant(phi: str) -> Any:
    """Return the certified constant of an activation, to 15 digits."""
    return best_contraction(kernel_map(phi))


def slope_at_zero(phi: str, dps: int) -> Any:
    """Return ``κ'(0)`` by quadrature: the first Hermite coefficient squared over E φ²."""
    from symprop.claims import quadrature_witness as witness

    return witness.coefficient(phi, 1, dps) ** 2 / witness.mean_square(phi, dps)


def sampled_quotient(phi: str, rho: Fraction, dps: int) -> Any:
    image = kernel_map(phi).enclose(rho, dps=dps)
    return image / (1 - image) * (1 - rho) / rho


def upper_constant(phi: str) -> Any:
    return enclosed_constant(phi).upper


def steep(c: Series) -> bool:
    return bool(c[1] >= Fraction(1, 2))


INSIDE: dict[str, Range] = {"r": Real(0, 1, open_at="both")}
ODD: dict[str, Range] = {"c": centred_series(odd=True)}
ANY: dict[str, Range] = {"c": centred_series()}
MEANING = {"c": "coefficients c_1, c_2, ... with sum 1", "r": "in (0, 1)"}


def _claim(name: str, expected: Verdict = HOLDS, **data: Any) -> Claim:
    return Claim(
        id=f"symprop.{name}",
        source=Source("symprop", "S4"),
        expected=expected,
        derivation="derivations/kernel_contraction.py",
        **data,
    )


CLAIMS = (
    _claim(
        "best-contraction",
        title="the best contraction constant of a centred kernel",
        statement=(
            "|κ(ρ)|/(1-|κ(ρ)|) <= α |ρ|/(1-|ρ|) with α = sup_{0<r<1} κ(r)(1-r)/(r(1-κ(r))), "
            "attained or approached at positive ρ; max{κ'(0), 1/κ'(1)} <= α <= 1/(2-κ'(0))"
        ),
        variables=MEANING | {"rho": "in (-1, 1), != 0", "phi": "activation"},
        checks=(
            attack(
                quotient_at,
                "<=",
                quotient_at_modulus,
                domain={**ANY, "rho": Real(-1, 1, open_at="both")},
                assuming=lambda rho: rho != 0,
                tries=(120, 1500),
            ),
            attack(quotient, "<=", by_slope, domain=ANY | INSIDE, tries=(120, 1500)),
            at_points(
                sampled_quotient,
                "<=",
                upper_constant,
                points=[
                    {"phi": phi, "rho": rho}
                    for phi in ("x**2 - 1", "x**3 - x", "tanh", "x**2 + x - 1")
                    for rho in ("1/100", "1/2", "99/100")
                ],
            ),
            limit(
                quotient,
                inverse_slope,
                along=[{"c": FIFTH, "r": 1 - Fraction(1, 4**k)} for k in range(2, 9)],
                error=lambda r: 1 - r,
            ),
        ),
        near_miss=attack(quotient, "<=", inverse_slope, domain=ANY | INSIDE),
    ),
    _claim(
        "contraction-by-slope-noted",
        Verdict(Outcome.FAILS, Grade.ENCLOSED),
        title="best constant of every odd activation by its slope alone, as noted",
        statement="odd κ: α = max{κ'(0), 1/(3 - 2κ'(0))}",
        variables={"phi": "odd activation"},
        as_printed=(
            "'for odd activations it is max{...}'; it is that of the worst odd kernel with this "
            "slope: κ = ρ⁵ has α = 1/5, not 1/3"
        ),
        checks=(
            at_points(enclosed_constant, "==", noted_constant, points=[{"phi": FIFTH_HERMITE}]),
        ),
        near_miss=at_points(
            enclosed_constant, "==", noted_constant, points=[{"phi": SEVENTH_HERMITE}]
        ),
        corrected_by="symprop.contraction-by-slope",
    ),
    _claim(
        "contraction-by-slope",
        title="best constants that depend on the slope at 0 alone",
        statement=(
            "α <= 1/(2 - κ'(0)), attained by c ρ + (1-c) ρ²; odd κ: α <= max{κ'(0), 1/(3-2κ'(0))}, "
            "attained by c ρ + (1-c) ρ³; odd κ with κ'(0) >= 1/2: α = κ'(0)"
        ),
        variables=MEANING | {"phi": "activation"},
        checks=(
            attack(quotient, "<=", by_odd_slope, domain=ODD | INSIDE, tries=(150, 2000)),
            attack(
                largest_on_grid,
                "==",
                lambda c: c[1],
                domain=ODD,
                assuming=steep,
                tries=(30, 200),
            ),
            attack(
                cubic_constant,
                "==",
                lambda slope: contraction_bound(slope, odd=True),
                domain={"slope": Real(0, 1)},
                tries=(30, 200),
            ),
            attack(
                quadratic_constant,
                "==",
                lambda slope: 1 / (2 - slope),
                domain={"slope": Real(0, 1)},
                tries=(30, 200),
            ),
            at_points(
                enclosed_constant,
                "==",
                slope_at_zero,
                points=[{"phi": phi} for phi in ("tanh", "erf", "sin", "sign")],
            ),
        ),
        near_miss=attack(
            quotient,
            "<=",
            lambda c: by_odd_slope(c) * Fraction(19, 20),
            domain=ODD | INSIDE,
        ),
    ),
)
"""What replaces 1/(2 - κ'(0)) when more is known."""
