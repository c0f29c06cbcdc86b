"""The judgement on sampled trajectories: what passes, what is refuted, what stays open."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.claims.simulated_networks import agreement, follows_recurrence, sampled_cosine
from symprop.ledger.claim import Context
from symprop.ledger.evidence import Outcome
from symprop.specs.architectures import FullyConnected

QUICK = Context("quick", 15)
THEORY = {"p": np.array([0.0, 1.0, 2.0])}


def measured(shift: float, error: float = 0.01):
    """Return a measurement off by so much at the last layer; 0 at layer 0 is not compared."""

    def measure(size: int, seed: int):
        assert size in (10, 40)
        values = np.array([99.0, 1.0, 2.0 + shift * (1 if seed % 2 else 0)])
        return {"p": (values, np.full(3, error))}

    return measure


def always(shift: float):
    return lambda _size, _seed: {"p": (np.array([0.0, 1.0, 2.0 + shift]), np.full(3, 0.01))}


def verdict(measure, resolution: float = 0.1):
    return agreement(measure, lambda: THEORY, sizes=(10, 10), resolution=resolution)(QUICK)


def test_small_deviations_hold_and_say_what_would_have_been_seen() -> None:
    found = verdict(always(0.04))
    assert found.outcome is Outcome.HOLDS
    assert "2 means within 4.0 standard errors" in found.detail
    assert "deviations of 5 % would have been seen" in found.detail


def test_a_large_deviation_is_refuted_where_it_is() -> None:
    found = verdict(always(0.06))
    assert found.outcome is Outcome.FAILS
    assert found.counterexample is not None
    assert found.counterexample.values == {"observable": "p", "layer": "2"}


def test_a_deviation_that_does_not_come_again_is_open() -> None:
    assert verdict(measured(0.06)).outcome is Outcome.UNDECIDED


def test_noise_that_hides_too_much_is_open() -> None:
    found = verdict(always(0.0), resolution=0.04)
    assert found.outcome is Outcome.UNDECIDED
    assert found.detail == "only deviations of 5 % would have been seen"


@pytest.mark.parametrize(("weights", "outcome"), [("2", Outcome.HOLDS), ("9/4", Outcome.FAILS)])
def test_weights_of_another_variance_are_noticed(weights: str, outcome: Outcome) -> None:
    check = follows_recurrence(
        FullyConnected("relu", 2),
        ("p", "chi"),
        depth=2,
        backward="true",
        theory_of=FullyConnected("relu", weights),
        widths=(100, 100),
    )
    assert check(QUICK).outcome is outcome


def test_cosine_of_a_linear_network_is_kept() -> None:
    mean, error = sampled_cosine(FullyConnected("x", 1), "1/2", depth=1, size=16_000, seed=1)
    assert 0 < error < 0.02
    assert abs(mean - 0.5) < 5 * error
