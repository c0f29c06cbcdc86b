r"""What training a network of infinite width does: linear regression with its tangent kernel.

Under gradient flow on the squared loss :math:`\frac12\sum_i(f(x_i)-y_i)^2`,

.. math:: \dot f(x)=-\sum_iK(x,x_i)\,(f(x_i)-y_i),

solved by :math:`f_t=y+e^{-Kt}(f_0-y)` on the data, and elsewhere by

.. math:: f_t(x)=f_0(x)+k(x)^\top\frac{1-e^{-Kt}}{K}\,(y-f_0).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy
from flint import arb

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_dps, check_instance, check_sequence
from symprop.numerics.arrays import real_array
from symprop.numerics.evaluation import adaptive, as_exact
from symprop.recurrences.eigenvalues import smallest_eigenvalue_ball
from symprop.recurrences.network_kernels import NetworkKernel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from symprop.numerics.enclosure import Enclosure

    Array = NDArray[np.float64]

__all__ = ["GradientFlow", "gradient_flow", "smallest_eigenvalue"]


_EPSILON = 2.0**-52


@dataclass(frozen=True, eq=False)
class GradientFlow:
    """Training by gradient flow with a kernel that stays as it is; built by `gradient_flow`.

    Attributes
    ----------
    kernel : array of shape (n, n)
        Of the data with themselves.
    cross : array of shape (m, n)
        Of the points of interest with the data.
    targets : array of shape (n,)
        ``y``.
    initial : array of shape (n + m,)
        Values before training, of the data first.
    """

    kernel: Array
    cross: Array
    targets: Array
    initial: Array

    @cached_property
    def _spectrum(self) -> tuple[Array, Array]:
        values, vectors = np.linalg.eigh(self.kernel)
        if not values[0] > _EPSILON * len(values) * values[-1]:
            condition = "to be positive definite in float64, with all eigenvalues above rounding,"
            raise OutOfDomain(expected("kernel", condition, float(values[0])))
        return values, vectors

    def data(self, time: float) -> Array:
        """Return the values at the data after some time, perhaps infinite."""
        values, vectors = self._spectrum
        error = vectors.T @ (self.initial[: len(self.targets)] - self.targets)
        result: Array = self.targets + vectors @ (np.exp(-values * _checked(time)) * error)
        return result

    def points(self, time: float) -> Array:
        """Return the values at the points of interest after some time, perhaps infinite."""
        values, vectors = self._spectrum
        count = len(self.targets)
        error = vectors.T @ (self.targets - self.initial[:count])
        moved = -np.expm1(-values * _checked(time)) / values * error
        result: Array = self.initial[count:] + self.cross @ (vectors @ moved)
        return result

    def loss(self, time: float) -> float:
        """Return half the sum of squared errors at the data after some time."""
        return float(np.sum((self.data(time) - self.targets) ** 2) / 2)


def _checked(time: float) -> float:
    if not time >= 0:
        raise OutOfDomain(expected("time", ">= 0", time))
    return time


def gradient_flow(
    kernel: NetworkKernel,
    inputs: ArrayLike,
    targets: ArrayLike,
    *,
    points: ArrayLike | None = None,
    initial: ArrayLike | None = None,
) -> GradientFlow:
    r"""Return the training of a network of infinite width on the squared loss.

    Parameters
    ----------
    kernel : NetworkKernel
        Its tangent kernel; or its covariance, if only the readout is trained.
    inputs : array_like, shape (n, d)
        Rows are the data.
    targets : array_like, shape (n,)
        What they should become.
    points : array_like, shape (m, d), optional
        Other points to follow.
    initial : array_like, shape (n + m,), optional
        Values before training at the data and the points; by default 0, their mean.

    Returns
    -------
    GradientFlow
        With ``.data(time)``, ``.points(time)`` and ``.loss(time)``.

    Raises
    ------
    InvalidArgument
        If shapes do not fit together.
    OutOfDomain
        If a row is zero; later, if the kernel of the data is singular to float64.

    Conventions
    -----------
    Inner products of rows are divided by their dimension ``d``. The loss is half the sum, not the
    mean, of squares, and the rate of the flow is 1.

    Error
    -----
    Float64, growing with the condition of the kernel.

    Source
    ------
    tangents, equations 2 and 3, as linear differential equations.

    Examples
    --------
    >>> from symprop.recurrences.ntk import tangent_kernel
    >>> from symprop.specs.branched import ResNet
    >>> kernel = tangent_kernel(ResNet(2, "1/2"), 2)
    >>> flow = gradient_flow(kernel, [[1.0, 0.0], [0.0, 2.0]], [1.0, -1.0], points=[[1.0, 1.0]])
    >>> round(flow.loss(0.0), 12), flow.loss(100.0) < 1e-12
    (1.0, True)
    """
    check_instance("kernel", kernel, NetworkKernel)
    rows = _rows("inputs", inputs)
    others = np.empty((0, rows.shape[1])) if points is None else _rows("points", points)
    if others.shape[1] != rows.shape[1]:
        raise InvalidArgument(expected("points", f"of dimension {rows.shape[1]}", others.shape[1]))
    wanted = real_array("targets", targets)
    count, total = len(rows), len(rows) + len(others)
    start = np.zeros(total) if initial is None else real_array("initial", initial)
    for name, array, shape in (("targets", wanted, (count,)), ("initial", start, (total,))):
        if array.shape != shape or not np.isfinite(array).all():
            raise InvalidArgument(expected(name, f"finite and of shape {shape}", array.shape))
    everything = np.concatenate([rows, others])
    whole = kernel.gram(everything @ everything.T / rows.shape[1])
    return GradientFlow(whole[:count, :count], whole[count:, :count], wanted, start)


def _rows(name: str, given: ArrayLike) -> Array:
    array = real_array(name, given)
    if array.ndim != 2 or not array.size:
        raise InvalidArgument(expected(name, "to be a matrix of rows", array.shape))
    return array


def smallest_eigenvalue(
    kernel: NetworkKernel, points: Sequence[Sequence[object]], *, dps: int = 15
) -> Enclosure:
    r"""Return a ball around the smallest eigenvalue of a kernel on given points.

    A ball above 0 proves that the kernel is positive definite there.

    Parameters
    ----------
    kernel : NetworkKernel
        The kernel.
    points : sequence of sequences of numbers
        The points, one in each row, exact numbers.
    dps : int
        Relative digits to prove.

    Returns
    -------
    Enclosure
        A tiny ball around 0 where the matrix is, or might be, singular.

    Raises
    ------
    InvalidArgument
        If a coordinate is no exact number, or rows differ in length.
    OutOfDomain
        If a point is zero.
    PrecisionNotReached
        If the digits cannot be proved.

    Conventions
    -----------
    Inner products of points are divided by their dimension.

    Error
    -----
    Enclosed.

    Source
    ------
    Ostrowski's and Gershgorin's theorems.

    Examples
    --------
    >>> from symprop.recurrences.ntk import tangent_kernel
    >>> from symprop.specs.branched import ResNet
    >>> kernel = tangent_kernel(ResNet(2, "1/2"), 2)
    >>> print(smallest_eigenvalue(kernel, [[1, 0], [0, 1], [1, 1]], dps=10).proved_digits(10))
    0.1588850346
    """
    check_dps(dps)
    check_instance("kernel", kernel, NetworkKernel)
    gram = _exact_gram(points)

    def at(bits: int) -> arb:
        return smallest_eigenvalue_ball(kernel.gram_balls(gram, bits), bits)

    return adaptive(at, dps, "smallest eigenvalue")


def _exact_gram(points: Sequence[Sequence[object]]) -> list[list[sympy.Expr]]:
    rows: list[list[Any]] = [
        [as_exact(entry, "points") for entry in check_sequence("points", row)]
        for row in check_sequence("points", points, "rows")
    ]
    dimensions = {len(row) for row in rows}
    if len(dimensions) != 1 or 0 in dimensions or any(None in row for row in rows):
        condition = "rows of exact numbers, all of one length"
        raise InvalidArgument(expected("points", condition, points))
    dimension = dimensions.pop()
    return [
        [sympy.Add(*(a * b for a, b in zip(one, two, strict=True))) / dimension for two in rows]
        for one in rows
    ]
