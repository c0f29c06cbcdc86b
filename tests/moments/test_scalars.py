"""Rings of the moments: rational where everything is, polynomial otherwise."""

from fractions import Fraction

import pytest
import sympy
from flint import fmpq

from symprop.foundation.errors import InvalidArgument, OutOfDomain, UnsupportedLaw
from symprop.moments.scalars import branch_strength, read_scalars
from symprop.specs.branched import DenseNet, ResNet, Vanilla
from symprop.specs.initialization import weight_law

GAUSSIAN = weight_law("gaussian")
n, alpha = sympy.symbols("n alpha", positive=True)


def test_strength() -> None:
    assert branch_strength(ResNet(3, "1/2")) == fmpq(1, 8)
    assert branch_strength(ResNet(2, sympy.sqrt(2) / 3)) == fmpq(2, 9)
    assert branch_strength(ResNet(3, sympy.sqrt(2))) == 2 * sympy.sqrt(2)
    assert branch_strength(ResNet(2, alpha)) == alpha**2
    assert branch_strength(DenseNet()) == 1


def test_rational() -> None:
    scalars = read_scalars(ResNet(2, "1/2"), 4, weight_law("uniform"), "1/3")
    assert scalars.rational
    assert scalars.ensemble.inverse_width == fmpq(1, 4)
    assert scalars.ensemble.excess == fmpq(-6, 5)
    assert scalars.result(scalars.strength) == Fraction(1, 4)


def test_symbolic() -> None:
    scalars = read_scalars(ResNet(2, alpha), n, GAUSSIAN, 1)
    assert not scalars.rational
    form = scalars.result(scalars.strength * scalars.ensemble.inverse_width)
    assert form == alpha**2 / n
    assert scalars.result(scalars.number(1, 3)) == sympy.Rational(1, 3)


def test_refusals() -> None:
    with pytest.raises(InvalidArgument, match="width"):
        read_scalars(Vanilla(), 0, GAUSSIAN, 1)
    with pytest.raises(InvalidArgument, match="width"):
        read_scalars(Vanilla(), 2.5, GAUSSIAN, 1)
    with pytest.raises(UnsupportedLaw, match="independent"):
        read_scalars(Vanilla(), 3, weight_law("haar"), 1)
    with pytest.raises(OutOfDomain, match="input_layer"):
        read_scalars(Vanilla(input_layer=False), 3, GAUSSIAN, 1)
    for concentration in (0, 2, "x", sympy.pi):
        with pytest.raises(OutOfDomain, match="concentration"):
            read_scalars(Vanilla(), 3, GAUSSIAN, concentration)
