"""Arrays of real numbers from whatever a caller passes as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import InvalidArgument, expected

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["real_array"]


def real_array(name: str, value: object) -> NDArray[np.float64]:
    """Return ``value`` as a float64 array; NaN and infinities are left to the caller.

    Parameters
    ----------
    name : str
        Name of the argument, for the error message.
    value : array_like
        Integers, floats, or objects that convert to one float each.

    Raises
    ------
    InvalidArgument
        For text, complex numbers, None, dates, and rows of different lengths.

    Examples
    --------
    >>> real_array("rho", [0, 0.5])
    array([0. , 0.5])
    """
    try:
        array = np.asarray(value)
        if array.dtype.kind in "fiu":
            return np.asarray(array, dtype=np.float64)
        if array.dtype.kind == "O" and all(_is_number(entry) for entry in array.flat):
            return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        pass
    raise InvalidArgument(expected(name, "to be an array of real numbers", value)) from None


def _is_number(entry: object) -> bool:
    return hasattr(entry, "__float__") and not isinstance(entry, bool | np.ndarray)
