import pickle
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb

from symprop.foundation.errors import (
    InvalidArgument,
    NoClosedForm,
    OutOfDomain,
    PrecisionNotReached,
)
from symprop.gaussian.closed_forms import RHO
from symprop.gaussian.correlations import Angle
from symprop.gaussian.duality import dual_kernel
from symprop.gaussian.transforms import v_transform
from symprop.numerics.enclosure import Enclosure

CLOSED = ["relu", "erf", "gelu", "sin", "exp", "elu", "hard_tanh", "alpha_relu:7/10"]
OPEN = ["tanh", "silu", "softplus", "mish", "softsign"]


@pytest.mark.parametrize("name", OPEN)
def test_no_closed_form_is_said_at_once(name: str) -> None:
    kernel = dual_kernel(name)
    assert not kernel.has_closed_form
    with pytest.raises(NoClosedForm):
        _ = kernel.closed_form


@pytest.mark.parametrize("name", CLOSED + OPEN)
def test_zero_and_one_are_mean_and_second_moment(name: str) -> None:
    kernel = dual_kernel(name)
    series = kernel.series(0, dps=20)
    first = series[0]
    at_zero = kernel.enclose(0, dps=15)
    if isinstance(first, Enclosure):
        assert at_zero.overlaps(first)
    else:
        assert abs(float(at_zero) - float(first)) < 1e-14
    assert kernel.enclose(1, dps=15) > 0


@pytest.mark.parametrize("name", ["relu", "erf", "gelu", "exp", "tanh", "silu"])
def test_series_sums_to_the_kernel(name: str) -> None:
    kernel = dual_kernel(name)
    coefficients = kernel.series(60, dps=20)
    rho = sympy.Rational(1, 4)
    total = mpmath.mpf(0)
    with mpmath.workdps(30):
        for k, c in enumerate(coefficients):
            value = c.midpoint if isinstance(c, Enclosure) else mpmath.mpf(str(sympy.N(c, 30)))
            total += value * mpmath.mpf("0.25") ** k
        assert abs(total - kernel.enclose(rho, dps=20).midpoint) < mpmath.mpf(10) ** -17


@pytest.mark.parametrize("name", ["relu", "erf", "tanh", "silu", "softsign"])
def test_deficit_keeps_relative_accuracy(name: str) -> None:
    kernel = dual_kernel(name)
    gap = "1e-14"
    deficit = kernel.deficit(angle_gap=gap, dps=15)
    assert deficit.relative_bits >= 49
    slope = kernel.derivative(1).enclose(1, dps=15)
    assert abs(float(deficit) / (1e-14 * float(slope)) - 1) < 1e-6
    also = kernel.deficit(rho="0.99999999999999", dps=15)
    assert also.overlaps(deficit)


@pytest.mark.parametrize("name", ["relu", "gelu", "tanh", "silu"])
def test_derivatives_are_those_of_the_series(name: str) -> None:
    kernel = dual_kernel(name)
    c = [float(v) for v in kernel.series(80, dps=20)]
    for n in (1, 2):
        terms = (sympy.ff(k, n) * c[k] * 0.3 ** (k - n) for k in range(n, 81))
        assert abs(float(kernel.derivative(n).enclose("3/10", dps=15)) - float(sum(terms))) < 1e-12


def test_pairs_and_variances() -> None:
    pair = dual_kernel("relu", "tanh", variances=(2, "1/3"))
    swapped = dual_kernel("tanh", "relu", variances=("1/3", 2))
    assert pair.enclose("2/5", dps=15).overlaps(swapped.enclose("2/5", dps=15))
    identity = dual_kernel("identity", variances=(4, 9))
    assert sympy.simplify(identity.closed_form - 6 * RHO) == 0


def test_wide_and_inexact_arguments() -> None:
    kernel = dual_kernel("erf")
    ball = Enclosure("1/3", bits=300)
    assert kernel.enclose(ball, dps=30).overlaps(kernel.enclose("1/3", dps=30))
    assert kernel.enclose(sympy.sqrt(2) / 2, dps=30).relative_bits >= 100


def test_evalf_digits_are_right() -> None:
    with mpmath.workdps(40):
        value = dual_kernel("erf").evalf("1/2", dps=30)
        assert abs(value - 2 * mpmath.asin(mpmath.mpf(1) / 3) / mpmath.pi) < mpmath.mpf(10) ** -30


@pytest.mark.parametrize("rho", ["2", -1.5, "1.0000000001"])
def test_correlations_outside_the_interval_are_refused(rho: object) -> None:
    with pytest.raises(OutOfDomain, match=r"rho inside \[-1, 1\]"):
        dual_kernel("relu").enclose(rho)


