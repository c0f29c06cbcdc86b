"""Properties of means of pairs on the sphere."""

from __future__ import annotations

import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symprop.gaussian.sphere import sphere_moment
from symprop.gaussian.sphere_series import sphere_pair_enclosure
from symprop.specs.activations import X, activation

dimensions = st.one_of(st.integers(2, 12), st.sampled_from([57, 300, 4000]))
cosines = st.fractions(-1, 1, max_denominator=50)
scales = st.fractions("1/10", 4, max_denominator=10)
coefficients = st.lists(st.integers(-9, 9), min_size=1, max_size=6)
smooth = st.sampled_from(["tanh", "gelu", "sin", "cos", "exp", "erf", "softplus"])


@given(coefficients, dimensions, cosines, scales)
def test_polynomials_against_a_linear_function(
    factors: list[int], dimension: int, cosine: object, scale: object
) -> None:
    """``E f(s x) s y = c s E f(s x) x`` exactly."""
    c, s = sympy.Rational(cosine), sympy.Rational(scale)
    polynomial = sum((a * X**k for k, a in enumerate(factors)), sympy.S.Zero)
    exact = c * sum(
        a * s ** (k + 1) * sphere_moment([k + 1], dimension) for k, a in enumerate(factors)
    )
    found = sphere_pair_enclosure(polynomial, "identity", dimension, c, scale=s)
    assert found.contains(exact)


@given(smooth, smooth, dimensions, cosines, scales)
@settings(max_examples=25)
def test_symmetry_and_reflection(
    phi: str, psi: str, dimension: int, cosine: object, scale: object
) -> None:
    value = sphere_pair_enclosure(phi, psi, dimension, cosine, scale=scale)
    assert value.overlaps(sphere_pair_enclosure(psi, phi, dimension, cosine, scale=scale))
    turned = activation(psi).expression.subs(X, -X)
    assert value.overlaps(sphere_pair_enclosure(phi, turned, dimension, -cosine, scale=scale))


@given(smooth, dimensions, cosines, scales)
@settings(max_examples=25)
def test_no_pair_exceeds_the_mean_square(
    phi: str, dimension: int, cosine: object, scale: object
) -> None:
    pair = sphere_pair_enclosure(phi, phi, dimension, cosine, scale=scale)
    square = sphere_pair_enclosure(phi, phi, dimension, 1, scale=scale)
    assert abs(pair).lower <= square.upper
