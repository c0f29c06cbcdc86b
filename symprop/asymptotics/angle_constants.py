r"""The constant of two inputs in a tanh residual network: how far from its limit an angle is.

.. math:: e_l-e^*=K'l^{-\delta^*}+P\,l^{-1/2}+\dots

K' is a number of the two inputs that no formula gives. The orbit is run on balls, with proved
moments while the variance is small and with their series at large variance after that; the
expansion, continued in balls, is solved for K' at two depths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING

import mpmath
import sympy
from flint import arb, arb_poly, fmpq

from symprop.asymptotics.autonomous import K, autonomous_expansion
from symprop.asymptotics.driven_recurrences import DrivenRecurrence
from symprop.asymptotics.drives import drive_of
from symprop.asymptotics.expansion_arguments import check_order
from symprop.asymptotics.length_expansions import P, length_increment
from symprop.asymptotics.matching import MatchedConstant
from symprop.asymptotics.saturated_rates import fixed_angle
from symprop.asymptotics.tanh_covariances import (
    sech_moment,
    tanh_covariance_coefficient,
    tanh_covariance_series,
)
from symprop.foundation.errors import InvalidArgument, OutOfDomain, PrecisionNotReached, expected
from symprop.foundation.validation import check_callable, check_depth, check_dps
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball, as_exact
from symprop.numerics.precision import bits_from_dps, working_bits, working_digits
from symprop.recurrences.ball_recurrence import BallPath, extend_ball_path
from symprop.recurrences.inputs import Inputs
from symprop.specs.architectures import FullResidual

if TYPE_CHECKING:
    from symprop.specs.architectures import Architecture

__all__ = ["angle_constant"]

COSINE = sympy.Symbol("e", real=True)
LIMIT, DELTA = sympy.symbols("e_star delta_star", positive=True)
CONSTANT = sympy.Symbol("K'", real=True)
_SHIFT_DEPTH, _SHIFT_TERMS = 1024, 18
_STRIDE = 256  # layers between reports of progress
_SERIES_TERMS = 12
_GUARD_DIGITS = 20
_GUARD_BITS = 32  # below which an error of the orbit does not matter


def angle_constant(
    network: FullResidual,
    length: object = 1,
    cosine: object = 0,
    *,
    dps: int = 12,
    terms: int = 5,
    layers: int = 2**15,
    progress: Callable[[int, int], None] | None = None,
) -> MatchedConstant:
    r"""Return the constant K' of two inputs of equal length in a tanh residual network.

    .. math:: K'=\lim_{l\to\infty} l^{\delta^*}(e_l-e^*)

    Parameters
    ----------
    network : FullResidual
        Of tanh, with equal layers, exact variances and a branch bias.
    length : number
        Squared length of the inputs over the width.
    cosine : number
        Their correlation.
    dps : int
        Digits after the point to agree between two depths.
    terms : int
        The expansion is continued to the power ``l**-terms``.
    layers : int
        Largest depth.
    progress : callable, optional
        Called with the number of layers done and the largest depth.

    Returns
    -------
    MatchedConstant

    Raises
    ------
    InvalidArgument
        If the network is of another kind.
    OutOfDomain
        If the inputs are the same, or a variance that must be positive is zero.
    PrecisionNotReached
        If the depths do not agree; ``best`` is the last value.

    Conventions
    -----------
    Layer 0 is the input. Results are remembered.

    Error
    -----
    Estimated by the change over the last doubling of the depth; not proved.

    Source
    ------
    symprop D3; residual, Theorem B.11.

    Examples
    --------
    >>> net = FullResidual("tanh", "3/2", "1/2", "169/100", "49/100")
    >>> found = angle_constant(net, 1, "1/2", dps=3)
    >>> round(float(found.value), 3)
    3.648
    """
    check_dps(dps)
    check_order(terms, "terms", minimum=3)
    check_depth(layers, "layers", minimum=2 * _SHIFT_DEPTH)
    if progress is not None:
        check_callable("progress", progress)
    _check(network, length, cosine)
    return _matched(network, length, cosine, dps, terms, layers, progress)


@lru_cache(maxsize=64)
def _matched(
    network: FullResidual,
    length: object,
    cosine: object,
    dps: int,
    terms: int,
    layers: int,
    progress: Callable[[int, int], None] | None,
) -> MatchedConstant:
    """Return the constant of checked arguments, which are remembered."""
    bits = bits_from_dps(dps + _GUARD_DIGITS)
    constant_from, scale = _solved(network, terms, bits)
    constant_at: Callable[[int, arb], arb] | None = None
    before, best, depth = mpmath.mpf(0), None, _SHIFT_DEPTH
    for layer, (p, e) in enumerate(_orbit(network, Inputs(length, cosine=cosine), bits)):
        if progress is not None and layer % _STRIDE == 0:
            progress(layer, layers)
        if layer < depth:
            continue
        if depth > layers:
            break
        first = constant_at is None
        with working_bits(bits):
            constant_at = constant_at or constant_from(p)
            now = Enclosure(constant_at(layer, e) * scale).midpoint
        with working_digits(dps + 2):
            if not first:
                best = MatchedConstant(CONSTANT, +now, abs(now - before), layer)
                if best.estimated_error * 10**dps < 1:
                    return best
        before, depth = now, 2 * depth
    told = "none were" if best is None else best.reached
    raise PrecisionNotReached(f"Expected {dps} digits within {layers} layers but {told}.", best)


def _check(network: Architecture, length: object, cosine: object) -> None:
    if not isinstance(network, FullResidual) or network.period != 1:
        raise InvalidArgument(expected("network", "a FullResidual with equal layers", network))
    layer = network.layer(1)
    if layer.activation.name != "tanh":
        raise InvalidArgument(expected("network", "to have tanh units", layer.activation.name))
    named = ("weight_variance", "branch_weight_variance", "branch_bias_variance")
    for name in named:
        if not as_ball(getattr(layer, name), 64) > 0:
            raise OutOfDomain(expected(name, "> 0", getattr(layer, name)))
    if not as_ball(length, 64, "length") > 0:
        raise OutOfDomain(expected("length", "> 0", length))
    if not as_ball(cosine, 64, "cosine") < 1:
        raise OutOfDomain(expected("cosine", "< 1", cosine))


@lru_cache(maxsize=16)
def _solved(
    network: FullResidual, terms: int, bits: int
) -> tuple[Callable[[arb], Callable[[int, arb], arb]], arb]:
    """Return, from p at a layer, the map from layer and e to C; and what turns C into K'."""
    w, b, v, a = _exact_variances(network)
    growth, known = length_increment(network, terms + 2)
    drive = autonomous_expansion(growth, P, order=1, known_to=known)
    q = w * P + b
    covariance = v * tanh_covariance_series(q, (w * COSINE * P + b) / q, terms + 1) + a
    with working_bits(bits):
        branch, offset = (as_ball(part, bits) for part in (v, a))
        angle = fixed_angle(1 + offset / branch, bits)
        limit, delta = angle.cos(), 1 - (angle / 2).tan() / angle
        scale = (branch + offset) ** -delta
        sample = sympy.Rational(str(delta.mid().str(30, radius=False)))
    problem = DrivenRecurrence(
        (covariance - COSINE * growth) / (P + growth),
        COSINE,
        LIMIT,
        drive_of(drive, P),
        sympy.Integer(-terms - 2),
        {DELTA: sample},
        (fmpq(-3, 2), fmpq(-1), DELTA),
    )
    values = {LIMIT: limit, DELTA: delta}
    with working_bits(bits):
        shift_at = drive.problem.constant_from(values, _SHIFT_TERMS, bits)

    def constant_from(p: arb) -> Callable[[int, arb], arb]:
        shift = Enclosure(shift_at(_SHIFT_DEPTH, p)).midpoint
        return problem.constant_from({**values, K: shift}, 3 * terms, bits)

    return constant_from, scale


