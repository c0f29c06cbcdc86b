"""Expansions of autonomous recurrences ``u_{l+1} = u_l + f(u_l)`` in the layer index."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sympy
from flint import fmpq

from symprop.asymptotics.abel import (
    abel_derivative,
    in_power_of_variable,
    lagrange_inverse,
    leading_growth,
)
from symprop.asymptotics.exact_fields import ExactField
from symprop.asymptotics.expansion_arguments import check_order, read_autonomous
from symprop.asymptotics.expansions import INDEX, Expansion, FreeConstant, Term, solves, terms_of
from symprop.asymptotics.matching import compiled_step, iterated, series_ball
from symprop.asymptotics.power_log_series import PowerLogSeries
from symprop.asymptotics.scalars import (
    BallScalars,
    ExactScalars,
    ExpressionScalars,
    constant_ball,
)
from symprop.asymptotics.series_reading import converted, exponents_within, read_series
from symprop.foundation.errors import OutOfDomain, PrecisionNotReached, expected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import mpmath
    from flint import arb

    from symprop.asymptotics.scalars import Scalars

__all__ = ["AutonomousRecurrence", "autonomous_expansion"]

K = sympy.Symbol("K", real=True)
_MOST_EXTENSIONS = 12
_SLOW_DEPTH, _FAST_DEPTH = 128, 4


@dataclass(frozen=True)
class AutonomousRecurrence:
    """``u_{l+1} = u_l + f(u_l)`` near infinity or on one side of a fixed point.

    Parameters
    ----------
    increment : sympy.Expr
        f.
    variable : sympy.Symbol
        u.
    at : sympy.Expr
        ``oo``, or the fixed point.
    side : int
        1 for ``u > at``, -1 for ``u < at``; at infinity it is 1.
    known_to : sympy.Expr or None
        Exponent of u (of ``|u - at|`` at a fixed point) from which on f is unknown.
    given : mapping
        Sample values of the symbols in exponents.
    """

    increment: sympy.Expr
    variable: sympy.Symbol
    at: sympy.Expr
    side: int = 1
    known_to: sympy.Expr | None = None
    given: dict[sympy.Symbol, sympy.Expr] = field(default_factory=dict)

    def series(
        self, window: fmpq, scalars_of: Callable[..., Scalars] = ExpressionScalars
    ) -> PowerLogSeries:
        """Return f in the large variable z: ``u = z``, or ``u = at + side/z``; times ``side``.

        The result reaches ``window`` below its leading exponent, or as far as f is known.
        """
        reach = window
        read = self._read(reach, scalars_of)
        for _ in range(_MOST_EXTENSIONS):
            missing = window if read is None else window - _depth(read, window)
            if missing <= 0:
                break
            reach += missing
            read = self._read(reach, scalars_of)
        if read is None:
            raise OutOfDomain(expected("increment", "not to vanish to all orders", self.increment))
        if self.known_to is None:
            return read
        field = read.scalars.exponents
        sign = 1 if self.at is sympy.oo else -1
        return read.truncated(sign * field.size(field.element(self.known_to)))

    def _read(self, reach: fmpq, scalars_of: Callable[..., Scalars]) -> PowerLogSeries | None:
        """Return f as read with a window, or None if its terms cancel within it."""
        exponents = exponents_within(self.increment, {self.variable})
        extra = [] if self.known_to is None else [self.known_to]
        scalars = scalars_of(ExactField([*exponents, *extra], self.given))
        if self.at is sympy.oo:
            moving = PowerLogSeries.monomial(scalars, 1)
        else:
            shift = PowerLogSeries.monomial(scalars, -1).scaled(sympy.Integer(self.side))
            moving = PowerLogSeries.constant(scalars, self.at) + shift
        try:
            read = read_series(self.increment, {self.variable: moving}, scalars, reach)
        except PrecisionNotReached:
            return None
        return read.scaled(sympy.Integer(self.side)) if read.blocks else None

    @property
    def first_depth(self) -> int:
        """Layer at which matching begins: few where convergence is exponential."""
        return _FAST_DEPTH if self.is_hyperbolic else _SLOW_DEPTH

    @property
    def is_hyperbolic(self) -> bool:
        """Whether f has a linear part."""
        return bool(self.series(fmpq(1)).size() == (1 if self.at is sympy.oo else -1))

    def constant_from(
        self, values: Mapping[sympy.Symbol, object], terms: int, bits: int
    ) -> Callable[[int, arb], arb]:
        """Return the map from layer and value to K, by a long expansion in balls."""
        from symprop.asymptotics.koenigs import conjugacy_constant

        first = self.series(fmpq(1))
        offset = as_offset(self, values, bits)
        if self.is_hyperbolic:
            return conjugacy_constant(self, offset, terms, values, bits)
        window = window_steps(self, first) * terms
        derivative, _, _ = slow_coordinates(
            self, lambda field: BallScalars(field, bits, values), window
        )
        abel = derivative.primitive()

        def constant(layer: int, value: arb) -> arb:
            return series_ball(abel, offset(value)) - layer

        return constant

    def exact_orbit(
        self,
        values: Mapping[sympy.Symbol, object],
        start: mpmath.mpf,
        bits: int,
        drive_start: mpmath.mpf | None = None,
    ) -> Iterator[mpmath.mpf] | None:
        """Return the values from layer 0 on, unless f is a truncated expansion."""
        del drive_start  # there is no drive
        if self.known_to is not None:
            return None
        return iterated(compiled_step(self.increment, self.variable, values, bits), start)

    def is_solved_by(
        self, terms: tuple[Term, ...], moved: Callable[[sympy.Symbol], sympy.Expr]
    ) -> bool:
        """Whether the expansion ends with these terms; ``moved`` is X one layer later."""
        return self.known_to is None and solves(terms, moved, self.increment, self.variable)

    def solving_field(self, series: PowerLogSeries, extra: Sequence[sympy.Expr] = ()) -> ExactField:
        """Return the field of everything that occurs in a series with SymPy coefficients."""
        old = series.scalars.exponents
        coefficients = [c for _, block in series.blocks for c in block]
        exponents = [old.expression(exponent) for exponent, _ in series.blocks]
        return ExactField([*coefficients, *exponents, *extra], self.given)

    def growth_series(self, series: PowerLogSeries) -> PowerLogSeries:
        """Return the increment of the large variable z itself, ``z_{l+1} - z_l``."""
        if self.at is sympy.oo:
            return series
        scalars = series.scalars
        relative = series.shifted(scalars.exponents.one)
        one = PowerLogSeries.constant(scalars, 1)
        inverse = relative.analytic(lambda n: scalars.coefficient((-1) ** n))
        return (inverse - one).shifted(scalars.exponents.one)


def autonomous_expansion(
    increment: sympy.Expr | str,
    variable: sympy.Symbol | None = None,
    *,
    at: object = sympy.oo,
    order: int = 4,
    side: int = 1,
    known_to: object = None,
    given: Mapping[sympy.Symbol, object] | None = None,
) -> Expansion:
    r"""Return the expansion in l of the solutions of a scalar autonomous recurrence.

    .. math:: u_{l+1} = u_l + f(u_l), \qquad u_l \to \infty \text{ or } u_l \to u^*

    Parameters
    ----------
    increment : sympy.Expr or str
        f: exact, or its expansion in powers and logarithms.
    variable : sympy.Symbol, optional
        u; needed when f has more symbols.
    at : number
        Where u tends to: ``oo``, or a fixed point (``f(at) = 0``).
    order : int
        How many powers to return, each with all its logarithms.
    side : int
        For a fixed point: 1 if u comes from above, -1 from below.
    known_to : number, optional
        Exponent from which on f is unknown (of u, or of ``|u - at|``).
    given : mapping, optional
        Sample values for symbols in exponents: these decide the order of the terms.

    Returns
    -------
    Expansion
        In ``X = c (1 - s)(l + K)`` for ``f ~ c u**s, s < 1`` and at a parabolic fixed point,
        in ``X = K lambda**l`` for growth ``f ~ (lambda - 1) u`` and at an attracting fixed point.
        Where f leads with a power of ``log u`` the terms hold powers of ``log X`` and of
        ``log log X``, and ``order`` counts powers of ``log X``; `abel_form` is exact there.

    Raises
    ------
    InvalidArgument
        If an argument is malformed, or two exponents tie at the sample.
    OutOfDomain
        If u does not tend to ``at`` so, or the leading term of f has a logarithm of a logarithm.

    Conventions
    -----------
    At infinity K is ``lim (Phi(u_l) - l)``, Phi the Abel function without constant term.

    Error
    -----
    Exact coefficients; the remainder is given by its order only.

    Source
    ------
    Abel, Koenigs; de Bruijn, Asymptotic Methods in Analysis, ch. 8. residual, section C.2.

    Examples
    --------
    >>> u = sympy.Symbol("u", positive=True)
    >>> autonomous_expansion(-u**2, u, at=0, order=2)
    Expansion(1/(K + l) - log(K + l)/(K + l)**2 + O(log(K + l)**2/(K + l)**3))
    """
    from symprop.asymptotics.koenigs import hyperbolic_expansion
    from symprop.asymptotics.nested_logarithms import nested_expansion

    check_order(order)
    problem = AutonomousRecurrence(*read_autonomous(increment, variable, at, side, known_to, given))
    if problem.increment.has(sympy.log):
        nested = nested_expansion(problem, order)
        if nested is not None:
            return nested
    first = problem.series(fmpq(2))
    size = first.scalars.exponents.size(first.leading[0])
    slowest = 1 if problem.at is sympy.oo else -1
    if problem.at is not sympy.oo and size >= 0:
        raise OutOfDomain(expected("increment", f"to vanish at {problem.at}", problem.increment))
    if size > slowest:
        condition = f"of order u at most near {problem.at}"
        raise OutOfDomain(expected("increment", condition, problem.increment))
    if size == slowest:
        return hyperbolic_expansion(problem, order)
    return _slow_expansion(problem, order)


def window_steps(problem: AutonomousRecurrence, series: PowerLogSeries) -> fmpq:
    """Return the smallest step between the exponents that the recurrence generates."""
    sizes = [series.scalars.exponents.size(exponent) for exponent, _ in series.blocks]
    head = sizes[0] if problem.at is sympy.oo else sizes[0] + 2
    gaps = [sizes[0] - other for other in sizes[1:]]
    return min([1 - head if head < 1 else fmpq(1), *gaps])


def slow_coordinates(
    problem: AutonomousRecurrence, scalars_of: Any, window: fmpq
) -> tuple[PowerLogSeries, Any, Any]:
    """Return the derivative of the Abel function, s and c of ``z_{l+1} - z_l ~ c z**s``."""
    read = problem.series(window)
    scalars: Scalars = scalars_of(problem.solving_field(read))
    floor = read.scalars.exponents.size(read.leading[0]) - window
    series = problem.growth_series(converted(read, scalars).truncated(floor))
    exponent, coefficient = leading_growth(series)
    return abel_derivative(series, window), exponent, coefficient


def _depth(series: PowerLogSeries, exact: fmpq) -> fmpq:
    """Return how far below its leading exponent a series is known."""
    size = series.size()
    assert size is not None
    return exact if series.cutoff is None else size - series.cutoff


def as_offset(
    problem: AutonomousRecurrence, values: Mapping[sympy.Symbol, object], bits: int
) -> Callable[[arb], arb]:
    """Return the map from u to the large variable z, for balls."""
    if problem.at is sympy.oo:
        return lambda value: value
    at = constant_ball(problem.at, values, bits)
    return lambda value: 1 / ((value - at) * problem.side)


def slow_series(
    problem: AutonomousRecurrence, scalars_of: Any, window: fmpq
) -> tuple[PowerLogSeries, Any, Any]:
    """Return z**(+-1) in ``X = c (1 - s)(l + K)``, with s and ``c (1 - s)``."""
    derivative, exponent, coefficient = slow_coordinates(problem, scalars_of, window)
    series, rate = inverted_series(problem, derivative, exponent, coefficient)
    return series, exponent, rate


def inverted_series(
    problem: AutonomousRecurrence, derivative: PowerLogSeries, exponent: Any, coefficient: Any
) -> tuple[PowerLogSeries, Any]:
    """Return z**(+-1) in X from the derivative of the function that grows by one a layer."""
    scalars, field = derivative.scalars, derivative.scalars.exponents
    decay = field.one - exponent
    rate = coefficient * scalars.embed(decay)
    perturbation = in_power_of_variable(derivative.primitive().scaled(rate), decay)
    perturbation = perturbation - PowerLogSeries.monomial(scalars, 1)
    target = field.one if problem.at is sympy.oo else -field.one
    power = PowerLogSeries.of(scalars, [(target / decay, (scalars.coefficient(1),))], None)
    series = lagrange_inverse(perturbation, power).scaled(scalars.coefficient(problem.side))
    return series, rate


def _slow_expansion(problem: AutonomousRecurrence, order: int) -> Expansion:
    step = window_steps(problem, problem.series(fmpq(2)))
    count = order + 1  # a window of n steps holds n powers, and the remainder takes one
    series, exponent, rate = slow_series(problem, ExactScalars, step * count)
    known = problem.known_to is not None
    while len(series.blocks) <= order and count < 2 * order + 3:
        count += 1
        before = series.cutoff
        series, exponent, rate = slow_series(problem, ExactScalars, step * count)
        if known and series.cutoff == before:
            break
    terms, remainder = terms_of(series, order)
    if problem.at is not sympy.oo and problem.at != 0:
        terms = (Term(problem.at, sympy.Integer(0)), *terms)
    field = series.scalars.exponents
    slope = sympy.factor(field.expression(rate))
    if len(series.blocks) <= order and problem.is_solved_by(terms, lambda x: x + slope):
        remainder = None
    meaning = "lim Phi(u_l) - l, Phi the Abel function without constant term"
    return Expansion(
        terms,
        slope * (INDEX + K),
        (FreeConstant(K, meaning),),
        remainder,
        slow_hypotheses(problem, slope, field.expression(exponent)),
        problem=problem,
    )


def slow_hypotheses(
    problem: AutonomousRecurrence, rate: sympy.Expr, exponent: sympy.Expr
) -> tuple[str, ...]:
    """Return what an expansion supposes; ``rate`` must lead towards the limit."""
    if rate.is_number and not (rate.is_real and rate > 0):
        where = "infinity" if problem.at is sympy.oo else f"{problem.at}"
        raise OutOfDomain(expected("increment", f"to lead towards {where}", problem.increment))
    found = [] if rate.is_number else [f"{rate} > 0"]
    if problem.at is sympy.oo:
        found.append("the orbit is unbounded; it is not one that ends on a zero of the increment")
    else:
        found.append(
            f"the orbit tends to {problem.at} from {'above' if problem.side == 1 else 'below'} "
            "without reaching it"
        )
    if problem.known_to is not None:
        found.append("the expansion of the increment may be differentiated term by term")
    if exponent.free_symbols:
        found.append(f"the order of the exponents is that at {problem.given}")
    return tuple(found)
