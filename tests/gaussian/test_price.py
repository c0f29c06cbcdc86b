import pytest
import sympy

from symprop.gaussian.assembly import assemble
from symprop.gaussian.atoms import Atom, Step
from symprop.gaussian.price import add_terms, expect
from symprop.gaussian.rational_functions import Ring

rho = sympy.Symbol("rho", real=True)
ONE = sympy.Integer(1)
STEP = Step(sympy.Integer(0), sympy.Integer(0), 1)


def expectation(first: Atom, second: Atom) -> sympy.Expr:
    ring = Ring(ONE, ONE, rho, [first.linear, second.linear])
    return assemble(ring, expect(ring, first, second))


@pytest.mark.parametrize(
    ("i", "j", "expected"),
    [(1, 1, rho), (2, 2, 1 + 2 * rho**2), (3, 1, 3 * rho), (2, 1, 0), (3, 3, 9 * rho + 6 * rho**3)],
)
def test_monomials_follow_isserlis(i: int, j: int, expected: sympy.Expr) -> None:
    value = expectation(Atom(sympy.Integer(i)), Atom(sympy.Integer(j)))
    assert sympy.expand(value - expected) == 0


def test_steps_give_the_quadrant() -> None:
    value = expectation(Atom(steps=(STEP,)), Atom(steps=(STEP,)))
    for number in (sympy.Rational(1, 2), sympy.Rational(-3, 5)):
        expected = sympy.Rational(1, 4) + sympy.asin(number) / (2 * sympy.pi)
        assert abs(sympy.N(value.subs(rho, number) - expected, 30)) < 1e-25


def test_exponentials_give_the_generating_function() -> None:
    half = sympy.Rational(1, 2)
    value = expectation(Atom(linear=half), Atom(linear=half))
    assert abs(sympy.N((value - sympy.exp((1 + rho) / 4)).subs(rho, half / 2), 30)) < 1e-25


def test_terms_add_and_cancel() -> None:
    ring = Ring(ONE, ONE, rho, [])
    terms = expect(ring, Atom(ONE), Atom(ONE))
    total = dict(terms)
    add_terms(total, terms, -1)
    assert assemble(ring, total) == 0
