"""The length map of one layer: what it makes of the variance of its hidden units."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import mpmath
import numpy as np
import sympy

from symprop.foundation.errors import OutOfDomain, expected
from symprop.foundation.validation import check_dps
from symprop.gaussian.closed_forms import second_moment_closed_form
from symprop.gaussian.expectation import positive_variance
from symprop.numerics.arrays import real_array
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import adaptive, as_ball, as_exact
from symprop.numerics.precision import working_digits
from symprop.recurrences.equations import moment_expression
from symprop.recurrences.moments_in_float64 import float_moments
from symprop.recurrences.moments_on_balls import ball_moments, derivative_of
from symprop.specs.activations import Activation, activation

if TYPE_CHECKING:
    from flint import arb
    from numpy.typing import ArrayLike, NDArray

__all__ = ["LengthMap", "length_map", "q_map"]


@dataclass(frozen=True)
class LengthMap:
    r"""``q -> sigma_w^2 V(q) + sigma_b^2`` with exact, certified and float64 faces.

    Built by `length_map` or `q_map`; variances are kept as given.
    """

    phi: Activation
    weight_variance: Any
    bias_variance: Any

    @cached_property
    def closed_form(self) -> sympy.Expr:
        """The map as a SymPy expression in ``q``; raises `NoClosedForm` where V has none."""
        w, b = exact_variances(self.weight_variance, self.bias_variance)
        return w * second_moment_closed_form(self.phi) + b

    @cached_property
    def slope_closed_form(self) -> sympy.Expr:
        """``chi(q) = sigma_w^2 E phi'(sqrt(q) Z)^2`` as a SymPy expression in ``q``."""
        w, _ = exact_variances(self.weight_variance, self.bias_variance)
        return w * second_moment_closed_form(derivative_of(self.phi))

    @property
    def recurrence(self) -> sympy.Eq:
        """The recurrence of ``q`` over layers as a SymPy equation in ``q(l)``.

        V stays a symbol where it has no closed form.
        """
        layer = sympy.Symbol("l", integer=True, positive=True)
        q = sympy.Function("q", positive=True)
        w, b = exact_variances(self.weight_variance, self.bias_variance)
        return sympy.Eq(q(layer + 1), w * moment_expression(self.phi, q(layer)) + b)

    def enclose(self, q: object, *, dps: int = 50) -> Enclosure:
        """Return a ball of ``dps`` relative digits around the next variance, ``q >= 0``."""
        check_dps(dps)
        moments = ball_moments(self.phi)

        def at(bits: int) -> arb:
            w, b = _variance_balls(self.weight_variance, self.bias_variance, bits)
            return w * moments.second_moment(_variance(q, bits), bits) + b

        return adaptive(at, dps, "length map")

    def slope(self, q: object, *, dps: int = 50) -> Enclosure:
        """Return ``chi(q) = sigma_w^2 E phi'(sqrt(q) Z)^2``, the factor of squared gradients.

        Raises
        ------
        OutOfDomain
            If the derivative has no finite second moment.
        """
        check_dps(dps)
        moments = ball_moments(self.phi).slope

        def at(bits: int) -> arb:
            w, _ = _variance_balls(self.weight_variance, self.bias_variance, bits)
            return w * moments.second_moment(_variance(q, bits), bits)

        return adaptive(at, dps, "slope of the correlation map")

    def evalf(self, q: object, *, dps: int = 50) -> mpmath.mpf:
        """Return the next variance as an mpmath number of ``dps`` right digits."""
        ball = self.enclose(q, dps=dps + 3)
        with working_digits(dps):
            return +ball.midpoint

    def __call__(self, q: ArrayLike) -> NDArray[np.float64]:
        """Return the next variances of an array in float64."""
        array = real_array("q", q)
        if not (np.isfinite(array) & (array >= 0)).all():
            bad = array[~(np.isfinite(array) & (array >= 0))].flat[0]
            raise OutOfDomain(expected("q", "to be >= 0 and finite", float(bad)))
        w, b = (
            float(as_ball(value, 80).mid()) for value in (self.weight_variance, self.bias_variance)
        )
        moments = float_moments(self.phi).second_moment(array.ravel())
        return np.asarray(w * moments.reshape(array.shape) + b, dtype=np.float64)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {sympy.latex(self.recurrence)}$"


def _variance(q: object, bits: int) -> arb:
    ball = as_ball(q, bits, "q")
    return ball if ball.is_zero() else positive_variance(q, bits, "q")


def _variance_balls(weight: object, bias: object, bits: int) -> tuple[arb, arb]:
    return as_ball(weight, bits, "weight_variance"), as_ball(bias, bits, "bias_variance")


def exact_variances(*variances: object) -> list[sympy.Expr]:
    """Return exact variances; a symbol stands for one that is known as a ball only."""
    names = ("sigma_w^2", "sigma_b^2")
    found = []
    for name, value in zip(names, variances, strict=True):
        exact = as_exact(value)
        found.append(sympy.Symbol(name, nonnegative=True) if exact is None else exact)
    return found


def length_map(
    phi: Activation | sympy.Expr | str, weight_variance: object, *, bias_variance: object = 0
) -> LengthMap:
    r"""Return the map of hidden variances of a fully connected layer.

    .. math:: q\mapsto\sigma_w^2\,E\,\phi(\sqrt q\,Z)^2+\sigma_b^2

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        The activation.
    weight_variance, bias_variance : number
        ``sigma_w^2`` and ``sigma_b^2``.

    Returns
    -------
    LengthMap
        Call it on arrays, or use ``.closed_form``, ``.recurrence``, ``.enclose``, ``.evalf`` and
        ``.slope``.

    Raises
    ------
    InvalidArgument
        If the activation or a variance is malformed.
    OutOfDomain
        If a variance is negative.

    Conventions
    -----------
    Variances, not standard deviations; ``q`` is the variance of the entries of ``h``.

    Error
    -----
    `closed_form` exact, `enclose` enclosed; in float64 a few roundings.

    Source
    ------
    residual, section 2 (fully connected nets); Definition 5.3.

    Examples
    --------
    >>> length_map("relu", 2, bias_variance="1/10").closed_form
    q + 1/10
    >>> print(length_map("tanh", "3/2", bias_variance="1/10").enclose(1, dps=15))
    0.6914417355967617616
    """
    for name, value in (("weight_variance", weight_variance), ("bias_variance", bias_variance)):
        if not as_ball(value, 64, name) >= 0:
            raise OutOfDomain(expected(name, ">= 0", value))
    return LengthMap(activation(phi), weight_variance, bias_variance)


def q_map(phi: Activation | sympy.Expr | str) -> LengthMap:
    r"""Return the length map of an activation alone, ``q -> E phi(sqrt(q) Z)^2``.

    .. math:: Q(q)=E\,\phi(\sqrt q\,Z)^2

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        The activation.

    Returns
    -------
    LengthMap
        That of unit weight variance and no bias.

    Raises
    ------
    InvalidArgument
        If the activation is malformed.

    Conventions
    -----------
    ``q`` is a variance.

    Error
    -----
    As for `length_map`.

    Source
    ------
    residual, Definition 5.3, where it is called V.

    Examples
    --------
    >>> q_map("erf").closed_form
    2*asin(2*q/(2*q + 1))/pi
    """
    return length_map(phi, 1)
