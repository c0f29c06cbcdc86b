"""thesis, appendix C: Lipschitz losses, and the sum of log-norms over the layers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.power_series import rational
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Drawn, Integer
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)


def softmax(z: Sequence[Fraction]) -> list[arb]:
    top = max(z)
    powers = [arb(rational(Fraction(entry) - top)).exp() for entry in z]
    total = sum(powers, arb(0))
    return [power / total for power in powers]


def cross_entropy(z: Sequence[Fraction], label: int) -> arb:
    top = max(z)
    total = sum((arb(rational(Fraction(entry) - top)).exp() for entry in z), arb(0))
    return total.log() + rational(Fraction(top) - z[label])


def squared_error(z: Sequence[Fraction], label: int) -> arb:
    """Return the mean squared error of the softmax probabilities."""
    errors = [p - (k == label) for k, p in enumerate(softmax(z))]
    return sum((error * error for error in errors), arb(0)) / len(z)


def squared_error_of_logits(z: Sequence[Fraction], label: int) -> arb:
    errors = [arb(rational(Fraction(entry))) - (k == label) for k, entry in enumerate(z)]
    return sum((error * error for error in errors), arb(0)) / len(z)


def change(loss: Any, z: Sequence[Fraction], move: Sequence[Fraction], dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        moved = [a + b for a, b in zip(z, move, strict=True)]
        return abs(loss(moved, 0) - loss(z, 0))


def change_of_cross_entropy(z: Any, move: Any, dps: int) -> Any:
    return change(cross_entropy, z, move, dps)


def change_of_squared_error(z: Any, move: Any, dps: int) -> Any:
    return change(squared_error, z, move, dps)


def change_of_logit_error(z: Any, move: Any, dps: int) -> Any:
    return change(squared_error_of_logits, z, move, dps)


def distance(move: Sequence[Fraction], dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return arb(rational(sum((entry * entry for entry in move), Fraction(0)))).sqrt()


def root_two_distance(move: Any, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return distance(move, dps) * arb(2).sqrt()


def vectors(most: int) -> Drawn:
    """Return vectors of three rationals up to ``most`` in size."""

    def build(bits: tuple[bool, ...]) -> tuple[Fraction, ...]:
        numbers = [sum(bit << k for k, bit in enumerate(bits[8 * i : 8 * i + 8])) for i in range(3)]
        return tuple(Fraction((number - 128) * most, 128) for number in numbers)

    def strategy() -> Any:
        from hypothesis import strategies

        return strategies.tuples(*[strategies.booleans()] * 24).map(build)

    hostile = [tuple(map(Fraction, row)) for row in ((0, 0, 0), (1, -1, 0), (most, 0, -most))]
    return Drawn(strategy, hostile)


def sum_of_log_norms(constant: int, dps: int) -> Any:
    """Return ``sum log |J_BN(H^k)|`` over the layers of `slow_rotation`.

    Two rows of length 1 with inner product ``r``, turned from the frame of the eigenvectors by the
    angle with sine ``s``: the rows get squared lengths ``1 +- r s`` and then the inner product
    ``r sqrt((1 - s^2)/(1 - r^2 s^2))``.
    """
    layers = number_of_layers(constant)
    with working_bits(bits_from_dps(dps) + 20):
        r, total = arb(4) / 5, arb(0)
        s = 1 / arb(layers).sqrt()
        for _ in range(layers):
            total -= (1 - r * s).log() / 2
            r = r * ((1 - s * s) / (1 - r * r * s * s)).sqrt()
        return total


def number_of_layers(constant: int) -> int:
    return (130 * constant) ** 2


def printed_sum_bound(constant: int, dps: int) -> Any:
    """Return ``constant d^5 (psi^3 + 1 - exp(-L/(32 d^4)))`` for ``d = 2`` and the same start."""
    layers = number_of_layers(constant)
    with working_bits(bits_from_dps(dps)):
        gap = -(1 - arb(16) / 25).log() / 2
        return constant * 32 * (gap**3 + 1 - (-arb(layers) / 512).exp())


_claim = claims_of("thesis", HOLDS)

CLAIMS = (
    _claim(
        "losses-lipschitz",
        "Lemma C.11",
        title="cross entropy and squared error are Lipschitz",
        statement=(
            "for one sample, with softmax probabilities p: cross entropy changes by at most "
            "sqrt(2) |Δz|, the mean of (y - p)² by at most |Δz|"
        ),
        variables={"z": "logits", "move": "Δz"},
        assumptions=("the label is one of the classes",),
        as_printed=(
            "O(1) for the losses; the proof's squared error is that of probabilities, of the "
            "logits themselves no constant would do"
        ),
        checks=(
            attack(
                change_of_cross_entropy,
                "<=",
                root_two_distance,
                domain={"z": vectors(20), "move": vectors(5)},
            ),
            attack(
                change_of_squared_error,
                "<=",
                distance,
                domain={"z": vectors(20), "move": vectors(5)},
            ),
        ),
        near_miss=attack(
            change_of_logit_error,
            "<=",
            distance,
            domain={"z": vectors(20), "move": vectors(5)},
        ),
    ),
    _claim(
        "sum-of-log-norms-printed",
        "Lemma C.12",
        FALSE,
        title="sum of log-norms of normalisation Jacobians, as printed",
        statement="Σ_{k<=L} log |J_BN(H^k)| <= C d⁵ (ψ(X_0)³ + 1 - exp(-L/(32 d⁴))), one C for all",
        variables={"constant": "C; L = (130 C)² layers of size d = 2, ψ(X_0) = log(5/3)"},
        assumptions=("orthogonal weights",),
        as_printed=(
            "without the expectation over the weights, which the proof takes; rotations by angles "
            "of order 1/sqrt(L) keep the gap and let the sum grow like sqrt(L)"
        ),
        checks=(
            attack(
                sum_of_log_norms,
                "<=",
                printed_sum_bound,
                domain={"constant": Integer(1, 3)},
                tries=(3, 3),
            ),
        ),
        near_miss=at_points(sum_of_log_norms, "<=", printed_sum_bound, points=[{"constant": 2}]),
        corrected_by="thesis.sum-of-log-norms",
    ),
)
"""Appendix C: Lipschitz losses, and the sum of log-norms over the layers."""
