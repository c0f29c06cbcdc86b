"""Settings shared by all tests: reproducible property tests, and no leak of precision."""

from __future__ import annotations

import os
from collections.abc import Iterator

import flint
import mpmath
import pytest
from hypothesis import settings

# The matrices of the tests are small: more threads of linear algebra mostly wait for each other,
# for many times the work. The counts are read when NumPy is loaded, here and in child processes.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

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
