"""A correlation as an argument: given itself, or by its distance from 1."""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from flint import arb

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.numerics.decimals import exponent_bits
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball, as_exact
from symprop.numerics.precision import working_bits

__all__ = ["Angle"]


@dataclass(frozen=True)
class Angle:
    """A correlation given either as ``rho`` or, near +-1, by its distance from there.

    ``angle_gap = 1 - rho``; giving the gap keeps its relative accuracy in float inputs.
    """

    rho: object = None
    angle_gap: object = None

    def __post_init__(self) -> None:
        if (self.rho is None) == (self.angle_gap is None):
            raise InvalidArgument(
                expected("rho", "or angle_gap, exactly one of them", (self.rho, self.angle_gap))
            )
        name, value = ("rho", self.rho) if self.angle_gap is None else ("angle_gap", self.angle_gap)
        exact = as_exact(value, name) if not isinstance(value, arb | Enclosure) else None
        number = exact if isinstance(exact, sympy.Rational) else as_ball(value, 64, name)
        if number < (-1 if name == "rho" else 0) or number > (1 if name == "rho" else 2):
            condition = "inside [-1, 1]" if name == "rho" else "inside [0, 2]"
            raise OutOfDomain(expected(name, condition, value))

    @property
    def exact(self) -> sympy.Expr | None:
        """The exact correlation; None for a ball, unless it is exactly -1, 0 or 1."""
        value = self.rho if self.angle_gap is None else self.angle_gap
        if isinstance(value, arb | Enclosure):
            ball = as_ball(value, 64)
            exact = next((sympy.Integer(n) for n in (-1, 0, 1, 2) if ball == n), None)
        else:
            exact = as_exact(value)
        return exact if exact is None or self.angle_gap is None else 1 - exact

    def cancelled_bits(self) -> int:
        """Return about how many bits ``kappa(1) - kappa(rho)``, at least linear, loses."""
        rho, gap = self.balls(64)
        return max(0, -exponent_bits(gap.mid())) if gap > 0 and rho > 0 else 0

    def balls(self, bits: int) -> tuple[arb, arb]:
        """Return ``(rho, 1 - |rho|)``, both to ``bits`` relative bits, inside their ranges."""
        unit = arb(0, 1)
        if self.angle_gap is not None:
            gap = as_ball(self.angle_gap, bits, "angle_gap")
            with working_bits(bits):
                gap = gap if arb(1, 1).contains(gap) else gap.intersection(arb(1, 1))
                return 1 - gap, (gap if gap < 1 else 1 - abs(1 - gap))
        rho = as_ball(self.rho, bits, "rho")
        exact = as_ball(self.rho, 2 * bits + 64, "rho")
        with working_bits(2 * bits + 64):
            gap = 1 - abs(exact)
            gap = gap if gap >= 0 else gap.nonnegative_part()
        return (rho if unit.contains(rho) else rho.intersection(unit)), gap
