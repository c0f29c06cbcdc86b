"""Checks at points: a relation at given points, and a limit along a sequence.

Each function here returns a `Check`. The other builders are
`symprop.ledger.falsify.attack` (search a whole domain for a counterexample),
`symprop.ledger.boxes.on_box` (prove an inequality over a box),
`symprop.ledger.algebra.identity` (exact algebra) and
`symprop.ledger.simulation.simulated` (compare with a simulator).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from symprop.foundation.errors import InvalidArgument, expected
from symprop.ledger.claim import Check, Context
from symprop.ledger.evidence import Evidence, Grade
from symprop.ledger.points import THE_CONSTANT, exact_points
from symprop.ledger.relation import (
    Relation,
    Standing,
    ball_of,
    evaluator,
    located,
    refuting_numbers,
)
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from flint import arb

    from symprop.ledger.relation import Comparison, Point, Quantity

__all__ = ["at_points", "limit", "refutation", "survey"]

_LEAST_POINTS = 4
_LEAST_DESCENT = 8.0  # the expected error must fall at least by this along a limit
_DOUBLINGS = 4


def refutation(relation: Relation, point: Point, found: Comparison) -> Evidence:
    """Return the evidence of a refuted comparison."""
    grade = Grade.EXACT if found.exact else Grade.ENCLOSED
    numbers = refuting_numbers(point, found.lhs, relation.symbol, found.rhs)
    return Evidence.fails(grade, numbers)


def survey(tally: Counter[Standing], digits: int) -> str:
    """Say in words how many comparisons were proved and how many agreed."""
    parts = []
    if tally[Standing.PROVED]:
        parts.append(f"proved at {tally[Standing.PROVED]}")
    if tally[Standing.AGREES]:
        parts.append(f"agrees to {digits} digits at {tally[Standing.AGREES]}")
    count = sum(tally.values())
    return " and ".join(parts) + (" point" if count == 1 else " points")


def at_points(
    lhs: Quantity,
    relation: str,
    rhs: Quantity,
    *,
    points: Iterable[Point] = THE_CONSTANT,
    digits: int = 0,
    exhaustive: bool = False,
) -> Check:
    """Check a relation at the given points.

    Parameters
    ----------
    lhs, rhs : sympy.Expr, exact number, string or callable
        The two sides; callables get the variables they name and, if they want it, ``dps``.
    relation : str
        One of ``== != < <= > >=``.
    points : iterable of mappings
        Exact inputs by variable name; by default the statement has no variables.
    digits : int
        Digits an equality must at least agree to; never less than the run asks for.
    exhaustive : bool
        The points are *all* the inputs the statement speaks of. What is then proved at
        every point is proved: EXACT in exact arithmetic, ENCLOSED by balls.

    Returns
    -------
    Check
        FAILS at the first refuted point; UNDECIDED if any point stays open; VACUOUS
        without points.
    """
    listed = exact_points(points)
    covers_all = exhaustive or listed == THE_CONSTANT
    claimed = Relation(lhs, relation, rhs)

    def check(context: Context) -> Evidence:
        needed = max(digits, context.dps)
        tally: Counter[Standing] = Counter()
        exact, still_open = True, ""
        for point in listed:
            found = claimed.compare(point, digits=needed)
            if found.standing is Standing.REFUTED:
                return refutation(claimed, point, found)
            if found.standing is Standing.OPEN:
                still_open = still_open or located(point, found.reason)
            tally[found.standing] += 1
            exact = exact and found.exact
        if still_open:
            return Evidence.undecided(still_open)
        if not listed:
            return Evidence.vacuous("no input satisfies the hypotheses")
        grade = Grade.SAMPLED
        if covers_all and not tally[Standing.AGREES]:
            grade = Grade.EXACT if exact else Grade.ENCLOSED
        return Evidence.holds(grade, survey(tally, needed))

    return check


def limit(quantity: Quantity, value: Quantity, *, along: Iterable[Point], error: Quantity) -> Check:
    """Check that a quantity tends to a value at a stated rate along a sequence of points.

    With ``r = |quantity - value| / error``, the check

    - HOLDS (SAMPLED) if ``r`` stays below twice its largest value on the first third of
      the points (the first two at least);
    - FAILS (SAMPLED) if ``r`` at the last point is proved to exceed four times that value:
      no finite sequence refutes a limit, but this one runs away from it;
    - is UNDECIDED in between.

    Parameters
    ----------
    quantity, value, error : quantity
        ``error`` is the size of the deviation the statement allows, such as ``1/depth``.
    along : iterable of mappings
        At least four points, ordered towards the limit; ``error`` must fall eightfold.

    Raises
    ------
    InvalidArgument
        If there are fewer than four points.
    """
    listed = exact_points(along)
    if len(listed) < _LEAST_POINTS:
        raise InvalidArgument(expected("along", "to hold at least four points", len(listed)))
    sides = evaluator(quantity), evaluator(value)
    size = evaluator(error)

    def at(point: Point, dps: int, doublings: int = _DOUBLINGS) -> tuple[arb, arb, arb, arb]:
        bits = bits_from_dps(dps)
        with working_bits(bits):
            left, right = (ball_of(side(point, dps), bits) for side in sides)
            allowed = ball_of(size(point, dps), bits)
            gap = abs(left - right)
            sharp = gap.rad() * 64 <= gap.mid() or gap.upper() * 64 <= allowed.lower()
            ratio = gap / allowed
        return (
            (left, right, allowed, ratio)
            if sharp or not doublings
            else at(point, 2 * dps, doublings - 1)
        )

    def check(context: Context) -> Evidence:
        rows = [at(point, context.dps + 10) for point in listed]
        if not float(rows[0][2]) >= _LEAST_DESCENT * float(rows[-1][2]) > 0:
            return Evidence.undecided("the allowed error does not fall along the sequence")
        third = max(2, len(rows) // 3)
        early = max(float(row[3].upper()) for row in rows[:third])
        late = max(float(row[3].upper()) for row in rows[third:])
        last = f"deviation / allowed error: {early:.3g} at most early, {late:.3g} at most late"
        if late <= 2 * early:
            return Evidence.holds(Grade.SAMPLED, f"{last}, over {len(rows)} points")
        left, right, _, ratio = rows[-1]
        if float(ratio.lower()) > 4 * early:
            sides_there = Enclosure(left), "tends to", Enclosure(right)
            numbers = refuting_numbers(listed[-1], *sides_there)
            return Evidence.fails(Grade.SAMPLED, numbers, last)
        return Evidence.undecided(last)

    return check
