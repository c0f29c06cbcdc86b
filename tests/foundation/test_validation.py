import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.foundation.validation import (
    MAX_DPS,
    check_choice,
    check_dps,
    check_flag,
    check_integer,
)


def test_integers_of_every_kind_pass() -> None:
    assert check_integer("n", 3) == 3
    assert check_integer("n", np.int64(3), minimum=3, maximum=3) == 3


@pytest.mark.parametrize("value", [True, 1.0, "1", None, -1, 11])
def test_other_values_name_the_argument(value: object) -> None:
    with pytest.raises(InvalidArgument, match=r"Expected order .* but got order="):
        check_integer("order", value, minimum=0, maximum=10)


@pytest.mark.parametrize("value", [0, -1, MAX_DPS + 1, 10**9, 1.5])
def test_dps_is_bounded_on_both_sides(value: object) -> None:
    with pytest.raises(InvalidArgument, match="dps"):
        check_dps(value)


@pytest.mark.parametrize("value", [0, 1, "true", None])
def test_flags_are_booleans(value: object) -> None:
    assert check_flag("resume", False) is False
    with pytest.raises(InvalidArgument, match="resume to be True or False"):
        check_flag("resume", value)


def test_choices_are_listed() -> None:
    assert check_choice("kind", "a", ("a", "b")) == "a"
    with pytest.raises(InvalidArgument, match="'a', 'b'"):
        check_choice("kind", "c", ("a", "b"))
