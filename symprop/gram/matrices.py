r"""Gram matrices from whatever holds their entries: exact rationals, balls, or files of them.

Entries are kept as they are. Each matrix is known as a matrix of rationals, which is exact or the
midpoint of balls, and a bound of the Frobenius distance to it.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb, arb_mat, fmpq, fmpq_mat, fmpz, fmpz_mat

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import working_bits
from symprop.numerics.rationals import exact_rational

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["GramMatrix", "gram_matrix", "read_gram"]

_BITS = 64
_RADIUS_BITS = 30
_ROUNDINGS = 4  # units in the last place of the largest entry, for each row


@dataclass(frozen=True, eq=False)
class GramMatrix:
    """A symmetric matrix of real numbers; build it with `gram_matrix`.

    Attributes
    ----------
    rows : tuple of tuples
        Entries as they were given.
    rational : flint.fmpq_mat or None
        The matrix where all entries are rational.
    rounding : float
        How negative an eigenvalue may be by the rounding of entries: 0 unless they come from an
        array of floats.
    """

    rows: tuple[tuple[Any, ...], ...]
    rational: fmpq_mat | None
    rounding: float = 0.0

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(self.rows)

    def midpoint(self, bits: int) -> tuple[fmpq_mat, arb]:
        """Return a rational matrix and how far it is, at most, in the norm of Frobenius.

        Parameters
        ----------
        bits : int
            Precision to which entries that are not rational are enclosed.
        """
        if self.rational is not None:
            return self.rational, arb(0)
        size = self.size
        balls = [
            [_ball(self.rows[max(i, j)][min(i, j)], bits) for j in range(size)] for i in range(size)
        ]
        with working_bits(_RADIUS_BITS):
            square = sum((ball.rad() ** 2 for row in balls for ball in row), arb(0))
            radius = square.sqrt().upper()
        return fmpq_mat(size, size, [_middle(ball) for row in balls for ball in row]), radius


def gram_matrix(gram: Any) -> GramMatrix:
    """Return a Gram matrix from rows of numbers.

    Parameters
    ----------
    gram : GramMatrix, sympy.Matrix, flint matrix, array, or rows of numbers
        Symmetric. Integers, fractions, SymPy rationals, rational and decimal strings and floats
        (their binary value) are exact; `Enclosure`, ``arb`` and other SymPy numbers are balls.
        A NumPy array of floats may be off by rounding: it is made symmetric, exactly, and an
        eigenvalue may be slightly negative.

    Returns
    -------
    GramMatrix

    Raises
    ------
    InvalidArgument
        If it is no square matrix of finite real numbers.
    OutOfDomain
        If it is not symmetric: exact entries that differ, or balls that do not overlap.

    Error
    -----
    Exact for rational entries.

    Examples
    --------
    >>> gram_matrix([["1", "1/2"], [0.5, 1]]).rational
    [  1, 1/2]
    [1/2,   1]
    """
    if isinstance(gram, GramMatrix):
        return gram
    if isinstance(gram, str | bytes | Mapping | AbstractSet):
        raise InvalidArgument(expected("gram", "to be rows of numbers", gram))
    if isinstance(gram, fmpq_mat | fmpz_mat | arb_mat):
        given: Any = gram.table()
    else:
        given = gram.tolist() if hasattr(gram, "tolist") else gram
    if getattr(getattr(gram, "dtype", None), "kind", "") == "f":
        return _rounded(given)
    try:
        rows = tuple(tuple(_checked(entry) for entry in row) for row in given)
    except TypeError:
        raise InvalidArgument(expected("gram", "to be rows of numbers", gram)) from None
    size = len(rows)
    _check_square(rows)
    for i in range(size):
        for j in range(i):
            if not _may_be_equal(rows[i][j], rows[j][i]):
                raise OutOfDomain(expected("gram", "to be symmetric", f"entries {i}, {j}"))
    rational = None
    if all(isinstance(entry, fmpq) for row in rows for entry in row):
        rational = fmpq_mat(size, size, [entry for row in rows for entry in row])
    return GramMatrix(rows, rational)


def read_gram(path: str | Path) -> GramMatrix:
    """Return the Gram matrix in a file of numbers, rows by lines, with commas between.

    Parameters
    ----------
    path : str or Path
        File of rationals or decimals, which are taken exactly.

    Returns
    -------
    GramMatrix

    Raises
    ------
    InvalidArgument
        If a line holds something else, or lines do not make a square matrix.
    OutOfDomain
        If it is not symmetric.
    OSError
        If the file cannot be read.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")  # as spreadsheets write it
    except UnicodeDecodeError:
        raise InvalidArgument(expected("file", "to be a text of numbers", str(path))) from None
    lines: Iterable[list[str]] = csv.reader(text.splitlines())
    rows = [[entry.strip() for entry in line] for line in lines if "".join(line).strip()]
    if not rows:
        raise InvalidArgument(expected("file", "to hold a matrix", str(path)))
    return gram_matrix(rows)


def _rounded(given: Any) -> GramMatrix:
    """Return the matrix of an array of floats, averaged over what rounding made unequal."""
    if not isinstance(given, list) or not all(isinstance(row, list) for row in given):
        raise InvalidArgument(expected("gram", "to be rows of numbers", given))
    rows = [[_checked(entry) for entry in row] for row in given]
    _check_square(rows)
    size = len(rows)
    largest = max(abs(float(entry)) for row in given for entry in row)
    rounding = _ROUNDINGS * size * sys.float_info.epsilon * largest
    for i in range(size):
        for j in range(i):
            if abs(given[i][j] - given[j][i]) > rounding:
                raise OutOfDomain(expected("gram", "to be symmetric", f"entries {i}, {j}"))
    entries = [[(rows[i][j] + rows[j][i]) / 2 for j in range(size)] for i in range(size)]
    rational = fmpq_mat(size, size, [entry for row in entries for entry in row])
    return GramMatrix(tuple(map(tuple, entries)), rational, rounding)


def _check_square(rows: Sequence[Sequence[Any]]) -> None:
    if not rows or any(len(row) != len(rows) for row in rows):
        lengths = [len(row) for row in rows]
        raise InvalidArgument(expected("gram", "to be a square matrix", f"rows of {lengths}"))


def _checked(entry: Any) -> Any:
    """Return an entry as a rational where it is one, else as it is if it is a real number."""
    exact = exact_rational(entry)
    if exact is not None:
        return exact
    as_ball(entry, _BITS, "gram entry")
    return entry


def _ball(entry: Any, bits: int) -> arb:
    return (
        as_ball(sympy.Rational(int(entry.p), int(entry.q)), bits)
        if isinstance(entry, fmpq)
        else as_ball(entry, bits)
    )


def _may_be_equal(one: Any, other: Any) -> bool:
    if isinstance(one, fmpq) and isinstance(other, fmpq):
        return bool(one == other)
    return Enclosure(_ball(one, _BITS)).overlaps(Enclosure(_ball(other, _BITS)))


def _middle(ball: arb) -> fmpq:
    mantissa, exponent = ball.mid().man_exp()
    return fmpq(mantissa) * fmpq(fmpz(2)) ** int(exponent)
