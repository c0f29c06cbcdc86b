"""Claims that exercise the machinery: one for each way a claim can end."""

from __future__ import annotations

import os
import signal
from fractions import Fraction

import sympy

from symprop.ledger.algebra import identity
from symprop.ledger.boxes import on_box
from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim, Context
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Evidence, Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source

x = sympy.Symbol("x", real=True)
n = sympy.Symbol("n", integer=True, positive=True)
PRINTED_SUM = n**2 / 2
CORRECT_SUM = n * (n + 1) / 2


def triangle(n: int) -> int:
    return sum(range(n + 1))


def raises(context: Context) -> Evidence:
    raise RuntimeError("the library broke")


IDENTITY = Claim(
    id="symprop.double-angle",
    title="Sine of the double angle",
    statement="sin 2x = 2 sin x cos x",
    formula=sympy.Eq(sympy.sin(2 * x), 2 * sympy.sin(x) * sympy.cos(x), evaluate=False),
    variables={"x": "a real number"},
    source=Source("symprop", "K1"),
    checks=(
        identity(sympy.sin(2 * x), 2 * sympy.sin(x) * sympy.cos(x)),
        attack(
            sympy.sin(2 * x),
            "==",
            2 * sympy.sin(x) * sympy.cos(x),
            domain={"x": Real(None, None, decades=6)},
        ),
    ),
    near_miss=identity(sympy.sin(2 * x), sympy.Rational(199, 100) * sympy.sin(x) * sympy.cos(x)),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)
FALSE_LEMMA = Claim(
    id="residual.triangle-printed",
    title="Sum of the first n integers, as printed",
    statement="1 + ... + n = n²/2",
    variables={"n": "a positive integer"},
    source=Source("residual", "Lemma B.1"),
    as_printed="as stated: the linear term is missing",
    checks=(attack(triangle, "==", PRINTED_SUM, domain={"n": Integer(1, reach=50)}),),
    near_miss=attack(triangle, "==", PRINTED_SUM + 1, domain={"n": Integer(1, reach=50)}),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.triangle",
)
CORRECTION = Claim(
    id="residual.triangle",
    title="Sum of the first n integers",
    statement="1 + ... + n = n(n+1)/2",
    variables={"n": "a positive integer"},
    source=Source("residual", "Lemma B.1"),
    as_printed="n²/2",
    checks=(attack(triangle, "==", CORRECT_SUM, domain={"n": Integer(1, reach=50)}),),
    near_miss=attack(triangle, "==", CORRECT_SUM + 1, domain={"n": Integer(1, reach=50)}),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)
ENCLOSED = Claim(
    id="thesis.sine-below-line",
    title="The sine lies below its tangent at zero",
    statement="sin x < x for 0 < x <= 1",
    variables={"x": "in (0, 1]"},
    source=Source("thesis", "Lemma 5.6"),
    checks=(on_box(sympy.sin(x), "<", x, box={"x": (0, 1)}, zero_at={"x": 0}, order=3),),
    near_miss=on_box(sympy.sin(x), "<", x * Fraction(19, 20), box={"x": (0, 1)}),
    expected=Verdict(Outcome.HOLDS, Grade.ENCLOSED),
)
VACUOUS = Claim(
    id="shrinkage.vacuous",
    title="A statement about nothing",
    statement="x = 2x for every x in [0, 1] with x > 2",
    source=Source("shrinkage", "Theorem 1"),
    checks=(
        attack(x, "==", 2 * x, domain={"x": Real(0, 1)}, assuming=lambda x: x > 2, tries=(9, 9)),
    ),
    near_miss=attack(x, "==", 2 * x, domain={"x": Real(0, 1)}),
    expected=Verdict(Outcome.VACUOUS),
)
UNDECIDABLE = Claim(
    id="tangents.undecidable",
    title="Strictly less, where both sides are equal",
    statement="√2 √3 < √6",
    source=Source("tangents", "Theorem 1"),
    checks=(at_points(sympy.sqrt(2), "<", lambda: sympy.sqrt(6) / sympy.sqrt(3)),),
    near_miss=at_points(sympy.sqrt(2), "<", 1),
    expected=Verdict(Outcome.HOLDS, Grade.ENCLOSED),
)
CRASHING = Claim(
    id="sensitivity.crash",
    title="A check that raises",
    statement="anything",
    source=Source("sensitivity", "Theorem 2"),
    checks=(raises,),
    near_miss=at_points(1, "==", 2),
    expected=Verdict(Outcome.HOLDS),
)
TOOTHLESS = Claim(
    id="symprop.toothless",
    title="A check that cannot fail",
    statement="0 = 0",
    source=Source("symprop", "K2"),
    checks=(at_points(0, "==", 0),),
    near_miss=at_points(0, "==", 0),
    expected=Verdict(Outcome.HOLDS, Grade.EXACT),
)

CLAIMS = (
    IDENTITY,
    FALSE_LEMMA,
    CORRECTION,
    ENCLOSED,
    VACUOUS,
    UNDECIDABLE,
    CRASHING,
    TOOTHLESS,
)


def dies(context: Context) -> Evidence:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")
