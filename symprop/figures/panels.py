"""What a figure holds: curves with their axes, as plain data that can be drawn or tabulated."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from symprop.foundation.errors import InvalidArgument, expected

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import ArrayLike

__all__ = ["Curve", "Panel", "Plot", "curve", "measured"]

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
    role : {"value", "law", "guide", "sample", "edge"}
        A computed quantity, a law it is compared with, a mark such as a fixed point, means over
        sampled networks, which are drawn as points, or an edge of the interval around the last
        value, which the legend does not name.
    error : tuple of float
        Lengths of error bars, one for each point; empty without them.
    """

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    role: Literal["value", "law", "guide", "sample", "edge"] = "value"
    error: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for name, values in (("y", self.y), ("error", self.error)):
            if len(values) != len(self.x) and (values or name == "y"):
                raise InvalidArgument(
                    expected(name, f"to have {len(self.x)} entries, one for each x", len(values))
                )
        for name, values in (("x", self.x), ("y", self.y), ("error", self.error)):
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
    role: Literal["value", "law", "guide", "edge"] = "value",
) -> Curve:
    """Return a curve from any two sequences of numbers, arrays included."""
    return Curve(label, tuple(map(float, x)), tuple(map(float, y)), role)


def measured(label: str, x: Iterable[float], samples: ArrayLike) -> Curve:
    """Return means of samples, one row for each network, with their standard deviations."""
    rows = np.asarray(samples, dtype=np.float64)
    means, deviations = rows.mean(axis=0), rows.std(axis=0, ddof=1)
    points = tuple(tuple(map(float, values)) for values in (x, means, deviations))
    return Curve(label, points[0], points[1], "sample", points[2])
