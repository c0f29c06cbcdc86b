"""What a simulation says of itself."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.simulator.monte_carlo import simulate
from symprop.simulator.result import Simulation
from symprop.specs.architectures import FullResidual, FullyConnected

NET = FullResidual("tanh", "3/2", "1/2", "169/100", "49/100")


@pytest.fixture(scope="module")
def found() -> Simulation:
    return simulate(NET, width=30, depth=4, runs=25, chunk=4, backward="true")


def test_axes_units_and_values(found) -> None:
    for name in found.names:
        assert found.values(name).ndim == len(found.axes(name))
        assert found.values(name).shape[0] == found.runs == 25
        assert found.description(name)
    assert found.unit("chi") == "mean square over the width"
    assert found.unit("e") == ""
    for method in (found.values, found.mean, found.axes, found.unit, found.tail):
        with pytest.raises(InvalidArgument):
            method("zeta")


def test_statistics_are_those_of_the_values(found) -> None:
    chi = found.values("chi")
    np.testing.assert_allclose(found.mean("chi").value, chi.mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(found.log_mean("chi").mean.value, np.log(chi).mean(axis=0))
    ratio = found.ratio("chi", chi[:, -1:])
    np.testing.assert_allclose(ratio.value, chi.mean(axis=0), rtol=1e-12)
    one, two = (found.ratio("chi", "p", method="bootstrap", seed=seed) for seed in (0, 0))
    np.testing.assert_array_equal(one.error, two.error)
    assert found.tail("chi").heavy.shape == (5, 2)


def test_summary_shows_where_gradients_arrive(found) -> None:
    rows = {(row["observable"], row.get("input")): row for row in found.summary()}
    assert rows["p", 0]["layer"] == 4
    assert rows["chi", 0]["layer"] == 0
    assert rows["chi_w", 1]["layer"] == 1
    assert rows["e", 0]["other"] == 1
    assert ("e", 1) not in rows
    np.testing.assert_allclose(rows["chi", 1]["mean"], found.mean("chi").value[0, 1])
    np.testing.assert_allclose(rows["chi", 1]["error"], found.mean("chi").error[0, 1])


def test_summary_averages_where_there_is_much_to_say() -> None:
    found = simulate(NET, width=10, depth=2, runs=3, inputs="gaussian:12")
    rows = {row["observable"]: row for row in found.summary()}
    assert len(rows) == len(found.summary())
    assert rows["p"]["average_of"] == 12
    assert rows["e"]["average_of"] == 66
    mean = found.values("p")[:, -1].mean(axis=1)
    np.testing.assert_allclose(rows["p"]["mean"], mean.mean())
    np.testing.assert_allclose(rows["p"]["error"], mean.std(ddof=1) / np.sqrt(3))


def test_deep_gradients_are_said_to_be_carried_by_rare_runs() -> None:
    deep = simulate(
        FullyConnected("relu", 2), width=5, depth=30, runs=60, backward="true", observables=("chi",)
    )
    assert any(row["heavy_tail"] for row in deep.summary())
