r"""Linear growth of the normalised sensitivity of wide vanilla ReLU networks.

Data of equal length and equal mutual cosine keep both. With ``e = 1 - cosine`` the sensitivity is
:math:`\zeta^l=\sqrt{e_0/e_l}`, and near 0 the arc-cosine kernel takes
:math:`\frac{2\sqrt2}{3\pi}e^{3/2}` from ``e`` in a layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import mpmath
import sympy

from symprop.asymptotics.matching import match_constant
from symprop.foundation.errors import OutOfDomain, expected
from symprop.foundation.validation import check_dps
from symprop.numerics.evaluation import as_ball, as_exact
from symprop.numerics.precision import working_digits

if TYPE_CHECKING:
    from symprop.asymptotics.expansions import Expansion

__all__ = ["LinearSensitivity", "vanilla_linear_law"]

_BITS = 64
_MOST_DIGITS = 40


@dataclass(frozen=True)
class LinearSensitivity:
    r"""``zeta^l = slope (l + logarithm * log l + constant) + O(log^2 l/l)``.

    Attributes
    ----------
    slope : sympy.Expr
        Exact.
    logarithm : sympy.Rational
        3/2.
    constant : mpmath.mpf
        Of the initial cosine.
    estimated_error : mpmath.mpf
        Of the constant, by its change over the last doubling of the depth.
    """

    slope: sympy.Expr
    logarithm: sympy.Rational
    constant: mpmath.mpf
    estimated_error: mpmath.mpf


def vanilla_linear_law(cosine: Any = 0, *, dps: int = 15) -> LinearSensitivity:
    r"""Return the law of growth of the normalised sensitivity in a wide vanilla ReLU network.

    .. math:: \zeta^l=\frac{\sqrt{2(1-c_0)}}{3\pi}\Bigl(l+\frac32\log l+C\Bigr)
        +O\Bigl(\frac{\log^2l}l\Bigr)

    Parameters
    ----------
    cosine : exact number
        ``c_0`` in [-1, 1), the cosine of every pair of data.
    dps : int
        Digits after the point of the constant, up to 40.

    Returns
    -------
    LinearSensitivity

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If the cosine is no exact number in [-1, 1).
    PrecisionNotReached
        If the constant does not settle.

    Conventions
    -----------
    Infinite width; any number of data, of one length and one mutual cosine.

    Error
    -----
    Exact slope. The error of the constant is estimated, not proved.

    Source
    ------
    sensitivity, section 4, discussion of Theorem 2: growth is less than exponential.

    Examples
    --------
    >>> law = vanilla_linear_law(dps=10)
    >>> law.slope, mpmath.nstr(law.constant, 10)
    (sqrt(2)/(3*pi), '4.389847384')
    """
    dps = min(check_dps(dps), _MOST_DIGITS)
    exact = as_exact(cosine, "cosine")
    ball = as_ball(cosine, _BITS, "cosine")
    if exact is None or not (ball >= -1 and ball < 1):
        raise OutOfDomain(expected("cosine", "an exact number in [-1, 1)", cosine))
    gap = 1 - exact
    unit = sympy.sqrt(2) / (3 * sympy.pi)
    found = match_constant(_expansion(), gap, dps=dps + 2, terms=8 + dps // 2)
    with working_digits(dps + 5):
        # in e the constant shifts l; its logarithm is that of the whole scale unit (l + K)
        shift = mpmath.mpf(3) / 2 * mpmath.log(mpmath.sqrt(2) / (3 * mpmath.pi))
        constant = found.value + shift
    slope = unit * sympy.sqrt(gap)
    return LinearSensitivity(slope, sympy.Rational(3, 2), constant, found.estimated_error)


@lru_cache(maxsize=1)
def _expansion() -> Expansion:
    """Return the expansion of ``e`` at large depth."""
    from symprop.asymptotics.autonomous import autonomous_expansion

    e = sympy.Symbol("e", positive=True)
    sine, angle = sympy.sqrt(e * (2 - e)), sympy.acos(1 - e)
    step = 1 - (sine + (1 - e) * (sympy.pi - angle)) / sympy.pi
    return autonomous_expansion(step - e, e, at=0, order=2)
