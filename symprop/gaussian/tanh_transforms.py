r"""Certified Gaussian transforms of tanh: ``V(q)`` and ``W(q1, q2; c)``, for every ``q`` and ``c``.

.. math:: V(q)=E\tanh(\sqrt q\,Z)^2,\qquad
    W(q_1,q_2;c)=E\tanh(\sqrt{q_1}\,u)\tanh(\sqrt{q_2}\,v),\quad\mathrm{Cov}(u,v)=c .

Exact arguments are the business of ``tanh_regions``. Here balls are carried through by
monotonicity. On odd functions the density of ``(u, v)`` acts as ``p(u, v) - p(u, -v)``, positive
for positive ``u, v, c``; since :math:`0\le x\tanh'(x)\le\tanh(x)` there,

.. math:: 0\le q_i\,\partial_{q_i}W\le W/2,\qquad
    0\le\partial_cW=\sqrt{q_1q_2}\,E\tanh'\tanh'\le\min\Bigl\{\sqrt{q_1q_2},\
    \frac{4(q_1q_2)^{1/4}}{3\sqrt{2\pi}},\ \frac2{\pi\sqrt{1-c^2}}\Bigr\}

(the second bound by Cauchy and Schwarz at ``c = 1``, the third from the Fourier side), and likewise
:math:`0\le qV'\le V`. So ``W`` and ``V`` grow with all arguments, and no faster than in proportion.
"""

from __future__ import annotations

from flint import arb

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.gaussian.tanh_length import variance_ball
from symprop.gaussian.tanh_regions import kernel_at, moment_at
from symprop.numerics.precision import working_bits

__all__ = ["tanh_cross_kernel", "tanh_kernel", "tanh_second_moment"]

_TIGHT = 8  # bits short of those asked for up to which an argument counts as merely rounded


def tanh_second_moment(q: arb, bits: int) -> arb:
    r"""Return a ball around ``V(q) = E tanh(sqrt(q) Z)**2``.

    .. math:: V(q) = \frac1{\sqrt{2\pi}}\int\tanh(\sqrt q\,z)^2e^{-z^2/2}\,dz

    Parameters
    ----------
    q : flint.arb
        Variance of the argument, >= 0; a ball that reaches below zero is cut there.
    bits : int
        Relative accuracy in bits; a wide ``q`` gives the hull of the values on it.

    Returns
    -------
    flint.arb

    Raises
    ------
    InvalidArgument
        If ``q`` is not finite.
    OutOfDomain
        If ``q`` is negative.

    Conventions
    -----------
    ``q`` is a variance.

    Error
    -----
    Enclosed, with a relative radius of about ``2**-bits`` plus that of ``q``.

    Source
    ------
    residual, Definition 5.3; method derived in `symprop.gaussian.tanh_length`.

    Examples
    --------
    >>> with working_bits(90):
    ...     print(tanh_second_moment(arb(1), 80).str(20, radius=False))
    0.39429449039784117442
    """
    q = variance_ball(q, "q")
    if q.is_exact():
        return moment_at(q, bits)
    with working_bits(bits + 32):
        if q.rel_accuracy_bits() < bits - _TIGHT:
            return moment_at(q.lower(), bits).union(moment_at(q.upper(), bits))
        middle = q.mid()
        value = moment_at(middle, bits)
        return value + arb(0, (value * q.rad() / middle).upper())


def tanh_kernel(q: arb, c: arb, gap: arb, bits: int) -> arb:
    r"""Return a ball around ``W(q, c q) = E tanh(sqrt(q) u) tanh(sqrt(q) v)``.

    Parameters
    ----------
    q : flint.arb
        Common variance, >= 0.
    c : flint.arb
        Correlation of ``u`` and ``v``.
    gap : flint.arb
        ``1 - |c|``, accurate relative to itself.
    bits : int
        Relative accuracy in bits; wide arguments give the hull of the values on them.

    Returns
    -------
    flint.arb

    Raises
    ------
    InvalidArgument
        If an argument is not finite.
    OutOfDomain
        If ``q`` is negative or ``c`` outside [-1, 1].

    Conventions
    -----------
    ``u, v`` are standard normal.

    Error
    -----
    Enclosed, with a relative radius of about ``2**-bits`` plus that of the arguments.

    Source
    ------
    residual, Definition 5.3; methods derived in the modules `symprop.gaussian.tanh_regions` names.

    Examples
    --------
    >>> with working_bits(90):
    ...     print(tanh_kernel(arb(1), arb(0.5), arb(0.5), 80).str(20, radius=False))
    0.18632441320344808611
    """
    q = variance_ball(q, "q")
    value = _kernel_on(q, q, c, gap, bits)
    assert value is not None  # only unequal variances may be refused
    return value


