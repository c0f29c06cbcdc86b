"""Balls of dual kernels that have no closed form: Hermite series or double integral."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import inf, isfinite, sqrt
from typing import TYPE_CHECKING, Protocol

import sympy
from flint import arb, fmpz

from symprop.foundation.errors import NoConvergence, PrecisionNotReached
from symprop.gaussian.closed_forms import Q1, Q2, RHO, kernel_closed_form
from symprop.gaussian.double_integral import double_expectation
from symprop.gaussian.grid import gaussian_grid
from symprop.gaussian.hermite import hermite_balls
from symprop.gaussian.integrand import Integrand, integrand_of
from symprop.gaussian.tanh_transforms import tanh_cross_kernel
from symprop.numerics.evaluation import BallFunction, as_ball, compile_ball
from symprop.numerics.exact_balls import is_astronomical
from symprop.numerics.precision import working_bits
from symprop.numerics.quadrature import magnitude_bits
from symprop.specs.activations import Activation, X, activation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["kernel_ball", "series_ball"]

_ORDERS = (32, 96, 256, 700)
_SAMPLES = 56  # on each side of 0, out to 49 standard deviations
_ORDINARY_SIZE = 16  # bits


class _Correlation(Protocol):
    @property
    def exact(self) -> sympy.Expr | None: ...

    def balls(self, bits: int) -> tuple[arb, arb]: ...


def vanishes(phi: Activation, psi: Activation) -> bool:
    """Whether the kernel of a pair is proved to be 0 at every correlation.

    One of them is 0, or one is even and the other odd: ``(-u, -v)`` has the law of ``(u, v)``.
    """
    if phi.expression == 0 or psi.expression == 0:
        return True
    return {phi.parity, psi.parity} == {"even", "odd"}


def series_ball(
    first: Sequence[arb], second: Sequence[arb], tails: tuple[arb, arb], rho: arb
) -> arb:
    """Return ``sum a_k b_k rho^k`` with the Parseval bound of what is left out.

    By Cauchy-Schwarz the rest is at most ``|rho|^(K+1) sqrt(T_a T_b)``.
    """
    total = arb(0)
    for a, b in zip(reversed(first), reversed(second), strict=True):
        total = total * rho + a * b
    rest = abs(rho) ** len(first) * (tails[0].abs_upper() * tails[1].abs_upper()).sqrt()
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
    exact = angle.exact
    if exact == 0 and "odd" in (phi.parity, psi.parity):
        return arb(0)
    forms = tanh_form(phi), tanh_form(psi)
    if forms[0] is not None and forms[1] is not None:
        value = _tanh_value((forms[0], forms[1]), variances, rho, gap, bits)
        if value is not None:
            return value
    if any(f.homogeneity is not None and f.homogeneity.is_negative for f in (phi, psi)):
        # unbounded at 0, where no rule for bounded functions converges
        q1, q2 = (as_ball(value, bits) for value in variances)
        return _closed_form(phi, psi)(rho, q1, q2).real
    same = phi == psi and variances[0] == variances[1]
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
        if exact == 0:
            value = _mean(first, q[0], bits) * _mean(second, q[1], bits)
        else:
            value = _normalized_kernel((first, second), variances, rho, bits)
    if value is None:
        value = double_expectation(first, second, (q[0], q[1]), rho, gap, bits)
    return value * arb((fmpz(1), fmpz(size + other_size)))


@lru_cache(maxsize=64)
def _closed_form(phi: Activation, psi: Activation) -> BallFunction:
    return compile_ball(kernel_closed_form(phi, psi), (RHO, Q1, Q2))


def _mean(integrand: Integrand, variance: arb, bits: int) -> arb:
    return gaussian_grid(integrand, variance, bits).expectation()


def _normalized_kernel(
    pair: tuple[Integrand, Integrand], variances: tuple[object, object], rho: arb, bits: int
) -> arb | None:
    """Return the sum of the Hermite series, or None where it converges too slowly."""
    first, second = pair
    # bits of the Parseval tail over sqrt(order); that of an analytic function is about constant
    decay = inf if len(first.pieces) == len(second.pieces) == 1 else 0.0
    for order in _ORDERS:
        reach = -order * magnitude_bits_float(rho) + decay * sqrt(order)
        if reach < 0.7 * bits:  # a wrong guess costs time, not truth
            continue
        a, _, tail_a = hermite_balls(first, variances[0], order, bits)
        b, tail_b = a, tail_a
        if second is not first or variances[0] != variances[1]:
            b, _, tail_b = hermite_balls(second, variances[1], order, bits)
        value = series_ball(a, b, (tail_a, tail_b), rho)
        if magnitude_bits(value.rad()) <= 8 - bits:
            return value
        if decay:
            decay = max(0.0, -magnitude_bits(tail_a * tail_b) / 2) / sqrt(order)
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
    forms: tuple[TanhForm, TanhForm],
    variances: tuple[object, object],
    rho: arb,
    gap: arb,
    bits: int,
) -> arb | None:
    first, second = (form.at(q, bits) for form, q in zip(forms, variances, strict=True))
    value = tanh_cross_kernel(first[2], second[2], rho, gap, bits)
    return None if value is None else first[0] * second[0] + first[1] * second[1] * value


@dataclass(frozen=True)
class TanhForm:
    """The activation ``offset + output tanh(slope x)``, with ``slope > 0``."""

    offset: sympy.Expr
    output: sympy.Expr
    slope: sympy.Expr

    def at(self, variance: object, bits: int) -> tuple[arb, arb, arb]:
        """Return balls of the offset, the output and the variance of the argument of tanh."""
        slope = as_ball(self.slope, bits)
        return (
            as_ball(self.offset, bits),
            as_ball(self.output, bits),
            as_ball(variance, bits) * slope * slope,
        )


@lru_cache(maxsize=1024)
def tanh_form(phi: Activation) -> TanhForm | None:
    """Return ``offset + output tanh(slope x)`` if the activation is written so, or as a sigmoid."""
    b, c, a = (sympy.Wild(name, exclude=[X]) for name in "bca")
    match = phi.expression.match(b + c * sympy.tanh(a * X))
    if match and match[c] and match[a]:
        return _tanh_form(match[b], match[c], match[a])
    match = phi.expression.match(b + c / (1 + sympy.exp(a * X)))
    if match and match[c] and match[a]:  # 1/(1 + exp(y)) = (1 - tanh(y/2))/2
        return _tanh_form(match[b] + match[c] / 2, -match[c] / 2, match[a] / 2)
    return None


def _tanh_form(offset: sympy.Expr, output: sympy.Expr, slope: sympy.Expr) -> TanhForm | None:
    if slope.is_positive:
        return TanhForm(offset, output, slope)
    return TanhForm(offset, -output, -slope) if slope.is_negative else None


def tanh_scale(
    phi: Activation,
) -> tuple[Callable[[int], arb], Callable[[int], arb]] | None:
    """Return balls ``(c, a)`` with ``phi = c tanh(a x)``, or None for any other activation."""
    form = tanh_form(phi)
    if form is None or form.offset != 0:
        return None
    return (lambda bits: as_ball(form.output, bits)), (lambda bits: as_ball(form.slope, bits))


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
    q1, q2 = (_exact_variance(value) for value in variances)
    if q1 is None or q2 is None:
        raise NoConvergence("Expected exact variances at rho = +-1 but got balls.")
    if q1 < q2:  # the bound of the growth is sharp where the other argument is the smaller one
        phi, psi, q1, q2 = psi, phi, q2, q1
    product = phi.expression * psi.expression.subs(X, sign * sympy.sqrt(q2 / q1) * X)
    return gaussian_grid(
        integrand_of(activation(product)), as_ball(q1, bits + 40), bits
    ).expectation()


def _exact_variance(value: object) -> sympy.Expr | None:
    """Return an exact variance; balls of radius zero are exact, as midpoints of others are."""
    from symprop.numerics.evaluation import as_exact

    if isinstance(value, arb):
        if not (value.is_exact() and value.is_finite()) or is_astronomical(value):
            return None
        mantissa, exponent = (int(part) for part in value.man_exp())
        return sympy.Integer(mantissa) * sympy.Integer(2) ** exponent
    return as_exact(value, "variances")
