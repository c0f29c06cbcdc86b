"""Exact series, their derivatives, and the functions that claims draw."""

import itertools
from fractions import Fraction

from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from symprop.claims.power_series import (
    any_series,
    centred_series,
    compose,
    convex_function,
    crossing,
    gap_series,
    iterate,
    networks,
    nonlinear,
    offset_series,
    ordered_map,
    piecewise,
    shifted,
    slope,
    tilted_map,
    trajectory,
    value,
)
from symprop.numerics.enclosure import Enclosure

F = Fraction
EXAMPLE = (F(1, 4), F(1, 2), F(0), F(1, 4))


def test_value_slope_and_tail() -> None:
    assert value(EXAMPLE, F(1, 2)) == F(17, 32)
    assert slope(EXAMPLE, F(1, 2)) == F(11, 16)
    assert slope(EXAMPLE) == F(5, 4)
    assert nonlinear(EXAMPLE) == F(1, 4)
    assert value(EXAMPLE, arb(1) / 2) == arb(17) / 32


def test_shift_is_an_expansion() -> None:
    assert value(shifted(EXAMPLE, F(1, 3)), F(1, 6)) == value(EXAMPLE, F(1, 2))


def test_networks_apply_the_first_map_first() -> None:
    network = ((F(0), F(0), F(1)), (F(1, 2), F(1, 2)))
    assert trajectory(network, F(1, 2)) == [F(1, 2), F(1, 4), F(5, 8)]
    assert compose(network, F(1, 2)) == F(5, 8)


def test_crossing_of_straight_pieces() -> None:
    corner = ((F(0), F(0)), (F(1, 2), F(0)), (F(1), F(1)))
    assert crossing(corner) == F(1, 3)
    assert piecewise(corner, F(2, 3)) == F(1, 3)
    assert crossing(((F(0), F(0)), (F(1), F(1)))) == F(1, 2)


@given(st.data())
def test_drawn_series_are_kernel_maps(data: st.DataObject) -> None:
    for domain in (any_series(), centred_series(), centred_series(odd=True)):
        series = data.draw(domain.strategy())
        assert sum(series) == 1
        assert min(series) >= 0
    assert all(c == 0 for c in series[::2])
    network = data.draw(networks(3).strategy())
    assert 1 <= len(network) <= 3
    assert all(sum(series) == 1 and slope(series) > 0 for series in network)


@given(st.data())
def test_drawn_functions_are_convex(data: st.DataObject) -> None:
    vertices = data.draw(convex_function().strategy())
    assert vertices[0] == (0, 0)
    assert vertices[-1] == (1, 1)
    pairs = list(itertools.pairwise(vertices))
    slopes = [(d - b) / (c - a) for (a, b), (c, d) in pairs]
    assert slopes == sorted(slopes)
    assert slopes[0] >= 0


def test_hostile_values_are_of_the_same_kind() -> None:
    for domain in (any_series(), centred_series(), centred_series(odd=True)):
        assert all(sum(series) == 1 for series in domain.edges())
    assert all(slope(series) > 0 for network in networks(3).edges() for series in network)


def test_gap_and_offset_series() -> None:
    x = F(1, 5)
    assert value(gap_series(EXAMPLE), x) == 1 - value(EXAMPLE, 1 - x)
    square = (F(1, 3), F(0), F(2, 3))
    assert value(offset_series(square, F(1, 2)), x) == value(square, F(1, 2) + x) - F(1, 2)


@given(st.data())
def test_maps_with_a_given_slope_or_fixed_point(data: st.DataObject) -> None:
    series = data.draw(centred_series().strategy())
    ordered = ordered_map(series, F(2, 3))
    assert (sum(ordered), slope(ordered), min(ordered) >= 0) == (1, F(2, 3), True)
    tilted = tilted_map(series, F(1, 4), F(1, 3))
    assert (sum(tilted), value(tilted, F(1, 4)), min(tilted) >= 0) == (1, F(1, 4), True)
    assert tilted[1] >= F(1, 3)


def test_iterates_become_balls() -> None:
    exact = trajectory((EXAMPLE,) * 4, F(1, 3))
    assert iterate(EXAMPLE, F(1, 3), 2, 15) == exact[2]
    ball = iterate(EXAMPLE, F(1, 3), 4, 15)
    assert Enclosure(ball).contains(exact[4])
    assert ball.rel_accuracy_bits() > 250
