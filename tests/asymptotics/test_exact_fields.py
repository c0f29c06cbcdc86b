import pytest
import sympy
from flint import fmpq

from symprop.asymptotics.exact_fields import ExactField
from symprop.foundation.errors import InvalidArgument

b = sympy.Symbol("b", positive=True)
alpha = sympy.Symbol("alpha", positive=True)


def test_radicals_of_one_base_are_powers_of_one_generator() -> None:
    field = ExactField([b ** sympy.Rational(1, 6), b ** sympy.Rational(3, 4), sympy.pi])
    assert len(field.generators) == 2
    sixth = field.element(b ** sympy.Rational(1, 6))
    assert sixth**6 == field.element(b)
    assert field.expression(sixth**9) == b ** sympy.Rational(3, 2)


@pytest.mark.parametrize(
    "text", ["sqrt(2/pi)*b**(3/2)/(1-b)", "2**(alpha+1) - alpha/(1-alpha)", "log(2)+gamma(alpha)"]
)
def test_expressions_survive_the_round_trip(text: str) -> None:
    expression = sympy.sympify(text, locals={"b": b, "alpha": alpha})
    field = ExactField([expression])
    assert sympy.simplify(field.expression(field.element(expression)) - expression) == 0


def test_what_is_not_in_the_field_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="field"):
        ExactField([b]).element(sympy.sqrt(b))


def test_sizes_are_values_at_the_sample() -> None:
    field = ExactField([alpha / (1 - alpha)], {alpha: sympy.Rational(1, 3)})
    assert field.size(field.element(alpha / (1 - alpha))) == fmpq(1, 2)
    irrational = ExactField([sympy.sqrt(3) / sympy.pi])
    value = irrational.size(irrational.element(1 - sympy.sqrt(3) / sympy.pi))
    assert abs(float(int(value.p) / int(value.q)) - 0.4486711) < 1e-6
    with pytest.raises(InvalidArgument, match="given"):
        ExactField([alpha]).size(ExactField([alpha]).element(alpha))


def test_ties_at_the_sample_are_refused() -> None:
    field = ExactField([alpha], {alpha: sympy.Rational(1, 2)})
    first, second = field.element(alpha), field.element(1 - alpha)
    assert field.same(first, first)
    assert not field.same(first, field.one)
    with pytest.raises(InvalidArgument, match="tie"):
        field.same(first, second)


def test_hidden_zeros_of_radicals_are_seen_in_comparisons() -> None:
    field = ExactField([sympy.sqrt(2)])
    assert field.same(field.element(sympy.sqrt(2)) ** 2, field.rational(2))


def test_what_is_no_expression() -> None:
    for expressions in (None, "ab", 3):
        with pytest.raises(InvalidArgument, match="expressions to be several"):
            ExactField(expressions)
    with pytest.raises(InvalidArgument, match="expression to be"):
        ExactField(["junk"])
    with pytest.raises(InvalidArgument, match="given to be a mapping"):
        ExactField([sympy.pi], given=3)
    with pytest.raises(InvalidArgument, match="expression"):
        ExactField([sympy.pi]).element("__import__('os')")
