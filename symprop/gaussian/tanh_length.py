r"""Certified values of ``V(q) = E tanh(sqrt(q) Z)**2`` at an exact ``q > 0``.

**Trapezoidal rule.** With nodes :math:`x_j=(j+1/2)h` and :math:`p=2\pi/h`, the kernel
:math:`1/(1+e^{-ipz})` has residue :math:`h/2\pi i` at every node. For an even integrand the sum
therefore differs from the integral by twice an integral along ``Im z = a`` and by the residues
below that line. Those of :math:`\tanh^2(\sqrt q z)` are double poles at :math:`iy_k`,
:math:`y_k=(k+1/2)\pi/\sqrt q`; with :math:`F=1/(1+e^{py})` and the density :math:`w`,

.. math:: V = \sum_j h\,w(x_j)\tanh^2(\sqrt q x_j)
    - \frac{4\pi}{q}\sum_{y_k<a} w(iy_k)\,F_k\,[p(1-F_k)-y_k] + R.

On the line :math:`|1+e^{-ipz}|\ge e^{pa}-1` and :math:`|w(x+ia)|=e^{a^2/2}w(x)`; with
:math:`v=\sqrt q a`, :math:`|\tanh(u+iv)|^2` is at most :math:`\max(1,\tan^2 v)` and at most
:math:`(u^2+v^2)/\cos^2 v`, so that

.. math:: |R|\le \frac{2e^{a^2/2}}{e^{pa}-1}\min\{\max(1,\tan^2 v),\ q(1+a^2)/\cos^2 v\}.

**Large variance.** Consecutive Taylor polynomials of :math:`e^{-s}` enclose it for ``s >= 0``;
hence the partial sums of

.. math:: 1-V = \frac{1}{\sqrt{2\pi q}}\int\mathrm{sech}^2 t\;e^{-t^2/2q}\,dt
    \sim\frac{4}{\sqrt{2\pi q}}\sum_k(-1)^k\frac{(2k)!\,\eta(2k)}{k!\,(8q)^k}

enclose it too; :math:`\eta` is Dirichlet's function.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, floor, log, pi, sqrt

from flint import arb, arb_poly

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.gaussian.tanh_nodes import gaussian_weights, growths
from symprop.numerics.precision import working_bits

__all__ = ["dirichlet_eta", "second_moment", "term_sizes", "variance_ball"]

_LOG2 = 0.6931471805599453
_CLEARANCE = 0.3  # of the line from the nearest zero of cos(v) is 1/2 - this, in units of pi
_ROUND = 16  # numbers of terms are rounded up to multiples of this, so that few occur
_SERIES_FROM = 0.8  # times the nats asked for: above, few terms of the series do


def second_moment(q: arb, bits: int) -> arb:
    """Return a ball around ``V(q)`` of relative radius about ``2**-bits``, for an exact ``q > 0``.

    Error
    -----
    Enclosed.
    """
    if q < arb((1, -bits - 2)):
        with working_bits(bits + 8):
            return q * (1 - q * arb(1, 1))  # x**2 - 2*x**4/3 <= tanh(x)**2 <= x**2
    if q > _SERIES_FROM * _LOG2 * bits:
        value = _series(q, bits)
        if value is not None:
            return value
    return _trapezoid(q, bits)


def _trapezoid(q: arb, bits: int) -> arb:
    goal = bits * _LOG2 + log(9 * bits + 9)
    reach = sqrt(2 * goal)
    root = sqrt(float(q))
    turns, height = reach * root / pi, reach
    whole = floor(turns)
    if _CLEARANCE < turns - whole < 1 - _CLEARANCE:
        turns = whole + (_CLEARANCE if turns - whole < 0.5 else 1 - _CLEARANCE)
        height = turns * pi / root
    step = 2 * pi / (goal / height + height / 2)
    nodes = ceil(reach / step + 0.5)
    with working_bits(bits + 2 * nodes.bit_length() + 8):
        scale, h, a = q.sqrt(), arb(step), arb(height)
        poles = floor(turns + 0.5)
        assert poles - 0.5 < scale * a / arb.pi() < poles + 0.5
        total = _node_sum(scale, h, nodes) - _pole_sum(q, scale, h, poles)
        # nodes left out: both min(1, q x**2) w and its bound decrease beyond X > sqrt(2)
        end = (nodes - 0.5) * h
        tail = 2 * (-end * end / 2).exp() * (1 / end).min(q * (end + 1 / end))
        cosine = (scale * a).cos()
        square = cosine * cosine
        bound = (1 / square - 1).max(arb(1)).min(q * (1 + a * a) / square)
        line = 2 * (a * a / 2).exp() / (2 * arb.pi() * a / h).expm1() * bound
        return total / _root_two_pi() + arb(0, (line + tail).upper())


def _root_two_pi() -> arb:
    return (2 * arb.pi()).sqrt()


def _node_sum(scale: arb, h: arb, nodes: int) -> arb:
    """Return ``2 h sum_j exp(-x_j**2/2) tanh(scale x_j)**2`` over ``0 <= j < nodes``."""
    total = arb(0)
    for weight, growth in zip(
        gaussian_weights(h * h, nodes), growths(2 * scale * h, nodes), strict=True
    ):
        tangent = growth / (growth + 2)
        total += weight * tangent * tangent
    return 2 * h * total


def _pole_sum(q: arb, scale: arb, h: arb, poles: int) -> arb:
    """Return ``sqrt(2 pi)`` times the residues' part for the first ``poles`` poles."""
    if not poles:
        return arb(0)
    spacing, rate = arb.pi() / scale, 2 * arb.pi() / h
    y = spacing / 2
    power, factor = (rate * y).exp(), (rate * spacing).exp()
    total = arb(0)
    for weight in gaussian_weights(-spacing * spacing, poles):
        part = 1 / (1 + power)
        total += weight * part * (rate * (1 - part) - y)
        y += spacing
        power *= factor
    return 4 * arb.pi() / q * total


