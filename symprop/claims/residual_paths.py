"""Ball trajectories of residual networks for the claims, kept so that no layer is done twice."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from flint import arb

    from symprop.recurrences.ball_recurrence import BallPath

__all__ = [
    "PAR",
    "covariance",
    "distance",
    "gap",
    "hidden_length",
    "length",
    "residual_path",
    "variance",
]

PAR = {"sv2": "3/2", "sa2": "1/2", "sw2": "169/100", "sb2": "49/100", "p0": 1}
"""Variances and input length at which the paper draws its figures."""

_GUARD_BITS = 40


@cache
def _begun(*_setting: Any) -> BallPath:
    from symprop.recurrences.ball_recurrence import BallPath

    return BallPath()


def residual_path(
    *,
    phi: str,
    sv2: Any = 1,
    sa2: Any = 0,
    sw2: Any,
    sb2: Any,
    p0: Any = 1,
    p1: Any = None,
    e0: Any = None,
    depth: int,
    dps: int,
) -> BallPath:
    """Return a path of at least ``depth`` layers through a full residual network.

    With the default branch variances 1 and 0 and an odd activation this is also the
    recurrence of the reduced network. Without ``e0`` there is one input, otherwise two with
    that correlation, of equal length unless ``p1`` is given.
    """
    from symprop.recurrences.ball_recurrence import extend_ball_path
    from symprop.recurrences.inputs import Inputs
    from symprop.specs.architectures import FullResidual

    bits = bits_from_dps(dps) + _GUARD_BITS
    path = _begun(phi, sv2, sa2, sw2, sb2, p0, p1, e0, bits)
    if len(path.p) <= depth:
        net = FullResidual(phi, sv2, sa2, sw2, sb2)
        for _ in extend_ball_path(path, net, Inputs(p0, p1, cosine=e0), depth, bits):
            pass
    return path


def length(*, depth: int, dps: int, **setting: Any) -> arb:
    """Return ``p`` at a layer."""
    return residual_path(depth=depth, dps=dps, **setting).p[depth]


def hidden_length(*, depth: int, dps: int, **setting: Any) -> arb:
    """Return ``q`` at a layer."""
    return residual_path(depth=depth, dps=dps, **setting).q[depth]


def covariance(*, depth: int, dps: int, **setting: Any) -> arb:
    """Return ``gamma`` at a layer."""
    return residual_path(depth=depth, dps=dps, **setting).gamma[depth]


def gap(*, depth: int, dps: int, **setting: Any) -> arb:
    """Return ``1 - e`` at a layer."""
    return residual_path(depth=depth, dps=dps, **setting).e_gap[depth]


def distance(*, depth: int, dps: int, **setting: Any) -> arb:
    """Return ``s = p - gamma`` at a layer."""
    return residual_path(depth=depth, dps=dps, **setting).separation[depth]


def variance(name: str, setting: dict[str, Any], dps: int) -> arb:
    """Return one of the numbers of a setting as a ball."""
    bits = bits_from_dps(dps)
    with working_bits(bits):
        return as_ball(setting[name], bits)
