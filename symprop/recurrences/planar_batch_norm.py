r"""One layer of batch normalisation as balls, where at most two dimensions are left of the batch.

With :math:`y=a\cos\psi+b\sin\psi` up to its length, ``psi`` uniform, an entry is

.. math:: \frac1{2\pi}\int_0^{2\pi}F(\psi)\,d\psi,\qquad
    F=\phi\Bigl(\sqrt n\,\frac{y_i}{|y|}\Bigr)\phi\Bigl(\sqrt n\,\frac{y_j}{|y|}\Bigr),

periodic and analytic: the mean over ``N`` angles is off by at most
:math:`2M/(e^{Nd}-1)` if :math:`|F|\le M` where the imaginary part is at most ``d``. With
``a`` and ``b`` orthogonal, the angle used is ``chi``, :math:`\tan\psi=\beta\tan\chi` and
:math:`\beta^2=|a|/|b|`, for which ``d`` may be largest. In one dimension there are two directions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from flint import acb, arb

from symprop.foundation.errors import (
    NoClosedForm,
    NoConvergence,
    OutOfDomain,
    PrecisionNotReached,
    expected,
)
from symprop.numerics.evaluation import as_ball, compile_ball
from symprop.numerics.precision import current_bits
from symprop.numerics.quadrature import upper_bound
from symprop.specs.activations import X

if TYPE_CHECKING:
    from symprop.numerics.evaluation import BallFunction
    from symprop.specs.activations import Activation

__all__ = ["planar_step"]

_DISTANCES = (1.0, 0.6, 0.35, 0.2, 0.1, 0.05, 0.025)
_BOXES, _LAYERS = 48, 8  # in a strip of half-width 1; more boxes where it is narrower
_MOST_NODES = 50_000


def planar_step(phi: Activation, rows: list[list[Any]], rank: int, bits: int) -> list[list[arb]]:
    """Return the Gram matrix after one layer, of a matrix of rank 1 or 2.

    Parameters
    ----------
    phi : Activation
        Any for rank 1; for rank 2 analytic.
    rows : list of lists of fmpq or arb
        The matrix that is normalised.
    rank : int
        Its rank, 1 or 2.
    bits : int
        Errors are about ``2**-bits``.

    Returns
    -------
    list of lists of arb

    Raises
    ------
    NoClosedForm
        If the rank is 2 and the activation has kinks or jumps.
    NoConvergence
        If the activation has no bound near the real axis that a sum of 50000 angles can use.
    OutOfDomain
        If an input lies on a jump.
    PrecisionNotReached
        If entries are balls that do not exclude a smaller rank.

    Error
    -----
    Enclosed.

    Source
    ------
    thesis, equation 3.3.

    Examples
    --------
    >>> from flint import fmpq
    >>> from symprop.specs.activations import activation
    >>> rows = [[fmpq(1), fmpq(-1)], [fmpq(-1), fmpq(1)]]
    >>> print(planar_step(activation("tanh"), rows, 1, 40)[0][1].str(10, radius=False))
    -0.5800256584
    """
    first, rest = _column(rows)
    if rank == 1:
        return _on_line(phi, first)
    second, _ = _column(rest)
    size = len(rows)
    if phi.breakpoints:
        condition = "analytic or positively homogeneous, where the rank is 2"
        raise NoClosedForm(expected("activation", condition, phi.name))
    function = compile_ball(phi.expression, [X])
    first, second, factor = _balanced(first, second)
    distance, bound = _shift(function, first, second, factor, bits)
    goal = arb(2).log() * (bits + 4) + (bound + 1).log()
    count = 2 * int((goal / (2 * distance)).upper().ceil().unique_fmpz() or 1)
    if count > _MOST_NODES:
        raise NoConvergence(f"Expected at most {_MOST_NODES} angles of a sum but got {count}.")
    table = [[arb(0)] * size for _ in range(size)]
    for index in range(count):
        angle = arb.pi() * 2 * index / count
        weight, places = _at(first, second, factor, angle)
        values = [_real(function(x)) for x in places]
        for i in range(size):
            for j in range(i + 1):
                table[i][j] += weight * values[i] * values[j]
    error = arb(0, (2 * bound / ((distance * count).exp() - 1)).upper())
    for i in range(size):
        for j in range(i + 1):
            table[i][j] = table[j][i] = table[i][j] / count + error
    return table


def _column(rows: list[list[Any]]) -> tuple[list[arb], list[list[Any]]]:
    """Return a column of a Cholesky root, and what is left of the matrix, exact where it is."""
    size = len(rows)
    pivot = max(range(size), key=lambda index: float(arb(rows[index][index]).mid()))
    top = rows[pivot][pivot]
    if not top > 0:
        raise PrecisionNotReached("Expected entries that prove the rank but got wide balls.")
    root = arb(top).sqrt()
    column = [arb(row[pivot]) / root for row in rows]
    left = [
        [rows[i][j] - rows[i][pivot] * rows[pivot][j] / top for j in range(size)]
        for i in range(size)
    ]
    for index in range(size):
        left[index][pivot] = left[pivot][index] = type(top)(0)
    return column, left


def _on_line(phi: Activation, column: list[arb]) -> list[list[arb]]:
    length = sum((entry * entry for entry in column), arb(0)).sqrt()
    places = [entry * arb(len(column)).sqrt() / length for entry in column]
    plus, minus = ([_value(phi, sign * place) for place in places] for sign in (1, -1))
    size = range(len(column))
    return [[(plus[i] * plus[j] + minus[i] * minus[j]) / 2 for j in size] for i in size]


def _value(phi: Activation, place: arb) -> arb:
    """Return the value at a ball; continuous kinks may lie inside it."""
    result: arb | None = None
    for piece in phi.pieces:
        if piece.lower.is_finite and place < as_ball(piece.lower, current_bits()):
            continue
        if piece.upper.is_finite and place > as_ball(piece.upper, current_bits()):
            continue
        value = _real(compile_ball(piece.expression, [X])(place))
        result = value if result is None else result.union(value)
    for jump in phi.jumps:
        if as_ball(jump, current_bits()).overlaps(place):
            raise OutOfDomain(expected("gram", f"of inputs off the jump at {jump}", str(place)))
    assert result is not None
    return result


def _balanced(first: list[arb], second: list[arb]) -> tuple[list[arb], list[arb], arb]:
    """Return both vectors in other coordinates, and the factor of the second one.

    The change need not be exact, as it cancels; it decides how many angles are enough.
    """
    plane = np.array([[float(entry) for entry in vector] for vector in (first, second)])
    axes, lengths, _ = np.linalg.svd(plane, full_matrices=False)
    beta = arb(float(np.sqrt(lengths[0] / lengths[1])))
    p, r = axes[:, 0].tolist()
    major = [p * one + r * other for one, other in zip(first, second, strict=True)]
    minor = [beta * (p * other - r * one) for one, other in zip(first, second, strict=True)]
    return major, minor, beta


def _at(first: list[arb], second: list[arb], factor: arb, angle: Any) -> tuple[Any, list[Any]]:
    """Return the weight and the arguments of the activation at an angle."""
    cosine, sine = angle.cos(), angle.sin()
    entries = [one * cosine + other * sine for one, other in zip(first, second, strict=True)]
    square = sum((entry * entry for entry in entries), 0 * cosine)
    inverse = square.rsqrt(analytic=True) if isinstance(square, acb) else square.rsqrt()
    scale = arb(len(first)).sqrt() * inverse
    weight = factor / (cosine * cosine + factor * factor * sine * sine)
    return weight, [entry * scale for entry in entries]


def _shift(
    function: BallFunction, first: list[arb], second: list[arb], factor: arb, bits: int
) -> tuple[arb, arb]:
    """Return the half-width of a strip with a bound there, for the fewest nodes."""
    best: tuple[arb, arb] | None = None
    cost = float("inf")
    for distance in _DISTANCES:
        bound = _bound(function, first, second, factor, distance)
        if bound is None:
            continue
        found = (0.7 * bits + float((bound + 1).log())) / distance
        if found >= cost:  # narrower strips will not do better
            break
        best, cost = (arb(distance), bound), found
    if best is None:
        raise NoConvergence("Expected an activation bounded near the real line but got none.")
    return best


def _bound(
    function: BallFunction, first: list[arb], second: list[arb], factor: arb, distance: float
) -> arb | None:
    """Return a bound of the integrands on a strip in which they are proved analytic.

    The other half of the strip is conjugate.
    """
    boxes = int(_BOXES / distance)
    width, height = arb.pi() / boxes, arb(distance) / (2 * _LAYERS)
    largest = arb(0)
    for layer in reversed(range(_LAYERS)):  # singularities are met first far from the axis
        imaginary = arb(((2 * layer + 1) * height).mid(), height.upper())
        for index in range(boxes):
            real = arb(((2 * index + 1) * width).mid(), width.upper())
            weight, places = _at(first, second, factor, acb(real, imaginary))
            if not weight.is_finite() or not all(place.is_finite() for place in places):
                return None
            values = [upper_bound(function(place, analytic=True)) for place in places]
            if not all(value.is_finite() for value in values):
                return None
            for value in values:
                largest = largest.max(upper_bound(weight) * value * value)
    return largest


def _real(value: Any) -> arb:
    return value.real if isinstance(value, acb) else value
