"""Fixed points of the Gram map of batch normalisation without centring, on exchangeable inputs.

They are roots of one function of one number, found by a scan and polished; the one that
orthogonal inputs go to is found by iterating.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from symprop.asymptotics.exchangeable_maps import ExchangeableMap, ExchangeableStep
from symprop.asymptotics.gram_points import APART, GramFixedPoint, estimated, is_contracting
from symprop.asymptotics.gram_sections import Sections, check_bounded_means
from symprop.foundation.errors import NoConvergence, OutOfDomain, expected
from symprop.foundation.validation import check_integer
from symprop.numerics.enclosure import Enclosure
from symprop.specs.activations import Activation, activation

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sympy
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = [
    "COUNTS",
    "MOST_INPUTS",
    "exchangeable_fixed_points",
    "limit_of_orthogonal_inputs",
    "spread_of_rules",
]

COUNTS = (12, 20, 32)
"""Points of a panel in three rules, of which the last one counts."""

MOST_INPUTS = 100_000
"""Larger batches are refused."""

_FARTHEST = 30.0  # of log(1/(1 - cosine)), where float64 can still tell inputs apart
_STEP = 0.25
_LAYERS = 1000
_CHECKED = 50  # layers between attempts to jump to the limit
_NEWTON = 8
_ROUNDING = 2e-14


def exchangeable_fixed_points(
    phi: Activation | sympy.Expr | str, batch: int
) -> tuple[GramFixedPoint, ...]:
    r"""Return the fixed points of distinct exchangeable inputs under division by the batch's norm.

    .. math:: T(G)=\mathrm E\,\phi(\sqrt nh/|h|)\,\phi(\sqrt nh/|h|)^\top=G,\qquad
        h\sim\mathcal N(0,G),\quad G=(p-q)I+q\mathbf 1\mathbf 1^\top

    Parameters
    ----------
    phi : Activation, str or sympy.Expr
        The activation.
    batch : int
        Number of inputs ``n``, from 2 to 100000.

    Returns
    -------
    tuple of GramFixedPoint
        By increasing cosine, those of full rank only, each with the eigenvalues of the derivative
        among all symmetric matrices; the second one of type ``trivial`` tells whether
        exchangeable inputs nearby go there.

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If the activation is constant as far as float64 tells, or overflows.

    Conventions
    -----------
    The mean over the batch is kept; with centring there is one such point, that of
    `symprop.asymptotics.gram_limits.batch_norm_fixed_point`.

    Error
    -----
    Estimated: ``proved`` is False, radii come from three rules. Points are found where
    the map of :math:`\log\frac{p+(n-1)q}{p-q}` crosses the diagonal on a grid of step 1/4,
    between smallest eigenvalues of 1e-13 of the largest entry; two within a step may be missed.

    Source
    ------
    thesis, equation 2.1, for exchangeable inputs.

    Examples
    --------
    >>> (point,) = exchangeable_fixed_points("gelu", 8)
    >>> print(point.off_diagonal.proved_digits(6), point.eigenvalues["trivial"][1].proved_digits(6))
    0.127223 0.399477
    """
    n, chosen = check_integer("batch", batch, minimum=2, maximum=MOST_INPUTS), activation(phi)
    maps = _maps(chosen, n)
    count = int((2 * _FARTHEST + np.log(n)) / _STEP)
    grid = np.linspace(-_FARTHEST, _FARTHEST + np.log(n), count)
    excess, doubt = np.array([_excess(maps, place) for place in grid]).T
    sure = np.flatnonzero(np.abs(excess) > doubt)
    changes = [
        (grid[left], grid[right])
        for left, right in pairwise(sure)
        if excess[left] * excess[right] < 0
    ]
    return tuple(_point(maps, _root(maps[-1], *ends)) for ends in changes)


def limit_of_orthogonal_inputs(phi: Activation, batch: int) -> GramFixedPoint:
    """Return the fixed point that orthogonal inputs go to, without centring.

    Parameters
    ----------
    phi : Activation
        The activation.
    batch : int
        Number of inputs.

    Returns
    -------
    GramFixedPoint

    Raises
    ------
    OutOfDomain
        If one step brings all inputs together, as far as float64 tells, or overflows.
    NoConvergence
        If they come together in the limit, or do not settle.
    """
    maps = _maps(phi, batch)
    if phi.parity == "odd":
        return _point(maps, 0.0)
    last, farthest = maps[-1], _FARTHEST + np.log(batch)
    before = place = 0.0
    for layer in range(1, _LAYERS + 1):
        before, place = place, last(place).log_ratio
        if not place < farthest:
            raise NoConvergence(
                f"Expected inputs that stay apart but got cosine {_cosine(batch, before):.12g} in "
                f"layer {layer - 1} and 1 in the next, as far as float64 tells."
            )
        if not place > -_FARTHEST:
            raise NoConvergence(
                "Expected inputs that stay linearly independent but their sum vanishes in layer "
                f"{layer}, as far as float64 tells."
            )
        if abs(place - before) < 1e-9 or layer % _CHECKED == 0:
            root = _ahead(last, place)
            if not np.isnan(root):
                return _point(maps, root)
    raise NoConvergence(
        f"Expected a limit but the cosine of two inputs goes from {_cosine(batch, before):.12g} to "
        f"{_cosine(batch, place):.12g} in layer {_LAYERS}."
    )


def spread_of_rules(values: Sequence[Array], scale: float) -> float:
    """Return an estimate of the error of the last of three rules.

    Parameters
    ----------
    values : sequence of array
        Of one group of quantities by each of three rules.
    scale : float
        Of rounding errors, to be added.

    Returns
    -------
    float
        Of all entries: ten times the last change, times the factor by which changes fell.
    """
    before, after = (float(np.abs(fine - coarse).max()) for coarse, fine in pairwise(values))
    return 10 * after * min(1.0, after / before if before else 1.0) + scale


@lru_cache(maxsize=8)
def _maps(phi: Activation, n: int) -> tuple[ExchangeableMap, ...]:
    check_bounded_means(phi)
    maps = tuple(ExchangeableMap(Sections(phi, n, count)) for count in COUNTS)
    step = maps[-1](0.0)
    if not step.gap > 0 or not step.log_ratio < _FARTHEST + np.log(n):
        raise OutOfDomain(expected("activation", APART, phi.name))
    return maps


def _excess(maps: Sequence[ExchangeableMap], place: float) -> tuple[float, float]:
    """Return how far the map moves a logarithm up, and what part of it is not certain."""
    coarse, fine = (item(place) for item in maps[-2:])
    if not np.isfinite([coarse.log_ratio, fine.log_ratio]).all():
        return 0.0, 0.0
    change = abs(fine.log_ratio - coarse.log_ratio)
    return fine.log_ratio - place, change + _rounding(maps[-1], fine)


def _rounding(item: ExchangeableMap, step: ExchangeableStep) -> float:
    """Return the share of rounding in a logarithm of eigenvalues, or in their derivative."""
    n, scale = item.sections.batch, item.sections.scale
    return _ROUNDING * (1 + n * scale / (step.gap + n * step.off_diagonal))


def _root(last: ExchangeableMap, lower: float, upper: float) -> float:
    from scipy.optimize import brentq

    return float(brentq(lambda place: last(place).log_ratio - place, lower, upper, xtol=1e-13))


def _newton(item: ExchangeableMap, place: float) -> float:
    """Return the fixed point near a place, NaN where there is none."""
    change = np.inf
    for _ in range(_NEWTON):
        step = item(place)
        if not np.isfinite(step.log_ratio) or step.slope == 1:
            return np.nan
        change = (step.log_ratio - place) / (1 - step.slope)
        place += change
        if abs(change) < 1e-13 * max(1.0, abs(place)):
            return place
    # where the map is almost parallel to the diagonal rounding keeps it moving
    return place if abs(change) < 1e-3 else np.nan


def _ahead(last: ExchangeableMap, place: float) -> float:
    """Return the fixed point that all further images tend to, NaN where that is not seen."""
    root = _newton(last, place)
    if np.isnan(root) or not abs(last(root).slope) < 1:
        return np.nan
    if abs(root - place) < 1e-6:
        return root
    # where the map increases and has no fixed point in between, it leads there however slowly
    for spot in np.linspace(place, root, 20)[:-1]:
        step = last(float(spot))
        if not (step.slope > 0 and (step.log_ratio - spot) * (root - place) > 0):
            return np.nan
    return root


def _cosine(n: int, log_ratio: float) -> float:
    ratio = np.exp(log_ratio)
    return float((ratio - 1) / (ratio + n - 1))


def _point(maps: Sequence[ExchangeableMap], place: float) -> GramFixedPoint:
    """Return the fixed point near a place, with the differences between rules."""
    sections = maps[-1].sections
    phi, n = sections.phi, sections.batch
    is_exact = phi.parity == "odd" and place == 0
    roots = [place if is_exact else _newton(item, place) for item in maps]
    if np.isnan(roots).any():
        raise NoConvergence(
            f"Expected rules that agree on a fixed point near cosine {_cosine(n, place):.12g} but "
            "some have none."
        )
    steps = [item(root) for item, root in zip(maps, roots, strict=True)]
    found = [item.eigenvalues(root) for item, root in zip(maps, roots, strict=True)]
    last = steps[-1]
    p, q = last.diagonal, last.off_diagonal
    rounding = _rounding(maps[-1], last)
    shift = 0.0 if is_exact else rounding / abs(1 - last.slope)
    entries = spread_of_rules(
        [np.array([step.diagonal, step.off_diagonal]) for step in steps],
        _ROUNDING * sections.scale + shift * p,
    )
    places = spread_of_rules([np.array([root]) for root in roots], shift)
    flat = [np.concatenate(list(types.values())) for types in found]
    radius = spread_of_rules(flat, (rounding + shift) * max(1.0, float(np.abs(flat[-1]).max())))
    known = {
        name: tuple(estimated(value.real, radius) for value in values)
        for name, values in found[-1].items()
    }
    known["trivial"] = Enclosure(0), known["trivial"][1]  # the map does not see scales
    turning = {
        name: tuple(estimated(value.imag, radius) for value in values)
        for name, values in found[-1].items()
        if np.abs(values.imag).max() > radius
    }
    number = float(np.exp(abs(roots[-1])))
    return GramFixedPoint(
        phi.name,
        n,
        False,
        estimated(p, entries),
        estimated(q, entries),
        estimated(number, number * np.expm1(places)),
        known,
        is_contracting(known, turning),
        False,
        imaginary_parts=turning,
    )
