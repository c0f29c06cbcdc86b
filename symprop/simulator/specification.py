"""Everything a simulation depends on, as data that can be written down and run again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_choice, check_flag, check_integer, check_sequence
from symprop.numerics.arrays import real_array
from symprop.simulator.backends import BACKENDS, DTYPES
from symprop.simulator.families import FAMILIES, METHODS, family_of, load_observables
from symprop.simulator.inputs import number_of_inputs, self_contained
from symprop.specs.activations import Activation, activation
from symprop.specs.expression import parse_number
from symprop.specs.initialization import weight_law

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symprop.simulator.families import Family

    Array = NDArray[np.float64]

__all__ = ["BACKWARD", "FAILURES", "Specification"]

BACKWARD = ("true", "independent")
"""Kinds of backward pass: through the weights of the way forward, or through fresh ones."""

FAILURES = ("raise", "leave-out")
"""What may be done about a run that leaves the domain of its network."""

_FORMAT = 1
_KINDS = {kind.__name__: kind for family in FAMILIES for kind in family.architectures}


@dataclass(frozen=True, eq=False)
class Specification:
    """A simulation before it is run; two equal ones give equal numbers, bit by bit.

    Attributes
    ----------
    architecture : object
        One of `symprop.specs`.
    width, depth, runs : int
        Size of the network, and how many of them.
    inputs : str or array of shape (width, k)
        What `symprop.simulator.inputs.generate_inputs` reads, or the columns themselves.
    method : {"conditioned", "dense"}
        The sampler.
    law : str
        Law of the weights.
    backend, dtype, device : str, str, str or None
        For dense weights.
    backward : {None, "true", "independent"}
        Kind of backward pass.
    observables : tuple of str
        What is kept; empty means the usual ones of the family.
    seed : int
        Root of all randomness: inputs and weights of run ``r`` come from the children ``(0, r)``
        and ``(1, r)`` of ``numpy.random.SeedSequence(seed)``.
    same_inputs : bool
        Whether all runs see the inputs of the first.
    options : mapping from str to bool, int, float, str or None
        Further options of the sampler, such as ``{"jacobian": True}``.
    failures : {"raise", "leave-out"}
        Whether a run whose signals overflow, or vanish where they are normalised, ends the
        simulation or is left out of it.

    Raises
    ------
    InvalidArgument
        If an argument is malformed, or an observable is not known or needs a backward pass.

    Conventions
    -----------
    A Gram matrix in a file is read at once and becomes part of the description.

    Examples
    --------
    >>> from symprop.specs.architectures import FullyConnected
    >>> net = FullyConnected("relu", 2)
    >>> asked = Specification(net, width=100, depth=3, runs=5)
    >>> asked.observables, asked.count
    (('p', 'q', 'e', 'c'), 2)
    >>> Specification.from_document(asked.document()).digest == asked.digest
    True
    """

    architecture: Any
    width: int
    depth: int
    runs: int
    inputs: str | Array = "cos:1/2"
    method: str = "conditioned"
    law: str = "gaussian"
    backend: str = "numpy"
    dtype: str = "float64"
    device: str | None = None
    backward: str | None = None
    observables: tuple[str, ...] = ()
    seed: int = 0
    same_inputs: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    failures: str = "raise"

    def __post_init__(self) -> None:
        family = self.family
        for name in ("width", "depth", "runs"):
            self._set(name, check_integer(name, getattr(self, name), minimum=1))
        self._set("seed", check_integer("seed", self.seed, minimum=0))
        check_flag("same_inputs", self.same_inputs)
        check_choice("failures", self.failures, FAILURES)
        check_choice("method", self.method, METHODS)
        check_choice("backend", self.backend, BACKENDS)
        check_choice("dtype", self.dtype, DTYPES)
        self._set("law", weight_law(self.law).name)
        if self.backward is not None:
            check_choice("backward", self.backward, BACKWARD)
        if self.device is not None and not isinstance(self.device, str):
            raise InvalidArgument(expected("device", "to be a name such as cuda", self.device))
        if self.method == "conditioned":
            for name, usual in (("backend", "numpy"), ("dtype", "float64"), ("device", None)):
                if getattr(self, name) != usual:
                    condition = "left as it is by the conditioned method, which has no matrices"
                    raise InvalidArgument(expected(name, condition, getattr(self, name)))
        self._set("options", _checked_options(self.options))
        self._set("inputs", _checked_inputs(self.inputs, self.width, own=bool(family.inputs)))
        self._set("observables", _checked_observables(family, self.observables, self.backward))

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    @property
    def family(self) -> Family:
        """The kind of network."""
        return family_of(self.architecture)

    @property
    def count(self) -> int:
        """Number of inputs."""
        if isinstance(self.inputs, str):
            return number_of_inputs(self.inputs)
        return int(self.inputs.shape[-1])

    @property
    def digest(self) -> str:
        """Digest of what each run depends on, so not of how many there are or what if one fails."""
        document = self.document()
        del document["runs"], document["failures"]
        return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()

    def document(self) -> dict[str, Any]:
        """Return the specification as JSON values; of given inputs, their shape and digest."""
        document: dict[str, Any] = {"format": _FORMAT}
        document |= {item.name: getattr(self, item.name) for item in fields(self)}
        document["architecture"] = _architecture_document(self.architecture)
        document["observables"] = list(self.observables)
        if not isinstance(self.inputs, str):
            sha256 = hashlib.sha256(self.inputs.tobytes()).hexdigest()
            document["inputs"] = {"shape": list(self.inputs.shape), "sha256": sha256}
        return document

    @classmethod
    def from_document(
        cls, document: Mapping[str, Any], *, inputs: Array | None = None
    ) -> Specification:
        """Return the specification written in a document, with the inputs if they were given.

        Raises
        ------
        InvalidArgument
            If the document is something else, or the inputs are not those it was written with.
        """
        try:
            values = dict(document)
            if values.pop("format") != _FORMAT:
                raise InvalidArgument(expected("document", "of a known format", document["format"]))
            values["architecture"] = _architecture(values["architecture"])
            values["observables"] = tuple(values["observables"])
            if not isinstance(values["inputs"], str):
                values["inputs"] = inputs
            found = cls(**values)
        except (KeyError, TypeError, AttributeError) as error:
            condition = f"to describe a simulation ({type(error).__name__}: {error})"
            raise InvalidArgument(expected("document", condition, document)) from None
        if found.document()["inputs"] != document["inputs"]:
            condition = "to be those of the document"
            raise InvalidArgument(expected("inputs", condition, document["inputs"]))
        return found

    def __getstate__(self) -> dict[str, Any]:
        return dict(self.__dict__)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)  # checked before the journey


def _checked_inputs(inputs: Any, width: int, *, own: bool) -> str | Array:
    if isinstance(inputs, str):
        return self_contained(inputs)
    columns = np.array(real_array("inputs", inputs), dtype=np.float64, order="C")
    if not own and (columns.ndim != 2 or columns.shape[0] != width or not columns.size):
        raise InvalidArgument(expected("inputs", f"of shape ({width}, k)", columns.shape))
    if not np.isfinite(columns).all():
        raise InvalidArgument(expected("inputs", "to be finite", "an array that is not"))
    columns.flags.writeable = False
    return columns


def _checked_observables(family: Family, names: Any, backward: str | None) -> tuple[str, ...]:
    table = load_observables(family)
    given = names if not isinstance(names, str) else [names] if names else []
    listed = check_sequence("observables", given, "names")
    if not listed:
        usual = family.usual or tuple(table)
        return tuple(n for n in usual if backward or not table[n].requires_backward)
    for name in listed:
        check_choice("observables", name, tuple(table))
        if table[name].requires_backward and backward is None:
            condition = f"without {name}, or with a backward pass"
            raise InvalidArgument(expected("observables", condition, listed))
    return tuple(dict.fromkeys(listed))


def _checked_options(options: Any) -> dict[str, Any]:
    if not isinstance(options, Mapping):
        raise InvalidArgument(expected("options", "to map names to plain values", options))
    return {str(name): _scalar(str(name), value) for name, value in options.items()}


def _scalar(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise InvalidArgument(expected("options", f"to have a plain value of {name}", value))


def _architecture_document(architecture: Any) -> dict[str, Any]:
    names = [item.name for item in fields(architecture) if item.init]
    entries = {name: _plain(getattr(architecture, name)) for name in names}
    return {"kind": type(architecture).__name__} | entries


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it, without loss."""
    if isinstance(value, tuple(_KINDS.values())):
        return _architecture_document(value)
    if isinstance(value, Activation):
        return {"activation": value.name}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, Fraction | sympy.Expr):
        return {"number": str(value)}
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    condition = "to have entries that can be written down (exact numbers, floats or strings)"
    raise InvalidArgument(expected("architecture", condition, value))


def _architecture(document: Mapping[str, Any]) -> Any:
    entries = {name: _read(value) for name, value in document.items() if name != "kind"}
    return _KINDS[document["kind"]](**entries)


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_read(entry) for entry in value)
    if isinstance(value, dict):
        if "kind" in value:
            return _architecture(value)
        if "activation" in value:
            return activation(value["activation"])
        return parse_number(value["number"])
    return value
