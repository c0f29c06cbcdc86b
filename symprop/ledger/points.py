"""Exact points at which statements are tested."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symprop.foundation.errors import InvalidArgument, expected

if TYPE_CHECKING:
    from symprop.ledger.relation import Point

__all__ = ["THE_CONSTANT", "exact_input", "exact_points", "grid"]

THE_CONSTANT: tuple[dict[str, Any], ...] = ({},)
"""The only point of a statement without variables."""


def exact_input(value: Any) -> Any:
    """Return a numeric string as a Fraction, and other exact values as they are.

    Raises
    ------
    InvalidArgument
        If the value is a float, which is not what its author wrote.

    Examples
    --------
    >>> exact_input("0.1"), exact_input(3), exact_input("relu")
    (Fraction(1, 10), 3, 'relu')
    """
    if isinstance(value, float):
        raise InvalidArgument(expected("value", "to be exact, such as '1/3'", value))
    if not isinstance(value, str):
        return value
    try:
        return Fraction(value)
    except ValueError:
        return value


def exact_points(points: Iterable[Point]) -> tuple[dict[str, Any], ...]:
    """Return points with the numeric strings in them read exactly."""
    return tuple({name: exact_input(value) for name, value in point.items()} for point in points)


def grid(**values: Iterable[Any]) -> tuple[dict[str, Any], ...]:
    """Return every combination of the values given for each variable.

    Examples
    --------
    >>> grid(rho=("-1/2", 0), phi=("relu",))
    ({'rho': Fraction(-1, 2), 'phi': 'relu'}, {'rho': 0, 'phi': 'relu'})
    """
    combinations = itertools.product(*values.values())
    return exact_points(dict(zip(values, each, strict=True)) for each in combinations)
