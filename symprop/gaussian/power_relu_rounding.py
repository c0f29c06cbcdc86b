"""Bounds of the rounding errors of the float64 face of the alpha-ReLU kernel.

Every operation of `FloatKernel` is charged: one roundoff for arithmetic, two ulps for
NumPy's elementary functions, and the proved errors of the three polynomials. The bounds
are evaluated in balls over boxes of ``delta`` that cover all of ``[2**-61, split]``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from flint import arb

from symprop.numerics.approximation import UNIT_ROUNDOFF

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["float_errors"]

_OCTAVES = 61
_BOXES = 8  # of delta in an octave
_ELEMENTARY = 4 * UNIT_ROUNDOFF  # two ulps
_MARGIN = arb("1.001")  # for products of two errors


class _Face(Protocol):
    @property
    def power(self) -> float: ...
    @property
    def split(self) -> float: ...
    @property
    def order(self) -> int: ...
    @property
    def offset(self) -> float: ...
    @property
    def edge(self) -> tuple[float, ...]: ...
    @property
    def regular(self) -> tuple[float, ...]: ...
    @property
    def singular(self) -> tuple[float, ...]: ...


def float_errors(face: _Face, edge: arb, regular: arb, singular: arb) -> tuple[arb, arb]:
    """Return bounds of the absolute error of ``J`` and of the relative error of ``1 - J``.

    ``edge``, ``regular`` and ``singular`` are the proved errors of the polynomials.
    """
    unit = arb(UNIT_ROUNDOFF)
    far_error, far_value = _far(face, edge)
    absolute, relative = far_error + unit, (far_error + unit) / (1 - far_value)
    for delta in _boxes(face.split):
        error, value = _near(face, regular, singular, delta)
        absolute = absolute.max(error + unit)
        relative = relative.max(error / value)
    return absolute * _MARGIN, relative * _MARGIN


def _boxes(split: float) -> Iterator[arb]:
    for octave in range(_OCTAVES):
        top = arb(split) / 2**octave
        for box in range(_BOXES):
            yield (top * (1 - arb(box) / 16)).union(top * (1 - arb(box + 1) / 16))


def _far(face: _Face, edge: arb) -> tuple[arb, arb]:
    """Return error and largest value of ``x**mu P(x)``, both reached at the largest ``x``."""
    unit, mu, x = arb(UNIT_ROUNDOFF), arb(face.power), arb(1 - face.split)
    polynomial, wobble = _sizes(face.edge, arb(1))
    power = x**mu
    # x is off by one roundoff, mu by another, and mu |log x| x**mu <= 1/e
    power_error = power * (mu * unit + _ELEMENTARY) + unit / arb.const_e()
    polynomial_error = edge + 2 * unit * wobble
    error = power * polynomial_error + polynomial * power_error + unit * power * polynomial
    return error, power * polynomial


def _near(face: _Face, regular: arb, singular: arb, delta: arb) -> tuple[arb, arb]:
    """Return error and least value of the expansion at one over a box of ``delta``."""
    unit, elementary = arb(UNIT_ROUNDOFF), arb(_ELEMENTARY)
    size = -arb(face.power) * (-delta).log1p()
    decay = (-size).exp()
    less = -(-size).expm1()
    # delta, mu and the product are off by a roundoff, log1p by two ulps; the condition of
    # log1p is below 3/2
    less_error = decay * size * (elementary + 3.5 * unit) + elementary * less
    local = delta / arb(face.split)
    polynomial, wobble = _sizes(face.regular, local)
    inner = delta * polynomial
    inner_error = delta * (regular + 2 * unit * wobble) + 3 * unit * inner
    value = delta * _value(face.regular, local)
    if any(face.singular):
        quotient, quotient_error, signed = _quotient(face, delta)
        polynomial, wobble = _sizes(face.singular, local)
        inner += quotient * polynomial
        inner_error += quotient * (singular + 2 * unit * wobble) + quotient_error * polynomial
        inner_error += 2 * unit * inner
        value += signed * _value(face.singular, local)
    error = less_error + decay * inner_error + inner * (less_error + unit)
    total = less - decay * value
    return error + unit * (less + 2 * decay * inner), total


def _quotient(face: _Face, delta: arb) -> tuple[arb, arb, arb]:
    """Return size, error and signed value of ``delta**m (delta**epsilon - 1)/epsilon``."""
    unit, elementary = arb(UNIT_ROUNDOFF), arb(_ELEMENTARY)
    logarithm = delta.log()
    if face.order == 0:
        power = delta ** arb(face.power)
        return power, power * ((face.power + 4) * unit + elementary), power
    offset = arb(face.offset)
    growth = (offset * logarithm).exp().max(arb(1))
    ratio = logarithm if face.offset == 0 else (offset * logarithm).expm1() / offset
    ratio_error = growth * (abs(logarithm) * (2 * elementary + 4 * unit) + unit)
    power = delta**face.order
    error = power * (ratio_error + abs(ratio) * ((face.order + 1) * unit + elementary))
    return power * abs(ratio), error, power * ratio


def _sizes(coefficients: Sequence[float], local: arb) -> tuple[arb, arb]:
    """Return bounds of ``|p(s)|`` and of ``|s p'(s)|``."""
    size = wobble = arb(0)
    for k in reversed(range(len(coefficients))):
        size = size * local + abs(coefficients[k])
        wobble = wobble * local + k * abs(coefficients[k])
    return size, wobble


def _value(coefficients: Sequence[float], local: arb) -> arb:
    value = arb(0)
    for coefficient in reversed(coefficients):
        value = value * local + coefficient
    return value
