"""Kernel maps: how one wide normalised layer maps correlations, and where iterating it leads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb

from symprop.foundation.errors import (
    InvalidArgument,
    NoClosedForm,
    OutOfDomain,
    UndecidedComparison,
    expected,
)
from symprop.foundation.validation import check_dps, check_instance
from symprop.gaussian.closed_forms import hermite_closed_form, second_moment_closed_form
from symprop.gaussian.duality import DualKernel, dual_kernel
from symprop.gaussian.expectation import gaussian_expectation, require_square_integrable
from symprop.gaussian.hermite import hermite_coefficients
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball, as_exact, enclose
from symprop.numerics.precision import bits_from_dps
from symprop.specs.activations import Activation, X, activation
from symprop.specs.decisions import is_zero, sign_of

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ConvergenceCase", "KernelMap", "convergence_case", "kernel_map"]

_GUARD = 10
_DECIDING_DPS = (20, 40, 80)


class ConvergenceCase(Enum):
    """Where the iterates of a kernel map go, in the order of Theorem 5.11 of the thesis."""

    CENTRED = "case 1: kappa(0) = 0, towards 0"
    ORDERED = "case 2: kappa(0) > 0 and kappa'(1) < 1, towards 1 exponentially"
    CRITICAL = "case 3: kappa(0) > 0 and kappa'(1) = 1, towards 1 at most like 1/depth"
    CHAOTIC = "case 4: kappa(0) > 0 and kappa'(1) > 1, towards a point inside (0, 1)"
    IDENTITY = "the identity: every correlation is kept"
    UNDECIDED = "undecided: a ball holds the edge between two cases"


@dataclass(frozen=True)
class KernelMap:
    r"""The map of correlations of one normalised layer; built by `kernel_map`.

    .. math:: P(\rho) = \frac{\sigma_b^2 + \sigma_w^2 C(\rho)}{\sigma_b^2 + \sigma_w^2 C(1)},
        \quad C(\rho) = E\,\phi(u)\phi(v)

    With ``recentred`` the mean of ``phi`` is taken off first, as layer normalisation after
    the activation does.
    """

    activation: Activation
    weight_variance: sympy.Expr = sympy.S.One
    bias_variance: sympy.Expr = sympy.S.Zero
    recentred: bool = False

    @cached_property
    def kernel(self) -> DualKernel:
        """The dual kernel of the activation."""
        return dual_kernel(self.activation)

    @cached_property
    def closed_form(self) -> sympy.Expr:
        """The map as a SymPy expression in ``rho``; raises NoClosedForm if there is none."""
        mean = self._exact("mean") ** 2 if self.recentred else sympy.S.Zero
        top = self.bias_variance + self.weight_variance * (self.kernel.closed_form - mean)
        return top / self._exact("scale")

    def enclose(self, rho: object = None, *, angle_gap: object = None, dps: int = 15) -> Enclosure:
        """Return a ball around the map at ``rho`` or at ``1 - angle_gap``."""
        digits = check_dps(dps) + _GUARD
        value = self.kernel.enclose(rho, angle_gap=angle_gap, dps=digits)
        if self.recentred:
            value = value - self._ball("mean", digits) ** 2
        bias, weight = self._variances(digits)
        return (bias + weight * value) / self._ball("scale", digits)

    def deficit(self, rho: object = None, *, angle_gap: object = None, dps: int = 15) -> Enclosure:
        """Return ``1 - P`` to full relative accuracy, however small the gap."""
        digits = check_dps(dps) + _GUARD
        fall = self.kernel.deficit(rho, angle_gap=angle_gap, dps=digits)
        return self._variances(digits)[1] * fall / self._ball("scale", digits)

    def at_zero(self, dps: int = 15) -> Enclosure:
        """Return ``P(0)``, the coefficient of ``rho**0``."""
        return self._coefficient("constant", dps)

    def slope_at_zero(self, dps: int = 15) -> Enclosure:
        """Return ``P'(0)``, the coefficient of ``rho``."""
        return self._coefficient("linear", dps)

    def nonlinear_share(self, dps: int = 15) -> Enclosure:
        """Return ``1 - P(0) - P'(0)``, the sum of all further coefficients."""
        return self._coefficient("rest", dps)

    def slope_at_one(self, dps: int = 15) -> Enclosure:
        """Return ``P'(1)``; an infinite ball where the activation jumps.

        Raises
        ------
        OutOfDomain
            If the derivative of the activation is not proved square-integrable.
        """
        if self.activation.weak_derivative().atoms:
            return Enclosure(arb("inf"))
        return self._coefficient("slope", dps)

    def excess_sign(self) -> int:
        """Return the proved sign of ``P'(1) - 1``.

        Raises
        ------
        UndecidedComparison
            If neither exact algebra nor balls settle it.
        """
        if self.activation.weak_derivative().atoms:
            return 1
        try:
            return self._sign("slope")
        except OutOfDomain:
            # the chord to 1 is less steep than the slope there
            chord = self.deficit(angle_gap=Fraction(1, 10**12), dps=20) * 10**12
            if chord.compare(1) == 1:
                return 1
            raise

    def has_constant(self) -> bool:
        """Whether ``P(0) > 0``, proved either way."""
        return self._sign("constant") > 0

    @cached_property
    def is_identity(self) -> bool:
        """Whether ``P(rho) = rho``: a linear activation without mean and without bias."""
        body = self.activation.expression
        if not (body.is_polynomial(X) and sympy.degree(body, X) <= 1):
            return False
        return not self.has_constant()

    def _variances(self, dps: int) -> tuple[Enclosure, Enclosure]:
        bits = bits_from_dps(dps)
        return (
            Enclosure(as_ball(self.bias_variance, bits)),
            Enclosure(as_ball(self.weight_variance, bits)),
        )

    @cached_property
    def _known(self) -> dict[tuple[str, int], Any]:
        """Moments found so far, by name and digits; 0 digits stand for exact ones."""
        return {}

    def _exact(self, name: str) -> sympy.Expr:
        """Return an exact moment; raises NoClosedForm."""
        if (name, 0) not in self._known:
            self._known[name, 0] = self._exact_anew(name)
        return self._known[name, 0]

    def _exact_anew(self, name: str) -> sympy.Expr:
        phi = self.activation
        if name == "mean":
            odd = phi.parity == "odd"
            return sympy.S.Zero if odd else hermite_closed_form(phi, 0, variance=sympy.S.One)[0]
        if name == "hermite":
            even = phi.parity == "even"
            return sympy.S.Zero if even else hermite_closed_form(phi, 1, variance=sympy.S.One)[1]
        if name == "square":
            return second_moment_closed_form(phi, variance=sympy.S.One)
        if name == "steepness":
            derivative = self._derivative()
            return second_moment_closed_form(derivative, variance=sympy.S.One)
        mean, square = self._exact("mean") ** 2, self._exact("square")
        kept = sympy.S.Zero if self.recentred else mean
        spread = square - mean + kept
        return _assembled(name, self, kept, spread, self._exact)

    def _ball(self, name: str, dps: int) -> Enclosure:
        """Return the same moment as a ball."""
        if (name, dps) not in self._known:
            self._known[name, dps] = self._ball_anew(name, dps)
        found: Enclosure = self._known[name, dps]
        return found

    def _ball_anew(self, name: str, dps: int) -> Enclosure:
        try:
            return enclose(self._exact(name), dps=dps)
        except NoClosedForm:
            pass
        phi = self.activation
        if name in ("mean", "hermite"):
            order = int(name == "hermite")
            return hermite_coefficients(phi, order, dps=dps).enclosures[order]
        if name == "square":
            return self.kernel.enclose(1, dps=dps)
        if name == "steepness":
            squared = activation(self._derivative().expression ** 2)
            return gaussian_expectation(squared, dps)
        bias, weight = self._variances(dps)
        mean, square = self._ball("mean", dps) ** 2, self._ball("square", dps)
        kept = Enclosure(0) if self.recentred else mean
        spread = square - mean + kept
        variances = _Weighted(weight, bias)
        value: Enclosure = _assembled(
            name, variances, kept, spread, lambda part: self._ball(part, dps)
        )
        return value

    def _derivative(self) -> Activation:
        weak = self.activation.weak_derivative()
        require_square_integrable(weak.regular, 1)
        return weak.regular

    def _coefficient(self, name: str, dps: int) -> Enclosure:
        try:
            exact = self._exact(name) / self._exact("scale")
        except NoClosedForm:
            digits = check_dps(dps) + _GUARD
            return self._ball(name, digits) / self._ball("scale", digits)
        return Enclosure(0) if is_zero(exact) else enclose(exact, dps=dps)

    def _sign(self, name: str) -> int:
        """Return the sign of a coefficient, or of the slope at 1 less 1."""
        try:
            exact = self._exact(name)
            return sign_of(exact - self._exact("scale") if name == "slope" else exact)
        except NoClosedForm:
            pass
        ball = Enclosure(0)
        for dps in _DECIDING_DPS:
            ball = self._ball(name, dps)
            sign = (ball - self._ball("scale", dps) if name == "slope" else ball).compare(0)
            if sign is not None:
                return sign
        raise UndecidedComparison(f"Expected the sign of the {name} to be proved but got {ball}.")


