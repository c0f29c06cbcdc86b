r"""The Gram map of batch normalisation without centring, on exchangeable inputs: one number.

For :math:`G=(p-q)I+q\mathbf 1\mathbf 1^\top` all that counts is the ratio ``r`` of the eigenvalues
:math:`l_1=p+(n-1)q` and :math:`l_0=p-q`. The direction ``u`` of a Gaussian vector of covariance
``G`` has :math:`\cot\psi=\sqrt r\tan\theta` for the angle :math:`\psi` to :math:`\mathbf 1`, the
density of :math:`\theta` proportional to :math:`\cos^{n-2}\theta`, and the rest is a mean over
sections that do not depend on ``r`` (see `symprop.asymptotics.gram_sections`). With
:math:`K=G^{-1}` and a symmetric perturbation ``H``

.. math:: DT(G)[H]=\mathrm E\Bigl[\phi(\sqrt nu)\phi(\sqrt nu)^\top
    \Bigl(\frac n2\frac{u^\top KHKu}{u^\top Ku}-\frac{\mathrm{tr}\,KH}2\Bigr)\Bigr],

where :math:`u^\top KHKu/u^\top Ku` for :math:`l_0=1` is :math:`\sin^2\theta/r` along
:math:`\mathbf 1\mathbf 1^\top/n`, and :math:`\cos^2\theta\,w^\top Hw` or
:math:`2\sin\theta\cos\theta\,\langle v,w\rangle/\sqrt{nr}` for ``w`` the direction of the rest and
``H`` with :math:`H\mathbf 1=0` or :math:`(v\mathbf 1^\top+\mathbf 1v^\top)/n`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from symprop.asymptotics.gram_sections import Sections
from symprop.gaussian.sphere_panels import panel_points, panel_rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["ExchangeableMap", "ExchangeableStep"]

_TAIL = 2.0


@dataclass(frozen=True)
class ExchangeableStep:
    """The image of a ratio, and how it moves with it.

    Attributes
    ----------
    diagonal, off_diagonal, gap : float
        Entries ``p`` and ``q`` of the image, and ``p - q``.
    log_ratio : float
        Logarithm of the ratio of its eigenvalues; infinite where one of them is not positive.
    slope : float
        Derivative of the latter by that of the argument: the eigenvalue of type ``trivial``
        besides 0.
    """

    diagonal: float
    off_diagonal: float
    gap: float
    log_ratio: float
    slope: float


@dataclass(frozen=True, eq=False)
class ExchangeableMap:
    """The map of the logarithm of the ratio of eigenvalues.

    Attributes
    ----------
    sections : Sections
        Means over sections.
    """

    sections: Sections

    def __call__(self, log_ratio: float) -> ExchangeableStep:
        """Return the image of a ratio."""
        values, weights, sine, _ = self._law(log_ratio)
        n = self.sections.batch
        score = weights * (n * sine**2 - 1) / 2
        gap, both = values[0] @ weights, values[1] @ weights
        common = gap + n * both
        moved = values[0] @ score, values[1] @ score
        if gap <= 0:
            return ExchangeableStep(gap + both, both, gap, np.inf, np.nan)
        if common <= 0:
            return ExchangeableStep(gap + both, both, gap, -np.inf, np.nan)
        slope = (moved[0] + n * moved[1]) / common - moved[0] / gap
        ratio = float(np.log(common / gap))
        return ExchangeableStep(float(gap + both), float(both), float(gap), ratio, float(slope))

    def eigenvalues(self, log_ratio: float) -> dict[str, NDArray[np.complex128]]:
        """Return those of the derivative among all matrices, by type, at a fixed point.

        Those of one type come by increasing real part.
        """
        values, weights, sine, cosine = self._law(log_ratio)
        n = self.sections.batch
        step = self(log_ratio)
        mixed = weights * sine * cosine * n / np.exp(log_ratio / 2)
        straight = weights * cosine**2 * n / 2
        columns = (
            (values[2] @ mixed, values[3] @ mixed),
            (values[4] @ straight, values[5] @ straight),
        )
        # with b v_i + 2 c v_i on the diagonal and c (v_i + v_j) elsewhere a matrix is
        # (c + b/n) (v 1' + 1 v') + b P diag(v) P with P the projection that takes means away
        block = np.array([(c + b / n, b) for b, c in columns]).T
        if n == 2:
            block = block[:1, :1]
        types: dict[str, NDArray[np.complex128]] = {
            "trivial": np.array([0.0, step.slope], dtype=complex),
            "standard": np.sort_complex(np.linalg.eigvals(block / step.gap)).astype(complex),
        }
        if n > 3:
            types["(n-2,2)"] = np.array([2 / n * values[6] @ straight / step.gap], dtype=complex)
        return types

    def _law(self, log_ratio: float) -> tuple[Array, Array, Array, Array]:
        """Return moments at nodes with their weights, and sines and cosines of ``theta``."""
        n, root = self.sections.batch, np.exp(log_ratio / 2)
        x, raw = panel_points(self._ends(root), self._rule)
        near, far = _near(root, n), _far(root)
        # three ranges of the cotangent: linear, logarithmic, and linear in its inverse
        first, last = x < 0, x > 1
        middle = ~(first | last)
        span = np.log(far / near)
        tau = np.empty_like(x)
        change = np.empty_like(x)
        tau[first], change[first] = near * (1 + x[first]), near
        tau[middle] = near * np.exp(span * x[middle])
        change[middle] = span * tau[middle]
        tau[last] = far / (2 - x[last])
        change[last] = tau[last] ** 2 / far
        tangent = tau / root
        density = raw * change * np.exp(-n / 2 * np.log1p(tangent**2))
        kept = density > 0
        tau, tangent, density = tau[kept], tangent[kept], density[kept] / (2 * density.sum())
        cosine = 1 / np.sqrt(1 + tangent**2)
        sine = tangent * cosine
        both_signs = np.concatenate([-tau, tau])
        return (
            self.sections(both_signs),
            np.tile(density, 2),
            np.concatenate([-sine, sine]),
            np.tile(cosine, 2),
        )

    @cached_property
    def _rule(self) -> tuple[Array, Array]:
        return panel_rule(self.sections.count, is_smooth=not self.sections.has_roots)

    @cached_property
    def _marks(self) -> Array:
        """Return the cotangents, without sign, at which pieces of the moments meet."""
        inner = self.sections.ends[1:-1]
        marks = np.abs(1 / np.tan(inner))
        return np.unique(marks[marks > 1e-9])

    def _ends(self, root: float) -> Array:
        near, far = _near(root, self.sections.batch), _far(root)
        span = np.log(far / near)
        ends = [np.array([-1.0]), np.linspace(0, 1, 1 + int(np.ceil(span))), np.array([2.0])]
        low = self._marks[self._marks < near] / near - 1
        high = 2 - far / self._marks[self._marks > far]
        between = self._marks[(self._marks > near) & (self._marks < far)]
        ends += [low, np.log(between / near) / span, high]
        return np.unique(np.concatenate(ends))


def _near(root: float, n: int) -> float:
    return min(1.0, root / sqrt(n)) / 2


def _far(root: float) -> float:
    return _TAIL * max(1.0, root)
