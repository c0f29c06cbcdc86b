"""Fixed angle against mpmath; length, distance and gradient laws against a trajectory."""

from __future__ import annotations

import itertools
from math import log, sqrt

import mpmath
import pytest
import sympy
from flint import arb

from symprop.asymptotics.depth_constants import ResidualVariances
from symprop.asymptotics.length_expansions import length_expansion
from symprop.asymptotics.saturated_rates import (
    fixed_angle,
    fixed_angle_closed_form,
    saturated_constants,
)
from symprop.asymptotics.saturation import saturation_constants
from symprop.foundation.errors import InvalidArgument, NoConvergence, OutOfDomain
from symprop.gaussian.transforms import w_transform
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import working_bits
from symprop.specs.architectures import FullResidual
from tests.asymptotics.residual_trajectory import erf_pair, erf_slope, run

VARIANCES = ("3/2", "1/2", "169/100", "49/100")
LAYERS = [4**k for k in range(5, 10)]

_HALF = sympy.Rational(1, 2)


def table(name: str, variances: tuple[object, ...] = VARIANCES) -> dict[str, object]:
    constants = saturated_constants(saturation_constants(name), ResidualVariances(*variances))
    return {constant.name: constant for constant in constants}


def numbers(name: str, variances: tuple[object, ...] = VARIANCES) -> dict[str, float]:
    return {key: float(c.enclose(dps=20)) for key, c in table(name, variances).items()}


@pytest.mark.parametrize("dps", [50, 1000])
@pytest.mark.parametrize("bias", ["1e-40", "1/10", "1", "9", "1e40"])
def test_fixed_point_of_the_printed_equation(bias: str, dps: int) -> None:
    found = table("tanh", (1, bias, 1, 0))
    e, delta = (found[key].enclose(dps=dps) for key in ("e_star", "delta_star"))
    assert min(e.relative_bits, delta.relative_bits) >= int(3.32 * dps)
    with mpmath.workdps(dps + 150):
        sa, gap = mpmath.mpf(bias), found["e_star_gap"].enclose(dps=dps + 100).midpoint
        right = 2 / mpmath.pi * mpmath.asin(1 - gap) + sa
        assert abs((1 - gap) * (1 + sa) - right) < mpmath.mpf(10) ** (-dps - 20) * (1 + sa)
        printed = 1 - 2 / mpmath.pi / mpmath.sqrt(gap * (2 - gap)) / (1 + sa)
        assert abs(printed - delta.midpoint) < mpmath.mpf(10) ** (-dps)


def test_against_findroot() -> None:
    with mpmath.workdps(60):
        e = mpmath.findroot(
            lambda x: 2 * x - mpmath.asin(x) * 3 / mpmath.pi - 1 / mpmath.mpf(2), mpmath.mpf("0.49")
        )
        assert table("tanh")["e_star"].enclose(dps=50).overlaps(mpmath.nstr(e, 55))


def test_exact_points() -> None:
    found = table("tanh")
    assert found["e_star"].closed_form == sympy.Rational(1, 2)
    assert found["delta_star"].closed_form == 1 - sympy.sqrt(3) / sympy.pi
    assert found["A"].closed_form == 13 / (5 * sympy.sqrt(sympy.pi))
    reduced = table("tanh", (1, 0, 1, 0))
    assert (reduced["e_star"].closed_form, reduced["P"].closed_form) == (0, 0)
    assert reduced["delta_star"].closed_form == 1 - 2 / sympy.pi
    assert fixed_angle_closed_form(1 + sympy.sqrt(2) / 2) == sympy.pi / 4
    assert fixed_angle_closed_form(sympy.Rational(7, 5)) is None


def test_exponent_lies_between_its_limits_and_rises() -> None:
    values = [numbers("tanh", (1, f"1e{k}", 1, 0))["delta_star"] for k in range(-3, 4)]
    assert values == sorted(values)
    assert 1 - 2 / float(mpmath.pi) < values[0] < values[-1] < 0.5


