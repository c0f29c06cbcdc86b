import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.foundation.validation import (
    MAX_DEPTH,
    MAX_DPS,
    check_callable,
    check_choice,
    check_depth,
    check_dps,
    check_flag,
    check_instance,
    check_integer,
    check_sequence,
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


@pytest.mark.parametrize("value", [-1, MAX_DEPTH + 1, 10**400, 1.5, None])
def test_depths_are_bounded_on_both_sides(value: object) -> None:
    assert check_depth(MAX_DEPTH) == MAX_DEPTH
    with pytest.raises(InvalidArgument, match="most to be an integer from 0 to"):
        check_depth(value, "most")


@pytest.mark.parametrize("value", [0, 1, "true", None])
def test_flags_are_booleans(value: object) -> None:
    assert check_flag("resume", False) is False
    with pytest.raises(InvalidArgument, match="resume to be True or False"):
        check_flag("resume", value)


def test_choices_are_listed() -> None:
    assert check_choice("kind", "a", ("a", "b")) == "a"
    with pytest.raises(InvalidArgument, match="'a', 'b'"):
        check_choice("kind", "c", ("a", "b"))


@pytest.mark.parametrize("value", [[1, 2], (1, 2), range(1, 3), np.array([1, 2]), iter([1, 2])])
def test_sequences_are_listed(value: object) -> None:
    assert check_sequence("values", value) == [1, 2]


def test_rows_of_a_matrix_are_entries() -> None:
    first, second = check_sequence("gram", np.eye(2))
    assert (first[0], second[0]) == (1, 0)


@pytest.mark.parametrize(
    "value", [None, 1, "12", b"34", {1: 2}, {1, 2}, np.array(3.0), object(), abs, 1j]
)
def test_what_is_no_sequence_is_named(value: object) -> None:
    with pytest.raises(InvalidArgument, match="values to be a sequence of integers but got"):
        check_sequence("values", value, "integers")


def test_functions_and_classes() -> None:
    assert check_callable("function", abs) is abs
    with pytest.raises(InvalidArgument, match="function to be a function but got function=1"):
        check_callable("function", 1)
    assert check_instance("text", "a", str) == "a"
    with pytest.raises(InvalidArgument, match="text to be a str but got text=1"):
        check_instance("text", 1, str)
