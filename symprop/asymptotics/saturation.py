r"""How bounded activations saturate: their transforms at large variance.

For ``phi = m + o``, o odd with limit M at infinity,

.. math:: V\phi(q) = m^2 + M^2 - q^{-1/2}(S\log q + C) + \kappa/q + \dots,\qquad
    \sqrt q\,V\dot\phi(q) \to D = \sqrt{2/\pi}\int_0^\infty \dot\phi(x)^2\,dx,

because the Gaussian density is flat, ``1/sqrt(2 pi q)``, where ``d = M**2 - o**2`` lives:
C is :math:`\sqrt{2/\pi}\int_0^\infty d\,dx` if that is finite. A tail ``a_1/x`` makes the
logarithm, ``S = a_1/sqrt(2 pi)``, and a tail ``kappa/x**2`` the term ``kappa/q``.

With :math:`\lambda=1/(2q)` and finite parts :math:`F_k` of the moments of d the full expansion is

.. math:: \int_0^\infty d(x)e^{-\lambda x^2}dx \sim \sum_k\frac{(-\lambda)^k}{k!}\Big[F_k+
    \frac{a_{2k+1}}2(\psi(k+1)-\log\lambda)\Big]
    + \sum_{j\ge1}\frac{a_{2j}}2\Gamma(\tfrac12-j)\lambda^{j-1/2},

the residues of the Mellin transform of d: a double pole wherever a tail meets a moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sympy

from symprop.asymptotics.saturation_defects import Defect, odd_defect
from symprop.foundation.errors import NoClosedForm, OutOfDomain, expected
from symprop.foundation.validation import check_integer
from symprop.numerics.evaluation import as_parameter
from symprop.specs.activations import Activation, X, activation

__all__ = ["Saturation", "saturated_second_moment", "saturation_constants"]


@dataclass(frozen=True, slots=True)
class Saturation:
    """Constants of a saturating activation, exact.

    Attributes
    ----------
    limit : sympy.Expr
        M, half the distance of the limits at both infinities.
    defect : sympy.Expr
        C.
    slope : sympy.Expr
        D; infinite at a jump.
    tail : sympy.Expr
        kappa.
    logarithm : sympy.Expr
        S; 0 if ``d`` is integrable.
    centre : sympy.Expr
        m.
    """

    limit: sympy.Expr
    defect: sympy.Expr
    slope: sympy.Expr
    tail: sympy.Expr
    logarithm: sympy.Expr = sympy.S.Zero
    centre: sympy.Expr = sympy.S.Zero


_FLAT = sympy.sqrt(2 / sympy.pi)


@lru_cache(maxsize=256)
def saturation_constants(phi: Activation | sympy.Expr | str) -> Saturation | None:
    r"""Return the constants of an activation that is odd about a constant, with a finite limit.

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        Any activation.

    Returns
    -------
    Saturation or None
        None if ``phi`` is not odd about a constant, is unbounded, or tends to that constant.

    Raises
    ------
    NoClosedForm
        If the integrals of the activation are not known: they are for scaled tanh, sigmoid,
        erf, arctan, and wherever squares are piecewise rational, as of ``x/sqrt(1+x**2)``.

    Conventions
    -----------
    Not normalised to ``M = 1``.

    Error
    -----
    Exact.

    Source
    ------
    residual, Lemma C.5 (tanh), in the form that holds for every defect with a tail in powers.

    Examples
    --------
    >>> saturation_constants("tanh").defect, saturation_constants("relu")
    (sqrt(2)/sqrt(pi), None)
    >>> saturation_constants("softsign").logarithm
    sqrt(2)/sqrt(pi)
    """
    found = _centred(activation(phi))
    if found is None:
        return None
    defect, centre, jumps = found
    slow = defect.tail(1)
    shift = slow * (sympy.log(2) - sympy.EulerGamma) / 2
    return Saturation(
        defect.limit,
        sympy.simplify(_FLAT * (defect.moment(0) + shift)),
        sympy.oo if jumps else sympy.simplify(_FLAT * defect.steepness),
        defect.tail(2),
        sympy.simplify(_FLAT * slow / 2),
        centre,
    )


def saturated_second_moment(
    phi: Activation | sympy.Expr | str, q: sympy.Expr, terms: int
) -> sympy.Expr | None:
    """Return ``V phi(q)`` at large q up to terms of the order ``q**(-terms - 1/2)``, exclusive.

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        As in `saturation_constants`.
    q : sympy.Expr
        The variance.
    terms : int
        Moments of the defect that are used.

    Returns
    -------
    sympy.Expr or None
        None where `saturation_constants` gives None.

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If the variance is not positive.
    NoClosedForm
        As `saturation_constants`.

    Error
    -----
    Exact coefficients; the series diverges. The next term may carry a logarithm of q.

    Examples
    --------
    >>> q = sympy.Symbol("q", positive=True)
    >>> saturated_second_moment("x/sqrt(1+x**2)", q, 1)
    1 + 1/q - sqrt(2)*sqrt(pi)/(2*sqrt(q))
    """
    check_integer("terms", terms, minimum=0)
    q = as_parameter("q", q)
    if q.is_positive is False:
        raise OutOfDomain(expected("q", "to be > 0", q))
    found = _centred(activation(phi))
    if found is None:
        return None
    defect, centre, _ = found
    rate = 1 / (2 * q)
    total = sympy.S.Zero
    for k in range(terms):
        slow = defect.tail(2 * k + 1)
        bracket = defect.moment(k) + slow * (sympy.digamma(k + 1) - sympy.log(rate)) / 2
        total += (-rate) ** k / sympy.factorial(k) * bracket
    for j in range(1, terms + 1):
        gamma = sympy.gamma(sympy.Rational(1, 2) - j)
        total += defect.tail(2 * j) * gamma * rate ** (j - sympy.Rational(1, 2)) / 2
    return centre**2 + defect.limit**2 - sympy.expand(_FLAT / sympy.sqrt(q) * total)


@lru_cache(maxsize=256)
def _centred(phi: Activation) -> tuple[Defect, sympy.Expr, bool] | None:
    """Return the defect of the odd part, the constant, and whether there are jumps."""
    if phi.parity == "even" or (phi.homogeneity is not None and phi.homogeneity != 0):
        return None
    ends = [
        sympy.limit(phi.pieces[side].expression, X, end)
        for side, end in ((0, -sympy.oo), (-1, sympy.oo))
    ]
    if any(isinstance(end, sympy.AccumBounds) or not end.is_number for end in ends):
        raise NoClosedForm(f"No integrals of the saturation of {phi.name} are known.")
    if not all(end.is_finite for end in ends) or ends[0] == ends[1]:
        return None
    centre = sympy.simplify(ends[0] + ends[1]) / 2
    odd = phi if centre == 0 else activation(phi.expression - centre)
    if odd.parity != "odd":
        return None
    defect = odd_defect(odd)
    if defect is None:
        raise NoClosedForm(f"No integrals of the saturation of {phi.name} are known.")
    return defect, centre, bool(phi.jumps)
