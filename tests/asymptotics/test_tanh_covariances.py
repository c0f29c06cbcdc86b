"""The series against the proved kernel of tanh, and against the Gaussian integral's moments."""

import mpmath
import pytest
import sympy
from flint import arb

from symprop.asymptotics.tanh_covariances import (
    sech_moment,
    tanh_covariance_coefficient,
    tanh_covariance_series,
)
from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.gaussian.tanh_transforms import tanh_kernel
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import working_bits

q, c = sympy.symbols("q c", positive=True)


def remainder(size: int, cosine: sympy.Rational, terms: int) -> float:
    """Return kernel less series."""
    with working_bits(160):
        ball = as_ball(cosine, 160)
        kernel = tanh_kernel(arb(size), ball, 1 - abs(ball), 160)
        series = tanh_covariance_series(q, c, terms).subs({q: size, c: cosine})
        return float(abs(kernel - as_ball(series, 160)))


@pytest.mark.parametrize("cosine", ["1/2", "-1/3"])
@pytest.mark.parametrize("terms", [1, 2, 3, 5])
def test_remainder_is_of_the_first_order_left_out(cosine: str, terms: int) -> None:
    near, far = (remainder(size, sympy.Rational(cosine), terms) for size in (400, 1600))
    assert 0.9 < near / far / 4**terms < 1.1


def test_moments_of_sech() -> None:
    for order in (0, 2, 6):
        found = mpmath.quad(lambda x, n=order: x**n / mpmath.cosh(x) ** 2, [-40, 0, 40])
        assert abs(found / sympy.N(sech_moment(order)) - 1) < 1e-12


def test_terms_are_positive() -> None:
    with pytest.raises(InvalidArgument, match="terms"):
        tanh_covariance_series(q, c, 0)


def test_what_is_refused() -> None:
    q, t = sympy.Symbol("q", positive=True), sympy.Symbol("t")
    for order in (-2, 3, "2", None):
        with pytest.raises(InvalidArgument, match="order"):
            sech_moment(order)
    with pytest.raises(InvalidArgument, match="k to be an integer >= 1"):
        tanh_covariance_coefficient(0, t)
    with pytest.raises(InvalidArgument, match="t to be a Symbol"):
        tanh_covariance_coefficient(1, "t")
    with pytest.raises(OutOfDomain, match="cosine"):
        tanh_covariance_series(q, 1, 2)
    with pytest.raises(OutOfDomain, match="q to be > 0"):
        tanh_covariance_series(-1, t, 2)
    with pytest.raises(InvalidArgument, match="cosine"):
        tanh_covariance_series(q, "junk", 2)
