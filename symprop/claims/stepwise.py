"""Sequences run step by step with balls, kept at the powers of four."""

from __future__ import annotations

from collections.abc import Callable

from flint import arb

__all__ = ["LAST_LAYER", "LAYERS", "along_layers", "milestones"]

LAST_LAYER = 4**8
"""How far the cheap recurrences of the claims are run."""

LAYERS = tuple(4**k for k in range(2, 8))
"""Layers from which a sequence may still be followed to four times the depth."""


def along_layers(**fixed: object) -> list[dict[str, object]]:
    """Return growing layers at fixed parameters, as points of a limit.

    Examples
    --------
    >>> along_layers(delta=1)[0]
    {'delta': 1, 'layer': 16}
    """
    return [{**fixed, "layer": layer} for layer in LAYERS]


def milestones(
    step: Callable[[arb, int], arb], start: arb, *, last: int = LAST_LAYER
) -> dict[int, arb]:
    """Return ``x_l = step(x_{l-1}, l)``, ``x_0 = start``, at the powers of 4 up to ``last``.

    Examples
    --------
    >>> milestones(lambda total, layer: total + layer, arb(0), last=16)
    {1: 1.00000000000000, 4: 10.0000000000000, 16: 136.000000000000}
    """
    kept, value, wanted = {}, start, 1
    for layer in range(1, last + 1):
        value = step(value, layer)
        if layer == wanted:
            kept[layer], wanted = value, 4 * wanted
    return kept
