"""Kept paths are those of the recurrences, and are carried on without being begun again."""

from flint import arb

from symprop.claims import residual_paths
from symprop.claims.residual_paths import PAR
from symprop.ledger.points import exact_points
from symprop.specs.architectures import FullResidual


def test_first_layer() -> None:
    path = residual_paths.residual_path(phi="relu", e0=0, depth=1, dps=20, **PAR)
    assert path.p[1].overlaps(arb("3.135"))
    assert residual_paths.length(phi="relu", depth=1, dps=20, **PAR).overlaps(arb("3.135"))
    assert residual_paths.hidden_length(phi="relu", depth=1, dps=20, **PAR).overlaps(arb("2.18"))


def test_pair_of_inputs() -> None:
    setting = {"phi": "tanh", "e0": "1/2", "depth": 5, "dps": 20} | PAR
    p = residual_paths.length(**setting)
    gamma = residual_paths.covariance(**setting)
    assert residual_paths.distance(**setting).overlaps(p - gamma)
    assert residual_paths.gap(**setting).overlaps(1 - gamma / p)


def test_inputs_of_unequal_length() -> None:
    path = residual_paths.residual_path(phi="relu", e0="1/2", p1=4, depth=1, dps=20, **PAR)
    assert path.gamma[0].overlaps(arb(1))
    assert path.other_p[0] == 4


def test_paths_are_carried_on() -> None:
    setting = {"phi": "erf", "dps": 20} | PAR
    short = residual_paths.residual_path(depth=3, **setting)
    assert residual_paths.residual_path(depth=9, **setting) is short
    assert len(short.p) == 10


def test_variance_is_read_exactly() -> None:
    assert residual_paths.variance("sw2", exact_points([PAR])[0], 20).overlaps(arb("1.69"))


def test_default_branch_is_the_reduced_network() -> None:
    reduced = residual_paths.length(phi="tanh", sw2=1, sb2=0, depth=4, dps=20)
    full = residual_paths.length(phi="tanh", sv2=1, sa2=0, sw2=1, sb2=0, depth=4, dps=20)
    assert reduced.overlaps(full)
    assert FullResidual("tanh", 1, 0, 1, 0).layer(1).skip
