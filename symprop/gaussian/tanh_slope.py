r"""Certified values of ``E tanh'(sqrt(q) Z)**2 = E sech(sqrt(q) Z)**4``, the slope of W at c = 1.

The methods are those of ``tanh_length``, with its notation.

**Small variance.** Trapezoidal rule for :math:`\mathrm{sech}^4` below its first pole, where
:math:`|\mathrm{sech}(u+iv)|^2\le1/\cos^2v`.

**Moderate variance.** :math:`(\mathrm{sech}^2)''=4\,\mathrm{sech}^2-6\,\mathrm{sech}^4` and two
integrations by parts make it an expectation with double poles only,

.. math:: E\,\mathrm{sech}^4=E\,(\alpha+\beta Z^2)\,\mathrm{sech}^2(\sqrt qZ),\quad
    \alpha=\frac23+\frac1{6q},\quad\beta=-\frac1{6q},

to which the poles contribute
:math:`\frac{4\pi}q\sum w(iy_k)F_k\,[p(\alpha-\beta y_k^2)(1-F_k)-y_k(\alpha-\beta y_k^2-2\beta)]`.

**Large variance.** Integrating :math:`t^{2k}` against the same identity, the partial sums of

.. math:: \frac8{3\sqrt{2\pi q}}\sum_k(-1)^k\frac{(2k)!}{k!\,(8q)^k}\,[\eta(2k)-\eta(2k-2)],\quad
    \eta(-2)=0,

enclose it.
"""

from __future__ import annotations

from math import ceil, floor, log, pi, sqrt

from flint import arb

from symprop.gaussian.tanh_length import dirichlet_eta, term_sizes, variance_ball
from symprop.gaussian.tanh_nodes import gaussian_weights, growths
from symprop.numerics.precision import working_bits

__all__ = ["tanh_slope_moment"]

_LOG2 = 0.6931471805599453
_CLEARANCE = 0.3  # of the line from the nearest pole is 1/2 - this, in units of their distance
_SERIES_FROM = 2.0  # times the nats asked for
_TIGHT = 8  # bits short of those asked for up to which an argument counts as merely rounded


def tanh_slope_moment(q: arb, bits: int) -> arb:
    r"""Return a ball around ``E tanh'(sqrt(q) Z)**2``.

    .. math:: V_{\tanh'}(q) = \frac1{\sqrt{2\pi}}\int\mathrm{sech}(\sqrt q\,z)^4e^{-z^2/2}\,dz

    Parameters
    ----------
    q : flint.arb
        Variance of the argument, >= 0; a ball that reaches below zero is cut there.
    bits : int
        Relative accuracy in bits; a wide ``q`` gives the hull of the values on it.

    Returns
    -------
    flint.arb

    Raises
    ------
    InvalidArgument
        If ``q`` is not finite.
    OutOfDomain
        If ``q`` is negative.

    Conventions
    -----------
    ``q`` is a variance. The derivative of ``W(q, c q)`` in ``c`` at 1 is ``q`` times this.

    Error
    -----
    Enclosed, with a relative radius of about ``2**-bits`` plus half that of ``q``. The value falls
    with ``q`` but its product with ``sqrt(q)`` rises, as substituting ``t = sqrt(q) z`` shows.

    Source
    ------
    residual, Definition 5.3, for the derivative; method derived in this module.

    Examples
    --------
    >>> with working_bits(90):
    ...     print(tanh_slope_moment(arb(1), 80).str(20, radius=False))
    0.46440290244826824197
    """
    q = variance_ball(q, "q")
    with working_bits(bits + 32):
        if q.is_exact():
            return _slope_at(q, bits)
        if q.rel_accuracy_bits() < bits - _TIGHT:
            return _slope_at(q.upper(), bits).union(_slope_at(q.lower(), bits))
        value = _slope_at(q.mid(), bits)
        return value + arb(0, (value * q.rad() / (2 * q.lower())).upper())


def _slope_at(q: arb, bits: int) -> arb:
    """Return the value at an exact ``q >= 0``."""
    if q < arb((1, -bits - 2)):
        return 1 - q * arb(1, 1)  # 1 - 2*x**2 <= sech(x)**4 <= 1
    if q > _SERIES_FROM * _LOG2 * bits:
        value = _series(q, bits)
        if value is not None:
            return value
    return _trapezoid(q, bits)


