r"""Fully connected networks with batch normalisation, as data.

A batch of ``k`` inputs passes as columns. Between a linear map and the activation each row, one
unit seen on the whole batch, is normalised:

.. math:: H_l=W_lX_{l-1},\qquad X_l=\phi_l\bigl(\alpha_l\,B(H_l)\bigr),\qquad
    B(h)=c\,\frac{Ph}{|Ph|},

where ``P`` takes the mean over the batch away or is the identity, and ``c`` is the length that a
row is given. Hence the inputs of a batch are coupled, and no network acts on one of them alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt
from typing import TYPE_CHECKING, Any

from symprop.foundation.validation import check_choice, check_flag, check_integer
from symprop.numerics.evaluation import as_ball
from symprop.specs.layer_parameters import (
    check_number,
    check_positive,
    entries,
    in_layer,
    read_activations,
)

if TYPE_CHECKING:
    from symprop.specs.activations import Activation

__all__ = ["BatchNormalized"]

_BITS = 64


@dataclass(frozen=True)
class BatchNormalized:
    r"""Fully connected network whose units are normalised over the batch.

    Parameters
    ----------
    activation : Activation, str, sympy.Expr, or tuple of them
        ``phi``; a tuple is gone through layer by layer, again and again.
    center : bool
        Whether the mean over the batch is taken away before scaling.
    scale : {"variance", "norm"}
        Rows of unit mean square, :math:`c=\sqrt k`, or of unit length, :math:`c=1`.
    order : {"linear-first", "normalization-first"}
        The first takes the inputs as :math:`X_0`; the second takes them as :math:`H_0`, so
        that they pass through normalisation and activation before the first linear map.
    gain, gain_exponent : number or tuple; number
        :math:`\alpha_l=\mathrm{gain}\cdot l^{-\mathrm{exponent}}`, the gain of a tuple taken in
        turn. The activation of inputs under ``"normalization-first"`` has the gain of layer 1.
    weight_variance : number or tuple
        Of the entries of ``W``, times the width. Signals do not depend on it, and of all
        gradients only those by the weights.

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If a gain or a variance is not positive.

    Conventions
    -----------
    No constant is added to the variance of a row, and there are no biases nor trained shifts.
    The law of the weights, Gaussian or Haar, is an argument of the sampler. Layer normalisation
    is a choice of `symprop.specs.architectures.FullyConnected`, as it acts on each input alone.

    Error
    -----
    Exact.

    Source
    ------
    thesis, equations 2.1 (identity, no centring, unit length), 3.1 (centred, unit variance,
    normalisation first), 6.3, 6.4 and 6.11 (gains).

    Examples
    --------
    >>> chain = BatchNormalized("identity", center=False, scale="norm")
    >>> chain.row_length(9), chain.layer_gain(7)
    (1.0, 1.0)
    >>> BatchNormalized("tanh", gain=2, gain_exponent="1/2").layer_gain(4)
    1.0
    """

    activation: Any
    center: bool = field(default=True, kw_only=True)
    scale: str = field(default="variance", kw_only=True)
    order: str = field(default="linear-first", kw_only=True)
    gain: Any = field(default=1, kw_only=True)
    gain_exponent: Any = field(default=0, kw_only=True)
    weight_variance: Any = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "activation", read_activations(self.activation))
        check_flag("center", self.center)
        check_choice("scale", self.scale, ("variance", "norm"))
        check_choice("order", self.order, ("linear-first", "normalization-first"))
        for name in ("gain", "weight_variance"):
            value = getattr(self, name)
            value = tuple(value) if isinstance(value, list) else value
            object.__setattr__(self, name, value)
            for entry in entries(name, value):
                check_positive(name, entry)
        check_number("gain_exponent", self.gain_exponent)

    def layer_activation(self, index: int) -> Activation:
        """Return the activation of layer ``index >= 1``."""
        phi: Activation = self._at("activation", index)
        return phi

    def layer_gain(self, index: int) -> float:
        """Return the gain of layer ``index >= 1`` in float64."""
        decay: float = float(index) ** -_number(self.gain_exponent)
        return _number(self._at("gain", index)) * decay

    def layer_weight_variance(self, index: int) -> Any:
        """Return the variance of the weights of layer ``index >= 1``, as it was given."""
        return self._at("weight_variance", index)

    def row_length(self, batch: int) -> float:
        """Return the length ``c`` of a normalised row over a batch of this size."""
        size = check_integer("batch", batch, minimum=1)
        return sqrt(size) if self.scale == "variance" else 1.0

    def _at(self, name: str, index: int) -> Any:
        return in_layer(getattr(self, name), index)


def _number(value: Any) -> float:
    return float(as_ball(value, _BITS).mid())
