"""The witnesses against values known by other means, at two precisions, with sane radii."""

from fractions import Fraction

import pytest
from flint import arb

from symprop.claims.residual_integrals import (
    bessel_moment,
    cho_saul,
    gaussian_moment,
    integrate,
    polar_moment,
    power,
    sech_moment,
    smoothing_power,
)
from symprop.foundation.errors import NoConvergence
from symprop.numerics.precision import working_bits

HALF = Fraction(1, 2)


def close(value: arb, expected: arb, bits: int) -> bool:
    return value.overlaps(expected) and value.rel_accuracy_bits() > bits


@pytest.mark.parametrize("bits", [80, 160])
def test_gaussian_moments(bits: int) -> None:
    with working_bits(bits):
        assert close(gaussian_moment(Fraction(1), Fraction(3)), arb(3) / 2, bits - 15)
        assert close(gaussian_moment(Fraction(2), Fraction(1)), arb(3) / 2, bits - 15)
        assert close(gaussian_moment(Fraction(0), Fraction(7)), arb(1) / 2, bits - 15)
        # E |Z|^(-1/2) = 2^(-1/4) Γ(1/4) / √π, half of it on x > 0
        negative = arb(2) ** (-arb(1) / 4) * (arb(1) / 4).gamma() / (2 * arb.pi().sqrt())
        assert close(gaussian_moment(Fraction(-1, 4), Fraction(1)), negative, bits - 15)


@pytest.mark.parametrize("bits", [80, 160])
def test_sech_moments(bits: int) -> None:
    with working_bits(bits):
        assert close(sech_moment(Fraction(2), 0), arb(2), bits - 15)
        assert close(sech_moment(Fraction(1), 0), arb.pi(), bits - 15)
        assert close(sech_moment(Fraction(2), 1), arb.pi() ** 2 / 6, bits - 15)
        narrow = sech_moment(Fraction(2), 0, Fraction(1, 10**12))
        assert abs(float(narrow * 10**6 / (2 * arb.pi()).sqrt()) - 1) < 1e-11


@pytest.mark.parametrize("c", [Fraction(-9, 10), Fraction(0), Fraction(3, 5)])
@pytest.mark.parametrize("bits", [80, 160])
def test_three_routes_to_the_arc_cosine_kernels(c: Fraction, bits: int) -> None:
    with working_bits(bits):
        cosine = arb(c.numerator) / c.denominator
        angle, sine = cosine.acos(), (1 - cosine**2).sqrt()
        exact = {
            Fraction(0): arb.pi() - angle,
            Fraction(1): sine + (arb.pi() - angle) * cosine,
            Fraction(2): 3 * sine * cosine + (arb.pi() - angle) * (1 + 2 * cosine**2),
        }
        for alpha, value in exact.items():
            assert close(2 * arb.pi() * polar_moment(alpha, c), value, bits - 20)
            assert close(cho_saul(alpha, c), value, bits - 20)
            order = arb(alpha.numerator)
            bessel = bessel_moment(alpha, c) * sine ** (2 * order + 1)
            assert close(bessel, value, bits - 20)


def test_bessel_moment_of_opposite_inputs() -> None:
    """At c = -1: √π 2^(-α-1) Γ(α+1)² / Γ(α+3/2)."""
    with working_bits(100):
        value = arb.pi().sqrt() / 4 / (arb(5) / 2).gamma()
        assert close(bessel_moment(Fraction(1), Fraction(-1)), value, 80)


def test_exponents_next_to_the_edge() -> None:
    edge = Fraction(-1, 2) + Fraction(1, 10**12)
    with working_bits(100):
        scaled = gaussian_moment(edge, Fraction(1)) / 10**12 * (8 * arb.pi()).sqrt()
        assert scaled.rel_accuracy_bits() > 40
        assert abs(float(scaled) - 1) < 1e-11
        assert polar_moment(Fraction(-99, 100), HALF).rel_accuracy_bits() > 70


def test_power_is_finite_around_zero_only_where_it_may_be() -> None:
    from flint import acb

    around = acb(arb(0, 1))
    assert power(around, arb(2), analytic=False).abs_upper() >= 1
    assert not power(around, arb(1) / 2, analytic=True).is_finite()


def test_exponents_that_cannot_be_smoothed() -> None:
    assert smoothing_power(arb(1)) == 2
    with pytest.raises(NoConvergence, match="close to it"):
        smoothing_power(arb(-1) + arb(10) ** -6)


def test_a_pole_is_not_integrated() -> None:
    with working_bits(60), pytest.raises(NoConvergence, match="no finite enclosure"):
        integrate(lambda x, _analytic: 1 / x, 0, 1)
