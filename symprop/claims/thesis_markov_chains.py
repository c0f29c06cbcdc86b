"""thesis, chapters 2 and 3: contraction towards an invariant law, and of Gram matrices."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symprop.claims.citations import claims_of
from symprop.claims.power_series import rational
from symprop.claims.rational_matrices import (
    Matrix,
    eigenvalues,
    gram,
    matrices,
    multiplied,
    square_matrices,
)
from symprop.claims.thesis_total_variation import (
    ball,
    distance,
    invariant,
    variation,
)
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Drawn, Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]


HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)


def moved(chain: Matrix, law: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    return multiplied((law,), chain)[0]


def contraction(chain: Matrix) -> Fraction:
    """Return ``1 - alpha``: the largest total variation from two starting points, in one step."""
    return max(variation(row, other) for row in chain for other in chain)


SHIFT: Matrix = tuple(
    tuple(Fraction(after // 2 == before % 2, 2) for after in range(4)) for before in range(4)
)
"""Two bits ``(a, b)``, written ``2a + b``, become ``(b, c)`` with a fair bit ``c``."""


def pointwise_contraction() -> Fraction:
    """Return the least ``1 - alpha`` for single states: after two steps the law is uniform."""
    uniform = invariant(SHIFT)
    starts = [tuple(Fraction(i == k) for i in range(4)) for k in range(4)]
    return max(variation(moved(SHIFT, s), uniform) / variation(s, uniform) for s in starts)


def uniform_on(states: tuple[int, ...]) -> tuple[Fraction, ...]:
    return tuple(Fraction(i in states, len(states)) for i in range(4))


def distance_of_image(states: tuple[int, ...]) -> Fraction:
    return variation(moved(SHIFT, uniform_on(states)), invariant(SHIFT))


def pointwise_bound(states: tuple[int, ...]) -> Fraction:
    return pointwise_contraction() * variation(uniform_on(states), invariant(SHIFT))


PATH: Matrix = tuple(
    tuple(Fraction(entry) for entry in row) for row in ((0, 1, 0), (0, 0, 1), (0, 0, 1))
)
"""First state to second to third: ``L = (1, 1/2, 0)`` is halved in each step."""


def deviation_of_mean(layers: int) -> Fraction:
    """Return ``|E f(H_l) - pi f|`` for ``f`` the indicator of the second state, from the first."""
    law: tuple[Fraction, ...] = (Fraction(1), Fraction(0), Fraction(0))
    for _ in range(layers):
        law = moved(PATH, law)
    return abs(law[1] - invariant(PATH)[1])


def printed_deviation(layers: int, alpha: Fraction) -> Fraction:
    return alpha**layers * deviation_of_mean(0)


def distance_moved(chain: Matrix, start: int) -> Fraction:
    law = tuple(Fraction(i == start % len(chain)) for i in range(len(chain)))
    return variation(moved(chain, law), law)


def contracted_distance(chain: Matrix, start: int) -> Fraction:
    """Return ``alpha`` times the distance of the start from the invariant law."""
    law = tuple(Fraction(i == start % len(chain)) for i in range(len(chain)))
    return (1 - contraction(chain)) * variation(law, invariant(chain))


def distance_after(chain: Matrix, start: int, layers: int) -> Fraction:
    law = tuple(Fraction(i == start % len(chain)) for i in range(len(chain)))
    for _ in range(layers):
        law = moved(chain, law)
    return variation(law, invariant(chain))


def geometric_bound(chain: Matrix, layers: int) -> Fraction:
    return contraction(chain) ** layers


def printed_exponential(chain: Matrix, layers: int, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return (-ball((1 - contraction(chain)) ** layers)).exp()


def power(alpha: Fraction, layers: int) -> Fraction:
    """Return ``(1 - alpha)^l``."""
    return (1 - alpha) ** layers


def power_bound(alpha: Fraction, layers: int, dps: int) -> Any:
    """Return ``exp(-alpha l)``."""
    with working_bits(bits_from_dps(dps)):
        return (-ball(alpha * layers)).exp()


def fast_power_bound(alpha: Fraction, layers: int, dps: int) -> Any:
    return power_bound(alpha, 2 * layers, dps)


def has_moved(layers: int) -> bool:
    return layers >= 1


def faster_bound(chain: Matrix, layers: int) -> Fraction:
    return contraction(chain) ** (2 * layers)


def chains() -> Drawn:
    """Return positive stochastic matrices of two to four states."""

    def build(weights: tuple[tuple[int, ...], ...]) -> Matrix:
        return tuple(tuple(Fraction(w, sum(row)) for w in row) for row in weights)

    hostile = tuple(
        map(
            build,
            (
                ((1, 1), (1, 1)),
                ((1, 99), (99, 1)),
                ((99, 1), (1, 99)),
                ((1, 1, 8), (8, 1, 1), (1, 8, 1)),
                ((97, 1, 1, 1), (1, 97, 1, 1), (1, 1, 97, 1), (1, 1, 1, 1)),
            ),
        )
    )

    def strategy() -> Any:
        from hypothesis import strategies

        bits = strategies.tuples(*[strategies.booleans()] * 27)
        return bits.map(
            lambda flat: build(
                tuple(
                    tuple(
                        1 + sum(w * b for w, b in zip((1, 3, 20), flat[k : k + 3], strict=True))
                        for k in range(9 * i, 9 * i + 9, 3)
                    )
                    for i in range(3)
                )
            )
        )

    return Drawn(strategy, hostile)


def fits(x: Matrix, y: Matrix) -> bool:
    return len(y) == len(y[0]) == len(x)


def squared_norm(matrix: Matrix) -> Fraction:
    return sum((entry * entry for row in matrix for entry in row), Fraction(0))


def squared_deviation(x: Matrix, y: Matrix) -> Fraction:
    """Return ``|G - G_*|_F^2`` for ``G_* = x x'`` and ``G = G_* y``."""
    star = gram(x)
    product = multiplied(star, y)
    return squared_norm(
        tuple(
            tuple(a - b for a, b in zip(p, q, strict=True))
            for p, q in zip(product, star, strict=True)
        )
    )


