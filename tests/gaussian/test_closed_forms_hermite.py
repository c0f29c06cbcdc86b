"""Exact Hermite coefficients against quadrature, and their series against the kernels."""

from __future__ import annotations

import pytest
import sympy
from sympy import Rational, S

from symprop.foundation.errors import InvalidArgument
from symprop.gaussian.closed_forms import (
    Q1,
    Q2,
    RHO,
    Q,
    hermite_closed_form,
    kernel_closed_form,
)
from symprop.numerics.evaluation import enclose
from tests.gaussian.double_quadrature import SAMPLES, mean, size

NAMES = sorted(SAMPLES)


def value(form: sympy.Expr, **numbers: sympy.Expr) -> float:
    table = {"rho": RHO, "q": Q, "q1": Q1, "q2": Q2}
    return float(enclose(form.subs({table[name]: number for name, number in numbers.items()})))


@pytest.mark.parametrize("name", [name for name in NAMES if not SAMPLES[name].rate])
def test_hermite_series_sums_to_the_kernel(name: str) -> None:
    """A second derivation: ``sum a_k(q1) a_k(q2) rho**k``, remainder bounded by Parseval."""
    order, rho = 24, Rational(1, 4)
    variances = (S(1), Rational(1, 2))
    series = [hermite_closed_form(name, order, variance=q) for q in variances]
    numbers = [[float(enclose(a)) for a in coefficients] for coefficients in series]
    total = sum(a * b * 0.25**k for k, (a, b) in enumerate(zip(*numbers, strict=True)))
    scale = size(name, 1.0) * size(name, 0.5)
    kernel = float(enclose(kernel_closed_form(name, variances=variances).subs(RHO, rho)))
    assert abs(total - kernel) < (0.25**25 + 2e-15) * scale


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("q", [S(1), Rational(5, 2)])
def test_hermite_coefficients_agree_with_quadrature(name: str, q: Rational) -> None:
    coefficients = hermite_closed_form(name, 7, variance=q)
    symbolic = hermite_closed_form(name, 7)
    for k, coefficient in enumerate(coefficients):
        found = float(enclose(coefficient))
        assert abs(found - mean(SAMPLES[name], float(q), order=k)) < 1e-12 * size(name, float(q))
        assert abs(found - value(symbolic[k], q=q)) < 1e-14 * size(name, float(q))


def test_hermite_coefficients_of_high_order() -> None:
    """``a_256`` of relu is ``(-1)**127 (253)!!/sqrt(2 pi 256!)``; of exp it is ``sqrt(e/256!)``."""
    relu = hermite_closed_form("relu", 256, variance=1)
    wanted = -sympy.factorial2(253) / sympy.sqrt(2 * sympy.pi * sympy.factorial(256))
    assert sympy.simplify(relu[256] / wanted) == 1
    exponential = hermite_closed_form("exp", 256, variance=1)
    assert (exponential[256] ** 2 * sympy.factorial(256)).equals(sympy.E)
    erf = hermite_closed_form("erf", 256, variance=1)
    with pytest.raises(InvalidArgument, match="order"):
        hermite_closed_form("erf", -1)
    tail = enclose(2 * sympy.asin(Rational(2, 3)) / sympy.pi - sum(a**2 for a in erf), dps=5)
    assert 0 < float(tail) < (2 / 3) ** 257
