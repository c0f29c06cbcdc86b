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

The derivative commutes with permutations: its eigenvalues belong to the types ``trivial``
(multiples of ``I`` and of :math:`\mathbf 1\mathbf 1^\top`), ``standard`` (one number for each
input, of sum 0) and ``(n-2,2)`` (zero diagonal and zero sums of rows). Without centring other
activations move exchangeable inputs for more than one step: see
`symprop.asymptotics.exchangeable_points`.
"""

from __future__ import annotations

from contextlib import suppress

import sympy

from symprop.asymptotics.exchangeable_points import MOST_INPUTS
from symprop.asymptotics.gram_limit_balls import proved_fixed_point
from symprop.asymptotics.gram_points import (
    APART,
    GramFixedPoint,
    GramForms,
    condition_number,
    is_contracting,
)
from symprop.asymptotics.gram_quadrature import quadrature_fixed_point
from symprop.foundation.errors import (
    InvalidArgument,
    NoClosedForm,
    NoConvergence,
    OutOfDomain,
    PrecisionNotReached,
    expected,
)
from symprop.foundation.validation import check_dps, check_integer
from symprop.gaussian.closed_forms import RHO
from symprop.numerics.evaluation import enclose
from symprop.recurrences.normalization_balls import homogeneous_kernel
from symprop.specs.activations import Activation, activation

__all__ = ["batch_norm_fixed_point", "batch_norm_fixed_point_forms"]


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
        raise OutOfDomain(expected("activation", APART, activation(phi).name))
    p, q = (sympy.gammasimp(scale * end) for end in ends)
    share = m / (m + 2 * a) / s / (ends[0] - ends[1])
    slope = kernel.closed_form.diff(RHO).subs(RHO, c) if n > 2 or not center else sympy.S.Zero
    slope = sympy.simplify(slope)  # at once: it is part of several eigenvalues
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
        The activation.
    batch : int
        Number of inputs, from 2 to 100000.
    center : bool
        Whether the mean over the batch is taken away.
    dps : int
        Digits to prove, where they are: relative ones, but relative to the diagonal and to 1 for
        entries and eigenvalues that are close to 0.

    Returns
    -------
    GramFixedPoint
        Without centring the one that orthogonal inputs go to, which is a multiple of the unit
        matrix for an odd activation; for others see
        `symprop.asymptotics.exchangeable_points.exchangeable_fixed_points`.

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If one step brings all inputs together, as far as float64 tells, or overflows, or the
        activation has a pole that is not square-integrable.
    NoConvergence
        If inputs come together in the limit, or do not settle.

    Conventions
    -----------
    Rows have unit mean square. The derivative is taken among all symmetric matrices, and its
    eigenvalue along the matrix itself is 0, as the map does not depend on scale.

    Error
    -----
    Enclosed, if the batch is centred or the activation odd: from a closed form for homogeneous
    ones with a dual kernel, from series of `symprop.gaussian.sphere_series` for others. These do
    not reach the digits in small batches of activations with a breakpoint other than 0 between
    the square roots of ``n``, or singularities very close to 0. Such fixed points, and all others
    without centring, are found in float64, by quadrature: ``proved`` is False and radii are
    estimates from three rules. They are about 1e-13, and much larger for an activation that is
    unbounded or turns sharply where it has no breakpoint.

    Source
    ------
    thesis, section 3.3.2 and equation 3.3; without centring as in equation 2.1.

    Examples
    --------
    >>> point = batch_norm_fixed_point("relu", 10)
    >>> print(point.diagonal.proved_digits(12), point.off_diagonal.proved_digits(12), point.stable)
    0.5 0.132360617737 True
    >>> point = batch_norm_fixed_point("gelu", 8, center=False)
    >>> print(point.off_diagonal.proved_digits(6), point.stable, point.proved)
    0.127223 True False
    >>> print(batch_norm_fixed_point("tanh", 4, dps=30).off_diagonal.proved_digits(30))
    -0.144744736299106384308973396837
    """
    check_dps(dps)
    n, chosen = _checked(batch, center), activation(phi)
    try:
        forms = batch_norm_fixed_point_forms(chosen, n, center=center)
    except NoClosedForm:
        if center or chosen.parity == "odd":
            with suppress(NoConvergence, PrecisionNotReached):
                return proved_fixed_point(chosen, n, center, dps)
        return quadrature_fixed_point(chosen, n, center)
    p, q = (enclose(form, dps=dps) for form in (forms.diagonal, forms.off_diagonal))
    common, apart = (
        enclose(sympy.simplify(forms.diagonal + share * forms.off_diagonal), dps=dps)
        for share in (n - 1, -1)
    )
    values = {
        name: tuple(enclose(form, dps=dps) for form in entries)
        for name, entries in forms.eigenvalues.items()
    }
    number = condition_number(common, apart)
    return GramFixedPoint(
        chosen.name, n, center, p, q, number, values, is_contracting(values), True, forms
    )


def _checked(batch: int, center: bool) -> int:
    if not isinstance(center, bool):
        raise InvalidArgument(expected("center", "to be True or False", center))
    return check_integer("batch", batch, minimum=2, maximum=MOST_INPUTS)
