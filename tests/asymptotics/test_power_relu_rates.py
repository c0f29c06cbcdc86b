"""Fixed points of J against mpmath; growth, distance and gradient laws against trajectories."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from math import log, pi

import mpmath
import pytest
import sympy
from scipy.special import hyp2f1

from symprop.asymptotics.depth_constants import ResidualVariances
from symprop.asymptotics.power_relu_rates import (
    kernel_gap,
    linear_rectifier_constants,
    power_exponent,
    power_relu_constants,
)
from symprop.foundation.errors import InvalidArgument, NoClosedForm, OutOfDomain
from symprop.gaussian.power_relu import alpha_relu_kernel
from symprop.numerics.enclosure import Enclosure
from symprop.specs.activations import activation
from tests.asymptotics.residual_trajectory import run

LAYERS = [4**k for k in range(4, 8)]


def numbers(alpha: str, variances: tuple[object, ...], scale: int = 1) -> dict[str, float]:
    constants = power_relu_constants(
        sympy.Integer(scale), sympy.Rational(alpha), ResidualVariances(*variances)
    )
    return {constant.name: float(constant.enclose(dps=20)) for constant in constants}


def moment(alpha: float) -> float:
    return float(2 ** (alpha - 1) * mpmath.gamma(alpha + 0.5) / mpmath.sqrt(mpmath.pi))


def power_pair(alpha: float) -> Callable[[float, float], float]:
    size, top = moment(alpha), hyp2f1(0.5, 0.5, alpha + 1.5, 1.0)

    def pair(q: float, c: float) -> float:
        x = (1 + c) / 2
        return size * q**alpha * x ** (alpha + 0.5) * hyp2f1(0.5, 0.5, alpha + 1.5, x) / top

    return pair


def power_slope(alpha: float) -> Callable[[float], float]:
    size = 0.0 if alpha <= 0.5 else alpha**2 * moment(alpha - 1)
    return lambda q: size * q ** (alpha - 1)


def mpmath_kernel(alpha: mpmath.mpf, c: mpmath.mpf) -> mpmath.mpf:
    """By its integral over the angle, which shares nothing with the hypergeometric form."""
    theta = mpmath.acos(c)
    value = mpmath.quad(lambda t: (c + mpmath.cos(t)) ** alpha, [0, mpmath.pi - theta])
    return value / mpmath.quad(lambda t: (1 + mpmath.cos(t)) ** alpha, [0, mpmath.pi])


@pytest.mark.parametrize("alpha", ["1/10", "1/2", "4/5"])
def test_fixed_point(alpha: str) -> None:
    gap = Enclosure(kernel_gap(alpha_relu_kernel(alpha), 60))
    exponent = mpmath.mpf(float(sympy.Rational(alpha)))
    c = 1 - gap.midpoint
    assert abs(mpmath_kernel(exponent, c) - c) < 1e-9
    assert abs(mpmath_kernel(exponent, c - 0.01) - (c - 0.01)) > 1e-5


@pytest.mark.parametrize("bits", [100, 3400])
@pytest.mark.parametrize("alpha", ["1/1000", "1/2", "501/1000", "7/10", "999999999/1000000000"])
def test_fixed_point_to_many_digits(alpha: str, bits: int) -> None:
    kernel = alpha_relu_kernel(alpha)
    gap = Enclosure(kernel_gap(kernel, bits))
    assert gap.relative_bits >= bits - 2
    middle = (gap.lower + gap.upper) / 2
    step = middle / 2 ** (bits - 8)
    below, above = middle - step, middle + step
    digits = bits  # more than enough
    assert kernel.deficit(angle_gap=below, dps=digits) > Enclosure(below, bits=8 * bits)
    assert kernel.deficit(angle_gap=above, dps=digits) < Enclosure(above, bits=8 * bits)


def test_gap_near_exponent_one() -> None:
    """``1 - e* ~ (9 pi^2/8) (1 - alpha)^4``, with corrections of order eta log eta."""
    ratios = [
        float(kernel_gap(alpha_relu_kernel(1 - sympy.Rational(1, 10**k)), 60)) * 10 ** (4 * k)
        for k in (4, 6, 8)
    ]
    limit = 9 * pi**2 / 8
    errors = [abs(ratio / limit - 1) for ratio in ratios]
    assert errors[0] < 0.01
    assert errors[1] < errors[0] / 50
    assert errors[2] < errors[1] / 50


@pytest.mark.parametrize("alpha", [0, 1, "-1/4", "3/2"])
def test_exponents_outside(alpha: object) -> None:
    with pytest.raises(OutOfDomain, match="inside \\(0, 1\\)"):
        power_relu_constants(sympy.S.One, sympy.Rational(alpha), ResidualVariances(1, 0, 1, 0))


@pytest.mark.parametrize("alpha", [1, "3/2"])
def test_no_fixed_point_inside(alpha: object) -> None:
    with pytest.raises(OutOfDomain, match="inside \\(-1/2, 1\\)"):
        kernel_gap(alpha_relu_kernel(alpha), 60)


@pytest.mark.parametrize("alpha", [0, "-1/4", "-49/100"])
def test_fixed_point_of_powers_that_are_not_positive(alpha: object) -> None:
    kernel = alpha_relu_kernel(alpha)
    gap = Enclosure(kernel_gap(kernel, 60))
    assert (kernel.deficit(angle_gap=gap, dps=15) - gap).contains(0)
    assert gap.relative_bits > 50


def rest_of_growth(alpha: str, second: str, power: sympy.Expr) -> list[float]:
    """Return p less its first two terms, in units of ``l**power``."""
    exponent = sympy.Rational(alpha)
    c = numbers(alpha, ("3/2", "1/2", "169/100", "49/100"))
    points = run(
        power_pair(float(exponent)), lambda q: 0.0, (1.5, 0.5, 1.69, 0.49), (1.0, 1.0), LAYERS
    )
    factor = {"K2": -c["K2"], "K": c.get("K", 0.0)}[second]
    rest = []
    for n in LAYERS:
        first = c["K1"] * n ** float(1 / (1 - exponent))
        rest.append((points[n].p - first) / n ** float(power) - factor * log(n))
    return rest


@pytest.mark.parametrize(("alpha", "second"), [("7/10", "K2"), ("1/2", "K")])
def test_growth_with_logarithm(alpha: str, second: str) -> None:
    """The rest settles: its step is a hundredth of what the logarithm contributes."""
    exponent = sympy.Rational(alpha)
    rest = rest_of_growth(alpha, second, exponent / (1 - exponent))
    factor = numbers(alpha, ("3/2", "1/2", "169/100", "49/100"))[second]
    assert abs(rest[-1] - rest[-2]) < abs(factor) * log(4) / 100


def test_growth_below_one_half() -> None:
    """The second term is linear; what is left of it vanishes."""
    c = numbers("1/4", ("3/2", "1/2", "169/100", "49/100"))
    layers = [4**k for k in range(5, 9)]
    points = run(power_pair(0.25), lambda q: 0.0, (1.5, 0.5, 1.69, 0.49), (1.0, 1.0), layers)
    rest = [abs((points[n].p - c["K1"] * n ** (4 / 3)) / n - c["K"]) for n in layers]
    assert all(b < 0.75 * a for a, b in itertools.pairwise(rest))
    assert rest[-1] < c["K"] / 50


def test_exactly_quadratic_growth() -> None:
    """At alpha = 1/2 and ``sa = sv^2 sw/(8 pi)`` the logarithm drops out."""
    variances = (2, sympy.Rational(4) * 3 / (8 * sympy.pi), 3, 1)
    constants = power_relu_constants(
        sympy.S.One, sympy.Rational(1, 2), ResidualVariances(*variances)
    )
    assert next(c.closed_form for c in constants if c.name == "K") == 0


def test_gradient_exponent() -> None:
    c = numbers("4/5", (1, "1/2", 1, 0))
    points = run(power_pair(0.8), power_slope(0.8), (1.0, 0.5, 1.0, 0.0), (1.0, 1.0), LAYERS)
    rest = [points[n].log_gradient - c["R"] * log(n) for n in LAYERS]
    steps = [abs(b - a) for a, b in itertools.pairwise(rest)]
    assert all(b < 0.6 * a for a, b in itertools.pairwise(steps))
    assert c["R"] == pytest.approx(0.64 / (0.2 * 0.6))


def distances(alpha: str, sa: float, e_0: float, layers: list[int]) -> list[float]:
    exponent = float(sympy.Rational(alpha))
    star = 1 - float(kernel_gap(alpha_relu_kernel(alpha), 60))
    points = run(power_pair(exponent), lambda q: 0.0, (1.0, sa, 1.0, 0.0), (1.0, e_0), layers)
    return [points[n].e - star for n in layers]


@pytest.mark.parametrize("alpha", ["1/10", "1/2", "7/10"])
def test_distance_exponent_without_branch_bias(alpha: str) -> None:
    mu = numbers(alpha, (1, 0, 1, 0))["mu"]
    found = distances(alpha, 0.0, 0.99, LAYERS)
    errors = [abs(log(a / b) / log(4) - mu) for a, b in itertools.pairwise(found)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < mu / 8


@pytest.mark.parametrize("e_0", [0.5, 0.85, 0.99])
@pytest.mark.parametrize("alpha", ["1/10", "1/5"])
def test_branch_bias_slows_small_exponents(alpha: str, e_0: float) -> None:
    """``e - e* = K' l^-mu + P l^(-alpha/(1-alpha))``: P without K', from two depths."""
    c = numbers(alpha, (1, "1/100", 1, 0))
    mu, offset = c["mu"], c["offset_exponent"]
    assert offset < mu
    layers = [4**k for k in range(5, 9)]
    found = distances(alpha, 0.01, e_0, layers)
    estimates = [
        (b * 4**mu - a) * n**offset / (4 ** (mu - offset) - 1)
        for a, b, n in zip(found, found[1:], layers, strict=False)
    ]
    assert abs(estimates[-1] / c["P"] - 1) < 0.2  # the next term is 65536^(-1/9) or more smaller


@pytest.mark.parametrize(("name", "slope"), [("relu", 0), ("leaky_relu:1/10", 0.1), ("abs", -1)])
def test_rectifier_law(name: str, slope: float) -> None:
    """``(1 - e)^(-1/2) - k l/2 - (3 k/4) log l`` settles, exactly as the gap's own recurrence."""
    variances = ResidualVariances("1", "0", "1", "0")
    found = linear_rectifier_constants(activation(name), variances)
    c = {constant.name: float(constant.enclose(dps=20)) for constant in found}
    assert c["growth_base"] == pytest.approx(1 + (1 + slope**2) / 2)
    gap, rest, layer = 0.5, [], 0
    for target in [4**k for k in range(3, 8)]:
        while layer < target:
            theta = 2 * mpmath.asin(mpmath.sqrt(gap / 2))
            loss = (mpmath.sin(theta) - theta * mpmath.cos(theta)) / mpmath.pi
            kernel = gap - (1 - slope) ** 2 / (1 + slope**2) * loss
            gap = (gap + (1 + slope**2) / 2 * kernel) / c["growth_base"]
            layer += 1
        rest.append(float(gap**-0.5) - c["k"] / 2 * layer - c["logarithm"] * log(layer))
    steps = [abs(b - a) for a, b in itertools.pairwise(rest)]
    assert all(b < 0.5 * a for a, b in itertools.pairwise(steps))
    assert c["inverse_square"] == pytest.approx(4 / c["k"] ** 2)


