r"""Moments of the entries of a random orthogonal matrix, exact in its size.

For ``O`` uniform on the orthogonal group of size ``d`` and degree ``2k``,

.. math:: \mathrm E\,O_{i_1j_1}\cdots O_{i_{2k}j_{2k}}
    =\sum_{\sigma,\tau}\Delta_\sigma(i)\,\Delta_\tau(j)\,\mathrm{Wg}(\sigma,\tau;d),

summed over pairings of ``2k`` places, where :math:`\Delta_\sigma(i)` is 1 if ``i`` agrees on each
pair. ``Wg`` is the inverse of the matrix of :math:`d^{\,\text{loops}(\sigma,\tau)}` and depends
only on the partition of ``k`` by half the lengths of the loops of the two pairings together.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sympy

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_integer, check_sequence
from symprop.numerics.evaluation import as_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["D", "orthogonal_moment", "pairings", "weingarten"]

D = sympy.Symbol("d", integer=True, positive=True)
"""Size of the orthogonal matrix."""

_MOST_PLACES = 100  # each pair is a call
_HIGHEST = 5  # pairs; there are 945 pairings of 10 places


def pairings(places: Sequence[int]) -> Iterator[tuple[tuple[int, int], ...]]:
    """Return an iterator over all ways to pair places, at most 100 of them.

    Examples
    --------
    >>> list(pairings([0, 1, 2, 3]))
    [((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 3), (1, 2))]
    """
    listed = check_sequence("places", places, "integers")
    if len(listed) > _MOST_PLACES:
        raise InvalidArgument(expected("places", f"to be at most {_MOST_PLACES}", len(listed)))
    return _pairings(listed)


def _pairings(places: Sequence[int]) -> Iterator[tuple[tuple[int, int], ...]]:
    if not places:
        yield ()
        return
    first, *rest = places
    for index, partner in enumerate(rest):
        for others in _pairings(rest[:index] + rest[index + 1 :]):
            yield ((first, partner), *others)


def weingarten(partition: Sequence[int], dimension: Any = D) -> sympy.Expr:
    r"""Return the orthogonal Weingarten function.

    Parameters
    ----------
    partition : sequence of int
        Half the lengths of the loops, a partition of ``k``.
    dimension : int or sympy.Symbol
        ``d``.

    Returns
    -------
    sympy.Expr
        A rational function of ``d``, or its value.

    Raises
    ------
    InvalidArgument
        If it is no partition of an integer from 1 to 5, or the function has a pole at ``d``.

    Error
    -----
    Exact.

    Source
    ------
    thesis, equation C.25 and appendix C.1.

    Examples
    --------
    >>> sympy.factor(weingarten([1, 1])), sympy.factor(weingarten([2]))
    ((d + 1)/(d*(d - 1)*(d + 2)), -1/(d*(d - 1)*(d + 2)))
    """
    given = check_sequence("partition", partition, "integers")
    parts = tuple(sorted((check_integer("part", part, minimum=1) for part in given), reverse=True))
    _check_pairs(sum(parts))
    return _at(_table(sum(parts))[parts], as_size("dimension", dimension))


def orthogonal_moment(
    rows: Sequence[int], columns: Sequence[int], dimension: Any = D
) -> sympy.Expr:
    r"""Return the expectation of a product of entries of a uniform orthogonal matrix.

    Parameters
    ----------
    rows, columns : sequence of int
        Indices of the entries, one of each for every factor; what counts is which are equal.
    dimension : int or sympy.Symbol
        Size ``d`` of the matrix, at least the number of distinct rows and of distinct columns.

    Returns
    -------
    sympy.Expr
        A rational function of ``d``, or its value.

    Raises
    ------
    InvalidArgument
        If the numbers of rows and columns differ, there are more than 10, or they do not fit
        into a matrix of this size.

    Error
    -----
    Exact.

    Source
    ------
    thesis, equation C.25.

    Notes
    -----
    As a function of ``d`` the sum has no pole at any size that the indices fit into, though its
    terms may have one.

    Examples
    --------
    >>> orthogonal_moment([1, 1, 2, 2], [1, 1, 1, 1])
    1/(d*(d + 2))
    >>> orthogonal_moment([1, 1, 1, 1], [1, 1, 1, 1], 1)
    1
    """
    rows, columns = (
        [check_integer("index", index) for index in check_sequence(name, indices, "integers")]
        for name, indices in (("rows", rows), ("columns", columns))
    )
    if len(rows) != len(columns):
        raise InvalidArgument(expected("columns", f"to be {len(rows)} indices", columns))
    distinct = max(len(set(rows)), len(set(columns)), 1)
    dimension = as_size("dimension", dimension, minimum=distinct)
    if any(count % 2 for indices in (rows, columns) for count in Counter(indices).values()):
        return sympy.S.Zero
    pairs = len(rows) // 2
    if not pairs:
        return sympy.S.One
    _check_pairs(pairs)
    counts: Counter[tuple[int, ...]] = Counter()
    right = list(_agreeing(columns))
    for one in _agreeing(rows):
        counts.update(_type(one, other) for other in right)
    table = _table(pairs)
    total = sum((count * table[kind] for kind, count in counts.items()), sympy.S.Zero)
    return _at(sympy.factor(total), dimension)


def _check_pairs(pairs: int) -> None:
    if not 1 <= pairs <= _HIGHEST:
        raise InvalidArgument(expected("degree", f"from 2 to {2 * _HIGHEST}", 2 * pairs))


def _at(value: sympy.Expr, dimension: sympy.Expr) -> sympy.Expr:
    result = value.subs(D, dimension)
    if result.has(sympy.zoo, sympy.nan):
        raise InvalidArgument(expected("dimension", "not to be a pole of the function", dimension))
    return result


def _agreeing(indices: Sequence[int]) -> Iterator[tuple[tuple[int, int], ...]]:
    """Yield the pairings of places with equal indices."""
    blocks: dict[int, list[int]] = {}
    for place, index in enumerate(indices):
        blocks.setdefault(index, []).append(place)

    def product(remaining: list[list[int]]) -> Iterator[tuple[tuple[int, int], ...]]:
        if not remaining:
            yield ()
            return
        for pairing in pairings(remaining[0]):
            for others in product(remaining[1:]):
                yield pairing + others

    return product(list(blocks.values()))


def _type(one: tuple[tuple[int, int], ...], other: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
    """Return half the lengths of the loops of two pairings, decreasing."""
    partner = [{}, {}]  # type: list[dict[int, int]]
    for links, pairing in zip(partner, (one, other), strict=True):
        for a, b in pairing:
            links[a], links[b] = b, a
    unseen, lengths = set(partner[0]), []
    while unseen:
        start = place = unseen.pop()
        length = 0
        while True:
            middle = partner[0][place]
            unseen.discard(middle)
            place = partner[1][middle]
            unseen.discard(place)
            length += 1
            if place == start:
                break
        lengths.append(length)
    return tuple(sorted(lengths, reverse=True))


@lru_cache(maxsize=_HIGHEST)
def _table(pairs: int) -> dict[tuple[int, ...], sympy.Expr]:
    """Return the Weingarten function of all partitions, by one row of the inverse.

    The equations at the trivial pairing, one for each type of the other, determine it.
    """
    every = list(pairings(range(2 * pairs)))
    trivial = every[0]
    kinds: dict[tuple[int, ...], tuple[tuple[int, int], ...]] = {}
    types = [_type(trivial, pairing) for pairing in every]
    for kind, pairing in zip(types, every, strict=True):
        kinds.setdefault(kind, pairing)
    order = {kind: index for index, kind in enumerate(kinds)}
    rows = []
    for representative in kinds.values():
        row = [Counter[int]() for _ in kinds]
        for kind, pairing in zip(types, every, strict=True):
            row[order[kind]][len(_type(representative, pairing))] += 1
        rows.append([sum(count * D**loops for loops, count in entry.items()) for entry in row])
    unit = [[int(not sum(kind) - len(kind))] for kind in kinds]
    matrix, right = (sympy.Matrix(entries).to_DM().to_field() for entries in (rows, unit))
    matrix, right = matrix.unify(right)
    solution = matrix.lu_solve(right).to_Matrix()
    return {kind: sympy.factor(value) for kind, value in zip(kinds, solution, strict=True)}
