"""Small random residual networks, dense and from the definition: the witness of the recurrences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.specs.activations import activation

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["sampled_gradient", "sampled_inner_product", "sampled_length"]

_WIDTH = 128  # its bias, about 1/width, stays below the error of a few hundred networks


def _inputs(p0: float, p1: float, e0: float) -> Array:
    """Return two vectors of given mean squares and cosine; the first has equal entries."""
    ones, turns = np.ones(_WIDTH), np.where(np.arange(_WIDTH) % 2, 1.0, -1.0)
    return np.stack(
        [np.sqrt(p0) * ones, np.sqrt(p1) * (e0 * ones + np.sqrt(1 - e0**2) * turns)], axis=1
    )


def _averaged(samples: list[float]) -> tuple[float, float]:
    values = np.array(samples)
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def _matrix(random: np.random.Generator, variance: float) -> Array:
    return random.normal(0.0, np.sqrt(variance / _WIDTH), (_WIDTH, _WIDTH))


def _bias(random: np.random.Generator, variance: float) -> Array:
    return random.normal(0.0, np.sqrt(variance), (_WIDTH, 1))


def _sample(
    measure: Callable[[Array, list[Array], np.random.Generator], float],
    phi: str,
    setting: dict[str, Any],
    depth: int,
    size: int,
    seed: int,
) -> tuple[float, float]:
    """Return mean and standard error of a quantity of the last ``x`` and of all ``h``.

    Without outer variances ``sv2`` and ``sa2`` the networks are reduced ones.
    """
    function = activation(phi)
    random = np.random.default_rng(seed)
    number = {name: float(value) for name, value in setting.items()}
    samples = []
    for _ in range(size):
        x = _inputs(number["p0"], number.get("p1", number["p0"]), number.get("e0", 0.0))
        hidden = []
        for _ in range(depth):
            h = _matrix(random, number["sw2"]) @ x + _bias(random, number["sb2"])
            branch = np.asarray(function(h))
            if "sv2" in number:
                outer = _matrix(random, number["sv2"])
                branch = outer @ branch + _bias(random, number["sa2"])
            x = x + branch
            hidden.append(h)
        samples.append(measure(x, hidden, random))
    return _averaged(samples)


def sampled_length(
    phi: str, depth: int, size: int, seed: int, **setting: Fraction
) -> tuple[float, float]:
    """Return mean and standard error of the mean square of the first output."""
    return _sample(
        lambda x, _hidden, _random: float(np.mean(x[:, 0] ** 2)), phi, setting, depth, size, seed
    )


def sampled_inner_product(
    phi: str, depth: int, size: int, seed: int, **setting: Fraction
) -> tuple[float, float]:
    """Return mean and standard error of the mean product of the two outputs."""
    return _sample(
        lambda x, _hidden, _random: float(np.mean(x[:, 0] * x[:, 1])),
        phi,
        setting,
        depth,
        size,
        seed,
    )


def sampled_gradient(
    phi: str, depth: int, size: int, seed: int, **setting: Fraction
) -> tuple[float, float]:
    """Return mean and standard error of the mean squared gradient at the input.

    The gradient at the last layer has entries 1, and backward weights are drawn afresh, as
    the gradient independence assumption says.
    """
    slope = activation(phi).weak_derivative().regular
    number = {name: float(value) for name, value in setting.items()}

    def measure(_x: Array, hidden: list[Array], random: np.random.Generator) -> float:
        beta = np.ones(_WIDTH)
        for h in reversed(hidden):
            back = beta
            if "sv2" in number:
                back = _matrix(random, number["sv2"]).T @ back
            back = _matrix(random, number["sw2"]).T @ (np.asarray(slope(h[:, 0])) * back)
            beta = beta + back
        return float(np.mean(beta**2))

    return _sample(measure, phi, setting, depth, size, seed)
