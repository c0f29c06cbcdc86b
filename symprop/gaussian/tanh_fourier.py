r"""Certified values of ``W = E tanh(sqrt(q1) u) tanh(sqrt(q2) v)`` on the Fourier side.

From :math:`\tanh s=\int_0^\infty\sin(\omega s)/\sinh(\pi\omega/2)\,d\omega` and the law of
``(u, v)``, with :math:`k_i=\pi/(2\sqrt{q_i})`,

.. math:: W=\frac{1}{4\sqrt{q_1q_2}}\iint_{\mathbf R^2}
    \frac{e^{-x^2/2}}{\sinh k_1x}\,\frac{e^{-y^2/2}}{\sinh k_2y}\,\sinh(cxy)\,dx\,dy .

**One dimension.** Let ``I f`` be the integral of :math:`f(x)e^{-x^2/2}/\sinh kx` for odd entire
``f``, ``T f`` its trapezoidal sum at the nodes :math:`x_j=(j+1/2)h`, and :math:`p=2\pi/h`. Between
the real line and ``Im z = a`` lie the simple poles :math:`i\xi_n`, :math:`\xi_n=n\pi/k`, so that

.. math:: I=T+C+R,\quad Cf=\sum_{\xi_n<a}\omega_nf(i\xi_n)/i,\quad
    \omega_n=\frac{4\pi}{k}\frac{(-1)^{n+1}e^{\xi_n^2/2}}{1+e^{p\xi_n}},

where ``R f`` is bounded by the integral of :math:`\ell\,e^{-x^2/2}|f(x+ia)|/\cosh kx`,
:math:`\ell=2e^{a^2/2}/\{(e^{pa}-1)|\sin ka|\}`, because
:math:`|\sinh k(x+ia)|\ge|\sin ka|\cosh kx`.

**Two dimensions.** :math:`I_1I_2=(T_1+C_1)(T_2+C_2)+R_1I_2+(T_1+C_1)R_2`. With
:math:`|\sinh z|\le|z|\cosh\mathrm{Re}z`, :math:`|\sin z|\le|z|\cosh\mathrm{Im}z`,
:math:`|y/\sinh ky|\le1/k` and :math:`B(k,\delta)` a bound of
:math:`\int(|x|+a)e^{-\delta x^2/2}/\cosh kx\,dx`,

* :math:`|R_1I_2|\le\ell_1\,c\sqrt{2\pi}\,B(k_1,1-c^2)/k_2`;
* :math:`|T_1R_2|\le\ell_2\,c(\sqrt{2\pi}+h)\,B(k_2,1-c^2)/k_1`, the sum of a unimodal function
  being at most its integral plus ``h`` times its maximum;
* :math:`|C_1R_2|\le\ell_2\,B(k_2,1)\,(4\pi/k_1)\,m\,c\,a_1\max_\xi e^{\xi^2/2+ca_2\xi-p\xi}`
  for ``m`` poles; the exponent being convex, only ``xi_1`` and ``a_1`` matter.

**The double sum over nodes.** :math:`e^{cxy}=e^{c(x^2+y^2)/2}e^{-c(x-y)^2/2}` makes it a
convolution: with :math:`v_j=4h\,e^{-(1-c)x_j^2/2}/(e^{kx_j}-e^{-kx_j})` and
:math:`\tau_d=e^{-ch^2d^2/2}` it is :math:`\frac12\sum_{jl}v_jv'_l(\tau_{j-l}-\tau_{j+l+1})`,
and all lags but a few are negligible. Nothing degrades as ``c -> 1``: there :math:`1/\sinh`
ends the sums.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import acb, arb, arb_poly

from symprop.gaussian.tanh_grid import FOUR_CATALAN, Grid, choose_grid
from symprop.gaussian.tanh_nodes import gaussian_weights, growths
from symprop.numerics.precision import working_bits

__all__ = ["fourier_kernel"]

_LARGEST = 1e300  # variance of which a grid is chosen in floating point


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two integrals: its nodes' and poles' weights, and a bound of its remainder."""

    k: arb
    height: arb
    line: arb
    waves: list[arb]  # v_j
    weights: list[arb]  # v_j exp(-c x_j**2 / 2), if the other side has poles
    residues: list[arb]  # omega_n


