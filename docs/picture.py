"""Draw the picture of the README from certified values: ``python docs/picture.py``.

Left: normalised dual kernels. Right: the edge of chaos, traced by the variance q of a fixed point,

    weight_variance = 1 / E phi'(sqrt(q) Z)^2,
    bias_variance = q - weight_variance * E phi(sqrt(q) Z)^2,

which needs no root finding: chi_1 = 1 gives the first, the fixed point itself the second. A test
draws the picture again and compares it with the committed file.
"""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

from symprop import activation, dual_kernel, gaussian_expectation

PICTURE = Path(__file__).resolve().with_name("picture.svg")
DIGITS = 15
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#7a5cbf", "#8c6d00")
KERNELS = ("sign", "tanh", "relu", "gelu", "exp", "abs")
EDGES = ("tanh", "erf", "sin")
LABELS_FROM = 0.4
LABEL_AT = {
    "sign": (-0.86, -0.42),
    "tanh": (-0.6, -0.68),
    "relu": (-0.97, -0.08),
    "gelu": (-0.5, -0.14),
    "exp": (-0.86, 0.2),
    "abs": (-0.38, 0.75),
}

Point = tuple[float, float]


def correlations() -> list[Fraction]:
    """Return exact points of [-1, 1], denser towards the ends, where kernels bend."""
    return [Fraction(round(1000 * math.sin(math.pi * k / 48)), 1000) for k in range(-24, 25)]


def kernel_curve(name: str) -> list[Point]:
    """Return the normalised dual kernel of an activation."""
    kernel = dual_kernel(name)
    at_one = kernel.enclose(1, dps=DIGITS)
    return [(float(rho), float(kernel.enclose(rho, dps=DIGITS) / at_one)) for rho in correlations()]


def edge_of_chaos(name: str) -> list[Point]:
    """Return (bias variance, weight variance) along the line where chi_1 = 1."""
    phi = activation(name)
    square, slope = phi.expression**2, phi.expression.diff() ** 2
    points = []
    for k in range(1, 51):
        q = Fraction(k * k, 500)
        weight_variance = 1 / gaussian_expectation(slope, DIGITS, variance=q)
        bias_variance = q - weight_variance * gaussian_expectation(square, DIGITS, variance=q)
        points.append((float(bias_variance), float(weight_variance)))
    return points


class Panel:
    """A square of the picture with its own axes."""

    def __init__(self, name: str, left: float, x_range: Point, y_range: Point) -> None:
        self.name = name
        self.left, self.top, self.side = left, 40.0, 320.0
        self.x_range, self.y_range = x_range, y_range

    def place(self, x: float, y: float) -> Point:
        """Return the position of a point on the page."""
        across = (x - self.x_range[0]) / (self.x_range[1] - self.x_range[0])
        up = (y - self.y_range[0]) / (self.y_range[1] - self.y_range[0])
        return self.left + self.side * across, self.top + self.side * (1 - up)

    def text(self, at: Point, words: str, style: str = "") -> str:
        """Return a label at a point of the axes."""
        x, y = self.place(*at)
        return f'<text x="{x:.1f}" y="{y:.1f}"{style}>{words}</text>'

    def curve(self, points: list[Point], style: str) -> str:
        """Return a polyline through the points, cut off at the axes."""
        path = " ".join(f"{x:.2f},{y:.2f}" for x, y in (self.place(*point) for point in points))
        return f'<polyline points="{path}" clip-path="url(#{self.name})" {style}/>'

    def frame(self, title: str, x_ticks: list[str], y_ticks: list[str]) -> list[str]:
        """Return the axes, their ticks and a title."""
        bottom, right = self.top + self.side, self.left + self.side
        corner, size = (
            f'x="{self.left}" y="{self.top}"',
            f'width="{self.side}" height="{self.side}"',
        )
        parts = [
            f'<clipPath id="{self.name}"><rect {corner} {size}/></clipPath>',
            f'<rect {corner} {size} fill="none" stroke="#999"/>',
            f'<text x="{self.left}" y="{self.top - 14}" class="title">{title}</text>',
        ]
        for tick in x_ticks:
            x, _ = self.place(float(tick), self.y_range[0])
            parts.append(f'<path d="M{x:.1f} {bottom}v4" stroke="#999"/>')
            parts.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{tick}</text>')
        for tick in y_ticks:
            _, y = self.place(self.x_range[0], float(tick))
            parts.append(f'<path d="M{self.left} {y:.1f}h-4" stroke="#999"/>')
            parts.append(
                f'<text x="{self.left - 8}" y="{y + 4:.1f}" text-anchor="end">{tick}</text>'
            )
            if float(tick) == 0 and self.y_range[0] < 0:
                parts.append(f'<path d="M{self.left} {y:.1f}H{right}" stroke="#ddd"/>')
        return parts


def kernel_panel() -> list[str]:
    """Return the left half of the picture."""
    panel = Panel("kernels", 60, (-1, 1), (-1, 1))
    parts = panel.frame(
        "κ(ρ) / κ(1): correlation after one layer", ["-1", "0", "1"], ["-1", "0", "1"]
    )
    parts.append(panel.curve([(-1, -1), (1, 1)], 'class="line" stroke="#bbb" stroke-dasharray="4"'))
    for name, colour in zip(KERNELS, COLOURS, strict=True):
        parts.append(panel.curve(kernel_curve(name), f'class="line" stroke="{colour}"'))
        parts.append(panel.text(LABEL_AT[name], name, f' style="fill:{colour}"'))
    parts.append(panel.text((0.94, -1.18), "ρ"))
    return parts


def edge_panel() -> list[str]:
    """Return the right half of the picture."""
    panel = Panel("edges", 460, (0, 0.5), (0.5, 3))
    parts = panel.frame(
        "edge of chaos: weight variance where χ₁ = 1", ["0", "0.25", "0.5"], ["0.5", "1", "2", "3"]
    )
    for name, colour in zip(EDGES, COLOURS[1::2], strict=True):
        points = edge_of_chaos(name)
        parts.append(panel.curve(points, f'class="line" stroke="{colour}"'))
        height = next(y for x, y in points if x > LABELS_FROM)
        style = f' style="fill:{colour}"'
        parts.append(panel.text((LABELS_FROM, height + 0.08), name, style))
    x, y = panel.place(0, 2)
    parts.append(f'<circle cx="{x}" cy="{y:.1f}" r="4" fill="{COLOURS[2]}"/>')
    parts.append(panel.text((0.015, 2.05), "relu", f' style="fill:{COLOURS[2]}"'))
    parts.append(panel.text((0.03, 2.75), "chaotic above the line"))
    parts.append(panel.text((0.25, 0.75), "ordered below the line"))
    parts.append(panel.text((0.375, 0.3), "bias variance", ' text-anchor="middle"'))
    return parts


def render() -> str:
    """Return the picture as the text of an SVG file."""
    style = (
        "<style>text{font:13px sans-serif;fill:#333}.title{font-size:15px}"
        ".line{fill:none;stroke-width:1.8;stroke-linejoin:round}</style>"
    )
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 820 410" role="img" '
        'aria-label="Dual kernels and the edge of chaos">'
    )
    background = '<rect width="820" height="410" fill="#fff"/>'
    return "\n".join([head, style, background, *kernel_panel(), *edge_panel(), "</svg>"]) + "\n"


if __name__ == "__main__":
    PICTURE.write_text(render(), encoding="utf-8")
