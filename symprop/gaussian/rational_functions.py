"""The exact field in which the coefficients of closed forms live, and how it is printed."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sympy
from flint import acb, arb
from sympy.polys.domains import QQ
from sympy.polys.fields import FracElement, FracField

from symprop.foundation.errors import NoClosedForm
from symprop.numerics.evaluation import compile_ball
from symprop.numerics.precision import working_bits

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Ring"]

_MOST_TERMS = 10_000  # of all moments together; some seconds of work
_MOST_TERMS_TO_FACTOR = 300
_SAMPLE = tuple(  # small variances: inside every domain of existence
    sympy.Rational(text) for text in ("1/997", "1/991", "0.3101")
)
_SAMPLE_BITS = (64, 256, 1024)


class Ring:
    """Rational functions of ``sigma1, sigma2, rho`` and of the irrational numbers of a problem.

    Parameters
    ----------
    sigma1, sigma2 : sympy.Expr
        Standard deviations; rational numbers are used as they are, anything else is a
        generator of its own.
    rho : sympy.Expr
        Correlation, a symbol.
    numbers : iterable of sympy.Expr
        Numbers that will be converted, by their sums, products and integer powers.
    opaque : iterable of sympy.Expr
        Numbers that become generators as they stand.
    """

    def __init__(
        self,
        sigma1: sympy.Expr,
        sigma2: sympy.Expr,
        rho: sympy.Expr,
        numbers: Iterable[sympy.Expr],
        opaque: Iterable[sympy.Expr] = (),
    ) -> None:
        symbols = dict.fromkeys(item for item in (sigma1, sigma2, rho) if not item.is_Rational)
        parts = dict.fromkeys(part for number in numbers for part in _irrational_parts(number))
        self.expressions = tuple({**symbols, **parts, **dict.fromkeys(opaque)})
        names = [sympy.Symbol(f"g{index}") for index in range(len(self.expressions))]
        self.field = FracField(names, QQ)
        self._elements = dict(zip(self.expressions, self.field.gens, strict=True))
        self.rho_expression = rho
        self._left = _MOST_TERMS
        self.sigma1, self.sigma2, self.rho = (self(item) for item in (sigma1, sigma2, rho))
        sample = dict(zip((sigma1, sigma2, rho), _SAMPLE, strict=True))
        self._sample = [
            compile_ball(sample[item] if item in symbols else item) for item in self.expressions
        ]

    def __call__(self, number: sympy.Expr) -> FracElement:
        """Return a number as an element of the field."""
        if number.is_Rational:
            return self.field(QQ(int(number.p), int(number.q)))
        if number in self._elements:
            return self._elements[number]
        if isinstance(number, sympy.Pow) and number.exp.is_Integer:
            return self(number.base) ** int(number.exp)
        if isinstance(number, sympy.exp):
            return 1 / self(sympy.exp(-number.args[0]))
        result = self.field.zero if isinstance(number, sympy.Add) else self.field.one
        for part in number.args:
            result = result + self(part) if isinstance(number, sympy.Add) else result * self(part)
        return result

    def spend(self, terms: int) -> None:
        """Take note of terms computed on the way; `NoClosedForm` once they are too many to use."""
        self._left -= terms
        if self._left < 0:
            raise NoClosedForm(
                f"Expected a closed form within {_MOST_TERMS} intermediate terms but got more:"
                " the powers of x are too high."
            )

    def factors(self, element: FracElement) -> list[sympy.Expr]:
        """Return a non-zero element as a number and powers of positive-looking polynomials."""
        number = sympy.S.One
        powers: dict[sympy.Expr, sympy.Expr] = {}
        for part, sign in ((element.numer, 1), (element.denom, -1)):
            content, factors = _factor_list(part)
            number *= sympy.Rational(int(content.numerator), int(content.denominator)) ** sign
            for factor, multiplicity in factors:
                positive = factor
                if self.is_negative(factor):
                    positive, number = -factor, number * (-1) ** multiplicity
                shown = positive.as_expr(*self.expressions)
                powers[shown] = powers.get(shown, sympy.S.Zero) + sign * multiplicity
        return [number, *self._mirrored(powers)]

    def _mirrored(self, powers: dict[sympy.Expr, sympy.Expr]) -> list[sympy.Expr]:
        """Write ``(a - rho)**n (a + rho)**n`` as ``(a**2 - rho**2)**n``."""
        rho = self.rho_expression
        for base in list(powers):
            mirror = base.subs(rho, -rho)
            if base in powers and mirror != base and powers.get(mirror) == powers[base]:
                exponent = powers.pop(base)
                del powers[mirror]
                powers[sympy.expand(base * mirror)] = exponent
        return [base**exponent for base, exponent in powers.items()]

    def expression(self, element: FracElement) -> sympy.Expr:
        """Return a field element as a factored SymPy expression."""
        return sympy.Mul(*self.factors(element)) if element != 0 else sympy.S.Zero

    def roots(self, inside: Iterable[Any]) -> list[sympy.Expr]:
        """Return the square roots of positive polynomials."""
        powers = {factor.as_expr(*self.expressions): sympy.Rational(1, 2) for factor in inside}
        return self._mirrored(powers)

    def is_real(self, element: FracElement) -> bool:
        """Whether the imaginary unit and its exponentials are absent."""
        return not any(
            part.degree(generator.numer) > 0
            for shown, generator in zip(self.expressions, self.field.gens, strict=True)
            if shown.has(sympy.I)
            for part in (element.numer, element.denom)
        )

    def is_negative(self, element: Any) -> bool:
        """Whether a polynomial is negative at a sample point of the domain of existence."""
        value = acb(0)
        for bits in _SAMPLE_BITS:
            with working_bits(bits):
                sample = [acb(number()) for number in self._sample]
                value = acb(0)
                for powers, coefficient in element.terms():
                    term = acb(arb(int(coefficient.numerator)) / int(coefficient.denominator))
                    for base, power in zip(sample, powers, strict=True):
                        term *= base**power
                    value += term
            if not value.real.contains(0):
                break
        return bool(value.real.mid() < 0)

    def square_root(self, element: FracElement) -> tuple[FracElement, frozenset[Any]]:
        """Return ``(outside, inside)`` with ``sqrt(element) = outside * sqrt(prod(inside))``.

        ``element`` is positive and each of its factors keeps its sign where the
        expectation exists; ``inside`` holds positive square-free polynomials.
        """
        content, factors = _factor_list(element.numer * element.denom)
        number = sympy.sqrt(abs(sympy.Rational(int(content.numerator), int(content.denominator))))
        root, rest = number.as_coeff_Mul()
        outside = self(root) / element.denom
        if self.is_negative(element.denom):
            outside = -outside
        inside = set() if rest == 1 else {self.field.ring(QQ(int(rest**2)))}
        for factor, multiplicity in factors:
            positive = -factor if self.is_negative(factor) else factor
            outside = outside * positive ** (multiplicity // 2)
            if multiplicity % 2:
                inside.add(positive)
        return outside, frozenset(inside)

    def joined_roots(
        self, left: frozenset[Any], right: frozenset[Any]
    ) -> tuple[FracElement, frozenset[Any]]:
        """Return ``(outside, inside)`` of the product of two square roots."""
        outside = self.field.one
        for shared in left & right:
            outside = outside * shared
        inside = left ^ right
        numbers = [factor for factor in inside if factor.is_ground]
        if len(numbers) > 1:
            more, rest = self.square_root(self.field(numbers[0] * numbers[1]))
            outside, inside = outside * more, inside - set(numbers) | rest
        return outside, inside

    def at_edge(self, element: FracElement, rho: int) -> FracElement:
        """Return the element at ``rho = 1`` or ``-1``."""
        return self._polynomial_at(element.numer, rho) / self._polynomial_at(element.denom, rho)

    def is_singular(self, element: FracElement) -> bool:
        """Whether the denominator vanishes at ``rho = 1`` or ``rho = -1``."""
        return any(self._polynomial_at(element.denom, rho) == 0 for rho in (1, -1))

    def _polynomial_at(self, polynomial: Any, rho: int) -> FracElement:
        return self.field(polynomial.compose(self.rho.numer, self.field.ring(rho)))


@lru_cache(maxsize=4096)
def _factor_list(polynomial: Any) -> tuple[Any, list[tuple[Any, int]]]:
    if len(polynomial) > _MOST_TERMS_TO_FACTOR:
        content, primitive = polynomial.primitive()
        return content, [(primitive, 1)]
    content, factors = polynomial.factor_list()
    return content, factors


def _irrational_parts(number: sympy.Expr) -> list[sympy.Expr]:
    if number.is_Rational:
        return []
    if isinstance(number, sympy.Add | sympy.Mul):
        return [part for argument in number.args for part in _irrational_parts(argument)]
    if isinstance(number, sympy.Pow) and number.exp.is_Integer:
        return _irrational_parts(number.base)
    if isinstance(number, sympy.exp) and number.args[0].could_extract_minus_sign():
        return [sympy.exp(-number.args[0])]
    return [number]
