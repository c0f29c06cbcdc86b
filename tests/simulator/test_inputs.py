"""Inputs are what their description says: exact inner products, ranks, spectra, and refusals."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.simulator.inputs import FORMS, generate_inputs, inputs_with_gram


def draw(spec: str, width: int = 60, seed: int = 0) -> np.ndarray:
    return generate_inputs(spec, width, rng=np.random.default_rng(seed))


def gram(columns: np.ndarray) -> np.ndarray:
    return columns.T @ columns / len(columns)


@pytest.mark.parametrize(
    ("text", "cosine"),
    [("1/2", 0.5), ("-0.3", -0.3), ("0", 0.0), ("sqrt(2)/2", math.sqrt(0.5)), ("1", 1), ("-1", -1)],
)
def test_pairs_at_a_cosine(text: str, cosine: float) -> None:
    for width in (2, 60):
        found = gram(draw(f"cos:{text}", width))
        np.testing.assert_allclose(found, [[1, cosine], [cosine, 1]], atol=1e-14)


@pytest.mark.parametrize("gap", ["1e-6", "1e-12", "1e-20"])
def test_close_pairs_keep_their_distance(gap: str) -> None:
    """``|x - y|^2/n = 2 gap``, to the digits that float64 columns can hold."""
    one, two = draw(f"gap:{gap}").T
    distance = np.mean((one - two) ** 2)
    size = float(gap)
    assert distance == pytest.approx(2 * size, rel=4e-16 / math.sqrt(size) + 1e-12)
    same = draw(f"cos:1-{gap}")
    assert np.array_equal(same, draw(f"gap:{gap}"))


def test_equal_and_opposite_inputs_fit_any_width() -> None:
    for spec, sign in (("gap:0", 1), ("gap:1e-700", 1), ("gap:2", -1)):
        one, two = draw(spec, 1).T
        np.testing.assert_array_equal(two, sign * one)
        assert abs(one[0]) == pytest.approx(1)


def test_prescribed_inner_products(tmp_path: Path) -> None:
    root = np.random.default_rng(1).standard_normal((4, 6))
    for wanted in (root.T @ root, np.eye(3), [[2.5]], np.zeros((2, 2))):
        found = inputs_with_gram(wanted, 4, rng=np.random.default_rng(2))
        np.testing.assert_allclose(gram(found), wanted, atol=1e-13)
    file = tmp_path / "gram.csv"
    file.write_text("1, 0.25\n0.25, 4\n\n")
    np.testing.assert_allclose(gram(draw(f"gram:{file}", 9)), [[1, 0.25], [0.25, 4]], rtol=1e-13)


def test_directions_are_uniform() -> None:
    """The mean square of the first entry, over many draws, is that of a uniform direction."""
    for spec in ("cos:1/3", "rank:2,1"):
        squares = np.array([draw(spec, 5, seed)[0, 0] ** 2 for seed in range(500)])
        error = squares.std(ddof=1) / math.sqrt(len(squares))
        assert abs(squares.mean() - 1) <= 5 * error < 1


@pytest.mark.parametrize(
    ("spec", "shape", "rank"),
    [
        ("gaussian:7", (60, 7), 7),
        ("rank:9,3", (60, 9), 3),
        ("atoms:20,4", (60, 20), 4),
        ("line:6", (60, 6), 1),
    ],
)
def test_clouds_have_their_rank(spec: str, shape: tuple[int, int], rank: int) -> None:
    columns = draw(spec)
    assert columns.shape == shape
    assert np.linalg.matrix_rank(columns) == rank
    np.testing.assert_array_equal(columns, draw(spec))
    assert not np.array_equal(columns, draw(spec, seed=1))
    squares = np.array([np.mean(draw(spec, 10, seed) ** 2) for seed in range(400)])
    error = squares.std(ddof=1) / math.sqrt(len(squares))
    assert abs(squares.mean() - 1) <= 5 * error < 0.5


def test_atoms_repeat_and_lines_have_two_sides() -> None:
    assert len(np.unique(draw("atoms:50,3"), axis=1).T) == 3
    columns = draw("line:40")
    factors = columns[0] / columns[0, 0]
    np.testing.assert_allclose(columns, np.outer(columns[:, 0], factors), rtol=1e-12)
    assert {-1.0, 1.0} == set(np.sign(factors))


@pytest.mark.parametrize("power", [0, 2])
def test_spectrum_of_images(power: int) -> None:
    side, count = 8, 2000
    columns = draw(f"noise:{count},{power}", side**2)
    images = columns.T.reshape(count, side, side)
    assert np.abs(images.mean(axis=(1, 2))).max() < 1e-13
    periodogram = np.abs(np.fft.fft2(images)) ** 2
    frequencies = np.fft.fftfreq(side) * side
    squared = frequencies[:, None] ** 2 + frequencies**2
    squared[0, 0] = 1
    measured = (periodogram * squared ** (power / 2)).reshape(count, -1)[:, 1:]
    means, errors = measured.mean(axis=0), measured.std(axis=0, ddof=1) / math.sqrt(count)
    centre = np.mean(means)
    assert (np.abs(means - centre) <= 5 * errors + centre * 0.005).all()
    energies = np.mean(columns**2, axis=0)
    assert abs(energies.mean() - 1) <= 5 * energies.std(ddof=1) / math.sqrt(count)


@pytest.mark.parametrize("spec", ["", "cos", "cosine:1", 3, None, "gaussian"])
def test_unknown_forms_are_refused(spec: object) -> None:
    with pytest.raises(
        InvalidArgument, match="Expected inputs to be one of cos:C, gap:G"
    ) as caught:
        generate_inputs(spec, 5, rng=np.random.default_rng(0))  # type: ignore[arg-type]
    assert all(form in str(caught.value) for form in FORMS)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("cos:2", "inside .-1, 1. but got inputs=cos:2"),
        ("gap:-1e-30", "inside .-1, 1. but got inputs=gap:-1e-30"),
        ("cos:x", "inputs to be a number"),
        ("gaussian:0", "integer >= 1 after gaussian: but got inputs=0"),
        ("gaussian:" + "9" * 5000, "after gaussian"),
        ("gaussian:1.5", "after gaussian"),
        ("rank:5", "2 integers"),
        ("rank:5,6", "rank of at most 5"),
        ("rank:9,8", "rank of at most 6 but got inputs=rank:9,8"),
        ("atoms:3,-1", "after atoms"),
        ("line:", "after line"),
        ("noise:3,2", "width to be a square >= 4 for images of noise but got width=6"),
        ("noise:3", "number"),
        ("gaussian:1000000000000", "memory: they need 4.8e.04 GB and there are"),
        ("gram:missing.csv", "to name a file .No such file"),
    ],
)
def test_malformed_parameters_are_named(spec: str, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        draw(spec, 6)


def test_spectra_out_of_range() -> None:
    with pytest.raises(OutOfDomain, match="spectrum"):
        draw("noise:1,-10000", 16)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("1,2\n3", InvalidArgument, "rows of one length"),
        ("", InvalidArgument, "rows of one length"),
        ("a,b\nc,d", InvalidArgument, "numbers between commas"),
        ("1,2,3", InvalidArgument, "square"),
        ("1,nan\nnan,1", InvalidArgument, "finite"),
        ("1,2\n0,1", OutOfDomain, "symmetric"),
        ("1,2\n2,1", OutOfDomain, "no negative eigenvalue but got gram=-1"),
    ],
)
def test_malformed_files(
    tmp_path: Path, text: str, error: type[InvalidArgument], message: str
) -> None:
    file = tmp_path / "gram.csv"
    file.write_text(text)
    with pytest.raises(error, match=message):
        draw(f"gram:{file}")


def test_widths_too_small() -> None:
    with pytest.raises(InvalidArgument, match="width to be an integer >= 3 but got width=2"):
        inputs_with_gram(np.eye(3), 2, rng=np.random.default_rng(0))
    with pytest.raises(InvalidArgument, match="width at least 2"):
        draw("cos:1/2", 1)
    with pytest.raises(InvalidArgument, match="width"):
        draw("cos:1", 0)
