"""Quadrature with proved error: Gauss-Legendre panels and their Bernstein ellipses.

The n-point Gauss-Legendre rule on a panel of half-width ``h``, for a function
analytic and bounded by ``M`` on the ellipse with parameter ``rho`` around it, errs by
at most ``(64/15) h M rho**(-2n) / (1 - rho**-2)`` when ``n >= 2``: write the function in
Chebyshev polynomials, whose coefficients are at most ``2 M rho**-k``; the rule is exact
below degree 2n, and above it neither rule nor integral exceeds ``2 + 2/(4 n^2 - 1)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, log2
from typing import TYPE_CHECKING, Any

from flint import acb, arb

from symprop.foundation.errors import NoConvergence
from symprop.numerics.precision import working_bits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "Panel",
    "ellipse_box",
    "gauss_legendre",
    "magnitude_bits",
    "nodes_needed",
    "panels",
    "upper_bound",
]

_ELLIPSES = (8.0, 5.0, 3.5, 2.5, 1.8)
_MOST_PANELS = 5000
_BOUND_BITS = 53


@lru_cache(maxsize=256)
def gauss_legendre(count: int, bits: int) -> tuple[tuple[arb, arb], ...]:
    """Return the non-negative half of the Gauss-Legendre ``(node, weight)`` pairs on [-1, 1]."""
    with working_bits(bits):
        return tuple(
            arb.legendre_p_root(count, index, weight=True) for index in range((count + 1) // 2)
        )


def upper_bound(value: Any) -> arb:
    """Return an upper bound of the absolute value of a ball, exact, possibly infinite."""
    bound = value.abs_upper() if isinstance(value, arb | acb) else arb(value)
    return arb("inf") if bound.is_nan() else bound


def magnitude_bits(bound: arb) -> float:
    """Return an upper estimate of ``log2(bound)``, ``-inf`` for zero."""
    if not bound.is_finite():
        return float("inf")
    mantissa, exponent = bound.upper().man_exp()
    number = abs(int(mantissa))
    return float("-inf") if number == 0 else number.bit_length() + int(exponent)


@dataclass(frozen=True, slots=True)
class Panel:
    """An interval, the number of nodes on it and the proved error of the rule there.

    ``nodes == 0`` marks an interval so short that its whole integral is put in ``error``.
    """

    middle: arb
    half: arb
    nodes: int
    error: arb

    def points(self, bits: int) -> Iterator[tuple[arb, arb]]:
        """Yield the nodes and weights of this panel."""
        if not self.nodes:
            return
        for node, weight in gauss_legendre(self.nodes, bits):
            step = self.half * node
            mass = self.half * weight
            yield self.middle + step, mass
            if not node.is_zero():
                yield self.middle - step, mass


def panels(
    bound: Callable[[Any], arb], lower: arb, upper: arb, goal: int, *, most: int = _MOST_PANELS
) -> list[Panel]:
    """Cut ``[lower, upper]`` into panels whose rules are exact to ``2**-goal`` each.

    Parameters
    ----------
    bound : callable
        ``bound(box)`` is an upper bound of the modulus of the integrand on a complex
        rectangle (``acb``), infinite unless it is analytic there; on a real interval
        (``arb``) analyticity is not asked for.
    lower, upper : flint.arb
        Ends of the interval.
    goal : int
        Absolute error ``2**-goal`` allowed per panel.
    most : int
        Give up after this many panels.

    Returns
    -------
    list of Panel

    Raises
    ------
    NoConvergence
        If ``most`` panels do not suffice: the integrand is not bounded on the interval,
        or needs another variable.

    Error
    -----
    Enclosed: the proved error of each panel is its ``error``.
    """
    most_nodes = max(24, int(goal * 0.3))
    accepted: list[Panel] = []
    waiting = [(lower, upper)]
    with working_bits(max(goal + 30, _BOUND_BITS)):
        while waiting:
            left, right = waiting.pop()
            middle, half = (left + right) / 2, (right - left) / 2
            panel = _try_panel(bound, middle, half, goal, most_nodes)
            if panel is not None:
                accepted.append(panel)
            else:
                centre = middle.mid()
                waiting.append((centre, right))
                waiting.append((left, centre))
            if len(accepted) + len(waiting) > most:
                raise NoConvergence(
                    f"Expected at most {most} panels but got more near {middle.str(8)}:"
                    " the integrand is unbounded there or varies too fast."
                )
    return accepted


def nodes_needed(factor: arb, rho: float, goal: int) -> int:
    """Return the least ``n >= 2`` with ``factor * rho**(-2n) <= 2**-goal``, about."""
    return max(2, ceil(max(0.0, magnitude_bits(factor) + goal) / (2 * log2(rho))))


def ellipse_box(middle: arb, half: arb, rho: float) -> acb:
    """Return a rectangle around the Bernstein ellipse of parameter ``rho``."""
    across = (half * arb((rho + 1 / rho) / 2 * 1.0000001)).upper()
    above = (half * arb((rho - 1 / rho) / 2 * 1.0000001)).upper()
    return acb(arb(middle.mid(), across + middle.rad()), arb(0, above))


def _try_panel(
    bound: Callable[[Any], arb], middle: arb, half: arb, goal: int, most_nodes: int
) -> Panel | None:
    whole = bound(arb(middle.mid(), half.upper() + middle.rad())) * 2 * half.upper()
    if magnitude_bits(whole) < -goal:
        return Panel(middle, half, 0, whole.upper())
    best: tuple[int, float, arb] | None = None
    for rho in _ELLIPSES:
        modulus = bound(ellipse_box(middle, half, rho))
        if not modulus.is_finite():
            continue
        factor = modulus * half.upper() * arb("4.26666666666666667") / (1 - arb(rho) ** -2)
        nodes = nodes_needed(factor, rho, goal)
        if nodes <= most_nodes and (best is None or nodes < best[0]):
            best = (nodes, rho, factor)
    if best is None:
        return None
    nodes, rho, factor = best
    nodes += -nodes % 4  # fewer distinct rules, so that their nodes are found in the cache
    return Panel(middle, half, nodes, (factor * arb(rho) ** (-2 * nodes)).upper())
