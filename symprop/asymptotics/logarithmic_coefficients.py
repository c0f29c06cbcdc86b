"""Series in powers of z whose coefficients are functions of ``log z``, of any kind.

A power-log series has whole powers of the logarithm only; here a coefficient may be a real power,
a quotient or a nested logarithm of ``log z``. It is an element of a field that is closed under
the derivative, so that everything that needs products and derivatives stays exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy

from symprop.asymptotics.exact_fields import ExactField
from symprop.asymptotics.power_log_series import PowerLogSeries
from symprop.asymptotics.scalars import ExactScalars, ExpressionScalars
from symprop.foundation.errors import OutOfDomain, expected

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LOG", "LogExactScalars", "LogReadingScalars", "log_exact_series"]

LOG = sympy.Symbol("L", positive=True)
"""The logarithm of the large variable."""

_MOST_DERIVATIVES = 8


@dataclass(frozen=True)
class LogReadingScalars(ExpressionScalars):
    """SymPy expressions in `LOG`, for reading a formula."""

    @property
    def large_logarithm(self) -> sympy.Expr:
        """`LOG`."""
        return LOG

    def log_derivative(self, coefficient: sympy.Expr) -> sympy.Expr:
        """Return the derivative by `LOG`."""
        return sympy.diff(coefficient, LOG)

    def taylor(
        self, function: sympy.Expr, variable: sympy.Symbol, point: sympy.Expr, order: int
    ) -> sympy.Expr:
        """Return a Taylor coefficient; what depends on `LOG` must have a finite limit."""
        if point.has(LOG) and not sympy.limit(point, LOG, sympy.oo).is_finite:
            raise OutOfDomain(expected("argument", f"of {function} to have a limit", point))
        return super().taylor(function, variable, point, order)


@dataclass(frozen=True)
class LogExactScalars(ExactScalars):
    """Elements of a field that holds `LOG` and is closed under the derivative by it."""

    @property
    def large_logarithm(self) -> Any:
        """`LOG` as an element."""
        return self.exponents.element(LOG)

    @cached_property
    def _slopes(self) -> list[tuple[Any, Any]]:
        """Generators that depend on `LOG`, with their derivatives."""
        field = self.exponents
        return [
            (field.element(generator), field.element(sympy.diff(generator, LOG)))
            for generator in field.generators
            if generator.has(LOG)
        ]

    def log_derivative(self, coefficient: Any) -> Any:
        """Return the derivative by `LOG`, by the chain rule."""
        return sum(
            (coefficient.diff(generator) * slope for generator, slope in self._slopes),
            self.exponents.zero,
        )


def log_exact_series(
    series: PowerLogSeries, given: Mapping[sympy.Symbol, sympy.Expr]
) -> PowerLogSeries:
    """Return a series read with `LogReadingScalars` over a field closed under the derivative.

    Raises
    ------
    OutOfDomain
        If no such field is found.
    """
    old = series.scalars.exponents
    found = [LOG, *(coefficient for _, block in series.blocks for coefficient in block)]
    found += [old.expression(exponent) for exponent, _ in series.blocks]
    for _ in range(_MOST_DERIVATIVES):
        field = ExactField(found, given)
        slopes = [sympy.diff(g, LOG) for g in field.generators if g.has(LOG)]
        longer = ExactField([*field.generators, *slopes], given)
        if set(longer.generators) == set(field.generators):
            break
        found = [*field.generators, *slopes]
    else:
        raise OutOfDomain(expected("increment", "to have coefficients of a simpler kind", found))
    scalars = LogExactScalars(field)
    items = [
        (field.element(old.expression(exponent)), tuple(field.element(c) for c in block))
        for exponent, block in series.blocks
    ]
    return PowerLogSeries.of(scalars, items, series.cutoff)
