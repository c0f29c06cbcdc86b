"""Memory that a simulation will need, told before it starts rather than by the system's killer."""

from __future__ import annotations

from decimal import Decimal
from math import prod
from typing import TYPE_CHECKING

from symprop.foundation.errors import InvalidArgument, expected
from symprop.simulator.backends import physical_memory
from symprop.simulator.families import load_observables

if TYPE_CHECKING:
    from symprop.simulator.specification import Specification

__all__ = ["check_memory", "memory_needed", "result_bytes"]

_ARRAYS = 14  # of the size of the signals: what a run holds at a time, but for the way back
_KEPT = 2**29  # bytes that it keeps for the way back, beyond which it repeats layers
_RECORDED = 4  # arrays of inner products, for all layers
_DERIVATIVES = 3  # arrays of the size of the derivative by the inputs
_GIGABYTE = 10**9


def memory_needed(specification: Specification) -> int:
    """Return about how many bytes one run needs at its peak.

    Parameters
    ----------
    specification : Specification
        The simulation.

    Returns
    -------
    int
        For families other than chains of layers, a lower bound: one dense matrix.

    Examples
    --------
    >>> from symprop.simulator.specification import Specification
    >>> from symprop.specs.architectures import FullyConnected
    >>> asked = Specification(FullyConnected("relu", 2), width=10**6, depth=10, runs=1)
    >>> round(memory_needed(asked) / 1e9, 6)
    0.224001
    """
    return _one_run(specification, specification.width, specification.depth, specification.count)


def result_bytes(specification: Specification) -> int:
    """Return about how many bytes of results a run leaves, at most.

    Examples
    --------
    >>> from symprop.simulator.specification import Specification
    >>> from symprop.specs.architectures import FullyConnected
    >>> result_bytes(Specification(FullyConnected("relu", 2), width=9, depth=1, runs=1))
    192
    """
    return _results(specification, specification.depth, specification.count)


def check_memory(specification: Specification, *, jobs: int, keeps_all: bool = False) -> None:
    """Raise unless that many runs at a time fit in the memory of this machine.

    Parameters
    ----------
    specification : Specification
        The simulation.
    jobs : int
        Runs at a time.
    keeps_all : bool
        Whether the results of all runs stay in memory.

    Raises
    ------
    InvalidArgument
        If they do not; the message says how much is needed, and names the argument that would
        save most.
    """
    if specification.device not in (None, "cpu"):
        return
    sizes = {
        "width": specification.width,
        "depth": specification.depth,
        "inputs": specification.count,
        "runs": specification.runs,
    }

    def needed(width: int, depth: int, inputs: int, runs: int) -> int:
        kept = runs * _results(specification, depth, inputs) if keeps_all else 0
        return jobs * _one_run(specification, width, depth, inputs) + kept

    total, available = needed(**sizes), physical_memory()
    if total > available:
        name = min(sizes, key=lambda one: needed(**{**sizes, one: 1}))
        together = "" if jobs == 1 else f" for {jobs} runs at a time"
        condition = (
            f"small enough: {specification.method} runs of {specification.depth} layers of width "
            f"{specification.width} with {specification.count} inputs need "
            f"{_gigabytes(total)} GB of memory{together}, and there are {_gigabytes(available)} GB"
        )
        raise InvalidArgument(expected(name, condition, sizes[name]))


def _one_run(specification: Specification, width: int, depth: int, count: int) -> int:
    signals = 8 * width * count
    kept = signals * (5 * depth) if specification.backward else 0
    record = _RECORDED * 8 * (depth + 1) * count**2
    if specification.method == "conditioned":
        return _ARRAYS * signals + min(kept, _KEPT) + record
    matrices = 1
    if hasattr(specification.architecture, "layer"):
        first = specification.architecture.layer(1)
        matrices = 1 if first.branch_weight_variance is None else 2
    number = matrices * depth if specification.backward == "true" else matrices
    itemsize = 8 if specification.dtype == "float64" else 4
    table = load_observables(specification.family)
    differentiated = any(table[name].option == "jacobian" for name in specification.observables)
    derivatives = _DERIVATIVES * 8 * count * width**2 if differentiated else 0
    return number * width**2 * itemsize + _ARRAYS * signals + kept + record + derivatives


def _results(specification: Specification, depth: int, count: int) -> int:
    table, width = load_observables(specification.family), specification.width
    sizes = {"input": count, "other": count, "channel": width, "direction": width * count}
    numbers = (
        prod(sizes.get(axis, depth + 1) for axis in table[name].axes)
        for name in specification.observables
    )
    return 8 * sum(numbers)


def _gigabytes(size: float) -> str:
    return f"{Decimal(int(size)) / _GIGABYTE:.3g}"
