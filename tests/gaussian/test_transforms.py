import mpmath
import pytest
import sympy

from symprop.foundation.errors import NoClosedForm, OutOfDomain
from symprop.gaussian.duality import dual_kernel
from symprop.gaussian.expectation import gaussian_expectation
from symprop.gaussian.transforms import v_transform, w_transform

NAMES = ["tanh", "relu", "erf", "gelu", "silu", "softsign", "elu"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("q", ["1e-12", "1/3", "40", "1e12"])
def test_w_at_full_covariance_is_v(name: str, q: str) -> None:
    v = v_transform(name).enclose(q, dps=15)
    assert v > 0
    assert v.overlaps(w_transform(name).enclose(q, q, dps=15))


@pytest.mark.parametrize("name", NAMES)
def test_w_is_the_dual_kernel(name: str) -> None:
    w = w_transform(name).enclose("3/2", "-1/2", dps=15)
    kernel = dual_kernel(name, variances=("3/2", "3/2")).enclose("-1/3", dps=15)
    assert w.overlaps(kernel)


def test_v_is_the_expectation_of_the_square() -> None:
    v = v_transform("2*tanh(x/3)").enclose("5", dps=20)
    assert v.overlaps(gaussian_expectation("4*tanh(x/3)**2", 20, variance=5))


def test_closed_forms() -> None:
    erf = v_transform("erf").closed_form
    (q,) = erf.free_symbols
    assert sympy.simplify(erf - 2 / sympy.pi * sympy.asin(2 * q / (1 + 2 * q))) == 0
    for transform in (v_transform("tanh"), w_transform("tanh")):
        with pytest.raises(NoClosedForm):
            _ = transform.closed_form
    assert len(w_transform("relu").closed_form.free_symbols) == 2


def test_evalf() -> None:
    with mpmath.workdps(30):
        expected = 2 * mpmath.asin(mpmath.mpf(2) / 3) / mpmath.pi
        assert abs(v_transform("erf").evalf(1, dps=25) - expected) < mpmath.mpf(10) ** -24
        assert abs(w_transform("erf").evalf(1, 1, dps=25) - expected) < mpmath.mpf(10) ** -24


@pytest.mark.parametrize(("q", "nu"), [(1, 2), (1, "-1.0001"), (0, 0), (-1, 0)])
def test_arguments_outside_the_domain(q: object, nu: object) -> None:
    with pytest.raises(OutOfDomain):
        w_transform("tanh").enclose(q, nu)
    with pytest.raises(OutOfDomain, match="q"):
        v_transform("tanh").enclose(-1)