def squared_bound(x: Matrix, y: Matrix, dps: int) -> Any:
    """Return ``|G_*|^2 |G_*^(-1) G - I|_F^2``."""
    relative = squared_norm(
        tuple(tuple(entry - (i == j) for j, entry in enumerate(row)) for i, row in enumerate(y))
    )
    with working_bits(bits_from_dps(dps)):
        norm = eigenvalues(gram(x), dps)[-1]
        return norm * norm * rational(relative)


def least_squared_bound(x: Matrix, y: Matrix, dps: int) -> Any:
    relative = squared_norm(
        tuple(tuple(entry - (i == j) for j, entry in enumerate(row)) for i, row in enumerate(y))
    )
    with working_bits(bits_from_dps(dps)):
        norm = eigenvalues(gram(x), dps)[0]
        return norm * norm * rational(relative)


CHAIN = {"chain": chains(), "start": Integer(0, 3)}


STEPS = CHAIN | {"layers": Integer(0, 6)}


RATES = {"alpha": Real(0, 1, open_at="lower"), "layers": Integer(0, reach=100)}


POWERS = {"alpha": "rate α, in (0, 1]", "layers": "l"}


STATES = {"chain": "transition probabilities, all positive", "start": "first state"}

_claim = claims_of("thesis", HOLDS)

