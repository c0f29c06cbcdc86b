"""Search for attractors of the Gram map."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.asymptotics.gram_attractors import find_gram_attractors, gram_map_eigenvalues
from symprop.asymptotics.gram_limits import batch_norm_fixed_point
from symprop.foundation.errors import InvalidArgument


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


def test_what_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="homogeneous"):
        find_gram_attractors("tanh", 3)
    with pytest.raises(InvalidArgument, match="homogeneous"):
        gram_map_eigenvalues("tanh", np.eye(3))
