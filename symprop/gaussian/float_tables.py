r"""Certified float64 tables of any dual kernel, kinked or smooth, from its balls alone.

Let :math:`\kappa(z) = \sum_k p_k z^k`, :math:`p_k = a_k b_k`, and
:math:`D(e) = \sum_k |p_k| (1 - (1 - e)^k)`. For square-integrable activations the series
converges absolutely on the closed unit disc, and there

.. math:: |1 - z^k| \le \min(2, k |1 - z|) \le 3.17\, (1 - (1 - |1 - z|)^k),

the constant being :math:`2/(1 - 1/e)`. So :math:`|\kappa(1) - \kappa(z)| \le
3.17\, D(|1 - z|)`, and likewise at :math:`-1`. The gap :math:`1 - |\rho|` of a panel runs
through an octave :math:`[h, 2h]`, whose Bernstein ellipse of parameter
:math:`3 + 2\sqrt 2` just fits into the disc. One polynomial per octave therefore converges
geometrically, relative to the distance of the kernel from its value at the end, whatever
its singularities at :math:`\rho = \pm 1` are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from flint import arb, fmpz
from numpy.typing import NDArray

from symprop.foundation.errors import NoClosedForm, OutOfDomain, PrecisionNotReached, expected
from symprop.gaussian.float_kernels import FloatKernel
from symprop.numerics.approximation import Panel, certified_panel
from symprop.numerics.horner import evaluate_panels
from symprop.numerics.piecewise import padded
from symprop.numerics.precision import working_bits
from symprop.numerics.quadrature import magnitude_bits

if TYPE_CHECKING:
    from symprop.gaussian.float_tile import Tile

__all__ = ["Enclosing", "OctaveTable", "TableKernel", "deficit_table", "table_kernel"]

Enclosing = Callable[[arb, int], arb]
"""``(rho, bits)`` to a ball around ``kappa(rho)`` with about ``bits`` absolute bits."""

_RATIO = 5.8  # a little below 3 + 2 sqrt 2
_REACH = 3  # the ellipse of [h, 2h] ends at e = 3 h
_SPREAD = arb(3.17)
_ACCURACY = 56  # bits of interpolation error below the scale; roundings come on top
_GUARD = 10
_DEEPEST = 1000
_DEFICIT_DEPTH = 128
_SMALLEST = 2.0**-1022


@dataclass(frozen=True, eq=False)
class OctaveTable:
    """Polynomials in the mantissa of a gap in [0, 1], one for each octave.

    Attributes
    ----------
    coefficients : ndarray
        Column 0 holds the gaps below ``2**-depth``, column j the octave that ends at
        ``2**(j - depth)``, column ``depth + 1`` the gap 1; further blocks may follow.
    depth : int
        Number of octaves.
    error : float
        Largest error of a column: absolute, or relative where the builder says so.
    """

    coefficients: NDArray[np.float64]
    depth: int
    error: float

    def evaluate(
        self, gap: NDArray[np.float64], block: NDArray[np.bool_] | None, tile: Tile
    ) -> None:
        """Write the values at ``gap``, which is lost, into ``tile.out``.

        ``block`` selects the second block of columns. The local variable comes out of the
        bits of the gap, without rounding.
        """
        np.maximum(gap, _SMALLEST, out=gap)
        _, exponent = np.frexp(gap, tile.second)
        tile.second *= 4.0
        tile.second -= 3.0
        column = exponent.astype(np.intp)
        column += self.depth
        np.maximum(column, 0, out=column)
        if block is not None:
            column += block * (self.depth + 2)
        evaluate_panels(self.coefficients, column, tile.second, tile.out, gap)


@dataclass(frozen=True, eq=False)
class TableKernel(FloatKernel):
    """A kernel as an octave table in ``1 - |rho|``, one block for each sign.

    Attributes
    ----------
    table : OctaveTable
        Values; the second block is for negative rho.
    error : float
        Bound of the absolute error of every value.
    variances : tuple of float
        Carried along.
    source : callable
        What the table was made from; `deficit` makes another from it.
    single : bool
        Whether the kernel is that of one activation at one variance.
    """

    table: OctaveTable
    error: float
    variances: tuple[float, float]
    source: Enclosing
    single: bool

    def fill(self, tile: Tile) -> None:
        """Write the kernel of one tile into ``tile.out``."""
        if tile.gap is None:
            np.abs(tile.rho, out=tile.first)
            np.subtract(1.0, tile.first, out=tile.first)
        else:
            np.subtract(2.0, tile.gap, out=tile.first)
            np.minimum(tile.first, tile.gap, out=tile.first)
        self.table.evaluate(tile.first, tile.rho < 0, tile)

    @cached_property
    def deficits(self) -> OctaveTable:
        """Table of ``kappa(1) - kappa(1 - e)``; its error is relative."""
        if not self.single:
            raise NoClosedForm(
                "Expected one activation at one variance for `deficit` but got a pair."
            )
        return deficit_table(self.source)

    @property
    def deficit_error(self) -> float:
        """Bound of the relative error of `deficit` where ``rho >= 0``."""
        return self.deficits.error

    def fill_deficit(self, tile: Tile) -> None:
        """Write ``kappa(1) - kappa(rho)`` of one tile into ``tile.out``."""
        assert tile.gap is not None
        tiny = (tile.gap < 2.0**-self.deficits.depth) & (tile.gap > 0)
        if tiny.any():
            condition = f"to be 0 or >= 2**-{self.deficits.depth}"
            raise OutOfDomain(expected("angle_gap", condition, float(tile.gap[tiny][0])))
        self.fill(tile)
        beyond = float(self.source(arb(1), _ACCURACY + _GUARD).mid()) - tile.out
        np.minimum(tile.gap, 1.0, out=tile.first)
        self.deficits.evaluate(tile.first, None, tile)
        np.copyto(tile.out, beyond, where=tile.gap > 1)


def table_kernel(
    enclose: Enclosing,
    variances: tuple[float, float],
    *,
    spread: Enclosing | None = None,
    scale: arb | None = None,
    parity: str | None = None,
) -> TableKernel:
    """Tabulate a dual kernel.

    Parameters
    ----------
    enclose : callable
        ``(rho, bits)`` to a ball around ``kappa(rho)`` with about ``bits`` absolute bits.
    variances : pair of float
        Carried along.
    spread, scale : callable, arb, optional
        For a pair of activations: ``(e, bits)`` to a bound of
        ``D(e) = sum |a_k b_k| (1 - (1 - e)**k)``, such as the geometric mean of the two
        deficits, and a bound of ``sum |a_k b_k|``. By default the kernel is that of one
        activation, and these are its own deficit and value at 1.
    parity : str, optional
        Proved parity of the kernel, "even" or "odd", which saves half the work.

    Returns
    -------
    TableKernel

    Raises
    ------
    PrecisionNotReached
        If the kernel falls from its end values too steeply for any table.

    Error
    -----
    Enclosed.
    """
    largest = (enclose(arb(1), 64) if scale is None else scale).abs_upper()
    bits = _ACCURACY + _GUARD + abs(int(magnitude_bits(largest)))
    target = float(largest) * 2.0**-_ACCURACY

    def distance(multiple: int, exponent: int) -> arb:
        """Bound D at the gap ``multiple * 2**-exponent``."""
        with working_bits(bits + exponent + _GUARD):
            gap = multiple * _power_of_two(-exponent)
            if spread is not None:
                return spread(gap, bits).upper()
            return (enclose(arb(1), bits) - enclose(1 - gap, bits)).upper()

    depth, beyond = _depth(distance, target)
    bounds = [2 * largest]
    bounds += [
        (2 * largest).min(_SPREAD * distance(_REACH, octave + 1)) for octave in range(1, depth)
    ]
    precision = bits + depth + _GUARD
    panels: list[Panel] = []
    for sign in (1, -1):
        if sign == -1 and parity is not None:
            panels += [_reflected(panel, parity) for panel in panels]
            break
        panels.append(_constant(enclose(arb(sign), bits), beyond))
        for octave in reversed(range(depth)):
            left = _power_of_two(-octave - 1)

            def value(s: arb, sign: int = sign, h: arb = left) -> arb:
                return enclose(sign * (1 - h * (3 + s) / 2), bits)

            panels.append(certified_panel(value, _RATIO, bounds[octave], target, bits=precision))
        panels.append(_constant(enclose(arb(0), bits), arb(0)))
    # 1 - |rho| is exact for |rho| >= 1/2; below, one rounding meets |kappa'| <= sum |a_k b_k|
    error = max(panel.error for panel in panels) + 2.0**-54 * float(largest)
    table = OctaveTable(padded([panel.coefficients for panel in panels]), depth, error)
    return TableKernel(table, error, variances, enclose, spread is None)


def deficit_table(enclose: Enclosing) -> OctaveTable:
    """Tabulate ``kappa(1) - kappa(1 - e)`` of one activation, to a relative error.

    Parameters
    ----------
    enclose : callable
        As for `table_kernel`.

    Returns
    -------
    OctaveTable
        Its ``error`` is relative, for ``2**-128 <= e <= 1``.

    Raises
    ------
    PrecisionNotReached
        If the kernel is constant.

    Error
    -----
    Enclosed.
    """
    depth = _DEFICIT_DEPTH
    bits = _ACCURACY + _GUARD + depth + abs(int(magnitude_bits(enclose(arb(1), 64))))
    with working_bits(bits + depth):
        end = enclose(arb(1), bits)
        deficits = [end - enclose(1 - _power_of_two(-j), bits) for j in range(depth + 1)]
        panels, errors = [Panel((0.0,), 0.0)], []
        for octave in reversed(range(depth)):
            left, least = _power_of_two(-octave - 1), deficits[octave + 1].lower()
            if not least > 0:
                raise PrecisionNotReached("Expected a kernel that is not constant but got one.")

            def value(s: arb, h: arb = left) -> arb:
                return end - enclose(1 - h * (3 + s) / 2, bits)

            # D is concave, so D(3 h) <= 3 D(h)
            bound = _SPREAD * _REACH * deficits[octave + 1].upper()
            target = float(least) * 2.0**-_ACCURACY
            panel = certified_panel(value, _RATIO, bound, target, bits=bits + depth)
            panels.append(panel)
            errors.append(panel.error / float(least))
        panels.append(_constant(deficits[0], arb(0)))
    coefficients = padded([panel.coefficients for panel in panels])
    return OctaveTable(coefficients, depth, max(errors) * (1 + 2.0**-50))


def _power_of_two(exponent: int) -> arb:
    return arb((fmpz(1), fmpz(exponent)))


def _reflected(panel: Panel, parity: str) -> Panel:
    sign = -1.0 if parity == "odd" else 1.0
    return Panel(tuple(sign * c for c in panel.coefficients), panel.error)


def _constant(value: arb, slack: arb) -> Panel:
    middle = float(value.mid())
    return Panel((middle,), float((abs(value - middle) + slack).upper()) * (1 + 2.0**-50))


def _depth(distance: Callable[[int, int], arb], target: float) -> tuple[int, arb]:
    """Return the octaves after which the kernel is its end value, and what that misses."""
    missed = arb("inf")
    for depth in range(54, _DEEPEST, 8):
        missed = distance(1, depth)
        if missed <= target:
            return depth, missed
    raise PrecisionNotReached(
        f"Expected a kernel near its value at rho=1 at a gap of 2**-{_DEEPEST} but got one"
        f" {missed.str(3)} away."
    )
