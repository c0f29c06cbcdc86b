"""Diverging lengths against recurrences that are followed there."""

from __future__ import annotations

import pytest
import sympy

from symprop.asymptotics.divergent_lengths import asymptotic_slopes, growth_at_infinity
from symprop.asymptotics.phases import phase
from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.gaussian.duality import dual_kernel
from symprop.numerics.enclosure import Enclosure
from symprop.recurrences.trajectories import trajectory
from symprop.specs.activations import activation
from symprop.specs.architectures import FullyConnected


@pytest.mark.parametrize(
    ("name", "slopes"),
    [
        ("gelu", (0, 1)),
        ("softplus", (0, 1)),
        ("elu", (0, 1)),
        ("sqrt(1+x**2)", (-1, 1)),
        ("x+tanh(x)", (1, 1)),
        ("tanh", (0, 0)),
        ("squared_relu", None),
        ("exp", None),
    ],
)
def test_slopes(name: str, slopes: tuple[int, int] | None) -> None:
    assert asymptotic_slopes(activation(name)) == slopes


def test_growth() -> None:
    slopes = (sympy.S.Zero, sympy.S.One)
    assert growth_at_infinity(slopes, 3, 15)[::2] == (1, sympy.Rational(3, 2))
    assert growth_at_infinity(slopes, 2, 15)[0] == 0
    assert growth_at_infinity(slopes, "1/3", 15)[0] == -1
    assert growth_at_infinity(slopes, Enclosure.from_bounds("199/100", "201/100"), 15)[0] is None


def test_gelu_is_followed_to_its_limit() -> None:
    """Lengths grow by 5/2 a layer, and the gap of e follows the map of relu."""
    found = phase("gelu", weight_variance=5)
    assert (found.phase, found.length, found.rho_star) == ("divergent lengths", None, Enclosure(1))
    assert (found.slope, found.depth_scale) == (Enclosure(1), None)
    path = trajectory(FullyConnected("gelu", 5), 40, length=1, cosine="1/10")
    assert path.q[40] / path.q[39] == pytest.approx(float(found.chi_1), rel=1e-6)
    limit = dual_kernel("relu")
    image = 2 * float(limit.deficit(angle_gap=float(path.e_gap[39])))
    assert path.e_gap[40] == pytest.approx(image, rel=1e-6)
    assert path.e_gap[40] < path.e_gap[20] / 2.5


def test_long_inputs_beside_a_stable_length() -> None:
    """At weight variance 3 short inputs of gelu vanish and long ones diverge."""
    assert phase("gelu", weight_variance=3).phase == "ordered"
    far = phase("gelu", weight_variance=3, length=sympy.oo)
    assert (far.phase, far.chi_1_exact) == ("divergent lengths", sympy.Rational(3, 2))
    short, long = (trajectory(FullyConnected("gelu", 3), 60, length=n).q[60] for n in ("1/100", 9))
    assert short < 1e-6
    assert long > 1e6


def test_boundary_and_linear_asymptote() -> None:
    assert phase("gelu", weight_variance=2, bias_variance=1).phase == "undecided"
    linear = phase("x+tanh(x)", weight_variance=2)
    assert (linear.phase, linear.rho_star, linear.slope) == ("divergent lengths", None, None)


def test_lengths_that_do_not_diverge() -> None:
    with pytest.raises(OutOfDomain, match="stable length"):
        phase("tanh", weight_variance=2, length=sympy.oo)
    with pytest.raises(OutOfDomain, match="stable length"):
        phase("exp", weight_variance=3)


def test_what_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="activation"):
        asymptotic_slopes([1])
    for slopes in (None, (1,), "ab", (1, None)):
        with pytest.raises(InvalidArgument, match="slopes"):
            growth_at_infinity(slopes, 1, 15)
    with pytest.raises(InvalidArgument, match="weight_variance"):
        growth_at_infinity((sympy.S.Zero, sympy.S.One), "junk", 15)
    with pytest.raises(InvalidArgument, match="dps"):
        growth_at_infinity((0, 1), 1, 0)
