"""sensitivity, appendix C.2: shifts of data and noise, and boundaries that are not periodic.

One dimension, one channel and exact weights. With strides a shift of the output is another shift of
the input, and the noise of a layer depends on the signals under it.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from symprop.claims.citations import claims_of
from symprop.claims.rational_matrices import Matrix, integer_matrix, multiplied
from symprop.claims.rational_networks import mean_square, positive_part
from symprop.claims.sensitivity_fields import DIVIDING, Shape, cyclic_law, strided_fields
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, OneOf
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)
Row = tuple[Fraction, ...]


# --- signals and noise of strided layers ---


def row_of(extent: int, seed: int) -> Row:
    return cyclic_law(extent, seed)[0][0]


def shifted(row: Row, steps: int) -> Row:
    """Return the row ``x_(a+steps)``, cyclically."""
    start = steps % len(row)
    return row[start:] + row[:start]


def propagated(shape: Shape, signal: Row, noise: Row) -> tuple[Row, Row]:
    """Return ``(x^l, s^l)`` of layers of width 1."""
    x: Matrix = (signal,)
    s: Matrix = (noise,)
    for stride, kernel in zip(shape.strides, shape.kernels, strict=True):
        weights = integer_matrix(tuple((-1) ** i * (i + 2) for i in range(kernel)))
        hidden = multiplied(weights, strided_fields(x, kernel, stride))
        image = multiplied(weights, strided_fields(s, kernel, stride))
        x = positive_part(hidden)
        s = (tuple(t * (y > 0) for y, t in zip(hidden[0], image[0], strict=True)),)
    return x[0], s[0]


def _total_stride(shape: Shape) -> int:
    total = 1
    for stride in shape.strides:
        total *= stride
    return total


def commutes(shape: Shape, seed: int, steps: int) -> int:
    """Return 1 if a shift of the input by as many steps shifts signal and noise."""
    return _shifts_alike(shape, seed, steps, steps)


def commutes_by_strides(shape: Shape, seed: int, steps: int) -> int:
    """Return 1 if a shift of the input by the product of the strides does."""
    return _shifts_alike(shape, seed, steps, steps * _total_stride(shape))


def _shifts_alike(shape: Shape, seed: int, steps: int, before: int) -> int:
    x, s = row_of(shape.extent, seed), row_of(shape.extent, seed + 7)
    after = [shifted(row, steps) for row in propagated(shape, x, s)]
    moved = propagated(shape, shifted(x, before), shifted(s, before))
    return int(after == list(moved))


def same_noise(shape: Shape, seed: int, other: int) -> int:
    """Return 1 if ``s^l`` is the same for two signals and one sensitivity ``s``."""
    noise = row_of(shape.extent, 5)
    first = propagated(shape, row_of(shape.extent, seed), noise)[1]
    return int(first == propagated(shape, _centred(shape.extent, other), noise)[1])


def _centred(extent: int, seed: int) -> Row:
    """Return a row of both signs."""
    row = row_of(extent, seed)
    centre = sum(row, Fraction(0)) / extent
    return tuple(x - centre for x in row)


def _noise_is_stationary(shape: Shape, seed: int, shifts: Sequence[tuple[int, int]]) -> int:
    """Return 1 if ``s^l`` has the law of its shifts, for equally likely shifts of x and of s."""
    x, s = _centred(shape.extent, seed), row_of(shape.extent, seed + 7)
    law = [propagated(shape, shifted(x, a), shifted(s, b))[1] for a, b in shifts]
    return int(sorted(shifted(row, 1) for row in law) == sorted(law))


def stationary_if_independent(shape: Shape, seed: int) -> int:
    every = range(shape.extent)
    return _noise_is_stationary(shape, seed, list(itertools.product(every, every)))


def stationary_if_joint(shape: Shape, seed: int) -> int:
    return _noise_is_stationary(shape, seed, [(a, a) for a in range(shape.extent)])


def stationary_if_each(shape: Shape, seed: int) -> int:
    """Return the same for shifts of x and of s in opposite directions: each alone is stationary."""
    return _noise_is_stationary(shape, seed, [(a, -a) for a in range(shape.extent)])


# --- boundaries ---


def seen(row: Row, offset: int, boundary: str) -> Row:
    """Return what the kernel sees at an offset, with zeros or the mirrored row outside."""
    count, found = len(row), []
    for place in range(offset, count + offset):
        if 0 <= place < count:
            found.append(row[place])
        elif boundary == "zeros":
            found.append(Fraction(0))
        else:
            found.append(row[-place - 1 if place < 0 else 2 * count - place - 1])
    return tuple(found)


def _offsets(kernel: int) -> range:
    start = (kernel - 1) // 2
    return range(-start, kernel - start)


def image_row(extent: int, pattern: str) -> Row:
    return {
        "edge": (Fraction(1), *[Fraction(0)] * (extent - 1)),
        "both edges": tuple(Fraction(i in (0, extent - 1)) for i in range(extent)),
        "rising": tuple(Fraction(i + 1) for i in range(extent)),
        "constant": (Fraction(1),) * extent,
        "signs": tuple(Fraction((-1) ** i * (i + 1)) for i in range(extent)),
    }[pattern]


def distance_of_laws(extent: int, kernel: int, pattern: str, boundary: str) -> Fraction:
    """Return the largest total variation distance of an entry of the fields from its channel."""
    row = image_row(extent, pattern)
    known = Counter(row)
    lost = [sum((known - Counter(seen(row, o, boundary))).values()) for o in _offsets(kernel)]
    return Fraction(max(lost), extent)


def share_at_the_boundary(extent: int, kernel: int) -> Fraction:
    return Fraction(kernel // 2, extent)


def relative_square_lost(extent: int, kernel: int, pattern: str, boundary: str) -> Fraction:
    """Return the largest relative change of the second moment of an entry."""
    row = image_row(extent, pattern)
    whole = mean_square(row)
    return max(abs(mean_square(seen(row, o, boundary)) - whole) for o in _offsets(kernel)) / whole


def fits(extent: int, kernel: int) -> bool:
    return kernel <= extent


STRIDED = OneOf((Shape(4, (1, 2), (2, 3)), Shape(6, (2, 1), (3, 2)), Shape(8, (2, 2), (3, 2))))
UNEVEN = Shape(5, (2, 1), (2, 3))
SEEDS = {"seed": Integer(0, reach=40)}
STEPS = {"steps": Integer(1, 7)}
ROWS = {
    "extent": Integer(1, 20),
    "kernel": Integer(1, 7),
    "pattern": OneOf(("edge", "both edges", "rising", "constant", "signs")),
    "boundary": OneOf(("zeros", "mirror")),
}
MEANINGS = {
    "shape": "extent of the input; strides; kernels",
    "seed": "which rows x and s",
    "other": "which other row x",
    "steps": "α",
    "extent": "n",
    "kernel": "K",
    "pattern": "the signal",
    "boundary": "what is outside",
}
ONE = "one dimension, width 1, exact weights"

_claim = claims_of("sensitivity", HOLDS, variables=MEANINGS)

CLAIMS = (
    _claim(
        "shifts-commute-printed",
        "eq 34; eq 36; eq 38",
        FALSE,
        title="layers commute with shifts, as printed",
        statement="T_α(xˡ, sˡ) = Φˡ(T_α(x, s)): the same α on both sides",
        assumptions=(ONE, "strides that divide the extents, as Appendix C.2 allows"),
        as_printed=(
            "with a stride p one position of the output is p positions of the input. Extent 4, "
            "stride 2: a shift by 1 swaps the even for the odd positions"
        ),
        checks=(attack(commutes, "==", 1, domain=SEEDS | STEPS | {"shape": STRIDED}),),
        near_miss=attack(
            commutes,
            "==",
            1,
            domain=SEEDS | STEPS | {"shape": STRIDED},
            assuming=lambda shape, steps: steps % shape.extent == shape.extent // 2 - 1,
        ),
        corrected_by="sensitivity.shifts-commute",
    ),
    _claim(
        "shifts-commute",
        "eq 34; eq 36; eq 38",
        title="layers commute with shifts",
        statement=(
            "T_α(xˡ, sˡ) = Φˡ(T_{pα}(x, s)), p the product of the strides, which divide the extents"
        ),
        assumptions=(ONE,),
        checks=(
            attack(
                commutes_by_strides,
                "==",
                1,
                domain=SEEDS | STEPS | {"shape": DIVIDING},
                tries=(60, 600),
            ),
        ),
        near_miss=at_points(
            commutes_by_strides, "==", 1, points=grid(shape=(UNEVEN,), seed=(0, 1), steps=(1, 2))
        ),
    ),
    _claim(
        "noise-by-noise-printed",
        "eq 37",
        FALSE,
        title="sensitivities as a function of sensitivities, as printed",
        statement="s̃ˡ = Φ(s̃) at finitely many positions, for one function Φ and all x",
        assumptions=(ONE,),
        as_printed=(
            "s̃ˡ is a function of x̃ as well, whose signs cut the noise: its law may not be "
            "stationary if only x̃ and s̃ each are"
        ),
        checks=(
            attack(
                same_noise,
                "==",
                1,
                domain=SEEDS | {"other": Integer(0, 20), "shape": DIVIDING},
            ),
        ),
        near_miss=attack(
            stationary_if_each, "==", 1, domain=SEEDS | {"shape": DIVIDING}, tries=(40, 200)
        ),
        corrected_by="sensitivity.stationary-noise",
    ),
    _claim(
        "stationary-noise",
        "Lemma 4; eq 37",
        title="stationarity of the sensitivities",
        statement=(
            "s̃ˡ is stationary if the pair (x̃, s̃) is, as for s̃ independent of x̃, both stationary"
        ),
        assumptions=(ONE, "strides that divide the extents"),
        checks=(
            attack(
                stationary_if_independent,
                "==",
                1,
                domain=SEEDS | {"shape": DIVIDING},
                tries=(16, 120),
            ),
            attack(
                stationary_if_joint, "==", 1, domain=SEEDS | {"shape": DIVIDING}, tries=(40, 400)
            ),
        ),
        near_miss=attack(
            stationary_if_each, "==", 1, domain=SEEDS | {"shape": DIVIDING}, tries=(40, 200)
        ),
    ),
    _claim(
        "other-boundaries",
        "Proposition 7",
        title="receptive fields under other boundary conditions",
        statement=(
            "each entry of the fields has the values of its channel, but for a share of at most "
            "⌊K/2⌋/n of the positions"
        ),
        assumptions=(
            "one dimension, stride 1, zeros or mirrored values outside",
            "laws only: second moments may change by all they are, see the near miss",
        ),
        as_printed="approximately, for n much larger than K",
        checks=(attack(distance_of_laws, "<=", share_at_the_boundary, domain=ROWS, assuming=fits),),
        near_miss=attack(
            relative_square_lost, "<=", share_at_the_boundary, domain=ROWS, assuming=fits
        ),
    ),
)
"""Appendix C.2: shifts and boundaries."""
