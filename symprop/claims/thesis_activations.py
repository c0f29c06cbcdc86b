"""thesis, Table 5.2 and section 5.7: which case of the convergence theorem an activation is in.

The cases of Theorem 5.11, for a kernel map scaled to ``kappa(1) = 1``: 1 if ``kappa(0) = 0``;
otherwise 2, 3 or 4 as ``kappa'(1)`` is below, equal to or above 1.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy

from symprop.claims.citations import claims_of
from symprop.ledger.checks import at_points, limit
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.points import grid

__all__ = ["CLAIMS"]

SAMPLED = Verdict(Outcome.HOLDS, Grade.SAMPLED)
x = sympy.Symbol("x", real=True)
DENSITY = sympy.exp(-(x**2) / 2) / sympy.sqrt(2 * sympy.pi)
ONE, ZERO = sympy.Integer(1), sympy.Integer(0)
PHI = {"phi": "activation"}


def mean_squared(phi: str, dps: int) -> Any:
    """Return ``(E phi)^2`` by quadrature."""
    from symprop.claims import quadrature_witness as witness

    mean = witness.coefficient(phi, 0, dps)
    return mean * mean


def kernel_at_zero(phi: str, dps: int) -> Any:
    """Return ``kappa(0)``, scaled by ``kappa(1)``: two independent factors, by one integral."""
    from symprop.claims import quadrature_witness as witness

    return mean_squared(phi, dps) / witness.mean_square(phi, dps)


def unscaled_kernel_at_zero(phi: str, dps: int) -> Any:
    from symprop.claims import quadrature_witness as witness

    return witness.covariance(phi, 0, dps)


def slope_at_one(phi: str, dps: int) -> Any:
    """Return ``kappa'(1)`` of the scaled kernel: mean squared slope over mean square."""
    from symprop.claims import quadrature_witness as witness

    return witness.slope(phi, dps) / witness.mean_square(phi, dps)


def slope_at_zero(phi: str, dps: int) -> Any:
    """Return ``kappa'(0)`` of the scaled kernel: squared first coefficient over mean square."""
    from symprop.claims import quadrature_witness as witness

    first = witness.coefficient(phi, 1, dps)
    return first * first / witness.mean_square(phi, dps)


def mean_slope_squared(phi: str, dps: int) -> Any:
    """Return ``(E phi')^2`` scaled: Stein's other way to ``kappa'(0)``."""
    from symprop.claims import quadrature_witness as witness
    from symprop.gaussian.expectation import quadrature_expectation
    from symprop.gaussian.integrand import integrand_of
    from symprop.specs.activations import activation

    derivative = activation(phi).weak_derivative().regular
    mean = quadrature_expectation(integrand_of(derivative), 1, dps)
    return mean * mean / witness.mean_square(phi, dps)


def sum_of_squares(phi: str, order: int, dps: int) -> Any:
    """Return ``c_0^2 + ... + c_order^2``: Parseval's identity is what is tested, not used."""
    from symprop.claims import quadrature_witness as witness

    return witness.partial_sum_of_squares(phi, order, dps)


def kernel_at_one(phi: str, dps: int) -> Any:
    from symprop.claims import quadrature_witness as witness

    return witness.covariance(phi, 1, dps)


def nonlinear_part(phi: str, dps: int) -> Any:
    from symprop.claims import quadrature_witness as witness

    return witness.linearisation_error(phi, dps)


def exact_relu_slope() -> sympy.Expr:
    """Return ``kappa'(1)/kappa(1)`` of ReLU from two elementary integrals."""
    return sympy.integrate(DENSITY, (x, 0, sympy.oo)) / sympy.integrate(
        x**2 * DENSITY, (x, 0, sympy.oo)
    )


@cache
def mean_square(function: sympy.Expr) -> sympy.Expr:
    return sympy.integrate(function**2 * DENSITY, (x, -sympy.oo, sympy.oo))


def exact_exp_slope() -> sympy.Expr:
    """Return ``kappa'(1)/kappa(1)`` of exp: mean squared derivative over mean square."""
    return sympy.simplify(mean_square(sympy.diff(sympy.exp(x), x)) / mean_square(sympy.exp(x)))


def exact_relu_mean() -> sympy.Expr:
    return sympy.integrate(x * DENSITY, (x, 0, sympy.oo))


_claim = claims_of("thesis", SAMPLED)

ORDER = sympy.Symbol("order", positive=True)
PARTIAL_SUMS = (
    ("relu", ORDER ** sympy.Rational(-3, 2)),
    ("softsign", ORDER ** sympy.Rational(-5, 2)),
    ("tanh", sympy.exp(-sympy.sqrt(ORDER))),
)
CASE_4 = ("gelu", "silu", "elu")
CASE_2 = ("softplus", "sigmoid", "cos")
CASE_1 = ("tanh", "sin", "erf")
SLOPE_NEAR_MISS = at_points(slope_at_one, ">", ONE, points=grid(phi=("softplus",)))

