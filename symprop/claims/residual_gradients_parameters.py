"""Gradients of the parameters of residual networks with tanh: Theorems B.7 and B.14."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy
from flint import arb

from symprop.claims.gradient_paths import along_depths, fall, gradient, network
from symprop.claims.residual_gradients_tanh import VARIABLES, law
from symprop.claims.residual_integrals import rational_exponent
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

LAYER = sympy.Symbol("layer", positive=True)
HALF = Fraction(1, 2)
SHIFT = {"chi": Fraction(0), "chi_b": HALF, "chi_w": -HALF, "chi_v": Fraction(0)}
SHIFT["chi_a"] = Fraction(0)
WANTED = {**VARIABLES, "wanted": "gradient: chi_b, chi_w, chi_v, chi_a"}
EXPONENTS = "A and B are those of the law for χ; B_b = B + 1/2, B_w = B - 1/2"
FULL = (network(), network(("1/2", "1", "2", "1")))
REDUCED = (network(("2", "0")), network(("4", "1")))
WITHOUT_WEIGHTS = {
    "full": (network(("3/2", "1/2", "0", "1")), network(("3/2", "0", "0", "1/3"), "0")),
    "reduced": (network(("0", "1")), network(("0", "1/4"), "5")),
}


def fall_of(
    phi: str,
    variances: tuple[Fraction, ...],
    start: Fraction,
    wanted: str,
    layer: int,
    dps: int,
) -> arb:
    """Return ``log(χ_m/χ_4m)`` of a parameter's gradient."""
    return fall(wanted, phi, variances, start, layer, dps)


def law_of(variances: tuple[Fraction, ...], wanted: str, layer: int, dps: int) -> arb:
    """Return the law of a parameter's gradient."""
    return law(variances, layer, dps, shift=SHIFT[wanted])


def proof_law(variances: tuple[Fraction, ...], layer: int, dps: int) -> arb:
    """Return the law of χ_w with the exponent that is printed in the proof of B.7."""
    return law(variances, layer, dps, shift=HALF)


def value_of(
    phi: str,
    variances: tuple[Fraction, ...],
    start: Fraction,
    wanted: str,
    layer: int,
    dps: int,
) -> arb:
    """Return a parameter's gradient in a network of 16 layers, χ being 1 at the last."""
    return gradient(wanted, phi, variances, start, layer, dps, depth=16)


def without_weights(
    phi: str,
    variances: tuple[Fraction, ...],
    start: Fraction,
    wanted: str,
    layer: int,
    dps: int,
) -> arb:
    """Return the printed value for ``σ_w = 0`` and ``χ = 1`` at the last layer."""
    from symprop.gaussian.transforms import v_transform
    from symprop.specs.activations import activation

    bias = variances[-1]
    branch, outer = variances[:2] if len(variances) == 4 else (Fraction(1), Fraction(0))
    slope = v_transform(activation(phi).weak_derivative().regular).enclose(bias, dps=dps).ball
    square = v_transform(phi).enclose(bias, dps=dps).ball
    with working_bits(bits_from_dps(dps)):
        factor, growth = rational_exponent(branch), rational_exponent(outer)
        length = (factor * square + growth) * (layer - 1) + rational_exponent(start)
        return {
            "chi_b": factor * slope,
            "chi_w": factor * slope * length,
            "chi_v": square,
            "chi_a": arb(1),
        }[wanted]


