"""Figures of the tangents paper: sampled tangent kernels and their moments on exact lines.

Inputs have mean square 1. Widths, depths and scales that a caption leaves open are chosen here and
named among the parameters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.figures.panels import Curve, Panel, Plot, curve, measured
from symprop.moments.diagonal import tangent_moments
from symprop.moments.jacobians import jacobian_moments
from symprop.recurrences.ntk import tangent_kernel
from symprop.simulator.branched_conditioned import conditioned_branched_run
from symprop.specs.branched import DenseNet, Reduced, ResNet, Vanilla

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from symprop.simulator.branched_run import BranchedRun
    from symprop.specs.branched import Branched

    Array = NDArray[np.float64]

__all__ = ["jacobian_and_reduced_output", "sampled_kernels", "variance_over_depth"]

_ANGLES = np.linspace(0, np.pi, 20)
_KERNEL_DEPTH = 4
_KERNEL_RUNS = {50: 100, 500: 40}
_MOMENT_WIDTH = 50
_RUNS = 200
_DEPTHS = (1, 2, 3, 5, 8, 12, 20)
_RATIO = 10


def sampled_kernels() -> Plot:
    """Figure 2: tangent kernels of sampled networks over the angle, and their limits."""
    panels = [
        _kernel_panel(title, network, seed)
        for seed, (title, network) in enumerate(
            (("ResNet, m = 2", ResNet(2, "1/2")), ("DenseNet", DenseNet()))
        )
    ]
    parameters = {
        "chosen": "depth 4, α = 1/2",
        "sampled networks": ", ".join(f"{r} of width {n}" for n, r in _KERNEL_RUNS.items()),
        "error bars": "standard deviation of one network",
    }
    return Plot("tangents:2", "Sampled tangent kernels and their limits", tuple(panels), parameters)


def _kernel_panel(title: str, network: Branched, seed: int) -> Panel:
    kernel = tangent_kernel(network, _KERNEL_DEPTH)
    curves = [curve("limit", _ANGLES, kernel(np.cos(_ANGLES)), "law")]
    for width, runs in _KERNEL_RUNS.items():
        rows = _sampled(
            network,
            width,
            _KERNEL_DEPTH,
            lambda run: run.tangent_kernel[0],
            runs=runs,
            angles=_ANGLES,
            seed=seed,
        )
        curves.append(measured(f"width {width}, sampled", _ANGLES, rows))
    return Panel(title, "angle θ", "G(x, x')", tuple(curves))


def _sampled(
    network: Branched,
    width: int,
    depth: int,
    quantity: Callable[[BranchedRun], Any],
    *,
    runs: int,
    seed: int,
    angles: Array | tuple[float, ...] = (0.0,),
) -> Array:
    """Return a quantity of sampled networks, whose inputs lie in a plane, the first at angle 0."""
    inputs = np.zeros((width, len(angles)))
    inputs[:2] = np.sqrt(width) * np.array([np.cos(angles), np.sin(angles)])
    rng = np.random.default_rng([seed, width, depth])
    found = (
        conditioned_branched_run(network, inputs, depth, rng=rng, backward="true")
        for _ in range(runs)
    )
    return np.array([quantity(run) for run in found])


def jacobian_and_reduced_output() -> Plot:
    """Figure 4: second and fourth moments of gradients and of reduced outputs over depth."""
    network, rng = ResNet(2, "3/10"), np.random.default_rng(4)
    exact: dict[str, list[list[float]]] = {"J": [[], []], "f": [[], []]}
    means: dict[str, list[list[tuple[float, float]]]] = {"J": [[], []], "f": [[], []]}
    for depth in _DEPTHS:
        k = int(rng.integers(1, depth + 1))
        moments = jacobian_moments(network, _MOMENT_WIDTH, depth, (k, 1))
        squares = {
            "J": _squared_gradients(network, depth, k),
            "f": _squared_outputs(network, depth, k),
        }
        for name, values in (
            ("J", (moments.second, moments.fourth)),
            ("f", (moments.output_second, moments.output_fourth)),
        ):
            for power, value in enumerate(values):
                exact[name][power].append(float(value))
                means[name][power].append(_mean(squares[name] ** (power + 1)))
    labels = {"J": "gradient by layer k", "f": "output of the reduced network"}
    panels = tuple(
        Panel(
            f"{title} moments",
            "depth L",
            f"mean of the power {2 * power + 2}",
            tuple(
                each
                for name, label in labels.items()
                for each in (
                    curve(label, _DEPTHS, exact[name][power]),
                    _points(f"{label}, sampled", _DEPTHS, means[name][power]),
                )
            ),
            y_scale="log",
        )
        for power, title in enumerate(("second", "fourth"))
    )
    parameters = {
        "network": "ResNet, m = 2, α = 3/10, Gaussian weights",
        "chosen": f"width {_MOMENT_WIDTH}; k at random for each depth; first matrix of branch k",
        "sampled networks": f"{_RUNS} for each point",
        "error bars": "standard error of the mean",
    }
    return Plot("tangents:4", "Moments of gradients and of reduced outputs", panels, parameters)


def _squared_gradients(network: ResNet, depth: int, k: int) -> Array:
    def quantity(run: BranchedRun) -> float:
        return float(run.recorded_kernels[run.labels.index((k, 1)), 0, 0])

    return _sampled(network, _MOMENT_WIDTH, depth, quantity, runs=_RUNS, seed=4)


def _squared_outputs(network: ResNet, depth: int, k: int) -> Array:
    return _sampled(
        Reduced(network, k),
        _MOMENT_WIDTH,
        depth,
        lambda run: float(run.output[0] ** 2),
        runs=_RUNS,
        seed=5,
    )


def _mean(values: Array) -> tuple[float, float]:
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def _variance(values: Array) -> tuple[float, float]:
    """Return the variance of samples and its standard error."""
    squares = (values - values.mean()) ** 2
    return float(squares.sum() / (len(values) - 1)), _mean(squares)[1]


def _points(label: str, x: tuple[int, ...], found: list[tuple[float, float]]) -> Curve:
    values, errors = zip(*found, strict=True)
    return Curve(label, tuple(map(float, x)), values, "sample", errors)


def variance_over_depth() -> Plot:
    """Figure 5: variances of the tangent kernel of one input where the width is ten depths."""
    absolute: list[Curve] = []
    relative: list[Curve] = []
    for label, network in (
        ("ResNet, α = 1/L²", lambda depth: ResNet(2, f"1/{depth**2}")),
        ("DenseNet", lambda _: DenseNet()),
        ("plain network", lambda _: Vanilla()),
    ):
        exact = [tangent_moments(network(L), _RATIO * L, L) for L in _DEPTHS]
        found = [
            _variance(
                _sampled(
                    network(L),
                    _RATIO * L,
                    L,
                    lambda run: float(run.tangent_kernel[0, 0]),
                    runs=_RUNS,
                    seed=6,
                )
            )
            for L in _DEPTHS
        ]
        absolute += [
            curve(label, _DEPTHS, [float(each.variance) for each in exact]),
            _points(f"{label}, sampled", _DEPTHS, found),
        ]
        relative.append(curve(label, _DEPTHS, [float(each.relative_variance) for each in exact]))
    panels = (
        Panel("variance", "depth L", "Var G", tuple(absolute), y_scale="log"),
        Panel("relative to the mean", "depth L", "Var G / (E G)²", tuple(relative), y_scale="log"),
    )
    parameters = {
        "width": "10 L",
        "ResNet": "m = 2; with α = 1/L² its kernel vanishes with depth",
        "sampled networks": f"{_RUNS} for each point",
        "error bars": "standard error of the variance",
    }
    return Plot("tangents:5", "Variance of the tangent kernel over depth", panels, parameters)
