"""Log lengths against closed cases, high-precision quadrature, the series and sampling."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.moments.log_length_expansion import log_length_series
from symprop.moments.log_lengths import length_moment, log_length_law, survival_probability
from symprop.numerics.precision import working_digits
from tests.malformed import NO_INTEGERS, NO_SEQUENCES, assert_refused


def log_moment(width: int, b: int, power: int) -> mpmath.mpf:
    """Return the moment of ``log((2/N) chi^2_b)`` by quadrature of its density."""
    half = mpmath.mpf(b) / 2
    shift = mpmath.log(mpmath.mpf(2) / width)

    def weighted(y: mpmath.mpf) -> mpmath.mpf:
        density = mpmath.exp(half * y - mpmath.exp(y) / 2) / (2**half * mpmath.gamma(half))
        return density * (y + shift) ** power

    return mpmath.quad(weighted, [-160, -20, -5, 0, 2, 4, 8])


def by_density(width: int) -> tuple[mpmath.mpf, mpmath.mpf]:
    """Return drift and variance from the densities of chi squared."""
    alive = 1 - mpmath.mpf(2) ** -width
    first, second = (
        sum(mpmath.binomial(width, b) * log_moment(width, b, power) for b in range(1, width + 1))
        / 2**width
        / alive
        for power in (1, 2)
    )
    return -first, second - first**2


@pytest.mark.parametrize("width", [1, 2, 5])
def test_against_quadrature_of_the_density(width: int) -> None:
    law = log_length_law(width, dps=20)
    with working_digits(25):
        drift, variance = by_density(width)
        assert abs(law.drift.midpoint - drift) < 1e-15
        assert abs(law.variance.midpoint - variance) < 1e-15


def test_width_one_is_eulers_constant() -> None:
    law = log_length_law(1, dps=30)
    assert law.drift.proved_digits(30) == "0.577215664901532860606512090082"
    with working_digits(40):
        assert abs(law.variance.midpoint - mpmath.pi**2 / 2) < 1e-29


def direct_sum(width: int) -> tuple[mpmath.mpf, mpmath.mpf]:
    """Return drift and variance from all terms of the mixture, one by one."""
    mean = square = spread = mpmath.mpf(0)
    for b in range(1, width + 1):
        p = mpmath.binomial(width, b) / mpmath.mpf(2) ** width
        value = mpmath.digamma(mpmath.mpf(b) / 2) + mpmath.log(mpmath.mpf(4) / width)
        mean, square = mean + p * value, square + p * value**2
        spread += p * mpmath.psi(1, mpmath.mpf(b) / 2)
    alive = 1 - mpmath.mpf(2) ** -width
    mean, square, spread = mean / alive, square / alive, spread / alive
    return -mean, spread + square - mean**2


@pytest.mark.parametrize("width", [3, 40, 300])
def test_against_the_whole_sum(width: int) -> None:
    law = log_length_law(width, dps=25)
    with working_digits(40):
        drift, variance = direct_sum(width)
        assert abs(law.drift.midpoint / drift - 1) < 1e-24
        assert abs(law.variance.midpoint / variance - 1) < 1e-24


@pytest.mark.parametrize("width", [10**4, 10**6, 10**8])
def test_large_widths_follow_the_series(width: int) -> None:
    law, series = log_length_law(width, dps=30), log_length_series(12)
    with working_digits(40):
        for ball, terms in ((law.drift, series.drift), (law.variance, series.variance)):
            value = sum(mpmath.mpf(c.numerator) / c.denominator / mpmath.mpf(width) ** k
                        for k, c in enumerate(terms, start=1))  # fmt: skip
            assert abs(ball.midpoint / value - 1) < 1e-28


def test_digits_are_asked_for() -> None:
    assert log_length_law(10**4, dps=60).drift.relative_bits > 195
    assert float(log_length_law(3).death) == 0.125


@pytest.mark.parametrize("width", [0, 2.5, 10**11])
def test_width_is_checked(width: object) -> None:
    with pytest.raises(InvalidArgument):
        log_length_law(width)  # type: ignore[arg-type]


def test_survival() -> None:
    assert survival_probability([]) == 1
    assert survival_probability([1, 2, 3]) == Fraction(1, 2) * Fraction(3, 4) * Fraction(7, 8)


@pytest.mark.parametrize("width", [1, 2, 7, 100])
def test_moments(width: int) -> None:
    assert length_moment(width, 0) == length_moment(width, 1) == 1
    assert length_moment(width, 2) == 1 + Fraction(5, width)
    # E delta^3 from chi^2_b: b(b+2)(b+4), b binomial
    n = width
    b = Fraction(n, 2)
    b2, b3 = Fraction(n * (n + 1), 4), Fraction(n**2 * (n + 3), 8)
    assert length_moment(width, 3) == Fraction(8, n**3) * (b3 + 6 * b2 + 8 * b)


def test_against_sampling() -> None:
    rng = np.random.default_rng(0)
    width, runs = 4, 400_000
    active = rng.binomial(width, 0.5, runs)
    alive = active > 0
    logs = np.log(2 / width * rng.chisquare(active[alive]))
    law = log_length_law(width)
    error = logs.std() / np.sqrt(logs.size)
    assert abs(logs.mean() + float(law.drift)) < 5 * error
    assert logs.var() == pytest.approx(float(law.variance), rel=0.02)


def test_malformed_arguments_are_named() -> None:
    assert_refused(survival_probability, NO_SEQUENCES, "widths to be a sequence of integers")
    assert_refused(
        lambda width: survival_probability([width]), (*NO_INTEGERS, 0, 10**400), "width to be an"
    )
    assert_refused(lambda width: length_moment(width, 1), (*NO_INTEGERS, 0), "width to be an")
    assert_refused(lambda order: length_moment(3, order), (*NO_INTEGERS, 501), "order to be an")
    assert_refused(log_length_law, (*NO_INTEGERS, 0, 10**400), "width to be an integer")
