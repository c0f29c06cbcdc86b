r"""The forward recurrence of any architecture on balls.

For each layer of the common form, with ``u = q`` or, where the hidden units are normalised,
``u = 1``, and underlined quantities those of the layer before,

.. math:: q&=\sigma_w^2\underline p+\sigma_b^2,&
    p&=s\,\underline p+\sigma_v^2V(u)+\sigma_a^2,\\
    \lambda&=\sigma_w^2\underline\gamma+\sigma_b^2,&
    \gamma&=s\,\underline\gamma+\sigma_v^2W(u,u',c)+\sigma_a^2 .

The separation :math:`d=(p+p')/2-\gamma` is carried beside :math:`\gamma`, by
:math:`d=s\,\underline d+\sigma_v^2[(V(u)+V(u'))/2-W]`. For equal lengths it is
:math:`p\,(1-e)` and, times :math:`\sigma_w^2`, :math:`q\,(1-c)`; so small angles keep their
relative accuracy. For unequal lengths

.. math:: \sqrt{pp'}-\gamma=d-\frac{(p-p')^2}{2(\sqrt p+\sqrt{p'})^2} .
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flint import arb

from symprop.foundation.errors import OutOfDomain, PrecisionNotReached, expected
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import working_bits
from symprop.recurrences.moments_on_balls import BallMoments, ball_moments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from symprop.recurrences.inputs import Inputs
    from symprop.specs.architectures import Architecture, Layer

__all__ = ["BallLayer", "BallPath", "ball_layers", "extend_ball_path"]

_ONE, _ZERO = arb(1), arb(0)


@dataclass(frozen=True)
class BallLayer:
    """One layer with its variances as balls; without outer matrix ``v = 1`` and ``a = 0``."""

    moments: BallMoments
    w: arb
    b: arb
    v: arb
    a: arb
    skip: bool
    normalize_hidden: bool
    normalize_output: str | None


@dataclass
class BallPath:
    """The layers done so far, lists of balls by layer; index 0 is the input.

    ``branch`` is ``V(u)``, and ``norm`` the square of what a normalised output was divided by.
    At index 0 the hidden quantities are those of the input itself. Lists of the second input
    stay empty where there is none or where it has the length of the first.
    """

    p: list[arb] = field(default_factory=list)
    q: list[arb] = field(default_factory=list)
    gamma: list[arb] = field(default_factory=list)
    covariance: list[arb] = field(default_factory=list)
    separation: list[arb] = field(default_factory=list)
    e: list[arb] = field(default_factory=list)
    e_gap: list[arb] = field(default_factory=list)
    c: list[arb] = field(default_factory=list)
    c_gap: list[arb] = field(default_factory=list)
    other_p: list[arb] = field(default_factory=list)
    other_q: list[arb] = field(default_factory=list)
    branch: list[arb] = field(default_factory=list)
    norm: list[arb] = field(default_factory=list)


def ball_layers(architecture: Architecture, bits: int) -> list[BallLayer]:
    """Return one period of layers with their variances at ``bits`` bits."""
    return [_prepared(architecture.layer(1 + k), bits) for k in range(architecture.period)]


def _prepared(layer: Layer, bits: int) -> BallLayer:
    outer = layer.branch_weight_variance is not None
    return BallLayer(
        ball_moments(layer.activation),
        as_ball(layer.weight_variance, bits, "weight_variance"),
        as_ball(layer.bias_variance, bits, "bias_variance"),
        as_ball(layer.branch_weight_variance, bits, "branch_weight_variance") if outer else _ONE,
        as_ball(layer.branch_bias_variance, bits, "branch_bias_variance") if outer else _ZERO,
        layer.skip,
        layer.normalize_hidden,
        layer.normalize_output,
    )


def extend_ball_path(
    path: BallPath, architecture: Architecture, inputs: Inputs, depth: int, bits: int
) -> Iterator[int]:
    """Carry a path on to ``depth`` layers; yields the number of layers done after each.

    Raises
    ------
    OutOfDomain
        If an output that is to be normalised has length zero.
    PrecisionNotReached
        If so few bits are left that a variance or a correlation means nothing.
    """
    with working_bits(bits):
        if not path.p:
            _begin(path, inputs, bits)
        layers = ball_layers(architecture, bits)
    while len(path.p) <= depth:
        with working_bits(bits):
            _advance(path, layers[(len(path.p) - 1) % len(layers)], bits)
        yield len(path.p) - 1


def _begin(path: BallPath, inputs: Inputs, bits: int) -> None:
    p = as_ball(inputs.length, bits, "length")
    path.p.append(p)
    path.q.append(p)
    path.branch.append(p)
    path.norm.append(_ONE)
    if not inputs.pair:
        return
    other = p
    if inputs.unequal:
        other = as_ball(inputs.other_length, bits, "other_length")
        path.other_p.append(other)
        path.other_q.append(other)
    e, gap = inputs.angle_balls(bits)
    size = (p * other).sqrt()
    path.gamma.append(size * e)
    path.covariance.append(size * e)
    path.separation.append(size * gap + _half_square(p, other))
    for values, value in ((path.e, e), (path.c, e), (path.e_gap, gap), (path.c_gap, gap)):
        values.append(value)


def _half_square(x: arb, y: arb) -> arb:
    """Return ``(sqrt x - sqrt y)^2 / 2``, the excess of the mean over the geometric mean."""
    if x is y or (x.is_zero() and y.is_zero()):
        return _ZERO
    ratio = (x - y) / (x.sqrt() + y.sqrt())
    return ratio * ratio / 2


def _correlation(x: arb, y: arb, inner: arb, separation: arb) -> tuple[arb, arb]:
    """Return ``inner/sqrt(x y)`` and one minus it.

    Two vectors of length zero count as parallel, one alone as orthogonal to any other.
    """
    if x.is_zero() or y.is_zero():
        return (_ONE, _ZERO) if x.is_zero() and y.is_zero() else (_ZERO, _ONE)
    if separation.is_zero() and x is y:
        return _ONE, _ZERO
    size = x if x is y else (x * y).sqrt()
    cosine, gap = inner / size, (separation - _half_square(x, y)) / size
    unit, whole = arb(0, 1), arb(1, 1)
    known = cosine.is_finite() and gap.is_finite()
    if not (known and cosine.overlaps(unit) and gap.overlaps(whole)):
        raise PrecisionNotReached(
            "Expected a correlation inside [-1, 1] but lost all digits of it."
        )
    return (
        cosine if unit.contains(cosine) else cosine.intersection(unit),
        gap if whole.contains(gap) else gap.intersection(whole),
    )


def _hidden(x: arb, layer: BallLayer) -> arb:
    q = layer.w * x + layer.b
    if not (q.is_zero() or q > 0):
        raise PrecisionNotReached("Expected a variance that is proved > 0 but lost all its digits.")
    return q


def _advance(path: BallPath, layer: BallLayer, bits: int) -> None:
    """Append one layer."""
    moments, v = layer.moments, layer.v
    skip = _ONE if layer.skip else _ZERO
    p = path.p[-1]
    q = _hidden(p, layer)
    u = _ONE if layer.normalize_hidden else q
    second = moments.second_moment(u, bits)
    new = skip * p + v * second + layer.a
    centre = moments.mean(u, bits) if layer.normalize_output == "layer" else _ZERO
    new -= centre * centre
    norm = new if layer.normalize_output else _ONE
    if layer.normalize_output and not new > 0:
        raise OutOfDomain(expected("activation", "to have an output of length > 0", _name(layer)))
    path.p.append(_ONE if layer.normalize_output else new)
    path.q.append(q)
    path.branch.append(second)
    path.norm.append(norm)
    if not path.gamma:
        return
    equal = not path.other_p or path.other_p[-1] is p
    o, other_q, other_u, other_second, other_new, other_centre = p, q, u, second, new, centre
    if not equal:
        o = path.other_p[-1]
        other_q = q if layer.w.is_zero() else _hidden(o, layer)
        other_u = _ONE if layer.normalize_hidden else other_q
        other_second = moments.second_moment(other_u, bits)
        other_new = skip * o + v * other_second + layer.a
        if layer.normalize_output == "layer":
            other_centre = moments.mean(other_u, bits)
            other_new -= other_centre * other_centre
    inner = layer.w * path.gamma[-1] + layer.b
    c, c_gap = _correlation(q, other_q, inner, layer.w * path.separation[-1])
    cross = moments.covariance(u, other_u, c, c_gap, bits)
    gamma = skip * path.gamma[-1] + v * cross + layer.a - centre * other_centre
    apart = skip * path.separation[-1]
    if not (c_gap.is_zero() and u is other_u):
        shift = centre - other_centre
        apart += v * ((second + other_second) / 2 - cross) - shift * shift / 2
    if layer.normalize_output:
        size = norm if equal else (new * other_new).sqrt()
        gamma, apart = gamma / size, (apart - _half_square(new, other_new)) / size
        other_new = path.p[-1]
    elif equal:
        other_new = path.p[-1]
    e, e_gap = _correlation(path.p[-1], other_new, gamma, apart)
    for values, value in (
        (path.gamma, gamma),
        (path.covariance, inner),
        (path.separation, apart),
        (path.e, e),
        (path.e_gap, e_gap),
        (path.c, c),
        (path.c_gap, c_gap),
    ):
        values.append(value)
    if path.other_p:
        path.other_p.append(other_new)
        path.other_q.append(other_q)


def _name(layer: BallLayer) -> Any:
    return layer.moments.phi.name
