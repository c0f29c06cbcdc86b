r"""Two-sided bounds of alpha-ReLU gradients at every layer: B.20 and B.21 of the residual paper.

With ``x_k = σ_v² σ_w² c_α q_k^(α-1)`` and ``y_k = σ_w² σ_a²/q_k`` the recurrences are
``q_{k+1} = q_k (1 + x_k + y_k)`` and ``χ_{k-1} = χ_k (1 + r x_k)``, ``r = α²/(2α-1) >= 1``. As
``1 + r x <= (1 + x)^r``, ``χ_n/χ_l <= (q_{l+1}/q_{n+1})^r``; and from ``log(1 + r x) >= r x -
r² x²/2`` the other side lacks at most ``Σ (r² x_k²/2 + r y_k)``, a sum over a falling function of
``q`` times the steps of ``q``, below a multiple of its integral.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from flint import arb

from symprop.claims.gradient_paths import gradient
from symprop.claims.residual_integrals import rational_exponent
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Integer, OneOf, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from symprop.ledger.domain import Range

__all__ = ["CLAIMS"]

LAST = 12
NETWORK: dict[str, Range] = {
    "alpha": OneOf(tuple(map(Fraction, ("51/100", "3/5", "2/3", "3/4", "9/10", "99/100")))),
    "sv2": Real("1/10", 4),
    "sa2": Real(0, 2),
    "sw2": Real("1/10", 4),
    "sb2": Real(0, 2),
    "p0": Real("1/100", 100),
    "layer": Integer(1, LAST - 1),
}
VARIABLES = {
    "alpha": "α, 1/2 < α < 1",
    "sv2, sa2, sw2, sb2": "variances σ_v², σ_a², σ_w², σ_b²",
    "p0": "mean square of the input, > 0",
    "layer": f"n, compared with l = {LAST}",
    "wanted": "gradient: chi, chi_b, chi_w, chi_v, chi_a",
}


def _value(
    quantity: str, layer: int, dps: int, alpha: Fraction, setting: dict[str, Fraction]
) -> arb:
    variances = tuple(setting[name] for name in ("sv2", "sa2", "sw2", "sb2"))
    phi = f"alpha_relu:{alpha}"
    return gradient(quantity, phi, variances, setting["p0"], layer, dps, depth=LAST)


def _next_hidden(layer: int, dps: int, alpha: Fraction, setting: dict[str, Fraction]) -> arb:
    p = _value("p", layer, dps, alpha, setting)
    return rational_exponent(setting["sw2"]) * p + rational_exponent(setting["sb2"])


def _factor(
    wanted: str, layer: int, dps: int, alpha: Fraction, setting: dict[str, Fraction]
) -> arb:
    """Return what a parameter gradient has beside χ: powers of q and p."""
    if wanted in ("chi", "chi_a"):
        return arb(1)
    q, power = _value("q", layer, dps, alpha, setting), rational_exponent(alpha)
    if wanted == "chi_v":
        return q**power
    slope = q ** (power - 1)
    return slope * _value("p", layer - 1, dps, alpha, setting) if wanted == "chi_w" else slope


def fall(wanted: str, alpha: Fraction, layer: int, dps: int, **setting: Fraction) -> arb:
    """Return ``log(x_n/x_l)`` less ``r log(q_{l+1}/q_{n+1})`` and the powers of q and p."""
    digits = dps + 10
    with working_bits(bits_from_dps(digits)):
        near, far = (
            _value(wanted, at, digits, alpha, setting) / _factor(wanted, at, digits, alpha, setting)
            for at in (layer, LAST)
        )
        start, end = (_next_hidden(at, digits, alpha, setting) for at in (layer, LAST))
        exponent = rational_exponent(alpha**2 / (2 * alpha - 1))
        return (near / far).log() - exponent * (end / start).log()


def lowest(alpha: Fraction, layer: int, dps: int, **setting: Fraction) -> arb:
    """Return ``-r² t^(2-α) x/(2(1-α)) - r t^(1+α) y/(α x)`` at n + 1, ``t = 1 + x + y``."""
    digits = dps + 10
    with working_bits(bits_from_dps(digits)):
        power, rate = rational_exponent(alpha), rational_exponent(alpha**2 / (2 * alpha - 1))
        q = _next_hidden(layer, digits, alpha, setting)
        v, a, w = (rational_exponent(setting[name]) for name in ("sv2", "sa2", "sw2"))
        constant = 2 ** (power - 1) * (power + arb(1) / 2).gamma() / arb.pi().sqrt()
        x, y = v * w * constant * q ** (power - 1), w * a / q
        step = 1 + x + y
        curved = rate**2 * step ** (2 - power) * x / (2 * (1 - power))
        return -curved - rate * step ** (1 + power) * y / (power * x)


GRADIENTS = OneOf(("chi", "chi_b", "chi_w", "chi_v", "chi_a"))
BOUNDS = Claim(
    id="residual.power-gradient-bounds",
    title="Gradients of alpha-ReLU between explicit bounds",
    statement=(
        "For 1/2 < α < 1, r = α²/(2α-1) and n < l: exp(-K_n) <= (χ_n/χ_l) (q_{n+1}/q_{l+1})^r <= 1 "
        "with K_n = r² t^(2-α) x/(2(1-α)) + r t^(1+α) y/(α x), x = σ_v² σ_w² c_α q^(α-1), y = σ_w² "
        "σ_a²/q, t = 1 + x + y at q = q_{n+1}: free of l, and falling to 0 with n. The same for "
        "χ_b/q^(α-1), χ_w/(q^(α-1) p), χ_v/q^α and χ_a; as q is of order l^(1/(1-α)), these are "
        "the laws Θ((l/n)^R) of χ and those of the parameters, R = r/(1-α)"
    ),
    variables=VARIABLES,
    assumptions=("σ_v, σ_w > 0, p_0 > 0",),
    source=Source("residual", "Theorem B.20; Theorem B.21, α < 1"),
    as_printed="Θ(1) without constants",
    checks=(
        attack(fall, "<=", 0, domain={**NETWORK, "wanted": GRADIENTS}, tries=(12, 400)),
        attack(fall, ">=", lowest, domain={**NETWORK, "wanted": GRADIENTS}, tries=(12, 400)),
    ),
    near_miss=attack(
        fall,
        ">=",
        lambda alpha, layer, dps, **setting: lowest(alpha, layer, dps, **setting) / 8,
        domain={**NETWORK, "wanted": GRADIENTS},
        tries=(12, 400),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (BOUNDS,)
"""Theorems B.20 and B.21 at every layer."""
