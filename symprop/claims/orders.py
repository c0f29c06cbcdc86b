"""Checks of statements ``f(l) = Theta(g(l))`` and of exponents, along layers that grow."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import mpmath

from symprop.foundation.errors import InvalidArgument, expected
from symprop.ledger.evidence import Evidence, Grade
from symprop.ledger.points import exact_points
from symprop.ledger.relation import ball_of, evaluator, located, refuting_numbers, show
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from flint import arb

    from symprop.ledger.claim import Check, Context
    from symprop.ledger.relation import Point, Quantity

__all__ = ["along", "doubling_difference", "local_exponent", "measured", "same_order"]

_LEAST_POINTS = 4


def along(layers: Iterable[int], **fixed: Any) -> list[dict[str, Any]]:
    """Return points at growing ``depth``, everything else fixed; strings are exact numbers.

    Examples
    --------
    >>> along((1, 2), alpha="1/2")
    [{'alpha': Fraction(1, 2), 'depth': 1}, {'alpha': Fraction(1, 2), 'depth': 2}]
    """
    return list(exact_points({**fixed, "depth": layer} for layer in layers))


def local_exponent(sequence: Callable[..., arb], factor: int = 2) -> Callable[..., arb]:
    """Return ``log(|f(factor depth)| / |f(depth)|) / log(factor)`` as a quantity.

    A sequence called with all variables of a point, ``depth`` and ``dps`` becomes one.
    """

    def exponent(depth: int, dps: int, **fixed: Any) -> arb:
        bits = bits_from_dps(dps)
        with working_bits(bits):
            here = ball_of(sequence(depth=depth, dps=dps, **fixed), bits)
            there = ball_of(sequence(depth=factor * depth, dps=dps, **fixed), bits)
            return abs(there / here).log() / ball_of(Fraction(factor), bits).log()

    return exponent


def doubling_difference(sequence: Callable[..., arb]) -> Callable[..., arb]:
    """Return ``f(2 depth) - f(depth)``, which frees an expansion of its constant term."""

    def difference(depth: int, dps: int, **fixed: Any) -> arb:
        bits = bits_from_dps(dps)
        with working_bits(bits):
            here = ball_of(sequence(depth=depth, dps=dps, **fixed), bits)
            return ball_of(sequence(depth=2 * depth, dps=dps, **fixed), bits) - here

    return difference


def same_order(quantity: Quantity, size: Quantity, *, points: Iterable[Mapping[str, Any]]) -> Check:
    r"""Check ``quantity = Theta(size)`` along a sequence of points.

    With ``r = |quantity| / size``, the check

    - HOLDS (SAMPLED) if on the second half of the points ``r`` stays between half its least
      and twice its largest value on the first half;
    - FAILS (ENCLOSED) if ``quantity`` is proved to be exactly 0 on the second half, and
      FAILS (SAMPLED) if ``r`` at the last point is proved to be four times beyond these
      values: no finite sequence refutes an order, but this one runs away from it;
    - is UNDECIDED in between.

    Parameters
    ----------
    quantity, size : quantity
        Both sides; the constants of Theta are not stated.
    points : iterable of mappings
        At least four, ordered towards the limit.

    Raises
    ------
    InvalidArgument
        If there are fewer than four points.
    """
    listed = exact_points(points)
    if len(listed) < _LEAST_POINTS:
        raise InvalidArgument(expected("points", "to hold at least four points", len(listed)))
    left, right = evaluator(quantity), evaluator(size)

    def sides(point: Point, dps: int) -> tuple[arb, arb]:
        bits = bits_from_dps(dps)
        with working_bits(bits):
            return ball_of(left(point, dps), bits), ball_of(right(point, dps), bits)

    def check(context: Context) -> Evidence:
        dps = context.dps + 10
        rows = [sides(point, dps) for point in listed]
        with working_bits(bits_from_dps(dps)):
            ratios = [abs(value) / scale for value, scale in rows]
        half = len(rows) // 2
        value, scale = rows[-1]
        numbers = refuting_numbers(listed[-1], Enclosure(value), "is of order", Enclosure(scale))
        if all(row[0] == 0 for row in rows[half:]):
            return Evidence.fails(Grade.ENCLOSED, numbers)
        least = min(float(ratio.lower()) for ratio in ratios[:half])
        most = max(float(ratio.upper()) for ratio in ratios[:half])
        if not least > 0:
            return Evidence.undecided(located(listed[0], "vanishes, or is not known not to"))
        found = f"ratio in [{least:.3g}, {most:.3g}] early, {show(ratios[-1].str(3))} last"
        late_least = min(float(ratio.lower()) for ratio in ratios[half:])
        late_most = max(float(ratio.upper()) for ratio in ratios[half:])
        if late_most <= 2 * most and 2 * late_least >= least:
            return Evidence.holds(Grade.SAMPLED, f"{found}, over {len(rows)} points")
        if ratios[-1] > 4 * most or 4 * ratios[-1] < least:
            return Evidence.fails(Grade.SAMPLED, numbers, located(listed[-1], found))
        return Evidence.undecided(found)

    return check


def measured(
    sequence: Quantity,
    exponent: Quantity,
    *,
    points: Iterable[Mapping[str, Any]],
    resolution: str,
    corrections: tuple[str, ...] | None = None,
) -> Check:
    """Check a stated exponent against the one measured from values at doubling depths.

    The check HOLDS (SAMPLED) if the two agree within three estimated errors that are
    together below ``resolution``, FAILS (SAMPLED) if they differ by more than that and by
    more than ten estimated errors, and is UNDECIDED in between.

    Parameters
    ----------
    sequence, exponent : quantity
        The values, at ``points``; and the stated exponent, at the last of them.
    points : iterable of mappings
        At least four, each of twice the depth of the one before.
    resolution : str
        Distance to the neighbouring exponents that must be told apart.
    corrections : tuple of str, optional
        Exponents of the relative corrections to the law, where they are known.
    """
    listed = exact_points(points)
    values, stated = evaluator(sequence), evaluator(exponent)
    told_apart = Fraction(resolution)

    def check(context: Context) -> Evidence:
        from symprop.asymptotics.measured_rates import measured_exponent

        dps = context.dps + 10
        bits = bits_from_dps(dps)
        width = told_apart.numerator / mpmath.mpf(told_apart.denominator)
        numbers = [Enclosure(ball_of(values(point, dps), bits)) for point in listed]
        law = Enclosure(ball_of(stated(listed[-1], dps), bits))
        found = measured_exponent([number.midpoint for number in numbers], corrections=corrections)
        off, error = abs(found.value - law.midpoint), found.error
        detail = f"measured {float(found.value):.6g} ± {float(error):.1g}, stated {law}"
        if off <= 3 * error <= width:
            return Evidence.holds(Grade.SAMPLED, detail)
        if off > width and off > 10 * error:
            shown = refuting_numbers(listed[-1], numbers[-1], "has exponent", law)
            return Evidence.fails(Grade.SAMPLED, shown, detail)
        return Evidence.undecided(detail)

    return check
