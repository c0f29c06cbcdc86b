from fractions import Fraction

import numpy as np
import pytest

from symprop.foundation.errors import (
    InvalidArgument,
    NoClosedForm,
    OutOfDomain,
    PrecisionNotReached,
)
from symprop.gaussian.duality import dual_kernel
from symprop.gaussian.float_faces import float_kernel
from symprop.gaussian.kernel_matrices import covariance_kernel, kernel_matrix
from symprop.numerics.precision import working_bits
from symprop.numerics.tiles import TILE_COLUMNS
from tests.gaussian.textbook_kernels import KERNELS, exact, kernel_ball

RANDOM = np.random.default_rng(11)
UNIT = RANDOM.standard_normal((TILE_COLUMNS + 77, 12))
UNIT /= np.linalg.norm(UNIT, axis=1)[:, None]
MIXED = RANDOM.standard_normal((90, 6)) * np.exp(RANDOM.uniform(-1.6, 0.4, (90, 1)))


def textbook_matrix_error(name: str, inputs: np.ndarray, matrix: np.ndarray) -> float:
    """Largest error of a few entries relative to ``sqrt(K_ii K_jj)``, from exact inputs.

    The correlation of each pair is computed from the float64 inputs without rounding.
    """
    worst = 0.0
    for i in range(0, len(inputs), 29):
        for j in range(0, len(inputs), 31):
            with working_bits(200):
                dot = sum((exact(a) * exact(b) for a, b in zip(inputs[i], inputs[j], strict=True)))
                q1 = sum(exact(a) ** 2 for a in inputs[i])
                q2 = sum(exact(a) ** 2 for a in inputs[j])
                rho = dot / (q1 * q2).sqrt() if i != j else exact(1)
                value = KERNELS[name](rho, q1, q2)
                scale = (KERNELS[name](exact(1), q1, q1) * KERNELS[name](exact(1), q2, q2)).sqrt()
                worst = max(worst, float(abs((exact(matrix[i, j]) - value) / scale).upper()))
    return worst


@pytest.mark.parametrize("name", [name for name in KERNELS if name not in ("step", "sign")])
@pytest.mark.parametrize("inputs", [UNIT, MIXED], ids=["unit", "mixed"])
def test_closed_forms_from_exact_inputs(name, inputs) -> None:
    """The rounding of correlations by the matrix product adds a few 1e-16."""
    matrix = kernel_matrix(name, inputs)
    tolerance = 1e-13 if name == "exp" else 1e-14
    assert textbook_matrix_error(name, inputs, matrix) < tolerance


@pytest.mark.parametrize("name", ["relu", "erf", "tanh", "elu", "alpha_relu:7/10"])
def test_unit_variance_is_the_float_kernel(name) -> None:
    matrix = kernel_matrix(name, UNIT)
    kernel = float_kernel(name)
    rho = np.clip(UNIT @ UNIT.T, -1, 1)
    np.fill_diagonal(rho, 1)
    far = ~np.eye(len(UNIT), dtype=bool)
    assert np.abs(matrix - kernel(rho))[far].max() < 1e-14
    assert np.abs(np.diag(matrix) - float(kernel(1.0))).max() <= 2 * kernel.error


@pytest.mark.parametrize(("name", "error"), [("tanh", 1e-10), ("silu", 1e-10), ("tanh", 1e-12)])
def test_mixed_variances_within_the_error_asked(name, error) -> None:
    matrix = kernel_matrix(name, MIXED, error=error)
    lengths = np.square(MIXED).sum(axis=1)
    for i, j in ((0, 0), (3, 50), (89, 1), (17, 18), (40, 2)):
        q = Fraction(lengths[i]), Fraction(lengths[j])
        rho = 1 if i == j else float(MIXED[i] @ MIXED[j] / np.sqrt(lengths[i] * lengths[j]))
        true = dual_kernel(name, variances=q).enclose(rho, dps=14).ball
        scale = np.sqrt(matrix[i, i] * matrix[j, j])
        assert abs(exact(matrix[i, j]) - true) <= error * scale


def test_near_parallel_rows_of_mixed_variance() -> None:
    """Correlations next to +-1, where a series has its largest error."""
    base = np.array([1.0, 2.0, -0.5])
    rows = np.stack([base, 1.5 * base, -0.7 * base, base + 1e-9])
    matrix = kernel_matrix("tanh", rows, error=1e-11)
    lengths = np.square(rows).sum(axis=1)
    for i in range(4):
        for j in range(4):
            rho = float(np.clip(rows[i] @ rows[j] / np.sqrt(lengths[i] * lengths[j]), -1, 1))
            q = Fraction(lengths[i]), Fraction(lengths[j])
            true = dual_kernel("tanh", variances=q).enclose(rho, dps=14).ball
            assert abs(exact(matrix[i, j]) - true) <= 2e-11


