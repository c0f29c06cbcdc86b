import mpmath
import pytest
import sympy
from flint import arb

from symprop.foundation.errors import InvalidArgument, NoConvergence, OutOfDomain
from symprop.gaussian.expectation import (
    gaussian_expectation,
    positive_variance,
    quadrature_expectation,
    require_square_integrable,
)
from symprop.gaussian.integrand import integrand_of
from symprop.numerics.enclosure import Enclosure
from symprop.specs.activations import activation


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("x**4", 3),
        ("Abs(x)", sympy.sqrt(2 / sympy.pi)),
        ("exp(x/2)", sympy.exp(sympy.Rational(1, 8))),
        ("exp(x**2/4)", sympy.sqrt(2)),
        ("cos(x)", sympy.exp(-sympy.Rational(1, 2))),
        ("erf(x)**2", 2 * sympy.asin(sympy.Rational(2, 3)) / sympy.pi),
        ("Max(x, 0)**(3/2)", None),
    ],
)
def test_known_expectations_are_enclosed(text: str, exact: sympy.Expr | None) -> None:
    value = gaussian_expectation(text, dps=30)
    if exact is None:
        exact = (
            2 ** sympy.Rational(-1, 4) * sympy.gamma(sympy.Rational(5, 4)) / sympy.sqrt(sympy.pi)
        )
    with mpmath.workdps(45):
        assert abs(value.midpoint - mpmath.mpf(str(sympy.N(exact, 45)))) < mpmath.mpf(10) ** -29


def test_quadrature_agrees_with_closed_forms() -> None:
    """The closed form and the certified rule share no code below the activation."""
    for text in ("gelu", "elu", "hard_tanh", "relu6", "exp(x/2)", "Abs(x - 1/2)", "x*erf(x)"):
        closed = gaussian_expectation(text, dps=25, variance="3/2")
        integral = quadrature_expectation(integrand_of(activation(text)), "3/2", 25)
        assert closed.overlaps(integral), text


@pytest.mark.parametrize("text", ["exp(x**2)", "exp(x**2/2)", "1/x", "exp(exp(x))"])
def test_what_is_not_integrable_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(OutOfDomain):
        gaussian_expectation(text)


def test_bad_arguments() -> None:
    with pytest.raises(InvalidArgument, match="dps"):
        gaussian_expectation("tanh", -1)
    with pytest.raises(OutOfDomain, match="variance"):
        gaussian_expectation("tanh", variance=0)
    with pytest.raises(InvalidArgument, match="q"):
        positive_variance("abc", 64, "q")


def test_square_integrability_depends_on_the_variance() -> None:
    growing = activation("exp(x**2/8)")
    require_square_integrable(growing, 1)
    require_square_integrable(growing, "19/10")
    with pytest.raises(OutOfDomain):
        require_square_integrable(growing, 2)
    require_square_integrable(activation("exp(x**2/3)"), arb("0.5"))


@pytest.mark.parametrize("text", ["Abs(x)**(-3/2)", "Piecewise((x**(-3/2), x > 0), (0, True))"])
def test_divergent_integrals_get_no_closed_form(text: str) -> None:
    """The Gamma function continues past the pole; the integral does not."""
    with pytest.raises(OutOfDomain):
        gaussian_expectation(text)


@pytest.mark.parametrize("f", ["tanh(x)*x**2", "softsign", "sin(x)*atan(x)*tanh(x)", "tanh(1/x)"])
def test_the_mean_of_an_odd_function_is_exactly_zero(f: str) -> None:
    assert gaussian_expectation(f) == Enclosure(0)


@pytest.mark.parametrize("exponent", [100, 300])
def test_a_tiny_expectation_has_its_digits(exponent: int) -> None:
    found = gaussian_expectation(f"tanh(x)**2/10**{exponent}", 15)
    assert found.relative_bits >= 49
    assert (found * 10**exponent).overlaps(gaussian_expectation("tanh(x)**2", 25))


def test_each_failure_gives_its_own_reason() -> None:
    with pytest.raises(OutOfDomain, match="singular points"):
        gaussian_expectation("tanh(x)/x")
    with pytest.raises(NoConvergence, match="varies too fast"):
        gaussian_expectation("tanh(sin(10**6*x) + x)**2", 3)
