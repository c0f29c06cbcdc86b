"""Covariances of two inputs under normalised ReLUs, in balls; and networks that are sampled.

The recursions of the claims stand on the first part. The second knows the architectures only.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from flint import arb

from symprop.claims.noisy_networks import mean_and_error
from symprop.claims.power_series import rational
from symprop.recurrences.arc_cosines import arc_of_ball
from symprop.simulator.branched_conditioned import conditioned_branched_run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from symprop.simulator.branched_run import BranchedRun
    from symprop.specs.branched import Branched

    Array = NDArray[np.float64]

__all__ = [
    "Covariance",
    "added",
    "averaged",
    "ball",
    "balls",
    "branch_statistic",
    "dense_statistic",
    "input_covariance",
    "relu",
    "slope",
    "tangent_statistic",
]

_NARROW = 300  # its double serves for extrapolation, so that the bias is of second order


class Covariance(NamedTuple):
    """Of two inputs: mean squares of both, and the mean product."""

    first: arb
    second: arb
    cross: arb


def ball(number: Fraction | int) -> arb:
    """Return a rational as a ball."""
    return arb(rational(Fraction(number)))


def balls(dps: int) -> int:
    """Return the precision, in bits, for recursions near cosines of 1, where digits are lost."""
    return 8 * dps + 100


def input_covariance(cosine: Fraction, q1: Fraction, q2: Fraction) -> Covariance:
    """Return the covariance of two inputs of given mean squares and cosine."""
    first, second = ball(q1), ball(q2)
    return Covariance(first, second, ball(cosine) * (first * second).sqrt())


def _correlation(given: Covariance) -> tuple[arb, arb]:
    root = (given.first * given.second).sqrt()
    return root, given.cross / root


def relu(given: Covariance) -> Covariance:
    """Return ``2 E φ(u) φ(v)`` for a Gaussian pair of this covariance."""
    root, correlation = _correlation(given)
    return Covariance(given.first, given.second, root * arc_of_ball(correlation)[0])


def slope(given: Covariance) -> arb:
    """Return ``2 E φ'(u) φ'(v)``."""
    return arc_of_ball(_correlation(given)[1])[1]


def added(one: Covariance, other: Covariance, weight: arb) -> Covariance:
    """Return the first and a multiple of the second."""
    return Covariance(*(x + weight * y for x, y in zip(one, other, strict=True)))


def averaged(given: Sequence[Covariance]) -> Covariance:
    """Return the mean of several."""
    return Covariance(*(sum(column, arb(0)) / len(given) for column in zip(*given, strict=True)))


# --- samples ---


def _extrapolated(measure: Callable[[int], Array]) -> tuple[float, float]:
    """Return twice the mean at double width less that at the width itself, with its error."""
    (narrow, first), (wide, second) = (mean_and_error(measure(n)) for n in (_NARROW, 2 * _NARROW))
    return 2 * wide - narrow, float(np.hypot(2 * second, first))


def _mixed(signals: Array, variance: float, rng: np.random.Generator) -> Array:
    """Apply fresh Gaussian matrices to pairs of signals, shape (runs, width, 2).

    Given what they read, their rows are independent pairs with the Gram matrix as covariance.
    """
    width = signals.shape[1]
    gram = variance * np.einsum("rni,rnj->rij", signals, signals) / width
    lower = np.zeros_like(gram)
    lower[:, 0, 0] = np.sqrt(gram[:, 0, 0])
    lower[:, 1, 0] = gram[:, 1, 0] / lower[:, 0, 0]
    rest = gram[:, 1, 1] - lower[:, 1, 0] ** 2
    lower[:, 1, 1] = np.sqrt(np.where(rest > 0, rest, 0))  # parallel signals, up to rounding
    result: Array = rng.standard_normal(signals.shape) @ lower.transpose(0, 2, 1)
    return result


def _rectified(signals: Array) -> Array:
    return np.asarray(np.sqrt(2) * np.maximum(signals, 0))


def _gates(signals: Array) -> Array:
    return np.asarray(np.sqrt(2) * (signals > 0))


_READINGS = {"y": lambda y: y, "q": _rectified, "gate": _gates}


def _first(width: int, size: int, pair: Sequence[Fraction], rng: np.random.Generator) -> Array:
    cosine, q1, q2 = (float(value) for value in pair)
    signals = np.zeros((size, width, 2))  # two inputs of these mean squares, in a plane
    signals[:, 0, 0] = np.sqrt(width * q1)
    signals[:, 0, 1] = np.sqrt(width * q2) * cosine
    signals[:, 1, 1] = np.sqrt(width * q2 * (1 - cosine**2))
    return _mixed(signals, 1.0, rng)


def branch_statistic(
    kind: str, alpha: Fraction, step: int, stage: int, *pair: Fraction, size: int, seed: int
) -> tuple[float, float]:
    """Sample the mean product over the neurons of stage ``h`` of the branch at ``y^l``.

    ``kind`` is ``y``, ``q`` (rectified) or ``gate``; at stage 0 stands ``y^l`` itself. The
    branches before have two matrices.
    """

    def measure(width: int) -> Array:
        rng = np.random.default_rng([seed, width])
        signals = _first(width, size, pair, rng)
        for _ in range(step):
            inner = _rectified(_mixed(signals, float(alpha), rng))
            signals = signals + _mixed(inner, float(alpha), rng)
        for h in range(stage):
            signals = _mixed(_rectified(signals) if h else signals, float(alpha), rng)
        read = _READINGS[kind](signals)
        return np.asarray((read[..., 0] * read[..., 1]).mean(axis=1))

    return _extrapolated(measure)


def dense_statistic(
    kind: str, layer: int, *pair: Fraction, size: int, seed: int
) -> tuple[float, float]:
    """Sample the mean product over the neurons of a dense layer, ``kind`` as above."""

    def measure(width: int) -> Array:
        rng = np.random.default_rng([seed, width])
        signals = _first(width, size, pair, rng)
        read: list[Array] = []
        for number in range(1, layer + 1):
            read.append(_rectified(signals))
            parts = (_mixed(each, 1 / number, rng) for each in read)
            signals = sum(parts, np.zeros_like(signals))
        made = _READINGS[kind](signals)
        return np.asarray((made[..., 0] * made[..., 1]).mean(axis=1))

    return _extrapolated(measure)


def tangent_statistic(
    network: Branched,
    depth: int,
    *pair: Fraction,
    size: int,
    seed: int,
    width: int = 4000,
    statistic: Callable[[BranchedRun], float] = lambda run: float(run.tangent_kernel[0, 1]),
) -> tuple[float, float]:
    """Sample the product of the gradients of two inputs, by all hidden weights unless told.

    The bias, of order one over the width, is less than the noise.
    """
    cosine, q1, q2 = (float(value) for value in pair)

    rng = np.random.default_rng(seed)
    inputs = np.zeros((width, 2))
    inputs[:2] = np.sqrt(width) * np.array(
        [[np.sqrt(q1), np.sqrt(q2) * cosine], [0.0, np.sqrt(q2 * (1 - cosine**2))]]
    )
    runs = (
        conditioned_branched_run(network, inputs, depth, rng=rng, backward="true")
        for _ in range(size)
    )
    return mean_and_error(np.array([statistic(run) for run in runs]))
