"""Closed forms in the depth against the recursion, and limits against long networks."""

from fractions import Fraction

import numpy as np
import pytest
import sympy

from symprop.foundation.errors import InvalidArgument, NoClosedForm, OutOfDomain
from symprop.moments.diagonal import tangent_moments
from symprop.moments.limits import (
    closed_form,
    dense_depth_limit,
    proportional_limit,
    residual_depth_limit,
)
from symprop.specs.branched import DenseNet, ResNet, Vanilla
from tests.malformed import NO_INTEGERS, NO_NUMBERS, assert_refused

F = Fraction
e, s = sympy.symbols("e s", positive=True)


@pytest.mark.parametrize(
    "network", [Vanilla(), ResNet(1, "1/2"), ResNet(2, "1/2"), ResNet(3, 2), ResNet(5, "3/2")]
)
@pytest.mark.parametrize("width", [1, 2, 7])
def test_closed_form(network: object, width: int) -> None:
    for depth in (0, 1, 2, 5, 30):
        exact = tangent_moments(network, width, depth).second_moment
        assert closed_form(network, width, depth) == exact


def test_closed_form_in_symbols() -> None:
    n, depth, alpha = sympy.symbols("n L alpha", positive=True)
    form = closed_form(ResNet(2, alpha), n, depth)
    found = tangent_moments(ResNet(2, alpha), n, 2).second_moment
    assert sympy.simplify(form.subs(depth, 2) - found) == 0


def test_residual_limit() -> None:
    for width, strength in ((3, F(1)), (10, F(5, 2))):
        limit = residual_depth_limit(strength, width).n(20)
        gaps = [
            tangent_moments(ResNet(m, strength / depth), width, depth).relative_variance - limit
            for m, depth in ((1, 500), (1, 1000))
        ]
        assert abs(gaps[1]) < F(1, 100) * limit
        assert gaps[0] / gaps[1] == pytest.approx(2, abs=0.05)


def test_residual_limit_does_not_depend_on_the_branches() -> None:
    limit = residual_depth_limit(1, 4).n(20)
    root = sympy.sqrt(sympy.Rational(1, 2000))
    found = tangent_moments(ResNet(2, root), 4, 2000).relative_variance
    assert abs(found - limit) < F(1, 100) * limit


def test_residual_limit_at_great_width() -> None:
    series = sympy.series(residual_depth_limit(s, 1 / e), e, 0, 2).removeO()
    assert sympy.expand(series) == sympy.expand((4 + 8 * s / 3) * e)


def test_dense_limit() -> None:
    """Quadratic in 1/(1 + 1/2 + ... + 1/L) up to terms of order 1/L: extrapolated to 0."""

    def extrapolated(*depths: int) -> float:
        at = [float(1 / sympy.harmonic(depth)) for depth in depths]
        values = [float(tangent_moments(DenseNet(), 10, L).relative_variance) for L in depths]
        return float(np.polynomial.Polynomial.fit(at, values, 2)(0.0))

    limit = float(dense_depth_limit(10))
    rough, fine = extrapolated(100, 300, 1000), extrapolated(1000, 3000, 10_000)
    assert fine == pytest.approx(limit, rel=0.01)
    assert abs(fine - limit) < 0.3 * abs(rough - limit)


def test_proportional_limit() -> None:
    limit = proportional_limit("1/10").n(20)
    gaps = [
        tangent_moments(Vanilla(), 10 * depth, depth).relative_variance - limit
        for depth in (100, 200)
    ]
    assert gaps[0] / gaps[1] == pytest.approx(2, abs=0.02)
    assert abs(gaps[1]) < F(1, 100) * limit


def test_closed_form_of_cut_branches() -> None:
    assert closed_form(ResNet(2, 0), 5, 3) == 0


def test_refusals() -> None:
    with pytest.raises(InvalidArgument, match="network"):
        closed_form("vanilla", 3, 2)
    with pytest.raises(NoClosedForm):
        closed_form(DenseNet(), 3, 2)
    with pytest.raises(NoClosedForm):
        closed_form(Vanilla(trained="all"), 3, 2)
    with pytest.raises(OutOfDomain, match="strength"):
        residual_depth_limit(-1, 3)
    with pytest.raises(OutOfDomain, match="ratio"):
        proportional_limit(0)
    with pytest.raises(InvalidArgument, match="ratio"):
        proportional_limit("no")


@pytest.mark.parametrize("width", [0, -1, 2.5, "x", sympy.Rational(1, 2)])
def test_widths_that_are_none(width: object) -> None:
    for made in (
        lambda: dense_depth_limit(width),
        lambda: residual_depth_limit(1, width),
        lambda: closed_form(Vanilla(), width, 2),
    ):
        with pytest.raises(InvalidArgument, match="width"):
            made()


def test_malformed_arguments_are_named() -> None:
    width = (*NO_INTEGERS, 0)
    assert_refused(lambda n: closed_form(Vanilla(), n, 3), width, "width to be an integer")
    assert_refused(lambda n: residual_depth_limit(1, n), width, "width to be an integer")
    assert_refused(dense_depth_limit, width, "width to be an integer")
    assert_refused(
        lambda depth: closed_form(Vanilla(), 3, depth), (*NO_INTEGERS, -1, 10**400), "depth to be"
    )
    assert_refused(proportional_limit, NO_NUMBERS, "ratio to be an exact number")
    assert_refused(lambda s: residual_depth_limit(s, 3), NO_NUMBERS, "strength to be an exact")
