"""`Activation`: one nonlinearity, as an exact expression with everything derived from it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Literal

import sympy

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.specs.catalogue import ALIASES, CATALOGUE, named_expression
from symprop.specs.expression import X, parse_expression
from symprop.specs.facts import (
    assemble,
    differentiate,
    find_jumps,
    find_kinks,
    homogeneity_degree,
    one_sided_limit,
    parity_of,
)
from symprop.specs.pieces import Piece, decompose
from symprop.specs.rewriting import exact_number, normal_form, substitute

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from symprop.specs.growth import GrowthTerm
    from symprop.specs.singularities import Singularity

__all__ = ["Activation", "Piece", "WeakDerivative", "X", "activation"]

_NAME = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]*)\s*(?::(.*))?", re.DOTALL)


@dataclass(frozen=True)
class Activation:
    """A nonlinearity ``phi``; build it with `activation`.

    Two activations are equal when their expressions are.

    Attributes
    ----------
    name : str
        Canonical specification: ``activation(phi.name) == phi``.
    expression : sympy.Expr
        In `X`.

    Conventions
    -----------
    Values at single points never matter to the theory; facts leave breakpoints out.

    Error
    -----
    Exact, except the float64 values of a call.

    Examples
    --------
    >>> relu6 = activation("relu6")
    >>> relu6.breakpoints, relu6.kinks, relu6.jumps
    ((0, 6), (0, 6), ())
    >>> activation("sin").parity, activation("squared_relu").homogeneity
    ('odd', 2)
    """

    name: str = field(compare=False)
    expression: sympy.Expr

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """Analytic pieces, ordered, covering the real line."""
        return decompose(self.expression)

    @cached_property
    def breakpoints(self) -> tuple[sympy.Expr, ...]:
        """Ends of the pieces, in order."""
        return tuple(piece.upper for piece in self.pieces[:-1])

    @cached_property
    def kinks(self) -> tuple[sympy.Expr, ...]:
        """Breakpoints of continuity at which the first derivative jumps or is infinite."""
        return find_kinks(self.pieces)

    @cached_property
    def jumps(self) -> tuple[sympy.Expr, ...]:
        """Breakpoints at which both one-sided limits are finite and differ."""
        return tuple(location for location, _ in find_jumps(self.pieces))

    @cached_property
    def parity(self) -> Literal["even", "odd"] | None:
        """Proved parity, breakpoints left out; None when there is none or it is not proved."""
        return parity_of(self.pieces)

    @cached_property
    def homogeneity(self) -> sympy.Expr | None:
        """Degree ``d`` of positive homogeneity, ``phi(t*x) = t**d*phi(x)`` for ``t > 0``."""
        return homogeneity_degree(self.pieces)

    @cached_property
    def growth(self) -> tuple[GrowthTerm, ...]:
        """Proved majorant on ``abs(x) >= 1``; see `symprop.specs.growth.growth_bound`."""
        from symprop.specs.growth import growth_bound

        return growth_bound(self)

    @cached_property
    def poles(self) -> tuple[Singularity, ...] | None:
        """Complex singularities (poles and branch points); None when unknown or not analytic."""
        from symprop.specs.singularities import find_singularities

        return find_singularities(self.pieces)

    @cached_property
    def analyticity_strip(self) -> sympy.Expr | None:
        """Proved half-width of a strip around the real line on which it is analytic.

        Infinite for an entire function, 0 with a breakpoint, None when not known.
        """
        from symprop.specs.singularities import strip_half_width

        return sympy.Integer(0) if self.breakpoints else strip_half_width(self.poles)

    def weak_derivative(self) -> WeakDerivative:
        """Return the distributional derivative: a function and a Dirac mass at each jump.

        Raises
        ------
        OutOfDomain
            If the activation is unbounded at a breakpoint.

        Examples
        --------
        >>> activation("sign").weak_derivative()
        WeakDerivative(regular=activation('0'), atoms=((0, 2),))
        """
        for piece in self.pieces:
            for end, at_upper in ((piece.lower, False), (piece.upper, True)):
                if end.is_finite and not one_sided_limit(piece, at_upper=at_upper).is_finite:
                    raise OutOfDomain(
                        expected("activation", f"to be bounded near x={end}", self.name)
                    )
        regular = _from_expression(assemble(differentiate(self.pieces)))
        return WeakDerivative(regular, find_jumps(self.pieces))

    def scaled(self, output: object = 1, slope: object = 1, shift: object = 0) -> Activation:
        """Return ``output * phi(slope*x + shift)``; the arguments are taken exactly.

        Examples
        --------
        >>> activation("tanh").scaled(2, slope=3, shift="1/2")
        activation('2*tanh(3*x + 1/2)')
        """
        factor = exact_number("output", output)
        inner = exact_number("slope", slope) * X + exact_number("shift", shift)
        return _from_expression(factor * substitute(self.expression, inner))

    def __call__(self, x: Any) -> NDArray[np.float64]:
        """Return ``phi`` on an array in float64, elementwise (see `evaluate_array`).

        Raises
        ------
        InvalidArgument
            If ``x`` is not numeric or holds NaN.
        OutOfDomain
            If there is no value, or no limit at an infinity.
        """
        from symprop.specs.vectorized import evaluate_array

        return evaluate_array(self.expression, x)

    def __repr__(self) -> str:
        return f"activation({self.name!r})"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {sympy.latex(self.expression)}$"

    def __getstate__(self) -> dict[str, object]:
        return {"name": self.name, "expression": self.expression}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)


@dataclass(frozen=True)
class WeakDerivative:
    """The distributional derivative of an activation.

    Attributes
    ----------
    regular : Activation
        The derivative between breakpoints.
    atoms : tuple of (sympy.Expr, sympy.Expr)
        Location and size of each Dirac mass.
    """

    regular: Activation
    atoms: tuple[tuple[sympy.Expr, sympy.Expr], ...]


def activation(spec: Activation | str | sympy.Expr) -> Activation:
    """Return the activation described by ``spec``.

    Parameters
    ----------
    spec : Activation, str or sympy.Expr
        A catalogue name with exact parameters (``"leaky_relu:1/10"``), an expression
        in ``x`` as text (``"x*erf(x)"``), or a SymPy expression in one symbol.

    Returns
    -------
    Activation

    Raises
    ------
    InvalidArgument
        If the name is unknown or the text is not an expression.
    OutOfDomain
        If it is not a real function on the line with breakpoints known exactly.

    Conventions
    -----------
    ``gaussian`` is ``exp(-x**2/2)``; ``hermite:k`` is orthonormal; ``hard_sigmoid`` is
    ``relu6(x + 3)/6``; ``step`` is 1/2 at zero.

    Error
    -----
    Exact.

    Examples
    --------
    >>> activation("Max(x, 0)") == activation("relu")
    True
    >>> activation("leaky_relu:0.1").name
    'leaky_relu:1/10'
    """
    if isinstance(spec, Activation):
        return spec
    if isinstance(spec, str):
        return _from_text(spec)
    if isinstance(spec, sympy.Expr):
        return _from_expression(spec)
    raise InvalidArgument(
        expected("activation", "to be a name, an expression or an Activation", spec)
    )


@lru_cache(maxsize=256)
def _from_text(text: str) -> Activation:
    match = _NAME.fullmatch(text)
    if match is None or (match[2] is None and match[1] in ("x", "pi", "E")):
        return _from_expression(parse_expression(text, name="activation"))
    name = match[1] if match[1] in CATALOGUE | ALIASES else match[1].lower()
    canonical, expression = named_expression(name, match[2])
    return _checked(Activation(canonical, normal_form(expression)))


def _from_expression(expression: sympy.Expr) -> Activation:
    normal = normal_form(expression)
    return _checked(Activation(str(normal), normal))


def _checked(candidate: Activation) -> Activation:
    """Refuse at once what has no exact pieces."""
    _ = candidate.pieces
    return candidate
