"""Trajectories of the recurrences: lengths, correlations and gradients layer by layer."""

from __future__ import annotations

from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.foundation.errors import InvalidArgument, PrecisionNotReached, expected
from symprop.foundation.validation import check_depth, check_dps
from symprop.numerics.precision import GUARD_BITS, bits_from_dps
from symprop.numerics.quadrature import magnitude_bits
from symprop.recurrences.ball_recurrence import BallPath, extend_ball_path
from symprop.recurrences.checkpoints import (
    checkpoint_file,
    digest_of,
    following,
    load_ball_path,
    load_float_path,
    save_ball_path,
    save_float_path,
)
from symprop.recurrences.float_recurrence import FloatPath, extend_float_path
from symprop.recurrences.inputs import Inputs
from symprop.recurrences.layer_tables import Trajectory
from symprop.specs.architectures import Architecture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Trajectory", "trajectory"]

_NOTHING = 1 << 40  # bits missing to a ball around 0, which tell nothing
_ATTEMPTS = 8


def trajectory(
    architecture: Architecture | Sequence[Architecture],
    depth: int,
    *,
    length: Any,
    other_length: Any = None,
    cosine: Any = None,
    angle_gap: Any = None,
    dps: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    resume: str | Path | None = None,
) -> Trajectory:
    r"""Iterate the recurrences of a network of infinite width over its layers.

    .. math:: q=\sigma_w^2\,\underline p+\sigma_b^2,\quad
        p=\sigma_v^2\,V\phi(q)+\sigma_a^2+\underline p,\quad
        \lambda=\sigma_w^2\,\underline\gamma+\sigma_b^2,\quad
        \gamma=\sigma_v^2\,W\phi(q,\lambda)+\sigma_a^2+\underline\gamma

    for a full residual net, and likewise for the others.

    Parameters
    ----------
    architecture : Architecture or sequence of them
        A sequence (in float64) is run at once; its members differ in variances only.
    depth : int
        Number of layers.
    length : number or array
        ``p`` of the input. In float64 this and the next three may be arrays, one entry for each
        setting.
    other_length : number or array, optional
        ``p`` of a second input; equal to the first by default.
    cosine, angle_gap : number or array, optional
        Correlation ``e`` of the two inputs, or ``1 - e``, which keeps small angles accurate.
    dps : int, optional
        Proved digits; float64 by default.
    progress : callable, optional
        Called with the layers done and ``depth``, now and then.
    resume : path, optional
        A file to go on from if it exists. What is done is kept there every half minute, at the
        end, and when the run is interrupted; a later call may ask for more layers.

    Returns
    -------
    Trajectory
        With ``p, q`` and, for two inputs, ``gamma, lambda_, e, c, s, e_gap, c_gap``; gradients
        ``chi, chi_b, chi_w, chi_v, chi_a`` are computed when asked for.

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If an activation is not square-integrable, or a length leaves the range of float64.
    PrecisionNotReached
        If the digits cannot be proved.

    Conventions
    -----------
    Variances, not standard deviations; layer 0 is the input. A length is ``|x|^2`` over the
    width. Two vectors of length zero count as parallel, one as orthogonal to every other: another
    correlation given for them is refused.

    Error
    -----
    With ``dps`` enclosed: lengths, ``s`` and gaps to so many relative digits, ``gamma``,
    ``lambda_``, ``e`` and ``c`` relative to the lengths. In float64 lengths of residual nets stay
    within a few units in the last place of their terms' accuracy at any depth; quantities of a
    pair inherit the error of the kernels, as stated in `symprop.gaussian`.

    Source
    ------
    residual, Table 1 and Theorems B.5, B.8, B.10, B.12; shrinkage, equations 2.3 and A.10;
    thesis, Propositions 5.1, 5.2 and section 5.6.

    Examples
    --------
    >>> from symprop.specs.architectures import FullResidual
    >>> net = FullResidual("tanh", "3/2", "1/2", "169/100", "49/100")
    >>> path = trajectory(net, 100, length=1, cosine="1/2", dps=20)
    >>> print(path.p[100].proved_digits(15), path.e[100].proved_digits(15))
    187.995842298926 0.627850377615280
    """
    depth = check_depth(depth)
    single = isinstance(architecture, Architecture)
    given = (length, other_length, cosine, angle_gap)
    if dps is not None:
        check_dps(dps)
        if not isinstance(architecture, Architecture):
            raise InvalidArgument(
                expected("architecture", "to be one network with dps", architecture)
            )
        return _proved(architecture, depth, Inputs(*given), dps, progress, resume)
    nets = [architecture] if isinstance(architecture, Architecture) else _networks(architecture)
    nets, inputs, several = _settings(nets, given)
    path, keep = FloatPath(), None
    if resume is not None:
        file, digest = checkpoint_file(resume), digest_of(nets, inputs)
        path = load_float_path(file, digest)

        def keep() -> None:
            save_float_path(file, path, digest)

    following(extend_float_path(path, nets, inputs, depth), depth, progress, keep)
    single = single and not several
    rows = {name: values[: depth + 1] for name, values in path.rows.items()}
    return Trajectory(nets[0] if single else tuple(nets), depth, None, 53, single, rows)


