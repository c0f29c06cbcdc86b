r"""Networks that carry a signal and its sensitivity to noise, as data.

A layer acts on tensors with a channel axis and ``d`` spatial axes, periodic in space; a fully
connected layer is the case of one position. With ``R = K^d N`` entries in a receptive field, the
weights have variance ``weight_variance/R``, and ``*`` is the convolution. The sensitivity ``s``
is the derivative of the signal ``x`` in the direction of white noise at the input:

.. math:: y=\omega*x+b,\quad z=\mathrm{BN}(y),\quad x'=\phi(z),\qquad
    t=\omega*s,\quad u=\mathrm{BN}'(y)\odot t,\quad s'=\phi'(z)\odot u.

Batch normalisation takes its statistics for each channel over the data set and over space, and
its derivative is taken at fixed statistics.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import Any

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_integer
from symprop.specs.activations import activation
from symprop.specs.layer_parameters import check_nonnegative, check_number

__all__ = [
    "BatchNormFeedforward",
    "BatchNormResidual",
    "SensitivityNetwork",
    "VanillaNetwork",
]

_MOST_AXES = 2


@dataclass(frozen=True)
class SensitivityNetwork:
    """Base of the three kinds of networks: what all their layers share.

    Attributes
    ----------
    activation : Activation
        ``phi``, the same in all layers.
    weight_variance, bias_variance : number
        Of the weights, times the size of a receptive field, and of the biases. The first is 2
        in the initialisation of He for ``relu``.
    extent : tuple of int
        Points along each spatial axis: ``()`` for a fully connected network, ``(n,)`` or
        ``(n, n')`` for convolutions.
    kernel : int
        Points of the convolution kernel along each axis.
    width : int or None
        Channels of the layers; None for as many as the input has.
    """

    activation: Any = "relu"
    weight_variance: Any = 2
    bias_variance: Any = 0
    extent: tuple[int, ...] = field(default=(), kw_only=True)
    kernel: int = field(default=1, kw_only=True)
    width: int | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "activation", activation(self.activation))
        for name in ("weight_variance", "bias_variance"):
            check_nonnegative(name, getattr(self, name))
        _check_extent(self.extent)
        check_integer("kernel", self.kernel, minimum=1)
        if self.kernel > 1 and not self.extent:
            condition = "to be 1 in a fully connected network"
            raise InvalidArgument(expected("kernel", condition, self.kernel))
        if self.width is not None:
            check_integer("width", self.width, minimum=1)

    @property
    def positions(self) -> int:
        """Number of points in space."""
        return prod(self.extent)

    @property
    def field_size(self) -> int:
        """Number of points in the receptive field of one point."""
        return int(self.kernel ** len(self.extent))

    @property
    def layers_per_unit(self) -> int:
        """Layers between two signals that are recorded."""
        return 1

    @property
    def normalized(self) -> bool:
        """Whether there is batch normalisation."""
        return False

    @property
    def residual(self) -> bool:
        """Whether there are skip connections."""
        return False


def _check_extent(extent: Any) -> None:
    if not isinstance(extent, tuple) or len(extent) > _MOST_AXES:
        condition = f"to be a tuple of at most {_MOST_AXES} integers"
        raise InvalidArgument(expected("extent", condition, extent))
    for points in extent:
        check_integer("extent", points, minimum=1)


@dataclass(frozen=True)
class VanillaNetwork(SensitivityNetwork):
    r"""Neither normalisation nor skip connections: ``x_l = phi(w * x_{l-1} + b)``.

    Parameters
    ----------
    activation : Activation, str or sympy.Expr
        ``phi``.
    weight_variance, bias_variance : number
        Variance of the weights times the size of a receptive field, and of the biases.
    extent, kernel, width
        As in `SensitivityNetwork`.

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If a variance is negative.

    Conventions
    -----------
    Convolutions have stride 1 and wrap around; a kernel may be wider than space.

    Error
    -----
    Exact.

    Source
    ------
    sensitivity, equations 1 and 2.

    Examples
    --------
    >>> net = VanillaNetwork("relu", extent=(8, 8), kernel=3, width=16)
    >>> net.positions, net.field_size
    (64, 9)
    """


@dataclass(frozen=True)
class BatchNormFeedforward(SensitivityNetwork):
    r"""Batch normalisation before the activation: ``x_l = phi(BN(w * x_{l-1} + b))``.

    Parameters
    ----------
    activation : Activation, str or sympy.Expr
        ``phi``.
    weight_variance, bias_variance : number
        Without effect on the signal: the normalisation takes them away.
    gain, gain_variance : number
        Mean and variance of the scales of the normalisation, Gaussian, one for each channel and
        layer. A variance of 0 makes them all equal.
    extent, kernel, width
        As in `SensitivityNetwork`.

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If a variance is negative.

    Conventions
    -----------
    Nothing is added to the variance in the normalisation, and shifts are 0.

    Error
    -----
    Exact.

    Source
    ------
    sensitivity, equations 9 and 10.

    Examples
    --------
    >>> BatchNormFeedforward("relu").normalized
    True
    """

    gain: Any = field(default=1, kw_only=True)
    gain_variance: Any = field(default=0, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number("gain", self.gain)
        check_nonnegative("gain_variance", self.gain_variance)

    @property
    def normalized(self) -> bool:
        """Whether there is batch normalisation."""
        return True


@dataclass(frozen=True)
class BatchNormResidual(BatchNormFeedforward):
    r"""Pre-activation residual units of ``H`` layers, ``y = w * phi(BN(y)) + b`` each.

    .. math:: y^l=y^{l-1}+y^{l,H},\qquad y^{l,h}=\omega^{l,h}*\phi(\mathrm{BN}(y^{l,h-1}))+b^{l,h},
        \qquad y^{l,0}=y^{l-1}

    Parameters
    ----------
    activation : Activation, str or sympy.Expr
        ``phi``.
    weight_variance, bias_variance : number
        Variance of the weights times the size of a receptive field, and of the biases.
    gain, gain_variance : number
        As in `BatchNormFeedforward`.
    unit_depth : int
        ``H``, layers in a unit.
    extent, kernel, width
        As in `SensitivityNetwork`; the width is that of the input.

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If a variance is negative.

    Conventions
    -----------
    Signals are the pre-activations ``y`` between units, and the input is the first of them. Depth
    counts units.

    Error
    -----
    Exact.

    Source
    ------
    sensitivity, equations 15 to 18.

    Examples
    --------
    >>> BatchNormResidual("relu", unit_depth=2).layers_per_unit
    2
    """

    unit_depth: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_integer("unit_depth", self.unit_depth, minimum=1)

    @property
    def layers_per_unit(self) -> int:
        """Layers between two signals that are recorded."""
        return self.unit_depth

    @property
    def residual(self) -> bool:
        """Whether there are skip connections."""
        return True
