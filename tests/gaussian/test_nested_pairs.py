"""Kernels of pairs without formula or series, against balls."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import NoClosedForm, OutOfDomain
from symprop.gaussian.duality import dual_kernel
from symprop.gaussian.nested_pairs import NestedKernel, nested_kernel
from symprop.specs.activations import activation

RHO = np.array([-1.0, -0.6, 0.0, 0.3, 0.999, 1.0])


@pytest.mark.parametrize(
    ("phi", "psi", "variances"),
    [("relu", "tanh", (1, 1)), ("softsign", "softsign", (1, 2)), ("softplus", "elu", (2, 1))],
)
def test_pairs(phi: str, psi: str, variances: tuple[int, int]) -> None:
    kernel = dual_kernel(phi, psi, variances=variances)
    assert isinstance(kernel.float_face, NestedKernel)
    for rho, value in zip(RHO.tolist(), kernel(RHO).tolist(), strict=True):
        exact = kernel.enclose(rho, dps=16)
        assert abs(exact.ball - value) <= kernel.float_face.error


def test_refusals() -> None:
    kernel = dual_kernel("relu", "tanh").float_face
    with pytest.raises(NoClosedForm, match="one activation"):
        kernel.deficit(0.5)
    with pytest.raises(NoClosedForm, match="one activation"):
        _ = kernel.deficit_error
    assert nested_kernel(activation("relu6"), activation("tanh"), (1.0, 1.0)) is None
    with pytest.raises(OutOfDomain, match="breakpoints at 0"):
        _ = dual_kernel("Max(x - 1, 0)", "x/(1 + Abs(x))").float_face
