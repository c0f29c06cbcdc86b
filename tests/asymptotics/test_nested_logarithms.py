"""Increments that lead with a logarithm: inverted series far out, constants from orbits."""

from dataclasses import replace

import mpmath
import pytest
import sympy

from symprop.asymptotics.abel_forms import abel_form
from symprop.asymptotics.autonomous import autonomous_expansion
from symprop.asymptotics.expansions import Expansion
from symprop.asymptotics.matching import match_constant
from symprop.asymptotics.nested_logarithms import nested_expansion
from symprop.foundation.errors import InvalidArgument, OutOfDomain, PrecisionNotReached

u = sympy.Symbol("u", positive=True)
c, s, t = sympy.symbols("c s t", positive=True)
log = sympy.log
half = sympy.Rational(1, 2)

SLOW = [
    (log(u), sympy.oo),
    (1 / log(u), sympy.oo),
    (sympy.sqrt(u) * log(u), sympy.oo),
    (3 * log(u) / u, sympy.oo),
    (sympy.sqrt(log(u)) + 1 / u, sympy.oo),
    (2 * log(u) ** 2 + 5, sympy.oo),
    (1 + 1 / log(u), sympy.oo),
    (-(u**2) * log(1 / u), 0),
    (-(u ** (3 * half)) / log(1 / u), 0),
]


def far_errors(expansion: Expansion, longer: Expansion) -> list[mpmath.mpf]:
    """Return error over what one more order adds, at ``l = 10**60`` and ``10**540``.

    u there is the root of the leading Abel function, which is right to as many digits.
    """
    form = abel_form(expansion, order=1)
    large = sympy.Symbol("L", positive=True)
    sign = 1 if expansion.problem.base.at is sympy.oo else -1
    phi = form.function.subs(form.variable, sympy.exp(sign * large))
    function = sympy.lambdify(large, sympy.expand_log(phi, force=True), "mpmath")
    ratios = []
    for decade in (60, 540):
        with mpmath.workdps(decade + 60):
            first, second = (
                one.evaluate(10**decade, {"K": 0}, dps=60) for one in (expansion, longer)
            )
            root = mpmath.findroot(
                lambda x, n=decade: mpmath.log(function(x)) - n * mpmath.log(10),
                abs(mpmath.log(first)),
            )
            ratios.append((mpmath.exp(sign * root) - first) / (second - first))
    return ratios


@pytest.mark.parametrize(("f", "at"), [SLOW[0], SLOW[1], SLOW[3], SLOW[7]], ids=str)
def test_error_is_what_one_more_order_adds(f: sympy.Expr, at: object) -> None:
    """Over nine times as many decades: a neighbouring power of log l would change it by nine."""
    expansions = (autonomous_expansion(f, u, at=at, order=n) for n in (3, 4))
    near, far = far_errors(*expansions)
    assert abs(far - 1) < abs(near - 1) < 0.5
    assert abs(far - 1) < 0.1


def test_one_wrong_coefficient_is_seen() -> None:
    right = [autonomous_expansion(log(u), u, order=n) for n in (3, 4)]
    wrong = right[0].terms[-1]
    added = (replace(one, terms=(*one.terms, wrong.scaled(sympy.Rational(1, 10)))) for one in right)
    assert abs(far_errors(*added)[1] - 1) > 0.5


def test_the_expansion_of_primes() -> None:
    """``u + log u`` grows like the inverse of li: the series of Cesaro and Cipolla."""
    expansion = autonomous_expansion(log(u), u, order=3)
    found = {(t.log_power, t.log_log_power): t.coefficient for t in expansion.terms}
    assert found == {(1, 0): 1, (0, 1): 1, (0, 0): -1, (-1, 1): 1, (-1, 0): -2}
    assert expansion.remainder is not None
    assert (expansion.remainder.log_power, expansion.remainder.log_log_power) == (-2, 2)


@pytest.mark.parametrize(("f", "at"), [SLOW[2], SLOW[5], SLOW[8]], ids=str)
def test_constant_shifts_by_one_with_the_layer(f: sympy.Expr, at: object) -> None:
    """Starting one layer later is the same orbit: K grows by exactly one."""
    expansion = autonomous_expansion(f, u, at=at, order=1)
    start = sympy.Integer(3) if at is sympy.oo else sympy.Rational(1, 10)
    later = sympy.N((u + f).subs(u, start), 90)
    first, second = (match_constant(expansion, x, dps=20) for x in (start, later))
    assert first.estimated_error < 1e-20
    assert abs(second.value - first.value - 1) < mpmath.mpf(10) ** -19


