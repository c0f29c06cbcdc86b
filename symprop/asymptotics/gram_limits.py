r"""Fixed points of the Gram map of batch normalisation, and whether they are stable.

Exchangeable inputs, :math:`G=(p-q)I+q\mathbf 1\mathbf 1^\top`, stay exchangeable. With centring
all that counts of such a matrix is the projection ``P`` it is a multiple of, so that one step
ends at the fixed point

.. math:: G_*=\mathrm E\,\phi(\sqrt n\,u)\phi(\sqrt n\,u)^\top

for ``u`` uniform on the unit sphere of :math:`\mathbf 1^\perp`. Without centring odd activations
have ``G_*`` with ``u`` uniform on the whole sphere, a multiple of ``I``. In both cases with
``m`` the dimension of the sphere's space and ``H`` a symmetric perturbation,

.. math:: DT(G_*)[H]=\frac1{2(p-q)}\mathrm E\bigl[\phi(\sqrt nu)\phi(\sqrt nu)^\top
    (m\,u^\top Hu-\mathrm{tr}\,PH)\bigr].

It commutes with permutations: its eigenvalues belong to the types ``trivial`` (multiples of
``I`` and of :math:`\mathbf 1\mathbf 1^\top`), ``standard`` (one number for each input, of sum 0)
and ``(n-2,2)`` (zero diagonal and zero sums of rows).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import sympy
from flint import arb

from symprop.asymptotics.gram_attractors import gram_map_eigenvalues_by_type
from symprop.foundation.errors import (
    InvalidArgument,
    NoClosedForm,
    NoConvergence,
    OutOfDomain,
    expected,
)
from symprop.foundation.validation import check_dps, check_integer
from symprop.gaussian.closed_forms import RHO
from symprop.gaussian.sphere_pairs import sphere_pair_mean
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import enclose
from symprop.recurrences.normalization import batch_norm_gram
from symprop.recurrences.normalization_balls import homogeneous_kernel
from symprop.specs.activations import Activation, activation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["GramFixedPoint", "GramForms", "batch_norm_fixed_point", "batch_norm_fixed_point_forms"]

_MOST_INPUTS = 100_000
_MOST_ITERATED = 200
_LAYERS = 400
_SETTLED = 1e-13
_APART = "that keeps the inputs of a batch apart"


@dataclass(frozen=True)
class GramForms:
    """A fixed point in closed form.

    Attributes
    ----------
    diagonal, off_diagonal : sympy.Expr
        Entries ``p`` and ``q``.
    eigenvalues : Mapping of str to tuple of sympy.Expr
        Of the derivative of the map, by symmetry type, each once.
    """

    diagonal: sympy.Expr
    off_diagonal: sympy.Expr
    eigenvalues: Mapping[str, tuple[sympy.Expr, ...]]


@dataclass(frozen=True)
class GramFixedPoint:
    """A fixed point of exchangeable inputs.

    Attributes
    ----------
    activation : str
        Name of the activation.
    batch : int
        ``n``.
    center : bool
        Whether the mean over the batch is taken away.
    diagonal, off_diagonal : Enclosure
        Entries.
    condition_number : Enclosure or None
        Largest over smallest eigenvalue; infinite where it is singular, None where balls do not
        tell it from infinity.
    eigenvalues : Mapping of str to tuple of Enclosure
        Of the derivative of the map, by symmetry type, each once.
    stable : bool or None
        Whether all of them lie inside the unit circle; None where balls do not tell.
    proved : bool
        Whether the balls are; otherwise their radii are estimates by two rules.
    forms : GramForms or None
        The same in closed form.
    """

    activation: str
    batch: int
    center: bool
    diagonal: Enclosure
    off_diagonal: Enclosure
    condition_number: Enclosure | None
    eigenvalues: Mapping[str, tuple[Enclosure, ...]]
    stable: bool | None
    proved: bool
    forms: GramForms | None = field(default=None, repr=False)

    @property
    def gram(self) -> Array:
        """The matrix in float64."""
        p, q = float(self.diagonal), float(self.off_diagonal)
        result: Array = np.full((self.batch, self.batch), q)
        np.fill_diagonal(result, p)
        return result


def batch_norm_fixed_point_forms(
    phi: Activation | sympy.Expr | str, batch: int, *, center: bool = True
) -> GramForms:
    r"""Return the fixed point of exchangeable inputs in closed form.

    .. math:: p=A s^a\kappa(1),\quad q=A s^a\kappa(c),\quad
        A=\Bigl(\frac n2\Bigr)^a\frac{\Gamma(m/2)}{\Gamma(m/2+a)}

    with :math:`m=n-1,\ s=(n-1)/n,\ c=-1/(n-1)`; without centring :math:`m=n,\ s=1,\ c=0`.

    Parameters
    ----------
    phi : Activation, str or sympy.Expr
        Positively homogeneous of degree ``a > 0`` with dual kernel ``kappa`` in closed form;
        odd, if the batch is not centred.
    batch : int
        Number of inputs ``n >= 2``.
    center : bool
        Whether the mean over the batch is taken away.

    Returns
    -------
    GramForms

    Raises
    ------
    NoClosedForm
        If the activation is not of this kind.
    OutOfDomain
        If it brings all inputs together, as an even one does with two that are centred.
    InvalidArgument
        If an argument is malformed.

    Error
    -----
    Exact.

    Source
    ------
    thesis, section 3.3.2, for the fixed points it names.

    Examples
    --------
    >>> forms = batch_norm_fixed_point_forms("identity", 5)
    >>> forms.diagonal, forms.off_diagonal, forms.eigenvalues["(n-2,2)"]
    (1, -1/4, (2/3,))
    >>> batch_norm_fixed_point_forms("identity", 5, center=False).eigenvalues["standard"]
    (5/7, 5/7)
    """
    n = sympy.Integer(_checked(batch, center))
    kernel = homogeneous_kernel(phi)
    if not center and activation(phi).parity != "odd":
        condition = "odd, where the batch is not centred"
        raise NoClosedForm(expected("activation", condition, activation(phi).name))
    a = kernel.degree
    m, s = (n - 1, (n - 1) / n) if center else (n, sympy.S.One)
    c = -1 / (n - 1) if center else sympy.S.Zero
    scale = (n / 2) ** a * sympy.gamma(m / 2) / sympy.gamma(m / 2 + a) * s**a
    ends = kernel.value(sympy.S.One), kernel.value(c)
    if ends[0] == ends[1]:
        raise OutOfDomain(expected("activation", _APART, activation(phi).name))
    p, q = (sympy.gammasimp(scale * end) for end in ends)
    share = m / (m + 2 * a) / s / (ends[0] - ends[1])
    slope = kernel.closed_form.diff(RHO).subs(RHO, c) if n > 2 or not center else sympy.S.Zero
    pair = sympy.simplify(share * slope)
    types: dict[str, tuple[sympy.Expr, ...]] = {"trivial": (sympy.S.Zero, sympy.S.Zero)}
    if center:
        kept = 1 - 2 / n
        alpha = slope * (-1 / n - c * kept / 2) + a * ends[1] * kept / 2
        beta = a * ends[0] * kept
        types["standard"] = (sympy.simplify(share * (beta - 2 * alpha)), sympy.S.Zero)
    else:
        types["trivial"] = (sympy.S.Zero, pair)
        types["standard"] = (sympy.simplify(share * a * ends[0]),) + ((pair,) if n > 2 else ())
    if n > 3:
        types["(n-2,2)"] = (pair,)
    return GramForms(sympy.simplify(p), sympy.simplify(q), types)


def batch_norm_fixed_point(
    phi: Activation | sympy.Expr | str, batch: int, *, center: bool = True, dps: int = 15
) -> GramFixedPoint:
    r"""Return the fixed point of exchangeable inputs under batch normalisation, with its stability.

    Parameters
    ----------
    phi : Activation, str or sympy.Expr
        The activation; odd or positively homogeneous, if the batch is not centred.
    batch : int
        Number of inputs, at least 2.
    center : bool
        Whether the mean over the batch is taken away.
    dps : int
        Digits to prove, where there is a closed form.

    Returns
    -------
    GramFixedPoint

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    NoClosedForm
        Without centring, if the activation is neither odd nor homogeneous, or there are more
        than 200 inputs of one that is only homogeneous.
    OutOfDomain
        If one step brings all inputs together, as far as float64 tells, or overflows.
    NoConvergence
        If a homogeneous activation does so in the limit, as far as float64 tells.

    Conventions
    -----------
    Rows have unit mean square. The derivative is taken among all symmetric matrices, and its
    eigenvalue along the matrix itself is 0, as the map does not depend on scale.

    Error
    -----
    Enclosed for homogeneous activations with a dual kernel in closed form, centred or odd. The
    rest is found in float64, by quadrature on the sphere or by iterating the map: ``proved`` is
    False and radii are estimates.

    Source
    ------
    thesis, section 3.3.2 and equation 3.3.

    Examples
    --------
    >>> point = batch_norm_fixed_point("relu", 10)
    >>> print(point.diagonal.proved_digits(12), point.off_diagonal.proved_digits(12), point.stable)
    0.5 0.132360617737 True
    >>> batch_norm_fixed_point("tanh", 4).proved
    False
    """
    check_dps(dps)
    n, chosen = _checked(batch, center), activation(phi)
    try:
        forms = batch_norm_fixed_point_forms(chosen, n, center=center)
    except NoClosedForm:
        if center or chosen.parity == "odd":
            return _by_quadrature(chosen, n, center)
        if chosen.homogeneity is None or not chosen.homogeneity > 0 or n > _MOST_ITERATED:
            raise
        return _by_iteration(chosen, n)
    p, q = (enclose(form, dps=dps) for form in (forms.diagonal, forms.off_diagonal))
    common, apart = (
        enclose(sympy.simplify(forms.diagonal + share * forms.off_diagonal), dps=dps)
        for share in (n - 1, -1)
    )
    values = {
        name: tuple(enclose(form, dps=dps) for form in entries)
        for name, entries in forms.eigenvalues.items()
    }
    number = _condition(common, apart)
    return GramFixedPoint(
        chosen.name, n, center, p, q, number, values, _is_stable(values), True, forms
    )


def _checked(batch: int, center: bool) -> int:
    if not isinstance(center, bool):
        raise InvalidArgument(expected("center", "to be True or False", center))
    return check_integer("batch", batch, minimum=2, maximum=_MOST_INPUTS)


def _condition(common: Enclosure, apart: Enclosure) -> Enclosure | None:
    """Return the larger one over the smaller one of both eigenvalues."""
    if common.contains(0):
        return Enclosure(arb.pos_inf()) if common.is_exact else None
    ratio = common / apart
    return apart / common if ratio.upper <= 1 else ratio


def _is_stable(values: Mapping[str, tuple[Enclosure, ...]]) -> bool | None:
    entries = [entry for group in values.values() for entry in group]
    if any(entry.lower > 1 or entry.upper < -1 for entry in entries):
        return False
    return True if all(entry.lower > -1 and entry.upper < 1 for entry in entries) else None


def _by_quadrature(phi: Activation, n: int, center: bool) -> GramFixedPoint:
    m, cosine = (n - 1, -1 / (n - 1)) if center else (n, 0.0)
    size = np.sqrt((n - 1) / n) if center else 1.0  # of an entry of u, over one of the sphere
    if m == 1:
        plus, minus = phi(np.array([1.0, -1.0]))
        values = np.array([(plus**2 + minus**2) / 2, plus * minus, 0, 0, 0, 0])
        error = 0.0
    else:

        def products(x: Array, y: Array) -> Array:
            a, b = size * x, size * y
            left, right = phi(np.sqrt(n) * a), phi(np.sqrt(n) * b)
            both = left * right
            if not center:
                return np.stack([left**2, both, both * a * b, both * a**2, left**2 * a**2])
            others = a * b
            if n > 3:
                rest = ((a + b) ** 2 - 1 + a**2 + b**2) / (n - 3)
                others = a * b + ((a + b) ** 2 + rest) / (n - 2)
            return np.stack([left**2, both, both * others, both * a**2, left**2 * a**2])

        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is looked for
            values, error = sphere_pair_mean(products, m, cosine)
    if not np.isfinite([*values, error]).all():
        raise OutOfDomain(expected("activation", "with squares in float64", phi.name))
    p, q, crossed, mixed, alone = values[:5]
    gap, radius = p - q, 8 * error + 1e-14 * p
    if not gap > 2 * radius:
        raise OutOfDomain(expected("activation", _APART, phi.name))
    pair = m * crossed / gap
    types: dict[str, tuple[float, ...]] = {"trivial": (0.0, 0.0)}
    beta = m / 2 * (alone - (p - alone) / (n - 1))
    if center:
        alpha = m / 2 * (mixed - (q - 2 * mixed) / (n - 2)) if n > 2 else 0.0
        standard = (beta - 2 * alpha) / gap if n > 2 else 0.0
        types["standard"] = (standard, 0.0)
    else:
        types["trivial"] = (0.0, pair)
        types["standard"] = (beta / gap, pair) if n > 2 else (beta / gap,)
    if n > 3:
        types["(n-2,2)"] = (pair,)
    known = {
        name: tuple(_estimate(value, 2 * m * radius / gap) for value in entries)
        for name, entries in types.items()
    }
    singular = n == 2 and center and phi.parity == "odd"
    common = Enclosure(0) if singular else _estimate(p + (n - 1) * q, n * radius)
    return GramFixedPoint(
        phi.name,
        n,
        center,
        _estimate(p, radius),
        _estimate(q, radius),
        _condition(common, _estimate(gap, 2 * radius)),
        known,
        _is_stable(known),
        False,
    )


def _by_iteration(phi: Activation, n: int) -> GramFixedPoint:
    """Return the limit of orthogonal inputs, with differences of the map around it."""
    gram, unit, change = np.eye(n), np.eye(n), np.inf
    p, q, error = 1.0, 0.0, 0.0
    for _ in range(_LAYERS):
        step = batch_norm_gram(phi, gram, center=False)
        p, q, error = float(step.gram[0, 0]), float(step.gram[0, 1]), step.error
        change = float(np.abs(step.gram - gram).max())
        gram = q + (p - q) * unit
        if change < _SETTLED * p + error:
            break
    if change > 1e-9 * p or p - q < 1e-6 * p:
        raise NoConvergence(f"Expected a limit of distinct inputs but got cosine {q / p:.9g}.")

    values = gram_map_eigenvalues_by_type(phi, n, q / p, center=False)
    slope = max(abs(value) for group in values.values() for value in group)
    radius = (10 * error + change) / max(1 - slope, 1e-3)
    known = {
        name: tuple(_estimate(value, 1e-8) for value in group) for name, group in values.items()
    }
    number = _condition(_estimate(p + (n - 1) * q, n * radius), _estimate(p - q, 2 * radius))
    entries = _estimate(p, radius), _estimate(q, radius)
    return GramFixedPoint(phi.name, n, False, *entries, number, known, _is_stable(known), False)


def _estimate(value: float, radius: float) -> Enclosure:
    middle, spread = Fraction(float(value)), Fraction(float(radius))
    return Enclosure.from_bounds(middle - spread, middle + spread)
