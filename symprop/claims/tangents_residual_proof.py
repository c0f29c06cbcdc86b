"""tangents, proof of Theorem 5: growth of the fourth moment from block to block."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

from symprop.claims.citations import claims_of
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, Range, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.moments.diagonal import output_moments
from symprop.moments.enumeration import gate_enumeration
from symprop.moments.jacobians import jacobian_moments
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import bits_from_dps, working_bits
from symprop.specs.branched import ResNet

if TYPE_CHECKING:
    from symprop.moments.jacobians import JacobianMoments

__all__ = ["CLAIMS", "MEANING", "NETWORK"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FAILS = Verdict(Outcome.FAILS, Grade.ENCLOSED)


def line(width: int) -> Fraction:
    return 1 + Fraction(2, width)


def gate(width: int) -> Fraction:
    return 1 + Fraction(5, width)


def growth(width: int, m: int, alpha: Fraction) -> Fraction:
    """Return ``xi``, the exact growth of the fourth moment in a block."""
    a = alpha**m
    return 1 + 2 * a * line(width) + a * a * line(width) * gate(width) ** (m - 1)


def printed_growth(width: int, m: int, alpha: Fraction) -> Fraction:
    """Return ``beta`` of eq 155."""
    a = alpha**m
    return 1 + 2 * a * line(width) + a * a * gate(width) ** m


def slow_growth(width: int, m: int, alpha: Fraction) -> Fraction:
    a = alpha**m
    return 1 + 2 * a + a * a * gate(width) ** m


def root(width: int, m: int, dps: int) -> Any:
    """Return ``p = (1 + 5/n)^(m/2)``."""
    with working_bits(bits_from_dps(dps + 10)):
        return as_ball(gate(width) ** m, bits_from_dps(dps + 10)).sqrt()


def square_bound(width: int, m: int, alpha: Fraction, dps: int) -> Any:
    """Return ``(1 + A p)^2``."""
    with working_bits(bits_from_dps(dps + 10)):
        return (1 + as_ball(alpha**m, bits_from_dps(dps + 10)) * root(width, m, dps)) ** 2


def block_growth(width: int, m: int, alpha: Fraction, depth: int) -> Any:
    """Return the growth of ``E |y|^4`` in the last of the blocks."""
    network = ResNet(m, alpha)
    after = output_moments(network, width, depth).length_fourth
    return after / output_moments(network, width, depth - 1).length_fourth


def total_growth(width: int, m: int, alpha: Fraction, depth: int) -> Any:
    network = ResNet(m, alpha)
    after = output_moments(network, width, depth).length_fourth
    return after / output_moments(network, width, 0).length_fourth


def printed_total(width: int, m: int, alpha: Fraction, depth: int) -> Fraction:
    return printed_growth(width, m, alpha) ** depth


def large_total(width: int, m: int, alpha: Fraction, depth: int) -> Any:
    """Return 1000 times the growth: where that does not suffice, no constant does."""
    return 1000 * total_growth(width, m, alpha, depth)


def exact_total(width: int, m: int, alpha: Fraction, depth: int) -> Fraction:
    return growth(width, m, alpha) ** depth


def reduced_mean(width: int, m: int, alpha: Fraction, depth: int) -> Fraction:
    """Return ``E f_(k)^2`` for the first block by multiplying out the paths."""
    graph = ResNet(m, alpha).graph(depth).through((1, 1))
    return gate_enumeration(graph, width, trained=()).output[0]


def expected_mean(m: int, alpha: Fraction, depth: int) -> Fraction:
    return (1 + alpha**m) ** (depth - 1) * alpha**m


def late_mean(m: int, alpha: Fraction, depth: int) -> Fraction:
    return expected_mean(m, alpha, depth) * (1 + alpha**m)


def blocks(first: int) -> list[tuple[Fraction, Fraction, Fraction]]:
    """Return ``|y|^2, y.u, |u|^2`` for ``y = (first, 1)``, ``u = W_2 relu(W_1 y)``, all signs.

    Two neurons, two matrices and alpha^2 = 2 give the branch this form.
    """
    found, signs = [], (Fraction(-1), Fraction(1))
    for w in product(signs, repeat=4):
        h = [max(w[2 * v] * first + w[2 * v + 1], Fraction(0)) for v in (0, 1)]
        for o in product(signs, repeat=4):
            u = [o[2 * j] * h[0] + o[2 * j + 1] * h[1] for j in (0, 1)]
            square = u[0] ** 2 + u[1] ** 2
            found.append((Fraction(first**2 + 1), first * u[0] + u[1], square))
    return found


def block_fourth(first: int) -> Fraction:
    return sum(((y + 2 * c + u) ** 2 for y, c, u in blocks(first)), Fraction(0)) / 256


def split_fourth(first: int) -> Fraction:
    terms = (y * y + u * u + 4 * c * c + 2 * y * u for y, c, u in blocks(first))
    return sum(terms, Fraction(0)) / 256


def split_without_cross(first: int) -> Fraction:
    terms = (y * y + u * u + 2 * y * u for y, c, u in blocks(first))
    return sum(terms, Fraction(0)) / 256


def mixed_fourth(first: int) -> Fraction:
    return sum((c * c for _, c, _ in blocks(first)), Fraction(0)) / 256


def mixed_formula(first: int) -> Fraction:
    """Return ``(A/n) |y|^4`` at ``A = n = 2``."""
    return Fraction((first**2 + 1) ** 2)


def mixed_without_width(first: int) -> Fraction:
    return 2 * mixed_formula(first)


def branch_fourth(width: int, m: int, alpha: Fraction) -> Fraction:
    """Return ``E |u|^4/E |y|^4`` by multiplying out the paths; the output layer adds 3."""
    part = gate_enumeration(ResNet(m, alpha).graph(1), width).parts[1, 1][1]
    return part / (3 * line(width))


def branch_exact(width: int, m: int, alpha: Fraction) -> Fraction:
    return alpha ** (2 * m) * line(width) * gate(width) ** (m - 1)


def branch_bound(width: int, m: int, alpha: Fraction) -> Fraction:
    return alpha ** (2 * m) * gate(width) ** m


def made(width: int, m: int, alpha: Fraction, depth: int) -> JacobianMoments:
    return jacobian_moments(ResNet(m, alpha), width, depth, (depth, 1))


def length_variance(width: int, m: int, alpha: Fraction, depth: int) -> Any:
    """Return ``Var(|y^L|^2 | y^0)/|y^0|^4`` in the reduced network."""
    found = made(width, m, alpha, depth)
    return found.output_fourth / (3 * line(width)) - found.output_second**2


def length_variance_formula(width: int, m: int, alpha: Fraction, depth: int) -> Fraction:
    a = alpha**m
    grown = branch_exact(width, m, alpha) * growth(width, m, alpha) ** (depth - 1)
    return grown - a * a * (1 + a) ** (2 * (depth - 1))


def length_variance_off(width: int, m: int, alpha: Fraction, depth: int) -> Fraction:
    a = alpha**m
    grown = branch_bound(width, m, alpha) * growth(width, m, alpha) ** (depth - 1)
    return grown - a * a * (1 + a) ** (2 * (depth - 1))


def printed_lower(width: int, m: int, alpha: Fraction, depth: int) -> Fraction:
    a = alpha**m
    return a * a * (1 + a) ** (2 * (depth - 1)) * (gate(width) ** m - 1)


def printed_upper(width: int, m: int, alpha: Fraction, depth: int, dps: int) -> Any:
    bits = bits_from_dps(dps + 10)
    with working_bits(bits):
        factor = as_ball(alpha ** (2 * m) * (gate(width) ** m - 1), bits)
        return factor * square_bound(width, m, alpha, dps) ** (depth - 1)


MEANING = {"width": "n", "m": "matrices in a branch", "alpha": "α", "depth": "L", "strength": "s"}
"""Variables of the statements on residual networks."""
_claim = claims_of(
    "tangents",
    HOLDS,
    variables=MEANING,
    assumptions=("Gaussian weights, constant width n, A = α^m",),
)
BLOCK: dict[str, Range] = {
    "width": Integer(1, reach=10_000),
    "m": Integer(1, 6),
    "alpha": Real(0, 1, open_at="both"),
}
NETWORK: dict[str, Range] = BLOCK | {"depth": Integer(1, reach=40)}
"""Networks that are searched for counterexamples."""
TINY = [
    {"width": width, "m": m, "alpha": Fraction(1, 2), "depth": depth}
    for width, m, depth in ((1, 1, 1), (1, 1, 3), (1, 2, 2), (2, 2, 1), (1, 3, 2))
]
TINY_BLOCKS = [
    {"width": width, "m": m, "alpha": Fraction(1, 2)}
    for width, m in ((1, 1), (1, 2), (1, 3), (2, 1), (2, 2))
]
FIRST: dict[str, Range] = {"first": Integer(1, reach=20)}
SMALLEST = [{"width": 1, "m": 1, "alpha": Fraction(1, 2)}]
NARROW = [{"width": 1, "m": 2, "alpha": Fraction(9, 10), "depth": depth} for depth in (1, 6, 40)]
WIDE = [
    {"width": width, "m": m, "alpha": Fraction(9, 10), "depth": 6}
    for width in (100, 10_000)
    for m in (1, 2)
]

CLAIMS = (
    _claim(
        "residual-mean-square",
        "eq 148",
        title="mean square of the reduced residual network",
        statement="E ‖y^L‖² = (1+A)^(L-1) A E ‖y⁰‖²",
        checks=(at_points(reduced_mean, "==", expected_mean, points=TINY),),
        near_miss=at_points(reduced_mean, "==", late_mean, points=TINY),
    ),
    _claim(
        "residual-fourth-split",
        "eq 149",
        title="fourth moment of bypass and branch",
        statement="E ‖y+u‖⁴ = E ‖y‖⁴ + E ‖u‖⁴ + 4 E (y·u)² + 2 E ‖y‖² ‖u‖²",
        checks=(attack(block_fourth, "==", split_fourth, domain=FIRST, tries=(20, 60)),),
        near_miss=attack(block_fourth, "==", split_without_cross, domain=FIRST, tries=(20, 60)),
    ),
    _claim(
        "residual-branch-fourth",
        "eq 151",
        title="fourth moment of a branch",
        statement="E ‖u‖⁴ = A² (1+2/n) (1+5/n)^(m-1) ‖y‖⁴ <= A² (1+5/n)^m ‖y‖⁴",
        checks=(
            at_points(branch_fourth, "==", branch_exact, points=TINY_BLOCKS),
            attack(branch_exact, "<=", branch_bound, domain=BLOCK),
        ),
        near_miss=at_points(branch_fourth, "==", branch_bound, points=TINY_BLOCKS),
    ),
    _claim(
        "residual-mixed-fourth",
        "eq 152",
        title="mixed fourth moment of bypass and branch",
        statement="E (y·u)² = (A/n) ‖y‖⁴",
        checks=(attack(mixed_fourth, "==", mixed_formula, domain=FIRST, tries=(20, 60)),),
        near_miss=attack(mixed_fourth, "==", mixed_without_width, domain=FIRST, tries=(20, 60)),
    ),
    _claim(
        "residual-growth-bound",
        "eq 155",
        title="growth of the fourth moment in a block",
        statement="E ‖y^l‖⁴ <= β E ‖y^(l-1)‖⁴, β = 1 + 2A(1+2/n) + A²(1+5/n)^m",
        checks=(attack(block_growth, "<=", printed_growth, domain=NETWORK, tries=(60, 600)),),
        near_miss=attack(block_growth, "<=", slow_growth, domain=NETWORK, tries=(60, 600)),
    ),
    _claim(
        "residual-growth-product",
        "eq 157",
        FAILS,
        title="fourth moment after many blocks through β",
        statement="β^(L-k) E ‖y^k‖⁴ is of the order of E ‖y^L‖⁴: at most 1000 times that",
        as_printed=(
            "as an approximation of unstated error; the ratio of the two sides is (β/ξ)^(L-k), "
            "as large as one likes"
        ),
        checks=(at_points(printed_total, "<=", large_total, points=NARROW),),
        near_miss=at_points(printed_total, "<=", large_total, points=NARROW[-1:]),
        corrected_by="tangents.residual-growth-product-exact",
    ),
    _claim(
        "residual-growth-product-exact",
        "eq 157",
        title="fourth moment after many blocks",
        statement=(
            "E ‖y^L‖⁴ = ξ^(L-k) E ‖y^k‖⁴ <= β^(L-k) E ‖y^k‖⁴, "
            "ξ = 1 + 2A(1+2/n) + A²(1+2/n)(1+5/n)^(m-1)"
        ),
        checks=(
            attack(total_growth, "==", exact_total, domain=NETWORK, tries=(40, 300)),
            attack(exact_total, "<=", printed_total, domain=NETWORK, tries=(40, 300)),
        ),
        near_miss=attack(exact_total, ">=", printed_total, domain=NETWORK, tries=(40, 300)),
    ),
    _claim(
        "residual-growth-square",
        "eq 159",
        FAILS,
        title="bound of the growth factor by a square, for all widths",
        statement="β <= (1 + A p)², p = (1+5/n)^(m/2)",
        as_printed=(
            "for every m and n, the left side being lost in the text and read as β; at m = 1 and "
            "n <= 3, p < 1 + 2/n"
        ),
        checks=(at_points(printed_growth, "<=", square_bound, points=SMALLEST),),
        near_miss=attack(
            printed_growth, "<=", square_bound, domain=BLOCK | {"width": Integer(1, 3)}
        ),
        corrected_by="tangents.residual-growth-square-wide",
    ),
    _claim(
        "residual-growth-square-wide",
        "eq 159",
        title="bound of the growth factor by a square",
        statement="β <= (1 + A p)², p = (1+5/n)^(m/2), if m >= 2 or n >= 4",
        checks=(
            attack(
                printed_growth,
                "<=",
                square_bound,
                domain=BLOCK,
                assuming=lambda width, m: m >= 2 or width > 4,
            ),
            at_points(lambda: line(4) ** 2, "==", lambda: gate(4)),  # equality at m = 1, n = 4
        ),
        near_miss=attack(
            printed_growth,
            "<=",
            square_bound,
            domain=BLOCK,
            assuming=lambda width, m: m >= 2 or width >= 3,
        ),
    ),
    _claim(
        "residual-length-variance-bounds",
        "eq 162",
        FAILS,
        title="two-sided bound of the variance of the output's length",
        statement=(
            "A² (1+A)^(2(L-1)) (p²-1) <= Var(‖y^L‖² | y⁰)/‖y⁰‖⁴ <= A² (1+Ap)^(2(L-1)) (p²-1)"
        ),
        as_printed="the first is false at L = 1, the second for wide networks of three blocks",
        checks=(
            at_points(
                printed_lower,
                "<=",
                length_variance,
                points=[point | {"depth": 1} for point in SMALLEST],
            ),
            at_points(length_variance, "<=", printed_upper, points=WIDE),
        ),
        near_miss=at_points(length_variance, "<=", printed_upper, points=WIDE),
        corrected_by="tangents.residual-length-variance",
    ),
    _claim(
        "residual-length-variance",
        "eq 162",
        title="variance of the output's length",
        statement=("Var(‖y^L‖² | y⁰)/‖y⁰‖⁴ = A² [(1+2/n)(1+5/n)^(m-1) ξ^(L-1) - (1+A)^(2(L-1))]"),
        checks=(
            attack(length_variance, "==", length_variance_formula, domain=NETWORK, tries=(40, 300)),
        ),
        near_miss=attack(
            length_variance, "==", length_variance_off, domain=NETWORK, tries=(40, 300)
        ),
    ),
)
"""The variance of the kernel itself is in a module of its own."""
