"""Each claim reaches its recorded verdict; the covariances are those of a double integral."""

from fractions import Fraction

import pytest
import sympy

from symprop.claims import quadrature_witness as witness
from symprop.claims.shrinkage_activations import (
    CLAIMS,
    ERF_COVARIANCE,
    LEAKY_COVARIANCE,
    a,
    rho,
)
from symprop.ledger.claim import Claim
from symprop.numerics.evaluation import enclose
from tests.claims.reaching import assert_reached


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_verdict_is_reached(claim: Claim) -> None:
    assert_reached(claim)


@pytest.mark.parametrize("slope", ["-2", "1/5", "3"])
@pytest.mark.parametrize("at", ["-9/10", "1/3", "1"])
def test_covariance_of_leaky_relu(slope: str, at: str) -> None:
    values = {a: sympy.Rational(slope), rho: sympy.Rational(at)}
    leaky = f"Max(x, 0) + ({slope})*Min(x, 0)"
    difference = witness.covariance(leaky, Fraction(at), 15) - enclose(
        LEAKY_COVARIANCE.subs(values), dps=15
    )
    assert difference.contains(0)
    assert difference.upper < Fraction(1, 10**12)


@pytest.mark.parametrize("at", ["-1", "1/2"])
def test_covariance_of_erf(at: str) -> None:
    difference = witness.covariance("erf", Fraction(at), 15) - enclose(
        ERF_COVARIANCE.subs(rho, sympy.Rational(at)), dps=15
    )
    assert difference.contains(0)
    assert difference.upper < Fraction(1, 10**12)
