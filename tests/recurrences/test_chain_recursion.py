"""Fully connected networks by hand, and where they are refused."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.recurrences.chain_algebras import Expressions, Pair
from symprop.recurrences.chain_recursion import chain_limits, check_chain
from symprop.specs.architectures import FullyConnected

ONE = Expressions().number(1)


def test_identity_network_by_hand() -> None:
    """With phi(x) = x, w = 3, b = 1: Lambda = 4, 13, 40; Theta = 4, 13 + 3*4, 40 + 3*25."""
    layer = FullyConnected("x", 3, 1).layer
    pair = Pair(ONE, ONE, ONE)
    assert chain_limits(layer, 2, pair, Expressions(), parameterization="ntk") == (40, 115)
    # by the weights alone: 1 at the input, then 4 + 3*1 and 13 + 3*7
    assert chain_limits(layer, 2, pair, Expressions(), parameterization="standard") == (40, 34)
    assert chain_limits(layer, 2, pair, Expressions(), parameterization=None) == (40, None)
    assert chain_limits(layer, 0, pair, Expressions(), parameterization="ntk") == (4, 4)


def test_layers_may_differ() -> None:
    layer = FullyConnected("x", (2, Fraction(1, 2)), (0, 1)).layer
    pair = Pair(ONE, ONE, ONE)
    # readout is layer 2: Lambda = 2, then 1/2 * 2 + 1
    assert chain_limits(layer, 1, pair, Expressions(), parameterization="ntk") == (2, 3)


def test_normalised_networks_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="normalisation"):
        check_chain(FullyConnected("relu", 2, normalization="rms"))
