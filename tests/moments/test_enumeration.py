"""The enumeration over gates against sums done by hand and by SymPy."""

from fractions import Fraction

import pytest
import sympy

from symprop.foundation.errors import InvalidArgument, OutOfDomain, UnsupportedLaw
from symprop.moments.enumeration import gate_enumeration, weight_entries
from symprop.specs.branched import ResNet, Vanilla
from tests.malformed import NO_INTEGERS, NO_SEQUENCES, assert_refused

F = Fraction


def test_one_neuron() -> None:
    """``f = w sqrt(2) z v u``: ``E f^4 = 4/2 3^3``, and ``G = 2 z w^2 u^2``."""
    made = gate_enumeration(Vanilla().graph(1), 1)
    assert made.output == (1, 54)
    assert made.kernel == (1, 18)
    assert made.parts == {(1, 1): (1, 54)}
    assert made.jacobians == {(1, 1): (1, 18)}


def test_linear_block_by_sympy() -> None:
    """``f = w (1 + a v) u`` with ``a^2 = 1/3``: everything is a polynomial without gates."""
    w, v, u = sympy.symbols("w v u")
    a = sympy.sqrt(sympy.Rational(1, 3))
    output = w * (1 + a * v) * u
    made = gate_enumeration(ResNet(1, F(1, 3)).graph(1), 1, law="uniform")

    def mean(polynomial):
        moments = {0: 1, 2: 1, 4: F(9, 5), 6: F(27, 7), 8: 9}
        terms = sympy.Poly(sympy.expand(polynomial), w, v, u).terms()
        return sum(
            c * sympy.prod(sympy.sympify(moments.get(p, 0)) for p in powers) for powers, c in terms
        )

    assert made.output == (mean(output**2), mean(output**4))
    kernel = sympy.diff(output, v) ** 2
    assert made.kernel == (mean(kernel), mean(kernel**2))


def test_trained_matrices_can_be_chosen() -> None:
    graph = ResNet(1, 1).graph(2)
    made = gate_enumeration(graph, 1, trained=[(2, 1), (0, 0)])
    assert set(made.jacobians) == {(2, 1), (0, 0)}
    assert made.kernel[0] == sum(pair[0] for pair in made.jacobians.values())


def test_entries() -> None:
    entries = weight_entries(Vanilla().graph(1), 2)
    assert len(entries) == 2 + 4 + 2
    assert entries[-1] == ((-1, 0), 0, 1)


def test_refusals() -> None:
    with pytest.raises(InvalidArgument, match="weights and gates"):
        gate_enumeration(Vanilla().graph(3), 5)
    with pytest.raises(UnsupportedLaw, match="independent"):
        gate_enumeration(Vanilla().graph(1), 1, law="haar")
    with pytest.raises(OutOfDomain, match="input layer"):
        gate_enumeration(Vanilla(input_layer=False).graph(1), 1)
    with pytest.raises(OutOfDomain, match="scale"):
        gate_enumeration(ResNet(1, sympy.sqrt(2)).graph(1), 1)


def test_malformed_arguments_are_named() -> None:
    graph = Vanilla().graph(1)
    assert_refused(
        lambda given: gate_enumeration(given, 1),
        (None, "abc", 3, [], Vanilla()),
        "graph to be a Gr",
    )
    assert_refused(
        lambda width: gate_enumeration(graph, width), (*NO_INTEGERS, 0, 10**400), "width to be an"
    )
    trained = [value for value in NO_SEQUENCES if value is not None]
    assert_refused(
        lambda chosen: gate_enumeration(graph, 1, trained=chosen),
        trained,
        "trained to be a sequence",
    )
    unknown = ([(3, 1)], [[1, 1]], ["abc"], [None])
    assert_refused(
        lambda chosen: gate_enumeration(graph, 1, trained=chosen), unknown, "trained to be among"
    )
