"""A million small steps: the loops agree with each other and with balls."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.recurrences.float_recurrence import float_layers
from symprop.recurrences.length_loops import run_lengths
from symprop.recurrences.trajectories import trajectory
from symprop.specs.architectures import FullResidual, ReducedResidual

PAR = ("3/2", "1/2", "169/100", "49/100")


def test_a_long_run_does_not_drift() -> None:
    net = FullResidual("tanh", *PAR)
    plain, proved = trajectory(net, 20_000, length=1), trajectory(net, 20_000, length=1, dps=30)
    for layer in (1, 2, 10, 100, 1000, 5000, 20_000):
        exact = proved.p[layer].ball
        assert abs(exact - float(plain.p[layer])) <= 1e-15 * exact
        exact = proved.q[layer].ball
        assert abs(exact - float(plain.q[layer])) <= 2e-15 * exact


@pytest.mark.parametrize("name", ["tanh", "erf", "alpha_relu:1/2"])
def test_one_setting_and_many(name: str) -> None:
    random = np.random.default_rng(5)
    nets = [FullResidual(name, *random.uniform(0.2, 3, 4).tolist()) for _ in range(20)]
    together = trajectory(nets, 3000, length=1)
    for index in (0, 7, 19):
        alone = trajectory(nets[index], 3000, length=1)
        assert np.allclose(together.p[:, index], alone.p, rtol=1e-15, atol=0)
        if name != "alpha_relu:1/2":  # whose derivative has no second moment
            assert np.allclose(together.log_chi[:, index], alone.log_chi, rtol=1e-13)


def test_pairs_have_the_lengths_of_one_input() -> None:
    net = ReducedResidual("tanh", 2, "1/3")
    alone, pair = trajectory(net, 300, length=1), trajectory(net, 300, length=1, cosine=0.3)
    assert np.allclose(alone.p, pair.p, rtol=1e-15, atol=0)
    assert np.allclose(alone.chi_w, pair.chi_w, rtol=1e-14, atol=0)


def test_the_first_row_is_kept() -> None:
    layer = float_layers([FullResidual("tanh", *PAR)])[0]
    rows = np.zeros((5, 1))
    rows[0] = 2.0
    rest = run_lengths(layer, np.zeros(1), rows)
    assert rows[0, 0] == 2.0
    assert (np.diff(rows[:, 0]) > 0.5).all()
    assert abs(rest[0]) < 1e-15 * rows[-1, 0]
