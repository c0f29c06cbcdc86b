"""Fixed points of kernel maps, certified, and how fast their iterates get there."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from symprop.asymptotics.kernel_maps import ConvergenceCase, KernelMap, convergence_case, kernel_map
from symprop.foundation.errors import (
    NoClosedForm,
    NoConvergence,
    OutOfDomain,
    UndecidedComparison,
    expected,
)
from symprop.foundation.validation import check_dps, check_integer
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import bits_from_dps

if TYPE_CHECKING:
    from symprop.specs.activations import Activation

__all__ = ["Convergence", "convergence", "fixed_point"]

_MOST_STEPS = 400
_SMALLEST_GAP = Fraction(1, 2**200)


@dataclass(frozen=True)
class Convergence:
    """Where the iterates of a kernel map go and how fast.

    Attributes
    ----------
    case : ConvergenceCase
        Decided by balls, or UNDECIDED.
    fixed_point : Enclosure or None
        ``rho*``; None for the identity and where the case is undecided.
    at_zero, slope_at_zero : Enclosure
        ``P(0)`` and ``P'(0)``.
    slope_at_one : Enclosure or None
        ``P'(1)``, infinite for activations that jump; None where it is not proved finite.
    local_rate : Enclosure or None
        ``P'(rho*)``, the factor a layer in the end.
    global_rate : Enclosure or None
        A factor a layer valid from the first one (see `bound`); 1 in the critical case.
    """

    case: ConvergenceCase
    fixed_point: Enclosure | None
    at_zero: Enclosure
    slope_at_zero: Enclosure
    slope_at_one: Enclosure | None
    local_rate: Enclosure | None
    global_rate: Enclosure | None

    def bound(self, start: object, depth: int, *, dps: int = 15) -> Enclosure:
        r"""Return an upper bound of ``|rho_depth - rho*|`` from ``rho_0 = start``.

        With ``a`` the global rate and ``x = 1 - rho_0``: ``m a^l / (1 - m + m a^l)``,
        ``m = |rho_0|``, if centred; ``a^l x`` if ordered; ``x / (1 + l nu x)`` with
        ``nu = 1 - P(0) - P'(0)`` if critical; ``|rho_0 - rho*| a^l / (1 - |rho_0|)`` if chaotic.

        Source
        ------
        thesis, Theorem 5.11 with the rates of cases 1 and 4 corrected.
        """
        check_integer("depth", depth, minimum=0)
        rho = Enclosure(as_ball(start, bits_from_dps(check_dps(dps) + 10), "start"))
        if not (rho.compare(-1) == 1 and rho.compare(1) == -1):
            raise OutOfDomain(expected("start", "inside (-1, 1)", start))
        if self.fixed_point is None or self.global_rate is None:
            raise OutOfDomain(expected("case", "with one attracting point", self.case.name))
        size, gap = abs(rho), 1 - rho
        if self.case is ConvergenceCase.CRITICAL:
            share = 1 - self.at_zero - self.slope_at_zero
            return gap / (1 + share * gap * depth)
        power = self.global_rate**depth
        if self.case is ConvergenceCase.CENTRED:
            return size * power / (1 - size + size * power)
        if self.case is ConvergenceCase.ORDERED:
            return gap * power
        return abs(rho - self.fixed_point) * power / (1 - size)


def _as_map(kernel: KernelMap | Activation | str) -> KernelMap:
    return kernel if isinstance(kernel, KernelMap) else kernel_map(kernel)


def fixed_point(kernel: KernelMap | Activation | str, *, dps: int = 15) -> Enclosure:
    r"""Return the correlation that attracts all others.

    .. math:: P(\rho^*) = \rho^*,\quad P'(\rho^*) < 1 \text{ or } \rho^* = 1

    Parameters
    ----------
    kernel : KernelMap or activation
        Any but the identity.
    dps : int
        Relative digits of ``1 - rho*`` to prove.

    Returns
    -------
    Enclosure
        Exactly 0 or 1 in the first three cases.

    Raises
    ------
    UndecidedComparison
        If the case is not decided.
    OutOfDomain
        For the identity.
    NoConvergence
        If no sign change of the required width is proved.

    Error
    -----
    Enclosed. Between the ends ``(1 - P)/(1 - rho) - 1`` changes sign, and since the quotient
    increases with ``rho`` there is no other zero.

    Source
    ------
    thesis, Theorem 5.11; shrinkage, Observation 1.

    Examples
    --------
    >>> print(fixed_point("x**2").proved_digits(12))
    0.500000000000
    """
    kernel = _as_map(kernel)
    case = convergence_case(kernel)
    if case is ConvergenceCase.UNDECIDED:
        raise UndecidedComparison(f"Expected a decided case but got {case.value}.")
    if case is ConvergenceCase.IDENTITY:
        raise OutOfDomain(expected("kernel", "not the identity", kernel.activation.name))
    if case is ConvergenceCase.CHAOTIC:
        return _interior_point(kernel, check_dps(dps))
    return Enclosure(0 if case is ConvergenceCase.CENTRED else 1)


def _height(kernel: KernelMap, gap: Fraction, dps: int) -> Enclosure:
    """Return ``(1 - P)/gap - 1``, positive nearer to 1 than the fixed point."""
    return kernel.deficit(angle_gap=gap, dps=dps) / gap - 1


def _interior_point(kernel: KernelMap, dps: int) -> Enclosure:
    digits = dps + 10
    low, high = _bracket(kernel)
    bits = int(3.33 * digits) + 8
    at_low, at_high = (_middle(_height(kernel, gap, digits)) for gap in (low, high))
    width = Fraction(1, 10 ** (dps + 2))
    gap, before = (low + high) / 2, high
    for _ in range(_MOST_STEPS):
        share = at_low / (at_low - at_high)
        share = min(max(share, Fraction(1, 2**bits)), 1 - Fraction(1, 2**bits))
        gap = _rounded(low + share * (high - low), bits)
        value = _middle(_height(kernel, gap, digits))
        if value > 0:
            low, at_low, at_high = gap, value, at_high / 2 if before < gap else at_high
        else:
            high, at_high, at_low = gap, value, at_low / 2 if before > gap else at_low
        if abs(gap - before) < gap * width:
            break
        before = gap
    for slack in (width, width * 10, width * 100):
        inner, outer = gap * (1 - slack), min(gap * (1 + slack), Fraction(1))
        if (
            _height(kernel, inner, digits).compare(0) == 1
            and _height(kernel, outer, digits).compare(0) == -1
        ):
            return Enclosure.from_bounds(1 - outer, 1 - inner, bits=bits + 64)
    best = Enclosure.from_bounds(1 - high, 1 - low)
    raise NoConvergence(f"Expected {dps} digits of the fixed point but got {best}.", best)


def _bracket(kernel: KernelMap) -> tuple[Fraction, Fraction]:
    """Return gaps below and above that of the fixed point, in ratio 1 to 2."""
    high = Fraction(1)
    low = high / 2
    while _height(kernel, low, 15).compare(0) != 1:
        high, low = low, low / 2
        if low < _SMALLEST_GAP:
            raise NoConvergence("Expected a fixed point further from 1 than 2**-200 but got none.")
    return low, high


def _middle(ball: Enclosure) -> Fraction:
    return (ball.lower + ball.upper) / 2


def _rounded(value: Fraction, bits: int) -> Fraction:
    """Return a dyadic number with ``bits`` significant bits near a positive value."""
    shift = bits - (value.numerator.bit_length() - value.denominator.bit_length())
    scale = Fraction(2) ** shift
    return Fraction(round(value * scale)) / scale


def _slope_at(kernel: KernelMap, point: Enclosure, dps: int) -> Enclosure | None:
    """Return ``P'`` on an interval inside (0, 1): it increases there."""
    digits = dps + 10
    try:
        derivative = kernel.kernel.derivative()
    except NoClosedForm:
        return None
    unit = kernel.deficit(rho=0, dps=digits) / kernel.kernel.deficit(rho=0, dps=digits)
    ends = [unit * derivative.enclose(end, dps=digits) for end in (point.lower, point.upper)]
    return Enclosure.from_bounds(ends[0].lower, ends[1].upper, bits=bits_from_dps(digits) + 64)