def _networks(given: object) -> list[Architecture]:
    nets = list(given) if isinstance(given, list | tuple) else []
    if not nets or not all(isinstance(net, Architecture) for net in nets):
        raise InvalidArgument(expected("architecture", "to be a network, or a list of them", given))
    return nets


def _settings(
    nets: list[Architecture], given: tuple[Any, ...]
) -> tuple[list[Architecture], list[Inputs], bool]:
    """Return networks and inputs of all settings, and whether any argument was an array."""
    columns, count, several = [], len(nets), False
    for value in given:
        is_array = isinstance(value, list | tuple) or (
            isinstance(value, np.ndarray) and value.ndim > 0
        )
        several |= is_array
        columns.append(list(value) if is_array else [value])
        count = max(count, len(columns[-1]))
    if any(len(column) not in (1, count) for column in [nets, *columns]):
        names = ("architecture", "length", "other_length", "cosine", "angle_gap")
        sizes = {
            name: len(column)
            for name, column in zip(names, [nets, *columns], strict=True)
            if len(column) > 1
        }
        raise InvalidArgument(expected("settings", f"to be 1 or {count} of each argument", sizes))
    nets = nets * count if len(nets) == 1 else nets
    if all(len(column) == 1 for column in columns):
        return nets, [Inputs(*(column[0] for column in columns))] * count, several
    stretched = [column * count if len(column) == 1 else column for column in columns]
    return nets, [Inputs(*values) for values in zip(*stretched, strict=True)], several


def _proved(
    architecture: Architecture,
    depth: int,
    inputs: Inputs,
    dps: int,
    progress: Callable[[int, int], None] | None,
    resume: str | Path | None,
) -> Trajectory:
    """Iterate on balls, with more bits until every entry has its digits."""
    goal = bits_from_dps(dps) - GUARD_BITS
    bits = bits_from_dps(dps) + 2 * depth.bit_length() + 10
    file = None if resume is None else checkpoint_file(resume)
    digest = digest_of([architecture], [inputs])
    path, reached = BallPath(), 0
    if file is not None:
        path, kept_bits = load_ball_path(file, digest)
        bits = max(bits, kept_bits) if kept_bits >= goal else bits
        path = path if kept_bits >= goal else BallPath()
    for _ in range(_ATTEMPTS):
        steps = extend_ball_path(path, architecture, inputs, depth, bits)
        try:
            following(steps, depth, progress, _keeper(file, path, digest, bits))
        except PrecisionNotReached:
            reached = len(path.p)
            bits += max(bits, 2 * depth)
        else:
            rows = {name: values[: depth + 1] for name, values in vars(path).items()}
            missing = goal - _accuracy(rows)
            if missing <= 0:
                return Trajectory(architecture, depth, dps, bits, True, rows)
            reached = depth
            bits += int(missing) + GUARD_BITS if missing < _NOTHING else max(bits, 2 * depth)
        path = BallPath()
    raise PrecisionNotReached(
        f"Expected dps to be within reach but got dps={dps}: {bits} bits do not prove so many "
        f"digits of layer {reached} of {depth}."
    )


def _keeper(file: Path | None, path: BallPath, digest: str, bits: int) -> Callable[[], None] | None:
    return None if file is None else lambda: save_ball_path(file, path, digest, bits)


def _accuracy(rows: dict[str, list[Any]]) -> float:
    """Return the fewest bits of any entry, relative to itself or, for products, to lengths."""
    least = float("inf")
    for name in ("p", "q", "other_p", "other_q", "separation", "e_gap", "c_gap"):
        for ball in rows[name]:
            if not ball.is_exact():
                least = min(least, ball.rel_accuracy_bits())
    others = (
        zip(rows["gamma"], rows["p"], strict=False),
        zip(rows["covariance"], rows["q"], strict=False),
        zip(rows["e"], repeat(None), strict=False),
        zip(rows["c"], repeat(None), strict=False),
    )
    for pairs in others:
        for ball, size in pairs:
            if not ball.is_exact():
                scale = 0.0 if size is None else magnitude_bits(size)
                least = min(least, scale - magnitude_bits(ball.rad()))
    return least
