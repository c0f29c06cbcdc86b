"""Figures of the residual paper that need no depth: transforms, kernels, fixed points."""

from __future__ import annotations

import math

import numpy as np

from symprop.figures.panels import Panel, Plot, curve
from symprop.gaussian.power_relu import alpha_relu_kernel
from symprop.gaussian.transforms import v_transform, w_transform

__all__ = [
    "angle_map",
    "arcsine_defect",
    "exponents_of_gradients",
    "fixed_point_and_exponent",
    "power_relu_kernels",
    "slope_at_the_fixed_point",
    "slope_bound",
]

_RATIO = 2 / math.pi


def slope_bound() -> Plot:
    """Figure C.9: the mean squared slope of tanh against its lower bound."""
    q = np.linspace(0, 20, 401)[1:]
    slope = v_transform("1 - tanh(x)**2")(q)
    panel = Panel(
        "mean squared slope of tanh",
        "variance q",
        "V",
        (
            curve("V tanh'(q)", q, slope),
            curve("$(4q+1)^{-1/2}$", q, 1 / np.sqrt(4 * q + 1), "law"),
        ),
    )
    return Plot("residual:C.9", "Mean squared slope of tanh and its lower bound", (panel,))


def arcsine_defect() -> Plot:
    """Figure C.11: W of tanh meets its limit at an angle, linearly in 1/q."""
    cosine = math.cos(1)
    inverse = np.linspace(0, 1, 81)[1:]
    transform = w_transform("tanh")
    values = [float(transform.enclose(1 / float(u), cosine / float(u), dps=12)) for u in inverse]
    limit = _RATIO * math.asin(cosine)
    tangent = limit - math.pi / 6 * cosine / math.sqrt(1 - cosine**2) * inverse
    panel = Panel(
        "approach to the arcsine, c = cos 1",
        "1/q",
        "W tanh(q, cq)",
        (
            curve("W tanh(q, cq)", inverse, values),
            curve("tangent at 1/q = 0", [0.0, *inverse[:40]], [limit, *tangent[:40]], "law"),
            curve("(2/π) arcsin c", [0, 1], [limit, limit], "guide"),
        ),
    )
    return Plot("residual:C.11", "W of tanh approaches the arcsine linearly in 1/q", (panel,))


def angle_map() -> Plot:
    """Figure C.12: the limiting map of the cosine for several variance ratios."""
    e = np.linspace(0, 1, 201)
    curves = []
    for ratio in (0.0, 0.25, 0.5, 1.0):
        image = (_RATIO * np.arcsin(e) + ratio) / (1 + ratio)
        curves.append(curve(f"$\\sigma_a^2/\\sigma_v^2$ = {ratio:g}", e, image))
    panel = Panel(
        "limiting map of the cosine",
        "e",
        "image of e",
        (*curves, curve("identity", [0, 1], [0, 1], "guide")),
    )
    return Plot("residual:C.12", "The map whose fixed point is e*", (panel,))


def slope_at_the_fixed_point() -> Plot:
    """Figure C.13: the slope of the angle map at its fixed point, as a function of e*."""
    e = np.linspace(0, 1, 401)[:-1]
    slope = _RATIO * np.sqrt((1 - e) / (1 + e)) / (1 - _RATIO * np.arcsin(e))
    panel = Panel(
        "slope of the map at e*",
        "e*",
        "slope",
        (
            curve("slope", e, slope),
            curve("2/π", [0, 1], [_RATIO, _RATIO], "guide"),
            curve("1/2", [0, 1], [0.5, 0.5], "guide"),
        ),
    )
    return Plot("residual:C.13", "Slope of the limiting map at its fixed point", (panel,))


def power_relu_kernels() -> Plot:
    """Figure C.17: normalised kernels of the alpha-ReLU."""
    c = np.sin(np.linspace(-math.pi / 2, math.pi / 2, 201))
    curves = [
        curve(f"α = {alpha}", c, alpha_relu_kernel(alpha)(c))
        for alpha in ("51/100", "11/20", "3/5", "7/10", "4/5", "9/10", "1")
    ]
    panel = Panel(
        "kernels of the alpha-ReLU",
        "cosine c",
        "$J_α(c)$",
        (*curves, curve("identity", [-1, 1], [-1, 1], "guide")),
    )
    return Plot("residual:C.17", "Normalised kernels of the alpha-ReLU", (panel,))


def fixed_point_and_exponent() -> Plot:
    """Figure 2a: e* and delta* of the tanh network against the ratio of branch deviations.

    Both are explicit in the angle t = arccos e*, so that no equation has to be solved.
    """
    angle = math.pi / 2 * (1 - np.linspace(0, 1, 400, endpoint=False) ** 2)
    excess = 2 * angle / math.pi / (1 - np.cos(angle)) - 1
    ratio = np.sqrt(np.maximum(excess, 0))
    shown = ratio <= 5
    panel = Panel(
        "fixed point and exponent, tanh",
        "$\\sigma_a/\\sigma_v$",
        "",
        (
            curve("e*", ratio[shown], np.cos(angle[shown])),
            curve("δ*", ratio[shown], 1 - np.tan(angle[shown] / 2) / angle[shown]),
            curve("1 - 2/π", [0, 5], [1 - _RATIO] * 2, "guide"),
            curve("1/2", [0, 5], [0.5, 0.5], "guide"),
        ),
    )
    return Plot("residual:2a", "Fixed point e* and exponent δ* of the tanh network", (panel,))


def exponents_of_gradients() -> Plot:
    """Figure B.8: exponents of the alpha-ReLU's gradients against alpha."""
    alpha = np.linspace(0.5, 1, 401)[1:-1]
    exponent = alpha**2 / ((1 - alpha) * (2 * alpha - 1))
    inside = exponent <= 20
    panels = (
        Panel(
            "exponent R",
            "α",
            "R",
            (
                curve("R", alpha[inside], exponent[inside]),
                curve("minimum 4 at α = 2/3", [2 / 3], [4], "guide"),
                curve("3/4", [0.75, 0.75], [0, 20], "guide"),
            ),
        ),
        Panel(
            "exponent of the weight gradients",
            "α",
            "α/(1-α) - R",
            (curve("α/(1-α) - R", alpha[20:], alpha[20:] / (1 - alpha[20:]) - exponent[20:]),),
        ),
    )
    return Plot("residual:B.8", "Exponents of the gradients of the alpha-ReLU", panels)
