"""What widely used libraries ship in place of the constants, digit by digit.

The numbers are quoted to be compared with certified ones; nothing is computed from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from symprop.foundation.errors import InvalidArgument, expected

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["GAIN_SHIPMENTS", "SHIPMENTS", "Shipment"]


@dataclass(frozen=True, slots=True)
class Shipment:
    """A number as a library has it in its source.

    Attributes
    ----------
    library : str
        Name of the library.
    place : str
        File or function that holds the number.
    value : str
        The number as a decimal or rational string, exactly as shipped.

    Raises
    ------
    InvalidArgument
        If library or place is empty.
    """

    library: str
    place: str
    value: str

    def __post_init__(self) -> None:
        if not self.library.strip() or not self.place.strip():
            raise InvalidArgument(expected("library and place", "not to be empty", self.value))


_TORCH_SELU = ("PyTorch", "torch.nn.SELU")

SHIPMENTS: Mapping[str, tuple[Shipment, ...]] = MappingProxyType(
    {
        "selu.alpha": (Shipment(*_TORCH_SELU, "1.6732632423543772848170429916717"),),
        "selu.lambda": (Shipment(*_TORCH_SELU, "1.0507009873554804934193349852946"),),
        "relu.slope_ratio": (
            Shipment("DKS", "dks/base/activation_transform.py", "1.466942206924260361"),
        ),
    }
)
"""Shipped numbers of the constants that are no gains."""

_SAMPLED = {
    "relu": "1.7139588594436646",
    "leaky_relu": "1.70590341091156",
    "relu6": "1.7131484746932983",
    "elu": "1.2716004848480225",
    "celu": "1.270926833152771",
    "selu": "1.0008515119552612",
    "gelu": "1.7015043497085571",
    "silu": "1.7881293296813965",
    "softplus": "1.9203323125839233",
    "log_sigmoid": "1.9193484783172607",
    "sigmoid": "4.803835391998291",
    "tanh": "1.5939117670059204",
    "softsign": "2.338853120803833",
}


def _sampled(value: str) -> tuple[Shipment, ...]:
    return (
        Shipment("NFNets", "nfnets/base.py", value),
        Shipment("timm", "timm/models/nfnet.py", value),
    )


def _initialisation(value: str) -> tuple[Shipment, ...]:
    return (Shipment("PyTorch", "torch.nn.init.calculate_gain", value),)


GAIN_SHIPMENTS: Mapping[str, Mapping[str, tuple[Shipment, ...]]] = MappingProxyType(
    {
        "variance": {spec: _sampled(value) for spec, value in _SAMPLED.items()},
        "second-moment": {
            "tanh": _initialisation("5/3"),
            "selu": _initialisation("3/4"),
            "sigmoid": _initialisation("1"),
        },
    }
)
"""Shipped gains by kind and activation."""
