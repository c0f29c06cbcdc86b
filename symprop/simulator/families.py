"""Kinds of networks: who samples them, and what can be measured of what they leave behind.

Each family has its own record of a run. A new one is one entry of `FAMILIES`; nothing else needs to
know it. Samplers and observables are named, and imported only when a network of the family is run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from symprop.foundation.errors import InvalidArgument, UnsupportedLaw, expected
from symprop.foundation.validation import check_choice
from symprop.specs.architectures import (
    FullResidual,
    FullyConnected,
    LayerNormResidual,
    ReducedResidual,
)
from symprop.specs.batch_normalized import BatchNormalized
from symprop.specs.branched import DenseNet, Reduced, ResNet, Vanilla
from symprop.specs.sensitivity_networks import (
    BatchNormFeedforward,
    BatchNormResidual,
    VanillaNetwork,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = [
    "FAMILIES",
    "METHODS",
    "Family",
    "Observable",
    "family_of",
    "load",
    "load_observables",
    "load_sampler",
]

METHODS = ("conditioned", "dense")
"""Ways to sample a network: by what its inputs see of it, or with all its weights."""


@dataclass(frozen=True)
class Observable:
    """One quantity that can be measured of one sampled network.

    Attributes
    ----------
    function : callable
        From the record of a run to a float64 array.
    axes : tuple of str
        Names of the axes of that array, such as ``("layer", "input", "other")``.
    unit : str
        What the numbers are, such as ``"mean square"``; empty for pure numbers.
    description : str
        One line.
    requires_backward : bool
        Whether a run without backward pass does not have it.
    option : str or None
        The option of the sampler that makes it record what is needed, if there is one; it is
        switched on where the observable is asked for.
    """

    function: Callable[[Any], Array]
    axes: tuple[str, ...]
    unit: str
    description: str
    requires_backward: bool = False
    option: str | None = None


@dataclass(frozen=True)
class Family:
    """A kind of networks with its samplers and observables, each named ``"module:name"``.

    Attributes
    ----------
    architectures : tuple of type
        The classes of `symprop.specs` that describe these networks.
    dense, conditioned : str or None
        Functions ``f(architecture, inputs, depth, *, rng, ...)`` that return the record of one
        run; there may be no conditioned one.
    observables : str
        A mapping from names to `Observable`.
    reason : str
        Why there is no conditioned sampler, for the message that says so.
    inputs : str or None
        A function ``f(architecture, spec, width, *, rng)`` that draws the inputs, if they are
        more than the columns of `symprop.simulator.inputs.generate_inputs`.
    usual : tuple of str
        The observables that are kept if none are asked for; empty means all. Those that require
        a backward pass are left out where there is none.
    """

    architectures: tuple[type, ...]
    dense: str
    conditioned: str | None
    observables: str
    reason: str = ""
    inputs: str | None = None
    usual: tuple[str, ...] = ()


FAMILIES: tuple[Family, ...] = (
    Family(
        architectures=(FullyConnected, LayerNormResidual, ReducedResidual, FullResidual),
        dense="symprop.simulator.dense:dense_run",
        conditioned="symprop.simulator.conditioned:conditioned_run",
        observables="symprop.simulator.observables:OBSERVABLES",
        usual=("p", "q", "e", "c", "chi", "chi_b", "chi_w"),
    ),
    Family(
        architectures=(VanillaNetwork, BatchNormFeedforward, BatchNormResidual),
        dense="symprop.simulator.sensitivity_dense:sensitivity_dense_run",
        conditioned="symprop.simulator.sensitivity_conditioned:sensitivity_conditioned_run",
        observables="symprop.simulator.sensitivity_observables:OBSERVABLES",
        inputs="symprop.simulator.sensitivity_data:sensitivity_inputs",
        usual=("nu_2_x", "mu_2_x", "nu_2_s", "zeta", "zeta_increment", "dead"),
    ),
    Family(
        architectures=(Vanilla, ResNet, DenseNet, Reduced),
        dense="symprop.simulator.branched_dense:dense_branched_run",
        conditioned="symprop.simulator.branched_conditioned:conditioned_branched_run",
        observables="symprop.simulator.branched_run:BRANCHED_OBSERVABLES",
        usual=("p", "f", "chi", "jacobian", "tangent_kernel"),
    ),
    Family(
        architectures=(BatchNormalized,),
        dense="symprop.simulator.batch_dense:dense_batch_run",
        conditioned="symprop.simulator.batch_conditioned:conditioned_batch_run",
        observables="symprop.simulator.batch_observables:BATCH_OBSERVABLES",
        usual=("e", "orthogonality_gap", "effective_rank"),
    ),
)
"""All families."""


def family_of(architecture: Any) -> Family:
    """Return the family that a network belongs to.

    Raises
    ------
    InvalidArgument
        If there is none.

    Examples
    --------
    >>> family_of(FullyConnected("relu", 2)).dense
    'symprop.simulator.dense:dense_run'
    """
    for family in FAMILIES:
        if isinstance(architecture, family.architectures):
            return family
    names = ", ".join(kind.__name__ for family in FAMILIES for kind in family.architectures)
    raise InvalidArgument(expected("architecture", f"to be one of {names}", architecture))


def load_sampler(family: Family, method: str) -> Callable[..., Any]:
    """Return the function that samples one network of a family.

    Raises
    ------
    UnsupportedLaw
        If there is no conditioned sampler; the message says why.

    Examples
    --------
    >>> load_sampler(family_of(FullyConnected("relu", 2)), "conditioned").__name__
    'conditioned_run'
    """
    name = family.dense
    if check_choice("method", method, METHODS) == "conditioned":
        if family.conditioned is None:
            kinds = ", ".join(kind.__name__ for kind in family.architectures)
            raise UnsupportedLaw(
                f"There is no conditioned sampler for {kinds}: {family.reason}. "
                "The dense sampler takes them."
            )
        name = family.conditioned
    function: Callable[..., Any] = load(name)
    return function


def load_observables(family: Family) -> Mapping[str, Observable]:
    """Return what can be measured of the networks of a family, by name.

    Examples
    --------
    >>> load_observables(family_of(FullyConnected("relu", 2)))["gamma"].axes
    ('layer', 'input', 'other')
    """
    table: Mapping[str, Observable] = load(family.observables)
    return table


def load(name: str) -> Any:
    """Return what ``"module:name"`` names.

    Examples
    --------
    >>> load("symprop.simulator.dense:dense_run").__name__
    'dense_run'
    """
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)
