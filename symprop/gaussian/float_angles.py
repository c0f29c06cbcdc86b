r"""Dual kernels of activations broken only at 0, as one float64 polynomial in the angle.

Let the two pieces be exponential polynomials, so entire, with
:math:`|\phi_\pm(z)|, |\psi_\pm(z)| \le \Phi(|z|)`. In polar coordinates the kernel at
:math:`\rho = \cos t` is a sum over the four pairs of signs,

.. math:: \kappa = \frac1{2\pi} \sum \int d\omega \int_0^\infty r e^{-r^2/2}
    \phi_\pm(\sqrt{q_1}\, r \cos\omega)\, \psi_\pm(\sqrt{q_2}\, r \cos(\omega - t))\, dr ,

each over a segment between two of :math:`\pm\pi/2, t \pm \pi/2`. The segments move with t
into the complex plane, so :math:`\kappa` is an entire function of the angle, although as
a function of :math:`\rho` it is singular at both ends. On the ellipse with foci
:math:`0, \pi` and half axes a, b the segments have total length
:math:`2(|t| + |\pi - t|) = 4a`, and the cosines are at most :math:`\cosh b`; hence

.. math:: |\kappa| \le \frac{2a}{\pi} \int_0^\infty r e^{-r^2/2}\,
    \Phi(\sqrt{q_1}\, r \cosh b)\, \Phi(\sqrt{q_2}\, r \cosh b)\, dr .
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy
from flint import arb

from symprop.foundation.errors import NoClosedForm
from symprop.gaussian.float_kernels import FloatKernel
from symprop.numerics.approximation import Panel, certified_panel
from symprop.numerics.chebyshev import chebyshev_from_powers
from symprop.numerics.evaluation import as_ball
from symprop.numerics.horner import evaluate_polynomial
from symprop.numerics.precision import working_bits
from symprop.numerics.quadrature import magnitude_bits
from symprop.specs.expression import X

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symprop.gaussian.float_tables import Enclosing
    from symprop.gaussian.float_tile import Array, Tile
    from symprop.specs.activations import Activation

__all__ = ["AngleKernel", "angle_kernel"]

_CENTRE = math.pi / 2
_HALF = math.pi / 2 * (1 + 2.0**-50)  # the local variable stays inside [-1, 1] up to fl(pi)
_SCALE = 1 / _HALF
_RATIOS = (1.5, 1.75, 2.0, 2.25, 2.5, 3.0, 3.5, 4.0)
_MOST_NODES = 120
_ACCURACY = 56  # bits below the scale
_GUARD = 30
_ELEMENTARY = 4 * 2.0**-52  # relative error of NumPy's arccos, as promised

Term = tuple[float, int, float]  # bounds of |c| and |l|, and p, of a term c x^p exp(l x)


@dataclass(frozen=True)
class AngleKernel(FloatKernel):
    """A kernel as a polynomial in ``arccos(rho)``.

    Attributes
    ----------
    value : Panel
        In the angle, shifted and scaled to [-1, 1].
    error : float
        Bound of the absolute error of every value.
    variances : tuple of float
        Carried along.
    source : callable
        ``(rho, bits)`` to a ball of the kernel.
    terms : tuple
        What bounds the pieces.
    single : bool
        Whether the kernel is that of one activation at one variance.
    """

    value: Panel
    error: float
    variances: tuple[float, float]
    source: Enclosing
    terms: tuple[tuple[Term, ...], tuple[Term, ...]]
    single: bool

    def fill(self, tile: Tile) -> None:
        """Write the kernel of one tile into ``tile.out``."""
        if tile.gap is None:
            np.arccos(tile.rho, out=tile.first)
        else:
            tile.angle(tile.first)
        _evaluate(self.value, tile.first, tile.out)

    @cached_property
    def curvature(self) -> tuple[Panel, float]:
        """``(kappa(1) - kappa)/t**2`` in the angle t, and a lower bound of it for rho >= 0."""
        if not self.single:
            raise NoClosedForm(
                "Expected one activation at one variance for `deficit` but got a pair."
            )
        bits = _bits(self.source) + _GUARD
        with working_bits(2 * bits):
            end = self.source(arb(1), bits)
            # D is concave in 1 - rho, and (1 - cos t)/t^2 >= 4/pi^2 up to the right angle
            least = (end - self.source(arb(0), bits)) * 4 / arb.pi() ** 2

            def function(s: arb) -> arb:
                angle = _angle(s)
                return (end - self.source(angle.cos(), bits + _GUARD)) / (angle * angle)

            bounds = []
            for ratio in _RATIOS:
                across, size = _ellipse_bound(self.terms, self.variances, ratio)
                nearest = across - arb(_HALF)  # from the focus 0 to the ellipse
                bounds.append((ratio, (size + end) / nearest**2))
            ratio, bound = _cheapest(bounds, float(least) * 2.0**-_ACCURACY)
            error = float(least) * 2.0**-_ACCURACY
            panel = certified_panel(function, ratio, bound, error, rounded=True, bits=2 * bits)
        return panel, float(least.lower())

    @property
    def deficit_error(self) -> float:
        """Bound of the relative error of `deficit` where ``rho >= 0``."""
        panel, least = self.curvature
        return (panel.error + _moved(panel)) / least + 3 * _ELEMENTARY

    def fill_deficit(self, tile: Tile) -> None:
        """Write ``kappa(1) - kappa(rho)`` of one tile into ``tile.out``."""
        tile.angle(tile.first)
        np.multiply(tile.first, tile.first, out=tile.second)
        _evaluate(self.curvature[0], tile.first, tile.out)
        tile.out *= tile.second


def _evaluate(panel: Panel, angle: Array, out: Array) -> None:
    """Write the polynomial at ``angle``, which is lost."""
    angle -= _CENTRE
    angle *= _SCALE
    evaluate_polynomial(panel.coefficients, angle, out)


def angle_kernel(
    phi: Activation,
    psi: Activation,
    variances: tuple[Any, Any],
    enclose: Enclosing,
) -> AngleKernel | None:
    """Return the kernel as a polynomial in the angle, None where this does not apply.

    Parameters
    ----------
    phi, psi : Activation
        Broken at 0 or nowhere, with exponential polynomials for pieces.
    variances : pair of numbers
        ``(q1, q2)``.
    enclose : callable
        ``(rho, bits)`` to a ball around ``kappa(rho)`` with about ``bits`` absolute bits.

    Returns
    -------
    AngleKernel or None

    Error
    -----
    Enclosed, given that NumPy's arccos errs by at most four units in the last place.
    """
    first, second = _terms(phi), _terms(psi)
    if first is None or second is None:
        return None
    balls = [as_ball(q, 80, "variances") for q in variances]
    pair = (float(balls[0].mid()), float(balls[1].mid()))
    bits = _bits(enclose)
    with working_bits(2 * bits):
        target = float(enclose(arb(1), bits).abs_upper()) * 2.0**-_ACCURACY
        bounds = [(ratio, _ellipse_bound((first, second), pair, ratio)[1]) for ratio in _RATIOS]
        ratio, bound = _cheapest(bounds, target)
        if _nodes(ratio, bound, target) > _MOST_NODES:
            return None
        panel = certified_panel(
            lambda s: enclose(_angle(s).cos(), bits),
            ratio,
            bound,
            target,
            rounded=True,
            bits=2 * bits,
        )
    single = phi == psi and variances[0] == variances[1]
    error = panel.error + _moved(panel)
    return AngleKernel(panel, error, pair, enclose, (first, second), single)


def _moved(panel: Panel) -> float:
    """Bound what the error of the angle, at most that of pi, does to the polynomial."""
    derivative = [k * arb(c) for k, c in enumerate(panel.coefficients)][1:]
    with working_bits(80):
        slope = sum((abs(c) for c in chebyshev_from_powers(derivative)), arb(0))
        return float((slope * arb(_SCALE) * arb.pi() * _ELEMENTARY).upper())


def _angle(s: arb) -> arb:
    return arb(_CENTRE) + s / arb(_SCALE)


def _bits(enclose: Enclosing) -> int:
    return _ACCURACY + _GUARD + abs(int(magnitude_bits(enclose(arb(1), 64))))


def _terms(phi: Activation) -> tuple[Term, ...] | None:
    """Return the moduli of all terms ``c x^p exp(l x)`` of the pieces, None for other pieces."""
    if any(point != 0 for point in phi.breakpoints):
        return None
    found: list[Term] = []
    for piece in phi.pieces:
        for term in sympy.Add.make_args(sympy.expand(piece.expression)):
            if term == 0:
                continue
            coefficient, rest = term.as_independent(X, as_Add=False)
            power, rate = 0, sympy.S.Zero
            for factor in sympy.Mul.make_args(rest):
                base, exponent = factor.as_base_exp()
                if base == X and exponent.is_Integer and exponent >= 0:
                    power += int(exponent)
                elif factor.func is sympy.exp and sympy.diff(factor.args[0], X, 2) == 0:
                    rate += sympy.diff(factor.args[0], X)
                    coefficient *= sympy.exp(factor.args[0].subs(X, 0))
                elif factor != 1:
                    return None
            found.append((_above(coefficient), power, _above(rate)))
    return tuple(found)


def _above(value: sympy.Expr) -> float:
    """Return a float64 not below ``|value|``."""
    size = as_ball(value, 80).abs_upper()
    return 0.0 if size.is_zero() else math.nextafter(float(size), math.inf)


def _ellipse_bound(
    terms: tuple[Sequence[Term], Sequence[Term]], variances: tuple[float, float], ratio: float
) -> tuple[arb, arb]:
    """Return the long half axis of the ellipse, and a bound of the kernel on it."""
    across = arb(_HALF) * (arb(ratio) + 1 / arb(ratio)) / 2
    stretch = (arb(_HALF) * (arb(ratio) - 1 / arb(ratio)) / 2).cosh()
    reach = [arb(q).sqrt() * stretch for q in variances]
    total = arb(0)
    for c, p, rate in terms[0]:
        for d, n, other in terms[1]:
            growth = arb(rate) * reach[0] + arb(other) * reach[1]
            total += arb(c) * arb(d) * reach[0] ** p * reach[1] ** n * _radial(p + n + 1, growth)
    return across, (2 * across / arb.pi() * total).upper()


def _radial(power: int, rate: arb) -> arb:
    """Bound ``int_0^oo r^n exp(l r - r^2/2) dr`` by completing the square, ``r <= l + |r - l|``."""
    moment = arb(0)
    for k in range(power + 1):
        absolute = arb(2) ** (arb(k) / 2) * (arb(k + 1) / 2).gamma() / arb.pi().sqrt()
        moment += math.comb(power, k) * rate ** (power - k) * absolute
    return (rate * rate / 2).exp() * (2 * arb.pi()).sqrt() * moment


def _nodes(ratio: float, bound: arb, target: float) -> float:
    return (magnitude_bits(bound) - math.log2(target) + 2) / math.log2(ratio)


def _cheapest(bounds: Sequence[tuple[float, arb]], target: float) -> tuple[float, arb]:
    return min(bounds, key=lambda item: _nodes(item[0], item[1], target))