def test_linear_activation_has_no_such_law() -> None:
    found = linear_rectifier_constants(activation("identity"), ResidualVariances(1, 1, 1, 1))
    assert [constant.name for constant in found] == ["growth_base"]


def test_shape_of_activations() -> None:
    assert power_exponent(activation("alpha_relu:2/3")) == (1, sympy.Rational(2, 3))
    assert power_exponent(activation("Max(-2*x, 0)")) == (2, 1)
    for other in ("leaky_relu", "tanh", "relu6", "abs"):
        assert power_exponent(activation(other)) is None
    with pytest.raises(OutOfDomain, match="degree 1"):
        linear_rectifier_constants(activation("squared_relu"), ResidualVariances(1, 0, 1, 0))


def test_exponent_near_one_is_not_written_out() -> None:
    """K1 is a number to the power 10^6 there: a ball is given, no exact rational."""
    alpha = 1 - sympy.Rational(1, 10**6)
    table = power_relu_constants(sympy.S.One, alpha, ResidualVariances(1, 0, 1, 0))
    found = {constant.name: constant for constant in table}
    with pytest.raises(NoClosedForm):
        _ = found["K1"].closed_form
    with mpmath.workdps(60):
        base = mpmath.mpf(2) ** (-(mpmath.mpf(10) ** -6)) * mpmath.gamma(
            mpmath.mpf(3) / 2 - mpmath.mpf(10) ** -6
        )
        value = (base / mpmath.sqrt(mpmath.pi) / 10**6) ** (10**6)
    assert float(found["K1"].enclose(dps=20).ball.log()) == pytest.approx(float(mpmath.log(value)))
    deviation = found["mu"].enclose(dps=60) - Enclosure("5e-7", bits=300)
    assert float(deviation) == pytest.approx(-9 * pi**2 / 40 * 1e-30, rel=1e-3)


def test_arguments_of_other_kinds() -> None:
    variances = ResidualVariances(1, 0, 1, 0)
    with pytest.raises(InvalidArgument, match="kernel to be an AlphaReluKernel"):
        kernel_gap("1/2", 60)
    with pytest.raises(InvalidArgument, match="bits"):
        kernel_gap(alpha_relu_kernel("1/2"), 0)
    with pytest.raises(InvalidArgument, match="scale"):
        power_relu_constants(None, "1/2", variances)
    with pytest.raises(OutOfDomain, match="alpha"):
        power_relu_constants(1, sympy.Symbol("a"), variances)
    for call in (
        lambda: power_relu_constants(1, "1/2", None),
        lambda: linear_rectifier_constants("relu", (1, 1, 1, 1)),
    ):
        with pytest.raises(InvalidArgument, match="variances to be a ResidualVariances"):
            call()
    with pytest.raises(InvalidArgument, match="activation"):
        power_exponent(None)
