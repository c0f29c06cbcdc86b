"""The named constants of signal propagation.

Every constant carries its exact form where one is known, a way to enclose it, the place
it comes from, and the decimals that widely used libraries ship in its stead.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import sympy

from symprop.constants.gains import gain, gain_closed_form
from symprop.constants.shipments import GAIN_SHIPMENTS, SHIPMENTS, Shipment
from symprop.foundation.errors import InvalidArgument, NoClosedForm, expected
from symprop.gaussian.power_relu_closed_form import (
    endpoint_coefficient,
    second_moment_closed_form,
)
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import enclose
from symprop.numerics.precision import working_digits
from symprop.specs.activations import activation
from symprop.specs.catalogue import selu_constants
from symprop.specs.expression import parse_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import mpmath

__all__ = ["CATALOGUED_GAINS", "CONSTANTS", "Constant", "constant"]

CATALOGUED_GAINS = (
    "relu",
    "leaky_relu",
    "squared_relu",
    "relu6",
    "hard_tanh",
    "hard_swish",
    "elu",
    "celu",
    "selu",
    "gelu",
    "gelu_tanh",
    "silu",
    "mish",
    "softplus",
    "log_sigmoid",
    "sigmoid",
    "tanh",
    "arctan",
    "softsign",
    "erf",
    "sin",
)
"""Activations whose two gains are in the catalogue; any other is computed by name."""

_KINDS = {"gain": "variance", "second_moment_gain": "second-moment"}


@dataclass(frozen=True)
class Constant:
    """A real number with a name and a source.

    Attributes
    ----------
    name : str
        As `constant` finds it, such as ``"selu.alpha"`` or ``"gain.gelu"``.
    meaning : str
        What it is, in one line.
    latex : str
        Its symbol.
    source : str
        Where it is defined or derived; may not be empty.
    form : sympy.Expr, optional
        Exact value.
    function : str, optional
        Activation whose gain it is, where ``form`` is not given.
    kind : str
        Kind of that gain.
    shipments : tuple of Shipment
        Decimals that libraries ship for it.

    Raises
    ------
    InvalidArgument
        If the source is empty, or there is neither a form nor a function.

    Conventions
    -----------
    All constants are for unit variances.

    Error
    -----
    Enclosed.

    Examples
    --------
    >>> constant("residual.C").exact
    sqrt(2)/sqrt(pi)
    """

    name: str
    meaning: str
    latex: str
    source: str
    form: sympy.Expr | None = None
    function: str | None = None
    kind: str = "variance"
    shipments: tuple[Shipment, ...] = ()

    def __post_init__(self) -> None:
        for field in ("name", "meaning", "latex", "source"):
            if not getattr(self, field).strip():
                raise InvalidArgument(expected(field, "not to be empty", getattr(self, field)))
        if (self.form is None) == (self.function is None):
            raise InvalidArgument(
                expected("form", "or function, exactly one of them", (self.form, self.function))
            )

    @cached_property
    def exact(self) -> sympy.Expr | None:
        """The exact value, or None where no closed form is known."""
        if self.form is not None:
            return self.form
        try:
            return gain_closed_form(str(self.function), self.kind)
        except NoClosedForm:
            return None

    def enclose(self, *, dps: int = 50) -> Enclosure:
        """Return a ball of ``dps`` proved relative digits."""
        if self.form is not None:
            return enclose(self.form, dps=dps)
        return gain(str(self.function), self.kind, dps)

    def evalf(self, *, dps: int = 50) -> mpmath.mpf:
        """Return the constant as an mpmath number of ``dps`` digits, all of them right."""
        value = self.enclose(dps=dps + 3)
        with working_digits(dps):
            return +value.midpoint

    def __float__(self) -> float:
        return float(self.enclose(dps=20))

    def deviations(self, *, dps: int = 15) -> dict[str, Enclosure]:
        """Return, for each library, the relative error of the number it ships."""
        value = self.enclose(dps=dps + 20)
        return {
            shipment.library: Enclosure(Fraction(shipment.value), bits=256) / value - 1
            for shipment in self.shipments
        }


def constant(name: str) -> Constant:
    r"""Return the constant of a name.

    .. math:: \lambda_{\mathrm{SELU}},\quad \frac\pi{\pi-1},\quad
        \mathrm{Var}[\phi(Z)]^{-1/2},\quad \dots

    Parameters
    ----------
    name : str
        A name of the catalogue; ``"gain.<activation>"`` or ``"second_moment_gain.<activation>"``
        for any activation; ``"c_alpha:<alpha>"`` and ``"U:<alpha>"`` for any exponent.

    Returns
    -------
    Constant

    Raises
    ------
    InvalidArgument
        If there is no such constant; the message suggests near names.

    Conventions
    -----------
    Unit variances.

    Error
    -----
    Enclosed.

    Source
    ------
    Each constant names its own.

    Examples
    --------
    >>> print(constant("relu.slope_ratio").enclose(dps=20).proved_digits(19))
    1.466942206924259860
    >>> constant("U:1").exact
    2*sqrt(2)/(3*pi)
    """
    if not isinstance(name, str):
        raise InvalidArgument(expected("name", "to be a string", name))
    if name in CONSTANTS:
        return CONSTANTS[name]
    head, _, parameter = name.partition(":")
    if head in _FAMILIES and parameter:
        return _FAMILIES[head](parameter)
    prefix, _, spec = name.partition(".")
    if prefix in _KINDS and spec:
        canonical = activation(spec).name
        return CONSTANTS.get(f"{prefix}.{canonical}") or _gain(prefix, canonical)
    near = difflib.get_close_matches(name, [*CONSTANTS, *_FAMILIES], n=3)
    hint = f", such as {', '.join(near)}," if near else ""
    raise InvalidArgument(expected("name", f"to be the name of a constant{hint}", name))


def _singles() -> tuple[Constant, ...]:
    alpha, scale = selu_constants()
    selu = "G. Klambauer et al., Self-Normalizing Neural Networks, NeurIPS 2017; symprop G2"
    return (
        Constant(
            "selu.alpha",
            "alpha of SELU: together with lambda, mean 0 and variance 1 are a fixed point",
            r"\alpha_{\mathrm{SELU}}",
            selu,
            form=alpha,
            shipments=SHIPMENTS["selu.alpha"],
        ),
        Constant(
            "selu.lambda",
            "lambda of SELU: together with alpha, mean 0 and variance 1 are a fixed point",
            r"\lambda_{\mathrm{SELU}}",
            selu,
            form=scale,
            shipments=SHIPMENTS["selu.lambda"],
        ),
        Constant(
            "relu.slope_ratio",
            "E relu'(Z)^2 / Var relu(Z): slope at 1 of the correlation map of a centred relu",
            r"\frac{\pi}{\pi-1}",
            "symprop G2",
            form=sympy.pi / (sympy.pi - 1),
            shipments=SHIPMENTS["relu.slope_ratio"],
        ),
        Constant(
            "residual.C",
            "E|Z|, the constant C of the tanh residual laws",
            "C",
            "residual, Theorem B.13",
            form=sympy.sqrt(2) / sympy.sqrt(sympy.pi),
        ),
        _endpoint("1"),
        _second_moment("1"),
    )


def _second_moment(parameter: str) -> Constant:
    alpha = parse_number(parameter, name="alpha")
    return Constant(
        f"c_alpha:{alpha}",
        f"E max(Z, 0)^(2 alpha) at alpha = {alpha}",
        rf"c_{{{sympy.latex(alpha)}}}",
        "residual, Lemma B.15",
        form=second_moment_closed_form(alpha),
    )


def _endpoint(parameter: str) -> Constant:
    alpha = parse_number(parameter, name="alpha")
    return Constant(
        f"U:{alpha}",
        f"coefficient of e^(alpha+1/2) in J_alpha(1-e) at alpha = {alpha}",
        rf"U_{{{sympy.latex(alpha)}}}",
        "residual, Theorem B.17 (alpha = 1); symprop K2",
        form=endpoint_coefficient(alpha),
    )


_FAMILIES: dict[str, Callable[[str], Constant]] = {"c_alpha": _second_moment, "U": _endpoint}


def _gain(prefix: str, spec: str) -> Constant:
    kind = _KINDS[prefix]
    size = r"\mathrm{Var}[\phi(Z)]" if kind == "variance" else r"E[\phi(Z)^2]"
    shown = spec.replace("_", r"\_")
    return Constant(
        f"{prefix}.{spec}",
        f"gain of {spec} that brings its {kind.replace('-', ' ')} to 1",
        rf"{size}^{{-1/2}},\ \phi=\mathtt{{{shown}}}",
        "symprop G1",
        function=spec,
        kind=kind,
        shipments=GAIN_SHIPMENTS[kind].get(spec, ()),
    )


def _catalogue() -> dict[str, Constant]:
    gains = (_gain(prefix, spec) for prefix in _KINDS for spec in CATALOGUED_GAINS)
    return {entry.name: entry for entry in (*_singles(), *gains)}


CONSTANTS: Mapping[str, Constant] = MappingProxyType(_catalogue())
"""All catalogued constants by name, in the order of the printed table."""
