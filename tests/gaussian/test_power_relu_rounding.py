"""The bounds of rounding charge what they should."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from flint import arb

from symprop.gaussian.power_relu import alpha_relu_kernel
from symprop.gaussian.power_relu_rounding import float_errors
from symprop.numerics.precision import working_bits


@dataclass(frozen=True)
class Flat:
    """The identity kernel of no exponent in particular: all polynomials constant."""

    power: float = 1.0
    split: float = 0.5
    order: int = 0
    offset: float = 1.0
    edge: tuple[float, ...] = (1.0,)
    regular: tuple[float, ...] = (0.0,)
    singular: tuple[float, ...] = (0.0,)


def errors(face: object, *polynomials: float) -> tuple[float, float]:
    with working_bits(120):
        bounds = float_errors(face, *(arb(error) for error in polynomials))  # type: ignore[arg-type]
    return float(bounds[0]), float(bounds[1])


def test_a_plain_power_costs_a_few_roundoffs() -> None:
    absolute, relative = errors(Flat(), 0, 0, 0)
    assert 2**-53 < absolute < 10 * 2**-53
    assert 4 * 2**-53 < relative < 30 * 2**-53


@pytest.mark.parametrize("position", [0, 1])
def test_errors_of_polynomials_are_passed_on(position: int) -> None:
    given = [0.0, 0.0, 0.0]
    base = errors(Flat(), *given)
    given[position] = 1e-10
    raised = errors(Flat(), *given)
    assert raised[0] - base[0] > 1e-11
    assert raised[0] - base[0] < 1.1e-10


def test_error_of_the_singular_polynomial_is_passed_on() -> None:
    face = alpha_relu_kernel("7/10").float_face
    assert errors(face, 0, 0, 1e-8)[0] > errors(face, 0, 0, 0)[0] + 1e-10


def test_larger_coefficients_cost_more() -> None:
    face = alpha_relu_kernel("7/10").float_face
    doubled = replace(face, singular=tuple(2 * c for c in face.singular))
    assert errors(doubled, 0, 0, 0)[0] > errors(face, 0, 0, 0)[0]
