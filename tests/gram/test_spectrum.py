"""Eigenvalues: against closed forms, close and multiple ones, and balls as entries."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb, fmpq

from symprop.foundation.errors import InvalidArgument, NoClosedForm, OutOfDomain
from symprop.gram.matrices import gram_matrix
from symprop.gram.spectrum import eigenvalue_balls, eigenvalues, extreme_eigenvalues
from symprop.numerics.enclosure import Enclosure


def tridiagonal(size):
    """The second difference: eigenvalues 2 - 2 cos(k pi/(n + 1))."""
    return [[2 if i == j else -int(abs(i - j) == 1) for j in range(size)] for i in range(size)]


@pytest.mark.parametrize("size", [1, 2, 7, 40])
def test_the_second_difference(size: int) -> None:
    found = eigenvalues(tridiagonal(size), dps=40)
    with mpmath.workdps(60):
        for k, value in enumerate(found):
            exact = 2 - 2 * mpmath.cos((size - k) * mpmath.pi / (size + 1))
            assert abs(value.midpoint - exact) <= value.radius + mpmath.mpf(10) ** -58
            assert value.radius < mpmath.mpf(10) ** -38


def test_multiple_and_zero_eigenvalues_are_exact() -> None:
    found = eigenvalues([[Fraction(1, 3)] * 4] * 4)
    assert found[0].contains(Fraction(4, 3))
    assert [value.is_exact and value == Enclosure(0) for value in found[1:]] == [True] * 3
    assert [str(value) for value in eigenvalues(7 * np.eye(3))] == ["7"] * 3


def test_eigenvalues_closer_than_any_float() -> None:
    gap = Fraction(1, 10**60)
    larger, smaller = eigenvalues([[1, gap], [gap, 1]], dps=80)
    assert larger > smaller
    assert (larger - smaller).contains(2 * gap)


def test_balls_move_eigenvalues_by_no_more_than_their_radius() -> None:
    """Every matrix inside has its eigenvalues inside, in order; here drawn at random."""
    rng = np.random.default_rng(0)
    middle = rng.integers(-5, 6, size=(4, 4))
    middle = middle @ middle.T + 40 * np.eye(4, dtype=int)
    balls = [[Enclosure(arb(int(entry), 0.25)) for entry in row] for row in middle]
    found = eigenvalues(balls)
    for _ in range(200):
        change = rng.uniform(-0.25, 0.25, size=(4, 4))
        inside = middle + np.tril(change) + np.tril(change, -1).T
        for ball, value in zip(found, np.linalg.eigvalsh(inside)[::-1], strict=True):
            assert abs(float(ball.midpoint) - value) <= float(ball.radius) + 1e-12


def test_negative_eigenvalues_are_refused() -> None:
    for entries in ([[1, 2], [2, 1]], [[sympy.sqrt(2), 2], [2, 1]], [[-1]]):
        with pytest.raises(OutOfDomain, match="no negative eigenvalue"):
            eigenvalues(entries)


@pytest.mark.parametrize(
    ("entries", "smallest", "largest"),
    [
        ([[5]], "5", "5"),
        ([[1, 1], [1, 1]], "0", "2"),
        ([[2, 1], [1, 3]], "5/2 - sqrt(5)/2", "5/2 + sqrt(5)/2"),
        (tridiagonal(3), "2 - sqrt(2)", "2 + sqrt(2)"),
        (tridiagonal(4), "3/2 - sqrt(5)/2", "5/2 + sqrt(5)/2"),
    ],
)
def test_extreme_eigenvalues(entries: list[list[int]], smallest: str, largest: str) -> None:
    assert extreme_eigenvalues(gram_matrix(entries)) == (
        sympy.sympify(smallest),
        sympy.sympify(largest),
    )


def test_extreme_eigenvalues_of_a_cubic() -> None:
    entries = [[3, 1, 0], [1, 4, 2], [0, 2, 7]]
    smallest, largest = extreme_eigenvalues(gram_matrix(entries))
    values = np.linalg.eigvalsh(np.array(entries))
    assert float(smallest) == pytest.approx(values[0])
    assert float(largest) == pytest.approx(values[-1])
    polynomial = sympy.Matrix(entries).charpoly().as_expr()
    (symbol,) = polynomial.free_symbols
    assert sympy.simplify(polynomial.subs(symbol, largest)) == 0


def test_factors_that_are_hard_to_tell_apart() -> None:
    gap = fmpq(1, 10**40)
    matrix = gram_matrix([[1, 0], [0, 1 + gap]])
    assert extreme_eigenvalues(matrix) == (1, 1 + sympy.Rational(1, 10**40))


def test_no_closed_form_of_balls() -> None:
    with pytest.raises(NoClosedForm):
        extreme_eigenvalues(gram_matrix([[sympy.pi]]))
    assert eigenvalue_balls(gram_matrix([[sympy.pi]]), 100)[0].overlaps(arb.pi())


def test_extreme_eigenvalues_of_rows() -> None:
    assert extreme_eigenvalues([[2, 1], [1, 2]]) == (1, 3)
    for junk in (None, 3, "ab", [[1, 2]]):
        with pytest.raises(InvalidArgument, match="gram"):
            extreme_eigenvalues(junk)
