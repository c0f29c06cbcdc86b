r"""How far a ReLU network is from the kernel regime, and at what depth it leaves it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq

from symprop.foundation.errors import InvalidArgument, NoConvergence, OutOfDomain, expected
from symprop.foundation.validation import check_depth
from symprop.moments.dense_moments import dense_states
from symprop.moments.diagonal import check_gates, network_state, tangent_mean
from symprop.moments.residual_moments import residual_states
from symprop.moments.scalars import Scalars, read_scalars
from symprop.moments.states import Ensemble, first_state, kernel_square, through_gates
from symprop.moments.vanilla_moments import vanilla_states
from symprop.numerics.precision import working_bits
from symprop.numerics.rationals import exact_rational
from symprop.specs.branched import Branched, DenseNet, ResNet, Vanilla
from symprop.specs.initialization import WeightLaw, weight_law

if TYPE_CHECKING:
    from collections.abc import Iterator

    from symprop.moments.states import State

__all__ = ["first_order", "kernel_depth"]

_BITS = 128


@dataclass(frozen=True)
class _Dual:
    """A number ``value + slope*e`` with ``e^2 = 0``."""

    value: fmpq
    slope: fmpq

    def __add__(self, other: Any) -> _Dual:
        if isinstance(other, _Dual):
            return _Dual(self.value + other.value, self.slope + other.slope)
        return _Dual(self.value + other, self.slope)

    __radd__ = __add__

    def __mul__(self, other: Any) -> _Dual:
        if isinstance(other, _Dual):
            slope = self.slope * other.value + self.value * other.slope
            return _Dual(self.value * other.value, slope)
        return _Dual(self.value * other, self.slope * other)

    __rmul__ = __mul__

    def __rsub__(self, other: int) -> _Dual:
        return self * -1 + other


def first_order(
    network: Branched,
    depth: int,
    *,
    law: WeightLaw | str = "gaussian",
    input_concentration: Any = 1,
) -> Fraction:
    r"""Return the coefficient ``c`` in :math:`\mathrm{Var}\,G/(\mathrm E\,G)^2=c/n+O(n^{-2})`.

    Parameters
    ----------
    network : Branched
        `ResNet` with a rational scale, `DenseNet` or `Vanilla`, with an input layer.
    depth : int
        Number of branches or layers.
    law : WeightLaw or str
        Law of all the weights.
    input_concentration : number
        As for `tangent_moments`.

    Returns
    -------
    Fraction

    Raises
    ------
    InvalidArgument
        If an argument is malformed or not rational.
    OutOfDomain
        If ``E G`` is 0, or as for `tangent_moments`.
    UnsupportedLaw
        If gates cannot be taken as fair coins.

    Error
    -----
    Exact: the recursion in numbers ``a + b/n``.

    Source
    ------
    derivations/finite_width_moments.py.

    Examples
    --------
    >>> from symprop.specs.branched import Vanilla
    >>> first_order(Vanilla(), 1), first_order(Vanilla(), 100)
    (Fraction(7, 1), Fraction(9217, 25))
    """
    depth = check_depth(depth)
    scalars = _scalars(network, 1, law, input_concentration)
    mean = tangent_mean(network, scalars, depth)
    if mean == 0:
        raise OutOfDomain(expected("E G", "other than 0", 0))
    ensemble = Ensemble(_Dual(fmpq(0), fmpq(1)), scalars.ensemble.excess)
    dual = replace(scalars, ensemble=ensemble, number=fmpq)
    square = next(islice(_kernel_squares(network, dual), depth, None))
    coefficient = square.slope / (mean * mean)
    return Fraction(int(coefficient.p), int(coefficient.q))


def kernel_depth(
    network: Branched,
    width: int,
    level: Any,
    *,
    law: WeightLaw | str = "gaussian",
    input_concentration: Any = 1,
    most: int = 10_000,
) -> int:
    r"""Return the first depth at which :math:`\sqrt{\mathrm{Var}\,G}/\mathrm E\,G` exceeds a level.

    Parameters
    ----------
    network : Branched
        `ResNet` with a rational scale, `DenseNet` or `Vanilla`, with an input layer.
    width : int
        ``n``.
    level : number
        Rational, > 0.
    law : WeightLaw or str
        Law of all the weights.
    input_concentration : number
        As for `tangent_moments`.
    most : int
        Depth to stop at.

    Returns
    -------
    int
        Proved to be above the level, and all smaller depths to be at most at it.

    Raises
    ------
    InvalidArgument
        If an argument is malformed or not rational.
    NoConvergence
        If the level is not exceeded up to depth ``most``.
    UnsupportedLaw
        If gates cannot be taken as fair coins.

    Error
    -----
    Exact: balls where they decide, rational numbers where they do not.

    Examples
    --------
    >>> from symprop.specs.branched import Vanilla
    >>> kernel_depth(Vanilla(), 100, "1/2")
    6
    """
    square = exact_rational(level)
    if square is None or not square > 0:
        raise OutOfDomain(expected("level", "to be rational and > 0", level))
    most = check_depth(most, "most", minimum=1)
    scalars = _scalars(network, width, law, input_concentration)
    threshold = 1 + square**2
    with working_bits(_BITS):
        for depth, (found, mean) in enumerate(_in_balls(network, scalars, most)):
            slack = found - arb(threshold) * mean * mean
            if slack > 0:
                return depth
            if not slack <= 0 and _above(network, scalars, depth, threshold):
                return depth
    raise NoConvergence(f"The level {level} is not exceeded up to depth {most}.", most)


def _in_balls(network: Branched, scalars: Scalars, most: int) -> Iterator[tuple[arb, arb]]:
    """Yield ``E G^2`` and ``E G`` at depth 0 to ``most``."""
    ensemble = Ensemble(arb(scalars.ensemble.inverse_width), arb(scalars.ensemble.excess))
    balls = replace(
        scalars,
        ensemble=ensemble,
        strength=arb(scalars.strength),
        concentration=arb(scalars.concentration),
        number=lambda p, q: arb(p) / q,
    )
    pairs = zip(_kernel_squares(network, balls), _means(network, balls), strict=False)
    return islice(pairs, most + 1)


def _above(network: Branched, scalars: Scalars, depth: int, threshold: fmpq) -> bool:
    """Whether the mean square exceeds a multiple of the squared mean, in rational numbers."""
    state = network_state(network, scalars, depth, trained=True)
    square = kernel_square(state, scalars.ensemble, trained="output" in network.trained)
    mean = tangent_mean(network, scalars, depth)
    return bool(square > threshold * mean * mean)


def _scalars(network: Branched, width: int, law: Any, concentration: Any) -> Scalars:
    chosen = weight_law(law)
    check_gates(network, chosen)
    scalars = read_scalars(network, width, chosen, concentration)
    if not scalars.rational:
        raise InvalidArgument(expected("width and scale", "to be rational numbers", network))
    return scalars


def _kernel_squares(network: Branched, scalars: Scalars) -> Iterator[Any]:
    """Yield ``E G^2`` at depth 0, 1, 2, ..."""
    output = "output" in network.trained
    return (
        kernel_square(state, scalars.ensemble, trained=output)
        for state in _states(network, scalars)
    )


def _states(network: Branched, scalars: Scalars) -> Iterator[State]:
    start = first_state(scalars.ensemble, scalars.concentration, trained="input" in network.trained)
    hidden = "hidden" in network.trained
    if isinstance(network, ResNet):
        count = network.branch_depth
        trained = range(1, count + 1) if hidden else ()
        yield from residual_states(scalars, count, start, trained)
    elif isinstance(network, DenseNet):
        yield start
        memory = through_gates(start, scalars.ensemble)
        yield from dense_states(scalars, memory, 1, trained=hidden)
    elif isinstance(network, Vanilla):
        yield from vanilla_states(scalars, start, trained=hidden)
    else:
        raise InvalidArgument(expected("network", "to be a ResNet, DenseNet or Vanilla", network))


def _means(network: Branched, scalars: Scalars) -> Iterator[Any]:
    """Yield ``E G`` at depth 0, 1, 2, ..., each from the one before."""
    one = scalars.strength**0
    output, hidden = one, 0 * one
    ends = sum(name in network.trained for name in ("input", "output"))
    layer = 0
    while True:
        total = hidden if "hidden" in network.trained else 0 * one
        yield total + ends * output
        layer += 1
        if isinstance(network, ResNet):
            grown = hidden + scalars.strength * (hidden + network.branch_depth * output)
            hidden, output = grown, output * (1 + scalars.strength)
        elif isinstance(network, DenseNet):
            hidden = hidden + scalars.number(1, layer)
        else:
            hidden = hidden + 1
