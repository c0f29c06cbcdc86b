r"""``V`` on balls for recurrences: proved polynomials where a trajectory stays for many layers.

The continuation of V to complex variances, bounded as derived in
`symprop.gaussian.float_transforms`, proves that its Chebyshev interpolant of degree ``n`` on an
octave ``[h, 2h]`` misses it by at most :math:`4\cdot4^{-n}V(2.5625h)`. An octave in which more
than ``n`` values have been asked for gets its interpolant; after that, values are a ball
polynomial of a ball.
"""

from __future__ import annotations

from math import ceil, frexp
from typing import TYPE_CHECKING

from flint import arb, arb_poly, fmpz

from symprop.numerics.chebyshev import powers_from_chebyshev
from symprop.numerics.precision import working_bits

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LengthBalls"]

_REACH = arb("2.5625")
_GUARD = 16


class LengthBalls:
    """``V`` as a function of a variance ball and bits, quicker the more it is used.

    Parameters
    ----------
    direct : callable
        ``(q, bits)`` to a ball around ``V`` on the ball ``q > 0``, relatively accurate to so many
        bits where ``q`` is. The activation is to be square-integrable at every variance.

    Attributes
    ----------
    direct : callable
        As given.

    Error
    -----
    Enclosed.
    """

    def __init__(self, direct: Callable[[arb, int], arb]) -> None:
        self.direct = direct
        self._asked: dict[tuple[int, int], int] = {}
        self._octaves: dict[tuple[int, int], tuple[arb_poly, arb]] = {}

    def __call__(self, q: arb, bits: int) -> arb:
        """Return a ball around ``V`` on ``q``, to about ``bits`` relative bits."""
        middle = float(q.mid())
        if not 1e-290 < middle < 1e290:
            return self.direct(q, bits)
        key = frexp(middle)[1], bits
        octave = self._octaves.get(key)
        if octave is None:
            asked = self._asked[key] = self._asked.get(key, 0) + 1
            if asked <= _degree(bits):
                return self.direct(q, bits)
            octave = self._octaves[key] = self._interpolant(*key)
        polynomial, error = octave
        with working_bits(bits + _GUARD):
            local = q * arb((fmpz(4), fmpz(-key[0]))) - 3
            if local.abs_upper() <= 1:
                return polynomial(local) + error
        return self.direct(q, bits)

    def _interpolant(self, exponent: int, bits: int) -> tuple[arb_poly, arb]:
        """Return the polynomial of ``[h, 2h]`` in ``2 q/h - 3``, and the ball of its error.

        Midpoints of the Chebyshev coefficients make an exact polynomial; what they miss is
        bounded by the sum of the radii, whereas radii in powers of the variable would grow.
        """
        degree = _degree(bits)
        h = arb((fmpz(1), fmpz(exponent - 1)))
        steps = 2 * degree + 2
        with working_bits(2 * bits + _GUARD):
            cosines = [(m * arb.pi() / steps).cos() for m in range(2 * steps)]
            nodes = [h * (3 + cosines[2 * j + 1]) / 2 for j in range(degree + 1)]
            values = [self.direct(node, bits + _GUARD) for node in nodes]
            exact, error = [], 4 * self.direct(_REACH * h, 53) * arb(4) ** (-degree)
            for k in range(degree + 1):
                total = arb(0)
                for j, value in enumerate(values):
                    total += value * cosines[k * (2 * j + 1) % (2 * steps)]
                coefficient = total * (2 if k else 1) / (degree + 1)
                exact.append(coefficient.mid())
                error += coefficient.rad()
            return arb_poly(powers_from_chebyshev(exact)), arb(0, error.upper())


def _degree(bits: int) -> int:
    return ceil(bits / 2) + 4
