"""Dual kernels ``kappa(rho) = E phi(sqrt(q1) u) psi(sqrt(q2) v)`` and their four faces."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import mpmath
import sympy
from flint import arb

from symprop.foundation.errors import (
    InvalidArgument,
    NoClosedForm,
    OutOfDomain,
    PrecisionNotReached,
    expected,
)
from symprop.foundation.validation import check_dps, check_integer
from symprop.gaussian.closed_forms import RHO, kernel_closed_form
from symprop.gaussian.correlations import Angle
from symprop.gaussian.expectation import positive_variance, require_square_integrable
from symprop.gaussian.hermite import MAX_ORDER, hermite_coefficients
from symprop.gaussian.kernel_values import kernel_ball, vanishes
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import adaptive, as_ball, as_exact, compile_ball, enclose
from symprop.numerics.precision import working_bits, working_digits
from symprop.specs.activations import Activation, activation

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from symprop.gaussian.float_kernels import FloatKernel

__all__ = ["DualKernel", "dual_kernel"]

_CLOSED_FORM_DOUBLINGS = 6
_HIGHEST_DERIVATIVE = 1000
_LONGEST_DERIVATIVE = 4000  # operations
_QUADRATURE_BITS = 500  # beyond, a double integral that may be zero takes minutes


@dataclass(frozen=True)
class DualKernel:
    r"""The dual kernel of a pair of activations, with exact, certified and float64 faces.

    .. math:: \kappa(\rho) = E\, \phi(\sqrt{q_1}\, u)\, \psi(\sqrt{q_2}\, v),\quad
        \mathrm{Cov}(u, v) = \rho

    Built by `dual_kernel`; ``variances`` are SymPy numbers where exact, else balls.
    """

    phi: Activation
    psi: Activation
    variances: tuple[Any, Any] = (1, 1)
    factor: sympy.Expr = field(default=sympy.S.One, repr=False)

    @cached_property
    def closed_form(self) -> sympy.Expr:
        """The kernel as a SymPy expression in the symbol ``rho``.

        Raises
        ------
        NoClosedForm
            At once, if Price's theorem does not end in known functions.
        """
        if self._is_zero:
            return sympy.S.Zero
        q1, q2 = (as_exact(value, "variances") for value in self.variances)
        if q1 is None or q2 is None:
            raise NoClosedForm("Expected exact variances for a closed form but got balls.")
        return self.factor * kernel_closed_form(self.phi, self.psi, variances=(q1, q2))

    @property
    def has_closed_form(self) -> bool:
        """Whether `closed_form` exists."""
        try:
            return self.closed_form is not None
        except NoClosedForm:
            return False

    def enclose(self, rho: object = None, *, angle_gap: object = None, dps: int = 50) -> Enclosure:
        """Return a ball around ``kappa(rho)``.

        Parameters
        ----------
        rho : number, optional
            Correlation in [-1, 1].
        angle_gap : number, optional
            ``1 - rho``, instead of ``rho``.
        dps : int
            Relative digits to prove.

        Returns
        -------
        Enclosure
            Exactly 0 where parity or the closed form proves it. A ball around 0 of radius
            below ``10**(-4*dps - 40)`` where the kernel is too small to find its digits.

        Raises
        ------
        OutOfDomain
            If the correlation lies outside [-1, 1].
        PrecisionNotReached
            If the digits cannot be proved, as for an argument that is a wide ball.
        """
        check_dps(dps)
        angle = Angle(rho, angle_gap)
        if self._is_zero or (angle.exact == 0 and "odd" in self._parities):
            return Enclosure(0)
        if self._vanishes_at_end(angle.exact):
            return Enclosure(0)
        try:
            return self._adaptive(
                lambda bits, form: self._ball(angle, bits, form), dps, "dual kernel", angle
            )
        except PrecisionNotReached as error:
            raise self._finite(error, angle) from None

    def deficit(self, rho: object = None, *, angle_gap: object = None, dps: int = 50) -> Enclosure:
        """Return ``kappa(1) - kappa(rho)`` to ``dps`` relative digits, however small the gap."""
        check_dps(dps)
        angle, one = Angle(rho, angle_gap), Angle(1)
        if self._is_zero:
            return Enclosure(0)
        lost = angle.cancelled_bits()

        def difference(bits: int, closed: bool) -> arb:
            bits += 3 * lost // 2 if closed else lost  # sqrt(1 - rho**2) is steep in rho
            with working_bits(bits):
                return self._ball(one, bits, closed) - self._ball(angle, bits, closed)

        return self._adaptive(difference, dps, "deficit", angle)

    @property
    def _parities(self) -> tuple[str | None, str | None]:
        return self.phi.parity, self.psi.parity

    @property
    def _is_zero(self) -> bool:
        return vanishes(self.phi, self.psi)

    def _vanishes_at_end(self, rho: sympy.Expr | None) -> bool:
        """Whether the closed form is 0 at ``rho = +-1``, where balls would only be tiny."""
        return rho in (1, -1) and self.has_closed_form and self.closed_form.subs(RHO, rho) == 0

    def _adaptive(
        self, function: Callable[[int, bool], arb], dps: int, what: str, angle: Angle
    ) -> Enclosure:
        """Try the closed form first; quadrature where it cancels hopelessly or is missing.

        At extreme variances a closed form can be the difference of numbers like exp(10^11).
        """
        if self.has_closed_form:
            try:
                return adaptive(
                    lambda bits: function(bits, True), dps, what, doublings=_CLOSED_FORM_DOUBLINGS
                )
            except PrecisionNotReached as error:
                if not self._has_quadrature or (error.best is not None and angle.exact is None):
                    raise  # no rule does better on a wide argument
                try:
                    return adaptive(
                        lambda bits: function(bits, False), dps, what, zero_bits=_QUADRATURE_BITS
                    )
                except PrecisionNotReached:
                    raise error from None
        return adaptive(lambda bits: function(bits, False), dps, what, zero_bits=_QUADRATURE_BITS)

    def _finite(self, error: PrecisionNotReached, angle: Angle) -> Exception:
        """Return the error to raise: a pole is not a lack of digits."""
        if error.best is None and angle.exact in (1, -1):
            return OutOfDomain(expected("rho", "where the kernel is finite", angle.exact))
        return error

    _has_quadrature: ClassVar[bool] = True

    def evalf(self, rho: object = None, *, angle_gap: object = None, dps: int = 50) -> mpmath.mpf:
        """Return the kernel as an mpmath number of ``dps`` digits, all of them right."""
        check_dps(dps)
        ball = self.enclose(rho, angle_gap=angle_gap, dps=dps + 3)
        with working_digits(dps):
            return +ball.midpoint

    def __call__(
        self, rho: ArrayLike | None = None, *, angle_gap: ArrayLike | None = None
    ) -> NDArray[np.float64]:
        """Return the kernel on an array of correlations, in float64.

        The absolute error is at most `float_face` ``.error``. NaN and correlations outside
        [-1, 1] are refused.
        """
        return self._factor * self.float_face(rho, angle_gap=angle_gap)

    @cached_property
    def float_face(self) -> FloatKernel:
        """The vectorised kernel behind a plain call, without ``factor``, and its error bound."""
        from symprop.gaussian.float_faces import float_kernel

        return float_kernel(self.phi, self.psi, self.variances)

    @cached_property
    def _factor(self) -> float:
        return float(enclose(self.factor, dps=20))

    def derivative(self, n: int = 1) -> DualKernel:
        """Return the ``n``-th derivative in rho, a kernel of the derived activations.

        By Price's theorem it is ``(q1 q2)^(n/2)`` times the dual kernel of the n-th
        derivatives. Where a derivative has point masses the closed form is
        differentiated instead.

        Raises
        ------
        InvalidArgument
            If ``n`` is not an integer from 0 to 1000.
        OutOfDomain
            If the derivatives become too long before the n-th.
        """
        check_integer("n", n, minimum=0, maximum=_HIGHEST_DERIVATIVE)
        result: DualKernel = self
        for order in range(n):
            if result.phi.expression == 0 or result.psi.expression == 0:
                break
            if result._length() > _LONGEST_DERIVATIVE:
                condition = f"<= {order} for {self.phi.name}, whose derivatives grow too long,"
                raise OutOfDomain(expected("n", condition, n))
            result = result._price()
        return result

    def _length(self) -> int:
        return int(self.phi.expression.count_ops() + self.psi.expression.count_ops())

    def _price(self) -> DualKernel:
        first = self.phi.weak_derivative()
        second = first if self.psi == self.phi else self.psi.weak_derivative()
        q1, q2 = (as_exact(value, "variances") for value in self.variances)
        if first.atoms or second.atoms or q1 is None or q2 is None:
            return DifferentiatedKernel(
                self.phi, self.psi, self.variances, self.factor, sympy.diff(self.closed_form, RHO)
            )
        factor = self.factor * sympy.sqrt(q1 * q2)
        return DualKernel(first.regular, second.regular, self.variances, factor)

    def series(self, n: int, *, dps: int = 15) -> tuple[Any, ...]:
        """Return the coefficients of ``rho**0 .. rho**n``: exact if known, balls otherwise."""
        check_integer("n", n, minimum=0, maximum=MAX_ORDER)
        first = hermite_coefficients(self.phi, n, variance=self.variances[0], dps=dps)
        second = (
            first
            if self.psi == self.phi and self.variances[0] == self.variances[1]
            else hermite_coefficients(self.psi, n, variance=self.variances[1], dps=dps)
        )
        if first.exact is not None and second.exact is not None:
            return tuple(
                self.factor * a * b for a, b in zip(first.exact, second.exact, strict=True)
            )
        scale = Enclosure(compile_ball(self.factor)())
        return tuple(
            scale * a * b for a, b in zip(first.enclosures, second.enclosures, strict=True)
        )

    @cached_property
    def _compiled(self) -> Any:
        return compile_ball(self.closed_form, (RHO,))

    def _ball(self, angle: Angle, bits: int, closed: bool) -> arb:
        if closed:
            rho, _ = angle.balls(bits)
            value = self._compiled(rho)
            return value if isinstance(value, arb) else value.real
        factor = compile_ball(self.factor)()
        return factor * kernel_ball(self.phi, self.psi, self.variances, angle, bits)

    def _repr_latex_(self) -> str:
        body = sympy.latex(self.closed_form) if self.has_closed_form else "\\text{no closed form}"
        return f"$\\kappa(\\rho) = {body}$"


@dataclass(frozen=True)
class DifferentiatedKernel(DualKernel):
    """A derivative known only through its closed form."""

    form: sympy.Expr = sympy.S.Zero
    _has_quadrature: ClassVar[bool] = False

    @property
    def closed_form(self) -> sympy.Expr:
        """The derivative of the closed form."""
        return self.form

    def __call__(
        self, rho: ArrayLike | None = None, *, angle_gap: ArrayLike | None = None
    ) -> NDArray[np.float64]:
        """Return the derivative on an array, entry by entry from its balls."""
        import numpy as np

        name, entries = _given(rho, angle_gap)
        balls = (self.enclose(**{name: x}, dps=17) for x in entries.ravel().tolist())
        return np.array([float(ball) for ball in balls]).reshape(entries.shape)

    def _length(self) -> int:
        return int(self.form.count_ops())

    def _price(self) -> DualKernel:
        return DifferentiatedKernel(
            self.phi, self.psi, self.variances, self.factor, sympy.diff(self.form, RHO)
        )


def _given(rho: object, angle_gap: object) -> tuple[str, NDArray[np.float64]]:
    """Return the name of the argument that is given, and its array."""
    from symprop.numerics.arrays import real_array

    if (rho is None) == (angle_gap is None):
        raise InvalidArgument(
            expected("rho", "or angle_gap, exactly one of them", (rho, angle_gap))
        )
    name, value = ("rho", rho) if angle_gap is None else ("angle_gap", angle_gap)
    return name, real_array(name, value)


def dual_kernel(
    phi: Activation | sympy.Expr | str,
    psi: Activation | sympy.Expr | str | None = None,
    *,
    variances: tuple[object, object] = (1, 1),
) -> DualKernel:
    r"""Return the dual kernel of ``phi`` (or of the pair ``phi, psi``).

    .. math:: \kappa(\rho) = E\, \phi(\sqrt{q_1}\, u)\, \psi(\sqrt{q_2}\, v)

    Parameters
    ----------
    phi, psi : Activation, sympy.Expr or str
        Square-integrable activations; ``psi`` defaults to ``phi``.
    variances : pair of numbers
        ``(q1, q2)``, both > 0.

    Returns
    -------
    DualKernel

    Raises
    ------
    OutOfDomain
        If an activation is not proved square-integrable, or a variance is not positive.

    Conventions
    -----------
    ``u, v`` are standard normal with correlation ``rho``; variances, not standard deviations.

    Error
    -----
    `closed_form` exact; `enclose`, `deficit` enclosed; a plain call within its stated bound.

    Source
    ------
    thesis, Definition 5.3; residual, Definition 5.3 (W); shrinkage, eq. 2.3.

    Examples
    --------
    >>> dual_kernel("erf").closed_form
    2*asin(2*rho/3)/pi
    >>> print(dual_kernel("tanh").enclose("1/2", dps=20).proved_digits(20))
    0.18632441320344808611
    """
    first = activation(phi)
    second = first if psi is None else activation(psi)
    pair = _pair(variances)
    for function, variance in zip((first, second), pair, strict=True):
        positive_variance(variance, 64, "variances")
        require_square_integrable(function, variance)
    return DualKernel(first, second, pair)


def _pair(variances: Any) -> tuple[Any, Any]:
    """Return two variances; a string or a set is no pair, whatever its length."""
    is_sequence = hasattr(variances, "__getitem__") and hasattr(variances, "__len__")
    if not is_sequence or isinstance(variances, str | bytes | dict) or len(variances) != 2:
        raise InvalidArgument(expected("variances", "to be a pair of numbers", variances))
    return _exact_or_ball(variances[0]), _exact_or_ball(variances[1])


def _exact_or_ball(value: object) -> object:
    """Return an exact number as SymPy's, so that equal variances compare equal; else a ball."""
    exact = as_exact(value, "variances")
    return Enclosure(as_ball(value, 64)) if exact is None else exact
