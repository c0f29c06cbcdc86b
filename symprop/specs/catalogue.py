"""The activations of the literature by name, with exact parameters.

Each entry is a formula and the conditions on its parameters; every other fact
about an activation is derived from the formula.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sympy

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_integer
from symprop.specs.decisions import sign_of
from symprop.specs.expression import X, parse_number

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ALIASES", "CATALOGUE", "Entry", "Parameter", "named_expression", "selu_constants"]

_HIGHEST_HERMITE = 256
_HIGHEST_MONOMIAL = 1000


@dataclass(frozen=True, slots=True)
class Parameter:
    """An exact real parameter of a catalogue entry, with its default and its range.

    Attributes
    ----------
    name : str
        As in the formula.
    default : sympy.Expr or None
        None when it must be given.
    above : sympy.Expr or None
        Strict lower bound.
    integer_up_to : int or None
        Set for a non-negative integer parameter.
    """

    name: str
    default: sympy.Expr | None = None
    above: sympy.Expr | None = None
    integer_up_to: int | None = None

    def read(self, text: str) -> sympy.Expr:
        """Return the exact value written in ``text``."""
        value = parse_number(text, name=self.name)
        if self.integer_up_to is not None:
            number = int(value) if value.is_Integer else text
            return sympy.Integer(
                check_integer(self.name, number, minimum=0, maximum=self.integer_up_to)
            )
        if self.above is not None and sign_of(value - self.above) <= 0:
            raise OutOfDomain(expected(self.name, f"> {self.above}", str(value)))
        return value


@dataclass(frozen=True, slots=True)
class Entry:
    """A named family of activations.

    Attributes
    ----------
    build : callable
        Parameters to expression in ``X``.
    parameters : tuple of Parameter
        Given after a colon, separated by commas.
    variadic : bool
        Whether any number of values of the single parameter may follow.
    """

    build: Callable[..., sympy.Expr]
    parameters: tuple[Parameter, ...] = field(default=())
    variadic: bool = False


def selu_constants() -> tuple[sympy.Expr, sympy.Expr]:
    r"""Return SELU's ``(alpha, lambda)`` in closed form.

    With ``phi(x) = lambda*x`` for ``x > 0`` and ``lambda*alpha*(exp(x) - 1)`` otherwise,
    they solve ``E phi(Z) = 0`` and ``E phi(Z)**2 = 1`` for a standard Gaussian ``Z``.
    The two expectations use ``E[exp(t*Z); Z < 0] = exp(t**2/2) Phi(-t)``.

    Examples
    --------
    >>> alpha, scale = selu_constants()
    >>> alpha.n(10), scale.n(10)
    (1.673263242, 1.050700987)
    """

    def below(rate: int) -> sympy.Expr:
        """Return ``E[exp(rate*Z); Z < 0]``."""
        half = sympy.Rational(1, 2)
        return sympy.exp(half * rate**2) * sympy.erfc(rate * sympy.sqrt(half)) / 2

    positive_mean = 1 / sympy.sqrt(2 * sympy.pi)
    positive_square = sympy.Rational(1, 2)
    alpha = positive_mean / (below(0) - below(1))
    square = positive_square + alpha**2 * (below(2) - 2 * below(1) + below(0))
    return alpha, 1 / sympy.sqrt(square)


def _selu() -> sympy.Expr:
    alpha, scale = selu_constants()
    return _above_zero(scale * X, scale * alpha * (sympy.exp(X) - 1))


def _above_zero(positive: sympy.Expr, otherwise: sympy.Expr) -> sympy.Expr:
    return sympy.Piecewise((positive, X > 0), (otherwise, True), evaluate=False)


def _alpha_relu(alpha: sympy.Expr) -> sympy.Expr:
    sign = sign_of(alpha)
    if sign > 0:
        return sympy.Max(0, X) ** alpha
    return sympy.Heaviside(X) if sign == 0 else _above_zero(X**alpha, sympy.Integer(0))


def _hard_sigmoid() -> sympy.Expr:
    return sympy.Max(0, sympy.Min(1, X / 6 + sympy.Rational(1, 2)))


def _gelu_tanh() -> sympy.Expr:
    cubic = X + sympy.Rational(44715, 1_000_000) * X**3
    return X * (1 + sympy.tanh(sympy.sqrt(2 / sympy.pi) * cubic)) / 2


def _polynomial(*coefficients: sympy.Expr) -> sympy.Expr:
    return sympy.Add(*(value * X**power for power, value in enumerate(coefficients)))


def _hermite(order: sympy.Integer) -> sympy.Expr:
    numerator = sympy.hermite_prob_poly(int(order), X)
    return sympy.expand(numerator / sympy.sqrt(sympy.factorial(order)))


_ONE, _ZERO = sympy.Integer(1), sympy.Integer(0)

CATALOGUE: dict[str, Entry] = {
    "identity": Entry(lambda: X),
    "shift": Entry(lambda b: X + b, (Parameter("b"),)),
    "relu": Entry(lambda: sympy.Max(0, X)),
    "leaky_relu": Entry(
        lambda a: _above_zero(X, a * X), (Parameter("a", default=sympy.Rational(1, 100)),)
    ),
    "alpha_relu": Entry(_alpha_relu, (Parameter("alpha", above=-sympy.Rational(1, 2)),)),
    "abs": Entry(lambda: sympy.Abs(X)),
    "step": Entry(lambda: sympy.Heaviside(X)),
    "sign": Entry(lambda: sympy.sign(X)),
    "squared_relu": Entry(lambda: sympy.Max(0, X) ** 2),
    "relu6": Entry(lambda: sympy.Max(0, sympy.Min(6, X))),
    "hard_tanh": Entry(lambda: sympy.Max(-1, sympy.Min(1, X))),
    "hard_sigmoid": Entry(_hard_sigmoid),
    "hard_swish": Entry(lambda: X * _hard_sigmoid()),
    "tanh": Entry(lambda: sympy.tanh(X)),
    "sigmoid": Entry(lambda: 1 / (1 + sympy.exp(-X))),
    "log_sigmoid": Entry(lambda: -sympy.log(1 + sympy.exp(-X))),
    "arctan": Entry(lambda: sympy.atan(X)),
    "softsign": Entry(lambda: X / (1 + sympy.Abs(X))),
    "erf": Entry(lambda: sympy.erf(X)),
    "normal_cdf": Entry(lambda: (1 + sympy.erf(X / sympy.sqrt(2))) / 2),
    "gelu": Entry(lambda: X * (1 + sympy.erf(X / sympy.sqrt(2))) / 2),
    "gelu_tanh": Entry(_gelu_tanh),
    "silu": Entry(lambda beta: X / (1 + sympy.exp(-beta * X)), (Parameter("beta", default=_ONE),)),
    "softplus": Entry(
        lambda beta: sympy.log(1 + sympy.exp(beta * X)) / beta,
        (Parameter("beta", default=_ONE, above=_ZERO),),
    ),
    "mish": Entry(lambda: X * sympy.tanh(sympy.log(1 + sympy.exp(X)))),
    "elu": Entry(lambda a: _above_zero(X, a * (sympy.exp(X) - 1)), (Parameter("a", default=_ONE),)),
    "celu": Entry(
        lambda a: _above_zero(X, a * (sympy.exp(X / a) - 1)),
        (Parameter("a", default=_ONE, above=_ZERO),),
    ),
    "selu": Entry(_selu),
    "exp": Entry(lambda: sympy.exp(X)),
    "sin": Entry(lambda: sympy.sin(X)),
    "cos": Entry(lambda: sympy.cos(X)),
    "gaussian": Entry(lambda: sympy.exp(-(X**2) / 2)),
    "monomial": Entry(lambda k: X**k, (Parameter("k", integer_up_to=_HIGHEST_MONOMIAL),)),
    "polynomial": Entry(_polynomial, (Parameter("coefficient"),), variadic=True),
    "hermite": Entry(_hermite, (Parameter("k", integer_up_to=_HIGHEST_HERMITE),)),
    "tanhshrink": Entry(lambda: X - sympy.tanh(X)),
}
"""Name to family; ``hermite`` is orthonormal, ``gaussian`` is ``exp(-x**2/2)``."""

ALIASES = {"swish": "silu", "linear": "identity", "heaviside": "step", "hardtanh": "hard_tanh"}
"""Other names in use."""


def named_expression(name: str, parameters: str | None) -> tuple[str, sympy.Expr]:
    """Return the canonical name and the expression of a catalogue entry.

    Parameters
    ----------
    name : str
        Catalogue name or alias.
    parameters : str or None
        What stood after the colon.

    Raises
    ------
    InvalidArgument
        If the name is unknown (with close names) or a parameter is missing or wrong.

    Examples
    --------
    >>> named_expression("silu", "0.5")
    ('silu:1/2', x/(1 + exp(-x/2)))
    """
    name = ALIASES.get(name, name)
    entry = CATALOGUE.get(name)
    if entry is None:
        close = difflib.get_close_matches(name[:40], [*CATALOGUE, *ALIASES], n=3)
        near = f" (close names: {', '.join(close)})" if close else ", or an expression in x"
        raise InvalidArgument(expected("activation", f"to be a name of the catalogue{near}", name))
    texts = [] if parameters is None else _split_at_commas(parameters)
    wanted = entry.parameters * max(1, len(texts)) if entry.variadic else entry.parameters
    if len(texts) > len(wanted):
        raise InvalidArgument(
            expected(f"the parameters of {name}", f"to be at most {len(wanted)}", parameters)
        )
    values = [parameter.read(text) for parameter, text in zip(wanted, texts, strict=False)]
    for parameter in wanted[len(values) :]:
        if parameter.default is None:
            raise InvalidArgument(
                expected("activation", f"to give {parameter.name}, as in {name}:2", name)
            )
        values.append(parameter.default)
    expression = entry.build(*values)
    shown = list(values)
    while shown and not entry.variadic and shown[-1] == wanted[len(shown) - 1].default:
        shown.pop()
    canonical = f"{name}:{','.join(str(value) for value in shown)}" if shown else name
    return canonical, expression


def _split_at_commas(text: str) -> list[str]:
    """Split at the commas outside parentheses."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    return [*parts, text[start:]]
