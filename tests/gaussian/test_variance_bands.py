"""One rule serves a band of variances with its proved error, which the rule for one confirms."""

from __future__ import annotations

import pytest
from flint import arb

from symprop.gaussian.grid import gaussian_grid
from symprop.gaussian.integrand import integrand_of
from symprop.gaussian.variance_bands import band_grid
from symprop.numerics.precision import working_bits
from symprop.specs.activations import activation


@pytest.mark.parametrize("name", ["silu", "softsign", "Max(x - sqrt(2), 0) + tanh(x)", "cos(x)"])
@pytest.mark.parametrize("exponent", [-20, 1, 9])
def test_moments(name: str, exponent: int) -> None:
    integrand = integrand_of(activation(name)).squared()
    lower = arb(2) ** exponent
    rule = band_grid(integrand, lower, 2 * lower, 50, order=4)
    assert rule.error < arb(2) ** -40
    for part in ("1", "1.375", "2"):
        q = (lower * arb(part)).mid()
        grid = gaussian_grid(integrand, q, 80, order=4)
        with working_bits(120):
            squares, masses = rule.at(q)
            pairs = list(zip(squares, masses, strict=True))
            exact = [
                sum((m * f(z * z) for z, m in zip(grid.points, grid.masses, strict=True)), arb(0))
                for f in (lambda s: 1 + 0 * s, lambda s: s - 1, lambda s: s * (s - 6) + 3)
            ]
            found = [
                sum((m * f(s) for s, m in pairs), arb(0))
                for f in (lambda s: 1 + 0 * s, lambda s: s - 1, lambda s: s * (s - 6) + 3)
            ]
            for k, (mine, theirs) in enumerate(zip(found, exact, strict=True)):
                width = (arb(1), arb(2).sqrt(), arb(24).sqrt())[k]
                assert arb(mine, (rule.error * width).upper()).overlaps(
                    arb(theirs, (grid.error * width).upper())
                )
                assert abs(mine - theirs) < arb(2) ** -45
