r"""How far a Gram matrix is from a multiple of the unit matrix: five measures, exact or enclosed.

With eigenvalues :math:`\lambda_1\ge\dots\ge\lambda_n\ge 0` of trace ``T``, not all zero:

.. math:: \mathcal I=\frac{(\lambda_1\cdots\lambda_n)^{1/n}}{T/n},\quad -\log\mathcal I,\quad
    \Bigl(\sum_k\frac{\lambda_k^2}{T^2}-\frac1n\Bigr)^{1/2},\quad \frac T{\lambda_1},\quad
    \frac{\lambda_1}{\lambda_n}.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy
from flint import arb, fmpq

from symprop.foundation.errors import (
    NoClosedForm,
    OutOfDomain,
    PrecisionNotReached,
    expected,
)
from symprop.foundation.validation import check_choice, check_dps
from symprop.gram.matrices import GramMatrix, gram_matrix
from symprop.gram.spectrum import eigenvalue_balls, extreme_eigenvalues
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import adaptive

__all__ = [
    "MEASURES",
    "Measure",
    "condition_number",
    "effective_rank",
    "isometry",
    "isometry_gap",
    "measure",
    "measure_closed_form",
    "orthogonality_gap",
]


_OF_THE_SMALLEST = ("isometry", "isometry_gap", "condition_number")


@dataclass(frozen=True)
class Measure:
    """One measure of a Gram matrix.

    Attributes
    ----------
    balls : callable
        From its eigenvalues in decreasing order, as balls.
    closed_form : callable
        From the matrix, of rational entries, to a SymPy number; infinity is ``sympy.oo``.
    description : str
        One line.
    """

    balls: Callable[[list[arb]], arb]
    closed_form: Callable[[GramMatrix], sympy.Expr]
    description: str


def measure(name: str, gram: Any, dps: int = 15) -> Enclosure:
    """Return a measure of a Gram matrix.

    Parameters
    ----------
    name : str
        One of `MEASURES`.
    gram : GramMatrix or rows of numbers
        See `symprop.gram.matrices.gram_matrix`.
    dps : int
        Proved relative digits.

    Returns
    -------
    Enclosure
        Infinite where the measure is, for entries that are rational.

    Raises
    ------
    InvalidArgument
        If it is no square matrix of numbers, or there is no such measure.
    OutOfDomain
        If it is not symmetric, an eigenvalue is proved negative, or all are zero.
    PrecisionNotReached
        If balls are too wide for the digits, as where they do not tell whether the matrix is
        singular; or if the rounding of floats has made the smallest eigenvalue negative.

    Error
    -----
    Enclosed.

    Examples
    --------
    >>> print(measure("isometry_gap", [[1, "1/2"], ["1/2", 1]], dps=20).proved_digits(20))
    0.14384103622589046372
    """
    check_choice("measure", name, tuple(MEASURES))
    matrix = gram_matrix(gram)
    check_dps(dps)
    if matrix.rational is not None:
        _check_smallest(name, matrix)
        exact = _ends(name, matrix)
        if exact is not None:
            return Enclosure(arb("inf") if exact == sympy.oo else arb(int(exact)))
    return adaptive(lambda bits: MEASURES[name].balls(eigenvalue_balls(matrix, bits)), dps, name)


def measure_closed_form(name: str, gram: Any) -> sympy.Expr:
    """Return a measure of a Gram matrix of rational entries as an exact SymPy number.

    Parameters
    ----------
    name : str
        One of `MEASURES`.
    gram : GramMatrix or rows of numbers
        See `symprop.gram.matrices.gram_matrix`; all entries rational.

    Returns
    -------
    sympy.Expr
        Infinity is ``sympy.oo``.

    Raises
    ------
    InvalidArgument
        If it is no square matrix of numbers, or there is no such measure.
    OutOfDomain
        If it is not symmetric, an eigenvalue is negative, or all are zero.
    NoClosedForm
        If an entry is not rational, or integers of hundreds of digits are left under a root.

    Error
    -----
    Exact.

    Examples
    --------
    >>> half = [[1, "1/2"], ["1/2", 1]]
    >>> [measure_closed_form(name, half) for name in MEASURES]
    [sqrt(3)/2, log(2*sqrt(3)/3), sqrt(2)/4, 4/3, 3]
    """
    check_choice("measure", name, tuple(MEASURES))
    matrix = gram_matrix(gram)
    if matrix.rational is None:
        raise NoClosedForm(expected("gram", "to have rational entries", "other entries"))
    _check_smallest(name, matrix)
    _trace(matrix)
    try:
        return MEASURES[name].closed_form(matrix)
    except OverflowError:  # SymPy looks for perfect powers with logarithms in float64
        condition = "with a root of rationals that SymPy can take"
        raise NoClosedForm(expected("gram", condition, "entries of very different size")) from None


def isometry(gram: Any, dps: int = 15) -> Enclosure:
    r"""Return the isometry, geometric over arithmetic mean of the eigenvalues.

    .. math:: \mathcal I(G)=\det(G)^{1/n}\big/\tfrac1n\operatorname{tr}G

    Parameters, errors and exceptions are those of `measure`.

    Source
    ------
    thesis, Definition 4.1.

    Examples
    --------
    >>> print(isometry([[2, 0], [0, 8]]).proved_digits(5))
    0.80000
    """
    return measure("isometry", gram, dps)


def isometry_gap(gram: Any, dps: int = 15) -> Enclosure:
    r"""Return minus the logarithm of the isometry; infinite for a singular matrix.

    Parameters, errors and exceptions are those of `measure`.

    Source
    ------
    thesis, section 4.1 and equation 6.5.

    Examples
    --------
    >>> print(isometry_gap([[1, 1], [1, 1]]))
    inf
    """
    return measure("isometry_gap", gram, dps)


def orthogonality_gap(gram: Any, dps: int = 15) -> Enclosure:
    r"""Return how far vectors are from orthogonal ones of equal length.

    .. math:: \Bigl\|\frac G{\operatorname{tr}G}-\frac In\Bigr\|_F

    Parameters, errors and exceptions are those of `measure`.

    Source
    ------
    thesis, equation 2.2.

    Examples
    --------
    >>> print(orthogonality_gap([[9, 0], [0, 1]]).proved_digits(15))
    0.565685424949238
    """
    return measure("orthogonality_gap", gram, dps)


def effective_rank(gram: Any, dps: int = 15) -> Enclosure:
    r"""Return the trace over the largest eigenvalue.

    Parameters, errors and exceptions are those of `measure`.

    Source
    ------
    sensitivity, equation 14.

    Examples
    --------
    >>> print(effective_rank([[2, 0, 0], [0, 1, 0], [0, 0, 1]]))
    2
    """
    return measure("effective_rank", gram, dps)


def condition_number(gram: Any, dps: int = 15) -> Enclosure:
    r"""Return the largest over the smallest eigenvalue; infinite for a singular matrix.

    Parameters, errors and exceptions are those of `measure`.

    Source
    ------
    thesis, section 3.2.

    Examples
    --------
    >>> print(condition_number([[2, 1], [1, 2]]))
    3
    """
    return measure("condition_number", gram, dps)


def _check_smallest(name: str, matrix: GramMatrix) -> None:
    """Refuse negative eigenvalues, also those by rounding where the smallest one counts."""
    smallest = eigenvalue_balls(matrix, 64)[-1]
    if smallest < 0 and name in _OF_THE_SMALLEST:
        raise PrecisionNotReached(
            f"Expected entries that tell the matrix from a singular one but got a smallest "
            f"eigenvalue of {smallest.str(3, radius=False)}, by the rounding of floats."
        )


def _ends(name: str, matrix: GramMatrix) -> sympy.Expr | None:
    """Return a measure of a rational matrix at the ends of its range, which no ball decides."""
    rational, size = matrix.rational, matrix.size
    assert rational is not None
    mean = _trace(matrix) / size
    if rational.det() == 0:
        singular = {"isometry": 0, "isometry_gap": sympy.oo, "condition_number": sympy.oo}
        return sympy.sympify(singular[name]) if name in singular else None
    if all(rational[i, j] == (mean if i == j else 0) for i in range(size) for j in range(size)):
        unit = {"isometry_gap": 0, "orthogonality_gap": 0, "effective_rank": size}
        return sympy.Integer(unit.get(name, 1))
    return None


def _trace(matrix: GramMatrix) -> fmpq:
    assert matrix.rational is not None
    trace = sum((matrix.rational[i, i] for i in range(matrix.size)), fmpq(0))
    if trace == 0:
        raise OutOfDomain(expected("gram", "of vectors that are not all zero", "a zero matrix"))
    return trace


def _isometry(values: list[arb]) -> arb:
    return (-_isometry_gap(values)).exp()


def _isometry_gap(values: list[arb]) -> arb:
    size, total = len(values), sum(values, arb(0))
    return (total / size).log() - sum((value.log() for value in values), arb(0)) / size


def _orthogonality_gap(values: list[arb]) -> arb:
    size, total = len(values), sum(values, arb(0))
    square = sum(((value / total - arb(1) / size) ** 2 for value in values), arb(0))
    return square.sqrt()


def _exact_isometry(matrix: GramMatrix) -> sympy.Expr:
    assert matrix.rational is not None
    determinant = _sympy(matrix.rational.det())
    size = sympy.Integer(matrix.size)
    return determinant ** (1 / size) * size / _sympy(_trace(matrix))


def _exact_isometry_gap(matrix: GramMatrix) -> sympy.Expr:
    value = _exact_isometry(matrix)
    return sympy.oo if value == 0 else sympy.log(1 / value)


def _exact_orthogonality_gap(matrix: GramMatrix) -> sympy.Expr:
    assert matrix.rational is not None
    entries = matrix.rational.entries()
    squares = sum((entry * entry for entry in entries), fmpq(0))
    trace = _trace(matrix)
    return sympy.sqrt(_sympy(squares / (trace * trace) - fmpq(1, matrix.size)))


def _exact_effective_rank(matrix: GramMatrix) -> sympy.Expr:
    return _simple(_sympy(_trace(matrix)) / extreme_eigenvalues(matrix)[1])


def _exact_condition_number(matrix: GramMatrix) -> sympy.Expr:
    smallest, largest = extreme_eigenvalues(matrix)
    return sympy.oo if smallest == 0 else _simple(largest / smallest)


def _simple(value: sympy.Expr) -> sympy.Expr:
    """Clear square roots from a denominator; roots of higher polynomials are left alone."""
    return value if value.has(sympy.CRootOf) else sympy.radsimp(value)


def _sympy(value: fmpq) -> sympy.Rational:
    return sympy.Rational(int(value.p), int(value.q))


MEASURES: Mapping[str, Measure] = {
    "isometry": Measure(_isometry, _exact_isometry, "geometric over arithmetic mean eigenvalue"),
    "isometry_gap": Measure(_isometry_gap, _exact_isometry_gap, "minus log of the isometry"),
    "orthogonality_gap": Measure(
        _orthogonality_gap, _exact_orthogonality_gap, "distance from equal orthogonal vectors"
    ),
    "effective_rank": Measure(
        lambda values: sum(values, arb(0)) / values[0],
        _exact_effective_rank,
        "trace over largest eigenvalue",
    ),
    "condition_number": Measure(
        lambda values: values[0] / values[-1],
        _exact_condition_number,
        "largest over smallest eigenvalue",
    ),
}
"""Measures of Gram matrices by name."""
