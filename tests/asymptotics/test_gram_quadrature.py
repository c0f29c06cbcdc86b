"""Fixed points of the batch-normalised Gram map by quadrature on the sphere."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.asymptotics.gram_limits import batch_norm_fixed_point
from symprop.asymptotics.gram_quadrature import quadrature_fixed_point
from symprop.foundation.errors import OutOfDomain
from symprop.recurrences.normalization import batch_norm_gram
from symprop.specs.activations import activation


@pytest.mark.parametrize("center", [True, False])
def test_quadrature_agrees_with_closed_forms(center: bool) -> None:
    """A slightly bent identity is not homogeneous, and goes the other way."""
    bent = quadrature_fixed_point(activation("x + x**3/10**12"), 6, center)
    exact = batch_norm_fixed_point("identity", 6, center=center)
    assert not bent.proved
    assert float(bent.diagonal) == pytest.approx(float(exact.diagonal), abs=1e-10)
    assert float(bent.off_diagonal) == pytest.approx(float(exact.off_diagonal), abs=1e-10)
    for name, values in exact.eigenvalues.items():
        assert np.allclose(
            [float(value) for value in bent.eigenvalues[name]],
            [float(value) for value in values],
            atol=1e-9,
        )


@pytest.mark.parametrize("phi", ["tanh", "gelu", "elu"])
def test_other_activations_against_directions(phi: str) -> None:
    point = quadrature_fixed_point(activation(phi), 5, True)
    step = batch_norm_gram(phi, np.eye(5))
    assert abs(step.gram - point.gram).max() < 2 * step.error
    assert point.stable


@pytest.mark.parametrize("phi", ["0", "1", "abs", "x**2", "exp(x**2)", "1 + tanh(x)/10^9"])
def test_what_brings_a_centred_pair_together_has_no_such_point(phi: str) -> None:
    with pytest.raises(OutOfDomain, match="keeps the inputs of a batch apart"):
        quadrature_fixed_point(activation(phi), 2, True)


@pytest.mark.parametrize("batch", [3, 4, 17, 42, 1000])
@pytest.mark.parametrize("phi", ["relu", "identity", "abs"])
def test_quadrature_of_what_has_a_closed_form(phi: str, batch: int) -> None:
    found = quadrature_fixed_point(activation(phi), batch, True)
    exact = batch_norm_fixed_point(phi, batch)
    assert (found.proved, exact.proved) == (False, True)
    for name in ("diagonal", "off_diagonal"):
        assert getattr(found, name).overlaps(getattr(exact, name))
    for name, values in exact.eigenvalues.items():
        for value, other in zip(values, found.eigenvalues[name], strict=True):
            assert value.overlaps(other)


@pytest.mark.parametrize("batch", [3, 12, 3000])
@pytest.mark.parametrize("phi", ["gelu", "softplus", "elu", "step", "sin(5*x)", "exp(x)"])
def test_quadrature_of_what_is_proved_by_series(phi: str, batch: int) -> None:
    proved = batch_norm_fixed_point(phi, batch)
    found = quadrature_fixed_point(activation(phi), batch, True)
    assert (found.proved, proved.proved) == (False, True)
    for name in ("diagonal", "off_diagonal"):
        assert getattr(found, name).overlaps(getattr(proved, name))
    for name, values in proved.eigenvalues.items():
        for value, other in zip(values, found.eigenvalues[name], strict=True):
            assert value.overlaps(other)


@pytest.mark.parametrize("batch", [3, 5, 40, 3000])
def test_breaks_away_from_the_centre(batch: int) -> None:
    """The square of a step is the probability of a cap."""
    from scipy.special import betainc

    point = quadrature_fixed_point(activation("Heaviside(x - 1)"), batch, True)
    cap = betainc(batch / 2 - 1, 0.5, 1 - 1 / (batch - 1)) / 2
    assert abs(float(point.diagonal) - cap) < 1e-10


def test_constants_and_what_overflows_are_refused_for_larger_batches() -> None:
    with pytest.raises(OutOfDomain, match="keeps the inputs of a batch apart"):
        quadrature_fixed_point(activation("1"), 12, True)
    with pytest.raises(OutOfDomain, match="squares in float64"):
        quadrature_fixed_point(activation("exp(100*x)"), 1000, True)