@dataclass(frozen=True)
class _Weighted:
    weight_variance: Enclosure
    bias_variance: Enclosure


def _assembled(
    name: str,
    variances: KernelMap | _Weighted,
    kept: Any,
    spread: Any,
    moment: Callable[[str], Any],
) -> Any:
    """Return a coefficient times the scale ``bias + weight * spread``."""
    weight, bias = variances.weight_variance, variances.bias_variance
    if name == "scale":
        return bias + weight * spread
    if name == "constant":
        return bias + weight * kept
    if name == "linear":
        return weight * moment("hermite") ** 2
    if name == "rest":
        return weight * (spread - kept - moment("hermite") ** 2)
    return weight * moment("steepness")


def kernel_map(
    phi: Activation | sympy.Expr | str,
    *,
    weight_variance: object = 1,
    bias_variance: object = 0,
    recentred: bool = False,
) -> KernelMap:
    r"""Return the map of correlations of one wide layer with normalised output.

    .. math:: P(\rho) = (\sigma_b^2 + \sigma_w^2 C(\rho)) / (\sigma_b^2 + \sigma_w^2 C(1))

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        Square-integrable.
    weight_variance, bias_variance : number
        Exact; > 0 and >= 0. Without bias this is the kernel map of ``phi`` scaled to unit
        second moment.
    recentred : bool
        Whether the mean of ``phi`` is taken off, as by layer normalisation after it.

    Returns
    -------
    KernelMap

    Raises
    ------
    OutOfDomain
        If ``phi`` is not square-integrable, is zero (or constant, if ``recentred``), or a
        variance is out of range.

    Conventions
    -----------
    Preactivations have unit variance; variances, not standard deviations.

    Error
    -----
    Enclosed; coefficients exact where the activation has closed forms.

    Source
    ------
    shrinkage, eq. 2.3; thesis, Definition 5.3 and section 5.6.

    Examples
    --------
    >>> kernel_map("erf", bias_variance=1).at_zero().compare(0)
    1
    >>> print(kernel_map("gelu").slope_at_one().proved_digits(15))
    1.07203159843629
    """
    exact = []
    for name, value in (("weight_variance", weight_variance), ("bias_variance", bias_variance)):
        number = as_exact(value, name)
        if number is None:
            raise InvalidArgument(expected(name, "to be exact", value))
        exact.append(number)
    if sign_of(exact[0]) <= 0:
        raise OutOfDomain(expected("weight_variance", "> 0", weight_variance))
    if sign_of(exact[1]) < 0:
        raise OutOfDomain(expected("bias_variance", ">= 0", bias_variance))
    function = activation(phi)
    require_square_integrable(function, 1)
    body = function.expression
    if sign_of(exact[1]) == 0 and (body == 0 or (recentred and not body.free_symbols)):
        raise OutOfDomain(expected("phi", "with output that varies", function.name))
    return KernelMap(function, exact[0], exact[1], recentred)


def convergence_case(kernel: KernelMap) -> ConvergenceCase:
    """Return which case of the convergence theorem a kernel map is in, decided by balls.

    A ball that holds the edge between two cases gives UNDECIDED.

    Examples
    --------
    >>> convergence_case(kernel_map("relu")).name
    'CRITICAL'
    """
    check_instance("kernel", kernel, KernelMap)
    try:
        if kernel.is_identity:
            return ConvergenceCase.IDENTITY
        if not kernel.has_constant():
            return ConvergenceCase.CENTRED
        sign = kernel.excess_sign()
    except (UndecidedComparison, OutOfDomain):
        return ConvergenceCase.UNDECIDED
    return {
        -1: ConvergenceCase.ORDERED,
        0: ConvergenceCase.CRITICAL,
        1: ConvergenceCase.CHAOTIC,
    }[sign]
