"""tangents, equations 28 to 33 and 40: gradients of one network, weight by weight."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import product
from typing import Any

from flint import arb, arb_mat

from symprop.claims.citations import claims_of
from symprop.claims.relu_covariances import ball
from symprop.claims.small_residual_networks import (
    BITS,
    INPUTS,
    TARGETS,
    WIDTH,
    Label,
    Network,
    Passed,
    column,
    drawn,
    factor,
    matrix,
    output,
    passed,
    quotient,
)
from symprop.ledger.checks import at_points
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.points import grid
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)


def true_gradient(
    depth: int, m: int, seed: int, block: int, h: int, i: int, j: int, dps: int
) -> Any:
    with working_bits(bits_from_dps(dps) + BITS):
        return quotient(partial(output, sample=1), drawn(depth, m, seed), (block, h), i, j)


def behind(network: Network, seen: Passed, block: int, h: int, last: int) -> arb_mat:
    """Return ``C^l_h A^{l+1}``, where ``A^last`` is ``w/√n``."""
    gradient = column(network.last) * (1 / arb(WIDTH).sqrt())
    for later in range(last - 1, block, -1):
        gradient = gradient + through(network, seen, later, 0, gradient)
    return through(network, seen, block, h, gradient)


def through(network: Network, seen: Passed, block: int, h: int, gradient: arb_mat) -> arb_mat:
    """Go back through a branch, up to what matrix ``h`` makes; ``h = 0`` is its begin."""
    for k in range(network.m, h, -1):
        gradient = matrix(network.matrix((block, k))).transpose() * gradient * factor(k)
        if k > 1:
            gates = seen.gates[block, k - 1]
            gradient = column([gradient[i, 0] if gates[i] else arb(0) for i in range(WIDTH)])
    return gradient


def _gradient(
    depth: int, m: int, seed: int, block: int, h: int, i: int, j: int, dps: int, last: int
) -> Any:
    with working_bits(bits_from_dps(dps) + BITS):
        network = drawn(depth, m, seed)
        seen = passed(network, INPUTS[1])
        made = behind(network, seen, block, h, last)
        return factor(h) * seen.read[block, h][j, 0] * made[i, 0]


def gradient(depth: int, m: int, seed: int, block: int, h: int, i: int, j: int, dps: int) -> Any:
    """Return equation 40 with ``A^{L+1} = w/√n``."""
    return _gradient(depth, m, seed, block, h, i, j, dps, depth + 1)


def printed_gradient(
    depth: int, m: int, seed: int, block: int, h: int, i: int, j: int, dps: int
) -> Any:
    """Return equation 40 with ``A^L = w/√n``; the last branch has no place in it."""
    return _gradient(depth, m, seed, block, h, i, j, dps, depth)


def weights_of(network: Network) -> Iterator[tuple[Label, int, int]]:
    for label, _ in network.hidden:
        for i, j in product(range(WIDTH), repeat=2):
            yield label, i, j


def kernel(depth: int, m: int, seed: int, dps: int) -> Any:
    """Return ``Σ (∂f/∂w)²`` by difference quotients."""
    with working_bits(bits_from_dps(dps) + BITS):
        network = drawn(depth, m, seed)
        found = (
            quotient(partial(output, sample=1), network, *weight) for weight in weights_of(network)
        )
        return sum((each * each for each in found), arb(0))


def sum_of_norms(depth: int, m: int, seed: int, dps: int, first: int = 1) -> Any:
    """Return ``Σ_k |J^k|²``, each the product of what is before and behind the matrix."""
    with working_bits(bits_from_dps(dps) + BITS):
        network = drawn(depth, m, seed)
        seen, total = passed(network, INPUTS[1]), arb(0)
        for (block, h), _ in network.hidden:
            made = behind(network, seen, block, h, depth + 1)
            read = seen.read[block, h]
            norms = [sum((v[i, 0] * v[i, 0] for i in range(WIDTH)), arb(0)) for v in (made, read)]
            if block >= first:
                total += factor(h) * factor(h) * norms[0] * norms[1]
        return total


def without_first_branch(depth: int, m: int, seed: int, dps: int) -> Any:
    return sum_of_norms(depth, m, seed, dps, first=2)


# --- paths ---


def _path_sum(network: Network, seen: Passed, weight: tuple[Label, int, int] | None) -> arb:
    """Return the sum over all paths of one input, or over those through one weight."""
    total = arb(0)
    for start, end in _ends(network):
        for path in _paths(network, start[1], end, 1):
            if weight is not None and weight not in path:
                continue
            value = ball(network.first[start[1]][start[0]]) / arb(2).sqrt()
            value *= ball(INPUTS[1][start[0]] * network.last[end]) / arb(WIDTH).sqrt()
            for label, i, j in path:
                value *= factor(label[1]) * ball(network.matrix(label)[i][j])
                if label[1] < network.m and not seen.gates[label][i]:
                    value = arb(0)
            total += value
    return total


def _ends(network: Network) -> Iterator[tuple[tuple[int, int], int]]:
    del network
    for coordinate, neuron, end in product(range(2), range(WIDTH), range(WIDTH)):
        yield (coordinate, neuron), end


def _paths(
    network: Network, at: int, end: int, block: int
) -> Iterator[list[tuple[Label, int, int]]]:
    """Yield the weights along every path from a neuron of a layer to one of the last."""
    if block > network.depth:
        if at == end:
            yield []
        return
    for rest in _paths(network, at, end, block + 1):
        yield rest
    for stops in product(range(WIDTH), repeat=network.m):
        steps = [
            ((block, h), stops[h - 1], at if h == 1 else stops[h - 2])
            for h in range(1, network.m + 1)
        ]
        for rest in _paths(network, stops[-1], end, block + 1):
            yield steps + rest


def gradient_by_paths(
    depth: int, m: int, seed: int, block: int, h: int, i: int, j: int, dps: int
) -> Any:
    """Return the square of the sum over paths through a weight, divided by it."""
    with working_bits(bits_from_dps(dps) + BITS):
        network = drawn(depth, m, seed)
        seen, weight = passed(network, INPUTS[1]), ((block, h), i, j)
        found = _path_sum(network, seen, weight) / ball(network.matrix((block, h))[i][j])
        return found * found


def all_paths(depth: int, m: int, seed: int, block: int, h: int, i: int, j: int, dps: int) -> Any:
    with working_bits(bits_from_dps(dps) + BITS):
        network = drawn(depth, m, seed)
        seen = passed(network, INPUTS[1])
        found = _path_sum(network, seen, None) / ball(network.matrix((block, h))[i][j])
        return found * found


def squared_gradient(
    depth: int, m: int, seed: int, block: int, h: int, i: int, j: int, dps: int
) -> Any:
    with working_bits(bits_from_dps(dps) + BITS):
        found = true_gradient(depth, m, seed, block, h, i, j, dps)
        return found * found


# --- the loss ---


def loss(network: Network) -> arb:
    errors = [output(network, k) - ball(y) for k, y in enumerate(TARGETS)]
    return sum((e * e for e in errors), arb(0)) / 2


def loss_gradient(depth: int, m: int, seed: int, dps: int) -> Any:
    """Return ``|∇ loss|²`` by difference quotients of the loss; it is quadratic in each weight."""
    with working_bits(bits_from_dps(dps) + BITS):
        network = drawn(depth, m, seed)
        found = (quotient(loss, network, *weight) for weight in weights_of(network))
        return sum((each * each for each in found), arb(0))


def _form(depth: int, m: int, seed: int, dps: int, *, cross: bool) -> Any:
    with working_bits(bits_from_dps(dps) + BITS):
        network = drawn(depth, m, seed)
        samples = range(len(INPUTS))
        errors = [output(network, k) - ball(y) for k, y in enumerate(TARGETS)]
        total = arb(0)
        for weight in weights_of(network):
            slopes = [quotient(partial(output, sample=k), network, *weight) for k in samples]
            pairs = ((a, b) for a in samples for b in samples if cross or a == b)
            total += sum((errors[a] * slopes[a] * slopes[b] * errors[b] for a, b in pairs), arb(0))
        return total


def kernel_form(depth: int, m: int, seed: int, dps: int) -> Any:
    """Return ``(∂ loss/∂f)' G (∂ loss/∂f)``."""
    return _form(depth, m, seed, dps, cross=True)


