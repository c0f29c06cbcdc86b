"""Coefficients that are polynomials in a formal small number: Taylor series without derivatives.

A function ``G(e* + eps, u)`` is read once with coefficients in eps; its Taylor coefficients in e
come out together. Their symbolic derivatives would double in size with each order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import comb
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb, arb_poly

from symprop.asymptotics.power_log_series import PowerLogSeries
from symprop.asymptotics.scalars import ConstantCoefficients
from symprop.asymptotics.series_reading import read_series

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flint import fmpq

    from symprop.asymptotics.exact_fields import ExactField
    from symprop.asymptotics.scalars import BallScalars

__all__ = ["Jet", "JetScalars"]


@dataclass(frozen=True)
class Jet:
    """``polynomial(eps) + O(eps**(order + 1))``.

    Parameters
    ----------
    polynomial : arb_poly
    order : int
        Highest power of eps that is kept.

    Examples
    --------
    >>> jet = Jet.of([1, 1], 3)
    >>> [int(c.unique_fmpz()) for c in (1 / jet).coefficients]
    [1, -1, 1, -1]
    """

    polynomial: arb_poly
    order: int

    @classmethod
    def of(cls, coefficients: Sequence[arb | int], order: int) -> Jet:
        """Return the jet with these coefficients, cut off behind ``order``."""
        return cls(arb_poly(list(coefficients[: order + 1])), order)

    @property
    def coefficients(self) -> list[arb]:
        """Coefficients of ``eps**0, ..., eps**order``."""
        found = self.polynomial.coeffs()
        return [*found, *[arb(0)] * (self.order + 1 - len(found))]

    @property
    def value(self) -> arb:
        """The value at ``eps = 0``."""
        return self.polynomial[0]

    def _lifted(self, other: Any) -> arb_poly:
        return other.polynomial if isinstance(other, Jet) else arb_poly([other])

    def __add__(self, other: Any) -> Jet:
        return Jet(self.polynomial + self._lifted(other), self.order)

    __radd__ = __add__

    def __neg__(self) -> Jet:
        return Jet(-self.polynomial, self.order)

    def __sub__(self, other: Any) -> Jet:
        return Jet(self.polynomial - self._lifted(other), self.order)

    def __rsub__(self, other: Any) -> Jet:
        return (-self).__add__(other)

    def __mul__(self, other: Any) -> Jet:
        product = self.polynomial * self._lifted(other)
        if len(product) <= self.order + 1:
            return Jet(product, self.order)
        return Jet.of(product.coeffs(), self.order)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Jet:
        if isinstance(other, Jet):
            return self.__mul__(other.inverse())
        return self.__mul__(1 / arb(other))

    def __rtruediv__(self, other: Any) -> Jet:
        return self.inverse().__mul__(other)

    def inverse(self) -> Jet:
        """Return the reciprocal."""
        inverse = 1 / self.value
        found: list[arb] = []
        own = self.coefficients
        for n in range(self.order + 1):
            tail = sum((own[k] * found[n - k] for k in range(1, n + 1)), arb(0))
            found.append(((1 if n == 0 else 0) - tail) * inverse)
        return Jet.of(found, self.order)

    def relative(self) -> Jet:
        """Return the jet over its value."""
        return Jet(self.polynomial * (1 / self.value), self.order)

    def composed(self, taylor: Sequence[arb]) -> Jet:
        """Return ``sum_n taylor[n] (self - self.value)**n``."""
        small = self - self.value
        result = Jet.of([0], self.order)
        for coefficient in reversed(taylor[: self.order + 1]):
            result = result * small + coefficient
        return result


@dataclass(frozen=True)
class JetScalars(ConstantCoefficients):
    """Jets over balls, as coefficients of a power-log series.

    Parameters
    ----------
    balls : BallScalars
        Arithmetic of the coefficients of a jet.
    order : int
        Highest power of eps that is kept.
    """

    balls: BallScalars
    order: int
    _known: dict[Any, list[arb]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def exponents(self) -> ExactField:
        """The field of the exponents."""
        return self.balls.exponents

    def embed(self, exponent: Any) -> arb:
        """Return an exponent as a ball."""
        return self.balls.embed(exponent)

    def coefficient(self, expression: sympy.Expr) -> Jet:
        """Return a constant expression."""
        return self.tidy(self.balls.coefficient(expression))

    def power(self, coefficient: Jet, exponent: Any) -> Jet:
        """Return a power, by the binomial series."""
        rate, binomial, found = self.embed(exponent), arb(1), []
        for n in range(self.order + 1):
            found.append(binomial)
            binomial = binomial * (rate - n) / (n + 1)
        head = self.balls.power(coefficient.value, exponent)
        return coefficient.relative().composed([head * c for c in found])

    def log(self, coefficient: Jet) -> Jet:
        """Return the logarithm of a jet with positive value."""
        head = coefficient.value.log()
        found = [head, *(arb((-1) ** (n + 1)) / n for n in range(1, self.order + 1))]
        return coefficient.relative().composed(found)

    def tidy(self, coefficient: Jet | arb) -> Jet:
        """Return a jet: balls are jets that are constant."""
        return coefficient if isinstance(coefficient, Jet) else Jet.of([coefficient], self.order)

    def is_zero(self, coefficient: Jet) -> bool:
        """Whether a jet is zero up to rounding."""
        return self.balls.is_zero(coefficient.polynomial)

    def taylor(self, function: sympy.Expr, variable: sympy.Symbol, point: Jet, order: int) -> Jet:
        """Return one Taylor coefficient at a jet; ``variable`` stands for one point only."""
        wanted = order + self.order + 1
        known = self._known.get((function, variable), [])
        if len(known) < wanted:
            known = self._taylor(function, variable, point.value, 2 * wanted)
            self._known[function, variable] = known
        found = [known[order + k] * comb(order + k, k) for k in range(self.order + 1)]
        return point.composed(found)

    def _taylor(
        self, function: sympy.Expr, variable: sympy.Symbol, point: arb, count: int
    ) -> list[arb]:
        """Return Taylor coefficients; by those of the derivative where that is elementary."""
        head = self.balls.taylor(function, variable, point, 0)
        slope = sympy.diff(function, variable)
        if slope == function:
            found = [head]
            for n in range(1, count):
                found.append(found[-1] / n)
            return found
        if any(not isinstance(part, sympy.exp) for part in slope.atoms(sympy.Function)):
            return [self.balls.taylor(function, variable, point, n) for n in range(count)]
        longer = JetScalars(self.balls, count - 2)
        moving = longer.series(Jet.of([point, 1], count - 2))
        read = read_series(slope, {variable: moving}, longer, self.exponents.rational(1))
        block = read.block(self.exponents.zero)
        slopes = block[0].coefficients if block else [arb(0)] * (count - 1)
        return [head, *(slope / n for n, slope in enumerate(slopes, start=1))]

    def series(self, jet: Jet) -> PowerLogSeries:
        """Return a jet as a series without the large variable."""
        return PowerLogSeries.of(self, [(self.exponents.zero, (jet,))], None)

    def lifted(self, series: PowerLogSeries) -> PowerLogSeries:
        """Return a series over balls as one over jets."""
        return PowerLogSeries.of(self, series.blocks, series.cutoff)

    def separated(self, series: PowerLogSeries) -> list[PowerLogSeries]:
        """Return the series over balls before ``eps**0, ..., eps**order``."""
        found: list[list[tuple[Any, tuple[arb, ...]]]] = [[] for _ in range(self.order + 1)]
        for exponent, block in series.blocks:
            columns = zip(*(jet.coefficients for jet in block), strict=True)
            for items, column in zip(found, columns, strict=True):
                items.append((exponent, column))
        cutoff: fmpq | None = series.cutoff
        return [PowerLogSeries.of(self.balls, items, cutoff) for items in found]
