"""Dense random matrices in torch: any device, single or double precision.

Importing this module does not import torch; making a `TorchBackend` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.foundation.errors import InvalidArgument, MissingBackend, expected
from symprop.simulator.backends import Backend, physical_memory

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["TorchBackend"]


def _torch() -> Any:
    try:
        import torch
    except ImportError:
        raise MissingBackend("This backend needs torch: pip install 'symprop[torch]'.") from None
    return torch


@dataclass(frozen=True)
class TorchBackend(Backend):
    """Matrices in torch, on one device.

    Attributes
    ----------
    dtype : {"float64", "float32"}
        Precision of the weights and of the products with them.
    device : str
        As torch names it: ``"cpu"``, ``"cuda"``, ``"cuda:1"``, ...

    Raises
    ------
    MissingBackend
        If torch is not installed.
    InvalidArgument
        If torch does not know, or cannot use, the device in this precision.

    Conventions
    -----------
    Each matrix comes from a torch generator of its own, whose seed is drawn from the NumPy
    generator of the run: torch's global random state is neither read nor changed. The numbers
    differ from those of `NumpyBackend` with the same seed, and from one kind of device to another.
    """

    device: str = "cpu"

    def __post_init__(self) -> None:
        super().__post_init__()
        torch = _torch()
        try:
            torch.empty(1, dtype=self._kind, device=self.device)
            torch.Generator(device=self.device)
        except (RuntimeError, AssertionError, TypeError, ValueError) as error:
            reason = str(error).partition("\n")[0]
            raise InvalidArgument(
                expected("device", f"usable by torch ({reason})", self.device)
            ) from None

    def memory(self) -> float:
        """Return the bytes of memory of the device."""
        if self.device.startswith("cuda"):
            return float(_torch().cuda.mem_get_info(self.device)[1])
        return physical_memory()

    def stream(self, rng: np.random.Generator) -> Any:
        """Return a torch generator with a seed drawn from ``rng``."""
        generator = _torch().Generator(device=self.device)
        generator.manual_seed(int(rng.integers(2**63)))
        return generator

    def normal(self, width: int, stream: Any) -> Any:
        """Return a square tensor of standard normal numbers."""
        return self._empty(width).normal_(generator=stream)

    def uniform(self, width: int, stream: Any) -> Any:
        """Return a square tensor of numbers uniform on ``[0, 1)``."""
        return self._empty(width).uniform_(generator=stream)

    def exponential(self, width: int, stream: Any) -> Any:
        """Return a square tensor of standard exponential numbers."""
        return self._empty(width).exponential_(generator=stream)

    def signs(self, width: int, stream: Any) -> Any:
        """Return a square tensor of fair signs."""
        return self._empty(width).random_(0, 2, generator=stream).mul_(2).sub_(1)

    def orthogonal_factor(self, matrix: Any) -> Any:
        """Return ``Q`` of ``matrix = Q R`` with positive diagonal of ``R``."""
        torch = _torch()
        q, r = torch.linalg.qr(matrix)
        return q.mul_(torch.copysign(torch.ones_like(r.diagonal()), r.diagonal()))

    def from_numpy(self, columns: NDArray[np.float64]) -> Any:
        """Return columns as a tensor on the device."""
        return _torch().asarray(columns.copy(), dtype=self._kind, device=self.device)

    def to_numpy(self, columns: Any) -> NDArray[np.float64]:
        """Return columns as a float64 array on the host."""
        return np.asarray(columns.cpu().numpy(), dtype=np.float64)

    def _empty(self, width: int) -> Any:
        return _torch().empty((width, width), dtype=self._kind, device=self.device)

    @property
    def _kind(self) -> Any:
        return getattr(_torch(), self.dtype)
