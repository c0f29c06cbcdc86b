"""The recursions of networks with bypasses, each written for itself, in plain floats or mpmath.

They follow one architecture each, layer by layer from the first, where the package goes through
graphs and back.
"""

from __future__ import annotations

import mpmath


def arc(c):
    slope = 1 - mpmath.acos(c) / mpmath.pi
    return c * slope + mpmath.sqrt(1 - c * c) / mpmath.pi, slope


def resnet(cosine, depth, branch_depth, scale):
    """Return (covariance, tangent kernel of the hidden weights) at unit mean square."""
    power = mpmath.mpf(scale) ** branch_depth
    signal, length, tangent = mpmath.mpf(cosine), mpmath.mpf(1), mpmath.mpf(0)
    for _ in range(depth):
        correlations, slopes = [signal / length], []
        for _ in range(branch_depth - 1):
            value, slope = arc(correlations[-1])
            correlations.append(value)
            slopes.append(slope)
        products = [mpmath.fprod(slopes[h:]) for h in range(branch_depth)]
        gained = sum(c * p for c, p in zip(correlations, products, strict=True))
        tangent = tangent * (1 + power * products[0]) + power * length * gained
        signal += power * length * correlations[-1]
        length *= 1 + power
    return signal, tangent


def densenet(cosine, depth):
    hidden = [mpmath.mpf(cosine)]  # correlations of y^l, whose mean square is always 1
    for layer in range(1, depth + 1):
        hidden.append(sum(arc(c)[0] for c in hidden) / layer)
    arriving = [mpmath.mpf(0)] * depth + [mpmath.mpf(1)]
    for layer in range(depth - 1, -1, -1):
        readers = (arriving[later] / later for later in range(layer + 1, depth + 1))
        arriving[layer] = arc(hidden[layer])[1] * sum(readers)
    tangent = sum(hidden[layer] * arriving[layer] for layer in range(1, depth + 1))
    return hidden[-1], tangent


def vanilla(cosine, depth):
    signal, tangent = mpmath.mpf(cosine), mpmath.mpf(0)
    for _ in range(depth):
        value, slope = arc(signal)
        tangent = slope * (tangent + signal)
        signal = value
    return signal, tangent
