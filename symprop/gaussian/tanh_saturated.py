r"""Certified values of ``W = E tanh(sqrt(q) u) tanh(sqrt(q) v)`` for large ``q`` and ``c`` near 1.

In independent standard normal ``X, Y``, with :math:`a^2=2q(1+c)`, :math:`b^2=2q(1-c)`,
:math:`\beta=bY`,

.. math:: 1-W=E\,\frac{2\cosh\beta}{\cosh aX+\cosh\beta}
    =\frac1{a\sqrt{2\pi}}E_Y\int\frac{2\cosh\beta}{\cosh s+\cosh\beta}\,e^{-s^2/2a^2}ds .

**One dimension less.** From :math:`\int e^{i\omega s}/(\cosh s+\cosh\beta)\,ds
=2\pi\sin(\beta\omega)/(\sinh\beta\,\sinh\pi\omega)` and
:math:`\pi\omega/\sinh\pi\omega=2\sum_i(-1)^i\eta(2i)\omega^{2i}`, replacing the exponential by
its Taylor polynomial of ``K`` terms gives
:math:`\frac8{a\sqrt{2\pi}}E\,\beta\coth\beta\,G(\beta^2)` with

.. math:: G(t)=\sum_{j<K}\frac{t^j}{(2j+1)!}\sum_{k=j}^{K-1}(-1)^kr_k\,\eta(2k-2j),\quad
    r_k=\frac{(2k)!}{k!\,(2a^2)^k}.

All moments being positive, the error is at most the ``K``-th term, where
:math:`\eta\le1` and :math:`|\beta|\coth|\beta|\le1+|\beta|`.

**The last expectation**, for moderate ``b``: trapezoidal rule with nodes ``(j+1/2)h``, poles at
:math:`i\zeta_n=in\pi/b`, and on ``Im z = s``, with ``v = b s`` and
:math:`\epsilon=b^2/a^2`, :math:`|\coth(u+iv)|\le\max(1,|\cot v|)` and
:math:`|G(\beta^2)|\le C e^{|\beta|^2/2a^2}`, :math:`C=\max_j|G_j|\,j!\,(2a^2)^j`. For large ``b``:
:math:`\coth|\beta|=1+2/(e^{2|\beta|}-1)`; the first part has closed moments, and in the second the
density is again replaced by its Taylor polynomial, with
:math:`\int_0^\infty2\beta^{2i+1}/(e^{2\beta}-1)\,d\beta=(2i+1)!\,\zeta(2i+2)/2^{2i+1}`.
"""

from __future__ import annotations

from math import ceil, floor, log, pi, sqrt

from flint import arb, arb_poly

from symprop.gaussian.tanh_length import dirichlet_eta
from symprop.gaussian.tanh_nodes import gaussian_weights, growths
from symprop.numerics.precision import working_bits

__all__ = ["saturated_kernel"]

_LOG2 = 0.6931471805599453
_CLEARANCE = 0.2  # of the line from the nearest pole, in units of the poles' distance
_SPARSE = 1.0  # b**2 over the nats asked for: above, the poles are summed by the series


def saturated_kernel(q: arb, gap: arb, bits: int) -> arb | None:
    """Return ``W`` at ``c = 1 - gap`` to a radius of about ``2**-bits``, or None.

    Parameters
    ----------
    q : arb
        Exact variance.
    gap : arb
        ``1 - c``, in (0, 1), accurate relative to itself.
    bits : int
        Accuracy.

    Returns
    -------
    arb or None
        None where the expansion in ``1/q`` does not reach the accuracy.

    Error
    -----
    Enclosed.
    """
    goal = bits * _LOG2 + 4
    large, small = (max(1e-300, min(2 * float(q * factor), 1e300)) for factor in (2 - gap, gap))
    terms = _terms(large, small, goal)
    if terms is None:
        return None
    with working_bits(bits + 2 * terms.bit_length() + 20):
        a2, b2 = 2 * q * (2 - gap), 2 * q * gap
        b = b2.sqrt()
        outer, omitted = _outer_polynomial(a2, b2, b, terms)
        if small > _SPARSE * goal:
            mean = _mean_by_series(outer, b, b2, small, goal)
        else:
            mean = _mean_by_rule(outer, a2, b2, b, goal)
        mean += arb(0, omitted.upper())
        return 1 - 8 * mean / (2 * arb.pi() * a2).sqrt()


def _terms(large: float, small: float, goal: float) -> int | None:
    """Guess how many terms of the expansion in ``1/a**2 = 1/large`` are needed.

    The bound of the first omitted term has summands ``j <= K``. Either the last of them is the
    largest, or ``b**2 = small`` is below ``2 K`` and their sum is about ``exp(b**2/2)``.
    """
    edge = log(1 + sqrt(small))
    target = -goal + log(sqrt(large) / 3) - edge
    size, count = 0.0, 0
    while True:
        far = count * log(small / large)
        if far < target and (size + small / 2 < target or small > 2 * count):
            return max(count, 1)
        if 2 * count + 1 >= large:
            return None
        size += log((2 * count + 1) / large)
        count += 1