def tanh_cross_kernel(q1: arb, q2: arb, c: arb, gap: arb, bits: int) -> arb | None:
    r"""Return a ball around ``W = E tanh(sqrt(q1) u) tanh(sqrt(q2) v)``, or None.

    Parameters
    ----------
    q1, q2 : flint.arb
        Variances, >= 0.
    c, gap : flint.arb
        Correlation and ``1 - |c|``, each accurate relative to itself.
    bits : int
        Relative accuracy in bits; wide arguments give the hull of the values on them.

    Returns
    -------
    flint.arb or None
        None where neither method for unequal variances is affordable: very different sizes
        of ``q1`` and ``q2``, or both large and ``|c|`` close to 1.

    Raises
    ------
    InvalidArgument
        If an argument is not finite.
    OutOfDomain
        If a variance is negative or ``c`` outside [-1, 1].

    Conventions
    -----------
    ``u, v`` are standard normal.

    Error
    -----
    Enclosed, with a relative radius of about ``2**-bits`` plus that of the arguments.

    Source
    ------
    residual, Definition 5.3; methods derived in the modules `symprop.gaussian.tanh_regions` names.

    Examples
    --------
    >>> with working_bits(90):
    ...     value = tanh_cross_kernel(arb(1), arb(2), arb(0.5), arb(0.5), 80)
    ...     print(value.str(12, radius=False))
    0.209603079428
    """
    return _kernel_on(variance_ball(q1, "q1"), variance_ball(q2, "q2"), c, gap, bits)


def _kernel_on(q1: arb, q2: arb, c: arb, gap: arb, bits: int) -> arb | None:
    """Return ``W`` on balls: sign, hull of wide arguments, allowance for rounded ones."""
    if not (c.is_finite() and gap.is_finite()):
        raise InvalidArgument(expected("c", "to be finite", str(c)))
    if c > 1 or c < -1 or gap < 0:
        raise OutOfDomain(expected("c", "inside [-1, 1]", c.str(20)))
    with working_bits(2 * bits + 64):  # even a change of sign rounds
        if c < 0:
            value = _kernel_on(q1, q2, c.neg(), gap, bits)
            return None if value is None else -value
        near_one = bool(gap < 0.5 if gap.rad() == c.rad() else gap.rad() < c.rad())
        known = gap.nonnegative_part() if near_one else c
        if c >= 0 and min(x.rel_accuracy_bits() for x in (q1, q2, known)) >= bits - _TIGHT:
            value = kernel_at(q1.mid(), q2.mid(), known.mid(), near_one, bits)
            if value is None or (q1.is_exact() and q2.is_exact() and known.is_exact()):
                return value
            # W grows, W/sqrt(q) falls: 1 - sqrt(1 - x) <= x/(2 - x) and sqrt(1 + x) - 1 <= x/2
            spread = value * sum((q.rad() / (q.mid() + q.lower()) for q in (q1, q2)), arb(0))
            spread += known.rad() * _slope(q1, q2, known, near_one)
            return value + arb(0, spread.upper())
        ends = known.lower(), known.upper().min(arb(1))
        if near_one:
            ends = ends[1], ends[0]
        low = (q1.upper(), q2.upper()) if ends[0] < 0 else (q1.lower(), q2.lower())
        least = kernel_at(*low, ends[0], near_one, bits)
        most = kernel_at(q1.upper(), q2.upper(), ends[1], near_one, bits)
        return None if least is None or most is None else least.union(most)


def _slope(q1: arb, q2: arb, known: arb, near_one: bool) -> arb:
    """Return an upper bound of the derivative in the correlation."""
    size = (q1.upper() * q2.upper()).sqrt()
    bound = size.min(4 * size.sqrt() / (3 * (2 * arb.pi()).sqrt()))
    gap = known.lower() if near_one else 1 - known.upper()
    return bound.min(2 / (arb.pi() * (gap * (2 - gap)).sqrt())) if gap > 0 else bound
