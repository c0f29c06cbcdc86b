"""Random polynomials with known roots: each root is bracketed once, simple or not reported."""

from __future__ import annotations

from fractions import Fraction

from flint import arb, fmpq, fmpq_poly
from hypothesis import given
from hypothesis import strategies as st

from symprop.numerics.enclosure import Enclosure
from symprop.numerics.roots import isolate_roots, refine_root

ROOTS = st.lists(
    st.fractions(min_value=-9, max_value=9, max_denominator=50), min_size=1, max_size=5, unique=True
)


def polynomial(roots: list[Fraction]) -> fmpq_poly:
    made = fmpq_poly([1])
    for root in roots:
        made *= fmpq_poly([fmpq(-root.numerator, root.denominator), 1])
    return made


def value(made: fmpq_poly, x: arb) -> arb:
    total = arb(0)
    for coefficient in reversed(made.coeffs()):
        total = total * x + arb(coefficient)
    return total


@given(ROOTS)
def test_every_root_once(roots: list[Fraction]) -> None:
    made = polynomial(roots)
    slope = made.derivative()
    found = isolate_roots(
        lambda x: value(made, x), lambda x: value(slope, x), arb(-10), arb(11), bits=200
    )
    assert found.unresolved == ()
    assert len(found.brackets) == len(roots)
    for root, bracket in zip(sorted(roots), found.brackets, strict=True):
        assert bracket.ends[0] < root < bracket.ends[1]
        ball = refine_root(lambda x: value(made, x), lambda x: value(slope, x), bracket, bits=150)
        assert Enclosure(ball).contains(root)


@given(ROOTS)
def test_both_ways_agree(roots: list[Fraction]) -> None:
    made = polynomial(roots)
    slope = made.derivative()
    for bracket in isolate_roots(
        lambda x: value(made, x), lambda x: value(slope, x), arb(-10), arb(11), bits=200
    ).brackets:
        squeezed = refine_root(lambda x: value(made, x), None, bracket, bits=100)
        newton = refine_root(lambda x: value(made, x), lambda x: value(slope, x), bracket, bits=100)
        assert squeezed.overlaps(newton)
