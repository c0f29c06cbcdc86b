"""Driven expansions against orbits, the tanh residual net and the lemmas of the residual paper."""

from collections.abc import Iterator
from dataclasses import replace

import mpmath
import pytest
import sympy

from symprop.asymptotics.autonomous import autonomous_expansion
from symprop.asymptotics.driven import driven_expansion
from symprop.asymptotics.expansions import INDEX, Expansion
from symprop.asymptotics.matching import match_constant
from symprop.foundation.errors import OutOfDomain
from tests.malformed import NO_FORMULAS, assert_refused

e = sympy.Symbol("e", real=True)
u = sympy.Symbol("u", positive=True)
C = sympy.Symbol("C", real=True)
l1 = INDEX + 1
half = sympy.Rational(1, 2)


def ratios(expansion: Expansion, increment: sympy.Expr, start: object) -> tuple[float, float]:
    """Return error over remainder term in layers 512 and 16384."""
    constant = match_constant(expansion, start, dps=12).value
    function = sympy.lambdify((e, INDEX), e + increment, "mpmath")
    assert expansion.remainder is not None
    order = Expansion((expansion.remainder,), expansion.scale, expansion.constants, None)
    found = []
    with mpmath.workdps(25):
        value = mpmath.mpf(sympy.Rational(start))
        for layer in range(16384):
            value = function(value, mpmath.mpf(layer))
            if layer + 1 in (512, 16384):
                error = value - expansion.evaluate(layer + 1, {"C": constant}, dps=22)
                found.append(float(abs(error / order.evaluate(layer + 1))))
    return found[0], found[1]


CASES = [
    (-e / (3 * l1) + l1**-2, 1),
    (-e / (2 * l1) + l1 ** sympy.Rational(-7, 4) - e**2 / l1, "1/5"),
    (-e / (2 * l1) - e / l1 ** sympy.Rational(3, 2) + l1**-2, 2),
    (-e / l1 + 1 / l1**2, 1),
]


@pytest.mark.parametrize(("increment", "start"), CASES, ids=str)
def test_error_is_of_the_order_of_the_remainder(increment: sympy.Expr, start: object) -> None:
    expansion = driven_expansion(increment, e, order=3)
    near, far = ratios(expansion, increment, start)
    assert 1 / 4 < near / far < 4
    assert 1e-3 < far < 1e3


def test_one_wrong_coefficient_is_seen() -> None:
    increment, start = CASES[0]
    expansion = driven_expansion(increment, e, order=3)
    *terms, last = expansion.terms
    wrong = replace(expansion, terms=(*terms, replace(last, coefficient=2 * last.coefficient)))
    near, far = ratios(wrong, increment, start)
    assert far > 4 * near


def tanh_cosine(sv: object, sa: object, sw: object, sb: object) -> tuple[sympy.Expr, sympy.Expr]:
    """Return the increments of ``u = p + sb/sw`` and of the cosine e at large depth."""
    q, saturation = sw * u, sympy.sqrt(2 / sympy.pi)
    length = sv + sa - sv * saturation / sympy.sqrt(q)
    length += sv * sympy.pi**2 / (12 * sympy.sqrt(2 * sympy.pi)) * q ** sympy.Rational(-3, 2)
    cosine = (sw * e * (u - sb / sw) + sb) / q
    kernel = 2 / sympy.pi * sympy.asin(cosine)
    kernel -= sympy.pi / 6 * cosine / sympy.sqrt(1 - cosine**2) / q
    return length, (sv * kernel + sa - e * length) / (u - sb / sw + length)


def test_cosine_of_the_tanh_residual_net() -> None:
    """``e - 1/2 = C X**-delta + P X**(-1/2)``: delta = 1 - sqrt(3)/pi, P known to 18 digits."""
    sv, sa, sw, sb = map(sympy.Rational, ("3/2", "1/2", "169/100", "49/100"))
    length, cosine = tanh_cosine(sv, sa, sw, sb)
    drive = autonomous_expansion(length, u, known_to="-5/2")
    expansion = driven_expansion(cosine, e, half, order=2, drive=drive, known_to=-2)
    assert expansion.coefficient(0) == half
    assert expansion.coefficient(sympy.sqrt(3) / sympy.pi - 1) == C
    power = sympy.N(expansion.coefficient("-1/2") / sympy.sqrt(2), 20)
    assert abs(power + sympy.Float("3.17067012482534481", 20)) < 1e-17