def _trapezoid(q: arb, bits: int) -> arb:
    size = float(q)
    goal = bits * _LOG2 + log(9 * bits + 30) + log(1 + size) / 2
    reach = sqrt(2 * goal)
    root = sqrt(size)
    turns = reach * root / pi
    plain = turns < 1
    whole = floor(turns)
    if plain:
        turns = min(turns, _CLEARANCE)
    elif _CLEARANCE < turns - whole < 1 - _CLEARANCE:
        turns = whole + (_CLEARANCE if turns - whole < 0.5 else 1 - _CLEARANCE)
    height = turns * pi / root if root else reach
    step = 2 * pi / (goal / height + height / 2)
    nodes = ceil(reach / step + 0.5)
    with working_bits(bits + 2 * nodes.bit_length() + 12):
        scale, h, a = q.sqrt(), arb(step), arb(height)
        poles = floor(turns + 0.5)
        assert poles - 0.5 < scale * a / arb.pi() < poles + 0.5
        end = (nodes - 0.5) * h
        line = 2 * (a * a / 2).exp() / (2 * arb.pi() * a / h).expm1() / (scale * a).cos() ** 2
        tail = 2 * (-end * end / 2).exp()
        if plain:
            total = 2 * h * _node_sum(scale, h, nodes)
            error = line / (scale * a).cos() ** 2 + tail / end
        else:
            beta = -1 / (6 * q)
            alpha = arb(2) / 3 - beta
            total = 2 * h * _node_sum(scale, h, nodes, (alpha, beta * h * h))
            total += _pole_sum(q, scale, h, poles, alpha, beta)
            error = line * (alpha - beta * (1 + a * a))
            error += tail * (alpha / end - beta * (end + 1 / end))
        return total / (2 * arb.pi()).sqrt() + arb(0, error.upper())


def _node_sum(scale: arb, h: arb, nodes: int, factors: tuple[arb, arb] | None = None) -> arb:
    """Return the sum of ``exp(-x_j**2/2)`` times ``sech**4``, or a polynomial times ``sech**2``.

    ``factors`` are the polynomial's coefficients of 1 and of ``(j + 1/2)**2``.
    """
    table = zip(gaussian_weights(h * h, nodes), growths(2 * scale * h, nodes), strict=True)
    total = arb(0)
    for index, (weight, growth) in enumerate(table):
        square = 4 * (1 + growth) / ((growth + 2) * (growth + 2))
        if factors is None:
            total += weight * square * square
        else:
            position = (index + arb(0.5)) * (index + arb(0.5))
            total += weight * square * (factors[0] + factors[1] * position)
    return total


def _pole_sum(q: arb, scale: arb, h: arb, poles: int, alpha: arb, beta: arb) -> arb:
    """Return ``sqrt(2 pi)`` times what the first poles contribute."""
    spacing, rate = arb.pi() / scale, 2 * arb.pi() / h
    y = spacing / 2
    power, factor = (rate * y).exp(), (rate * spacing).exp()
    square = spacing * spacing
    total = arb(0)
    for weight in gaussian_weights(-square, poles):
        part = 1 / (1 + power)
        even = alpha - beta * y * y
        total += weight * part * (rate * (1 - part) * even - y * (even - 2 * beta))
        y += spacing
        power *= factor
    return 4 * arb.pi() / q * total


def _series(q: arb, bits: int) -> arb | None:
    """Return the large-variance value, or None if its terms do not get small enough."""
    sizes = term_sizes(min(float(q), 1e300), bits + 1)
    if sizes is None:
        return None
    with working_bits(bits + 8):
        quarter = 1 / (4 * q)
        term, total, before = arb(1), arb(0), arb(0)
        for k, lost in enumerate(sizes):
            with working_bits(bits + 16 - int(lost)):  # a small term needs fewer bits
                eta = dirichlet_eta(2 * k)
                part = term * (eta - before)
                before = eta
                term *= -(2 * k + 1) * quarter
            total += part
        total += arb(0, abs(term).upper())
        return 8 * total / (3 * (2 * arb.pi() * q).sqrt())
