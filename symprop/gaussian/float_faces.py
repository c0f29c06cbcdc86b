"""Choice of the float64 face of a dual kernel: closed form, then series, then table."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import arb

from symprop.foundation.errors import NoClosedForm, OutOfDomain, expected
from symprop.gaussian.closed_forms import RHO
from symprop.gaussian.float_angles import angle_kernel
from symprop.gaussian.float_formulas import FORMULAS
from symprop.gaussian.float_kernels import ClosedFormKernel, FloatKernel, ZeroKernel
from symprop.gaussian.float_series import hermite_enclosure, series_kernel
from symprop.gaussian.float_tables import Enclosing, table_kernel
from symprop.gaussian.float_tile import Tile
from symprop.gaussian.hot_forms import HotForm, hot_form
from symprop.gaussian.kernel_values import kernel_ball, vanishes
from symprop.gaussian.nested_pairs import nested_kernel
from symprop.gaussian.softsign_kernel import softsign_balls
from symprop.numerics.evaluation import BallFunction, as_ball, compile_ball
from symprop.numerics.precision import working_bits
from symprop.numerics.quadrature import magnitude_bits
from symprop.specs.activations import Activation, activation

if TYPE_CHECKING:
    import sympy


__all__ = ["closed_form_kernel", "float_kernel"]

_EPSILON = 2.0**-52
_GUARD = 20
_DEEPEST = 1100  # bits; correlations of a table end at 1 - 2**-1000


def float_kernel(
    phi: Activation | sympy.Expr | str,
    psi: Activation | sympy.Expr | str | None = None,
    variances: tuple[Any, Any] = (1, 1),
    *,
    enclose: Enclosing | None = None,
) -> FloatKernel:
    r"""Return ``kappa(rho) = E phi(sqrt(q1) u) psi(sqrt(q2) v)`` on float64 arrays.

    Four ways, fastest first: a closed form written by hand for the activations in most
    use; for analytic activations the Hermite series, economised to one polynomial; for
    others with balls that are quick a table with one polynomial per octave of ``1 - |rho|``; for
    pairs with neither formula nor series, nested quadrature of each value.

    Parameters
    ----------
    phi, psi : Activation, sympy.Expr or str
        Square-integrable activations; ``psi`` defaults to ``phi``.
    variances : pair of numbers
        ``(q1, q2)``, both > 0.
    enclose : callable, optional
        ``(rho, bits)`` to a ball around ``kappa(rho)`` with about ``bits`` absolute bits,
        for the table; by default that of `dual_kernel`.

    Returns
    -------
    FloatKernel
        Call it with ``rho`` or ``angle_gap``; ``.error`` bounds the absolute error of every
        value, ``.deficit`` keeps ``kappa(1) - kappa(rho)`` accurate near 1.

    Raises
    ------
    OutOfDomain
        If ``kappa(1)`` is not a finite float64, or for a pair with neither closed form nor fast
        series that breaks away from 0, oscillates, or grows exponentially.

    Conventions
    -----------
    ``u, v`` standard normal with correlation ``rho``; variances, not standard deviations.

    Error
    -----
    Closed forms: a few units in the last place, on NumPy's promise of four for its
    elementary functions. Series and tables: enclosed, roundings included. Nested quadrature:
    estimated, 5e-14 of the root of both second moments.

    Source
    ------
    Parseval's identity and Cauchy-Schwarz; the octave table is derived in `float_tables`.

    Examples
    --------
    >>> kernel = float_kernel("erf")
    >>> float(kernel(1.0)), kernel.error < 3e-15
    (0.464559..., True)
    """
    first = activation(phi)
    second = first if psi is None else activation(psi)
    pair = (variances[0], variances[1])
    if enclose is None:
        return _cached_kernel(first, second, pair)
    return _kernel(first, second, pair, enclose)


@lru_cache(maxsize=128)
def _cached_kernel(
    first: Activation, second: Activation, variances: tuple[Any, Any]
) -> FloatKernel:
    return _kernel(first, second, variances, _Balls(first, second, variances))


def _kernel(
    first: Activation, second: Activation, variances: tuple[Any, Any], enclose: Enclosing
) -> FloatKernel:
    single = first == second
    numbers = tuple(float(as_ball(q, 80, "variances").mid()) for q in variances)
    pair = (numbers[0], numbers[1])
    if vanishes(first, second):
        return ZeroKernel(pair)
    form = hot_form(first) if single else None
    if form is not None:
        return closed_form_kernel(form, variances)
    source = hermite_enclosure(first, second, variances)
    series = None if source is None else series_kernel(source)
    if series is not None:
        return series
    if source is not None:
        enclose = source
    angle = angle_kernel(first, second, variances, enclose)
    if angle is not None:
        return angle
    if single and variances[0] == variances[1]:
        fast = softsign_balls(first, variances[0])
        return table_kernel(fast or enclose, pair, parity=first.parity)
    if _closed_form(first, second, variances) is None:
        nested = nested_kernel(first, second, pair)
        if nested is not None:
            return nested
        condition = (
            "to have arrays of kernels, for which a pair must have a closed form, a fast series or"
            " breakpoints at 0 only and moderate growth (enclose gives single values),"
        )
        raise OutOfDomain(expected("psi", condition, f"{second.name} beside {first.name}"))
    ends = [
        _Balls(function, function, (q, q))
        for function, q in zip((first, second), variances, strict=True)
    ]

    def spread(gap: arb, bits: int) -> arb:
        with working_bits(bits + _DEEPEST):
            product = arb(1)
            for end in ends:
                product *= (end(arb(1), bits) - end(1 - gap, bits)).nonnegative_part()
            return product.sqrt()

    with working_bits(64):
        scale = (ends[0](arb(1), 64) * ends[1](arb(1), 64)).sqrt()
    return table_kernel(enclose, pair, spread=spread, scale=scale)


def closed_form_kernel(form: HotForm, variances: tuple[Any, Any]) -> ClosedFormKernel:
    """Return a hot closed form at two variances, with its stated error.

    Raises
    ------
    OutOfDomain
        If ``kappa(1)`` is not a finite float64.
    """
    with working_bits(80):
        slope = as_ball(form.slope, 80)
        pair = [float((slope**2 * as_ball(q, 80, "variances")).mid()) for q in variances]
        factor = float((as_ball(form.output, 80) ** 2).mid())
    formula = FORMULAS[form.name]
    scale = abs(factor)
    for q in pair:
        end = Tile(np.ones(1), None, q, q, *np.empty((3, 1)))
        with np.errstate(over="ignore", invalid="ignore"):
            formula.value(end, form.parameter)
        if not math.isfinite(end.out[0]) or q == 0.0:
            raise OutOfDomain(expected("variances", "to give a finite float64 kernel", variances))
        scale *= math.sqrt(abs(end.out[0]))
    if not math.isfinite(scale):
        raise OutOfDomain(expected("phi", "to give a finite float64 kernel", form.name))
    if form.name == "exp":  # each rounding of the exponent is a relative error
        exponent = 2 * (math.sqrt(pair[0]) + math.sqrt(pair[1])) ** 2
    elif form.name in ("sin", "cos"):
        exponent = 2 * (math.sqrt(pair[0]) - math.sqrt(pair[1])) ** 2
    else:
        exponent = 0.0
    return ClosedFormKernel(
        name=form.name,
        parameter=form.parameter,
        factor=factor,
        variances=(pair[0], pair[1]),
        error=(formula.ulps + exponent) * _EPSILON * scale,
        relative=(formula.deficit_ulps + exponent) * _EPSILON,
    )


@dataclass(frozen=True)
class _Balls:
    """``(rho, bits)`` to the ball of a dual kernel; a class, so that tables pickle."""

    phi: Activation
    psi: Activation
    variances: tuple[Any, Any]

    def __call__(self, rho: arb, bits: int) -> arb:
        from symprop.gaussian.correlations import Angle

        closed = _closed_form(self.phi, self.psi, self.variances)
        if closed is not None:
            with working_bits(bits + _GUARD + _leading_bits(rho)):
                value = closed(rho)
                value = value if isinstance(value, arb) else value.real
                if value.is_finite():
                    return value
        with working_bits(bits + _GUARD):
            return kernel_ball(self.phi, self.psi, self.variances, Angle(rho), bits + _GUARD)


def _leading_bits(rho: arb) -> int:
    """Return how many bits of rho agree with 1 or -1; closed forms cancel them."""
    with working_bits(4 * _DEEPEST):
        gap = (1 - abs(rho)).abs_upper()
    return 0 if gap.is_zero() else max(0, -int(magnitude_bits(gap)))


@lru_cache(maxsize=64)
def _closed_form(
    phi: Activation, psi: Activation, variances: tuple[Any, Any]
) -> BallFunction | None:
    from symprop.gaussian.duality import dual_kernel

    try:
        return compile_ball(dual_kernel(phi, psi, variances=variances).closed_form, (RHO,))
    except NoClosedForm:
        return None
