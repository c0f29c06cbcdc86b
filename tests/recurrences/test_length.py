"""The length map: its faces agree, and its slope is that of the correlation map."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from symprop.foundation.errors import InvalidArgument, NoClosedForm, OutOfDomain
from symprop.recurrences.length import length_map, q_map
from symprop.recurrences.trajectories import trajectory
from symprop.specs.architectures import FullyConnected

Q = sympy.Symbol("q", positive=True)


@pytest.mark.parametrize("name", ["relu", "erf", "gelu", "hard_tanh"])
def test_faces_agree(name: str) -> None:
    lengths = length_map(name, "3/2", bias_variance="1/7")
    values = lengths([0.25, 3.0])
    for q, value in ((sympy.Rational(1, 4), values[0]), (sympy.Integer(3), values[1])):
        ball = lengths.enclose(q, dps=30)
        assert ball.overlaps(str(lengths.closed_form.subs(Q, q).evalf(40)))
        assert float(ball) == pytest.approx(value, rel=2e-15)
        assert abs(lengths.evalf(q, dps=25) - ball.midpoint) < 1e-24
        slope = lengths.slope(q, dps=30)
        assert float(slope) == pytest.approx(float(lengths.slope_closed_form.subs(Q, q)), rel=1e-14)


def test_without_closed_form() -> None:
    lengths = q_map("tanh")
    with pytest.raises(NoClosedForm):
        lengths.closed_form  # noqa: B018
    assert "V_{tanh}" in lengths._repr_latex_()
    l = sympy.Symbol("l", integer=True, positive=True)  # noqa: E741
    assert q_map("relu").recurrence.rhs == sympy.Function("q", positive=True)(l) / 2


def test_it_is_what_fully_connected_nets_iterate() -> None:
    net = FullyConnected("tanh", 2, "1/3")
    path = trajectory(net, 5, length=1, dps=30)
    lengths = length_map("tanh", 2, bias_variance="1/3")
    for layer in range(1, 5):
        following = lengths.enclose(path.q[layer], dps=25)
        assert following.overlaps(path.q[layer + 1])
        back = lengths.slope(path.q[layer], dps=25)
        assert (path.chi[layer - 1] / path.chi[layer]).overlaps(back)


def test_zero_variance_and_refusals() -> None:
    assert length_map("exp", 2, bias_variance=1).enclose(0).contains(3)
    assert length_map("exp", 2, bias_variance=1)(0.0) == 3.0
    with pytest.raises(OutOfDomain, match="q to be >= 0"):
        q_map("relu")(np.array([1.0, -1.0]))
    with pytest.raises(OutOfDomain, match="weight_variance >= 0"):
        length_map("relu", -1)
    with pytest.raises(OutOfDomain, match="second moment"):
        q_map("sign").slope(1)


def test_arrays_are_refused_by_name() -> None:
    with pytest.raises(InvalidArgument, match="q to be an array of real numbers"):
        q_map("tanh")(1j)
