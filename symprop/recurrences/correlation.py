"""The correlation map of one layer at a given length."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import mpmath
import numpy as np
import sympy

from symprop.foundation.errors import InvalidArgument, NoClosedForm, OutOfDomain, expected
from symprop.foundation.validation import check_dps
from symprop.gaussian.closed_forms import RHO, kernel_closed_form, second_moment_closed_form
from symprop.gaussian.correlations import Angle
from symprop.gaussian.expectation import positive_variance
from symprop.numerics.arrays import real_array
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import adaptive, as_ball, as_exact
from symprop.numerics.precision import working_bits, working_digits
from symprop.recurrences.equations import kernel_expression, moment_expression
from symprop.recurrences.length import LengthMap, exact_variances, length_map
from symprop.recurrences.moments_in_float64 import float_moments
from symprop.recurrences.moments_on_balls import ball_moments

if TYPE_CHECKING:
    from flint import arb
    from numpy.typing import ArrayLike, NDArray

    from symprop.specs.activations import Activation

__all__ = ["CorrelationMap", "c_map", "correlation_map"]


@dataclass(frozen=True)
class CorrelationMap:
    r"""``c -> (sigma_w^2 W(q, c q) + sigma_b^2) / (sigma_w^2 V(q) + sigma_b^2)``.

    Built by `correlation_map` or `c_map`; ``variance`` is the ``q`` of both hidden units.
    """

    length: LengthMap
    variance: Any

    @cached_property
    def closed_form(self) -> sympy.Expr:
        """The map as a SymPy expression in ``rho``; raises `NoClosedForm` where W has none."""
        phi, q = self.length.phi, as_exact(self.variance, "variance")
        w, b = (as_exact(x) for x in (self.length.weight_variance, self.length.bias_variance))
        if q is None or w is None or b is None:
            raise OutOfDomain(expected("variance", "exact for a closed form", self.variance))
        kernel = kernel_closed_form(phi, phi, variances=(q, q))
        moment = second_moment_closed_form(phi).subs(sympy.Symbol("q", positive=True), q)
        return (w * kernel + b) / (w * moment + b)

    @property
    def recurrence(self) -> sympy.Eq:
        """The recurrence of the correlation over layers as a SymPy equation in ``c(l)``.

        V and W stay symbols where they have no closed form.
        """
        layer = sympy.Symbol("l", integer=True, positive=True)
        c = sympy.Function("c", real=True)
        try:
            return sympy.Eq(c(layer + 1), self.closed_form.subs(RHO, c(layer)))
        except NoClosedForm:
            phi, q = self.length.phi, as_exact(self.variance, "variance")
            w, b = exact_variances(self.length.weight_variance, self.length.bias_variance)
            cross = kernel_expression(phi, q, c(layer))
            return sympy.Eq(c(layer + 1), (w * cross + b) / (w * moment_expression(phi, q) + b))

    def _parts(self, angle: Angle, bits: int) -> tuple[arb, arb, arb]:
        """Return balls of the numerator, of what it lacks and of the denominator."""
        moments = ball_moments(self.length.phi)
        w = as_ball(self.length.weight_variance, bits, "weight_variance")
        b = as_ball(self.length.bias_variance, bits, "bias_variance")
        q = positive_variance(self.variance, bits, "variance")
        rho, near = angle.balls(bits)
        moment = moments.second_moment(q, bits)
        if angle.exact == 1:
            cross = moment
        else:
            with working_bits(2 * bits + 64):
                gap = near if rho > 0 else 1 - rho
            cross = moments.covariance(q, q, rho, gap, bits)
        return w * cross + b, w * (moment - cross), w * moment + b

    def enclose(self, rho: object = None, *, angle_gap: object = None, dps: int = 50) -> Enclosure:
        """Return a ball around the next correlation, from ``rho`` or from ``1 - rho``."""
        check_dps(dps)
        angle = Angle(rho, angle_gap)

        def at(bits: int) -> arb:
            top, _, whole = self._parts(angle, bits)
            return top / whole

        return adaptive(at, dps, "correlation map")

    def gap(self, rho: object = None, *, angle_gap: object = None, dps: int = 50) -> Enclosure:
        """Return one minus the next correlation to ``dps`` relative digits."""
        check_dps(dps)
        angle = Angle(rho, angle_gap)

        def at(bits: int) -> arb:
            _, lack, whole = self._parts(angle, bits)
            return lack / whole

        return adaptive(at, dps, "correlation map")

    def slope_at_one(self, *, dps: int = 50) -> Enclosure:
        """Return the derivative at ``rho = 1``, ``sigma_w^2 q V phi'(q)`` over the next variance.

        At a fixed point of the length map it is ``chi_1``.

        Raises
        ------
        OutOfDomain
            If the derivative of the activation has no finite second moment.
        """
        check_dps(dps)
        slopes = ball_moments(self.length.phi).slope

        def at(bits: int) -> arb:
            _, _, whole = self._parts(Angle(1), bits)
            w = as_ball(self.length.weight_variance, bits, "weight_variance")
            q = positive_variance(self.variance, bits, "variance")
            return w * q * slopes.second_moment(q, bits) / whole

        return adaptive(at, dps, "slope of the correlation map")

    def evalf(self, rho: object = None, *, angle_gap: object = None, dps: int = 50) -> mpmath.mpf:
        """Return the next correlation as an mpmath number of ``dps`` right digits."""
        ball = self.enclose(rho, angle_gap=angle_gap, dps=dps + 3)
        with working_digits(dps):
            return +ball.midpoint

    def __call__(
        self, rho: ArrayLike | None = None, *, angle_gap: ArrayLike | None = None
    ) -> NDArray[np.float64]:
        """Return the next correlations of an array of ``rho`` or of ``1 - rho`` in float64."""
        if (rho is None) == (angle_gap is None):
            raise InvalidArgument(expected("rho", "or angle_gap, exactly one of them", rho))
        low, high, name = (-1.0, 1.0, "rho") if angle_gap is None else (0.0, 2.0, "angle_gap")
        array = real_array(name, rho if angle_gap is None else angle_gap)
        flat = array.ravel()
        if not ((flat >= low) & (flat <= high)).all():
            bad = flat[~((flat >= low) & (flat <= high))][0]
            raise OutOfDomain(expected(name, f"inside [{low:g}, {high:g}]", float(bad)))
        w, b, q = (
            float(as_ball(value, 80).mid())
            for value in (self.length.weight_variance, self.length.bias_variance, self.variance)
        )
        variances = np.full(flat.shape, q)
        moments = float_moments(self.length.phi)
        second = moments.second_moment(variances)
        c, gap = (flat, 1 - flat) if angle_gap is None else (1 - flat, flat)
        cross, _ = moments.covariance(variances, None, c, gap, second)
        result = (w * cross + b) / (w * second + b)
        return np.asarray(result.reshape(array.shape), dtype=np.float64)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {sympy.latex(self.recurrence)}$"


def correlation_map(
    phi: Activation | sympy.Expr | str,
    weight_variance: object,
    *,
    bias_variance: object = 0,
    variance: object = 1,
) -> CorrelationMap:
    r"""Return the map of correlations of a fully connected layer at one hidden variance.

    .. math:: c\mapsto\frac{\sigma_w^2W\phi(q,cq)+\sigma_b^2}{\sigma_w^2V\phi(q)+\sigma_b^2}

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        The activation.
    weight_variance, bias_variance : number
        ``sigma_w^2`` and ``sigma_b^2``, not both 0.
    variance : number
        ``q > 0``: a fixed point of the length map, or 1 in a normalised net.

    Returns
    -------
    CorrelationMap
        Call it on arrays, or use ``.closed_form``, ``.recurrence``, ``.enclose``, ``.gap``,
        ``.evalf`` and ``.slope_at_one``.

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If a variance is negative, or ``variance`` is not positive.

    Conventions
    -----------
    Variances, not standard deviations; both inputs have hidden units of the same variance.

    Error
    -----
    `closed_form` exact, `enclose` and `gap` enclosed; in float64 that of the kernel.

    Source
    ------
    shrinkage, equation 2.3 (at ``variance = 1``).

    Examples
    --------
    >>> critical = correlation_map("relu", 2)
    >>> print(critical.slope_at_one(dps=15), critical.enclose(0, dps=15))
    1 0.31830988618379067154
    """
    positive_variance(variance, 64, "variance")
    lengths = length_map(phi, weight_variance, bias_variance=bias_variance)
    if not as_ball(weight_variance, 64) > 0 and not as_ball(bias_variance, 64) > 0:
        raise OutOfDomain(expected("weight_variance", "> 0, or a bias,", weight_variance))
    return CorrelationMap(lengths, variance)


def c_map(phi: Activation | sympy.Expr | str, *, variance: object = 1) -> CorrelationMap:
    r"""Return the correlation map of an activation alone.

    .. math:: C(c)=\frac{W\phi(q,cq)}{V\phi(q)}

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        The activation.
    variance : number
        ``q > 0``, of both arguments.

    Returns
    -------
    CorrelationMap

    Raises
    ------
    InvalidArgument
        If the activation is malformed.
    OutOfDomain
        If ``variance`` is not positive.

    Conventions
    -----------
    ``C(1) = 1``; without division by V it is the dual kernel.

    Error
    -----
    As for `correlation_map`.

    Source
    ------
    thesis, Propositions 5.1 and 5.2 (kernel map, where ``V(1) = 1``).

    Examples
    --------
    >>> c_map("sign").closed_form
    2*asin(rho)/pi
    """
    return correlation_map(phi, 1, variance=variance)
