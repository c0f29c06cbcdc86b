"""Tangent kernels of networks of infinite width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symprop.foundation.validation import check_choice
from symprop.recurrences.chain_recursion import PARAMETERIZATIONS
from symprop.recurrences.network_kernels import NetworkKernel, make_kernel

if TYPE_CHECKING:
    from symprop.specs.architectures import FullyConnected
    from symprop.specs.branched import Branched

__all__ = ["tangent_kernel"]


def tangent_kernel(
    architecture: Branched | FullyConnected,
    depth: int,
    *,
    variances: tuple[object, object] = (1, 1),
    parameterization: str = "ntk",
) -> NetworkKernel:
    r"""Return the tangent kernel at infinite width.

    .. math:: K(x,x')=\lim_{n\to\infty}\sum_w
        \frac{\partial f(x)}{\partial w}\frac{\partial f(x')}{\partial w}

    Parameters
    ----------
    architecture : Branched or FullyConnected
        The network. Branched ones say which weights are trained; in fully connected ones, without
        normalisation and with any activation, all weights and biases are.
    depth : int
        Number of branches or layers; of a fully connected network, of those with activation.
    variances : pair of numbers
        Mean squares of the entries of both inputs.
    parameterization : {"ntk", "standard"}
        Gradients by weights of unit variance; or by the weights as they stand, the kernel then
        divided by the width, of the input layer too, so that biases no longer count.

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
        If a variance is not positive, or the derivative of an activation is not
        square-integrable.

    Conventions
    -----------
    Inner products of inputs are divided by their dimension. A fully connected network ends with
    an affine layer, that of index ``depth + 1``.

    Error
    -----
    `closed_form` exact, `enclose` enclosed. In float64 a few roundings a layer, relative to
    ``sqrt(K(x, x) K(x', x'))``, for cosines as they are; the kernel is as steep as a square root
    where a cosine is 1, so that inputs alike to all digits but the last lose half of theirs, and
    so do parallel ones of unequal length in fully connected networks. For activations whose kernel
    has no formula, in each layer that of `symprop.gaussian.kernel_matrices.covariance_kernel`.

    Source
    ------
    tangents, Theorems 1 and 2, derived anew.

    Examples
    --------
    >>> from symprop.specs.branched import DenseNet, ResNet
    >>> tangent_kernel(ResNet(2, "1/2"), 3).diagonal
    75/32
    >>> print(tangent_kernel(DenseNet(), 4).enclose("1/2", dps=15).proved_digits(15))
    1.13314925248383
    """
    check_choice("parameterization", parameterization, PARAMETERIZATIONS)
    return make_kernel(architecture, depth, variances, parameterization)
