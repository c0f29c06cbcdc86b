"""The kinds of numbers a fully connected network is followed in: expressions, balls, matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy
from flint import arb

from symprop.foundation.errors import InvalidArgument, expected
from symprop.gaussian.closed_forms import RHO, kernel_closed_form, second_moment_closed_form
from symprop.gaussian.kernel_matrices import covariance_kernel
from symprop.numerics.evaluation import as_ball, as_exact
from symprop.recurrences.moments_in_float64 import float_moments
from symprop.recurrences.moments_on_balls import ball_moments, derivative_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symprop.specs.activations import Activation

    Array = NDArray[np.float64]

__all__ = ["BALL_BITS", "Arrays", "Balls", "Expressions", "Matrices", "Pair"]

BALL_BITS = 80
"""Bits of a variance on its way to float64."""


@dataclass(frozen=True)
class Pair:
    """Two variances and a covariance; one and the same variance object for both if equal."""

    first: Any
    second: Any
    covariance: Any


def _affine(weight: Any, state: Pair, bias: Any) -> Pair:
    first = weight * state.first + bias
    second = first if state.second is state.first else weight * state.second + bias
    same = state.covariance is state.first
    return Pair(first, second, first if same else weight * state.covariance + bias)


class _PairAlgebra:
    """What all algebras of pairs have in common."""

    def affine(self, weight: Any, state: Pair, bias: Any) -> Pair:
        return _affine(weight, state, bias)

    def covariance(self, state: Pair) -> Any:
        return state.covariance


class Expressions(_PairAlgebra):
    """SymPy expressions in the correlation of the inputs."""

    def number(self, value: Any) -> sympy.Expr:
        """Return an exact variance."""
        exact = as_exact(value, "variance")
        if exact is None:
            raise InvalidArgument(expected("variances", "exact for a closed form", value))
        return exact

    def moments(self, phi: Activation, state: Pair) -> Pair:
        """Return the state of ``phi(h)``."""
        first = second_moment_closed_form(phi, variance=state.first)
        second = first
        if state.second is not state.first:
            second = second_moment_closed_form(phi, variance=state.second)
        if state.covariance is state.first:
            return Pair(first, second, first)
        return Pair(first, second, _kernel(phi, state))

    def slope(self, phi: Activation, state: Pair) -> sympy.Expr:
        """Return ``E phi'(u) phi'(v)``."""
        derivative = derivative_of(phi)
        if state.covariance is state.first:
            return second_moment_closed_form(derivative, variance=state.first)
        return _kernel(derivative, state)


def _kernel(phi: Activation, state: Pair) -> sympy.Expr:
    form = kernel_closed_form(phi, phi, variances=(state.first, state.second))
    return form.subs(RHO, state.covariance / sympy.sqrt(state.first * state.second))


@dataclass(frozen=True)
class Balls(_PairAlgebra):
    """Balls at a working precision.

    Attributes
    ----------
    bits : int
        The precision.
    """

    bits: int

    def number(self, value: Any) -> arb:
        """Return a variance as a ball."""
        return as_ball(value, self.bits, "variance")

    def moments(self, phi: Activation, state: Pair) -> Pair:
        """Return the state of ``phi(h)``."""
        balls = ball_moments(phi)
        first = balls.second_moment(state.first, self.bits)
        second = first
        if state.second is not state.first:
            second = balls.second_moment(state.second, self.bits)
        if state.covariance is state.first:
            return Pair(first, second, first)
        return Pair(first, second, self._cross(phi, state))

    def slope(self, phi: Activation, state: Pair) -> arb:
        """Return ``E phi'(u) phi'(v)``."""
        if state.covariance is state.first:
            return ball_moments(phi).slope.second_moment(state.first, self.bits)
        return self._cross(derivative_of(phi), state)

    def _cross(self, phi: Activation, state: Pair) -> arb:
        first, second = state.first, state.second
        if first.is_zero() or second.is_zero():
            return ball_moments(phi).covariance(first, second, arb(0), arb(1), self.bits)
        root = first if second is first else (first * second).sqrt()
        c = state.covariance / root
        gap = 1 - c
        c = c if arb(0, 1).contains(c) else c.intersection(arb(0, 1))
        gap = gap if arb(1, 1).contains(gap) else gap.intersection(arb(1, 1))
        return ball_moments(phi).covariance(first, second, c, gap, self.bits)


class Arrays(_PairAlgebra):
    """Flat float64 arrays of pairs."""

    def number(self, value: Any) -> float:
        """Return a variance in float64."""
        return float(as_ball(value, BALL_BITS, "variance").mid())

    def moments(self, phi: Activation, state: Pair) -> Pair:
        """Return the state of ``phi(h)``."""
        floats = float_moments(phi)
        first = floats.second_moment(state.first)
        second = first
        if state.second is not state.first:
            second = floats.second_moment(state.second)
        return Pair(first, second, self._cross(phi, state))

    def slope(self, phi: Activation, state: Pair) -> Array:
        """Return ``E phi'(u) phi'(v)``."""
        return self._cross(derivative_of(phi), state)

    def _cross(self, phi: Activation, state: Pair) -> Array:
        floats, same = float_moments(phi), state.second is state.first
        mean = floats.second_moment(state.first)
        if not same:
            mean = (mean + floats.second_moment(state.second)) / 2
        root = state.first if same else np.sqrt(state.first) * np.sqrt(state.second)
        c = np.divide(state.covariance, root, out=np.zeros_like(root), where=root > 0)
        c = np.clip(c, -1.0, 1.0)
        second = None if same else state.second
        return floats.covariance(state.first, second, c, 1 - c, mean)[0]


class Matrices:
    """Whole covariance matrices in float64."""

    def number(self, value: Any) -> float:
        """Return a variance in float64."""
        return float(as_ball(value, BALL_BITS, "variance").mid())

    def moments(self, phi: Activation, state: Array) -> Array:
        """Return ``E phi(u_i) phi(u_j)``."""
        return covariance_kernel(phi, state)

    def slope(self, phi: Activation, state: Array) -> Array:
        """Return ``E phi'(u_i) phi'(u_j)``."""
        return covariance_kernel(derivative_of(phi), state)

    def affine(self, weight: float, state: Array, bias: float) -> Array:
        """Return ``weight * state + bias``."""
        return weight * state + bias

    def covariance(self, state: Array) -> Array:
        """Return the matrix itself."""
        return state
