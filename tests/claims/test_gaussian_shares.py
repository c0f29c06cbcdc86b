"""Expected shares against closed forms and against sampling."""

from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from symprop.claims.gaussian_shares import expected_shares, share, to_sum_one
from symprop.numerics.precision import working_bits


@pytest.mark.parametrize("ratio", [Fraction(1), Fraction(4), Fraction(1, 9), Fraction(10**8)])
def test_two_variables(ratio: Fraction) -> None:
    found = expected_shares([Fraction(1), ratio], 25)[0]
    with working_bits(120):
        exact = 1 / (1 + arb(ratio.numerator).sqrt() / arb(ratio.denominator).sqrt())
        assert found.overlaps(exact)
    assert float(found.rad()) < 1e-20


@pytest.mark.parametrize("weights", [(1,), (3, 3, 3), (1, 2, 3, 4, 5), (1, 1, 1, 10**6)])
def test_shares_add_up_to_one(weights: tuple[int, ...]) -> None:
    with working_bits(120):
        total = sum(expected_shares(to_sum_one(weights), 25), arb(0))
    assert total.contains(1)
    assert float(total.rad()) < 1e-18


def test_shares_of_a_sample() -> None:
    weights = [Fraction(1, 10), Fraction(3, 10), Fraction(6, 10)]
    squares = np.random.default_rng(1).standard_normal((200_000, 3)) ** 2 * [0.1, 0.3, 0.6]
    sample = squares / squares.sum(axis=1, keepdims=True)
    errors = sample.std(axis=0) / np.sqrt(len(sample))
    for found, mean, error in zip(
        expected_shares(weights, 20), sample.mean(axis=0), errors, strict=True
    ):
        assert abs(float(found) - mean) <= 5 * error


def test_groups_are_single_variables() -> None:
    with working_bits(100):
        together = share([(arb(1), 3), (arb(2), 2)], 0, 20)
    alone = expected_shares([Fraction(1)] * 3 + [Fraction(2)] * 2, 20)[0]
    assert together.overlaps(alone)
