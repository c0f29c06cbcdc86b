"""Symmetrised and polar forms of W for odd activations: Lemma C.16 of the residual paper.

All four equalities are bilinear in the activation, so they are tested on pairs of sines,
which span the odd functions and make the inner integrals elementary, and on the odd powers
``sign(x) |x|**p``: bounded or not, smooth, kinked, with infinite slope, with a jump.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy
from flint import acb, arb

from symprop.claims.residual_integrals import integrate, polar_moment, rational_exponent
from symprop.ledger.algebra import identity
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, current_bits, working_bits

__all__ = ["CLAIMS"]

FREQUENCY = Real(0, 2, open_at="lower")
VARIANCE = Real(0, 4, open_at="lower")
SINES = {"a": FREQUENCY, "b": FREQUENCY, "q": VARIANCE}
ONE = Fraction(1)
TOWARDS_PARALLEL = [{"gap": Fraction(1, 4**k)} for k in range(1, 6)]
FORWARD = Real(0, "19/20")
POWERS = {"p": Real(0, 6), "q": Real("1/100", 100), "c": Real(0, "99/100")}
W1, W2, C = sympy.symbols("w1 w2 c", real=True)


def sine_kernel(a: Fraction, b: Fraction, q: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``E sin(a z) sin(b z')`` from the characteristic function of the Gaussian."""
    with working_bits(bits_from_dps(dps)):
        decay = (-rational_exponent(q * (a * a + b * b)) / 2).exp()
        return decay * rational_exponent(q * a * b * c).sinh()


def symmetrised(a: Fraction, b: Fraction, q: Fraction, c: Fraction, dps: int) -> arb:
    r"""Return the first form for sines, in ``u = (w'+w)/√2``, ``v = (w'-w)/√2``, both positive.

    There the weight is ``exp(-(u²+v²-2cuv)/(2s²)) - exp(-(u²+v²+2cuv)/(2s²))``, ``s = sin τ``;
    the integral over ``u`` of a Gaussian times ``exp(±iαu)`` is a complementary error function.
    """
    with working_bits(bits_from_dps(dps) + 20):
        cosine = rational_exponent(c)
        s = (1 - cosine**2).sqrt()
        alpha, beta = (rational_exponent(x) * rational_exponent(q).sqrt() for x in (a, b))
        cut = (2 * arb(current_bits() + 20)).sqrt().upper()

        def integrand(v: acb, _analytic: bool) -> acb:
            inner = acb(0)
            for tilt in (1, -1):
                for turn in (1, -1):
                    argument = (tilt * cosine * v + acb(0, turn * alpha * s**2)) / (
                        s * arb(2).sqrt()
                    )
                    wave = (tilt * turn * cosine * alpha * v * acb(0, 1)).exp()
                    inner += tilt * turn * wave * (-argument).erfc()
            return inner / acb(0, 2) * (-(v**2) / 2).exp() * (acb(beta) * v).sin()

        body = integrate(integrand, 0, cut)
        factor = (-((alpha * s) ** 2) / 2).exp() / (2 * arb.pi()).sqrt()
        # |erfc| <= 2 exp(α²s²/2) on this line
        tail = 8 / (2 * arb.pi()).sqrt() * (-(cut**2) / 2).exp() / cut
        return body * factor + arb(0, 1) * tail.upper()


def other_reading(a: Fraction, b: Fraction, q: Fraction, c: Fraction, dps: int) -> arb:
    """Return the first form with the primes read as ``w >= |w'|`` and ``φ(w+w') φ(w-w')``."""
    return -symmetrised(a, b, q, c, dps)


def _over_angles(a: Any, b: Any, q: Any, c: Any, dps: int, radial: Any) -> arb:
    """Return ``1/(2π)`` times the integral over angles of ``radial(k_-) - radial(k_+)``."""
    with working_bits(bits_from_dps(dps) + 20):
        tau = rational_exponent(c).acos()
        first, second, variance = (rational_exponent(x) for x in (a, b, q))

        def integrand(theta: acb, _analytic: bool) -> acb:
            x, y = first * theta.sin(), second * (theta - tau).sin()
            return radial(x - y, variance) - radial(x + y, variance)

        return integrate(integrand, 0, arb.pi()) / (2 * arb.pi())


