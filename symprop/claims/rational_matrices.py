"""Matrices of rationals, drawn and treated exactly, for claims about all matrices.

A matrix is a tuple of rows. Square roots enter only where a row is normalised; what comes out is
then a ball, and whether a determinant vanishes is decided on the rationals before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import arb, arb_mat, fmpq, fmpq_mat

from symprop.ledger.domain import Drawn
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = [
    "Matrix",
    "centred_rows",
    "determinant",
    "eigenvalues",
    "gram",
    "identity_matrix",
    "integer_matrix",
    "isometry",
    "isometry_of_rows",
    "matrices",
    "multiplied",
    "orthogonal_matrices",
    "row_lengths",
    "scaled",
    "square_matrices",
    "trace",
    "transposed",
]

Matrix = tuple[tuple[Fraction, ...], ...]
"""Rows."""

_ENTRIES = (0, 0, 1, -1, 2, -3, Fraction(1, 10), 30)
_MOST = 4


def integer_matrix(*rows: Sequence[int | str | Fraction]) -> Matrix:
    """Return a matrix of rationals given as numbers or as text.

    Examples
    --------
    >>> integer_matrix((1, "1/2"), (0, 1))[0]
    (Fraction(1, 1), Fraction(1, 2))
    """
    return tuple(tuple(Fraction(entry) for entry in row) for row in rows)


def identity_matrix(size: int, scale: int | str | Fraction = 1) -> Matrix:
    """Return a multiple of the identity."""
    return integer_matrix(*([scale if i == j else 0 for j in range(size)] for i in range(size)))


def transposed(matrix: Matrix) -> Matrix:
    """Return the columns as rows."""
    return tuple(zip(*matrix, strict=True))


def multiplied(left: Matrix, right: Matrix) -> Matrix:
    """Return the product of two matrices."""
    columns = transposed(right)
    return tuple(tuple(_inner(row, column) for column in columns) for row in left)


def gram(matrix: Matrix) -> Matrix:
    """Return the inner products of the rows."""
    return multiplied(matrix, transposed(matrix))


def scaled(matrix: Matrix, factor: Fraction) -> Matrix:
    """Return a multiple of a matrix."""
    return tuple(tuple(factor * entry for entry in row) for row in matrix)


def centred_rows(matrix: Matrix) -> Matrix:
    """Return the matrix without the mean of each row."""
    means = [sum(row, Fraction(0)) / len(row) for row in matrix]
    return tuple(
        tuple(entry - mean for entry in row) for row, mean in zip(matrix, means, strict=True)
    )


def trace(matrix: Matrix) -> Fraction:
    """Return the sum of the diagonal."""
    return sum((row[i] for i, row in enumerate(matrix)), Fraction(0))


def determinant(matrix: Matrix) -> Fraction:
    """Return the determinant.

    Examples
    --------
    >>> determinant(integer_matrix((1, 2), (3, 4)))
    Fraction(-2, 1)
    """
    size = len(matrix)
    entries = [fmpq(x.numerator, x.denominator) for row in matrix for x in row]
    found = fmpq_mat(size, size, entries).det()
    return Fraction(int(found.p), int(found.q))


def eigenvalues(matrix: Matrix, dps: int) -> list[arb]:
    """Return the eigenvalues of a symmetric matrix, smallest first, each as often as it occurs.

    Examples
    --------
    >>> [round(float(value), 3) for value in eigenvalues(integer_matrix((2, 1), (1, 2)), 10)]
    [1.0, 3.0]
    """
    size = len(matrix)
    entries = [fmpq(x.numerator, x.denominator) for row in matrix for x in row]
    polynomial = fmpq_mat(size, size, entries).charpoly().numer()
    with working_bits(bits_from_dps(dps)):
        found = [value.real for value, count in polynomial.complex_roots() for _ in range(count)]
    return sorted(found, key=lambda value: float(value.mid()))


def isometry(matrix: Matrix, dps: int) -> Any:
    """Return ``det(M)^(1/n)/(tr(M)/n)`` of a matrix that is not 0: exact where it is 0 or 1."""
    size, mean = len(matrix), trace(matrix) / len(matrix)
    ratio = determinant(matrix) / mean**size
    if ratio in (0, 1):
        return int(ratio)
    with working_bits(bits_from_dps(dps)):
        return arb(fmpq(ratio.numerator, ratio.denominator)).root(size)


def row_lengths(matrix: Matrix) -> list[arb]:
    """Return the Euclidean lengths of the rows, at the working precision."""
    return [_ball(_inner(row, row)).sqrt() for row in matrix]


def isometry_of_rows(matrix: Matrix, dps: int) -> Any:
    """Return the isometry of the Gram matrix of the rows after each got length 1."""
    if determinant(gram(matrix)) == 0:
        return 0
    size = len(matrix)
    with working_bits(bits_from_dps(dps) + 20 * size):
        units = [
            [_ball(entry) / length for entry in row]
            for row, length in zip(matrix, row_lengths(matrix), strict=True)
        ]
        rows = arb_mat(units)
        products = rows * rows.transpose()
        mean = sum((products[i, i] for i in range(size)), arb(0)) / size
        return (products.det() ** (1 / arb(size))) / mean


def matrices(
    keep: Callable[[Matrix], bool] = lambda _: True, hostile: Iterable[Matrix] = ()
) -> Drawn:
    """Return matrices of up to 4 rows and columns that satisfy a condition.

    What does not satisfy it is replaced by one that does, so ``hostile`` or a matrix of `_KNOWN`
    must.
    """
    known = tuple(matrix for matrix in (*hostile, *_KNOWN) if keep(matrix))

    def build(bits: tuple[bool, ...]) -> Matrix:
        numbers = _numbers(bits)
        rows, columns = 1 + numbers[0] % _MOST, 1 + numbers[1] % _MOST
        entries = iter(numbers[2:])
        drawn = integer_matrix(
            *([_ENTRIES[next(entries)] for _ in range(columns)] for _ in range(rows))
        )
        return drawn if keep(drawn) else known[numbers[-1] % len(known)]

    return Drawn(lambda: _bits(3 * (3 + _MOST**2)).map(build), known)


def square_matrices(keep: Callable[[Matrix], bool] = lambda _: True) -> Drawn:
    """Return invertible square matrices of up to 4 rows that satisfy a condition."""

    def good(matrix: Matrix) -> bool:
        square = len(matrix) == len(matrix[0])
        return square and determinant(matrix) != 0 and keep(matrix)

    known = tuple(matrix for matrix in _KNOWN if good(matrix))

    def build(bits: tuple[bool, ...]) -> Matrix:
        numbers = _numbers(bits)
        size = 1 + numbers[0] % _MOST
        entries = iter(numbers[1:])
        drawn = integer_matrix(
            *([_ENTRIES[next(entries)] for _ in range(size)] for _ in range(size))
        )
        return drawn if good(drawn) else known[numbers[-1] % len(known)]

    return Drawn(lambda: _bits(3 * (2 + _MOST**2)).map(build), known)


def orthogonal_matrices(size: int, numbers: Sequence[int]) -> Matrix:
    """Return a rational orthogonal matrix: a product of reflections at integer vectors.

    Examples
    --------
    >>> orthogonal_matrices(2, (1, 0))
    ((Fraction(-1, 1), Fraction(0, 1)), (Fraction(0, 1), Fraction(1, 1)))
    """
    found = identity_matrix(size)
    for start in range(0, len(numbers), size):
        vector = [Fraction(x) for x in numbers[start : start + size]]
        length = sum((x * x for x in vector), Fraction(0))
        if len(vector) < size or not length:
            continue
        mirror = tuple(
            tuple(Fraction(i == j) - 2 * x * y / length for j, y in enumerate(vector))
            for i, x in enumerate(vector)
        )
        found = multiplied(mirror, found)
    return found


def _inner(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    return sum((x * y for x, y in zip(left, right, strict=True)), Fraction(0))


def _ball(number: Fraction) -> arb:
    return arb(fmpq(number.numerator, number.denominator))


def _numbers(bits: Sequence[bool]) -> list[int]:
    return [4 * a + 2 * b + c for a, b, c in zip(bits[::3], bits[1::3], bits[2::3], strict=True)]


def _bits(count: int) -> SearchStrategy[tuple[bool, ...]]:
    from hypothesis import strategies

    return strategies.tuples(*[strategies.booleans()] * count)


_KNOWN: tuple[Matrix, ...] = (
    integer_matrix((1,)),
    integer_matrix((2,)),
    integer_matrix((1, 0), (0, 1)),
    integer_matrix((2, 0), (0, 2)),
    integer_matrix((1, 0), (0, 2)),
    integer_matrix((1, 0), (1, 1)),
    integer_matrix((1, 1), (1, -1)),
    integer_matrix((1, "1/1000"), (-1, "1/1000")),
    integer_matrix((1, 1), (1, "1001/1000")),
    integer_matrix((1, 0, 0), (0, 100, 0), (0, 0, "1/100")),
    integer_matrix((2, 1, 0), (1, 2, 1), (0, 1, 2)),
    integer_matrix((1, 1)),
    integer_matrix((1, 2)),
    integer_matrix((1,), (2,)),
    integer_matrix((1, 2), (2, 4)),
    integer_matrix((1, 0, 1), (0, 1, 1)),
    integer_matrix((1, 2), (0, 1), (3, 1)),
    integer_matrix((3, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)),
)
"""Matrices that have refuted something before: multiples of the identity, rank 1, skew sizes."""
