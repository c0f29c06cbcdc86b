"""Constants of depth laws: a formula, what it means, its exact value and its balls."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import sympy
from flint import arb

from symprop.foundation.errors import InvalidArgument, NoClosedForm, OutOfDomain, expected
from symprop.foundation.validation import check_dps
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import adaptive, as_ball, as_exact, compile_ball

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["DepthConstant", "RateTable", "ResidualVariances", "require_variance", "sign_of_number"]


def sign_of_number(value: object, name: str) -> int:
    """Return the sign of a numeric argument that must be exact or have a proved sign.

    Raises
    ------
    OutOfDomain
        If a ball has no proved sign.
    """
    exact = as_exact(value, name)
    if exact is not None:
        if exact.is_zero:
            return 0
        return 1 if exact > 0 else -1
    ball = as_ball(value, 64, name)
    if ball > 0:
        return 1
    if ball < 0:
        return -1
    raise OutOfDomain(expected(name, "to be exact or to have a proved sign", str(ball)))


def require_variance(value: object, name: str) -> int:
    """Return the sign, 0 or 1, of a variance.

    Raises
    ------
    OutOfDomain
        If it is negative, or a ball that may be.
    """
    sign = sign_of_number(value, name)
    if sign < 0:
        raise OutOfDomain(expected(name, "to be >= 0", value))
    return sign


@dataclass(frozen=True)
class DepthConstant:
    """A number of a depth law, with an exact face and a certified one.

    Attributes
    ----------
    name : str
        As in the literature.
    meaning : str
        The law in which it stands.
    formula : sympy.Expr
        In the symbols of ``values``.
    values : mapping
        Each symbol's numeric argument, or a function from bits to its ball where it is
        the root of an equation.
    """

    name: str
    meaning: str
    formula: sympy.Expr
    values: Mapping[sympy.Symbol, object] = field(default_factory=dict, repr=False)

    @cached_property
    def closed_form(self) -> sympy.Expr:
        """The exact value.

        Raises
        ------
        NoClosedForm
            If an argument is a ball or the root of an equation without exact solution.
        """
        table = {}
        for symbol in self.formula.free_symbols:
            value = self.values[symbol]
            exact = None if callable(value) else as_exact(value, str(symbol))
            if exact is None:
                raise NoClosedForm(f"No closed form is known of {self.name} in terms of {symbol}.")
            table[symbol] = exact
        return self.formula.subs(table)

    @cached_property
    def _compiled(self) -> Callable[[int], arb]:
        symbols = sorted(self.formula.free_symbols, key=str)
        function = compile_ball(self.formula, symbols)

        def at(bits: int) -> arb:
            balls = []
            for symbol in symbols:
                value = self.values[symbol]
                ball = value(bits) if callable(value) else as_ball(value, bits, str(symbol))
                balls.append(ball)
            return function(*balls)

        return at

    def ball(self, bits: int) -> arb:
        """Return the ball at a working precision already in force."""
        return self._compiled(bits)

    def enclose(self, *, dps: int = 50) -> Enclosure:
        """Return a ball of ``dps`` relative digits.

        Raises
        ------
        PrecisionNotReached
            If the arguments are balls too wide for that.
        """
        check_dps(dps)
        return adaptive(self._compiled, dps, f"constant {self.name}")


@dataclass(frozen=True)
class RateTable:
    """What is known of a residual network at great depth.

    Attributes
    ----------
    architecture : {"frn", "rrn"}
        Full or reduced residual network.
    activation : str
        Its name.
    regime : str
        Which law applies.
    laws : tuple of str
        The statements in which the constants stand, in words and formulas.
    constants : tuple of DepthConstant
        Only those that exist in this regime.
    """

    architecture: str
    activation: str
    regime: str
    laws: tuple[str, ...]
    constants: tuple[DepthConstant, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the constants, in order."""
        return tuple(constant.name for constant in self.constants)

    def __getitem__(self, name: str) -> DepthConstant:
        for constant in self.constants:
            if constant.name == name:
                return constant
        raise InvalidArgument(expected("name", f"to be one of {', '.join(self.names)}", name))

    def __iter__(self) -> Iterator[DepthConstant]:
        return iter(self.constants)


@dataclass(frozen=True, slots=True)
class ResidualVariances:
    """The four variances of a residual network: ``sigma_v^2, sigma_a^2, sigma_w^2, sigma_b^2``.

    Raises
    ------
    OutOfDomain
        If one is negative, or a ball that may be zero.
    """

    branch_weight: object
    branch_bias: object
    weight: object
    bias: object

    def __post_init__(self) -> None:
        for name, value in self.named():
            require_variance(value, name)

    def named(self) -> tuple[tuple[str, object], ...]:
        """Return the variances with their names in signatures."""
        return (
            ("branch_weight_variance", self.branch_weight),
            ("branch_bias_variance", self.branch_bias),
            ("weight_variance", self.weight),
            ("bias_variance", self.bias),
        )
