r"""Inputs of a simulation, drawn from a description: columns with exact or random inner products.

A description is a name with parameters, such as ``cos:1/2`` or ``gaussian:20``; see
`generate_inputs`.
"""

from __future__ import annotations

import csv
import json
import math
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_integer
from symprop.numerics.arrays import real_array
from symprop.numerics.evaluation import as_ball
from symprop.simulator.backends import physical_memory
from symprop.specs.expression import parse_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = [
    "FORMS",
    "generate_inputs",
    "inputs_with_gram",
    "noise_images",
    "number_of_inputs",
    "self_contained",
]

FORMS = (
    "cos:C",
    "gap:G",
    "gram:FILE.csv",
    "gaussian:K",
    "rank:K,R",
    "atoms:K,M",
    "line:K",
    "noise:K,POWER",
)
"""Forms of a description of inputs."""

_BITS = 64
_DIGITS = 18


def generate_inputs(spec: str, width: int, *, rng: np.random.Generator) -> Array:
    r"""Return inputs of a width, as columns, drawn as a description says.

    Parameters
    ----------
    spec : str
        ``cos:C``
            two inputs of unit mean square at cosine ``C``, an exact number such as ``1/2``;
        ``gap:G``
            the same at cosine ``1 - G``, for inputs as close as ``G = 1e-30``;
        ``gram:FILE.csv``
            inputs whose inner products over the width are the matrix in the file, or the
            matrix itself as in ``gram:[[1,0.5],[0.5,1]]``;
        ``gaussian:K``
            ``K`` columns of independent standard normal numbers;
        ``rank:K,R``
            ``K`` Gaussian columns in a random subspace of dimension ``R``;
        ``atoms:K,M``
            ``K`` columns, each chosen among ``M`` Gaussian ones, uniformly and with repetition;
        ``line:K``
            ``K`` signed multiples of one Gaussian column, the factors standard normal;
        ``noise:K,POWER``
            ``K`` square images of periodic Gaussian noise without mean, row by row, the power
            at frequency ``f`` proportional to ``|f|**-POWER``; the width is the side squared.
    width : int
        Entries of each input.
    rng : numpy.random.Generator
        Determines the inputs.

    Returns
    -------
    array of shape (width, k)

    Raises
    ------
    InvalidArgument
        If the description is not of one of these forms, or does not fit the width.
    OutOfDomain
        If a cosine is outside [-1, 1], or a matrix is not one of inner products.

    Conventions
    -----------
    Every input has unit mean square, exactly for ``cos`` and ``gap``, in the mean for the random
    ones. Directions are uniform in space, except those of images.

    Error
    -----
    Inner products that are prescribed hold up to rounding; so does, for ``gap``, the distance of
    the two inputs relative to its own size as long as ``G`` is well above ``1e-30``.

    Examples
    --------
    >>> x = generate_inputs("cos:1/2", 100, rng=np.random.default_rng(0))
    >>> (x.T @ x / 100).round(12)
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    width = check_integer("width", width, minimum=1)
    form, rest = _parts(spec)
    return _GENERATORS[form](rest, width, rng)


def self_contained(spec: str) -> str:
    """Return a description that needs no file: the matrix takes the place of its name.

    Raises
    ------
    InvalidArgument
        If the description is not of one of the forms, or the file is no matrix of numbers.

    Examples
    --------
    >>> self_contained(" Cos: 1/2 "), self_contained("gram:[[2]]")
    ('cos:1/2', 'gram:[[2.0]]')
    """
    form, rest = _parts(spec)
    if form == "gram":
        rest = json.dumps(_matrix(rest), separators=(",", ":"))
    return f"{form}:{rest}"


def number_of_inputs(spec: str) -> int:
    """Return how many inputs a description asks for.

    Raises
    ------
    InvalidArgument
        If the description does not say.

    Examples
    --------
    >>> number_of_inputs("gap:1e-9"), number_of_inputs("atoms:7,2"), number_of_inputs("gram:[[1]]")
    (2, 7, 1)
    """
    form, rest = _parts(spec)
    if form in {"cos", "gap"}:
        return 2
    if form == "gram":
        return len(_matrix(rest))
    return _counts(form, rest.partition(",")[0], 1)[0]


def _parts(spec: str) -> tuple[str, str]:
    """Split a description into its form and the rest."""
    name, colon, rest = str(spec).strip().partition(":")
    form = name.strip().lower()
    if not colon or form not in _GENERATORS:
        raise InvalidArgument(expected("inputs", f"to be one of {', '.join(FORMS)}", spec))
    return form, rest.strip()


def inputs_with_gram(gram: ArrayLike, width: int, *, rng: np.random.Generator) -> Array:
    r"""Return inputs with given inner products :math:`X^\top X/n`, in random directions.

    Parameters
    ----------
    gram : array of shape (k, k)
        Symmetric, without negative eigenvalues; its rank is at most the width.
    width : int
        ``n``, entries of each input.
    rng : numpy.random.Generator
        Determines the directions, which are uniform.

    Returns
    -------
    array of shape (n, k)

    Raises
    ------
    InvalidArgument
        If the matrix is not square and finite, or the width is less than its rank.
    OutOfDomain
        If it is not symmetric, or has a negative eigenvalue, beyond rounding.

    Error
    -----
    Rounding, relative to the largest inner product.

    Examples
    --------
    >>> x = inputs_with_gram([[1, 1], [1, 1]], 5, rng=np.random.default_rng(0))
    >>> bool(np.allclose(x[:, 0], x[:, 1]))
    True
    """
    matrix = real_array("gram", gram)
    if matrix.ndim != 2 or not matrix.size or len(matrix) != len(matrix.T):
        raise InvalidArgument(expected("gram", "to be a square matrix", f"shape {matrix.shape}"))
    if not np.isfinite(matrix).all():
        raise InvalidArgument(expected("gram", "to hold finite numbers", gram))
    tolerance = len(matrix) * float(np.finfo(np.float64).eps) * float(np.abs(matrix).max())
    if np.abs(matrix - matrix.T).max() > 4 * tolerance:
        raise OutOfDomain(expected("gram", "to be symmetric", gram))
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    if values[0] < -4 * tolerance:
        raise OutOfDomain(expected("gram", "to have no negative eigenvalue", float(values[0])))
    kept = values > 4 * tolerance
    rank = int(kept.sum())
    check_integer("width", width, minimum=max(rank, 1))
    root = np.sqrt(values[kept])[:, None] * vectors[:, kept].T
    columns: Array = _frame(width, rank, rng) @ root
    return columns


def _frame(width: int, rank: int, rng: np.random.Generator) -> Array:
    """Return orthogonal columns of unit mean square in uniform directions."""
    q, r = np.linalg.qr(rng.standard_normal((width, rank)))
    frame: Array = math.sqrt(width) * q * np.copysign(1.0, np.diagonal(r))
    return frame


@lru_cache(maxsize=64)
def _gap_and_sine(spec: str) -> tuple[float, float]:
    """Return one minus a cosine, and its sine, exact until the last step."""
    form, text = _parts(spec)
    value = parse_number(text, name="inputs")
    gap = value if form == "gap" else 1 - value
    square = as_ball(gap * (2 - gap), _BITS)
    if square < 0:
        raise OutOfDomain(expected("inputs", "to have a cosine inside [-1, 1]", spec))
    return float(as_ball(gap, _BITS).mid()), math.sqrt(max(float(square.mid()), 0.0))


def _pair(spec: str, width: int, rng: np.random.Generator) -> Array:
    gap, sine = _gap_and_sine(spec)
    if sine == 0:
        first = _frame(width, 1, rng)
        return np.hstack([first, first if gap < 1 else -first])
    if width < 2:
        raise InvalidArgument(expected("width", "at least 2 for inputs that differ", width))
    first, other = _frame(width, 2, rng).T
    return np.stack([first, first - (gap * first - sine * other)], 1)


def _cosine(text: str, width: int, rng: np.random.Generator) -> Array:
    return _pair(f"cos:{text}", width, rng)


def _gap(text: str, width: int, rng: np.random.Generator) -> Array:
    return _pair(f"gap:{text}", width, rng)


def _gram(text: str, width: int, rng: np.random.Generator) -> Array:
    return inputs_with_gram(_matrix(text), width, rng=rng)


def _matrix(text: str) -> list[list[float]]:
    """Read a matrix from a file, or from the text itself if it begins with a bracket."""
    try:
        if text.startswith("["):
            rows = [[float(entry) for entry in row] for row in json.loads(text)]
        else:
            with Path(text).open(newline="", encoding="utf-8-sig") as file:
                rows = [[float(entry) for entry in row] for row in csv.reader(file) if row]
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise InvalidArgument(expected("inputs", f"to name a file ({reason})", text)) from None
    except (ValueError, TypeError) as error:
        condition = f"to name a file of numbers between commas ({error})"
        raise InvalidArgument(expected("inputs", condition, text)) from None
    if len({len(row) for row in rows}) != 1:
        raise InvalidArgument(expected("inputs", "to name a file with rows of one length", text))
    return rows


def _gaussian(text: str, width: int, rng: np.random.Generator) -> Array:
    (count,) = _counts("gaussian", text, width)
    return rng.standard_normal((width, count))


def _rank(text: str, width: int, rng: np.random.Generator) -> Array:
    count, rank = _counts("rank", text, width, number=2)
    if rank > min(count, width):
        condition = f"to have a rank of at most {min(count, width)}"
        raise InvalidArgument(expected("inputs", condition, f"rank:{text}"))
    return _frame(width, rank, rng) @ rng.standard_normal((rank, count)) / math.sqrt(rank)


def _atoms(text: str, width: int, rng: np.random.Generator) -> Array:
    count, number = _counts("atoms", text, width, number=2)
    atoms = rng.standard_normal((width, number))
    return atoms[:, rng.integers(0, number, count)]


def _line(text: str, width: int, rng: np.random.Generator) -> Array:
    (count,) = _counts("line", text, width)
    return rng.standard_normal((width, 1)) * rng.standard_normal(count)


def _noise(text: str, width: int, rng: np.random.Generator) -> Array:
    first, _, last = text.partition(",")
    (count,) = _counts("noise", first, width)
    power = float(as_ball(parse_number(last, name="inputs"), _BITS).mid())
    side = math.isqrt(width)
    if side**2 != width or side < 2:
        raise InvalidArgument(expected("width", "to be a square >= 4 for images of noise", width))
    return noise_images(count, (side, side), power, rng=rng)


def noise_images(
    count: int, extent: tuple[int, ...], power: float, *, rng: np.random.Generator
) -> Array:
    r"""Return periodic Gaussian noise with a power-law spectrum, in one dimension or more.

    .. math:: \mathrm E|\hat x_f|^2\propto|f|^{-\mathrm{power}},\qquad \hat x_0=0

    Parameters
    ----------
    count : int
        Number of images.
    extent : tuple of int
        Points along each axis.
    power : float
        0 for white noise without mean.
    rng : numpy.random.Generator
        Determines the images.

    Returns
    -------
    array of shape (points, count)
        Of unit mean square in the mean, the last axis of space fastest.

    Raises
    ------
    OutOfDomain
        If there is one point only, or the spectrum leaves the range of float64.

    Examples
    --------
    >>> x = noise_images(3, (8,), 2.0, rng=np.random.default_rng(0))
    >>> x.shape, bool(np.allclose(x.sum(axis=0), 0))
    ((8, 3), True)
    """
    axes = [np.fft.fftfreq(points) * points for points in extent]
    radius = np.sqrt(sum(grid**2 for grid in np.meshgrid(*axes, indexing="ij")))
    origin = (0,) * len(extent)
    radius[origin] = 1.0
    with np.errstate(over="ignore"):
        spectrum = np.exp(-power * np.log(radius))
    spectrum[origin] = 0.0
    if not 0 < spectrum.sum() < math.inf:
        condition = "to have a spectrum in range"
        raise OutOfDomain(expected("inputs", condition, f"power {power} on {extent}"))
    spectrum /= spectrum.mean()
    space = tuple(range(1, 1 + len(extent)))
    white = np.fft.fftn(rng.standard_normal((count, *extent)), axes=space)
    images = np.fft.ifftn(white * np.sqrt(spectrum), axes=space).real
    columns: Array = images.reshape(count, -1).T.copy()
    return columns


def _counts(form: str, text: str, width: int, *, number: int = 1) -> list[int]:
    """Read positive integers between commas, none larger than memory has columns for."""
    parts = [part.strip() for part in text.split(",")]
    read = [int(part) if part.isdecimal() and len(part) <= _DIGITS else 0 for part in parts]
    if len(parts) != number or not all(read):
        asked = "an integer >= 1" if number == 1 else f"{number} integers >= 1, with a comma,"
        raise InvalidArgument(expected("inputs", f"to have {asked} after {form}:", text))
    needed, available = 8 * width * max(read), physical_memory()
    if needed > available:
        condition = (
            f"to fit in memory: they need {needed / 1e9:.3g} GB "
            f"and there are {available / 1e9:.3g} GB"
        )
        raise InvalidArgument(expected("inputs", condition, f"{form}:{text}"))
    return read


_GENERATORS: dict[str, Callable[[str, int, np.random.Generator], Array]] = {
    "cos": _cosine,
    "gap": _gap,
    "gram": _gram,
    "gaussian": _gaussian,
    "rank": _rank,
    "atoms": _atoms,
    "line": _line,
    "noise": _noise,
}