CLAIMS = (
    _claim(
        "geometric-drift-printed",
        "Section 2.2, drift condition",
        Verdict(Outcome.FAILS, Grade.EXACT),
        title="convergence of means under a drift condition, as printed",
        statement="|E f(H_l) - π f| <= α^l |E f(H_0) - π f| for some α < 1 and every f",
        variables={"layers": "l", "alpha": "α"},
        assumptions=("three states in a row, L = (1, 1/2, 0), γ = 1/2, K = 0",),
        as_printed="the theorem quoted has on the right a norm of f, times a constant and 1 + L: "
        "a mean may start where the stationary one is, and move away",
        checks=(
            at_points(
                deviation_of_mean,
                "<=",
                printed_deviation,
                points=grid(layers=(1,), alpha=("1/2", "999/1000")),
            ),
        ),
        near_miss=at_points(
            deviation_of_mean, "<=", printed_deviation, points=grid(layers=(1,), alpha=("9/10",))
        ),
        corrected_by="thesis.geometric-contraction",
    ),
    _claim(
        "one-step-contraction-printed",
        "eq 3.7",
        Verdict(Outcome.FAILS, Grade.EXACT),
        title="contraction of an arbitrary law in one step, as printed",
        statement="|T(μ) - μ_*| <= (1 - α) |μ - μ_*| for every law μ, if Assumption 3.1 has α",
        variables={"states": "μ is uniform on these"},
        assumptions=("four states: two bits, shifted, with a new fair bit; α = 1/3",),
        as_printed="the assumption is made of single inputs h_0, and a mixture of them may be "
        "closer to μ_* than they are: it has to be asked of every pair of inputs, see eq 3.8",
        checks=(
            at_points(
                distance_of_image,
                "<=",
                pointwise_bound,
                points=[{"states": (0, 2)}, {"states": (0,)}],
            ),
        ),
        near_miss=at_points(distance_of_image, "<=", pointwise_bound, points=[{"states": (1, 3)}]),
        corrected_by="thesis.distance-to-invariance",
    ),
    _claim(
        "distance-to-invariance",
        "eq 3.7; eq 3.8; Lemma B.4",
        title="distance to the invariant law through one step",
        statement="|T(μ) - μ| >= α |μ - μ_*| in total variation, if one step contracts by 1 - α",
        variables=STATES,
        assumptions=("finitely many states", "α from the worst pair of starts"),
        as_printed="Lemma B.4 puts Lemma 3.3 on the left, which is false",
        checks=(attack(distance_moved, ">=", contracted_distance, domain=CHAIN),),
        near_miss=attack(distance_moved, ">=", distance, domain=CHAIN),
    ),
    _claim(
        "geometric-contraction",
        "eq B.33",
        title="geometric contraction of laws",
        statement="|μ_l - μ_*| <= (1 - α)^l, which is at most exp(-α^l) for l >= 1",
        variables=STATES | {"layers": "l"},
        assumptions=("finitely many states", "α from the worst pair of starts"),
        as_printed="exp(-α^l), false for l = 0 and of no use beyond; exp(-α l) is meant, and "
        "perhaps printed",
        checks=(
            attack(distance_after, "<=", geometric_bound, domain=STEPS),
            attack(geometric_bound, "<=", printed_exponential, domain=STEPS, assuming=has_moved),
        ),
        near_miss=attack(distance_after, "<=", faster_bound, domain=STEPS),
    ),
    _claim(
        "exponential-of-power",
        "eq B.33",
        title="exponential bound of the rate",
        statement="(1 - α)^l <= exp(-α l)",
        variables=POWERS,
        as_printed=(
            "exp(-α^l), perhaps exp(-αl) with its l raised by the copy at hand; α^l is "
            "false at l = 0 and of no use beyond"
        ),
        checks=(attack(power, "<=", power_bound, domain=RATES),),
        near_miss=attack(power, "<=", fast_power_bound, domain=RATES),
    ),
    _claim(
        "absolute-deviation",
        "eq B.29",
        title="from relative to absolute Gram deviations",
        statement="|G_* - G|_F <= |G_*| |G_*^(-1) G - I|_F",
        variables={"x": "G_* = x x'", "y": "G = G_* y"},
        checks=(
            attack(
                squared_deviation,
                "<=",
                squared_bound,
                domain={"x": square_matrices(), "y": matrices()},
                assuming=fits,
                tries=(45, 900),
            ),
        ),
        near_miss=attack(
            squared_deviation,
            "<=",
            least_squared_bound,
            domain={"x": square_matrices(), "y": matrices()},
            assuming=fits,
        ),
    ),
)
"""Chapter 3 and appendix B, contraction."""
