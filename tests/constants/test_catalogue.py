"""The catalogue: every constant has a source, and the shipped numbers are judged by balls."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
import sympy
from flint import arb

from symprop.constants.catalogue import CATALOGUED_GAINS, CONSTANTS, Constant, constant
from symprop.foundation.errors import InvalidArgument
from symprop.gaussian.expectation import quadrature_expectation
from symprop.gaussian.grid import gaussian_grid
from symprop.gaussian.integrand import integrand_of
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import enclose
from symprop.numerics.precision import working_bits
from symprop.specs.activations import activation


@pytest.mark.parametrize("name", list(CONSTANTS))
def test_every_constant_is_complete(name: str) -> None:
    entry = constant(name)
    assert entry.name == name
    assert entry.source
    value = entry.enclose(dps=20)
    assert value.relative_bits >= 66
    if entry.exact is not None:
        assert enclose(entry.exact, dps=25).overlaps(value)


@pytest.mark.parametrize("field", ["name", "meaning", "latex", "source"])
def test_nothing_without_a_source(field: str) -> None:
    good = {"name": "a", "meaning": "b", "latex": "c", "source": "d"}
    assert float(Constant(**good, form=sympy.Integer(2))) == 2
    with pytest.raises(InvalidArgument, match=field):
        Constant(**{**good, field: " "}, form=sympy.Integer(2))


def test_a_constant_has_one_definition() -> None:
    with pytest.raises(InvalidArgument, match="exactly one"):
        Constant("a", "b", "c", "d")
    with pytest.raises(InvalidArgument, match="exactly one"):
        Constant("a", "b", "c", "d", form=sympy.Integer(1), function="relu")


def test_selu_constants_solve_their_equations() -> None:
    """Mean 0 and second moment 1, by quadrature of the activation built on them."""
    integrand = integrand_of(activation("selu"))
    square = quadrature_expectation(integrand.squared(), 1, 30)
    assert square.contains(1)
    # absolute accuracy: relative digits of zero would be sought in vain
    grid = gaussian_grid(integrand, arb(1), 110)
    with working_bits(grid.bits):
        mean = Enclosure(grid.expectation())
    assert mean.contains(0)
    assert max(abs(mean.lower), mean.upper) < Fraction(1, 10**30)


def test_selu_as_shipped() -> None:
    """The decimals in circulation are right to all 31 and 32 digits but the last."""
    for name in ("selu.alpha", "selu.lambda"):
        (deviation,) = constant(name).deviations(dps=40).values()
        assert abs(float(deviation)) < 1e-31


def test_dks_constant() -> None:
    """The shipped 19 digits are those of a double: right to 15 of them."""
    (deviation,) = constant("relu.slope_ratio").deviations().values()
    assert 1e-16 < float(deviation) < 1e-15


@pytest.mark.parametrize("spec", [s for s in CATALOGUED_GAINS if constant(f"gain.{s}").shipments])
def test_sampled_gains_differ_in_the_fourth_digit(spec: str) -> None:
    for deviation in constant(f"gain.{spec}").deviations().values():
        assert 5e-5 < abs(float(deviation)) < 2e-3


def test_families() -> None:
    assert constant("c_alpha:7/10").source == "residual, Lemma B.15"
    half = constant("c_alpha:1/2")
    assert half.exact is not None
    assert enclose(half.exact**2 * 2 * sympy.pi - 1).contains(0)
    assert constant("U:0").exact == -sympy.sqrt(2) / sympy.pi
    assert constant("gain.leaky_relu:1/5").name == "gain.leaky_relu:1/5"
    assert constant("gain.leaky_relu:1/100") is constant("gain.leaky_relu")
    assert constant("second_moment_gain.step").exact == sympy.sqrt(2)


def test_evalf_has_the_digits() -> None:
    with mpmath.workdps(60):
        exact = mpmath.sqrt(2 / mpmath.pi)
        assert abs(constant("residual.C").evalf(dps=50) - exact) < mpmath.mpf(10) ** -50


@pytest.mark.parametrize(
    ("name", "near"), [("selu.alfa", "selu.alpha"), ("gain.rel", "relu"), ("xyz", "name")]
)
def test_unknown_names(name: str, near: str) -> None:
    with pytest.raises(InvalidArgument, match=near):
        constant(name)


def test_names_are_strings() -> None:
    with pytest.raises(InvalidArgument, match="string"):
        constant(3)  # type: ignore[arg-type]  # on purpose
