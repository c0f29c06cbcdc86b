r"""Eigenvalues of Gram matrices, enclosed or exact.

The characteristic polynomial of a rational matrix is exact, so that its roots are isolated with
their multiplicities however close they are. Balls are reduced to this case: by the inequality of
Weyl no eigenvalue moves further than the Frobenius norm of what is added to a symmetric matrix.
"""

from __future__ import annotations

from typing import Any

import sympy
from flint import arb, fmpq_mat, fmpz_poly

from symprop.foundation.errors import NoClosedForm, OutOfDomain, expected
from symprop.foundation.validation import check_dps
from symprop.gram.matrices import GramMatrix, gram_matrix
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["eigenvalue_balls", "eigenvalues", "extreme_eigenvalues"]

_VARIABLE = sympy.Dummy("t")


def eigenvalues(gram: Any, dps: int = 15) -> tuple[Enclosure, ...]:
    """Return the eigenvalues of a Gram matrix in decreasing order, each as often as it occurs.

    Parameters
    ----------
    gram : GramMatrix or rows of numbers
        See `symprop.gram.matrices.gram_matrix`.
    dps : int
        Digits to work with.

    Returns
    -------
    tuple of Enclosure

    Raises
    ------
    InvalidArgument
        If it is no square matrix of numbers.
    OutOfDomain
        If it is not symmetric, or an eigenvalue is proved negative.

    Error
    -----
    Enclosed: relative to its own size for rational entries, relative to the largest for balls.

    Examples
    --------
    >>> [str(value) for value in eigenvalues([[2, 1], [1, 2]])]
    ['3', '1']
    """
    matrix = gram_matrix(gram)
    balls = eigenvalue_balls(matrix, bits_from_dps(check_dps(dps)))
    return tuple(Enclosure(ball) for ball in balls)


def eigenvalue_balls(matrix: GramMatrix, bits: int) -> list[arb]:
    """Return balls around the eigenvalues, in decreasing order, at a working precision.

    Raises
    ------
    OutOfDomain
        If an eigenvalue is proved negative, and not by the rounding of floats.
    """
    rational, radius = matrix.midpoint(bits)
    polynomial = _integer_polynomial(rational)
    zeros = next(index for index in range(matrix.size + 1) if polynomial[index] != 0)
    reduced = fmpz_poly([polynomial[index] for index in range(zeros, matrix.size + 1)])
    with working_bits(bits):
        roots = [arb(0)] * zeros
        for root, multiplicity in reduced.complex_roots() if reduced.degree() else ():
            roots += [getattr(root, "real", root)] * multiplicity
        roots.sort(key=lambda ball: ball.mid(), reverse=True)
        balls = [arb(root.mid(), root.rad() + radius) for root in roots]
    if balls[-1] < -matrix.rounding:
        condition = "to have no negative eigenvalue"
        raise OutOfDomain(expected("gram", condition, balls[-1].str(6)))
    return balls


def extreme_eigenvalues(gram: Any) -> tuple[sympy.Expr, sympy.Expr]:
    """Return the smallest and the largest eigenvalue of a rational matrix, as algebraic numbers.

    Parameters
    ----------
    gram : GramMatrix or rows of numbers
        See `symprop.gram.matrices.gram_matrix`.

    Returns
    -------
    smallest, largest : sympy.Expr
        A rational number, one with a square root, or a root of an irreducible polynomial.

    Raises
    ------
    InvalidArgument
        If it is no square matrix of numbers.
    NoClosedForm
        If an entry is not rational.
    OutOfDomain
        If it is not symmetric, or an eigenvalue is negative.

    Error
    -----
    Exact.

    Examples
    --------
    >>> extreme_eigenvalues(gram_matrix([[1, 1], [1, 2]]))
    (3/2 - sqrt(5)/2, sqrt(5)/2 + 3/2)
    """
    matrix = gram_matrix(gram)
    if matrix.rational is None:
        raise NoClosedForm(expected("gram", "to have rational entries", matrix.rows))
    eigenvalue_balls(matrix, bits_from_dps(15))  # refuses negative ones
    factors = [factor for factor, _ in _integer_polynomial(matrix.rational).factor()[1]]
    return _extreme(factors, 0), _extreme(factors, -1)


def _integer_polynomial(matrix: fmpq_mat) -> fmpz_poly:
    """Return a multiple of the characteristic polynomial with integer coefficients."""
    polynomial: fmpz_poly = matrix.charpoly().numer()
    return polynomial


def _extreme(factors: list[fmpz_poly], which: int) -> sympy.Expr:
    """Return the first (0) or last (-1) of all the real roots of irreducible polynomials.

    Distinct factors have distinct roots, so that some precision tells them apart.
    """
    bits = bits_from_dps(15)
    while True:
        with working_bits(bits):
            balls = [_sorted_roots(factor)[which] for factor in factors]
        order = sorted(range(len(balls)), key=lambda index: balls[index].mid())
        best = order[which]
        if all(index == best or not balls[index].overlaps(balls[best]) for index in order):
            return _algebraic(factors[best], which)
        bits *= 2


def _sorted_roots(polynomial: fmpz_poly) -> list[arb]:
    roots = [getattr(root, "real", root) for root, _ in polynomial.complex_roots()]
    return sorted(roots, key=lambda ball: ball.mid())


def _algebraic(factor: fmpz_poly, which: int) -> sympy.Expr:
    coefficients = [int(number) for number in reversed(factor.coeffs())]
    if len(coefficients) == 2:
        return sympy.Rational(-coefficients[1], coefficients[0])
    if len(coefficients) == 3:
        a, b, c = (sympy.Integer(number) for number in coefficients)
        sign = -1 if which == 0 else 1
        return -b / (2 * a) + sign * sympy.sqrt(b**2 / (4 * a**2) - c / a)
    index = 0 if which == 0 else len(coefficients) - 2
    return sympy.CRootOf(sympy.Poly(coefficients, _VARIABLE), index, expand=False)