def _series(q: arb, bits: int) -> arb | None:
    """Return the large-variance value, or None if its terms do not get small enough."""
    scale = min(float(q), 1e300)
    limit = bits + log(2.6 / sqrt(scale)) / _LOG2  # so many bits of the bracket are needed
    sizes = term_sizes(scale, limit)
    if sizes is None:
        return None
    count = -(-max(len(sizes), 1) // _ROUND) * _ROUND
    precision = bits + 2 * count.bit_length() + 8
    polynomial, omitted = _moments(count, precision)
    with working_bits(precision):
        inverse = 1 / q
        total = polynomial(inverse) + arb(0, (omitted * inverse**count).upper())
        return 1 - total / _root_two_pi() * q.rsqrt()


@lru_cache(maxsize=32)
def _moments(count: int, bits: int) -> tuple[arb_poly, arb]:
    """Return the first terms of the expansion as a polynomial in ``1/q``, and a bound of the next.

    Constants: they depend on the number of terms and the precision alone.
    """
    with working_bits(bits):
        terms, size = [], arb(4)
        for k in range(count):
            terms.append(size * dirichlet_eta(2 * k))
            size *= arb(-(2 * k + 1)) / 4
        return arb_poly(terms), abs(size)


def term_sizes(q: float, limit: float) -> list[float] | None:
    """Return how many bits below 1 the terms ``(2k)!/(k! (8q)**k)`` lie, down to ``limit``.

    The term after the last listed lies below; None if they grow again before.
    """
    sizes: list[float] = []
    size = 0.0
    while size < limit:
        ratio = (2 * len(sizes) + 1) / (4 * q)
        if ratio >= 1:
            return None
        sizes.append(size)
        size -= log(ratio) / _LOG2
    return sizes


def variance_ball(q: arb, name: str) -> arb:
    """Return the part ``>= 0`` of a ball, or raise if there is none."""
    if not q.is_finite():
        raise InvalidArgument(expected(name, "to be finite", str(q)))
    if q < 0:
        raise OutOfDomain(expected(name, "to be >= 0", q.str(20)))
    return q if q >= 0 else q.nonnegative_part()


def dirichlet_eta(order: int) -> arb:
    """Return ``eta(order) = sum (-1)**(n-1) n**-order`` for even ``order >= 0``."""
    if order == 0:
        return arb(0.5)
    return arb(order).zeta() * (1 - arb((1, 1 - order)))
