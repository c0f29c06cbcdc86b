"""The same networks, whoever runs them: workers, chunks and interruptions change no bit."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from symprop.foundation.errors import InvalidArgument, OutOfDomain, SymPropError, UnsupportedLaw
from symprop.simulator.monte_carlo import run_specification, simulate
from symprop.simulator.result import Simulation
from symprop.simulator.sampling import sample_run
from symprop.simulator.specification import Specification
from symprop.specs.architectures import FullResidual, FullyConnected

NET = FullResidual("tanh", "3/2", "1/2", "169/100", "49/100")
ASKED = Specification(NET, width=25, depth=4, runs=12, backward="true", seed=3)
WIDE = Specification(NET, width=40_000, depth=1, runs=2, backward="true")


@pytest.fixture(scope="module")
def alone() -> Simulation:
    return run_specification(ASKED)


def assert_same(one: Simulation, other: Simulation) -> None:
    assert one.names == other.names
    for name in one.names:
        np.testing.assert_array_equal(one.values(name), other.values(name))


@pytest.mark.parametrize("chunk", [1, 5, 100])
def test_chunks_change_nothing(alone, chunk) -> None:
    assert_same(run_specification(ASKED, chunk=chunk), alone)


def test_processes_change_nothing(alone) -> None:
    assert_same(run_specification(ASKED, jobs=2, chunk=3), alone)


def test_executors_change_nothing(alone) -> None:
    with ThreadPoolExecutor(2) as executor:
        assert_same(run_specification(ASKED, executor=executor, jobs=2, chunk=2), alone)
    context = multiprocessing.get_context("spawn")
    pool = partial(ProcessPoolExecutor, 1, mp_context=context)
    assert_same(run_specification(ASKED, executor=pool, chunk=4), alone)


def test_threads_of_linear_algebra_change_nothing() -> None:
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            found.append(run_specification(WIDE))
    assert_same(*found)


def test_the_first_runs_stay_when_there_are_more(alone) -> None:
    more = run_specification(replace(ASKED, runs=15))
    np.testing.assert_array_equal(more.values("chi")[:12], alone.values("chi"))


def test_same_inputs() -> None:
    asked = replace(ASKED, inputs="gaussian:2", same_inputs=True)
    values = run_specification(asked).values("p")[:, 0]
    assert (values == values[0]).all()
    other = run_specification(replace(asked, same_inputs=False)).values("p")[:, 0]
    assert len(np.unique(other)) == other.size


def test_an_interrupted_simulation_goes_on(alone, tmp_path) -> None:
    def interrupt(done: int, total: int) -> None:
        assert total == 12
        if done == 6:
            raise KeyboardInterrupt

    folder = tmp_path / "kept"
    with pytest.raises(KeyboardInterrupt):
        run_specification(ASKED, checkpoint=folder, chunk=3, progress=interrupt)
    with pytest.raises(InvalidArgument, match="unless resumed"):
        run_specification(ASKED, checkpoint=folder)
    done: list[int] = []
    found = run_specification(
        ASKED, checkpoint=folder, resume=True, chunk=2, progress=lambda d, _: done.append(d)
    )
    assert done == [6, 8, 10, 12]
    assert_same(found, alone)
    assert_same(run_specification(ASKED, checkpoint=folder, resume=True), alone)
    more = run_specification(replace(ASKED, runs=14), checkpoint=folder, resume=True)
    np.testing.assert_array_equal(more.values("p")[:12], alone.values("p"))


def test_a_killed_worker_changes_nothing(alone, tmp_path) -> None:
    killed = []

    def kill(done: int, _: int) -> None:
        if done == 4:
            worker = multiprocessing.active_children()[0]
            killed.append(worker.pid)
            worker.kill()

    found = run_specification(ASKED, jobs=2, chunk=1, progress=kill, checkpoint=tmp_path / "kept")
    assert len(killed) == 1
    assert_same(found, alone)


def test_a_broken_pool_is_replaced_if_it_is_known_how(alone) -> None:
    killed = []

    def kill(done: int, _: int) -> None:
        if done == 4 and not killed:
            worker = multiprocessing.active_children()[0]
            killed.append(worker.pid)
            worker.kill()

    context = multiprocessing.get_context("spawn")
    pool = partial(ProcessPoolExecutor, 1, mp_context=context)
    options = {"jobs": 1, "chunk": 2, "progress": kill}
    assert_same(run_specification(ASKED, executor=pool, **options), alone)
    assert len(killed) == 1
    killed.clear()
    with pool() as executor, pytest.raises(SymPropError, match="does not repair itself"):
        run_specification(ASKED, executor=executor, **options)


def test_errors_name_the_run_and_reach_the_caller_from_workers() -> None:
    dead = FullyConnected("relu", 2, normalization="rms", placement="after")
    asked = Specification(dead, width=2, depth=60, runs=4)
    for jobs in (1, 2):
        with pytest.raises(OutOfDomain, match=r"In run \d: In layer \d+ of 60: "):
            run_specification(asked, jobs=jobs)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"runs": 0}, InvalidArgument),
        ({"width": 10**13}, InvalidArgument),
        ({"jobs": 0}, InvalidArgument),
        ({"chunk": 0}, InvalidArgument),
        ({"resume": True}, InvalidArgument),
        ({"observables": 5}, InvalidArgument),
        ({"executor": 3}, InvalidArgument),
        ({"checkpoint": 3}, InvalidArgument),
        ({"law": "haar"}, UnsupportedLaw),
        ({"method": "dense", "device": "cuda"}, InvalidArgument),
        ({"observables": ("chi_v",), "backward": "true"}, InvalidArgument),
    ],
)
def test_refusals(options, error) -> None:
    asked = {"width": 10, "depth": 2, "runs": 2} | options
    with pytest.raises(error):
        simulate(FullyConnected("tanh", 1), **asked)


@pytest.mark.parametrize("law", ["haar", "rademacher"])
def test_dense_networks_of_other_laws(law) -> None:
    found = simulate(NET, width=12, depth=2, runs=3, method="dense", law=law, dtype="float32")
    assert found.mean("p").value.shape == (3, 2)


DYING = Specification(
    FullyConnected("relu", 2, normalization="rms", placement="after"),
    width=3,
    depth=3,
    runs=20,
    failures="leave-out",
)


def test_runs_that_fail_lose_nothing_else(tmp_path) -> None:
    found = run_specification(DYING)
    survivors = [run for run in range(20) if run not in found.failures]
    assert 0 < len(survivors) < 20
    assert "In layer" in found.failures[0]
    assert found.mean("q").runs == len(survivors)
    for run, values in zip(survivors, found.values("q"), strict=True):
        np.testing.assert_array_equal(
            np.diagonal(sample_run(DYING, run).hidden_gram[-1]), values[-1]
        )
    kept = run_specification(DYING, chunk=1, checkpoint=tmp_path / "kept")
    again = run_specification(DYING, jobs=2, chunk=3)
    for other in (kept, again):
        assert other.failures == found.failures
        assert_same(other, found)
    with pytest.raises(OutOfDomain, match="In run 0"):
        run_specification(
            replace(DYING, failures="raise"), checkpoint=tmp_path / "kept", resume=True
        )


@pytest.mark.parametrize("suffix", ["nc", "zarr"])
def test_files_tell_which_runs_failed(tmp_path, suffix) -> None:
    found = run_specification(DYING, chunk=1)
    found.save(tmp_path / f"found.{suffix}")
    again = Simulation.load(tmp_path / f"found.{suffix}")
    assert again.failures == found.failures
    assert_same(again, found)
    assert_same(run_specification(again.specification), found)
    dataset = again.to_xarray()
    assert set(dataset["run"].to_numpy()) == set(range(20)) - set(found.failures)


def test_if_all_runs_fail_there_is_no_result() -> None:
    with pytest.raises(OutOfDomain, match="All 20 runs failed"):
        run_specification(replace(DYING, inputs=np.zeros((3, 2))))
