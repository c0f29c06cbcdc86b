"""Local precision. The only module that touches ``flint.ctx`` or ``mpmath.mp``.

Both libraries keep their working precision in a process-wide variable. Every
change made here is undone on the way out, also when an error passes through.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import mpmath
from flint import ctx

__all__ = [
    "GUARD_BITS",
    "bits_from_dps",
    "current_bits",
    "dps_from_bits",
    "working_bits",
    "working_digits",
]

GUARD_BITS = 20
"""Bits carried beyond those asked for, to absorb the rounding of a short computation."""

_BITS_PER_DIGIT = 3.3219280948873626


def bits_from_dps(dps: int) -> int:
    """Return the number of bits that carry ``dps`` decimal digits, guard bits included."""
    return int(dps * _BITS_PER_DIGIT) + 1 + GUARD_BITS


def dps_from_bits(bits: int) -> int:
    """Return how many decimal digits ``bits`` bits carry."""
    return max(1, int(bits / _BITS_PER_DIGIT))


def current_bits() -> int:
    """Return the precision of ball arithmetic now in force."""
    return int(ctx.prec)


class working_bits:  # noqa: N801  (reads as a statement: ``with working_bits(100):``)
    """Context manager: ball arithmetic at ``bits`` bits inside, the former precision after.

    A class, not a generator: kernels enter it for a single 10-microsecond value.
    """

    __slots__ = ("_before", "_bits")

    def __init__(self, bits: int) -> None:
        self._bits = bits

    def __enter__(self) -> None:
        self._before = ctx.prec
        ctx.prec = self._bits

    def __exit__(self, *_: object) -> None:
        ctx.prec = self._before


@contextmanager
def working_digits(dps: int) -> Iterator[None]:
    """Balls *and* mpmath numbers at ``dps`` digits (plus guard bits) inside the block.

    Examples
    --------
    >>> import mpmath
    >>> before = mpmath.mp.prec
    >>> with working_digits(50):
    ...     _ = mpmath.sqrt(2)
    >>> mpmath.mp.prec == before
    True
    """
    bits = bits_from_dps(dps)
    with working_bits(bits), mpmath.workprec(bits):
        yield
