import pytest
import sympy

from symprop.foundation.errors import InvalidArgument
from symprop.numerics.tape import flatten

x, y = sympy.symbols("x y")


def test_shared_subexpressions_are_flattened_once() -> None:
    tape = flatten(sympy.tanh(x) ** 2 + sympy.exp(sympy.tanh(x)), [x])
    assert [step.name for step in tape.instructions].count("tanh") == 1


def test_the_tape_of_a_symbol_is_empty() -> None:
    tape = flatten(y, [x, y])
    assert tape.instructions == ()
    assert tape.result == 1


@pytest.mark.parametrize(
    "expression", [y, sympy.Function("f")(x), sympy.Piecewise((x, (x > 0) & (x < 1)), (0, True))]
)
def test_what_cannot_be_evaluated_is_refused(expression: sympy.Expr) -> None:
    with pytest.raises(InvalidArgument):
        flatten(expression, [x])
