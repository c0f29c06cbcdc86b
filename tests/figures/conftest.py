"""Figures are made once, for the tests of their curves and for those of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module

import pytest

from symprop.figures.catalogue import FIGURES


@pytest.fixture(scope="session", autouse=True)
def _figures_are_made_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module, maker in FIGURES.values():
            patch.setattr(f"{module}.{maker}", cache(getattr(import_module(module), maker)))
        yield
