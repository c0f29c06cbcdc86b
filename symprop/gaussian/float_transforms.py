r"""The transforms V and W on float64 arrays.

V continues to complex variances with :math:`\mathrm{Re}\,q > 0`: there the Gaussian density
has modulus :math:`(|q|\,\mathrm{Re}\,q^{-1})^{-1/2}` times a real Gaussian density of variance
:math:`Q = 1/\mathrm{Re}(q^{-1})`, so :math:`|V(q)| \le (|q|/\mathrm{Re}\,q)^{1/2} V(Q)`. For real
:math:`q \le Q`, comparing densities, :math:`V(q) \le (Q/q)^{1/2} V(Q)`. On the Bernstein
ellipse of parameter 4 around an octave :math:`[h, 2h]` both together give
:math:`|V| \le 3\,V(2.5625\,h)`: one polynomial per octave converges geometrically, whatever
the activation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from flint import arb, fmpz

from symprop.foundation.errors import OutOfDomain, expected
from symprop.numerics.approximation import Panel, certified_panel
from symprop.numerics.arrays import real_array
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.horner import evaluate_polynomial
from symprop.numerics.precision import bits_from_dps

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from symprop.gaussian.float_kernels import FloatKernel

__all__ = ["CovarianceFace", "SecondMomentFace"]

_RATIO = 4.0
_SPREAD = 3
_REACH = arb("2.5625")
_DIGITS = 24
_ACCURACY = 2.0**-55
_MOST_KERNELS = 256
_LEAST, _LARGEST = 1e-300, 1e300


def _positive(name: str, values: ArrayLike) -> NDArray[np.float64]:
    array = real_array(name, values)
    bad = ~((array > 0) & (array < np.inf))
    if bad.any():
        raise OutOfDomain(expected(name, "to be > 0 and finite", float(array[bad].flat[0])))
    bad = (array < _LEAST) | (array > _LARGEST)
    if bad.any():
        raise OutOfDomain(expected(name, "between 1e-300 and 1e300", float(array[bad].flat[0])))
    return array


class SecondMomentFace:
    """``V`` on arrays of variances: one certified polynomial per octave, made when first met.

    Attributes
    ----------
    relative_error : float
        Proved bound of the relative error of every value returned so far.
    """

    def __init__(self, enclose: Callable[[arb, int], Enclosure]) -> None:
        self._enclose = enclose
        self._panels: dict[int, Panel] = {}
        self._least: dict[int, float] = {}
        self.relative_error = 0.0

    def __call__(self, q: ArrayLike) -> NDArray[np.float64]:
        """Return ``V`` at every variance, relatively accurate to `relative_error`."""
        array = _positive("q", q)
        mantissas, exponents = np.frexp(array.ravel())
        local = 4.0 * mantissas - 3.0  # exact
        result = np.empty_like(local)
        for exponent in np.unique(exponents).tolist():
            where = exponents == exponent
            values = np.empty(int(where.sum()))
            evaluate_polynomial(self._panel(exponent).coefficients, local[where], values)
            result[where] = values
        return result.reshape(array.shape)

    def octave(self, exponent: int) -> tuple[Panel, float]:
        """Return the polynomial of ``[h, 2h)``, ``h = 2**(exponent - 1)``, and a bound below V.

        Its variable ``2 q/h - 3`` runs through [-1, 1).
        """
        return self._panel(exponent), self._least[exponent]

    def _panel(self, exponent: int) -> Panel:
        panel = self._panels.get(exponent)
        if panel is None:
            h = arb((fmpz(1), fmpz(exponent - 1)))
            scale = self._enclose(_REACH * h, 15).ball.abs_upper()
            panel = certified_panel(
                lambda s: self._enclose(h * (3 + s) / 2, _DIGITS).ball,
                _RATIO,
                _SPREAD * scale,
                float(scale) * _ACCURACY,
                bits=bits_from_dps(_DIGITS) + 20,
            )
            # V(q) >= V(h)/sqrt(2) on the octave, by the comparison of densities
            least = float(self._enclose(h, 15).ball.abs_lower()) / 1.5
            if not least and not scale.is_zero():
                condition = (
                    "with V(q) proved to be above 0 in float64, which balls (dps) do not need,"
                )
                raise OutOfDomain(expected("q", condition, f"{float(h):.4g} and beyond"))
            if least:
                self.relative_error = max(self.relative_error, panel.error / least)
            self._panels[exponent], self._least[exponent] = panel, least
        return panel


class CovarianceFace:
    """``W`` on arrays of variances and covariances, one float kernel per distinct variance."""

    def __init__(self, kernel: Callable[[float], FloatKernel]) -> None:
        self._kernel = kernel
        self._kernels: dict[float, FloatKernel] = {}

    def __call__(self, q: ArrayLike, nu: ArrayLike) -> NDArray[np.float64]:
        """Return ``W(q, nu)``, broadcasting; ``|nu| <= q`` is required."""
        variances, covariances = np.broadcast_arrays(_positive("q", q), real_array("nu", nu))
        bad = ~(np.abs(covariances) <= variances)
        if bad.any():
            at = float(variances[bad].flat[0])
            raise OutOfDomain(
                expected("nu", f"inside [-q, q] with q={at}", float(covariances[bad].flat[0]))
            )
        result = np.empty(variances.shape)
        for variance in np.unique(variances).tolist():
            where = variances == variance
            ratio = np.clip(covariances[where] / variance, -1.0, 1.0)  # undoes one rounding
            result[where] = self._at(variance)(ratio)
        return result

    def _at(self, variance: float) -> FloatKernel:
        if variance not in self._kernels:
            if len(self._kernels) >= _MOST_KERNELS:
                self._kernels.pop(next(iter(self._kernels)))
            self._kernels[variance] = self._kernel(variance)
        return self._kernels[variance]
