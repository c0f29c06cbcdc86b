"""Which method encloses ``V(q)`` and ``W(q1, q2; c)`` of tanh at given exact arguments.

=====================================  ==============================================
``|c|`` tiny                           first Hermite term, Parseval bound of the rest
variances large for ``1 - c``          arcsine, Fourier-side bound of the difference
``q`` small                            Hermite series (``tanh_series``)
``q`` large, ``1 - c`` small           expansion in ``1/q`` (``tanh_saturated``)
everything else                        Fourier-side double sum (``tanh_fourier``)
=====================================  ==============================================

The borders are placed by cost: every method proves its own error, and is valid on both sides.
"""

from __future__ import annotations

from math import ceil, log2

from flint import arb

from symprop.gaussian.tanh_fourier import fourier_kernel
from symprop.gaussian.tanh_grid import grid_size
from symprop.gaussian.tanh_length import second_moment
from symprop.gaussian.tanh_saturated import saturated_kernel
from symprop.gaussian.tanh_series import series_kernel

__all__ = ["kernel_at", "moment_at"]

_LOG2 = 0.6931471805599453
_SERIES_BELOW = 4.7  # over the nats asked for to the power 5/4: below, few Hermite terms do
_SERIES_RARELY = 1e-5  # below, the Fourier sum has thousands of poles
_SERIES_MOST = 1e5  # the largest variance whose nodes are affordable
_SATURATED_GAP = 0.05
_SATURATED_SIZE = 200.0  # nodes of the Fourier sum above which the expansion in 1/q is cheaper
_LARGEST_SIZE = 30_000.0  # nodes of the Fourier sum that are affordable


def moment_at(q: arb, bits: int) -> arb:
    """Return ``V(q)`` to a relative radius of about ``2**-bits``, at an exact ``q >= 0``."""
    return second_moment(q, bits) if q > 0 else arb(0)


def kernel_at(q1: arb, q2: arb, known: arb, near_one: bool, bits: int) -> arb | None:
    """Return ``W`` to a relative radius of about ``2**-bits``, or None if that is not affordable.

    Parameters
    ----------
    q1, q2 : arb
        Exact variances, >= 0. Equal ones are never refused.
    known : arb
        Exact ``1 - c`` in [0, 1] if ``near_one``, else exact ``c`` in [-1, 1].
    near_one : bool
        Which of the two is known.
    bits : int
        Relative accuracy. The precision in force must be above ``2 * bits + 64``.

    Error
    -----
    Enclosed.
    """
    if not (q1 > 0 and q2 > 0) or (known.is_zero() and not near_one):
        return arb(0)
    if known < 0:
        value = kernel_at(q1, q2, (-known).min(arb(1)), False, bits)
        return None if value is None else -value
    c, gap = (1 - known, known) if near_one else (known, 1 - known)
    same = bool(q1 == q2)
    if same and gap.is_zero():
        return second_moment(q1, bits)
    if c * c < arb((1, -bits - 2)):
        return _linear(q1, q2, c, bits)
    value = _arcsine_limit(q1, q2, c, gap, near_one, bits)
    if value is not None:
        return value
    least, most = sorted(min(max(float(q), 1e-300), 1e300) for q in (q1, q2))
    if most < _SERIES_BELOW / (bits * _LOG2) ** 1.25 or (
        least < _SERIES_RARELY and most < _SERIES_MOST
    ):
        return series_kernel(q1, q2, c, bits)
    size = max(grid_size(item, float(gap), bits) for item in (least, most))
    if same and gap < _SATURATED_GAP and size > _SATURATED_SIZE:
        value = saturated_kernel(q1, gap, bits)
        if value is not None:
            return value
    return fourier_kernel(q1, q2, c, gap, bits) if same or size < _LARGEST_SIZE else None


def _linear(q1: arb, q2: arb, c: arb, bits: int) -> arb:
    """Return ``W`` by its first Hermite term, within the Parseval bound of the others.

    By Stein's identity ``a_1(q) = sqrt(q) E tanh'(sqrt(q) Z) = sqrt(q) (1 - V(q))``.
    """
    first, rest = c, c * c * c
    for q in (q1, q2):
        # 1 - V is about q**(-1/2): so many more bits of V are needed
        extra = max(0, ceil(log2(min(float(q), 1e300) + 1) / 2)) + 4
        moment = second_moment(q, bits + extra)
        coefficient = q.sqrt() * (1 - moment)
        first *= coefficient
        rest *= (moment - coefficient * coefficient).upper().sqrt()
    return first + arb(0, rest.upper())


def _arcsine_limit(q1: arb, q2: arb, c: arb, gap: arb, near_one: bool, bits: int) -> arb | None:
    """Return the limit of large variances where it is accurate enough, else None.

    On the Fourier side ``1 - x**2/6 <= x/sinh(x) <= 1``, so ``W`` is below
    ``(2/pi) asin(c)`` by at most ``(pi/12) (1/q1 + 1/q2) c/sqrt(1 - c**2)``.
    """
    excess = arb.pi() / 12 * (1 / q1 + 1 / q2) / (gap * (1 + c)).sqrt()
    if not excess < arb((1, -bits - 1)):
        return None
    angle = arb.pi() / 2 - 2 * (gap / 2).sqrt().asin() if near_one else c.asin()
    return 2 * angle / arb.pi() - arb(0.5, 0.5) * excess * c
