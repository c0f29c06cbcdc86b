"""A real cluster of Dask on this machine gives the same networks."""

from __future__ import annotations

import numpy as np
import pytest
from dask.distributed import Client, LocalCluster

from symprop.simulator.monte_carlo import run_specification
from symprop.simulator.specification import Specification
from symprop.specs.architectures import FullyConnected

ASKED = Specification(FullyConnected("relu", 2), width=40_000, depth=2, runs=6, backward="true")


@pytest.fixture(scope="module")
def client():
    with (
        LocalCluster(n_workers=2, threads_per_worker=2, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        yield client


def test_the_cluster_changes_nothing(client, tmp_path) -> None:
    alone = run_specification(ASKED)
    with client.get_executor() as executor:
        found = run_specification(ASKED, executor=executor, chunk=1, checkpoint=tmp_path / "kept")
    for name in alone.names:
        np.testing.assert_array_equal(found.values(name), alone.values(name))
