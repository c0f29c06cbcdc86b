"""Changes of variables in the proof of Lemma C.16 of the residual paper."""

from __future__ import annotations

from collections.abc import Callable

import sympy

from symprop.ledger.algebra import identity
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source

__all__ = ["CLAIMS"]

C, TAU, R, THETA = sympy.symbols("c tau r theta", real=True)
Q = sympy.Symbol("q", positive=True)
OMEGA = sympy.Matrix([[-1, 1], [1, 1]]) / sympy.sqrt(2 * Q)
COVARIANCE = sympy.Matrix([[Q, C * Q], [C * Q, Q]])
EIGENVALUES = sympy.diag(1 - C, 1 + C)
POLAR_MAP = sympy.Matrix(
    [
        sympy.sqrt(2) * R * sympy.cos(THETA) * sympy.sin(TAU / 2),
        sympy.sqrt(2) * R * sympy.sin(THETA) * sympy.cos(TAU / 2),
    ]
)
W, V = sympy.symbols("w v", real=True)
PLANE = {
    "w": Real(-3, 3),
    "v": Real(-3, 3),
    "q": Real("1/10", 100),
    "c": Real(0, "99/100"),
}
INTEGRAND = {"w, v": "the variables w and w'", "q": "variance", "c": "cos τ, in [0, 1)"}


def _integrand(phi: Callable[[sympy.Expr], sympy.Expr]) -> sympy.Expr:
    """Return ``Υ(w, v; τ) φ(√(q/2)(v + w)) φ(√(q/2)(v - w))``."""
    first = sympy.exp(-(W**2 / (1 - C) + V**2 / (1 + C)) / 2)
    second = sympy.exp(-(V**2 / (1 - C) + W**2 / (1 + C)) / 2)
    scale = sympy.sqrt(Q / 2)
    return (first - second) * phi(scale * (V + W)) * phi(scale * (V - W))


DIAGONAL_PRINTED = Claim(
    id="residual.symmetrised-covariance-printed",
    title="Diagonalisation of the covariance in the proof, as printed",
    statement="Σ = Ω' Diag(1-c, 1+c) Ω with Ω = (2q)^(-1/2) [[-1, 1], [1, 1]]",
    variables={"q": "variance, > 0", "c": "correlation"},
    source=Source("residual", "Lemma C.16, proof"),
    as_printed="as stated; right only for q = 1, elsewhere 1/q appears in place of q",
    checks=(identity(lambda: (OMEGA.T * EIGENVALUES * OMEGA)[0, 0], COVARIANCE[0, 0]),),
    near_miss=identity(lambda: OMEGA[0, 0], COVARIANCE[0, 0]),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.symmetrised-covariance",
)

DIAGONAL = Claim(
    id="residual.symmetrised-covariance",
    title="Diagonalisation of the covariance in the proof",
    statement="Ω Σ Ω' = Diag(1-c, 1+c) with Ω = (2q)^(-1/2) [[-1, 1], [1, 1]]",
    variables={"q": "variance, > 0", "c": "correlation"},
    source=Source("residual", "Lemma C.16, proof"),
    as_printed="Σ = Ω' Diag Ω",
    checks=tuple(
        identity(entry, value)
        for entry, value in zip(OMEGA * COVARIANCE * OMEGA.T, EIGENVALUES, strict=True)
    ),
    near_miss=identity(lambda: (OMEGA * COVARIANCE * OMEGA.T)[0, 0], EIGENVALUES[1, 1]),
    expected=Verdict(Outcome.HOLDS, Grade.EXACT),
)

JACOBIAN_PRINTED = Claim(
    id="residual.polar-jacobian-printed",
    title="Area element of the polar coordinates in the proof, as printed",
    statement="w = √2 r cos θ sin(τ/2), w' = √2 r sin θ cos(τ/2): dw dw' = sin²τ r dr dθ",
    variables={"r": "radius", "theta": "angle", "tau": "τ"},
    source=Source("residual", "Lemma C.16, proof"),
    as_printed="'1 - c²' and 'sin² τ', also in front of the integrals A and B",
    checks=(identity(lambda: POLAR_MAP.jacobian([R, THETA]).det(), R * sympy.sin(TAU) ** 2),),
    near_miss=identity(lambda: POLAR_MAP.jacobian([R, THETA]).det(), R),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.polar-jacobian",
)

JACOBIAN = Claim(
    id="residual.polar-jacobian",
    title="Area element of the polar coordinates in the proof",
    statement="w = √2 r cos θ sin(τ/2), w' = √2 r sin θ cos(τ/2): dw dw' = sin τ r dr dθ",
    variables={"r": "radius", "theta": "angle", "tau": "τ"},
    source=Source("residual", "Lemma C.16, proof"),
    as_printed="sin² τ",
    checks=(identity(lambda: POLAR_MAP.jacobian([R, THETA]).det(), R * sympy.sin(TAU)),),
    near_miss=identity(lambda: POLAR_MAP.jacobian([R, THETA]).det(), R * sympy.cos(TAU)),
    expected=Verdict(Outcome.HOLDS, Grade.EXACT),
)

SIGN_PRINTED = Claim(
    id="residual.symmetrised-integrand-sign-printed",
    title="Sign of the symmetrised integrand, as printed",
    statement="For every odd φ: K(w, w') = Υ(w, w'; τ) φ(√(q/2)(w'+w)) φ(√(q/2)(w'-w)) >= 0",
    variables=INTEGRAND,
    source=Source("residual", "Lemma C.16, proof"),
    as_printed=(
        "'by the antisymmetry of φ, the integrand ... is everywhere nonnegative'; antisymmetry "
        "gives the symmetries, the sign needs φ >= 0 on x >= 0 besides. Here φ = sin"
    ),
    checks=(attack(_integrand(sympy.sin), ">=", 0, domain=PLANE),),
    near_miss=attack(
        _integrand(sympy.sin),
        ">=",
        "-1/1000",
        domain={**PLANE, "c": Real("1/2", "9/10"), "w": Real(0, "1/2"), "v": Real(1, 2)},
    ),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.symmetrised-integrand-sign",
)

SIGN = Claim(
    id="residual.symmetrised-integrand-sign",
    title="Symmetries and sign of the symmetrised integrand",
    statement=(
        "For odd φ: K(w, w') = K(w', w) = K(w, -w'); if φ >= 0 on x >= 0 and 0 <= c < 1, K >= 0"
    ),
    variables=INTEGRAND,
    source=Source("residual", "Lemma C.16, proof"),
    as_printed="the sign for every odd φ",
    checks=(
        *(
            identity(partner, _integrand(phi))
            for phi in (sympy.sin, sympy.tanh)
            for partner in (
                _integrand(phi).subs({W: V, V: W}, simultaneous=True),
                _integrand(phi).subs(V, -V),
            )
        ),
        *(attack(_integrand(phi), ">=", 0, domain=PLANE) for phi in (sympy.tanh, sympy.erf)),
    ),
    near_miss=attack(
        _integrand(sympy.tanh), ">=", 0, domain={**PLANE, "c": Real(-1, 0, open_at="both")}
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (DIAGONAL_PRINTED, DIAGONAL, JACOBIAN_PRINTED, JACOBIAN, SIGN_PRINTED, SIGN)
"""Lemma C.16, proof."""
