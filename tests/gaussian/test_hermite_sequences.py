import pytest
import sympy

from symprop.gaussian.atoms import Atom, Step
from symprop.gaussian.hermite_sequences import hermite_sequence, hermite_value, power_moment

x = sympy.Symbol("x", real=True)
DENSITY = sympy.exp(-(x**2) / 2) / sympy.sqrt(2 * sympy.pi)
HERMITE = [sympy.Integer(1), x, x**2 - 1, x**3 - 3 * x]


@pytest.mark.parametrize("k", range(4))
def test_values_of_hermite_polynomials(k: int) -> None:
    for y in (sympy.Rational(2, 3), sympy.sqrt(2), sympy.pi):
        assert sympy.simplify(hermite_value(k, y) - HERMITE[k].subs(x, y)) == 0


@pytest.mark.parametrize("power", [sympy.Integer(3), sympy.Rational(1, 2)])
def test_moments_of_powers(power: sympy.Expr) -> None:
    exact = sympy.integrate(x**power * DENSITY, (x, 0, sympy.oo))
    assert abs(sympy.N(power_moment(power, sympy.Integer(1)) - exact, 30)) < 1e-25


@pytest.mark.parametrize(
    ("atom", "function", "lower"),
    [
        (Atom(power=sympy.Integer(2)), x**2, -sympy.oo),
        (
            Atom(steps=(Step(sympy.Rational(1, 3), sympy.Integer(0), 1),)),
            sympy.Integer(1),
            sympy.Rational(1, 3),
        ),
    ],
    ids=["square", "step"],
)
def test_sequences_are_the_integrals(atom: Atom, function: sympy.Expr, lower: sympy.Expr) -> None:
    def mean(other: Atom) -> sympy.Expr:
        form = x**other.power * sympy.exp(other.linear * x)
        return sympy.integrate(form * DENSITY, (x, lower if other.steps else -sympy.oo, sympy.oo))

    sequence = hermite_sequence(atom, sympy.Integer(1), 3, mean)
    for k, value in enumerate(sequence):
        exact = sympy.integrate(sympy.expand(function * HERMITE[k]) * DENSITY, (x, lower, sympy.oo))
        assert abs(sympy.N(value - exact, 30)) < 1e-25


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize("power", [0, 3, 4])
def test_one_sided_powers_by_integration(power: int, side: int) -> None:
    step = Step(sympy.Integer(0), sympy.Integer(0), side)
    sigma = sympy.Rational(3, 2)
    values = hermite_sequence(Atom(sympy.Integer(power), steps=(step,)), sigma, 3, lambda _: x)
    for k, found in enumerate(values):
        range_ = (x, 0, sympy.oo) if side > 0 else (x, -sympy.oo, 0)
        exact = sympy.integrate((sigma * x) ** power * HERMITE[k] * DENSITY, range_)
        assert sympy.simplify(found - exact) == 0


def test_monomials_of_high_degree() -> None:
    values = hermite_sequence(Atom(sympy.Integer(1000)), sympy.sqrt(2), 4, lambda _: x)
    mean = 2**500 * sympy.factorial2(999)
    assert values == [mean, 0, 1000 * mean, 0, 1000 * 998 * mean]
