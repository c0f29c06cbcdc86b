"""thesis, section 5.2: the kernel sequence of wide networks, with Gaussian and other weights."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

from symprop.claims.citations import claims_of
from symprop.claims.simulated_networks import sampled_cosine
from symprop.claims.thesis_hermite import double_moment
from symprop.ledger.checks import at_points
from symprop.ledger.domain import OneOf, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.specs.architectures import FullyConnected

__all__ = ["CLAIMS"]

EXACT_FAILS = Verdict(Outcome.FAILS, Grade.EXACT)
STATISTICAL = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
REPEATS = 16
UNITS = {"identity": "x", "square": "(x**2 - 1)/sqrt(2)", "cube": "x**3/sqrt(15)"}


def squared_cosine_of_squares(q: Fraction, rho: Fraction) -> Fraction:
    """Return the cosine after one layer of ``(x² - 1)/√2`` at preactivation variance ``q``.

    Exact, from the moments of a Gaussian pair; inputs of squared length ``q d``.
    """

    def product(r: Fraction) -> Fraction:
        fourth, second = double_moment(2, 2, r), double_moment(2, 0, r)
        return q * q * fourth - 2 * q * second + 1

    return product(rho) / product(Fraction(1))


def kernel_of_squares(rho: Fraction) -> Fraction:
    """Return the kernel map of ``(x² - 1)/√2``."""
    return rho**2


def sign_weights_square(x: Fraction, y: Fraction) -> Fraction:
    """Return the squared cosine after one layer of ``x³ - 3x`` with weights ±1/√d.

    The inputs are ``√d (1, 0, 0, ...)`` and ``√d (x, y, 0, ...)`` with ``x² + y² = 1``, so the
    preactivations are ``s`` and ``x s + y s'``, and averages over units are over the signs.
    """

    def phi(u: Fraction) -> Fraction:
        return u**3 - 3 * u

    signs = list(itertools.product((Fraction(1), Fraction(-1)), repeat=2))
    pairs = [(phi(s), phi(x * s + y * t)) for s, t in signs]
    top = sum(a * b for a, b in pairs)
    return Fraction(top**2, sum(a * a for a, _ in pairs) * sum(b * b for _, b in pairs))


def kernel_of_cubes_squared(x: Fraction) -> Fraction:
    """Return the square of the kernel map of the third Hermite polynomial."""
    return x**6


def wide_layers(
    phi: str, weights: str, rho: Fraction, depth: int, size: int, seed: int
) -> tuple[float, float]:
    """Sample the cosine after ``depth`` layers; those that are not Gaussian have all weights.

    There are ``size`` units a layer in all repeats, or ``size`` weights in each dense layer.
    """
    network = FullyConnected(phi, 1)
    if weights == "gaussian":
        return sampled_cosine(network, rho, depth=depth, size=size, seed=seed)
    return sampled_cosine(
        network,
        rho,
        depth=depth,
        size=REPEATS * int(size**0.5),
        seed=seed,
        repeats=REPEATS,
        method="dense",
        law=weights,
    )


def iterated_kernel(phi: str, rho: Fraction, depth: int, dps: int) -> Any:
    """Return the kernel sequence by iterating the dual kernel."""
    from symprop.gaussian.duality import dual_kernel

    kernel, value = dual_kernel(phi), rho
    for _ in range(depth):
        ball = kernel.enclose(value, dps=dps + 10)
        value = (ball.lower + ball.upper) / 2
    return value


SCALED = ("sqrt(2)*Max(x, 0)", "exp(x - 1)", "x**3/sqrt(15)")

_claim = claims_of("thesis")

CLAIMS = (
    _claim(
        "mean-field-kernel-printed",
        "Proposition 5.1",
        EXACT_FAILS,
        title="kernel sequence for inputs of any length, as printed",
        statement="E φ² = 1: ρ_1 = κ(ρ_0) as d grows, ρ_0 the cosine of the inputs",
        variables={"q": "squared length of the inputs over d", "rho": "ρ_0"},
        assumptions=("Gaussian weights of variance 1/d", "φ = (x² - 1)/√2, κ(ρ) = ρ²"),
        as_printed="the induction starts from inputs with |x|² = |y|² = d, which is not stated",
        checks=(
            attack(
                squared_cosine_of_squares,
                "==",
                kernel_of_squares,
                domain={"q": Real(0, None, open_at="lower", decades=3), "rho": Real(-1, 1)},
            ),
        ),
        near_miss=at_points(
            squared_cosine_of_squares, "==", kernel_of_squares, points=grid(q=(4,), rho=(0,))
        ),
        corrected_by="thesis.mean-field-kernel",
    ),
    _claim(
        "mean-field-kernel",
        "Proposition 5.1",
        STATISTICAL,
        title="kernel sequence of a wide network",
        statement="E φ² = 1 and |x|² = |y|² = d: the cosine after ℓ layers tends to κ^ℓ(ρ_0)",
        variables={"phi": "activation, E φ² = 1", "rho": "ρ_0", "depth": "ℓ"},
        assumptions=("Gaussian weights of variance 1/d",),
        as_printed="without the lengths of the inputs",
        checks=(
            attack(
                squared_cosine_of_squares,
                "==",
                kernel_of_squares,
                domain={"q": OneOf((Fraction(1),)), "rho": Real(-1, 1)},
                tries=(60, 600),
            ),
            simulated(
                wide_layers,
                "==",
                iterated_kernel,
                points=grid(phi=SCALED, weights=("gaussian",), rho=("1/2", "-3/5"), depth=(2,)),
                sizes=(250_000, 4_000_000),
            ),
        ),
        near_miss=simulated(
            wide_layers,
            "==",
            lambda phi, rho, depth, dps: iterated_kernel(phi, rho, depth + 1, dps),
            points=grid(phi=SCALED[:1], weights=("gaussian",), rho=("1/2",), depth=(1,)),
            sizes=(250_000, 4_000_000),
        ),
    ),
    _claim(
        "mean-field-other-weights-printed",
        "Proposition 5.2",
        EXACT_FAILS,
        title="kernel sequence for any weights and any inputs, as printed",
        statement="independent weights of mean 0 and variance 1/d: ρ_1 = κ(ρ_0) as d grows",
        variables={"x": "first coordinate of the second input over √d; ρ_0 = x", "y": "second"},
        assumptions=("weights ±1/√d with equal odds", "φ = (x³ - 3x)/√6, κ(ρ) = ρ³"),
        as_printed=(
            "the central limit theorem needs inputs without dominant coordinates; for inputs in "
            "the first two axes the preactivations take four values at every width"
        ),
        checks=(
            at_points(
                sign_weights_square,
                "==",
                kernel_of_cubes_squared,
                points=grid(x=("3/5",), y=("4/5",)),
            ),
        ),
        near_miss=at_points(
            sign_weights_square,
            "==",
            kernel_of_cubes_squared,
            points=grid(x=("4/5",), y=("-3/5",)),
        ),
        corrected_by="thesis.mean-field-other-weights",
    ),
    _claim(
        "mean-field-other-weights",
        "Proposition 5.2",
        STATISTICAL,
        title="kernel sequence of a wide network with other weights",
        statement=(
            "bounded weights times d^(-1/2), mean 0, variance 1/d, inputs of squared length d "
            "whose largest coordinate is o(√d): the cosine after ℓ layers tends to κ^ℓ(ρ_0)"
        ),
        variables={"phi": "activation, E φ² = 1", "weights": "law", "rho": "ρ_0", "depth": "ℓ"},
        assumptions=(
            "inputs spread evenly over the sphere",
            "φ continuous almost everywhere, |φ(x)| <= K e^(K|x|)",
        ),
        as_printed="without conditions on inputs, tails of the weights and growth of φ",
        checks=(
            simulated(
                wide_layers,
                "==",
                iterated_kernel,
                points=grid(
                    phi=SCALED[:1], weights=("uniform", "rademacher"), rho=("1/2",), depth=(2,)
                ),
                sizes=(250_000, 4_000_000),
            ),
        ),
        near_miss=simulated(
            wide_layers,
            "==",
            lambda phi, rho, depth, dps: iterated_kernel(phi, rho, depth + 1, dps),
            points=grid(phi=SCALED[:1], weights=("rademacher",), rho=("1/2",), depth=(1,)),
            sizes=(250_000, 4_000_000),
        ),
    ),
)
"""Propositions 5.1 and 5.2: what wide layers do, and on which inputs."""
