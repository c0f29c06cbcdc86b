import pytest
from flint import arb

from symprop.gaussian.duality import dual_kernel
from symprop.gaussian.expectation import gaussian_expectation
from symprop.gaussian.hermite import hermite_coefficients
from symprop.gaussian.softsign_kernel import softsign_balls
from symprop.numerics.precision import working_bits
from symprop.specs.activations import activation


def balls(spec="softsign", variance=1):
    found = softsign_balls(activation(spec), variance)
    assert found is not None
    return found


@pytest.mark.parametrize("variance", [1, "1/4", 4])
def test_end_value_is_the_second_moment(variance) -> None:
    """Quadrature of one variable knows nothing of polynomials on the half line."""
    moment = gaussian_expectation("(x/(1 + Abs(x)))**2", 20, variance=variance)
    value = balls(variance=variance)(arb(1), 80)
    assert value.rad() < 1e-20
    assert value.overlaps(moment.ball)
    assert balls(variance=variance)(arb(-1), 80).overlaps(-moment.ball)


def test_small_correlations_follow_the_hermite_series() -> None:
    """``kappa(rho) = sum a_k^2 rho^k`` with certified coefficients from Gauss-Legendre panels."""
    expansion = hermite_coefficients("softsign", 40, dps=25)
    with working_bits(120):
        rho = arb(1) / 8
        terms = (a.ball**2 * rho**k for k, a in enumerate(expansion.enclosures))
        series = arb(sum(terms, arb(0)), (expansion.tail.ball * rho**41).abs_upper())
    value = balls()(rho, 80)
    assert value.overlaps(series)
    assert value.rad() < 1e-20


@pytest.mark.slow
@pytest.mark.parametrize("rho", ["1/2", "-999/1000"])
def test_against_the_double_integral(rho) -> None:
    certified = dual_kernel("softsign").enclose(rho, dps=15).ball
    with working_bits(120):
        numerator, denominator = rho.split("/")
        value = balls()(arb(int(numerator)) / int(denominator), 80)
    assert value.overlaps(certified)


def test_more_bits_are_reached() -> None:
    coarse, fine = balls()(arb("0.5"), 80), balls()(arb("0.5"), 150)
    assert fine.overlaps(coarse)
    assert fine.rad() < 1e-44


def test_scalings_are_recognised() -> None:
    with working_bits(120):
        plain = balls()(arb("0.25"), 80)
        scaled = balls("3*x/(1 + 2*Abs(x))", "1/4")(arb("0.25"), 80)
        assert scaled.overlaps(plain * 9 / 4)


@pytest.mark.parametrize("spec", ["relu", "tanh", "x*Abs(x)", "elu", "x/(1 + x**2)", "sign"])
def test_others_are_not_recognised(spec) -> None:
    assert softsign_balls(activation(spec), 1) is None


@pytest.mark.parametrize("variance", ["1/100", 100])
def test_extreme_slopes_are_left_to_quadrature(variance) -> None:
    assert softsign_balls(activation("softsign"), variance) is None