def kernel_form_of_diagonal(depth: int, m: int, seed: int, dps: int) -> Any:
    return _form(depth, m, seed, dps, cross=False)


_claim = claims_of("tangents", HOLDS)

WEIGHTS = [  # where the gates let the gradient through
    {"depth": depth, "m": m, "seed": seed, "block": block, "h": h, "i": i, "j": j}
    for depth, m, seed, block, h, i, j in (
        (1, 1, 1, 1, 1, 0, 1),
        (2, 1, 2, 1, 1, 0, 1),
        (2, 2, 1, 1, 1, 1, 1),
        (2, 2, 2, 1, 2, 0, 1),
        (3, 2, 3, 2, 2, 0, 1),
        (3, 2, 3, 3, 1, 1, 0),
        (2, 3, 2, 1, 2, 0, 1),
        (2, 3, 9, 2, 3, 0, 1),
        (2, 3, 9, 1, 1, 1, 0),
    )
]
NETWORKS = grid(depth=(1, 2), m=(1, 2), seed=(1, 2)) + grid(depth=(2,), m=(3,), seed=(3,))
NETWORK = {"depth": "branches L", "m": "matrices in a branch", "seed": "of the drawn weights"}
MATRIX = NETWORK | {
    "block": "branch l",
    "h": "matrix of the branch",
    "i": "row of the weight",
    "j": "its column",
}
GENERIC = ("no pre-activation is 0", "width 2, α = 1/2")

