from fractions import Fraction

import numpy as np
import pytest

from symprop.foundation.errors import OutOfDomain
from symprop.gaussian.expansions_by_row import hermite_rows
from symprop.gaussian.hermite import hermite_coefficients
from symprop.numerics.precision import working_bits
from symprop.specs.activations import activation
from tests.gaussian.textbook_kernels import exact

VARIANCES = np.array([1e-9, 0.9999, 1.0, 3.9, 4.0, 25.0])


@pytest.mark.parametrize("name", ["tanh", "silu", "elu"])
def test_against_certified_coefficients(name) -> None:
    """Also for broken activations: the rule is cut at their kinks."""
    phi, order = activation(name), 40
    rows = hermite_rows(phi, VARIANCES, order)
    for i, q in enumerate(VARIANCES):
        certified = hermite_coefficients(phi, order, variance=Fraction(q), dps=20)
        with working_bits(120):
            squares = (
                (exact(rows.coefficients[i, k]) - certified.enclosures[k].ball) ** 2
                for k in range(order + 1)
            )
            assert sum(squares, exact(0)).sqrt() <= rows.error[i]
        moment = certified.second_moment.ball
        assert abs(exact(rows.second_moments[i]) - moment) <= 64 * 2.0**-53 * moment
        assert exact(rows.tails[i]) >= certified.tail.ball
        assert exact(rows.tails[i]) <= certified.tail.ball + 1e-12 * moment


def test_errors_are_relative_to_the_size_of_the_row() -> None:
    rows = hermite_rows(activation("tanh"), VARIANCES, 40)
    assert (rows.error < 1e-12 * np.sqrt(rows.second_moments)).all()


def test_parity_leaves_exact_zeros() -> None:
    rows = hermite_rows(activation("tanh"), [0.5, 2.0], 9)
    assert not rows.coefficients[:, ::2].any()
    assert rows.coefficients[:, 1::2].all()


def test_a_row_does_not_depend_on_its_company() -> None:
    phi = activation("silu")
    alone = hermite_rows(phi, [1.7], 20).coefficients[0]
    among = hermite_rows(phi, [*np.linspace(1.1, 3.5, 500), 1.7], 20).coefficients[-1]
    np.testing.assert_allclose(among, alone, rtol=0, atol=1e-15)


def test_high_orders_neither_overflow_nor_drift() -> None:
    """Parseval: the squares of 1500 coefficients add up to the second moment."""
    rows = hermite_rows(activation("tanh"), [30.0], 1500)
    kept = np.square(rows.coefficients[0]).sum()
    assert abs(kept - rows.second_moments[0]) <= rows.tails[0]
    assert rows.tails[0] < 1e-10


@pytest.mark.parametrize("bad", [[0.0], [1.0, -1.0], [np.nan], [np.inf]])
def test_variances_must_be_positive(bad) -> None:
    with pytest.raises(OutOfDomain):
        hermite_rows(activation("tanh"), bad, 5)
