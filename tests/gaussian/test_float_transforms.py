import numpy as np
import pytest

from symprop.foundation.errors import OutOfDomain
from symprop.gaussian.transforms import v_transform, w_transform


@pytest.mark.parametrize("name", ["tanh", "relu", "erf", "silu", "softsign", "cos"])
def test_v_is_relatively_accurate_over_the_whole_range(name: str) -> None:
    transform = v_transform(name)
    q = np.array([1e-12, 3e-7, 0.02, 0.5, 1.0, 1.9999999, 2.0, 77.0, 5e4, 1e12])
    values = transform(q)
    for variance, value in zip(q.tolist(), values.tolist(), strict=True):
        exact = transform.enclose(variance, dps=20)
        assert (
            abs(float(exact - value)) <= transform.float_face.relative_error * float(exact) * 1.01
        )
    assert 0 < transform.float_face.relative_error < 2e-14


def test_shapes_broadcast() -> None:
    assert v_transform("tanh")(2.0).shape == ()
    assert v_transform("tanh")(np.ones((2, 3))).shape == (2, 3)
    assert w_transform("relu")(np.ones((2, 1)), np.zeros(3)).shape == (2, 3)


@pytest.mark.parametrize("name", ["tanh", "relu", "gelu"])
def test_w_agrees_with_its_balls(name: str) -> None:
    transform = w_transform(name)
    for q, nu in ((0.3, 0.1), (2.0, -1.3), (40.0, 40.0)):
        exact = transform.enclose(q, nu, dps=20)
        assert abs(float(exact) - float(transform(q, nu))) <= 2e-14 * max(1.0, q)


def test_values_outside_the_domain_are_refused() -> None:
    for bad in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(OutOfDomain, match="q"):
            v_transform("tanh")(np.array([1.0, bad]))
    with pytest.raises(OutOfDomain, match="nu"):
        w_transform("tanh")(1.0, 1.5)
    with pytest.raises(OutOfDomain, match="nu"):
        w_transform("tanh")(1.0, np.nan)
