"""The recurrences of residual networks against dense samples: Table 1 and Lemma B.1 to B.10.

At the first layer ``h`` is exactly Gaussian and the input is fixed, so there the length of a
reduced network is also an exact expectation, ``E (φ(h) + x)^2``, at any width.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symprop.claims.residual_paths import covariance, length, residual_path
from symprop.claims.residual_sampling import (
    sampled_gradient,
    sampled_inner_product,
    sampled_length,
)
from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from fractions import Fraction

    from flint import arb

    from symprop.numerics.enclosure import Enclosure

__all__ = ["CLAIMS"]

STATISTICAL = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
SIZES = (64, 160)
REDUCED: dict[str, Any] = {"sw2": "169/100", "sb2": "49/100", "p0": 1}
FULL: dict[str, Any] = REDUCED | {"sv2": "3/2", "sa2": "1/2"}
PAIR: dict[str, Any] = {"p1": "5/2", "e0": "4/5"}
VARIABLES = {
    "phi": "activation",
    "sv2, sa2, sw2, sb2": "variances σ_v², σ_a², σ_w², σ_b² (weights times width)",
    "p0, p1": "squared lengths of the inputs over the width",
    "e0": "cosine of the inputs",
    "depth": "layer",
}
AXIOMS = ("width to infinity", "independent Gaussian weights and biases, drawn for each layer")


def mixed_square(phi: str, q: Fraction, x: Fraction, dps: int) -> Enclosure:
    """Return ``E (φ(h) + x)^2`` for ``h`` of variance q, by quadrature."""
    import sympy

    from symprop.gaussian.expectation import gaussian_expectation
    from symprop.specs.activations import activation

    shifted = activation(phi).expression + sympy.Rational(x.numerator, x.denominator)
    return gaussian_expectation(shifted**2, dps, variance=q)


def first_length(phi: str, q: Fraction, x: Fraction, dps: int) -> arb:
    """Return p of the first layer of a reduced network by the recurrence."""
    return length(phi=phi, sw2=0, sb2=q, p0=x**2, depth=1, dps=dps)


def gradient_ratio(phi: str, depth: int, dps: int, **setting: Any) -> arb:
    """Return the product of ``1 + σ_v² σ_w² V φ'(q)`` over the layers."""
    from symprop.recurrences.gradient import ball_gradients
    from symprop.specs.architectures import FullResidual

    bits = bits_from_dps(dps)
    path = residual_path(phi=phi, depth=depth, dps=dps, **setting)
    outer, shift = setting.get("sv2", 1), setting.get("sa2", 0)
    net = FullResidual(phi, outer, shift, setting["sw2"], setting["sb2"])
    rows = {name: getattr(path, name)[: depth + 1] for name in ("p", "q", "branch", "norm")}
    with working_bits(bits):
        return ball_gradients(net, rows, bits).chi[0]


def settings(
    phis: tuple[str, ...], depths: tuple[int, ...] = (1, 3), **fixed: Any
) -> list[dict[str, Any]]:
    """Return every activation and depth at fixed variances."""
    return list(grid(phi=phis, depth=depths, **{name: (value,) for name, value in fixed.items()}))


def compared(kind: str, points: list[dict[str, Any]]) -> Any:
    """Return the check of one recurrence against samples."""
    sampler, theory = {
        "length": (sampled_length, length),
        "product": (sampled_inner_product, covariance),
        "gradient": (sampled_gradient, gradient_ratio),
    }[kind]
    return simulated(sampler, "==", theory, points=points, sizes=SIZES)


ODD = ("tanh", "sign", "sin(x)")
ANY = ("relu", "cos(x)", "gelu", "alpha_relu:1/2", "sign")
NOT_ODD = settings(("relu",), (1,), **REDUCED)

REDUCED_LENGTH = Claim(
    id="residual.reduced-length-recurrence",
    title="Length recurrence of the reduced network",
    statement="For odd φ in a reduced network: q = σ_w² p̲ + σ_b², p = Vφ(q) + p̲",
    variables=VARIABLES,
    assumptions=(*AXIOMS, "φ odd, Vφ finite"),
    source=Source("residual", "Lemma B.1"),
    checks=(
        at_points(
            first_length,
            "==",
            mixed_square,
            points=grid(
                phi=("tanh", "softsign", "hard_tanh", "x**3"), q=("1/4", 3), x=("-2", "1/2")
            ),
        ),
        compared("length", settings(ODD, **REDUCED)),
        compared("length", settings(("tanh",), **REDUCED | {"sw2": 0})),
    ),
    near_miss=compared("length", NOT_ODD),
    expected=STATISTICAL,
)

REDUCED_COVARIANCE = Claim(
    id="residual.reduced-covariance-recurrence",
    title="Covariance recurrence of the reduced network",
    statement=(
        "For odd φ in a reduced network: λ = σ_w² γ̲ + σ_b², γ = E φ(h) φ(h') + γ̲ with variances "
        "q, q' and covariance λ; for p = p' that is Wφ(q, λ) + γ̲"
    ),
    variables=VARIABLES,
    assumptions=(*AXIOMS, "φ odd, Vφ finite"),
    source=Source("residual", "Theorem B.3"),
    as_printed="for inputs of equal length",
    checks=(
        compared("product", settings(ODD, **REDUCED, e0="1/2")),
        compared("product", settings(("tanh",), **REDUCED, **PAIR)),
        compared("product", settings(("tanh",), **REDUCED | {"sb2": 0}, e0="9/10")),
    ),
    near_miss=compared("product", [point | {"e0": "1/2"} for point in NOT_ODD]),
    expected=STATISTICAL,
)

