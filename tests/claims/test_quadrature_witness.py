"""The witness against integrals known in closed form."""

import pytest
import sympy

from symprop.claims import quadrature_witness as witness
from symprop.numerics.evaluation import enclose

pi = sympy.pi


def test_moments_of_relu() -> None:
    assert witness.mean_square("relu", 20).contains("1/2")
    assert witness.slope("relu", 20).contains("1/2")
    assert witness.coefficient("relu", 0, 20).overlaps(enclose(1 / sympy.sqrt(2 * pi), dps=20))
    assert witness.linearisation_error("relu", 20).overlaps(enclose((pi - 2) / (4 * pi), dps=20))


def test_covariances() -> None:
    assert witness.covariance("identity", "1/3", 15).contains("1/3")
    assert witness.covariance("x**2", -1, 15).contains(3)
    assert witness.covariance("relu", 1, 15, q=(4, 9)).contains(3)
    quarter = enclose(sympy.Rational(1, 4) + sympy.asin(sympy.Rational(1, 2)) / (2 * pi), dps=15)
    assert witness.covariance("step", "1/2", 15).overlaps(quarter)


def test_the_slope_of_a_jump_is_refused() -> None:
    with pytest.raises(ValueError, match="jumps"):
        witness.slope("sign", 15)
