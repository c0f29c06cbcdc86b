"""Piecewise polynomials in float64 with a proved bound on their whole error.

Two ways in. `certified_polynomial` interpolates a function that balls can enclose, and
bounds the remainder on complex neighbourhoods of its panels. `certified_series`
economises a power series whose coefficients are balls and whose tail is bounded. Both
charge to the stated error the rounding of the coefficients and of every float64
operation of the evaluation, so the bound holds for the numbers that come out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import acb, arb

from symprop.foundation.errors import InvalidArgument, OutOfDomain, PrecisionNotReached, expected
from symprop.numerics.chebyshev import chebyshev_from_powers, powers_from_chebyshev
from symprop.numerics.piecewise import PiecewisePolynomial, padded
from symprop.numerics.precision import working_bits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = [
    "UNIT_ROUNDOFF",
    "Panel",
    "certified_panel",
    "certified_polynomial",
    "certified_series",
]

UNIT_ROUNDOFF = 2.0**-53
"""Largest relative error of one rounding to nearest in float64."""

_BITS = 160
_RATIOS = (16.0, 8.0, 5.0, 3.5, 2.5, 1.8)  # Bernstein ellipses tried, widest first
_BOXES = 24
_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Panel:
    """One polynomial in ``s``, ``|s| <= 1``, lowest power first, with its proved error."""

    coefficients: tuple[float, ...]
    error: float


def certified_polynomial(
    function: Callable[[Any], Any],
    lower: float,
    upper: float,
    error: float,
    *,
    max_degree: int = 30,
) -> PiecewisePolynomial:
    r"""Approximate ``function`` on ``[lower, upper]`` with a proved error.

    On a panel of half-length ``h`` the polynomial that interpolates at the ``n + 1``
    Chebyshev points misses a function bounded by ``M`` on the Bernstein ellipse of
    parameter ``r`` by at most

    .. math:: \frac{4 M r^{-n}}{r - 1} .

    Parameters
    ----------
    function : callable
        From balls to balls: a real ball (``arb``) to an enclosure of the value there, and
        a complex box (``acb``) to an enclosure that is finite *only if* the function is
        analytic on the whole box.
    lower, upper : float
        Ends of the interval. Where the function has an algebraic singularity at an end,
        pass it in a variable that removes it, such as ``t = arccos(rho)``.
    error : float
        Largest absolute error wanted, float64 evaluation included.
    max_degree : int
        Panels are halved until this degree suffices.

    Returns
    -------
    PiecewisePolynomial

    Raises
    ------
    PrecisionNotReached
        If ``error`` is below what float64 evaluation allows, or panels shrink without end.

    Conventions
    -----------
    The polynomial of a panel is in powers of a local variable that runs through [-1, 1].

    Error
    -----
    Enclosed, and at most ``error``.

    Source
    ------
    S. Bernstein's bound for Chebyshev interpolation of analytic functions.

    Examples
    --------
    >>> cosine = certified_polynomial(lambda z: z.cos(), 0.0, 3.0, 1e-14)
    >>> cosine.error <= 1e-14
    True
    """
    lower, upper = float(lower), float(upper)
    if not (math.isfinite(lower) and math.isfinite(upper) and lower < upper):
        raise InvalidArgument(expected("lower, upper", "to be finite and ordered", (lower, upper)))
    if not error > 0:
        raise InvalidArgument(expected("error", "to be > 0", error))
    waiting, done = [(lower, upper, 0)], []
    while waiting:
        left, right, depth = waiting.pop()
        panel = _best_panel(function, left, right, error, max_degree)
        if panel is not None:
            done.append((left, right, panel))
            continue
        if depth == _DEPTH:
            raise PrecisionNotReached(
                f"Expected an error of {error} near x={left} but no panel down to a width of"
                f" {right - left} has one; a singularity or float64 rounding is in the way."
            )
        middle = 0.5 * left + 0.5 * right
        waiting += [(middle, right, depth + 1), (left, middle, depth + 1)]
    done.sort(key=lambda item: item[0])
    geometry = [_local_variable(left, right) for left, right, _ in done]
    return PiecewisePolynomial(
        breakpoints=np.array([done[0][0], *(right for _, right, _ in done)]),
        coefficients=padded([panel.coefficients for _, _, panel in done]),
        centres=np.array([centre for centre, _ in geometry]),
        scales=np.array([scale for _, scale in geometry]),
        error=max(panel.error for _, _, panel in done),
    )


def _local_variable(left: float, right: float) -> tuple[float, float]:
    """Return float64 ``(centre, scale)`` such that ``|(x - centre) * scale| <= 1`` on the panel."""
    centre = 0.5 * left + 0.5 * right
    half = max(right - centre, centre - left)
    return centre, 1.0 / half * (1 - 4 * UNIT_ROUNDOFF)


def _best_panel(
    function: Callable[[Any], Any], left: float, right: float, error: float, max_degree: int
) -> Panel | None:
    centre, scale = _local_variable(left, right)
    with working_bits(_BITS):
        half = 1 / arb(scale)
        best: tuple[int, float, arb] | None = None
        for ratio in _RATIOS:
            bound = _ellipse_bound(function, arb(centre), half, ratio)
            if bound.is_finite():
                degree = _degree(bound, ratio, error / 4)
                if best is None or degree < best[0]:
                    best = degree, ratio, bound
        if best is None or best[0] > max_degree:
            return None
    panel = certified_panel(
        lambda s: function(centre + half * s), best[1], best[2], error / 4, rounded=True
    )
    return panel if panel.error <= error else None


def _ellipse_bound(function: Callable[[Any], Any], centre: arb, half: arb, ratio: float) -> arb:
    """Bound ``|function|`` on the ellipse, infinite unless it is analytic there.

    Covers the upper half of the ellipse by boxes; ``f(conj z) = conj f(z)`` does the rest.
    """
    across, height = half * (ratio + 1 / ratio) / 2, half * (ratio - 1 / ratio) / 2
    largest = arb(0)
    for index in range(_BOXES):
        x0, x1 = (arb(2 * (index + side)) / _BOXES - 1 for side in (0, 1))
        near = min(abs(float(x0)), abs(float(x1))) if float(x0) * float(x1) > 0 else 0.0
        top = height * arb(max(1 - near * near, 0.0) + 1e-12).sqrt()
        box = acb((centre + across * x0).union(centre + across * x1), arb(0).union(top))
        try:
            value = abs(acb(function(box)))
        except (OutOfDomain, ZeroDivisionError):
            return arb("inf")
        if not value.is_finite():
            return arb("inf")
        largest = largest.max(value.upper())
    return largest


def _degree(bound: arb, ratio: float, error: float) -> int:
    """Return the least degree whose interpolation error is at most ``error``."""
    if bound.is_zero():
        return 0
    size = float(bound.log().upper()) + math.log(4 / (ratio - 1)) - math.log(error)
    return max(0, math.ceil(size / math.log(ratio) + 1e-9))


def certified_panel(
    function: Callable[[arb], Any],
    ratio: float,
    bound: arb,
    error: float,
    *,
    rounded: bool = False,
    bits: int = _BITS,
) -> Panel:
    """Interpolate ``s -> function(s)`` on [-1, 1], given its bound on an ellipse.

    Parameters
    ----------
    function : callable
        Real ball to real ball.
    ratio, bound : float, arb
        ``function`` continues analytically into the Bernstein ellipse of this parameter and
        differs there from some constant by at most ``bound``; the caller's theorem.
    error : float
        Error wanted of the interpolation, and again of dropping the highest coefficients
        of its Chebyshev form. Rounding comes on top.
    rounded : bool
        Whether the local variable itself is computed in two roundings; otherwise it must be
        exact.
    bits : int
        Working precision of the balls.

    Returns
    -------
    Panel

    Raises
    ------
    PrecisionNotReached
        If the values are not proved to within about ``error``.

    Error
    -----
    Enclosed.
    """
    degree = _degree(bound, ratio, error)
    with working_bits(bits):
        nodes = [((2 * j + 1) * arb.pi() / (2 * degree + 2)).cos() for j in range(degree + 1)]
        values = [_real(function(node)) for node in nodes]
        cosines = [(m * arb.pi() / (2 * degree + 2)).cos() for m in range(4 * degree + 4)]
        count = len(cosines)
        chebyshev = [
            sum((v * cosines[k * (2 * j + 1) % count] for j, v in enumerate(values)), arb(0))
            * (2 if k else 1)
            / (degree + 1)
            for k in range(degree + 1)
        ]
        if not sum((abs(c) for c in chebyshev), arb(0)).is_finite():
            raise PrecisionNotReached("Expected finite values of a function but got none.")
        kept, dropped = _trimmed(chebyshev, error)
        coefficients = [float(c.mid()) for c in powers_from_chebyshev(kept)]
        remainder = 4 * bound * arb(ratio) ** (-degree) / (arb(ratio) - 1)
        misfit = _distance(kept, coefficients)
        total = remainder + dropped + misfit + _rounding(coefficients, rounded)
        return Panel(tuple(coefficients), _upper(total))


def certified_series(
    coefficients: Sequence[arb],
    tail: arb,
    error: float,
    *,
    max_degree: int = 200,
    rounded: bool = False,
) -> Panel:
    r"""Economise ``f(x) = sum_k p_k x^k`` on [-1, 1], given its coefficients and a tail bound.

    The Chebyshev coefficients of the listed part are exact combinations of the ``p_k``; the
    smallest degree that keeps ``sum |t_k|`` beyond it below ``error`` is kept. Far fewer
    terms survive than the power series has, and the error is proved from the ``p_k`` alone.

    Parameters
    ----------
    coefficients : sequence of arb
        ``p_0..p_K``. Exact zeros keep the parity of the function.
    tail : arb
        Bound of ``|f(x) - sum_{k<=K} p_k x^k|`` on [-1, 1].
    error : float
        Truncation error wanted; `Panel.error` adds the roundings and the tail.
    max_degree : int
        Largest degree returned.
    rounded : bool
        Whether ``x`` itself may carry two roundings.

    Returns
    -------
    Panel
        Polynomial in ``x`` itself.

    Raises
    ------
    PrecisionNotReached
        If ``max_degree`` is not enough.

    Error
    -----
    Enclosed.
    """
    with working_bits(_BITS + 2 * len(coefficients)):
        chebyshev = chebyshev_from_powers(coefficients)
        kept, dropped = _trimmed(chebyshev, error)
        degree = len(kept) - 1
        if degree > max_degree:
            raise PrecisionNotReached(
                f"Expected a series of degree <= {max_degree} but an error of {error} needs"
                f" {degree}."
            )
        floats = [float(c.mid()) for c in powers_from_chebyshev(kept)]
        misfit = _distance(kept, floats)
        total = dropped + misfit + abs(tail) + _rounding(floats, rounded)
        return Panel(tuple(floats), _upper(total))


def _trimmed(chebyshev: Sequence[arb], error: float) -> tuple[Sequence[arb], arb]:
    """Return the leading coefficients, and a bound <= ``error`` of the others' sum."""
    dropped, degree = arb(0), len(chebyshev) - 1
    while degree > 0 and dropped + abs(chebyshev[degree]) <= error:
        dropped += abs(chebyshev[degree])
        degree -= 1
    return chebyshev[: degree + 1], dropped


def _distance(chebyshev: Sequence[arb], powers: Sequence[float]) -> arb:
    """Bound the difference on [-1, 1] of a Chebyshev sum and a polynomial of the same degree."""
    pairs = zip(chebyshev, chebyshev_from_powers(powers), strict=True)
    return sum((abs(c - d) for c, d in pairs), arb(0))


def _real(value: Any) -> arb:
    return value.real if isinstance(value, acb) else value


def _upper(value: arb) -> float:
    """Return a float64 not below ``value``."""
    return math.nextafter(float(value.upper()), math.inf)


def _rounding(coefficients: Sequence[float], rounded: bool) -> arb:
    """Bound the float64 error of Horner's rule at ``|s| <= 1``.

    The term of power ``k`` goes through ``k`` products and at most ``k + 1`` sums; squaring
    the variable first (polynomials with a parity) costs less than the steps it saves. A
    local variable of two roundings moves ``s**k`` by ``2 k`` of them.
    """
    per_power = 4 if rounded else 2
    total = sum((abs(arb(c)) * (per_power * k + 2) for k, c in enumerate(coefficients)), arb(0))
    return total * arb(UNIT_ROUNDOFF) * arb("1.001")
