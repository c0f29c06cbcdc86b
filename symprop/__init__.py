"""symprop: exact kernels, certified constants and checked theorems of signal propagation.

Public names are loaded when first used, so that ``import symprop`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symprop.asymptotics.abel_forms import abel_form as abel_form
    from symprop.asymptotics.angle_constants import angle_constant as angle_constant
    from symprop.asymptotics.autonomous import autonomous_expansion as autonomous_expansion
    from symprop.asymptotics.contraction import convergence as convergence
    from symprop.asymptotics.critical_line import (
        critical_weight_variance as critical_weight_variance,
    )
    from symprop.asymptotics.kernel_maps import kernel_map as kernel_map
    from symprop.asymptotics.length_expansions import length_expansion as length_expansion
    from symprop.asymptotics.matching import match_constant as match_constant
    from symprop.asymptotics.phases import phase as phase
    from symprop.asymptotics.residual_laws import residual_rates as residual_rates
    from symprop.constants.catalogue import constant as constant
    from symprop.constants.gains import gain as gain
    from symprop.foundation.errors import InvalidArgument as InvalidArgument
    from symprop.foundation.errors import MissingBackend as MissingBackend
    from symprop.foundation.errors import NoClosedForm as NoClosedForm
    from symprop.foundation.errors import NoConvergence as NoConvergence
    from symprop.foundation.errors import OutOfDomain as OutOfDomain
    from symprop.foundation.errors import PrecisionNotReached as PrecisionNotReached
    from symprop.foundation.errors import SymPropError as SymPropError
    from symprop.foundation.errors import UndecidedComparison as UndecidedComparison
    from symprop.gaussian.duality import dual_kernel as dual_kernel
    from symprop.gaussian.expectation import gaussian_expectation as gaussian_expectation
    from symprop.gaussian.hermite import hermite_coefficients as hermite_coefficients
    from symprop.gaussian.transforms import v_transform as v_transform
    from symprop.gaussian.transforms import w_transform as w_transform
    from symprop.moments.diagonal import output_moments as output_moments
    from symprop.moments.diagonal import tangent_moments as tangent_moments
    from symprop.numerics.enclosure import Enclosure as Enclosure
    from symprop.recurrences.nngp import nngp_kernel as nngp_kernel
    from symprop.recurrences.ntk import tangent_kernel as tangent_kernel
    from symprop.recurrences.trajectories import trajectory as trajectory
    from symprop.simulator.extrapolation import width_extrapolation as width_extrapolation
    from symprop.simulator.monte_carlo import simulate as simulate
    from symprop.simulator.result import Simulation as Simulation
    from symprop.specs.activations import Activation as Activation
    from symprop.specs.activations import activation as activation
    from symprop.specs.architectures import FullResidual as FullResidual
    from symprop.specs.architectures import FullyConnected as FullyConnected
    from symprop.specs.architectures import LayerNormResidual as LayerNormResidual
    from symprop.specs.architectures import ReducedResidual as ReducedResidual
    from symprop.specs.batch_normalized import BatchNormalized as BatchNormalized
    from symprop.specs.branched import DenseNet as DenseNet
    from symprop.specs.branched import Reduced as Reduced
    from symprop.specs.branched import ResNet as ResNet
    from symprop.specs.branched import Vanilla as Vanilla
    from symprop.specs.sensitivity_networks import BatchNormFeedforward as BatchNormFeedforward
    from symprop.specs.sensitivity_networks import BatchNormResidual as BatchNormResidual
    from symprop.specs.sensitivity_networks import VanillaNetwork as VanillaNetwork

__version__ = "0.1.0.dev0"

_HOMES = {
    "abel_form": "symprop.asymptotics.abel_forms",
    "angle_constant": "symprop.asymptotics.angle_constants",
    "autonomous_expansion": "symprop.asymptotics.autonomous",
    "convergence": "symprop.asymptotics.contraction",
    "critical_weight_variance": "symprop.asymptotics.critical_line",
    "kernel_map": "symprop.asymptotics.kernel_maps",
    "length_expansion": "symprop.asymptotics.length_expansions",
    "match_constant": "symprop.asymptotics.matching",
    "phase": "symprop.asymptotics.phases",
    "residual_rates": "symprop.asymptotics.residual_laws",
    "constant": "symprop.constants.catalogue",
    "gain": "symprop.constants.gains",
    **dict.fromkeys(
        (
            "InvalidArgument",
            "MissingBackend",
            "NoClosedForm",
            "NoConvergence",
            "OutOfDomain",
            "PrecisionNotReached",
            "SymPropError",
            "UndecidedComparison",
        ),
        "symprop.foundation.errors",
    ),
    "dual_kernel": "symprop.gaussian.duality",
    "gaussian_expectation": "symprop.gaussian.expectation",
    "hermite_coefficients": "symprop.gaussian.hermite",
    **dict.fromkeys(("v_transform", "w_transform"), "symprop.gaussian.transforms"),
    **dict.fromkeys(("output_moments", "tangent_moments"), "symprop.moments.diagonal"),
    "Enclosure": "symprop.numerics.enclosure",
    "nngp_kernel": "symprop.recurrences.nngp",
    "tangent_kernel": "symprop.recurrences.ntk",
    "trajectory": "symprop.recurrences.trajectories",
    "width_extrapolation": "symprop.simulator.extrapolation",
    "simulate": "symprop.simulator.monte_carlo",
    "Simulation": "symprop.simulator.result",
    **dict.fromkeys(("Activation", "activation"), "symprop.specs.activations"),
    **dict.fromkeys(
        ("FullResidual", "FullyConnected", "LayerNormResidual", "ReducedResidual"),
        "symprop.specs.architectures",
    ),
    "BatchNormalized": "symprop.specs.batch_normalized",
    **dict.fromkeys(("DenseNet", "Reduced", "ResNet", "Vanilla"), "symprop.specs.branched"),
    **dict.fromkeys(
        ("BatchNormFeedforward", "BatchNormResidual", "VanillaNetwork"),
        "symprop.specs.sensitivity_networks",
    ),
}

__all__ = ["__version__", *sorted(_HOMES)]  # noqa: PLE0604  (all are strings)


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'symprop' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(_HOMES))
