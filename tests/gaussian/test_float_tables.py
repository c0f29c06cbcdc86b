"""Tables of kernels whose closed form is known, so that each entry has an exact witness."""

import numpy as np
import pytest
from flint import arb, fmpq

from symprop.foundation.errors import NoClosedForm, OutOfDomain, PrecisionNotReached
from symprop.gaussian.float_tables import deficit_table, table_kernel
from symprop.numerics.precision import working_bits
from tests.gaussian.textbook_kernels import exact, relu, sign

ONE = arb(1)


def at_unit_variance(kernel):
    def enclose(rho: arb, bits: int) -> arb:
        with working_bits(2 * bits + 300):
            return kernel(rho, ONE, ONE)

    return enclose


def steep(rho: arb, bits: int) -> arb:
    """``x^(1/5) 2F1(1/2, 1/2; 6/5; x)``: alpha-ReLU at -3/10, as steep as e^(1/5) at 1."""
    from flint import acb

    with working_bits(2 * bits + 300):
        x = (1 + rho) / 2
        if not x > 0:
            return arb(0)
        third = acb(arb(fmpq(6, 5)))
        return x ** arb(fmpq(1, 5)) * acb(x).hypgeom_2f1(acb("0.5"), acb("0.5"), third).real


KERNELS = {"relu": at_unit_variance(relu), "sign": at_unit_variance(sign), "steep": steep}
TABLES = {name: table_kernel(enclose, (1.0, 1.0)) for name, enclose in KERNELS.items()}


def arguments() -> np.ndarray:
    random = np.random.default_rng(3)
    gaps = 2.0 ** -random.uniform(0, 53, 60)
    ends = [-1.0, -0.5, -0.0, 0.5, 1.0, 1 - 2.0**-53, -1 + 2.0**-53, 2.0**-1074]
    return np.concatenate([1 - gaps, gaps - 1, random.uniform(-1, 1, 60), ends])


@pytest.mark.parametrize("name", KERNELS)
def test_values_within_the_stated_error(name) -> None:
    kernel, rho = TABLES[name], arguments()
    assert kernel.error < 1e-15 * max(1, float(KERNELS[name](ONE, 60)))
    for value, c in zip(kernel(rho), rho, strict=True):
        with working_bits(300):
            assert abs(exact(value) - KERNELS[name](exact(c), 100)) <= kernel.error


@pytest.mark.parametrize("name", KERNELS)
def test_gaps_below_float64_of_rho(name) -> None:
    """``rho`` would have rounded to 1; the gap still moves a steep kernel."""
    kernel = TABLES[name]
    gaps = np.array([0.0, 1e-300, 2.0**-200, 1e-40, 1e-20, 1e-17, 2 - 2.0**-52, 2.0])
    for value, gap in zip(kernel(angle_gap=gaps), gaps, strict=True):
        with working_bits(1500):
            assert abs(exact(value) - KERNELS[name](1 - exact(gap), 1200)) <= kernel.error


@pytest.mark.parametrize("name", KERNELS)
def test_deficits_keep_their_relative_accuracy(name) -> None:
    kernel = TABLES[name]
    random = np.random.default_rng(4)
    gaps = np.concatenate([2.0 ** -random.uniform(0, 128, 60), [1.0, 0.5, 2.0**-128]])
    with working_bits(600):
        for value, gap in zip(kernel.deficit(gaps), gaps, strict=True):
            true = KERNELS[name](ONE, 300) - KERNELS[name](1 - exact(gap), 300)
            assert abs(exact(value) - true) <= kernel.deficit_error * true
    assert kernel.deficit_error < 1e-14
    assert kernel.deficit(0.0) == 0.0


def test_deficits_beyond_the_right_angle() -> None:
    kernel = TABLES["relu"]
    gaps = np.array([1.0 + 2.0**-52, 1.5, 2.0])
    for value, gap in zip(kernel.deficit(gaps), gaps, strict=True):
        with working_bits(200):
            true = KERNELS["relu"](ONE, 100) - KERNELS["relu"](1 - exact(gap), 100)
            assert abs(exact(value) - true) <= 2 * kernel.error


def test_deficits_below_the_table_are_refused() -> None:
    with pytest.raises(OutOfDomain, match=r"2\*\*-128"):
        TABLES["relu"].deficit(1e-39)


def test_parity_saves_half_and_changes_nothing() -> None:
    half = table_kernel(KERNELS["sign"], (1.0, 1.0), parity="odd")
    rho = arguments()
    np.testing.assert_array_equal(half(rho), -half(-rho))
    assert np.abs(half(rho) - TABLES["sign"](rho)).max() <= half.error + TABLES["sign"].error


def test_pair_of_activations() -> None:
    """ReLU against sign: ``E relu(u) sign(v) = rho/sqrt(2 pi)``."""

    def cross(rho: arb, bits: int) -> arb:
        with working_bits(bits + 50):
            return rho / (2 * arb.pi()).sqrt()

    def spread(gap: arb, bits: int) -> arb:
        with working_bits(2 * bits + 300):
            product = ONE
            for enclose in (KERNELS["relu"], KERNELS["sign"]):
                product *= (enclose(ONE, bits) - enclose(1 - gap, bits)).nonnegative_part()
            return product.sqrt()

    kernel = table_kernel(cross, (1.0, 1.0), spread=spread, scale=arb("0.5").sqrt())
    rho = arguments()
    for value, c in zip(kernel(rho), rho, strict=True):
        with working_bits(200):
            assert abs(exact(value) - cross(exact(c), 100)) <= kernel.error
    with pytest.raises(NoClosedForm):
        kernel.deficit(0.5)


def test_constant_kernel_has_no_relative_deficit() -> None:
    with pytest.raises(PrecisionNotReached):
        deficit_table(lambda rho, bits: arb(1))


def test_kernel_that_never_reaches_its_end_is_refused() -> None:
    """``1/log(1/e)`` falls slower than any power."""

    def logarithmic(rho: arb, bits: int) -> arb:
        with working_bits(3000):
            gap = 1 - rho
            return ONE if not gap > 0 else 1 - 1 / (3 - gap.log())

    with pytest.raises(PrecisionNotReached):
        table_kernel(logarithmic, (1.0, 1.0))
