"""Change of basis between powers and Chebyshev polynomials, on balls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flint import arb, fmpz

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["chebyshev_from_powers", "powers_from_chebyshev"]


def chebyshev_from_powers(powers: Sequence[arb | float]) -> list[arb]:
    """Return the Chebyshev coefficients of ``sum_k p_k x^k``."""
    result = [arb(0)] * len(powers)
    for k, coefficient in enumerate(powers):
        value = arb(coefficient)
        if value.is_zero():
            continue
        value = value / (fmpz(2) ** k)
        for j in range(k // 2 + 1):
            weight = fmpz.bin_uiui(k, j) * (1 if 2 * j == k else 2)
            result[k - 2 * j] += weight * value
    return result


def powers_from_chebyshev(chebyshev: Sequence[arb]) -> list[arb]:
    """Return the power coefficients of ``sum_k t_k T_k(x)``."""
    result = [arb(0)] * len(chebyshev)
    before, current = [fmpz(1)], [fmpz(0), fmpz(1)]
    for k, coefficient in enumerate(chebyshev):
        if k >= 2:
            following = [fmpz(0)] + [2 * c for c in current]
            for j, c in enumerate(before):
                following[j] -= c
            before, current = current, following
        terms = before if k == 0 else current
        if not coefficient.is_zero():
            for j in range(k % 2, k + 1, 2):
                result[j] += coefficient * terms[j]
    return result
