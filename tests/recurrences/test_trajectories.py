"""Trajectories against quadrature, against dense networks, and against themselves."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain, PrecisionNotReached
from symprop.recurrences.trajectories import Trajectory, trajectory
from symprop.specs.architectures import (
    Architecture,
    FullResidual,
    FullyConnected,
    LayerNormResidual,
    ReducedResidual,
)
from tests.recurrences.independent import covariance, expectation, sampled_residual_net

PAR = ("3/2", "1/2", "169/100", "49/100")
FRN = FullResidual("tanh", *PAR)
QUANTITIES = ("p", "q", "gamma", "lambda_", "s", "e", "e_gap", "c", "c_gap")
GRADIENTS = ("chi", "log_chi", "chi_b", "chi_w")


def floats(values: Any) -> Any:
    return np.array([float(value) for value in values])


@pytest.mark.parametrize(
    ("name", "f", "slope"),
    [
        ("tanh", np.tanh, lambda x: 1 / np.cosh(x) ** 2),
        ("relu", lambda x: np.maximum(x, 0), lambda x: np.heaviside(x, 0.5)),
    ],
)
def test_full_residual_net_against_quadrature(name: str, f: Any, slope: Any) -> None:
    sv, sa, sw, sb = (float(Fraction(x)) for x in PAR)
    path = trajectory(FullResidual(name, *PAR), 5, length=2, other_length=1, cosine="1/3", dps=20)
    p, o, gamma = 2.0, 1.0, np.sqrt(2) / 3
    forward = []
    for layer in range(1, 6):
        q, r, lam = (sw * x + sb for x in (p, o, gamma))
        forward.append((q, p))
        cross = covariance(f, q, r, lam / np.sqrt(q * r))
        p, o = (x + sa + sv * expectation(lambda z: f(z) ** 2, y) for x, y in ((p, q), (o, r)))
        gamma += sa + sv * cross
        found = [path.p[layer], path.q[layer], path.other_p[layer], path.other_q[layer]]
        found += [path.gamma[layer], path.lambda_[layer], path.e[layer], path.s[layer]]
        wanted = [p, q, o, r, gamma, lam, gamma / np.sqrt(p * o), (p + o) / 2 - gamma]
        assert floats(found) == pytest.approx(wanted, rel=1e-12)
    chi = 1.0
    for layer in range(5, 0, -1):
        q, before = forward[layer - 1]
        growth = expectation(lambda z: slope(z) ** 2, q)
        moment = expectation(lambda z: f(z) ** 2, q)
        wanted = [chi, sv * chi * growth, sv * chi * growth * before, chi * moment, chi]
        kinds = ("chi", "chi_b", "chi_w", "chi_v", "chi_a")
        found = [getattr(path, kind)[layer] for kind in kinds]
        assert floats(found) == pytest.approx(wanted, rel=1e-12)
        chi *= 1 + sv * sw * growth
    assert float(path.chi[0]) == pytest.approx(chi, rel=1e-12)


def test_full_residual_net_against_dense_networks() -> None:
    """Errors of a width-N network are of order N**-1/2; measured over independent networks."""
    depth, runs = 6, 12
    path = trajectory(FRN, depth, length=1, cosine=0.5)
    for width in (128, 256):
        sampled = [
            sampled_residual_net((1.5, 0.5, 1.69, 0.49), 0.5, width, depth, seed)
            for seed in range(runs)
        ]
        for name in ("p", "q", "gamma", "chi", "chi_b", "chi_w", "chi_v"):
            wanted = getattr(path, name)
            values = np.array([getattr(item, name) for item in sampled])
            if values.shape[1] == depth:
                wanted = wanted[1:]
            error = values.std(axis=0, ddof=1) / np.sqrt(runs)
            moved = error > 0
            z = (values.mean(axis=0) - wanted)[moved] / error[moved]
            assert np.abs(z).max() < 5, (width, name)


NETS: list[Architecture] = [
    FRN,
    FullResidual("relu", *PAR),
    FullResidual("alpha_relu:3/4", *PAR),
    FullResidual("erf", 1, 0, 0, "1/2"),
    ReducedResidual("erf", 1, 1),
    FullyConnected("relu", 2),
    FullyConnected("erf", "3/2", "1/10"),
    FullyConnected(("tanh", "relu"), (1, "3/2", 1), "1/2", normalization="rms"),
    FullyConnected("gelu", "3/2", "1/10", normalization="layer", placement="after"),
    FullyConnected("relu", 1, normalization="rms", placement="after"),
    LayerNormResidual("relu", "1/2"),
]
INPUTS: list[dict[str, Any]] = [
    {"cosine": "9/10"},
    {"other_length": 2, "cosine": "1/2"},
    {"angle_gap": "1e-20"},
    {"cosine": "-1/3"},
    {"cosine": 1},
    {"cosine": 0},
]


@pytest.mark.parametrize("net", NETS, ids=str)
@pytest.mark.parametrize("inputs", INPUTS, ids=str)
def test_float64_agrees_with_balls(net: Architecture, inputs: dict[str, Any]) -> None:
    proved = trajectory(net, 12, length=1, dps=20, **inputs)
    plain = trajectory(net, 12, length=1, **inputs)
    sizes = {"gamma": proved.p, "lambda_": proved.q, "e": [1] * 13, "c": [1] * 13}
    if "other_length" in inputs:  # two lengths grow alike, and s is not accurate near zero
        sizes |= {"s": proved.p, "e_gap": [1] * 13, "c_gap": [1] * 13}
    for name in QUANTITIES + GRADIENTS:
        wanted, found = floats(getattr(proved, name)), getattr(plain, name)
        size = floats(sizes.get(name, getattr(proved, name)))
        floor = 1.0 if name == "log_chi" else 0.0
        assert (np.abs(found - wanted) <= 1e-14 * (np.abs(size) + floor)).all(), name


@pytest.mark.parametrize("net", NETS[:3], ids=str)
def test_more_digits_are_narrower_and_overlap(net: Architecture) -> None:
    coarse = trajectory(net, 8, length="1/3", cosine="99/100", dps=15)
    fine = trajectory(net, 8, length="1/3", cosine="99/100", dps=60)
    for name in QUANTITIES + GRADIENTS:
        for first, second in zip(getattr(coarse, name), getattr(fine, name), strict=True):
            assert first.overlaps(second)
            assert second.radius <= first.radius
            if name in ("p", "q", "s", "e_gap", "c_gap"):
                assert second.relative_bits > 60 * 3.32


def test_many_settings_at_once_are_those_one_by_one() -> None:
    nets = [FullResidual("tanh", 1, "1/2", w, b) for w, b in ((1, 0), ("1/2", 1), (0, 2), (9, 0))]
    cosines = [0.1, 0.9, -0.3, 1 - 1e-9]
    together = trajectory(nets, 9, length=[1, 2, 0.5, 3], cosine=cosines)
    assert together.p.shape == together.chi_b.shape == (10, 4)
    for index, net in enumerate(nets):
        alone = trajectory(net, 9, length=[1, 2, 0.5, 3][index], cosine=cosines[index])
        for name in (*QUANTITIES, "chi", "chi_b", "chi_w", "chi_v", "chi_a"):
            assert np.allclose(getattr(together, name)[:, index], getattr(alone, name), rtol=4e-15)


def test_one_network_with_many_inputs() -> None:
    path = trajectory(FRN, 5, length=1, cosine=np.linspace(-1, 1, 5))
    assert path.e.shape == (6, 5)
    assert (np.diff(path.e[5]) > 0).all()
    assert path.e[5, 4] == 1.0
    assert path.s[5, 4] == 0.0


@pytest.mark.parametrize("dps", [None, 20])
def test_without_inner_weights_lengths_are_linear(dps: int | None) -> None:
    """Theorems B.9 and B.11 with sigma_w = 0."""
    path = trajectory(FullResidual("tanh", 1, "1/2", 0, 1), 6, length=2, cosine="1/2", dps=dps)
    steps = np.diff(floats(path.p))
    assert np.allclose(steps, steps[0], rtol=1e-13)
    assert np.allclose(floats(path.s), 1.0, rtol=1e-14)
    assert set(floats(path.c)[1:]) == {1.0}
    assert set(floats(path.chi)) == {1.0}


@pytest.mark.parametrize("dps", [None, 20])
def test_zero_variances(dps: int | None) -> None:
    """Without bias a zero input stays zero, unless phi(0) is not."""
    still = trajectory(FullResidual("tanh", 1, 0, 1, 0), 3, length=0, cosine=1, dps=dps)
    assert set(floats(still.p)) == set(floats(still.gamma)) == {0.0}
    assert floats(still.chi) == pytest.approx([8, 4, 2, 1], rel=1e-15)
    raised = trajectory(FullyConnected("exp", 0), 3, length=0, dps=dps)
    assert floats(raised.p).tolist() == [0, 1, 1, 1]
    lone = trajectory(
        FullResidual("exp", 1, 0, 1, 0), 1, length=0, other_length=1, cosine=0, dps=dps
    )
    # E exp(0) exp(Z) = exp(1/2)
    assert float(lone.gamma[1]) == pytest.approx(np.exp(0.5), rel=1e-14)
    with pytest.raises(OutOfDomain, match="continuous at 0"):
        trajectory(FullyConnected("sign", 0), 1, length=1, dps=dps)


def test_lengths_outside_float64_are_refused_and_balls_go_on() -> None:
    net = FullResidual("relu", *PAR)
    with pytest.raises(OutOfDomain, match="range of float64"):
        trajectory(net, 2000, length=1)
    path = trajectory(net, 1500, length=1, dps=15)
    growth = path.p[1500].midpoint / path.p[1499].midpoint
    assert abs(growth - (1 + 1.5 * 1.69 / 2)) < 1e-12
    deep = trajectory(FullyConnected("sin", 1000), 300, length=1)
    with pytest.raises(OutOfDomain, match="log_chi"):
        deep.chi  # noqa: B018
    # at such variances E sin^2 = E cos^2 = 1/2 to all digits
    assert deep.log_chi[1] == pytest.approx(299 * np.log(500), rel=1e-14)


def test_gradients_need_a_derivative() -> None:
    for name in ("alpha_relu:1/2", "sign"):
        path = trajectory(FullResidual(name, *PAR), 2, length=1)
        with pytest.raises(OutOfDomain, match=f"finite second moment but got activation={name}"):
            path.chi  # noqa: B018
    assert trajectory(FullResidual("alpha_relu:11/20", *PAR), 2, length=1).chi[0] > 1


def test_small_gaps_stay_accurate() -> None:
    path = trajectory(FRN, 30, length=1, angle_gap=1e-200)
    growth = path.e_gap[30] / 1e-200
    twice = trajectory(FRN, 30, length=1, angle_gap=2e-200)
    assert twice.e_gap[30] / path.e_gap[30] == pytest.approx(2, rel=1e-12)
    assert 1 < growth < 1e6
    # the separation grows as the squared gradient does
    assert path.s[30] / path.s[0] == pytest.approx(path.chi[0], rel=1e-12)


def test_progress_is_told() -> None:
    seen: list[tuple[int, int]] = []

    def note(done: int, depth: int) -> None:
        seen.append((done, depth))

    trajectory(FRN, 3, length=1, cosine=0, progress=note)
    assert seen == [(1, 3), (2, 3), (3, 3)]
    trajectory(FRN, 40_000, length=1, progress=note)
    assert seen[-1] == (40_000, 40_000)
    assert len(seen) > 5


def test_what_was_not_asked_for_is_missing() -> None:
    path = trajectory(FRN, 2, length=1)
    for name in ("e", "s", "lambda_", "other_p"):
        with pytest.raises(InvalidArgument, match="given to `trajectory`"):
            getattr(path, name)
    with pytest.raises(InvalidArgument, match="parameters v"):
        trajectory(ReducedResidual("tanh", 1), 2, length=1).chi_v  # noqa: B018


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"length": -1}, "length >= 0"),
        ({"length": 1, "cosine": 2}, r"inside \[-1, 1\]"),
        ({"length": 1, "other_length": 2}, "cosine"),
        ({"length": 1, "cosine": 0, "angle_gap": 1}, "exactly one"),
        ({"length": [1, 2], "cosine": [0, 0, 0]}, "1 or 3 of each argument"),
        ({"length": float("nan")}, "length"),
    ],
)
def test_malformed_inputs_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        trajectory(FRN, 2, **arguments)


def test_settings_must_be_alike() -> None:
    with pytest.raises(OutOfDomain, match="share their activation"):
        trajectory([FRN, FullResidual("erf", *PAR)], 2, length=1)
    with pytest.raises(InvalidArgument, match="one network"):
        trajectory([FRN, FRN], 2, length=1, dps=20)


def test_depth_zero_is_the_input() -> None:
    path: Trajectory = trajectory(FRN, 0, length=2, cosine=0.5)
    assert (path.p[0], path.q[0], path.gamma[0], path.e[0], path.chi[0]) == (2, 2, 1, 0.5, 1)


def test_what_is_no_network_is_refused() -> None:
    for given in ("tanh", 5, [], [FRN, "tanh"]):
        with pytest.raises(InvalidArgument, match="architecture to be a network"):
            trajectory(given, 2, length=1)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match=r"settings=\{'length': 3, 'cosine': 2\}"):
        trajectory(FRN, 2, length=[1, 2, 3], cosine=[0, 1])


def test_a_tower_of_exponentials_is_refused() -> None:
    net = FullyConnected("exp", 1)
    with pytest.raises(OutOfDomain, match="range of float64"):
        trajectory(net, 50, length=1)
    with pytest.raises(PrecisionNotReached, match=r"dps=15: .* of layer 5 of 50"):
        trajectory(net, 50, length=1, dps=15)


def test_lengths_where_the_formula_cancels() -> None:
    """Gelu at ``weight_variance = 5``: ``p`` grows by 5/2 a layer, once it is large."""
    path = trajectory(FullyConnected("gelu", 5), 70, length="1e18")
    assert float(path.p[70] / path.p[69]) == pytest.approx(2.5, rel=1e-12)


@pytest.mark.parametrize("name", ["0", "1"])
def test_constant_activations(name: str) -> None:
    path = trajectory(FullResidual(name, *PAR), 2, length=1, cosine="1/3")
    step = float(name) * 1.5 + 0.5
    assert floats(path.p) == pytest.approx([1, 1 + step, 1 + 2 * step])
    assert floats(path.gamma) == pytest.approx([1 / 3, 1 / 3 + step, 1 / 3 + 2 * step])
    assert floats(path.chi) == pytest.approx([1, 1, 1])


def test_second_moments_below_float64_are_named() -> None:
    """The slope of the cosine has a second moment of the size of the variance."""
    with pytest.raises(OutOfDomain, match="balls"):
        trajectory(FullyConnected("cos", 1), 1, length="1e-300", cosine="1/2").log_chi  # noqa: B018


def test_lengths_beyond_floats_with_proof() -> None:
    """Tanh takes the sign of so long an input; tiny ones part in proportion to their lengths.

    After one layer both have nearly the same length, so that no digit of their distance is known
    at first.
    """
    net = FullResidual("tanh", "3/2", "1/2", "169/100", "49/100")
    near, far = (
        trajectory(net, 1, length=1, other_length=10**power, cosine="1/2", dps=15).e[1]
        for power in (200, 400)
    )
    assert far.proved_digits(14) == near.proved_digits(14)
    small, smaller = (
        trajectory(net, 1, length=f"1e-{power}", cosine="1/2", dps=15).e_gap[1]
        for power in (60, 120)
    )
    assert (small * Fraction(1, 10**60)).proved_digits(15) == smaller.proved_digits(15)
