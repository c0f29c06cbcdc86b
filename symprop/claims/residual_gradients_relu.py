"""Gradients of residual networks with ReLU: Theorems B.20 and B.21 at α = 1, section 5.

Everything is exact here: ``p_l = (p_0 + a) B^l - a``, ``B = 1 + σ_v² σ_w²/2``,
``a = (2σ_a² + σ_v² σ_b²)/(σ_v² σ_w²)``. Trajectories of the library are compared with that.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy
from flint import arb

from symprop.claims.gradient_paths import fall, gradient, network
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source

__all__ = ["CLAIMS"]

LAYER = sympy.Symbol("layer", positive=True)
DEPTH = 64
VARIABLES = {
    "variances": "(σ_v², σ_a², σ_w², σ_b²)",
    "start": "p_0, mean square of the input",
    "wanted": "gradient: chi_b, chi_w, chi_v, chi_a",
    "layer": "n = l - m",
}
MOVING = "σ_b > 0, or σ_w > 0 and p_0 > 0: elsewhere a hidden unit rests at 0, the kink of ReLU"
BASE = "B = 1 + σ_v² σ_w²/2"
SCALARS = {
    "sv2": Real(0, 4),
    "sa2": Real(0, 4),
    "sw2": Real(0, 4),
    "sb2": Real(0, 4),
    "start": Real(0, 100),
    "layer": Integer(1, DEPTH - 1),
}
NAMES = {
    "sv2": "σ_v²",
    "sa2": "σ_a²",
    "sw2": "σ_w²",
    "sb2": "σ_b²",
    "start": "p_0, mean square of the input",
    "layer": "n = l - m; the last of the layers is 64",
}
NETS = (
    ("3/2", "1/2", "169/100", "49/100", "1"),
    ("1", "0", "2", "0", "1/10"),
    ("1/3", "2", "0", "1", "0"),
    ("0", "1", "3", "1", "5"),
)
POINTS = [
    {
        **dict(zip(("sv2", "sa2", "sw2", "sb2", "start"), map(Fraction, net), strict=True)),
        "layer": n,
    }
    for net in NETS
    for n in (1, 2, 63)
]
WIDTHS = {
    "float32": Fraction(2**24 - 1) * 2**104,
    "float64": Fraction(2**53 - 1) * 2**971,
}

OVERFLOWS = {
    ("float32", 1000): 100,
    ("float32", 250): 101,
    ("float32", 1): 108,
    ("float64", 1000): 858,
    ("float64", 250): 860,
    ("float64", 1): 867,
}


def value_of(
    wanted: str,
    sv2: Fraction,
    sa2: Fraction,
    sw2: Fraction,
    sb2: Fraction,
    start: Fraction,
    layer: int,
    dps: int,
) -> arb:
    """Return a gradient (or p) of a layer, χ being 1 at layer 64."""
    return gradient(wanted, "relu", (sv2, sa2, sw2, sb2), start, layer, dps, depth=DEPTH)


def measured(wanted: str) -> Any:
    """Return one gradient as a function of the variances, for a check."""

    def value(
        sv2: Fraction,
        sa2: Fraction,
        sw2: Fraction,
        sb2: Fraction,
        start: Fraction,
        layer: int,
        dps: int,
    ) -> arb:
        return value_of(wanted, sv2, sa2, sw2, sb2, start, layer, dps)

    return value


def base(sv2: Fraction, sw2: Fraction) -> Fraction:
    """Return ``B``."""
    return 1 + sv2 * sw2 / 2


def length(
    sv2: Fraction, sa2: Fraction, sw2: Fraction, sb2: Fraction, start: Fraction, layer: int
) -> Fraction:
    """Return ``p_l`` from its recurrence, step by step in exact arithmetic."""
    value = Fraction(start)
    for _ in range(layer):
        value += sv2 * (sw2 * value + sb2) / 2 + sa2
    return value


def chi(sv2: Fraction, sw2: Fraction, layer: int) -> Fraction:
    """Return ``B**(64-n)``."""
    return base(sv2, sw2) ** (DEPTH - layer)


def chi_b(sv2: Fraction, sw2: Fraction, layer: int) -> Fraction:
    """Return ``(σ_v²/2) B**(64-n)``."""
    return sv2 / 2 * chi(sv2, sw2, layer)


def chi_w(
    sv2: Fraction, sa2: Fraction, sw2: Fraction, sb2: Fraction, start: Fraction, layer: int
) -> Fraction:
    """Return ``(σ_v²/2) B**(64-n) p_{n-1}``."""
    return chi_b(sv2, sw2, layer) * length(sv2, sa2, sw2, sb2, start, layer - 1)


def chi_v(
    sv2: Fraction, sa2: Fraction, sw2: Fraction, sb2: Fraction, start: Fraction, layer: int
) -> Fraction:
    """Return ``B**(64-n) (σ_w² p_{n-1} + σ_b²)/2``."""
    below = length(sv2, sa2, sw2, sb2, start, layer - 1)
    return chi(sv2, sw2, layer) * (sw2 * below + sb2) / 2


def offset(sv2: Fraction, sa2: Fraction, sw2: Fraction, sb2: Fraction) -> Fraction:
    """Return ``a``."""
    return (2 * sa2 + sv2 * sb2) / (sv2 * sw2)


def closed_weight_gradient(
    sv2: Fraction, sa2: Fraction, sw2: Fraction, sb2: Fraction, start: Fraction, layer: int
) -> Fraction:
    """Return ``(σ_v²/2) B**63 [p_0 + a - a B**(1-n)]``."""
    shift, factor = offset(sv2, sa2, sw2, sb2), base(sv2, sw2)
    return sv2 / 2 * factor ** (DEPTH - 1) * (start + shift - shift * factor ** (1 - layer))


def spread(
    sv2: Fraction, sa2: Fraction, sw2: Fraction, sb2: Fraction, start: Fraction, layer: int
) -> Fraction:
    """Return ``χ_w`` at layer n over its value at layer 1."""
    values = (chi_w(sv2, sa2, sw2, sb2, start, at) for at in (layer, 1))
    return next(values) / next(values)


def spread_bound(
    sv2: Fraction, sa2: Fraction, sw2: Fraction, sb2: Fraction, start: Fraction
) -> Fraction:
    """Return ``1 + a/p_0``."""
    return 1 + offset(sv2, sa2, sw2, sb2) / start


def moving(sw2: Fraction, sb2: Fraction, start: Fraction) -> bool:
    """Whether the first hidden units, and so all, have a variance."""
    return sb2 > 0 or sw2 * start > 0


def fall_of(variances: tuple[Fraction, ...], start: Fraction, layer: int, dps: int) -> arb:
    """Return ``log(χ_w,n / χ_w,4n)``."""
    return fall("chi_w", "relu", variances, start, layer, dps)


def first_overflow(width: int, floats: str) -> int:
    """Return the first layer whose squared norm exceeds a float format, p_0 = 1."""
    variances = (Fraction(3, 2), Fraction(1, 2), Fraction(169, 100), Fraction(49, 100))
    value, layer = Fraction(1), 0
    while width * value <= WIDTHS[floats]:
        value, layer = length(*variances, value, 1), layer + 1
    return layer


GROWTH = Claim(
    id="residual.relu-gradient-growth",
    title="Gradient of ReLU",
    statement=f"χ_{{l-m}} = χ_l B^m exactly, {BASE}",
    variables=NAMES,
    assumptions=(MOVING,),
    source=Source("residual", "Theorem B.20, α = 1"),
    as_printed="in the proof Θ(1) B^m; the equation is exact. Without the condition",
    checks=(
        at_points(measured("chi"), "==", chi, points=POINTS),
        attack(measured("chi"), "==", chi, domain=SCALARS, assuming=moving, tries=(4, 90)),
    ),
    near_miss=at_points(
        measured("chi"),
        "==",
        lambda sv2, sw2, layer: chi(sv2, sw2, layer + 1),
        points=POINTS[:1],
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

NO_WEIGHTS_PRINTED = Claim(
    id="residual.relu-parameter-gradients-no-weights-printed",
    title="Parameter gradients of ReLU, as printed: no inner weights",
    statement=f"χ_w at layer n = l - m is Θ(1) χ_l B^l, {BASE}, for all variances",
    variables=VARIABLES,
    source=Source("residual", "Theorem B.21"),
    as_printed="for all variances; if σ_w = 0 then B = 1, p is linear, and χ_w grows like l - m",
    checks=(
        limit(
            fall_of,
            0,
            along=[
                {
                    "variances": network(("3/2", "1/2", "0", "1"))["variances"],
                    "start": Fraction(1),
                    "layer": 4**k,
                }
                for k in range(5)
            ],
            error=1 / LAYER,
        ),
    ),
    near_miss=limit(
        fall_of,
        0,
        along=[
            {
                "variances": network(("1", "0", "0", "1"))["variances"],
                "start": Fraction(0),
                "layer": 2 * 4**k,
            }
            for k in range(4)
        ],
        error=1 / LAYER,
    ),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.relu-parameter-gradients",
)

ZERO_INPUT_PRINTED = Claim(
    id="residual.relu-parameter-gradients-zero-input-printed",
    title="Parameter gradients of ReLU, as printed: zero input",
    statement=f"χ_w = Θ(1) χ_l B^l, {BASE}; in particular χ_w > 0 in every layer",
    variables=NAMES,
    source=Source("residual", "Theorem B.21"),
    as_printed="for every input; if p_0 = 0, χ_w vanishes at layer 1",
    checks=(
        at_points(
            measured("chi_w"),
            ">",
            0,
            points=grid(
                sv2=(1,), sa2=(1,), sw2=(1,), sb2=(1,), start=("1", "1/9", 0), layer=(2, 1)
            ),
        ),
    ),
    near_miss=at_points(
        measured("chi_w"),
        ">",
        0,
        points=grid(sv2=(0,), sa2=(1,), sw2=(1,), sb2=(1,), start=(1,), layer=(5,)),
    ),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.relu-parameter-gradients",
)

PARAMETERS = Claim(
    id="residual.relu-parameter-gradients",
    title="Parameter gradients of ReLU",
    statement=(
        "With n = l - m >= 1: χ_b = (σ_v²/2) χ_l B^m, χ_w = χ_b p_{n-1}, "
        "χ_v = χ_l B^m (σ_w² p_{n-1} + σ_b²)/2, χ_a = χ_l B^m; if p_0, σ_v, σ_w > 0 then "
        "χ_b, χ_a = Θ(1) χ_l B^m and χ_w, χ_v = Θ(1) χ_l B^l"
    ),
    variables=NAMES,
    assumptions=(MOVING,),
    source=Source("residual", "Theorem B.21, α = 1"),
    as_printed="Θ only, and without conditions",
    checks=(
        at_points(measured("chi_b"), "==", chi_b, points=POINTS),
        at_points(measured("chi_w"), "==", chi_w, points=POINTS),
        at_points(measured("chi_v"), "==", chi_v, points=POINTS),
        at_points(measured("chi_a"), "==", chi, points=POINTS),
    ),
    near_miss=at_points(measured("chi_v"), "==", chi_w, points=POINTS[:1]),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

WEIGHTS = Claim(
    id="residual.relu-weight-gradients-keep-size",
    title="Weight gradients of ReLU keep their size",
    statement=(
        "χ_w at layer n is (σ_v²/2) χ_l B^(l-1) [p_0 + a - a B^(1-n)], "
        "a = (2σ_a² + σ_v² σ_b²)/(σ_v² σ_w²): it rises with n by less than the factor 1 + a/p_0, "
        "and not at all if σ_a = σ_b = 0"
    ),
    variables=NAMES,
    assumptions=("p_0, σ_v, σ_w > 0",),
    source=Source("residual", "Section 5, weight gradients"),
    as_printed="'independent of how far the gradient has been propagated': up to that factor",
    checks=(
        attack(
            chi_w,
            "==",
            closed_weight_gradient,
            domain=SCALARS,
            assuming=lambda sv2, sw2: sv2 * sw2 > 0,
            tries=(60, 300),
        ),
        *(
            attack(
                spread,
                relation,
                bound,
                domain=SCALARS,
                assuming=lambda sv2, sw2, start: sv2 * sw2 * start > 0,
                tries=(60, 300),
            )
            for relation, bound in ((">=", 1), ("<=", spread_bound))
        ),
    ),
    near_miss=attack(
        spread,
        "<=",
        1,
        domain=SCALARS,
        assuming=lambda sv2, sw2, start: sv2 * sw2 * start > 0,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

OVERFLOW = Claim(
    id="residual.relu-overflow",
    title="Depth at which ReLU networks overflow",
    statement=(
        "At (σ_v², σ_a², σ_w², σ_b²) = (3/2, 1/2, 169/100, 49/100) and p_0 = 1 the mean squared "
        "norm first exceeds float32 at layer 100 for width 1000, 101 for width 250, 108 for width "
        "1; float64 only at layer 858, 860 and 867"
    ),
    variables={"width": "number of entries of x", "floats": "float32 or float64"},
    source=Source("residual", "Section 5, overflow of ReLU"),
    as_printed=(
        "'overflows into infs after around 100 layers', 'NaN at around layer 90' in a caption; "
        "the format and the quantity are not printed"
    ),
    checks=(
        at_points(
            first_overflow,
            "==",
            lambda width, floats: OVERFLOWS[floats, width],
            points=grid(width=(1000, 250, 1), floats=("float32", "float64")),
            exhaustive=True,
        ),
    ),
    near_miss=at_points(first_overflow, "==", 100, points=grid(width=(1000,), floats=("float64",))),
    expected=Verdict(Outcome.HOLDS, Grade.EXACT),
)

CLAIMS = (
    GROWTH,
    NO_WEIGHTS_PRINTED,
    ZERO_INPUT_PRINTED,
    PARAMETERS,
    WEIGHTS,
    OVERFLOW,
)
"""Theorems B.20 and B.21 at α = 1."""
