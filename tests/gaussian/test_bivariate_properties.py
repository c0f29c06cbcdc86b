"""Properties of the bivariate normal balls over hostile thresholds and correlations."""

from __future__ import annotations

from flint import arb
from hypothesis import example, given
from hypothesis import strategies as st

from symprop.gaussian.bivariate import bivariate_normal_array, bivariate_normal_cdf
from symprop.numerics.precision import working_bits

thresholds = st.one_of(
    st.sampled_from([0.0, 1.0, -1.0, 6.0, -6.0]),
    st.floats(-8, 8),
    st.floats(-1e-3, 1e-3),
    st.floats(-300, 300),
)
gaps = st.floats(1e-15, 1.0)
correlations = st.one_of(
    st.sampled_from([0.0, 1.0, -1.0, 0.5]),
    st.floats(-0.999, 0.999),
    gaps.map(lambda gap: 1 - gap),
    gaps.map(lambda gap: gap - 1),
)


def normal(x: float) -> arb:
    return (-arb(x) / arb(2).sqrt()).erfc() / 2


@given(thresholds, thresholds, correlations)
@example(1.3948636069328728, -1.3948636069318727, 0.006084214680645017)
@example(-1.0, -4.050844225101852, 0.8616816518406651)
@example(1.0, 1.0, 1 - 2.0**-53)
@example(-6.0, 6.0, -1 + 2.0**-53)
def test_the_plane_is_split_by_a_line(h: float, k: float, rho: float) -> None:
    """``P(X <= h, Y <= k) + P(X <= h, Y > k) = Phi(h)``, each term a quadrature of its own."""
    with working_bits(100):
        below = bivariate_normal_cdf(arb(h), arb(k), arb(rho))
        above = bivariate_normal_cdf(arb(h), arb(-k), arb(-rho))
        assert (below + above).overlaps(normal(h))
        assert max(below.rad(), above.rad()) < arb(2) ** -80


@given(thresholds, thresholds, correlations)
def test_symmetric_and_between_the_frechet_bounds(h: float, k: float, rho: float) -> None:
    with working_bits(80):
        value = bivariate_normal_cdf(arb(h), arb(k), arb(rho))
        assert value.overlaps(bivariate_normal_cdf(arb(k), arb(h), arb(rho)))
        assert not value > normal(h).min(normal(k))
        assert not value < (normal(h) - normal(-k)).max(arb(0))


@given(thresholds, thresholds, correlations)
def test_more_bits_give_a_narrower_ball_inside_the_error(h: float, k: float, rho: float) -> None:
    with working_bits(60):
        coarse = bivariate_normal_cdf(arb(h), arb(k), arb(rho))
    with working_bits(160):
        fine = bivariate_normal_cdf(arb(h), arb(k), arb(rho))
        assert coarse.overlaps(fine)
        assert fine.rad() <= coarse.rad() or fine.rad() < arb(2) ** -150


@given(thresholds, thresholds, st.floats(-0.99, 0.99), st.floats(1e-9, 1e-3))
def test_wide_arguments_hold_their_corners(h: float, k: float, rho: float, radius: float) -> None:
    with working_bits(80):
        wide = bivariate_normal_cdf(arb(h, radius), arb(k, radius), arb(rho, radius))
        for sign in (1, -1):
            step = sign * arb(radius)
            corner = bivariate_normal_cdf(arb(h) + step, arb(k) + step, arb(rho) + step)
            assert wide.overlaps(corner)


@given(thresholds, thresholds, correlations)
def test_float_face_agrees_with_the_balls(h: float, k: float, rho: float) -> None:
    with working_bits(100):
        ball = bivariate_normal_cdf(arb(h), arb(k), arb(rho))
    assert abs(float(bivariate_normal_array(h, k, rho)) - float(ball)) < 2e-15
