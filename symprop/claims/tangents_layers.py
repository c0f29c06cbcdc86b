"""tangents, Propositions 1-5: moments with a gate, products of paths, and single layers."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import prod

import sympy

from symprop.claims.citations import claims_of
from symprop.ledger.algebra import identity
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, OneOf, Range
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack

__all__ = ["ATOMS", "CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FAILS = Verdict(Outcome.FAILS, Grade.ENCLOSED)
ATOMS = {
    "signs": (Fraction(-1), Fraction(1)),
    "four": (Fraction(-7, 5), Fraction(-1, 5), Fraction(1, 5), Fraction(7, 5)),
}
"""Values of a weight, equally likely: two symmetric laws of unit variance."""
GENERIC = (1, 11, 121)  # no combination of three weights of either law vanishes on it


def even_moment(law: str, order: int) -> Fraction:
    return Fraction(sum(w**order for w in ATOMS[law])) / len(ATOMS[law])


@lru_cache(maxsize=1024)
def gated_moment(law: str, a: int, b: int, c: int) -> Fraction:
    """Return ``E w_1^a w_2^b w_3^c z`` with the gate of a generic pre-activation."""
    total = Fraction(0)
    for weights in product(ATOMS[law], repeat=3):
        if sum(w * x for w, x in zip(weights, GENERIC, strict=True)) > 0:
            total += prod(w**p for w, p in zip(weights, (a, b, c), strict=True))
    return total / len(ATOMS[law]) ** 3


def half_product(law: str, a: int, b: int, c: int) -> Fraction:
    return prod((even_moment(law, p) for p in (a, b, c)), start=Fraction(1, 2))


@lru_cache(maxsize=1024)
def lowered_moment(law: str, a: int, b: int, c: int, i: int, j: int, k: int) -> Fraction:
    """Return the mean of ``Π w^(m - n)`` with a gate, ``n = (i, j, k)``, ``m = n + (a, b, c)``."""
    total = Fraction(0)
    for weights in product(ATOMS[law], repeat=3):
        if sum(w * x for w, x in zip(weights, GENERIC, strict=True)) > 0:
            above = prod(w**p for w, p in zip(weights, (a + i, b + j, c + k), strict=True))
            total += Fraction(above / prod(w**p for w, p in zip(weights, (i, j, k), strict=True)))
    return total / len(ATOMS[law]) ** 3


def half_lowered(law: str, a: int, b: int, c: int) -> Fraction:
    return half_product(law, a, b, c)


def evenly_lowered(a: int, b: int, c: int, i: int, j: int, k: int) -> bool:
    return (i + j + k) % 2 == 0 and (a + b + c) % 2 == 0


def lowered(i: int, j: int, k: int) -> bool:
    return (i + j + k) % 2 == 0


def steps(path: int) -> tuple[int, int, int]:
    """Return input, hidden neuron and output of one of the eight paths through a branch."""
    return path & 1, path >> 1 & 1, path >> 2


def path_product(first: int, p: int, q: int, r: int, s: int) -> Fraction:
    """Return the mean of a product of paths through ``W_2 z W_1 y``, ``y = (first, 1)``, signs."""
    paths = [steps(path) for path in (p, q, r, s)]
    signs = ATOMS["signs"]
    total = Fraction(0)
    for w in product(signs, repeat=4):
        gates = [int(w[2 * v] * first + w[2 * v + 1] > 0) for v in (0, 1)]
        inner = prod(w[2 * v + u] * gates[v] for u, v, _ in paths)
        if inner:
            outer = (prod(o[2 * j + v] for _, v, j in paths) for o in product(signs, repeat=4))
            total += inner * sum(outer)
    return total / 256


def product_of_moments(p: int, q: int, r: int, s: int) -> Fraction:
    """Return half the product of moments of weights for each neuron on the way."""
    paths = [steps(path) for path in (p, q, r, s)]
    powers = [*Counter((u, v) for u, v, _ in paths).values()]
    powers += Counter((v, j) for _, v, j in paths).values()
    neurons = len({v for _, v, _ in paths})
    moments = (even_moment("signs", power) for power in powers)
    return prod(moments, start=Fraction(1, 2**neurons))


def relu_layer(power: int) -> sympy.Expr:
    """Return the mean of ``|y^l|^power`` over ``|y^(l-1)|^power`` with real Gaussian gates."""
    x, width, before = sympy.symbols("x n_l n_k", positive=True)
    density = sympy.exp(-(x**2) / 2) / sympy.sqrt(2 * sympy.pi)
    second = sympy.integrate(2 * x**2 * density, (x, 0, sympy.oo))
    if power == 2:
        return width * second / before
    square = sympy.integrate(4 * x**4 * density, (x, 0, sympy.oo))
    return (width * square + width * (width - 1) * second**2) / before**2


def linear_layer(power: int) -> sympy.Expr:
    x, width, before = sympy.symbols("x n_l n_k", positive=True)
    density = sympy.exp(-(x**2) / 2) / sympy.sqrt(2 * sympy.pi)
    second = sympy.integrate(x**2 * density, (x, -sympy.oo, sympy.oo))
    if power == 2:
        return width * second / before
    square = sympy.integrate(x**4 * density, (x, -sympy.oo, sympy.oo))
    return (width * square + width * (width - 1) * second**2) / before**2


def layer_fourth(law: str, width: int) -> Fraction:
    """Return ``E |y^l|^4`` from ``y^(l-1) = (1, 11)`` by real gates."""
    squares = [max(a + 11 * b, Fraction(0)) ** 2 for a, b in product(ATOMS[law], repeat=2)]
    total = sum((sum(chosen) ** 2 for chosen in product(squares, repeat=width)), Fraction(0))
    return Fraction(total / len(squares) ** width)


def layer_fourth_formula(law: str, width: int) -> Fraction:
    excess = even_moment(law, 4) - 3
    return Fraction(width * (width + 5) * 122**2 + 2 * width * excess * (1 + 11**4), 4)


def layer_fourth_gaussian(width: int) -> Fraction:
    return Fraction(width * (width + 5) * 122**2, 4)


_claim = claims_of("tangents", HOLDS)

SIDE, BEFORE = sympy.symbols("n_l n_k", positive=True)
POWERS: dict[str, Range] = {name: Integer(0, 4) for name in ("a", "b", "c")}
LOWER_POWERS: dict[str, Range] = {name: Integer(0, 4) for name in ("i", "j", "k")}
LAW: dict[str, Range] = {"law": OneOf(("signs", "four"))}
PATHS: dict[str, Range] = {name: Integer(0, 7) for name in ("p", "q", "r", "s")}
SYMMETRIC = ("weights independent, symmetric, of unit variance",)
GENERIC_GATES = (*SYMMETRIC, "no pre-activation vanishes, unless its inputs do")
MEANING = {"law": "signs, or four: ±1/5, ±7/5 equally likely"}

CLAIMS = (
    _claim(
        "halved-moments",
        "Proposition 1",
        title="a gate halves even moments",
        statement="E Π w_i^(m_i) z = ½ Π c_(m_i) for even Σ m_i",
        variables={"law": MEANING["law"], "a, b, c": "exponents"},
        assumptions=(*SYMMETRIC, "z(-w) = 1 - z(w)"),
        checks=(
            attack(
                gated_moment,
                "==",
                half_product,
                domain=LAW | POWERS,
                assuming=lambda a, b, c: (a + b + c) % 2 == 0,
            ),
        ),
        near_miss=attack(gated_moment, "==", half_product, domain=LAW | POWERS),
    ),
    _claim(
        "halved-lowered-moments",
        "Proposition 2",
        title="a gate halves even moments of quotients",
        statement="E Π w_i^(m_i - n_i) z = ½ Π c_(m_i - n_i) for even Σ m_i, Σ n_i and m_i >= n_i",
        variables={"law": MEANING["law"], "i, j, k": "n_i", "a, b, c": "m_i - n_i"},
        assumptions=(*SYMMETRIC, "z(-w) = 1 - z(w)"),
        checks=(
            attack(
                lowered_moment,
                "==",
                half_lowered,
                domain=LAW | POWERS | LOWER_POWERS,
                assuming=evenly_lowered,
                tries=(60, 600),
            ),
        ),
        near_miss=attack(
            lowered_moment,
            "==",
            half_lowered,
            domain=LAW | POWERS | LOWER_POWERS,
            assuming=lowered,
            tries=(60, 600),
        ),
    ),
    _claim(
        "path-products",
        "Proposition 3",
        FAILS,
        title="products of paths for every symmetric law",
        statement=(
            "the mean of a product of paths through a branch, given y ≠ 0, is a product over "
            "neurons of ½ and of moments of weights"
        ),
        variables={"first": "y = (first, 1)", "p, q, r, s": "paths"},
        assumptions=SYMMETRIC,
        as_printed="the set where a pre-activation vanishes is taken as null, which signs refute",
        checks=(
            attack(
                path_product,
                "==",
                product_of_moments,
                domain={"first": Integer(1, 3)} | PATHS,
                tries=(60, 300),
            ),
        ),
        near_miss=attack(
            path_product,
            "==",
            product_of_moments,
            domain={"first": Integer(1, 3)} | PATHS,
            tries=(60, 300),
        ),
        corrected_by="tangents.path-products-generic",
    ),
    _claim(
        "path-products-generic",
        "Proposition 3",
        title="products of paths where no pre-activation vanishes",
        statement=(
            "the mean of a product of paths through a branch, given y, is a product over neurons "
            "of ½ and of moments of weights"
        ),
        variables={"first": "y = (first, 1)", "p, q, r, s": "paths"},
        assumptions=GENERIC_GATES,
        checks=(
            attack(
                path_product,
                "==",
                product_of_moments,
                domain={"first": Integer(2, 9)} | PATHS,
                tries=(60, 300),
            ),
        ),
        near_miss=attack(
            path_product,
            "==",
            product_of_moments,
            domain={"first": Integer(1, 9)} | PATHS,
            tries=(60, 300),
        ),
    ),
    _claim(
        "relu-layer-moments",
        "Proposition 4",
        Verdict(Outcome.HOLDS, Grade.EXACT),
        title="moments of a ReLU layer",
        statement=(
            "E ‖y^l‖² = (n_l/n_(l-1)) E ‖y^(l-1)‖²,  E ‖y^l‖⁴ = n_l (n_l+5)/n_(l-1)² E ‖y^(l-1)‖⁴"
        ),
        variables={"n_l, n_k": "widths of layer l and of the one before"},
        assumptions=("Gaussian weights, real gates",),
        checks=(
            identity(lambda: relu_layer(2), SIDE / BEFORE),
            identity(lambda: relu_layer(4), SIDE * (SIDE + 5) / BEFORE**2),
        ),
        near_miss=identity(lambda: relu_layer(4), SIDE * (SIDE + 2) / BEFORE**2),
        derivation="derivations/relu_layer_moments.py",
    ),
    _claim(
        "relu-layer-any-law",
        "Proposition 4",
        title="fourth moment of a ReLU layer for other laws",
        statement=("E ‖y^l‖⁴ = [n_l (n_l+5) E ‖y‖⁴ + 2 n_l (c₄ - 3) E Σ y_i⁴]/n_(l-1)²"),
        variables={"law": MEANING["law"], "width": "n_l"},
        assumptions=GENERIC_GATES,
        checks=(
            at_points(
                layer_fourth,
                "==",
                layer_fourth_formula,
                points=[{"law": law, "width": width} for law in ATOMS for width in (1, 2)],
            ),
        ),
        near_miss=at_points(
            layer_fourth,
            "==",
            layer_fourth_gaussian,
            points=[{"law": law, "width": width} for law in ATOMS for width in (1, 2)],
        ),
    ),
    _claim(
        "linear-layer-moments",
        "Proposition 5",
        Verdict(Outcome.HOLDS, Grade.EXACT),
        title="moments of a linear layer",
        statement=(
            "E ‖y^l‖² = (n_l/n_(l-1)) E ‖y^(l-1)‖²,  E ‖y^l‖⁴ = n_l (n_l+2)/n_(l-1)² E ‖y^(l-1)‖⁴"
        ),
        variables={"n_l, n_k": "widths of layer l and of the one before"},
        assumptions=("Gaussian weights",),
        checks=(
            identity(lambda: linear_layer(2), SIDE / BEFORE),
            identity(lambda: linear_layer(4), SIDE * (SIDE + 2) / BEFORE**2),
        ),
        near_miss=identity(lambda: linear_layer(4), SIDE * (SIDE + 5) / BEFORE**2),
        derivation="derivations/relu_layer_moments.py",
    ),
)
"""Real gates throughout."""
