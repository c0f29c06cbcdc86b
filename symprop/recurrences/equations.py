"""The recurrences of an architecture as SymPy equations, to read, print and compute with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy

from symprop.foundation.errors import InvalidArgument, NoClosedForm, OutOfDomain, expected
from symprop.foundation.validation import check_integer
from symprop.gaussian.closed_forms import (
    Q1,
    Q2,
    RHO,
    Q,
    expectation_closed_form,
    kernel_closed_form,
    second_moment_closed_form,
)
from symprop.numerics.evaluation import as_exact
from symprop.recurrences.moments_on_balls import derivative_of
from symprop.specs.architectures import Architecture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symprop.specs.activations import Activation

__all__ = ["RecurrenceEquations", "kernel_expression", "moment_expression", "recurrence_equations"]

_SYMBOLS = {
    "weight_variance": sympy.Symbol("sigma_w^2", nonnegative=True),
    "bias_variance": sympy.Symbol("sigma_b^2", nonnegative=True),
    "branch_weight_variance": sympy.Symbol("sigma_v^2", nonnegative=True),
    "branch_bias_variance": sympy.Symbol("sigma_a^2", nonnegative=True),
}


@dataclass(frozen=True)
class RecurrenceEquations:
    """Equations by the name of what they give: ``q, p, lambda, gamma, chi, chi_b, ...``.

    Attributes
    ----------
    equations : mapping of str to sympy.Eq
        In functions of the layer ``l``; gradients go from ``l`` to ``l - 1``.
    """

    equations: Mapping[str, sympy.Eq]

    def __getitem__(self, name: str) -> sympy.Eq:
        return self.equations[name]

    @property
    def latex(self) -> str:
        """All equations, aligned, in LaTeX."""
        lines = [
            f"{sympy.latex(item.lhs)} &= {sympy.latex(item.rhs)}"
            for item in self.equations.values()
        ]
        return "\\begin{aligned}" + r" \\ ".join(lines) + "\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"


def moment_expression(phi: Activation, q: sympy.Expr) -> sympy.Expr:
    """Return ``V(q)``: its closed form, or an unevaluated ``V_phi(q)``."""
    try:
        return second_moment_closed_form(phi).subs(Q, q)
    except NoClosedForm:
        return sympy.Function(f"V_{{{phi.name}}}", nonnegative=True)(q)


def kernel_expression(phi: Activation, q: sympy.Expr, c: sympy.Expr) -> sympy.Expr:
    """Return ``W(q, c q)``: its closed form, or an unevaluated ``W_phi(q, c q)``."""
    try:
        form = kernel_closed_form(phi, phi)
    except NoClosedForm:
        return sympy.Function(f"W_{{{phi.name}}}", real=True)(q, c * q)
    return form.subs({Q1: q, Q2: q, RHO: c}, simultaneous=True)


def _mean_expression(phi: Activation, q: sympy.Expr) -> sympy.Expr:
    if phi.parity == "odd":
        return sympy.S.Zero
    try:
        return expectation_closed_form(phi).subs(Q, q)
    except NoClosedForm:
        return sympy.Function(f"E_{{{phi.name}}}", real=True)(q)


def recurrence_equations(
    architecture: Architecture, *, layer: int = 1, named_variances: bool = False
) -> RecurrenceEquations:
    r"""Return the recurrences of an architecture as SymPy equations.

    .. math:: q(l)=\sigma_w^2\,p(l-1)+\sigma_b^2,\quad p(l)=\dots,\quad
        \chi(l-1)=\chi(l)\,(s+\sigma_v^2\sigma_w^2\,V\phi'(q(l)))

    Parameters
    ----------
    architecture : Architecture
        The network.
    layer : int
        Whose activation and variances to take, where they differ from layer to layer.
    named_variances : bool
        Whether variances appear by name instead of by value.

    Returns
    -------
    RecurrenceEquations
        Index it by name; ``.latex`` prints all. Gradients are left out where the derivative of
        the activation has no finite second moment.

    Raises
    ------
    InvalidArgument
        If ``layer`` is not a positive integer.

    Conventions
    -----------
    Two inputs of equal length. ``V``, ``W`` and ``E`` of an activation stay unevaluated functions
    where they have no closed form; the arguments of ``W`` are variance and covariance.

    Error
    -----
    Exact.

    Source
    ------
    residual, Table 1; shrinkage, equations 2.3 and A.10; thesis, section 5.6.

    Examples
    --------
    >>> from symprop.specs.architectures import FullResidual
    >>> net = FullResidual("relu", 1, 0, 2, 0)
    >>> recurrence_equations(net)["p"]
    Eq(p(l), p(l - 1) + q(l)/2)
    >>> recurrence_equations(net)["chi"]
    Eq(chi(l - 1), 2*chi(l))
    """
    check_integer("layer", layer, minimum=1)
    if not isinstance(architecture, Architecture):
        raise InvalidArgument(expected("architecture", "to be a network", architecture))
    item = architecture.layer(layer)
    l = sympy.Symbol("l", integer=True, positive=True)  # noqa: E741
    p, q = (sympy.Function(name, positive=True) for name in "pq")
    gamma, covariance = (sympy.Function(name, real=True) for name in ("gamma", "lambda"))
    chi = sympy.Function("chi", nonnegative=True)

    def variance(name: str, missing: int) -> sympy.Expr:
        value: Any = getattr(item, name)
        if value is None:
            return sympy.Integer(missing)
        exact = None if named_variances else as_exact(value, name)
        return _SYMBOLS[name] if exact is None else exact

    w, b = variance("weight_variance", 1), variance("bias_variance", 0)
    v, a = variance("branch_weight_variance", 1), variance("branch_bias_variance", 0)
    outer = item.branch_weight_variance is not None
    skip = sympy.Integer(int(item.skip))
    phi, u = item.activation, sympy.S.One if item.normalize_hidden else q(l)
    moment = moment_expression(phi, u)
    length = skip * p(l - 1) + v * moment + a
    cross = skip * gamma(l - 1) + v * kernel_expression(phi, u, covariance(l) / q(l)) + a
    if item.normalize_output == "layer":
        square = _mean_expression(phi, u) ** 2
        length, cross = length - square, cross - square
    norm = length if item.normalize_output else sympy.S.One
    found = {
        "q": sympy.Eq(q(l), w * p(l - 1) + b, evaluate=False),
        "p": sympy.Eq(p(l), length / norm, evaluate=False),
        "lambda": sympy.Eq(covariance(l), w * gamma(l - 1) + b, evaluate=False),
        "gamma": sympy.Eq(gamma(l), cross / norm, evaluate=False),
    }
    try:
        slope = moment_expression(derivative_of(phi), u)
    except OutOfDomain:
        return RecurrenceEquations(found)
    slope = slope / q(l) if item.normalize_hidden else slope
    arriving = chi(l) / norm
    gradients = {
        "chi": (chi(l - 1), arriving * (skip + v * w * slope)),
        "chi_b": (sympy.Function("chi_b")(l), arriving * v * slope),
        "chi_w": (sympy.Function("chi_w")(l), arriving * v * slope * p(l - 1)),
    }
    if outer:
        gradients |= {
            "chi_v": (sympy.Function("chi_v")(l), arriving * moment),
            "chi_a": (sympy.Function("chi_a")(l), arriving),
        }
    for name, (left, right) in gradients.items():
        found[name] = sympy.Eq(left, right, evaluate=False)
    return RecurrenceEquations(found)