def fourier_kernel(q1: arb, q2: arb, c: arb, gap: arb, bits: int) -> arb:
    """Return ``W`` to a relative radius of about ``2**-bits``, for ``0 < c = 1 - gap <= 1``.

    Parameters
    ----------
    q1, q2 : arb
        Exact positive variances.
    c, gap : arb
        Correlation and ``1 - c``, each accurate relative to itself.
    bits : int
        Relative accuracy.

    Error
    -----
    Enclosed.
    """
    sizes = min(float(q1), _LARGEST), min(float(q2), _LARGEST)  # the grid is but a guess
    grid = choose_grid(sizes, float(c), float(gap), bits)
    with working_bits(grid.bits):
        h = arb(grid.step)
        first = _side(q1, grid, 0, c, gap, h)
        same = q1 == q2
        second = first if same else _side(q2, grid, 1, c, gap, h)
        mixed = _node_pole(first, second, c, h)
        mixed += mixed if same else _node_pole(second, first, c, h)
        value = _node_node(first, second, grid.lags, c, h) + mixed + _pole_pole(first, second, c)
        value += arb(0, _remainder(first, second, c, gap, h).upper())
        return value / (4 * (q1 if same else (q1 * q2).sqrt()))


def _side(q: arb, grid: Grid, index: int, c: arb, gap: arb, h: arb) -> _Side:
    k = arb.pi() / (2 * q.sqrt())
    height = arb(grid.heights[index])
    waves = _waves(k, gap, h, grid.nodes[index])
    weights = []
    if any(grid.poles):
        damping = gaussian_weights(c * h * h, len(waves))
        weights = [wave * factor for wave, factor in zip(waves, damping, strict=True)]
    residues = _residues(k, h, grid.poles[index])
    spacing, poles = arb.pi() / k, grid.poles[index]
    assert poles * spacing < height < (poles + 1) * spacing
    line = 2 * (height * height / 2).exp() / (2 * arb.pi() * height / h).expm1()
    return _Side(k, height, line / abs((k * height).sin()), waves, weights, residues)


def _waves(k: arb, gap: arb, h: arb, nodes: int) -> list[arb]:
    """Return ``v_j = 4 h exp(-gap x_j**2/2 - k x_j)/(1 - exp(-2 k x_j))``, ``0 <= j < nodes``."""
    factor = -4 * h
    tops = gaussian_weights(gap * h * h, nodes, k * h)
    falls = growths(-2 * k * h, nodes)
    return [factor * top / fall for top, fall in zip(tops, falls, strict=True)]


def _residues(k: arb, h: arb, poles: int) -> list[arb]:
    """Return ``omega_n`` for ``1 <= n <= poles``."""
    if not poles:
        return []
    spacing = arb.pi() / k
    square = spacing * spacing
    power = factor = (2 * arb.pi() / h * spacing).exp()
    weight, growth = 4 * spacing * (square / 2).exp(), square.exp()
    ratio = -(3 * square / 2).exp()
    result = []
    for _ in range(poles):
        result.append(weight / (1 + power))
        power *= factor
        weight *= ratio
        ratio *= growth
    return result


def _node_node(first: _Side, second: _Side, lags: int, c: arb, h: arb) -> arb:
    """Return the double sum over nodes by its lags up to ``lags``, the rest as a ball.

    By Cauchy-Schwarz no lagged product exceeds the product of the norms.
    """
    a, b = first.waves, second.waves
    forward = _lagged_products(a, b, lags)
    backward = forward if first is second else _lagged_products(b, a, lags)
    mirrored = arb_poly(a[: lags + 1]) * arb_poly(b[: lags + 1])
    rate = c * h * h
    decay = (-rate).exp()
    tau, ratio = (-rate / 2).exp(), decay * (-rate / 2).exp()
    total = forward[0]
    for lag in range(1, lags + 1):
        total += tau * (forward[lag] + backward[lag] - mirrored[lag - 1])
        tau *= ratio
        ratio *= decay
    if lags < len(a) + len(b) - 1:
        norms = forward[0] if first is second else (_square_norm(a) * _square_norm(b)).sqrt()
        total += arb(0, (3 * norms * tau / (1 - ratio)).upper())
    return total / 2


