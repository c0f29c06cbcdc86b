"""What a figure holds: curves with their axes, as plain data that can be drawn or tabulated."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from symprop.foundation.errors import InvalidArgument, expected

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Curve", "Panel", "Plot", "curve"]

Scale = Literal["linear", "log"]


@dataclass(frozen=True)
class Curve:
    """A line of a panel.

    Attributes
    ----------
    label : str
        Name in the legend and in the table of data.
    x, y : tuple of float
        Equally many finite numbers.
    role : {"value", "law", "guide"}
        A computed quantity, a law it is compared with, or a mark such as a fixed point.
    """

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    role: Literal["value", "law", "guide"] = "value"

    def __post_init__(self) -> None:
        if len(self.x) != len(self.y):
            raise InvalidArgument(
                expected("y", f"to have {len(self.x)} entries, one for each x", len(self.y))
            )
        for name, values in (("x", self.x), ("y", self.y)):
            wrong = next((value for value in values if not math.isfinite(value)), None)
            if wrong is not None:
                raise InvalidArgument(
                    expected(name, f"to be finite along the curve {self.label!r}", wrong)
                )


@dataclass(frozen=True)
class Panel:
    """Curves on common axes."""

    title: str
    x_label: str
    y_label: str
    curves: tuple[Curve, ...]
    x_scale: Scale = "linear"
    y_scale: Scale = "linear"


@dataclass(frozen=True)
class Plot:
    """A figure: its panels, where it was published, and the parameters it was made with.

    ``columns`` is the largest number of panels in a row.
    """

    key: str
    title: str
    panels: tuple[Panel, ...]
    parameters: Mapping[str, str] = field(default_factory=dict)
    columns: int = 3


def curve(
    label: str,
    x: Iterable[float],
    y: Iterable[float],
    role: Literal["value", "law", "guide"] = "value",
) -> Curve:
    """Return a curve from any two sequences of numbers, arrays included."""
    return Curve(label, tuple(map(float, x)), tuple(map(float, y)), role)
