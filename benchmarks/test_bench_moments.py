"""Exact second moments of the tangent kernel at finite width, with fresh widths in every round.

The peers are the recursions of single layers as they are usually written, in Python's fractions
and in SymPy's expressions.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
import sympy

from symprop.moments.diagonal import tangent_moments
from symprop.specs.branched import DenseNet, ResNet

DEPTH, FEW = 1000, 6
SCALE = Fraction(1, 10)
LIMIT, LIMIT_IN_SYMBOLS = 1.0, 5.0  # seconds


def widths() -> Iterator[tuple[Any, ...]]:
    width = 100
    while True:
        width += 1
        yield (width,)


def symbols() -> Iterator[tuple[Any, ...]]:
    index = 0
    while True:
        index += 1
        yield (sympy.Symbol(f"n_{index}", positive=True),)


def residual_recursion(width: Any, one: Any, strength: Any, depth: int, finish: Any) -> Any:
    """Return ``E G^2`` for branches of two matrices."""
    gate, line, decay = one + 5 * one / width, one + 2 * one / width, one - one / width
    growth = 1 + 2 * strength * line + strength**2 * line * gate
    kept = 1 + 2 * strength * decay + strength**2 * decay**2
    mixed = decay**2 + decay * gate
    u = w = r = 0 * one
    for _ in range(depth):
        inner = 2 + 4 * u + 2 * one / 3 + 4 * w + 4 * decay / gate * (w + one / 3)
        r += (4 * strength * line * (u + 2 * w) + strength**2 * line * gate * inner) / (3 * growth)
        w = finish((kept * w + (2 * strength * decay + strength**2 * mixed) / 3) / growth)
        u += 2 * (strength * line + strength**2 * line * gate) / (3 * growth)
        u, r = finish(u), finish(r)
    return finish(3 * line * growth**depth * r)


def own(network: Any, depth: int) -> Any:
    return lambda width: tangent_moments(network, width, depth).second_moment


def by_fractions(width: int) -> Fraction:
    return residual_recursion(width, Fraction(1), SCALE**2, DEPTH, lambda value: value)


def by_expressions(width: sympy.Symbol) -> sympy.Expr:
    scale = sympy.Symbol("alpha", positive=True)
    return residual_recursion(width, sympy.S.One, scale**2, FEW, sympy.factor)


@pytest.mark.parametrize("name", ["resnet", "densenet"])
def test_deep(measure, name) -> None:
    network = {"resnet": ResNet(2, SCALE), "densenet": DenseNet()}[name]
    measure(
        "symprop",
        f"exact E G^2 of a {name} of depth {DEPTH}",
        own(network, DEPTH),
        widths(),
        rounds=9,
        within=LIMIT,
    )


def test_deep_by_fractions(measure) -> None:
    row = f"exact E G^2 of a resnet of depth {DEPTH}"
    measure("fractions", row, by_fractions, widths(), rounds=1, warm=False)


@pytest.mark.parametrize("name", ["resnet", "densenet"])
def test_in_symbols(measure, name) -> None:
    scale = sympy.Symbol("alpha", positive=True)
    network = {"resnet": ResNet(2, scale), "densenet": DenseNet()}[name]
    measure(
        "symprop",
        f"E G^2 of a {name} of depth {FEW} in symbols",
        own(network, FEW),
        symbols(),
        rounds=5,
        within=LIMIT_IN_SYMBOLS,
    )


def test_in_symbols_by_expressions(measure) -> None:
    row = f"E G^2 of a resnet of depth {FEW} in symbols"
    measure("sympy", row, by_expressions, symbols(), rounds=1, warm=False)
