"""Laws of weights: matched variances, moments by integration and by counting, readable refusals."""

from __future__ import annotations

import pickle
from itertools import product

import pytest
import sympy

from symprop.foundation.errors import InvalidArgument
from symprop.specs.initialization import LAWS, WeightLaw, weight_law

T = sympy.Symbol("t", real=True)
DENSITIES = {
    "gaussian": (sympy.exp(-(T**2) / 2) / sympy.sqrt(2 * sympy.pi), sympy.oo),
    "uniform": (1 / (2 * sympy.sqrt(3)), sympy.sqrt(3)),
    "laplace": (sympy.exp(-sympy.sqrt(2) * T) / sympy.sqrt(2), sympy.oo),
}


@pytest.mark.parametrize("name", LAWS)
def test_all_laws_are_centred_with_unit_variance(name: str) -> None:
    law = weight_law(name)
    for width in (1, 2, 7, 1000):
        assert [law.moment(order, width=width) for order in (0, 1, 2, 3)] == [1, 0, 1, 0]


@pytest.mark.parametrize("name", sorted(DENSITIES))
@pytest.mark.parametrize("order", [0, 2, 4, 6])
def test_moments_are_integrals_of_the_density(name: str, order: int) -> None:
    density, end = DENSITIES[name]
    integral = 2 * sympy.integrate(T**order * density, (T, 0, end))
    assert sympy.simplify(integral - weight_law(name).moment(order)) == 0


def test_haar_moments_of_the_plane() -> None:
    """The first entry of a plane rotation or reflection is a cosine of a uniform angle."""
    for order in (2, 4, 6, 8):
        mean = sympy.integrate(sympy.cos(T) ** order, (T, 0, 2 * sympy.pi)) / (2 * sympy.pi)
        assert weight_law("haar").moment(order, width=2) == 2 ** (order // 2) * mean


def test_haar_moments_tend_to_the_gaussian_ones() -> None:
    n = sympy.Symbol("n", positive=True)
    for order, width in product((4, 6), (5, 50)):
        exact = weight_law("haar").moment(order, width=width)
        formula = {4: 3 * n / (n + 2), 6: 15 * n**2 / ((n + 2) * (n + 4))}[order]
        assert exact == formula.subs(n, width)
        assert sympy.limit(formula, n, sympy.oo) == weight_law("gaussian").moment(order)


def test_only_haar_entries_depend_on_each_other() -> None:
    assert [name for name in LAWS if not weight_law(name).independent_entries] == ["haar"]


def test_laws_are_plain_data() -> None:
    assert weight_law("GAUSSIAN ") == WeightLaw("gaussian")
    law = weight_law("laplace")
    assert weight_law(law) is law
    assert pickle.loads(pickle.dumps(law)) == law
    assert len({weight_law(name) for name in (*LAWS, *LAWS)}) == len(LAWS)


@pytest.mark.parametrize("spec", ["cauchy", "", None, 3, "gaussian:2"])
def test_unknown_laws_are_refused(spec: object) -> None:
    with pytest.raises(InvalidArgument, match="Expected law to be one of 'gaussian'"):
        weight_law(spec)


def test_haar_moments_need_a_width() -> None:
    with pytest.raises(InvalidArgument, match="Expected width to be given for the Haar law"):
        weight_law("haar").moment(4)
    with pytest.raises(InvalidArgument, match="order"):
        weight_law("gaussian").moment(-2)
    with pytest.raises(InvalidArgument, match="width"):
        weight_law("haar").moment(2, width=0)
