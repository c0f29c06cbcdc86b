"""The constant of two inputs: its digits, the layers it forgets, and the angle it predicts."""

from itertools import islice

import mpmath
import pytest

from symprop.asymptotics.angle_constants import _orbit, angle_constant
from symprop.foundation.errors import InvalidArgument, OutOfDomain, PrecisionNotReached
from symprop.numerics.precision import working_bits
from symprop.recurrences.ball_recurrence import BallPath, extend_ball_path
from symprop.recurrences.inputs import Inputs
from symprop.specs.architectures import FullResidual

NET = FullResidual("tanh", "3/2", "1/2", "169/100", "49/100")


def first_layer() -> tuple[str, str]:
    path = BallPath()
    assert list(extend_ball_path(path, NET, Inputs(1, cosine="1/2"), 1, 160)) == [1]
    return path.p[1].mid().str(40, radius=False), path.e[1].mid().str(40, radius=False)


def test_orders_and_depths_agree() -> None:
    short = angle_constant(NET, 1, "1/2", dps=7, terms=3)
    long = angle_constant(NET, 1, "1/2", dps=11, terms=4)
    assert long.layers > short.layers
    assert abs(short.value - long.value) < 2 * short.estimated_error
    assert long.estimated_error < mpmath.mpf(10) ** -11


def test_the_first_layer_is_forgotten() -> None:
    """Called layer 0, the layer behind the inputs gives the same constant."""
    later = angle_constant(NET, *first_layer(), dps=9, terms=4)
    assert abs(later.value - angle_constant(NET, 1, "1/2", dps=9, terms=4).value) < 1e-8


def test_other_variances() -> None:
    """An angle whose limit is no rational multiple of pi; the constant tells the angle."""
    net = FullResidual("tanh", 1, 1, 2, 0)
    found = angle_constant(net, 2, "-1/4", dps=6, terms=4)
    near = angle_constant(net, 2, "-1/4", dps=4, terms=3)
    assert abs(found.value - near.value) < 1e-3


def test_the_orbit_is_that_of_the_network() -> None:
    path = BallPath()
    inputs = Inputs(1, cosine="1/2")
    assert list(extend_ball_path(path, NET, inputs, 600, 160))[-1] == 600
    found = list(islice(_orbit(NET, inputs, 130), 601))
    with working_bits(160):
        for n, (p, e) in enumerate(found):
            assert abs(p / path.p[n] - 1) < 1e-26
            assert abs(e - path.e[n]) < 1e-26


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> None:
        told.append((done, total))

    angle_constant(NET, 1, 0, dps=4, terms=3, progress=tell)
    assert told[0] == (0, 2**15)
    assert told[-1][0] >= 1024


def test_refusals() -> None:
    with pytest.raises(InvalidArgument, match="tanh"):
        angle_constant(FullResidual("erf", 1, 1, 1, 0))
    with pytest.raises(OutOfDomain, match="branch_bias_variance"):
        angle_constant(FullResidual("tanh", 1, 0, 1, 0))
    with pytest.raises(OutOfDomain, match="cosine"):
        angle_constant(NET, 1, 1)
    with pytest.raises(PrecisionNotReached) as caught:
        angle_constant(NET, 1, "1/2", dps=9, terms=3, layers=2048)
    assert caught.value.best.layers == 2048