def _square_norm(values: list[arb]) -> arb:
    return sum((value * value for value in values), arb(0))


def _lagged_products(a: list[arb], b: list[arb], lags: int) -> list[arb]:
    """Return ``sum_j a_j b_(j+d)`` for ``0 <= d <= lags``, blockwise by products of polynomials."""
    block = min(lags + 1, len(a))
    total = arb_poly()
    for start in range(0, len(a), block):
        piece = a[start : start + block]
        piece += [arb(0)] * (block - len(piece))
        total += arb_poly(piece[::-1]) * arb_poly(b[start : start + block + lags])
    return [total[block - 1 + lag] for lag in range(lags + 1)]


def _node_pole(first: _Side, second: _Side, c: arb, h: arb) -> arb:
    """Return ``sum_jn w_j omega_n sin(c x_j xi_n)`` for nodes of ``first``, poles of ``second``."""
    if not second.residues:
        return arb(0)
    polynomial = arb_poly(first.weights)
    half_angle = c * h * arb.pi() / (2 * second.k)
    total = arb(0)
    for n, residue in enumerate(second.residues, 1):
        half = acb(0, half_angle * n).exp()
        total += residue * (half * polynomial(half * half)).imag
    return total


def _pole_pole(first: _Side, second: _Side, c: arb) -> arb:
    """Return ``sum_np omega_n omega'_p sinh(c xi_n xi'_p)``."""
    if not (first.residues and second.residues):
        return arb(0)
    polynomial = arb_poly([arb(0), *second.residues])
    exponent = c * arb.pi() * arb.pi() / (first.k * second.k)
    total = arb(0)
    for n, residue in enumerate(first.residues, 1):
        power = (exponent * n).exp()
        total += residue * (polynomial(power) - polynomial(1 / power))
    return total / 2


def _remainder(first: _Side, second: _Side, c: arb, gap: arb, h: arb) -> arb:
    """Return the bound of everything left out but the lags."""
    root = (2 * arb.pi()).sqrt()
    decay = gap * (1 + c)
    total = arb(0)
    for one, other in ((first, second), (second, first)):
        plain = c * (root + h) / other.k
        total += one.line * plain * _spread(one.k, one.height, decay)
        # nodes beyond the last: x/sinh(kx) exp(-decay x**2/2) falls at least at the rate slope
        end = (len(one.waves) - arb(0.5)) * h
        slope = decay * end + (one.k / (one.k * end).tanh() - 1 / end).max(arb(0))
        tail = 2 * end / (one.k * end).sinh() * (-decay * end * end / 2).exp() / slope
        total += tail * plain
        if other.residues:
            ends = (arb.pi() / other.k, other.height)
            sizes = 4 * arb.pi() * len(other.residues) * c * other.height / other.k
            total += tail * sizes * _largest_residue(ends, arb(0), h)
            coupled = _largest_residue(ends, c * one.height, h)
            total += one.line * _spread(one.k, one.height, arb(1)) * sizes * coupled
    return total


def _spread(k: arb, height: arb, decay: arb) -> arb:
    """Return the bound ``B(k, decay)`` of the integral on the line."""
    narrow = FOUR_CATALAN / (k * k) + arb.pi() * height / k
    if decay.is_zero():
        return narrow
    return narrow.min(2 / decay + height * (2 * arb.pi() / decay).sqrt())


def _largest_residue(ends: tuple[arb, arb], slope: arb, h: arb) -> arb:
    """Return the maximum of ``exp(x**2/2 + (slope - 2 pi/h) x)``, convex, over an interval."""
    near, far = (x * (x / 2 + slope - 2 * arb.pi() / h) for x in ends)
    return near.max(far).exp()
