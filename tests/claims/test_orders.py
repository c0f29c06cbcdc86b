"""Orders and exponents along growing depth: what holds, what runs away, what stays open."""

from fractions import Fraction

import pytest
import sympy
from flint import arb

from symprop.claims.orders import along, doubling_difference, local_exponent, measured, same_order
from symprop.foundation.errors import InvalidArgument
from symprop.ledger.claim import Check, Context
from symprop.ledger.evidence import Grade, Outcome
from symprop.numerics.precision import bits_from_dps, working_bits

DEPTH = sympy.Symbol("depth", positive=True)
LAYERS = tuple(2**k for k in range(3, 12))
QUICK = Context("quick", 15)


def root(depth: int, dps: int) -> arb:
    with working_bits(bits_from_dps(dps)):
        return arb(depth).sqrt() + 1


def outcome(check: Check) -> Outcome:
    return check(QUICK).outcome


def test_same_order() -> None:
    assert outcome(same_order(root, sympy.sqrt(DEPTH), points=along(LAYERS))) is Outcome.HOLDS
    assert outcome(same_order(root, DEPTH, points=along(LAYERS))) is Outcome.FAILS
    slow = sympy.sqrt(DEPTH) * sympy.log(DEPTH)
    assert outcome(same_order(root, slow, points=along(LAYERS))) is Outcome.UNDECIDED


def test_an_exact_zero_is_of_no_order() -> None:
    found = same_order(lambda depth: 0 * depth, DEPTH, points=along(LAYERS))(QUICK)
    assert (found.outcome, found.grade) == (Outcome.FAILS, Grade.ENCLOSED)


def test_zero_at_the_start_only_is_undecided() -> None:
    check = same_order(lambda depth: max(depth - 16, 0), DEPTH, points=along(LAYERS))
    assert outcome(check) is Outcome.UNDECIDED


def test_same_order_needs_four_points() -> None:
    with pytest.raises(InvalidArgument, match="four points"):
        same_order(root, DEPTH, points=along((1, 2, 4)))


def test_quantities_made_of_sequences() -> None:
    slope = local_exponent(lambda depth, dps: depth**3)
    assert abs(slope(depth=4, dps=20) - 3) < 1e-15
    assert abs(local_exponent(root, 4)(depth=10**6, dps=20) - 0.5) < 1e-3
    assert doubling_difference(lambda depth, dps: depth**2)(depth=5, dps=20) == 75


def test_measured_exponent() -> None:
    def stated(value: str) -> Check:
        known = ("1/2", "1", "3/2")
        return measured(root, value, points=along(LAYERS), resolution="1/50", corrections=known)

    assert outcome(stated("1/2")) is Outcome.HOLDS
    refuted = stated("3/5")(QUICK)
    assert (refuted.outcome, refuted.grade) == (Outcome.FAILS, Grade.SAMPLED)
    assert refuted.counterexample is not None
    assert refuted.counterexample.values == {"depth": "2048"}


def test_coarse_measurements_decide_nothing() -> None:
    check = measured(root, Fraction(1, 2), points=along(LAYERS[:4]), resolution="1/100000")
    assert outcome(check) is Outcome.UNDECIDED
