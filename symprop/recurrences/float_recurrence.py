r"""The forward recurrence of any architecture in float64, vectorised over settings.

The formulas are those of `ball_recurrence`. Sums over layers carry what each addition rounds
off, so that a million small steps do not drift: the error of ``p`` stays that of its terms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.foundation.errors import OutOfDomain, expected
from symprop.numerics.evaluation import as_ball
from symprop.recurrences.length_loops import run_lengths
from symprop.recurrences.moments_in_float64 import FloatMoments, float_moments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from symprop.recurrences.inputs import Inputs
    from symprop.specs.architectures import Architecture

    Array = NDArray[np.float64]

__all__ = ["FloatLayer", "FloatPath", "extend_float_path", "float_layers", "hidden_rows"]

PAIR_FIELDS = ("gamma", "covariance", "separation", "e", "e_gap", "c", "c_gap")
"""Fields of a path that exist for two inputs only."""

_CHUNK = 1 << 14  # layers between two reports of a plain run


@dataclass(frozen=True)
class FloatLayer:
    """One layer of all settings; without outer matrix ``v = 1`` and ``a = 0``."""

    moments: FloatMoments
    w: Array
    b: Array
    v: Array
    a: Array
    skip: bool
    normalize_hidden: bool
    normalize_output: str | None


@dataclass
class FloatPath:
    """The layers done so far, arrays of shape (depth + 1, settings); index 0 is the input.

    ``done`` counts the layers; rows beyond are not filled yet. ``rest`` holds what the sums
    p, gamma, separation and p' of the last layer have rounded off.
    """

    rows: dict[str, Array] = field(default_factory=dict)
    rest: dict[str, Array] = field(default_factory=dict)
    done: int = -1


def _floats(values: Sequence[Any], name: str) -> Array:
    floats = np.array(
        [
            value if isinstance(value, float) else float(as_ball(value, 80, name).mid())
            for value in values
        ]
    )
    for value, number in zip(values, floats, strict=True):
        if np.isinf(number):
            raise OutOfDomain(expected(name, "to be within the range of float64", value))
    return floats


def float_layers(architectures: Sequence[Architecture]) -> list[FloatLayer]:
    """Return one period of layers, each with the variances of all settings as arrays."""
    period = architectures[0].period
    if any(net.period != period for net in architectures):
        raise OutOfDomain(expected("architectures", "to have one period", "several"))
    result = []
    for index in range(1, period + 1):
        layers = [net.layer(index) for net in architectures]
        first = layers[0]
        for name in ("activation", "skip", "normalize_hidden", "normalize_output"):
            if any(getattr(layer, name) != getattr(first, name) for layer in layers):
                raise OutOfDomain(expected("architectures", f"to share their {name}", "several"))
        outer = first.branch_weight_variance is not None
        ones = np.ones(len(layers))
        result.append(
            FloatLayer(
                float_moments(first.activation),
                _floats([layer.weight_variance for layer in layers], "weight_variance"),
                _floats([layer.bias_variance for layer in layers], "bias_variance"),
                _floats([item.branch_weight_variance for item in layers], "branch_weight_variance")
                if outer
                else ones,
                _floats([item.branch_bias_variance for item in layers], "branch_bias_variance")
                if outer
                else 0 * ones,
                first.skip,
                first.normalize_hidden,
                first.normalize_output,
            )
        )
    return result


def extend_float_path(
    path: FloatPath,
    architectures: Sequence[Architecture],
    inputs: Sequence[Inputs],
    depth: int,
) -> Iterator[int]:
    """Carry a path on to ``depth`` layers; yields the number of layers done now and then.

    Raises
    ------
    OutOfDomain
        If a length leaves the range of float64, or one to be normalised is zero.
    """
    layers = float_layers(architectures)
    if path.done < 0:
        _begin(path, inputs, normalized=any(layer.normalize_output for layer in layers))
    for name, values in path.rows.items():
        if len(values) <= depth:
            grown = np.zeros((depth + 1, *values.shape[1:]))
            grown[: len(values)] = values
            path.rows[name] = grown
    if _is_plain(path, layers):
        yield from _run_plain(path, layers[0], depth)
    while path.done < depth:
        with np.errstate(over="ignore", invalid="ignore"):
            _advance(path, layers[path.done % len(layers)])
        yield path.done


def _is_plain(path: FloatPath, layers: Sequence[FloatLayer]) -> bool:
    """Whether only lengths are wanted, of equal residual layers with variances > 0."""
    layer = layers[0]
    if len(layers) > 1 or not layer.skip or layer.normalize_hidden or layer.normalize_output:
        return False
    return "gamma" not in path.rows and bool(
        (layer.w * path.rows["p"][path.done] + layer.b > 0).all()
    )


def _run_plain(path: FloatPath, layer: FloatLayer, depth: int) -> Iterator[int]:
    """Go on with lengths alone; `hidden_rows` finds the rest when it is asked for."""
    path.rows = {"p": path.rows["p"]}
    while path.done < depth:
        lengths = path.rows["p"][path.done : min(depth, path.done + _CHUNK) + 1]
        with np.errstate(over="ignore", invalid="ignore"):
            rest = run_lengths(layer, path.rest["p"], lengths)
        _check_finite(lengths[-1], path.done + len(lengths) - 1)
        path.rest, path.done = {"p": rest}, path.done + len(lengths) - 1
        yield path.done


def hidden_rows(architectures: Sequence[Architecture], p: Array) -> tuple[Array, Array]:
    """Return ``q`` and ``V(q)`` by layer of residual nets whose lengths alone were kept."""
    layer = float_layers(architectures)[0]
    q, branch = np.empty_like(p), np.empty_like(p)
    q[0] = branch[0] = p[0]
    np.multiply(layer.w, p[:-1], out=q[1:])
    q[1:] += layer.b
    branch[1:] = layer.moments.second_moment(q[1:])
    return q, branch


def _begin(path: FloatPath, inputs: Sequence[Inputs], *, normalized: bool) -> None:
    p = _floats([item.length for item in inputs], "length")
    path.rows = {"p": p, "q": p, "branch": p}
    if normalized:
        path.rows["norm"] = np.ones(p.size)
    path.rest = {"p": np.zeros(p.size)}
    if inputs[0].pair:
        other = p
        if inputs[0].unequal:
            other = _floats([item.other_length for item in inputs], "other_length")
            path.rows |= {"other_p": other, "other_q": other}
            path.rest["other_p"] = np.zeros(p.size)
        angles = [item.angle_balls(80) for item in inputs]
        e = np.array([float(cosine.mid()) for cosine, _ in angles])
        gap = np.array([float(value.mid()) for _, value in angles])
        size = p if other is p else np.sqrt(p) * np.sqrt(other)
        gamma, separation = size * e, size * gap + _half_square(p, other)
        values = (gamma, gamma, separation, e, gap, e, gap)
        path.rows |= dict(zip(PAIR_FIELDS, values, strict=True))
        path.rest |= {"gamma": np.zeros(p.size), "separation": np.zeros(p.size)}
    path.rows = {name: values[None, :].copy() for name, values in path.rows.items()}
    path.done = 0


def _half_square(x: Array, y: Array) -> Array:
    """Return ``(sqrt x - sqrt y)^2 / 2``."""
    roots = np.sqrt(x) + np.sqrt(y)
    half: Array = 0.5 * np.square((x - y) / np.where(roots > 0, roots, 1.0))
    return half


def _correlation(x: Array, y: Array, inner: Array, separation: Array) -> tuple[Array, Array]:
    """Return ``inner/sqrt(x y)`` and one minus it, as in `ball_recurrence`."""
    size = x if x is y else np.sqrt(x) * np.sqrt(y)
    apart = separation if x is y else separation - _half_square(x, y)
    safe = np.where(size > 0, size, 1.0)
    cosine, gap = inner / safe, apart / safe
    # each is off by roundings only: the other bounds it
    cosine, gap = np.clip(cosine, -1.0, 1.0), np.clip(gap, 0.0, 2.0)
    empty = size == 0
    if empty.any():
        parallel = empty & (x == y)
        cosine = np.where(empty, np.where(parallel, 1.0, 0.0), cosine)
        gap = np.where(empty, np.where(parallel, 0.0, 1.0), gap)
    return cosine, gap


def _add(path: FloatPath, left: dict[str, Array], name: str, term: Array, skip: bool) -> Array:
    """Return the last row plus ``term``, or the term alone without skip.

    What the sum rounds off goes into ``left``.
    """
    if not skip:
        left[name] = np.zeros_like(term)
        return term
    before, rest = path.rows[name][path.done], path.rest[name]
    small = term + rest
    total: Array = before + small
    left[name] = small - (total - before)
    return total


def _advance(path: FloatPath, layer: FloatLayer) -> None:
    """Fill one more row."""
    done, rows, moments = path.done, path.rows, layer.moments
    pair, unequal = "gamma" in rows, "other_p" in rows
    left: dict[str, Array] = {}
    p = rows["p"][done]
    q = layer.w * p + layer.b
    u = np.ones_like(q) if layer.normalize_hidden else q
    second = moments.second_moment(u)
    new = _add(path, left, "p", layer.v * second + layer.a, layer.skip)
    _check_finite(new, done + 1)
    centre = moments.mean(u) if layer.normalize_output == "layer" else None
    if centre is not None:
        new = new - centre * centre
    _store(path, p=new, q=q, branch=second)
    if "norm" in rows:
        rows["norm"][done + 1] = new if layer.normalize_output else 1.0
    if layer.normalize_output and not (new > 0).all():
        name = moments.phi.name
        raise OutOfDomain(expected("activation", "to have an output of length > 0", name))
    other_new, other_q, other_u, other_centre, middle = new, q, u, centre, second
    if unequal:
        other_q = layer.w * rows["other_p"][done] + layer.b
        other_u = u if layer.normalize_hidden else other_q
        other_second = moments.second_moment(other_u)
        middle = 0.5 * (second + other_second)
        other_new = _add(path, left, "other_p", layer.v * other_second + layer.a, layer.skip)
        _check_finite(other_new, done + 1)
        if layer.normalize_output == "layer":
            other_centre = moments.mean(other_u)
            other_new = other_new - other_centre * other_centre
        _store(path, other_p=other_new, other_q=other_q)
    if pair:
        inner = layer.w * rows["gamma"][done] + layer.b
        c, c_gap = _correlation(q, other_q, inner, layer.w * rows["separation"][done])
        cross, rise = moments.covariance(u, None if other_u is u else other_u, c, c_gap, middle)
        gamma = _add(path, left, "gamma", layer.v * cross + layer.a, layer.skip)
        apart = _add(path, left, "separation", layer.v * rise, layer.skip)
        if centre is not None and other_centre is not None:
            gamma = gamma - centre * other_centre
            apart = apart - 0.5 * (centre - other_centre) ** 2
        if layer.normalize_output:
            size = np.sqrt(new) * np.sqrt(other_new)
            gamma, apart = gamma / size, (apart - _half_square(new, other_new)) / size
        _store(path, gamma=gamma, covariance=inner, separation=apart, c=c, c_gap=c_gap)
    if layer.normalize_output:
        for name in ("p", "other_p") if unequal else ("p",):
            rows[name][done + 1] = 1.0
        left = {name: np.zeros_like(p) for name in left}
    if pair:
        last = rows["p"][done + 1]
        other = rows["other_p"][done + 1] if unequal else last
        e, e_gap = _correlation(last, other, rows["gamma"][done + 1], rows["separation"][done + 1])
        _store(path, e=e, e_gap=e_gap)
    path.rest, path.done = left, done + 1  # together, so that an interrupt finds whole layers


def _store(path: FloatPath, **values: Array) -> None:
    for name, value in values.items():
        path.rows[name][path.done + 1] = value


def _check_finite(p: Array, layer: int) -> None:
    if not np.isfinite(p).all():
        condition = "small enough for the range of float64, which balls (dps) do not leave,"
        raise OutOfDomain(expected("depth", condition, layer))