def polar_form(a: Fraction, b: Fraction, q: Fraction, c: Fraction, dps: int) -> arb:
    """Return the second form for sines: radial integrals ``1F1(1; 1/2; -q k²/2)``."""

    def radial(k: acb, variance: arb) -> acb:
        return (-variance * k * k / 2).hypgeom_1f1(acb(1), acb(1) / 2)

    return _over_angles(a, b, q, c, dps, radial)


def scaled_polar_form(a: Fraction, b: Fraction, q: Fraction, c: Fraction, dps: int) -> arb:
    """Return the third form for sines: its radial integral is ``1 - 2x D(x)``, D Dawson's."""

    def radial(k: acb, variance: arb) -> acb:
        x = k * (variance / 2).sqrt()
        return 1 - arb.pi().sqrt() * x * (-x * x).exp() * x.erfi()

    return _over_angles(a, b, q, c, dps, radial)


def parts_form(a: Fraction, b: Fraction, q: Fraction, c: Fraction, dps: int) -> arb:
    """Return the fourth form for sines: ``∂Σ/∂s`` is a sum of ``-k sin(k s)``."""

    def radial(k: acb, variance: arb) -> acb:
        # int exp(-s²/(2q)) sin(ks) ds = k q 1F1(1; 3/2; -q k²/2)
        return -k * k * variance * (-variance * k * k / 2).hypgeom_1f1(acb(1), acb(3) / 2)

    return _over_angles(a, b, q, c, dps, radial)


