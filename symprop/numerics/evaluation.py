"""From numbers and SymPy expressions to balls.

One reader of numeric arguments for the whole library (`as_ball`, `as_exact`), one
compiler of expressions (`compile_ball`), one adaptive evaluator (`enclose`).
"""

from __future__ import annotations

import operator
from functools import partial
from typing import TYPE_CHECKING, Any

import sympy
from flint import acb, arb, fmpq

from symprop.foundation.errors import InvalidArgument, PrecisionNotReached, expected
from symprop.foundation.validation import check_dps, check_integer
from symprop.numerics.ball_functions import (
    CUT_FUNCTIONS,
    SMOOTH_FUNCTIONS,
    ball_hyper,
    ball_integer_power,
    ball_piecewise,
    unknown_function,
)
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import (
    GUARD_BITS,
    bits_from_dps,
    current_bits,
    dps_from_bits,
    working_bits,
)
from symprop.numerics.rationals import exact_rational
from symprop.numerics.tape import Instruction, flatten

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = [
    "BallFunction",
    "adaptive",
    "as_ball",
    "as_exact",
    "as_parameter",
    "as_size",
    "compile_ball",
    "enclose",
]

_MOST_DOUBLINGS = 8
_ZERO_BITS = 2000


def as_exact(value: object, name: str = "value") -> sympy.Expr | None:
    """Return the exact SymPy number of an exact argument, or None for a ball.

    Ints, Fractions, SymPy numbers, floats and mpf (their binary value) and rational or
    decimal strings are exact.

    Raises
    ------
    InvalidArgument
        If ``value`` is not a finite real number.

    Examples
    --------
    >>> as_exact("0.1"), as_exact("3/10"), as_exact(0.5)
    (1/10, 3/10, 1/2)
    """
    if isinstance(value, Enclosure | arb):
        return None
    if isinstance(value, sympy.Expr):
        if value.is_number and value.is_real and value.is_finite:
            return sympy.Rational(value) if isinstance(value, sympy.Float) else value
    else:
        fraction = exact_rational(value)
        if fraction is not None:
            return sympy.Rational(int(fraction.p), int(fraction.q))
    raise InvalidArgument(expected(name, "to be a finite real number", value))


def as_parameter(name: str, value: object) -> sympy.Expr:
    """Return an exact number, or an expression with symbols as it is; text is never evaluated.

    Raises
    ------
    InvalidArgument
        If ``value`` is neither.

    Examples
    --------
    >>> as_parameter("variance", "1/2"), as_parameter("variance", sympy.Symbol("q"))
    (1/2, q)
    """
    if isinstance(value, sympy.Expr) and value.free_symbols:
        return value
    exact = as_exact(value, name)
    if exact is None:
        raise InvalidArgument(expected(name, "to be exact, for a closed form", value))
    return exact


def as_size(
    name: str, value: object, *, minimum: int = 1, maximum: int | None = None
) -> sympy.Expr:
    """Return a size, such as a width, that is an integer within bounds or stays a symbol.

    Raises
    ------
    InvalidArgument
        If ``value`` is neither an integer from ``minimum`` to ``maximum`` nor an expression with
        symbols.

    Examples
    --------
    >>> as_size("width", 3), as_size("width", sympy.Symbol("n"))
    (3, n)
    """
    if isinstance(value, sympy.Expr) and value.free_symbols:
        return value
    return sympy.Integer(check_integer(name, value, minimum=minimum, maximum=maximum))


