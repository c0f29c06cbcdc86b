import numpy as np
import pytest
import sympy
from flint import arb

from symprop.gaussian.duality import dual_kernel
from symprop.gaussian.float_angles import AngleKernel, angle_kernel
from symprop.numerics.precision import working_bits
from symprop.specs.activations import X, activation
from tests.gaussian.textbook_kernels import exact, relu, squared_relu

ONE = arb(1)


def textbook(kernel):
    def enclose(rho: arb, bits: int) -> arb:
        with working_bits(2 * bits + 300):
            return kernel(rho, ONE, ONE)

    return enclose


def build(name, enclose, q=(1, 1)):
    phi = activation(name)
    return angle_kernel(phi, phi, q, enclose)


@pytest.mark.parametrize(("name", "witness"), [("relu", relu), ("squared_relu", squared_relu)])
def test_arc_cosine_kernels_are_found_again(name, witness) -> None:
    enclose = textbook(witness)
    kernel = build(name, enclose)
    assert isinstance(kernel, AngleKernel)
    assert kernel.error < 3e-14
    random = np.random.default_rng(5)
    rho = np.concatenate([random.uniform(-1, 1, 80), [-1, 0, 1, 1 - 2.0**-53, -1 + 2.0**-53]])
    for value, c in zip(kernel(rho), rho, strict=True):
        assert abs(exact(value) - enclose(exact(c), 100)) <= kernel.error
    gaps = np.concatenate([10.0 ** random.uniform(-100, 0, 40), [1.0]])
    for value, gap in zip(kernel.deficit(gaps), gaps, strict=True):
        with working_bits(1000):
            true = enclose(ONE, 500) - enclose(1 - exact(gap), 500)
            assert abs(exact(value) - true) <= kernel.deficit_error * true


def test_exponential_pieces() -> None:
    certified = dual_kernel("elu")
    kernel = certified.float_face
    assert isinstance(kernel, AngleKernel)
    assert kernel.error < 1e-14
    for c in (-1.0, -0.4, 0.0, 0.9, 1.0):
        value = exact(float(kernel(c)))
        assert abs(value - certified.enclose(c, dps=18).ball) <= kernel.error


def test_pair_against_an_exact_kernel() -> None:
    """``E relu(u) u = rho/2``."""
    kernel = angle_kernel(
        activation("relu"), activation("identity"), (1, 1), lambda rho, bits: rho / 2
    )
    assert kernel is not None
    rho = np.linspace(-1, 1, 41)
    assert np.abs(kernel(rho) - rho / 2).max() <= kernel.error


def refused(rho, bits):
    raise AssertionError("not to be evaluated")


@pytest.mark.parametrize(
    "expression", [sympy.tanh(X), X / (1 + sympy.Abs(X)), sympy.Max(X, 1), sympy.exp(-(X**2))]
)
def test_other_pieces_are_left_to_the_table(expression) -> None:
    assert build(expression, refused) is None


def test_steep_exponentials_are_left_to_the_table() -> None:
    enclose = textbook(relu)  # only its size is asked for
    assert build("elu", enclose, (10**4, 10**4)) is None
