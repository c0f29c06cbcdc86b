"""What is known of a fixed point of the Gram map of batch normalisation.

All entries and eigenvalues are enclosures: proved ones, or with radii that are estimates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from flint import arb

from symprop.numerics.enclosure import Enclosure

if TYPE_CHECKING:
    import sympy
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = [
    "APART",
    "GramFixedPoint",
    "GramForms",
    "condition_number",
    "estimated",
    "is_contracting",
]

APART = "that keeps the inputs of a batch apart"
"""The condition on activations that have such a fixed point."""


@dataclass(frozen=True)
class GramForms:
    """A fixed point in closed form.

    Attributes
    ----------
    diagonal, off_diagonal : sympy.Expr
        Entries ``p`` and ``q``.
    eigenvalues : Mapping of str to tuple of sympy.Expr
        Of the derivative of the map, by symmetry type, each once.
    """

    diagonal: sympy.Expr
    off_diagonal: sympy.Expr
    eigenvalues: Mapping[str, tuple[sympy.Expr, ...]]


@dataclass(frozen=True)
class GramFixedPoint:
    """A fixed point of exchangeable inputs.

    Attributes
    ----------
    activation : str
        Name of the activation.
    batch : int
        ``n``.
    center : bool
        Whether the mean over the batch is taken away.
    diagonal, off_diagonal : Enclosure
        Entries.
    condition_number : Enclosure or None
        Largest over smallest eigenvalue; infinite where it is singular, None where balls do not
        tell it from infinity.
    eigenvalues : Mapping of str to tuple of Enclosure
        Of the derivative of the map, by symmetry type, each once; of complex ones real parts.
    stable : bool or None
        Whether all of them lie inside the unit circle, on it being outside; None where balls do
        not tell.
    proved : bool
        Whether the balls are; otherwise their radii are estimates by two rules.
    forms : GramForms or None
        The same in closed form.
    imaginary_parts : Mapping of str to tuple of Enclosure
        Of the eigenvalues of types with a complex pair, in the same order.
    """

    activation: str
    batch: int
    center: bool
    diagonal: Enclosure
    off_diagonal: Enclosure
    condition_number: Enclosure | None
    eigenvalues: Mapping[str, tuple[Enclosure, ...]]
    stable: bool | None
    proved: bool
    forms: GramForms | None = field(default=None, repr=False)
    imaginary_parts: Mapping[str, tuple[Enclosure, ...]] = field(default_factory=dict)

    @property
    def gram(self) -> Array:
        """The matrix in float64."""
        p, q = float(self.diagonal), float(self.off_diagonal)
        result: Array = np.full((self.batch, self.batch), q)
        np.fill_diagonal(result, p)
        return result


def condition_number(common: Enclosure, apart: Enclosure) -> Enclosure | None:
    """Return the larger over the smaller eigenvalue; None where it may be infinite."""
    if common.contains(0):
        return Enclosure(arb.pos_inf()) if common.is_exact else None
    ratio = common / apart
    return apart / common if ratio.upper <= 1 else ratio


def is_contracting(
    values: Mapping[str, tuple[Enclosure, ...]],
    imaginary_parts: Mapping[str, tuple[Enclosure, ...]] | None = None,
) -> bool | None:
    """Return whether all eigenvalues lie inside the unit circle; None where balls do not tell.

    One that is exactly 1 or -1 does not: nearby matrices then approach the fixed point more slowly
    than geometrically, if they do.
    """
    entries: list[Enclosure] = []
    for name, group in values.items():
        other = (imaginary_parts or {}).get(name)
        entries += (
            group if other is None else [_modulus(*pair) for pair in zip(group, other, strict=True)]
        )
    if any(entry.lower >= 1 or entry.upper <= -1 for entry in entries):
        return False
    return True if all(entry.lower > -1 and entry.upper < 1 for entry in entries) else None


def _modulus(real: Enclosure, imaginary: Enclosure) -> Enclosure:
    """Return the modulus of a complex number."""
    return Enclosure((real.ball**2 + imaginary.ball**2).sqrt())


def estimated(value: float, radius: float) -> Enclosure:
    """Return the enclosure of a value in float64 with an error that is estimated."""
    middle, spread = Fraction(float(value)), Fraction(float(radius))
    return Enclosure.from_bounds(middle - spread, middle + spread)