def as_ball(value: object, bits: int, name: str = "value") -> arb:
    """Return a ball around a numeric argument, correct to ``bits`` bits where it is exact.

    Parameters
    ----------
    value : int, Fraction, sympy.Expr, str, float, mpmath.mpf, flint.arb or Enclosure
        Strings are rationals or decimals, taken exactly; a float is its binary value.
    bits : int
        Working precision.
    name : str
        Name of the argument, for the error message.

    Raises
    ------
    InvalidArgument
        If ``value`` is not a finite real number.

    Error
    -----
    Enclosed.
    """
    if isinstance(value, arb | Enclosure):
        ball = value if isinstance(value, arb) else value.ball
        if not ball.is_finite():
            raise InvalidArgument(expected(name, "to be a finite real number", str(ball)))
        return ball
    if isinstance(value, sympy.Expr) and not isinstance(value, sympy.Rational):
        exact = as_exact(value, name)
        with working_bits(bits + GUARD_BITS):
            return _real(compile_ball(exact)())
    rational = (
        fmpq(int(value.p), int(value.q))
        if isinstance(value, sympy.Rational)
        else exact_rational(value)
    )
    if rational is None:
        raise InvalidArgument(expected(name, "to be a finite real number", value))
    with working_bits(bits):
        return arb(rational)


class BallFunction:
    """A compiled expression: call it with balls to get a ball, at the precision in force.

    Built by `compile_ball`. Arguments may be real (``arb``) or complex (``acb``).
    """

    __slots__ = ("_constants", "_expressions", "_inputs", "_result", "_steps")

    def __init__(self, expression: sympy.Expr, symbols: Sequence[sympy.Symbol]) -> None:
        tape = flatten(expression, symbols)
        self._inputs = tape.inputs
        self._expressions = tape.constants
        self._steps = tuple(_step(instruction) for instruction in tape.instructions)
        self._result = tape.result
        self._constants: tuple[int, list[Any]] = (0, [])

    def __call__(self, *balls: Any, analytic: bool = False) -> Any:
        bits = current_bits()
        if self._constants[0] != bits:
            self._constants = (bits, [_constant(number, bits) for number in self._expressions])
        slots = [*balls, *self._constants[1]]
        push = slots.append
        for function, arguments, cut in self._steps:
            operands = [slots[index] for index in arguments]
            push(function(*operands, analytic=analytic) if cut else function(*operands))
        return slots[self._result]


def _constant(number: sympy.Expr, bits: int) -> Any:
    if isinstance(number, sympy.Rational):
        return arb(fmpq(int(number.p), int(number.q)))
    if number is sympy.I:
        return acb(0, 1)
    if number in (sympy.oo, -sympy.oo):
        return arb("inf") if number == sympy.oo else -arb("inf")
    special = {
        sympy.pi: arb.pi,
        sympy.E: arb.const_e,
        sympy.EulerGamma: arb.const_euler,
        sympy.Catalan: arb.const_catalan,
        sympy.GoldenRatio: lambda: (1 + arb(5).sqrt()) / 2,
    }.get(number)
    if special is not None:
        return special()
    if isinstance(number, sympy.Float):
        return _constant(sympy.Rational(number), bits)
    raise unknown_function(str(number))


def _step(instruction: Instruction) -> tuple[Callable[..., Any], tuple[int, ...], bool]:
    """Return the function, its slots and whether it takes the flag ``analytic``."""
    name, arguments, payload = instruction.name, instruction.arguments, instruction.payload
    if name in ("add", "mul"):
        return getattr(operator, name), arguments, False
    if name == "integer_power":
        return partial(ball_integer_power, n=payload), arguments, False
    if name == "hyper":
        return partial(ball_hyper, payload=payload), arguments, True
    if name == "piecewise":
        return partial(ball_piecewise, payload=payload), arguments, True
    custom = getattr(payload, "_eval_ball", None)
    if custom is not None:
        return custom, arguments, False
    if name in SMOOTH_FUNCTIONS:
        return SMOOTH_FUNCTIONS[name], arguments, False
    if name in CUT_FUNCTIONS:
        return CUT_FUNCTIONS[name], arguments, True
    raise unknown_function(name)


