"""Files give back what was written, bit by bit, and other programs can read them."""

from __future__ import annotations

import sys

import h5py
import numpy as np
import pytest
import xarray

from symprop.foundation.errors import InvalidArgument, MissingBackend
from symprop.simulator.datasets import check_writable, read, to_dataset, write
from symprop.simulator.monte_carlo import simulate
from symprop.specs.architectures import FullResidual

NET = FullResidual("tanh", "3/2", "1/2", "169/100", "49/100")


@pytest.fixture(scope="module", params=["described", "given"])
def found(request):
    given = np.random.default_rng(0).normal(size=(20, 2))
    inputs = "cos:1/2" if request.param == "described" else given
    return simulate(NET, width=20, depth=3, runs=7, chunk=3, backward="true", inputs=inputs)


@pytest.mark.parametrize("suffix", ["nc", "zarr"])
def test_round_trip(found, suffix, tmp_path) -> None:
    file = tmp_path / f"found.{suffix}"
    write(found, file)
    write(found, file)  # takes the place of the first
    again = read(file)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert again.specification.document() == found.specification.document()
    assert again.software == found.software
    for name in found.names:
        np.testing.assert_array_equal(again.values(name), found.values(name))
        assert again.axes(name) == found.axes(name)


def test_labels(found) -> None:
    dataset = to_dataset(found)
    assert dataset["e"].dims == ("run", "layer", "input", "other")
    assert dataset["layer"].to_numpy().tolist() == [0, 1, 2, 3]
    assert dataset["p"].attrs["units"] == "mean square over the width"
    np.testing.assert_array_equal(dataset["chi"].to_numpy(), found.values("chi"))
    assert float(dataset["p"].sel(run=6, layer=3, input=1)) == found.values("p")[6, 3, 1]


def test_other_programs_read_the_file(found, tmp_path) -> None:
    write(found, tmp_path / "found.nc")
    with h5py.File(tmp_path / "found.nc") as file:
        np.testing.assert_array_equal(file["p"][:], found.values("p"))
    with xarray.open_dataset(tmp_path / "found.nc", engine="h5netcdf") as dataset:
        np.testing.assert_array_equal(dataset["p"].to_numpy(), found.values("p"))
        assert dataset["run"].to_numpy().tolist() == list(range(7))


def test_names_and_folders_are_checked(found, tmp_path) -> None:
    for name in ("found.csv", "no/found.nc"):
        with pytest.raises(InvalidArgument):
            write(found, tmp_path / name)
    with pytest.raises(InvalidArgument, match="exists"):
        read(tmp_path / "found.nc")
    (tmp_path / "found.nc").write_bytes(b"no file of this kind")
    with pytest.raises(InvalidArgument, match="hold a simulation"):
        read(tmp_path / "found.nc")
    xarray.Dataset({"p": 1.0}).to_netcdf(tmp_path / "other.nc", engine="h5netcdf")
    with pytest.raises(InvalidArgument, match="hold a simulation"):
        read(tmp_path / "other.nc")


@pytest.mark.parametrize("package", ["xarray", "h5netcdf"])
def test_missing_packages_are_named(package, monkeypatch, tmp_path) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingBackend, match=r"pip install 'symprop\[data\]'"):
        check_writable(tmp_path / "found.nc")
