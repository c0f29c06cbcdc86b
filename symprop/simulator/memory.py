"""Memory that a simulation will need, told before it starts rather than by the system's killer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symprop.foundation.errors import InvalidArgument, expected
from symprop.simulator.backends import physical_memory

if TYPE_CHECKING:
    from symprop.simulator.specification import Specification

__all__ = ["check_memory", "memory_needed"]

_ARRAYS = 14  # of the size of the signals: what a run holds at a time, but for the way back
_KEPT = 2**29  # bytes that it keeps for the way back, beyond which it repeats layers
_GIGABYTE = 1e9


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
    >>> memory_needed(asked) / 1e9
    0.224
    """
    width, depth = specification.width, specification.depth
    signals = 8 * width * specification.count
    kept = signals * (5 * depth) if specification.backward else 0
    if specification.method == "conditioned":
        return _ARRAYS * signals + min(kept, _KEPT)
    matrices = [1] * depth
    if hasattr(specification.architecture, "layer"):
        layers = (specification.architecture.layer(index) for index in range(1, depth + 1))
        matrices = [1 if layer.branch_weight_variance is None else 2 for layer in layers]
    number = sum(matrices) if specification.backward == "true" else max(matrices)
    itemsize = 8 if specification.dtype == "float64" else 4
    return number * width**2 * itemsize + _ARRAYS * signals + kept


def check_memory(specification: Specification, *, jobs: int) -> None:
    """Raise unless that many runs at a time fit in the memory of this machine.

    Raises
    ------
    InvalidArgument
        If they do not; the message says how much is needed.
    """
    on_the_host = specification.device in (None, "cpu")
    needed, available = jobs * memory_needed(specification), physical_memory()
    if on_the_host and needed > available:
        together = "" if jobs == 1 else f" for {jobs} runs at a time"
        condition = (
            f"small enough: {specification.method} runs of {specification.depth} layers with "
            f"{specification.count} inputs need {needed / _GIGABYTE:.3g} GB of memory{together}, "
            f"and there are {available / _GIGABYTE:.3g} GB"
        )
        raise InvalidArgument(expected("width", condition, specification.width))
