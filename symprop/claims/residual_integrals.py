"""Certified integrals straight from definitions: the second opinion of the residual claims.

Nothing here shares a formula with ``symprop.gaussian``. Every function works at the ball
precision in force and returns a ball that holds the integral: panels by FLINT's adaptive
rule, algebraic end points by a power substitution, tails by an explicit bound.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import acb, arb, fmpq

from symprop.foundation.errors import NoConvergence
from symprop.numerics.precision import current_bits, working_bits

__all__ = [
    "bessel_moment",
    "cho_saul",
    "gaussian_moment",
    "integrate",
    "polar_moment",
    "power",
    "rational_exponent",
    "sech_moment",
    "smoothing_power",
]

Integrand = Callable[[acb, bool], acb]
_NEGLIGIBLE = 4  # times the bits aimed at: below that, an integral counts as zero
_NARROW = 30  # bits from which a ball counts as a point


def integrate(function: Integrand, lower: Any, upper: Any, *, goal: int | None = None) -> arb:
    """Return a ball around the integral of a real function over ``[lower, upper]``.

    Parameters
    ----------
    function : callable
        ``function(z, analytic)``: a ball of the integrand on the complex ball ``z``, not
        finite if ``analytic`` is set and the integrand is not analytic there.
    lower, upper : flint.arb or int
        Ends.
    goal : int, optional
        Relative bits to aim at; the working precision by default.

    Raises
    ------
    NoConvergence
        If no finite ball was found.
    """
    bits = current_bits() if goal is None else goal
    value = acb.integral(
        function,
        acb(lower),
        acb(upper),
        rel_tol=arb(2) ** -bits,
        abs_tol=arb(2) ** (-_NEGLIGIBLE * bits),
    )
    if not value.is_finite():
        raise NoConvergence("Expected an integrable function but got no finite enclosure.")
    return value.real


def power(base: acb, exponent: arb, *, analytic: bool) -> acb:
    """Return ``base**exponent`` for ``exponent >= 0``, finite also on balls around 0."""
    if base.contains(0):
        if analytic:
            return acb("nan")
        bound = (base.abs_upper() ** exponent).upper()
        return acb(arb(0, bound), arb(0, bound))
    return base.pow(acb(exponent), analytic=analytic)


def rational_exponent(alpha: Any) -> arb:
    """Return the ball of an exact rational at the precision in force."""
    return arb(fmpq(alpha.numerator, alpha.denominator))


def smoothing_power(exponent: arb, *, at_least: int = 3) -> int:
    """Return ``m`` with which ``x = y**m`` turns ``x**exponent dx`` into ``y**k dy``, k large."""
    m = 1
    while not m * (exponent + 1) - 1 >= at_least:
        m += 1
        if m > 10_000:
            raise NoConvergence("Expected an exponent well above -1 but got one too close to it.")
    return m


def gaussian_moment(alpha: Any, variance: Any) -> arb:
    """Return ``E x**(2 alpha)`` over ``x > 0`` for ``x ~ N(0, variance)``, from the density.

    For ``alpha < 0`` one integration by parts comes first: the integral of ``x**b exp(-x**2/2)``
    is that of ``x**(b+2) exp(-x**2/2)``, divided by ``b + 1``.
    """
    order, q = 2 * rational_exponent(alpha), rational_exponent(variance)
    divisor = arb(1)
    exponent = order
    if alpha < 0:
        divisor, exponent = order + 1, order + 2
    m = smoothing_power(exponent)
    # beyond the cut x**exponent exp(-x**2/4) falls and is below 1 / (2**prec cut)
    cut = (8 * (current_bits() + 20) + exponent**2).sqrt().upper()

    def integrand(y: acb, analytic: bool) -> acb:
        weight = (-(y ** (2 * m)) / 2).exp()
        return m * power(y, m * (exponent + 1) - 1, analytic=analytic) * weight

    body = integrate(integrand, 0, cut.root(m))
    tail = cut**exponent * (-(cut**2) / 2).exp() * 2 / cut
    total = body + tail / 2 + arb(0, 1) * (tail / 2).upper()
    return total / divisor * q ** (order / 2) / (2 * arb.pi()).sqrt()


def sech_moment(degree: Any, order: int, variance: Any = None) -> arb:
    r"""Return :math:`\int \mathrm{sech}^d(x)\,x^{2n}e^{-x^2/(2q)}dx`; no weight without ``q``."""
    d = rational_exponent(degree)
    rate = arb(0) if variance is None else 1 / (2 * rational_exponent(variance))
    reach = arb(current_bits() + 20 + 16 * order)
    cut = (reach / d).upper()
    if variance is not None:
        cut = min(cut, (reach / rate).sqrt().upper())

    def integrand(x: acb, analytic: bool) -> acb:
        decay = (-(x**2) * rate).exp() * x ** (2 * order)
        return decay * x.sech().pow(acb(d), analytic=analytic)

    body = 2 * integrate(integrand, 0, cut)
    # sech x <= 2 exp(-x), and the weight falls
    tail = 2 ** (d + 1) * d ** (-2 * order - 1) * (d * cut).gamma_upper(arb(2 * order + 1))
    if variance is not None:
        tail *= (-(cut**2) * rate).exp()
    return body + tail / 2 + arb(0, 1) * (tail / 2).upper()


def polar_moment(alpha: Any, c: Any) -> arb:
    r"""Return ``E psi(u) psi(v)`` for the alpha-ReLU at correlation ``-1 < c < 1``, ``alpha > -1``.

    Polar coordinates in the plane of the two Gaussians: the radius gives
    ``2**alpha Gamma(alpha+1)`` and the angle
    :math:`\int_0^{\pi-\theta}(\cos\theta+\cos t)^\alpha dt`, here with ``t = pi-theta-y**m``.
    """
    order = rational_exponent(alpha)
    span = arb.pi() - rational_exponent(c).acos()
    m = smoothing_power(order)
    exponent = m * (order + 1) - 1

    def integrand(y: acb, analytic: bool) -> acb:
        gap = y**m
        base = (acb(span) - gap / 2).sin() * (gap / 2).sinc()
        return m * power(y, exponent, analytic=analytic) * base.pow(acb(order), analytic=analytic)

    return (order + 1).gamma() / (2 * arb.pi()) * integrate(integrand, 0, span.root(m))


def cho_saul(alpha: Any, c: Any) -> arb:
    r"""Return the kernel function of Cho and Saul, for real ``alpha > -1`` and ``-1 < c < 1``.

    :math:`\Gamma(\alpha+1)\sin^{2\alpha+1}\theta\int_0^{\pi/2}
    \cos^\alpha\eta\,(1-\cos\theta\cos\eta)^{-\alpha-1}d\eta`, with ``eta = pi/2 - y**m``.
    """
    order, cosine = rational_exponent(alpha), rational_exponent(c)
    m = smoothing_power(order)
    exponent = m * (order + 1) - 1

    def integrand(y: acb, analytic: bool) -> acb:
        gap = y**m
        kernel = gap.sinc().pow(acb(order), analytic=analytic)
        nearness = (1 - acb(cosine) * gap.sin()).pow(acb(-order - 1), analytic=analytic)
        return m * power(y, exponent, analytic=analytic) * kernel * nearness

    total = integrate(integrand, 0, (arb.pi() / 2).root(m))
    return (order + 1).gamma() * (1 - cosine**2) ** (order + arb(1) / 2) * total


def _scaled_bessel(x: acb) -> acb:
    """Return ``exp(x) K_0(x)`` for ``Re x > 0``, directly where ``|x| < 1``.

    Its modulus is at most ``b = sqrt(pi/(2a))``, ``a`` the least real part, because
    ``|K_0(x)| <= K_0(Re x) < K_{1/2}(Re x)``; on wide balls that is sharper than any series. In
    the same way the derivative is at most ``(2 + 1/a) b``, which lets the series, whose
    terms cancel ``2 |x|`` nats, be summed at an exact midpoint.
    """
    size = float(x.abs_upper())
    if size < 1:
        return x.bessel_k(acb(0), scaled=True)
    least = x.real.lower()
    bound = (arb.pi() / (2 * least)).sqrt().upper()
    if x.rel_accuracy_bits() < _NARROW:
        return acb(arb(0, bound), arb(0, bound))
    bits = current_bits()
    with working_bits(bits + (int(3 * size) if size < bits else 0) + 10):
        value = x.mid().bessel_k(acb(0), scaled=True)
    spread = ((x - x.mid()).abs_upper() * bound * (2 + 1 / least)).upper()
    return value + acb(arb(0, spread), arb(0, spread))


def bessel_moment(alpha: Any, c: Any) -> arb:
    r"""Return :math:`\int_0^\infty K_0(x)e^{cx}x^\alpha dx` for ``alpha > -1``, ``-1 <= c < 1``.

    With ``x = exp(u)``. ``K_0(x) <= sqrt(pi/(2x)) exp(-x)`` bounds the tail at infinity, and
    ``K_0(x) <= Gamma(d) 2**(d-1) x**-d`` for any ``d > 0`` the one at 0.
    """
    order, cosine = rational_exponent(alpha), rational_exponent(c)
    decay = 1 - cosine
    cut = ((current_bits() + 20 + 8 * max(0, int(float(order)))) / decay).upper()
    room = (order + 1) / 8
    start = (-arb(current_bits() + 20) * arb(2).log() / (order + 1 - room)).lower()

    def integrand(u: acb, _analytic: bool) -> acb:
        x = u.exp()
        if not x.real > 0:
            return acb("nan")
        return _scaled_bessel(x) * ((order + 1) * u - decay * x).exp()

    body = integrate(integrand, start, cut.log())
    near = start.exp()
    head = room.gamma() * arb(2) ** (room - 1) * near ** (order + 1 - room) / (order + 1 - room)
    tail = (arb.pi() / 2).sqrt() * decay ** (-order - arb(1) / 2)
    tail *= (decay * cut).gamma_upper(order + arb(1) / 2)
    return body + arb(0, 1) * (head * near.exp() + tail).upper()
