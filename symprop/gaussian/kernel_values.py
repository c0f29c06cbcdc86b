"""Balls of dual kernels that have no closed form: Hermite series or double integral."""

from __future__ import annotations

from functools import lru_cache
from math import inf, isfinite
from typing import TYPE_CHECKING, Protocol

import sympy
from flint import arb, fmpz

from symprop.foundation.errors import NoConvergence, PrecisionNotReached
from symprop.gaussian.double_integral import double_expectation
from symprop.gaussian.grid import gaussian_grid
from symprop.gaussian.hermite import hermite_balls
from symprop.gaussian.integrand import Integrand, integrand_of
from symprop.gaussian.tanh_transforms import tanh_kernel
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import working_bits
from symprop.numerics.quadrature import magnitude_bits
from symprop.specs.activations import Activation, X, activation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["kernel_ball", "series_ball"]

_ORDERS = (32, 96, 256)
_SAMPLES = 56  # on each side of 0, out to 49 standard deviations
_ORDINARY_SIZE = 16  # bits


class _Correlation(Protocol):
    @property
    def exact(self) -> sympy.Expr | None: ...

    def balls(self, bits: int) -> tuple[arb, arb]: ...


def series_ball(
    first: Sequence[arb], second: Sequence[arb], tails: tuple[arb, arb], rho: arb
) -> arb:
    """Return ``sum a_k b_k rho^k`` with the Parseval bound of what is left out.

    By Cauchy-Schwarz the rest is at most ``|rho|^(K+1) sqrt(T_a T_b)``.
    """
    total = arb(0)
    for a, b in zip(reversed(first), reversed(second), strict=True):
        total = total * rho + a * b
    rest = abs(rho) ** len(first) * (tails[0] * tails[1]).sqrt()
    return arb(total, rest.upper())


def kernel_ball(
    phi: Activation,
    psi: Activation,
    variances: tuple[object, object],
    angle: _Correlation,
    bits: int,
) -> arb:
    """Return ``E phi(sqrt(q1) u) psi(sqrt(q2) v)`` with about ``bits`` absolute bits."""
    rho, gap = angle.balls(bits)
    scale = tanh_scale(phi)
    same = phi == psi and variances[0] == variances[1]
    if same and scale is not None:
        value = _tanh_value(scale, variances[0], rho, gap, bits)
        if value is not None:
            return value
    exact = angle.exact
    if exact in (1, -1):
        return _on_the_diagonal(phi, psi, variances, int(exact), bits, same)
    if not gap > 0:
        raise PrecisionNotReached(
            f"Expected a correlation proved to be inside (-1, 1) but got {rho.str(8)}."
        )
    q = tuple(as_ball(value, bits + 40) for value in variances)
    first, size = normalized(integrand_of(phi), q[0])
    second, other_size = (first, size) if same else normalized(integrand_of(psi), q[1])
    with working_bits(bits + 20):
        value = _normalized_kernel((first, second), variances, rho, bits)
    if value is None:
        value = double_expectation(first, second, (q[0], q[1]), rho, gap, bits)
    return value * arb((fmpz(1), fmpz(size + other_size)))


def _normalized_kernel(
    pair: tuple[Integrand, Integrand], variances: tuple[object, object], rho: arb, bits: int
) -> arb | None:
    """Return the sum of the Hermite series, or None where it converges too slowly."""
    first, second = pair
    for order in _ORDERS:
        if not _series_may_do(first, order, rho, bits):
            continue
        a, _, tail_a = hermite_balls(first, variances[0], order, bits)
        b, tail_b = a, tail_a
        if second is not first:
            b, _, tail_b = hermite_balls(second, variances[1], order, bits)
        value = series_ball(a, b, (tail_a, tail_b), rho)
        if magnitude_bits(value.rad()) <= 8 - bits:
            return value
    return None


def normalized(integrand: Integrand, variance: arb) -> tuple[Integrand, int]:
    """Return ``f * 2**-e`` and ``e``, so that ``E f(sqrt(q) Z)**2`` becomes about 1.

    ``e`` comes from the largest of a few values: a poor guess costs time, not truth, and
    quadrature to an absolute error needs some guess of the size.
    """
    scale, square = variance.sqrt(), integrand.squared()
    largest = -inf
    for step in range(-_SAMPLES, _SAMPLES + 1):
        z = arb(step * abs(step)) / 64
        for piece in integrand.pieces:
            above = piece.lower == -sympy.oo or scale * z > as_ball(piece.lower, 64)
            if above and (piece.upper == sympy.oo or scale * z < as_ball(piece.upper, 64)):
                size = square.bound(piece, scale, z) * (-z * z / 2).exp()
                if size.is_finite():
                    largest = max(largest, magnitude_bits(size))
    if abs(largest) <= _ORDINARY_SIZE or not isfinite(largest):
        return integrand, 0
    exponent = int(largest / 2)
    return integrand.divided(exponent), exponent


def _tanh_value(
    scale: tuple[Callable[[int], arb], Callable[[int], arb]],
    variance: object,
    rho: arb,
    gap: arb,
    bits: int,
) -> arb | None:
    output, slope = (part(bits) for part in scale)
    value = tanh_kernel(as_ball(variance, bits) * slope**2, rho, gap, bits)
    return None if value is None else output**2 * value


@lru_cache(maxsize=1024)
def tanh_scale(
    phi: Activation,
) -> tuple[Callable[[int], arb], Callable[[int], arb]] | None:
    """Return balls ``(c, a)`` with ``phi = c tanh(a x)``, or None for any other activation."""
    c, a = sympy.Wild("c", exclude=[X]), sympy.Wild("a", exclude=[X])
    match = phi.expression.match(c * sympy.tanh(a * X))
    if not match or not match[c] or not match[a]:
        return None
    return (lambda bits: as_ball(match[c], bits)), (lambda bits: as_ball(match[a], bits))


def _series_may_do(integrand: Integrand, order: int, rho: arb, bits: int) -> bool:
    """Guess whether ``order`` terms reach ``bits`` bits; a wrong guess costs time, not truth."""
    reach = -order * magnitude_bits_float(rho)
    if integrand.strip is not None:
        reach += 2.0 * (2 * order) ** 0.5 * min(integrand.strip, 6.0) / 0.6931
    return reach >= 0.7 * bits


def magnitude_bits_float(rho: arb) -> float:
    """Return ``log2 |rho|`` in floating point, very negative at zero."""
    from math import log2

    size = abs(float(rho.mid()))
    return log2(size) if size > 1e-300 else -1000.0


def _on_the_diagonal(
    phi: Activation,
    psi: Activation,
    variances: tuple[object, object],
    sign: int,
    bits: int,
    same: bool,
) -> arb:
    if same and (sign == 1 or phi.parity):
        integrand = integrand_of(phi).squared()
        value = gaussian_grid(integrand, as_ball(variances[0], bits + 40), bits).expectation()
        return -value if sign == -1 and phi.parity == "odd" else value
    from symprop.numerics.evaluation import as_exact

    q1, q2 = (as_exact(value, "variances") for value in variances)
    if q1 is None or q2 is None:
        raise NoConvergence("Expected exact variances at rho = +-1 but got balls.")
    product = phi.expression * psi.expression.subs(X, sign * sympy.sqrt(q2 / q1) * X)
    return gaussian_grid(
        integrand_of(activation(product)), as_ball(q1, bits + 40), bits
    ).expectation()
