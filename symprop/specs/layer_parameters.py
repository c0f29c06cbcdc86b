"""Numbers and activations that a network has once, or one of for each layer in turn."""

from __future__ import annotations

from typing import Any

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_integer
from symprop.numerics.evaluation import as_ball
from symprop.specs.activations import activation

__all__ = [
    "check_nonnegative",
    "check_number",
    "check_positive",
    "entries",
    "in_layer",
    "read_activations",
]

_BITS = 64


def check_number(name: str, value: Any) -> None:
    """Raise `InvalidArgument` unless ``value`` is a finite real number."""
    as_ball(value, _BITS, name)


def check_nonnegative(name: str, value: Any) -> None:
    """Raise unless ``value`` is a finite real number, and one that is proved to be >= 0."""
    if not as_ball(value, _BITS, name) >= 0:
        raise OutOfDomain(expected(name, ">= 0", value))


def check_positive(name: str, value: Any) -> None:
    """Raise unless ``value`` is a finite real number, and one that is proved to be > 0."""
    if not as_ball(value, _BITS, name) > 0:
        raise OutOfDomain(expected(name, "> 0", value))


def entries(name: str, value: Any) -> tuple[Any, ...]:
    """Return the values of one period of layers.

    Examples
    --------
    >>> entries("weight_variance", 2), entries("weight_variance", (1, 2))
    ((2,), (1, 2))
    """
    found = value if isinstance(value, tuple) else (value,)
    if not found:
        raise InvalidArgument(expected(name, "to have at least one entry", value))
    return found


def in_layer(value: Any, index: int) -> Any:
    """Return the value of layer ``index >= 1``, where a tuple starts again when it ends.

    Examples
    --------
    >>> [in_layer((1, 2), layer) for layer in (1, 2, 3)]
    [1, 2, 1]
    """
    check_integer("index", index, minimum=1)
    return value[(index - 1) % len(value)] if isinstance(value, tuple) else value


def read_activations(given: Any) -> Any:
    """Return an activation, or a tuple of them for a list or a tuple."""
    if isinstance(given, list | tuple):
        return tuple(activation(spec) for spec in entries("activation", tuple(given)))
    return activation(given)