def _outer_polynomial(a2: arb, b2: arb, b: arb, terms: int) -> tuple[list[arb], arb]:
    """Return the coefficients of ``G`` and the bound of the first omitted term."""
    signed, ratio = [], arb(1)
    for k in range(terms):
        signed.append(ratio)
        ratio *= -(2 * k + 1) / a2
    etas = [dirichlet_eta(2 * k) for k in range(terms)]
    product = arb_poly(signed) * arb_poly(etas[::-1])
    factorial = arb(1)
    coefficients = []
    even, odd = arb(1), (2 / arb.pi()).sqrt() * b  # moments of |beta| of order 2j and 2j + 1
    omitted = arb(0)
    for j in range(terms + 1):
        if j < terms:
            coefficients.append(product[terms - 1 + j] / factorial)
        omitted += (even + odd) / factorial
        factorial *= (2 * j + 2) * (2 * j + 3)
        even *= (2 * j + 1) * b2
        odd *= (2 * j + 2) * b2
    return coefficients, abs(ratio) * omitted


def _mean_by_rule(outer: list[arb], a2: arb, b2: arb, b: arb, goal: float) -> arb:
    """Return the expectation of ``beta coth(beta) G(beta**2)`` by the trapezoidal rule."""
    goal += log(40 * goal)
    height = sqrt(2 * goal)
    width = float(b)
    turns = height * width / pi
    nearest = max(1, round(turns))
    if abs(turns - nearest) < _CLEARANCE:
        turns = nearest + (_CLEARANCE if turns > nearest else -_CLEARANCE)
        height = turns * pi / width
    step = 2 * pi / (goal / height + height / 2)
    nodes = ceil(sqrt(2.2 * goal) / step + 0.5)
    h, s = arb(step), arb(height)
    polynomial = arb_poly(outer)
    poles = floor(turns)
    assert poles < b * s / arb.pi() < poles + 1
    total = _nodes(polynomial, b, h, nodes) - _poles(polynomial, b, h, poles)
    scale, size = arb(1), arb(0)
    for j, coefficient in enumerate(outer):
        size = size.max(abs(coefficient) * scale)
        scale *= 2 * (j + 1) * a2
    ratio = b2 / a2
    rest = 1 - ratio
    line = 2 * ((1 + ratio) * s * s / 2).exp() / (2 * arb.pi() * s / h).expm1()
    line *= b * (1 / rest + s / rest.sqrt()) * abs((b * s).cot()).max(arb(1))
    end = (nodes - arb(0.5)) * h
    tail = (1 + b * end) * (-rest * end * end / 2).exp() / (rest * end - 1 / end)
    error = size * (line + tail)
    return total / (2 * arb.pi()).sqrt() + arb(0, error.upper())


def _nodes(polynomial: arb_poly, b: arb, h: arb, nodes: int) -> arb:
    """Return ``2 h sum_j exp(-y_j**2/2) beta_j coth(beta_j) G(beta_j**2)``."""
    total, spacing = arb(0), h * b
    beta = spacing / 2
    for weight, growth in zip(
        gaussian_weights(h * h, nodes), growths(2 * spacing, nodes), strict=True
    ):
        total += weight * beta * (growth + 2) / growth * polynomial(beta * beta)
        beta += spacing
    return 2 * h * total


def _poles(polynomial: arb_poly, b: arb, h: arb, poles: int) -> arb:
    """Return ``sqrt(2 pi)`` times what the poles contribute, with the sign of a correction."""
    total = arb(0)
    spacing = arb.pi() / b
    for n in range(1, poles + 1):
        zeta = spacing * n
        power = (2 * arb.pi() * zeta / h).exp()
        beta = arb.pi() * n
        total += n * (zeta * zeta / 2).exp() / (1 + power) * polynomial(-beta * beta)
    return 4 * arb.pi() * spacing * total


def _mean_by_series(outer: list[arb], b: arb, b2: arb, small: float, goal: float) -> arb:
    """Return the same expectation for large ``b``, by two more moment expansions."""
    closed, moment = arb(0), b
    for j, coefficient in enumerate(outer):
        closed += coefficient * moment
        moment *= 2 * (j + 1) * b2
    count, reached = 0, 0.0
    while reached < goal and count + 1 < 2 * small:
        count += 1
        reached += log(2 * small / count)
    inner, factor = [], arb(1)
    for index in range(count):
        inner.append(factor)
        factor /= -2 * (index + 1) * b2
    product = arb_poly(outer) * arb_poly(inner)
    factorial = arb(1)
    local, rest = arb(0), arb(0)
    for index in range(len(outer) + count):
        integral = factorial * arb(2 * index + 2).zeta() / 2 ** (2 * index + 1)
        factorial *= (2 * index + 2) * (2 * index + 3)
        local += integral * product[index]
        if index >= count:
            rest += integral * abs(outer[index - count])
    local += arb(0, (rest * abs(factor)).upper())
    root = (2 / arb.pi()).sqrt()
    return root * (closed + local / b)
