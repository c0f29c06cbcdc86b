"""Fixed lengths: all of them, with stability, and no claim where nothing is proved."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
import sympy
from flint import arb

from symprop.asymptotics.fixed_points import length_fixed_points, stability_of
from symprop.foundation.errors import InvalidArgument, NoConvergence, OutOfDomain
from symprop.gaussian.transforms import v_transform
from symprop.numerics.enclosure import Enclosure


def test_erf_against_findroot() -> None:
    found = length_fixed_points("erf", weight_variance=1, bias_variance="1/10", dps=50)
    with mpmath.workdps(60):
        q = mpmath.findroot(
            lambda q: 2 / mpmath.pi * mpmath.asin(2 * q / (1 + 2 * q)) + mpmath.mpf(1) / 10 - q, 0.4
        )
        digits = mpmath.nstr(q, 58)
    (point,) = found.points
    assert abs(point.value - digits) < Fraction(1, 10**50)
    assert point.value.relative_bits > 165
    assert found.interval is None
    assert point.interval[0] < Fraction("0.38") < Fraction("0.39") < point.interval[1]


@pytest.mark.parametrize("name", ["tanh", "softplus", "hard_tanh"])
def test_is_a_fixed_point(name: str) -> None:
    found = length_fixed_points(name, weight_variance="1/2", bias_variance="1/10", dps=20)
    (point,) = found.points
    image = v_transform(name).enclose(point.value, dps=15) * "1/2" + "1/10"
    assert image.overlaps(point.value)
    assert point.stability == "stable"


def test_exp_has_two_or_none() -> None:
    found = length_fixed_points("exp", weight_variance="1/10", bias_variance="1/10")
    assert [point.stability for point in found.points] == ["stable", "unstable"]
    for point in found.points:  # the slope is 2 (q - bias)
        assert point.slope.overlaps(2 * (point.value - "1/10"))
    assert length_fixed_points("exp", weight_variance=1, bias_variance=1).points == ()


def test_touching_is_refused() -> None:
    """``w exp(2 q) = q`` touches at ``w = 1/(2 e)``, ``q = 1/2``."""
    weight = 1 / (2 * sympy.E)
    with pytest.raises(NoConvergence, match="nothing is proved"):
        length_fixed_points("exp", weight_variance=weight, interval=("1/4", 1))


def test_two_sides_of_a_parabola() -> None:
    found = length_fixed_points("squared_relu", weight_variance=1, bias_variance="1/100")
    values = [(1 + s * mpmath.sqrt(1 - mpmath.mpf("0.06"))) / 3 for s in (-1, 1)]
    for point, value in zip(found.points, values, strict=True):
        assert abs(float(point.value) - float(value)) < 1e-12


def test_zero_is_listed_where_it_is_fixed() -> None:
    above = length_fixed_points("sin", weight_variance=5)
    assert [point.stability for point in above.points] == ["unstable", "stable"]
    assert above.points[0].exact == 0
    below = length_fixed_points("erf", weight_variance="1/2")
    assert [point.stability for point in below.points] == ["stable"]
    steep = length_fixed_points("alpha_relu:1/2", weight_variance=1)
    assert not steep.points[0].slope.is_finite
    assert steep.points[0].stability == "unstable"
    assert length_fixed_points("cos", weight_variance=1).points[0].exact is None


def test_homogeneous_maps_are_solved_exactly() -> None:
    assert length_fixed_points("relu", weight_variance=2).every_length
    nowhere = length_fixed_points("relu", weight_variance=2, bias_variance=1)
    assert (nowhere.points, nowhere.every_length) == ((), False)
    assert length_fixed_points("relu", weight_variance=3, bias_variance=1).points == ()
    (point,) = length_fixed_points("relu", weight_variance=1, bias_variance="1/3").points
    assert (point.exact, point.stability) == (sympy.Rational(2, 3), "stable")
    (zero,) = length_fixed_points("relu", weight_variance=3).points
    assert (zero.exact, zero.stability) == (0, "unstable")


def test_no_weights() -> None:
    (point,) = length_fixed_points("tanh", weight_variance=0, bias_variance="1/3").points
    assert (point.exact, point.slope.contains(0)) == (sympy.Rational(1, 3), True)


def test_interval() -> None:
    found = length_fixed_points("sin", weight_variance=5, interval=("1/10", 1))
    assert [point.exact for point in found.points] == [0]
    assert found.interval[0] <= Fraction(1, 10)
    for bad in ((0, 1), (2, 1)):
        with pytest.raises(OutOfDomain, match="positive and increasing"):
            length_fixed_points("sin", weight_variance=5, interval=bad)


def test_ball_variances_widen_the_answer() -> None:
    found = length_fixed_points(
        "erf", weight_variance=Enclosure(arb(1, 1e-12)), bias_variance="1/10", dps=8
    )
    assert 1e-14 < float(found.points[0].value.radius) < 1e-10


@pytest.mark.parametrize("name", ["weight_variance", "bias_variance"])
def test_negative_variances(name: str) -> None:
    settings = {"weight_variance": 1, "bias_variance": 1} | {name: -1}
    with pytest.raises(OutOfDomain, match=f"Expected {name} to be >= 0"):
        length_fixed_points("tanh", **settings)


def test_stability() -> None:
    slopes = (Enclosure("1/2"), Enclosure(1), Enclosure(-2), Enclosure(arb(1, 0.1)))
    assert [stability_of(s) for s in slopes] == ["stable", "neutral", "unstable", "undecided"]


def test_an_interval_is_a_pair() -> None:
    for wrong in (5, (1,), (1, 2, 3)):
        with pytest.raises(InvalidArgument, match="interval to be a pair"):
            length_fixed_points("tanh", weight_variance=2, interval=wrong)  # type: ignore[arg-type]


def test_hard_tanh_close_to_criticality() -> None:
    """``e q = (1 + e) E (q Z**2 - 1)_+``, by mpmath in closed form."""
    e = Fraction(1, 10**8)
    zero, point = length_fixed_points("hard_tanh", weight_variance=1 + e, dps=20).points
    assert (zero.stability, point.stability) == ("unstable", "stable")
    with mpmath.workdps(60):
        q = mpmath.mpf(point.value.proved_digits(20))
        end = 1 / mpmath.sqrt(q)
        density = mpmath.exp(-end * end / 2) / mpmath.sqrt(2 * mpmath.pi)
        tail = (q - 1) * mpmath.erfc(end / mpmath.sqrt(2)) + 2 * q * end * density
        share = mpmath.mpf(e.numerator) / e.denominator
        assert abs((1 + share) * tail / (share * q) - 1) < mpmath.mpf("1e-17")


def test_biases_leave_no_small_length_where_the_map_bends_up() -> None:
    found = length_fixed_points("gelu", weight_variance=4, bias_variance="1e-12")
    assert found.points == ()


@pytest.mark.parametrize(
    ("name", "variances"),
    [
        ("weight_variance", {"weight_variance": 10**400}),
        ("bias_variance", {"weight_variance": 1, "bias_variance": "1e301"}),
    ],
)
def test_lengths_beyond_reach(name: str, variances: dict[str, object]) -> None:
    with pytest.raises(OutOfDomain, match=f"Expected {name} with fixed lengths up to 1e300"):
        length_fixed_points("tanh", **variances)