def _limits(nets: tuple[dict[str, Any], ...], wanted: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(
        limit(
            fall_of,
            law_of,
            along=along_depths(4, **net, wanted=name),
            error=1 / sympy.sqrt(LAYER),
        )
        for net in nets
        for name in wanted
    )


def _values(kind: str, wanted: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {**net, "wanted": name, "layer": layer}
        for net in WITHOUT_WEIGHTS[kind]
        for name in wanted
        for layer in (1, 2, 15)
    ]


WITHOUT = Claim(
    id="residual.parameter-gradients-without-weights",
    title="Parameter gradients without inner weights",
    statement=(
        "If σ_w = 0 and 1 <= l <= L: χ_b = σ_v² χ_L Vφ'(σ_b²), χ_w = σ_v² χ_L Vφ'(σ_b²) "
        "((σ_v² Vφ(σ_b²) + σ_a²)(l-1) + p_0), χ_v = χ_L Vφ(σ_b²), χ_a = χ_L; for the reduced "
        "network σ_v = 1, σ_a = 0"
    ),
    variables=WANTED,
    source=Source("residual", "Theorem B.7, σ_w = 0; Theorem B.14, σ_w = 0"),
    checks=(
        at_points(
            value_of,
            "==",
            without_weights,
            points=[
                *_values("full", ("chi_b", "chi_w", "chi_v", "chi_a")),
                *_values("reduced", ("chi_b", "chi_w")),
            ],
        ),
    ),
    near_miss=at_points(
        lambda phi, variances, start, wanted, layer, dps: value_of(
            phi, variances, start, wanted, layer + 1, dps
        ),
        "==",
        without_weights,
        points=_values("full", ("chi_w",)),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

NO_BRANCH_PRINTED = Claim(
    id="residual.tanh-parameter-gradients-no-branch-printed",
    title="Parameter gradients of tanh, as printed: no outer weights",
    statement=(
        "If σ_w > 0, the logarithms of χ_b and χ_w obey the law in A, B_b, B_w for all other "
        "variances; in particular χ_b > 0"
    ),
    variables=WANTED,
    source=Source("residual", "Theorem B.14"),
    as_printed="for all σ_v; σ_v = 0 makes χ_b = χ_w = 0, of which there is no logarithm",
    checks=(
        at_points(
            value_of,
            ">",
            0,
            points=[
                {**network((branch, "1", "1", "1")), "wanted": "chi_b", "layer": 3}
                for branch in ("1", "1/2", "0")
            ],
        ),
    ),
    near_miss=at_points(
        value_of,
        ">",
        0,
        points=[{**network(("0", "1", "1", "1")), "wanted": "chi_w", "layer": 2}],
    ),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.tanh-parameter-gradients",
)

FIRST_LAYER_PRINTED = Claim(
    id="residual.tanh-parameter-gradients-first-layer-printed",
    title="Parameter gradients of tanh, as printed: layer 0",
    statement=(
        "For l >= m >= 0: log(χ_b,m/χ_b,l) = A (√l - √m) + B_b (log l - log m) + O(1); in "
        "particular χ_b,0 > 0"
    ),
    variables=WANTED,
    source=Source("residual", "Theorem B.14"),
    as_printed="'for l >= m >= 0'; layer 0, the input, has no parameters, and log 0 is infinite",
    checks=(
        at_points(
            value_of,
            ">",
            0,
            points=[{**network(), "wanted": "chi_b", "layer": layer} for layer in (2, 1, 0)],
        ),
    ),
    near_miss=at_points(value_of, ">", 0, points=[{**network(), "wanted": "chi_w", "layer": 0}]),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.tanh-parameter-gradients",
)

ZERO_INPUT_PRINTED = Claim(
    id="residual.tanh-parameter-gradients-zero-input-printed",
    title="Parameter gradients of tanh, as printed: zero input",
    statement=(
        "If σ_w > 0, the logarithms of χ_w and χ_v obey their laws for l >= m >= 1, whatever the "
        "input is; in particular χ_w > 0 at layer 1"
    ),
    variables=WANTED,
    source=Source("residual", "Theorem B.7; Theorem B.14"),
    as_printed=(
        "for every input; χ_w at layer 1 has the factor p_0, and χ_v the factor Vφ(σ_w² p_0 + "
        "σ_b²), which is 0 if p_0 = σ_b = 0"
    ),
    checks=(
        at_points(
            value_of,
            ">",
            0,
            points=[
                {**network(variances, start), "wanted": "chi_w", "layer": 1}
                for variances in (("1", "1/2"), ("1", "1", "1", "1"))
                for start in ("1", "0")
            ],
        ),
    ),
    near_miss=at_points(
        value_of,
        ">",
        0,
        points=[{**network(("1", "1", "1", "0"), "0"), "wanted": "chi_v", "layer": 1}],
    ),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.tanh-parameter-gradients",
)

FULL_LAW = Claim(
    id="residual.tanh-parameter-gradients",
    title="Parameter gradients of tanh, full network",
    statement=(
        "For l >= m >= 1: log(χ_•,m/χ_•,l) = A (√l - √m) + B_• (log l - log m) + O(1); "
        f"{EXPONENTS}, B_v = B_a = B"
    ),
    variables=WANTED,
    assumptions=("σ_v > 0, σ_w > 0, p_0 > 0 (or m >= 2 and σ_b > 0 or σ_a > 0)",),
    source=Source("residual", "Theorem B.14"),
    as_printed="for l >= m >= 0, all σ_v and all inputs",
    checks=_limits(FULL, ("chi_b", "chi_w", "chi_v", "chi_a")),
    near_miss=limit(
        fall_of,
        proof_law,
        along=along_depths(**network(), wanted="chi_w"),
        error=1 / sympy.sqrt(LAYER),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/tanh_gradient_law.py",
)

REDUCED_PROOF = Claim(
    id="residual.tanh-parameter-gradients-reduced-proof-printed",
    title="Weight gradients of tanh, reduced network, as the proof prints them",
    statement=(
        "log(χ_w,m/χ_w,l) = A (√l - √m) + (4/(3π) + 1/2 - 4σ_w²/(9π)) (log l - log m) + O(1)"
    ),
    variables=WANTED,
    source=Source("residual", "Theorem B.7, proof"),
    as_printed="+ 1/2, against B_w = B - 1/2 in the theorem; the theorem is right",
    checks=(
        limit(
            fall_of,
            proof_law,
            along=along_depths(**network(("2", "0")), wanted="chi_w"),
            error=1 / sympy.sqrt(LAYER),
        ),
    ),
    near_miss=limit(
        fall_of,
        proof_law,
        along=along_depths(**network(("4", "1")), wanted="chi_w"),
        error=1 / sympy.sqrt(LAYER),
    ),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.tanh-parameter-gradients-reduced",
)

REDUCED_LAW = Claim(
    id="residual.tanh-parameter-gradients-reduced",
    title="Parameter gradients of tanh, reduced network",
    statement=(
        "For l >= m >= 1: log(χ_•,m/χ_•,l) = A (√l - √m) + B_• (log l - log m) + O(1), • = b, w; "
        + EXPONENTS
    ),
    variables=WANTED,
    assumptions=("σ_w > 0, p_0 > 0 (or m >= 2 and σ_b > 0)",),
    source=Source("residual", "Theorem B.7"),
    as_printed="no range of m; the formulas of A and B are garbled in the text",
    checks=_limits(REDUCED, ("chi_b", "chi_w")),
    near_miss=limit(
        fall_of,
        proof_law,
        along=along_depths(**network(("2", "0")), wanted="chi_w"),
        error=1 / sympy.sqrt(LAYER),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/tanh_gradient_law.py",
)

CLAIMS = (
    WITHOUT,
    NO_BRANCH_PRINTED,
    FIRST_LAYER_PRINTED,
    ZERO_INPUT_PRINTED,
    FULL_LAW,
    REDUCED_PROOF,
    REDUCED_LAW,
)
"""Theorems B.7 and B.14."""
