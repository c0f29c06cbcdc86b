"""Widths and scales on their way into exact arithmetic: rational numbers or polynomials."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import sympy
from flint import fmpq
from sympy.polys.rings import PolyElement, ring

from symprop.foundation.errors import InvalidArgument, OutOfDomain, UnsupportedLaw, expected
from symprop.foundation.validation import check_integer
from symprop.moments.states import Ensemble
from symprop.numerics.rationals import exact_rational
from symprop.specs.branched import Branched, ResNet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from symprop.specs.initialization import WeightLaw

__all__ = ["Exact", "Scalars", "branch_strength", "read_scalars"]

Exact: TypeAlias = Fraction | sympy.Expr
"""An exact number, or a rational function."""


@dataclass(frozen=True)
class Scalars:
    """What the moments of a network depend on, as elements of one ring.

    Attributes
    ----------
    ensemble : Ensemble
        Width and weights.
    strength : ring element
        Variance that a branch passes on: ``alpha**m`` in a residual network, else 1.
    concentration : ring element
        Sum of fourth powers of the input over its squared length squared.
    meaning : mapping
        Expressions that the generators of the ring stand for; empty where all is rational.
    number : callable
        Takes numerator and denominator to the rational number in the ring.
    """

    ensemble: Ensemble
    strength: Any
    concentration: Any
    meaning: Mapping[sympy.Symbol, sympy.Expr]
    number: Callable[[int, int], Any] = fmpq

    @property
    def rational(self) -> bool:
        """Whether the ring is that of the rational numbers."""
        return not self.meaning and self.number is fmpq

    def result(self, element: Any) -> Exact:
        """Return a ring element as a fraction, or as a factored expression."""
        if self.rational:
            value = fmpq(element)
            return Fraction(int(value.p), int(value.q))
        if isinstance(element, PolyElement):
            form: sympy.Expr = element.as_expr().subs(self.meaning, simultaneous=True)
            factored: sympy.Expr = sympy.factor(form)
            return factored
        constant: sympy.Expr = sympy.Rational(str(element))
        return constant


def branch_strength(network: Branched) -> Any:
    """Return ``A = alpha**m`` of a residual network as fmpq or expression, and 1 of others."""
    if not isinstance(network, ResNet):
        return fmpq(1)
    scale = exact_rational(network.scale)
    if scale is not None:
        return scale**network.branch_depth
    power = sympy.powsimp(sympy.sympify(network.scale) ** network.branch_depth)
    if not isinstance(network.scale, sympy.Expr) or power.has(sympy.Float):
        condition = "to be an exact number or a symbol"
        raise InvalidArgument(expected("scale", condition, network.scale))
    strength = exact_rational(power)
    return power if strength is None else strength


def read_scalars(
    network: Branched, width: Any, law: WeightLaw, input_concentration: Any
) -> Scalars:
    """Return the ring and its elements for one question.

    Raises
    ------
    InvalidArgument
        If the width is neither an integer >= 1 nor a symbol, or a number is not exact.
    OutOfDomain
        If the input cannot have such a concentration.
    UnsupportedLaw
        If the entries of a matrix depend on each other.
    """
    if not isinstance(network, Branched):
        raise InvalidArgument(expected("network", "to be a branched one", network))
    if not network.input_layer:
        raise OutOfDomain(expected("input_layer", "to be True", network.input_layer))
    if not law.independent_entries:
        raise UnsupportedLaw(
            expected("law", "with independent entries, as fourth moments are added", law.name)
        )
    fourth = law.moment(4)
    excess = fmpq(int(fourth.p), int(fourth.q)) - 3
    concentration = exact_rational(input_concentration)
    if concentration is None or not 0 < concentration <= 1:
        raise OutOfDomain(
            expected("input_concentration", "to be rational in (0, 1]", input_concentration)
        )
    strength = branch_strength(network)
    inverse, power = sympy.Dummy("inverse_width"), sympy.Dummy("strength")
    meaning: dict[sympy.Symbol, sympy.Expr] = {}
    if isinstance(width, sympy.Symbol):
        meaning[inverse] = 1 / width
    else:
        width = check_integer("width", width, minimum=1)
    if not isinstance(strength, fmpq):
        meaning[power] = strength
    if not meaning:
        return Scalars(Ensemble(fmpq(1, width), excess), strength, concentration, meaning)
    domain, *generators = ring(tuple(meaning), sympy.QQ)
    named = dict(zip(meaning, generators, strict=True))

    def element(symbol: sympy.Symbol, number: Any) -> Any:
        return named[symbol] if symbol in named else constant(int(number.p), int(number.q))

    def constant(numerator: int, denominator: int) -> Any:
        return domain.ground_new(sympy.QQ(numerator, denominator))

    one_over = None if inverse in named else fmpq(1, width)
    ensemble = Ensemble(element(inverse, one_over), constant(int(excess.p), int(excess.q)))
    shape = constant(int(concentration.p), int(concentration.q))
    return Scalars(ensemble, element(power, strength), shape, meaning, constant)
