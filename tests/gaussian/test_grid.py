import mpmath
import pytest
from flint import arb

from symprop.gaussian.grid import gaussian_grid, recurrence_bits
from symprop.gaussian.integrand import integrand_of
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import working_bits
from symprop.specs.activations import activation


def by_mpmath(name: str, q: str, dps: int) -> mpmath.mpf:
    functions = {
        "tanh": mpmath.tanh,
        "silu": lambda x: x / (1 + mpmath.exp(-x)),
        "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
        "softsign": lambda x: x / (1 + abs(x)),
        "arctan": mpmath.atan,
    }
    with mpmath.workdps(dps + 10):
        scale = mpmath.sqrt(mpmath.mpf(q))
        return mpmath.quad(
            lambda z: functions[name](scale * z) ** 2 * mpmath.npdf(z),
            [-20, -8, -4, -2, -1, -0.5, -0.1, 0, 0.1, 0.5, 1, 2, 4, 8, 20],
            maxdegree=8,
        )


@pytest.mark.parametrize("name", ["tanh", "silu", "softplus", "softsign", "arctan"])
@pytest.mark.parametrize("q", ["1/100", "1", "10"])
def test_second_moments_agree_with_mpmath(name: str, q: str) -> None:
    square = integrand_of(activation(name)).squared()
    with working_bits(150):
        grid = gaussian_grid(square, arb(1) * Enclosure(q, bits=200).ball, 110)
        value = Enclosure(grid.expectation())
    with mpmath.workdps(40):
        number, _, denominator = q.partition("/")
        exact = by_mpmath(name, str(mpmath.mpf(number) / mpmath.mpf(denominator or 1)), 30)
        assert abs(value.midpoint - exact) < mpmath.mpf(10) ** -27
    assert float(value.radius) < 1e-30


@pytest.mark.parametrize("name", ["tanh", "silu", "softsign", "mish", "sigmoid"])
def test_strip_and_panel_rules_agree_across_the_switch(name: str) -> None:
    """The rule changes with the variance; both sides of the change enclose one function."""
    square = integrand_of(activation(name)).squared()
    for q in ("30", "40", "150", "160"):
        with working_bits(200):
            coarse = gaussian_grid(square, arb(q), 60).expectation()
            fine = gaussian_grid(square, arb(q), 150).expectation()
            assert coarse.overlaps(fine)
            assert fine.rad() < coarse.rad()


@pytest.mark.parametrize("q", ["1e-12", "1e12"])
@pytest.mark.parametrize("name", ["tanh", "silu", "softplus", "softsign", "gelu_tanh", "mish"])
def test_extreme_variances(name: str, q: str) -> None:
    square = integrand_of(activation(name)).squared()
    with working_bits(250):
        value = gaussian_grid(square, arb(q), 150).expectation()
    assert value.is_finite()
    assert value.rel_accuracy_bits() > 90


def test_odd_functions_have_mean_exactly_zero() -> None:
    with working_bits(100):
        grid = gaussian_grid(integrand_of(activation("tanh")), arb(1), 60)
        assert grid.expectation() == 0


def test_recurrence_allowance_grows_with_the_order() -> None:
    assert recurrence_bits(0, 10.0, None) == 0
    assert recurrence_bits(256, 10.0, None) > recurrence_bits(16, 10.0, None) > 0
    assert recurrence_bits(2000, 10.0, "odd") > recurrence_bits(2000, 10.0, None)


@pytest.mark.parametrize("name", ["erf", "gelu", "exp(x/2)", "sin"])
@pytest.mark.parametrize("order", [0, 40, 220])
def test_entire_functions_that_grow_off_the_line(name: str, order: int) -> None:
    """The contour must not climb to where such a function outgrows the Gaussian."""
    grid = gaussian_grid(integrand_of(activation(name)), arb(1), 70, order=order)
    assert float(grid.error) < 1e-19


def test_steps_too_short_for_the_trapezoidal_rule_leave_it_to_panels() -> None:
    integrand = integrand_of(activation("erf(x)**6")).squared()
    with working_bits(100):
        grid = gaussian_grid(integrand, arb(10**6), 60)
        # all but the mass near 0 is 1
        assert abs(grid.expectation() - 1) < arb("0.01")
