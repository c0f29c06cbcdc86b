r"""Fully connected networks at infinite width, over any kind of numbers.

With ``L`` layers of activations and an affine readout, the hidden covariances and what the tangent
kernel gathers are

.. math:: \Lambda_{l+1}=\sigma_w^2\,\mathrm E\,\phi(u)\phi(v)+\sigma_b^2,\qquad
    \Theta_{l+1}=T_{l+1}+\sigma_w^2\,\mathrm E\,\phi'(u)\phi'(v)\;\Theta_l,\qquad
    (u,v)\sim N(0,\Lambda_l),

from :math:`\Lambda_1=\sigma_w^2S^0+\sigma_b^2`, :math:`\Theta_1=T_1`. In the NTK parameterisation
:math:`T_l=\Lambda_l`. In the standard one the gradients are by the weights themselves, the kernel
grows like the width, and divided by it :math:`T_{l+1}=\mathrm E\,\phi\phi`, :math:`T_1=S^0`:
biases no longer count.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from symprop.foundation.errors import InvalidArgument, expected

if TYPE_CHECKING:
    from symprop.specs.activations import Activation
    from symprop.specs.architectures import FullyConnected, Layer

__all__ = ["PARAMETERIZATIONS", "ChainAlgebra", "chain_limits", "check_chain"]

PARAMETERIZATIONS = ("ntk", "standard")
"""Whether gradients are by weights of unit variance, or by the weights as they stand."""


class ChainAlgebra(Protocol):
    """What a kind of numbers has to offer; a state is ``(q1, q2, covariance)``."""

    def number(self, value: Any) -> Any:
        """Return a variance as a number of this kind."""
        ...

    def moments(self, phi: Activation, state: Any) -> Any:
        """Return the state of ``phi(h)``: second moments and ``E phi(u) phi(v)``."""
        ...

    def slope(self, phi: Activation, state: Any) -> Any:
        """Return ``E phi'(u) phi'(v)``."""
        ...

    def affine(self, weight: Any, state: Any, bias: Any) -> Any:
        """Return ``weight * state + bias``."""
        ...

    def covariance(self, state: Any) -> Any:
        """Return the covariance in a state."""
        ...


def check_chain(architecture: FullyConnected) -> None:
    """Raise unless a fully connected network has no normalisation.

    Raises
    ------
    InvalidArgument
        If it has one.
    """
    if architecture.normalization is not None:
        condition = "without normalisation, whose tangent kernel is another,"
        raise InvalidArgument(expected("architecture", condition, architecture))


def chain_limits(
    layer: Callable[[int], Layer],
    depth: int,
    state: Any,
    algebra: ChainAlgebra,
    *,
    parameterization: str | None,
) -> tuple[Any, Any]:
    """Return the covariance of the readout, and the tangent kernel unless it is not asked for.

    Parameters
    ----------
    layer : callable
        The choices of each layer, the readout being layer ``depth + 1``.
    depth : int
        Number of layers of activations.
    state : any
        Inner products of the inputs over their dimension.
    algebra : ChainAlgebra
        The kind of numbers.
    parameterization : {"ntk", "standard"} or None
        Which gradients; None without tangent kernel.

    Returns
    -------
    tuple
        The covariance, and the tangent kernel or None.

    Error
    -----
    That of the arithmetic.
    """
    tangent: Any = None
    slope: Any = None
    for index in range(1, depth + 2):
        choices = layer(index)
        weight = algebra.number(choices.weight_variance)
        bias = algebra.number(choices.bias_variance)
        before, state = state, algebra.affine(weight, state, bias)
        if parameterization is not None:
            gained = state if parameterization == "ntk" else before
            if tangent is None:
                tangent = algebra.covariance(gained)
            else:
                tangent = algebra.covariance(gained) + weight * (slope * tangent)
        if index > depth:
            break
        if parameterization is not None:
            slope = algebra.slope(choices.activation, state)
        state = algebra.moments(choices.activation, state)
    return algebra.covariance(state), tangent
