"""Gradients along trajectories of residual networks, as balls, kept between checks."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

from flint import arb

from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["PAPER", "along_depths", "fall", "gradient", "network"]

PAPER = ("3/2", "1/2", "169/100", "49/100")
"""The variances (σ_v², σ_a², σ_w², σ_b²) of the paper's figures."""

DEPTH = 1024
"""Depth of the trajectories; gradients are relative to that of its last layer."""


def network(
    variances: tuple[str, ...] = PAPER, start: str = "1", *, phi: str = "tanh"
) -> dict[str, Any]:
    """Return the variables of a network: four variances for a full one, two for a reduced one.

    Examples
    --------
    >>> network(("1", "1/2"))["variances"]
    (Fraction(1, 1), Fraction(1, 2))
    """
    return {
        "phi": phi,
        "variances": tuple(Fraction(value) for value in variances),
        "start": Fraction(start),
    }


def along_depths(first: int = 1, last: int = DEPTH // 4, **variables: Any) -> list[dict[str, Any]]:
    """Return points of a limit: layers m, fourfold each time."""
    points, layer = [], first
    while layer <= last:
        points.append({**variables, "layer": layer})
        layer *= 4
    return points


@cache
def _row(
    quantity: str,
    phi: str,
    variances: tuple[Fraction, ...],
    start: Fraction,
    depth: int,
    dps: int,
) -> tuple[arb, ...]:
    values = getattr(_trajectory(phi, variances, start, depth, dps), quantity)
    return tuple(value.ball for value in values)


@cache
def _trajectory(
    phi: str, variances: tuple[Fraction, ...], start: Fraction, depth: int, dps: int
) -> Any:
    from symprop.recurrences.trajectories import trajectory
    from symprop.specs.architectures import FullResidual, ReducedResidual

    kind = FullResidual if len(variances) == 4 else ReducedResidual
    return trajectory(kind(phi, *variances), depth, length=start, dps=dps)


def gradient(
    quantity: str,
    phi: str,
    variances: tuple[Fraction, ...],
    start: Fraction,
    layer: int,
    dps: int,
    *,
    depth: int = DEPTH,
) -> arb:
    """Return ``chi``, ``chi_b``, ... or ``p``, ``q`` of a layer, as a ball of ``dps`` digits."""
    return _row(quantity, phi, variances, start, depth, dps)[layer]


def fall(
    quantity: str,
    phi: str,
    variances: tuple[Fraction, ...],
    start: Fraction,
    layer: int,
    dps: int,
    *,
    depth: int = DEPTH,
) -> arb:
    """Return ``log(x_m / x_4m)`` for a gradient quantity x at layer m."""
    near, far = (
        gradient(quantity, phi, variances, start, at, dps, depth=depth) for at in (layer, 4 * layer)
    )
    with working_bits(bits_from_dps(dps)):
        return (near / far).log()
