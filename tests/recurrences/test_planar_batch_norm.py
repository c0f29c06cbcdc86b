"""Steps of batches of which a line or a plane is left: exact values, float64 and refusals."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
import sympy

from symprop.foundation.errors import NoClosedForm, NoConvergence, OutOfDomain
from symprop.numerics.evaluation import enclose
from symprop.numerics.precision import working_bits
from symprop.recurrences.normalization import batch_norm_gram
from symprop.recurrences.normalization_balls import batch_norm_gram_balls
from symprop.recurrences.planar_batch_norm import planar_step
from symprop.specs.activations import activation

TRIPLE = [[4, 1, 0], [1, 3, 1], [0, 1, 2]]


@pytest.mark.parametrize("phi", ["tanh", "gelu", "sin(x)", "exp(x)", "softplus", "exp(-x**2)"])
@pytest.mark.parametrize(
    ("gram", "center"), [(TRIPLE, True), ([[4, 1], [1, 3]], False), ([["1e4", 1], [1, 1]], False)]
)
def test_planes_agree_with_float64(phi: str, gram: list[list[Any]], center: bool) -> None:
    balls = batch_norm_gram_balls(phi, gram, center=center)
    step = batch_norm_gram(phi, np.array(gram, float), center=center)
    for i, row in enumerate(balls):
        for j, ball in enumerate(row):
            assert abs(float(ball) - step.gram[i, j]) <= step.error
            assert ball.radius < 1e-14 * step.gram.max()


def test_more_digits_lie_inside_fewer() -> None:
    few, many = (batch_norm_gram_balls("gelu", TRIPLE, dps=dps) for dps in (12, 60))
    for i in range(3):
        for j in range(3):
            assert few[i][j].overlaps(many[i][j])
            assert many[i][j].radius < 1e-59


@pytest.mark.parametrize("slope", [3, 12])
def test_poles_inside_a_strip_are_seen(slope: int) -> None:
    """Beyond its poles a steep tanh is small again."""
    phi = f"tanh({slope}*x)"
    table = batch_norm_gram_balls(phi, [[2, 1], [1, 1]], center=False)
    step = batch_norm_gram(phi, [[2, 1], [1, 1]], center=False)
    assert abs(float(table[0][1]) - step.gram[0, 1]) <= step.error
    assert table[0][1].radius < 1e-14


def test_squares_of_sines_in_closed_form() -> None:
    """Two independent inputs: the mean of cosines of sqrt(8) times a cosine is Bessel's."""
    table = batch_norm_gram_balls("sin(x)", [[1, 0], [0, 1]], center=False, dps=30)
    with mpmath.workdps(40):
        known = (1 - mpmath.besselj(0, 2 * mpmath.sqrt(2))) / 2
        assert abs(table[0][0].midpoint - known) < 1e-29
    assert table[0][1].contains(0)


@pytest.mark.parametrize("phi", ["tanh", "hard_tanh", "relu6", "softsign", "exp(x)"])
def test_two_centred_inputs_become_signs(phi: str) -> None:
    table = batch_norm_gram_balls(phi, [[3, sympy.sqrt(2)], [sympy.sqrt(2), 1]], dps=20)
    plus, minus = activation(phi)(np.array([1.0, -1.0]))
    assert abs(float(table[0][0]) - (plus**2 + minus**2) / 2) < 1e-14
    assert abs(float(table[1][0]) - plus * minus) < 1e-14
    assert table[0][0].radius < 1e-19


def test_lines_of_more_inputs_are_exact() -> None:
    vector = [1, 2, -3]
    gram = [[p * q for q in vector] for p in vector]
    table = batch_norm_gram_balls("hard_tanh", gram, center=False, dps=30)
    first = sympy.sqrt(sympy.Rational(3, 14))
    assert table[0][0].overlaps(enclose(first**2, dps=30))
    assert table[0][1].contains("3/7")
    assert table[0][2].overlaps(enclose(-first, dps=30))
    assert table[2][2].contains(1)


def test_what_is_refused() -> None:
    with pytest.raises(NoClosedForm, match="homogeneous"):
        batch_norm_gram_balls("tanh", np.eye(4))
    with pytest.raises(NoClosedForm, match="analytic or positively homogeneous"):
        batch_norm_gram_balls("hard_tanh", TRIPLE)
    with pytest.raises(OutOfDomain, match="off the jump"):
        batch_norm_gram_balls("Heaviside(x - 1)", [[1, 0], [0, 1]])
    with working_bits(100), pytest.raises(NoConvergence, match="bounded near the real line"):
        planar_step(activation("tanh(300*x)"), [[2, 1], [1, 1]], 2, 50)
