"""The table of elementary operations on balls, real (``arb``) and complex (``acb``).

Functions with branch cuts or kinks also take ``analytic``: when true the caller (a
quadrature rule) needs a non-finite ball wherever the function is not analytic on the
operand. Entire and meromorphic functions, in `SMOOTH_FUNCTIONS`, need no such flag.
"""

from __future__ import annotations

from operator import methodcaller
from typing import TYPE_CHECKING, Any

from flint import acb, arb

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "CUT_FUNCTIONS",
    "SMOOTH_FUNCTIONS",
    "ball_erfc",
    "ball_hyper",
    "ball_integer_power",
    "ball_piecewise",
    "ball_power",
    "ball_sqrt",
    "unknown_function",
]

Ball = Any  # arb | acb; flint has no stubs

_FAR_OUT = 20  # of erfc


def _through_complex(value: Ball, method: str, *arguments: Ball) -> Ball:
    result = getattr(acb(value), method)(*arguments)
    return result if isinstance(value, acb) else result.real


def ball_sqrt(x: Ball, analytic: bool = False) -> Ball:
    """Square root; a real ball that straddles 0 is intersected with [0, oo)."""
    if isinstance(x, acb):
        return x.sqrt(analytic=analytic)
    if x >= 0:
        return x.sqrt()
    if x < 0:
        raise OutOfDomain(expected("x", "to be >= 0 under a square root", str(x)))
    return x.nonnegative_part().sqrt()


def ball_erfc(x: Ball) -> Ball:
    """Complementary error function, with its relative accuracy on inexact balls far out.

    FLINT bounds the effect of the radius by a derivative rounded to 30 bits in the
    exponent, useless once ``x**2`` is large; ``exp(-x**2) U(1/2, 1/2, x**2)/sqrt(pi)`` is not.
    """
    if isinstance(x, acb) or x.is_exact() or not x > _FAR_OUT:
        if isinstance(x, arb) and not x.is_finite() and x.is_exact():
            return 1 - x.sgn()
        return x.erfc()
    square = x * x
    half = arb("0.5")
    return (-square).exp() * square.hypgeom_u(half, half) / arb.pi().sqrt()


def ball_integer_power(x: Ball, n: int) -> Ball:
    """``x**n`` for an int; a real ball around 0 needs care.

    python-flint 0.9 gives nan when the midpoint is 0, and an even power is not negative.
    """
    if n == 1:
        return x
    if isinstance(x, acb) or n < 1 or not x.contains(0):
        return x**n
    largest = abs(x).upper() ** n
    return arb(0).union(largest) if n % 2 == 0 else (-largest).union(largest)


def ball_power(x: Ball, y: Ball, analytic: bool = False) -> Ball:
    """``x**y``; a real ball reaching 0 gives ``[0, upper**y]`` when ``y > 0``."""
    if isinstance(x, acb) or isinstance(y, acb):
        return acb(x).pow(acb(y), analytic=analytic)
    if x > 0:
        return x**y
    if x < 0:
        raise OutOfDomain(expected("x", "to be >= 0 under a real power", str(x)))
    if not y > 0:
        raise OutOfDomain(expected("x", "to be > 0 under a power that is not positive", str(x)))
    upper = x.upper()
    return arb(0) if not upper > 0 else arb(0).union(upper**y)


def _crosses_rays(part: arb, other: arb, start: int) -> bool:
    """Whether a complex ball may meet the rays ``part >= start`` or ``part <= -start``."""
    return bool(other.contains(0) and not part.abs_upper() < start)


def _not_analytic(name: str, x: acb) -> bool:
    """Whether a ball may meet a branch cut; python-flint has no flag for these functions."""
    if name in ("atan", "asinh"):
        return _crosses_rays(x.imag, x.real, 1)
    if name in ("acosh", "lgamma", "bessel_k"):
        return bool(x.imag.contains(0) and not x.real > (1 if name == "acosh" else 0))
    if name in ("elliptic_k", "elliptic_e", "hypgeom"):
        return bool(x.imag.contains(0) and not x.real < 1)
    return _crosses_rays(x.real, x.imag, 1)  # asin, acos, atanh


def _inverse_sine(name: str) -> Callable[..., Ball]:
    """Monotone on [-1, 1]; a real ball reaching past an end is intersected with the domain."""

    def function(x: Ball, analytic: bool = False) -> Ball:
        if isinstance(x, acb):
            return acb("nan") if analytic and _not_analytic(name, x) else getattr(x, name)()
        lower, upper = x.lower(), x.upper()
        if lower >= -1 and upper <= 1:
            return getattr(x, name)()
        if lower > 1 or upper < -1:
            raise OutOfDomain(expected("x", "inside [-1, 1] under an inverse sine", str(x)))
        left = getattr(arb(-1) if lower < -1 else lower, name)()
        return left.union(getattr(arb(1) if upper > 1 else upper, name)())

    return function


def _plain(name: str) -> Callable[[Ball], Ball]:
    return methodcaller(name)


def _elliptic(name: str) -> Callable[..., Ball]:
    def function(m: Ball, analytic: bool = False) -> Ball:
        if analytic and isinstance(m, acb) and _not_analytic(name, m):
            return acb("nan")
        return _through_complex(m, name)

    return function


def _with_cut(name: str) -> Callable[..., Ball]:
    def function(x: Ball, analytic: bool = False) -> Ball:
        if analytic and isinstance(x, acb) and _not_analytic(name, x):
            return acb("nan")
        return getattr(x, name)()

    return function


