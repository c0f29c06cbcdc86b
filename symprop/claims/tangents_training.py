"""tangents, equations 3, 29 and 30: training with the tangent kernel, and its least eigenvalue."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from symprop.claims.citations import claims_of
from symprop.claims.noisy_networks import mean_and_error
from symprop.claims.rational_matrices import Matrix, integer_matrix
from symprop.ledger.checks import at_points
from symprop.ledger.domain import OneOf, Range, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.recurrences.kernel_regression import GradientFlow, smallest_eigenvalue
from symprop.recurrences.ntk import tangent_kernel
from symprop.specs.branched import DenseNet, ResNet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symprop.specs.branched import Branched

    Array = NDArray[np.float64]

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
MEASURED = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)


# --- training of wide networks: one branch of two matrices, α = 1 ---

WIDTH = 200
STEPS = 5
INPUTS = np.array([[1.0, 0.0, -0.6], [0.0, 1.0, 0.8]]) * np.sqrt(2)
TARGETS = np.array([1.0, -1.0, 0.5])


def _forward(first: Array, second: Array, read: Array, last: Array) -> tuple[Array, Array]:
    hidden = first @ read / np.sqrt(WIDTH)
    branch = second @ (np.sqrt(2) * np.maximum(hidden, 0)) / np.sqrt(WIDTH)
    return hidden, last @ (read + branch) / np.sqrt(WIDTH)


def _velocities(
    first: Array, second: Array, read: Array, last: Array
) -> tuple[Array, Array, Array]:
    """Return minus the gradients of half the squared error by both matrices, and the outputs."""
    hidden, outputs = _forward(first, second, read, last)
    errors = (TARGETS - outputs) / WIDTH  # with the factors of the last two matrices
    active = np.sqrt(2) * np.maximum(hidden, 0)
    behind = np.outer(second.T @ last, errors) * (np.sqrt(2) * (hidden > 0)) / np.sqrt(WIDTH)
    return behind @ read.T, np.outer(last, active @ errors), outputs


def _trained(rng: np.random.Generator, time: float) -> tuple[Array, Array]:
    """Return the outputs before and after gradient flow, by the midpoint rule."""
    read = rng.standard_normal((WIDTH, 2)) @ INPUTS / np.sqrt(2)
    first, second = rng.standard_normal((2, WIDTH, WIDTH))
    last = rng.standard_normal(WIDTH)
    before = _forward(first, second, read, last)[1]
    step = time / STEPS
    for _ in range(STEPS):
        one, two, _ = _velocities(first, second, read, last)
        one, two, _ = _velocities(first + step / 2 * one, second + step / 2 * two, read, last)
        first, second = first + step * one, second + step * two
    return before, _forward(first, second, read, last)[1]


def _errors_left(size: int, seed: int, time: Fraction, speed: float) -> Array:
    """Return for each network the remaining errors along those predicted, over the latter."""
    kernel = tangent_kernel(ResNet(2, 1), 1).gram(INPUTS.T @ INPUTS / 2)
    rng, found = np.random.default_rng(seed), []
    for _ in range(size):
        before, after = _trained(rng, float(time))
        flow = GradientFlow(kernel, np.empty((0, 3)), TARGETS, before)
        predicted = flow.data(speed * float(time)) - TARGETS
        found.append((after - TARGETS) @ predicted / (predicted @ predicted))
    return np.array(found)


def remaining_error(time: Fraction, size: int, seed: int) -> tuple[float, float]:
    return mean_and_error(_errors_left(size, seed, time, 1.0))


def remaining_error_at_half_speed(time: Fraction, size: int, seed: int) -> tuple[float, float]:
    """Return the same if the flow had the factor one half."""
    return mean_and_error(_errors_left(size, seed, time, 0.5))


# --- the loss and its gradient by the outputs ---


def _loss(errors: Sequence[Fraction]) -> Fraction:
    return sum((e * e for e in errors), Fraction(0)) / 2


def functional_gradient(outputs: Sequence[Fraction], targets: Sequence[Fraction]) -> Fraction:
    """Return the squared norm of the gradient of the loss by the outputs, by differences."""
    errors = [f - y for f, y in zip(outputs, targets, strict=True)]
    total = Fraction(0)
    for k in range(len(errors)):
        above, below = ([e + s * (i == k) for i, e in enumerate(errors)] for s in (1, -1))
        total += ((_loss(above) - _loss(below)) / 2) ** 2
    return total


def twice_loss(outputs: Sequence[Fraction], targets: Sequence[Fraction]) -> Fraction:
    return 2 * _loss([f - y for f, y in zip(outputs, targets, strict=True)])


def squared_twice_loss(outputs: Sequence[Fraction], targets: Sequence[Fraction]) -> Fraction:
    """Return what ``|∂L/∂f| >= 2L`` would need, without the square, squared."""
    return twice_loss(outputs, targets) ** 2


def loss_slope(factor: Matrix, constant: Fraction, errors: Sequence[Fraction]) -> Fraction:
    """Return ``|∇L|² = e' G e`` for ``G = c β + M M'``, whose eigenvalues are at least ``c β``."""
    turned = [
        sum((row[k] * e for row, e in zip(factor, errors, strict=True)), Fraction(0))
        for k in range(len(factor[0]))
    ]
    squares = sum((e * e for e in errors), Fraction(0))
    return constant * squares + sum((t * t for t in turned), Fraction(0))


def needed_slope(constant: Fraction, errors: Sequence[Fraction]) -> Fraction:
    return 2 * constant * _loss(errors)


def doubled_slope(constant: Fraction, errors: Sequence[Fraction]) -> Fraction:
    return 4 * constant * _loss(errors)


# --- positive definiteness ---

DIRECTIONS = ((1, 0), ("3/5", "4/5"), ("-5/13", "12/13"))
"""Three unit vectors of the plane; the second is 4/5 (0, 1) and more of the first."""


def _directions(signs: str) -> list[tuple[Fraction, Fraction]]:
    found = [(Fraction(a), Fraction(b)) for a, b in DIRECTIONS]
    return found + [(-a, -b) for a, b in found] * (signs == "both")


def network(net: str) -> Branched:
    return DenseNet() if net == "dense" else ResNet(int(net), 1)


def _acute(cosine: sympy.Expr) -> sympy.Expr:
    return sympy.pi - sympy.acos(-cosine) if cosine.is_negative else sympy.acos(cosine)


def kernel_form(net: str, depth: int, signs: str) -> sympy.Expr:
    """Return ``v' K v`` for the weights ``v``, odd in the points, whose sum of points is 0."""
    points = _directions(signs)
    (a, b), (c, d) = points[1], points[2]  # solve for the first direction
    weights = [a * d - b * c, -d, b]
    weights += [-w for w in weights] * (signs == "both")
    form = tangent_kernel(network(net), depth).closed_form
    diagonal = tangent_kernel(network(net), depth).diagonal
    (rho,) = form.free_symbols or {sympy.Symbol("rho")}
    total = sympy.S.Zero
    for i, (v, x) in enumerate(zip(weights, points, strict=True)):
        for j, (w, y) in enumerate(zip(weights, points, strict=True)):
            cosine = sympy.Rational(str(x[0] * y[0] + x[1] * y[1]))
            entry = diagonal if i == j else form.subs(rho, cosine)
            total += sympy.Rational(str(v * w)) * entry
    return sympy.expand(total.replace(sympy.acos, _acute))


