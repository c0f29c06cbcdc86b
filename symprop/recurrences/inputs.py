"""The one or two inputs of a trajectory: lengths and the angle between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.gaussian.correlations import Angle
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import working_bits

if TYPE_CHECKING:
    from flint import arb

__all__ = ["Inputs"]

_BITS = 64


@dataclass(frozen=True)
class Inputs:
    """Lengths ``p``, ``p'`` and correlation of the inputs of one trajectory.

    Attributes
    ----------
    length, other_length : number
        Squared lengths over the width, >= 0; the second is None where both are equal.
    cosine, angle_gap : number or None
        Correlation ``e`` or ``1 - e``; both None for one input alone.

    Raises
    ------
    OutOfDomain
        If a length is negative, or the correlation is outside [-1, 1] or impossible: two inputs
        of length zero are the same vector (``e = 1``), and one is orthogonal to every other.
    """

    length: Any
    other_length: Any = None
    cosine: Any = None
    angle_gap: Any = None

    def __post_init__(self) -> None:
        for name in ("length", "other_length"):
            value = getattr(self, name)
            if value is not None and not as_ball(value, _BITS, name) >= 0:
                raise OutOfDomain(expected(name, ">= 0", value))
        if self.cosine is not None and self.angle_gap is not None:
            both = (self.cosine, self.angle_gap)
            raise InvalidArgument(expected("cosine", "or angle_gap, exactly one of them", both))
        if self.cosine is not None:
            as_ball(self.cosine, _BITS, "cosine")
            try:
                Angle(self.cosine)
            except OutOfDomain:
                raise OutOfDomain(expected("cosine", "inside [-1, 1]", self.cosine)) from None
        elif self.angle_gap is not None:
            Angle(None, self.angle_gap)
        elif self.other_length is not None:
            raise InvalidArgument(
                expected("cosine", "or angle_gap beside other_length", self.cosine)
            )
        if self.pair:
            self._check_zero_lengths()

    def _check_zero_lengths(self) -> None:
        """Refuse an angle that contradicts the convention for vectors of length zero."""
        other = self.length if self.other_length is None else self.other_length
        empty = [as_ball(value, _BITS).is_zero() for value in (self.length, other)]
        if not any(empty):
            return
        cosine, gap = self.angle_balls(_BITS)
        forced, name = (1, "two inputs") if all(empty) else (0, "one input")
        if not (gap.is_zero() if forced else cosine.is_zero()):
            condition = f"{forced} for {name} of length zero"
            given = self.cosine if self.angle_gap is None else f"1 - {self.angle_gap}"
            raise OutOfDomain(expected("cosine", condition, given))

    @property
    def pair(self) -> bool:
        """Whether there are two inputs."""
        return self.cosine is not None or self.angle_gap is not None

    @property
    def unequal(self) -> bool:
        """Whether the lengths may differ."""
        return self.other_length is not None

    def angle_balls(self, bits: int) -> tuple[arb, arb]:
        """Return the correlation and one minus it, each to ``bits`` relative bits."""
        if self.angle_gap is not None:
            gap = as_ball(self.angle_gap, bits, "angle_gap")
            with working_bits(bits):
                return 1 - as_ball(self.angle_gap, 2 * bits, "angle_gap"), gap
        with working_bits(2 * bits + 64):
            gap = 1 - as_ball(self.cosine, 2 * bits + 64, "cosine")
        return as_ball(self.cosine, bits, "cosine"), gap
