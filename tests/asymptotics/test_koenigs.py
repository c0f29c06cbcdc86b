import mpmath
import pytest
import sympy

from symprop.asymptotics.autonomous import autonomous_expansion
from symprop.asymptotics.expansions import Expansion
from symprop.asymptotics.matching import match_constant
from symprop.foundation.errors import OutOfDomain

u = sympy.Symbol("u", positive=True)
lam = sympy.Symbol("lambda", positive=True)
c = sympy.Symbol("c", real=True)

CASES = [
    (u / 2 + sympy.sqrt(u) + 3, sympy.oo, 1, 1),
    (u + sympy.log(u), sympy.oo, 2, 1),
    (-u / 2 + u**2, 0, "1/5", 1),
    (-3 * u / 2 + u**2, 0, "1/5", 1),
    (sympy.cos(u - 1) - u + (u - 1) / 3, 1, "11/10", 1),
    (-u / 3 + u ** sympy.Rational(3, 2), 0, "1/20", 1),
]


@pytest.mark.parametrize(("f", "at", "start", "side"), CASES, ids=str)
def test_error_is_of_the_order_of_the_remainder(
    f: sympy.Expr, at: object, start: object, side: int
) -> None:
    expansion = autonomous_expansion(f, u, at=at, order=3, side=side)
    constant = match_constant(expansion, start, dps=60).value
    function = sympy.lambdify(u, u + f, "mpmath")
    assert expansion.remainder is not None
    order = Expansion((expansion.remainder,), expansion.scale, expansion.constants, None)
    ratios = []
    with mpmath.workdps(80):
        value = mpmath.mpf(sympy.Rational(start))
        for layer in range(1, 21):
            value = function(value)
            if layer in (10, 20):
                error = value - expansion.evaluate(layer, {"K": constant}, dps=60)
                ratios.append(float(abs(error / order.evaluate(layer, {"K": constant}))))
    assert 1e-4 < ratios[1] < 1e4
    assert 0.3 < ratios[0] / ratios[1] < 3


def test_coefficients_of_an_attracting_fixed_point() -> None:
    """``u -> lambda u + c u**2``: the second coefficient is ``c/(lambda**2 - lambda)``."""
    expansion = autonomous_expansion((lam - 1) * u + c * u**2, u, at=0, order=2)
    assert sympy.simplify(expansion.coefficient(2) - c / (lam**2 - lam)) == 0
    assert "lambda" in expansion.hypotheses[0]


def test_linear_growth_is_exact() -> None:
    a, b = sympy.symbols("a b", positive=True)
    expansion = autonomous_expansion(a * u + b, u, order=3)
    assert sympy.simplify(expansion.coefficient(0) + b / a) == 0
    assert len(expansion.terms) == 2


@pytest.mark.parametrize(
    ("f", "at"),
    [(-u, 0), (-2 * u, 0), (u / 2, 0), (-u / 2, sympy.oo), (-3 * u / 2 + sympy.sqrt(u) ** 3, 0)],
    ids=str,
)
def test_multipliers_that_do_not_lead_there_are_refused(f: sympy.Expr, at: object) -> None:
    with pytest.raises(OutOfDomain):
        autonomous_expansion(f, u, at=at)
