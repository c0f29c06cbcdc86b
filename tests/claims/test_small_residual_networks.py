"""The small networks against NumPy, and difference quotients against powers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from symprop.claims.small_residual_networks import (
    BITS,
    INPUTS,
    column,
    drawn,
    factor,
    matrix,
    output,
    passed,
    quotient,
)
from symprop.numerics.precision import working_bits


@pytest.mark.parametrize(("depth", "m"), [(1, 1), (2, 3)])
def test_output_is_that_of_the_architecture(depth: int, m: int) -> None:
    network = drawn(depth, m, 1)
    signal = np.array(network.first, dtype=float) @ np.array(INPUTS[1], dtype=float) / np.sqrt(2)
    for block in range(1, depth + 1):
        inside = signal
        for h in range(1, m + 1):
            read = np.sqrt(2) * np.maximum(inside, 0) if h > 1 else inside
            inside = np.array(network.matrix((block, h)), dtype=float) @ read * np.sqrt(0.5 / 2)
        signal = signal + inside
    expected = np.array(network.last, dtype=float) @ signal / np.sqrt(2)
    assert float(output(network, 1)) == pytest.approx(expected, rel=1e-12)


def test_one_weight_moves() -> None:
    network = drawn(1, 1, 1)
    moved = network.moved((1, 1), 0, 1, Fraction(1, 7))
    difference = moved.matrix((1, 1))[0][1] - network.matrix((1, 1))[0][1]
    assert difference == Fraction(1, 7)
    assert moved.matrix((1, 1))[1] == network.matrix((1, 1))[1]


def test_quotient_of_a_square() -> None:
    network = drawn(1, 1, 1)
    weight = network.matrix((1, 1))[0][0]
    with working_bits(BITS):
        slope = quotient(
            lambda net: column([net.matrix((1, 1))[0][0] ** 2])[0, 0],
            network,
            (1, 1),
            0,
            0,
        )
    assert float(slope) == pytest.approx(2 * float(weight), rel=1e-12)


def test_gates_and_factors() -> None:
    seen = passed(drawn(1, 2, 1), INPUTS[0])
    assert set(seen.gates) == {(1, 1)}
    assert float(factor(1)) == 0.5
    assert float(factor(2) ** 2) == pytest.approx(0.5)
    assert matrix(((Fraction(1, 2),),))[0, 0] == arb("0.5")
