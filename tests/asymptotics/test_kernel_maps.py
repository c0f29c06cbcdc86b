"""Kernel maps against their series and slopes, and the case each activation is in."""

from fractions import Fraction

import pytest
import sympy

from symprop.asymptotics.kernel_maps import ConvergenceCase, KernelMap, convergence_case, kernel_map
from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.gaussian.closed_forms import RHO
from tests.malformed import assert_refused

F = Fraction


@pytest.mark.parametrize(
    ("phi", "case"),
    [
        ("tanh", "CENTRED"),
        ("sign", "CENTRED"),
        ("x**2 - 1", "CENTRED"),
        ("relu", "CRITICAL"),
        ("exp", "CRITICAL"),
        ("abs", "CRITICAL"),
        ("gelu", "CHAOTIC"),
        ("heaviside", "CHAOTIC"),
        ("alpha_relu:1/4", "CHAOTIC"),
        ("cos", "ORDERED"),
        ("sigmoid", "ORDERED"),
        ("x + 1", "ORDERED"),
        ("-x", "IDENTITY"),
    ],
)
def test_case(phi: str, case: str) -> None:
    assert convergence_case(kernel_map(phi)).name == case


def test_bias_moves_the_case() -> None:
    """erf is critical at one bias only, which is irrational; on either side it is decided."""
    ratio = 2 / sympy.pi * (2 / sympy.sqrt(5) - sympy.asin(sympy.Rational(2, 3)))
    tiny = sympy.Rational(1, 10**12)
    below, at, above = (
        convergence_case(kernel_map("erf", bias_variance=ratio + shift, weight_variance=1))
        for shift in (-tiny, 0, tiny)
    )
    assert below is ConvergenceCase.CHAOTIC
    assert at in (ConvergenceCase.CRITICAL, ConvergenceCase.UNDECIDED)
    assert above is ConvergenceCase.ORDERED


@pytest.mark.parametrize("phi", ["relu", "tanh", "x**2 + x + 1"])
@pytest.mark.parametrize("recentred", [False, True])
def test_map_and_deficit_agree(phi: str, recentred: bool) -> None:
    kernel = kernel_map(phi, weight_variance="17/10", bias_variance="1/3", recentred=recentred)
    at, deficit = kernel.enclose("3/5", dps=20), kernel.deficit("3/5", dps=20)
    assert (1 - at).overlaps(deficit)
    assert kernel.enclose(1, dps=20).contains(1)
    assert kernel.enclose(0, dps=20).overlaps(kernel.at_zero(20))
    step = F(1, 10**8)
    quotient = (kernel.enclose(step, dps=30) - kernel.enclose(0, dps=30)) / step
    assert abs(float(quotient) - float(kernel.slope_at_zero(20))) < 1e-7
    chord = kernel.deficit(angle_gap=step, dps=20) / step
    assert abs(float(chord) - float(kernel.slope_at_one(20))) < 1e-3
    total = kernel.at_zero() + kernel.slope_at_zero() + kernel.nonlinear_share()
    assert abs(float(total) - 1) < 1e-14


def test_closed_form_of_a_biased_map() -> None:
    form = kernel_map("x**2", weight_variance=2, bias_variance=4).closed_form
    assert sympy.expand(form - (sympy.Rational(3, 5) + sympy.Rational(2, 5) * RHO**2)) == 0


def test_infinite_slopes() -> None:
    assert not kernel_map("sign").slope_at_one().is_finite
    with pytest.raises(OutOfDomain, match="square-integrable"):
        kernel_map("alpha_relu:1/4").slope_at_one()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"weight_variance": 0}, OutOfDomain),
        ({"bias_variance": -1}, OutOfDomain),
        ({"weight_variance": kernel_map("x").at_zero()}, InvalidArgument),
    ],
)
def test_arguments_are_checked(options: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        kernel_map("tanh", **options)


@pytest.mark.parametrize("phi", ["0", "3"])
def test_no_variation_is_refused(phi: str) -> None:
    with pytest.raises(OutOfDomain, match="varies"):
        kernel_map(phi, recentred=True)
    constant: KernelMap = kernel_map(phi, bias_variance=1)
    assert constant.enclose(0).contains(1)


def test_only_kernel_maps_have_a_case() -> None:
    assert_refused(convergence_case, (None, "relu", 3, []), "kernel to be a KernelMap")
