"""Measures of Gram matrices: exact values, enclosures, ends of their ranges, NumPy."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy

from symprop.foundation.errors import (
    InvalidArgument,
    NoClosedForm,
    OutOfDomain,
    PrecisionNotReached,
)
from symprop.gram import measures
from symprop.gram.measures import MEASURES, measure, measure_closed_form
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import enclose


def from_eigenvalues(values: np.ndarray) -> dict[str, float]:
    mean = values.mean()
    isometry = np.exp(np.log(values).mean()) / mean
    return {
        "isometry": isometry,
        "isometry_gap": -np.log(isometry),
        "orthogonality_gap": np.linalg.norm(values / values.sum() - 1 / len(values)),
        "effective_rank": values.sum() / values.max(),
        "condition_number": values.max() / values.min(),
    }


@pytest.mark.parametrize("size", [1, 2, 3, 12])
def test_measures_of_floats_are_those_of_their_eigenvalues(size: int) -> None:
    factor = np.random.default_rng(size).normal(size=(size, size + 3))
    gram = factor @ factor.T
    expected = from_eigenvalues(np.linalg.eigvalsh(gram))
    for name in MEASURES:
        value = measure(name, gram)
        assert float(value) == pytest.approx(expected[name], rel=1e-10, abs=1e-14)
        assert getattr(measures, name)(gram) == value


MATRICES = [
    [[4]],
    [[2, 1], [1, 3]],
    [[3, 1, 0], [1, 4, 2], [0, 2, 7]],
    [[1, Fraction(1, 3), 0], [Fraction(1, 3), 1, 0], [0, 0, 1]],
    [[1, 1], [1, 1]],
    [[0, 0], [0, 3]],
    [["1/7", 0], [0, "1/7"]],
]


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("gram", MATRICES)
def test_closed_forms_lie_in_the_enclosures(name: str, gram: Any) -> None:
    """Up to 1e-58; the roots of polynomials are evaluated by SymPy."""
    value, exact = measure(name, gram, dps=40), measure_closed_form(name, gram)
    if exact == sympy.oo:
        assert not value.is_finite
    else:
        with mpmath.workdps(60):
            difference = value.midpoint - mpmath.mpf(str(exact.evalf(60)))
            assert abs(difference) <= value.radius + mpmath.mpf(10) ** -58
        assert value.relative_bits > 130 or value.is_exact


def test_exact_values() -> None:
    gram = [[2, 1], [1, 3]]
    assert measure_closed_form("isometry", gram) == 2 * sympy.sqrt(5) / 5
    assert measure_closed_form("orthogonality_gap", gram) == sympy.sqrt(sympy.Rational(1, 10))
    rank = measure_closed_form("effective_rank", gram)
    assert sympy.simplify(rank - 10 / (5 + sympy.sqrt(5))) == 0
    condition = measure_closed_form("condition_number", gram)
    assert sympy.simplify(condition - (5 + sympy.sqrt(5)) / (5 - sympy.sqrt(5))) == 0


def test_isometry_of_a_plane_parallelogram() -> None:
    """Twice the area over the mean square length of the sides: 2 a b sin/(a^2 + b^2)."""
    a, b, cosine = Fraction(3), Fraction(5), Fraction(4, 5)
    gram = [[a * a, a * b * cosine], [a * b * cosine, b * b]]
    assert measure_closed_form("isometry", gram) == sympy.Rational(2 * 15 * 3, 5 * 34)


def test_gaps_near_the_unit_matrix_keep_their_digits() -> None:
    """``-log(1 - e^2)/2`` for off-diagonal ``e = 10^-40``."""
    small = Fraction(1, 10**40)
    value = measure("isometry_gap", [[1, small], [small, 1]], dps=30)
    exact = enclose(-sympy.log(1 - sympy.Rational(1, 10**80)) / 2, dps=30)
    assert value.overlaps(exact)
    assert value.relative_bits > 95
    assert measure("orthogonality_gap", [[1, small], [small, 1]], dps=30).relative_bits > 95


def test_ends_of_the_ranges_are_exact() -> None:
    unit = [[Fraction(2, 3) * (i == j) for j in range(5)] for i in range(5)]
    values = [measure(name, unit) for name in MEASURES]
    assert values == [Enclosure(number) for number in (1, 0, 0, 5, 1)]
    ones = [[1] * 3] * 3
    assert measure("isometry", ones) == Enclosure(0)
    assert str(measure("isometry_gap", ones)) == str(measure("condition_number", ones)) == "inf"
    assert float(measure("orthogonality_gap", ones)) == pytest.approx((2 / 3) ** 0.5)


def test_entries_that_are_not_rational() -> None:
    root = sympy.sqrt(2) / 2
    value = measure("isometry", [[1, root], [root, 1]], dps=30)
    assert value.overlaps(enclose(root, dps=50))
    wide = Enclosure.from_bounds(-1, 1)
    for gram in ([[1, wide], [wide, 1]], [[1, sympy.pi / 4], [sympy.atan(1), sympy.pi**2 / 16]]):
        with pytest.raises(PrecisionNotReached):
            measure("condition_number", gram)


def test_rounding_in_arrays_of_floats() -> None:
    """A centred Gram matrix is singular; rounding leaves an eigenvalue of either sign."""
    rows = np.random.default_rng(3).normal(size=(50, 5))
    rows -= rows.mean(axis=1, keepdims=True)
    gram = rows.T @ rows
    gram[0, 1] *= 1 + 2**-52
    smallest = np.linalg.eigvalsh(gram)[0]
    gram -= (smallest + 1e-15 * np.abs(gram).max()) / 5  # now it is negative, by rounding only
    expected = np.linalg.norm(gram / np.trace(gram) - np.eye(5) / 5)
    assert float(measure("orthogonality_gap", gram)) == pytest.approx(expected)
    assert 1 < float(measure("effective_rank", gram)) < 5
    for name in ("isometry", "isometry_gap", "condition_number"):
        for function in (measure, measure_closed_form):
            with pytest.raises(PrecisionNotReached, match="by the rounding of floats"):
                function(name, gram)
    with pytest.raises(OutOfDomain, match="no negative eigenvalue"):
        measure("effective_rank", gram - 1e-10 * np.eye(5))


@pytest.mark.parametrize("name", MEASURES)
def test_what_has_no_measure(name: str) -> None:
    for gram in ([[0, 0], [0, 0]], [[1, 2], [2, 1]], [[-1]]):
        for function in (measure, measure_closed_form):
            with pytest.raises(OutOfDomain):
                function(name, gram)
    with pytest.raises(NoClosedForm):
        measure_closed_form(name, [[sympy.pi]])


def test_names_of_measures() -> None:
    for function in (measure, measure_closed_form):
        with pytest.raises(InvalidArgument, match="measure to be one of"):
            function("distance", [[1]])


def test_entries_of_very_different_size() -> None:
    gram = [[1, 0], [0, "1e-400"]]
    assert measure_closed_form("condition_number", gram) == 10**400
    with pytest.raises(NoClosedForm, match="root of rationals"):
        measure_closed_form("orthogonality_gap", gram)
    assert float(measure("orthogonality_gap", gram)) == pytest.approx(0.5**0.5)


@pytest.mark.parametrize("name", list(MEASURES))
@pytest.mark.parametrize(
    "gram", [None, "abc", True, [], [1, 2], [[1, 2]], [[1], [0, 1]], [[1j]], [[math.nan]], {1}]
)
def test_what_is_no_gram_matrix(name: str, gram: Any) -> None:
    for call in (measure, measure_closed_form):
        with pytest.raises(InvalidArgument, match=r"^Expected gram .* but got gram"):
            call(name, gram)


@pytest.mark.parametrize("dps", [None, "15", 1.5, 0, True])
def test_digits_are_a_number(dps: Any) -> None:
    with pytest.raises(InvalidArgument, match="dps"):
        measure("isometry", [[1]], dps)
