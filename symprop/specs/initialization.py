r"""Laws of random weight matrices, as data.

A weight matrix of variance :math:`\sigma^2` and width ``n`` is :math:`\sigma M/\sqrt n`. The law
says what ``M`` is: independent entries of unit variance and some shape, or :math:`\sqrt n` times
an orthogonal matrix, uniform by Haar measure. All laws are symmetric, and all have the same second
moments; they differ from the fourth on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_choice, check_integer

__all__ = ["LAWS", "WeightLaw", "weight_law"]

LAWS = ("gaussian", "uniform", "laplace", "rademacher", "haar")
"""Names of the laws."""


@dataclass(frozen=True)
class WeightLaw:
    r"""Law of the matrix ``M`` behind weights :math:`\sigma M/\sqrt n`; build it with `weight_law`.

    Attributes
    ----------
    name : str
        One of `LAWS`.

    Conventions
    -----------
    ``uniform`` is uniform on :math:`[-\sqrt3,\sqrt3]`, ``laplace`` has density
    :math:`e^{-\sqrt2|x|}/\sqrt2`, ``rademacher`` is a fair sign, ``haar`` is :math:`\sqrt n` times
    an orthogonal matrix.

    Error
    -----
    Exact.

    Examples
    --------
    >>> law = weight_law("uniform")
    >>> law.moment(2), law.moment(4), law.independent_entries
    (1, 9/5, True)
    """

    name: str

    def __post_init__(self) -> None:
        check_choice("law", self.name, LAWS)

    @property
    def independent_entries(self) -> bool:
        """Whether the entries of the matrix are independent of each other."""
        return self.name != "haar"

    def moment(self, order: int, *, width: int | None = None) -> sympy.Expr:
        r"""Return :math:`\mathrm E\,M_{ij}^r` exactly.

        Parameters
        ----------
        order : int
            ``r >= 0``.
        width : int, optional
            Width ``n``; the Haar law needs it, the entries of the others do not depend on it.

        Returns
        -------
        sympy.Expr
            A rational number.

        Raises
        ------
        InvalidArgument
            If an argument is not such an integer, or the Haar law is asked without width.

        Notes
        -----
        The square of an entry of a Haar orthogonal matrix has the Beta law of parameters 1/2 and
        ``(n - 1)/2``.

        Examples
        --------
        >>> weight_law("haar").moment(4, width=8)
        12/5
        """
        order = check_integer("order", order, minimum=0)
        if order % 2:
            return sympy.S.Zero
        half = order // 2
        if self.name == "gaussian":
            return sympy.factorial2(order - 1)
        if self.name == "uniform":
            return sympy.Rational(3**half, order + 1)
        if self.name == "laplace":
            return sympy.Rational(sympy.factorial(order), 2**half)
        if self.name == "rademacher":
            return sympy.S.One
        if width is None:
            raise InvalidArgument(expected("width", "to be given for the Haar law", width))
        size = check_integer("width", width, minimum=1)
        beta = sympy.rf(sympy.S.Half, half) / sympy.rf(sympy.Rational(size, 2), half)
        return size**half * beta


def weight_law(spec: Any) -> WeightLaw:
    """Return the law named by ``spec``.

    Parameters
    ----------
    spec : WeightLaw or str
        One of `LAWS`; case and surrounding blanks do not matter.

    Returns
    -------
    WeightLaw

    Raises
    ------
    InvalidArgument
        If there is no law of this name.

    Examples
    --------
    >>> weight_law(" Haar ")
    WeightLaw(name='haar')
    """
    if isinstance(spec, WeightLaw):
        return spec
    return WeightLaw(spec.strip().lower() if isinstance(spec, str) else spec)
