import mpmath
import pytest
import sympy

from symprop.asymptotics.autonomous import autonomous_expansion
from symprop.asymptotics.driven import driven_expansion
from symprop.asymptotics.expansions import INDEX, Expansion, FreeConstant, Term
from symprop.asymptotics.products import product_expansion
from symprop.foundation.errors import InvalidArgument, OutOfDomain

u = sympy.Symbol("u", positive=True)
K = sympy.Symbol("K", real=True)
C = sympy.Symbol("C", real=True)
one, two = sympy.Integer(1), sympy.Integer(2)


def test_evaluate_adds_up_the_terms() -> None:
    expansion = autonomous_expansion(1 / u, u, order=2)
    x = 2 * (mpmath.mpf(7) + mpmath.mpf("0.25"))
    by_hand = mpmath.sqrt(x) + mpmath.log(x) / (4 * mpmath.sqrt(x))
    assert abs(expansion.evaluate(7, {"K": "1/4"}) - by_hand) < 1e-13
    assert abs(expansion.evaluate(7, {K: 0.25}, dps=15) - by_hand) < 1e-13


def test_evaluate_wants_every_constant() -> None:
    with pytest.raises(InvalidArgument, match="K"):
        autonomous_expansion(1 / u, u).evaluate(3)
    with pytest.raises(OutOfDomain, match="finite"):
        autonomous_expansion(1 / u, u).evaluate(3, {"K": -3})


def test_exponential_part_is_added() -> None:
    expansion = Expansion(
        (Term(two, -one),),
        INDEX,
        (FreeConstant(C, "test"),),
        None,
        factor=(Term(-one, sympy.Rational(1, 2)),),
        factor_constant=C,
    )
    by_hand = mpmath.mpf(2) / 9 + 5 * mpmath.exp(-3)
    assert abs(expansion.evaluate(9, {"C": 5}) - by_hand) < 1e-14
    with pytest.raises(InvalidArgument, match="linear"):
        expansion.in_index(1)


def test_expansion_in_the_index_is_the_same_function() -> None:
    """Re-expanded at fixed K: the difference falls as the remainder allows, and is not zero."""
    expansion = autonomous_expansion(2 - 3 / sympy.sqrt(u), u, order=5)
    flat = expansion.in_index(5)
    assert flat.scale == INDEX
    assert flat.remainder is not None
    differences = []
    for layer in (10**6, 10**8):
        values = {"K": "7/3"}
        first = expansion.evaluate(layer, values, dps=40)
        differences.append(abs(flat.evaluate(layer, values, dps=40) - first))
    rate = mpmath.log(differences[0] / differences[1], 100)
    assert -float(flat.remainder.power) - 0.3 < rate < -float(flat.remainder.power) + 0.7


def test_coefficients_are_found_by_their_exponents() -> None:
    expansion = autonomous_expansion(1 / u, u, order=2)
    assert expansion.coefficient("1/2") == 1
    assert expansion.coefficient("-1/2", 1) == sympy.Rational(1, 4)
    assert expansion.coefficient(5) == 0


def test_terms_decrease() -> None:
    expansion = autonomous_expansion(sympy.sqrt(u) + 1, u, order=5)
    keys = [(term.power, term.log_power) for term in expansion.terms]
    assert keys == sorted(keys, reverse=True)
    assert len({power for power, _ in keys}) == 5


def test_text() -> None:
    expansion = autonomous_expansion(1 / u, u, order=1)
    assert repr(expansion).startswith("Expansion(sqrt(2*K + 2*l) + O(")
    assert "sqrt" in expansion._repr_latex_()


@pytest.mark.parametrize(
    ("increment", "at", "solution"),
    [
        ("1", "oo", "K + l"),
        ("2*sqrt(u) + 1", "oo", "(K + l)**2"),
        ("u/2 + c", "oo", "K*(3/2)**l - 2*c"),
        ("-u**2/(1 + u)", "0", "1/(K + l)"),
        ("1 - u/2", "2", "2 + K*2**(-l)"),
    ],
)
def test_solutions_that_end_have_no_remainder(increment: str, at: str, solution: str) -> None:
    names = {"u": u, "c": sympy.Symbol("c", positive=True), "l": INDEX, "K": K}
    expansion = autonomous_expansion(sympy.sympify(increment, locals=names), u, at=sympy.S(at))
    assert expansion.remainder is None
    assert sympy.simplify(expansion.expression - sympy.sympify(solution, locals=names)) == 0


def test_solutions_that_do_not_end_have_a_remainder() -> None:
    """A single term as the first approximation, and an increment that is not known further."""
    assert autonomous_expansion(2 * sympy.sqrt(u) + 2, u, order=1).remainder is not None
    assert autonomous_expansion(sympy.Integer(1), u, known_to=-3).remainder is not None
    assert driven_expansion(1 / INDEX**2 - C / INDEX, C).remainder is not None


def test_driven_solutions_and_products_that_end() -> None:
    expansion = driven_expansion((1 - C) / (INDEX + 1), C, order=3)
    assert (len(expansion.terms), expansion.remainder) == (2, None)
    product = product_expansion(1 + 1 / INDEX, order=3)
    assert (product.log_factor, product.factor_remainder) == (sympy.log(INDEX), None)
    assert product_expansion(1 + 2 / INDEX, order=1).factor_remainder is not None
