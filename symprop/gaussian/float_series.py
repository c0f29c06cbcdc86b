"""Dual kernels of analytic activations as one float64 polynomial in rho."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
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
    from symprop.specs.activations import Activation

__all__ = ["SeriesBalls", "SeriesKernel", "hermite_enclosure", "series_kernel"]

_BITS = 80  # of the Hermite coefficients, relative to the size of the activation
_TAIL = 2.0**-60  # of the series, relative to its sum of moduli
_ORDERS = (24, 64, 128, 192, 288, 400, 600, 900, 1300)
_TRUNCATIONS = (2.0**-56, 2.0**-50)  # the second where the first costs more in rounding
_DIGITS = 41.0  # -log of the tail
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
        for order in _orders((phi,), (variance,)):
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


@dataclass(frozen=True)
class SeriesBalls:
    """``(rho, bits)`` to the ball of a kernel, from so many terms of its Hermite series.

    A class that keeps no balls, so that what is made from it pickles.
    """

    phi: Activation
    psi: Activation
    variances: tuple[Any, Any]
    order: int

    def __call__(self, rho: arb, bits: int) -> arb:
        products, remainder, _ = _products(self.phi, self.psi, self.variances, self.order)
        with working_bits(max(bits, 3 * _BITS)):
            value = arb(0)
            for product in reversed(products):
                value = value * rho + product
            return arb(value, remainder)


def hermite_enclosure(
    phi: Activation, psi: Activation, variances: tuple[Any, Any]
) -> SeriesBalls | None:
    """Return the Hermite series if it converges to 17 digits on [-1, 1], else None.

    Parameters
    ----------
    phi, psi : Activation
        The pair; only functions analytic on the whole line are tried.
    variances : pair of numbers
        ``(q1, q2)``.

    Returns
    -------
    SeriesBalls or None

    Error
    -----
    Enclosed, by Parseval's identity for the terms left out.
    """
    if phi.breakpoints or psi.breakpoints:
        return None
    for order in _orders((phi, psi), variances):
        _, remainder, scale = _products(phi, psi, variances, order)
        if remainder <= _TAIL * scale:
            return SeriesBalls(phi, psi, variances, order)
    return None


def series_kernel(source: SeriesBalls) -> SeriesKernel | None:
    """Return a Hermite series as one polynomial, None if float64 would spoil it.

    Parameters
    ----------
    source : SeriesBalls
        From `hermite_enclosure`.

    Returns
    -------
    SeriesKernel or None

    Error
    -----
    Enclosed.
    """
    phi, psi, variances = source.phi, source.psi, source.variances
    products, remainder, scale = _products(phi, psi, variances, source.order)
    panel = _economised(products, remainder, float(scale.abs_upper()))
    if panel is None:
        return None
    numbers = [float(as_ball(q, 80).mid()) for q in variances]
    single = (phi, variances[0]) if phi == psi and variances[0] == variances[1] else None
    return SeriesKernel(panel, panel.error, (numbers[0], numbers[1]), single)


@lru_cache(maxsize=16)
def _products(
    phi: Activation, psi: Activation, variances: tuple[Any, Any], order: int
) -> tuple[tuple[arb, ...], arb, arb]:
    """Return ``a_k b_k``, a bound of the other terms' sum of moduli, and that of all terms."""
    balls = [as_ball(q, 4 * _BITS, "variances") for q in variances]
    a, moment, tail = _coefficients(integrand_of(phi), balls[0], order, _BITS)
    b, other, rest = a, moment, tail
    if phi != psi or variances[0] != variances[1]:
        b, other, rest = _coefficients(integrand_of(psi), balls[1], order, _BITS)
    with working_bits(3 * _BITS):
        remainder = (tail.abs_upper() * rest.abs_upper()).sqrt().upper()
        products = tuple(x * y for x, y in zip(a, b, strict=True))
        return products, remainder, (moment * other).sqrt()


def _orders(functions: Sequence[Activation], variances: Sequence[Any]) -> Iterator[int]:
    """Yield orders to try, from a guess: coefficients fall like ``exp(-strip sqrt(2 k/q))``."""
    enough = 0.0
    for phi, variance in zip(functions, variances, strict=True):
        strip = integrand_of(phi).strip
        if strip:
            needed = (_DIGITS / (2 * min(strip, 8.0))) ** 2 / 2
            enough = max(enough, needed * float(as_ball(variance, 80).mid()))
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
