"""Abel functions of slow difference equations, and their inverses, as formal series.

An Abel function of ``u_{l+1} = u_l + f(u_l)`` satisfies ``Phi(u + f(u)) = Phi(u) + 1``, so that
``Phi(u_l) - l`` is constant along an orbit. Its derivative solves a linear equation of which the
Taylor expansion gains a factor f(u)/u with every term; its inverse is Lagrange's series.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from symprop.asymptotics.power_log_series import PowerLogSeries
from symprop.foundation.errors import OutOfDomain, expected

if TYPE_CHECKING:
    from flint import fmpq

__all__ = ["abel_derivative", "in_power_of_variable", "lagrange_inverse", "leading_growth"]


def leading_growth(f: PowerLogSeries) -> tuple[Any, Any]:
    """Return s and c of ``f ~ c u**s``; logarithms in the leading term are refused."""
    exponent, block = f.leading
    if len(block) != 1:
        raise OutOfDomain(
            expected("increment", "to have a leading term free of logarithms", f.leading_text())
        )
    return exponent, block[0]


def abel_derivative(f: PowerLogSeries, window: fmpq) -> PowerLogSeries:
    r"""Return the derivative of the Abel function of ``u + f(u)`` at infinity.

    .. math:: \Phi' = \frac1f - \sum_{n \ge 2} \frac{f^{n-1}}{n!} (\Phi')^{(n-1)}

    Parameters
    ----------
    f : PowerLogSeries
        ``f ~ c u**s`` with ``s < 1``.
    window : fmpq
        How far below its leading exponent the result is kept (less if f is known less far).

    Returns
    -------
    PowerLogSeries
    """
    exponent, _ = leading_growth(f)
    size = f.scalars.exponents.size(exponent)
    gain = 1 - size
    if gain <= 0:
        raise OutOfDomain(expected("f", "to grow slower than u", f"exponent {size}"))
    inverse = f.truncated(size - window).power(-1)
    cutoff = inverse.cutoff
    assert cutoff is not None
    steps = ceil((-size - cutoff) / gain)
    weights = []
    power, factorial = f.truncated(size - window), 1
    for n in range(2, steps + 2):
        factorial *= n
        weights.append(power.scaled(f.scalars.coefficient(1) / factorial))
        power = power * f.truncated(size - window)
    solution = inverse.truncated(-size - gain)
    for step in range(2, steps + 2):  # each pass makes one more gain right
        correction, derivative = inverse, solution
        for weight in weights[: step - 1]:
            derivative = derivative.derivative()
            correction = correction - (weight * derivative)
        solution = correction.truncated(-size - step * gain)
    return solution


def in_power_of_variable(series: PowerLogSeries, exponent: Any) -> PowerLogSeries:
    """Rewrite a series in z as one in ``y = z**exponent``, for a positive field element."""
    field = series.scalars.exponents
    rate = 1 / series.scalars.embed(exponent)
    items = []
    for power, block in series.blocks:
        weight, changed = series.scalars.coefficient(1), []
        for coefficient in block:
            changed.append(coefficient * weight)
            weight = weight * rate
        items.append((power / exponent, tuple(changed)))
    cutoff = None if series.cutoff is None else series.cutoff / field.size(exponent)
    return PowerLogSeries.of(series.scalars, items, cutoff)


def lagrange_inverse(perturbation: PowerLogSeries, target: PowerLogSeries) -> PowerLogSeries:
    r"""Return ``target(y)`` as a series in x where ``x = y + perturbation(y)``.

    .. math:: G(y) = G(x) + \sum_{n\ge1} \frac{(-1)^n}{n!} \partial_x^{n-1} [H(x)^n\, G'(x)]

    Parameters
    ----------
    perturbation : PowerLogSeries
        H, of smaller order than y.
    target : PowerLogSeries
        G, exact or at least as precise as H.

    Returns
    -------
    PowerLogSeries
    """
    size, head = perturbation.size(), target.size()
    if size is None or head is None:
        return target
    if size >= 1 or perturbation.cutoff is None:
        raise OutOfDomain(expected("perturbation", "to be truncated and smaller than y", size))
    cutoff = head + perturbation.cutoff - 1
    scalars = perturbation.scalars
    slope = target.derivative()
    result = target.truncated(cutoff)
    power = PowerLogSeries.constant(scalars, 1)
    sign_factorial = scalars.coefficient(1)
    for n in range(1, ceil((head - cutoff) / (1 - size)) + 1):
        sign_factorial = sign_factorial / (-n)
        power = power.times(perturbation, cutoff - head + n)
        term = power.times(slope, cutoff + n - 1)
        for _ in range(n - 1):
            term = term.derivative()
        result = result + term.scaled(sign_factorial)
    return result
