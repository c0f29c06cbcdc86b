import mpmath
import pytest
from flint import arb

from symprop.gaussian.plackett import plackett_complement, plackett_integral
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


@pytest.mark.parametrize(("p", "m"), [("3", "-3"), ("6", "0"), ("0", "2"), ("0.25", "40")])
@pytest.mark.parametrize("half", ["1e-30", "1e-3", "0.7", "1.5"])
def test_the_two_parts_make_the_whole(p: str, m: str, half: str) -> None:
    """The whole integral is ``(pi/2) exp((p**2 + m**2)/2) erfc((|p| + |m|)/sqrt(2))``."""
    with working_bits(120):
        a, b, angle = arb(p), arb(m), arb(half)
        total = plackett_integral(a, b, angle) + plackett_complement(a, b, angle)
        size = ((abs(a) + abs(b)) / arb(2).sqrt()).erfc()
        whole = arb.pi() / 2 * ((a * a + b * b) / 2).exp() * size
        ratio = total / whole
    assert ratio.contains(1)
    assert ratio.rel_accuracy_bits() > 90