def least_eigenvalue(net: str, depth: int, signs: str, dps: int) -> Any:
    return smallest_eigenvalue(
        tangent_kernel(network(net), depth),
        [[str(a), str(b)] for a, b in _directions(signs)],
        dps=min(dps, 20),
    )


_claim = claims_of("tangents", HOLDS)


def _rows(*rows: Sequence[int | str]) -> OneOf:
    return OneOf(tuple(tuple(Fraction(value) for value in row) for row in rows))


VECTORS: dict[str, Range] = {
    "outputs": _rows((0, 0), (1, 0), ("1/3", "1/2"), ("1/1000", 1)),
    "targets": _rows((1, 1), (0, "1/2"), ("1/3", "1/3")),
}
KERNELS: dict[str, Range] = {
    "factor": OneOf(
        (
            integer_matrix((0, 0), (0, 0)),
            integer_matrix((1, 2), (2, 4)),
            integer_matrix((1, "-1/2"), (3, 1)),
            integer_matrix((1, -1), (-1, 1)),
        )
    ),
    "constant": Real("1/1000", 10),
    "errors": _rows((1, 1), (1, -1), (0, 1), ("1/7", "-5/2")),
}
NETS = {
    "net": "dense, or m of a residual network with α = 1",
    "depth": "L",
    "signs": "one: three directions of the plane; both: with their opposites",
}
SINGULAR = [
    {"net": "1", "depth": 1, "signs": "one"},
    {"net": "2", "depth": 1, "signs": "both"},
    {"net": "dense", "depth": 1, "signs": "both"},
]
DEFINITE = [
    *grid(net=("2", "3", "dense"), depth=(2, 3), signs=("one", "both")),
    *grid(net=("2", "dense"), depth=(1,), signs=("one",)),
    *grid(net=("3",), depth=(1,), signs=("both",)),
]