def convergence(kernel: KernelMap | Activation | str, *, dps: int = 15) -> Convergence:
    """Return the case of a kernel map with its fixed point and rates.

    Parameters
    ----------
    kernel : KernelMap or activation
        From `kernel_map`; an activation stands for its own, without bias.
    dps : int
        Digits to prove.

    Returns
    -------
    Convergence

    Raises
    ------
    NoConvergence
        If the fixed point cannot be enclosed to so many digits; the best enclosure is kept.
    UndecidedComparison
        If the case cannot be decided.

    Conventions
    -----------
    The map is normalised, ``P(1) = 1``; layers are counted from the inputs.

    Error
    -----
    Enclosed.

    Source
    ------
    thesis, Theorem 5.11. Its rate of case 1 is replaced by that of Theorem 5.8, and in case 4
    the last of the three rates by ``1/(2 - P'(rho*))``: as printed they do not hold.

    Examples
    --------
    >>> convergence("gelu").case.name
    'CHAOTIC'
    """
    check_dps(dps)
    kernel = _as_map(kernel)
    case = convergence_case(kernel)
    zero, slope = kernel.at_zero(dps), kernel.slope_at_zero(dps)
    try:
        steep: Enclosure | None = kernel.slope_at_one(dps)
    except OutOfDomain:
        steep = None
    point: Enclosure | None = None
    local: Enclosure | None = None
    overall: Enclosure | None = None
    if case is ConvergenceCase.CENTRED:
        point, local, overall = Enclosure(0), slope, 1 / (2 - slope)
    elif case is ConvergenceCase.ORDERED:
        point, local, overall = Enclosure(1), steep, steep
    elif case is ConvergenceCase.CRITICAL:
        point, local, overall = Enclosure(1), Enclosure(1), Enclosure(1)
    elif case is ConvergenceCase.CHAOTIC:
        point = _interior_point(kernel, dps)
        local = _slope_at(kernel, point, dps)
        if local is not None:
            overall = _larger(1 - zero, 1 / (2 - local))
    return Convergence(case, point, zero, slope, steep, local, overall)


def _larger(first: Enclosure, second: Enclosure) -> Enclosure:
    return Enclosure(first.ball.max(second.ball))
