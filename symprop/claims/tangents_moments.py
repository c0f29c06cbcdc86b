"""tangents, section 5.1: moments of paths, reduced networks and gradients."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.tangents_layers import ATOMS
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, OneOf, Range
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.moments.diagonal import tangent_moments
from symprop.moments.discrete_weights import weight_enumeration
from symprop.moments.enumeration import gate_enumeration
from symprop.moments.jacobians import jacobian_moments
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import bits_from_dps, working_bits
from symprop.specs.branched import DenseNet, ResNet
from symprop.specs.initialization import weight_law

if TYPE_CHECKING:
    from symprop.moments.enumeration import EnumeratedMoments
    from symprop.moments.jacobians import JacobianMoments
    from symprop.specs.branched import Branched
    from symprop.specs.wiring import Graph

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FAILS = Verdict(Outcome.FAILS, Grade.ENCLOSED)


def gathered(graph: Graph) -> Graph:
    """Return the same network with the scale of a branch at its first matrix alone.

    So its strength may be any rational number.
    """
    nodes = [
        replace(
            node,
            matrices=tuple(replace(m, scale=1) if m.label[1] > 1 else m for m in node.matrices),
        )
        for node in graph.nodes
    ]
    return replace(graph, nodes=tuple(nodes))


def network_graph(net: str, depth: int) -> Graph:
    if net == "dense":
        return DenseNet().graph(depth)
    return gathered(ResNet(2, net).graph(depth))


@lru_cache(maxsize=256)
def whole(law: str, net: str, width: int, depth: int) -> EnumeratedMoments:
    graph = network_graph(net, depth)
    return weight_enumeration(graph, width, atoms=ATOMS[law])


@lru_cache(maxsize=256)
def cut(law: str, net: str, width: int, depth: int, label: tuple[int, int]) -> EnumeratedMoments:
    graph = network_graph(net, depth).through(label)
    return weight_enumeration(graph, width, atoms=ATOMS[law], trained=())


def through(law: str, net: str, width: int, depth: int, k: int, h: int, power: int) -> Fraction:
    """Return the moment of the paths through one matrix of the whole network, real gates."""
    return whole(law, net, width, depth).parts[k, h][power // 2 - 1]


def reduced(law: str, net: str, width: int, depth: int, k: int, h: int, power: int) -> Fraction:
    """Return the moment of the output of the reduced network, real gates."""
    return cut(law, net, width, depth, (k, h)).output[power // 2 - 1]


def all_paths(law: str, net: str, width: int, depth: int, power: int) -> Fraction:
    return whole(law, net, width, depth).output[power // 2 - 1]


def gradient(law: str, net: str, width: int, depth: int, k: int, h: int) -> Fraction:
    """Return the mean squared norm of the gradient by one matrix, real gates."""
    return whole(law, net, width, depth).jacobians[k, h][0]


def reduced_square(law: str, net: str, width: int, depth: int, k: int, h: int) -> Fraction:
    return cut(law, net, width, depth, (k, h)).output[0]


def output_square(law: str, net: str, width: int, depth: int) -> Fraction:
    return whole(law, net, width, depth).output[0]


def network_of(net: str) -> Branched:
    return DenseNet() if net == "dense" else ResNet(2, net)


def gradient_by_paths(law: str, net: str, width: int, depth: int, k: int, h: int) -> Fraction:
    """Return the same with fair coins as gates, for laws without atoms."""
    return gate_enumeration(network_of(net).graph(depth), width, law=law).jacobians[k, h][0]


def reduced_by_paths(law: str, net: str, width: int, depth: int, k: int, h: int) -> Fraction:
    graph = network_of(net).graph(depth).through((k, h))
    return gate_enumeration(graph, width, law=law, trained=()).output[0]


@lru_cache(maxsize=1024)
def through_one(law: str, net: str, width: int, depth: int) -> JacobianMoments:
    label = (depth, 0) if net == "dense" else (1, 1)
    return jacobian_moments(network_of(net), width, depth, label, law=law)


def fourth(law: str, net: str, width: int, depth: int) -> Any:
    """Return ``E |J|^4``."""
    return through_one(law, net, width, depth).fourth


def output_fourth(law: str, net: str, width: int, depth: int) -> Any:
    """Return ``E f^4`` of the reduced network."""
    return through_one(law, net, width, depth).output_fourth


def shape(law: str) -> Fraction:
    return Fraction(str(weight_law(law).moment(4)))


def printed_lower(law: str, net: str, width: int, depth: int) -> Any:
    return output_fourth(law, net, width, depth) / shape(law)


def lower(law: str, net: str, width: int, depth: int) -> Any:
    return output_fourth(law, net, width, depth) / max(Fraction(3), shape(law))


def upper(law: str, net: str, width: int, depth: int) -> Any:
    return output_fourth(law, net, width, depth) / min(Fraction(3), shape(law))


def third(net: str, width: int, depth: int) -> Any:
    return output_fourth("gaussian", net, width, depth) / 3


def fourth_by_paths(law: str, net: str, width: int, depth: int) -> Fraction:
    label = (depth, 0) if net == "dense" else (1, 1)
    return gate_enumeration(network_of(net).graph(depth), width, law=law).jacobians[label][1]


def kernel_variance(net: str, width: int, depth: int) -> Any:
    return tangent_moments(network_of(net), width, depth).variance


def deviations(net: str, width: int, depth: int) -> list[tuple[Any, Any]]:
    """Return for each trained matrix the variances of ``f_(k)^2`` and of ``|J^k|^2``."""
    network, found = network_of(net), []
    for matrix in network.graph(depth).matrices:
        if matrix.label != (0, 0):
            made = jacobian_moments(network, width, depth, matrix.label)
            found.append((made.output_fourth - made.output_second**2, made.fourth - made.second**2))
    return found


def squared_sum(net: str, width: int, depth: int, dps: int) -> Any:
    bits = bits_from_dps(dps + 10)
    with working_bits(bits):
        roots = (as_ball(v, bits).sqrt() for v, _ in deviations(net, width, depth))
        return sum(roots, arb(0)) ** 2


def sum_of_variances(net: str, width: int, depth: int) -> Any:
    return sum(v for _, v in deviations(net, width, depth))


_claim = claims_of("tangents", HOLDS)

# At A = 1/2 a branch of a single neuron with signs can cancel its bypass; at 1/3 never.
CANCELLING = {"law": "signs", "net": "1/2", "width": 1, "depth": 2, "k": 1, "h": 1}
GENERIC_NETS = [
    *(
        {"law": "signs", "net": "1/3", "width": 1, "depth": 2, "k": k, "h": h}
        for k, h in ((1, 1), (2, 1), (2, 2))
    ),
    *(
        {"law": "signs", "net": "dense", "width": 1, "depth": 3, "k": k, "h": h}
        for k, h in ((1, 0), (2, 0), (2, 1), (3, 1))
    ),
    {"law": "four", "net": "1/2", "width": 1, "depth": 1, "k": 1, "h": 1},
    {"law": "four", "net": "dense", "width": 1, "depth": 2, "k": 1, "h": 0},
]
POWERED = [point | {"power": power} for point in GENERIC_NETS for power in (2, 4)]
NETS: dict[str, Range] = {
    "net": OneOf(("dense", "1/2", "1", "2/3")),
    "width": Integer(1, reach=20),
    "depth": Integer(1, reach=6),
}
LAWS: dict[str, Range] = {"law": OneOf(("gaussian", "uniform", "laplace"))}
TINY = [
    {"law": law, "net": net, "width": width, "depth": depth, "k": 1, "h": h}
    for law in ("gaussian", "uniform")
    for net, width, depth, h in (("1/2", 2, 1, 1), ("1/2", 1, 2, 2), ("dense", 1, 3, 0))
]
TINY_FOURTH = [
    {"law": law, "net": net, "width": width, "depth": depth}
    for law in ("gaussian", "uniform", "laplace")
    for net, width, depth in (("1/2", 2, 1), ("1/2", 1, 2), ("dense", 2, 1))
]
MEANING = {
    "law": "of the weights; four: ±1/5, ±7/5 equally likely",
    "net": "dense, or the strength α² of residual branches of two matrices",
    "k": "layer or branch of a matrix",
    "h": "its number there",
}
SYMMETRIC = ("weights independent, symmetric, of unit variance",)
GENERIC_GATES = (*SYMMETRIC, "no pre-activation vanishes, unless its inputs do")

CLAIMS = (
    _claim(
        "paths-and-reduced-network",
        "Theorem 3",
        FAILS,
        title="even moments of paths through a layer, for every symmetric law",
        statement="E (f^k)^m = E f_(k)^m for even m",
        variables=MEANING | {"power": "m"},
        assumptions=SYMMETRIC,
        as_printed=(
            "for all symmetric weights: with signs and A = 1/2 a branch of one neuron may cancel "
            "its bypass, and then the next gate is shut whatever its weight"
        ),
        checks=(at_points(through, "==", reduced, points=[CANCELLING | {"power": 2}]),),
        near_miss=at_points(through, "==", reduced, points=[CANCELLING | {"power": 4}]),
        corrected_by="tangents.paths-and-reduced-network-generic",
    ),
    _claim(
        "paths-and-reduced-network-generic",
        "Theorem 3",
        title="even moments of paths through a layer where no pre-activation vanishes",
        statement="E (f^k)^m = E f_(k)^m for even m",
        variables=MEANING | {"power": "m"},
        assumptions=GENERIC_GATES,
        checks=(at_points(through, "==", reduced, points=POWERED),),
        near_miss=at_points(
            through,
            "==",
            all_paths,
            points=[point for point in POWERED if point["depth"] != 1],
        ),
    ),
    _claim(
        "gradient-and-reduced-network",
        "Theorem 4",
        FAILS,
        title="mean squared gradients for every symmetric law",
        statement="E ‖J^k‖² = E f_(k)²",
        variables=MEANING,
        assumptions=SYMMETRIC,
        as_printed="for all symmetric weights; refuted by signs like Theorem 3",
        checks=(at_points(gradient, "==", reduced_square, points=[CANCELLING]),),
        near_miss=at_points(gradient, "==", reduced_square, points=[CANCELLING | {"h": 2}]),
        corrected_by="tangents.gradient-and-reduced-network-generic",
    ),
    _claim(
        "gradient-and-reduced-network-generic",
        "Theorem 4",
        title="mean squared gradients where no pre-activation vanishes",
        statement="E ‖J^k‖² = E f_(k)²",
        variables=MEANING,
        assumptions=GENERIC_GATES,
        checks=(
            at_points(gradient, "==", reduced_square, points=GENERIC_NETS),
            at_points(gradient_by_paths, "==", reduced_by_paths, points=TINY),
        ),
        near_miss=at_points(gradient, "==", output_square, points=GENERIC_NETS),
    ),
    _claim(
        "gradient-fourth-moment",
        "Theorem 4",
        FAILS,
        title="bounds of the fourth moment of a gradient, for every symmetric law",
        statement="E f_(k)⁴/c₄ <= E ‖J^k‖⁴ <= E f_(k)⁴",
        variables=MEANING,
        assumptions=GENERIC_GATES,
        as_printed="fourth moments c₄ < 3 are allowed, such as 9/5 of uniform weights",
        checks=(attack(printed_lower, "<=", fourth, domain=LAWS | NETS, tries=(40, 300)),),
        near_miss=attack(
            printed_lower, "<=", fourth, domain={"law": OneOf(("uniform",))} | NETS, tries=(40, 300)
        ),
        corrected_by="tangents.gradient-fourth-moment-any-law",
    ),
    _claim(
        "gradient-fourth-moment-any-law",
        "Theorem 4",
        title="bounds of the fourth moment of a gradient",
        statement=(
            "E f_(k)⁴/max(3, c₄) <= E ‖J^k‖⁴ <= E f_(k)⁴/min(3, c₄) <= E f_(k)⁴; both are "
            "equalities, with 3, for Gaussian weights"
        ),
        variables=MEANING,
        assumptions=GENERIC_GATES,
        checks=(
            at_points(fourth_by_paths, "==", fourth, points=TINY_FOURTH),
            attack(lower, "<=", fourth, domain=LAWS | NETS, tries=(40, 300)),
            attack(fourth, "<=", upper, domain=LAWS | NETS, tries=(40, 300)),
            attack(
                lambda net, width, depth: fourth("gaussian", net, width, depth),
                "==",
                third,
                domain=NETS,
                tries=(40, 300),
            ),
        ),
        near_miss=attack(upper, "<=", fourth, domain=LAWS | NETS, tries=(40, 300)),
        derivation="derivations/finite_width_moments.py",
    ),
    _claim(
        "variance-by-deviations",
        "eq 35",
        title="the variance of the kernel through deviations of reduced networks",
        statement="Var G <= (Σ_k sqrt Var f_(k)²)²",
        variables=MEANING,
        assumptions=GENERIC_GATES,
        as_printed="V(f_(k)), read as the variance of the square",
        checks=(attack(kernel_variance, "<=", squared_sum, domain=NETS, tries=(30, 200)),),
        near_miss=attack(kernel_variance, "<=", sum_of_variances, domain=NETS, tries=(30, 200)),
    ),
)
"""Real gates wherever weights have atoms; fair coins are used for laws without."""
