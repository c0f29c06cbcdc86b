"""Four faces of one kernel: exact, enclosed, elementwise and of whole matrices."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from flint import arb

from symprop.foundation.errors import InvalidArgument, NoClosedForm, OutOfDomain
from symprop.gaussian.closed_forms import RHO
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import enclose
from symprop.recurrences.nngp import nngp_kernel
from symprop.recurrences.ntk import tangent_kernel
from symprop.specs.architectures import FullResidual, FullyConnected
from symprop.specs.branched import DenseNet, Reduced, ResNet, Vanilla

NETWORKS = [
    ResNet(1, "1/2"),
    ResNet(3, "1/10", trained="all"),
    DenseNet(input_layer=False, trained="all"),
    Vanilla(),
    Reduced(DenseNet(), (2, 1)),
    FullyConnected("relu", 2, "1/10"),
    FullyConnected("erf", (2, 1), "1/10"),
]
NAMES = ["linear resnet", "resnet", "densenet", "vanilla", "reduced", "relu", "erf"]


@pytest.mark.parametrize("make", [nngp_kernel, tangent_kernel])
@pytest.mark.parametrize("network", NETWORKS, ids=NAMES)
def test_faces_agree(network, make) -> None:
    kernel = make(network, 2, variances=(1, "5/2"))
    cosines = ["-1", "-3/4", "0", "1/3", "99/100", "1"]
    for rho in cosines:
        exact = enclose(kernel.closed_form, values={RHO: sympy.Rational(rho)}, dps=30)
        ball = kernel.enclose(rho, dps=30)
        assert ball.overlaps(exact)
        coarse = kernel.enclose(rho, dps=10)
        assert coarse.overlaps(ball)
        scale = float(
            sympy.sqrt(kernel.diagonal * make(network, 2, variances=("5/2",) * 2).diagonal)
        )
        value = kernel([float(sympy.Rational(rho))])[0]
        assert abs(value - float(ball)) < 2e-14 * scale
    covariance = 0.3 * np.sqrt(2.5)
    gram = kernel.gram([[1, covariance], [covariance, 2.5]])
    assert gram[0, 1] == pytest.approx(float(kernel.enclose(0.3, dps=15)), rel=1e-11)
    assert gram[0, 0] == pytest.approx(float(kernel.diagonal), rel=1e-12)
    assert kernel.gram_balls([["1"]], 80)[0][0].overlaps(make(network, 2).enclose(1).ball)


@pytest.mark.parametrize("network", [ResNet(2, "1/10"), DenseNet(), Vanilla()])
def test_close_inputs_are_enclosed(network) -> None:
    """The kernel falls like the angle: K(1) - K is nearly proportional to sqrt(gap)."""
    kernel = tangent_kernel(network, 4)
    drops = [
        float(kernel.enclose(1, dps=30) - kernel.enclose(angle_gap=gap, dps=30))
        for gap in ("1e-12", "1e-14")
    ]
    assert drops[0] / drops[1] == pytest.approx(10, rel=1e-5)


def test_symbolic_scale() -> None:
    alpha = sympy.Symbol("alpha", positive=True)
    kernel = tangent_kernel(ResNet(2, alpha), 3)
    assert sympy.expand(kernel.diagonal - 6 * alpha**2 * (1 + alpha**2) ** 2) == 0
    value = kernel.closed_form.subs({alpha: sympy.Rational(1, 3), RHO: sympy.Rational(1, 4)})
    exact = tangent_kernel(ResNet(2, "1/3"), 3).enclose("1/4", dps=20)
    assert enclose(value, dps=20).overlaps(exact)
    one = tangent_kernel(ResNet(2, alpha), 1).closed_form
    assert sympy.simplify(one.subs(RHO, 0) - alpha**2 / sympy.pi) == 0


def test_symbolic_diagonal_of_a_deep_network() -> None:
    alpha = sympy.Symbol("alpha", positive=True)
    assert tangent_kernel(ResNet(2, alpha), 50).diagonal == 100 * alpha**2 * (1 + alpha**2) ** 49
    assert nngp_kernel(ResNet(1, alpha), 30, variances=(4, 4)).diagonal == 4 * (1 + alpha) ** 30
    reduced = tangent_kernel(Reduced(ResNet(2, alpha), 2), 5).diagonal
    assert reduced.subs(alpha, 1) == tangent_kernel(Reduced(ResNet(2, 1), 2), 5).diagonal


def test_notebooks_get_a_formula_or_none() -> None:
    assert (
        "alpha" in tangent_kernel(ResNet(2, sympy.Symbol("alpha", positive=True)), 1)._repr_latex_()
    )
    assert tangent_kernel(ResNet(2, 1), 40)._repr_latex_() is None
    assert nngp_kernel(FullyConnected("tanh", 1), 1)._repr_latex_() is None


@pytest.mark.parametrize("name", ["tanh", "softplus", "silu"])
@pytest.mark.parametrize("rho", [1, -1])
def test_parallel_inputs_of_unequal_lengths(name: str, rho: int) -> None:
    kernel = tangent_kernel(FullyConnected(name, "1/3"), 2, variances=(1, 4))
    near = kernel.enclose(rho * (1 - sympy.Rational(1, 10**12)), dps=15)
    assert float(kernel.enclose(rho, dps=15)) == pytest.approx(float(near), rel=1e-10)
    assert kernel([float(rho)])[0] == pytest.approx(float(near), rel=1e-10)


def test_balls_as_arguments() -> None:
    wide = Enclosure.from_bounds("0.1", "0.1000001")
    kernel = tangent_kernel(ResNet(2, wide), 2)
    with pytest.raises(NoClosedForm):
        _ = kernel.closed_form
    matrix = kernel.gram([[1, 0.5], [0.5, 1]])
    assert matrix[0, 1] == pytest.approx(0.04 * 0.6, rel=0.5)


def test_deep_networks_are_quick() -> None:
    kernel = tangent_kernel(ResNet(2, "1/10"), 500)
    assert kernel.enclose("1/2", dps=15).overlaps(kernel.enclose("1/2", dps=25))
    dense = tangent_kernel(DenseNet(), 200)
    assert dense([0.5])[0] == pytest.approx(float(dense.enclose("1/2", dps=15)), rel=1e-12)


def test_refusals() -> None:
    with pytest.raises(InvalidArgument, match="architecture"):
        nngp_kernel(FullResidual("relu", 1, 0, 1, 0), 2)
    with pytest.raises(InvalidArgument, match="normalisation"):
        nngp_kernel(FullyConnected("relu", 2, normalization="layer"), 2)
    with pytest.raises(InvalidArgument, match="parameterization"):
        tangent_kernel(ResNet(), 2, parameterization="standard")
    with pytest.raises(InvalidArgument, match="depth"):
        tangent_kernel(ResNet(), -1)
    with pytest.raises(InvalidArgument, match="pair"):
        tangent_kernel(ResNet(), 1, variances=1)
    with pytest.raises(OutOfDomain, match="variances"):
        tangent_kernel(ResNet(), 1, variances=(1, 0))
    kernel = tangent_kernel(ResNet(), 1)
    for wrong in (1.5, float("nan")):
        with pytest.raises(OutOfDomain, match="rho"):
            kernel([wrong])
    with pytest.raises(OutOfDomain, match="rho"):
        kernel.enclose(2)
    with pytest.raises(OutOfDomain, match="cosines"):
        kernel.gram_balls([[arb(1), arb(2)], [arb(2), arb(1)]], 80)
