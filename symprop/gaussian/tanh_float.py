r"""The kernel of tanh in float64 at any variances, without tables: tens of microseconds a value.

The double sum over nodes of `tanh_fourier`, with a line below the first pole, so that no
residue enters. With :math:`s_j=2h/\sinh(kx_j)`, :math:`x_j=(j+1/2)h`, it is

.. math:: W=\frac1{4\sqrt{q_1q_2}}\sum_{jl}s_js'_le^{-(x_j^2+x_l^2)/2}\sinh(cx_jx_l),

a convolution as explained there; and with ``g = 1 - c``, from
:math:`2(\sinh z-\sinh cz)=e^z(1-e^{-gz})+e^{-z}(e^{gz}-1)`, for equal variances

.. math:: V-W=\frac1{8q}\sum_{jl}s_js_l\bigl[e^{-(x_j-x_l)^2/2}(1-e^{-gx_jx_l})
    +e^{-(x_j+x_l)^2/2}(e^{gx_jx_l}-1)\bigr],

where all terms are positive and only small differences of the indices matter. At variances in
the thousands the nodes are so many that the rules of `conditional_rule` are quicker.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log, pi, sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from symprop.gaussian.conditional_rule import (
    Estimate,
    conditional_covariance,
    conditional_deficit,
)
from symprop.specs.activations import activation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["tanh_float_deficit", "tanh_float_kernel"]

_GOAL = 41.5  # nats: the truncation errors lie below exp(-_GOAL), relative to the value
_HEIGHT = 0.8  # of the line, in units of the distance of the first pole
_SMALL = 2.0  # below this variance differences of Gaussians would cancel
_TINY = 0.5  # and for the deficit, whose terms are all positive, below this one
_LOW = 0.2  # and below this correlation
_FEW = 40  # nodes for which the full matrix is as quick
_MOST = 2000
_LARGE = 2000.0  # variance above which the nested rules are quicker for the deficit
_TANH = activation("tanh")


@dataclass(frozen=True, slots=True)
class _Nodes:
    step: float
    x: Array
    first: Array
    second: Array
    lags: int


def tanh_float_kernel(q1: float, q2: float, c: float) -> float | None:
    r"""Return ``W = E tanh(sqrt(q1) u) tanh(sqrt(q2) v)`` in float64.

    .. math:: W=\frac1{4\sqrt{q_1q_2}}\iint\frac{e^{-(x^2+y^2)/2}\sinh(cxy)}
        {\sinh(\pi x/2\sqrt{q_1})\,\sinh(\pi y/2\sqrt{q_2})}\,dx\,dy

    Parameters
    ----------
    q1, q2 : float
        Variances, > 0.
    c : float
        Correlation in [-1, 1].

    Returns
    -------
    float or None
        None where no rule converges.

    Conventions
    -----------
    ``u, v`` are standard normal with covariance ``c``.

    Error
    -----
    Estimated: the steps and cuts follow the bounds proved in `tanh_fourier`; with rounding, 2e-15
    relative to the value was not exceeded against balls.

    Source
    ------
    residual, Definition 5.3; derivation in `symprop.gaussian.tanh_fourier`.

    Examples
    --------
    >>> f"{tanh_float_kernel(1.0, 1.0, 0.5):.13f}"
    '0.1863244132034'
    """
    if c == 0.0:
        return 0.0
    size = abs(c)
    nodes = _nodes(q1, q2, size, (1 - size) * (1 + size))
    scale = 4 * sqrt(q1) * sqrt(q2)
    x = nodes.x
    if min(q1, q2) < _SMALL or size < _LOW or x.size <= _FEW:
        if x.size > _MOST:
            return _nested(conditional_covariance(_TANH, _TANH, q1, q2, c, 1 - c))
        z = size * np.outer(x, x)
        half = 0.5 * x**2
        products = np.exp(z - half[:, None] - half) * np.expm1(-2 * z)
        total = -0.5 * float(nodes.first @ products @ nodes.second)
    else:
        damping = np.exp(-0.5 * (1 - size) * x**2)
        a = damping * nodes.first
        b = a if q1 == q2 else damping * nodes.second
        total = _convolution(a, b, nodes, size)
    return float(np.copysign(total / scale, c))


def _nested(found: Estimate | None) -> float | None:
    return None if found is None else found.value


def tanh_float_deficit(q: float, gap: float) -> float | None:
    r"""Return ``V(q) - W(q, (1 - gap) q)`` of tanh in float64, accurate relative to itself.

    .. math:: V-W=\frac1{4q}\iint\frac{e^{-(x^2+y^2)/2}(\sinh xy-\sinh cxy)}
        {\sinh kx\,\sinh ky}\,dx\,dy,\qquad k=\frac\pi{2\sqrt q}

    Parameters
    ----------
    q : float
        Variance, > 0.
    gap : float
        ``1 - c`` in [0, 1].

    Returns
    -------
    float or None
        None where no rule converges.

    Conventions
    -----------
    The covariance of the normal arguments is ``(1 - gap) q``.

    Error
    -----
    Estimated, like that of `tanh_float_kernel`, relative to the difference.

    Source
    ------
    residual, Definition 5.3; derivation in this module.

    Examples
    --------
    >>> f"{tanh_float_deficit(1.0, 1e-20):.12e}"
    '4.644029024483e-21'
    """
    if gap == 0.0:
        return 0.0
    if q > _LARGE:
        return _nested(conditional_deficit(_TANH, q, gap))
    nodes = _nodes(q, q, 1.0, 0.0)
    x, s = nodes.x, nodes.first
    if q < _TINY:
        z = np.outer(x, x)
        weight = s * np.exp(-0.5 * x**2)
        total = float(weight @ (np.cosh((1 - gap / 2) * z) * np.sinh(gap / 2 * z)) @ weight)
        return total / (2 * q)
    count, lags = x.size, min(nodes.lags, x.size - 1)
    padded = np.concatenate([s, np.zeros(lags)])
    lag = np.arange(lags + 1)
    partners = sliding_window_view(padded, count)[: lags + 1]
    arms = (x[None, :] + nodes.step * lag[:, None]) * x
    part = -np.einsum("dj,dj,j->d", np.expm1(-gap * arms), partners, s)
    weights = np.exp(-0.5 * (nodes.step * lag) ** 2)
    near = part[0] + 2 * float(weights[1:] @ part[1:])
    edge = x[: lags + 1]
    mirrored = np.exp(-0.5 * (edge[:, None] + edge) ** 2) * np.expm1(gap * np.outer(edge, edge))
    far = float(s[: lags + 1] @ mirrored @ s[: lags + 1])
    return float((near + far) / (8 * q))


def _nodes(q1: float, q2: float, c: float, decay: float) -> _Nodes:
    """Return nodes that serve both variables; see `tanh_grid` for the same choices with poles."""
    roots = (sqrt(q1), sqrt(q2))
    goal = _GOAL + max(0.0, log(max(q1, q2))) / 2
    rate, end = 2 * pi, 0.0
    for root in roots:
        height = min(sqrt(2 * goal), 2 * _HEIGHT * root)
        rate = max(rate, (goal + 4) / height + height / 2)
    for root in roots:
        k = pi / (2 * root)
        end = max(end, 2 * goal / (k + sqrt(k * k + 2 * decay * goal)))
    step = 2 * pi / rate
    x = np.asarray((np.arange(ceil(end / step) + 1) + 0.5) * step, dtype=np.float64)
    first = 2 * step / np.sinh(np.minimum(pi / (2 * roots[0]) * x, 700.0))
    second = first
    if q1 != q2:
        second = 2 * step / np.sinh(np.minimum(pi / (2 * roots[1]) * x, 700.0))
    return _Nodes(step, x, first, second, ceil(sqrt(2 * goal / c) / step))


def _convolution(a: Array, b: Array, nodes: _Nodes, c: float) -> float:
    """Return ``sum a_j b_l (tau_(j-l) - tau_(j+l+1))/2``, ``tau_d = exp(-c (d h)**2/2)``."""
    lags = min(nodes.lags, a.size - 1)
    tau = np.exp(-0.5 * c * (nodes.step * np.arange(2 * lags + 2)) ** 2)
    total = float(a @ b)
    for lag in range(1, lags + 1):
        pair = float(a[:-lag] @ b[lag:])
        total += float(tau[lag]) * (2 * pair if a is b else pair + float(a[lag:] @ b[:-lag]))
    mirrored = np.convolve(a[: lags + 1], b[: lags + 1])
    return 0.5 * (total - float(tau[1 : mirrored.size + 1] @ mirrored))
