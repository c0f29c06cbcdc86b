"""Dual kernels of pairs on float64 arrays where there is neither formula, series nor table."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, NoReturn

from symprop.foundation.errors import NoClosedForm, PrecisionNotReached, expected
from symprop.gaussian.conditional_rule import conditional_covariance, conditional_second_moment
from symprop.gaussian.float_kernels import FloatKernel

if TYPE_CHECKING:
    from symprop.gaussian.float_tile import Tile
    from symprop.specs.activations import Activation

__all__ = ["NestedKernel", "nested_kernel"]

_ERROR = 5e-14  # estimated, relative to the root of both second moments


@dataclass(frozen=True)
class NestedKernel(FloatKernel):
    """The kernel of a pair by the nested rules of `conditional_rule`, a fraction of a ms a value.

    Attributes
    ----------
    phi, psi : Activation
        The pair.
    variances : tuple of float
        ``(q1, q2)``.
    error : float
        Estimate, not a bound, of the absolute error of every value.
    """

    phi: Activation
    psi: Activation
    variances: tuple[float, float]
    error: float

    @property
    def deficit_error(self) -> float:
        """A pair has no deficit."""
        self._refuse()

    def fill(self, tile: Tile) -> None:
        """Write the kernel of one tile into ``tile.out``."""
        gaps = 1.0 - tile.rho if tile.gap is None else tile.gap
        for index, (rho, gap) in enumerate(zip(tile.rho.tolist(), gaps.tolist(), strict=True)):
            found = conditional_covariance(self.phi, self.psi, *self.variances, rho, gap)
            if found is None:
                condition = f"where the kernel of {self.phi.name} and {self.psi.name} converges"
                raise PrecisionNotReached(expected("rho", condition, rho))
            tile.out[index] = found.value

    def fill_deficit(self, tile: Tile) -> None:  # noqa: ARG002
        """Refuse: a pair has no deficit."""
        self._refuse()

    @staticmethod
    def _refuse() -> NoReturn:
        raise NoClosedForm("Expected one activation at one variance for `deficit` but got a pair.")


def nested_kernel(
    phi: Activation, psi: Activation, variances: tuple[float, float]
) -> NestedKernel | None:
    """Return the kernel of a pair by nested rules, None if they are not for it.

    Parameters
    ----------
    phi, psi : Activation
        The pair.
    variances : tuple of float
        ``(q1, q2)``, both > 0.

    Returns
    -------
    NestedKernel or None

    Error
    -----
    Estimated from sums with twice the step: 5e-14 of the root of both second moments.

    Examples
    --------
    >>> from symprop.specs.activations import activation
    >>> import numpy as np
    >>> kernel = nested_kernel(activation("relu"), activation("tanh"), (1.0, 1.0))
    >>> f"{kernel(np.array([0.5]))[0]:.10f}"
    '0.1514263774'
    """
    moments = [
        conditional_second_moment(function, q)
        for function, q in zip((phi, psi), variances, strict=True)
    ]
    middle = conditional_covariance(phi, psi, *variances, 0.5, 0.5)
    if middle is None or moments[0] is None or moments[1] is None:
        return None
    size = sqrt(moments[0].value) * sqrt(moments[1].value)
    return NestedKernel(phi, psi, variances, _ERROR * size)