CLAIMS = (
    _claim(
        "gradient-flow-of-wide-networks",
        "eq 3",
        MEASURED,
        title="wide networks are trained as kernel regression says",
        statement="f_t - y = exp(-K t) (f_0 - y), so that dL/dt = -(∂L/∂f)' K (∂L/∂f): the mean of "
        "(f_t - y)·p/|p|² is 1, with p what is predicted from f_0",
        variables={"time": "t"},
        assumptions=("L = Σ (f(x_i) - y_i)²/2", "gradient flow", "all widths infinite"),
        as_printed="the equation did not survive; read from the text around it",
        checks=(
            simulated(
                remaining_error,
                "==",
                1,
                points=grid(time=("1/4",)),
                sizes=(12, 60),
            ),
        ),
        near_miss=simulated(
            remaining_error_at_half_speed, "==", 1, points=grid(time=("1/4",)), sizes=(12, 60)
        ),
    ),
    _claim(
        "functional-gradient",
        "eq 29",
        title="gradient of the squared loss by the outputs",
        statement="‖∂L/∂f‖² = 2L for L = ‖f - y‖²/2",
        variables={"outputs": "f", "targets": "y"},
        as_printed="garbled; the norm is read squared, for without the square 2‖f - y‖² <= "
        "2‖f - y‖ needs ‖f - y‖ <= 1, which outputs and targets in [0, 1] do not give",
        checks=(attack(functional_gradient, "==", twice_loss, domain=VECTORS),),
        near_miss=attack(functional_gradient, ">=", squared_twice_loss, domain=VECTORS),
    ),
    _claim(
        "eigenvalue-condition",
        "eq 30",
        title="an eigenvalue of the kernel bounds the gradient of the loss",
        statement="‖∇L‖² >= 2cβ L where all eigenvalues of G are >= cβ",
        variables={
            "constant": "cβ",
            "factor": "M, where G = cβ + M M'",
            "errors": "f - y",
        },
        as_printed="garbled; the bound of the eigenvalue is read as cβ",
        checks=(attack(loss_slope, ">=", needed_slope, domain=KERNELS),),
        near_miss=attack(loss_slope, ">=", doubled_slope, domain=KERNELS),
    ),
    _claim(
        "kernel-definite-printed",
        "eq 30",
        FALSE,
        title="positive definiteness of the limiting kernel, as said",
        statement="v'Kv > 0 for distinct inputs of length 1",
        variables=NETS,
        as_printed="said below of all the networks; linear ones (m = 1) have the rank of the data, "
        "and with one branch of two matrices or one dense layer K(x, x') - K(x, -x') is linear",
        checks=tuple(at_points(kernel_form, ">", 0, points=[point]) for point in SINGULAR),
        near_miss=at_points(kernel_form, ">", 0, points=SINGULAR[1:2]),
        corrected_by="tangents.kernel-definite",
    ),
    _claim(
        "kernel-definite",
        "eq 30",
        title="positive definiteness of the limiting kernel",
        statement="the least eigenvalue of K is positive for distinct inputs of length 1, with two "
        "branches or layers and m >= 2; with one and m = 2 if no two inputs are opposite",
        variables=NETS,
        checks=(at_points(least_eigenvalue, ">", 0, points=DEFINITE),),
        near_miss=at_points(kernel_form, ">", 0, points=SINGULAR[2:]),
    ),
)
"""Inputs of the plane, opposite ones among them."""
