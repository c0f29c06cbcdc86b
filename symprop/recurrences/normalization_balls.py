r"""One layer of batch normalisation as balls, above all for positively homogeneous activations.

.. math:: T(G)=\frac{n^a}{\Gamma(a)}\int_{-\infty}^\infty t^a\det(I+2tC)^{-1/2}
    \kappa\bigl(C(I+2tC)^{-1}\bigr)\,ds,\qquad t=e^s,\quad C=PGP

The integrand is the expectation of :math:`\phi(y_i)\phi(y_j)\,t^ae^{-t|y|^2}`, analytic for
:math:`|\mathrm{Im}\,s|<\pi/2`. On the line of imaginary part :math:`\theta` its modulus has an
integral of at most :math:`\Gamma(a)\cos(\theta)^{-a}\max(\phi(1)^2,\phi(-1)^2)`, which bounds the
error of the trapezoidal sum; both tails are bounded by geometric series. Other activations are
left to `symprop.recurrences.planar_batch_norm`, for matrices of rank 1 or 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb, arb_mat, fmpq, fmpq_mat

from symprop.foundation.errors import (
    NoClosedForm,
    NoConvergence,
    OutOfDomain,
    PrecisionNotReached,
    expected,
)
from symprop.foundation.validation import check_dps, check_flag
from symprop.gaussian.closed_forms import RHO
from symprop.gaussian.duality import dual_kernel
from symprop.gram.matrices import GramMatrix, gram_matrix
from symprop.gram.spectrum import eigenvalue_balls
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import BallFunction, as_ball, compile_ball
from symprop.numerics.precision import bits_from_dps, current_bits, working_bits
from symprop.recurrences.planar_batch_norm import planar_step
from symprop.specs.activations import Activation, X, activation

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["HomogeneousKernel", "batch_norm_gram_balls", "homogeneous_kernel", "tilted_sum"]

_DOUBLINGS = 3
_SPECTRUM_BITS = 64
_PLANAR = 2
_WORKING = 4  # times the goal: nearly singular matrices far out on the integral lose digits
_MOST_NODES = 100_000
_DISTANCE = fmpq(1, 8)  # of the line that bounds the error from the edge of the strip


@dataclass(frozen=True)
class HomogeneousKernel:
    """What the integral needs of a positively homogeneous activation.

    Attributes
    ----------
    degree : sympy.Expr
        ``a > 0``.
    closed_form : sympy.Expr
        The dual kernel at unit variances, in ``rho``.
    inside : BallFunction
        The same on balls inside (-1, 1).
    largest_square : sympy.Expr
        The larger one of the squares of its values at 1 and -1.
    """

    degree: sympy.Expr
    closed_form: sympy.Expr
    inside: BallFunction
    largest_square: sympy.Expr

    def at(self, rho: arb | int) -> arb:
        """Return the kernel; integers are the exact correlations -1, 0 and 1."""
        if isinstance(rho, int):
            return as_ball(self.value(rho), current_bits(), "kernel")
        value: arb = self.inside(rho)
        return value

    def value(self, rho: Any) -> sympy.Expr:
        """Return the kernel of an exact correlation as a SymPy number."""
        if rho not in self._known:
            self._known[rho] = sympy.simplify(self.closed_form.subs(RHO, rho))
        return self._known[rho]

    @cached_property
    def _known(self) -> dict[Any, sympy.Expr]:
        return {}


def homogeneous_kernel(phi: Activation | sympy.Expr | str) -> HomogeneousKernel:
    """Return the kernel of an activation, or say why there is none.

    Parameters
    ----------
    phi : Activation, str or sympy.Expr
        Positively homogeneous of positive degree.

    Returns
    -------
    HomogeneousKernel

    Raises
    ------
    NoClosedForm
        If it is not homogeneous, or its dual kernel has no closed form.

    Error
    -----
    Exact.

    Examples
    --------
    >>> kernel = homogeneous_kernel("relu")
    >>> kernel.degree, kernel.value(0), kernel.largest_square
    (1, 1/(2*pi), 1)
    """
    chosen = activation(phi)
    degree = chosen.homogeneity
    if degree is None or not degree > 0:
        condition = "positively homogeneous of positive degree"
        raise NoClosedForm(expected("activation", condition, chosen.name))
    closed = dual_kernel(chosen).closed_form
    ends = [_value_at(chosen, end) ** 2 for end in (1, -1)]
    return HomogeneousKernel(degree, closed, compile_ball(closed, [RHO]), sympy.Max(*ends))


def _value_at(phi: Activation, end: int) -> sympy.Expr:
    """Return the value inside the piece on one side of 0."""
    piece = phi.pieces[-1] if end > 0 else phi.pieces[0]
    return piece.expression.subs(X, end)


def batch_norm_gram_balls(
    phi: Activation | sympy.Expr | str, gram: Any, *, center: bool = True, dps: int = 15
) -> tuple[tuple[Enclosure, ...], ...]:
    r"""Return balls around the Gram matrix after one layer normalised over the batch.

    .. math:: \mathrm E\,\phi(\sqrt n\,y/|y|)\,\phi(\sqrt n\,y/|y|)^\top,\qquad
        y\sim\mathcal N(0,PGP)

    Parameters
    ----------
    phi : Activation, str or sympy.Expr
        Positively homogeneous of positive degree, with a dual kernel in closed form; analytic
        where the matrix has rank 2 once it is centred, as for three inputs; any for rank 1.
    gram : as for `symprop.gram.matrices.gram_matrix`
        ``G``, of any scale; meant for small batches.
    center : bool
        Whether the mean over the batch is taken away.
    dps : int
        Digits to prove, relative to the root of the product of both diagonal entries.

    Returns
    -------
    tuple of tuples of Enclosure

    Raises
    ------
    NoClosedForm
        If the activation is not of this kind.
    NoConvergence
        If the activation grows too fast near the real line for a sum over angles.
    InvalidArgument, OutOfDomain
        As for `symprop.gram.matrices.gram_matrix`, or if an eigenvalue is proved negative or
        nothing is left of the batch.
    PrecisionNotReached
        If entries are balls too wide for the digits.

    Error
    -----
    Enclosed.

    Source
    ------
    thesis, equation 3.3.

    Examples
    --------
    >>> step = batch_norm_gram_balls("identity", [[2, 0, 0], [0, 1, 0], [0, 0, 1]])
    >>> print(step[0][0].proved_digits(12), step[1][2].proved_digits(12))
    1.12701665379 -0.372983346207
    """
    check_dps(dps)
    check_flag("center", center)
    chosen, matrix = activation(phi), gram_matrix(gram)
    eigenvalue_balls(matrix, _SPECTRUM_BITS)  # refuses negative ones
    rank = _rank(matrix, center)
    kernel = None
    try:
        kernel = homogeneous_kernel(chosen)
    except NoClosedForm:
        if rank > _PLANAR:
            raise
    goal = bits_from_dps(dps)
    bits = goal
    for _ in range(_DOUBLINGS):
        with working_bits(_WORKING * bits):
            rows = _scaled(matrix, center)
            if kernel is None:
                table = planar_step(chosen, rows, rank, bits)
            else:
                table = _step(kernel, rows, bits)
            if _is_tight(table, goal):
                return tuple(tuple(Enclosure(entry) for entry in row) for row in table)
        bits *= 2
    raise PrecisionNotReached(f"Expected {dps} proved digits of each entry but got fewer.")


def _is_tight(table: list[list[arb]], goal: int) -> bool:
    size = len(table)
    for i in range(size):
        for j in range(size):
            scale = (table[i][i] * table[j][j]).sqrt().lower()
            if not table[i][j].is_finite() or not table[i][j].rad() <= scale * arb((1, 8 - goal)):
                return False
    return True


def _rank(matrix: GramMatrix, center: bool) -> int:
    """Return the rank of the matrix that is normalised, or a bound of it where it is not exact."""
    if matrix.rational is None:
        return matrix.size - center
    rows = [[matrix.rational[i, j] for j in range(matrix.size)] for i in range(matrix.size)]
    return int(fmpq_mat(_centered(rows) if center else rows).rank())


def _scaled(matrix: GramMatrix, center: bool) -> list[list[Any]]:
    """Return the matrix that is normalised, with the number of inputs as its trace."""
    size = matrix.size
    if matrix.rational is not None:
        given: list[list[Any]] = [[matrix.rational[i, j] for j in range(size)] for i in range(size)]
    else:
        rows = matrix.rows
        given = [
            [as_ball(rows[max(i, j)][min(i, j)], current_bits()) for j in range(size)]
            for i in range(size)
        ]
    if center:
        given = _centered(given)
    trace = sum(given[i][i] for i in range(size))
    if not trace > 0:
        raise OutOfDomain(expected("gram", "of inputs that are not all equal", "nothing left"))
    return [[entry * size / trace for entry in row] for row in given]


def _step(kernel: HomogeneousKernel, scaled: list[list[Any]], bits: int) -> list[list[arb]]:
    size = len(scaled)
    extreme = _extreme_correlations(scaled)
    covariance = arb_mat([[arb(entry) for entry in row] for row in scaled])
    unit = arb_mat([[int(i == j) for j in range(size)] for i in range(size)])
    places = [(i, j) for i in range(size) for j in range(i + 1) if extreme[i, j] is not None]
    power = as_ball(kernel.degree, current_bits())

    def at(t: arb) -> tuple[arb, arb, list[arb]]:
        mixed = unit + covariance * (2 * t)
        try:
            tilted = mixed.solve(covariance)
        except ZeroDivisionError:
            raise PrecisionNotReached(
                "Expected entries that tell the matrix from an indefinite one but got wide balls."
            ) from None
        values = []
        for i, j in places:
            product = (tilted[i, i] * tilted[j, j]).sqrt()
            known = extreme[i, j]
            rho = tilted[i, j] / product if known == 0 else known
            values.append(product**power * kernel.at(rho))
        return mixed.det().rsqrt(), t * tilted.trace(), values

    lengths = [arb(scaled[i][i]) for i in range(size)]
    bound = lengths[0]
    for length in lengths[1:]:
        bound = bound.max(length)
    sums = tilted_sum(kernel, size, at, bound, bits)
    table = [[arb(0)] * size for _ in range(size)]
    for (i, j), value in zip(places, sums, strict=True):
        table[i][j] = table[j][i] = value
    return table


def _centered(rows: list[list[Any]]) -> list[list[Any]]:
    size = len(rows)
    means = [sum(row) / size for row in rows]
    mean = sum(means) / size
    return [[rows[i][j] - means[i] - means[j] + mean for j in range(size)] for i in range(size)]


def _extreme_correlations(rows: list[list[Any]]) -> dict[tuple[int, int], int | None]:
    """Return -1 or 1 for pairs proved to be parallel, None where one vanishes, else 0."""
    result: dict[tuple[int, int], int | None] = {}
    for i in range(len(rows)):
        for j in range(i + 1):
            entry, product = rows[i][j], rows[i][i] * rows[j][j]
            if i == j and entry != 0:
                result[i, j] = 1
            elif product == 0:
                result[i, j] = None
            elif isinstance(entry, fmpq) and entry * entry == product:
                result[i, j] = 1 if entry > 0 else -1
            else:
                result[i, j] = 0
    return result


def tilted_sum(
    kernel: HomogeneousKernel,
    size: int,
    at: Callable[[arb], tuple[arb, arb, list[arb]]],
    largest: arb,
    bits: int,
) -> list[arb]:
    r"""Return the integrals :math:`n^a/\Gamma(a)\int t^a\det^{-1/2}\kappa_{ij}\,ds` as balls.

    Parameters
    ----------
    kernel : HomogeneousKernel
        Of the activation.
    size : int
        ``n``.
    at : callable
        From ``t`` to the inverse root of the determinant, ``t tr(C (I + 2tC)^-1)`` and the
        kernels wanted.
    largest : arb
        Bound of the diagonal of ``C``, whose trace is at most ``n``.
    bits : int
        Errors are about ``2**-bits``.

    Returns
    -------
    list of arb

    Raises
    ------
    NoConvergence
        If the sum has more than 100000 nodes.

    Error
    -----
    Enclosed.
    """
    degree = as_ball(kernel.degree, current_bits())
    square = as_ball(kernel.largest_square, current_bits())
    angle = arb.pi() / 2 - arb(_DISTANCE)
    goal = (arb(bits + 8)) * arb(2).log()
    step = arb((2 * arb.pi() * angle / goal).mid())
    discrete = (
        2
        * square
        * degree.gamma()
        / angle.cos() ** degree
        / ((2 * arb.pi() * angle / step).exp() - 1)
    )
    moment = square * 2**degree * (degree + arb("0.5")).gamma() / arb.pi().sqrt()
    small = arb((1, -bits - 8))
    totals: list[arb] | None = None
    tail = arb(0)
    for direction in (1, -1):
        t = arb(1) if direction > 0 else (-step).exp()
        for count in range(_MOST_NODES):
            root, slope, values = at(t)
            weight = t**degree
            terms = [weight * root * value for value in values]
            totals = (
                terms if totals is None else [a + b for a, b in zip(totals, terms, strict=True)]
            )
            if direction > 0:
                rest = moment * 2**-degree * root / slope
            else:
                rest = moment * weight * largest**degree / degree
            if rest < small:
                tail += rest
                break
            t = (step * (count + 1)).exp() if direction > 0 else (-step * (count + 2)).exp()
        else:
            raise NoConvergence(f"Expected at most {_MOST_NODES} nodes of a sum but got more.")
    assert totals is not None
    error = arb(0, (discrete + tail).upper())
    factor = arb(size) ** degree / degree.gamma()
    return [factor * (total * step + error) for total in totals]
