"""The sampler on networks whose answers are known without the theory that it tests."""

from fractions import Fraction

import pytest

from symprop.claims.residual_sampling import (
    sampled_gradient,
    sampled_inner_product,
    sampled_length,
)

IDLE = {"sw2": Fraction(1), "sb2": Fraction(1), "sv2": Fraction(0), "sa2": Fraction(0)}


def test_without_branch_nothing_changes() -> None:
    setting = IDLE | {"p0": Fraction(2), "p1": Fraction(1, 2), "e0": Fraction(3, 10)}
    assert sampled_length("tanh", 3, 4, 1, **setting) == pytest.approx((2, 0))
    assert sampled_inner_product("tanh", 3, 4, 1, **setting) == pytest.approx((0.3, 0))
    assert sampled_gradient("tanh", 3, 4, 1, **setting) == pytest.approx((1, 0))


def test_branch_bias_adds_its_variance() -> None:
    setting = IDLE | {"sa2": Fraction(3), "p0": Fraction(0)}
    mean, error = sampled_length("tanh", 2, 40, 1, **setting)
    assert abs(mean - 6) <= 5 * error < 1


def test_linear_networks() -> None:
    setting = {"sw2": Fraction(1, 2), "sb2": Fraction(0), "p0": Fraction(1), "e0": Fraction(1, 2)}
    mean, error = sampled_length("x", 3, 100, 1, **setting)
    assert abs(mean - 1.5**3) <= 5 * error < 1
    mean, error = sampled_inner_product("x", 3, 100, 1, **setting)
    assert abs(mean - 1.5**3 / 2) <= 5 * error < 1
    mean, error = sampled_gradient("x", 3, 100, 1, **setting)
    assert abs(mean - 1.5**3) <= 5 * error < 1


def test_seeds() -> None:
    setting = {"sw2": Fraction(1), "sb2": Fraction(1), "p0": Fraction(1)}
    same = [sampled_length("relu", 2, 3, 7, **setting) for _ in range(2)]
    assert same[0] == same[1] != sampled_length("relu", 2, 3, 8, **setting)
