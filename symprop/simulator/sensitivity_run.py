r"""What a network leaves behind that carried signals and sensitivities: moments over the data.

.. math:: \nu_{p,c}(x)=\mathrm E_{x,\alpha}\,x_{\alpha,c}^p,\qquad
    \mu_{p,c}(x)=\mathrm E_{x,\alpha}\,(x_{\alpha,c}-\mathrm E_{x,\alpha}x_{\alpha,c})^p

with means over the data set and over the positions in space; moments without ``c`` are also means
over the channels.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.foundation.errors import InvalidArgument, expected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["FACTORS", "ORDERS", "ChannelMoments", "SensitivityRun"]

ORDERS = (1, 2, 3, 4)
"""Orders of the moments, in the order in which they are kept."""

FACTORS = ("affine", "normalization", "nonlinearity")
"""Steps of a layer, each of which changes the normalised sensitivity by a factor."""


@dataclass(frozen=True, eq=False)
class ChannelMoments:
    """Moments of each channel, layers 1 to ``depth``.

    Attributes
    ----------
    signal, signal_central, sensitivity : array of shape (depth, orders, channels)
        Non-central and central moments of the signals, and moments of the sensitivities.
    """

    signal: Array
    signal_central: Array
    sensitivity: Array


@dataclass(frozen=True, eq=False)
class SensitivityRun:
    r"""One network with fresh weights, seen through a data set and noise around each datum.

    Attributes
    ----------
    signal, signal_central : array of shape (depth + 1, orders)
        :math:`\nu_p` and :math:`\mu_p` of the signals, ``p`` in `ORDERS`; layer 0 is the input.
    sensitivity : array of shape (depth + 1, orders)
        :math:`\nu_p` of the sensitivities, also over the directions of noise. They are centred
        for each datum, so that central moments are the same.
    hidden : array of shape (depth + 1, orders)
        :math:`\nu_p` of what enters the activation (of the last layer of a unit); 0 at layer 0.
    hidden_absolute : array of shape (depth + 1,)
        :math:`\nu_1` of its absolute value.
    factors : array of shape (depth + 1, layers per unit, steps)
        What each of the steps `FACTORS` multiplies the normalised sensitivity by; 1 at layer 0.
        In feedforward layers they come in this order; in residual units normalisation and
        nonlinearity come first.
    effective_ranks : array of shape (depth + 1, 2)
        Trace over largest eigenvalue of the covariance over the channels, of signals and of
        sensitivities. 0 where there is no variance, or if they were not asked for.
    dead : array of bool of shape (depth + 1,)
        Whether all signals vanish.
    dead_channels, coactive_channels : array of shape (depth + 1,)
        Shares of channels in which all signals vanish, and in which what enters the activation
        has one sign for all data; 0 at layer 0.
    channels : ChannelMoments or None
        Moments of each channel, if asked for.

    Raises
    ------
    InvalidArgument
        If shapes do not fit together, or an array holds NaN.

    Conventions
    -----------
    A factor is infinite where the signals lose all their variance, and 1 where there was none to
    lose. So the product of the factors is infinite from there on.
    """

    signal: Array
    signal_central: Array
    sensitivity: Array
    hidden: Array
    hidden_absolute: Array
    factors: Array
    effective_ranks: Array
    dead: NDArray[np.bool_]
    dead_channels: Array
    coactive_channels: Array
    channels: ChannelMoments | None = None

    def __post_init__(self) -> None:
        layers = self.signal.shape[:1]
        moments = (*layers, len(ORDERS))
        shapes: dict[str, tuple[int, ...]] = {
            "signal": moments,
            "signal_central": moments,
            "sensitivity": moments,
            "hidden": moments,
            "effective_ranks": (*layers, 2),
            "factors": (*layers, self.factors.shape[1], len(FACTORS)),
        }
        for item in fields(self):
            if item.name == "channels":
                continue
            array = getattr(self, item.name)
            shape = shapes.get(item.name, layers)
            if array.shape != shape:
                raise InvalidArgument(expected(item.name, f"of shape {shape}", array.shape))
            if np.isnan(array).any():
                raise InvalidArgument(expected(item.name, "without NaN", "an array that holds NaN"))
            object.__setattr__(self, item.name, _frozen(array))

    @property
    def depth(self) -> int:
        """Number of layers, or of units in a residual network."""
        return len(self.signal) - 1

    @property
    def normalized_sensitivity(self) -> Array:
        r""":math:`\zeta^l=(\mu_2(s^l)\,\mu_2(x^0)/\mu_2(x^l))^{1/2}`, infinite without variance.

        For white noise :math:`\mu_2(s^0)=1`; what it is over the directions that were drawn is
        divided out, so that it starts at 1.
        """
        signal, noise = self.signal_central[:, 1], self.sensitivity[:, 1]
        return np.asarray(zeta_factor(noise / noise[0], signal / (signal[0] or 1.0)))

    @property
    def increments(self) -> Array:
        r""":math:`\zeta^l/\zeta^{l-1}`, from layer 1 on; 1 where the latter is 0 or infinite."""
        zeta = self.normalized_sensitivity
        over = (zeta[:-1] > 0) & np.isfinite(zeta[:-1])
        ratio = np.ones(self.depth)
        ratio[over] = zeta[1:][over] / zeta[:-1][over]
        return ratio

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]  # frozen again, and checked, after a journey


def zeta_factor(noise_ratio: Any, signal_ratio: Any) -> Any:
    """Return the root of the first over the second, infinite where the second is 0."""
    noise, signal = np.asarray(noise_ratio), np.asarray(signal_ratio)
    gone = signal <= 0
    return np.where(gone, np.inf, np.sqrt(noise / np.where(gone, 1.0, signal)))


def _frozen(array: Any) -> Any:
    view = np.asarray(array).view()
    view.flags.writeable = False
    return view
