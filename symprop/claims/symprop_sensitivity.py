"""symprop F4 to F7: lengths, noise and sensitivity of ReLU networks at initialisation."""

from __future__ import annotations

from fractions import Fraction

import sympy
from flint import acb, arb

from symprop.claims.noisy_networks import (
    batch_norm_ratio,
    kept_variance,
    log_drift,
    log_spread,
    noise_square,
)
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.ledger.source import Source
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

WIDTHS = tuple({"width": n} for n in (1, 2, 7, 100))
SMALL = grid(width=(2, 5), depth=(1, 3))
WIDE = tuple({"width": 4**k} for k in range(3, 11))
DEEP = tuple({"depth": 2**k} for k in range(4, 11))
N, DEPTH, BATCH = sympy.symbols("width depth batch", positive=True)
SIZES = (20_000, 200_000)
CONSTANT = "4.389847383733851749"


def drift(width: int, dps: int) -> Enclosure:
    """Return ``m`` by the mixture."""
    from symprop.moments.log_lengths import log_length_law

    return log_length_law(width, dps=dps).drift


def variance(width: int, dps: int) -> Enclosure:
    """Return ``v`` by the mixture."""
    from symprop.moments.log_lengths import log_length_law

    return log_length_law(width, dps=dps).variance


def laplace_moments(width: int, dps: int) -> tuple[arb, arb]:
    r"""Return mean and mean square of ``log(delta)`` given survival, from the Laplace transform.

    ``E exp(-t delta) = ((1 + (1 + 4t/N)^(-1/2))/2)^N``, less ``2^-N`` for death; and
    ``E log X = int (e^-t - E e^-tX) dt/t``, likewise with ``log t`` for the square.
    """
    bits = bits_from_dps(dps) + 40
    with working_bits(bits):
        below = arb(int(0.75 * bits) + 20)
        above = 2 * (below + 3 * (arb(width).log() + 1))
        dead = arb(2) ** -width
        vanishing = arb(12)  # exp(-exp(12)) is below every precision used

        def transform(t: acb, analytic: bool) -> acb:
            root = (1 + 4 * t / width).sqrt(analytic=analytic)
            return (((1 + 1 / root) / 2) ** width - dead) / (1 - dead)

        def integral(weight: int) -> arb:
            def near(u: acb, analytic: bool) -> acb:
                t = u.exp()
                return ((-t).exp() - transform(t, analytic)) * u**weight

            def far(u: acb, analytic: bool) -> acb:
                return -transform(u.exp(), analytic) * u**weight

            total = acb.integral(near, -below, vanishing).real
            total += acb.integral(far, vanishing, above).real
            # |e^-t - transform| <= 3 t at 0; the transform is at most N^(3/2) t^(-1/2)/2 far out
            left = 3 * (-below).exp() * (below + 1)
            right = arb(width) ** arb("1.5") * (-above / 2).exp() * (above + 2)
            tail = left + right + (-vanishing.exp() + 5).exp()
            return total + arb(0, tail.upper())

        mean = integral(0)
        return mean, -2 * (integral(1) + arb.const_euler() * mean)


def laplace_drift(width: int, dps: int) -> arb:
    """Return ``m`` by the Laplace transform."""
    return -laplace_moments(width, dps + 10)[0]


def laplace_variance(width: int, dps: int) -> arb:
    """Return ``v`` by the Laplace transform."""
    mean, square = laplace_moments(width, dps + 10)
    with working_bits(bits_from_dps(dps + 10)):
        return square - mean**2


def half_active(width: int, dps: int) -> arb:
    """Return the drift as if exactly half of the units were active."""
    with working_bits(bits_from_dps(dps)):
        quarter = arb(width) / 4
        return quarter.log() - quarter.digamma()


def square_of_noise(width: int, depth: int) -> sympy.Expr:
    """Return the closed form of ``E mu_2(s)^2``."""
    from symprop.moments.noise_moments import mean_square_noise_closed_form

    return mean_square_noise_closed_form(width, depth)


def square_by_recurrence(width: int, depth: int) -> Fraction:
    """Return the same by the recurrence of both invariants of the Jacobian."""
    from symprop.moments.noise_moments import mean_square_noise

    return mean_square_noise([width] * (depth + 1))


def inverse_square(batch: int, which: str) -> sympy.Expr:
    """Return the inverse square of a factor of a batch-normalised layer."""
    from symprop.recurrences.sensitivity_factors import batch_norm_factors

    return getattr(batch_norm_factors(batch), which) ** -2


def growth(batch: int, dps: int) -> Enclosure:
    """Return the growth of a layer on a batch."""
    from symprop.numerics.evaluation import enclose
    from symprop.recurrences.sensitivity_factors import batch_norm_factors

    return enclose(batch_norm_factors(batch).growth, dps=dps)


