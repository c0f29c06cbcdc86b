"""Search for attractors of the Gram map."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.asymptotics.exchangeable_points import exchangeable_fixed_points
from symprop.asymptotics.gram_attractors import (
    find_gram_attractors,
    gram_map_eigenvalues,
    gram_map_eigenvalues_by_type,
)
from symprop.asymptotics.gram_limits import batch_norm_fixed_point
from symprop.foundation.errors import InvalidArgument, OutOfDomain


@pytest.mark.parametrize(("phi", "center"), [("identity", False), ("relu", True)])
def test_one_limit_of_all_starts(phi: str, center: bool) -> None:
    (limit,) = find_gram_attractors(phi, 3, center=center, starts=3)
    point = batch_norm_fixed_point(phi, 3, center=center)
    assert limit.starts == 3
    assert np.allclose(limit.gram, point.gram, atol=1e-7)


def test_relu_without_centring_has_a_limit_of_its_own() -> None:
    (limit,) = find_gram_attractors("relu", 3, center=False, starts=3)
    off = limit.gram[~np.eye(3, dtype=bool)]
    assert np.ptp(off) < 1e-8
    assert 0.05 < off[0] < np.diagonal(limit.gram)[0] - 0.05
    assert abs(gram_map_eigenvalues("relu", limit.gram, center=False)[0]) < 1


def test_squared_relu_goes_elsewhere_where_exchangeable_inputs_are_unstable() -> None:
    """Three of ten inputs end long, and seven nearly vanish together."""
    assert batch_norm_fixed_point("squared_relu", 10).stable is False
    (limit,) = find_gram_attractors("squared_relu", 10, starts=1, depth=200)
    lengths = np.sort(np.diagonal(limit.gram))
    assert lengths[0] < 0.1
    assert lengths[-1] > 5


@pytest.mark.parametrize(("phi", "size"), [("tanh", 3), ("gelu", 3), ("tanh", 4), ("gelu", 4)])
def test_activations_that_are_not_homogeneous(phi: str, size: int) -> None:
    """Fixed points by integrals over the sphere, limits and eigenvalues by steps of the map."""
    point = batch_norm_fixed_point(phi, size)
    (limit,) = find_gram_attractors(phi, size, starts=1)
    assert np.abs(limit.gram - point.gram).max() < 1e-10
    cosine = float(point.off_diagonal) / float(point.diagonal)
    types = gram_map_eigenvalues_by_type(phi, size, cosine)
    assert types.keys() == point.eigenvalues.keys()
    for name, values in types.items():
        known = sorted((float(value) for value in point.eigenvalues[name]), key=abs)
        assert np.allclose(values, known, atol=1e-9)
    if size > 3:
        return  # the derivative in all directions has the same blocks, and takes long
    found = gram_map_eigenvalues(phi, point.gram)
    largest = max(abs(value) for values in types.values() for value in values)
    assert abs(abs(found[0]) - largest) < 1e-8


def test_gelu_without_centring_keeps_inputs_apart() -> None:
    (limit,) = find_gram_attractors("gelu", 3, center=False, starts=1)
    off = limit.gram[~np.eye(3, dtype=bool)]
    assert np.ptp(off) < 1e-9
    assert 0.05 < off[0] < np.diagonal(limit.gram)[0] - 0.05
    assert abs(gram_map_eigenvalues("gelu", limit.gram, center=False)[0]) < 1


def test_complex_eigenvalues_are_told() -> None:
    """Of six inputs under ELU without centring, against integrals over the sphere."""
    (point,) = exchangeable_fixed_points("elu", 6)
    cosine = float(point.off_diagonal) / float(point.diagonal)
    types = gram_map_eigenvalues_by_type("elu", 6, cosine, center=False)
    values = zip(point.eigenvalues["standard"], point.imaginary_parts["standard"], strict=True)
    known = [complex(float(real), float(imaginary)) for real, imaginary in values]
    assert np.allclose(np.sort_complex(types["standard"]), np.sort_complex(known), atol=1e-9)
    assert isinstance(types["trivial"][0], float)


@pytest.mark.parametrize(("phi", "size"), [("tanh", 42), ("hard_tanh", 17)])
def test_batches_that_are_sampled_are_refused(phi: str, size: int) -> None:
    calls = [
        lambda: find_gram_attractors(phi, size),
        lambda: gram_map_eigenvalues(phi, np.eye(size)),
        lambda: gram_map_eigenvalues_by_type(phi, size, 0.0),
    ]
    for call in calls:
        with pytest.raises(InvalidArgument, match=f"batch.*quadrature.*batch={size}"):
            call()


@pytest.mark.parametrize("batch", [None, "3", 2.5, 1, True, [3]])
def test_batches_that_are_no_integers(batch: object) -> None:
    with pytest.raises(InvalidArgument, match="batch"):
        find_gram_attractors("relu", batch)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="batch"):
        gram_map_eigenvalues_by_type("relu", batch, 0.0)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["starts", "depth", "seed", "center"])
@pytest.mark.parametrize("value", [None, "two", 1.5, -1])
def test_options_of_the_search(name: str, value: object) -> None:
    with pytest.raises(InvalidArgument, match=name):
        find_gram_attractors("relu", 3, **{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "gram", [None, "unit", [[1, 0], [0]], [[1j, 0], [0, 1]], np.ones(3), np.ones((2, 2, 2)), []]
)
def test_what_is_no_matrix(gram: object) -> None:
    with pytest.raises(InvalidArgument, match="gram"):
        gram_map_eigenvalues("relu", gram)  # type: ignore[arg-type]


@pytest.mark.parametrize("cosine", [None, "0", 1j, [0.1, 0.2], True])
def test_cosines_that_are_no_numbers(cosine: object) -> None:
    with pytest.raises(InvalidArgument, match="cosine"):
        gram_map_eigenvalues_by_type("relu", 3, cosine)  # type: ignore[arg-type]


@pytest.mark.parametrize("cosine", [1.0, -0.5, np.nan, np.inf])
def test_cosines_outside(cosine: float) -> None:
    with pytest.raises(OutOfDomain, match="cosine"):
        gram_map_eigenvalues_by_type("relu", 3, cosine)
