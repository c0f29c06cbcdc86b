"""Hermite coefficients of an activation, exact or certified, with their Parseval tail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy
from flint import arb

from symprop.foundation.errors import NoClosedForm, PrecisionNotReached
from symprop.foundation.validation import check_dps, check_integer
from symprop.gaussian.closed_forms import hermite_closed_form, second_moment_closed_form
from symprop.gaussian.expectation import positive_variance, require_square_integrable
from symprop.gaussian.grid import GaussianGrid, gaussian_grid
from symprop.gaussian.integrand import integrand_of
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import BallFunction, adaptive, as_exact, compile_ball
from symprop.numerics.precision import GUARD_BITS, bits_from_dps, working_bits
from symprop.numerics.quadrature import magnitude_bits
from symprop.specs.activations import Activation, activation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from symprop.gaussian.integrand import Integrand

__all__ = [
    "MAX_ORDER",
    "HermiteExpansion",
    "grid_coefficients",
    "hermite_balls",
    "hermite_coefficients",
]

MAX_ORDER = 20_000
"""The largest order of a Hermite expansion."""


@dataclass(frozen=True)
class HermiteExpansion:
    """Coefficients ``a_0..a_order`` of ``phi(sqrt(q) z)`` in the basis He_k/sqrt(k!).

    Attributes
    ----------
    exact : tuple of sympy.Expr or None
        Closed forms, where there are any.
    enclosures : tuple of Enclosure
        The same numbers as balls.
    second_moment : Enclosure
        ``V = E phi(sqrt(q) Z)^2``, the sum of all squared coefficients.
    tail : Enclosure
        ``V - sum of the squares listed``, intersected with [0, oo).
    """

    exact: tuple[sympy.Expr, ...] | None
    enclosures: tuple[Enclosure, ...]
    second_moment: Enclosure
    tail: Enclosure

    @property
    def coefficients(self) -> tuple[sympy.Expr, ...] | tuple[Enclosure, ...]:
        """Closed forms if known, balls otherwise."""
        return self.enclosures if self.exact is None else self.exact

    def __len__(self) -> int:
        return len(self.enclosures)

    def __getitem__(self, index: int) -> sympy.Expr | Enclosure:
        return self.coefficients[index]

    def __iter__(self) -> Iterator[sympy.Expr | Enclosure]:
        return iter(self.coefficients)


def grid_coefficients(grid: GaussianGrid) -> list[arb]:
    """Return the balls of ``a_0..a_order`` from the nodes of one grid.

    Runs at the precision in force, which must allow for the recurrence (see
    ``gaussian_grid``). Functions with a parity use the two-step recurrence in z**2.
    """
    order = grid.order
    sums = [arb(0)] * (order + 1)
    if grid.parity:
        first = 1 if grid.parity == "odd" else 0
        for point, mass in zip(grid.points, grid.masses, strict=True):
            square = point * point
            before, value = arb(0), mass * point if first else mass
            for k in range(first, order + 1, 2):
                sums[k] += value
                before, value = value, (square - (2 * k + 1)) * value - (k * (k - 1)) * before
    else:
        for point, mass in zip(grid.points, grid.masses, strict=True):
            before, value = arb(0), mass
            for k in range(order + 1):
                sums[k] += value
                before, value = value, point * value - k * before
    factorial = arb(1)
    result = []
    for k, total in enumerate(sums):
        factorial *= max(k, 1)
        vanishes = grid.parity and k % 2 != (grid.parity == "odd")
        result.append(arb(0) if vanishes else arb(total / factorial.sqrt(), grid.error))
    return result


def hermite_balls(
    integrand: Integrand, variance: object, order: int, goal: int
) -> tuple[list[arb], arb, arb]:
    """Return ``(a_0..a_order, V, tail)`` with absolute errors about ``2**-goal``, by quadrature."""
    ball = positive_variance(variance, goal + integrand.guard + 40)
    grid = gaussian_grid(integrand, ball, goal, order=order)
    with working_bits(grid.bits):
        coefficients = grid_coefficients(grid)
    square = gaussian_grid(integrand.squared(), ball, goal)
    with working_bits(square.bits):
        second = square.expectation()
        return coefficients, second, parseval_tail(second, coefficients)


def parseval_tail(second_moment: arb, coefficients: list[arb]) -> arb:
    """Return ``V - sum a_k^2``, known to be at least 0, at the precision in force."""
    remainder = second_moment - sum((a * a for a in coefficients), arb(0))
    return remainder if remainder >= 0 else remainder.nonnegative_part()


def hermite_coefficients(
    phi: Activation | sympy.Expr | str, order: int, *, variance: object = 1, dps: int = 15
) -> HermiteExpansion:
    r"""Return the Hermite coefficients of ``z -> phi(sqrt(variance) z)`` up to ``order``.

    .. math:: a_k = E\, \phi(\sqrt{q} Z)\, \mathrm{He}_k(Z) / \sqrt{k!}

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        Square-integrable against the Gaussian.
    order : int
        Largest index, so ``order + 1`` coefficients come back.
    variance : number
        ``q > 0``.
    dps : int
        Digits of the balls, relative to ``sqrt(V)`` (small coefficients have fewer
        relative digits, never a wrong one).

    Returns
    -------
    HermiteExpansion
        A sequence of exact SymPy numbers where a closed form exists, of balls otherwise;
        with the Parseval tail.

    Raises
    ------
    OutOfDomain
        If ``phi`` is not proved square-integrable.

    Conventions
    -----------
    Orthonormal probabilists' basis ``He_k / sqrt(k!)``.

    Error
    -----
    Exact or enclosed.

    Source
    ------
    thesis, Definition 5.5; shrinkage, eq. 2.4.

    Examples
    --------
    >>> hermite_coefficients("relu", 2)[1]
    1/2
    >>> print(hermite_coefficients("tanh", 1)[1].proved_digits(15))
    0.605705509602159
    """
    check_dps(dps)
    check_integer("order", order, minimum=0, maximum=MAX_ORDER)
    function = activation(phi)
    require_square_integrable(function, variance)
    positive_variance(variance, 64)
    exact_variance = as_exact(variance, "variance")
    if exact_variance is not None:
        try:
            return _exact_expansion(function, order, exact_variance, dps)
        except NoClosedForm:
            pass
    return _certified_expansion(integrand_of(function), order, variance, dps)


def _exact_expansion(
    function: Activation, order: int, variance: sympy.Expr, dps: int
) -> HermiteExpansion:
    exact = tuple(hermite_closed_form(function, order, variance=variance))
    moment = second_moment_closed_form(function, variance=variance)
    bits = bits_from_dps(dps)
    formulas = [compile_ball(term) for term in exact]
    second = adaptive(lambda _: compile_ball(moment)().real, dps, "second moment")
    enclosures = tuple(_value_of(formula, dps) for formula in formulas)
    with working_bits(bits + 20):
        tail = parseval_tail(second.ball, [item.ball for item in enclosures])
    return HermiteExpansion(exact, enclosures, second, Enclosure(tail))


def _value_of(formula: BallFunction, dps: int) -> Enclosure:
    return adaptive(lambda _: arb(formula().real), dps, "coefficient")


def _certified_expansion(
    integrand: Integrand, order: int, variance: object, dps: int
) -> HermiteExpansion:
    wanted = bits_from_dps(dps) - GUARD_BITS
    goal = bits_from_dps(dps)
    for _ in range(4):
        coefficients, second, tail = hermite_balls(integrand, variance, order, goal)
        widest = max(-4.0 * goal, *(magnitude_bits(a.rad()) for a in coefficients))
        proved = min(second.rel_accuracy_bits(), int(magnitude_bits(second) / 2 - widest))
        if proved >= wanted:
            break
        goal += wanted - proved + GUARD_BITS
    else:
        raise PrecisionNotReached(f"Expected {dps} digits of the coefficients but got fewer.")
    return HermiteExpansion(
        None, tuple(Enclosure(a) for a in coefficients), Enclosure(second), Enclosure(tail)
    )