@pytest.mark.parametrize("f", [u / log(u), u * log(u)], ids=str)
def test_exponentials_of_slow_solutions(f: sympy.Expr) -> None:
    """The logarithm of u is slow: its own expansion follows the orbit."""
    expansion = autonomous_expansion(f, u, order=4)
    constant = match_constant(expansion, 3, dps=15).value
    assert expansion.factor_constant == 1
    written = Expansion(expansion.factor, expansion.scale, expansion.constants, None)
    assert expansion.factor_remainder is not None
    rest = Expansion((expansion.factor_remainder,), expansion.scale, expansion.constants, None)
    step = sympy.lambdify(u, u + f, "mpmath")
    value, ratios = mpmath.mpf(3), []
    with mpmath.workdps(40):
        for layer in range(1, 2049):
            value = step(value)
            if layer in (128, 2048):
                error = mpmath.log(value) - written.evaluate(layer, {"K": constant}, dps=20)
                ratios.append(abs(error / rest.evaluate(layer, {"K": constant})))
    assert 1 / 4 < ratios[0] / ratios[1] < 4
    assert 1e-3 < ratios[1] < 10


def test_fixed_points_mirror_infinity() -> None:
    """A decay ``v -> v (1 - 1/log(1/v))`` is the exponential of minus a slow solution."""
    expansion = autonomous_expansion(-(u - 2) / log(1 / (u - 2)), u, at=2, order=2)
    assert expansion.terms[0].coefficient == 2
    assert [term.coefficient for term in expansion.factor] == [-1, -half]
    found = match_constant(expansion, "21/10", dps=20)
    assert found.estimated_error < 1e-20


def test_symbols_and_numbers_agree() -> None:
    numbers = {s: sympy.Rational(1, 3), t: sympy.Rational(2, 5), c: sympy.Integer(2)}
    symbolic = autonomous_expansion(c * u**s * log(u) ** t, u, order=2, given=numbers)
    numeric = autonomous_expansion((c * u**s * log(u) ** t).subs(numbers), u, order=2)
    values = {"K": 1}
    second = symbolic.evaluate(10**8, {**numbers, **values}, dps=20)
    assert abs(second / numeric.evaluate(10**8, values, dps=20) - 1) < 1e-18
    first, other = (
        match_constant(symbolic, 3, values=numbers).value,
        match_constant(numeric, 3).value,
    )
    assert abs(first - other) < 1e-19


def test_plain_increments_are_left_to_the_powers() -> None:
    assert nested_expansion(autonomous_expansion(1 + log(u) / u, u, order=1).problem, 2) is None


def test_digits_that_are_not_reached_are_told() -> None:
    with pytest.raises(PrecisionNotReached, match=r"but \d+ were reached: K = 2\.2") as caught:
        match_constant(autonomous_expansion(log(u), u), 3, dps=60, layers=300)
    assert caught.value.best.estimated_error > 1e-60


@pytest.mark.parametrize(
    ("f", "at", "told"),
    [
        (-log(u), "oo", "to lead towards infinity"),
        (u**2 * log(u), "oo", "of order u at most"),
        (log(log(u)), "oo", "to lead with powers"),
        (-(u**2) * log(u), "0", "to lead towards 0"),
        (sympy.sqrt(log(u)) * u**2, "0", "to lead towards 0"),
        (log(1 / u), "0", "to vanish|of order u"),
        (sympy.sin(log(u)) + 2, "oo", "to have a limit"),
        (-u * log(1 / u), "0", "to keep the side"),
    ],
    ids=str,
)
def test_refusals(f: sympy.Expr, at: str, told: str) -> None:
    with pytest.raises(OutOfDomain, match=told):
        autonomous_expansion(f, u, at=sympy.S(at))


def test_the_index_does_not_nest() -> None:
    with pytest.raises(InvalidArgument, match="nested"):
        autonomous_expansion(log(u), u).in_index(2)
