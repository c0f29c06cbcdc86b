"""Tables over the half-integer nodes ``x_j = (j + 1/2) h``, by two or three products a node."""

from __future__ import annotations

from flint import arb

__all__ = ["gaussian_weights", "growths"]


def gaussian_weights(square: arb, count: int, tilt: arb | None = None) -> list[arb]:
    """Return ``exp(-square (j + 1/2)**2 / 2 - tilt (j + 1/2))`` for ``0 <= j < count``.

    With ``square = h**2`` and no tilt this is the Gaussian at the nodes.
    """
    decay = (-square).exp()
    if tilt is None:
        weight, ratio = (-square / 8).exp(), decay
    else:
        weight, ratio = (-square / 8 - tilt / 2).exp(), (-square - tilt).exp()
    weights = []
    for _ in range(count):
        weights.append(weight)
        weight *= ratio
        ratio *= decay
    return weights


def growths(rate: arb, count: int) -> list[arb]:
    """Return ``expm1(rate (j + 1/2))`` for ``0 <= j < count``, each accurate relative to itself.

    The recurrence adds numbers of one sign only, whichever sign ``rate`` has.
    """
    increment, growth = rate.expm1(), (rate / 2).expm1()
    factor = 1 + increment
    values = []
    for _ in range(count):
        values.append(growth)
        growth = growth * factor + increment
    return values
