"""Where a statement comes from: a paper, named by a short key, and the number printed there."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_choice

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PAPERS", "Paper", "Source"]


@dataclass(frozen=True, slots=True)
class Paper:
    """Bibliographic data of one paper.

    Attributes
    ----------
    key : str
        Short name used in claim ids and selectors.
    authors, title, venue : str
        As a reader would look them up.
    year : int
        Year of the version that the numbers refer to.
    """

    key: str
    authors: str
    title: str
    venue: str
    year: int

    def __str__(self) -> str:
        return f"{self.authors}: {self.title}. {self.venue}, {self.year}."


PAPERS: Mapping[str, Paper] = MappingProxyType(
    {
        paper.key: paper
        for paper in (
            Paper(
                "residual",
                "Greg Yang and Samuel S. Schoenholz",
                "Mean Field Residual Networks: On the Edge of Chaos",
                "Advances in Neural Information Processing Systems 30",
                2017,
            ),
            Paper(
                "shrinkage",
                "Anonymous authors",
                "Gradient Explosion and Representation Shrinkage in Infinite Networks",
                "manuscript under double-blind review",
                2022,
            ),
            Paper(
                "tangents",
                "Etai Littwin, Tomer Galanti and Lior Wolf",
                "On Random Kernels of Residual Architectures",
                "Uncertainty in Artificial Intelligence 37",
                2021,
            ),
            Paper(
                "thesis",
                "Amir Joudaki",
                "On a Mathematical Understanding of Deep Neural Networks",
                "doctoral thesis, ETH Zurich",
                2024,
            ),
            Paper(
                "sensitivity",
                "Anonymous authors",
                "Statistical Characterization of Deep Neural Networks and their Sensitivity",
                "manuscript under double-blind review",
                2019,
            ),
            Paper(
                "symprop",
                "The symprop authors",
                "Results derived in this library",
                "symprop",
                2026,
            ),
        )
    }
)
"""The papers the ledger cites, in the order in which reports list them."""


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered statement: ``Source("residual", "Lemma C.3")``.

    Raises
    ------
    InvalidArgument
        If the paper key is unknown or the number is empty.

    Examples
    --------
    >>> print(Source("thesis", "Lemma 5.6"))
    thesis, Lemma 5.6
    """

    paper: str
    number: str

    def __post_init__(self) -> None:
        check_choice("paper", self.paper, tuple(PAPERS))
        if not self.number.strip():
            raise InvalidArgument(expected("number", "to be what the paper prints", self.number))

    def __str__(self) -> str:
        return f"{self.paper}, {self.number}"
