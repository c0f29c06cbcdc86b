"""The formulas against balls, through the kernel objects that carry their stated errors."""

import numpy as np
import pytest

from symprop.gaussian.float_faces import closed_form_kernel
from symprop.gaussian.float_formulas import FORMULAS
from symprop.gaussian.hot_forms import hot_form
from symprop.numerics.precision import working_bits
from symprop.specs.activations import activation
from tests.gaussian.textbook_kernels import BITS, KERNELS, deficit_ball, exact, kernel_ball

EDGES = [0.0, 2.0**-60, 1e-14, 1e-9, 3e-5, 0.01, 0.3, 0.5, 0.9, 1.0, 1.2, 1.7, 1.99, 2.0]
PAIRS = [(1.0, 1.0), (0.3, 2.5), (1e-12, 1e-12), (1e-12, 1e3), (100.0, 100.0), (1e10, 1e12)]

SMALLEST = 2.0**-1022  # below it float64 itself has no relative accuracy


def closed(name: str, q1: float, q2: float):
    form = hot_form(activation(name))
    assert form is not None
    return closed_form_kernel(form, (q1, q2))


def representable(name: str, q2: float) -> bool:
    return name != "exp" or q2 < 300


def test_every_formula_has_a_witness() -> None:
    names = {hot_form(activation(name)).name for name in KERNELS}
    assert names == set(FORMULAS)


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize(("q1", "q2"), PAIRS, ids=str)
def test_values_within_the_stated_error(name, q1, q2) -> None:
    if not representable(name, q2):
        return
    kernel = closed(name, q1, q2)
    random = np.random.default_rng(7)
    gaps = np.concatenate([EDGES, 10.0 ** random.uniform(-16, 0, 40), random.uniform(0, 2, 60)])
    rho = 1 - gaps
    for values, arguments in (
        (kernel(rho), [exact(c) for c in rho]),
        (kernel(angle_gap=gaps), [None] * gaps.size),
    ):
        for value, c, gap in zip(values, arguments, gaps, strict=True):
            with working_bits(BITS):
                argument = 1 - exact(gap) if c is None else c
                error = abs(exact(value) - kernel_ball(name, argument, q1, q2))
            assert error <= kernel.error


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize(("q1", "q2"), PAIRS, ids=str)
def test_deficits_keep_their_relative_accuracy(name, q1, q2) -> None:
    if not representable(name, q2):
        return
    kernel = closed(name, q1, q2)
    bound = kernel.deficit_error
    random = np.random.default_rng(8)
    gaps = np.concatenate([[g for g in EDGES if 0 < g <= 1], 10.0 ** random.uniform(-200, 0, 60)])
    for value, gap in zip(kernel.deficit(gaps), gaps, strict=True):
        with working_bits(1200):
            true = deep_deficit(name, gap, q1, q2)
            assert abs(exact(value) - true) <= bound * true + exact(SMALLEST)


def deep_deficit(name, gap, q1, q2):
    """The cancellation of the textbook forms needs twice the digits of the gap."""
    kernel = KERNELS[name]
    with working_bits(2200):
        ends = (exact(q1), exact(q2))
        return kernel(exact(1), *ends) - kernel(1 - exact(gap), *ends)


@pytest.mark.parametrize("name", [name for name in KERNELS if name != "exp"])
def test_deficits_beyond_the_right_angle_are_differences(name) -> None:
    kernel = closed(name, 1.0, 2.0)
    gaps = np.array([1.1, 1.5, 1.9, 2.0])
    for value, gap in zip(kernel.deficit(gaps), gaps, strict=True):
        with working_bits(BITS):
            assert abs(exact(value) - deficit_ball(name, gap, 1.0, 2.0)) <= 4 * kernel.error


@pytest.mark.parametrize("name", KERNELS)
def test_no_warning_and_no_nan_at_the_ends(name) -> None:
    for q1, q2 in PAIRS:
        if representable(name, q2):
            with np.errstate(all="raise", under="ignore"):
                kernel = closed(name, q1, q2)
                assert np.isfinite(kernel([-1.0, -0.0, 0.0, 1.0])).all()
                assert np.isfinite(kernel.deficit([0.0, 1e-300, 1.0, 2.0])).all()


@pytest.mark.parametrize("name", ["abs", "cos", "gaussian"])
def test_even_kernels_are_even_to_the_last_bit(name) -> None:
    rho = np.linspace(0, 1, 101)
    kernel = closed(name, 1.0, 2.0)
    np.testing.assert_array_equal(kernel(rho), kernel(-rho))


@pytest.mark.parametrize("name", ["sign", "erf", "sin"])
def test_odd_kernels_are_odd_to_the_last_bit(name) -> None:
    rho = np.linspace(0, 1, 101)
    kernel = closed(name, 1.0, 2.0)
    np.testing.assert_array_equal(kernel(rho), -kernel(-rho))


@pytest.mark.parametrize("name", ["relu", "squared_relu"])
def test_relu_kernels_keep_their_relative_accuracy_at_minus_one(name) -> None:
    """Where the textbook formula has lost every digit. The angle from -1 is the condition."""
    kernel = closed(name, 1.0, 1.0)
    rho = -1 + 2.0 ** -np.arange(1, 53, 3)
    for value, c in zip(kernel(rho), rho, strict=True):
        true = kernel_ball(name, exact(c), 1.0, 1.0)
        with working_bits(BITS):
            assert abs(exact(value) - true) <= 40 * 2.0**-52 * true
