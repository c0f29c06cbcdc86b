"""sensitivity, Theorem 1 (ii): data whose logarithmic drift has no finite mean.

Unit vectors in the plane, at angles that crowd towards an edge, become unlikely much faster than
they come close to it. Weights that see only the last of them keep nearly nothing.
"""

from __future__ import annotations

import numpy as np
from flint import arb

from symprop.claims.noisy_networks import mean_and_error
from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)
STATISTICAL = Verdict(Outcome.HOLDS, Grade.STATISTICAL)


def edge_drift(atoms: int, dps: int) -> arb:
    """Return a lower bound of ``-E[log delta | survival]`` for one unit.

    Angles ``1 - 2^-j``, ``j = 0, ..., J``; those from ``j`` on have the mass ``exp(-4^j)``. With
    probability ``2^-j/(2 pi)`` just these are seen, and ``delta <= 2 |w|^2 exp(-4^j)``; otherwise
    ``delta <= 2 |w|^2``, with ``E log |w|^2 = log 2 - gamma``.
    """
    with working_bits(bits_from_dps(dps) + 40):
        turn = 2 * arb.pi()
        gain = (arb(2) ** (atoms + 1) - 2) / turn
        survival = arb("0.5") + (1 - arb((1, -atoms))) / turn
        return gain / survival - 2 * arb.const_log2() + arb.const_euler()


def steeper_drift(atoms: int, dps: int) -> arb:
    return 4 * edge_drift(atoms, dps)


def sampled_drift(atoms: int, size: int, seed: int) -> tuple[float, float]:
    """Sample ``-log delta`` of one unit on these data, given survival."""
    order = np.arange(atoms + 1)
    tails = np.exp(-(4.0**order))
    tails[0] = 1.0
    masses = tails - np.append(tails[1:], 0.0)
    angles = 1 - 2.0**-order
    points = np.stack([np.cos(angles), np.sin(angles)])
    hidden = np.random.default_rng(seed).standard_normal((size, 2)) @ points
    square = np.maximum(hidden, 0.0) ** 2 @ masses
    return mean_and_error(-np.log(2 * square[square > 0]))


MEANINGS = {"atoms": "J", "constant": "candidate for a bound"}

CLAIMS = (
    Claim(
        id="sensitivity.finite-drift-printed",
        title="finite mean of the logarithm, as said",
        statement=(
            "log δν_2 has a finite mean given survival, whatever the data; then their first J + 1 "
            "atoms have drifts below one constant"
        ),
        variables=MEANINGS,
        assumptions=(
            "N_0 = 2, N_1 = 1: unit vectors at the angles 1 - 2^(-j), of tail mass exp(-4^j)",
        ),
        source=Source("sensitivity", "Theorem 1 (ii)"),
        as_printed=(
            "the proof notes that log is integrable at 0; but u_c may have much mass near 0. The "
            "drift of this law is infinite; any finite width fails with lighter tails"
        ),
        checks=(
            at_points(
                edge_drift,
                "<=",
                lambda constant: constant,
                points=[{"atoms": n, "constant": 10**k} for n, k in ((12, 3), (40, 9), (60, 15))],
            ),
        ),
        near_miss=at_points(edge_drift, "<=", 1000, points=grid(atoms=(13,))),
        expected=FALSE,
        corrected_by="sensitivity.edge-drift",
    ),
    Claim(
        id="sensitivity.edge-drift",
        title="drift of finitely many data near an edge",
        statement=(
            "-E[log δν_2 | A_1] >= (2^(J+1) - 2)/(2π P[A_1]) - 2 log 2 + γ for these J + 1 atoms, "
            "and is finite, as for every finite set of data"
        ),
        variables=MEANINGS,
        source=Source("sensitivity", "Theorem 1 (ii)"),
        checks=(
            simulated(
                sampled_drift,
                ">=",
                edge_drift,
                points=grid(atoms=(2, 4)),
                sizes=(200_000, 1_000_000),
            ),
        ),
        near_miss=simulated(
            sampled_drift,
            ">=",
            steeper_drift,
            points=grid(atoms=(4,)),
            sizes=(200_000, 1_000_000),
        ),
        expected=STATISTICAL,
    ),
)
"""Data without a finite drift."""