def white_noise_ratio(batch: int, dps: int) -> Enclosure:
    """Return the squared factor of the normalisation for orthogonal data and white noise."""
    from symprop.recurrences.sensitivity_factors import normalization_factor

    variances = [1] * (batch - 1) + [0]
    return normalization_factor(variances, [1] * batch, dps=dps) ** 2


def gamma_law(depth: int, unit: int, start: Fraction, dps: int) -> Enclosure:
    """Return ``zeta`` of a residual network by Gamma functions."""
    from symprop.recurrences.sensitivity_dilution import residual_sensitivity

    return residual_sensitivity(depth, unit, input_variance=start, dps=dps)


def unit_by_unit(depth: int, unit: int, start: Fraction, dps: int) -> arb:
    """Return the same from the variances of signal and noise, unit by unit."""
    with working_bits(bits_from_dps(dps) + 20):
        first = arb(start.numerator) / start.denominator
        kept = 1 - 1 / arb.pi()
        signal, noise = first, arb(1)
        for _ in range(depth):
            ratio = noise / signal / kept**unit  # of noise to signal, after each layer
            signal, noise = signal + kept, noise + kept * ratio
        return (noise / signal * first).sqrt()


def scaled_growth(depth: int, dps: int) -> arb:
    """Return ``zeta^2 l^(1 - g)`` for one layer a unit and unit input."""
    value = gamma_law(depth, 1, Fraction(1), dps)
    with working_bits(bits_from_dps(dps) + 20):
        pi = arb.pi()
        return value.ball**2 * arb(depth) ** (1 - pi / (pi - 1))


def gamma_limit(dps: int) -> arb:
    """Return ``Gamma(a + 1)/Gamma(a + g)`` there."""
    with working_bits(bits_from_dps(dps) + 20):
        pi = arb.pi()
        g = a = pi / (pi - 1)
        return (a + 1).gamma() / (a + g).gamma()


def line_excess(depth: int, dps: int) -> arb:
    """Return ``3 pi zeta/sqrt 2 - l - (3/2) log l`` for orthogonal data, by the recurrence."""
    return _excess(depth, dps, Fraction(3, 2))


def _excess(depth: int, dps: int, logarithm: Fraction) -> arb:
    with working_bits(bits_from_dps(dps) + 40):
        pi, e = arb.pi(), arb(1)
        for _ in range(depth):
            radius, e = e.rad(), e.mid()
            sine = (e * (2 - e)).sqrt()
            angle = arb.atan2(sine, 1 - e)
            # the slope (pi - angle)/pi is at most 1, so that errors do not grow
            e = 1 - (sine + (pi - angle) * (1 - e)) / pi + arb(0, radius)
        share = arb(logarithm.numerator) / logarithm.denominator
        return 3 * pi / (2 * e).sqrt() - depth - share * arb(depth).log()


LENGTHS = Claim(
    id="symprop.log-length-law",
    title="Exact law of the logarithm of a signal's length",
    statement=(
        "for one input, ReLU, Gaussian weights of variance 2/N, given survival, each layer adds to "
        "log ν₂ independently with mean -m and variance v: m = -log(4/N) - E ψ(B/2), "
        "v = E ψ'(B/2) + Var ψ(B/2), B ~ Bin(N, 1/2) given B > 0; m = 5/(2N) + 49/(12N²) + O(N⁻³), "
        "v = 5/N + 37/(2N²) + O(N⁻³)"
    ),
    variables={"width": "N >= 1", "depth": "number of layers"},
    source=Source("symprop", "F4"),
    checks=(
        at_points(drift, "==", laplace_drift, points=WIDTHS, digits=20),
        at_points(variance, "==", laplace_variance, points=WIDTHS, digits=20),
        simulated(log_drift, "==", drift, points=SMALL, sizes=SIZES),
        simulated(log_spread, "==", variance, points=SMALL, sizes=SIZES),
        limit(
            lambda width, dps: width**2 * (drift(width, 3 * dps) - Fraction(5, 2 * width)),
            Fraction(49, 12),
            along=WIDE,
            error=1 / N,
        ),
        limit(
            lambda width, dps: width**2 * (variance(width, 3 * dps) - Fraction(5, width)),
            Fraction(37, 2),
            along=WIDE,
            error=1 / N,
        ),
    ),
    near_miss=at_points(half_active, "==", laplace_drift, points=WIDTHS, digits=20),
    expected=Verdict(Outcome.HOLDS, Grade.STATISTICAL),
    derivation="derivations/log_length_law.py",
)