CLAIMS = (
    _claim(
        "residual-gradient-printed",
        "eq 40",
        FALSE,
        title="gradient by one weight of a residual network, as printed",
        statement="∂f/∂W^{l,h} = factors q^{l-1,h-1} (C^l_h A^{l+1})', A^l = (factors W^{l,1} "
        "C^l_1 + I) A^{l+1}, A^L = w/√n",
        variables=MATRIX,
        assumptions=GENERIC,
        as_printed="A^{L+1} is needed but not defined, and branch L appears nowhere; against the "
        "limit of its own product, which has all later branches",
        checks=(at_points(printed_gradient, "==", true_gradient, points=WEIGHTS[1:2]),),
        near_miss=at_points(printed_gradient, "==", true_gradient, points=WEIGHTS[2:3]),
        corrected_by="tangents.residual-gradient",
    ),
    _claim(
        "residual-gradient",
        "eq 40",
        title="gradient by one weight of a residual network",
        statement="∂f/∂W^{l,h} = factors q^{l-1,h-1} (C^l_h A^{l+1})', A^l = (factors W^{l,1} "
        "C^l_1 + I) A^{l+1}, A^{L+1} = w/√n, with the gates of branch l in C^l",
        variables=MATRIX,
        assumptions=GENERIC,
        checks=(at_points(gradient, "==", true_gradient, points=WEIGHTS),),
        near_miss=at_points(printed_gradient, "==", true_gradient, points=WEIGHTS[1:2]),
        derivation="derivations/residual_tangent_kernel.py",
    ),
    _claim(
        "kernel-by-jacobians",
        "eq 31",
        title="the kernel of one input as a sum over matrices",
        statement="G(x, x) = ‖∂f/∂W‖² = Σ_k ‖J^k‖²",
        variables=NETWORK,
        assumptions=GENERIC,
        checks=(at_points(kernel, "==", sum_of_norms, points=NETWORKS),),
        near_miss=at_points(kernel, "==", without_first_branch, points=NETWORKS[4:]),
    ),
    _claim(
        "gradient-by-paths",
        "eq 33",
        title="gradient by one weight through paths",
        statement="(∂f/∂w)² = (∂f^k/∂w)², the sum over paths through w divided by w, squared",
        variables=MATRIX,
        assumptions=(*GENERIC, "w is not 0"),
        checks=(at_points(squared_gradient, "==", gradient_by_paths, points=WEIGHTS),),
        near_miss=at_points(squared_gradient, "==", all_paths, points=WEIGHTS[2:3]),
    ),
    _claim(
        "loss-gradient-by-kernel",
        "eq 28",
        title="gradient of the loss through the kernel",
        statement="‖∇L‖² = (∂L/∂f)' G (∂L/∂f) for L = Σ (f(x_i) - y_i)²/2",
        variables=NETWORK,
        assumptions=GENERIC,
        checks=(at_points(loss_gradient, "==", kernel_form, points=NETWORKS[2:]),),
        near_miss=at_points(
            loss_gradient, "==", kernel_form_of_diagonal, points=grid(depth=(2,), m=(2,), seed=(1,))
        ),
    ),
)
"""Three inputs of dimension 2, none of them of length 1."""
