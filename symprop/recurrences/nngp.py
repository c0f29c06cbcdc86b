"""Covariance of the output of a network of infinite width: its Gaussian process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symprop.recurrences.network_kernels import NetworkKernel, make_kernel

if TYPE_CHECKING:
    from symprop.specs.architectures import FullyConnected
    from symprop.specs.branched import Branched

__all__ = ["nngp_kernel"]


def nngp_kernel(
    architecture: Branched | FullyConnected,
    depth: int,
    *,
    variances: tuple[object, object] = (1, 1),
) -> NetworkKernel:
    r"""Return the covariance :math:`\mathrm E\,f(x)f(x')` at infinite width.

    Residual and dense networks of ReLUs, with :math:`T(S)` what the normalised ReLU makes of a
    covariance and :math:`T^k` its iterates, have

    .. math:: S^l=S^{l-1}+\alpha^m\,T^{m-1}(S^{l-1}),\qquad
        S^l=\frac1l\sum_{h=0}^{l-1}T(S^h).

    Parameters
    ----------
    architecture : Branched or FullyConnected
        The network; fully connected ones without normalisation, with any activation.
    depth : int
        Number of branches or layers; of a fully connected network, of those with activation.
    variances : pair of numbers
        Mean squares of the entries of both inputs.

    Returns
    -------
    NetworkKernel
        Call it on arrays of cosines, or use ``.closed_form``, ``.diagonal``, ``.enclose``,
        ``.evalf``, and ``.gram`` for a whole matrix of inner products.

    Raises
    ------
    InvalidArgument
        If an argument is malformed, or the network has a normalisation.
    OutOfDomain
        If a variance is not positive.

    Conventions
    -----------
    Inner products of inputs are divided by their dimension. Branched networks have a readout of
    unit variance; a fully connected network's readout is one more affine layer, with weights and
    bias of the variances of layer ``depth + 1``.

    Error
    -----
    `closed_form` exact, `enclose` enclosed. In float64 a few roundings a layer, relative to
    ``sqrt(K(x, x) K(x', x'))``; for activations whose kernel has no formula, in each layer that of
    `symprop.gaussian.kernel_matrices.covariance_kernel`.

    Source
    ------
    tangents, equations 9 to 18, derived anew: the branch of equation 15 passes ``m - 1`` ReLUs.

    Examples
    --------
    >>> from symprop.specs.branched import ResNet
    >>> kernel = nngp_kernel(ResNet(2, "1/2"), 1)
    >>> kernel.diagonal, kernel([0.0])  # at a right angle 1/(4 pi)
    (5/4, array([0.07957747]))
    """
    return make_kernel(architecture, depth, variances, None)
