"""What drives a recurrence: the layer index itself, or a slow solution of another recurrence.

Everything is expressed in the large variable X of the drive, which grows by a fixed step a layer:
``X = l`` for the index, ``X = h (l + K)`` for a slow autonomous solution.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb, fmpq

from symprop.asymptotics.autonomous import AutonomousRecurrence, slow_series
from symprop.asymptotics.exact_fields import ExactField
from symprop.asymptotics.expansion_arguments import check_symbol
from symprop.asymptotics.expansions import INDEX, Expansion
from symprop.asymptotics.power_log_series import PowerLogSeries
from symprop.asymptotics.scalars import BallScalars, ExactScalars, ExpressionScalars, constant_ball
from symprop.asymptotics.series_reading import converted
from symprop.foundation.errors import InvalidArgument, expected
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball, compile_ball

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import mpmath

    from symprop.asymptotics.scalars import Scalars

__all__ = ["Drive", "drive_of", "indefinite_sum"]


@dataclass(frozen=True)
class Drive:
    """A symbol and the expansion it stands for; no expansion means the index alone.

    Parameters
    ----------
    symbol : sympy.Symbol or None
        The driving unknown.
    expansion : Expansion or None
        Its expansion, from `autonomous_expansion`.
    """

    symbol: sympy.Symbol | None = None
    expansion: Expansion | None = None

    @property
    def scale(self) -> sympy.Expr:
        """X in terms of the index."""
        return INDEX if self.expansion is None else self.expansion.scale

    @property
    def step(self) -> sympy.Expr:
        """How much X grows in a layer."""
        return sympy.Integer(1) if self.expansion is None else sympy.diff(self.scale, INDEX)

    @property
    def symbols(self) -> set[sympy.Symbol]:
        """Symbols that vary with the layer."""
        return {INDEX} if self.symbol is None else {INDEX, self.symbol}

    def exact_series(self, window: fmpq) -> PowerLogSeries | None:
        """Return the driving solution in X, with field coefficients."""
        return self._series(ExactScalars, window)

    def _series(self, scalars_of: Any, window: fmpq) -> PowerLogSeries | None:
        if self.expansion is None:
            return None
        problem: AutonomousRecurrence = self.expansion.problem
        series, _, _ = slow_series(problem, scalars_of, window)
        if problem.at is not sympy.oo and problem.at != 0:
            series = series + PowerLogSeries.constant(series.scalars, problem.at)
        return series

    def bindings(
        self, scalars: Scalars, window: fmpq, values: Mapping[sympy.Symbol, object] | None = None
    ) -> dict[sympy.Symbol, PowerLogSeries]:
        """Return the series of the index and of the driving solution, in X."""
        variable = PowerLogSeries.monomial(scalars, 1)
        if self.expansion is None:
            return {INDEX: variable}
        shift = sympy.expand(self.scale / self.step - INDEX)
        inverse = scalars.coefficient(1 / self.step)
        index = variable.scaled(inverse) - PowerLogSeries.constant(scalars, shift)
        if isinstance(scalars, BallScalars):
            bits, table = scalars.bits, dict(values or {})
            own = self._series(lambda field: BallScalars(field, bits, table), window)
        else:
            own = self._series(ExactScalars, window)
        assert own is not None
        assert self.symbol is not None
        return {INDEX: index, self.symbol: _moved(own, scalars)}

    def orbit(
        self, values: Mapping[sympy.Symbol, object], start: mpmath.mpf | None, bits: int
    ) -> Iterator[dict[sympy.Symbol, arb]] | None:
        """Return the values of the symbols in layers 0, 1, ..., unless the drive is not known."""
        if self.expansion is None:
            return ({INDEX: arb(layer)} for layer in count())
        run = None if start is None else self.expansion.problem.exact_orbit(values, start, bits)
        if run is None:
            return None
        assert self.symbol is not None
        symbol = self.symbol
        return ({INDEX: arb(n), symbol: as_ball(value, bits)} for n, value in enumerate(run))

    def stepped(
        self,
        image: sympy.Expr,
        unknown: sympy.Symbol,
        values: Mapping[sympy.Symbol, object],
        start: mpmath.mpf,
        drive_start: mpmath.mpf | None,
        bits: int,
    ) -> Iterator[mpmath.mpf] | None:
        """Return the orbit of ``unknown -> image`` along the drive, unless that cannot be run."""
        driving = self.orbit(values, drive_start, bits)
        if driving is None:
            return None
        moving = sorted(self.symbols, key=str)
        names = image.free_symbols - {unknown, *moving}
        constants = {symbol: constant_ball(symbol, values, bits) for symbol in names}
        step = compile_ball(image, [unknown, *moving, *constants])

        def run() -> Iterator[mpmath.mpf]:
            value = start
            for at in driving:
                yield value
                balls = (at[symbol] for symbol in moving)
                ball = step(as_ball(value, bits), *balls, *constants.values())
                value = Enclosure(ball.real).midpoint

        return run()

    def position(self, values: Mapping[sympy.Symbol, object], layer: int, bits: int) -> arb:
        """Return X at a layer."""
        return constant_ball(self.scale, {**values, INDEX: layer}, bits)


def _moved(series: PowerLogSeries, scalars: Scalars) -> PowerLogSeries:
    """Return a series over other scalars: exponents reread, balls kept."""
    if not isinstance(scalars, BallScalars):
        return converted(series, scalars)
    old, new = series.scalars.exponents, scalars.exponents
    items = [(new.element(old.expression(exponent)), block) for exponent, block in series.blocks]
    return PowerLogSeries.of(scalars, items, series.cutoff)


def drive_of(expansion: Expansion | None, symbol: sympy.Symbol | None) -> Drive:
    """Return a drive after checking that it is one.

    Raises
    ------
    InvalidArgument
        If the expansion is not of a slow autonomous recurrence, or its symbol is missing.
    """
    if expansion is None:
        return Drive()
    problem = getattr(expansion, "problem", None)
    if not isinstance(problem, AutonomousRecurrence) or problem.is_hyperbolic:
        condition = "to come from autonomous_expansion, with X linear in l"
        raise InvalidArgument(expected("drive", condition, expansion))
    return Drive(
        problem.variable if symbol is None else check_symbol("drive_symbol", symbol), expansion
    )


def drive_exponents(drive: Drive) -> list[sympy.Expr]:
    """Return what exponents of the driving solution are made of."""
    if drive.expansion is None:
        return []
    series = drive.exact_series(fmpq(2))
    assert series is not None
    return [series.scalars.exponents.expression(exponent) for exponent, _ in series.blocks]


def indefinite_sum(series: PowerLogSeries, step: Any) -> PowerLogSeries:
    r"""Return S with ``S(X + h) - S(X) = series``, without constant term.

    .. math:: S = \frac1h \int q - \frac q2 + \sum_{k\ge1} \frac{B_{2k} h^{2k-1}}{(2k)!} q^{(2k-1)}

    Parameters
    ----------
    series : PowerLogSeries
        q, truncated.
    step : coefficient
        h.

    Returns
    -------
    PowerLogSeries
        Right above its cutoff, which is one above that of q.
    """
    scalars = series.scalars
    total = series.primitive().scaled(1 / step) - series.scaled(scalars.coefficient(1) / 2)
    derivative, order, power = series.derivative(), 2, step
    while derivative.blocks and order < 400:
        bernoulli = sympy.bernoulli(order) / sympy.factorial(order)
        total = total + derivative.scaled(scalars.coefficient(bernoulli) * power)
        if total.cutoff is not None and derivative.size() is not None:
            derivative = derivative.derivative().derivative().truncated(total.cutoff)
        power, order = power * step * step, order + 2
    return _without_constant(total)


def _without_constant(series: PowerLogSeries) -> PowerLogSeries:
    zero = series.scalars.exponents.zero
    block = series.block(zero)
    if not block:
        return series
    rest = [(zero, (series.scalars.coefficient(0), *block[1:]))]
    return PowerLogSeries.of(series.scalars, [*series.without(zero).blocks, *rest], series.cutoff)


def solving_scalars(series: list[PowerLogSeries], extra: list[sympy.Expr], given: Any) -> Any:
    """Return exact scalars over everything that occurs in series with SymPy coefficients."""
    found = list(extra)
    for one in series:
        found += [one.scalars.exponents.expression(exponent) for exponent, _ in one.blocks]
        found += [coefficient for _, block in one.blocks for coefficient in block]
    return ExactScalars(ExactField(found, given))


def reading_scalars(exponents: list[sympy.Expr], given: Any) -> ExpressionScalars:
    """Return scalars for reading formulas with the exponents given."""
    return ExpressionScalars(ExactField(exponents, given))
