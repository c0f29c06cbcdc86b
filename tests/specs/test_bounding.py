"""Envelopes of expressions, rule by rule."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb

from symprop.foundation.errors import OutOfDomain
from symprop.numerics.evaluation import as_ball, compile_ball
from symprop.numerics.precision import working_bits
from symprop.specs.bounding import envelope_of
from symprop.specs.envelopes import Envelope
from symprop.specs.exponential_sums import Domain, ExponentialSum, Rates
from symprop.specs.expression import X, parse_expression

BITS = 400


def ball_value(total: ExponentialSum, t: Fraction) -> arb:
    at = as_ball(t, BITS)
    terms = (
        as_ball(c, BITS)
        * at ** as_ball(r.power, BITS)
        * (as_ball(r.linear, BITS) * at + as_ball(r.quadratic, BITS) * at**2).exp()
        for r, c in total.terms.items()
    )
    return sum(terms, arb(0))


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize(
    "text",
    [
        "sin(1/(1 + x**2))",
        "tanh(exp(-x**2))",
        "tanh(x + 3)",
        "atan(x)*erf(x/2)",
        "erf(1/(1 + x**2))",
        "erfc(x)",
        "erfc(x)*exp(x**2/9)",
        "sech(2*x)",
        "1/cosh(x)",
        "sinh(x)/9",
        "asinh(x**3)",
        "asin(tanh(x))",
        "acos(tanh(x))",
        "log(1 + exp(x))",
        "log(1 + exp(x**3))",
        "log(cosh(x))",
        "log(2 + sin(x))",
        "(2 + sin(x))**pi",
        "(2 + cos(x))**x",
        "1/(1 + exp(-x))",
        "x/(1 + exp(-x - x**3))",
        "exp(x)/(1 + exp(x))**2",
        "exp(x**3)/(1 + exp(x**3))",
        "1/(x**2 - x + 1)",
        "1/(1 + exp(x) + exp(x**4))",
        "1/cosh(x**3)",
        "x*tanh(log(1 + exp(x)))",
        "1/tanh(x)",
        "sqrt(1 + x**2) - 1",
        "exp(-(x + 1)**6/3)",
        "exp(-x**4 + 3*x**3)",
    ],
)
def test_bounds_hold(text: str, side: int) -> None:
    expression = parse_expression(text)
    ray = ExponentialSum.of(side, Rates(Fraction(1)))
    bounds = envelope_of(expression, Envelope(ray, ray), Domain(Fraction(1), None))
    with working_bits(BITS):
        function = compile_ball(expression, [X])
        for t in (Fraction(1), Fraction(9, 8), Fraction(2), Fraction(7, 2), Fraction(6)):
            truth = function(as_ball(side * t, BITS))
            assert not truth < ball_value(bounds.lower, t)
            assert not truth > ball_value(bounds.upper, t)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("exp(x**3)", "may grow faster than x\\*\\*2"),
        ("1/(x**2 - 2*x + 1)", "a denominator is not proved to stay away from 0"),
        ("1/sin(x)", "a denominator is not proved"),
        ("log(x - 1)", "logarithm is not proved"),
        ("sqrt(sin(x))", "base of a power is not proved positive"),
        ("gamma(x)", "not known to symprop"),
    ],
)
def test_refusals_give_the_reason_once(text: str, reason: str) -> None:
    ray = ExponentialSum.of(1, Rates(Fraction(1)))
    with pytest.raises(OutOfDomain, match=reason) as caught:
        envelope_of(1 + parse_expression(text), Envelope(ray, ray), Domain(Fraction(1), None))
    assert str(caught.value).count("Expected") == 1
