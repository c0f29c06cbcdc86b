"""Identities closed by exact algebra.

A difference that some rewriting turns into zero is an EXACT proof. A difference that
does not become zero proves nothing, whatever ``simplify`` returns: a refutation needs
a point where balls tell the two sides apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symprop.ledger.checks import refutation
from symprop.ledger.claim import Check, Context
from symprop.ledger.evidence import Evidence, Grade
from symprop.ledger.points import exact_points
from symprop.ledger.relation import Relation, Standing

if TYPE_CHECKING:
    from typing import TypeAlias

    import sympy

    from symprop.ledger.relation import Point

    Side: TypeAlias = sympy.Expr | Callable[[], sympy.Expr]

__all__ = ["identity", "vanishes"]

# Points for the numerical cross-check, in the order in which symbols get them.
_PRIMES = (3, 5, 7, 11, 13, 17, 19, 23, 29, 31)


def _expression(side: Side) -> Any:
    import sympy

    return sympy.sympify(side() if callable(side) and not hasattr(side, "args") else side)


def vanishes(difference: sympy.Expr) -> str | None:
    """Return the name of the rewriting that turns an expression into 0, or None.

    Rational functions are decided by their normal form; other expressions are put
    through a fixed list of rewritings, of which failure means nothing.

    Examples
    --------
    >>> import sympy
    >>> x = sympy.Symbol("x")
    >>> vanishes(sympy.sin(2 * x) - 2 * sympy.sin(x) * sympy.cos(x))
    'expand_trig'
    """
    import sympy

    rewritings: tuple[Callable[[Any], Any], ...] = (
        sympy.expand,
        lambda e: sympy.numer(sympy.together(e)).expand(),
        sympy.expand_trig,
        sympy.expand_func,
        sympy.gammasimp,
        sympy.radsimp,
        sympy.trigsimp,
        sympy.simplify,
    )
    names = (
        "expand", "common denominator", "expand_trig", "expand_func",
        "gammasimp", "radsimp", "trigsimp", "simplify",
    )  # fmt: skip
    for name, rewrite in zip(names, rewritings, strict=True):
        rewritten = rewrite(difference)
        if rewritten == 0 or (name.startswith("expand_") and sympy.expand(rewritten) == 0):
            return name
    return None


def _default_points(expression: sympy.Expr) -> list[dict[str, Any]]:
    """Return a few rational points that respect the assumptions on the symbols."""
    symbols = sorted(expression.free_symbols, key=str)
    if not symbols:
        return [{}]
    points = []
    for shift in range(3):
        point: dict[str, Any] = {}
        for index, symbol in enumerate(symbols):
            prime = _PRIMES[(index + shift) % len(_PRIMES)]
            sign = -1 if shift == 1 and not symbol.is_nonnegative else 1
            point[symbol.name] = prime if symbol.is_integer else Fraction(sign * 2, prime)
        points.append(point)
    return points


def identity(lhs: Side, rhs: Side, *, points: Iterable[Point] | None = None) -> Check:
    """Check that two expressions are identically equal, by algebra.

    Parameters
    ----------
    lhs, rhs : sympy.Expr or callable
        The two sides; a function without arguments is called when the check runs, so
        that a long computation does not slow the import of a claims module.
    points : iterable of mappings, optional
        Where the two sides are compared with balls first, as a guard against an algebra
        system's mistakes; by default three rational points.

    Returns
    -------
    Check
        FAILS (ENCLOSED) where balls tell the sides apart; HOLDS (EXACT) if the difference
        is rewritten to zero; UNDECIDED otherwise.
    """

    def check(context: Context) -> Evidence:
        left, right = _expression(lhs), _expression(rhs)
        difference = left - right
        listed = _default_points(difference) if points is None else exact_points(points)
        claimed = Relation(left, "==", right)
        agreed = 0
        for point in listed:
            found = claimed.compare(point, digits=context.dps)
            if found.standing is Standing.REFUTED:
                return refutation(claimed, point, found)
            agreed += found.standing in (Standing.AGREES, Standing.PROVED)
        method = vanishes(difference)
        if method is None:
            return Evidence.undecided(
                "no rewriting turns the difference into zero, which proves nothing; "
                f"the sides agree numerically at {agreed} of {len(listed)} points"
            )
        return Evidence.holds(
            Grade.EXACT, f"difference is zero by {method}; cross-checked at {agreed} points"
        )

    return check
