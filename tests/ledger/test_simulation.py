"""Simulations are judged by their own standard errors, and not twice by the same dice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.ledger.claim import Context
from symprop.ledger.evidence import Grade, Outcome
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated

QUICK = Context()


def squares(scale: Any, size: int, seed: int) -> tuple[float, float]:
    """Mean and standard error of ``scale * Z**2``."""
    sample = float(scale) * np.random.default_rng(seed).standard_normal(size) ** 2
    return float(sample.mean()), float(sample.std(ddof=1) / np.sqrt(size))


SCALES = grid(scale=(1, "1/3", 10))


@pytest.mark.parametrize("relation", ["==", "<=", ">="])
def test_right_theory(relation: str) -> None:
    check = simulated(squares, relation, lambda scale: scale, points=SCALES, sizes=(4000, 8000))
    found = check(QUICK)
    assert (found.outcome, found.grade) == (Outcome.HOLDS, Grade.STATISTICAL)


def test_wrong_theory_is_refuted() -> None:
    check = simulated(squares, "==", lambda scale: scale * 2, points=SCALES, sizes=(4000, 8000))
    found = check(QUICK)
    assert (found.outcome, found.grade) == (Outcome.FAILS, Grade.STATISTICAL)
    assert found.counterexample is not None
    assert found.counterexample.values == {"scale": "1"}


def test_bounds_may_be_loose_on_one_side_only() -> None:
    above = simulated(squares, "<=", 2, points=grid(scale=(1,)), sizes=(4000, 4000))
    below = simulated(squares, ">=", 2, points=grid(scale=(1,)), sizes=(4000, 4000))
    assert above(QUICK).outcome is Outcome.HOLDS
    assert below(QUICK).outcome is Outcome.FAILS


def test_noise_that_hides_the_answer_is_no_agreement() -> None:
    check = simulated(squares, "==", 1, points=grid(scale=(1,)), sizes=(20, 20))
    found = check(QUICK)
    assert found.outcome is Outcome.UNDECIDED
    assert "resolve" in found.detail


def test_a_deviation_that_does_not_come_back_is_undecided() -> None:
    calls: list[int] = []

    def unlucky(size: int, seed: int) -> tuple[float, float]:
        calls.append(size)
        return (1.1 if len(calls) == 1 else 1.0), 0.01

    found = simulated(unlucky, "==", 1, sizes=(10, 10))(QUICK)
    assert found.outcome is Outcome.UNDECIDED
    assert calls == [10, 40]


def test_zero_standard_error_is_not_believed() -> None:
    found = simulated(lambda size, seed: (1.0, 0.0), "==", 1, sizes=(10, 10))(QUICK)
    assert found.outcome is Outcome.UNDECIDED


def test_no_points_is_vacuous() -> None:
    found = simulated(squares, "==", 1, points=(), sizes=(10, 10))(QUICK)
    assert found.outcome is Outcome.VACUOUS


def test_strict_relations_are_refused() -> None:
    with pytest.raises(InvalidArgument):
        simulated(squares, "<", 1, sizes=(10, 10))
