import pytest
import sympy

from symprop.foundation.errors import NoClosedForm
from symprop.gaussian.atoms import Atom, Step
from symprop.gaussian.one_sided_pairs import one_sided_pair

rho = sympy.Symbol("rho", real=True)
ZERO, ONE = sympy.Integer(0), sympy.Integer(1)
HALF = sympy.Rational(1, 2)


def ramp(power: sympy.Expr, side: int = 1) -> Atom:
    return Atom(power, steps=(Step(ZERO, ZERO, side),))


def value(form: sympy.Expr, at: sympy.Expr) -> float:
    return float(sympy.N(form.subs(rho, at), 20))


def test_at_correlation_one_it_is_a_moment_of_the_product() -> None:
    form = one_sided_pair(ramp(HALF), ramp(HALF), sympy.Integer(2), ONE, rho)
    # E max(2 u, 0)**(1/2) max(u, 0)**(1/2) = sqrt(2) E max(u, 0)
    assert value(form, ONE) == pytest.approx(float(1 / sympy.sqrt(sympy.pi)), rel=1e-15)
    opposite = one_sided_pair(ramp(HALF), ramp(HALF, -1), ONE, ONE, rho)
    assert value(opposite, ONE) == 0


def test_order_of_the_pair_does_not_matter() -> None:
    for other in (ramp(ONE), ramp(sympy.Integer(2), -1), Atom(sympy.Integer(3))):
        one = one_sided_pair(ramp(HALF), other, sympy.Integer(2), sympy.Integer(3), rho)
        two = one_sided_pair(other, ramp(HALF), sympy.Integer(3), sympy.Integer(2), rho)
        assert one == two


def test_beside_a_monomial_it_is_odd_or_even_in_rho() -> None:
    for degree in (2, 3):
        form = one_sided_pair(ramp(HALF), Atom(sympy.Integer(degree)), ONE, ONE, rho)
        assert sympy.simplify(form.subs(rho, -rho) - (-1) ** degree * form) == 0


def test_other_partners_are_refused() -> None:
    for other in (Atom(linear=ONE), Atom(steps=(Step(ONE, ZERO, 1),))):
        with pytest.raises(NoClosedForm, match="powers of max"):
            one_sided_pair(ramp(HALF), other, ONE, ONE, rho)
