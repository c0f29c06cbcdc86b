"""Solutions of driven difference equations near their limit, as power-log series.

``e_{l+1} - e_l = r + a e + b_2 e**2 + ...`` with coefficients that are series in X, which grows
by h a layer. Where a is of order 1/X the homogeneous solution is a power of X and is part of the
series; where a is larger it is exponential, and the series is what remains without it.
"""

from __future__ import annotations

from math import factorial
from typing import TYPE_CHECKING, Any

from flint import fmpq

from symprop.asymptotics.power_log_series import PowerLogSeries, log_quotient
from symprop.foundation.errors import OutOfDomain, expected

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["algebraic_solution", "regular_solution"]


def regular_solution(
    coefficients: Sequence[PowerLogSeries],
    step: Any,
    decay: Any,
    homogeneous: PowerLogSeries,
    cutoff: fmpq,
) -> PowerLogSeries:
    """Return the solution that holds ``homogeneous = C X**(-decay)``, where ``a ~ -h decay/X``.

    Parameters
    ----------
    coefficients : sequence of PowerLogSeries
        r, a, b_2, ...
    step : coefficient
        h.
    decay : field element
        Exponent delta.
    homogeneous : PowerLogSeries
        The leading homogeneous solution.
    cutoff : fmpq
        Exponent down to which the solution is wanted.

    Returns
    -------
    PowerLogSeries
        Right above its cutoff, which may lie higher if the coefficients are not known so far.
    """
    scalars = homogeneous.scalars
    field = scalars.exponents
    forcing, linear, *nonlinear = coefficients
    slower = linear.without(-field.one)
    inverse = 1 / step

    def integrated(series: PowerLogSeries) -> PowerLogSeries:
        """Solve ``h y' + h delta y / X = series``."""
        items = []
        for exponent, block in series.blocks:
            raised = exponent + field.one
            scaled = tuple(c * inverse for c in block)
            rate = raised + decay
            if field.same(rate, field.zero):
                one = scalars.coefficient(1)
                zero = block[0] - block[0]
                rest = (c * (one / (j + 1)) for j, c in enumerate(scaled))
                items.append((raised, (zero, *rest)))
            else:
                items.append((raised, log_quotient(scaled, scalars.embed(rate))))
        lowest = None if series.cutoff is None else series.cutoff + 1
        return PowerLogSeries.of(scalars, items, lowest)

    def advanced(solution: PowerLogSeries) -> PowerLogSeries:
        right = forcing + slower * solution
        right = right + _nonlinear(nonlinear, solution, cutoff - 1)
        right = right - _differences(solution, step, first=2, cutoff=cutoff - 1)
        return homogeneous + integrated(right.truncated(cutoff - 1))

    sizes = [size for size in (homogeneous.size(), _raised(forcing, 1)) if size is not None]
    gains = [fmpq(1), *_gains([slower, *nonlinear], fmpq(-1), max(sizes, default=fmpq(0)))]
    start = PowerLogSeries.of(scalars, [], max(sizes, default=cutoff))
    return _iterated(advanced, start, cutoff, gains)


def algebraic_solution(
    coefficients: Sequence[PowerLogSeries], step: Any, cutoff: fmpq
) -> PowerLogSeries:
    """Return the solution without homogeneous part, where a is of larger order than 1/X.

    Parameters
    ----------
    coefficients : sequence of PowerLogSeries
        r, a, b_2, ...
    step : coefficient
        h.
    cutoff : fmpq
        Exponent down to which the solution is wanted.

    Returns
    -------
    PowerLogSeries
    """
    forcing, linear, *nonlinear = coefficients
    scalars = linear.scalars
    exponent, block = linear.leading
    if len(block) != 1:
        raise OutOfDomain(expected("linear coefficient", "to lead without logarithm", block))
    rest, inverse = linear.without(exponent), 1 / block[0]
    size = scalars.exponents.size(exponent)

    def advanced(solution: PowerLogSeries) -> PowerLogSeries:
        right = forcing + rest * solution + _nonlinear(nonlinear, solution, cutoff + size)
        right = right - _differences(solution, step, first=1, cutoff=cutoff + size)
        return (-right).scaled(inverse).shifted(-exponent).truncated(cutoff)

    own = _raised(forcing, -size)
    start = PowerLogSeries.of(scalars, [], cutoff if own is None else own)
    gains = _gains([rest, *nonlinear], size, own or fmpq(0))
    return _iterated(advanced, start, cutoff, [1 + size, *gains])


def _nonlinear(
    nonlinear: Sequence[PowerLogSeries], solution: PowerLogSeries, cutoff: fmpq
) -> PowerLogSeries:
    """Return ``b_2 e**2 + b_3 e**3 + ...`` above a cutoff."""
    total = PowerLogSeries.of(solution.scalars, [], None)
    sizes = [size for size in (c.size() for c in nonlinear) if size is not None]
    power, largest = solution, max(sizes, default=fmpq(0))
    for coefficient in nonlinear:
        power = (power * solution).truncated(cutoff - largest)
        total = total + coefficient * power
    return total


def _differences(
    solution: PowerLogSeries, step: Any, *, first: int, cutoff: fmpq
) -> PowerLogSeries:
    """Return ``sum_{k >= first} h**k/k! y^(k)``."""
    scalars, known = solution.scalars, solution.cutoff
    # Zero is known no further than the solution, even while that has no terms.
    total = PowerLogSeries.of(scalars, [], None if known is None else known - first)
    derivative, weight, k = solution, scalars.coefficient(1), 0
    while derivative.blocks:
        derivative, k = derivative.derivative().truncated(cutoff), k + 1
        weight = weight * step
        if k >= first:
            total = total + derivative.scaled(weight * (scalars.coefficient(1) / factorial(k)))
    return total


def _raised(series: PowerLogSeries, by: Any) -> fmpq | None:
    size = series.size()
    return None if size is None else size + by


def _gains(coefficients: Sequence[PowerLogSeries], leading: fmpq, size: fmpq) -> list[fmpq]:
    """Return how much smaller a pass makes an error through each of ``c_n e**n``, n = 1, 2, ..."""
    found = []
    for power, coefficient in enumerate(coefficients):
        own = coefficient.size()
        if own is not None:
            found.append(leading - own - power * size)
    return found


def _iterated(
    advanced: Callable[[PowerLogSeries], PowerLogSeries],
    start: PowerLogSeries,
    cutoff: fmpq,
    gains: Sequence[fmpq],
) -> PowerLogSeries:
    """Repeat a pass that lowers the cutoff of what it is given, until the one wanted is reached.

    ``start`` is zero up to its cutoff, the size of the solution: early passes are short.
    """
    if min(gains) <= 0:
        raise OutOfDomain(expected("increment", "to have small corrections", f"gains {gains}"))
    solution = start.truncated(cutoff)
    while True:
        before = solution.cutoff
        solution = advanced(solution).truncated(cutoff)
        after = solution.cutoff
        assert before is not None
        assert after is not None
        if after <= cutoff or after >= before:
            return solution