def compile_ball(expression: sympy.Expr, symbols: Sequence[sympy.Symbol] = ()) -> BallFunction:
    """Compile ``expression`` into a function of balls, one for each of ``symbols``.

    A SymPy function class may bring its own ball arithmetic as a static method
    ``_eval_ball(*balls)``.

    Raises
    ------
    InvalidArgument
        If the expression contains other symbols or functions without ball arithmetic.

    Error
    -----
    Enclosed, at the working precision in force at the call. A result may be
    non-finite where the expression is singular on the given balls.

    Examples
    --------
    >>> x = sympy.Symbol("x")
    >>> with working_bits(60):
    ...     value = compile_ball(sympy.sqrt(x) + 1, [x])(arb(4))
    >>> value == 3
    True
    """
    return BallFunction(expression, symbols)


def _real(value: Any) -> arb:
    if isinstance(value, acb):
        if not value.imag.contains(0):
            raise InvalidArgument(expected("expression", "to be real", str(value)))
        return value.real
    return value


def adaptive(
    function: Callable[[int], arb],
    dps: int,
    what: str = "value",
    *,
    doublings: int = _MOST_DOUBLINGS,
    zero_bits: int = _ZERO_BITS,
) -> Enclosure:
    """Call ``function(bits)`` with rising precision until ``dps`` relative digits are proved.

    Zero has no relative digits. A ball that still holds zero at ``zero_bits`` bits, or at the
    last precision, is returned as it is if its radius is below ``10**(-4*dps - 40)``: the
    number is 0, or so small that its digits were not found.

    Raises
    ------
    PrecisionNotReached
        With the best enclosure as ``best``.
    """
    goal = bits_from_dps(dps) - GUARD_BITS
    bits = bits_from_dps(dps)
    least = arb((1, -4 * goal - 130))
    best: arb | None = None
    for _ in range(doublings):
        with working_bits(bits):
            ball = function(bits)
        if ball.is_finite():
            stuck = best is not None and not ball.rad() < best.rad() / 4
            if best is None or ball.rad() < best.rad():
                best = ball
            if ball.rel_accuracy_bits() >= goal or ball.is_exact():
                return Enclosure(ball)
            if stuck or (bits >= zero_bits and _is_nothing(best, least)):
                break  # the arguments themselves are too wide, or it is zero
        bits += max(bits, 64)
    if best is not None and _is_nothing(best, least):
        return Enclosure(best)
    proved = None if best is None else Enclosure(best)
    raise PrecisionNotReached(
        f"Expected {dps} proved digits of the {what} but got {_known(proved)}.", proved
    )


def _is_nothing(ball: arb, least: arb) -> bool:
    return bool(ball.contains(0) and abs(ball).upper() < least)


def _known(proved: Enclosure | None) -> str:
    """Return how many digits are proved, and the ball."""
    if proved is None:
        return "none"
    bits = proved.relative_bits
    return f"{dps_from_bits(bits) if bits > 0 else 0} of {proved}"


def enclose(
    expression: sympy.Expr,
    *,
    values: Mapping[sympy.Symbol, object] | None = None,
    dps: int = 15,
) -> Enclosure:
    """Return a ball of at least ``dps`` relative digits around the value of an expression.

    Parameters
    ----------
    expression : sympy.Expr
        A real expression.
    values : mapping, optional
        Numeric value of each free symbol (any numeric argument; exact ones stay exact).
    dps : int
        Decimal digits to prove.

    Raises
    ------
    InvalidArgument
        If a symbol has no value or a function has no ball arithmetic.
    PrecisionNotReached
        If the digits cannot be proved, as for a value given as a wide ball.

    Error
    -----
    Enclosed.

    Examples
    --------
    >>> print(enclose(sympy.pi / (sympy.pi - 1), dps=18).proved_digits(18))
    1.46694220692425986
    """
    check_dps(dps)
    table = dict(values or {})
    function = compile_ball(expression, list(table))

    def at(bits: int) -> arb:
        return _real(
            function(*(as_ball(value, bits, str(symbol)) for symbol, value in table.items()))
        )

    return adaptive(at, dps, "expression")
