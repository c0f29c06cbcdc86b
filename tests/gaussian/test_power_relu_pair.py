"""Kernels of two exponents against their Taylor series and special cases."""

from __future__ import annotations

import mpmath
import pytest
import sympy
from sympy import Rational

from symprop.foundation.errors import OutOfDomain
from symprop.gaussian.power_relu import alpha_relu_kernel, alpha_relu_second_moment
from symprop.gaussian.power_relu_closed_form import RHO
from symprop.gaussian.power_relu_pair import pair_closed_form, pair_kernel
from symprop.numerics.evaluation import enclose


def taylor(alpha: str, beta: str, rho: str) -> mpmath.mpf:
    """Sum the series at correlation 0, whose terms are products of half-line moments."""
    a, b, c = (mpmath.mpf(text) for text in (alpha, beta, rho))

    def gammas(shift: int) -> mpmath.mpf:
        return mpmath.gamma((a + 1 + shift) / 2) * mpmath.gamma((b + 1 + shift) / 2)

    scale = mpmath.mpf(2) ** ((a + b) / 2 - 2) / mpmath.pi
    # the second is alpha beta times the moments of alpha - 1 and beta - 1
    even, odd, total = scale * gammas(0), 2 * scale * gammas(1) * c, mpmath.mpf(0)
    for n in range(0, 400, 2):
        total += even + odd
        even *= c * c * (n - a) * (n - b) / ((n + 1) * (n + 2))
        odd *= c * c * (n + 1 - a) * (n + 1 - b) / ((n + 2) * (n + 3))
    return total


@pytest.mark.parametrize(
    ("alpha", "beta", "rho"),
    [
        ("0.7", "1.3", "0.3"),
        ("-0.2", "2.5", "-0.5"),
        ("3", "0.5", "0.6"),
        ("1", "2", "0.2"),
        ("2.5", "2.5", "0.4"),
        ("0", "0.1", "-0.7"),
    ],
)
def test_agrees_with_the_taylor_series(alpha: str, beta: str, rho: str) -> None:
    with mpmath.workdps(40):
        value = pair_kernel(alpha, beta, rho, dps=30)
        assert abs(value.midpoint - taylor(alpha, beta, rho)) < mpmath.mpf(10) ** -29
        assert value.overlaps(pair_kernel(beta, alpha, rho, dps=30))


@pytest.mark.parametrize("alpha", ["-2/5", "1/2", "7/10", "3"])
@pytest.mark.parametrize("rho", ["-9/10", "3/10", "999/1000"])
def test_equal_exponents_are_the_normalised_kernel(alpha: str, rho: str) -> None:
    single = alpha_relu_kernel(alpha).enclose(rho, dps=30)
    moment = alpha_relu_second_moment(alpha, dps=30)
    assert (single * moment).overlaps(pair_kernel(alpha, alpha, rho, dps=25))


def test_relu_with_step() -> None:
    form = pair_closed_form(sympy.Integer(1), sympy.Integer(0))
    assert sympy.simplify(form - (1 + RHO) / (2 * sympy.sqrt(2 * sympy.pi))) == 0


@pytest.mark.parametrize(
    ("alpha", "beta"), [(0, 0), (Rational(1, 3), 2), (3, 0), (4, Rational(1, 2))]
)
def test_closed_form_is_enclosed(alpha: sympy.Expr, beta: sympy.Expr) -> None:
    form = pair_closed_form(alpha, beta)
    for rho in (Rational(-1, 2), Rational(4, 5)):
        exact = enclose(form, values={RHO: rho}, dps=25)
        assert exact.overlaps(pair_kernel(alpha, beta, rho, dps=25))


def test_ends() -> None:
    assert float(pair_kernel("3/10", "9/10", -1)) == 0
    # E max(u, 0)**(6/5), once from the kernel and once as the moment it must be
    value = pair_kernel("3/10", "9/10", 1, dps=20)
    assert value.overlaps(alpha_relu_second_moment("3/5", dps=25))


@pytest.mark.parametrize(("alpha", "beta", "name"), [("-1/2", 1, "alpha"), (1, "-1/2", "beta")])
def test_exponents_are_checked(alpha: object, beta: object, name: str) -> None:
    with pytest.raises(OutOfDomain, match=name):
        pair_kernel(alpha, beta, 0)
