"""Panels of V keep to their proved error, also at their ends."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb

from symprop.gaussian.transforms import v_transform
from symprop.recurrences.length_tables import DEGREE, LengthTable, evaluate_rows


@pytest.mark.parametrize("name", ["tanh", "erf", "hard_tanh"])
def test_values_are_within_the_proved_error(name: str) -> None:
    transform = v_transform(name)
    table = LengthTable(transform.float_face)
    random = np.random.default_rng(3)
    ends = np.ldexp(1.0 + np.arange(4) / 32, 3)
    q = np.concatenate([2.0 ** random.uniform(-3, 12, 40), ends, np.nextafter(ends, 0)])
    for variance, value in zip(q.tolist(), table(q).tolist(), strict=True):
        exact = transform.enclose(variance, dps=22).ball
        assert abs(exact - arb(value)) <= table.relative_error * exact
    assert table.relative_error < 2e-15


def test_a_panel_is_what_the_array_uses() -> None:
    table = LengthTable(v_transform("tanh").float_face)
    for q in (0.3, 1.0, 1.99, 2.0, 1234.5):
        panel = table.panel(q)
        local = panel.scale * q - panel.offset
        assert abs(local) <= 1
        rows = np.array(panel.coefficients)[:, None]
        assert len(panel.coefficients) == DEGREE + 1
        assert evaluate_rows(rows, np.array([local]))[0] == table(np.array([q]))[0]
