"""Roots: every one found, each proved alone, refused where nothing is proved."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from flint import arb

from symprop.foundation.errors import NoConvergence, PrecisionNotReached
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import current_bits
from symprop.numerics.roots import (
    Bracket,
    certified_root,
    isolate_roots,
    refine_root,
)


def cosine(x: arb) -> arb:
    return x.cos() - x


def cosine_slope(x: arb) -> arb:
    return -x.sin() - 1


@pytest.mark.parametrize("dps", [1, 15, 50, 1000])
def test_fixed_point_of_the_cosine(dps: int) -> None:
    before = current_bits()
    root = certified_root(cosine, cosine_slope, arb(0), arb(2), dps=dps)
    with mpmath.workdps(dps + 20):
        known = mpmath.findroot(lambda x: mpmath.cos(x) - x, 0.7)
        assert root.value.overlaps(known)
        assert abs(root.value.midpoint - known) < mpmath.mpf(10) ** (-dps)
    assert root.interval == (0, 2)
    assert current_bits() == before


@pytest.mark.parametrize("bits", [40, 200, 3400])
def test_squeezed_without_a_derivative(bits: int) -> None:
    bracket = Bracket(arb(0), arb(2))
    squeezed = Enclosure(refine_root(cosine, None, bracket, bits=bits))
    assert squeezed.relative_bits >= bits - 2
    assert squeezed.overlaps(Enclosure(refine_root(cosine, cosine_slope, bracket, bits=2 * bits)))


def test_all_roots_of_an_oscillation() -> None:
    found = isolate_roots(
        lambda x: (30 * x).sin(), lambda x: 30 * (30 * x).cos(), arb("0.0625"), arb(1)
    )
    assert found.unresolved == ()
    assert len(found.brackets) == 9
    for k, bracket in enumerate(found.brackets, start=1):
        lower, upper = bracket.ends
        assert lower < Fraction(float(k * mpmath.pi / 30)) < upper


def test_roots_at_the_cuts_are_not_lost() -> None:
    """Both 0 and 1/2 are where an interval from -1 to 1 is first cut."""
    found = isolate_roots(lambda x: x * (2 * x - 1), lambda x: 4 * x - 1, arb(-1), arb(1))
    assert (len(found.brackets), found.unresolved) == (2, ())


def test_double_root_is_left_undecided() -> None:
    found = isolate_roots(lambda x: (x - 1) ** 2, lambda x: 2 * (x - 1), arb(0), arb(3))
    assert found.brackets == ()
    (around,) = found.unresolved
    assert around.ends[0] < 1 < around.ends[1]
    with pytest.raises(NoConvergence, match="0 roots and 1 undecided") as caught:
        certified_root(lambda x: (x - 1) ** 2, lambda x: 2 * (x - 1), arb(0), arb(3))
    assert caught.value.best == found


def test_several_roots_are_not_one() -> None:
    with pytest.raises(NoConvergence, match="2 roots"):
        certified_root(lambda x: x * x - 2, lambda x: 2 * x, arb(-3), arb(4))


def test_no_root() -> None:
    assert isolate_roots(lambda x: x * x + 1, lambda x: 2 * x, arb(-3), arb(4)).brackets == ()


def test_root_at_an_end_is_undecided() -> None:
    found = isolate_roots(lambda x: x - 1, lambda x: arb(1), arb(1), arb(2))
    assert found.brackets == ()
    assert found.unresolved[0].ends[0] == 1


def test_many_orders_of_magnitude() -> None:
    found = isolate_roots(
        lambda x: (x.log() + 20) * (x.log() - 20),
        lambda x: 2 * x.log() / x,
        arb(2) ** -60,
        arb(2) ** 60,
        geometric=True,
    )
    assert (len(found.brackets), found.unresolved) == (2, ())


def test_uncertain_coefficient_gives_a_wide_root() -> None:
    two = arb(2, 1e-10)
    root = refine_root(lambda x: x * x - two, lambda x: 2 * x, Bracket(arb(1), arb(2)), bits=200)
    assert 3e-11 < root.rad() < 1e-10
    assert root.contains(arb(2).sqrt())
    with pytest.raises(PrecisionNotReached, match="50 proved digits") as caught:
        certified_root(lambda x: x * x - two, lambda x: 2 * x, arb(1), arb(2), dps=50)
    assert isinstance(caught.value.best, Enclosure)


def test_too_many_pieces_are_left() -> None:
    found = isolate_roots(
        lambda x: (1000 * x).sin(),
        lambda x: 1000 * (1000 * x).cos(),
        arb("0.125"),
        arb(1),
        most_pieces=20,
    )
    assert found.unresolved


def test_no_change_of_sign() -> None:
    with pytest.raises(NoConvergence, match="change of sign"):
        refine_root(cosine, cosine_slope, Bracket(arb(1), arb(2)), bits=60)
    with pytest.raises(NoConvergence, match="upper"):
        isolate_roots(cosine, cosine_slope, arb(2), arb(1))
