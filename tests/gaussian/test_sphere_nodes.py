"""Certified nodes on the sphere: moments, breakpoints at the edge, and honest errors."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from flint import arb

from symprop.foundation.errors import NoConvergence
from symprop.gaussian.integrand import pieces_for_panels
from symprop.gaussian.sphere import sphere_moment
from symprop.gaussian.sphere_nodes import (
    SphereFunction,
    SphereNodes,
    nodes_on_sphere,
    size_on_sphere,
)
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import working_bits
from symprop.specs.activations import activation


def on_sphere(spec: str, dimension: int, scale: object = 1) -> SphereFunction:
    phi = activation(spec)
    return SphereFunction(pieces_for_panels(phi), phi.parity, dimension, scale)


def mean(nodes: SphereNodes, power: int = 0) -> arb:
    total = sum((m * x**power for x, m in zip(nodes.points, nodes.masses, strict=True)), arb(0))
    return arb(total, nodes.error)


@pytest.mark.parametrize("dimension", [2, 3, 4, 11, 500, 100_000])
@pytest.mark.parametrize(("spec", "degree"), [("x**4", 4), ("x**3", 3), ("1", 0)])
def test_moments(spec: str, degree: int, dimension: int) -> None:
    nodes = nodes_on_sphere(on_sphere(spec, dimension), 90, 200, power=1, order=degree)
    with working_bits(200):
        found = mean(nodes, degree)
        exact = as_ball(sphere_moment([2 * degree], dimension), 200)
        assert found.overlaps(exact)
        assert found.rad() < arb((1, -85))


@pytest.mark.parametrize("goal", [5, 20, 60])
def test_error_holds_where_it_is_large(goal: int) -> None:
    """The mean of a positive part, cubed, on the sphere of three dimensions is 1/8."""
    nodes = nodes_on_sphere(on_sphere("relu", 3), goal, 120, power=1, order=2)
    with working_bits(120):
        assert mean(nodes, 2).contains(arb(1) / 8)
        assert nodes.error < arb((1, -goal))


@pytest.mark.parametrize("scale", [Fraction(1, 2), 1, sympy.sqrt(2), 6])
def test_breakpoints_inside_at_the_edge_and_outside(scale: object) -> None:
    """Of ``Max(x - 1, 0)`` on the sphere of three dimensions, ``(s - 1)**2/(4 s)``."""
    nodes = nodes_on_sphere(on_sphere("Max(x - 1, 0)", 3, scale), 60, 120, power=1, order=0)
    with working_bits(120):
        s = as_ball(scale, 120)
        excess = (s - 1).max(arb(0))
        assert mean(nodes).overlaps(excess**2 / (4 * s))
        assert mean(nodes).rad() < arb((1, -50))


def test_a_breakpoint_that_may_lie_on_the_edge() -> None:
    """The root of 36 as a ball does not tell whether 6 lies inside."""
    with working_bits(120):
        root = arb(36, arb((1, -100))).sqrt()
        assert not root >= 6
        assert not root <= 6
        nodes = nodes_on_sphere(on_sphere("relu6", 20, root), 60, 120, power=1, order=0)
        exact = nodes_on_sphere(on_sphere("relu", 20, 6), 60, 120, power=1, order=0)
        assert mean(nodes).overlaps(mean(exact))


def test_huge_and_tiny_functions_keep_their_digits() -> None:
    for spec, size in (("exp(200*x)", 1), ("exp(200*x)/10^300", 1), ("x/10^90", 1)):
        function = on_sphere(spec, 4, 3)
        guess, _ = size_on_sphere(function)
        nodes = nodes_on_sphere(function, 60, 160, power=2, order=0, size=guess)
        with working_bits(160):
            assert mean(nodes).rel_accuracy_bits() > 50
            assert abs(mean(nodes).log() / arb(2).log() - guess) < 6 * size


def test_size_of_nothing() -> None:
    assert size_on_sphere(on_sphere("0", 4)) == (0, 0)
    nodes = nodes_on_sphere(on_sphere("Max(x - 2, 0)", 4), 60, 100, power=2, order=4)
    assert mean(nodes).is_zero()


def test_singularities_inside_are_refused() -> None:
    with pytest.raises(NoConvergence, match="panels"):
        nodes_on_sphere(on_sphere("alpha_relu:-1/4", 4), 60, 120, power=2, order=0)
