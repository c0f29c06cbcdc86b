"""Sequences at the powers of four."""

from flint import arb

from symprop.claims.stepwise import LAST_LAYER, LAYERS, along_layers, milestones


def test_every_layer_can_be_followed_to_four_times_its_depth() -> None:
    assert all(4 * layer <= LAST_LAYER for layer in LAYERS)


def test_points_keep_the_fixed_parameters() -> None:
    assert along_layers(phi="tanh")[-1] == {"phi": "tanh", "layer": LAYERS[-1]}


def test_layer_is_the_one_just_reached() -> None:
    kept = milestones(lambda value, layer: value * layer, arb(1), last=5)
    assert set(kept) == {1, 4}
    assert kept[4] == 24
