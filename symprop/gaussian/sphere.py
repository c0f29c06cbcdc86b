r"""Exact moments on the sphere: of coordinates and of quadratic forms.

For ``u`` uniform on the unit sphere of ``d`` dimensions and ``z`` standard normal, ``z = |z| u``
with a length that is independent of the direction, so that moments of degree ``2k`` are those of
``z`` over :math:`\mathrm E|z|^{2k}=d(d+2)\cdots(d+2k-2)`.
"""

from __future__ import annotations

from collections import Counter
from functools import reduce
from operator import mul
from typing import TYPE_CHECKING, Any

import sympy

from symprop.foundation.errors import InvalidArgument, NoClosedForm, OutOfDomain, expected
from symprop.foundation.validation import check_integer, check_sequence
from symprop.gaussian.orthogonal_moments import D
from symprop.numerics.evaluation import as_exact, as_size

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "log_form_closed_form",
    "ratio_closed_form",
    "ratio_distribution",
    "sphere_moment",
    "sphere_moments_of_form",
]

_PAIR = 2
_HIGHEST = 1000  # power or order; beyond, exact numbers fill the memory


def sphere_moment(powers: Sequence[int], dimension: Any = D) -> sympy.Expr:
    r"""Return the expectation of a monomial of the coordinates of a uniform unit vector.

    .. math:: \mathrm E\prod_iu_i^{a_i}
        =\frac{\prod_i(a_i-1)!!}{d(d+2)\cdots(d+\sum_ia_i-2)},\qquad a_i\text{ even}

    Parameters
    ----------
    powers : sequence of int
        Exponents ``a`` of distinct coordinates; 0 if one of them is odd.
    dimension : int or sympy.Symbol
        ``d``, at least the number of exponents.

    Returns
    -------
    sympy.Expr
        A rational function of ``d``, or its value.

    Raises
    ------
    InvalidArgument
        If an exponent is no integer from 0 to 1000, or there are more of them than dimensions.

    Error
    -----
    Exact.

    Source
    ------
    thesis, appendix C.1 (where the Weingarten calculus gives the same).

    Examples
    --------
    >>> sphere_moment([2, 2]), sphere_moment([4], 3)
    (1/(d*(d + 2)), 1/5)
    """
    exponents = [
        check_integer("power", power, minimum=0, maximum=_HIGHEST)
        for power in check_sequence("powers", powers, "integers")
    ]
    size = as_size("dimension", dimension, minimum=max(1, len(exponents)))
    if any(exponent % 2 for exponent in exponents):
        return sympy.S.Zero
    top = reduce(mul, (sympy.factorial2(exponent - 1) for exponent in exponents), sympy.S.One)
    return top / _length_moment(size, sum(exponents) // 2)


def sphere_moments_of_form(
    eigenvalues: Sequence[Any], order: int, multiplicities: Sequence[int] | None = None
) -> tuple[sympy.Expr, ...]:
    r"""Return the moments of a quadratic form of a uniform unit vector, from order 0 on.

    .. math:: \mathrm E(u^\top\Lambda u)^m=\frac{\mu_m}{d(d+2)\cdots(d+2m-2)},\qquad
        \mu_m=\sum_{j<m}\binom{m-1}j2^{m-j-1}(m-j-1)!\,\operatorname{tr}\Lambda^{m-j}\mu_j

    Parameters
    ----------
    eigenvalues : sequence of numbers or SymPy expressions
        Of :math:`\Lambda`; they may hold symbols.
    order : int
        Highest moment, up to 1000.
    multiplicities : sequence of int, optional
        How often each occurs; once by default. Their sum is ``d``.

    Returns
    -------
    tuple of sympy.Expr

    Raises
    ------
    InvalidArgument
        If there are no eigenvalues, or not as many multiplicities, or an argument is malformed.

    Error
    -----
    Exact.

    Source
    ------
    thesis, proof of Theorem C.4 (second moments of the lengths of rows).

    Examples
    --------
    >>> e = sympy.Symbol("e")
    >>> sphere_moments_of_form([1 + e, 1 - e], 2)
    (1, 1, e**2/2 + 1)
    """
    order = check_integer("order", order, minimum=0, maximum=_HIGHEST)
    values, counts = _with_multiplicities(eigenvalues, multiplicities)
    traces = [
        sympy.S.Zero,
        *(
            sum((n * v**power for v, n in zip(values, counts, strict=True)), sympy.S.Zero)
            for power in range(1, order + 1)
        ),
    ]
    shares = [sympy.S.One]  # moments of the form of a normal vector, over 2^m m!
    for m in range(1, order + 1):
        terms = (traces[m - j] * share for j, share in enumerate(shares))
        shares.append(sympy.expand(sum(terms, sympy.S.Zero) / (2 * m)))
    length, moments = sympy.S.One, []
    for m, share in enumerate(shares):
        moments.append(sympy.expand(share * length))
        length *= sympy.Integer(2 * m + 2) / (sum(counts) + 2 * m)
    return tuple(moments)


def log_form_closed_form(
    eigenvalues: Sequence[Any], multiplicities: Sequence[int] | None = None
) -> sympy.Expr:
    r"""Return the expectation of the logarithm of a quadratic form, where it is elementary.

    .. math:: \mathrm E\log u^\top\Lambda u=2\log\frac{\sqrt{\lambda_1}+\sqrt{\lambda_2}}2
        \quad(d=2)

    With even multiplicities ``2 m_k`` it is a sum of powers times logarithms: the squares of pairs
    of coordinates are uniform on a simplex, and the mean of a function of a linear form there is a
    divided difference. With one eigenvalue apart from zeros it is a digamma function.

    Parameters
    ----------
    eigenvalues : sequence of exact numbers or symbols
        Of :math:`\Lambda`, positive and distinct, or zero.
    multiplicities : sequence of int, optional
        How often each occurs; once by default.

    Returns
    -------
    sympy.Expr

    Raises
    ------
    InvalidArgument
        If there are no eigenvalues, two are equal, or they and the multiplicities do not match.
    OutOfDomain
        If an eigenvalue is negative, or all are zero.
    NoClosedForm
        For other multiplicities.

    Error
    -----
    Exact.

    Source
    ------
    thesis, Corollary 6.4 (where its mean is bounded); the two-dimensional form by integration.

    Examples
    --------
    >>> e = sympy.Symbol("e", positive=True)
    >>> log_form_closed_form([1, e], [2, 2])
    e*log(e)/(e - 1) - 1
    """
    values, counts = _with_multiplicities(eigenvalues, multiplicities)
    _check_signs(values)
    positive = [(v, n) for v, n in zip(values, counts, strict=True) if v != 0]
    size = sum(counts)
    if len(positive) == 1:
        value, count = positive[0]
        half = sympy.Rational(1, 2)
        offset = sympy.digamma(count * half) - sympy.digamma(size * half)
        return sympy.log(value) + (sympy.simplify(offset) if count < size else 0)
    if len(values) == 2 and counts == [1, 1]:
        first, second = (sympy.sqrt(value) for value in values)
        return 2 * sympy.log((first + second) / 2)
    if any(count % _PAIR for _, count in positive) or size != sum(n for _, n in positive):
        raise NoClosedForm(
            "The mean logarithm of a quadratic form on the sphere has a closed form in two "
            "dimensions, for even multiplicities of positive eigenvalues, and for one eigenvalue "
            "apart from zeros."
        )
    return _simplex_mean_logarithm(positive, size // _PAIR)


def ratio_closed_form(
    eigenvalues: Sequence[Any], index: int, multiplicities: Sequence[int] | None = None
) -> sympy.Expr:
    r"""Return :math:`\mathrm E\,\lambda_iz_i^2/\sum_k\lambda_kz_k^2` where it is elementary.

    .. math:: \lambda_i\frac{\partial}{\partial\lambda_i}\,\mathrm E\log z^\top\Lambda z
        =\frac{\sqrt{\lambda_i}}{\sqrt{\lambda_1}+\sqrt{\lambda_2}}\quad(d=2)

    Parameters
    ----------
    eigenvalues : sequence of exact numbers or symbols
        Of :math:`\Lambda`.
    index : int
        ``i``, counted from 0 in the sequence given.
    multiplicities : sequence of int, optional
        How often each occurs; once by default. The ratio is that of one coordinate.

    Returns
    -------
    sympy.Expr

    Raises
    ------
    InvalidArgument
        If there is no such eigenvalue, or they and the multiplicities do not match.
    OutOfDomain
        If an eigenvalue is negative, or all are zero.
    NoClosedForm
        Where the mean logarithm has none, unless all eigenvalues are equal.

    Error
    -----
    Exact.

    Source
    ------
    thesis, equation A.8.

    Examples
    --------
    >>> ratio_closed_form([4, 1], 0)
    2/3
    """
    given = check_sequence("eigenvalues", eigenvalues)
    index = check_integer("index", index, minimum=0, maximum=max(len(given) - 1, 0))
    values, counts = _with_multiplicities(given, multiplicities)
    _check_signs(values)
    group = values.index(_value(given[index]))
    if values[group] == 0:
        return sympy.S.Zero
    moving = sympy.Dummy("x", positive=True)
    form = log_form_closed_form([*values[:group], moving, *values[group + 1 :]], counts)
    slope = moving * sympy.diff(form, moving) / counts[group]
    return sympy.radsimp(sympy.simplify(slope).subs(moving, values[group]))


def ratio_distribution(
    eigenvalues: Sequence[Any], multiplicities: Sequence[int] = (1, 1)
) -> sympy.Expr:
    r"""Return the distribution function of the share of the first of two eigenvalues.

    .. math:: P\Bigl(\frac{\lambda_1A}{\lambda_1A+\lambda_2(1-A)}\le x\Bigr)=I_y(m_1/2,m_2/2),
        \qquad y=\frac{\lambda_2x}{\lambda_1(1-x)+\lambda_2x},

    ``A`` being the squared length of the first ``m_1`` of ``m_1 + m_2`` coordinates on the sphere.

    Parameters
    ----------
    eigenvalues : sequence of two positive exact numbers or symbols
        :math:`\lambda_1,\lambda_2`.
    multiplicities : sequence of two int
        ``m_1`` and ``m_2``.

    Returns
    -------
    sympy.Expr
        A function of the symbol ``x`` on [0, 1]; for single eigenvalues an arcsine, for others a
        regularised incomplete Beta function.

    Raises
    ------
    InvalidArgument
        If there are not two eigenvalues and multiplicities.
    OutOfDomain
        If an eigenvalue is not positive.

    Error
    -----
    Exact.

    Source
    ------
    thesis, equation A.8 (whose mean this law has).

    Examples
    --------
    >>> ratio_distribution([1, 1])
    2*asin(sqrt(x))/pi
    """
    values = [_value(value) for value in check_sequence("eigenvalues", eigenvalues)]
    counts = _counts(multiplicities)
    if len(values) != _PAIR or len(counts) != _PAIR:
        raise InvalidArgument(expected("eigenvalues", "to be two, with multiplicities", values))
    _check_signs(values)
    if 0 in values:
        raise OutOfDomain(expected("eigenvalues", "> 0", values))
    x = sympy.Symbol("x")
    share = sympy.simplify(values[1] * x / (values[0] * (1 - x) + values[1] * x))
    if counts == [1, 1]:
        return 2 * sympy.asin(sympy.sqrt(share)) / sympy.pi
    halves = [sympy.Rational(count, 2) for count in counts]
    return sympy.betainc_regularized(*halves, 0, share)


def _simplex_mean_logarithm(positive: list[tuple[sympy.Expr, int]], pairs: int) -> sympy.Expr:
    r"""Return the divided difference of :math:`x^{m-1}\log x`, less a harmonic number.

    At a knot of multiplicity ``r`` it takes the derivative of order ``r - 1``, of the function
    over the product of the distances to the other knots.
    """
    x = sympy.Dummy("x", positive=True)
    total = -sympy.harmonic(pairs - 1)
    for value, count in positive:
        order = count // _PAIR - 1
        others = reduce(
            mul,
            ((x - other) ** (n // _PAIR) for other, n in positive if other is not value),
            sympy.S.One,
        )
        term = sympy.diff(x ** (pairs - 1) * sympy.log(x) / others, x, order)
        total += term.subs(x, value) / sympy.factorial(order)
    return total


def _with_multiplicities(
    eigenvalues: Sequence[Any], multiplicities: Sequence[int] | None
) -> tuple[list[sympy.Expr], list[int]]:
    values = [_value(value) for value in check_sequence("eigenvalues", eigenvalues)]
    if not values:
        raise InvalidArgument(expected("eigenvalues", "to hold at least one", eigenvalues))
    if multiplicities is None:
        once = Counter(values)
        return list(once), list(once.values())
    counts = _counts(multiplicities)
    if len(counts) != len(values) or len(set(values)) < len(values):
        condition = "to be as many as there are eigenvalues, which are distinct"
        raise InvalidArgument(expected("multiplicities", condition, multiplicities))
    return values, counts


def _counts(multiplicities: Sequence[int]) -> list[int]:
    given = check_sequence("multiplicities", multiplicities, "integers")
    return [check_integer("multiplicity", count, minimum=1) for count in given]


def _value(value: Any) -> sympy.Expr:
    if isinstance(value, sympy.Expr) and value.free_symbols:
        return value
    exact = as_exact(value, "eigenvalue")
    if exact is None:
        raise InvalidArgument(expected("eigenvalue", "to be exact", value))
    return exact


def _check_signs(values: Sequence[sympy.Expr]) -> None:
    for value in values:
        if value.is_negative:
            raise OutOfDomain(expected("eigenvalue", ">= 0", value))
    if all(value == 0 for value in values):
        raise OutOfDomain(expected("eigenvalues", "not all 0", list(values)))


def _length_moment(size: sympy.Expr, pairs: int) -> sympy.Expr:
    """Return the moment of order ``2 pairs`` of the length of a standard normal vector."""
    return reduce(mul, (size + 2 * k for k in range(pairs)), sympy.S.One)
