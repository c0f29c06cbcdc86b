"""shrinkage, Theorems 1 and 2 and Property 7 for activations with jumps.

``φ(x) = x + m sign(x)`` is square-integrable and has slope 1 wherever it has one, as ReLU has
slopes 0 and 1. A gradient does not see its jump, but correlations do.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq

from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    import numpy as np

__all__ = ["CLAIMS"]

ENCLOSED_FAILS = Verdict(Outcome.FAILS, Grade.ENCLOSED)
REPEATS = 12
JUMP = {"m": "half the jump of φ(x) = x + m sign(x)"}
READING = (
    "φ' is the slope off the jump, which is what the Jacobian of a network consists of; the only "
    "condition in print is that φ is square-integrable"
)


def _square(m: arb) -> arb:
    """Return ``E φ² = 1 + 2 m E|x| + m²``."""
    return 1 + 2 * m * (2 / arb.pi()).sqrt() + m * m


def _nonlinearity(m: arb) -> arb:
    """Return ``|φ - φ̄|² = m² (1 - 2/π)``: that of the sign, as x is linear."""
    return m * m * (1 - 2 / arb.pi())


def _covariance(m: arb, rho: arb) -> arb:
    """Return ``E φ(u) φ(v)`` from Price's theorem: ``E u sign(v) = ρ E|x|``, arcsine for signs."""
    return rho * (1 + 2 * m * (2 / arb.pi()).sqrt()) + m * m * 2 / arb.pi() * rho.asin()


def _ball(number: Fraction) -> arb:
    return arb(fmpq(number.numerator, number.denominator))


def crossing(m: Fraction, dps: int) -> arb:
    """Return ``1/(2 + B)`` for the second bound B of Property 7 at r = 0."""
    with working_bits(bits_from_dps(dps)):
        return 1 / (2 + _nonlinearity(_ball(m)) / 2)


def cropped_at_crossing(m: Fraction, dps: int) -> arb:
    """Return ``g(1 - t)`` there: at most ``t`` exactly if the excess convexity is at least B."""
    with working_bits(bits_from_dps(dps)):
        ball = _ball(m)
        return _covariance(ball, 1 - crossing(m, dps)) / _square(ball)


def crossing_of_smooth_bound(m: Fraction, dps: int) -> arb:
    """Return ``1/(2 + B)`` for a hundredth of that bound, which m = 4 refutes as well."""
    with working_bits(bits_from_dps(dps)):
        return 1 / (2 + _nonlinearity(_ball(m)) / 200)


def largest_jacobian(m: Fraction, dps: int) -> arb:
    """Return the limit of a bound of ``‖∂z^(2)/∂z^(0)‖²``: two factors of norm 2, and scales.

    The layers are an embedding and ``x + m sign(x)``, without biases: the Jacobian is the product
    of two Gaussian matrices over ``|φ|``, apart from projections.
    """
    with working_bits(bits_from_dps(dps)):
        return 16 / _square(_ball(m))


def theorem_one(m: Fraction, dps: int) -> arb:
    """Return ``(1 - ρ_max)²/8 |φ - φ̄|²/|φ'|²``, with ``ρ_max = -1`` since φ is odd."""
    with working_bits(bits_from_dps(dps)):
        return _nonlinearity(_ball(m)) / 2


def half_of_theorem_one(m: Fraction, dps: int) -> arb:
    return theorem_one(m, dps) / 2


def largest_block_jacobian(m: Fraction, dps: int) -> arb:
    """Return the same for one residual block with σ² = 1: identity and two factors of norm 2."""
    with working_bits(bits_from_dps(dps)):
        return 25 / (1 + _square(_ball(m)))


def theorem_two(m: Fraction, dps: int) -> arb:
    """Return ``(1 - ρ_max)²/8 |φ - φ̄|²/(1 + |φ|²)``."""
    with working_bits(bits_from_dps(dps)):
        ball = _ball(m)
        return _nonlinearity(ball) / (2 * (1 + _square(ball)))


def half_of_theorem_two(m: Fraction, dps: int) -> arb:
    return theorem_two(m, dps) / 2


