"""Sums of powers: Lemma C.8 of the residual paper, one claim for each range of the exponent.

The hidden constants are made explicit by comparing the sum with the integral of ``x**d``: from
both sides for ``d <= 0``, by the trapezoidal rule for ``d > 0``. Sums are added up term by term.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import acb, arb

from symprop.claims.residual_integrals import integrate, rational_exponent
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

VARIABLES = {
    "d": "exponent",
    "start": "M > 1, not necessarily an integer",
    "steps": "N - M, a non-negative integer",
}
START = Real(1, None, open_at="lower", decades=3)
STEPS = Integer(0, reach=2000)
TRIES = (60, 600)


def power_sum(d: Fraction, start: Fraction, steps: int, dps: int) -> arb:
    """Return ``M**d + (M+1)**d + ... + N**d``, term by term."""
    with working_bits(bits_from_dps(dps) + 12):
        first, exponent = rational_exponent(start), rational_exponent(d)
        return sum(((first + k) ** exponent for k in range(steps + 1)), arb(0))


def antiderivative(d: Fraction, x: arb) -> arb:
    """Return ``x**(d+1) / (d+1)``, the logarithm for ``d = -1``."""
    if d == -1:
        return x.log()
    return x ** (rational_exponent(d) + 1) / (rational_exponent(d) + 1)


def excess(d: Fraction, start: Fraction, steps: int, dps: int) -> arb:
    """Return the sum less the antiderivative at N: what the lemma calls O(1)."""
    with working_bits(bits_from_dps(dps) + 12):
        last = rational_exponent(start) + steps
        return power_sum(d, start, steps, dps) - antiderivative(d, last)


def lower_excess(d: Fraction, start: Fraction, dps: int) -> arb:
    """Return minus the antiderivative at M."""
    with working_bits(bits_from_dps(dps) + 12):
        return -antiderivative(d, rational_exponent(start))


def upper_excess(d: Fraction, start: Fraction, dps: int) -> arb:
    """Return ``M**d`` less the antiderivative at M."""
    with working_bits(bits_from_dps(dps) + 12):
        first = rational_exponent(start)
        return first ** rational_exponent(d) - antiderivative(d, first)


def first_term(d: Fraction, start: Fraction, dps: int) -> arb:
    """Return ``M**d``."""
    with working_bits(bits_from_dps(dps) + 12):
        return rational_exponent(start) ** rational_exponent(d)


def trapezoid_gap(d: Fraction, start: Fraction, steps: int, dps: int) -> arb:
    """Return ``|S - N**(d+1)/(d+1) - N**d/2 - (M**d/2 - M**(d+1)/(d+1))|``."""
    with working_bits(bits_from_dps(dps) + 12):
        exponent, first = rational_exponent(d), rational_exponent(start)
        ends = ((first + steps) ** exponent + first**exponent) / 2
        return abs(excess(d, start, steps, dps) - ends + antiderivative(d, first))


def trapezoid_bound(d: Fraction, start: Fraction, steps: int, dps: int) -> arb:
    """Return ``d |N**(d-1) - M**(d-1)| / 8``."""
    with working_bits(bits_from_dps(dps) + 12):
        exponent, first = rational_exponent(d), rational_exponent(start)
        return exponent * abs((first + steps) ** (exponent - 1) - first ** (exponent - 1)) / 8


def unit_excess(d: Fraction, start: Fraction, dps: int) -> arb:
    """Return the integral of ``z**d - a**d`` over ``[a, a+1]``, by quadrature."""
    with working_bits(bits_from_dps(dps) + 12):
        exponent, first = rational_exponent(d), rational_exponent(start)

        def integrand(z: acb, analytic: bool) -> acb:
            return (first + z).pow(acb(exponent), analytic=analytic)

        return integrate(integrand, 0, 1) - first**exponent


def printed_unit_excess(d: Fraction, start: Fraction, dps: int) -> arb:
    """Return ``((a+1)**(d+1) - a**d) / (d+1)``."""
    with working_bits(bits_from_dps(dps) + 12):
        exponent, first = rational_exponent(d), rational_exponent(start)
        return ((first + 1) ** (exponent + 1) - first**exponent) / (exponent + 1)


def closed_unit_excess(d: Fraction, start: Fraction, dps: int) -> arb:
    """Return ``((a+1)**(d+1) - a**(d+1)) / (d+1) - a**d``."""
    with working_bits(2 * bits_from_dps(dps) + 12):
        first = rational_exponent(start)
        return antiderivative(d, first + 1) - antiderivative(d, first) - first_term(d, start, dps)


def unit_rest(d: Fraction, start: Fraction, dps: int) -> arb:
    """Return ``|integral - (d/2) a**(d-1)|``."""
    with working_bits(bits_from_dps(dps) + 12):
        exponent, first = rational_exponent(d), rational_exponent(start)
        return abs(unit_excess(d, start, dps) - exponent / 2 * first ** (exponent - 1))


def unit_bound(d: Fraction, start: Fraction, dps: int) -> arb:
    """Return ``|d (d-1)|/6`` times the larger of ``a**(d-2)`` and ``(a+1)**(d-2)``."""
    with working_bits(bits_from_dps(dps) + 12):
        exponent, first = rational_exponent(d), rational_exponent(start)
        larger = first + 1 if d > 2 else first
        return abs(exponent * (exponent - 1)) / 6 * larger ** (exponent - 2)


def _domain(d: Any) -> dict[str, Any]:
    return {"d": d, "start": START, "steps": STEPS}


CONVERGENT = Claim(
    id="residual.power-sum-convergent",
    title="Power sums with exponent below -1",
    statement="For d < -1: M^d <= Σ_{a=M}^N a^d <= M^d + M^(d+1)/(-d-1), so the sum is Θ(1)",
    variables=VARIABLES,
    source=Source("residual", "Lemma C.8, d < -1"),
    as_printed="Θ(1) as N -> ∞ with M fixed; the constants are added",
    checks=(
        attack(
            power_sum,
            ">=",
            first_term,
            domain=_domain(Real(-9, -1, open_at="upper")),
            tries=TRIES,
        ),
        attack(
            power_sum,
            "<=",
            upper_excess,
            domain=_domain(Real(-9, -1, open_at="upper")),
            tries=TRIES,
        ),
    ),
    near_miss=attack(
        power_sum,
        "<=",
        lower_excess,
        domain=_domain(Real(-9, -1, open_at="upper")),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

HARMONIC = Claim(
    id="residual.power-sum-harmonic",
    title="Power sums with exponent -1",
    statement="-log M <= Σ_{a=M}^N 1/a - log N <= 1/M - log M",
    variables={name: VARIABLES[name] for name in ("start", "steps")},
    source=Source("residual", "Lemma C.8, d = -1"),
    as_printed="log N + O(1) as N -> ∞ with M fixed; the constants are added",
    checks=tuple(
        attack(
            lambda start, steps, dps: excess(Fraction(-1), start, steps, dps),
            relation,
            bound,
            domain={"start": START, "steps": STEPS},
            tries=TRIES,
        )
        for relation, bound in (
            (">=", lambda start, dps: lower_excess(Fraction(-1), start, dps)),
            ("<=", lambda start, dps: upper_excess(Fraction(-1), start, dps)),
        )
    ),
    near_miss=attack(
        lambda start, steps, dps: excess(Fraction(-1), start, steps, dps),
        "<=",
        lambda start, dps: lower_excess(Fraction(-1), start, dps),
        domain={"start": START, "steps": STEPS},
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

SUBLINEAR = Claim(
    id="residual.power-sum-negative",
    title="Power sums with exponent between -1 and 0",
    statement=(
        "For -1 < d < 0: -M^(d+1)/(d+1) <= Σ_{a=M}^N a^d - N^(d+1)/(d+1) <= M^d - M^(d+1)/(d+1)"
    ),
    variables=VARIABLES,
    source=Source("residual", "Lemma C.8, -1 < d < 0"),
    as_printed="N^(d+1)/(d+1) + O(1) as N -> ∞ with M fixed; the constants are added",
    checks=tuple(
        attack(
            excess,
            relation,
            bound,
            domain=_domain(Real(-1, 0, open_at="both")),
            tries=TRIES,
        )
        for relation, bound in ((">=", lower_excess), ("<=", upper_excess))
    ),
    near_miss=attack(
        excess, "<=", lower_excess, domain=_domain(Real(-1, 0, open_at="both")), tries=TRIES
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

COUNTING = Claim(
    id="residual.power-sum-count",
    title="Power sums with exponent 0",
    statement="Σ_{a=M}^N a^0 = N - M + 1",
    variables={name: VARIABLES[name] for name in ("start", "steps")},
    source=Source("residual", "Lemma C.8, d = 0"),
    checks=(
        attack(
            lambda start, steps: sum((start + k) ** 0 for k in range(steps + 1)),
            "==",
            lambda start, steps: (start + steps) - start + 1,
            domain={"start": START, "steps": STEPS},
            tries=TRIES,
        ),
    ),
    near_miss=attack(
        lambda start, steps: sum((start + k) ** 0 for k in range(steps + 1)),
        "==",
        lambda start, steps: (start + steps) - start,
        domain={"start": START, "steps": STEPS},
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

SUPERLINEAR = Claim(
    id="residual.power-sum-positive",
    title="Power sums with positive exponent",
    statement=(
        "For d > 0: |Σ_{a=M}^N a^d - N^(d+1)/(d+1) - N^d/2 - (M^d/2 - M^(d+1)/(d+1))| <= "
        "(d/8) |N^(d-1) - M^(d-1)|, so the sum is N^(d+1)/(d+1) + N^d/2 + O(N^max(0,d-1))"
    ),
    variables=VARIABLES,
    source=Source("residual", "Lemma C.8, d > 0"),
    as_printed=(
        "the O only; the bound is the error of the trapezoidal rule for a function whose slope "
        "is monotone. (The proof prints N^d/d for the sum with exponent d - 1; the leading term "
        "is meant)"
    ),
    checks=(
        attack(
            trapezoid_gap,
            "<=",
            trapezoid_bound,
            domain=_domain(Real(0, 6, open_at="lower")),
            tries=TRIES,
        ),
    ),
    near_miss=attack(
        trapezoid_gap,
        "<=",
        lambda d, start, steps, dps: trapezoid_bound(d, start, steps, dps) / 2,
        domain=_domain(Real(0, 6, open_at="lower")),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

UNIT = {"d": Real(-4, 6), "start": START}
UNIT_PRINTED = Claim(
    id="residual.power-sum-proof-printed",
    title="Excess of the integral over one term, as printed",
    statement="∫_a^{a+1} (z^d - a^d) dz = ((a+1)^(d+1) - a^d)/(d+1)",
    variables={"d": "exponent, not -1", "start": "a > 1"},
    source=Source("residual", "Lemma C.8, proof"),
    as_printed=(
        "as stated: the power d + 1 of the second term and the - a^d are lost; the next member of "
        "the chain has them again"
    ),
    checks=(
        attack(
            unit_excess,
            "==",
            printed_unit_excess,
            domain=UNIT,
            assuming=lambda d: d != -1,
            tries=TRIES,
        ),
    ),
    near_miss=attack(
        unit_excess,
        "==",
        lambda d, start, dps: printed_unit_excess(d, start, dps) - first_term(d, start, dps),
        domain=UNIT,
        assuming=lambda d: d != -1,
        tries=TRIES,
    ),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.power-sum-proof",
)

UNIT_EXCESS = Claim(
    id="residual.power-sum-proof",
    title="Excess of the integral over one term",
    statement=(
        "∫_a^{a+1} (z^d - a^d) dz = ((a+1)^(d+1) - a^(d+1))/(d+1) - a^d, the logarithm for d = -1, "
        "and it differs from (d/2) a^(d-1) by at most |d(d-1)|/6 max(a^(d-2), (a+1)^(d-2))"
    ),
    variables={"d": "exponent", "start": "a > 1"},
    source=Source("residual", "Lemma C.8, proof"),
    as_printed="the middle of the chain is garbled; Θ(a^(d-2)) in place of the bound",
    checks=(
        attack(unit_excess, "==", closed_unit_excess, domain=UNIT, tries=TRIES),
        attack(unit_rest, "<=", unit_bound, domain=UNIT, tries=TRIES),
    ),
    near_miss=attack(
        unit_rest,
        "<=",
        lambda d, start, dps: unit_bound(d, start, dps) / 2,
        domain=UNIT,
        tries=TRIES,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (CONVERGENT, HARMONIC, SUBLINEAR, COUNTING, SUPERLINEAR, UNIT_PRINTED, UNIT_EXCESS)
"""Lemma C.8."""
