"""symprop D2: the length of tanh networks with one constant of the input, and its digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy
from flint import arb

from symprop.claims.orders import along
from symprop.claims.residual_paths import PAR, length, residual_path, variance
from symprop.claims.residual_tanh_growth import coefficients
from symprop.ledger.checks import limit
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Counterexample, Evidence, Grade, Outcome, Verdict
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from symprop.ledger.claim import Context

__all__ = ["CLAIMS"]

DEPTH = sympy.Symbol("depth", positive=True)
TANH = sympy.sqrt(2 / sympy.pi)
LAYERS = tuple(2**k for k in range(4, 12))
CONSTANT = "0.998347189651635811702"
DIGITS = (9, 20)


def expanded(constant: arb, depth: int, dps: int, **setting: Any) -> arb:
    """Return the stated expansion of p at a layer, for the constant K of the input."""
    base, _, _, k = coefficients(TANH, dps, **setting)
    with working_bits(bits_from_dps(dps)):
        v, w, b = (variance(name, setting, dps) for name in ("sv2", "sw2", "sb2"))
        pi, x = arb.pi(), base * (depth + constant)
        first = (2 / pi).sqrt()
        second = v * pi**2 / (12 * (2 * pi).sqrt() * w.sqrt() ** 3)
        last = k**3 * (x.log() + 3) - 2 * second / base + v * first / (2 * w.sqrt())
        return x - 2 * k * x.sqrt() - k**2 * x.log() + 2 * k**2 - b / w + last / x.sqrt()


def excess(depth: int, dps: int, **setting: Any) -> arb:
    """Return p less its expansion with the stated K."""
    p = length(phi="tanh", depth=depth, dps=dps, **setting)
    with working_bits(bits_from_dps(dps)):
        return p - expanded(arb(CONSTANT), depth, dps, **setting)


def shifted_excess(depth: int, dps: int, **setting: Any) -> arb:
    """Return the same for a coefficient of the logarithm that is a tenth too small."""
    k = coefficients(TANH, dps, **setting)[3]
    with working_bits(bits_from_dps(dps)):
        return excess(depth, dps, **setting) - k**2 * arb(depth).log() / 10


def matched(context: Context) -> Evidence:
    """Match the library's expansion, carried much further, to the recurrence.

    Its scale absorbs the constant term: K there is K here less ``σ_b²/(σ_w² b_0)``.
    """
    import mpmath

    from symprop.asymptotics.length_expansions import length_expansion
    from symprop.asymptotics.matching import match_constant
    from symprop.numerics.enclosure import Enclosure
    from symprop.numerics.precision import working_digits
    from symprop.specs.architectures import FullResidual

    digits = context.pick(DIGITS)
    first = context.pick((256, 512))

    def orbit() -> Iterator[mpmath.mpf]:
        layer = 0
        while True:
            depth = first
            while depth < layer:
                depth *= 2
            path = residual_path(phi="tanh", depth=depth, dps=2 * digits + 30, **PAR)
            yield Enclosure(path.p[layer]).midpoint
            layer += 1

    net = FullResidual("tanh", PAR["sv2"], PAR["sa2"], PAR["sw2"], PAR["sb2"])
    found = match_constant(length_expansion(net), orbit=orbit, dps=digits)
    with working_digits(digits + 10):
        constant = found.value + mpmath.mpf(49) / 169 / 2
        off = abs(constant - mpmath.mpf(CONSTANT))
        told = f"K = {mpmath.nstr(constant, digits)} from {found.layers} layers"
        if off < mpmath.mpf(10) ** (1 - digits):
            return Evidence.holds(Grade.SAMPLED, told)
        return Evidence.fails(Grade.SAMPLED, Counterexample({}, str(constant), CONSTANT), told)


D2 = Claim(
    id="symprop.tanh-length-expansion",
    title="Length of tanh networks with one constant of the input",
    statement=(
        "With X = b_0 (l + K), k = σ_v² C/(σ_w b_0), C = √(2/π), κ_1 = σ_v² π²/(12 √(2π) σ_w³): "
        "p = X - 2k √X - k² log X + 2k² - σ_b²/σ_w² + [k³ log X + 3k³ - 2κ_1/b_0 + "
        "σ_v² C/(2σ_w)] X^(-1/2) + O(log² X / X); at (σ_v², σ_a², σ_w², σ_b²) = (3/2, 1/2, "
        "169/100, 49/100) and p_0 = 1, K = 0.998347189651635811702"
    ),
    variables={
        "sv2, sa2, sw2, sb2": "variances σ_v², σ_a², σ_w², σ_b²",
        "p0": "squared length of the input over the width",
        "depth": "layer l",
    },
    assumptions=("σ_w > 0", "b_0 = σ_v² + σ_a² > 0"),
    source=Source("symprop", "D2"),
    checks=(
        limit(
            excess,
            0,
            along=along(LAYERS, **PAR),
            error=sympy.log(DEPTH) ** 2 / DEPTH,
        ),
        matched,
    ),
    near_miss=limit(
        shifted_excess,
        0,
        along=along(LAYERS, **PAR),
        error=sympy.log(DEPTH) ** 2 / DEPTH,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (D2,)
"""symprop D2."""
