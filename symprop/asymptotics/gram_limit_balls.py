r"""Fixed points of the Gram map of batch normalisation as balls, for any activation.

With centring, and without it for odd activations, all needed are the means of
:math:`\phi(\sqrt nu_1)\phi(\sqrt nu_2)` times 1, :math:`u_1u_2` and :math:`u_1^2`, and of
:math:`\phi(\sqrt nu_1)^2` times 1 and :math:`u_1^2`: since :math:`\sum_iu_i` is 0 and
:math:`\sum_iu_i^2` is 1, means of other products of two entries of ``u`` follow from these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy
from flint import arb, fmpq

from symprop.asymptotics.gram_points import (
    APART,
    GramFixedPoint,
    condition_number,
    is_contracting,
)
from symprop.foundation.errors import NoConvergence, OutOfDomain, PrecisionNotReached, expected
from symprop.gaussian.sphere_series import pair_series
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import enclose
from symprop.numerics.precision import GUARD_BITS, bits_from_dps, working_bits
from symprop.specs.activations import X

if TYPE_CHECKING:
    from symprop.specs.activations import Activation

__all__ = ["proved_fixed_point"]

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class _Balls:
    diagonal: arb
    off_diagonal: arb
    common: arb
    apart: arb
    eigenvalues: dict[str, tuple[arb, ...]]

    def lacking(self, goal: int) -> int:
        """Return how many bits are missing of ``goal`` relative ones, 0 if none.

        Of an off-diagonal entry or an eigenvalue that may be 0 none are.
        """
        needed = [goal - _accuracy(v) for v in (self.diagonal, self.common, self.apart)]
        other = [goal - _accuracy(v) for v in (self.off_diagonal, *self._all_eigenvalues())]
        return max(0, *needed, *(bits for bits in other if bits < goal))

    def _all_eigenvalues(self) -> list[arb]:
        return [value for group in self.eigenvalues.values() for value in group]

    def is_close(self, goal: int) -> bool:
        """Whether errors are small next to the diagonal and to 1, for numbers near 0."""
        small = arb((1, -goal))
        if min(_accuracy(self.apart), _accuracy(self.diagonal)) < goal:
            return False
        if not self.off_diagonal.rad() <= small * self.diagonal.lower():
            return False
        return all(
            value.rad() <= small * abs(value).upper().max(arb(1))
            for value in self._all_eigenvalues()
        )


def _accuracy(value: arb) -> int:
    return int(value.rel_accuracy_bits())


def proved_fixed_point(phi: Activation, n: int, center: bool, dps: int) -> GramFixedPoint:
    """Return the image of orthogonal inputs, a fixed point with centring or an odd activation.

    Parameters
    ----------
    phi : Activation
        Odd, if the batch is not centred.
    n : int
        Number of inputs.
    center : bool
        Whether the mean over the batch is taken away.
    dps : int
        Digits to prove: relative ones, except of entries and eigenvalues that are close to 0,
        which have them relative to the diagonal and to 1.

    Returns
    -------
    GramFixedPoint

    Raises
    ------
    OutOfDomain
        If it is proved that all inputs come together.
    NoConvergence
        If the activation is not bounded between the square roots of ``n``.
    PrecisionNotReached
        If the digits are not proved: with kinks in small batches, or where inputs seem to come
        together.

    Error
    -----
    Enclosed.

    Examples
    --------
    >>> from symprop.specs.activations import activation
    >>> point = proved_fixed_point(activation("tanh"), 4, True, 20)
    >>> print(point.diagonal.proved_digits(20), point.stable)
    0.45769615115415787149 True
    """
    constant = phi.expression.is_number
    if constant or (phi.parity == "even" and n == 2):
        raise OutOfDomain(expected("activation", APART, phi.name))
    if center and n == 2:
        return _pair(phi, dps)
    goal = bits_from_dps(dps) - GUARD_BITS
    best = _adaptive(phi, n, center, goal)
    if not best.is_close(goal):
        raise PrecisionNotReached(f"Expected {dps} digits of a fixed point but got fewer.")
    values = {name: tuple(map(Enclosure, group)) for name, group in best.eigenvalues.items()}
    if best.off_diagonal.is_zero():
        number: Enclosure | None = Enclosure(1)
    else:
        number = condition_number(Enclosure(best.common), Enclosure(best.apart))
    return GramFixedPoint(
        phi.name,
        n,
        center,
        Enclosure(best.diagonal),
        Enclosure(best.off_diagonal),
        number,
        values,
        is_contracting(values),
        True,
    )


def _adaptive(phi: Activation, n: int, center: bool, goal: int) -> _Balls:
    """Return what has no bits lacking, or the best of three attempts."""
    bits, best = goal + _extra_bits(n), None
    for _ in range(_ATTEMPTS):
        try:
            best = _balls(phi, n, center, bits)
        except (NoConvergence, PrecisionNotReached):
            if best is None:
                raise
            break
        lacking = best.lacking(goal)
        if not lacking:
            break
        bits += min(lacking, goal) + 4
    assert best is not None
    return best


def _extra_bits(n: int) -> int:
    """Return how many bits the eigenvalues lose, which are ``n`` times means of squares ``1/n``."""
    return 2 * n.bit_length() + 8


def _pair(phi: Activation, dps: int) -> GramFixedPoint:
    """Two centred inputs are opposite and of length 1, whatever they were."""
    if any(abs(point) == 1 for point in phi.jumps):
        raise PrecisionNotReached("Expected values at 1 and -1 but got a jump there.")
    plus, minus = (phi.expression.subs(X, end) for end in (1, -1))
    p, q = enclose((plus**2 + minus**2) / 2, dps=dps), enclose(plus * minus, dps=dps)
    apart, common = (enclose((plus + sign * minus) ** 2 / 2, dps=dps) for sign in (-1, 1))
    if apart.contains(0):
        raise PrecisionNotReached("Expected values at 1 and -1 that differ but could not tell.")
    if phi.parity == "odd":
        common = Enclosure(0)
    zero = Enclosure(0)
    values = {"trivial": (zero, zero), "standard": (zero, zero)}
    number = condition_number(common, apart)
    return GramFixedPoint(phi.name, 2, True, p, q, number, values, True, True)


def _balls(phi: Activation, n: int, center: bool, bits: int) -> _Balls:
    m = n - 1 if center else n
    cosine = fmpq(-1, n - 1) if center else fmpq(0)
    series = pair_series(phi, phi, m, cosine, scale=sympy.sqrt(m), bits=bits)
    q, crossed, mixed = (series.mean(*powers) for powers in ((0, 0), (1, 1), (2, 0)))
    with working_bits(series.bits):
        share = arb(m) / n  # of the length of a vector, in its projection
        p, alone = series.squares[0][0], share * series.squares[0][1]
        crossed, mixed = share * crossed, share * mixed
        gap = p - q
        if not gap > 0:
            raise PrecisionNotReached("Expected inputs that stay apart but could not tell.")
        types: dict[str, tuple[arb, ...]] = {}
        beta = m * (alone - (p - alone) / (n - 1)) / 2
        if center:
            alpha = m * (mixed - (q - 2 * mixed) / (n - 2)) / 2
            types["trivial"] = (arb(0), arb(0))
            types["standard"] = ((beta - 2 * alpha) / gap, arb(0))
            if n > 3:
                rest = (4 * mixed + 2 * crossed - q) / (n - 3)
                crossed += (2 * (mixed + crossed) + rest) / (n - 2)
                types["(n-2,2)"] = (m * crossed / gap,)
        else:
            pair = m * crossed / gap
            types["trivial"] = (arb(0), pair)
            types["standard"] = (beta / gap, pair) if n > 2 else (beta / gap,)
            if n > 3:
                types["(n-2,2)"] = (pair,)
        return _Balls(p, q, p + (n - 1) * q, gap, types)
