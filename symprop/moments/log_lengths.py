r"""Length of one signal in a ReLU network of finite width: the exact law of its logarithm.

With Gaussian weights of variance ``2/N`` and no biases, one layer multiplies the mean square of a
signal, and likewise of its sensitivity in a fixed direction, by

.. math:: \delta=\frac2N\,\chi^2_B,\qquad B\sim\mathrm{Binomial}(N,\tfrac12),

independently of the layers before: each unit is active with probability one half, whatever the
size of its input. Since ``log chi^2_b`` has mean ``log 2 + psi(b/2)`` and variance
``psi'(b/2)``, logarithms are binomial mixtures of polygamma values. The network dies in a layer
if ``B = 0``; logarithms are conditional on survival.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, comb, floor, log, sqrt
from typing import TYPE_CHECKING

from flint import acb, arb

from symprop.foundation.validation import check_dps, check_integer, check_sequence
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import adaptive
from symprop.numerics.precision import working_bits

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LogLengthLaw", "length_moment", "log_length_law", "survival_probability"]

_WIDEST = 10**10
_MOST_BITS = 10_000_000  # of an exact probability
_HIGHEST = 500


@dataclass(frozen=True)
class LogLengthLaw:
    r"""Mean and variance that one layer adds to the logarithm of a signal's mean square.

    Attributes
    ----------
    width : int
        ``N``.
    drift : Enclosure
        :math:`m=-\mathrm E\log\delta>0`, given survival.
    variance : Enclosure
        :math:`v=\mathrm{Var}\log\delta`, given survival.
    """

    width: int
    drift: Enclosure
    variance: Enclosure

    @property
    def death(self) -> Enclosure:
        """Probability ``2**-N`` that a layer kills the signal."""
        return Enclosure(arb((1, -self.width)))


def log_length_law(width: int, *, dps: int = 15) -> LogLengthLaw:
    r"""Return drift and variance, a layer, of the logarithm of a signal's mean square.

    .. math:: m=-\log\frac4N-\mathrm E[\psi(B/2)\mid B>0],\qquad
        v=\mathrm E[\psi'(B/2)\mid B>0]+\mathrm{Var}[\psi(B/2)\mid B>0]

    Parameters
    ----------
    width : int
        ``N``, from 1 to ``10**10``.
    dps : int
        Relative digits to prove.

    Returns
    -------
    LogLengthLaw

    Raises
    ------
    InvalidArgument
        If an argument is not such an integer.

    Conventions
    -----------
    One input, ``relu``, weights of variance ``2/N`` with ``N`` the number of inputs of the layer;
    the width is that of its output. After ``l`` layers the mean is ``-l m`` and the variance
    ``l v``, given survival of all.

    Error
    -----
    Enclosed. Terms of the mixture far from ``N/2`` are left out and bounded by Hoeffding's
    inequality.

    Source
    ------
    sensitivity, Theorem 1 and its proof, where these are the bounds ``m_max`` and ``v_max``.

    Notes
    -----
    A width of 1 has the drift of Euler, :math:`\gamma=0.577\ldots`, and variance
    :math:`\pi^2/2`.

    Examples
    --------
    >>> law = log_length_law(100, dps=12)
    >>> law.drift.proved_digits(12), law.variance.proved_digits(12)
    ('0.0254208856228', '0.0519399921487')
    """
    width = check_integer("width", width, minimum=1, maximum=_WIDEST)
    check_dps(dps)

    def drift(bits: int) -> arb:
        return -_mixture(width, bits).mean

    def variance(bits: int) -> arb:
        found = _mixture(width, bits)
        return found.trigamma + found.square - found.mean**2

    return LogLengthLaw(
        width,
        adaptive(drift, dps, "drift of the logarithm"),
        adaptive(variance, dps, "variance of the logarithm"),
    )


def survival_probability(widths: Sequence[int]) -> Fraction:
    r"""Return the probability that one signal survives layers of these widths.

    .. math:: \prod_k(1-2^{-N_k})

    Parameters
    ----------
    widths : sequence of int
        ``N_1, N_2, ...``.

    Returns
    -------
    Fraction

    Raises
    ------
    InvalidArgument
        If a width is no integer from 1 to 10 000 000.

    Conventions
    -----------
    For several data at once it is a lower bound of the probability that one of them survives.

    Error
    -----
    Exact.

    Source
    ------
    sensitivity, Theorem 1 (i).

    Examples
    --------
    >>> survival_probability([1, 2])
    Fraction(3, 8)
    """
    probability = Fraction(1)
    for width in check_sequence("widths", widths, "integers"):
        power = 2 ** check_integer("width", width, minimum=1, maximum=_MOST_BITS)
        probability *= Fraction(power - 1, power)
    return probability


def length_moment(width: int, order: int) -> Fraction:
    r"""Return the moment of the factor of one layer, death included.

    .. math:: \mathrm E\,\delta^p=\Bigl(\frac4N\Bigr)^p\,2^{-N}
        \sum_b\binom Nb\,(b/2)(b/2+1)\cdots(b/2+p-1)

    Parameters
    ----------
    width : int
        ``N >= 1``.
    order : int
        ``p >= 0``.

    Returns
    -------
    Fraction

    Raises
    ------
    InvalidArgument
        If an argument is not such an integer, or the order above 500.

    Conventions
    -----------
    As in `log_length_law`.

    Error
    -----
    Exact.

    Source
    ------
    sensitivity, equation 52 (order 1).

    Examples
    --------
    >>> length_moment(10, 1), length_moment(10, 2)
    (Fraction(1, 1), Fraction(3, 2))
    """
    width = check_integer("width", width, minimum=1)
    order = check_integer("order", order, minimum=0, maximum=_HIGHEST)
    # the rising factorial of b/2 in falling factorials of b, whose binomial means are N_(j)/2^j
    coefficients = _falling_coefficients(order)
    total, falling = Fraction(0), Fraction(1)
    for index, coefficient in enumerate(coefficients):
        total += coefficient * falling / 2**index
        falling *= width - index
    return Fraction(4, width) ** order * total


def _falling_coefficients(order: int) -> list[Fraction]:
    """Return the Newton coefficients of ``(b/2)(b/2 + 1)...``: differences at 0 over factorials."""
    values = []
    for b in range(order + 1):
        value = Fraction(1)
        for step in range(order):
            value *= Fraction(b, 2) + step
        values.append(value)
    result, factorial = [], 1
    for index in range(order + 1):
        signs = ((-1) ** (index - b) * comb(index, b) * values[b] for b in range(index + 1))
        result.append(sum(signs, Fraction(0)) / factorial)
        factorial *= index + 1
    return result


@dataclass(frozen=True)
class _Mixture:
    """Means given survival of ``psi(B/2) - log(N/4)``, of its square, and of ``psi'(B/2)``."""

    mean: arb
    square: arb
    trigamma: arb


def _mixture(width: int, bits: int) -> _Mixture:
    guard = bits + 3 * width.bit_length() + 32
    reach = sqrt(width * 0.35 * (guard + 10)) + 2
    first, last = max(1, floor(width / 2 - reach)), min(width, ceil(width / 2 + reach))
    with working_bits(guard):
        half = arb(first) / 2
        # both parities have their own recurrence psi(z + 1) = psi(z) + 1/z
        digamma = [half.digamma(), (half + arb("0.5")).digamma()]
        trigamma = [_trigamma(half), _trigamma(half + arb("0.5"))]
        probability = _binomial_probability(width, first)
        centre = (arb(width) / 4).log()
        mean, square, curvature = arb(0), arb(0), arb(0)
        for b in range(first, last + 1):
            parity = (b - first) % 2
            value = digamma[parity] - centre
            weighted = probability * value
            mean += weighted
            square += weighted * value
            curvature += probability * trigamma[parity]
            inverse = 2 / arb(b)
            digamma[parity] += inverse
            trigamma[parity] -= inverse**2
            probability *= arb(width - b) / (b + 1)
        if (first, last) != (1, width):
            # psi(1/2) > -2, and |psi(B/2) - centre| <= log N + 2; psi' <= psi'(1/2) < 5
            distance = min(width / 2 - first, last - width / 2)
            tail = 2 * (-2 * arb(distance) ** 2 / width).exp()
            largest = arb(log(width)).upper() + 3
            mean += arb(0, (tail * largest).upper())
            square += arb(0, (tail * largest**2).upper())
            curvature += arb(0, (5 * tail).upper())
        alive = 1 - arb(2) ** -width
        return _Mixture(mean / alive, square / alive, curvature / alive)


def _trigamma(z: arb) -> arb:
    value: arb = acb(z).polygamma(1).real
    return value


def _binomial_probability(width: int, count: int) -> arb:
    """Return ``binomial(width, count)/2**width``."""
    if count <= 2:
        return arb(comb(width, count)) * arb(2) ** -width
    parts = (arb(width + 1).lgamma(), arb(count + 1).lgamma(), arb(width - count + 1).lgamma())
    result: arb = (parts[0] - parts[1] - parts[2] - width * arb.const_log2()).exp()
    return result
