import mpmath
import pytest
import sympy

from symprop.asymptotics.autonomous import autonomous_expansion
from symprop.asymptotics.expansions import INDEX, Expansion
from symprop.asymptotics.matching import match_constant
from symprop.asymptotics.products import product_expansion
from symprop.foundation.errors import InvalidArgument, OutOfDomain
from tests.malformed import NO_FORMULAS, assert_refused

u = sympy.Symbol("u", positive=True)
a1, a2, b0, kappa = sympy.symbols("a1 a2 b0 kappa", real=True, positive=True)
delta = sympy.Symbol("delta", real=True)
beta = sympy.Symbol("beta", positive=True)


def log_coefficient(expansion: Expansion, power: object, log_power: int = 0) -> sympy.Expr:
    for term in expansion.factor:
        if term.log_power == log_power and sympy.simplify(term.power - sympy.sympify(power)) == 0:
            return term.coefficient
    return sympy.Integer(0)


def test_telescoping_product() -> None:
    """``prod (1 + 1/(j+1))`` up to l is exactly ``l + 1``: C = 1, for all terms."""
    expansion = product_expansion(1 + 1 / (INDEX + 1), order=3)
    assert log_coefficient(expansion, 0, 1) == 1
    assert [log_coefficient(expansion, -n) for n in (1, 2)] == [1, sympy.Rational(-1, 2)]
    assert abs(match_constant(expansion, 1).value - 1) < 1e-19


@pytest.mark.parametrize(
    ("factor", "value"),
    [
        (1 + 1 / (INDEX + 1) ** 2, sympy.sinh(sympy.pi) / sympy.pi),
        (1 + 1 / (2 * (INDEX + 1)), 1 / sympy.gamma(sympy.Rational(3, 2))),
        (1 - 1 / (4 * (INDEX + 1) ** 2), 2 / sympy.pi),
        (1 + sympy.sqrt(2) / (INDEX + 3), sympy.gamma(3) / sympy.gamma(3 + sympy.sqrt(2))),
    ],
    ids=str,
)
def test_constants_of_products_known_by_gamma_functions(
    factor: sympy.Expr, value: sympy.Expr
) -> None:
    found = match_constant(product_expansion(factor), 1, dps=25)
    with mpmath.workdps(30):
        assert abs(found.value - mpmath.mpf(sympy.N(value, 30))) < mpmath.mpf(10) ** -24


def test_stretched_exponential_has_the_terms_found_by_hand() -> None:
    """``log prod (1 + a1 l**(-1/2) + a2/l)`` is ``2 a1 sqrt(l) + (a2 - a1**2/2) log l + ...``."""
    expansion = product_expansion(1 + a1 / sympy.sqrt(INDEX) + a2 / INDEX, order=3)
    assert log_coefficient(expansion, "1/2") == 2 * a1
    assert sympy.expand(log_coefficient(expansion, 0, 1) - a2 + a1**2 / 2) == 0
    third = log_coefficient(expansion, "-1/2")
    assert sympy.expand(third + 2 * a1**3 / 3 + a1 / 2 - 2 * a1 * a2) == 0
    assert expansion.factor_remainder is not None
    assert expansion.factor_remainder.power == -1


def test_driven_product_sees_the_second_term_of_the_drive() -> None:
    """With ``u = X - 2k sqrt(X)``, k = kappa/b0, the logarithm gains ``a1 k/b0``."""
    drive = autonomous_expansion(b0 - kappa / sympy.sqrt(u), u, known_to="-3/2")
    factor = 1 + a1 / sympy.sqrt(u) + a2 / u
    expansion = product_expansion(factor, order=2, drive=drive, known_to="-3/2")
    by_hand = a2 / b0 - a1**2 / (2 * b0) + a1 * kappa / b0**2
    assert sympy.expand(log_coefficient(expansion, 0, 1) - by_hand) == 0
    assert sympy.simplify(log_coefficient(expansion, "1/2") - 2 * a1 / b0) == 0


def test_driven_product_against_its_orbit() -> None:
    """Constant from a joint orbit, then prediction at another layer to fifteen digits."""
    length = 2 - 3 / sympy.sqrt(u)
    drive = autonomous_expansion(length, u)
    expansion = product_expansion(1 + 1 / sympy.sqrt(u), order=12, drive=drive)
    start = match_constant(drive, 9, dps=25).value

    def orbit():  # type: ignore[no-untyped-def]
        value, product = mpmath.mpf(9), mpmath.mpf(1)
        while True:
            yield product
            product *= 1 + 1 / mpmath.sqrt(value)
            value += 2 - 3 / mpmath.sqrt(value)

    found = match_constant(expansion, orbit=orbit, values={"K": start}, dps=16, terms=30)
    with mpmath.workdps(30):
        values = orbit()
        for _ in range(3000):
            next(values)
        written = expansion.evaluate(3000, {"K": start, "C": found.value}, dps=20)
        assert abs(next(values) / written - 1) < 1e-14


@pytest.mark.parametrize("value", ["3/10", "1/2", "3/4", "1", "2"])
def test_growth_of_the_product_lemma(value: str) -> None:
    """``eps_l = eps_{l-1} (1 + delta l**-beta)``: the three regimes, and beta = 1/2 between."""
    exponent = sympy.Rational(value)
    expansion = product_expansion(1 + delta * (INDEX + 1) ** (-exponent), order=3)
    if exponent > 1:
        assert all(term.power < 0 for term in expansion.factor)  # tends to a constant
    elif exponent == 1:
        assert log_coefficient(expansion, 0, 1) == delta
        assert expansion.factor[0].log_power == 1
    else:
        assert (
            sympy.simplify(log_coefficient(expansion, 1 - exponent) - delta / (1 - exponent)) == 0
        )
    logarithm = log_coefficient(expansion, 0, 1)
    if exponent == sympy.Rational(1, 2):
        assert sympy.expand(logarithm + delta**2 / 2) == 0  # not O(1), as l**(1 - 2 beta) suggests


def test_truncated_factors_want_an_orbit() -> None:
    expansion = product_expansion(1 + a1 / INDEX, known_to=-2)
    with pytest.raises(InvalidArgument, match="step"):
        match_constant(expansion, 1, values={a1: 1})


def test_text_is_read_with_the_index() -> None:
    written = product_expansion("1 + 1/sqrt(l)", order=2)
    assert written == product_expansion(1 + 1 / sympy.sqrt(INDEX), order=2)
    assert_refused(product_expansion, NO_FORMULAS, "factor to be")
    with pytest.raises(OutOfDomain, match="factor not to vanish"):
        product_expansion(0)