@pytest.mark.parametrize("name", ["relu", "gelu", "tanh", "silu", "alpha_relu:7/10"])
@pytest.mark.parametrize("inputs", [UNIT[:300], MIXED], ids=["unit", "mixed"])
def test_symmetric_and_positive(name, inputs) -> None:
    matrix = kernel_matrix(name, inputs)
    np.testing.assert_array_equal(matrix, matrix.T)
    assert np.linalg.eigvalsh(matrix).min() > -1e-11 * np.trace(matrix)


@pytest.mark.parametrize("name", ["erf", "silu", "alpha_relu:7/10"])
def test_rectangular_is_a_block_of_the_square(name) -> None:
    whole = kernel_matrix(name, MIXED)
    block = kernel_matrix(name, MIXED[:40], MIXED[40:])
    np.testing.assert_allclose(block, whole[:40, 40:], rtol=0, atol=1e-9)


def test_scale_multiplies_the_covariance() -> None:
    np.testing.assert_allclose(
        kernel_matrix("tanh", MIXED, scale=0.25), kernel_matrix("tanh", MIXED / 2), atol=1e-10
    )


def test_covariance_and_inputs_agree() -> None:
    np.testing.assert_allclose(
        covariance_kernel("gelu", MIXED @ MIXED.T), kernel_matrix("gelu", MIXED), atol=1e-12
    )


def test_iterated_like_a_deep_network() -> None:
    """Critical ReLU layers keep the diagonal and pull correlations together."""
    covariance = UNIT[:50] @ UNIT[:50].T
    for _ in range(5):
        following = 2 * covariance_kernel("relu", covariance)
        np.testing.assert_allclose(np.diag(following), np.diag(covariance), rtol=1e-14)
        assert (following >= covariance - 1e-14).all()
        covariance = following


def test_extreme_lengths_do_not_overflow() -> None:
    rows = np.array([[1e150, 1e149], [1e-150, 2e-150]])
    matrix = kernel_matrix("relu", rows)
    assert np.isfinite(matrix).all()
    assert matrix[0, 0] == pytest.approx(0.5 * 1.01e300, rel=1e-13)


@pytest.mark.parametrize(
    "rows", [[[0.0, 0.0], [1.0, 0.0]], [[np.nan, 1.0]], [[np.inf, 1.0]], [[1e200, 0.0]]]
)
def test_rows_without_a_variance_are_refused(rows) -> None:
    with pytest.raises(OutOfDomain):
        kernel_matrix("relu", rows)


@pytest.mark.parametrize("scale", [0.0, -1.0, np.nan, np.inf])
def test_scale_is_positive(scale) -> None:
    with pytest.raises(OutOfDomain):
        kernel_matrix("relu", MIXED, scale=scale)


def test_shapes_are_checked() -> None:
    with pytest.raises(InvalidArgument):
        kernel_matrix("relu", [1.0, 2.0])
    with pytest.raises(InvalidArgument):
        covariance_kernel("relu", np.ones((2, 3)))


def test_impossible_covariances_are_refused() -> None:
    with pytest.raises(OutOfDomain, match="inside"):
        covariance_kernel("relu", [[1.0, 1.1], [1.1, 1.0]])
    with pytest.raises(OutOfDomain, match="diagonal"):
        covariance_kernel("relu", [[1.0, 0.0], [0.0, 0.0]])


def test_rounding_beyond_one_is_taken_back() -> None:
    just_over = 1 + 2.0**-51
    matrix = covariance_kernel("sign", [[1.0, just_over], [just_over, 1.0]])
    assert matrix.tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_what_cannot_be_summed_is_said() -> None:
    with pytest.raises(NoClosedForm, match="analytic or homogeneous"):
        kernel_matrix("elu", MIXED)
    with pytest.raises(PrecisionNotReached, match="more than"):
        kernel_matrix("tanh", MIXED * 1000)


def test_overflow_of_the_kernel_is_refused() -> None:
    with pytest.raises(OutOfDomain, match="finite float64"):
        kernel_matrix("exp", [[40.0, 0.0], [0.0, 1.0]])


def test_witness_is_used() -> None:
    assert float(kernel_ball("relu", exact(1), 1.0, 1.0)) == 0.5
