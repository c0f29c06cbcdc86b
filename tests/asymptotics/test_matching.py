import mpmath
import pytest
import sympy
from flint import arb

from symprop.asymptotics.autonomous import autonomous_expansion
from symprop.asymptotics.driven import driven_expansion
from symprop.asymptotics.exact_fields import ExactField
from symprop.asymptotics.expansions import Expansion
from symprop.asymptotics.matching import (
    MatchedConstant,
    by_name,
    compiled_step,
    match_constant,
    series_ball,
)
from symprop.asymptotics.power_log_series import PowerLogSeries
from symprop.asymptotics.scalars import BallScalars
from symprop.foundation.errors import InvalidArgument, NoConvergence, PrecisionNotReached
from symprop.gaussian.tanh_transforms import tanh_second_moment
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import current_bits, working_bits, working_digits
from tests.malformed import NO_FUNCTIONS, NO_INTEGERS, assert_refused

e = sympy.Symbol("e", real=True)
u = sympy.Symbol("u", positive=True)


def saturated_length(terms: int) -> tuple[sympy.Expr, sympy.Expr]:
    """Return the increment of ``q/sw**2`` of a tanh residual net at large q, and its shift."""
    sv, sa, sw, sb = map(sympy.Rational, ("3/2", "1/2", "169/100", "49/100"))
    q = sw * u
    deficit = 2 / sympy.sqrt(2 * sympy.pi * q)
    for n in range(1, terms):
        moment = 2 * sympy.pi ** (2 * n) * (1 - sympy.Integer(2) ** (1 - 2 * n))
        moment *= abs(sympy.bernoulli(2 * n))
        deficit += (
            (-1) ** n * moment / (sympy.factorial(n) * (2 * q) ** n * sympy.sqrt(2 * sympy.pi * q))
        )
    return sv + sa - sv * deficit, sb / sw


def tanh_step(value: mpmath.mpf) -> mpmath.mpf:
    bits = current_bits()
    length = as_ball(value, bits)
    moment = tanh_second_moment(length * arb(169) / 100, bits)
    return Enclosure(length + (1 + 3 * moment) / 2).midpoint


def test_constant_of_the_tanh_residual_net() -> None:
    """Twenty-one digits of the constant, found elsewhere by other means, p(0) = 1."""
    increment, shift = saturated_length(8)
    expansion = autonomous_expansion(increment, u, known_to=sympy.Rational(-17, 2))
    found = match_constant(expansion, 1 + shift, step=tanh_step, dps=23)
    with mpmath.workdps(30):
        assert abs(found.value - mpmath.mpf("0.998347189651635811702")) < mpmath.mpf("5e-22")
        assert found.estimated_error < 1e-23


def test_more_terms_and_more_layers_agree() -> None:
    expansion = autonomous_expansion(sympy.sqrt(u), u)
    coarse = match_constant(expansion, 1, dps=15, terms=10)
    fine = match_constant(expansion, 1, dps=40, terms=40)
    assert 0 < abs(coarse.value - fine.value) <= 4 * coarse.estimated_error + 1e-16


def test_constant_shifts_by_one_with_the_layer() -> None:
    """Starting one layer later is the same orbit: K grows by exactly one."""
    expansion = autonomous_expansion(1 / u, u)
    first, second = match_constant(expansion, 1, dps=30), match_constant(expansion, 2, dps=30)
    with mpmath.workdps(30):
        assert abs(second.value - first.value - 1) < mpmath.mpf(10) ** -28


def test_constant_of_an_exact_solution() -> None:
    """``u_{l+1} = u_l + 2 sqrt(u_l) + 1`` has ``sqrt(u)`` linear: K is the square root."""
    expansion = autonomous_expansion(2 * sympy.sqrt(u) + 1, u)
    assert abs(match_constant(expansion, 9).value - 3) < 1e-19


def test_values_of_symbols_by_name() -> None:
    a = sympy.Symbol("a", positive=True)
    named = match_constant(autonomous_expansion(a / u, u), 1, values={"a": "1/2"})
    plain = match_constant(autonomous_expansion(1 / (2 * u), u), 1)
    assert abs(named.value - plain.value) < 1e-18
    assert by_name({"a": 1, u: 2}, a + u) == {a: 1, u: 2}


