"""shrinkage, Theorems 1 and 2 for activations with jumps.

``φ(x) = x + m sign(x)`` is square-integrable and has slope 1 wherever it has one, as ReLU has
slopes 0 and 1. A gradient does not see its jump, but the length by which layers divide does: a
ReLU layer after it bends correlations, and the Jacobian is as small as m is large.
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
    "the only condition in print is that φ is square-integrable. The Jacobian has the slopes off "
    "the jump. The term of ReLU alone refutes it, so what ‖φ'‖ is with a jump does not matter, "
    "infinite included"
)


def _square(m: arb) -> arb:
    """Return ``E φ² = 1 + 2 m E|x| + m²``."""
    return 1 + 2 * m * (2 / arb.pi()).sqrt() + m * m


def _ball(number: Fraction) -> arb:
    return arb(fmpq(number.numerator, number.denominator))


def largest_jacobian(m: Fraction, dps: int) -> arb:
    """Return the limit of a bound of ``‖∂z^(3)/∂z^(0)‖²``: three factors of norm 2, and scales.

    The layers are an embedding, ``x + m sign(x)`` and ReLU, without biases: the Jacobian is the
    product of Gaussian matrices and slopes of at most 1 over ``|φ|``, apart from projections.
    """
    with working_bits(bits_from_dps(dps)):
        return 64 / (_square(_ball(m)) / 2)


def bound_by_relu(dps: int) -> arb:
    """Return ``(1 - ρ_max)²/8 (π-2)/(2π)``: the term of ReLU, with ``ρ_max = 0``.

    The pair from -1 has ``ρ_1 = ρ_2 = -1``, since both layers are odd, and ``ρ_3 = 0``.
    """
    with working_bits(bits_from_dps(dps)):
        return (arb.pi() - 2) / (16 * arb.pi())


def half_bound_by_relu(dps: int) -> arb:
    return bound_by_relu(dps) / 2


def largest_block_jacobian(m: Fraction, dps: int) -> arb:
    """Return the same for two residual blocks with σ² = 1: identities and two factors of norm 2."""
    with working_bits(bits_from_dps(dps)):
        return 25 / (1 + _square(_ball(m))) * 25 / (arb(3) / 2)


def bound_by_relu_block(dps: int) -> arb:
    """Return ``(1 - ρ_max)²/8 (π-2)/(4π)/(3/2)``: the term of ReLU, with ``ρ_max = -2/3``.

    The pair from -1 has ``ρ_1 = -1`` and ``ρ_2 = (-1 + 0)/(1 + 1/2)``.
    """
    with working_bits(bits_from_dps(dps)):
        return arb(25) / 9 / 8 * (arb.pi() - 2) / (6 * arb.pi())


def half_bound_by_relu_block(dps: int) -> arb:
    return bound_by_relu_block(dps) / 2


def sampled_jacobian(m: Fraction, size: int, seed: int) -> tuple[float, float]:
    """Sample the squared operator norm of the Jacobian of those three layers, at finite width."""
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
    for layer in ("embedding", "jump", "relu"):
        weights = generator.standard_normal((width, width)) / width**0.5
        slopes = (z > 0) if layer == "relu" else np.ones(width)
        y = weights @ (z * slopes + (jump * np.sign(z) if layer == "jump" else 0))
        length = np.linalg.norm(y) / width**0.5
        z = y / length
        jacobian = weights @ (slopes[:, None] * jacobian) / length
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
        "theorem-one-jumps-printed",
        "Theorem 1",
        "theorem-one",
        title="gradients explode or representations shrink, with jumps, as printed",
        statement=(
            "‖∂z^(3)/∂z^(0)‖² >= (1-ρ_max)²/8 ‖φ_3-φ̄_3‖²/‖φ_3'‖², one term of the sum, for φ_1(x) "
            "= x, φ_2(x) = x + m sign(x), φ_3 = ReLU, no biases, equal widths"
        ),
        assumptions=("square Gaussian matrices of variance 1/n have norms that tend to 2",),
        as_printed=(
            f"{READING}. Correlations of opposite inputs become -1, -1, 0 and the Jacobian "
            "shrinks: neither explosion nor shrinkage. The text says it holds for arbitrary "
            "activations"
        ),
        checks=(
            at_points(largest_jacobian, ">=", bound_by_relu, points=grid(m=("120",))),
            simulated(
                sampled_jacobian,
                ">=",
                bound_by_relu,
                points=grid(m=("120",)),
                sizes=(30_000, 480_000),
            ),
        ),
        near_miss=at_points(largest_jacobian, ">=", half_bound_by_relu, points=grid(m=("120",))),
    ),
    _claim(
        "theorem-two-jumps-printed",
        "Theorem 2",
        "theorem-two",
        title="the bound for residual networks, with jumps, as printed",
        statement=(
            "‖∂z^(2)/∂z^(0)‖² >= (1-ρ_max)²/8 σ²‖φ_2-φ̄_2‖²/(1+σ²‖φ_2‖²), one term of the sum, for "
            "two blocks, σ² = 1, equal widths, φ_1(x) = x + m sign(x), φ_2 = ReLU"
        ),
        assumptions=("square Gaussian matrices of variance 1/n have norms that tend to 2",),
        as_printed=(
            f"{READING}; nor does it matter whether ‖φ‖ or ‖φ'‖ is below the line, as the theorem "
            "and its proof differ: for ReLU they are equal"
        ),
        checks=(
            at_points(largest_block_jacobian, ">=", bound_by_relu_block, points=grid(m=("250",))),
        ),
        near_miss=at_points(
            largest_block_jacobian, ">=", half_bound_by_relu_block, points=grid(m=("250",))
        ),
    ),
)
"""What square-integrability does not exclude."""
