"""Products of slowly varying factors: ``y_{l+1} = g_l y_l``, by the expansion of ``log y``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import mpmath
import sympy
from flint import arb, fmpq

from symprop.asymptotics.drives import (
    Drive,
    drive_exponents,
    drive_of,
    indefinite_sum,
    reading_scalars,
    solving_scalars,
)
from symprop.asymptotics.exact_fields import ExactField
from symprop.asymptotics.expansion_arguments import check_order, read_formula, read_samples
from symprop.asymptotics.expansions import INDEX, Expansion, FreeConstant, terms_of
from symprop.asymptotics.matching import series_ball
from symprop.asymptotics.scalars import BallScalars
from symprop.asymptotics.series_reading import converted, exponents_within, read_series
from symprop.foundation.errors import OutOfDomain, expected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from symprop.asymptotics.power_log_series import PowerLogSeries
    from symprop.asymptotics.scalars import Scalars

__all__ = ["ProductRecurrence", "product_expansion"]

C = sympy.Symbol("C", real=True)


@dataclass(frozen=True)
class ProductRecurrence:
    """``y_{l+1} = g y_l`` with g in terms of the index and of a driving solution.

    Parameters
    ----------
    increment : sympy.Expr
        g.
    drive : Drive
        What g depends on.
    known_to : sympy.Expr or None
        Exponent of X from which on g is unknown.
    given : mapping
        Sample values of the symbols in exponents.
    """

    increment: sympy.Expr
    drive: Drive
    known_to: sympy.Expr | None = None
    given: dict[sympy.Symbol, sympy.Expr] = field(default_factory=dict)

    @property
    def first_depth(self) -> int:
        """Layer at which matching begins."""
        return 128

    def exponents(self) -> list[sympy.Expr]:
        """Return what the exponents of the factor are made of."""
        known = [] if self.known_to is None else [self.known_to]
        within = exponents_within(self.increment, self.drive.symbols)
        return [*within, *drive_exponents(self.drive), *known]

    def log_factor(
        self,
        scalars: Scalars,
        window: fmpq,
        values: Mapping[sympy.Symbol, object] | None = None,
    ) -> PowerLogSeries:
        """Return ``log g`` in X."""
        bindings = self.drive.bindings(scalars, window, values)
        read = read_series(self.increment, bindings, scalars, window)
        if self.known_to is not None:
            read = read.truncated(scalars.exponents.size(scalars.exponents.element(self.known_to)))
        size = read.size()
        if size is None:
            raise OutOfDomain(expected("factor", "not to vanish", self.increment))
        return (read if read.cutoff is not None else read.truncated(size - window)).log()

    def log_product(self, window: fmpq) -> PowerLogSeries:
        """Return the logarithm of the product, with field coefficients."""
        read = self.log_factor(reading_scalars(self.exponents(), self.given), window)
        scalars = solving_scalars([read], [self.drive.step], self.given)
        return indefinite_sum(converted(read, scalars), scalars.coefficient(self.drive.step))

    def constant_from(
        self, values: Mapping[sympy.Symbol, object], terms: int, bits: int
    ) -> Callable[[int, arb], arb]:
        """Return the map from layer and value to C, by a long expansion in balls."""
        scalars = BallScalars(ExactField(self.exponents(), self.given), bits, values)
        factor = self.log_factor(scalars, fmpq(max(4, terms // 2)), values)
        logarithm = indefinite_sum(factor, scalars.coefficient(self.drive.step))

        def constant(layer: int, value: arb) -> arb:
            position = self.drive.position(values, layer, bits)
            return value * (-series_ball(logarithm, position)).exp()

        return constant

    def exact_orbit(
        self,
        values: Mapping[sympy.Symbol, object],
        start: mpmath.mpf,
        bits: int,
        drive_start: mpmath.mpf | None = None,
    ) -> Iterator[mpmath.mpf] | None:
        """Return the products from layer 0 on if the factor is exact and the drive can be run."""
        if self.known_to is not None:
            return None
        product = sympy.Dummy("y")
        image = product * self.increment
        return self.drive.stepped(image, product, values, start, drive_start, bits)


def product_expansion(
    factor: sympy.Expr | str,
    *,
    order: int = 4,
    drive: Expansion | None = None,
    drive_symbol: sympy.Symbol | None = None,
    known_to: object = None,
    given: Mapping[sympy.Symbol, object] | None = None,
) -> Expansion:
    r"""Return the expansion of the solutions of ``y_{l+1} = g_l y_l``.

    .. math:: \log y_l = \log C + S(X), \qquad S(X + h) - S(X) = \log g

    Parameters
    ----------
    factor : sympy.Expr or str
        g, in `INDEX` (the symbol ``l``) and the driving unknown: positive for large l.
    order : int
        How many powers of X to return in the logarithm.
    drive : Expansion, optional
        A slow solution on which g depends, from `autonomous_expansion`.
    drive_symbol : sympy.Symbol, optional
        Its symbol in g; by default the unknown of its recurrence.
    known_to : number, optional
        Exponent of X from which on g is unknown.
    given : mapping, optional
        Sample values for symbols in exponents.

    Returns
    -------
    Expansion
        With ``factor`` the terms of S, and one constant C.

    Raises
    ------
    OutOfDomain
        If g does not stay positive.

    Conventions
    -----------
    S has no constant term, so that ``C = lim y_l exp(-S)``.

    Error
    -----
    Exact coefficients; the remainder is given by its order only.

    Source
    ------
    Euler, Maclaurin. residual, Lemma C.10.

    Examples
    --------
    >>> product_expansion(1 + 1 / sympy.sqrt(INDEX), order=2)
    Expansion(C*exp(2*sqrt(l) - log(l)/2 + O(1/sqrt(l))))
    """
    check_order(order)
    samples, driving = read_samples("given", given), drive_of(drive, drive_symbol)
    expression = read_formula("factor", factor, [INDEX, *driving.symbols, *samples])
    known = None if known_to is None else read_formula("known_to", known_to, samples)
    problem = ProductRecurrence(expression, driving, known, samples)
    window = fmpq(order)
    series = problem.log_product(window)
    for _ in range(order + 3):
        if len(series.blocks) > order:
            break
        window += 1
        series = problem.log_product(window)
    _require_positive(problem, series)
    terms, remainder = terms_of(series, order)
    if drive is None and known is None and len(series.blocks) <= order:
        logarithm = sympy.Add(*(term.at(INDEX) for term in terms))
        ratio = sympy.exp(logarithm.subs(INDEX, INDEX + 1) - logarithm) / expression
        remainder = None if sympy.simplify(ratio - 1) == 0 else remainder
    constants = () if drive is None else drive.constants
    return Expansion(
        (),
        problem.drive.scale,
        (FreeConstant(C, "lim y_l exp(-S(l)), S the logarithm without constant term"), *constants),
        None,
        () if drive is None else drive.hypotheses,
        factor=terms,
        factor_constant=C,
        factor_remainder=remainder,
        problem=problem,
    )


def _require_positive(problem: ProductRecurrence, series: PowerLogSeries) -> None:
    for _, block in series.blocks:
        for coefficient in block:
            value: Any = series.scalars.exponents.expression(coefficient)
            if value.is_real is False:
                raise OutOfDomain(expected("factor", "to be positive", problem.increment))
