"""Gradients of trajectories."""

from fractions import Fraction

from symprop.claims.gradient_paths import DEPTH, along_depths, fall, gradient, network

RELU = network(phi="relu")


def test_gradient_of_the_last_layer_is_one() -> None:
    assert gradient("chi", **RELU, layer=DEPTH, dps=20) == 1


def test_gradient_of_relu_falls_geometrically() -> None:
    base = 1 + Fraction(3, 2) * Fraction(169, 100) / 2
    assert fall("chi", **RELU, layer=2, dps=20).overlaps(6 * gradient_logarithm(base))


def gradient_logarithm(base: Fraction) -> object:
    from flint import arb, fmpq

    return arb(fmpq(base.numerator, base.denominator)).log()


def test_layers_can_be_followed_to_four_times_their_depth() -> None:
    points = along_depths(**RELU)
    assert [point["layer"] for point in points] == [1, 4, 16, 64, 256]
    assert 4 * points[-1]["layer"] <= DEPTH


def test_two_variances_make_a_reduced_network() -> None:
    assert gradient("p", **network(("0", "1/3")), layer=3, dps=20) > 0
