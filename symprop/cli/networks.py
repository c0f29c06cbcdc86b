"""Networks named on the command line: short names, options for variances, settings for the rest."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

from symprop.cli.numeric import number
from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_choice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["SHORT_NAMES", "describe_network", "named_network", "read_settings"]

SHORT_NAMES = {
    "fc": "FullyConnected",
    "rrn": "ReducedResidual",
    "frn": "FullResidual",
    "block": "LayerNormResidual",
}
"""Short names of architectures."""

_WORDS = {"true": True, "false": False, "none": None}


def named_network(
    kinds: Sequence[type],
    name: str,
    activation: str,
    given: Mapping[str, str | None],
    settings: Mapping[str, Any] | None = None,
) -> Any:
    """Return the network of a name.

    Parameters
    ----------
    kinds : sequence of type
        The classes to choose from.
    name : str
        A key of `SHORT_NAMES`, or the name of a class, in any case.
    activation : str
        One for all layers, or several with ``;`` between.
    given : mapping from str to str or None
        Options that became fields; None where left out. Biases left out are 0.
    settings : mapping, optional
        Other fields.

    Raises
    ------
    InvalidArgument
        If there is no such network or field, or a field is missing.
    """
    by_name = {kind.__name__.lower(): kind for kind in kinds}
    short = {key: value for key, value in SHORT_NAMES.items() if value.lower() in by_name}
    long = {kind.__name__ for kind in kinds} - set(short.values())
    wanted = short.get(name.lower(), name).lower()
    if wanted not in by_name:
        check_choice("architecture", name, (*short, *sorted(long)))
    kind = by_name[wanted]
    known = {item.name: item for item in fields(kind) if item.init}
    functions = tuple(part for part in activation.split(";") if part.strip())
    values: dict[str, Any] = {}
    if "activation" in known:
        values["activation"] = functions if len(functions) > 1 else activation
    elif functions != ("relu",):
        condition = f"relu: {kind.__name__} knows no other"
        raise InvalidArgument(expected("activation", condition, activation))
    for field_name, text in given.items():
        if field_name in known and text is not None:
            is_number = field_name.endswith("variance")
            values[field_name] = number(field_name, text) if is_number else text
        elif field_name in known and field_name.endswith("bias_variance"):
            values[field_name] = number(field_name, "0")
        elif text is not None:
            condition = f"left out: {kind.__name__} has only {', '.join(known)}"
            raise InvalidArgument(expected(_option(field_name), condition, text))
    for field_name, value in (settings or {}).items():
        if field_name not in known:
            raise InvalidArgument(expected("--set", f"of one of {', '.join(known)}", field_name))
        values[field_name] = value
    for field_name, item in known.items():
        if field_name not in values and item.default is MISSING and item.default_factory is MISSING:
            how = _option(field_name) if field_name in given else f"--set {field_name}=VALUE"
            raise InvalidArgument(expected(field_name, f"given by {how}", "nothing"))
    return kind(**values)


def describe_network(kind: type, options: Sequence[str]) -> list[str]:
    """Return lines about a class of networks: its names, what it is, and how its fields are set.

    Parameters
    ----------
    kind : type
        A class of `symprop.specs`.
    options : sequence of str
        Fields that have an option of their own.

    Examples
    --------
    >>> from symprop.specs.branched import ResNet
    >>> describe_network(ResNet, [])[4]
    '    --set branch_depth=2'
    """
    short = [key for key, value in SHORT_NAMES.items() if value == kind.__name__]
    first = (kind.__doc__ or "").strip().splitlines()[0]
    lines = [", ".join([*short, kind.__name__]), f"    {first}"]
    for item in fields(kind):
        if not item.init or item.name == "activation":
            continue
        known = item.name in options
        how = f"{_option(item.name)} " if known else f"--set {item.name}="
        if item.default is MISSING:
            optional = known and item.name.endswith("bias_variance")
            lines.append(f"    {how}{'0' if optional else 'VALUE, to be given'}")
        else:
            lines.append(f"    {how}{_written(item.default)}")
    return lines


def _written(value: Any) -> str:
    """Return a default as `read_settings` reads it."""
    if isinstance(value, tuple):
        return ",".join(map(_written, value)) or ","
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


def read_settings(name: str, texts: Sequence[str]) -> dict[str, Any]:
    """Read ``NAME=VALUE`` options: integers, true, false, none, tuples with commas, or text.

    Examples
    --------
    >>> read_settings("--set", ["kernel=3", "extent=8,8", "scale=1/2", "center=false"])
    {'kernel': 3, 'extent': (8, 8), 'scale': '1/2', 'center': False}
    """
    found = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip().isidentifier():
            raise InvalidArgument(expected(name, "to be NAME=VALUE", text))
        parts = [_read(part.strip()) for part in value.split(",")]
        several = tuple(part for part in parts if part != "")  # 0 and false are entries as well
        found[key.strip()] = parts[0] if len(parts) == 1 else several
    return found


def _read(text: str) -> Any:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    digits = text.removeprefix("-")
    return int(text) if digits.isdecimal() and digits.isascii() else text


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