@pytest.mark.parametrize("alpha", ["1/2", "1", "3/2", "2"])
def test_forced_sums_lemma(alpha: str) -> None:
    """beta > 1: ``l**(1-alpha)``, a logarithm, a constant: which vanishes for one start."""
    power = sympy.Rational(alpha)
    c = sympy.Symbol("c", positive=True)
    expansion = driven_expansion(-e / INDEX**2 + c * INDEX ** (-power), e, order=2)
    if power < 1:
        assert sympy.simplify(expansion.coefficient(1 - power) - c / (1 - power)) == 0
    elif power == 1:
        assert expansion.coefficient(0, 1) == c
    else:
        assert expansion.terms[0].coefficient == C
        assert sympy.simplify(expansion.coefficient(1 - power).subs(C, 0) + c / (power - 1)) == 0


@pytest.mark.parametrize(
    ("alpha", "delta", "leading"),
    [("2", "-1/2", -half), ("5/4", "-1/2", "-1/4"), ("3/2", "-1/2", -half), ("1/2", "2", 2)],
)
def test_resonant_lemma(alpha: str, delta: str, leading: object) -> None:
    """beta = 1: the larger of ``l**delta`` and ``l**(1-alpha)``, with a logarithm if they meet."""
    power, rate = sympy.Rational(alpha), sympy.Rational(delta)
    expansion = driven_expansion(rate * e / INDEX + INDEX ** (-power), e, order=2)
    first = expansion.terms[0]
    assert first.power == sympy.sympify(leading)
    assert first.log_power == (1 if 1 - power == rate else 0)


def test_algebraic_lemma() -> None:
    """beta < 1, delta < 0: ``-(c/delta) l**(beta-alpha)`` whatever the start."""
    c, d = sympy.symbols("c d", positive=True)
    expansion = driven_expansion(-d * e / sympy.sqrt(INDEX) + c / INDEX, e, order=2)
    assert sympy.simplify(expansion.coefficient("-1/2") - c / d) == 0
    assert C not in expansion.terms[0].coefficient.free_symbols
    assert sympy.simplify(expansion.factor[0].coefficient + 2 * d) == 0
    growing = driven_expansion(d * e / sympy.sqrt(INDEX) + c / INDEX, e, order=2)
    found = growing.factor[0]
    assert (sympy.simplify(found.coefficient - 2 * d), found.power) == (0, half)


def test_exceptional_start_breaks_the_lemma() -> None:
    """With C = 0 the sum that should tend to a nonzero constant tends to zero like 1/l."""
    increment = -e / (l1 + 1) ** 2 + 1 / l1**2
    expansion = driven_expansion(increment, e, order=2)
    zero, one = (match_constant(expansion, s, dps=18).value for s in (0, 1))
    exceptional = -zero / (one - zero)

    def last(start: mpmath.mpf) -> Iterator[mpmath.mpf]:
        value = start
        for layer in range(20000):
            value += -value / (mpmath.mpf(layer) + 2) ** 2 + 1 / (mpmath.mpf(layer) + 1) ** 2
        yield value

    with mpmath.workdps(25):
        assert abs(next(last(exceptional)) * 20000 + 1) < 1e-3
        assert abs(next(last(mpmath.mpf(1)))) > 0.5


def test_wrong_limits_are_refused() -> None:
    with pytest.raises(OutOfDomain):
        driven_expansion(e**2 / INDEX + e / INDEX, e)
    with pytest.raises(OutOfDomain):
        driven_expansion(e * (1 - e) / sympy.sqrt(INDEX), e, 0)


def test_corrections_of_a_resonant_solution() -> None:
    """A pass that starts from nothing knows nothing below its cutoff."""
    found = driven_expansion(-e / (2 * INDEX) + INDEX ** -sympy.Rational(3, 2), e, order=2)
    written = [(term.coefficient, term.power, term.log_power) for term in found.terms[2:]]
    three_eighths = sympy.Rational(3, 8)
    assert written[0] == (three_eighths, -3 * half, 1)
    assert sympy.expand(written[1][0] - three_eighths * C + sympy.Rational(5, 8)) == 0
    assert found.remainder is not None
    assert (found.remainder.power, found.remainder.log_power) == (-sympy.Rational(5, 2), 1)


def test_text_is_read_with_its_symbols() -> None:
    e = sympy.Symbol("e")
    written = driven_expansion("-e/(2*l) + l**(-3/2)", e, order=1)
    assert written == driven_expansion(
        -e / (2 * INDEX) + INDEX ** sympy.Rational(-3, 2), e, order=1
    )


def test_arguments_of_other_kinds_are_named() -> None:
    e = sympy.Symbol("e")
    assert_refused(lambda value: driven_expansion(value, e), NO_FORMULAS, "increment to be")
    assert_refused(lambda value: driven_expansion(-e / INDEX, value), NO_FORMULAS, "unknown to be")
    assert_refused(lambda value: driven_expansion(-e / INDEX, e, limit=value), NO_FORMULAS, "limit")
    assert_refused(
        lambda drive: driven_expansion(-e / INDEX, e, drive=drive), ("abc", 3, []), "drive to come"
    )
