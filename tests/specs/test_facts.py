"""Limits, jumps, kinks, parity and homogeneity."""

from __future__ import annotations

import pytest
import sympy

from symprop.foundation.errors import OutOfDomain
from symprop.specs.activations import activation
from symprop.specs.expression import X, parse_expression
from symprop.specs.facts import (
    assemble,
    differentiate,
    find_jumps,
    find_kinks,
    homogeneity_degree,
    one_sided_limit,
    parity_of,
)
from symprop.specs.pieces import Piece, decompose


def pieces_of(text: str) -> tuple[Piece, ...]:
    return decompose(parse_expression(text))


@pytest.mark.parametrize(
    ("text", "jumps", "kinks"),
    [
        ("Max(x, 0)", [], [0]),
        ("Max(x, 0)**2", [], []),
        ("Max(x, 0)**(1/2)", [], [0]),
        ("Abs(x)**(3/2)", [], []),
        ("Heaviside(x - 1)*3", [(1, 3)], []),
        ("sign(x) + Abs(x - 2)", [(0, 2)], [2]),
        ("Piecewise((x, x > 0), (exp(x) - 1, True))", [], []),
        ("Piecewise((x, x > 0), (2*(exp(x) - 1), True))", [], [0]),
        ("Piecewise((sin(x)/x, x > 0), (1, True))", [], []),
        ("Piecewise((x + 1, x > 0), (exp(x), True))", [], []),
        ("1/x", [], []),
        ("log(Abs(x))", [], []),
        ("tanh(x)", [], []),
        ("Piecewise((sqrt(2) + sqrt(3), x > 0), (sqrt(5 + 2*sqrt(6)), True))", [], []),
    ],
)
def test_jumps_and_kinks(text: str, jumps: list[tuple[int, int]], kinks: list[int]) -> None:
    pieces = pieces_of(text)
    assert list(find_jumps(pieces)) == jumps
    assert list(find_kinks(pieces)) == kinks


@pytest.mark.parametrize(
    ("text", "parity"),
    [
        ("tanh(x)", "odd"),
        ("x*erf(x)", "even"),
        ("Abs(x)", "even"),
        ("sign(x)", "odd"),
        ("x/(1 + Abs(x))", "odd"),
        ("Max(-1, Min(1, x))", "odd"),
        ("1/(1 + exp(-x)) - 1/2", "odd"),
        ("x*(exp(x) - 1)/(exp(x) + 1)", "even"),
        ("1/x", "odd"),
        ("log(1 + exp(x)) - x/2", "even"),
        ("Max(x, 0)", None),
        ("x + x**2", None),
        ("Abs(x - 1)", None),
        ("exp(x)", None),
    ],
)
def test_parity(text: str, parity: str | None) -> None:
    assert parity_of(pieces_of(text)) == parity


@pytest.mark.parametrize(
    ("text", "degree"),
    [
        ("x", 1),
        ("Max(x, 0)", 1),
        ("Max(x, x/10)", 1),
        ("Max(x, 0)**(7/10)", sympy.Rational(7, 10)),
        ("Max(x, 0)**pi", sympy.pi),
        ("Abs(x)**(-1/4)", -sympy.Rational(1, 4)),
        ("sign(x)", 0),
        ("x**3", 3),
        ("Piecewise((x**2, x > 0), (-3*x**2, True))", 2),
        ("Piecewise((x**2, x > 0), (x, True))", None),
        ("x + 1", None),
        ("x*tanh(x)", None),
        ("Abs(x - 1)", None),
        ("0", None),
    ],
)
def test_homogeneity(text: str, degree: sympy.Expr | None) -> None:
    assert homogeneity_degree(pieces_of(text)) == degree


def test_limits() -> None:
    silu = pieces_of("x/(1 + exp(-x))")[0]
    assert one_sided_limit(silu, at_upper=False) == 0
    assert one_sided_limit(silu, at_upper=True) == sympy.oo
    root = Piece(sympy.Integer(0), sympy.oo, 1 / sympy.sqrt(X))
    assert one_sided_limit(root, at_upper=False) == sympy.oo
    with pytest.raises(OutOfDomain, match="known limit"):
        one_sided_limit(pieces_of("sin(x)")[0], at_upper=True)


@pytest.mark.parametrize(
    "text", ["Max(0, Min(6, x))", "Abs(x)**3", "sign(x)", "tanh(x)", "x/(1+Abs(x))"]
)
def test_assemble_inverts_decompose(text: str) -> None:
    pieces = pieces_of(text)
    assert decompose(assemble(pieces)) == pieces
    slopes = differentiate(pieces)
    again = decompose(assemble(slopes))
    merged = [slope.expression for slope in slopes]
    assert [piece.expression for piece in again] in (merged, merged[:1])


def test_steep_functions_are_not_mistaken_for_homogeneous_ones() -> None:
    for name in ("tanh(10**9*x)", "silu:1e9", "erf(10**6*x)"):
        assert activation(name).homogeneity is None
    assert activation("10**9*Max(x, 0)**3").homogeneity == 3
