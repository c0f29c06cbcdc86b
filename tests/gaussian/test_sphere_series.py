"""Means of pairs on the sphere: exact moments, nested integrals, and tails that hold."""

from __future__ import annotations

from collections.abc import Callable

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb

from symprop.foundation.errors import (
    InvalidArgument,
    NoConvergence,
    OutOfDomain,
    PrecisionNotReached,
)
from symprop.gaussian.duality import dual_kernel
from symprop.gaussian.sphere import sphere_moment
from symprop.gaussian.sphere_series import pair_series, sphere_pair_enclosure
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import enclose
from symprop.numerics.precision import working_digits
from symprop.numerics.quadrature import gauss_legendre
from symprop.specs.activations import activation
from tests.gaussian.sphere_pairs import sphere_pair_mean


def nodes(count: int) -> list[tuple[mpmath.mpf, mpmath.mpf]]:
    """Return a rule of Gauss on the quarters of the circle from -pi/2 to pi/2."""
    half = [gauss_legendre(count, 100)[i] for i in range(count // 2)]
    rule = [(sign * as_mpf(x), as_mpf(w)) for x, w in half for sign in (1, -1)]
    quarter = mpmath.pi / 4
    return [(quarter * (x + shift), quarter * w) for x, w in rule for shift in (1, -1)]


def as_mpf(ball: arb) -> mpmath.mpf:
    return Enclosure(ball).midpoint


def nested_mean(
    phi: Callable[[mpmath.mpf], mpmath.mpf],
    psi: Callable[[mpmath.mpf], mpmath.mpf],
    dimension: int,
    c: mpmath.mpf,
) -> mpmath.mpf:
    """Integrate over one coordinate, then over the rest of the other."""
    sine, rule, total = mpmath.sqrt(1 - c * c), nodes(40), mpmath.mpf(0)
    sizes = [sum(w * mpmath.cos(t) ** (dimension - k) for t, w in rule) for k in (2, 3)]
    for t, weight in rule:
        x, y = mpmath.sin(t), sine * mpmath.cos(t)
        inner = sum(
            w * psi(c * x + y * mpmath.sin(r)) * mpmath.cos(r) ** (dimension - 3) for r, w in rule
        )
        total += weight * mpmath.cos(t) ** (dimension - 2) * phi(x) * inner
    return total / (sizes[0] * sizes[1])


@pytest.mark.parametrize("dimension", [3, 4, 5])
@pytest.mark.parametrize(("phi", "psi"), [("tanh", "tanh"), ("tanh", "exp")])
def test_nested_integrals(phi: str, psi: str, dimension: int) -> None:
    functions = {"tanh": mpmath.tanh, "exp": mpmath.exp}
    with working_digits(22):
        exact = nested_mean(
            *(lambda x, f=functions[name]: f(3 * x / 2) for name in (phi, psi)),
            dimension,
            mpmath.mpf(-1) / 3,
        )
        found = sphere_pair_enclosure(phi, psi, dimension, "-1/3", scale="3/2", dps=20)
        assert abs(found.midpoint - exact) < 1e-19
        assert found.radius < 1e-19


def test_the_circle() -> None:
    """The trapezoidal rule converges geometrically for periodic functions."""
    with working_digits(22):
        angle, count = mpmath.acos(mpmath.mpf(-1) / 3), 300
        turns = [2 * mpmath.pi * j / count for j in range(count)]
        exact = (
            sum(mpmath.tanh(mpmath.cos(t)) * mpmath.exp(mpmath.cos(t - angle)) for t in turns)
            / count
        )
        found = sphere_pair_enclosure("tanh", "exp", 2, "-1/3", dps=20)
        assert abs(found.midpoint - exact) < 1e-19


@pytest.mark.parametrize("dimension", [2, 3, 5, 30, 2000])
@pytest.mark.parametrize("cosine", ["-1", "-1/7", "0", "3/5", "1"])
def test_polynomials(dimension: int, cosine: str) -> None:
    """``x**3 + x**2`` and ``y**4 - y``, with ``y = c x + sqrt(1 - c**2) z``."""
    x, z, c = sympy.symbols("x z c")
    y = c * x + sympy.sqrt(1 - c**2) * z
    product = sympy.Poly(sympy.expand((x**3 + x**2) * (y**4 - y)), x, z)
    exact = sum(
        factor * sphere_moment(powers, dimension) for powers, factor in product.terms()
    ).subs(c, sympy.Rational(cosine))
    found = sphere_pair_enclosure("x**3 + x**2", "x**4 - x", dimension, cosine, dps=30)
    assert found.contains(sympy.simplify(exact))
    assert found.radius < 1e-30


@pytest.mark.parametrize("cosine", ["-1/49", "1/10", "0"])
def test_arc_cosine_kernel(cosine: str) -> None:
    """A kink does no harm where vectors are nearly orthogonal in many dimensions."""
    found = sphere_pair_enclosure("relu", "relu", 50, cosine, scale=sympy.sqrt(50))
    assert found.overlaps(dual_kernel("relu").enclose(cosine, dps=20))
    assert found.radius < 1e-14


@pytest.mark.parametrize("shifts", [(0, 0), (1, 1), (2, 0), (1, 0), (2, 2)])
@pytest.mark.parametrize("spec", ["tanh", "gelu", "elu"])
def test_products_with_coordinates(spec: str, shifts: tuple[int, int]) -> None:
    phi, (i, j) = activation(spec), shifts
    series = pair_series(phi, phi, 6, "-1/5", scale=3, bits=60)
    estimate, _ = sphere_pair_mean(lambda x, y: phi(3 * x) * phi(3 * y) * x**i * y**j, 6, -0.2)
    assert abs(series.mean(i, j) - float(estimate)) < 1e-13
    assert series.tail() < arb((1, -60))


@pytest.mark.parametrize("dimension", [2, 3, 4, 12])
@pytest.mark.parametrize("cosine", ["-9/10", "-1/2", "0", "3/5", "1"])
def test_kinks_at_zero(dimension: int, cosine: str) -> None:
    """Arc-cosine kernels, with what is analytic on both sides added to them."""
    relu = sphere_pair_enclosure("relu", "relu", dimension, cosine, dps=20)
    assert (relu * dimension).overlaps(dual_kernel("relu").enclose(cosine, dps=25))
    assert relu.radius < 1e-20
    leaky = sphere_pair_enclosure("leaky_relu:1/10", "leaky_relu:1/10", dimension, cosine, dps=20)
    assert (leaky * dimension).overlaps(dual_kernel("leaky_relu:1/10").enclose(cosine, dps=25))
    signs = sphere_pair_enclosure("sign", "sign", dimension, cosine, dps=20)
    assert signs.overlaps(enclose(2 * sympy.asin(sympy.Rational(cosine)) / sympy.pi, dps=25))


@pytest.mark.parametrize("psi", ["elu", "tanh", "exp", "relu"])
def test_kinks_against_nested_rules(psi: str) -> None:
    """In float64, on quadrants."""
    phi, other = activation("softsign"), activation(psi)
    estimate, error = sphere_pair_mean(lambda x, y: phi(2 * x) * other(2 * y), 3, -0.5)
    found = sphere_pair_enclosure(phi, other, 3, "-1/2", scale=2)
    assert abs(float(found) - float(estimate)) < error + 1e-14


def test_parity_gives_exact_zeros() -> None:
    assert sphere_pair_enclosure("tanh", "cos", 4, "1/3").ball.is_zero()
    assert sphere_pair_enclosure("tanh", "tanh", 4, 0).ball.is_zero()
    assert sphere_pair_enclosure("tanh", "gelu", 4, 0).ball.is_zero()
    assert sphere_pair_enclosure("0", "gelu", 4, "1/2").ball.is_zero()
    assert not sphere_pair_enclosure("cos", "cos", 4, 0).contains(0)


@pytest.mark.parametrize("dps", [5, 15, 50])
def test_digits(dps: int) -> None:
    found = sphere_pair_enclosure("silu", "erf", 9, "-1/9", scale=3, dps=dps)
    finer = sphere_pair_enclosure("silu", "erf", 9, "-1/9", scale=3, dps=dps + 20)
    assert found.overlaps(finer)
    assert found.radius < mpmath.mpf(10) ** -dps


def test_against_sampled_directions() -> None:
    rng = np.random.default_rng(5)
    u = rng.standard_normal((200_000, 7))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    x, y = 2 * u[:, 0], 2 * (0.6 * u[:, 0] + 0.8 * u[:, 1])
    samples = activation("mish")(x) * activation("elu")(y)
    found = float(sphere_pair_enclosure("mish", "elu", 7, "3/5", scale=2, dps=6))
    assert abs(samples.mean() - found) < 5 * samples.std() / np.sqrt(len(samples))


def test_what_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="dimension"):
        sphere_pair_enclosure("tanh", "tanh", 1, 0)
    with pytest.raises(OutOfDomain, match="cosine"):
        sphere_pair_enclosure("tanh", "tanh", 3, "11/10")
    with pytest.raises(OutOfDomain, match="scale"):
        sphere_pair_enclosure("tanh", "tanh", 3, 0, scale=0)
    with pytest.raises(PrecisionNotReached, match="series on the sphere"):
        sphere_pair_enclosure("hard_tanh", "hard_tanh", 3, "-1/2", scale=2)
    with pytest.raises(NoConvergence, match="panels"):
        sphere_pair_enclosure("alpha_relu:-1/4", "tanh", 3, "-1/2")
    with pytest.raises(PrecisionNotReached, match="digits"):
        sphere_pair_enclosure("tanh", "tanh", 3, arb("-0.5", "1e-8"))
