"""Collecting the claims of the modules a caller names, and selecting among them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import TYPE_CHECKING

from symprop.foundation.errors import InvalidArgument, expected
from symprop.ledger.evidence import Outcome
from symprop.ledger.source import PAPERS

if TYPE_CHECKING:
    from symprop.ledger.claim import Claim

__all__ = ["Registry", "claim_modules", "collect"]


def claim_modules(package: str) -> tuple[str, ...]:
    """Return the names of all modules below a package that may export ``CLAIMS``, sorted."""
    root = importlib.import_module(package)
    found = pkgutil.walk_packages(root.__path__, f"{package}.")
    return tuple(sorted(module.name for module in found))


@dataclass(frozen=True)
class Registry(Mapping[str, "Claim"]):
    """Claims by id, in the order of papers and then of modules; built by `collect`.

    Attributes
    ----------
    claims : mapping
        From id to claim.
    homes : mapping
        From id to the name of the module that exports the claim.
    """

    claims: Mapping[str, Claim]
    homes: Mapping[str, str]

    def __getitem__(self, claim_id: str) -> Claim:
        return self.claims[claim_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self.claims)

    def __len__(self) -> int:
        return len(self.claims)

    def select(self, selectors: Iterable[str] = ()) -> tuple[Claim, ...]:
        """Return the claims that any selector names; all of them without selectors.

        Parameters
        ----------
        selectors : iterable of str
            Claim ids, paper keys or globs such as ``residual.c*``.

        Raises
        ------
        InvalidArgument
            If a selector names no claim: a misspelt id must not look like a success.
        """
        listed = list(selectors)
        if not listed:
            return tuple(self.claims.values())
        chosen: set[str] = set()
        for selector in listed:
            pattern = f"{selector}.*" if selector in PAPERS else selector
            named = [claim_id for claim_id in self.claims if fnmatchcase(claim_id, pattern)]
            if not named:
                raise InvalidArgument(
                    expected("selector", "to name a claim id, paper key or glob", selector)
                )
            chosen.update(named)
        return tuple(claim for claim in self.claims.values() if claim.id in chosen)


def collect(modules: Iterable[str]) -> Registry:
    """Return the claims exported as ``CLAIMS`` by the named modules.

    Raises
    ------
    InvalidArgument
        If two claims share an id, or ``corrected_by`` names no claim that is recorded as
        holding.
    """
    found: list[tuple[Claim, str]] = []
    for name in modules:
        module = importlib.import_module(name)
        found.extend((claim, name) for claim in getattr(module, "CLAIMS", ()))
    papers = list(PAPERS)
    found.sort(key=lambda entry: papers.index(entry[0].source.paper))  # stable
    claims: dict[str, Claim] = {}
    homes: dict[str, str] = {}
    for claim, home in found:
        if claim.id in claims:
            raise InvalidArgument(f"Claim {claim.id} is exported by {homes[claim.id]} and {home}.")
        claims[claim.id], homes[claim.id] = claim, home
    for claim in claims.values():
        _check_correction(claim, claims)
    return Registry(MappingProxyType(claims), MappingProxyType(homes))


def _check_correction(claim: Claim, claims: Mapping[str, Claim]) -> None:
    if claim.corrected_by is None:
        return
    correction = claims.get(claim.corrected_by)
    if correction is None or correction.expected.outcome is not Outcome.HOLDS:
        raise InvalidArgument(
            expected(
                f"corrected_by of {claim.id}", "to be a claim recorded as HOLDS", claim.corrected_by
            )
        )
