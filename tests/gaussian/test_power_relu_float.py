"""The float64 face never errs by more than it says, against balls at many points."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.gaussian.power_relu import alpha_relu_kernel
from symprop.numerics.enclosure import Enclosure

ALPHAS = [
    "-4999999/10000000",
    "-49/100",
    "0",
    "1/10",
    "1/4",
    "49/100",
    "1/2",
    "500000001/1000000000",
    "7/10",
    "1",
    "3/2",
    "2",
    "4",
    "9/2",
    "21/2",
    "20",
    "100",
    "10000",
]
EDGES = [0.0, 0.5, -0.5, np.nextafter(0.5, 0), np.nextafter(0, -1), np.nextafter(-1, 0)]


def points() -> np.ndarray:
    rng = np.random.default_rng(20)
    near = 10 ** rng.uniform(-16, 0, 12)
    return np.concatenate([[-1, 1, *EDGES], rng.uniform(-1, 1, 20), 1 - near, near - 1])


@pytest.mark.parametrize("alpha", ALPHAS)
def test_absolute_error_is_within_the_bound(alpha: str) -> None:
    kernel = alpha_relu_kernel(alpha)
    assert kernel.float_error <= 1e-14
    for rho, value in zip(points(), kernel(points()), strict=True):
        exact = kernel.enclose(float(rho), dps=22)
        error = abs(Fraction(float(value)) - exact.lower)
        assert error <= Fraction(kernel.float_error) + (exact.upper - exact.lower)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_relative_error_of_the_deficit_is_within_the_bound(alpha: str) -> None:
    kernel = alpha_relu_kernel(alpha)
    face = kernel.float_face
    assert face.deficit_error <= 1e-14
    gaps = 10 ** np.random.default_rng(21).uniform(-18, np.log10(2), 40)
    for gap, value in zip(gaps, face.deficit(gaps), strict=True):
        exact = kernel.deficit(angle_gap=float(gap), dps=22)
        error = abs(Fraction(float(value)) - exact.lower) / exact.lower
        assert error <= Fraction(face.deficit_error) + (exact.upper - exact.lower) / exact.lower


def test_ends() -> None:
    for alpha in ("-1/3", "1/2", "7/10", "5"):
        face = alpha_relu_kernel(alpha).float_face
        assert face([-1.0, 1.0]).tolist() == [0.0, 1.0]
        assert face.deficit([0.0, 2.0]).tolist() == [0.0, 1.0]
        assert np.isfinite(face.deficit([5e-324, 1e-300])).all()


def test_shapes() -> None:
    face = alpha_relu_kernel("7/10").float_face
    assert face(0.3).shape == ()
    assert face(np.zeros((3, 1, 2))).shape == (3, 1, 2)
    assert face(np.zeros((0, 4))).shape == (0, 4)
    long = np.linspace(-1, 1, 100_001)
    assert np.array_equal(face(long)[::1000], face(long[::1000]))


@pytest.mark.parametrize("bad", [1.0000001, -2, np.nan, [0, np.inf]])
def test_refuses_what_is_no_correlation(bad: object) -> None:
    with pytest.raises(OutOfDomain, match="rho inside"):
        alpha_relu_kernel(1)(bad)  # type: ignore[arg-type]  # on purpose
    with pytest.raises(OutOfDomain, match="angle_gap inside"):
        alpha_relu_kernel(1).float_face.deficit(-0.5)


def test_refuses_a_ball() -> None:
    with pytest.raises(InvalidArgument, match="rational"):
        alpha_relu_kernel(Enclosure.from_bounds("1/2", "3/5"))(0.5)
