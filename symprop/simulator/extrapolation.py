r"""To infinite width from finite ones: what is noise, and what is a bias of finite width.

Means of smooth observables are power series in ``1/N``. Networks of several widths, each twice as
wide as the one before, determine the first terms; the change when one more term is fitted says what
the neglected ones may amount to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_integer
from symprop.simulator.estimates import Estimate
from symprop.simulator.monte_carlo import simulate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symprop.simulator.result import Simulation

    Array = NDArray[np.float64]

__all__ = ["WidthExtrapolation", "WidthLimit", "width_extrapolation"]

_MOST_DOUBLINGS = 64
_ROUNDING = 2.0**-40  # of a mean: what does not depend on the weights has no error of its own


@dataclass(frozen=True, eq=False)
class WidthLimit:
    r"""Mean of an observable at infinite width, :math:`m(N)=m_\infty+b/N+\dots`.

    Attributes
    ----------
    limit : Estimate
        Of the mean at infinite width; its error is the noise of the runs alone.
    truncation : array
        Change of the limit when a further power of ``1/N`` is fitted; it has noise as well, so
        that it bounds the neglected terms only where it exceeds the error of the limit.
    bias : Estimate
        Mean at the largest width minus the limit.
    chi_square : array
        Of the fit; ``degrees`` is expected of a good one.
    degrees : int
        Widths minus fitted terms.
    """

    limit: Estimate
    truncation: Array
    bias: Estimate
    chi_square: Array
    degrees: int

    @property
    def error(self) -> Array:
        """Noise and truncation together."""
        return np.hypot(self.limit.error, self.truncation)


@dataclass(frozen=True, eq=False)
class WidthExtrapolation:
    """Simulations of one kind of network at widths that double.

    Attributes
    ----------
    simulations : tuple of Simulation
        From the narrowest to the widest.
    terms : int
        Powers of ``1/N`` that are fitted, besides the constant.
    """

    simulations: tuple[Simulation, ...]
    terms: int

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths."""
        return tuple(simulation.specification.width for simulation in self.simulations)

    def limit(self, name: str) -> WidthLimit:
        """Return the mean of an observable at infinite width, with noise and bias apart."""
        means = [simulation.mean(name) for simulation in self.simulations]
        values = np.array([mean.value for mean in means])
        errors = np.array([mean.error for mean in means])
        if not np.isfinite(values).all() or not np.isfinite(errors).all():
            raise InvalidArgument(expected("observable", "with finite means and errors", name))
        runs = sum(mean.runs for mean in means)
        smallest = _ROUNDING * np.abs(values).max(axis=0) + np.finfo(np.float64).tiny
        errors = np.maximum(errors, smallest)
        inverse = 1 / np.array(self.widths)
        found, scatter = _fit(inverse, values, errors, self.terms)
        longer, _ = _fit(inverse, values, errors, self.terms + 1)
        powers = inverse[-1] ** np.arange(self.terms + 1)
        powers[0] = 0.0
        bias = np.einsum("i,i...->...", powers, found)
        spread = np.einsum("i,...ij,j->...", powers, scatter, powers)
        fitted = np.einsum("wi,i...->w...", _powers(inverse, self.terms), found)
        return WidthLimit(
            Estimate(found[0], np.sqrt(scatter[..., 0, 0]), runs),
            np.abs(longer[0] - found[0]),
            Estimate(bias, np.sqrt(spread), runs),
            (((values - fitted) / errors) ** 2).sum(axis=0),
            len(self.widths) - self.terms - 1,
        )


def width_extrapolation(
    architecture: Any,
    *,
    width: int,
    doublings: int = 3,
    terms: int = 1,
    seed: int = 0,
    **options: Any,
) -> WidthExtrapolation:
    """Simulate a network at widths that double, in order to extrapolate in one over the width.

    Parameters
    ----------
    architecture : object
        One of `symprop.specs`.
    width : int
        The smallest width.
    doublings : int
        How often it doubles; at least ``terms + 1``.
    terms : int
        Powers of ``1/N`` to fit.
    seed : int
        Root of all randomness; each width has a child of its own.
    **options
        As for `symprop.simulate`, but for ``inputs`` given as an array and ``checkpoint``.

    Returns
    -------
    WidthExtrapolation

    Raises
    ------
    InvalidArgument
        If an argument is malformed, and whatever `symprop.simulate` raises.

    Conventions
    -----------
    Fits are weighted by the errors of the means. Of observables with heavy tails, whose errors
    cannot be trusted, no fit can.

    Error
    -----
    Noise and truncation are told apart in `WidthLimit`.

    Examples
    --------
    >>> from symprop.specs.architectures import FullyConnected
    >>> net = FullyConnected("relu", 2)
    >>> found = width_extrapolation(net, width=10, depth=2, runs=50, observables=("p",))
    >>> found.widths
    (10, 20, 40, 80)
    >>> p = found.limit("p")
    >>> bool((abs(p.limit.value - 1) <= 5 * p.limit.error).all())
    True
    """
    width = check_integer("width", width, minimum=1)
    terms = check_integer("terms", terms, minimum=1)
    doublings = check_integer("doublings", doublings, minimum=terms + 1, maximum=_MOST_DOUBLINGS)
    if not isinstance(options.get("inputs", ""), str):
        condition = "to be a description, which has inputs of all widths"
        raise InvalidArgument(expected("inputs", condition, options["inputs"]))
    if options.get("checkpoint") is not None:
        condition = "left out, since one folder keeps one simulation"
        raise InvalidArgument(expected("checkpoint", condition, options["checkpoint"]))
    seeds = [_child(seed, index) for index in range(doublings + 1)]
    return WidthExtrapolation(
        tuple(
            simulate(architecture, width=width << index, seed=child, **options)
            for index, child in enumerate(seeds)
        ),
        terms,
    )


def _child(seed: int, index: int) -> int:
    """Return a seed of 128 bits for one of the widths."""
    root = np.random.SeedSequence(check_integer("seed", seed, minimum=0), spawn_key=(2, index))
    low, high = (int(word) for word in root.generate_state(2, np.uint64))
    return low + (high << 64)


def _powers(inverse: Array, terms: int) -> Array:
    return inverse[:, None] ** np.arange(terms + 1)


def _fit(inverse: Array, values: Array, errors: Array, terms: int) -> tuple[Array, Array]:
    """Return coefficients, the powers first, and their covariances, the powers last."""
    scaled = inverse / inverse[0]  # so that all coefficients are of a size
    last = np.moveaxis(errors, 0, -1)
    smallest = last.min(axis=-1, keepdims=True)  # a unit, so that no tiny error is squared
    weights = smallest / last
    design = weights[..., None] * _powers(scaled, terms)
    q, r = np.linalg.qr(design)
    inverted = np.linalg.inv(r)
    target = weights * np.moveaxis(values, 0, -1)
    found = np.einsum("...ij,...wj,...w->i...", inverted, q, target)
    back = inverse[0] ** -np.arange(terms + 1.0)
    covariance = np.einsum("...ij,...kj->...ik", inverted, inverted)
    covariance *= smallest[..., None] ** 2 * np.outer(back, back)
    return found * back.reshape(-1, *(1 for _ in values.shape[1:])), covariance
