"""Moments on sections of the sphere, against exact ones and against interpolation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import betainc

from symprop.asymptotics.gram_sections import Sections, check_bounded_means, section_moments
from symprop.foundation.errors import OutOfDomain
from symprop.specs.activations import activation


@pytest.mark.parametrize("batch", [2, 3, 4, 9, 60, 100_000])
@pytest.mark.parametrize("angle", [1e-3, 0.4, np.pi / 2, 2.9])
def test_the_identity(batch: int, angle: float) -> None:
    n, common, spread = batch, np.cos(angle), np.sin(angle)
    found = section_moments(activation("identity"), n, angle, 20)
    gap = spread**2 * n / (n - 1)
    line = n / (n - 1) * common * spread
    pair = n / (n - 1) * spread**2 * n / (n + 1) if n > 3 else 0.0
    wanted = [gap, common**2 - spread**2 / (n - 1), 0, line, found[4], found[5], pair]
    assert np.allclose(found, wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("batch", [3, 4, 9])
def test_a_jump(batch: int) -> None:
    """The square of a step is the probability of a cap."""
    angle = 1.1
    found = section_moments(activation("Heaviside(x - 1)"), batch, angle, 32)
    m, height = batch - 1, (1 - np.cos(angle)) / np.sin(angle)
    cap = betainc((m - 1) / 2, 0.5, 1 - height**2 / m) / 2
    assert found[0] + found[1] == pytest.approx(cap, abs=1e-9)


@pytest.mark.parametrize("phi", ["gelu", "relu6", "hard_tanh", "sign", "tanh(4*x)", "exp(x)"])
@pytest.mark.parametrize("batch", [2, 5, 40])
def test_polynomials_pass_through_other_angles(phi: str, batch: int) -> None:
    sections = Sections(activation(phi), batch, 24)
    angles = np.array([0.03, 0.3, 0.9, 1.4, 1.7, 2.2, 3.0])
    found = sections(1 / np.tan(angles))
    wanted = np.array([section_moments(activation(phi), batch, a, 40) for a in angles]).T
    scale = np.abs(wanted[:2]).sum(axis=0).max()
    assert np.abs(found - wanted).max() < 2e-6 * scale


def test_differences_keep_their_digits_near_the_diagonal() -> None:
    sections = Sections(activation("softplus"), 6, 24)
    cotangent = 1e7
    slope = 1 / (1 + np.exp(-1))
    gap = float(sections(np.array([cotangent]))[0, 0])
    assert gap == pytest.approx(slope**2 * 6 / 5 / cotangent**2, rel=1e-9)


def test_poles() -> None:
    check_bounded_means(activation("log(abs(x))"))
    with pytest.raises(OutOfDomain, match="square-integrable"):
        check_bounded_means(activation("1/x"))


def test_overflow() -> None:
    with pytest.raises(OutOfDomain, match="squares in float64"):
        section_moments(activation("exp(100*x)"), 1000, 1.5, 12)
