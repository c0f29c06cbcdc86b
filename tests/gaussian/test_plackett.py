import mpmath
import pytest
from flint import arb

from symprop.gaussian.plackett import plackett_integral
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import working_bits


@pytest.mark.parametrize(
    ("p", "m", "half"), [("0.5", "0.25", "0.3"), ("-1", "2", "1"), ("3", "0.125", "0.01")]
)
def test_agrees_with_mpmath(p: str, m: str, half: str) -> None:
    with working_bits(80):
        ball = Enclosure(plackett_integral(arb(p), arb(m), arb(half)))
    with mpmath.workdps(25):
        a, b, start = mpmath.mpf(p), mpmath.mpf(m), mpmath.tan(mpmath.mpf(half))
        value = mpmath.quad(
            lambda u: mpmath.exp(-(a * a * u * u) / 2 - b * b / (2 * u * u)) / (1 + u * u),
            [start, 2 * start, 1 + 2 * start, 10, 100, mpmath.inf],
        )
        ratio = ball.midpoint / value
    assert abs(ratio - 1) < 1e-14 or abs(ball.midpoint - value) < 1e-17
