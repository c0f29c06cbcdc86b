"""Fixed lengths close to criticality: concave maps, and one small root however small it is."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb

from symprop.asymptotics.length_maps import LengthMap
from symprop.asymptotics.small_lengths import bend_of, bits_below_one, small_root
from symprop.gaussian.transforms import v_transform
from symprop.numerics.roots import Bracket
from symprop.specs.activations import activation


@pytest.mark.parametrize(
    ("name", "sign"),
    [("tanh", -1), ("erf", -1), ("sin", -1), ("softsign", -1), ("elu", -1), ("gelu", 1)],
)
def test_bend_against_second_differences(name: str, sign: int) -> None:
    found = bend_of(activation(name))
    assert found is not None
    assert found[0] == sign
    transform = v_transform(name)
    for q in (found[1], found[1] / 2, found[1] / 1000):
        low, middle, high = (transform.enclose(q * k / 4, dps=40) for k in (3, 4, 5))
        assert (low - 2 * middle + high).compare(0) == sign or q < found[1]
        assert ((low - 2 * middle + high) * sign).compare(0) != -1


@pytest.mark.parametrize(
    ("name", "sign", "largest"),
    [
        ("hard_tanh", -1, Fraction(1, 2)),
        ("relu6", -1, 18),
        ("Max(Min(x,1),-2)", -1, Fraction(1, 2)),
        ("Max(x-1,0)-Max(-x-3,0)", 1, Fraction(1, 2)),
    ],
)
def test_piecewise_linear_bends(name: str, sign: int, largest: Fraction) -> None:
    assert bend_of(activation(name)) == (sign, largest)
    transform = v_transform(name)
    for q in (Fraction(largest) / 4, 2 * largest, 50 * largest):
        low, middle, high = (transform.enclose(q * k / 4, dps=40) for k in (3, 4, 5))
        assert (low - 2 * middle + high).compare(0) == sign


@pytest.mark.parametrize(
    "name",
    [
        *("hard_sigmoid", "sign", "gaussian", "x^3", "alpha_relu:1/2", "hard_swish"),
        *("Max(Min(x,1),-1)+2*Max(x-3,0)", "Max(x-1,0)+Max(x-1,0)**2", "Max(x-1,0)-Max(x-2,0)"),
    ],
)
def test_unknown_bends(name: str) -> None:
    """No zero at 0, jumps, no fourth derivative left, no third one; pieces that bend both ways."""
    assert bend_of(activation(name)) is None


@pytest.mark.parametrize("exponent", [3, 8, 30, 80])
def test_tanh_root_is_half_the_distance(exponent: int) -> None:
    """``V = q - 2 q^2 + 17/3 q^3 - ...``: ``q* = e/2 + 5 e^2/24 + ...`` at ``w = 1 + e``."""
    e = Fraction(1, 10**exponent)
    length = LengthMap(activation("tanh"), 1 + e, 0)
    found = small_root(length, arb(0), Fraction(1, 256))
    assert isinstance(found, Bracket)
    lower, upper = found.ends
    assert lower < e / 2 + 5 * e**2 / 24 < upper <= 5 * lower


def test_no_root_below_criticality() -> None:
    length = LengthMap(activation("tanh"), Fraction(99, 100), 0)
    assert small_root(length, arb("1e-20"), Fraction(1, 256)) is False


def test_root_of_a_map_that_bends_up() -> None:
    """Gelu: ``V = q/4 + 3 q^2/(2 pi) + ...``, an unstable length below criticality."""
    length = LengthMap(activation("gelu"), Fraction(399, 100), 0)
    found = small_root(length, arb(0), Fraction(1, 128), bend=1)
    assert isinstance(found, Bracket)
    lower, upper = found.ends
    assert lower < Fraction("0.00135")
    assert upper > Fraction("0.00129")


def test_bits_below_one() -> None:
    assert bits_below_one(arb(8)) == 0
    assert bits_below_one(arb(2) ** -100) == pytest.approx(100, abs=2)
