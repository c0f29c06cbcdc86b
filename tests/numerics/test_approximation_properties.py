import numpy as np
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from symprop.numerics.approximation import certified_series
from symprop.numerics.horner import evaluate_polynomial
from symprop.numerics.precision import working_bits

coefficient = st.floats(-1e3, 1e3, allow_subnormal=False).filter(
    lambda c: c == 0 or abs(c) > 1e-200
)
argument = st.floats(-1.0, 1.0, allow_subnormal=False)


@given(st.lists(coefficient, min_size=1, max_size=30), st.lists(argument, min_size=1, max_size=10))
def test_economised_series_is_within_its_error(coefficients, arguments) -> None:
    """Any polynomial, any point: the float64 value is within the proved error of the exact one."""
    panel = certified_series([arb(c) for c in coefficients], arb(0), 1e-9)
    points = np.array(arguments)
    out = np.empty_like(points)
    evaluate_polynomial(panel.coefficients, points, out)
    with working_bits(400):
        for x, value in zip(arguments, out, strict=True):
            exact = sum((arb(c) * arb(x) ** k for k, c in enumerate(coefficients)), arb(0))
            assert abs(arb(float(value)) - exact) <= panel.error + 1e-280
