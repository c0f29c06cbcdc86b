import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from symprop.gaussian.float_faces import float_kernel
from symprop.numerics.precision import working_bits
from tests.gaussian.textbook_kernels import BITS, KERNELS, exact, kernel_ball

variance = st.floats(1e-6, 50.0)
correlation = st.one_of(
    st.floats(-1.0, 1.0),
    st.integers(1, 1074).map(lambda k: 1 - 2.0**-k),
    st.integers(1, 1074).map(lambda k: 2.0**-k - 1),
)


@given(st.sampled_from(sorted(KERNELS)), variance, variance, correlation)
def test_closed_forms_anywhere(name, q1, q2, rho) -> None:
    kernel = float_kernel(name, variances=(q1, q2))
    value = exact(float(kernel(rho)))
    with working_bits(BITS):
        assert abs(value - kernel_ball(name, exact(rho), q1, q2)) <= kernel.error


@given(
    st.sampled_from(["tanh", "silu", "relu", "gelu", "alpha_relu:7/10", "sigmoid"]),
    st.lists(st.floats(-1.0, 1.0), min_size=2, max_size=20),
)
def test_kernels_of_one_activation_are_bounded_by_their_end(name, rho) -> None:
    """``|kappa(rho)| <= kappa(1)`` and ``kappa`` grows on [0, 1]: all coefficients are squares."""
    kernel = float_kernel(name)
    values = kernel(rho)
    assert np.abs(values).max() <= float(kernel(1.0)) + 2 * kernel.error
    rising = np.sort(np.abs(rho))
    assert (np.diff(kernel(rising)) >= -2 * kernel.error).all()


@given(
    st.sampled_from(["tanh", "silu", "relu", "gelu", "alpha_relu:7/10"]),
    st.floats(2.0**-100, 1.0),
)
def test_deficit_and_value_add_up(name, gap) -> None:
    kernel = float_kernel(name)
    total = float(kernel.deficit(gap)) + float(kernel(angle_gap=gap))
    assert abs(total - float(kernel(1.0))) <= 4 * kernel.error