def test_refusals() -> None:
    truncated = autonomous_expansion(1 / u, u, known_to=-3)
    with pytest.raises(InvalidArgument, match="step"):
        match_constant(truncated, 1)
    with pytest.raises(InvalidArgument, match="recurrence"):
        match_constant(Expansion((), u, (), None), 1)
    with pytest.raises(PrecisionNotReached) as caught:
        match_constant(autonomous_expansion(2 - 1 / sympy.sqrt(u), u), 4, terms=3, layers=256)
    best = caught.value.best
    assert isinstance(best, MatchedConstant)
    assert best.estimated_error > 1e-20
    with pytest.raises(NoConvergence):
        match_constant(autonomous_expansion(2 - 3 / sympy.sqrt(u), u), "1/100")


def test_sum_of_a_series() -> None:
    with working_bits(80):
        scalars = BallScalars(ExactField([]), 80)
        half = scalars.exponents.rational(1, 2)
        series = PowerLogSeries.of(scalars, [(half, (arb(3), arb(2)))], None)
        assert abs(float(series_ball(series, arb(4))) - (6 + 4 * 1.3862943611198906)) < 1e-13


def test_compiled_step() -> None:
    with working_digits(24):
        step = compiled_step(u**2, u, {}, 80)
        assert step(mpmath.mpf(3)) == 12


def erf_cosine() -> tuple[sympy.Expr, sympy.Expr]:
    """Return the increments of length and cosine: arcsines at a branch point, and elsewhere."""
    half, q = sympy.Rational(1, 2), 2 * u + 1
    growth = 3 * sympy.asin(2 * q / (1 + 2 * q)) / sympy.pi + half
    turn = 3 * sympy.asin(2 * (2 * e * u + 1) / (1 + 2 * q)) / sympy.pi + half - e * growth
    return growth, turn / (u + growth)


def test_constant_of_a_driven_recurrence_belongs_to_the_orbit() -> None:
    """Whichever layer is called the first, C is the same."""
    growth, turn = erf_cosine()
    drive = autonomous_expansion(growth, u, order=2)
    expansion = driven_expansion(turn, e, sympy.Rational(1, 2), order=1, drive=drive)

    def matched(cosine: object, length: object) -> mpmath.mpf:
        return match_constant(
            expansion, cosine, drive_start=length, dps=5, terms=8, layers=512
        ).value

    at = {u: sympy.Integer(1), e: sympy.Rational(1, 4)}
    length, cosine = (sympy.N((s + part).subs(at), 60) for s, part in ((u, growth), (e, turn)))
    first = matched(at[e], at[u])
    assert abs(first - matched(cosine, length)) < 1e-5
    with pytest.raises(InvalidArgument, match="drive"):
        match_constant(expansion, at[e], values={"K": 1})
    with pytest.raises(InvalidArgument, match="drive"):
        match_constant(drive, 1, drive_start=1)


@pytest.mark.parametrize(
    ("increment", "at", "start"), [(1 - 1 / sympy.sqrt(u), "oo", 0), (-(u**2), "0", 5)]
)
def test_orbits_that_leave(increment: sympy.Expr, at: str, start: int) -> None:
    """To a pole, and to minus infinity beyond all exponents of floating point."""
    expansion = autonomous_expansion(increment, u, at=sympy.S(at), order=1)
    with pytest.raises(NoConvergence, match="inside the domain"):
        match_constant(expansion, start)


def test_arguments_of_other_kinds_are_named() -> None:
    expansion = autonomous_expansion(1 / u, u)
    assert_refused(lambda value: match_constant(value, 1), (None, "abc", 3, []), "expansion to be")
    functions = [value for value in NO_FUNCTIONS if value is not None]
    assert_refused(lambda step: match_constant(expansion, 1, step=step), functions, "step to be a")
    assert_refused(lambda run: match_constant(expansion, orbit=run), functions, "orbit to be a fu")
    assert_refused(
        lambda values: match_constant(expansion, 1, values=values), ([], 3, "abc"), "values to be"
    )
    sizes = (*NO_INTEGERS, 0, 10**400)
    assert_refused(lambda terms: match_constant(expansion, 1, terms=terms), sizes, "terms to be an")
    assert_refused(lambda depth: match_constant(expansion, 1, layers=depth), sizes, "layers to be")