def _exact_variances(network: FullResidual) -> list[sympy.Expr]:
    """Return the variances of inner weights and biases, and of the branch."""
    layer = network.layer(1)
    values = (
        layer.weight_variance,
        layer.bias_variance,
        layer.branch_weight_variance,
        layer.branch_bias_variance,
    )
    exact = [as_exact(value) for value in values]
    if None in exact:
        raise InvalidArgument(expected("network", "to have exact variances", network))
    return [value for value in exact if value is not None]


def _orbit(network: FullResidual, inputs: Inputs, bits: int) -> Iterator[tuple[arb, arb]]:
    """Yield p and e from layer 0 on."""
    path = BallPath()
    w, b, v, a = (as_ball(value, bits) for value in _exact_variances(network))
    with working_bits(bits):
        second, cross = _series(bits)
    last, small = cross[-1], arb(2) ** (_GUARD_BITS - bits)
    endless = extend_ball_path(path, network, inputs, 2**62, bits)
    p = gamma = arb(0)
    for layer in count():
        if len(path.p) <= layer:
            next(endless)
        p, gamma = path.p[layer], path.gamma[layer]
        with working_bits(bits):
            q = w * p + b
            c = (w * gamma + b) / q
            tangent = c / (1 - c * c).sqrt()
            series_will_do = abs(last(tangent)) / q ** (_SERIES_TERMS - 1) < small
            e = gamma / p
        yield p, e
        if series_will_do:
            break
    while True:
        with working_bits(bits):
            q = w * p + b
            c = (w * gamma + b) / q
            tangent, inverse = c / (1 - c * c).sqrt(), 1 / q
            covariance = arb(0)
            for polynomial in reversed(cross):
                covariance = (covariance + polynomial(tangent)) * inverse
            covariance += 2 * c.asin() / arb.pi()
            p, gamma = (
                (p + v * (1 - second(inverse) * inverse.sqrt()) + a).mid(),
                (gamma + v * covariance + a).mid(),
            )
            e = gamma / p
        yield p, e


def _series(bits: int) -> tuple[arb_poly, list[arb_poly]]:
    """Return ``(1 - V) sqrt(q)`` in ``1/q``, and the polynomials ``w_1, w_2, ...`` in t."""
    second = [
        as_ball((-1) ** k * sech_moment(2 * k) / (sympy.factorial(k) * sympy.Integer(2) ** k), bits)
        / (2 * arb.pi()).sqrt()
        for k in range(_SERIES_TERMS)
    ]
    t = sympy.Symbol("t", real=True)
    cross = [
        arb_poly([as_ball(c, bits) for c in reversed(sympy.Poly(w, t).all_coeffs())])
        for w in (tanh_covariance_coefficient(k, t) for k in range(1, _SERIES_TERMS))
    ]
    return arb_poly(second), cross
