"""Sources name a known paper and a number."""

from __future__ import annotations

import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.ledger.source import PAPERS, Source


def test_all_papers_are_known() -> None:
    keys = ["residual", "shrinkage", "tangents", "thesis", "sensitivity", "symprop"]
    assert list(PAPERS) == keys
    assert all(PAPERS[key].key == key and PAPERS[key].title in str(PAPERS[key]) for key in keys)


@pytest.mark.parametrize(("paper", "number"), [("unknown", "Lemma 1"), ("thesis", " ")])
def test_a_source_is_complete(paper: str, number: str) -> None:
    with pytest.raises(InvalidArgument):
        Source(paper, number)
