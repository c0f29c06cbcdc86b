"""symprop: exact kernels, certified constants and checked theorems of signal propagation."""

from __future__ import annotations

__version__ = "0.1.0.dev0"
