"""The parser of expressions and numbers."""

from __future__ import annotations

import pytest
import sympy

from symprop.foundation.errors import InvalidArgument
from symprop.specs.expression import LONGEST_TEXT, X, parse_expression, parse_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x", X),
        ("-x**2", -(X**2)),
        ("2**-1", sympy.Rational(1, 2)),
        ("2^3^2", sympy.Integer(512)),
        ("-2**2", sympy.Integer(-4)),
        ("x - 1 - 2", X - 3),
        ("12/2/3*x", 2 * X),
        ("0.1*x", X / 10),
        (".5e-2", sympy.Rational(1, 200)),
        ("x*erf(x)", X * sympy.erf(X)),
        ("Max(x,0)**(3/2)", sympy.Max(0, X) ** sympy.Rational(3, 2)),
        ("sigmoid(x)", 1 / (1 + sympy.exp(-X))),
        ("normal_cdf(x)", (1 + sympy.erf(X / sympy.sqrt(2))) / 2),
        ("step(x) + abs(x)", sympy.Heaviside(X) + sympy.Abs(X)),
        ("E**x", sympy.exp(X)),
        ("besselk(0, 1)", sympy.besselk(0, 1)),
        (" ( ( x ) ) \n", X),
    ],
)
def test_reads(text: str, value: sympy.Expr) -> None:
    assert parse_expression(text) == value


def test_reads_piecewise_without_solving_it() -> None:
    read = parse_expression("Piecewise((x, x > 0), (exp(x) - 1, True))")
    assert read == sympy.Piecewise((X, X > 0), (sympy.exp(X) - 1, True), evaluate=False)
    chained = parse_expression("Piecewise((1, 0 < x < 1), (2, (x > 3) | ~(x > -1)), (0, True))")
    assert [chained.subs(X, at) for at in (sympy.Rational(1, 2), 2, 4, -5)] == [1, 0, 2, 2]


def test_other_symbol() -> None:
    q = sympy.Symbol("q", positive=True)
    assert parse_expression("2*q", symbol=q) == 2 * q
    with pytest.raises(InvalidArgument, match="'x' is unknown"):
        parse_expression("2*x", symbol=q)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", sympy.Rational(1, 10)),
        ("sqrt(2)/3", sympy.sqrt(2) / 3),
        ("1e-3", sympy.Rational(1, 1000)),
        ("-pi", -sympy.pi),
        ("3/10", sympy.Rational(3, 10)),
    ],
)
def test_numbers(text: str, value: sympy.Expr) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize("text", ["x", "2*q", "", "1/0", "log(-1)", "oo", "nan", "1j", "inf"])
def test_not_numbers(text: str) -> None:
    with pytest.raises(InvalidArgument, match="Expected rho to be a number"):
        parse_number(text, name="rho")


ATTACKS = [
    "__import__('os').system('true')",
    "x.__class__.__mro__",
    "().__class__",
    "lambda x: x",
    "x if x else x",
    "[x for x in x]",
    "x[0]",
    "{x}",
    "f'{x}'",
    "'x'",
    "x; x",
    "x = 1",
    "x := 1",
    "eval(x)",
    "exec('x')",
    "open(x)",
    "getattr(x, x)",
    "Symbol(x)",
    "Function(x)(x)",
    "sympify(x)",
    "lambdify(x)",
    "Integral(x)",
    "x\x00",
    "\x00",
    "\ud800",
    "ｘ",
    "𝐱",
    "x²",
    "١",
    "∞",
    "x\u202e",
    "#x",
    "x#",
    "\\x",
    "x\\\n",
    "",
    " ",
    "(",
    ")",
    "()",
    "x x",
    "2x",
    "x(2)",
    "+",
    "*x",
    "x**",
    "x****2",
    "1e",
    "1.2.3",
    "1_000",
    "0x10",
    "1j",
    "x,",
    "Max()",
    "Max",
    "exp(x, x)",
    "besselk(x)",
    "x > 0",
    "(x > 0) + 1",
    "1 & x",
    "~x",
    "True",
    "Max(x, x > 0)",
    "Piecewise()",
    "Piecewise((x, x > 0))",
    "Piecewise((x, x), (1, True))",
    "Piecewise(x, True)",
    "9**9**9",
    "10**10**10",
    "x**9**9**9",
    "2**2**2**2**2**2",
    "((((9**9)**9)**9)**9)**9",
    "((x**100)**100)**100",
    "(1 + 1/10**1000)**1000000",
    "gamma(10**8)",
    "gamma(gamma(gamma(9)))",
    "exp(exp(exp(10)))",
    "cosh(sinh(cosh(99)))",
    "1e999999999",
    "1e-999999999",
    "1e" + "9" * 5000,
    "9" * 5000,
    "0." + "0" * 5000 + "1",
    "1/(sqrt(2) - sqrt(2))",
    "0**-1",
    "log(0)",
    "sqrt(-1)",
    "(-8)**(1/3)",
    "tan(pi/2)",
    "besselk(0, 0)",
    "atanh(1)",
    "(" * 10_000,
    "(" * 10_000 + "x" + ")" * 10_000,
    "-" * 10_000 + "x",
    "sin(" * 5000 + "x" + ")" * 5000,
    "x" * 10**6,
    "x+" * 10**5 + "x",
    "Max(" + "x," * 5000 + "x)",
    "+".join(f"Abs(x-{k})" for k in range(5000)),
    "x**" * 5000 + "x",
]


@pytest.mark.parametrize("text", ATTACKS, ids=[str(index) for index in range(len(ATTACKS))])
def test_hostile_text_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(InvalidArgument, match="Expected formula to be an expression") as caught:
        parse_expression(text, name="formula")
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("value", [None, 1, 0.5, b"x", ["x"], X])
def test_only_text_is_read(value: object) -> None:
    with pytest.raises(InvalidArgument, match="to be a string"):
        parse_expression(value)  # type: ignore[arg-type]


def test_close_names_are_offered() -> None:
    with pytest.raises(InvalidArgument, match="close names: tanh"):
        parse_expression("tanhh(x)")


def test_large_but_harmless_text_is_read() -> None:
    text = "+".join(f"{k}*x**{k % 50}" for k in range(2000))
    assert len(text) < LONGEST_TEXT
    assert parse_expression(text).is_polynomial(X)
    assert parse_expression("-".join(["x"] * 2000)) == -1998 * X