def test_ball_arguments() -> None:
    with working_bits(100):
        angle = fixed_angle(arb(4, 1e-12) / 3, 90)
        assert angle.contains(arb.pi() / 3)
        assert angle.rad() < 1e-11
    wide = table("tanh", (1, Enclosure(arb(1) / 3), 1, 0))
    assert wide["e_star"].enclose(dps=10).contains("1/2")
    with pytest.raises(NoConvergence):
        fixed_angle(arb(2, 1.5), 60)


def test_length_law() -> None:
    """What is left of p tends to a constant, halving its step with each factor 4 of depth."""
    points = run(erf_pair, erf_slope, (1.5, 0.5, 1.69, 0.49), (1.0, 0.3), LAYERS)
    c = numbers("erf")
    rest = [points[n].p - c["b0"] * n - c["b1"] * sqrt(n) - c["b2"] * log(n) for n in LAYERS]
    steps = [abs(b - a) for a, b in itertools.pairwise(rest)]
    assert steps[-1] < steps[-2]
    assert steps[-1] < abs(c["b2"]) * log(4) / 100


def algebraic_pair(q: float, c: float) -> float:
    """Return ``V`` of ``x/sqrt(1+x^2)`` for c = 1; the pair is not needed."""
    x = 1 / sqrt(2 * q)
    return 1 - sqrt(float(mpmath.pi)) * x * float(mpmath.exp(x * x) * mpmath.erfc(x))


def test_length_law_with_a_heavy_tail() -> None:
    """The tail changes b2, which the formula for tanh misses by ``sv/(sw b0)``."""
    layers = LAYERS[:4]
    points = run(algebraic_pair, lambda q: 0.0, (1.5, 0.5, 1.69, 0.49), (1.0, 1.0), layers)
    c = numbers("x/sqrt(1+x**2)")
    rest = [points[n].p - c["b0"] * n - c["b1"] * sqrt(n) - c["b2"] * log(n) for n in layers]
    steps = [abs(b - a) for a, b in itertools.pairwise(rest)]
    assert all(b < 0.7 * a for a, b in itertools.pairwise(steps))
    assert steps[-1] < 1.5 / (1.69 * 2) * log(4) / 50


def test_gradient_law() -> None:
    points = run(erf_pair, erf_slope, (1.5, 0.5, 1.69, 0.49), (1.0, 0.3), LAYERS)
    c = numbers("erf")
    rest = [points[n].log_gradient - c["A"] * sqrt(n) - c["B"] * log(n) for n in LAYERS]
    steps = [abs(b - a) for a, b in itertools.pairwise(rest)]
    assert all(b < 0.75 * a for a, b in itertools.pairwise(steps))
    assert steps[-1] < abs(c["B"]) * log(4) / 100


@pytest.mark.parametrize("e_0", [0.0, 0.3, 0.99])
def test_distance_law(e_0: float) -> None:
    """``(e - e*) l^delta* = K' + P l^(delta* - 1/2) + ..``: P from two depths, ever better."""
    points = run(erf_pair, erf_slope, (1.5, 0.5, 1.69, 0.49), (1.0, e_0), LAYERS)
    c = numbers("erf")
    delta = c["delta_star"]
    scaled = [(points[n].e - c["e_star"]) * n**delta for n in LAYERS]
    power = [n ** (delta - 0.5) for n in LAYERS]
    errors = [
        abs((scaled[k + 1] - scaled[k]) / (power[k + 1] - power[k]) - c["P"])
        for k in range(len(LAYERS) - 1)
    ]
    assert all(b < 0.75 * a for a, b in itertools.pairwise(errors))
    assert errors[-1] < abs(c["P"]) / 5


def test_scaling_of_the_activation() -> None:
    """Doubling the output is quadrupling the branch weights."""
    scaled, plain = numbers("2*tanh(x)", (1, 2, 3, 1)), numbers("tanh", (4, 2, 3, 1))
    assert scaled == pytest.approx(plain, rel=1e-14)


def test_gradients_that_do_not_exist() -> None:
    assert "A" not in table("sign")
    assert {"A", "B", "B_b"}.isdisjoint(table("step"))


