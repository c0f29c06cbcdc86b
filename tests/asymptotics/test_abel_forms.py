"""The Abel form against orbits: what is left falls as the remainder says."""

import mpmath
import pytest
import sympy

from symprop.asymptotics.abel_forms import abel_form
from symprop.asymptotics.autonomous import autonomous_expansion
from symprop.asymptotics.matching import match_constant
from symprop.foundation.errors import InvalidArgument
from tests.malformed import NO_INTEGERS, assert_refused

u = sympy.Symbol("u", positive=True)
log = sympy.log

CASES = [
    (log(u), sympy.oo, 3),
    (sympy.sqrt(u) / log(u), sympy.oo, 3),
    (1 + log(u), sympy.oo, 3),
    (-(u**2) * log(1 / u), 0, "1/5"),
    (sympy.sqrt(u), sympy.oo, 1),
    (1 + log(u) / u, sympy.oo, 2),
    (-(u**2) + u**4, 0, "1/4"),
]


@pytest.mark.parametrize(("f", "at", "start"), CASES, ids=str)
@pytest.mark.parametrize("order", [2, 3])
def test_what_is_left_is_of_the_order_of_the_remainder(
    f: sympy.Expr, at: object, start: object, order: int
) -> None:
    expansion = autonomous_expansion(f, u, at=at, order=1)
    constant = match_constant(expansion, start, dps=20).value
    form = abel_form(expansion, order=order)
    assert form.variable == u
    phi, rest = (sympy.lambdify(u, part, "mpmath") for part in (form.function, form.remainder))
    step = sympy.lambdify(u, u + f, "mpmath")
    ratios = []
    with mpmath.workdps(30):
        value = mpmath.mpf(sympy.Rational(start))
        for layer in range(1, 4097):
            value = step(value)
            if layer in (256, 4096):
                ratios.append(abs((phi(value) - layer - constant) / rest(value)))
    assert 1 / 3 < ratios[0] / ratios[1] < 3
    assert 1e-4 < ratios[1] < 1e3


def test_exponentials_have_the_form_of_their_logarithm() -> None:
    form = abel_form(autonomous_expansion(u / log(u), u), order=2)
    assert sympy.expand(form.function - log(u) ** 2 / 2 - log(u) / 2) == 0


def test_a_recurrence_that_is_solved_has_nothing_left() -> None:
    form = abel_form(autonomous_expansion(2 * sympy.sqrt(u) + 1, u), order=1)
    assert form.function == sympy.sqrt(u)


def test_linear_parts_have_no_abel_form_here() -> None:
    with pytest.raises(InvalidArgument, match="slow"):
        abel_form(autonomous_expansion(u, u))
    with pytest.raises(InvalidArgument, match="order"):
        abel_form(autonomous_expansion(1 / u, u), order=0)


def test_malformed_arguments_are_named() -> None:
    assert_refused(abel_form, (None, "abc", 3, []), "expansion to be an Expansion")
    expansion = autonomous_expansion(1 / u, u)
    assert_refused(
        lambda order: abel_form(expansion, order=order), (*NO_INTEGERS, 0, 10**400), "order to be"
    )
