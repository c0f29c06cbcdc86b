r"""Primitives :math:`\int e^{pL}R(L)\,dL`: logarithmic integrals and incomplete gamma functions.

With ``L = log z`` they are the primitives of ``z**(p - 1) R(log z)``. Sums of
``c (L + a)**b`` are done in closed form; any other R is integrated numerically, from a base point
if the integral grows and from infinity if it decays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy
from flint import acb, arb

from symprop.asymptotics.logarithmic_coefficients import LOG
from symprop.asymptotics.scalars import constant_ball
from symprop.foundation.errors import OutOfDomain, expected
from symprop.foundation.validation import check_instance
from symprop.numerics.evaluation import as_exact, compile_ball

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LogPrimitive", "log_primitive"]

_POINT = sympy.Symbol("v", positive=True)
_TILES, _TILES_A_UNIT = 200, 4


@dataclass(frozen=True)
class LogPrimitive:
    """A primitive of ``exp(p L) R(L)``, as closed terms and a rest that is integrated.

    Parameters
    ----------
    rate : sympy.Expr
        p.
    terms : tuple
        Coefficient c, shift a and exponent b of each ``c (L + a)**b`` in R.
    decays : bool
        Whether p is negative, at the sample if it has symbols.
    rest : sympy.Expr
        What else R holds.
    base : sympy.Expr
        Where the integral of the rest begins; it is not used if there is none.
    """

    rate: sympy.Expr
    terms: tuple[tuple[sympy.Expr, sympy.Expr, sympy.Expr], ...]
    decays: bool
    rest: sympy.Expr = sympy.S.Zero
    base: sympy.Expr = sympy.oo

    def expression(self, large: sympy.Expr) -> sympy.Expr:
        """Return the primitive at ``L = log(large)``."""
        logarithm = sympy.log(large)
        closed = (c * self._closed(b, shift, large, logarithm) for c, shift, b in self.terms)
        total = sympy.Add(*closed)
        if self.rest == 0:
            return total
        integrand = (sympy.exp(self.rate * LOG) * self.rest).subs(LOG, _POINT)
        if self.base is sympy.oo:
            return total - sympy.Integral(integrand, (_POINT, logarithm, sympy.oo))
        return total + sympy.Integral(integrand, (_POINT, self.base, logarithm))

    def _closed(
        self, power: sympy.Expr, shift: sympy.Expr, large: sympy.Expr, logarithm: sympy.Expr
    ) -> sympy.Expr:
        """Return the primitive of ``exp(p L) (L + a)**b``."""
        rate, x = self.rate, logarithm + shift
        if rate == 0:
            return sympy.log(x) if power == -1 else x ** (power + 1) / (power + 1)
        if power.is_Integer and power >= 0:
            lower = self._closed(power - 1, shift, large, logarithm) if power else 0
            return large**rate * x**power / rate - power * lower / rate
        if power == -1:
            return sympy.exp(-rate * shift) * sympy.Ei(rate * x)
        if power.is_Integer:
            lower = self._closed(power + 1, shift, large, logarithm)
            return (large**rate * x ** (power + 1) - rate * lower) / (power + 1)
        if self.decays:
            incomplete = sympy.uppergamma(power + 1, -rate * x)
            return -sympy.exp(-rate * shift) * (-rate) ** (-power - 1) * incomplete
        confluent = sympy.hyper((power + 1,), (power + 2,), rate * x)
        return sympy.exp(-rate * shift) * x ** (power + 1) * confluent / (power + 1)

    def ball(self, logarithm: arb, values: Mapping[sympy.Symbol, object], bits: int) -> arb:
        """Return the primitive at ``L = logarithm``."""
        rate = constant_ball(self.rate, values, bits)
        exact = {symbol: as_exact(value) for symbol, value in values.items()}
        known_exactly = {symbol: value for symbol, value in exact.items() if value is not None}
        total = arb(0)
        for coefficient, shift, symbolic in self.terms:
            power = symbolic.subs(known_exactly)  # whole exponents are cases of their own
            weight, a = (constant_ball(part, values, bits) for part in (coefficient, shift))
            total += (
                weight
                * (-rate * a).exp()
                * _closed_ball(rate, power, constant_ball(power, values, bits), logarithm + a)
            )
        if self.rest == 0:
            return total
        named = sorted(self.rest.free_symbols - {LOG}, key=str)
        known = [constant_ball(symbol, values, bits) for symbol in named]
        function = compile_ball(self.rest, [LOG, *named])

        def integrand(x: acb, analytic: bool) -> acb:
            return (rate * x).exp() * acb(function(x, *known, analytic=analytic))

        if self.base is not sympy.oo:
            start = constant_ball(self.base, values, bits)
            return total + acb.integral(integrand, start, logarithm).real
        far = logarithm + bits / -rate
        return total - acb.integral(integrand, logarithm, far).real


def _closed_ball(rate: arb, power: sympy.Expr, exponent: arb, x: arb) -> arb:
    """Return the primitive of ``exp(p x) x**b``."""
    if rate == 0:
        return x.log() if power == -1 else x ** (exponent + 1) / (exponent + 1)
    if power.is_Integer and power >= 0:
        total = arb(0)
        for k in range(int(power) + 1):
            total = (x**k - k * total) / rate
        return (rate * x).exp() * total
    if power.is_Integer:
        total = (rate * x).ei()
        for k in range(1, -int(power)):
            total = (rate * total - (rate * x).exp() * x ** (-k)) / k
        return total
    if rate < 0:
        return -((-rate) ** (-exponent - 1)) * (-rate * x).gamma_upper(exponent + 1)
    series = (rate * x).hypgeom([exponent + 1], [exponent + 2])
    return x ** (exponent + 1) * series / (exponent + 1)


def log_primitive(
    rate: sympy.Expr, coefficient: sympy.Expr, *, decays: bool | None = None
) -> LogPrimitive:
    r"""Return the primitive of ``exp(p L) R(L)``, without constant term or from a base point.

    Parameters
    ----------
    rate : sympy.Expr
        p, real.
    coefficient : sympy.Expr
        R, in `LOG`.
    decays : bool, optional
        Whether p is negative; by default p is a number and tells.

    Returns
    -------
    LogPrimitive

    Raises
    ------
    InvalidArgument
        If an argument is no SymPy expression.
    OutOfDomain
        If no base point is found beyond which R is regular.

    Examples
    --------
    >>> u = sympy.Symbol("u", positive=True)
    >>> log_primitive(sympy.Integer(1), 1 / LOG).expression(u)
    Ei(log(u))
    """
    check_instance("rate", rate, sympy.Expr)
    split = check_instance("coefficient", coefficient, sympy.Expr)
    if coefficient.is_rational_function(LOG):
        split = sympy.apart(sympy.together(coefficient), LOG)
    terms, rest = [], sympy.S.Zero
    for part in sympy.Add.make_args(sympy.expand(split)):
        term = _shifted_power(part)
        if term is None:
            rest += part
        else:
            terms.append(term)
    falls = bool(rate < 0) if decays is None else decays
    base = sympy.oo if falls or rest == 0 else _regular_from(rest)
    return LogPrimitive(rate, tuple(terms), falls, rest, base)


def _shifted_power(part: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr, sympy.Expr] | None:
    """Write ``part`` as ``c (L + a)**b``, if it is of that form."""
    constant, moving = part.as_independent(LOG, as_Add=False)
    base, power = sympy.powsimp(moving).as_base_exp()
    if moving == 1:
        return part, sympy.S.Zero, sympy.S.Zero
    if power.has(LOG) or not base.is_polynomial(LOG) or sympy.degree(base, LOG) != 1:
        return None
    slope, shift = base.coeff(LOG, 1), base.coeff(LOG, 0)
    if shift.is_extended_real is False or slope.is_positive is False:
        return None
    return constant * slope**power, shift / slope, power


def _regular_from(rest: sympy.Expr) -> sympy.Expr:
    """Return a whole point beyond which balls show no singularity, as far as any orbit goes."""
    if rest.free_symbols != {LOG}:
        condition = "to have numbers in place of symbols, for a primitive that has no closed form"
        raise OutOfDomain(expected("increment", condition, rest))
    function, last = compile_ball(rest, [LOG]), 0
    for tile in range(_TILES):
        middle = (arb(tile) + arb("0.5")) / _TILES_A_UNIT
        try:
            value: Any = function(middle + arb(0, 0.5 / _TILES_A_UNIT))
        except (OutOfDomain, ZeroDivisionError):
            value = arb("nan")
        if not value.is_finite():
            last = tile + 1
    if last > _TILES // 2:
        raise OutOfDomain(expected("increment", "to be regular for large u", rest))
    return sympy.Integer(-(-last // _TILES_A_UNIT) or 1)
