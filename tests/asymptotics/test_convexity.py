"""Excess convexity against closed forms, and its bounds against functions that attain them."""

from fractions import Fraction

import pytest
import sympy
from flint import arb, fmpq

from symprop.asymptotics.convexity import (
    chord_bound,
    composition_bound,
    cropping_bound,
    distance_bound,
    excess_at_least,
    excess_convexity,
    mixture_bound,
    slope_bound,
)
from symprop.foundation.errors import InvalidArgument, OutOfDomain

F = Fraction


def corner(excess: Fraction, x: Fraction) -> Fraction:
    """Return the two chords through the crossing that belongs to an excess."""
    return x / (1 + excess) if x <= 1 - 1 / (2 + excess) else (1 + excess) * x - excess


def test_golden_ratio() -> None:
    ball = excess_convexity(lambda x: x**2, dps=50)
    assert ball.overlaps(excess_convexity(lambda x: x**2, dps=15))
    assert abs(ball.ball - (arb(5).sqrt() - 1) / 2).contains(0)
    assert ball.relative_bits >= 166


def test_identity_has_none() -> None:
    ball = excess_convexity(lambda x: x, dps=15)
    assert ball.contains(0)
    assert ball.radius < 1e-60


def test_large_excess_keeps_its_digits() -> None:
    ball = excess_convexity(lambda x: x**100_000, dps=30)
    t = 1 / (ball.ball + 2)
    assert ((1 - t) ** 100_000 - t).contains(0)
    assert ball.relative_bits >= 99


def test_jump_is_refused() -> None:
    with pytest.raises(OutOfDomain, match="continuous at 1"):
        excess_convexity(lambda x: arb(1) if x == 1 else arb(0))


def test_ends_must_be_fixed() -> None:
    with pytest.raises(InvalidArgument, match="fix 0"):
        excess_convexity(lambda x: (1 + x) / 2)


@pytest.mark.parametrize("excess", [F(0), F(1, 7), F(3), F(1000)])
def test_bounds_are_attained_by_two_chords(excess: Fraction) -> None:
    assert excess_at_least(lambda x: corner(excess, x), excess)
    assert not excess_at_least(lambda x: corner(excess, x), excess + F(1, 10**9))
    for x in (F(0), F(1, 3), F(9, 10), F(1)):
        assert chord_bound(excess, x) == corner(excess, x)
    slope = (corner(excess, F(1)) - corner(excess, 1 - F(1, 10**6))) * 10**6
    assert slope_bound(excess) == slope
    flat = excess / (1 + excess)  # max(0, (1+e) x - e) vanishes up to here
    assert distance_bound(excess) == flat
    for share in (F(0), F(1, 2), F(1)):
        mixed = mixture_bound(excess, share)
        assert excess_at_least(lambda x, q=share: (1 - q) * x + q * corner(excess, x), mixed)
        assert not excess_at_least(
            lambda x, q=share: (1 - q) * x + q * corner(excess, x), mixed + F(1, 10**9)
        )


def test_composition_adds_excesses() -> None:
    total = composition_bound((F(1, 2), F(3, 4)))
    assert total == F(5, 4)
    assert excess_at_least(lambda x: corner(F(3, 4), corner(F(1, 2), x)), total)


def test_cropping_bound_is_attained_by_quadratics() -> None:
    """c_1 x + c_2 x^2 on [0, 1] has bend c_2."""
    for share in (F(1, 10), F(1)):
        bound = cropping_bound(share)
        assert isinstance(bound, sympy.Expr)
        q = fmpq(share.numerator, share.denominator)
        ball = excess_convexity(lambda x, q=q: (1 - q) * x + q * x**2, dps=20)
        assert abs(float(bound) - float(ball)) < 1e-15
        assert abs(cropping_bound(float(share)) - float(ball)) < 1e-15
        assert cropping_bound(arb(q)).overlaps(ball.ball)
    assert cropping_bound(F(1)) == 2 / (1 + sympy.sqrt(5))


def test_what_is_no_function() -> None:
    for call in (lambda: excess_convexity("x**2"), lambda: excess_at_least(None, 1)):
        with pytest.raises(InvalidArgument, match="g to be a function"):
            call()
    with pytest.raises(OutOfDomain, match="excess to be >= 0"):
        excess_at_least(lambda x: x, -1)
