"""What a trajectory holds: lengths, correlations and gradients by layer, and their table."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import arb

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_integer
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import working_bits
from symprop.recurrences.float_recurrence import hidden_rows
from symprop.recurrences.gradient import (
    BallGradients,
    FloatGradients,
    ball_gradients,
    float_gradients,
    parameters_of,
)
from symprop.specs.architectures import Architecture

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Trajectory"]


@dataclass(frozen=True, eq=False)
class Trajectory:
    r"""What the recurrences of a network give, layer by layer.

    Built by `trajectory`. Arrays have shape ``(depth + 1,)``, or ``(depth + 1, settings)`` for
    several networks or inputs at once; index 0 is the input, whose hidden quantities are its own.
    With ``dps`` the entries are `Enclosure` objects, otherwise float64.

    Attributes
    ----------
    architecture : Architecture or tuple of them
        The network, or those of all settings.
    depth : int
        Number of layers.
    dps : int or None
        Proved relative digits, None in float64.
    """

    architecture: Any
    depth: int
    dps: int | None
    bits: int = field(repr=False)
    single: bool = field(repr=False)
    rows: Mapping[str, Any] = field(repr=False)

    def _row(self, name: str) -> Any:
        values = self.rows.get(name)
        if values is None or not len(values):
            wanted = "other_length" if name.startswith("other") else "cosine or angle_gap"
            raise InvalidArgument(expected(wanted, f"given to `trajectory` for {name}", None))
        if self.dps is not None:
            return _enclosures(values)
        return values[:, 0] if self.single else values

    @property
    def _nets(self) -> tuple[Architecture, ...]:
        """The networks of all settings."""
        given = self.architecture
        return (given,) if isinstance(given, Architecture) else given

    @cached_property
    def p(self) -> Any:
        """Mean squared length of ``x_l``."""
        return self._row("p")

    @cached_property
    def q(self) -> Any:
        """Mean squared length of ``h_l``, the variance of its entries."""
        if "q" in self.rows:
            return self._row("q")
        q, _ = hidden_rows(self._nets, self.rows["p"])
        return q[:, 0] if self.single else q

    @cached_property
    def other_p(self) -> Any:
        """``p`` of the second input, where its length was given."""
        return self._row("other_p")

    @cached_property
    def other_q(self) -> Any:
        """``q`` of the second input, where its length was given."""
        return self._row("other_q")

    @cached_property
    def gamma(self) -> Any:
        """Mean product of the entries of ``x_l`` for both inputs."""
        return self._row("gamma")

    @cached_property
    def lambda_(self) -> Any:
        """Mean product of the entries of ``h_l`` for both inputs."""
        return self._row("covariance")

    @cached_property
    def s(self) -> Any:
        """Half the mean squared distance, ``(p + p')/2 - gamma``.

        For equal lengths relatively accurate near zero; unequal ones lose what they share.
        """
        return self._row("separation")

    @cached_property
    def e(self) -> Any:
        """Correlation ``gamma/sqrt(p p')`` of ``x_l``."""
        return self._row("e")

    @cached_property
    def e_gap(self) -> Any:
        """``1 - e``, relatively accurate near zero."""
        return self._row("e_gap")

    @cached_property
    def c(self) -> Any:
        """Correlation ``lambda/sqrt(q q')`` of ``h_l``."""
        return self._row("c")

    @cached_property
    def c_gap(self) -> Any:
        """``1 - c``, relatively accurate near zero."""
        return self._row("c_gap")

    @cached_property
    def _gradients(self) -> BallGradients | FloatGradients:
        if self.dps is None:
            return float_gradients(self._nets, self.rows)
        return ball_gradients(self.architecture, self.rows, self.bits)

    @cached_property
    def chi(self) -> Any:
        """Mean squared gradient with respect to ``x_l``, 1 at the last layer."""
        found = self._gradients
        if isinstance(found, BallGradients):
            return _enclosures(found.chi)
        return self._exponential(found.log_chi)

    @cached_property
    def log_chi(self) -> Any:
        """Logarithm of `chi`, which is finite however large that is; minus infinity of 0."""
        found = self._gradients
        if isinstance(found, BallGradients):
            with working_bits(self.bits):
                return _enclosures([_logarithm(value) for value in found.chi])
        return found.log_chi[:, 0] if self.single else found.log_chi

    def _parameter(self, name: str) -> Any:
        net = self._nets[0]
        if name not in parameters_of(net):
            raise InvalidArgument(
                expected("architecture", f"to have parameters {name}", type(net).__name__)
            )
        found = self._gradients
        values = getattr(found, name)
        if isinstance(found, BallGradients):
            return _enclosures([0 * found.chi[0], *values])
        chi = self._exponential(found.log_chi[1:])
        result = np.zeros(self.rows["p"].shape)
        result[1:] = (chi[:, None] if self.single else chi) * values
        return result[:, 0] if self.single else result

    def _exponential(self, logarithm: Any) -> Any:
        if logarithm.size and logarithm.max() > 709.0:
            largest = float(logarithm.max())
            raise OutOfDomain(
                expected(
                    "depth", "with chi in the range of float64 (use log_chi)", f"exp({largest:.6g})"
                )
            )
        values = np.exp(logarithm)
        return values[:, 0] if self.single else values

    @cached_property
    def chi_b(self) -> Any:
        """Mean squared gradient of the biases ``b_l``; 0 at index 0, which has none."""
        return self._parameter("b")

    @cached_property
    def chi_w(self) -> Any:
        """Mean squared gradient of the weights ``W_l``; 0 at index 0, which has none."""
        return self._parameter("w")

    @cached_property
    def chi_v(self) -> Any:
        """Mean squared gradient of the outer weights ``V_l``; 0 at index 0, which has none."""
        return self._parameter("v")

    @cached_property
    def chi_a(self) -> Any:
        """Mean squared gradient of the outer biases ``a_l``; 0 at index 0, which has none."""
        return self._parameter("a")

    def log_parameter(self, name: str) -> Any:
        """Return ``log chi_b`` (or w, v, a) of the layers 1 to depth, entry 0 being layer 1."""
        if name not in parameters_of(self._nets[0]):
            kind = type(self._nets[0]).__name__
            raise InvalidArgument(expected("architecture", f"to have parameters {name}", kind))
        found = self._gradients
        if isinstance(found, BallGradients):
            with working_bits(self.bits):
                return _enclosures([_logarithm(value) for value in getattr(found, name)])
        with np.errstate(divide="ignore"):  # a gradient of zero has the logarithm -inf
            values = found.log_chi[1:] + np.log(getattr(found, name))
        return values[:, 0] if self.single else values

    def columns(self, *, gradients: bool = False) -> dict[str, list[Any]]:
        """Return named columns of one setting by layer; None where a layer has no such entry."""
        if not self.single:
            raise InvalidArgument(expected("trajectory", "of one setting", len(self._nets)))
        names = ["p", "q"]
        if len(self.rows.get("other_p", ())):
            names += ["other_p", "other_q"]
        if len(self.rows.get("gamma", ())):
            names += ["gamma", "lambda_", "e", "c", "s", "e_gap", "c_gap"]
        found: dict[str, list[Any]] = {"layer": list(range(self.depth + 1))}
        for name in names:
            found[name.rstrip("_")] = list(getattr(self, name))
        if gradients:
            found["log_chi"] = list(self.log_chi)
            for name in parameters_of(self._nets[0]):
                found[f"log_chi_{name}"] = [None, *self.log_parameter(name)]
        return found

    def to_csv(
        self, file: str | Path | None = None, *, gradients: bool = False, every: int = 1
    ) -> str:
        """Return a table of one setting as comma separated values, and write it to ``file``.

        Floats are written so that they read back the same, enclosures with their proved digits.
        """
        check_integer("every", every, minimum=1)
        columns = self.columns(gradients=gradients)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        for layer in range(self.depth + 1):
            if layer % every == 0 or layer == self.depth:
                writer.writerow([written(values[layer]) for values in columns.values()])
        if file is not None:
            Path(file).write_text(text.getvalue(), encoding="utf-8")
        return text.getvalue()


def written(value: Any) -> str:
    """Return a table entry as text: proved digits, the shortest exact float, or nothing."""
    if value is None:
        return ""
    if isinstance(value, Enclosure):
        return str(value)
    return repr(value.item() if isinstance(value, np.generic) else value)


def _logarithm(value: arb) -> arb:
    return arb("-inf") if value.is_zero() else value.log()


def _enclosures(balls: Sequence[arb]) -> Any:
    result = np.empty(len(balls), dtype=object)
    result[:] = [Enclosure(ball) for ball in balls]
    return result
