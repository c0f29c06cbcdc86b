"""Kernels of whole networks: positive definite, bounded by the diagonal, enclosed by balls."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from symprop.recurrences.nngp import nngp_kernel
from symprop.recurrences.ntk import tangent_kernel
from symprop.specs.branched import DenseNet, ResNet, Vanilla

GROUPS = st.sampled_from(["hidden", "all", ("input", "hidden"), ("hidden", "output")])
RESNETS = st.builds(
    ResNet,
    st.integers(1, 4),
    st.fractions(0, 4, max_denominator=50),
    input_layer=st.booleans(),
    trained=GROUPS,
)
NETWORKS = RESNETS | st.builds(DenseNet, trained=GROUPS) | st.builds(Vanilla, trained=GROUPS)
DEPTHS = st.integers(1, 5)
COSINES = st.fractions(-1, 1, max_denominator=10**9)
MAKERS = st.sampled_from([nngp_kernel, tangent_kernel])


@given(MAKERS, NETWORKS, DEPTHS, COSINES)
def test_float64_is_inside_the_ball_up_to_its_bound(make, network, depth, cosine) -> None:
    kernel = make(network, depth)
    scale = float(kernel.diagonal)
    value = kernel([float(cosine)])[0]
    exact = float(kernel.enclose(Fraction(float(cosine)), dps=15))
    assert abs(value - exact) <= 1e-13 * scale


@given(MAKERS, NETWORKS, DEPTHS, COSINES)
def test_coarse_and_fine_balls_overlap_and_stay_below_the_diagonal(
    make, network, depth, cosine
) -> None:
    kernel = make(network, depth)
    coarse, fine = (kernel.enclose(cosine, dps=dps) for dps in (8, 40))
    assert coarse.overlaps(fine)
    assert abs(float(fine)) <= float(kernel.diagonal) * (1 + 1e-15)


@given(NETWORKS, DEPTHS, st.integers(0, 2**32 - 1))
def test_matrices_are_positive_semidefinite_and_homogeneous(network, depth, seed) -> None:
    random = np.random.default_rng(seed)
    rows = random.standard_normal((6, 4))
    gram = rows @ rows.T
    found = tangent_kernel(network, depth).gram(gram)
    values = np.linalg.eigvalsh(found)
    assert values[0] >= -1e-12 * max(values[-1], 1e-300)
    lengths = np.exp(random.uniform(-2, 2, 6))
    stretched = tangent_kernel(network, depth).gram(gram * lengths[:, None] * lengths)
    product = np.sqrt(np.diagonal(found)) * lengths
    error = np.abs(stretched - found * lengths[:, None] * lengths)
    assert (error <= 1e-7 * product[:, None] * product).all()
