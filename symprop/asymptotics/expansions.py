"""`Expansion`: an asymptotic expansion in the layer index, with its constants and hypotheses."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import mpmath
import sympy

from symprop.asymptotics.exact_fields import ExactField
from symprop.asymptotics.power_log_series import PowerLogSeries
from symprop.asymptotics.scalars import ExpressionScalars, constant_ball
from symprop.asymptotics.series_reading import exponents_within, read_series
from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_dps, check_integer
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import bits_from_dps, working_bits, working_digits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from symprop.asymptotics.scalars import Scalars

__all__ = ["INDEX", "Expansion", "FreeConstant", "Term", "solves", "terms_of"]

INDEX = sympy.Symbol("l", positive=True)
"""The layer index of every expansion."""


@dataclass(frozen=True)
class Term:
    """One term ``coefficient * X**power * log(X)**log_power * log(log(X))**log_log_power``.

    Parameters
    ----------
    coefficient : sympy.Expr
    power : sympy.Expr
        Real exponent of X.
    log_power : int or sympy.Expr
        Exponent of the logarithm: whole and not negative unless logarithms are nested.
    log_log_power : int
        Exponent of the logarithm of the logarithm, not negative.

    Conventions
    -----------
    X is the large variable of the expansion, and the logarithm is natural.

    Error
    -----
    Exact.

    Examples
    --------
    >>> Term(sympy.Integer(3), sympy.Rational(1, 2), 1).at(INDEX)
    3*sqrt(l)*log(l)
    """

    coefficient: sympy.Expr
    power: sympy.Expr
    log_power: int | sympy.Expr = 0
    log_log_power: int = 0

    def at(self, variable: sympy.Expr) -> sympy.Expr:
        """Return the term as an expression in ``variable``."""
        logarithm = sympy.log(variable)
        size = variable**self.power * logarithm**self.log_power
        return self.coefficient * size * sympy.log(logarithm) ** self.log_log_power

    def scaled(self, factor: sympy.Expr) -> Term:
        """Return the term times a number."""
        return replace(self, coefficient=factor * self.coefficient)


@dataclass(frozen=True)
class FreeConstant:
    """A constant that the recurrence leaves free, and what it means.

    Parameters
    ----------
    symbol : sympy.Symbol
    meaning : str
        How the constant is defined by the orbit.

    Conventions
    -----------
    The symbol is K for what shifts the layer or scales a power, C for a coefficient.

    Error
    -----
    Exact; numbers come from `match_constant`.

    Examples
    --------
    >>> FreeConstant(sympy.Symbol("K", real=True), "lim u_l / 2**l").symbol
    K
    """

    symbol: sympy.Symbol
    meaning: str


@dataclass(frozen=True)
class Expansion:
    r"""An expansion ``sum_i c_i X**a_i log(X)**b_i + C exp(sum_j d_j X**a_j log(X)**b_j)``.

    Parameters
    ----------
    terms : tuple of Term
        The algebraic part, in decreasing order.
    scale : sympy.Expr
        The large variable X in terms of the index ``l`` and the constants.
    constants : tuple of FreeConstant
        What the recurrence leaves free.
    remainder : Term or None
        What is neglected in the algebraic part is of the order of this term; None when nothing is.
    hypotheses : tuple of str
        Under which the expansion holds, and which starts are exceptional.
    factor : tuple of Term
        Terms of the logarithm of what multiplies the free constant ``C``; empty if there is none.
    factor_constant : sympy.Expr or None
        That constant ``C``; 1 or -1 where nothing is free in it.
    factor_remainder : Term or None
        What is neglected in that logarithm is of the order of this term.
    problem : object
        The difference equation, by which `match_constant` finds the constants.

    Conventions
    -----------
    X is chosen with a leading coefficient of one; ``.in_index(n)`` expands X as well.

    Error
    -----
    Coefficients are exact. `evaluate` adds up the terms written: its distance from the sequence
    is of the order of ``remainder``, and is not bounded.

    Examples
    --------
    >>> from symprop.asymptotics.autonomous import autonomous_expansion
    >>> u = sympy.Symbol("u", positive=True)
    >>> autonomous_expansion(1 + 1 / u, u, order=2)
    Expansion(K + l + log(K + l) + O(log(K + l)/(K + l)))
    """

    terms: tuple[Term, ...]
    scale: sympy.Expr
    constants: tuple[FreeConstant, ...]
    remainder: Term | None
    hypotheses: tuple[str, ...] = ()
    factor: tuple[Term, ...] = ()
    factor_constant: sympy.Expr | None = None
    factor_remainder: Term | None = None
    problem: Any = field(default=None, repr=False, compare=False)

    @property
    def expression(self) -> sympy.Expr:
        """The expansion without its remainder, in the index ``l`` and the constants."""
        algebraic = sympy.Add(*(term.at(self.scale) for term in self.terms))
        if self.factor_constant is None:
            return algebraic
        return algebraic + self.factor_constant * sympy.exp(self.log_factor)

    @property
    def log_factor(self) -> sympy.Expr:
        """Logarithm of what multiplies `factor_constant`."""
        return sympy.Add(*(term.at(self.scale) for term in self.factor))

    def coefficient(self, power: object, log_power: int = 0) -> sympy.Expr:
        """Return the coefficient of ``X**power * log(X)**log_power``, zero if it is not there."""
        wanted = sympy.sympify(power)
        for term in self.terms:
            if term.log_power == log_power and sympy.simplify(term.power - wanted) == 0:
                return term.coefficient
        return sympy.Integer(0)

    def evaluate(
        self, index: object, values: Mapping[Any, object] | None = None, *, dps: int = 15
    ) -> mpmath.mpf:
        """Return the sum of the terms at an index.

        Parameters
        ----------
        index : number
            The layer ``l``.
        values : mapping
            Number of each constant and symbol, by `sympy.Symbol` or by name.
        dps : int
            Digits of the sum.

        Returns
        -------
        mpmath.mpf

        Raises
        ------
        InvalidArgument
            If a symbol has no value.
        """
        check_dps(dps)
        table = self.by_symbol(values or {}) | {INDEX: index}
        bits = bits_from_dps(dps + 10)
        with working_bits(bits):
            ball = constant_ball(_positive_bases(self.expression, index), table, bits)
        if not ball.is_finite():
            raise OutOfDomain(expected("index", "where the terms are finite", index))
        with working_digits(dps):
            return +Enclosure(ball).midpoint

    def by_symbol(self, values: Mapping[Any, object]) -> dict[sympy.Symbol, object]:
        """Return ``values`` keyed by the symbols that occur in the expansion."""
        expression = self.expression
        named = {symbol.name: symbol for symbol in expression.free_symbols}
        return {
            named.get(key, sympy.Symbol(key)) if isinstance(key, str) else key: value
            for key, value in values.items()
        }

    def in_index(
        self, order: int, *, given: Mapping[sympy.Symbol, object] | None = None
    ) -> Expansion:
        """Return the algebraic part expanded in the index itself, ``order`` powers of it.

        Raises
        ------
        InvalidArgument
            If X is not linear in ``l``, or there is an exponential part.
        """
        check_integer("order", order, minimum=1)
        slope, shift = self.scale.coeff(INDEX, 1), self.scale.coeff(INDEX, 0)
        linear = sympy.expand(self.scale - slope * INDEX - shift) == 0
        expanded = sympy.expand(self.scale)
        if not linear:
            slope, shift = expanded.coeff(INDEX, 1), expanded.coeff(INDEX, 0)
            linear = sympy.expand(expanded - slope * INDEX - shift) == 0
        nested = any(not isinstance(t.log_power, int) or t.log_log_power for t in self.terms)
        if not linear or self.factor_constant is not None or nested:
            condition = "to be linear in l, without nested logarithms"
            raise InvalidArgument(expected("scale", condition, self.scale))
        variable = sympy.Dummy("X", positive=True)
        written = sympy.Add(*(term.at(variable) for term in self.terms))
        samples = {symbol: sympy.sympify(value) for symbol, value in (given or {}).items()}
        field = ExactField([*exponents_within(written, {variable}), sympy.Integer(1)], samples)
        scalars = ExpressionScalars(field)
        line = PowerLogSeries.monomial(scalars, 1).scaled(slope) + PowerLogSeries.constant(
            scalars, shift
        )
        sizes = [field.size(field.element(term.power)) for term in self.terms]
        last = self.remainder
        floor = sizes[-1] - order if last is None else field.size(field.element(last.power))
        series = read_series(written, {variable: line}, scalars, sizes[0] - floor + 1)
        terms, remainder = terms_of(series, order)
        below = last is not None and floor >= field.size(field.element(terms[-1].power))
        if below:
            terms = tuple(t for t in terms if field.size(field.element(t.power)) > floor)
            remainder = last
        elif remainder is not None and floor >= field.size(field.element(remainder.power)):
            remainder = last or remainder
        return Expansion(terms, INDEX, self.constants, remainder, self.hypotheses)

    def __repr__(self) -> str:
        order = sympy.StrPrinter({"order": "none"})
        shown = [order.doprint(term.at(self.scale)) for term in self.terms]
        text = " + ".join(shown)
        if self.remainder is not None:
            text += f" + O({order.doprint(self.remainder.at(self.scale))})"
        if self.factor_constant is not None:
            inside = " + ".join(order.doprint(term.at(self.scale)) for term in self.factor)
            if self.factor_remainder is not None:
                inside += f" + O({order.doprint(self.factor_remainder.at(self.scale))})"
            text += f" + {self.factor_constant}*exp({inside})".replace("1*exp", "exp")
        return f"Expansion({text.removeprefix(' + ').replace('+ -', '- ')})"

    def _repr_latex_(self) -> str:
        return f"${sympy.latex(self.expression)}$"


def _positive_bases(expression: sympy.Expr, index: object) -> sympy.Expr:
    """Take the sign out of ``(-lambda)**(n*l)`` at a whole index: balls know real powers only."""
    if not isinstance(index, int):
        return expression
    return expression.replace(
        lambda part: part.is_Pow and part.base.is_negative and part.exp.has(INDEX),
        lambda part: (-1) ** part.exp.subs(INDEX, index) * (-part.base) ** part.exp,
    )


def solves(
    terms: tuple[Term, ...],
    moved: Callable[[sympy.Symbol], sympy.Expr],
    increment: sympy.Expr,
    unknown: sympy.Symbol,
) -> bool:
    """Whether finitely many terms satisfy ``u(moved(X)) - u(X) = increment(u(X))`` exactly.

    X is written `INDEX`, which it is where the increment depends on the index.
    """
    written = sympy.Add(*(term.at(INDEX) for term in terms))
    step = sympy.Add(*(term.at(moved(INDEX)) for term in terms)) - written
    return bool(sympy.simplify(step - increment.subs(unknown, written)) == 0)


def terms_of(series: PowerLogSeries, order: int) -> tuple[tuple[Term, ...], Term | None]:
    """Return the terms of the first ``order`` powers of a series, and the order of the rest."""
    field = series.scalars.exponents
    terms: list[Term] = []
    for count, (exponent, block) in enumerate(series.blocks):
        power = sympy.together(field.expression(exponent))
        if count == order:
            return tuple(terms), Term(sympy.Integer(1), power, len(block) - 1)
        for log_power in reversed(range(len(block))):
            if not series.scalars.is_zero(block[log_power]):
                coefficient = _shown(series.scalars, block[log_power])
                terms.append(Term(coefficient, power, log_power))
    if series.cutoff is None:
        return tuple(terms), None
    cutoff = sympy.Rational(int(series.cutoff.p), int(series.cutoff.q))
    return tuple(terms), Term(sympy.Integer(1), cutoff, 0)


def _shown(scalars: Scalars, coefficient: Any) -> sympy.Expr:
    if isinstance(coefficient, sympy.Expr):
        return coefficient
    expression = scalars.exponents.expression(coefficient)
    denominator = sympy.fraction(sympy.together(expression))[1]
    return expression if denominator.has(sympy.Add) else sympy.expand(expression)
