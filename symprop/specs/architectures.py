r"""Deep networks as data: what the theory of infinite width and the simulator both read.

Every network here is a chain of layers of one form. With weights of variance ``variance/N``,

.. math:: h_l=W_lx_{l-1}+b_l,\qquad x_l=n\bigl(s\,x_{l-1}+V_l\,\phi_l(m(h_l))+a_l\bigr),

where ``s`` is 0 or 1, ``m`` and ``n`` are normalisations or the identity, and ``V_l`` is the
identity where there is no second matrix. `Layer` holds these choices for one layer; the
architectures below are the ones that have names.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, fields
from math import lcm
from typing import TYPE_CHECKING, Any

from symprop.foundation.errors import OutOfDomain, expected
from symprop.foundation.validation import check_choice
from symprop.specs.layer_parameters import check_nonnegative, entries, in_layer, read_activations

if TYPE_CHECKING:
    from symprop.specs.activations import Activation

__all__ = [
    "Architecture",
    "FullResidual",
    "FullyConnected",
    "Layer",
    "LayerNormResidual",
    "ReducedResidual",
]


@dataclass(frozen=True)
class Layer:
    """One layer, with every choice that an architecture makes.

    Attributes
    ----------
    activation : Activation
        ``phi``.
    weight_variance, bias_variance : number
        Of the inner matrix ``W`` (times the width) and its bias ``b``.
    branch_weight_variance, branch_bias_variance : number or None
        Of the outer matrix ``V`` and its bias ``a``; None without outer matrix.
    skip : bool
        Whether the previous layer is added.
    normalize_hidden : bool
        Whether ``h`` is normalised before the activation.
    normalize_output : str or None
        ``"layer"`` (centred), ``"rms"`` or None: normalisation of the layer's output.
    center_hidden : bool
        Whether the normalisation of ``h`` takes its mean away first. With centred weights that
        mean vanishes at infinite width, so only networks of finite width tell the difference.
    """

    activation: Activation
    weight_variance: Any
    bias_variance: Any
    branch_weight_variance: Any = None
    branch_bias_variance: Any = None
    skip: bool = False
    normalize_hidden: bool = False
    normalize_output: str | None = None
    center_hidden: bool = False


@dataclass(frozen=True)
class Architecture(ABC):
    """Base of all networks: activations and variances, one for all layers or one for each.

    A tuple gives one entry to each layer in turn and starts again when it ends. Variances
    are kept as given, exact ones exact.
    """

    activation: Any

    def __post_init__(self) -> None:
        names = [item.name for item in fields(self)]
        object.__setattr__(self, "activation", read_activations(self.activation))
        for name in names:
            if name.endswith("variance"):
                for entry in entries(name, getattr(self, name)):
                    check_nonnegative(name, entry)

    @abstractmethod
    def layer(self, index: int) -> Layer:
        """Return the choices of layer ``index >= 1``."""

    @property
    def period(self) -> int:
        """After how many layers the choices repeat."""
        lengths = (getattr(self, item.name) for item in fields(self))
        return lcm(*(len(value) for value in lengths if isinstance(value, tuple)))

    def _at(self, name: str, index: int) -> Any:
        return in_layer(getattr(self, name), index)


@dataclass(frozen=True)
class FullyConnected(Architecture):
    r"""Fully connected network: ``h = W x + b``, ``x = phi(h)``, perhaps normalised.

    .. math:: q=\sigma_w^2\,p+\sigma_b^2,\qquad p=V\phi(q)

    Parameters
    ----------
    activation : Activation, str, sympy.Expr, or tuple of them
        A tuple is gone through layer by layer, again and again.
    weight_variance, bias_variance : number or tuple
        ``sigma_w^2`` (of the entries, times the width) and ``sigma_b^2``.
    normalization : {None, "layer", "rms"}
        Kind of normalisation.
    placement : {"before", "after"}
        Whether ``h`` is normalised, before the activation, or ``phi(h)``, after it.

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If a variance is negative.

    Conventions
    -----------
    Variances, not standard deviations. Layer 0 is the input, layer ``l`` has activation ``l``.

    Error
    -----
    Exact.

    Source
    ------
    thesis, section 5.6; shrinkage, equation 2.1 (RMS normalisation before the activation).

    Examples
    --------
    >>> FullyConnected("relu", 2).layer(1).weight_variance
    2
    >>> FullyConnected(("erf", "relu"), 1).layer(4).activation
    activation('relu')
    """

    weight_variance: Any
    bias_variance: Any = 0
    normalization: str | None = field(default=None, kw_only=True)
    placement: str = field(default="before", kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.normalization is not None:
            check_choice("normalization", self.normalization, ("layer", "rms"))
        check_choice("placement", self.placement, ("before", "after"))

    def layer(self, index: int) -> Layer:
        """Return the choices of layer ``index >= 1``."""
        before = self.placement == "before"
        return Layer(
            self._at("activation", index),
            self._at("weight_variance", index),
            self._at("bias_variance", index),
            normalize_hidden=before and self.normalization is not None,
            normalize_output=None if before else self.normalization,
            center_hidden=before and self.normalization == "layer",
        )


@dataclass(frozen=True)
class LayerNormResidual(Architecture):
    r"""Residual blocks whose branch and output are both normalised to unit RMS length.

    .. math:: x_l=\mathrm{RMS}\bigl(x_{l-1}+V_l\,\phi_l(\mathrm{RMS}(W_lx_{l-1}))\bigr)

    Parameters
    ----------
    activation : Activation, str, sympy.Expr, or tuple of them
        One for all blocks, or one for each in turn.
    branch_weight_variance : number or tuple
        ``sigma^2``, of the entries of ``V`` times the width.

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If the variance is negative.

    Conventions
    -----------
    ``W`` has unit variance, which the normalisation makes irrelevant; nothing is centred.

    Error
    -----
    Exact.

    Source
    ------
    shrinkage, the network of Theorem 2.

    Examples
    --------
    >>> LayerNormResidual("relu", "1/10").layer(3).branch_weight_variance
    '1/10'
    """

    branch_weight_variance: Any

    def layer(self, index: int) -> Layer:
        """Return the choices of block ``index >= 1``."""
        return Layer(
            self._at("activation", index),
            1,
            0,
            self._at("branch_weight_variance", index),
            0,
            skip=True,
            normalize_hidden=True,
            normalize_output="rms",
        )


@dataclass(frozen=True)
class ReducedResidual(Architecture):
    r"""Reduced residual network (RRN): ``x_l = phi(W x_{l-1} + b) + x_{l-1}``.

    .. math:: q=\sigma_w^2\,\underline p+\sigma_b^2,\qquad p=V\phi(q)+\underline p

    Parameters
    ----------
    activation : Activation, str, sympy.Expr, or tuple of them
        Odd functions: for others the recurrence needs more than ``p``.
    weight_variance, bias_variance : number or tuple
        ``sigma_w^2`` and ``sigma_b^2``.

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If a variance is negative, or an activation is not proved odd.

    Conventions
    -----------
    Variances, not standard deviations. Layer 0 is the input.

    Error
    -----
    Exact.

    Source
    ------
    residual, section 3 and Table 1.

    Examples
    --------
    >>> ReducedResidual("tanh", "169/100", "49/100").layer(1).skip
    True
    """

    weight_variance: Any
    bias_variance: Any = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        functions = self.activation if isinstance(self.activation, tuple) else (self.activation,)
        for function in functions:
            if function.parity != "odd":
                raise OutOfDomain(
                    expected("activation", "to be odd in a reduced residual net", function.name)
                )

    def layer(self, index: int) -> Layer:
        """Return the choices of layer ``index >= 1``."""
        return Layer(
            self._at("activation", index),
            self._at("weight_variance", index),
            self._at("bias_variance", index),
            skip=True,
        )


@dataclass(frozen=True)
class FullResidual(Architecture):
    r"""Full residual network (FRN): ``x_l = V phi(W x_{l-1} + b) + x_{l-1} + a``.

    .. math:: q=\sigma_w^2\,\underline p+\sigma_b^2,\qquad
        p=\sigma_v^2\,V\phi(q)+\sigma_a^2+\underline p

    Parameters
    ----------
    activation : Activation, str, sympy.Expr, or tuple of them
        One for all layers, or one for each in turn.
    branch_weight_variance, branch_bias_variance : number or tuple
        ``sigma_v^2`` and ``sigma_a^2``.
    weight_variance, bias_variance : number or tuple
        ``sigma_w^2`` and ``sigma_b^2``.

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If a variance is negative.

    Conventions
    -----------
    Variances, not standard deviations. Layer 0 is the input.

    Error
    -----
    Exact.

    Source
    ------
    residual, section 3 and Table 1.

    Examples
    --------
    >>> net = FullResidual("tanh", "3/2", "1/2", "169/100", "49/100")
    >>> net.layer(7).branch_bias_variance, net.period
    ('1/2', 1)
    """

    branch_weight_variance: Any
    branch_bias_variance: Any
    weight_variance: Any
    bias_variance: Any

    def layer(self, index: int) -> Layer:
        """Return the choices of layer ``index >= 1``."""
        return Layer(
            self._at("activation", index),
            self._at("weight_variance", index),
            self._at("bias_variance", index),
            self._at("branch_weight_variance", index),
            self._at("branch_bias_variance", index),
            skip=True,
        )
