"""Expansions of lengths in depth, against recurrences that know no expansion."""

from __future__ import annotations

import mpmath
import pytest
import sympy

from symprop.asymptotics.length_expansions import length_expansion, length_increment
from symprop.asymptotics.matching import match_constant
from symprop.foundation.errors import InvalidArgument, NoClosedForm, OutOfDomain
from symprop.gaussian.transforms import v_transform
from symprop.numerics.evaluation import enclose
from symprop.recurrences.trajectories import trajectory
from symprop.specs.architectures import (
    Architecture,
    FullResidual,
    FullyConnected,
    ReducedResidual,
)

PRINTED = FullResidual("tanh", "3/2", "1/2", "169/100", "49/100")
P = sympy.Symbol("p", positive=True)


@pytest.mark.parametrize(
    ("activation", "digits"),
    [("tanh", 12), ("erf", 12), ("-2*tanh(x)", 12), ("sign", 30), ("alpha_relu:7/10", 30)],
)
def test_increment_at_large_length(activation: str, digits: int) -> None:
    """The expansion of V agrees with its enclosure as far as the neglected term allows."""
    net = FullResidual(activation, "3/2", "1/2", "169/100", "49/100")
    increment, known_to = length_increment(net, 6)
    moment = v_transform(activation).enclose(6760 + sympy.Rational(49, 100), dps=40)
    found = enclose(increment, values={P: sympy.Integer(4000)}, dps=40)
    wanted = moment * sympy.Rational(3, 2) + sympy.Rational(1, 2)
    assert abs(float(found - wanted)) < 10.0**-digits
    assert (known_to is None) == (digits == 30)


def test_neglected_term_has_the_stated_power() -> None:
    errors = []
    increment, known_to = length_increment(PRINTED, 2)
    for p in (500, 1000):
        q = p * sympy.Rational(169, 100) + sympy.Rational(49, 100)
        exact = sympy.Rational(3, 2) * v_transform("tanh").enclose(q, dps=40) + sympy.Rational(1, 2)
        errors.append(float(exact - sympy.N(increment.subs(P, p), 40)))
    assert errors[0] / errors[1] == pytest.approx(2.0 ** float(-known_to), rel=0.01)


def test_constant_of_the_printed_network() -> None:
    """The constant of the input of length 1, to the digits known from another program.

    There the constant term -bias/weight variance of p stands apart, here it is part of K.
    """
    expansion = length_expansion(PRINTED, order=4)
    moment = v_transform("tanh")

    def step(p: mpmath.mpf) -> mpmath.mpf:
        q = p * 169 / 100 + mpmath.mpf(49) / 100
        return p + mpmath.mpf(3) / 2 * moment.evalf(q, dps=mpmath.mp.dps) + mpmath.mpf(1) / 2

    found = match_constant(expansion, 1, step=step, dps=15, layers=512)
    apart = found.value + mpmath.mpf(49) / 169 / 2
    assert abs(apart - mpmath.mpf("0.998347189651635811702")) < 1e-14


@pytest.mark.parametrize(
    ("net", "order"),
    [
        (PRINTED, 5),
        (FullResidual("erf", 1, 0, 1, 0), 5),
        (ReducedResidual("tanh", 2, 1), 5),
        (FullResidual("alpha_relu:7/10", 1, "1/2", 1, "1/3"), 5),
    ],
)
def test_expansion_fits_two_depths_with_one_constant(net: Architecture, order: int) -> None:
    path = trajectory(net, 4000, length=1)
    expansion = length_expansion(net, order=order)
    index, constant = sympy.Symbol("l"), expansion.constants[0].symbol
    form = expansion.expression
    at_end = sympy.lambdify(constant, form.subs(_index(form), 4000), "mpmath")
    value = mpmath.findroot(lambda k: at_end(k) - path.p[4000], 1)
    assert index.name == "l"
    for depth in (500, 1000, 2000):
        there = expansion.evaluate(depth, {constant: value})
        assert abs(there / path.p[depth] - 1) < 2e-5


def _index(form: sympy.Expr) -> sympy.Symbol:
    return next(symbol for symbol in form.free_symbols if symbol.name == "l")


def test_relu_grows_geometrically() -> None:
    expansion = length_expansion(FullResidual("relu", 1, "1/2", 1, "1/3"))
    assert expansion.coefficient(0) == sympy.Rational(-4, 3)


@pytest.mark.parametrize(
    ("net", "kind", "words"),
    [
        (FullyConnected("tanh", 1), InvalidArgument, "residual network"),
        (FullResidual("silu", 1, 1, 1, 1), NoClosedForm, "silu"),
        (FullResidual(("tanh", "erf"), 1, 1, 1, 1), InvalidArgument, "equal layers"),
        (FullResidual("tanh", 1, 1, 0, 1), OutOfDomain, "weight_variance > 0"),
    ],
)
def test_refusals(net: Architecture, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        length_expansion(net)
