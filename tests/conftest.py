"""Settings shared by all tests: reproducible property tests, and no leak of precision."""

from __future__ import annotations

from collections.abc import Iterator

import flint
import mpmath
import pytest
from hypothesis import settings

settings.register_profile(
    "deterministic", derandomize=True, deadline=None, database=None, max_examples=60
)
settings.load_profile("deterministic")


@pytest.fixture(autouse=True)
def _precision_is_restored() -> Iterator[None]:
    """Fail any test after which a global precision is not what it was."""
    before = flint.ctx.prec, mpmath.mp.prec
    yield
    after = flint.ctx.prec, mpmath.mp.prec
    flint.ctx.prec, mpmath.mp.prec = before
    assert after == before, f"precision leaked: (flint, mpmath) bits {before} became {after}"
