"""The map of correlations at a fixed length."""

from __future__ import annotations

import mpmath
import pytest
from flint import arb

from symprop.asymptotics.correlation_maps import (
    kernel_at_length,
    root_below_one,
    slope_at_correlation,
)
from symprop.foundation.errors import NoConvergence
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import working_bits
from symprop.specs.activations import activation


def test_kernel_and_slope_against_arcsine() -> None:
    phi, q = activation("erf"), Enclosure(arb(1) / 2)
    with working_bits(100):
        value = kernel_at_length(phi, q)(arb("0.25"))
        slope = slope_at_correlation(phi, 2, q, Enclosure(arb(1) / 4), 20)
    share = mpmath.mpf(1) / 8  # 2 q c/(1 + 2 q)
    assert float(value) == pytest.approx(float(2 / mpmath.pi * mpmath.asin(share)), rel=1e-14)
    expected = 2 * 4 / mpmath.pi / mpmath.sqrt(4 - mpmath.mpf(1) / 16)
    assert slope is not None
    assert float(slope) == pytest.approx(float(expected), rel=1e-14)


def test_slope_at_jumps_is_unknown() -> None:
    assert slope_at_correlation(activation("sign"), 1, Enclosure(1), Enclosure(0), 15) is None


def test_root_below_one() -> None:
    root = root_below_one(lambda c: (1 - c) * (arb("0.5") - c), 60)
    assert abs(float(root) - 0.5) < 1e-15


def test_no_root_below_one() -> None:
    with pytest.raises(NoConvergence, match="below 1"):
        root_below_one(lambda c: 1 - c, 60)
