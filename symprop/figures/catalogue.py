"""Which figures there are, and the function that makes each."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from symprop.foundation.errors import InvalidArgument, expected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from symprop.figures.panels import Plot

__all__ = ["FIGURES", "describe", "make_figure"]

_TRANSFORMS = "symprop.figures.transform_curves"
_PATHS = "symprop.figures.residual_paths"
_LEVELS = "symprop.figures.residual_levels"
_SAMPLES = "symprop.figures.residual_samples"
_KERNEL_MAPS = "symprop.figures.kernel_maps"
_GRAMS = "symprop.figures.batch_norm_grams"
_GRADIENTS = "symprop.figures.batch_norm_gradients"
_SHRINKAGE = "symprop.figures.shrinkage_curves"
_SENSITIVITY = "symprop.figures.sensitivity_paths"
_TANGENTS = "symprop.figures.tangent_curves"

FIGURES: Mapping[str, tuple[str, str]] = {
    "residual:1": (_SAMPLES, "tanh_dynamics"),
    "residual:2a": (_TRANSFORMS, "fixed_point_and_exponent"),
    "residual:2b": (_PATHS, "cosine_rate"),
    "residual:2c": (_PATHS, "gradient_ratios"),
    "residual:3": (_LEVELS, "level_curves"),
    "residual:A.1": (_SAMPLES, "power_relu_dynamics"),
    "residual:A.2": (_PATHS, "power_relu_rates"),
    "residual:B.3": (_PATHS, "length_expansion"),
    "residual:B.4": (_PATHS, "gradient_expansion"),
    "residual:B.5": (_PATHS, "exponential_growth"),
    "residual:B.6": (_PATHS, "fixed_points_of_power_relu"),
    "residual:B.7": (_LEVELS, "exponent_mu"),
    "residual:B.8": (_TRANSFORMS, "exponents_of_gradients"),
    "residual:C.9": (_TRANSFORMS, "slope_bound"),
    "residual:C.11": (_TRANSFORMS, "arcsine_defect"),
    "residual:C.12": (_TRANSFORMS, "angle_map"),
    "residual:C.13": (_TRANSFORMS, "slope_at_the_fixed_point"),
    "residual:C.14": (_PATHS, "leading_term"),
    "residual:C.15": (_PATHS, "gradient_ratios_reduced"),
    "residual:C.17": (_TRANSFORMS, "power_relu_kernels"),
    "sensitivity:1": (_SENSITIVITY, "vanilla_networks"),
    "sensitivity:2": (_SENSITIVITY, "normalised_networks"),
    "sensitivity:3": (_SENSITIVITY, "residual_networks"),
    "sensitivity:4": (_SENSITIVITY, "one_dimension"),
    "shrinkage:1": (_SHRINKAGE, "correlation_after_depth"),
    "shrinkage:2": (_SHRINKAGE, "leaky_relu_shrinkage"),
    "shrinkage:3": (_SHRINKAGE, "erf_networks"),
    "tangents:2": (_TANGENTS, "sampled_kernels"),
    "tangents:4": (_TANGENTS, "jacobian_and_reduced_output"),
    "tangents:5": (_TANGENTS, "variance_over_depth"),
    "thesis:2.1": (_GRAMS, "two_inputs"),
    "thesis:2.2": (_GRAMS, "orthogonality_by_depth_and_width"),
    "thesis:2.3": (_GRAMS, "least_singular_values"),
    "thesis:3.1": (_GRAMS, "amplified_errors"),
    "thesis:3.2": (_GRAMS, "deviation_by_depth"),
    "thesis:3.3": (_GRAMS, "deviation_by_width"),
    "thesis:3.4": (_GRAMS, "deviation_by_batch"),
    "thesis:5.1": (_KERNEL_MAPS, "polynomial_activations"),
    "thesis:5.2": (_KERNEL_MAPS, "common_activations"),
    "thesis:6.1": (_GRADIENTS, "isometry_with_depth"),
    "thesis:6.2": (_GRADIENTS, "degenerate_inputs"),
    "thesis:6.3": (_GRADIENTS, "gaussian_and_orthogonal_weights"),
    "thesis:6.5": (_GRADIENTS, "effect_of_the_gain"),
    "thesis:C.10": (_GRADIENTS, "standard_and_simplified_normalisation"),
}
"""Module and function of each figure, by paper key and printed number."""


def _maker(key: str) -> Callable[[], Plot]:
    if key not in FIGURES:
        raise InvalidArgument(expected("figure", f"to be one of {', '.join(FIGURES)}", key))
    module, function = FIGURES[key]
    maker: Callable[[], Plot] = getattr(import_module(module), function)
    return maker


def describe(key: str) -> str:
    """Return one line on what a figure shows.

    Parameters
    ----------
    key : str
        One of `FIGURES`.

    Returns
    -------
    str
        The first line of its maker's documentation, without the number.

    Raises
    ------
    InvalidArgument
        If there is no such figure.

    Examples
    --------
    >>> describe("residual:C.9")
    'the mean squared slope of tanh against its lower bound'
    """
    documentation = _maker(key).__doc__ or ""
    return documentation.splitlines()[0].partition(": ")[2].rstrip(".")


def make_figure(key: str) -> Plot:
    """Compute the data of a published figure.

    Parameters
    ----------
    key : str
        Paper key, colon, number as printed: one of `FIGURES`.

    Returns
    -------
    Plot
        Panels of curves; draw it with `symprop.figures.drawing.save`.

    Raises
    ------
    InvalidArgument
        If there is no such figure.

    Examples
    --------
    >>> make_figure("residual:C.12").title
    'The map whose fixed point is e*'
    """
    return _maker(key)()
