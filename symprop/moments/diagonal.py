r"""Exact moments of the diagonal of the tangent kernel of ReLU networks of finite width."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy

from symprop.foundation.errors import InvalidArgument, OutOfDomain, UnsupportedLaw, expected
from symprop.foundation.validation import check_depth
from symprop.moments.dense_moments import dense_state
from symprop.moments.residual_moments import residual_state
from symprop.moments.scalars import read_scalars
from symprop.moments.states import kernel_square, output_fourth
from symprop.moments.vanilla_moments import vanilla_state
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball, enclose
from symprop.numerics.precision import bits_from_dps, working_bits
from symprop.specs.branched import Branched, DenseNet, ResNet, Vanilla
from symprop.specs.initialization import WeightLaw, weight_law

if TYPE_CHECKING:
    from symprop.moments.scalars import Exact, Scalars
    from symprop.moments.states import State

__all__ = [
    "OutputMoments",
    "TangentMoments",
    "check_gates",
    "network_state",
    "output_moments",
    "tangent_mean",
    "tangent_moments",
]


_GUARD_BITS = 16


@dataclass(frozen=True)
class OutputMoments:
    """Even moments of the output of a network, and of the length of its last layer.

    Attributes
    ----------
    second, fourth : Fraction or sympy.Expr
        ``E f^2`` and ``E f^4``.
    length_second, length_fourth : Fraction or sympy.Expr
        ``E |y|^2`` and ``E |y|^4`` of the last layer.
    """

    second: Exact
    fourth: Exact
    length_second: Exact
    length_fourth: Exact


@dataclass(frozen=True)
class TangentMoments:
    """First two moments of ``G(x, x)``, the squared norm of the gradient of the output.

    Attributes
    ----------
    mean, second_moment : Fraction or sympy.Expr
        ``E G`` and ``E G^2``.
    """

    mean: Exact
    second_moment: Exact

    @property
    def variance(self) -> Exact:
        """``Var G``."""
        return _simple(self.second_moment - self.mean**2)

    @property
    def relative_variance(self) -> Exact:
        """``Var G / (E G)^2``, which vanishes where the kernel regime is reached."""
        if self.mean == 0:
            raise OutOfDomain(expected("E G", "other than 0", 0))
        return _simple(self.second_moment / self.mean**2 - 1)

    def kernel_distance(self, dps: int = 15) -> Enclosure:
        r"""Return :math:`\sqrt{\mathrm{Var}\,G}/\mathrm E\,G` as an enclosure.

        Parameters
        ----------
        dps : int
            Digits.

        Raises
        ------
        InvalidArgument
            If a symbol is left free.
        """
        square = self.relative_variance
        if isinstance(square, Fraction):  # a root of a long rational number is not simplified
            bits = bits_from_dps(dps) + _GUARD_BITS
            with working_bits(bits):
                return Enclosure(as_ball(square, bits).sqrt())
        if square.free_symbols:
            raise InvalidArgument(expected("moments", "without free symbols", square))
        return enclose(sympy.sqrt(square), dps=dps)


def _simple(value: Any) -> Exact:
    return value if isinstance(value, Fraction) else sympy.factor(value)


def tangent_moments(
    network: Branched,
    width: Any,
    depth: int,
    *,
    law: WeightLaw | str = "gaussian",
    input_concentration: Any = 1,
) -> TangentMoments:
    r"""Return the exact mean and mean square of :math:`G(x,x)` at width ``n``.

    .. math:: G(x,x)=\sum_w(\partial_wf(x))^2,\qquad
        \mathrm E\,G=mL\alpha^m(1+\alpha^m)^{L-1},\quad \sum_{l\le L}\frac1l,\quad L

    for the hidden weights of a residual, a dense and a plain network.

    Parameters
    ----------
    network : Branched
        `ResNet`, `DenseNet` or `Vanilla`, with an input layer; ``network.trained`` says over
        which weights the sum goes.
    width : int or sympy.Symbol
        ``n``, the same in all layers. A symbol gives rational functions of it.
    depth : int
        Number of branches or layers.
    law : WeightLaw or str
        Law of all the weights.
    input_concentration : number
        :math:`\sum x_i^4/(\sum x_i^2)^2`, from ``1/d`` for an even input to 1 for one with a
        single coordinate. Without effect for Gaussian weights.

    Returns
    -------
    TangentMoments
        Fractions where width and scale are rational, else factored expressions.

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If the network has no input layer, or the input no such concentration.
    UnsupportedLaw
        If gates cannot be taken as fair coins: with entries that depend on each other, or where
        sums of weights vanish with positive probability.

    Conventions
    -----------
    The input has mean square 1, so that ``E (y^0_i)^2 = 1``.

    Error
    -----
    Exact.

    Source
    ------
    derivations/finite_width_moments.py; tangents, section 5, has bounds in its place.

    Examples
    --------
    >>> from symprop.specs.branched import DenseNet, ResNet
    >>> tangent_moments(DenseNet(), 10, 2).relative_variance
    Fraction(26, 25)
    >>> n, a = sympy.symbols("n alpha", positive=True)
    >>> tangent_moments(ResNet(2, a), n, 1).second_moment
    4*alpha**4*(n + 2)**2*(n + 3)/n**3
    """
    chosen = weight_law(law)
    check_gates(network, chosen)
    scalars = read_scalars(network, width, chosen, input_concentration)
    depth = check_depth(depth)
    state = network_state(network, scalars, depth, trained=True)
    mean = tangent_mean(network, scalars, depth)
    square = kernel_square(state, scalars.ensemble, trained="output" in network.trained)
    return TangentMoments(scalars.result(mean), scalars.result(square))


def output_moments(
    network: Branched,
    width: Any,
    depth: int,
    *,
    law: WeightLaw | str = "gaussian",
    input_concentration: Any = 1,
) -> OutputMoments:
    r"""Return the exact second and fourth moments of the output and of its last layer.

    Parameters
    ----------
    network, width, depth, law, input_concentration
        As for `tangent_moments`. Every law with independent entries is possible: where a
        pre-activation is 0, its gate does not matter.

    Returns
    -------
    OutputMoments

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If the network has no input layer, or the input no such concentration.
    UnsupportedLaw
        If the entries of a matrix depend on each other.

    Conventions
    -----------
    The input has mean square 1.

    Error
    -----
    Exact.

    Source
    ------
    derivations/finite_width_moments.py.

    Examples
    --------
    >>> from symprop.specs.branched import Vanilla
    >>> n = sympy.Symbol("n", positive=True)
    >>> output_moments(Vanilla(), n, 2).length_fourth
    (n + 2)*(n + 5)**2/n
    """
    scalars = read_scalars(network, width, weight_law(law), input_concentration)
    depth = check_depth(depth)
    state = network_state(network, scalars, depth, trained=False)
    second = scalars.result(_output_second(network, scalars, depth))
    size = width if isinstance(width, sympy.Symbol) else int(width)
    return OutputMoments(
        second,
        scalars.result(output_fourth(state, scalars.ensemble)),
        _simple(size * second),
        _simple(size**2 * scalars.result(state.lengths)),
    )


def check_gates(network: Branched, law: WeightLaw) -> None:
    """Raise `UnsupportedLaw` unless the gates act as fair coins also on derivatives.

    They do if sums of weights with given coefficients vanish with probability 0, and a network
    without gates needs nothing.
    """
    linear = isinstance(network, ResNet) and network.branch_depth == 1
    if law.name == "rademacher" and not linear:
        condition = "without atoms: where a pre-activation is 0 the derivative is lost"
        raise UnsupportedLaw(expected("law", condition, law.name))


def network_state(network: Branched, scalars: Scalars, depth: int, *, trained: bool) -> State:
    """Return the state of the last layer, with the trained weights counted or none."""
    hidden = trained and "hidden" in network.trained
    first = trained and "input" in network.trained
    if isinstance(network, ResNet):
        return residual_state(scalars, network.branch_depth, depth, hidden=hidden, first=first)
    if isinstance(network, DenseNet):
        return dense_state(scalars, depth, hidden=hidden, first=first)
    if isinstance(network, Vanilla):
        return vanilla_state(scalars, depth, hidden=hidden, first=first)
    raise InvalidArgument(expected("network", "to be a ResNet, DenseNet or Vanilla", network))


def _output_second(network: Branched, scalars: Scalars, depth: int) -> Any:
    unit = scalars.strength**0
    return (unit + scalars.strength) ** depth if isinstance(network, ResNet) else unit


def tangent_mean(network: Branched, scalars: Scalars, depth: int) -> Any:
    """Return ``E G`` in the ring of the scalars."""
    output = _output_second(network, scalars, depth)
    total = 0 * output
    if "hidden" in network.trained and depth:
        if isinstance(network, ResNet):
            strength = scalars.strength
            before = (1 + strength) ** (depth - 1)
            total += network.branch_depth * depth * strength * before
        elif isinstance(network, DenseNet):
            harmonic = sympy.harmonic(depth)
            total += scalars.number(int(harmonic.p), int(harmonic.q))
        else:
            total += depth
    return total + ("input" in network.trained) * output + ("output" in network.trained) * output
