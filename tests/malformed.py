"""Values that no argument of their kind may have, and the check that they are refused."""

from __future__ import annotations

from math import inf, nan
from typing import TYPE_CHECKING, Any

import pytest

from symprop.foundation.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

NO_NUMBERS = (None, "abc", "", [], [1, 2], {}, object(), nan, inf, 1j, True, b"x", abs, int)
NO_INTEGERS = (*NO_NUMBERS, 0.5, "1")
NO_FORMULAS = (None, "", "1 +", [], {}, object(), nan, inf, 1j, True, b"x", abs, int)
NO_SEQUENCES = (None, "12", b"12", {}, {1: 2}, {1}, object(), nan, 3, 10**400, 1j, True, abs, int)
NO_FUNCTIONS = (None, "abc", [], {}, object(), nan, 3, 1j, True, b"x")
NO_ROWS = (*NO_SEQUENCES, [[1, 2], [3]], [1, 2], [[]], [None], ["ab", "cd"])


def assert_refused(function: Callable[[Any], object], values: Iterable[object], match: str) -> None:
    """Assert that each value is refused by an error that names the argument."""
    for value in values:
        with pytest.raises(InvalidArgument, match=match):
            function(value)