def sampled_jacobian(m: Fraction, size: int, seed: int) -> tuple[float, float]:
    """Sample the squared operator norm of the Jacobian of those two layers, at finite width."""
    import numpy as np

    from symprop.simulator.threads import one_core

    generator = np.random.default_rng(seed)
    width = int((size / REPEATS) ** 0.5)
    with one_core():
        squares = [_squared_norm(float(m), width, generator) for _ in range(REPEATS)]
    return float(np.mean(squares)), float(np.std(squares, ddof=1) / np.sqrt(REPEATS))


def _squared_norm(jump: float, width: int, generator: np.random.Generator) -> float:
    import numpy as np

    z = generator.standard_normal(width)
    z *= width**0.5 / np.linalg.norm(z)
    jacobian = np.eye(width)
    for height in (0.0, jump):
        weights = generator.standard_normal((width, width)) / width**0.5
        y = weights @ (z + height * np.sign(z))
        length = np.linalg.norm(y) / width**0.5
        z = y / length
        jacobian = weights @ jacobian / length  # the slope is 1
        jacobian -= np.outer(z, z @ jacobian) / width
    return float(np.linalg.norm(jacobian, 2)) ** 2


def _claim(name: str, number: str, corrected_by: str, **data: Any) -> Claim:
    return Claim(
        id=f"shrinkage.{name}",
        source=Source("shrinkage", number),
        expected=ENCLOSED_FAILS,
        variables=JUMP,
        corrected_by=f"shrinkage.{corrected_by}",
        **data,
    )


CLAIMS = (
    _claim(
        "crop-covariance-jumps-printed",
        "Property 7",
        "crop-covariance",
        title="excess convexity by the mean squared slope, with jumps, as printed",
        statement="e(g̃) >= (1-r)‖f-f̄‖²/(2‖f'‖²), here at r = 0 for f(x) = x + m sign(x)",
        as_printed=(
            f"{READING}. The proof needs ∂C(f|ρ)/∂ρ = C(f'|ρ), so f absolutely continuous: with a "
            "jump the left side is infinite at 1. It fails for A.6 as well"
        ),
        checks=(at_points(cropped_at_crossing, "<=", crossing, points=grid(m=("1", "4"))),),
        near_miss=at_points(
            cropped_at_crossing, "<=", crossing_of_smooth_bound, points=grid(m=("40",))
        ),
    ),
    _claim(
        "theorem-one-jumps-printed",
        "Theorem 1",
        "theorem-one",
        title="gradients explode or representations shrink, with jumps, as printed",
        statement=(
            "‖∂z^(2)/∂z^(0)‖² >= (1-ρ_max)²/8 ‖φ_2-φ̄_2‖²/‖φ_2'‖² for φ_1(x) = x, φ_2(x) = x + m "
            "sign(x), no biases, equal widths"
        ),
        assumptions=("square Gaussian matrices of variance 1/n have norms that tend to 2",),
        as_printed=(
            f"{READING}. Correlations of opposite inputs stay -1 and the Jacobian shrinks: neither "
            "explosion nor shrinkage. The text says it holds for arbitrary activations"
        ),
        checks=(
            at_points(largest_jacobian, ">=", theorem_one, points=grid(m=("4",))),
            simulated(
                sampled_jacobian,
                ">=",
                theorem_one,
                points=grid(m=("4",)),
                sizes=(30_000, 480_000),
            ),
        ),
        near_miss=at_points(largest_jacobian, ">=", half_of_theorem_one, points=grid(m=("4",))),
    ),
    _claim(
        "theorem-two-jumps-printed",
        "Theorem 2",
        "theorem-two",
        title="the bound for residual networks, with jumps, as printed",
        statement=(
            "‖∂z^(1)/∂z^(0)‖² >= (1-ρ_max)²/8 σ²‖φ-φ̄‖²/(1+σ²‖φ‖²) for one block, σ² = 1, equal "
            "widths, φ(x) = x + m sign(x)"
        ),
        assumptions=("square Gaussian matrices of variance 1/n have norms that tend to 2",),
        as_printed=READING,
        checks=(at_points(largest_block_jacobian, ">=", theorem_two, points=grid(m=("20",))),),
        near_miss=at_points(
            largest_block_jacobian, ">=", half_of_theorem_two, points=grid(m=("20",))
        ),
    ),
)
"""What square-integrability does not exclude."""
