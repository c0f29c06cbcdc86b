"""The linear law of vanilla networks against the recurrence carried to depth."""

from __future__ import annotations

import mpmath
import pytest
import sympy

from symprop.asymptotics.sensitivity_laws import vanilla_linear_law
from symprop.foundation.errors import OutOfDomain


def sensitivity(cosine: str, depths: tuple[int, ...]) -> list[mpmath.mpf]:
    """Iterate the angle itself, theta' = arccos((sin + (pi - theta) cos)/pi), by half angles."""
    gap = 1 - mpmath.mpf(cosine)
    theta = 2 * mpmath.asin(mpmath.sqrt(gap / 2))
    found = []
    for layer in range(1, max(depths) + 1):
        lost = (mpmath.sin(theta) - theta * mpmath.cos(theta)) / mpmath.pi
        half = mpmath.sin(theta / 2) ** 2 - lost / 2
        theta = 2 * mpmath.asin(mpmath.sqrt(half))
        if layer in depths:
            found.append(mpmath.sqrt(gap / (2 * half)))
    return found


@pytest.mark.parametrize("cosine", ["0", "0.5", "-0.75"])
def test_against_the_recurrence(cosine: str) -> None:
    law = vanilla_linear_law(sympy.Rational(cosine))
    depths = (1000, 4000)
    with mpmath.workdps(40):
        errors = []
        for depth, zeta in zip(depths, sensitivity(cosine, depths), strict=True):
            line = mpmath.mpf(str(law.slope.evalf(35))) * (
                depth + mpmath.mpf(3) / 2 * mpmath.log(depth) + law.constant
            )
            errors.append(abs(zeta - line) * depth / mpmath.log(depth) ** 2)
        assert errors[1] < errors[0] * 1.5 < 1


def test_the_slope_is_measured_by_differences() -> None:
    law = vanilla_linear_law(dps=12)
    with mpmath.workdps(30):
        near, far = sensitivity("0", (2000, 4000))
        gained = 2000 + 1.5 * mpmath.log(2)
        assert float((far - near) / gained) == pytest.approx(float(law.slope), rel=1e-5)


@pytest.mark.parametrize("cosine", [1, "-3/2", 2])
def test_domain(cosine: object) -> None:
    with pytest.raises(OutOfDomain):
        vanilla_linear_law(cosine)
