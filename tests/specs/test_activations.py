"""`Activation` and `activation`."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError

import pytest
import sympy

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.specs.activations import Activation, X, activation
from tests.specs.test_growth import NAMES

SPECS = [
    *NAMES,
    "x",
    "x*erf(x)",
    "Max(x,0)**(3/2)",
    "Piecewise((x, x>0), (exp(x)-1, True))",
    "2*tanh(3*x+1/2)",
    "0",
    "pi",
    "sqrt(1 + x^2) - 0.1",
    "relu(x - sqrt(2))/Phi(1)",
]


@pytest.mark.parametrize("spec", SPECS)
def test_name_is_a_faithful_specification(spec: str) -> None:
    phi = activation(spec)
    for other in (
        phi,
        phi.weak_derivative().regular,
        phi.scaled("1/3", slope=-2, shift="sqrt(2)"),
    ):
        again = activation(other.name)
        assert again == other
        assert again.name == other.name
        assert activation(str(other.expression)) == other


@pytest.mark.parametrize("spec", ["relu", "selu", "x*erf(x)", "mish", "sign"])
def test_pickle_hash_and_repr(spec: str) -> None:
    phi = activation(spec)
    _ = phi.pieces, phi.parity, phi(0.3)
    again = pickle.loads(pickle.dumps(phi))
    assert again == phi
    assert hash(again) == hash(phi)
    assert again.name == phi.name
    assert again.pieces == phi.pieces
    assert repr(phi) == f"activation({phi.name!r})"
    assert eval(repr(phi), {"activation": activation}) == phi
    assert phi._repr_latex_().startswith("$")


def test_equality_is_of_expressions() -> None:
    assert activation("relu") == activation("Max(x, 0)") == activation(sympy.Max(0, X))
    assert activation("relu") != activation("leaky_relu")
    assert activation("silu:1") == activation("x*sigmoid(x)")
    assert len({activation("identity"), activation("x"), activation("polynomial:0,1")}) == 1


def test_sympy_expressions_in_any_symbol() -> None:
    t = sympy.Symbol("t")
    phi = activation(sympy.tanh(t) + sympy.Abs(t) / 2)
    assert phi.expression == sympy.tanh(X) + sympy.Abs(X) / 2
    assert activation(phi) is phi


@pytest.mark.parametrize("spec", [None, 3, 0.5, ["relu"], b"relu", sympy.true])
def test_other_types_are_refused(spec: object) -> None:
    with pytest.raises(InvalidArgument, match="Expected activation to be a name"):
        activation(spec)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "spec",
    ["", "relu:", "rel u", "relu relu", "x:1", "relu:1/10:2", "import os", "relu\x00", "y**2"],
)
def test_bad_text_is_refused_in_one_line(spec: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        activation(spec)
    assert "\n" not in str(caught.value)


def test_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        activation("relu").name = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "breakpoints", "kinks", "jumps", "parity", "homogeneity"),
    [
        ("relu", (0,), (0,), (), None, 1),
        ("abs", (0,), (0,), (), "even", 1),
        ("step", (0,), (), (0,), None, 0),
        ("sign", (0,), (), (0,), "odd", 0),
        ("squared_relu", (0,), (), (), None, 2),
        ("relu6", (0, 6), (0, 6), (), None, None),
        ("hard_tanh", (-1, 1), (-1, 1), (), "odd", None),
        ("hard_swish", (-3, 3), (-3, 3), (), None, None),
        ("softsign", (0,), (), (), "odd", None),
        ("elu", (0,), (), (), None, None),
        ("elu:2", (0,), (0,), (), None, None),
        ("celu:2", (0,), (), (), None, None),
        ("selu", (0,), (0,), (), None, None),
        ("alpha_relu:1/2", (0,), (0,), (), None, sympy.Rational(1, 2)),
        ("alpha_relu:0", (0,), (), (0,), None, 0),
        ("alpha_relu:-1/4", (0,), (), (), None, -sympy.Rational(1, 4)),
        ("tanh", (), (), (), "odd", None),
        ("cos", (), (), (), "even", None),
        ("hermite:4", (), (), (), "even", None),
        ("tanhshrink", (), (), (), "odd", None),
        ("gelu", (), (), (), None, None),
    ],
)
def test_facts(
    name: str,
    breakpoints: tuple[int, ...],
    kinks: tuple[int, ...],
    jumps: tuple[int, ...],
    parity: str | None,
    homogeneity: sympy.Expr | None,
) -> None:
    phi = activation(name)
    assert phi.breakpoints == breakpoints
    assert phi.kinks == kinks
    assert phi.jumps == jumps
    assert phi.parity == parity
    assert phi.homogeneity == homogeneity


@pytest.mark.parametrize(
    ("spec", "regular", "atoms"),
    [
        ("relu", "step", ()),
        ("abs", "sign", ()),
        ("step", "0", ((0, 1),)),
        ("sign", "0", ((0, 2),)),
        ("hard_tanh", "Heaviside(x + 1) - Heaviside(x - 1)", ()),
        ("squared_relu", "2*relu(x)", ()),
        ("sign(x)*exp(-x)", "-sign(x)*exp(-x)", ((0, 2),)),
        ("tanh", "1 - tanh(x)**2", ()),
        ("elu", "Piecewise((exp(x), x < 0), (1, True))", ()),
        ("Heaviside(x - 1)*pi + Abs(x)", "sign(x)", ((1, sympy.pi),)),
    ],
)
def test_weak_derivative(spec: str, regular: str, atoms: tuple[tuple[int, int], ...]) -> None:
    derivative = activation(spec).weak_derivative()
    assert derivative.atoms == atoms
    assert derivative.regular.pieces == activation(regular).pieces
    points = [-2.5, -0.7, 0.3, 1.4]
    assert derivative.regular(points) == pytest.approx(activation(regular)(points))


@pytest.mark.parametrize("spec", ["alpha_relu:-1/4", "log(Abs(x))", "1/x"])
def test_unbounded_activation_has_no_weak_derivative(spec: str) -> None:
    with pytest.raises(OutOfDomain, match="to be bounded near x=0"):
        activation(spec).weak_derivative()


def test_scaled() -> None:
    phi = activation("tanh").scaled(2, slope=3, shift="1/2")
    assert phi.name == "2*tanh(3*x + 1/2)"
    assert phi == activation("2*tanh(3*x+1/2)")
    assert activation("relu6").scaled(slope=2, shift=-1).breakpoints == (
        sympy.Rational(1, 2),
        sympy.Rational(7, 2),
    )
    assert activation("elu").scaled(slope=-1).pieces[0].expression == -X
    assert activation("gelu").scaled() == activation("gelu")
    assert activation("gelu").scaled(0) == activation("0")
    for bad in ("x", None, 1j):
        with pytest.raises(InvalidArgument, match="slope"):
            activation("tanh").scaled(slope=bad)


def test_constructed_directly_it_is_the_same_value() -> None:
    assert Activation("anything", sympy.Max(0, X)) == activation("relu")


def test_scalings_by_enormous_numbers_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="bits"):
        activation("relu").scaled(10**5000)
