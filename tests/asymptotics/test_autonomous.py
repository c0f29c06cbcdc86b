"""Expansions against iterates: the error between l and 64 l must fall as the remainder says."""

from dataclasses import replace
from math import inf

import mpmath
import pytest
import sympy

from symprop.asymptotics.autonomous import autonomous_expansion
from symprop.asymptotics.expansions import INDEX, Expansion
from symprop.asymptotics.matching import match_constant
from symprop.foundation.errors import InvalidArgument, OutOfDomain
from tests.malformed import NO_FORMULAS, NO_INTEGERS, assert_refused

u = sympy.Symbol("u", positive=True)
A, B, C, k, b0 = sympy.symbols("A B C k b0", positive=True)
alpha = sympy.Symbol("alpha", positive=True)
third = sympy.Rational(1, 3)


def remainders(expansion: Expansion, f: sympy.Expr, start: object) -> tuple[float, float]:
    """Return error over remainder term at layers 512 and 16384 of the orbit."""
    constant = match_constant(expansion, start, dps=17, terms=12).value
    function = sympy.lambdify(u, u + f, "mpmath")
    assert expansion.remainder is not None
    order = Expansion((expansion.remainder,), expansion.scale, expansion.constants, None)
    ratios = []
    with mpmath.workdps(30):
        value = mpmath.mpf(sympy.Rational(start))
        for layer in range(1, 16385):
            value = function(value)
            if layer in (512, 16384):
                error = value - expansion.evaluate(layer, {"K": constant}, dps=25)
                ratios.append(float(abs(error / order.evaluate(layer, {"K": constant}))))
    return ratios[0], ratios[1]


SLOW = [
    (2 - 3 / sympy.sqrt(u), sympy.oo, 9),
    (1 / u, sympy.oo, 1),
    (sympy.sqrt(u), sympy.oo, 1),
    (3 * (u + 1) ** third + 2, sympy.oo, 1),
    (-(sympy.sqrt(u) ** 3), 0, "1/4"),
    (sympy.sin(u) - u, 0, 1),
    (-((u - 2) ** 2) + (u - 2) ** 3, 2, "9/4"),
    (1 + sympy.log(u) / u, sympy.oo, 3),
]


@pytest.mark.parametrize(("f", "at", "start"), SLOW, ids=str)
def test_error_is_of_the_order_of_the_remainder(f: sympy.Expr, at: object, start: object) -> None:
    """A neighbouring power would change the ratio by ``32**(1/3) = 3.2`` or more."""
    near, far = remainders(autonomous_expansion(f, u, at=at, order=3), f, start)
    assert 1 / 3 < near / far < 3
    assert 1e-3 < far < 1e3


def test_one_wrong_coefficient_is_seen() -> None:
    f = 1 / u
    expansion = autonomous_expansion(f, u, order=3)
    *terms, last = expansion.terms
    wrong = replace(expansion, terms=(*terms, replace(last, coefficient=2 * last.coefficient)))
    near, far = remainders(wrong, f, 1)
    assert far > 4 * near


def test_tanh_like_growth_has_the_terms_found_by_hand() -> None:
    """``f = b0 - kappa/sqrt(u) + kappa1 u**(-3/2)`` in ``X = b0 (l + K)``, k = kappa/b0."""
    kappa, kappa1 = sympy.symbols("kappa kappa1", positive=True)
    f = b0 - kappa / sympy.sqrt(u) + kappa1 * u ** sympy.Rational(-3, 2)
    expansion = autonomous_expansion(f, u, order=4, known_to="-5/2")
    ratio = kappa / b0
    assert sympy.expand(expansion.scale - b0 * (INDEX + sympy.Symbol("K", real=True))) == 0
    expected = {
        (1, 0): sympy.Integer(1),
        ("1/2", 0): -2 * ratio,
        (0, 1): -(ratio**2),
        (0, 0): 2 * ratio**2,
        ("-1/2", 1): ratio**3,
        ("-1/2", 0): 3 * ratio**3 - 2 * kappa1 / b0 + kappa / 2,
    }
    for (power, log_power), coefficient in expected.items():
        assert sympy.expand(expansion.coefficient(power, log_power) - coefficient) == 0
    assert expansion.remainder is not None
    assert (expansion.remainder.power, expansion.remainder.log_power) == (-1, 1)


def test_relu_like_fixed_point_has_the_terms_found_by_hand() -> None:
    """``e -> e - k e**(3/2)``: ``e**(-1/2) = (k/2) l + (3k/4) log l + O(1)``."""
    expansion = autonomous_expansion(-k * u ** sympy.Rational(3, 2), u, at=0, order=2)
    variable = sympy.Dummy("X", positive=True)
    log_coefficient = -expansion.coefficient(-3, 1) / 2  # of log X in u**(-1/2) = X + ...
    assert (
        sympy.simplify(expansion.scale.coeff(INDEX) - k / 2) == 0
        or sympy.simplify(sympy.diff(expansion.scale, INDEX) - k / 2) == 0
    )
    assert sympy.simplify(log_coefficient - 3 * k / 4) == 0
    assert expansion.coefficient(-2).subs(variable, 1) == 1