@pytest.mark.parametrize("name", ["erf", "softsign", "arctan", "sigmoid", "x/sqrt(1+x**2)"])
def test_length_law_is_that_of_the_difference_equation(name: str) -> None:
    """The engine for difference equations, in ``X = b0 (l + K)``, knows nothing of these."""
    found = table(name)
    net = FullResidual(name, "3/2", "1/2", "169/100", "49/100")
    terms = {(t.power, t.log_power): t.coefficient for t in length_expansion(net, order=3).terms}
    x = sympy.Symbol("x", positive=True)
    b0 = found["b0"].closed_form
    for power, names in ((_HALF, ("b1", "b1_log")), (0, (None, "b2", "b2_log2", "b2_log3"))):
        block = sum(
            c * b0**power * (x + sympy.log(b0)) ** k for (e, k), c in terms.items() if e == power
        )
        for k, wanted in enumerate(names):
            if wanted is None:
                continue
            there = sympy.N(sympy.expand(block).coeff(x, k), 20)
            stated = found[wanted].enclose(dps=15) if wanted in found else 0
            assert abs(float(stated) - float(there)) < 1e-12


@pytest.mark.parametrize("name", ["softsign", "arctan", "3*x/(2+Abs(x))"])
def test_covariance_of_a_heavy_tail(name: str) -> None:
    """``sqrt q (W - M^2 (2/pi) arcsin c) -> -2 S artanh c``, on which P rests."""
    found = saturation_constants(name)
    for c in (sympy.Rational(1, 2), sympy.Rational(-9, 10)):
        limit = -2 * found.logarithm * sympy.atanh(c)
        errors = []
        for power in (7, 9):
            q = sympy.Integer(4) ** power
            value = w_transform(name).enclose(q, q * c, dps=20)
            plain = found.limit**2 * 2 / sympy.pi * sympy.asin(c)
            errors.append(float(2**power * (float(value) - float(plain))) - float(limit))
        assert abs(errors[1]) < abs(errors[0]) / 2.5


def test_distance_law_solves_its_equation() -> None:
    """``l b0 e'`` linearised at ``e*``, with the drift of the softsign."""
    c = numbers("softsign")
    saturation = saturation_constants("softsign")
    slow = 1.5 * float(saturation.logarithm) / 1.3
    rest = 1.5 * (float(saturation.defect) + float(saturation.logarithm) * log(1.69)) / 1.3
    e, b0, delta = c["e_star"], c["b0"], c["delta_star"]
    for n in (10.0, 1e3, 1e6):
        offset = (c["P_log"] * log(n) + c["P"]) / sqrt(n)
        change = c["P_log"] / sqrt(n) - offset / 2
        force = e * (slow * log(b0 * n) + rest) - 2 * slow * float(mpmath.atanh(e))
        assert change == pytest.approx(-delta * offset + force / (b0 * sqrt(b0 * n)), rel=1e-10)


def test_fixed_point_of_the_step() -> None:
    """``e = 1/2 + arcsin(e)/pi`` without branch biases."""
    e = numbers("step", (2, 0, 1, 0))["e_star"]
    assert e == pytest.approx(0.5 + float(mpmath.asin(e) / mpmath.pi), abs=1e-14)
    assert 0.7 < e < 0.8


@pytest.mark.parametrize("zero", [0, 2])
def test_vanishing_branch_is_refused(zero: int) -> None:
    variances = [1, 1, 1, 1]
    variances[zero] = 0
    with pytest.raises(OutOfDomain, match="to be > 0"):
        table("tanh", tuple(variances))


def test_what_is_refused() -> None:
    with pytest.raises(OutOfDomain, match="ratio to be >= 1"):
        fixed_angle(arb("0.5"), 60)
    for ratio in (arb("nan"), None, "junk"):
        with pytest.raises(InvalidArgument, match="ratio"):
            fixed_angle(ratio, 60)
    with pytest.raises(InvalidArgument, match="bits"):
        fixed_angle(arb(2), 0)
    with pytest.raises(InvalidArgument, match="saturation to be a Saturation"):
        saturated_constants("tanh", None)
