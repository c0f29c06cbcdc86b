import mpmath
import pytest
from flint import arb

from symprop.foundation.errors import OutOfDomain
from symprop.gaussian.correlations import Angle
from symprop.gaussian.double_integral import double_expectation
from symprop.gaussian.duality import dual_kernel
from symprop.gaussian.integrand import integrand_of
from symprop.numerics.precision import working_bits
from symprop.specs.activations import activation


def double(
    first: str, second: str, rho: str, goal: int = 60, q: tuple[str, str] = ("1", "1")
) -> arb:
    one = integrand_of(activation(first))
    two = one if first == second else integrand_of(activation(second))
    with working_bits(goal + 60):
        r, gap = Angle(rho).balls(goal + 60)
        return double_expectation(one, two, (arb(q[0]), arb(q[1])), r, gap, goal)


@pytest.mark.parametrize("rho", ["1/2", "-1/3", "999/1000", "-99999/100000"])
@pytest.mark.parametrize("pair", [("relu", "relu"), ("relu", "erf"), ("relu6", "step")])
def test_agrees_with_closed_forms(pair: tuple[str, str], rho: str) -> None:
    value = double(*pair, rho)
    closed = dual_kernel(*pair).enclose(rho, dps=25)
    assert closed.overlaps(value)
    assert float(value.rad()) < 1e-15


@pytest.mark.parametrize("rho", ["1/10", "-1/2", "9/10"])
def test_agrees_with_the_hermite_series(rho: str) -> None:
    for name in ("tanh", "silu"):
        assert dual_kernel(name).enclose(rho, dps=15).overlaps(double(name, name, rho))


def test_unequal_variances_and_algebraic_kinks() -> None:
    closed = dual_kernel("erf", "gelu", variances=("1/4", 9)).enclose("2/5", dps=25)
    assert closed.overlaps(double("erf", "gelu", "2/5", q=("0.25", "9")))
    power = dual_kernel("alpha_relu:3/2").enclose("7/10", dps=20)
    assert power.overlaps(double("alpha_relu:3/2", "alpha_relu:3/2", "7/10", goal=45))


def test_softsign_agrees_with_mpmath() -> None:
    value = double("softsign", "softsign", "3/5", goal=40)
    rho, s = 0.6, 0.8

    def phi(x: mpmath.mpf) -> mpmath.mpf:
        return x / (1 + abs(x))

    def outer(u: mpmath.mpf) -> mpmath.mpf:
        kink = -rho * u / s
        points = sorted([-10, kink, 10]) if -10 < kink < 10 else [-10, 10]
        inner = mpmath.quad(lambda w: phi(rho * u + s * w) * mpmath.npdf(w), points)
        return phi(u) * inner * mpmath.npdf(u)

    expected = 2 * mpmath.quad(outer, [0, 2, 10])
    assert abs(float(value.mid()) - float(expected)) < 1e-10


def test_finer_goals_are_narrower() -> None:
    coarse, fine = double("mish", "mish", "1/2", 40), double("mish", "mish", "1/2", 70)
    assert coarse.overlaps(fine)
    assert fine.rad() < coarse.rad()


def test_growth_too_close_to_the_gaussian_is_refused() -> None:
    with pytest.raises(OutOfDomain, match="correlation"):
        double("exp(x**2/4 - x)", "exp(x**2/4)*tanh(x)", "1/2")
