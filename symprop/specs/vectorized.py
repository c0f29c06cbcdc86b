"""Activations on float64 arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from symprop.specs.expression import X

if TYPE_CHECKING:
    from symprop.specs.activation import Activation

__all__ = ["evaluate"]


def evaluate(phi: Activation, x: Any) -> np.ndarray:
    """Return ``phi(x)`` elementwise."""
    values = np.asarray(x, dtype=np.float64)
    result = np.empty_like(values)
    with np.errstate(all="ignore"):
        for piece in phi.pieces:
            inside = (values >= float(piece.lower)) & (values <= float(piece.upper))
            function = sympy.lambdify(X, piece.expression, ["scipy", "numpy"])
            result[inside] = function(values[inside])
    return result