CLAIMS = (
    _claim(
        "property-centered",
        "Table 5.2",
        title="centred activations",
        statement="(E φ)² = c₀² = κ(0), so all three vanish together",
        variables=PHI,
        checks=(
            at_points(
                unscaled_kernel_at_zero,
                "==",
                mean_squared,
                points=grid(phi=("relu", "cos(x) + x", "exp(x/2)")),
                digits=15,
            ),
        ),
        near_miss=at_points(
            kernel_at_one, "==", mean_squared, points=grid(phi=("relu",)), digits=15
        ),
    ),
    _claim(
        "property-stable",
        "Table 5.2",
        title="stable activations",
        statement="E φ² = Σ c_k² = κ(1), so all three are 1 together",
        variables=PHI,
        checks=(
            *(
                limit(
                    sum_of_squares,
                    kernel_at_one,
                    along=[{"phi": phi, "order": 2**k} for k in range(3, 8)],
                    error=error,
                )
                for phi, error in PARTIAL_SUMS
            ),
        ),
        near_miss=limit(
            sum_of_squares,
            unscaled_kernel_at_zero,
            along=[{"phi": "relu", "order": 2**k} for k in range(3, 8)],
            error=ORDER ** sympy.Rational(-3, 2),
        ),
    ),
    _claim(
        "property-nonlinear",
        "Table 5.2",
        title="non-linear activations",
        statement="Σ_{k≥2} c_k² > 0 for an activation that is not affine",
        variables=PHI,
        as_printed="linear has to be read as affine: a constant changes c₀ only",
        checks=(
            at_points(
                nonlinear_part,
                ">",
                ZERO,
                points=grid(phi=("tanh", "relu", "gelu", "sin", "x + x**2/1000")),
            ),
        ),
        near_miss=at_points(nonlinear_part, ">", sympy.Rational(1, 10), points=grid(phi=("tanh",))),
    ),
    _claim(
        "kernel-slope-at-zero",
        "Section 5.7",
        title="slope of the kernel map at 0",
        statement="κ'(0) = c₁² = (E φ')²",
        variables=PHI,
        checks=(
            at_points(
                slope_at_zero,
                "==",
                mean_slope_squared,
                points=grid(phi=(*CASE_1, *CASE_2, *CASE_4, "relu")),
                digits=15,
            ),
        ),
        near_miss=at_points(
            slope_at_zero, "==", slope_at_one, points=grid(phi=("tanh",)), digits=15
        ),
    ),
    _claim(
        "case-tanh",
        "Section 5.7",
        title="tanh is in case 1",
        statement="κ(0) = 0 for tanh, and for sin and erf",
        variables=PHI,
        checks=(at_points(kernel_at_zero, "==", ZERO, points=grid(phi=CASE_1), digits=15),),
        near_miss=at_points(kernel_at_zero, "==", ZERO, points=grid(phi=("gelu",)), digits=15),
    ),
    _claim(
        "case-relu-printed",
        "Section 5.7",
        Verdict(Outcome.FAILS, Grade.ENCLOSED),
        title="ReLU is in case 2",
        statement="κ'(1) < 1 for ReLU scaled to κ(1) = 1",
        as_printed="Figure 5.2 labels ReLU as case 2, whose hypothesis is κ'(1) < 1",
        checks=(at_points(exact_relu_slope, "<", ONE),),
        near_miss=at_points(exact_relu_slope, "<", sympy.Rational(9, 10)),
        corrected_by="thesis.case-relu",
    ),
    _claim(
        "case-relu",
        "Section 5.7",
        title="ReLU is in case 3",
        statement="κ(0) > 0 and κ'(1) = 1 for ReLU scaled to κ(1) = 1",
        as_printed="the figure says case 2",
        checks=(
            at_points(exact_relu_slope, "==", ONE),
            at_points(exact_relu_mean, "==", 1 / sympy.sqrt(2 * sympy.pi)),
        ),
        near_miss=at_points(exact_relu_slope, "==", sympy.Rational(999, 1000)),
    ),
    _claim(
        "case-exp",
        "Section 5.7",
        title="exp is in case 3",
        statement="κ(0) > 0 and κ'(1) = 1 for exp scaled to κ(1) = 1",
        checks=(
            at_points(exact_exp_slope, "==", ONE),
            at_points(kernel_at_zero, ">", ZERO, points=grid(phi=("exp",))),
        ),
        near_miss=at_points(exact_exp_slope, "<", ONE),
    ),
    _claim(
        "case-gelu",
        "Section 5.7",
        title="GELU is in case 4",
        statement="κ(0) > 0 and κ'(1) > 1 for GELU, and for SiLU and ELU, scaled to κ(1) = 1",
        variables=PHI,
        checks=(
            at_points(kernel_at_zero, ">", ZERO, points=grid(phi=CASE_4)),
            at_points(slope_at_one, ">", ONE, points=grid(phi=CASE_4)),
        ),
        near_miss=SLOPE_NEAR_MISS,
    ),
    _claim(
        "case-softplus",
        "Section 5.7",
        title="softplus, sigmoid and cos are in case 2",
        statement="κ(0) > 0 and κ'(1) < 1 for softplus, sigmoid and cos, scaled to κ(1) = 1",
        variables=PHI,
        as_printed="not in the paper, which has no true example of case 2",
        checks=(
            at_points(kernel_at_zero, ">", ZERO, points=grid(phi=CASE_2)),
            at_points(slope_at_one, "<", ONE, points=grid(phi=CASE_2)),
        ),
        near_miss=SLOPE_NEAR_MISS,
    ),
    _claim(
        "case-selu",
        "Section 5.7",
        title="SELU is in case 1",
        statement="κ(0) = 0 for SELU with its exact constants",
        as_printed="section 5.4 names SELU as centred",
        checks=(at_points(kernel_at_zero, "==", ZERO, points=grid(phi=("selu",)), digits=15),),
        near_miss=at_points(kernel_at_zero, "==", ZERO, points=grid(phi=("elu",)), digits=15),
    ),
)
"""Table 5.2 and the cases named in section 5.7."""
