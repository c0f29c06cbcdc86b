"""Moments on the sphere: the Weingarten calculus, Beta laws, and integration on the circle."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import mpmath
import pytest
import sympy

from symprop.foundation.errors import InvalidArgument, NoClosedForm, OutOfDomain
from symprop.gaussian.orthogonal_moments import D, orthogonal_moment
from symprop.gaussian.sphere import (
    log_form_closed_form,
    ratio_closed_form,
    ratio_distribution,
    sphere_moment,
    sphere_moments_of_form,
)
from symprop.gaussian.sphere_integrals import mean_ratio
from symprop.numerics.enclosure import Enclosure
from tests.malformed import NO_INTEGERS, NO_NUMBERS, NO_SEQUENCES, assert_refused

if TYPE_CHECKING:
    from collections.abc import Callable

E = sympy.Symbol("e", positive=True)


@pytest.mark.parametrize("powers", [(2,), (4,), (2, 2), (4, 2), (2, 2, 2), (4, 2, 2), (8,), (3, 1)])
def test_a_column_of_an_orthogonal_matrix_is_uniform(powers: tuple[int, ...]) -> None:
    rows = [index for index, power in enumerate(powers) for _ in range(power)]
    moment = orthogonal_moment(rows, [0] * len(rows))
    assert sympy.cancel(sphere_moment(powers) - moment) == 0


def test_coordinates_sum_to_one_and_follow_a_beta_law() -> None:
    total = D * sphere_moment([4]) + D * (D - 1) * sphere_moment([2, 2])
    assert sympy.cancel(total) == 1
    for power in (2, 4, 10):
        beta = sympy.rf(sympy.S.Half, power // 2) / sympy.rf(sympy.Rational(7, 2), power // 2)
        assert sphere_moment([power], 7) == beta


def test_moments_of_a_form_are_sums_of_moments_of_coordinates() -> None:
    a, b, c = sympy.symbols("a b c")
    moments = sphere_moments_of_form([a, b, c], 3)
    for order, moment in enumerate(moments):
        form = sympy.Poly(sympy.expand((a + b + c) ** order), a, b, c)
        expected = sum(
            coefficient
            * a ** powers[0]
            * b ** powers[1]
            * c ** powers[2]
            * sphere_moment([2 * power for power in powers], 3)
            for powers, coefficient in form.terms()
        )
        assert sympy.expand(moment - expected) == 0


def test_multiplicities_count_eigenvalues() -> None:
    assert sphere_moments_of_form([2, 5], 4, [3, 1]) == sphere_moments_of_form([2, 2, 5, 2], 4)
    assert sphere_moments_of_form([3], 3, [9]) == (1, 3, 9, 27)


@pytest.mark.parametrize(("first", "second"), [(1, 3), ("1/7", 2), (5, "1/1000")])
def test_mean_logarithm_on_the_circle(first: object, second: object) -> None:
    a, b = (sympy.Rational(value) for value in (first, second))
    with mpmath.workdps(30):
        lengths = [mpmath.mpf(value.p) / value.q for value in (a, b)]

        def integrand(t: mpmath.mpf) -> mpmath.mpf:
            return mpmath.log(lengths[0] * mpmath.cos(t) ** 2 + lengths[1] * mpmath.sin(t) ** 2)

        mean = mpmath.quad(integrand, mpmath.linspace(0, mpmath.pi / 2, 9)) * 2 / mpmath.pi
        exact = mpmath.mpf(str(log_form_closed_form([a, b]).evalf(30)))
        assert abs(mean - exact) < 1e-20


def test_mean_logarithm_around_one_on_the_circle() -> None:
    form = log_form_closed_form([1 + E, 1 - E])
    known = sympy.log((1 + sympy.sqrt(1 - E**2)) / 2)
    for value in ("1/10", "1/2", "99/100"):
        number = sympy.Rational(value)
        assert abs(sympy.N((form - known).subs(E, number), 40)) < 1e-38


@pytest.mark.parametrize("counts", [(2, 2), (4, 2), (2, 6), (4, 4)])
def test_even_multiplicities_are_integrals_over_a_beta_law(counts: tuple[int, int]) -> None:
    exact = log_form_closed_form([3, "1/2"], counts)
    with mpmath.workdps(30):
        m, n = (mpmath.mpf(count) / 2 for count in counts)
        value = mpmath.quad(
            lambda x: (
                mpmath.log(3 * x + (1 - x) / 2)
                * x ** (m - 1)
                * (1 - x) ** (n - 1)
                / mpmath.beta(m, n)
            ),
            [0, 0.5, 1],
        )
        assert abs(value - mpmath.mpf(str(exact.evalf(30)))) < 1e-22


def test_one_eigenvalue() -> None:
    assert log_form_closed_form([E], [5]) == sympy.log(E)
    assert sympy.simplify(log_form_closed_form([1, 0], [1, 1]) + 2 * sympy.log(2)) == 0
    assert sympy.simplify(log_form_closed_form([1, 0], [2, 2]) + 1) == 0


def test_ratios() -> None:
    assert ratio_closed_form([9, 1], 0) == sympy.Rational(3, 4)
    total = ratio_closed_form([E, 1], 0) + ratio_closed_form([E, 1], 1)
    assert sympy.simplify(total) == 1
    assert ratio_closed_form([7, 7, 7], 2) == sympy.Rational(1, 3)
    assert ratio_closed_form([5, 0, 0], 1) == 0
    assert ratio_closed_form([5, 0, 0], 0) == 1
    with pytest.raises(NoClosedForm):
        ratio_closed_form([1, 2, 3], 0)


def test_ratios_of_even_multiplicities() -> None:
    """With two pairs the share of the first is uniform on the simplex, tilted: by integration."""
    a, b = sympy.Rational(3), sympy.Rational(1, 2)
    x = sympy.Symbol("x", positive=True)
    mean = sympy.integrate(a * x / (a * x + b * (1 - x)), (x, 0, 1))
    exact = 2 * ratio_closed_form([a, b], 0, [2, 2])
    assert abs(sympy.N(exact - mean, 30)) < 1e-25
    assert sympy.simplify(exact + 2 * ratio_closed_form([a, b], 1, [2, 2])) == 1


@pytest.mark.parametrize("counts", [(1, 1), (2, 3), (4, 2)])
def test_distribution_of_the_share(counts: tuple[int, int]) -> None:
    """Its mean is the mean ratio, and its quantiles are those of a Beta law."""
    law = ratio_distribution([3, 1], counts)
    (x,) = law.free_symbols
    with mpmath.workdps(20):
        # SymPy's own translation forgets that the function is regularised
        beta = {"betainc_regularized": partial(mpmath.betainc, regularized=True)}
        values = sympy.lambdify(x, law, [beta, "mpmath"])
        mean = mpmath.quad(lambda t: 1 - values(t), [0, 0.5, 1])
        single = mean_ratio([3] * counts[0] + [1] * counts[1], 0)
        assert abs(mean - counts[0] * single.midpoint) < 1e-10
        m, n = (mpmath.mpf(count) / 2 for count in counts)
        for share in (0.1, 0.5, 0.9):
            y = mpmath.mpf(share) / 3 / (1 - share + mpmath.mpf(share) / 3)
            assert abs(values(mpmath.mpf(share)) - mpmath.betainc(m, n, 0, y, regularized=True)) < (
                1e-12
            )


@pytest.mark.parametrize(
    ("eigenvalues", "multiplicities"), [([1, 2], [1, 2]), ([1, 2, 3], None), ([1, 2, 0], [2, 2, 2])]
)
def test_no_closed_form(eigenvalues: list[int], multiplicities: list[int] | None) -> None:
    with pytest.raises(NoClosedForm):
        log_form_closed_form(eigenvalues, multiplicities)


def test_what_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="at least one"):
        sphere_moments_of_form([], 2)
    with pytest.raises(InvalidArgument, match="multiplicities"):
        log_form_closed_form([1, 1], [1, 1])
    with pytest.raises(InvalidArgument, match="eigenvalue to be exact"):
        log_form_closed_form([Enclosure(1)])
    with pytest.raises(InvalidArgument, match="dimension"):
        sphere_moment([2, 2, 2], 2)
    with pytest.raises(InvalidArgument, match="power"):
        sphere_moment([-2])
    with pytest.raises(InvalidArgument, match="two, with multiplicities"):
        ratio_distribution([1, 2, 3])
    with pytest.raises(OutOfDomain):
        ratio_distribution([1, 0])
    for values in ([0, 0], [-1, 1]):
        with pytest.raises(OutOfDomain):
            log_form_closed_form(values)
        with pytest.raises(OutOfDomain):
            ratio_closed_form(values, 0)


@pytest.mark.parametrize(
    "function",
    [
        lambda values, counts: sphere_moments_of_form(values, 2, counts),
        log_form_closed_form,
        lambda values, counts: ratio_closed_form(values, 0, counts),
        ratio_distribution,
    ],
    ids=["moments", "logarithm", "ratio", "distribution"],
)
def test_eigenvalues_and_multiplicities_are_sequences(
    function: Callable[[object, object], object],
) -> None:
    counts = [1, 1]
    assert_refused(lambda values: function(values, counts), NO_SEQUENCES, "eigenvalues to be a seq")
    assert_refused(lambda value: function([value, 1], counts), NO_NUMBERS, "eigenvalue to be a fin")
    given = [value for value in NO_SEQUENCES if value is not None]
    assert_refused(lambda counts: function([1, 2], counts), given, "multiplicities to be a seq")
    assert_refused(lambda count: function([1, 2], [count, 1]), NO_INTEGERS, "multiplicity to be an")


def test_multiplicities_of_an_iterator_are_counted() -> None:
    assert sphere_moments_of_form(iter([2, 5]), 4, iter([3, 1])) == sphere_moments_of_form(
        [2, 2, 2, 5], 4
    )


def test_powers_and_orders_are_integers_that_fit() -> None:
    assert_refused(sphere_moment, NO_SEQUENCES, "powers to be a sequence of integers")
    assert_refused(lambda power: sphere_moment([power]), (*NO_INTEGERS, 10**400), "power to be an")
    assert_refused(lambda size: sphere_moment([2], size), NO_INTEGERS, "dimension to be an")
    assert_refused(
        lambda order: sphere_moments_of_form([1, 2], order), (*NO_INTEGERS, 10**400), "order to be"
    )
