"""symprop D2, D3: constants of the inputs of tanh networks, and their digits."""

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
    from collections.abc import Callable, Iterator

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
    derivation="derivations/tanh_length_expansion.py",
)

ANGLE_CONSTANT = "3.64755231812264"
ANGLE_DIGITS = 13
RUNS = (((3, 9), (4, 11)), ((5, 13), (6, 16)))  # powers of 1/l in the expansion, digits


def angle_matched(stated: str) -> Callable[[Context], Evidence]:
    """Return the check that two orders, stopped at two depths, both give the number stated."""

    def check(context: Context) -> Evidence:
        import mpmath

        from symprop.asymptotics.angle_constants import angle_constant
        from symprop.numerics.precision import working_digits
        from symprop.specs.architectures import FullResidual

        net = FullResidual("tanh", PAR["sv2"], PAR["sa2"], PAR["sw2"], PAR["sb2"])
        told = []
        for terms, digits in context.pick(RUNS):
            found = angle_constant(net, PAR["p0"], "1/2", dps=digits, terms=terms)
            shown = mpmath.nstr(found.value, digits)
            told.append(f"K' = {shown} from {found.layers} layers, order {terms}")
            with working_digits(digits + 5):
                off = abs(found.value - mpmath.mpf(stated))
                if off > mpmath.mpf(10) ** -min(digits, ANGLE_DIGITS):
                    counterexample = Counterexample({"terms": str(terms)}, shown, stated)
                    return Evidence.fails(Grade.SAMPLED, counterexample, told[-1])
        return Evidence.holds(Grade.SAMPLED, "; ".join(told))

    return check


D3_CONSTANT = Claim(
    id="symprop.tanh-angle-constant",
    title="The constant of two inputs in a tanh network",
    statement=(
        "At (σ_v², σ_a², σ_w², σ_b²) = (3/2, 1/2, 169/100, 49/100), p_0 = 1 and e_0 = 1/2, "
        "e - 1/2 = K' l^(-δ*) + P l^(-1/2) + ... with δ* = 1 - √3/π and "
        "K' = 3.64755231812264 to 13 digits behind the point"
    ),
    variables={"terms": "powers of 1/l to which the expansion is continued"},
    source=Source("symprop", "D3"),
    checks=(angle_matched(ANGLE_CONSTANT),),
    near_miss=angle_matched("3.64755231817264"),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (D2, D3_CONSTANT)
"""symprop D2 and the constant of D3."""