def test_bad_arguments() -> None:
    with pytest.raises(InvalidArgument, match="angle_gap"):
        dual_kernel("relu").enclose()
    with pytest.raises(InvalidArgument, match="angle_gap"):
        dual_kernel("relu").enclose(0, angle_gap=1)
    with pytest.raises(OutOfDomain, match="angle_gap"):
        dual_kernel("relu").enclose(angle_gap=3)
    with pytest.raises(InvalidArgument, match="variances"):
        dual_kernel("relu", variances=(1,))  # type: ignore[arg-type]
    with pytest.raises(OutOfDomain, match="variances"):
        dual_kernel("relu", variances=(1, 0))
    with pytest.raises(OutOfDomain, match="square-integrable"):
        dual_kernel("exp(x**2)")


def test_angles_keep_the_gap() -> None:
    rho, gap = Angle(angle_gap="1e-30").balls(60)
    assert gap.rel_accuracy_bits() > 50
    assert (1 - rho).overlaps(gap)
    _, near_minus_one = Angle(rho="-0.9999999999999999999").balls(60)
    assert near_minus_one.rel_accuracy_bits() > 50
    assert Angle("1/2").exact == sympy.Rational(1, 2)


def test_kernels_pickle() -> None:
    kernel = dual_kernel("gelu", variances=(1, 2))
    assert pickle.loads(pickle.dumps(kernel)).enclose("1/2").overlaps(kernel.enclose("1/2"))


@pytest.mark.parametrize("rho", [1, -1])
def test_a_singular_derivative_is_out_of_domain(rho: int) -> None:
    with pytest.raises(OutOfDomain, match="finite"):
        dual_kernel("relu").derivative(2).enclose(rho, dps=15)


@pytest.mark.parametrize("name", ["relu", "tanh", "elu"])
def test_a_ball_that_touches_one_is_never_taken_for_its_edge(name: str) -> None:
    kernel = dual_kernel(name)
    for ball in (arb(1, "0.1"), arb("0.5", "0.01")):
        with pytest.raises(PrecisionNotReached):
            kernel.enclose(ball, dps=15)


@pytest.mark.parametrize("name", ["relu", "tanh", "softsign"])
def test_a_correlation_barely_outside_is_refused(name: str) -> None:
    with pytest.raises(OutOfDomain, match="rho inside"):
        dual_kernel(name).enclose("1." + "0" * 40 + "1")


@pytest.mark.parametrize(
    "pair", [("tanh", "cos"), ("softsign", "gaussian"), ("x", "Max(x-1,0)+Max(-x-1,0)")]
)
def test_odd_beside_even_is_exactly_zero(pair: tuple[str, str]) -> None:
    kernel = dual_kernel(*pair)
    assert kernel.closed_form == 0
    assert kernel.enclose("1/3") == Enclosure(0)
    assert kernel.deficit("1/3") == Enclosure(0)
    assert kernel.derivative().enclose("1/3") == Enclosure(0)


@pytest.mark.parametrize("name", ["tanh", "softsign", "tanh(x)*x**2", "erf"])
def test_an_odd_activation_has_no_constant_term(name: str) -> None:
    assert dual_kernel(name).enclose(0) == Enclosure(0)
    assert dual_kernel(name, "silu").enclose(0) == Enclosure(0)


def test_a_closed_form_that_ends_at_zero_does_so_exactly() -> None:
    assert dual_kernel("relu").enclose(-1) == Enclosure(0)
    assert dual_kernel("relu").enclose(angle_gap=2) == Enclosure(0)


@pytest.mark.parametrize("name", ["tanh(x)/10**150", "relu/10**150", "exp(-x**2)*tanh(x)/10**150"])
def test_tiny_kernels_have_their_digits(name: str) -> None:
    phi = "Max(x, 0)/10**150" if name.startswith("relu") else name
    ordinary = "relu" if name.startswith("relu") else name.removesuffix("/10**150")
    found = dual_kernel(phi).enclose("1/3", dps=15)
    assert found.relative_bits >= 49
    assert (found * 10**300).overlaps(dual_kernel(ordinary).enclose("1/3", dps=25))


@pytest.mark.parametrize(("name", "slope"), [("relu", "1/2"), ("abs", "1"), ("erf", None)])
def test_deficits_at_astronomically_small_gaps(name: str, slope: str | None) -> None:
    gap = Fraction(1, 10**2000)
    found = dual_kernel(name).deficit(angle_gap=gap, dps=15)
    assert found.relative_bits >= 49
    rate = dual_kernel(name).derivative().enclose(1, dps=30) if slope is None else Enclosure(slope)
    assert abs(found / gap / rate - 1) < Fraction(1, 10**14)


def test_balls_of_radius_zero_at_the_ends_are_the_ends() -> None:
    assert [Angle(arb(n)).exact for n in (-1, 0, 1)] == [-1, 0, 1]
    assert [Angle(angle_gap=Enclosure(n)).exact for n in (0, 1, 2)] == [1, 0, -1]
    assert Angle(arb("0.5")).exact is None
    assert Angle(arb(1, "1e-9")).exact is None


