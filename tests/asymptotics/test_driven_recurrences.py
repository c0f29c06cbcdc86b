import mpmath
import pytest
import sympy

from symprop.asymptotics.driven import driven_expansion
from symprop.asymptotics.driven_recurrences import (
    DrivenRecurrence,
    nonlinear_order,
    regular_setup,
)
from symprop.asymptotics.expansions import INDEX
from symprop.asymptotics.matching import match_constant
from symprop.foundation.errors import OutOfDomain

e = sympy.Symbol("e", real=True)


def problem(increment: sympy.Expr, limit: object = 0) -> DrivenRecurrence:
    found = driven_expansion(increment, e, limit).problem
    assert isinstance(found, DrivenRecurrence)
    return found


def test_taylor_coefficients() -> None:
    found = problem(-sympy.sin(e) / INDEX + INDEX**-2)
    assert found.taylor(3) == [INDEX**-2, -1 / INDEX, 0, 1 / (6 * INDEX)]
    assert not found.is_linear
    assert problem(-e / INDEX).is_linear


def test_leading_orders() -> None:
    forcing, linear, delta = problem(-e / (3 * INDEX) + INDEX**-2).leading_orders
    assert (forcing, linear, delta) == (-2, -1, sympy.Rational(1, 3))
    assert problem(-e / INDEX).leading_orders[0] is None
    exponent, largest = regular_setup(problem(-e / (3 * INDEX) + INDEX**-2))
    assert (exponent, largest) == (sympy.Rational(1, 3), -sympy.Rational(1, 3))


def test_nonlinear_order_reaches_the_cutoff() -> None:
    found = problem(-sympy.sin(e) / INDEX + INDEX**-2)
    _, largest = regular_setup(found)
    assert nonlinear_order(found, 3 - 0 * largest, largest) >= 4
    with pytest.raises(OutOfDomain, match="zero"):
        nonlinear_order(found, -largest, 0 * largest)


def test_exact_solution_of_a_linear_recurrence() -> None:
    """``e_{l+1} = e_l (1 - 1/(3(l+1)))``: ``e_l = e_0 Gamma(l+2/3)/(Gamma(2/3) Gamma(l+1))``."""
    expansion = driven_expansion(-e / (3 * (INDEX + 1)), e, order=3)
    found = match_constant(expansion, 1, dps=22, terms=40)
    with mpmath.workdps(30):
        assert abs(found.value - 1 / mpmath.gamma(mpmath.mpf(2) / 3)) < mpmath.mpf(10) ** -21


def test_constant_is_additive_for_linear_equations() -> None:
    expansion = driven_expansion(-e / (3 * INDEX + 3) + (INDEX + 1) ** -2, e)
    first, second, third = (match_constant(expansion, s, dps=18).value for s in (0, 1, 2))
    assert abs(second - first - (third - second)) < 1e-16


def test_subdominant_constants_are_refused() -> None:
    expansion = driven_expansion(-e / sympy.sqrt(INDEX + 1) + 1 / (INDEX + 1), e)
    with pytest.raises(OutOfDomain, match="algebraic"):
        match_constant(expansion, 1)