FULL_LENGTH = Claim(
    id="residual.full-length-recurrence",
    title="Length recurrence of the full network",
    statement="For any φ with Vφ finite: q = σ_w² p̲ + σ_b², p = σ_v² Vφ(q) + σ_a² + p̲",
    variables=VARIABLES,
    assumptions=AXIOMS,
    source=Source("residual", "Theorem B.8"),
    as_printed=(
        "for any nonlinearity; Vφ must be finite. Section 3 calls σ_w² the variance of an h given "
        "x; it is σ_w² p̲, and σ_b² with the bias"
    ),
    checks=(
        compared("length", settings(ANY, **FULL)),
        compared("length", settings(("relu",), **FULL | {"sa2": 0, "sb2": 0})),
        compared("length", settings(("cos(x)",), **FULL | {"sv2": 0})),
    ),
    near_miss=simulated(
        sampled_length,
        "==",
        lambda dps, **point: length(dps=dps, **point | {"sa2": 0}),
        points=settings(("cos(x)",), (2,), **FULL),
        sizes=SIZES,
    ),
    expected=STATISTICAL,
)

FULL_COVARIANCE = Claim(
    id="residual.full-covariance-recurrence",
    title="Covariance recurrence of the full network",
    statement=(
        "For any φ with Vφ finite: λ = σ_w² γ̲ + σ_b², γ = σ_v² E φ(h) φ(h') + σ_a² + γ̲ with "
        "variances q, q' and covariance λ; for p = p' the expectation is Wφ(q, λ)"
    ),
    variables=VARIABLES,
    assumptions=AXIOMS,
    source=Source("residual", "Theorem B.10"),
    as_printed=(
        "for inputs of equal length and any nonlinearity. Definition 3.4 exchanges the letters: "
        "for l > 0 it calls γ the product of the h and λ that of the x"
    ),
    checks=(
        compared("product", settings(ANY, **FULL, e0="1/2")),
        compared("product", settings(("relu", "tanh"), **FULL, **PAIR)),
    ),
    near_miss=simulated(
        sampled_inner_product,
        "==",
        lambda dps, **point: covariance(dps=dps, **point | {"sa2": 0}),
        points=settings(("cos(x)",), (2,), **FULL, e0="1/2"),
        sizes=SIZES,
    ),
    expected=STATISTICAL,
)

REDUCED_TABLE = Claim(
    id="residual.table-reduced-recurrences",
    title="Table of recurrences, reduced network",
    statement=(
        "For odd φ: q = σ_w² p̲ + σ_b², p = Vφ(q) + p̲, λ = σ_w² γ̲ + σ_b², γ = Wφ(q, λ) + γ̲, "
        "χ̲ = (σ_w² Vφ'(q) + 1) χ"
    ),
    variables=VARIABLES,
    assumptions=(*AXIOMS, "backward weights drawn afresh", "φ odd, Vφ and Vφ' finite"),
    source=Source("residual", "Table 1, RRN"),
    as_printed="the activation is printed as antisymmetric; the table is garbled in the text",
    checks=(
        compared("length", settings(("erf",), (4,), **REDUCED)),
        compared("product", settings(("erf",), (4,), **REDUCED, e0="1/2")),
        compared("gradient", settings(("erf", "tanh"), (1, 3), **REDUCED)),
    ),
    near_miss=simulated(
        sampled_gradient,
        "==",
        lambda dps, **point: gradient_ratio(dps=dps, **point | {"sw2": 2 * point["sw2"]}),
        points=settings(("erf",), (3,), **REDUCED),
        sizes=SIZES,
    ),
    expected=STATISTICAL,
)

FULL_TABLE = Claim(
    id="residual.table-full-recurrences",
    title="Table of recurrences, full network",
    statement=(
        "For any φ: q = σ_w² p̲ + σ_b², p = σ_v² Vφ(q) + σ_a² + p̲, λ = σ_w² γ̲ + σ_b², "
        "γ = σ_v² Wφ(q, λ) + σ_a² + γ̲, χ̲ = (σ_v² σ_w² Vφ'(q) + 1) χ"
    ),
    variables=VARIABLES,
    assumptions=(*AXIOMS, "backward weights drawn afresh", "Vφ and Vφ' finite"),
    source=Source("residual", "Table 1, FRN"),
    as_printed="the table is garbled in the text",
    checks=(
        compared("length", settings(("softsign",), (2,), **FULL)),
        compared("product", settings(("erf",), (4,), **FULL, e0="3/10")),
        compared("gradient", settings(("relu", "cos(x)"), (1, 3), **FULL)),
    ),
    near_miss=simulated(
        sampled_gradient,
        "==",
        lambda dps, **point: gradient_ratio(dps=dps, **point | {"sv2": 1}),
        points=settings(("cos(x)",), (2,), **FULL),
        sizes=SIZES,
    ),
    expected=STATISTICAL,
)

CLAIMS = (
    REDUCED_LENGTH,
    REDUCED_COVARIANCE,
    FULL_LENGTH,
    FULL_COVARIANCE,
    REDUCED_TABLE,
    FULL_TABLE,
)
"""Lemma B.1, Theorems B.3, B.8, B.10 and Table 1."""