def test_arrays_of_pairs_with_neither_formula_nor_series() -> None:
    for pair, variances in ((("softsign", "mish"), (1, 1)), (("softsign", "softsign"), (1, 2))):
        kernel = dual_kernel(*pair, variances=variances)
        (found,) = kernel([0.5])
        assert found == pytest.approx(float(kernel.enclose("1/2", dps=17)), rel=0, abs=1e-13)


@pytest.mark.parametrize("name", ["tanh", "relu", "softsign", "0"])
@pytest.mark.parametrize(
    "bad", [["a"], ["0.5"], [1j], [None], "0.5", [[0.1], [0.2, 0.3]], [np.nan], {}]
)
def test_arrays_that_are_not_of_numbers_are_refused_by_name(name: str, bad: Any) -> None:
    for kernel in (dual_kernel(name), dual_kernel("relu").derivative(3)):
        with pytest.raises(InvalidArgument, match="rho"):
            kernel(bad)
        with pytest.raises(InvalidArgument, match="angle_gap"):
            kernel(angle_gap=bad)


@pytest.mark.parametrize("name", ["tanh", "relu", "0"])
def test_empty_arrays_and_arrays_of_exact_numbers(name: str) -> None:
    kernel = dual_kernel(name)
    assert kernel([]).shape == (0,)
    assert kernel(np.empty((3, 0))).shape == (3, 0)
    exact = kernel([Fraction(1, 2), sympy.Rational(1, 4)])
    assert (exact == kernel([0.5, 0.25])).all()


@pytest.mark.parametrize(
    "bad", [1, "11", b"11", None, (1, 1, 1), (1,), {1: 1, 2: 2}, {1, 2}], ids=repr
)
def test_variances_must_be_a_pair(bad: Any) -> None:
    with pytest.raises(InvalidArgument, match="variances to be a pair"):
        dual_kernel("relu", variances=bad)


@pytest.mark.parametrize("bad", [("a", 1), (1, None), (0, 1), (1, -1), (1, np.inf), (True, 1)])
def test_variances_must_be_positive_numbers(bad: Any) -> None:
    with pytest.raises(InvalidArgument, match="variances"):
        dual_kernel("relu", variances=bad)


def test_equal_variances_are_equal_however_they_are_written() -> None:
    kernel = dual_kernel("silu", variances=["1/2", 0.5])
    assert kernel.variances == (sympy.Rational(1, 2), sympy.Rational(1, 2))
    assert kernel.series(1) == dual_kernel("silu", variances=("0.5", Fraction(1, 2))).series(1)


@pytest.mark.parametrize("n", [-1, 10**9, 1.5, "2", None, True])
def test_orders_are_checked_by_name(n: Any) -> None:
    for method in ("series", "derivative"):
        with pytest.raises(InvalidArgument, match="Expected n to be an integer"):
            getattr(dual_kernel("relu"), method)(n)


def test_high_derivatives() -> None:
    rho = sympy.Rational(1, 3)
    assert (
        dual_kernel("exp")
        .derivative(200)
        .enclose(rho, dps=20)
        .overlaps(dual_kernel("exp").enclose(rho, dps=30))
    )
    assert dual_kernel("x**30").derivative(31).enclose(rho) == Enclosure(0)
    twentieth = dual_kernel("tanh").derivative(20).enclose(0, dps=15)
    series = dual_kernel("tanh").series(20, dps=30)[20]
    assert abs(twentieth - series * sympy.factorial(20)) < Fraction(1, 100)
    with pytest.raises(OutOfDomain, match="grow too long"):
        dual_kernel("elu").derivative(900)


def test_tanh_deficits_below_the_range_of_floats() -> None:
    kernel = dual_kernel("tanh")
    slope = kernel.derivative().enclose(1, dps=20)
    for exponent in (330, 1000):
        found = kernel.deficit(angle_gap=Fraction(1, 10**exponent), dps=15)
        assert abs(found * 10**exponent / slope - 1) < Fraction(1, 10**14)


def test_a_wide_correlation_is_refused_at_once() -> None:
    with pytest.raises(PrecisionNotReached):
        dual_kernel("exp", variances=(2, 2)).enclose(arb(0, "0.5"), dps=15)


@pytest.mark.parametrize("variance", ["1e-302", "1e302", 10**400, Fraction(1, 10**400)])
def test_astronomical_variances_are_refused(variance: Any) -> None:
    for name in ("tanh", "gelu", "exp"):
        with pytest.raises(OutOfDomain, match="variances"):
            dual_kernel(name, variances=(1, variance))


def test_the_digits_of_an_mpmath_value_are_checked() -> None:
    for bad in ("15", b"1", None, 0, 10**9):
        with pytest.raises(InvalidArgument, match="dps"):
            dual_kernel("relu").evalf("1/2", dps=bad)
        with pytest.raises(InvalidArgument, match="dps"):
            v_transform("relu").evalf("1/2", dps=bad)
