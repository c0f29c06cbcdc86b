"""Free constants of an expansion, from the numbers of the recurrence itself.

The recurrence is run at high precision; the expansion is continued, with ball coefficients, to
many more terms than anyone would print; each layer then gives a value of the constant, and their
agreement along doubling depths tells how far it can be trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import mpmath
import sympy
from flint import arb

from symprop.asymptotics.expansion_arguments import check_mapping, check_order
from symprop.asymptotics.expansions import Expansion
from symprop.asymptotics.power_log_series import PowerLogSeries
from symprop.foundation.errors import (
    InvalidArgument,
    NoConvergence,
    OutOfDomain,
    PrecisionNotReached,
    expected,
)
from symprop.foundation.validation import check_callable, check_depth, check_dps, check_instance
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball, compile_ball
from symprop.numerics.precision import bits_from_dps, working_digits

__all__ = [
    "MatchedConstant",
    "Problem",
    "by_name",
    "compiled_step",
    "iterated",
    "match_constant",
    "series_ball",
]

Step = Callable[[mpmath.mpf], object]
_MORE_OF_THE_DRIVE = 6


@dataclass(frozen=True)
class MatchedConstant:
    """A free constant, with an error that is estimated and not proved.

    Parameters
    ----------
    symbol : sympy.Symbol
        The constant.
    value : mpmath.mpf
        From the deepest layer run.
    estimated_error : mpmath.mpf
        Change of the value over the last doubling of the depth.
    layers : int
        That depth.

    Conventions
    -----------
    The value carries the digits asked for.

    Error
    -----
    ``estimated_error`` compares two depths; it is not a bound.

    Examples
    --------
    >>> MatchedConstant(sympy.Symbol("K"), mpmath.mpf(2), mpmath.mpf("1e-20"), 128).layers
    128
    """

    symbol: sympy.Symbol
    value: mpmath.mpf
    estimated_error: mpmath.mpf
    layers: int

    @property
    def reached(self) -> str:
        """What was reached, for messages."""
        digits = max(0, int(-mpmath.log10(self.estimated_error))) if self.estimated_error else "all"
        shown = mpmath.nstr(self.value, 15)
        return f"{digits} were reached: {self.symbol} = {shown} from {self.layers} layers"


class Problem(Protocol):
    """A difference equation that knows its constant from one value of a solution."""

    @property
    def first_depth(self) -> int:
        """Layer at which matching begins: few where convergence is exponential."""

    def constant_from(
        self, values: Mapping[sympy.Symbol, object], terms: int, bits: int
    ) -> Callable[[int, arb], arb]:
        """Return the map from layer and value to the constant, by a long expansion."""

    def exact_orbit(
        self,
        values: Mapping[sympy.Symbol, object],
        start: mpmath.mpf,
        bits: int,
        drive_start: mpmath.mpf | None = None,
    ) -> Iterator[mpmath.mpf] | None:
        """Return the values from layer 0 on if the recurrence is known exactly."""


def match_constant(
    expansion: Expansion,
    start: object = None,
    *,
    drive_start: object = None,
    step: Step | None = None,
    orbit: Callable[[], Iterable[object]] | None = None,
    values: Mapping[Any, object] | None = None,
    dps: int = 20,
    terms: int = 24,
    layers: int = 20_000,
) -> MatchedConstant:
    """Return the free constant of the orbit that starts at ``start`` in layer 0.

    Parameters
    ----------
    expansion : Expansion
        From `autonomous_expansion`, `driven_expansion` or `product_expansion`.
    start : number, optional
        Value in layer 0; not needed with an orbit.
    drive_start : number, optional
        Value of the driving solution in layer 0: its constant is matched first. Without it, the
        constant of the drive must be among ``values``.
    step : callable, optional
        The recurrence, from one mpmath number to the next; needed when the expansion was made
        from a truncated increment.
    orbit : callable, optional
        Instead of ``step``: called at the working precision, it returns the values in layers
        0, 1, 2, ...
    values : mapping, optional
        Numbers for the symbols, by symbol or name.
    dps : int
        Digits after the point to agree between two depths.
    terms : int
        How far the expansion is continued, in its smallest steps.
    layers : int
        Largest depth.

    Returns
    -------
    MatchedConstant

    Raises
    ------
    InvalidArgument
        If the recurrence is not known, or a symbol has no value.
    PrecisionNotReached
        If ``layers`` layers do not give agreement; ``best`` is the last value.
    NoConvergence
        If the orbit leaves the domain or does not tend to the limit of the expansion.

    Conventions
    -----------
    The working precision is higher than asked for, and local.

    Error
    -----
    Estimated by the change over the last doubling of the depth; not proved.

    Source
    ------
    de Bruijn, Asymptotic Methods in Analysis, ch. 8.

    Examples
    --------
    >>> from symprop.asymptotics.autonomous import autonomous_expansion
    >>> u = sympy.Symbol("u", positive=True)
    >>> found = match_constant(autonomous_expansion(1 / u, u), 1)
    >>> mpmath.nstr(found.value, 12), bool(found.estimated_error < 1e-20)
    ('0.688284392429', True)
    """
    check_dps(dps)
    check_order(terms, "terms")
    check_depth(layers, "layers", minimum=256)
    problem = check_instance("expansion", expansion, Expansion).problem
    for name, function in (("step", step), ("orbit", orbit)):
        if function is not None:
            check_callable(name, function)
    if problem is None:
        raise InvalidArgument(expected("expansion", "to carry its recurrence", expansion))
    occurring = sympy.Tuple(problem.increment, expansion.scale, expansion.expression)
    table = by_name(check_mapping("values", values), occurring)
    digits = 2 * dps + 20
    bits = bits_from_dps(digits)
    if drive_start is not None:
        driving = match_constant(
            _drive(expansion),
            drive_start,
            values=values,
            dps=dps + 5,
            terms=terms + _MORE_OF_THE_DRIVE,
            layers=layers,
        )
        table[driving.symbol] = driving.value
    with working_digits(digits):
        run = _orbit(problem, start, drive_start, step, orbit, table, bits)
        constant_at = problem.constant_from(table, terms, bits)
        found = _doubling(run, constant_at, dps, (problem.first_depth, layers), bits)
    (symbol, *_) = (constant.symbol for constant in expansion.constants)
    with working_digits(dps):
        result = MatchedConstant(symbol, +found[0], +found[1], found[2])
    if not result.estimated_error < mpmath.mpf(10) ** (-dps):
        raise PrecisionNotReached(
            f"Expected {dps} digits within {layers} layers but {result.reached}.", result
        )
    return result


def _orbit(
    problem: Problem,
    start: object,
    drive_start: object,
    step: Step | None,
    orbit: Callable[[], Iterable[object]] | None,
    values: Mapping[sympy.Symbol, object],
    bits: int,
) -> Iterator[object]:
    """Return the values from layer 0 on, from the first source there is."""
    if orbit is not None:
        return iter(orbit())
    first = _number(start, bits)
    if step is not None:
        return iterated(step, first)
    driving = None if drive_start is None else _number(drive_start, bits)
    exact = problem.exact_orbit(values, first, bits, driving)
    if exact is None:
        condition = "to be given, or an orbit: the recurrence or its drive is not known exactly"
        raise InvalidArgument(expected("step", condition, step))
    return exact


def _drive(expansion: Expansion) -> Expansion:
    """Return the expansion that drives another."""
    drive = getattr(expansion.problem, "drive", None)
    if drive is None or drive.expansion is None:
        raise InvalidArgument(expected("expansion", "to have a drive", expansion))
    driving: Expansion = drive.expansion
    return driving


def iterated(step: Step, start: mpmath.mpf) -> Iterator[mpmath.mpf]:
    """Yield start, step(start), step(step(start)), ..."""
    value: object = start
    while True:
        yield value
        value = step(value)


def _doubling(
    run: Iterator[object],
    constant_at: Callable[[int, arb], arb],
    dps: int,
    depths: tuple[int, int],
    bits: int,
) -> tuple[mpmath.mpf, mpmath.mpf, int]:
    depth, layers = depths
    value = _number(next(run), bits)
    layer, goal = 0, mpmath.mpf(10) ** (-dps - 2)
    before: mpmath.mpf | None = None
    change = mpmath.inf
    while depth <= layers:
        try:
            for _ in range(depth - layer):
                value = _number(next(run), bits)
        except (OutOfDomain, InvalidArgument, StopIteration) as error:
            shown = mpmath.nstr(value, 15)
            message = f"Expected an orbit inside the domain of the recurrence but got {shown}."
            raise NoConvergence(message, value) from error
        ball = constant_at(depth, as_ball(value, bits))
        constant = Enclosure(ball).midpoint if ball.is_finite() else None
        if constant is not None and before is not None:
            change = abs(constant - before)
        before, layer, depth = constant, depth, 2 * depth
        if change < goal:
            break
    if before is None or change == mpmath.inf:
        shown = mpmath.nstr(value, 15)
        raise NoConvergence(f"Expected the orbit near its limit but got {shown}.", value)
    return before, change, layer


def _number(value: object, bits: int) -> mpmath.mpf:
    if isinstance(value, mpmath.mpf):
        if not mpmath.isfinite(value):
            raise NoConvergence(f"Expected a finite orbit but got {value}.", value)
        return value
    return Enclosure(as_ball(value, bits, "step")).midpoint


def by_name(values: Mapping[Any, object], expression: sympy.Basic) -> dict[sympy.Symbol, object]:
    """Return ``values`` keyed by the symbols of an expression."""
    named = {symbol.name: symbol for symbol in expression.free_symbols}
    return {
        named.get(key, sympy.Symbol(key)) if isinstance(key, str) else key: value
        for key, value in values.items()
    }


def series_ball(series: PowerLogSeries, variable: arb) -> arb:
    """Return the sum of the terms of a series with ball coefficients."""
    logarithm, total = variable.log(), arb(0)
    for exponent, block in series.blocks:
        inner = arb(0)
        for coefficient in reversed(block):
            inner = inner * logarithm + coefficient
        total += inner * series.scalars.power(variable, exponent)
    return total


def compiled_step(
    increment: sympy.Expr,
    variable: sympy.Symbol,
    values: Mapping[sympy.Symbol, object],
    bits: int,
) -> Step:
    """Return ``u -> u + f(u)`` for mpmath numbers, by balls."""
    known = [symbol for symbol in values if symbol in increment.free_symbols]
    function = compile_ball(variable + increment, [variable, *known])
    balls = [as_ball(values[symbol], bits, str(symbol)) for symbol in known]

    def step(value: mpmath.mpf) -> mpmath.mpf:
        ball = function(as_ball(value, bits), *balls).real
        if not ball.is_finite():
            raise OutOfDomain(
                expected("u", "where the increment is finite", mpmath.nstr(value, 15))
            )
        return Enclosure(ball).midpoint

    return step
