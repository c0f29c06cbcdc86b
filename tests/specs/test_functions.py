"""The closed list of functions, against their definitions in float64."""

from __future__ import annotations

import math

import pytest
import sympy

from symprop.specs.functions import CONSTANTS, FUNCTIONS

REFERENCE = {
    "Phi": lambda x: math.erfc(-x / math.sqrt(2)) / 2,
    "normal_cdf": lambda x: math.erfc(-x / math.sqrt(2)) / 2,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "softplus": lambda x: math.log1p(math.exp(x)),
    "relu": lambda x: max(x, 0.0),
    "step": lambda x: float(x > 0),
    "Heaviside": lambda x: float(x > 0),
    "Abs": abs,
    "abs": abs,
    "sign": lambda x: math.copysign(1, x),
    "Max": lambda x: x,
    "Min": lambda x: x,
    "sech": lambda x: 1 / math.cosh(x),
    "besselk": None,
}


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_value(name: str) -> None:
    entry = FUNCTIONS[name]
    point = 1.25 if name == "acosh" else 0.6
    if name == "besselk":  # K_{1/2}(x) = sqrt(pi/(2x)) exp(-x)
        value = entry.build(sympy.Rational(1, 2), sympy.Float(point)).n()
        assert float(value) == pytest.approx(math.sqrt(math.pi / 1.2) * math.exp(-0.6))
        return
    reference = REFERENCE.get(name) or getattr(math, name)
    assert float(entry.build(sympy.Float(point)).n()) == pytest.approx(reference(point))


def test_nothing_else_is_callable() -> None:
    assert all(entry.fewest >= 1 for entry in FUNCTIONS.values())
    assert set(CONSTANTS) == {"pi", "E"}
