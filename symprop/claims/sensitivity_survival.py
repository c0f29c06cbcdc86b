"""sensitivity, Theorem 1 (i): the probability that a vanilla network stays alive.

A channel dies if its weights have no positive product with any receptive field. In two dimensions
its probability is an angle; in one dimension, and in some deeper networks, it is rational.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from functools import cmp_to_key
from typing import Any

import numpy as np
from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.noisy_networks import mean_and_error
from symprop.claims.power_series import rational
from symprop.claims.rational_matrices import integer_matrix, transposed
from symprop.claims.rational_networks import fields
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
STATISTICAL = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)
ENCLOSED = Verdict(Outcome.FAILS, Grade.ENCLOSED)
SIZES = (20_000, 200_000)
Vector = tuple[Fraction, ...]


# --- one layer, receptive fields of two entries ---


def _turn(u: Vector, v: Vector) -> Fraction:
    return u[0] * v[1] - u[1] * v[0]


def _lower_half(u: Vector) -> int:
    return int(u[1] < 0 or (u[1] == 0 and u[0] < 0))


def _order(u: Vector, v: Vector) -> int:
    """Compare angles from 0 to 2 pi."""
    halves = _lower_half(u) - _lower_half(v)
    turn = _turn(u, v)
    return halves or (turn < 0) - (turn > 0)


def death_of_channel(vectors: Sequence[Vector], dps: int) -> Any:
    """Return the probability that Gaussian weights have no positive product with any vector.

    It is ``(gap - pi)/(2 pi)`` with the widest gap between directions, 0 if that is at most pi.
    """
    around = sorted((v for v in vectors if any(v)), key=cmp_to_key(_order))
    with working_bits(bits_from_dps(dps)):
        for u, v in zip(around, (*around[1:], around[0]), strict=True):
            turn, along = _turn(u, v), u[0] * v[0] + u[1] * v[1]
            if turn == 0 and along > 0 and all(_turn(u, w) == 0 for w in around):
                opposed = any(u[0] * w[0] + u[1] * w[1] < 0 for w in around)
                return 0 if opposed else Fraction(1, 2)
            if turn < 0:  # a gap of more than pi
                back = arb.atan2(arb(rational(-turn)), arb(rational(along)))
                return (arb.pi() - back) / (2 * arb.pi())
    return 0


def alive(vectors: Sequence[Vector], width: int, dps: int) -> Any:
    """Return ``P[A_1]``."""
    death = death_of_channel(vectors, dps)
    with working_bits(bits_from_dps(dps)):
        return 1 - death**width


def alive_of_plane(ax: int, ay: int, bx: int, by: int, width: int, dps: int) -> Any:
    return alive([(Fraction(ax), Fraction(ay)), (Fraction(bx), Fraction(by))], width, dps)


def alive_of_image(ax: int, ay: int, width: int, dps: int) -> Any:
    """Return ``P[A_1]`` for one image of two pixels, and a kernel of two."""
    image = fields(integer_matrix((ax, ay)), (2,), 2)
    return alive(transposed(image), width, dps)


def lower_bound(width: int) -> Fraction:
    return 1 - Fraction(1, 2**width)


def upper_bound(width: int) -> Fraction:
    """Return ``1 - 2^(-R N)`` with ``R = 2``."""
    return 1 - Fraction(1, 4**width)


def signs_alive(width: int) -> Fraction:
    """Return ``P[A_1]`` for the datum (1, 1) and weights that are fair signs."""
    return 1 - Fraction(int(3**width), int(4**width))


# --- two layers, the data +1 and -1 ---


def alive_in_two(first: int, second: int) -> Fraction:
    """Return ``P[A_2]`` for data +1 and -1, ``N_0 = 1``.

    After the first layer they are orthogonal, or one of them is 0 if all weights have one sign.
    """
    one_sign = Fraction(2, 2**first)
    one, two = Fraction(1, 2**second), Fraction(1, 4**second)
    return 1 - one_sign * one - (1 - one_sign) * two


def product_from_first(first: int, second: int) -> Fraction:
    return (1 - Fraction(1, 2**first)) * (1 - Fraction(1, 2 ** (first * second)))


def product_from_second(first: int, second: int) -> Fraction:
    return 1 - Fraction(1, 2 ** (first * second))


def lower_product(first: int, second: int) -> Fraction:
    return (1 - Fraction(1, 2**first)) * (1 - Fraction(1, 2**second))


# --- in depth ---


def alive_in_depth(
    widths: Sequence[int], inputs: Sequence[int], size: int, seed: int
) -> tuple[float, float]:
    """Sample ``A_l`` for one-dimensional data."""
    rng = np.random.default_rng(seed)
    signal = np.broadcast_to(np.array([[float(x) for x in inputs]]), (size, 1, len(inputs)))
    for width in widths:
        weights = rng.standard_normal((size, width, signal.shape[1]))
        signal = np.maximum(weights @ signal, 0.0)
    return mean_and_error((signal > 0).any(axis=(1, 2)).astype(float))


def known_probability(widths: Sequence[int]) -> Fraction:
    """Return ``prod (1 - 2^(-N_k))``."""
    from symprop.moments.log_lengths import survival_probability

    probability: Fraction = survival_probability(list(widths))
    return probability


def corrected_bound(widths: Sequence[int]) -> Fraction:
    bound = Fraction(1)
    for before, width in itertools.pairwise(widths):
        bound *= 1 - Fraction(1, 2 ** (before * width))
    return bound


def growing_widths(dps: int) -> arb:
    """Return ``prod_k (1 - 2^-k)`` over all ``k``, by Euler's pentagonal numbers."""
    bits = bits_from_dps(dps)
    with working_bits(bits + 20):
        total, k = arb(1), 1
        while k * (3 * k - 1) // 2 <= bits + 10:
            powers = arb((1, -(k * (3 * k - 1) // 2))) + arb((1, -(k * (3 * k + 1) // 2)))
            total += -powers if k % 2 else powers
            k += 1
        # the rest is less than twice its first power
        return total + arb(0, arb((1, 1 - k * (3 * k - 1) // 2)))


def bounded_decay(widths: Sequence[int], dps: int) -> arb:
    """Return ``exp(-(l - 1) 2^(-N^2))`` with the largest width ``N``."""
    with working_bits(bits_from_dps(dps)):
        return (-arb(len(widths) - 1) / 2 ** (max(widths) ** 2)).exp()


def fast_decay(widths: Sequence[int], dps: int) -> arb:
    with working_bits(bits_from_dps(dps)):
        return (-arb(len(widths) - 1) / 2).exp()


SIGNED = {name: Integer(-3, 3) for name in ("ax", "ay", "bx", "by")}
POSITIVE = {name: Integer(0, 5) for name in ("ax", "ay", "bx", "by")}
WIDTH = {"width": Integer(1, 5)}
PAIRS = {"first": Integer(1, 6), "second": Integer(1, 6)}
MEANINGS = {"ax": "first datum", "ay": "", "bx": "second datum", "by": "", "width": "N_1"}
TWO_LAYERS = {"first": "N_1", "second": "N_2"}
DENSITY = "weights Gaussian: with fair signs the lower bound fails, see the near miss"


def given(ax: int, ay: int, bx: int, by: int) -> bool:
    return any((ax, ay)) and any((bx, by))


_claim = claims_of("sensitivity", HOLDS)

CLAIMS = (
    _claim(
        "survival-printed",
        "Theorem 1 (i)",
        FALSE,
        title="probability of survival, upper bound as printed",
        statement="P[A_l] <= Π_{k=1..l} (1 - 2^(-R_k N_k)), R_k = K^d N_{k-1}",
        variables=TWO_LAYERS,
        assumptions=("data +1 and -1, N_0 = 1, two layers",),
        as_printed=(
            "the proof takes weights that are all negative to kill the signal: true if the signal "
            "is not negative, as from the second layer on, but not of the data"
        ),
        checks=(attack(alive_in_two, "<=", product_from_first, domain=PAIRS),),
        near_miss=at_points(
            alive_in_two, "<=", product_from_first, points=grid(first=(1,), second=(3,))
        ),
        corrected_by="sensitivity.survival",
    ),
    _claim(
        "survival",
        "Theorem 1 (i)",
        STATISTICAL,
        title="probability of survival",
        statement=(
            "Π_{k>=1} (1 - 2^(-N_k)) <= P[A_l] <= Π_{k>=2} (1 - 2^(-R_k N_k)); equal on the "
            "left for one input, fully connected; k = 1 counts on the right if all data are >= 0"
        ),
        variables=TWO_LAYERS | {"widths": "N_1, ..., N_l", "inputs": "data, N_0 = 1"},
        checks=(
            attack(alive_in_two, "<=", product_from_second, domain=PAIRS),
            attack(alive_in_two, ">=", lower_product, domain=PAIRS),
            simulated(
                alive_in_depth,
                "==",
                known_probability,
                points=grid(widths=((1, 2, 2), (3, 2, 3, 2)), inputs=((-2,),)),
                sizes=SIZES,
            ),
            simulated(
                alive_in_depth,
                "<=",
                corrected_bound,
                points=grid(widths=((1, 1, 1), (2, 1, 2), (3, 2, 1)), inputs=((1, -1, 2),)),
                sizes=SIZES,
            ),
            simulated(
                lambda widths, size, seed: alive_in_depth(widths, (1, -1), size, seed),
                "==",
                lambda widths: alive_in_two(*widths),
                points=grid(widths=((1, 1), (2, 2))),
                sizes=SIZES,
            ),
        ),
        near_miss=at_points(
            alive_in_two, "<=", product_from_first, points=grid(first=(2,), second=(2,))
        ),
    ),
    _claim(
        "survival-in-one-layer-printed",
        "eq 49",
        ENCLOSED,
        title="survival of one layer, upper bound as printed",
        statement="1 - 2^(-N) <= P[A_l | A_{l-1}] <= 1 - 2^(-R N)",
        variables=MEANINGS,
        assumptions=("the first layer, R = 2",),
        as_printed=(
            "two opposite data are enough, or one image (1, -1) under a kernel of two: the cone of "
            "the fields is not inside an orthant, and the signal survives with probability 1"
        ),
        checks=(
            attack(alive_of_plane, "<=", upper_bound, domain=SIGNED | WIDTH, assuming=given),
            at_points(
                alive_of_image, "<=", upper_bound, points=grid(ax=(1,), ay=(-1,), width=(1, 2))
            ),
        ),
        near_miss=at_points(
            alive_of_plane,
            "<=",
            upper_bound,
            points=grid(ax=(1,), ay=(0,), bx=(-1,), by=(1,), width=(1,)),
        ),
        corrected_by="sensitivity.survival-in-one-layer",
    ),
    _claim(
        "survival-in-one-layer",
        "eq 49",
        title="survival of one layer",
        statement=(
            "1 - 2^(-N) <= P[A_l | A_{l-1}] for all signals; <= 1 - 2^(-R N) for signals >= 0"
        ),
        variables=MEANINGS,
        assumptions=("R = 2", DENSITY),
        checks=(
            attack(alive_of_plane, ">=", lower_bound, domain=SIGNED | WIDTH, assuming=given),
            attack(alive_of_plane, "<=", upper_bound, domain=POSITIVE | WIDTH, assuming=given),
            attack(
                alive_of_image,
                "<=",
                upper_bound,
                domain={"ax": Integer(0, 9), "ay": Integer(0, 9)} | WIDTH,
                assuming=lambda ax, ay: ax or ay,
            ),
        ),
        near_miss=at_points(signs_alive, ">=", lower_bound, points=grid(width=(1, 2, 5))),
    ),
    _claim(
        "collapse-printed",
        "Theorem 1 (i)",
        ENCLOSED,
        title="collapse of every vanilla network, as said",
        statement="P[A_l] -> 0 for every vanilla ReLU network",
        assumptions=("one input, widths N_k = k: P[A_l] -> Π (1 - 2^(-k))",),
        as_printed=(
            "said after the theorem. The lower bound has a positive limit as soon as Σ 2^(-N_k) is "
            "finite: 0.2887880951... here"
        ),
        checks=(at_points(growing_widths, "==", 0),),
        near_miss=at_points(growing_widths, "<=", Fraction(28, 100)),
        corrected_by="sensitivity.collapse",
    ),
    _claim(
        "collapse",
        "Theorem 1 (i)",
        STATISTICAL,
        title="collapse of networks of bounded width",
        statement="fully connected, widths up to N: P[A_l] <= exp(-(l - 1) 2^(-N²)) -> 0",
        variables={"widths": "N_1, ..., N_l", "inputs": "data, N_0 = 1"},
        checks=(
            simulated(
                alive_in_depth,
                "<=",
                bounded_decay,
                points=grid(widths=((1,) * 4, (2,) * 5, (1, 2, 1)), inputs=((1, -1, 2), (1,))),
                sizes=SIZES,
            ),
        ),
        near_miss=simulated(
            alive_in_depth,
            "<=",
            fast_decay,
            points=grid(widths=((2,) * 5,), inputs=((1, -1, 2),)),
            sizes=SIZES,
        ),
    ),
)
"""Theorem 1 (i)."""
