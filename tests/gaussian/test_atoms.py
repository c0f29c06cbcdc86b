import pytest
import sympy

from symprop.foundation.errors import NoClosedForm
from symprop.gaussian.atoms import Atom, decompose, multiply
from symprop.specs.activations import X, activation


def test_a_polynomial_is_its_monomials() -> None:
    atoms = decompose(activation("3*x**2 - x"))
    assert atoms == {Atom(sympy.Integer(2)): 3, Atom(sympy.Integer(1)): -1}


def test_relu_is_one_monomial_behind_a_step() -> None:
    atoms = decompose(activation("relu"))
    steps = {atom for atom in atoms if atom.steps}
    assert len(steps) == 1
    (atom,) = steps
    assert (atom.power, atom.steps[0].location, atom.steps[0].blur) == (1, 0, 0)


def test_gelu_has_a_blurred_step() -> None:
    blurs = {step.blur for atom in decompose(activation("gelu")) for step in atom.steps}
    assert blurs == {1}


def test_half_powers_are_powers() -> None:
    assert any(atom.is_power for atom in decompose(activation("alpha_relu:3/2")))


@pytest.mark.parametrize("name", ["tanh", "silu", "softplus", "mish", "sin(x**2)"])
def test_what_has_no_atoms_is_named(name: str) -> None:
    with pytest.raises(NoClosedForm):
        decompose(activation(name))


def test_products_multiply() -> None:
    left, right = decompose(activation("x + 1")), decompose(activation("x - 1"))
    product = {atom: value for atom, value in multiply(left, right).items() if value != 0}
    assert product == {Atom(sympy.Integer(2)): 1, Atom(): -1}
    assert X.is_real
