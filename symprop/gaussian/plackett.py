"""The integral that carries a bivariate normal probability up from correlation -1, in balls.

``int_{tan(t/2)}^oo exp(-p**2 u**2/2 - m**2/(2 u**2)) du/(1 + u**2)``: positive, hence good to
full relative accuracy. FLINT integrates between ends chosen in floats; what is cut off
is bounded.
"""

from __future__ import annotations

from math import exp, expm1, inf, isfinite, log, sinh
from typing import Any

from flint import acb, arb

from symprop.numerics.precision import current_bits

__all__ = ["plackett_complement", "plackett_integral"]

_LARGEST_EXPONENT = 700.0  # of a float
_MOST_EVALUATIONS = 10**6
_SHORTEST = 1e-290  # distance that is looked for
_BISECTIONS = 7


def plackett_integral(p: arb, m: arb, half_angle: arb) -> arb:
    """Return a ball around the integral from ``u = tan(half_angle)``.

    Parameters
    ----------
    p, m : flint.arb
        Exact numbers, not both zero.
    half_angle : flint.arb
        In ``[0, pi/2]``.

    Returns
    -------
    flint.arb
        Not finite if the quadrature gives up.

    Error
    -----
    Enclosed.
    """
    return _from_tangent(p, m, *half_angle.sin_cos())


def plackett_complement(p: arb, m: arb, half_angle: arb) -> arb:
    """Return a ball around the integral from 0 to ``tan(half_angle)``: ``1/u`` swaps the ends."""
    sine, cosine = half_angle.sin_cos()
    return _from_tangent(m, p, cosine, sine)


def _from_tangent(p: arb, m: arb, sine: arb, cosine: arb) -> arb:
    """Return the integral from ``u = sine/cosine``."""
    if not cosine > 0:
        nearest = sine / cosine.upper() if cosine.upper() > 0 else arb("inf")
        return arb(0).union(_tail(p, m, nearest.lower()))
    if p.is_zero():
        return _one_sided(m, arb(0), cosine / sine if sine > 0 else arb("inf"))
    if m.is_zero():
        return _one_sided(p, sine / cosine, arb("inf"))
    origin = (sine / cosine).log() if sine > 0 else arb("-inf")
    start = float(origin.mid()) if sine > 0 else -inf
    plan = _plan(abs(float(p)), abs(float(m)), start)
    if plan is None:
        return arb(0).union(_tail(p, m, (sine / cosine).lower()))
    # steep integrands fall off within less than the rounding of the float ``start``
    centre = origin.mid() if plan[0] == start else arb(plan[0])
    cut, right = plan[1] is not None, arb(plan[2])
    lower = arb(plan[1]) if cut else origin - centre
    scale = (2 * centre).exp()
    rising, falling = p * p * scale / 2, m * m / (2 * scale)
    level = rising if rising.mid() < falling.mid() else falling
    up, down = rising - level, falling - level
    if rising.mid() < falling.mid():
        up = arb(0)
    else:
        down = arb(0)

    def integrand(s: acb, _: bool) -> acb:
        """Exponent relative to the centre, grouped so that no wide boxes are subtracted."""
        grown, wave = (2 * s).exp(), s.sinh()
        exponent = 4 * level * wave * wave + up * (grown - 1) + down * (1 / grown - 1)
        return (-exponent).exp() / (2 * (s + centre).cosh())

    body = _integrate(integrand, lower, right, right.min(arb(1)) / current_bits())
    error = _tail(p, m, (centre + right).exp())
    if cut:
        error += _tail(m, p, (-centre - lower).exp())
    return (-rising - falling).exp() * body + arb(0).union(error)


def _one_sided(weight: arb, lower: arb, upper: arb) -> arb:
    """Return ``int_lower^upper exp(-weight**2 u**2/2) du/(1 + u**2)``, ``0 <= lower``."""
    error = arb(0)
    base = lower.mid()
    decay = (2 * current_bits() * log(2) + 24) / (weight * weight)
    reach = (base * base + decay).sqrt().mid()
    if upper > reach:
        upper, error = reach, arb(0).union(_tail(weight, arb(0), reach))
    if not lower < upper:
        return error
    half_square = weight * weight / 2

    def integrand(u: acb, _: bool) -> acb:
        point = u + base
        return (-half_square * u * (point + base)).exp() / (1 + point * point)

    width = 1 / ((1 + base * base) * (1 + abs(weight) + weight * weight * base))
    body = _integrate(integrand, lower - base, upper - base, width)
    return (-half_square * base * base).exp() * body + error


def _integrate(integrand: Any, lower: arb, upper: arb, width: arb) -> arb:
    """Integrate, to the working precision relative to a value of about ``width``."""
    return acb.integral(
        integrand,
        acb(lower),
        acb(upper),
        abs_tol=width * arb(2) ** (-current_bits()),
        eval_limit=_MOST_EVALUATIONS,
    ).real


def _tail(p: arb, m: arb, start: arb) -> arb:
    """Return an upper bound of the integral over ``u >= start >= 0``.

    The exponent grows with ``u`` once ``u**2 >= |m/p|``; before that its last part is dropped.
    """
    if not start.is_finite():
        return arb(0)
    exponent = (p * start) * (p * start) / 2
    if start > 0 and abs(p) * start * start > abs(m):
        exponent += (m / start) * (m / start) / 2
    length = 1 / start if start > 1 else arb.pi() / 2
    return ((-exponent).exp() * length).upper()


def _plan(p: float, m: float, start: float) -> tuple[float, float | None, float] | None:
    """Return a centre in ``log u`` and distances to either side; None if floats overflow.

    The centre is about where the integrand is largest; at the distances it has fallen
    below the working precision. The left one is None if ``start`` comes first.
    """
    logarithms = [log(value) if value else -inf for value in (p, m)]

    def exponents(s: float) -> tuple[float, float]:
        powers = (2 * (logarithms[0] + s), 2 * (logarithms[1] - s))
        rising, falling = (exp(x) / 2 if x < _LARGEST_EXPONENT else inf for x in powers)
        return rising, falling

    stationary = (logarithms[1] - logarithms[0]) / 2
    candidates = [start, 0.0, -logarithms[0], logarithms[1], stationary]
    centre = min(
        (s for s in candidates if isfinite(s) and s >= start),
        key=lambda s: sum(exponents(s)) + abs(s),
    )
    rising, falling = exponents(centre)
    if rising == inf or falling == inf:
        return None
    if centre == stationary:
        rising = falling = (rising + falling) / 2
    goal = current_bits() * log(2) + 12

    def descent(s: float) -> float:
        if abs(s) > _LARGEST_EXPONENT / 4:
            return inf
        level = min(rising, falling)
        curved = 4 * level * sinh(s) ** 2
        tilted = (rising - level) * expm1(2 * s) + (falling - level) * expm1(-2 * s)
        return curved + tilted + abs(centre + s) - abs(centre)

    def crossing(direction: float) -> float:
        """Return a distance at which the descent is at least ``goal``, and hardly more."""
        far = 1.0
        while descent(direction * far) < goal:
            far *= 8
        while descent(direction * far / 8) >= goal and far > _SHORTEST:
            far /= 8
        near = far / 8
        for _ in range(_BISECTIONS):
            middle = (near + far) / 2
            near, far = (middle, far) if descent(direction * middle) < goal else (near, middle)
        return direction * far

    left = crossing(-1.0)
    return centre, left if left > start - centre else None, crossing(1.0)
