r"""Means of products of functions of two coordinates on the sphere, as balls.

The zonal series of `symprop.gaussian.sphere_coefficients`, with a bound of what it leaves out,
converges geometrically for analytic functions, and like a power of the degree for those with a
kink. A kink at 0 is split off as in `symprop.gaussian.sphere_kinks`,

.. math:: \mathrm E\,f(x)g(y)=\mathrm E\,h_f(x)h_g(y)
    +\mathrm E\,r_f(x)r_g(y)+\mathrm E\,r_f(x)h_g(y)+\mathrm E\,h_f(x)r_g(y),

where only the first mean, in closed form, would have a slow series. Elsewhere a kink does no harm
to nearly orthogonal vectors in many dimensions.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from flint import arb

from symprop.foundation.errors import OutOfDomain, PrecisionNotReached, expected
from symprop.foundation.validation import check_dps, check_integer
from symprop.gaussian.integrand import pieces_for_panels
from symprop.gaussian.sphere_coefficients import (
    MeanSquares,
    SphereExpansion,
    expand_on_sphere,
    mean_squares,
    sphere_pair,
)
from symprop.gaussian.sphere_kinks import SplitFunction, powers_mean, split_at_zero
from symprop.gaussian.sphere_nodes import SphereFunction, size_on_sphere
from symprop.gaussian.zonal import zonal_bound
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import GUARD_BITS, bits_from_dps, working_bits
from symprop.numerics.quadrature import magnitude_bits
from symprop.specs.activations import Activation, activation

if TYPE_CHECKING:
    import sympy

__all__ = ["PairSeries", "pair_series", "sphere_pair_enclosure"]

_ORDERS = (12, 24, 48, 96, 192, 384, 640)
_FEW = 48  # degrees


@dataclass(frozen=True)
class PairSeries:
    """Means of products of ``f(scale x)`` and ``g(scale y)`` with low powers of ``x`` and ``y``.

    Attributes
    ----------
    dimension : int
        ``m``.
    cosine : number
        ``c``.
    parities : pair of str or None
        Of ``f`` and ``g``.
    squares : pair of tuples of arb
        ``E x**(2j) f(scale x)**2`` for ``j = 0, 1, 2``, and those of ``g``.
    products : tuple of pairs of SphereExpansion
        Series that add up to the mean.
    splits : pair of SplitFunction or None
        Whose kinks have a mean in closed form, to be added.
    bits : int
        Precision for sums over them.
    """

    dimension: int
    cosine: object
    parities: tuple[str | None, str | None]
    squares: tuple[tuple[arb, ...], tuple[arb, ...]]
    products: tuple[tuple[SphereExpansion, SphereExpansion], ...]
    splits: tuple[SplitFunction, SplitFunction] | None
    bits: int

    def mean(self, i: int, j: int) -> arb:
        """Return the ball of ``E x**i f(scale x) y**j g(scale y)``, powers at most 2."""
        with working_bits(self.bits):
            cosine = as_ball(self.cosine, self.bits, "cosine")
            odd = [_is_odd(*item) for item in zip(self.parities, (i, j), strict=True)]
            if (cosine.is_zero() and True in odd) or (None not in odd and odd[0] != odd[1]):
                return arb(0)
            total = arb(0)
            for left, right in self.products:
                total += sphere_pair(left, right, cosine, shifts=(i, j))
            if self.splits is not None:
                factors = [split.scaled_factors() for split in self.splits]
                total += powers_mean(factors[0], factors[1], self.dimension, cosine, (i, j))
            return total

    def tail(self) -> arb:
        """Bound what the series leave out, relative to the root of both mean squares."""
        rest = arb(0)
        with working_bits(self.bits):
            cosine = as_ball(self.cosine, self.bits, "cosine")
            for left, right in self.products:
                order = min(left.order, right.order)
                tails = left.tail(0, order) * right.tail(0, order)
                rest += zonal_bound(self.dimension, cosine, order) * tails.sqrt()
            size = (self.squares[0][0] * self.squares[1][0]).sqrt()
            return rest / size if size > 0 else rest


def _is_odd(parity: str | None, shift: int) -> bool | None:
    return None if parity is None else (parity == "odd") != (shift % 2 == 1)


def pair_series(
    phi: Activation,
    psi: Activation,
    dimension: int,
    cosine: object,
    *,
    scale: object,
    bits: int,
) -> PairSeries:
    """Return series for means of products of both functions.

    Parameters
    ----------
    phi, psi, dimension, cosine, scale
        See `sphere_pair_enclosure`.
    bits : int
        Errors are about ``2**-bits`` relative to the root of both mean squares.

    Returns
    -------
    PairSeries

    Raises
    ------
    NoConvergence
        If a function is not bounded on the interval, or varies too fast.
    PrecisionNotReached
        If degree 640 does not suffice, or will not by the last degrees tried.

    Error
    -----
    Enclosed.
    """
    pair = [phi] if phi == psi else [phi, psi]
    whole = [
        SphereFunction(pieces_for_panels(item), item.parity, dimension, scale) for item in pair
    ]
    breaks = [_breaks_inside(item, scale) for item in pair]
    # a tail found by subtraction has to be small next to one that decays slowly
    precise = 2 * bits if True in breaks else bits
    wanted = [bits if rough else precise for rough in breaks]
    squares = [mean_squares(f, count) for f, count in zip(whole, wanted, strict=True)]
    problem = _Problem(dimension, cosine, (phi.parity, psi.parity), squares, bits)
    if all(breaks) and not problem.is_short():
        splits = [split_at_zero(item, dimension, scale, bits // 5) for item in pair]
        known = [split for split in splits if split is not None]
        if len(known) == len(pair):
            parts = [problem.parts(*both) for both in zip(known, squares, strict=True)]
            return problem.series(parts, known, smooth=False)
    parts = [[_Part(*item)] for item in zip(whole, squares, wanted, strict=True)]
    return problem.series(parts, [], smooth=False in breaks)


@dataclass(frozen=True)
class _Part:
    """A summand of a function, to be expanded with errors relative to the whole."""

    function: SphereFunction
    squares: MeanSquares
    bits: int

    def expanded(self, order: int) -> SphereExpansion:
        return expand_on_sphere(self.function, self.squares, order, self.bits)


@dataclass(frozen=True)
class _Problem:
    dimension: int
    cosine: object
    parities: tuple[str | None, str | None]
    squares: list[MeanSquares]
    bits: int

    def is_short(self) -> bool:
        """Whether so few terms matter, whatever the functions, that a kink does no harm."""
        with working_bits(64):
            bound = zonal_bound(self.dimension, as_ball(self.cosine, 64), _FEW)
            return bool(bound < arb((1, -self.bits)))

    def parts(self, split: SplitFunction, whole: MeanSquares) -> list[_Part]:
        """Return rest and kink; where they are larger than the whole, digits will cancel."""
        functions = [split.rest, split.kink]
        size = max(size_on_sphere(function)[0] for function in functions)
        bits = self.bits + max(0, size - int(magnitude_bits(whole.values[0])))
        return [
            _Part(function, mean_squares(function, count), count)
            for function, count in zip(functions, (2 * bits, bits), strict=True)
        ]

    def series(
        self, parts: list[list[_Part]], splits: list[SplitFunction], smooth: bool
    ) -> PairSeries:
        """Raise the order until what is left out is small; of kinks with one another nothing is."""
        gained: list[float] = []
        for place, order in enumerate(_ORDERS):
            expansions = [[part.expanded(order) for part in group] for group in parts]
            pairs = list(product(expansions[0], expansions[-1]))
            found = PairSeries(
                self.dimension,
                self.cosine,
                self.parities,
                (self.squares[0].values, self.squares[-1].values),
                tuple(pairs[:-1] if splits else pairs),
                (splits[0], splits[-1]) if splits else None,
                max(expansion.bits for group in expansions for expansion in group),
            )
            gained.append(-magnitude_bits(found.tail()))
            if gained[-1] >= self.bits:
                return found
            if place and _is_hopeless(gained, self.bits, len(_ORDERS) - 1 - place, smooth):
                break
        raise PrecisionNotReached(
            f"Expected a series on the sphere to {self.bits} bits but got {gained[-1]:.0f} of them."
        )


def _breaks_inside(phi: Activation, scale: object) -> bool:
    with working_bits(64):
        radius = as_ball(scale, 64, "scale")
        return any(abs(as_ball(point, 64)) < radius for point in phi.breakpoints)


def _is_hopeless(gained: list[float], bits: int, left: int, smooth: bool) -> bool:
    """Whether doublings of the order will not do: geometric tails gain twice as much each time."""
    share = 2 ** (left + 1) if smooth else left
    return bits - gained[-1] > share * max(gained[-1] - gained[-2], 1)


def sphere_pair_enclosure(
    phi: Activation | sympy.Expr | str,
    psi: Activation | sympy.Expr | str,
    dimension: int,
    cosine: Any,
    *,
    scale: Any = 1,
    dps: int = 15,
) -> Enclosure:
    r"""Return :math:`\mathrm E\,\phi(s\langle x,a\rangle)\psi(s\langle x,b\rangle)` on the sphere.

    Parameters
    ----------
    phi, psi : Activation, str or sympy.Expr
        Bounded on the interval from ``-s`` to ``s``.
    dimension : int
        ``m >= 2``, that of the space.
    cosine : number
        Of the unit vectors ``a`` and ``b``, in [-1, 1].
    scale : number
        ``s > 0``.
    dps : int
        Digits to prove, relative to the root of the product of both mean squares.

    Returns
    -------
    Enclosure

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If the cosine is not proved to lie in [-1, 1] or the scale not to be positive.
    NoConvergence
        If a function is not bounded on the interval, or varies too fast.
    PrecisionNotReached
        If it takes degrees above 640: with kinks inside the interval and few dimensions, or
        singularities close to it.

    Error
    -----
    Enclosed.

    Source
    ------
    thesis, equation 3.3, of which it is the case of exchangeable inputs.

    Examples
    --------
    >>> value = sphere_pair_enclosure("tanh", "tanh", 4, "-1/3", scale="3/2", dps=20)
    >>> print(value.proved_digits(20))
    -0.10571340568356012708
    """
    check_dps(dps)
    check_integer("dimension", dimension, minimum=2)
    if not as_ball(scale, 128, "scale") > 0:
        raise OutOfDomain(expected("scale", "> 0", scale))
    if abs(as_ball(cosine, 128, "cosine")) > 1:
        raise OutOfDomain(expected("cosine", "inside [-1, 1]", cosine))
    goal = bits_from_dps(dps) - GUARD_BITS
    series = pair_series(
        activation(phi), activation(psi), dimension, cosine, scale=scale, bits=goal + 8
    )
    value = series.mean(0, 0)
    with working_bits(goal + 64):
        size = (series.squares[0][0] * series.squares[1][0]).sqrt()
        if not value.rad() <= size.lower() * arb((1, -goal)):
            raise PrecisionNotReached(f"Expected {dps} proved digits of a mean but got fewer.")
    return Enclosure(value)