@pytest.mark.parametrize("value", ["1/10", "1/2", "2/3", "9/10"])
def test_power_growth_for_symbolic_exponent(value: str) -> None:
    """``f = A (u+B)**alpha``: leading amplitude one in X, and -alpha/(2(1-alpha)) A log X next."""
    expansion = autonomous_expansion(A * (u + B) ** alpha, u, order=2, given={alpha: value})
    rate = A * (1 - alpha)
    assert sympy.simplify(sympy.diff(expansion.scale, INDEX) - rate) == 0
    assert expansion.coefficient(1 / (1 - alpha)) == 1
    if sympy.Rational(value) > 0:
        found = expansion.coefficient(alpha / (1 - alpha), 1)
        assert sympy.simplify(found + A * alpha / (2 * (1 - alpha))) == 0


def test_symbolic_and_numeric_exponent_agree() -> None:
    value = sympy.Rational(2, 7)
    f = 3 * (u + 2) ** alpha + 5
    symbolic = autonomous_expansion(f, u, order=3, given={alpha: value})
    numeric = autonomous_expansion(f.subs(alpha, value), u, order=3)
    difference = symbolic.expression.subs(alpha, value) - numeric.expression
    for layer in (3, 10**6):
        at = {INDEX: layer, sympy.Symbol("K", real=True): sympy.Rational(1, 3)}
        assert abs(sympy.N(difference.subs(at), 30)) < 1e-20


def test_both_sides_of_a_fixed_point() -> None:
    above = autonomous_expansion(-(u**3) + u**4, u, at=0, order=3)
    below = autonomous_expansion(-(u**3) - u**4, u, at=0, order=3, side=-1)
    assert sympy.expand(above.expression + below.expression) == 0


def test_truncated_increments_give_no_more_terms_than_they_hold() -> None:
    f = b0 - k / sympy.sqrt(u)
    expansion = autonomous_expansion(f, u, order=9, known_to=-1)
    assert expansion.remainder is not None
    assert min(term.power for term in expansion.terms) > expansion.remainder.power
    assert expansion.remainder.power == 0


@pytest.mark.parametrize(
    ("f", "at"),
    [(-sympy.sqrt(u), sympy.oo), (u**2, sympy.oo), (u**2, 0), (-sympy.log(u), sympy.oo)],
    ids=str,
)
def test_orbits_that_do_not_go_there_are_refused(f: sympy.Expr, at: object) -> None:
    with pytest.raises(OutOfDomain):
        autonomous_expansion(f, u, at=at)


def test_malformed_arguments() -> None:
    with pytest.raises(InvalidArgument, match="order"):
        autonomous_expansion(1 / u, u, order=0)
    with pytest.raises(InvalidArgument, match="side"):
        autonomous_expansion(1 / u, u, side=-1)
    with pytest.raises(InvalidArgument, match="variable"):
        autonomous_expansion(A / u)
    with pytest.raises(InvalidArgument, match="tie"):
        autonomous_expansion(A * (u + B) ** alpha + C, u, given={alpha: "1/3"})


def test_hypotheses_are_told() -> None:
    expansion = autonomous_expansion(A * u**alpha, u, given={alpha: "1/2"}, order=2)
    text = " ".join(expansion.hypotheses)
    assert "> 0" in text
    assert "alpha: 1/2" in text
    assert "unbounded" in text


@pytest.mark.parametrize(
    ("increment", "at", "told"),
    [
        ("exp(u)", "oo", r"exp\(u\) has none"),
        ("u*log(u)", "0", "to keep the side of the limit"),
        ("log(log(u))", "oo", "to lead with powers"),
        ("u**2", "oo", "of order u at most near oo"),
        ("u", "3", "to vanish at 3"),
        ("-u", "oo", "lambda 0"),
    ],
)
def test_refusals_name_the_increment(increment: str, at: str, told: str) -> None:
    with pytest.raises(OutOfDomain, match=told):
        autonomous_expansion(sympy.sympify(increment, locals={"u": u}), u, at=sympy.S(at))


def test_text_is_read_and_never_evaluated() -> None:
    assert autonomous_expansion("1/u", order=2) == autonomous_expansion(
        1 / sympy.Symbol("u"), order=2
    )
    written = autonomous_expansion("-u**2 + a*u**3", u, at="0", order=2, given={A: "1/2"})
    assert written.terms
    with pytest.raises(InvalidArgument, match="increment"):
        autonomous_expansion("__import__('os').getcwd()", u)


def test_arguments_of_other_kinds_are_named() -> None:
    f = 1 / u
    assert_refused(lambda value: autonomous_expansion(value, u), NO_FORMULAS, "increment to be")
    others = [value for value in NO_FORMULAS if value is not None]
    assert_refused(lambda value: autonomous_expansion(f, value), others, "variable to be a SymPy")
    points = [value for value in NO_FORMULAS if value != inf]
    assert_refused(lambda value: autonomous_expansion(f, u, at=value), points, "at to be")
    assert_refused(lambda value: autonomous_expansion(f, u, known_to=value), others, "known_to to")
    assert_refused(
        lambda order: autonomous_expansion(f, u, order=order), (*NO_INTEGERS, 0, 10**400), "order"
    )
    assert_refused(
        lambda side: autonomous_expansion(f, u, side=side), (*NO_INTEGERS, 0, 2), "side to be"
    )
    for given in ([], 3, {"a": 1}, {1: 1}):
        with pytest.raises(InvalidArgument, match="given to"):
            autonomous_expansion(f, u, given=given)
    with pytest.raises(InvalidArgument, match="given"):
        autonomous_expansion(A * f, u, given={A: None})