def power_kernel(p: Fraction, q: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``W`` of ``sign(x) |x|**p`` from the alpha-ReLU kernel of the library."""
    from symprop.gaussian.power_relu import alpha_relu_kernel

    kernel = alpha_relu_kernel(p)
    with working_bits(bits_from_dps(dps)):
        order = rational_exponent(p)
        constant = arb(2) ** order * (order + arb(1) / 2).gamma() / arb.pi().sqrt()
        difference = kernel.enclose(c, dps=dps + 5).ball - kernel.enclose(-c, dps=dps + 5).ball
        return constant * rational_exponent(q) ** order * difference


def _angular(p: Fraction, c: Fraction) -> arb:
    """Return ``∫ sign |sin θ sin(θ-τ)|**p dθ`` over ``(0, π)``, by quadrature."""
    order = rational_exponent(p)
    both = polar_moment(p, c) - polar_moment(p, -c)
    return both * 2 * arb.pi() / (order + 1).gamma() / arb(2) ** order


def power_polar_form(p: Fraction, q: Fraction, c: Fraction, dps: int) -> arb:
    """Return the second form for an odd power; its radial integral is ``2**p Γ(p+1)``."""
    with working_bits(bits_from_dps(dps) + 20):
        order = rational_exponent(p)
        radial = arb(2) ** order * (order + 1).gamma() * rational_exponent(q) ** order
        return radial * _angular(p, c) / arb.pi()


def power_parts_form(p: Fraction, q: Fraction, c: Fraction, dps: int) -> arb | int:
    """Return the fourth form for an odd power; ``∂Σ/∂s = 2p s**(2p-1) ...``, zero for a sign."""
    if p == 0:
        return 0
    with working_bits(bits_from_dps(dps) + 20):
        order = rational_exponent(p)
        radial = 2 * order * arb(2) ** (order - 1) * order.gamma() * rational_exponent(q) ** order
        return radial * _angular(p, c) / arb.pi()


UPSILON = sympy.exp(-(W1**2 / (1 - C) + W2**2 / (1 + C)) / 2) - sympy.exp(
    -(W2**2 / (1 - C) + W1**2 / (1 + C)) / 2
)
ODD = "φ(-x) = -φ(x), and E φ(z)² < ∞ for z ~ N(0, q)"
ANGLES = {
    "a": "frequency of the first sine",
    "b": "frequency of the second sine",
    "q": "variance, > 0",
    "c": "cos τ",
}

FIRST = Claim(
    id="residual.symmetrised-form",
    title="W of an odd activation as an integral over a cone",
    statement=(
        "For φ odd and 0 < τ <= π/2, c = cos τ: "
        "Wφ(q, qc) = (1/(π sin τ)) ∫_{w' >= |w|} Υ(w, w'; τ) φ(√(q/2)(w' + w)) "
        "φ(√(q/2)(w' - w)) dw dw', with "
        "Υ = e^(-[w²/(1-c) + w'²/(1+c)]/2) - e^(-[w'²/(1-c) + w²/(1+c)]/2) >= 0 there"
    ),
    variables=ANGLES,
    assumptions=(ODD,),
    source=Source("residual", "Lemma C.16, first equality; Figure C.10"),
    as_printed=(
        "primes are lost in the text; the blanks they leave show w' >= |w| and "
        "φ(w + w') φ(w' - w). Read with w >= |w'| and φ(w - w') the sign is wrong. Also true for "
        "π/2 < τ < π"
    ),
    checks=(
        attack(
            symmetrised,
            "==",
            sine_kernel,
            domain={**SINES, "c": Real("-19/20", "19/20")},
            tries=(9, 150),
        ),
        # the exponents of the two terms of Υ differ by what is >= 0 on w' >= |w|, c >= 0
        identity(
            (W2**2 - W1**2) / (1 - C) - (W2**2 - W1**2) / (1 + C),
            2 * C * (W2**2 - W1**2) / (1 - C**2),
        ),
    ),
    near_miss=at_points(
        other_reading, "==", sine_kernel, points=grid(a=(1,), b=(1,), q=(1,), c=("1/2",))
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

FROZEN_PRINTED = Claim(
    id="residual.symmetrised-form-parallel-printed",
    title="The symmetrised form for equal inputs, with the limit where it is printed",
    statement="For τ = 0: Wφ(q, q) = lim_{t -> 0} (1/(π sin t)) ∫ Υ(w, w'; 0) φ φ dw dw'",
    variables={"t": "angle in the limit; shown with φ(x) = sin x, q = 1, t = 1/100"},
    assumptions=(ODD,),
    source=Source("residual", "Lemma C.16, first equality at τ = 0"),
    as_printed=(
        "the limit acts on sin t alone; Υ(w, w'; 0) = 0 unless w w' = 0, as e^(-w²/(1-c)) -> 0 "
        "when c -> 1, so the right side is 0 for every t"
    ),
    checks=(
        at_points(
            lambda: (
                sympy.limit(UPSILON.subs({W1: 1, W2: 2}), C, 1, "-")
                / (sympy.pi * sympy.sin(sympy.Rational(1, 100)))
            ),
            "==",
            (1 - sympy.exp(-2)) / 2,
        ),
    ),
    near_miss=at_points(
        lambda: sympy.limit(UPSILON.subs({W1: 1, W2: 2}), C, 1, "-"), "==", sympy.exp(-2)
    ),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.symmetrised-form-parallel",
)

FROZEN = Claim(
    id="residual.symmetrised-form-parallel",
    title="The symmetrised form for equal inputs",
    statement="Wφ(q, q) = lim_{t -> 0} (1/(π sin t)) ∫ Υ(w, w'; t) φ φ dw dw', t in Υ as well",
    variables={"gap": "1 - cos t; φ(x) = sin x, q = 1"},
    assumptions=(ODD,),
    source=Source("residual", "Lemma C.16, first equality at τ = 0"),
    as_printed="the limit acts on sin t alone",
    checks=(
        limit(
            lambda gap, dps: symmetrised(ONE, ONE, ONE, 1 - gap, dps),
            (1 - sympy.exp(-2)) / 2,
            along=TOWARDS_PARALLEL,
            error=lambda gap: gap,
        ),
    ),
    near_miss=limit(
        lambda gap, dps: symmetrised(ONE, ONE, ONE, 1 - gap, dps),
        sympy.exp(-2),
        along=TOWARDS_PARALLEL,
        error=lambda gap: gap,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

RIGHT_ANGLE_PRINTED = Claim(
    id="residual.symmetrised-form-right-angle-printed",
    title="The remark that a right angle needs a limit",
    statement="At τ = π/2 the limit is necessary: without it the form does not give Wφ(q, 0) = 0",
    variables={"w1": "w", "w2": "w'"},
    source=Source("residual", "Lemma C.16, remark"),
    as_printed="'only necessary when τ = 0 or τ = π/2'; at π/2 sin τ = 1 and Υ = 0 identically",
    checks=(at_points(lambda: UPSILON.subs(C, 0) / sympy.sin(sympy.pi / 2), "!=", 0),),
    near_miss=at_points(lambda: UPSILON.subs({C: 0, W1: 1, W2: 2}), "!=", 0),
    expected=Verdict(Outcome.FAILS, Grade.EXACT),
    corrected_by="residual.symmetrised-form",
)

POLAR = Claim(
    id="residual.polar-forms",
    title="W of an odd activation in polar coordinates",
    statement=(
        "For φ odd: Wφ(q, q cos τ) = (1/π) ∫_0^∞ r e^(-r²/2) ∫_0^π Σ(√q r, θ; τ) dθ dr "
        "= (1/π) ∫_0^∞ (s/q) e^(-s²/(2q)) ∫_0^π Σ(s, θ; τ) dθ ds, "
        "Σ(s, θ; τ) = φ(s sin θ) φ(s sin(θ - τ))"
    ),
    variables={**ANGLES, "p": "φ(x) = sign(x)|x|^p"},
    assumptions=(ODD,),
    source=Source("residual", "Lemma C.16, second and third equality"),
    as_printed="for τ in [0, π/2]; true on [0, π], with jumps (p = 0) and poles (p < 0) as well",
    checks=(
        attack(polar_form, "==", sine_kernel, domain={**SINES, "c": Real(-1, 1)}, tries=(9, 240)),
        attack(
            scaled_polar_form,
            "==",
            sine_kernel,
            domain={**SINES, "c": Real(-1, 1)},
            tries=(6, 150),
        ),
        attack(
            power_polar_form,
            "==",
            power_kernel,
            domain={**POWERS, "p": Real("-9/20", 6), "c": Real("-99/100", "99/100")},
            tries=(15, 300),
        ),
    ),
    near_miss=attack(
        lambda a, b, q, c, dps: 2 * polar_form(a, b, q, c, dps),
        "==",
        sine_kernel,
        domain={**SINES, "c": FORWARD},
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

PARTS_PRINTED = Claim(
    id="residual.parts-form-printed",
    title="W of an odd activation after integration by parts, as printed",
    statement=(
        "For every odd φ: Wφ(q, q cos τ) = (1/π) ∫_0^π ∫_0^∞ e^(-s²/(2q)) ∂Σ(s, θ; τ)/∂s ds dθ"
    ),
    variables={"p": "φ(x) = sign(x)|x|^p, p >= 0", "q": "variance, > 0", "c": "cos τ"},
    assumptions=(ODD,),
    source=Source("residual", "Lemma C.16, fourth equality"),
    as_printed="no smoothness is asked for; the sign function has W = (2/π) arcsin c, the form 0",
    checks=(
        at_points(
            power_parts_form, "==", power_kernel, points=grid(p=(1, "1/2", 0), q=(1,), c=("1/2",))
        ),
    ),
    near_miss=attack(
        lambda p, q, c, dps: 2 * power_polar_form(p, q, c, dps),
        "==",
        power_kernel,
        domain=POWERS,
    ),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.parts-form",
)

PARTS = Claim(
    id="residual.parts-form",
    title="W of an odd activation after integration by parts",
    statement=(
        "For φ odd and locally absolutely continuous (so φ(0) = 0), |φ(x)| <= A e^(a x²) with "
        "a < 1/(4q): Wφ(q, q cos τ) = (1/π) ∫_0^π ∫_0^∞ e^(-s²/(2q)) ∂Σ(s, θ; τ)/∂s ds dθ"
    ),
    variables={**ANGLES, "p": "φ(x) = sign(x)|x|^p, p > 0"},
    assumptions=("φ odd, absolutely continuous on bounded intervals, |φ(x)| <= A e^(a x²)",),
    source=Source("residual", "Lemma C.16, fourth equality"),
    as_printed="smoothness and growth of φ are not asked for; kinks and infinite slopes do no harm",
    checks=(
        attack(parts_form, "==", sine_kernel, domain={**SINES, "c": Real(-1, 1)}, tries=(9, 240)),
        attack(
            power_parts_form,
            "==",
            power_kernel,
            domain={**POWERS, "p": Real(0, 6, open_at="lower"), "c": Real("-99/100", "99/100")},
            tries=(15, 300),
        ),
    ),
    near_miss=at_points(
        power_parts_form, "==", power_kernel, points=grid(p=(0,), q=(1,), c=("1/2",))
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (
    FIRST,
    FROZEN_PRINTED,
    FROZEN,
    RIGHT_ANGLE_PRINTED,
    POLAR,
    PARTS_PRINTED,
    PARTS,
)
"""Lemma C.16."""
