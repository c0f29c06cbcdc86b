"""Gram matrices are read exactly, and what is not one is refused."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb, arb_mat, fmpq, fmpq_mat, fmpz_mat

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.gram.matrices import gram_matrix, read_gram
from symprop.numerics.enclosure import Enclosure

EXACT = fmpq_mat(2, 2, [fmpq(1), fmpq(1, 2), fmpq(1, 2), fmpq(3)])


@pytest.mark.parametrize(
    "given",
    [
        [[1, Fraction(1, 2)], [Fraction(1, 2), 3]],
        ((1, "1/2"), ("0.5", 3.0)),
        np.array([[1, 0.5], [0.5, 3]]),
        sympy.Matrix([[1, sympy.Rational(1, 2)], [sympy.Rational(1, 2), 3]]),
        EXACT,
    ],
)
def test_one_matrix_written_in_many_ways(given: Any) -> None:
    matrix = gram_matrix(given)
    assert matrix.rational == EXACT
    assert gram_matrix(matrix) is matrix
    assert matrix.midpoint(30)[0] == EXACT
    assert matrix.midpoint(30)[1] == 0


def test_a_float_is_its_binary_value() -> None:
    assert gram_matrix([[0.1]]).rational == fmpq_mat(1, 1, [fmpq(*(0.1).as_integer_ratio())])


def test_integers_of_flint() -> None:
    assert gram_matrix(fmpz_mat(1, 1, [7])).rational == fmpq_mat(1, 1, [7])


@pytest.mark.parametrize(
    "root",
    [
        sympy.sqrt(2),
        Enclosure(arb(2).sqrt()),
        arb(2).sqrt(),
        Enclosure.from_bounds("1.414", "1.415"),
    ],
)
def test_what_is_not_rational_is_enclosed(root: Any) -> None:
    matrix = gram_matrix([[3, root], [root, 3]])
    assert matrix.rational is None
    middle, radius = matrix.midpoint(40)
    off = Fraction(int(middle[0, 1].p), int(middle[0, 1].q))
    assert abs(float(off) - 2**0.5) < 1e-3
    assert middle[0, 1] == middle[1, 0]
    assert (middle[0, 0], middle[1, 1]) == (3, 3)
    with mpmath.workdps(50):
        difference = mpmath.sqrt(2) - mpmath.mpf(off.numerator) / off.denominator
        assert abs(difference) * mpmath.sqrt(2) <= Enclosure(radius).midpoint


def test_balls_of_flint() -> None:
    assert gram_matrix(arb_mat(1, 1, [arb(2).sqrt()])).rational is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (7, "rows of numbers"),
        (None, "rows of numbers"),
        ("12", "rows of numbers"),
        ({1: 2}, "rows of numbers"),
        ({1, 2}, "rows of numbers"),
        ([1, 2], "rows of numbers"),
        ([], "a square matrix"),
        ([[1, 2]], "a square matrix"),
        ([[1, 2], [2]], "a square matrix"),
        ([[float("nan")]], "entry to be a finite real number"),
        ([["a"]], "gram entry to be a finite real number"),
        ([[True]], "gram entry to be a finite real number"),
        ([[float("inf")]], "gram entry to be a finite real number"),
        (np.array([[object()]]), "gram entry to be a finite real number"),
        ([[sympy.I]], "entry to be a finite real number"),
    ],
)
def test_what_is_no_matrix_is_refused(given: Any, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        gram_matrix(given)


@pytest.mark.parametrize("other", [Fraction(1, 3), sympy.sqrt(2), Enclosure("0.3334", bits=20)])
def test_a_matrix_that_is_not_symmetric_is_refused(other: Any) -> None:
    with pytest.raises(OutOfDomain, match=r"symmetric but got gram='?entries 1, 0"):
        gram_matrix([[1, "0.33333"], [other, 1]])


def test_arrays_of_floats_may_be_off_by_rounding() -> None:
    array = np.array([[1.0, 0.5], [0.5 + 2**-53, 1.0]])
    matrix = gram_matrix(array)
    assert matrix.rational is not None
    assert matrix.rational[0, 1] == matrix.rational[1, 0] == fmpq(1, 2) + fmpq(1, 2**54)
    assert matrix.rounding > 0
    for given, message in ((np.ones(3), "rows of numbers"), (np.ones((2, 2, 2)), "real number")):
        with pytest.raises(InvalidArgument, match=message):
            gram_matrix(given)
    with pytest.raises(InvalidArgument, match="square matrix"):
        gram_matrix(np.ones((2, 3)))
    with pytest.raises(InvalidArgument, match="finite real number"):
        gram_matrix(np.array([[np.nan]]))
    with pytest.raises(OutOfDomain, match="to be symmetric"):
        gram_matrix(np.array([[1.0, 0.5], [0.4, 1.0]]))


def test_files(tmp_path: Path) -> None:
    file = tmp_path / "gram.csv"
    file.write_text(" 1, 1/2\n\n0.5 ,3\n", encoding="utf-8")
    assert read_gram(file).rational == EXACT
    file.write_text("1,1/2\r\n1/2,3\r\n", encoding="utf-8-sig")
    assert read_gram(file).rational == EXACT
    for text in ("", "1,2\n", "1,b\nb,1\n"):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(InvalidArgument):
            read_gram(file)
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidArgument, match="text of numbers"):
        read_gram(file)
    with pytest.raises(OSError, match="No such file"):
        read_gram(tmp_path / "missing.csv")
