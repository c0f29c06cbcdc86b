"""Exact networks: receptive fields and layers against the simulator."""

from fractions import Fraction

import numpy as np

from symprop.claims.rational_matrices import integer_matrix
from symprop.claims.rational_networks import (
    Network,
    data_variance,
    fields,
    layers,
    mean,
    networks,
    noise_square,
    weight_matrices,
)
from symprop.simulator.sensitivity_layers import receptive_fields

IMAGE = integer_matrix((1, 2, 3, 4, 5, 6), (7, 8, 9, 10, 11, 12))


def test_fields_are_those_of_the_simulator() -> None:
    columns = np.array([[float(x) for x in row] for row in IMAGE])
    for extent, kernel in (((6,), 3), ((2, 3), 2), ((2, 3), 4)):
        ours = np.array([[float(x) for x in row] for row in fields(IMAGE, extent, kernel)])
        assert np.array_equal(ours, receptive_fields(columns, extent, kernel))


def test_one_unit_by_hand() -> None:
    data = tuple(integer_matrix((x,)) for x in (1, -1, 0))
    network = Network(data, (integer_matrix((2,)),))
    layer = layers(network, Fraction(1))[1]
    assert [int(x[0][0]) for x in layer.signal] == [2, 0, 0]
    assert noise_square(layer.noise) == [Fraction(8, 3)]
    assert data_variance(layer.signal) == Fraction(8, 9)


def test_all_sign_matrices() -> None:
    found = list(weight_matrices(1, 2, (1, -1)))
    assert len(set(found)) == 4
    assert mean([matrix[0][0] for matrix in found]) == 0


def test_drawn_networks_fit() -> None:
    known = Network((integer_matrix((1,)),), (integer_matrix((1,)),))
    drawn = networks((known,))
    assert drawn.edges() == (known,)
    assert len(layers(drawn.at(0.5))) == 2
