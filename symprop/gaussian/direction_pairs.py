r"""Means of functions of two coordinates of the direction of a Gaussian vector, in float64.

Let :math:`u=y/|y|` with ``y`` Gaussian of :math:`m\ge 2` dimensions and ``x`` its projection
onto a plane, of direction :math:`\theta` and length ``r``. With ``S`` the covariance of ``y``
projected onto the plane, :math:`D_k` the eigenvalues of its precision across the plane and
:math:`\varphi_k(\theta)` the squares in :math:`e^\top C^{-1}e=\kappa+\sum_k\varphi_k`,
:math:`\kappa=e^\top S^{-1}e` for ``e`` of direction :math:`\theta`,

.. math:: \mathrm E f(x)=\frac1{4\pi\sqrt{\det S}}\int_0^{2\pi}\!\!\int_0^\infty
    \prod_k\Bigl(1+\frac\nu{D_k}\Bigr)^{-1/2}\frac1P\Bigl[\sum_k\frac1{D_k+\nu}
    +\frac{4\nu}P\sum_k\frac{\varphi_kD_k}{(D_k+\nu)^3}\Bigr]f(re)\,d\nu\,d\theta,

.. math:: \frac1{r^2}=1+\frac\kappa\nu+\sum_k\frac{\varphi_k}{D_k+\nu},\qquad
    P=\kappa+\sum_k\frac{\varphi_k\nu^2}{(D_k+\nu)^2}.

The density of ``x`` is an integral over a vertical line of the complex plane, once the lengths of
``u`` and ``y`` have been written as integrals of exponentials. To the left of the line there is
one double pole, at :math:`-\nu/2`, whose residue is the integrand; ``r`` increases with ``nu``.
All terms are positive, and singularities in ``nu`` are negative or of both signs of the imaginary
part at right angles at least, so that the trapezoidal sum in :math:`\log\nu` converges as
:math:`e^{-\pi^2/\mathrm{step}}` whatever the covariance.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.foundation.errors import OutOfDomain, expected

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["direction_pair_mean"]

_STEP = 0.32
_NODES = (36, 24)
_FEW = (20, 14)  # in sectors shorter than half a radian
_TAIL = 36.0  # logarithm of what is left out
_MARGIN = 5.0  # of logarithms, from the last singularity to the tail
_FLAT = 0.3  # ratio of axes below which sectors end at them
_PARALLEL = 1e-10
_SHARE = 0.05  # of the tolerance, for one sector
_SLIVER = 1e-13  # sectors as narrow as this are rounding
_MOST_STEPS = 100
_ROUNDING = float(np.finfo(np.float64).eps)


def direction_pair_mean(
    function: Callable[[Array, Array], Array],
    variances: Array,
    first: Array,
    second: Array,
    *,
    kinks: tuple[Sequence[float], Sequence[float]] = ((), ()),
    symmetric: bool = False,
    tolerance: float = 1e-11,
    sectors: int = 200,
) -> tuple[float, float]:
    r"""Return :math:`\mathrm E f(\langle u,a\rangle,\langle u,b\rangle)` for ``u = y/|y|``.

    Parameters
    ----------
    function : callable
        From two arrays of one shape to an array; smooth except where an argument is 0, or plus
        or minus one of its kinks.
    variances : array of shape (m,)
        Of the independent normal coordinates of ``y``: at least 2 of them, positive.
    first, second : arrays of shape (m,)
        ``a`` and ``b``; the first one is not 0.
    kinks : pair of sequences of float
        Positive numbers, for each of both arguments.
    symmetric : bool
        Whether ``f(-p, -q) = f(p, q)``, which saves half of the values.
    tolerance : float
        Error wanted, relative to the mean of the absolute value.
    sectors : int
        How many sectors may be looked at before the error is given as it is.

    Returns
    -------
    float, float
        The mean, and an estimate of its error.

    Raises
    ------
    OutOfDomain
        If the function is not finite.

    Error
    -----
    Estimated by the second result: from two rules for the angle and two for ``nu``, and from how
    far the mean of 1 is from 1. It is too large where the function is analytic between kinks.

    Source
    ------
    thesis, equation 3.3: the entries of a Gram matrix after batch normalisation.

    Examples
    --------
    >>> x, y = np.eye(2)
    >>> mean, error = direction_pair_mean(lambda p, q: p * p, np.array([4.0, 1]), x, y)
    >>> round(mean, 10), error < 1e-10
    (0.6666666667, True)
    """
    plane = _plane(variances, first, second, kinks, symmetric)
    pending = plane.sectors()
    totals, error, sparse, looked = np.zeros(3), 0.0, np.zeros(3), 0
    while len(pending):
        looked += len(pending)
        # one sector at a time, in arrays that stay in the cache
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is looked for
            fine, coarse = (
                np.array(
                    [
                        plane.integrate(function, sector, counts[rule])
                        for sector, counts in zip(pending, map(_counts, pending), strict=True)
                    ]
                )
                for rule in (0, 1)
            )
        if not np.isfinite(fine).all():
            raise OutOfDomain(expected("function", "finite on the disc", "other values"))
        scale = totals[1] + fine[:, 1].sum()
        change = np.abs(fine - coarse)
        change = np.maximum(change[:, 0], scale * change[:, 2])
        done = (change <= _SHARE * tolerance * scale) | (looked > sectors)
        totals += fine[done, :3].sum(axis=0)
        error += float(change[done].sum())
        sparse += np.abs(fine[done, 3:] - fine[done, :1]).sum(axis=0)
        pending = _halved(pending[~done])
    mean, size, mass = (float(total) for total in totals)
    if size > 0:  # half as many nodes square the relative error, where a quarter says so
        half, *quarters = sparse / size
        error += size * (100 * half**2 if half <= max(quarters) ** 1.5 else half)
    error += (abs(mass - 1) + plane.rounding) * size
    return mean, float(error)


@dataclass(frozen=True, eq=False)
class _Plane:
    """The plane of both vectors, in the principal axes of the Gaussian projected onto it."""

    lengths: tuple[float, float]
    angles: tuple[float, float]
    kinks: tuple[Array, Array]
    squares: Array  # variances along the axes
    precisions: Array
    shares: Array  # of shape (m - 2, 2): roots of the shares are linear in the direction
    least: float  # of the logarithm of nu
    low: float  # below and beyond these two it has only tails
    high: float
    most: float
    symmetric: bool
    rounding: float

    def sectors(self) -> Array:
        """Return sectors of half a turn: start and length, then the part of it, from 0 to 1."""
        pieces = [angle + np.pi / 2 for angle in self.angles]
        radii = [kinks / length for kinks, length in zip(self.kinks, self.lengths, strict=True)]
        for angle, share in zip(self.angles, radii, strict=True):
            turns = np.arccos(share[share < 1])
            pieces += [*(angle + turns), *(angle - turns)]
        units = [np.array([np.cos(angle), np.sin(angle)]) for angle in self.angles]
        for one in radii[0]:  # directions in which both arguments meet a kink at once
            for other in radii[1]:
                for sign in (1, -1):
                    normal = units[0] / one - sign * units[1] / other
                    if np.abs(normal).max() > 0:
                        pieces.append(np.arctan2(-normal[0], normal[1]))
        if self._ratio < _FLAT:
            pieces += [0.0, np.pi / 2]
        turn = np.array(pieces)
        ends = np.arctan2(np.sin(turn), np.sqrt(self._ratio) * np.cos(turn))
        ends = np.sort(np.mod(ends, np.pi))
        ends = ends[np.diff(np.append(ends, ends[0] + np.pi)) > _SLIVER]
        result = np.zeros((len(ends), 4))
        result[:, 0] = ends
        result[:, 1] = np.diff(np.append(ends, ends[0] + np.pi))
        result[:, 3] = 1
        return result

    @property
    def _ratio(self) -> float:
        return float(np.sqrt(self.squares[1] / self.squares[0]))

    def integrate(
        self, function: Callable[[Array, Array], Array], sector: Array, count: int
    ) -> Array:
        """Return integrals of f, of its modulus, of 1, of f by half the nodes and two quarters."""
        start, length, low, high = sector
        x, weights = _gauss(count)
        x = low + (high - low) * x
        # the sine makes half-integer powers at the ends smooth
        turn = start + length * np.sin(np.pi / 2 * x) ** 2
        weights = weights * (high - low) * length * np.pi / 2 * np.sin(np.pi * x)
        # angles half-way between those of the plane and those in which the Gaussian is isotropic
        root = np.sqrt(self._ratio)
        directions = np.array([np.cos(turn), root * np.sin(turn)])
        square = (directions**2).sum(axis=0)
        directions /= np.sqrt(square)
        weights = weights * root / square / (4 * np.pi * np.sqrt(self.squares.prod()))
        arguments = [
            size * (np.cos(angle) * directions[0] + np.sin(angle) * directions[1])
            for size, angle in zip(self.lengths, self.angles, strict=True)
        ]
        kappa = (directions**2 / self.squares[:, None]).sum(axis=0)
        if not len(self.precisions):
            even, size = self._even_part(function, *arguments)
            table = 4 / kappa * np.stack([even, size, np.ones_like(even), *[even] * 3])
        else:
            table = self._radial(function, arguments, kappa, directions)
        result: Array = table @ weights
        return result

    def _radial(
        self,
        function: Callable[[Array, Array], Array],
        arguments: list[Array],
        kappa: Array,
        directions: Array,
    ) -> Array:
        """Return the integrals over ``nu`` for all directions."""
        shares = (self.shares @ directions).T ** 2
        smallest, largest = np.exp(self.least), np.exp(self.most)
        ends = []
        for kinks, argument in zip(self.kinks, arguments, strict=True):
            for kink in kinks:
                excess = (argument / kink) ** 2 - 1
                inside = excess > (kappa + shares.sum(axis=1)) / largest
                if inside.any():  # then it is in all of the sector, but for rounding
                    place = self._place(np.where(inside, excess, 1.0), kappa, shares)
                    ends.append(np.where(inside, np.clip(place, smallest, largest), largest))
        if not ends:
            log_nu, weights = _stretched(self.least, self.low, self.high, self.most)
            nu = np.exp(log_nu)
            return self._sum(function, arguments, kappa, shares, nu, nu * weights)
        ends = [np.zeros_like(kappa), *np.sort(ends, axis=0), np.full_like(kappa, np.inf)]
        total = np.zeros((6, len(kappa)))
        for below, above in pairwise(ends):
            nu, weights = self._ring(below[:, None], above[:, None])
            total += self._sum(function, arguments, kappa, shares, nu, weights)
        return total

    def _place(self, excess: Array, kappa: Array, shares: Array) -> Array:
        """Return the ``nu`` at which the squared radius is the inverse of 1 and the excess."""
        nu = kappa / excess
        for _ in range(_MOST_STEPS):  # from the left, on a convex decreasing function
            shifted = self.precisions + nu[:, None]
            value = kappa / nu + (shares / shifted).sum(axis=1) - excess
            step = value / (kappa / nu**2 + (shares / shifted**2).sum(axis=1))
            nu = nu + step
            if (step <= 4 * _ROUNDING * nu).all():
                break
        return nu

    def _ring(self, below: Array, above: Array) -> tuple[Array, Array]:
        """Return a rule in ``nu`` between two kinks, for all directions."""
        finite = bool(np.isfinite(above).all())
        with np.errstate(divide="ignore"):
            least = np.maximum(self.least, np.log(below) - _TAIL)
            low = np.where(below > 0, np.log(below) - _MARGIN, self.low)
        if not finite:
            high = np.maximum(self.high, low + _MARGIN)
            t, weights = _stretched(least, low, high, self.most)
            return below + np.exp(t), weights * np.exp(t)
        top = np.log(above)
        t, weights = _stretched(least - top, low - top, _MARGIN, _TAIL)
        part = 1 / (1 + np.exp(-t))
        return below + (above - below) * part, weights * (above - below) * part / (1 + np.exp(t))

    def _sum(
        self,
        function: Callable[[Array, Array], Array],
        arguments: list[Array],
        kappa: Array,
        shares: Array,
        nu: Array,
        weights: Array,
    ) -> Array:
        kappa = kappa[:, None]
        precisions = self.precisions[:, None]
        inverse = 1 / (precisions + nu[..., None, :])
        total = inverse.sum(axis=-2)
        weights = weights * np.sqrt(np.prod(precisions * inverse, axis=-2))
        square = inverse * inverse
        cube = precisions * inverse * square
        if nu.ndim == 1:
            linear, square, cube = (shares @ table for table in (inverse, square, cube))
        else:
            linear, square, cube = (
                (shares[:, None] @ table)[:, 0] for table in (inverse, square, cube)
            )
        p = kappa + nu * nu * square
        density = weights * (total + 4 * nu / p * cube) / p
        r = 1 / np.sqrt(1 + kappa / nu + linear)
        even, size = self._even_part(function, *(r * argument[:, None] for argument in arguments))
        values = density * even
        sparse = (2 * values[:, ::2], 4 * values[:, ::4], 4 * values[:, 1::4])
        sums = (values, density * size, density, *sparse)
        return 2 * np.stack([each.sum(axis=1) for each in sums])

    def _even_part(
        self, function: Callable[[Array, Array], Array], one: Array, other: Array
    ) -> tuple[Array, Array]:
        """Return the mean of f over both signs of its arguments, and that of its modulus."""
        plus = function(one, other)
        if self.symmetric:
            return plus, np.abs(plus)
        minus = function(-one, -other)
        return (plus + minus) / 2, (np.abs(plus) + np.abs(minus)) / 2


def _plane(
    variances: Array,
    first: Array,
    second: Array,
    kinks: tuple[Sequence[float], Sequence[float]],
    symmetric: bool,
) -> _Plane:
    values = np.asarray(variances, dtype=np.float64)
    values = values / values.max()
    length = float(np.linalg.norm(first))
    basis = np.empty((2, len(values)))
    basis[0] = first / length
    along = float(second @ basis[0])
    rest = second - along * basis[0]
    across = float(np.linalg.norm(rest))
    if across <= _PARALLEL * abs(along):  # any other vector does
        across, place = 0.0, np.argmin(np.abs(basis[0]))
        rest = -basis[0] * basis[0, place]
        rest[place] += 1
    basis[1] = rest / np.linalg.norm(rest)
    axes, singular, _ = np.linalg.svd(basis * np.sqrt(values), full_matrices=False)
    squares = singular**2
    vectors = length * axes[0], along * axes[0] + across * axes[1]
    basis = axes.T @ basis
    complement = np.linalg.svd(basis)[2][2:].T
    roots = 1 / np.sqrt(values)
    left, singular, _ = np.linalg.svd(roots[:, None] * complement, full_matrices=False)
    precisions = singular**2
    least = most = 0.0
    if len(precisions):
        least = -_TAIL - np.log((1 / precisions).sum())
        grid = np.arange(least, np.log(precisions.max()) + 2 * _TAIL + 2, 1.0)
        decay = 0.5 * np.logaddexp(0, grid - np.log(precisions)[:, None]).sum(axis=0)
        most = float(grid[np.flatnonzero(decay <= _TAIL)[-1]]) + 1
    return _Plane(
        lengths=(length, float(np.linalg.norm(vectors[1]))),
        angles=(float(np.arctan2(*vectors[0][::-1])), float(np.arctan2(*vectors[1][::-1]))),
        kinks=(np.array(kinks[0], dtype=np.float64), np.array(kinks[1], dtype=np.float64)),
        squares=squares,
        precisions=precisions,
        shares=left.T @ (roots[:, None] * basis.T),
        least=float(least),
        low=0.5 * float(np.log(values.min())) - 2 * _MARGIN,
        high=_MARGIN - float(np.log(values.min())),
        most=most,
        symmetric=symmetric,
        rounding=4 * _ROUNDING / float(np.sqrt(values.min())),
    )


def _stretched(least: Any, low: Any, high: Any, most: Any) -> tuple[Array, Array]:
    """Return a trapezoidal rule from least to most, in exponential steps outside low and high."""
    start = np.where(least < low - 1, low - np.log(np.maximum(low - least, 1)), least)
    end = np.where(most > high + 1, high + np.log(np.maximum(most - high, 1)), most)
    count = max(1, int(np.ceil(np.max(end - start) / (4 * _STEP))))
    step = (end - start) / (4 * count)
    t = start + step * np.arange(4 * count + 1)
    below, beyond = np.exp(low - t), np.exp(t - high)
    return t + beyond - below, step * (1 + beyond + below)


def _counts(sector: Array) -> tuple[int, int]:
    _, length, low, high = sector
    return _FEW if length * (high - low) < 0.5 else _NODES


def _halved(sectors: Array) -> Array:
    """Return sectors cut in the middle of their part."""
    lower, upper = sectors.copy(), sectors.copy()
    lower[:, 3] = upper[:, 2] = sectors[:, 2:].mean(axis=1)
    return np.concatenate([lower, upper])


@lru_cache(maxsize=8)
def _gauss(count: int) -> tuple[Array, Array]:
    """Return the rule of Gauss and Legendre on the unit interval."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return (1 + nodes) / 2, weights / 2
