"""Moments of orthogonal matrices: another implementation, orthogonality, and drawn matrices."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy

from symprop.foundation.errors import InvalidArgument
from symprop.gaussian.orthogonal_moments import D, orthogonal_moment, pairings, weingarten
from tests.malformed import NO_INTEGERS, NO_SEQUENCES, assert_refused

# Printed by haarpy 0.1.1, which sums over zonal spherical functions instead.
FUNCTIONS = {
    (1,): "1/d",
    (1, 1): "(d + 1)/(d*(d - 1)*(d + 2))",
    (2,): "-1/(d*(d - 1)*(d + 2))",
    (3,): "2/(d*(d - 2)*(d - 1)*(d + 2)*(d + 4))",
    (2, 1): "-1/(d*(d - 2)*(d - 1)*(d + 4))",
    (1, 1, 1): "(d**2 + 3*d - 2)/(d*(d - 2)*(d - 1)*(d + 2)*(d + 4))",
    (4,): "-(5*d + 6)/(d*(d - 3)*(d - 2)*(d - 1)*(d + 1)*(d + 2)*(d + 4)*(d + 6))",
    (3, 1): "2/((d - 3)*(d - 2)*(d - 1)*(d + 1)*(d + 2)*(d + 6))",
    (2, 2): "(d**2 + 5*d + 18)/(d*(d - 3)*(d - 2)*(d - 1)*(d + 1)*(d + 2)*(d + 4)*(d + 6))",
    (2, 1, 1): "-(d**3 + 6*d**2 + 3*d - 6)"
    "/(d*(d - 3)*(d - 2)*(d - 1)*(d + 1)*(d + 2)*(d + 4)*(d + 6))",
    (1, 1, 1, 1): "(d + 3)*(d**2 + 6*d + 1)/(d*(d - 3)*(d - 1)*(d + 1)*(d + 2)*(d + 4)*(d + 6))",
}
MOMENTS = {
    ((1, 1, 2, 2), (1, 2, 1, 2)): "-1/(d*(d - 1)*(d + 2))",
    ((1, 1, 1, 1, 2, 2), (1, 1, 2, 2, 3, 3)): "(d + 3)/(d*(d - 1)*(d + 2)*(d + 4))",
    ((1, 1, 2, 2, 3, 3), (1, 2, 1, 3, 2, 3)): "2/(d*(d - 2)*(d - 1)*(d + 2)*(d + 4))",
    ((1, 1, 1, 1, 2, 2, 2, 2), (1, 2, 1, 2, 1, 2, 1, 2)): "(d**2 + 4*d + 15)"
    "/(d*(d - 1)*(d + 1)*(d + 2)*(d + 4)*(d + 6))",
    ((1, 1, 2, 2, 3, 3, 4, 4), (1, 2, 2, 3, 3, 4, 4, 1)): "-(5*d + 6)"
    "/(d*(d - 3)*(d - 2)*(d - 1)*(d + 1)*(d + 2)*(d + 4)*(d + 6))",
    ((1, 1, 1, 1, 1, 1, 2, 2), (1, 1, 2, 2, 3, 3, 1, 1)): "(d + 3)"
    "/(d*(d - 1)*(d + 2)*(d + 4)*(d + 6))",
}


def same(value: sympy.Expr, text: str) -> bool:
    return sympy.cancel(value - sympy.sympify(text, locals={"d": D})) == 0


@pytest.mark.parametrize("partition", FUNCTIONS)
def test_functions_are_those_of_another_implementation(partition: tuple[int, ...]) -> None:
    assert same(weingarten(partition), FUNCTIONS[partition])
    assert same(weingarten(partition[::-1]), FUNCTIONS[partition])


@pytest.mark.parametrize("indices", MOMENTS)
def test_moments_are_those_of_another_implementation(indices) -> None:
    rows, columns = indices
    for value in (orthogonal_moment(rows, columns), orthogonal_moment(columns, rows)):
        assert same(value, MOMENTS[indices])


def test_numbers_of_pairings() -> None:
    for pairs in range(5):
        count = math.prod(range(1, 2 * pairs, 2))
        assert len(set(pairings(range(2 * pairs)))) == count


@pytest.mark.parametrize("degree", [2, 4, 6, 8])
def test_rows_have_unit_length_at_every_degree(degree: int) -> None:
    """Contracting two factors in a row by the sum over their column removes them."""
    rows = [1, 1, 1, 1, 2, 2, 3, 3][:degree]
    columns = [1, 2, 2, 1, 1, 1, 2, 2][: degree - 2]
    rest = orthogonal_moment([*rows[: degree - 2]], columns)
    used = set(columns) | {9}
    total = sum(
        (D - len(used) + 1 if column == 9 else 1)
        * orthogonal_moment([*rows[: degree - 2], 7, 7], [*columns, column, column])
        for column in used
    )
    assert sympy.cancel(total - rest) == 0
    same_row = rows[0] if columns else 7
    total = sum(
        (D - len(used) + 1 if column == 9 else 1)
        * orthogonal_moment([*rows[: degree - 2], same_row, same_row], [*columns, column, column])
        for column in used
    )
    assert sympy.cancel(total - rest) == 0


def test_distinct_rows_are_orthogonal() -> None:
    """The sum over columns of a product of two rows vanishes, whatever stands beside it."""
    rows, columns = [1, 2], [1, 2]
    total = sum(
        (D - 2 if column == 9 else 1) * orthogonal_moment([*rows, 1, 2], [*columns, column, column])
        for column in (1, 2, 9)
    )
    assert sympy.cancel(total) == 0


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_sizes_at_which_terms_have_poles(dimension: int) -> None:
    """Entries of size 1 are signs; of size 2, cosines and sines: mean of cos^a sin^b, exactly."""
    assert orthogonal_moment([1] * 8, [1] * 8, 1) == 1
    assert orthogonal_moment([1] * 4 + [2] * 4, [1] * 8, 2) == sympy.Rational(3, 128)
    assert orthogonal_moment([1, 1, 2, 2], [1, 1, 2, 2], 2) == sympy.Rational(3, 8)
    with pytest.raises(InvalidArgument, match="dimension"):
        orthogonal_moment([1, 1, 2, 2, 3, 3, 4, 4], [1] * 8, dimension)
    with pytest.raises(InvalidArgument, match="not to be a pole"):
        weingarten([1, 1, 1, 1], 1)


def test_drawn_matrices() -> None:
    rng, size, count = np.random.default_rng(0), 4, 40_000
    q, r = np.linalg.qr(rng.normal(size=(count, size, size)))
    q *= np.sign(np.diagonal(r, axis1=1, axis2=2))[:, None, :]
    for rows, columns in MOMENTS:
        products = np.prod([q[:, i - 1, j - 1] for i, j in zip(rows, columns, strict=True)], axis=0)
        error = products.std() / math.sqrt(count)
        assert abs(products.mean() - float(orthogonal_moment(rows, columns, size))) < 5 * error


def test_odd_and_empty_products() -> None:
    assert orthogonal_moment([], []) == 1
    assert orthogonal_moment([1], [1]) == 0
    assert orthogonal_moment([1, 2], [1, 1]) == 0


def test_malformed_arguments_are_named() -> None:
    for partition in ([], [6], [3, 3]):
        with pytest.raises(InvalidArgument, match="degree from 2 to 10"):
            weingarten(partition)
    with pytest.raises(InvalidArgument, match="part"):
        weingarten([0])
    with pytest.raises(InvalidArgument, match="dimension"):
        weingarten([1], 0)
    with pytest.raises(InvalidArgument, match="columns to be 1 indices"):
        orthogonal_moment([1], [1, 1])
    with pytest.raises(InvalidArgument, match="degree from 2 to 10"):
        orthogonal_moment([1] * 12, [1] * 12)


def test_what_is_no_sequence_of_integers_is_named() -> None:
    assert_refused(weingarten, NO_SEQUENCES, "partition to be a sequence of integers")
    assert_refused(lambda part: weingarten([part]), NO_INTEGERS, "part to be an integer")
    assert_refused(lambda rows: orthogonal_moment(rows, [1, 1]), NO_SEQUENCES, "rows to be a seq")
    assert_refused(lambda rows: orthogonal_moment([1, 1], rows), NO_SEQUENCES, "columns to be a s")
    assert_refused(
        lambda index: orthogonal_moment([index, 1], [1, 1]), NO_INTEGERS, "index to be an integer"
    )
    assert_refused(pairings, NO_SEQUENCES, "places to be a sequence of integers")
    with pytest.raises(InvalidArgument, match="places to be at most 100"):
        pairings(range(101))
