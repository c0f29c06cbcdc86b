import mpmath
import pytest
import sympy

from symprop.asymptotics.expansions import INDEX
from symprop.asymptotics.separable import logarithmic_expansion
from symprop.foundation.errors import OutOfDomain
from tests.malformed import NO_INTEGERS, assert_refused

u = sympy.Symbol("u", positive=True)
mu, beta = sympy.symbols("mu beta", positive=True)
K = sympy.Symbol("K", real=True)


@pytest.mark.parametrize("value", ["1/2", "1", "7/3"])
def test_slow_power_lemma(value: str) -> None:
    """``eps_l - eps_{l-1} = -mu eps**(beta+1)/l`` gives ``(beta mu log l)**(-1/beta)``."""
    expansion = logarithmic_expansion(-mu * u ** (beta + 1), u, at=0, order=1, given={beta: value})
    found = expansion.expression
    assert sympy.simplify(found - (beta * mu * (sympy.log(INDEX) + K)) ** (-1 / beta)) == 0


@pytest.mark.parametrize(
    ("f", "at", "start"),
    [(-2 * u**2 + u**3, 0, "1/5"), (-(u ** sympy.Rational(3, 2)), 0, "1/4")],
    ids=str,
)
def test_shift_of_the_logarithm_is_constant_along_an_orbit(
    f: sympy.Expr, at: object, start: str
) -> None:
    """Solved for K in layers 1000 and 30000, the expansion gives the same K to its remainder."""
    expansion = logarithmic_expansion(f, u, at=at, order=3)
    function = sympy.lambdify(u, f, "mpmath")
    found = []
    with mpmath.workdps(20):
        value = mpmath.mpf(sympy.Rational(start))
        for layer in range(1, 30001):
            value += function(value) / layer
            if layer in (1000, 30000):
                written = sympy.lambdify(K, expansion.expression.subs(INDEX, layer + 1), "mpmath")
                found.append(mpmath.findroot(lambda k, v=value, w=written: w(k) - v, 3.0))
        naive = logarithmic_expansion(f, u, at=at, order=1)
        rough = []
        value = mpmath.mpf(sympy.Rational(start))
        for layer in range(1, 30001):
            value += function(value) / layer
            if layer in (1000, 30000):
                written = sympy.lambdify(K, naive.expression.subs(INDEX, layer + 1), "mpmath")
                rough.append(mpmath.findroot(lambda k, v=value, w=written: w(k) - v, 3.0))
    assert abs(found[1] - found[0]) < 0.03
    if f.is_Add:
        assert abs(rough[1] - rough[0]) > 5 * abs(found[1] - found[0])


def test_growth_at_infinity() -> None:
    expansion = logarithmic_expansion(1 / u, u, order=1)
    assert sympy.simplify(expansion.expression - sympy.sqrt(2 * (sympy.log(INDEX) + K))) == 0


def test_linear_parts_are_refused() -> None:
    with pytest.raises(OutOfDomain, match="linear"):
        logarithmic_expansion(-u / 2, u, at=0)


def test_orders_are_integers_that_fit() -> None:
    u = sympy.Symbol("u", positive=True)
    assert_refused(
        lambda order: logarithmic_expansion(1 / u, u, order=order),
        (*NO_INTEGERS, 0, 10**400),
        "order to be an integer",
    )
