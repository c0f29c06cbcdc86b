"""Two-sample tests: their level on equal laws, and what they find."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import rankdata

from symprop.foundation.errors import InvalidArgument
from symprop.simulator.equality import (
    compare_samples,
    energy_test,
    holm_adjusted,
    kolmogorov_smirnov_test,
)


def test_holm_by_hand() -> None:
    np.testing.assert_allclose(holm_adjusted([0.02, 0.6, 0.01, 0.9]), [0.06, 1.0, 0.04, 1.0])
    assert holm_adjusted([]).size == 0


def test_level_of_both_tests_on_equal_laws() -> None:
    """Of 200 pairs of samples at most 5 % +- 4 standard errors are told apart at level 5 %."""
    rng = np.random.default_rng(1)
    pairs = rng.standard_t(2, size=(200, 2, 40, 2))
    by_energy = [energy_test(x, y, rng=rng, permutations=199) for x, y in pairs]
    by_smirnov = [kolmogorov_smirnov_test(x[:, 0], y[:, 0]) for x, y in pairs]
    for p_values in (by_energy, by_smirnov):
        assert np.mean(np.array(p_values) <= 0.05) <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 200)
        assert 0.35 < np.mean(p_values) < 0.75


def test_energy_by_all_permutations() -> None:
    """Of 4 numbers and 4: all 70 ways to split them, against permutations that stop early."""
    values = np.array([0.3, 1.1, 1.7, 2.9, 0.9, 2.3, 3.1, 4.7])
    places = rankdata(values)

    def energy(chosen: tuple[int, ...]) -> float:
        x, y = places[list(chosen)], np.delete(places, chosen)
        distance = [np.abs(np.subtract.outer(a, b)).mean() for a, b in ((x, y), (x, x), (y, y))]
        return 2 * distance[0] - distance[1] - distance[2]

    observed = energy((0, 1, 2, 3))
    share = np.mean([energy(chosen) >= observed - 1e-9 for chosen in combinations(range(8), 4)])
    assert 0.05 < share < 0.5
    rng = np.random.default_rng(6)
    found = [energy_test(values[:4, None], values[4:, None], rng=rng) for _ in range(200)]
    # the number of permutations until the 50th that is as large has mean 50/share
    assert np.mean(1 / np.array(found)) == pytest.approx(1 / share, rel=4 * 0.14 / np.sqrt(200))
    assert 0.08 < np.std(found) / share < 0.2


def test_small_p_values_take_all_permutations() -> None:
    one, two = np.arange(30.0)[:, None], np.arange(30.0)[:, None] + 100
    for permutations in (49, 999, 4999):
        found = energy_test(one, two, rng=np.random.default_rng(7), permutations=permutations)
        assert found == 1 / (1 + permutations)


def test_dependence_is_seen_by_the_joint_test_only() -> None:
    """Correlation 0.9 instead of none, 300 runs: the energy test finds it at level 1 %."""
    rng = np.random.default_rng(2)
    one, two = rng.normal(size=(2, 300, 2))
    two[:, 1] = 0.9 * two[:, 0] + np.sqrt(0.19) * two[:, 1]
    assert compare_samples({"x": one}, {"x": two}).differing() == ["x jointly"]


def test_a_shift_is_found_where_it_is() -> None:
    """Half a standard deviation in one of ten coordinates, 300 runs: found at level 1 %."""
    rng = np.random.default_rng(3)
    one, two = rng.normal(size=(2, 300, 5, 2))
    two[:, 3, 1] += 0.5
    outcome = compare_samples({"x": one}, {"x": two}, permutations=999)
    assert "x[3, 1]" in outcome.differing()
    assert outcome.adjusted["x[0, 0]"] > 0.05


def test_constant_coordinates_are_left_out() -> None:
    one, two = np.random.default_rng(4).normal(size=(2, 50, 2))
    one[:, 0] = two[:, 0] = 1.0
    assert list(compare_samples({"x": one}, {"x": two}).p_values) == ["x[1]"]


def test_malformed_samples_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="observables"):
        compare_samples({"x": [1.0]}, {"y": [1.0]})
    with pytest.raises(InvalidArgument, match="shape"):
        compare_samples({"x": [[1.0, 2.0]]}, {"x": [1.0]})
    with pytest.raises(InvalidArgument, match="finite"):
        kolmogorov_smirnov_test([np.nan], [1.0])
    with pytest.raises(InvalidArgument, match="dimension"):
        energy_test([[1.0]], [[1.0, 2.0]], rng=np.random.default_rng(0))