NOISE = Claim(
    id="symprop.mean-square-noise",
    title="Exact mean square of the sensitivity moment of one input",
    statement=(
        "E μ₂(sˡ)² = (N+2)/(3N) (1+5/N)ˡ + (2(N-1)/(3N)) (1-1/N)ˡ for one input, constant width"
    ),
    variables={"width": "N >= 1", "depth": "l >= 0"},
    source=Source("symprop", "F5"),
    derivation="derivations/mean_square_noise.py",
    checks=(
        at_points(
            square_of_noise,
            "==",
            square_by_recurrence,
            points=grid(width=(1, 2, 3, 10, 1000), depth=(0, 1, 2, 5, 40)),
        ),
        simulated(noise_square, "==", square_of_noise, points=SMALL, sizes=(200_000, 800_000)),
    ),
    near_miss=at_points(
        lambda width, depth: square_of_noise(width, depth) + Fraction(1, 10**9),
        "==",
        square_by_recurrence,
        points=grid(width=(2, 3), depth=(2, 5)),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.STATISTICAL),
)

GROWTH = Claim(
    id="symprop.batch-norm-growth",
    title="Growth of the sensitivity in a batch-normalised ReLU layer",
    statement=(
        "at infinite width, on k data of one mutual cosine, a layer multiplies ζ² by (k-1)/(k-3) "
        "and by 1/(1 - 1/(2k) - ((k-1)/(πk)) (√(1-c²) + c arcsin c)), c = -1/(k-1); as k grows, "
        "the growth of ζ tends to √(π/(π-1)), with an error O(1/k)"
    ),
    variables={"batch": "k >= 4"},
    source=Source("symprop", "F6"),
    checks=(
        simulated(
            kept_variance,
            "==",
            lambda batch: inverse_square(batch, "nonlinearity"),
            points=grid(batch=(4, 9, 40)),
            sizes=SIZES,
        ),
        simulated(
            batch_norm_ratio,
            "==",
            white_noise_ratio,
            points=grid(batch=(12, 40)),
            sizes=(100_000, 400_000),
        ),
        at_points(
            white_noise_ratio,
            "==",
            ((BATCH - 1) / BATCH) * (1 + 1 / (BATCH - 3)),
            points=grid(batch=(4, 5, 12)),
        ),
        limit(
            growth,
            sympy.sqrt(sympy.pi / (sympy.pi - 1)),
            along=tuple({"batch": 4**k} for k in range(2, 9)),
            error=1 / BATCH,
        ),
    ),
    near_miss=limit(
        growth,
        sympy.sqrt(sympy.pi / (sympy.pi - 1)) + sympy.Rational(1, 1000),
        along=tuple({"batch": 4**k} for k in range(2, 9)),
        error=1 / BATCH,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.STATISTICAL),
    derivation="derivations/batch_norm_growth.py",
)

DILUTION = Claim(
    id="symprop.residual-gamma-law",
    title="Dilution law of batch-normalised residual networks",
    statement=(
        "with ζ² multiplied by π/(π-1) in each of the H layers of a unit: (ζˡ)² = "
        "Γ(l+a+g) Γ(a+1)/(Γ(a+g) Γ(l+a+1)), g = (π/(π-1))ᴴ, a = μ₂(y⁰)/(1-1/π); "
        "so ζ² l^(1-g) → Γ(a+1)/Γ(a+g)"
    ),
    variables={"depth": "l >= 0", "unit": "H >= 1", "start": "μ₂(y⁰) > 0"},
    assumptions=("infinite width, many uncorrelated data, weights of variance 2 over the fan-in",),
    source=Source("symprop", "F6"),
    checks=(
        at_points(
            gamma_law,
            "==",
            unit_by_unit,
            points=grid(depth=(0, 1, 2, 10, 200), unit=(1, 2, 3), start=("1/100", "1", "30")),
            digits=30,
        ),
        limit(scaled_growth, gamma_limit, along=DEEP, error=1 / DEPTH),
    ),
    near_miss=at_points(
        lambda depth, unit, start, dps: gamma_law(depth + 1, unit, start, dps),
        "==",
        unit_by_unit,
        points=grid(depth=(0, 10), unit=(1, 2), start=("1",)),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/residual_dilution.py",
)

LINE = Claim(
    id="symprop.vanilla-linear-law",
    title="Linear growth of the sensitivity in wide vanilla ReLU networks",
    statement=(
        f"for orthogonal data at infinite width ζˡ = (√2/(3π)) (l + (3/2) log l + C + "
        f"O(log²l/l)), C = {CONSTANT[:14]}..."
    ),
    variables={"depth": "l"},
    source=Source("symprop", "F7"),
    checks=(
        limit(
            line_excess,
            Fraction(CONSTANT),
            along=DEEP,
            error=sympy.log(DEPTH) ** 2 / DEPTH,
        ),
    ),
    near_miss=limit(
        lambda depth, dps: _excess(depth, dps, Fraction(1)),
        Fraction(CONSTANT),
        along=DEEP,
        error=sympy.log(DEPTH) ** 2 / DEPTH,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/vanilla_sensitivity.py",
)

CLAIMS = (LENGTHS, NOISE, GROWTH, DILUTION, LINE)
"""F4 to F7."""