def _log(x: Ball, analytic: bool = False) -> Ball:
    if isinstance(x, acb):
        return x.log(analytic=analytic)
    if x < 0:
        raise OutOfDomain(expected("x", "to be > 0 under a logarithm", str(x)))
    return x.log()


def _absolute(x: Ball, analytic: bool = False) -> Ball:
    return x.real_abs(analytic=analytic) if isinstance(x, acb) else abs(x)


def _sign(x: Ball, analytic: bool = False) -> Ball:
    return x.real_sgn(analytic=analytic) if isinstance(x, acb) else x.sgn()


def _heaviside(x: Ball, *half: Ball, analytic: bool = False) -> Ball:
    if isinstance(x, acb):
        return x.real_heaviside(analytic=analytic)
    if x.is_zero():
        return half[0] if half else arb("0.5")
    return (1 + x.sgn()) / 2


def _extreme(name: str) -> Callable[..., Ball]:
    def function(*values: Ball, analytic: bool = False) -> Ball:
        best = values[0]
        for value in values[1:]:
            if isinstance(best, acb) or isinstance(value, acb):
                best = getattr(acb(best), f"real_{name}")(acb(value), analytic=analytic)
            else:
                best = getattr(best, name)(value)
        return best

    return function


def ball_hyper(*values: Ball, payload: tuple[int, int], analytic: bool = False) -> Ball:
    """Generalised hypergeometric function; the payload counts upper and lower parameters."""
    *parameters, z = values
    cut = payload[0] > payload[1]  # of p+1 F p, from 1 to infinity; entire otherwise
    if analytic and cut and isinstance(z, acb) and _not_analytic("hypgeom", z):
        return acb("nan")
    if payload == (2, 1):
        return z.hypgeom_2f1(*parameters)
    return z.hypgeom(parameters[: payload[0]], parameters[payload[0] :])


_DECIDERS: dict[str, Callable[[arb, arb], tuple[bool, bool]]] = {
    "<": lambda a, b: (a < b, a >= b),
    "<=": lambda a, b: (a <= b, a > b),
    ">": lambda a, b: (a > b, a <= b),
    ">=": lambda a, b: (a >= b, a < b),
    "==": lambda a, b: (a.is_exact() and b.is_exact() and a == b, not a.overlaps(b)),
    "!=": lambda a, b: (not a.overlaps(b), a.is_exact() and b.is_exact() and a == b),
}


def ball_piecewise(*slots: Ball, payload: tuple[str, ...], analytic: bool = False) -> Ball:
    """Return the union of the branches that are not excluded (one branch if decided)."""
    possible: list[Ball] = []
    position = 0
    for relation in payload:
        value = slots[position]
        if relation == "always":
            possible.append(value)
            break
        left, right = (
            part.real if isinstance(part, acb) else part
            for part in slots[position + 1 : position + 3]
        )
        position += 3
        surely, surely_not = _DECIDERS[relation](left, right)
        if not surely_not:
            possible.append(value)
        if surely:
            break
    if not possible:
        raise OutOfDomain(expected("x", "inside a branch of the Piecewise", str(slots[1])))
    if len(possible) > 1 and analytic:
        return acb("nan")
    result = possible[0]
    for value in possible[1:]:
        result = result.union(value) if isinstance(result, arb) else acb(result).union(acb(value))
    return result


def _bessel_k(order: Ball, x: Ball, analytic: bool = False) -> Ball:
    if analytic and isinstance(x, acb) and _not_analytic("bessel_k", x):
        return acb("nan")
    return x.bessel_k(order)


def _polygamma(order: Ball, x: Ball) -> Ball:
    return _through_complex(
        x, "polygamma", order
    )  # acb.polygamma(order) at x is x.polygamma(order)


def _binary_atan2(y: Ball, x: Ball) -> Ball:
    return arb.atan2(y, x)


SMOOTH_FUNCTIONS: dict[str, Callable[..., Ball]] = {
    **{name: _plain(name) for name in ("exp", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{name: _plain(name) for name in ("sech", "csch", "coth", "cot", "sec", "csc")},
    **{name: _plain(name) for name in ("erf", "erfi", "gamma", "digamma", "zeta")},
    "erfc": ball_erfc,
    "atan2": _binary_atan2,
    "polygamma": _polygamma,
}
"""Entire and meromorphic functions by SymPy name; a pole on the operand gives no finite ball."""

CUT_FUNCTIONS: dict[str, Callable[..., Ball]] = {
    "sqrt": ball_sqrt,
    "power": ball_power,
    "log": _log,
    "asin": _inverse_sine("asin"),
    "acos": _inverse_sine("acos"),
    **{name: _with_cut(name) for name in ("atan", "asinh", "acosh", "atanh")},
    "loggamma": _with_cut("lgamma"),
    "besselk": _bessel_k,
    "elliptic_k": _elliptic("elliptic_k"),
    "elliptic_e": _elliptic("elliptic_e"),
    "Abs": _absolute,
    "sign": _sign,
    "Heaviside": _heaviside,
    "Max": _extreme("max"),
    "Min": _extreme("min"),
}
"""Functions with cuts or kinks by SymPy name; they also take ``analytic``."""


def unknown_function(name: str) -> InvalidArgument:
    """Return the error for a function without ball arithmetic."""
    return InvalidArgument(expected("expression", "built from functions known to symprop", name))
