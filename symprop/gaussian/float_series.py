"""Dual kernels of analytic activations as one float64 polynomial in rho."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flint import arb

from symprop.foundation.errors import NoClosedForm, OutOfDomain, PrecisionNotReached
from symprop.gaussian.float_kernels import FloatKernel
from symprop.gaussian.grid import gaussian_grid
from symprop.gaussian.hermite import hermite_balls
from symprop.gaussian.integrand import Integrand, integrand_of
from symprop.numerics.approximation import Panel, certified_series
from symprop.numerics.evaluation import as_ball
from symprop.numerics.horner import evaluate_polynomial
from symprop.numerics.precision import working_bits
from symprop.numerics.quadrature import magnitude_bits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from symprop.gaussian.float_tile import Tile
    from symprop.specs.activation import Activation

__all__ = ["SeriesKernel", "series_kernel"]

_BITS = 72  # of the Hermite coefficients, relative to the size of the activation
_TAIL = 2.0**-55  # of the series, relative to its sum of moduli
_ORDERS = (24, 64, 128, 192, 288, 400)
_TRUNCATIONS = (2.0**-56, 2.0**-50)  # the second where the first costs more in rounding
_DIGITS = 38.0  # -log of the tail
_LARGEST_ERROR = 1e-14
_MOST_ATTEMPTS = 40


@dataclass(frozen=True)
class SeriesKernel(FloatKernel):
    """A smooth kernel as one economised polynomial in rho.

    Attributes
    ----------
    value : Panel
        The polynomial.
    error : float
        Bound of the absolute error of every value.
    variances : tuple of float
        Carried along.
    single : tuple or None
        Activation and exact variance, if the kernel is that of one; for `deficit`.
    """

    value: Panel
    error: float
    variances: tuple[float, float]
    single: tuple[Activation, Any] | None

    def fill(self, tile: Tile) -> None:
        """Write the kernel of one tile into ``tile.out``."""
        evaluate_polynomial(self.value.coefficients, tile.rho, tile.out, tile.first)

    @cached_property
    def slope(self) -> Panel:
        """``(kappa(1) - kappa(rho))/(1 - rho)``; its error is absolute.

        It equals ``sum_j rho**j (kappa(1) - sum_{k<=j} p_k)``, whose terms are not negative and
        add up to ``kappa'(1)`` at rho = 1.
        """
        if self.single is None:
            raise NoClosedForm(
                "Expected one activation at one variance for `deficit` but got a pair."
            )
        phi, variance = self.single
        ball = as_ball(variance, 4 * _BITS)
        integrand = integrand_of(phi)
        derivative = integrand_of(phi.weak_derivative().regular).squared()
        bits = _BITS + _lost_bits(integrand, ball)
        for order in _orders((integrand,), (variance,)):
            a, moment, _ = _coefficients(integrand, ball, order, bits)
            with working_bits(4 * bits):
                sums, rest = [], moment
                for term in a:
                    rest -= term * term
                    sums.append(rest)
                total = ball * gaussian_grid(derivative, ball, 2 * bits).expectation()
                beyond = (total - sum(sums, arb(0))).abs_upper()
                if beyond <= _TAIL * sums[0]:
                    truncation = _TRUNCATIONS[1] * float(sums[0].abs_upper())
                    return certified_series(sums, beyond, truncation)
        raise PrecisionNotReached(f"Expected a short series of the deficit of {phi.name}.")

    @property
    def deficit_error(self) -> float:
        """Bound of the relative error of `deficit` where ``rho >= 0``."""
        least = self.slope.coefficients[0] - self.slope.error  # the sum only grows with rho
        return self.slope.error / least + 2.0**-52

    def fill_deficit(self, tile: Tile) -> None:
        """Write ``kappa(1) - kappa(rho)`` of one tile into ``tile.out``."""
        evaluate_polynomial(self.slope.coefficients, tile.rho, tile.out, tile.first)
        tile.out *= tile.known_gap


def series_kernel(
    phi: Activation, psi: Activation, variances: tuple[Any, Any]
) -> SeriesKernel | None:
    """Return ``sum_k a_k b_k rho^k`` as one polynomial, None if it converges too slowly.

    Parameters
    ----------
    phi, psi : Activation
        The pair; only functions analytic on the whole line are tried.
    variances : pair of numbers
        ``(q1, q2)``.

    Returns
    -------
    SeriesKernel or None

    Error
    -----
    Enclosed, by Parseval's identity for the terms left out.
    """
    if phi.breakpoints or psi.breakpoints:
        return None
    first, second = integrand_of(phi), integrand_of(psi)
    one = phi == psi and variances[0] == variances[1]
    balls = [as_ball(q, 4 * _BITS) for q in variances]
    for order in _orders((first, second), variances):
        a, moment, tail = _coefficients(first, balls[0], order, _BITS)
        b, other, rest = a, moment, tail
        if not one:
            b, other, rest = _coefficients(second, balls[1], order, _BITS)
        with working_bits(3 * _BITS):
            scale = (moment * other).sqrt()
            remainder = (tail.abs_upper() * rest.abs_upper()).sqrt().upper()
            if remainder <= _TAIL * scale:
                products = [x * y for x, y in zip(a, b, strict=True)]
                panel = _economised(products, remainder, float(scale.abs_upper()))
                if panel is None:
                    return None
                numbers = [float(ball.mid()) for ball in balls]
                single = (phi, variances[0]) if one else None
                return SeriesKernel(panel, panel.error, (numbers[0], numbers[1]), single)
    return None


def _orders(integrands: Sequence[Integrand], variances: Sequence[Any]) -> Iterator[int]:
    """Yield orders to try, from a guess: coefficients fall like ``exp(-strip sqrt(2 k/q))``."""
    enough = 0.0
    for integrand, variance in zip(integrands, variances, strict=True):
        if integrand.strip:
            rate = 2 * min(integrand.strip, 8.0)
            needed = (_DIGITS / rate) ** 2 / 2 * float(as_ball(variance, 80).mid())
            enough = max(enough, needed)
    yield from (order for order in _ORDERS if order > 1.5 * enough)


def _economised(products: Sequence[arb], remainder: arb, scale: float) -> Panel | None:
    panels = []
    for truncation in _TRUNCATIONS:
        try:
            panels.append(certified_series(products, remainder, truncation * scale, rounded=True))
        except PrecisionNotReached:
            continue
    best = min(panels, key=lambda panel: panel.error, default=None)
    return best if best is not None and best.error <= _LARGEST_ERROR * scale else None


def _coefficients(
    integrand: Integrand, variance: arb, order: int, bits: int
) -> tuple[list[arb], arb, arb]:
    """Return ``(a_0..a_order, V, tail)`` with ``bits`` bits relative to the second moment."""
    for attempt in range(_MOST_ATTEMPTS):
        goal = 30 + 100 * attempt
        rough = gaussian_grid(integrand.squared(), variance, goal).expectation()
        if rough > 0:
            size = int(magnitude_bits(rough))
            return hermite_balls(integrand, variance, order, bits - min(0, size))
    raise OutOfDomain("Expected an activation that is not zero but got one with no moment.")


def _lost_bits(integrand: Integrand, variance: arb) -> int:
    """Return the bits lost by ``V - a_0^2``, at small variances."""
    for attempt in range(_MOST_ATTEMPTS):
        bits = 30 + 100 * attempt
        (mean,), moment, _ = _coefficients(integrand, variance, 0, bits)
        with working_bits(2 * bits + 40):
            rest = moment - mean * mean
            if rest > 0:
                return max(0, int(magnitude_bits(moment) - magnitude_bits(rest)) + 1)
    raise PrecisionNotReached("Expected an activation that is not constant but got one.")
