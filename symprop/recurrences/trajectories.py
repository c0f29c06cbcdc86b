"""Trajectories of the recurrences: lengths, correlations and gradients layer by layer."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.foundation.errors import InvalidArgument, OutOfDomain, PrecisionNotReached, expected
from symprop.foundation.validation import check_dps, check_integer
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import GUARD_BITS, bits_from_dps, working_bits
from symprop.numerics.quadrature import magnitude_bits
from symprop.recurrences.ball_recurrence import BallPath, extend_ball_path
from symprop.recurrences.float_recurrence import FloatPath, extend_float_path, hidden_rows
from symprop.recurrences.gradient import (
    BallGradients,
    FloatGradients,
    ball_gradients,
    float_gradients,
    parameters_of,
)
from symprop.recurrences.inputs import Inputs
from symprop.specs.architectures import Architecture

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flint import arb

__all__ = ["Trajectory", "trajectory"]

_ATTEMPTS = 8


@dataclass(frozen=True, eq=False)
class Trajectory:
    r"""What the recurrences of a network give, layer by layer.

    Built by `trajectory`. Arrays have shape ``(depth + 1,)``, or ``(depth + 1, settings)`` for
    several networks or inputs at once; index 0 is the input, whose hidden quantities are its own.
    With ``dps`` the entries are `Enclosure` objects, otherwise float64.

    Attributes
    ----------
    architecture : Architecture or tuple of them
        The network, or those of all settings.
    depth : int
        Number of layers.
    dps : int or None
        Proved relative digits, None in float64.
    """

    architecture: Any
    depth: int
    dps: int | None
    bits: int = field(repr=False)
    single: bool = field(repr=False)
    rows: Mapping[str, Any] = field(repr=False)

    def _row(self, name: str) -> Any:
        values = self.rows.get(name)
        if values is None or not len(values):
            wanted = "other_length" if name.startswith("other") else "cosine or angle_gap"
            raise InvalidArgument(expected(wanted, f"given to `trajectory` for {name}", None))
        if self.dps is not None:
            return _enclosures(values)
        return values[:, 0] if self.single else values

    @property
    def _nets(self) -> tuple[Architecture, ...]:
        """The networks of all settings."""
        given = self.architecture
        return (given,) if isinstance(given, Architecture) else given

    @cached_property
    def p(self) -> Any:
        """Mean squared length of ``x_l``."""
        return self._row("p")

    @cached_property
    def q(self) -> Any:
        """Mean squared length of ``h_l``, the variance of its entries."""
        if "q" in self.rows:
            return self._row("q")
        q, _ = hidden_rows(self._nets, self.rows["p"])
        return q[:, 0] if self.single else q

    @cached_property
    def other_p(self) -> Any:
        """``p`` of the second input, where its length was given."""
        return self._row("other_p")

    @cached_property
    def other_q(self) -> Any:
        """``q`` of the second input, where its length was given."""
        return self._row("other_q")

    @cached_property
    def gamma(self) -> Any:
        """Mean product of the entries of ``x_l`` for both inputs."""
        return self._row("gamma")

    @cached_property
    def lambda_(self) -> Any:
        """Mean product of the entries of ``h_l`` for both inputs."""
        return self._row("covariance")

    @cached_property
    def s(self) -> Any:
        """Half the mean squared distance, ``(p + p')/2 - gamma``; accurate near zero."""
        return self._row("separation")

    @cached_property
    def e(self) -> Any:
        """Correlation ``gamma/sqrt(p p')`` of ``x_l``."""
        return self._row("e")

    @cached_property
    def e_gap(self) -> Any:
        """``1 - e``, relatively accurate near zero."""
        return self._row("e_gap")

    @cached_property
    def c(self) -> Any:
        """Correlation ``lambda/sqrt(q q')`` of ``h_l``."""
        return self._row("c")

    @cached_property
    def c_gap(self) -> Any:
        """``1 - c``, relatively accurate near zero."""
        return self._row("c_gap")

    @cached_property
    def _gradients(self) -> BallGradients | FloatGradients:
        if self.dps is None:
            return float_gradients(self._nets, self.rows)
        return ball_gradients(self.architecture, self.rows, self.bits)

    @cached_property
    def chi(self) -> Any:
        """Mean squared gradient with respect to ``x_l``, 1 at the last layer."""
        found = self._gradients
        if isinstance(found, BallGradients):
            return _enclosures(found.chi)
        return self._exponential(found.log_chi)

    @cached_property
    def log_chi(self) -> Any:
        """Logarithm of `chi`, which is finite however large that is."""
        found = self._gradients
        if isinstance(found, BallGradients):
            with working_bits(self.bits):
                return _enclosures([value.log() for value in found.chi])
        return found.log_chi[:, 0] if self.single else found.log_chi

    def _parameter(self, name: str) -> Any:
        net = self._nets[0]
        if name not in parameters_of(net):
            raise InvalidArgument(
                expected("architecture", f"to have parameters {name}", type(net).__name__)
            )
        found = self._gradients
        values = getattr(found, name)
        if isinstance(found, BallGradients):
            return _enclosures([0 * found.chi[0], *values])
        chi = self._exponential(found.log_chi[1:])
        result = np.zeros(self.rows["p"].shape)
        result[1:] = (chi[:, None] if self.single else chi) * values
        return result[:, 0] if self.single else result

    def _exponential(self, logarithm: Any) -> Any:
        if logarithm.size and logarithm.max() > 709.0:
            largest = float(logarithm.max())
            raise OutOfDomain(
                expected(
                    "depth", "with chi in the range of float64 (use log_chi)", f"exp({largest:.6g})"
                )
            )
        values = np.exp(logarithm)
        return values[:, 0] if self.single else values

    @cached_property
    def chi_b(self) -> Any:
        """Mean squared gradient of the biases ``b_l``; 0 at index 0, which has none."""
        return self._parameter("b")

    @cached_property
    def chi_w(self) -> Any:
        """Mean squared gradient of the weights ``W_l``; 0 at index 0, which has none."""
        return self._parameter("w")

    @cached_property
    def chi_v(self) -> Any:
        """Mean squared gradient of the outer weights ``V_l``; 0 at index 0, which has none."""
        return self._parameter("v")

    @cached_property
    def chi_a(self) -> Any:
        """Mean squared gradient of the outer biases ``a_l``; 0 at index 0, which has none."""
        return self._parameter("a")


def _enclosures(balls: Sequence[arb]) -> Any:
    result = np.empty(len(balls), dtype=object)
    result[:] = [Enclosure(ball) for ball in balls]
    return result


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
    width. Two vectors of length zero count as parallel.

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
    check_integer("depth", depth, minimum=0)
    single = isinstance(architecture, Architecture)
    given = (length, other_length, cosine, angle_gap)
    if dps is not None:
        check_dps(dps)
        if not isinstance(architecture, Architecture):
            raise InvalidArgument(
                expected("architecture", "to be one network with dps", architecture)
            )
        return _proved(architecture, depth, Inputs(*given), dps, progress)
    nets = [architecture] if isinstance(architecture, Architecture) else list(architecture)
    nets, inputs, several = _settings(nets, given)
    path = FloatPath()
    for done in extend_float_path(path, nets, inputs, depth):
        if progress is not None:
            progress(done, depth)
    single = single and not several
    kept = nets[0] if single else tuple(nets)
    return Trajectory(kept, depth, None, 53, single, path.rows)


def _settings(
    nets: list[Architecture], given: tuple[Any, ...]
) -> tuple[list[Architecture], list[Inputs], bool]:
    """Return networks and inputs of all settings, and whether any argument was an array."""
    columns, count, several = [], len(nets), False
    for value in given:
        is_array = isinstance(value, list | tuple | np.ndarray) and np.ndim(value) > 0
        several |= is_array
        columns.append(list(value) if is_array else [value])
        count = max(count, len(columns[-1]))
    if not nets or any(len(column) not in (1, count) for column in [nets, *columns]):
        raise InvalidArgument(
            expected("length", f"to have 1 or {count} entries", [len(item) for item in columns])
        )
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
) -> Trajectory:
    """Iterate on balls, with more bits until every entry has its digits."""
    goal = bits_from_dps(dps) - GUARD_BITS
    bits = bits_from_dps(dps) + 2 * depth.bit_length() + 10
    for _ in range(_ATTEMPTS):
        path = BallPath()
        try:
            for done in extend_ball_path(path, architecture, inputs, depth, bits):
                if progress is not None:
                    progress(done, depth)
        except PrecisionNotReached:
            bits += max(bits, 2 * depth)
            continue
        missing = goal - _accuracy(path)
        if missing <= 0:
            return Trajectory(architecture, depth, dps, bits, True, vars(path))
        bits += int(missing) + GUARD_BITS
    raise PrecisionNotReached(
        f"Expected {dps} proved digits of all layers but {bits} bits give fewer."
    )


def _accuracy(path: BallPath) -> float:
    """Return the fewest bits of any entry, relative to itself or, for products, to lengths."""
    least = float("inf")
    rows = vars(path)
    for name in ("p", "q", "other_p", "other_q", "separation", "e_gap", "c_gap"):
        for ball in rows[name]:
            if not ball.is_exact():
                least = min(least, ball.rel_accuracy_bits())
    others = (
        zip(path.gamma, path.p, strict=False),
        zip(path.covariance, path.q, strict=False),
        zip(path.e, repeat(None), strict=False),
        zip(path.c, repeat(None), strict=False),
    )
    for pairs in others:
        for ball, size in pairs:
            if not ball.is_exact():
                scale = 0.0 if size is None else magnitude_bits(size)
                least = min(least, scale - magnitude_bits(ball.rad()))
    return least
