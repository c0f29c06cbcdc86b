"""Truncated series in generalised powers and logarithms of a large variable.

``sum_a z**a (c_a0 + c_a1 log z + ... + c_am log(z)**m) + O(z**cutoff log(z)**oo)``, z -> oo: finite
sums over real exponents ``a > cutoff``. All that the expansion of difference equations needs is
here: ring operations, real powers, logarithm, analytic functions, derivative, primitive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy

from symprop.foundation.errors import OutOfDomain, PrecisionNotReached, expected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flint import fmpq

    from symprop.asymptotics.scalars import Scalars

__all__ = ["PowerLogSeries"]

Block = tuple[Any, ...]
"""Coefficients of ``log(z)**0, log(z)**1, ...`` that stand before one power of z."""


@dataclass(frozen=True)
class PowerLogSeries:
    """A truncated series; ``cutoff`` is None when it is exact.

    Parameters
    ----------
    scalars : Scalars
        Arithmetic of the coefficients and the field of the exponents.
    blocks : tuple
        Exponents, decreasing, each with the coefficients of the powers of the logarithm.
    cutoff : fmpq or None
        Exponents at or below it are unknown.

    Examples
    --------
    >>> from symprop.asymptotics.exact_fields import ExactField
    >>> from symprop.asymptotics.scalars import ExactScalars
    >>> z = sympy.Symbol("z")
    >>> scalars = ExactScalars(ExactField([]))
    >>> one_more = PowerLogSeries.monomial(scalars, 1) + PowerLogSeries.constant(scalars, 1)
    >>> (one_more * one_more).expression(z)
    z**2 + 2*z + 1
    """

    scalars: Scalars
    blocks: tuple[tuple[Any, Block], ...]
    cutoff: fmpq | None = None

    # -- construction ------------------------------------------------------------------------

    @classmethod
    def constant(cls, scalars: Scalars, value: sympy.Expr | int) -> PowerLogSeries:
        """Return a constant."""
        return cls.of(scalars, [(scalars.exponents.zero, (scalars.coefficient(value),))], None)

    @classmethod
    def monomial(cls, scalars: Scalars, exponent: sympy.Expr | int) -> PowerLogSeries:
        """Return ``z**exponent``."""
        power = scalars.exponents.element(exponent)
        return cls.of(scalars, [(power, (scalars.coefficient(1),))], None)

    @classmethod
    def of(
        cls, scalars: Scalars, items: Iterable[tuple[Any, Block]], cutoff: fmpq | None
    ) -> PowerLogSeries:
        """Collect blocks, add those of one exponent, drop zeros and what lies below the cutoff."""
        field = scalars.exponents
        collected: dict[Any, tuple[Any, list[Any]]] = {}
        for exponent, block in items:
            if cutoff is not None and field.size(exponent) <= cutoff:
                continue
            _, present = collected.setdefault(field.key(exponent), (exponent, []))
            for power, coefficient in enumerate(block):
                if power < len(present):
                    present[power] = present[power] + coefficient
                else:
                    present.append(coefficient)
        blocks = []
        for exponent, raw in sorted(
            collected.values(), key=lambda item: field.size(item[0]), reverse=True
        ):
            tidied = [scalars.tidy(coefficient) for coefficient in raw]
            while tidied and scalars.is_zero(tidied[-1]):
                tidied.pop()
            if tidied:
                blocks.append((exponent, tuple(tidied)))
        return cls(scalars, tuple(blocks), cutoff)

    # -- what it looks like ------------------------------------------------------------------

    @property
    def leading(self) -> tuple[Any, Block]:
        """Largest exponent and its block; a series without terms has none.

        `PrecisionNotReached` says that there may be one below the remainder.
        """
        if self.blocks:
            return self.blocks[0]
        if self.cutoff is not None:
            raise PrecisionNotReached("Expected a term above the remainder but got none.", self)
        raise OutOfDomain(expected("series", "not to vanish", 0))

    def size(self) -> fmpq | None:
        """Ordering value of the largest exponent that may occur; None for the exact zero."""
        return self.scalars.exponents.size(self.blocks[0][0]) if self.blocks else self.cutoff

    def block(self, exponent: Any) -> Block:
        """Return the coefficients before ``z**exponent``, an empty tuple if there are none."""
        return next((block for power, block in self.blocks if power == exponent), ())

    def without(self, exponent: Any) -> PowerLogSeries:
        """Return the series less its block at one exponent."""
        items = (item for item in self.blocks if item[0] != exponent)
        return self.of(self.scalars, items, self.cutoff)

    def expression(self, variable: sympy.Expr) -> sympy.Expr:
        """Return the terms, without the remainder, as a SymPy expression (exact coefficients)."""
        field, logarithm = self.scalars.exponents, sympy.log(variable)
        return sympy.Add(
            *(
                _as_expression(self.scalars, coefficient)
                * variable ** field.expression(exponent)
                * logarithm**power
                for exponent, block in self.blocks
                for power, coefficient in enumerate(block)
            )
        )

    # -- ring --------------------------------------------------------------------------------

    def _lowest(self, other: PowerLogSeries) -> fmpq | None:
        known = [cutoff for cutoff in (self.cutoff, other.cutoff) if cutoff is not None]
        return max(known, default=None)

    def __add__(self, other: PowerLogSeries) -> PowerLogSeries:
        items = [*self.blocks, *other.blocks]
        return self.of(self.scalars, items, self._lowest(other))

    def __neg__(self) -> PowerLogSeries:
        return self.map_blocks(lambda _, block: tuple(-c for c in block))

    def __sub__(self, other: PowerLogSeries) -> PowerLogSeries:
        return self + (-other)

    def __mul__(self, other: PowerLogSeries) -> PowerLogSeries:
        left, right = self.size(), other.size()
        if left is None or right is None:
            return self.of(self.scalars, [], None)
        cutoffs = []
        if self.cutoff is not None:
            cutoffs.append(self.cutoff + right)
        if other.cutoff is not None:
            cutoffs.append(other.cutoff + left)
        return self.times(other, max(cutoffs, default=None))

    def times(self, other: PowerLogSeries, cutoff: fmpq | None) -> PowerLogSeries:
        """Return the terms of the product above ``cutoff`` without looking at the remainders."""
        size = self.scalars.exponents.size
        sizes = [(size(exponent), exponent, block) for exponent, block in other.blocks]
        items = []
        for exponent, block in self.blocks:
            first = size(exponent)
            for second, other_exponent, other_block in sizes:
                if cutoff is not None and first + second <= cutoff:
                    break
                items.append((exponent + other_exponent, _convolved(block, other_block)))
        return self.of(self.scalars, items, cutoff)

    def map_blocks(self, change: Callable[[Any, Block], Block]) -> PowerLogSeries:
        """Return the series with every block changed, exponents kept."""
        items = ((exponent, change(exponent, block)) for exponent, block in self.blocks)
        return self.of(self.scalars, items, self.cutoff)

    def scaled(self, factor: Any) -> PowerLogSeries:
        """Return the product with a coefficient."""
        return self.map_blocks(lambda _, block: tuple(factor * c for c in block))

    def shifted(self, exponent: Any) -> PowerLogSeries:
        """Return the product with ``z**exponent``, the exponent given as a field element."""
        cutoff = self.cutoff
        if cutoff is not None:
            cutoff += self.scalars.exponents.size(exponent)
        items = ((power + exponent, block) for power, block in self.blocks)
        return self.of(self.scalars, items, cutoff)

    def truncated(self, cutoff: fmpq) -> PowerLogSeries:
        """Return the terms above ``cutoff``, the rest forgotten."""
        if self.cutoff is not None and self.cutoff >= cutoff:
            return self
        return self.of(self.scalars, self.blocks, cutoff)

    # -- calculus ----------------------------------------------------------------------------

    def derivative(self) -> PowerLogSeries:
        """Return the derivative by z."""
        embed, one = self.scalars.embed, self.scalars.exponents.one
        moving = self.scalars.large_logarithm is not None

        def differentiated(exponent: Any, block: Block) -> Block:
            first = [embed(exponent) * c for c in block]
            if moving:
                first = [
                    a + self.scalars.log_derivative(c) for a, c in zip(first, block, strict=True)
                ]
            for power in range(1, len(block)):
                first[power - 1] = first[power - 1] + power * block[power]
            return tuple(first)

        return self.map_blocks(differentiated).shifted(-one)

    def primitive(self) -> PowerLogSeries:
        """Return the primitive without constant term; ``1/z`` gives a logarithm."""
        field = self.scalars.exponents
        items = []
        for exponent, block in self.blocks:
            raised = exponent + field.one
            if field.same(raised, field.zero):
                zero = self.scalars.coefficient(0)
                rest = (c / (power + 1) for power, c in enumerate(block))
                items.append((field.zero, (zero, *rest)))
            else:
                items.append((raised, log_quotient(block, self.scalars.embed(raised))))
        cutoff = None if self.cutoff is None else self.cutoff + 1
        return self.of(self.scalars, items, cutoff)

    # -- composition -------------------------------------------------------------------------

    def _relative(self) -> tuple[Any, Any, PowerLogSeries]:
        """Write the series as ``c z**a (1 + small)``: return a, c and small."""
        exponent, block = self.leading
        if len(block) != 1:
            condition = "to be free of logarithms"
            raise OutOfDomain(expected("leading term", condition, self.leading_text()))
        (coefficient,) = block
        reduced = self.shifted(-exponent).scaled(1 / coefficient)
        return exponent, coefficient, reduced.without(self.scalars.exponents.zero)

    def leading_text(self) -> str:
        """Return the order of the leading term, for messages."""
        exponent, block = self.leading
        variable = sympy.Symbol("X", positive=True)
        power = variable ** self.scalars.exponents.expression(exponent)
        return str(power * sympy.log(variable) ** (len(block) - 1))

    def power(self, exponent: sympy.Expr | int) -> PowerLogSeries:
        """Return a real power; the leading term must be free of logarithms unless it is n >= 0."""
        exponent = sympy.sympify(exponent)
        if exponent.is_Integer and exponent >= 0:
            result = self.constant(self.scalars, 1)
            for _ in range(int(exponent)):
                result = result * self
            return result
        first, coefficient, small = self._relative()
        raised = self.scalars.exponents.element(exponent)
        binomial = self.scalars.coefficient(1)
        weight = self.scalars.embed(raised)

        def coefficients(n: int) -> Any:
            nonlocal binomial
            if n:
                binomial = binomial * (weight - (n - 1)) / n
            return binomial

        series = small.analytic(coefficients)
        return series.scaled(self.scalars.power(coefficient, raised)).shifted(first * raised)

    def log(self) -> PowerLogSeries:
        """Return the logarithm; the leading term must be free of logarithms."""
        exponent, coefficient, small = self._relative()
        zero, one = self.scalars.coefficient(0), self.scalars.coefficient(1)
        series = small.analytic(lambda n: one * (-1) ** (n + 1) / n if n else zero)
        head: Block = (self.scalars.log(coefficient), self.scalars.embed(exponent))
        if self.scalars.large_logarithm is not None:
            head = (head[0] + head[1] * self.scalars.large_logarithm,)
        return series + self.of(self.scalars, [(self.scalars.exponents.zero, head)], None)

    def analytic(self, coefficients: Callable[[int], Any]) -> PowerLogSeries:
        """Return ``sum_n coefficients(n) self**n`` of a series that tends to zero."""
        size = self.size()
        result = self.constant(self.scalars, 0) + self.of(
            self.scalars, [(self.scalars.exponents.zero, (coefficients(0),))], None
        )
        if size is None:
            return result
        if size >= 0 or self.cutoff is None:
            raise OutOfDomain(expected("series", "to be small and truncated", self.cutoff))
        power, n = self, 1
        while power.blocks:
            result = result + power.scaled(coefficients(n))
            power = power.times(self, self.cutoff)
            n += 1
        return result + self.of(self.scalars, [], self.cutoff)


def log_quotient(block: Block, rate: Any) -> Block:
    """Return the log-polynomial P with ``rate P + P' = block``."""
    inverse = 1 / rate
    solved: list[Any] = []
    for power in reversed(range(len(block))):
        rest = block[power] - (power + 1) * solved[-1] if solved else block[power]
        solved.append(rest * inverse)
    return tuple(reversed(solved))


def _convolved(left: Block, right: Block) -> Block:
    if len(left) == 1:
        return tuple(left[0] * c for c in right)
    if len(right) == 1:
        return tuple(c * right[0] for c in left)
    total: list[Any] = [None] * (len(left) + len(right) - 1)
    for i, first in enumerate(left):
        for j, second in enumerate(right):
            product = first * second
            total[i + j] = product if total[i + j] is None else total[i + j] + product
    return tuple(total)


def _as_expression(scalars: Scalars, coefficient: Any) -> sympy.Expr:
    if isinstance(coefficient, sympy.Expr):
        return coefficient
    return scalars.exponents.expression(coefficient)
