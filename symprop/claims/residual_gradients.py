"""One layer of backpropagation: Theorems B.5 and B.12 of the residual paper.

The backward weights are drawn afresh (the paper's independence axiom), so the expected squares
are polynomials in second moments and can be taken exactly at any width; a sampler of single
layers, with forward and backward weights of its own, is the second opinion.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from flint import arb

from symprop.claims.residual_integrals import rational_exponent
from symprop.ledger.algebra import identity
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

CHI, LENGTH, SLOPE, SQUARE = sympy.symbols("chi p slope square", positive=True)
SV, SW = sympy.symbols("sv sw", positive=True)
WIDTH = 16
PARAMETERS = ("x", "b", "w", "v", "a")
SLOPES: dict[str, Callable[[Any], Any]] = {
    "tanh": lambda h: 1 / np.cosh(h) ** 2,
    "relu": lambda h: (h > 0).astype(float),
    "erf": lambda h: 2 / np.sqrt(np.pi) * np.exp(-(h**2)),
    "softsign": lambda h: (1 + np.abs(h)) ** -2.0,
    "sin": np.cos,
    "x**2": lambda h: 2 * h,
}
VARIABLES = {
    "chi": "mean square of the gradient above the layer",
    "p": "mean square below the layer",
    "slope": "Vφ'(q)",
    "square": "Vφ(q)",
    "sw": "σ_w",
    "sv": "σ_v",
    "phi": "activation",
    "weights": "σ_w²",
    "branch": "σ_v²",
    "bias": "σ_b²",
    "length": "p",
    "wanted": "which gradient: x for χ, or a parameter",
}
AXIOMS = (
    "weights of the backward pass are drawn independently of those of the forward pass",
    "gradients above the layer are independent of it, with equal mean squares",
    "x has entries of mean square p; q = σ_w² p + σ_b²",
    "φ' is square-integrable with respect to every Gaussian",
)


def _over_weights(polynomial: sympy.Expr, variances: dict[sympy.Symbol, sympy.Expr]) -> Any:
    """Return the mean of a polynomial, at most quadratic in each centred independent weight."""
    total = sympy.S.Zero
    for powers, coefficient in sympy.Poly(polynomial, *variances).terms():
        value = coefficient
        for variance, power in zip(variances.values(), powers, strict=True):
            value *= {0: 1, 1: 0, 2: variance}[power]
        total += value
    return sympy.expand(total)


def _gradient(width: int, wanted: str, *, full: bool) -> sympy.Expr:
    """Return the mean square of one gradient by expanding the chain rule at a finite width."""
    beta = sympy.symbols(f"beta:{width}")
    slopes, values = sympy.symbols(f"g:{width}"), sympy.symbols(f"f:{width}")
    inputs = sympy.symbols(f"x:{width}")
    w, v = sympy.symbols(f"w:{width * width}"), sympy.symbols(f"v:{width * width}")
    # gradient with respect to h_k
    hidden = [
        slopes[k] * (sum(beta[i] * v[i * width + k] for i in range(width)) if full else beta[k])
        for k in range(width)
    ]
    gradient = {
        "x": beta[0] + sum(hidden[k] * w[k * width] for k in range(width)),
        "b": hidden[0],
        "w": hidden[0] * inputs[0],
        "v": beta[0] * values[0],
        "a": beta[0],
    }[wanted]
    variances = dict.fromkeys(w, SW**2 / width) | dict.fromkeys(v, SV**2 / width)
    mean = _over_weights(gradient**2, variances)
    squares = dict.fromkeys(slopes, SLOPE) | dict.fromkeys(values, SQUARE)
    squares |= dict.fromkeys(beta, CHI) | dict.fromkeys(inputs, LENGTH)
    return mean.subs({symbol**2: value for symbol, value in squares.items()})


def printed(wanted: str, *, full: bool) -> sympy.Expr:
    """Return the printed right side, by wanted gradient."""
    branch = SV**2 if full else sympy.S.One
    return {
        "x": (branch * SW**2 * SLOPE + 1) * CHI,
        "b": branch * CHI * SLOPE,
        "w": branch * CHI * SLOPE * LENGTH,
        "v": CHI * SQUARE,
        "a": CHI,
    }[wanted]


def _exact(wanted: str, width: int, *, full: bool) -> Any:
    return identity(lambda: _gradient(width, wanted, full=full), printed(wanted, full=full))


def sample(
    phi: str,
    wanted: str,
    branch: Fraction | None,
    weights: Fraction,
    bias: Fraction,
    length: Fraction,
    *,
    size: int,
    seed: int,
) -> tuple[float, float]:
    """Return mean and standard error of one squared gradient over layers of width 16, χ = 1."""
    from symprop.specs.activations import activation

    generator = np.random.default_rng(seed)
    normal = generator.standard_normal
    shape = (size, WIDTH, WIDTH)
    x = np.sqrt(float(length)) * generator.choice((-1.0, 1.0), (size, WIDTH))
    scale = np.sqrt(float(weights) / WIDTH)
    h = scale * np.einsum("nij,nj->ni", normal(shape), x)
    h += np.sqrt(float(bias)) * normal((size, WIDTH))
    above = generator.choice((-1.0, 1.0), (size, WIDTH))
    hidden = above
    if branch is not None:
        outer = np.sqrt(float(branch) / WIDTH) * normal(shape)
        hidden = np.einsum("nik,ni->nk", outer, above)
    hidden = hidden * SLOPES[phi](h)
    if wanted == "x":
        gradient = above + scale * np.einsum("nkj,nk->nj", normal(shape), hidden)
    elif wanted == "b":
        gradient = hidden
    elif wanted == "w":
        gradient = hidden * np.roll(x, 1, axis=1)
    elif wanted == "v":
        gradient = above * activation(phi)(h)
    else:
        gradient = above
    means = (gradient**2).mean(axis=1)
    return float(means.mean()), float(means.std(ddof=1) / np.sqrt(size))


def theory(
    phi: str,
    wanted: str,
    branch: Fraction | None,
    weights: Fraction,
    bias: Fraction,
    length: Fraction,
    dps: int,
) -> arb:
    """Return the printed mean square for ``χ = 1``."""
    from symprop.gaussian.transforms import v_transform
    from symprop.specs.activations import activation

    with working_bits(bits_from_dps(dps)):
        q = weights * length + bias
        slope = v_transform(activation(phi).weak_derivative().regular).enclose(q, dps=dps).ball
        square = v_transform(phi).enclose(q, dps=dps).ball
        outer = rational_exponent(Fraction(1) if branch is None else branch)
        return {
            "x": 1 + outer * rational_exponent(weights) * slope,
            "b": outer * slope,
            "w": outer * slope * rational_exponent(length),
            "v": square,
            "a": arb(1),
        }[wanted]


def _points(branch: tuple[object, ...], wanted: tuple[str, ...]) -> tuple[dict[str, object], ...]:
    settings = grid(
        phi=tuple(SLOPES),
        wanted=wanted,
        branch=branch,
        weights=("17/10",),
        bias=("1/2",),
        length=("3/4",),
    )
    return tuple(settings)


REDUCED = Claim(
    id="residual.gradient-recurrence-reduced",
    title="Gradient recurrence of the reduced residual network",
    statement=(
        "With χ the mean squared gradient above a layer: below it is (σ_w² Vφ'(q) + 1) χ; that of "
        "the biases b is χ Vφ'(q), that of the weights w is χ Vφ'(q) p, p taken below the layer"
    ),
    variables=VARIABLES,
    assumptions=AXIOMS,
    source=Source("residual", "Theorem B.5"),
    as_printed=(
        "'χ = (σ_w² Vφ'(q)+1) χ': the underlines that mark the layer below are lost, on χ in the "
        "left side and on p. Finite variance of φ'² is asked for; its mean is enough"
    ),
    checks=(
        *(_exact(wanted, width, full=False) for wanted in ("x", "b", "w") for width in (1, 3)),
        simulated(
            sample,
            "==",
            theory,
            points=_points((None,), ("x", "b", "w")),
            sizes=(2000, 40_000),
        ),
    ),
    near_miss=identity(lambda: _gradient(2, "x", full=False), (SW**2 * SLOPE + 2) * CHI),
    expected=Verdict(Outcome.HOLDS, Grade.STATISTICAL),
)

FULL = Claim(
    id="residual.gradient-recurrence-full",
    title="Gradient recurrences of the full residual network",
    statement=(
        "With χ the mean squared gradient above a layer: below it is (σ_v² σ_w² Vφ'(q) + 1) χ; "
        "those of the parameters are χ_b = σ_v² χ Vφ'(q), χ_w = σ_v² χ Vφ'(q) p, χ_v = χ Vφ(q), "
        "χ_a = χ, p taken below the layer"
    ),
    variables=VARIABLES,
    assumptions=AXIOMS,
    source=Source("residual", "Theorem B.12"),
    as_printed=(
        "the underlines that mark the layer below are lost, as in B.5; finite variance of φ'² is "
        "asked for, and the text before B.19 takes it for necessary: its mean is enough"
    ),
    checks=(
        *(_exact(wanted, width, full=True) for wanted in PARAMETERS for width in (1, 2)),
        simulated(
            sample,
            "==",
            theory,
            points=_points((Fraction(3, 2),), PARAMETERS[:-1]),
            sizes=(2000, 40_000),
        ),
    ),
    near_miss=identity(lambda: _gradient(2, "b", full=True), CHI * SLOPE),
    expected=Verdict(Outcome.HOLDS, Grade.STATISTICAL),
)

CLAIMS = (REDUCED, FULL)
"""Theorems B.5 and B.12."""
