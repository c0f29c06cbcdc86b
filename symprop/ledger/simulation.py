"""Comparing a theory with a simulator, by measured standard errors.

The sampler is given by the claim; the ledger only judges. A deviation of more than
five standard errors must show twice, with fresh randomness and four times the sample,
before the theory is called wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from symprop.foundation.validation import check_choice
from symprop.ledger.claim import Check, Context
from symprop.ledger.evidence import Counterexample, Evidence, Grade
from symprop.ledger.points import THE_CONSTANT, exact_points
from symprop.ledger.relation import ball_of, evaluator, located, show
from symprop.numerics.precision import bits_from_dps

if TYPE_CHECKING:
    from typing import TypeAlias

    from symprop.ledger.relation import Point, Quantity

    Sampler: TypeAlias = Callable[..., tuple[float, float]]

__all__ = ["simulated"]

_LARGEST_DEVIATION = 5.0
_SEED = 20_170_101


def simulated(
    sampler: Sampler,
    relation: str,
    theory: Quantity,
    *,
    points: Iterable[Point] = THE_CONSTANT,
    sizes: tuple[int, int],
    resolution: float = 0.05,
) -> Check:
    """Check the mean of a simulation against a theory.

    Parameters
    ----------
    sampler : callable
        ``sampler(**point, size=..., seed=...)`` returns a mean and its standard error,
        measured from independent repetitions. It must not use the theory.
    relation : str
        ``==``, ``<=`` or ``>=`` between the expected mean and the theory.
    theory : quantity
        Value predicted at each point.
    points : iterable of mappings
        Exact inputs.
    sizes : tuple of int
        Sample size in the quick and in the full tier.
    resolution : float
        The standard error must be below this share of the theory's value; otherwise the
        simulation could not have told and the check is UNDECIDED.

    Returns
    -------
    Check
        HOLDS (STATISTICAL) within five standard errors everywhere; FAILS (STATISTICAL) if
        a larger deviation is reproduced; UNDECIDED if it is not.
    """
    check_choice("relation", relation, ("==", "<=", ">="))
    listed = exact_points(points)
    predicted = evaluator(theory)

    def excess(deviation: float) -> float:
        if relation == "==":
            return abs(deviation)
        return deviation if relation == "<=" else -deviation

    def measure(point: Point, size: int, seed: int) -> tuple[float, float, float]:
        mean, error = sampler(**point, size=size, seed=seed)
        bits = bits_from_dps(20)
        value = float(ball_of(predicted(point, 20), bits).mid())
        return float(mean), float(error), value

    def check(context: Context) -> Evidence:
        size, worst = context.pick(sizes), 0.0
        for index, point in enumerate(listed):
            mean, error, value = measure(point, size, _SEED + index)
            if not 0 < error <= resolution * abs(value):
                return Evidence.undecided(
                    located(point, f"standard error {error:.2g} cannot resolve {value:.6g}")
                )
            deviation = (mean - value) / error
            worst = max(worst, excess(deviation))
            if excess(deviation) <= _LARGEST_DEVIATION:
                continue
            mean, error, value = measure(point, 4 * size, _SEED - 1 - index)
            again = (mean - value) / error if error > 0 else 0.0
            if excess(again) <= _LARGEST_DEVIATION or (again > 0) is not (deviation > 0):
                return Evidence.undecided(
                    located(point, f"{deviation:+.1f} standard errors, then {again:+.1f}")
                )
            inputs: dict[str, Any] = {name: show(v) for name, v in point.items()}
            numbers = Counterexample(inputs, f"{mean:.8g}({error:.1g})", f"{value:.12g}", relation)
            return Evidence.fails(
                Grade.STATISTICAL, numbers, f"{numbers}: {again:+.1f} standard errors, twice"
            )
        if not listed:
            return Evidence.vacuous("no input satisfies the hypotheses")
        return Evidence.holds(
            Grade.STATISTICAL,
            f"within {worst:.1f} standard errors at {len(listed)} points, size {size}",
        )

    return check
