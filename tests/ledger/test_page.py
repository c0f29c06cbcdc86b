"""The page is well formed, needs no network and escapes what it shows."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
import sympy

from symprop.ledger.claim import Context
from symprop.ledger.coverage import ScopeRow, cover
from symprop.ledger.page import render
from symprop.ledger.registry import Registry, collect
from symprop.ledger.report import document
from symprop.ledger.runner import run

VOID = {"meta", "br", "!doctype"}


class Balanced(HTMLParser):
    """Checks that every element is closed where it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def registry() -> Registry:
    return collect(["tests.ledger.demonstration"])


@pytest.fixture(scope="module")
def html(registry: Registry) -> str:
    context = Context()
    made = document(registry, run(registry, registry.select(), context), context)
    rows = (ScopeRow("thesis", "Lemma 5.6", "a < b"), ScopeRow("thesis", "Lemma 1", "none"))
    return render(made, registry, cover(rows, registry.values()))


def test_well_formed(html: str) -> None:
    parser = Balanced()
    parser.feed(html)
    assert parser.open == []
    assert {"math", "msub", "mi"} & parser.seen


def test_needs_no_network(html: str) -> None:
    assert not re.search(r"https?:|src=|@import|url\(|<link|<script", html)


def test_shows_every_claim_and_its_numbers(html: str, registry: Registry) -> None:
    assert all(f'id="{claim_id}"' in html for claim_id in registry)
    assert "1 == 0.5 is false" in html
    assert '<a href="#residual.triangle">' in html
    assert "3 claims missed their recorded verdict" in html


def test_shows_the_coverage(html: str) -> None:
    assert "1 of 2 printed statements" in html
    assert "not yet covered" in html


def test_text_is_escaped(html: str, registry: Registry) -> None:
    assert "<td>a &lt; b</td>" in html
    assert "sin x &lt; x" in html
    claim = registry["residual.triangle"]
    nasty = {**registry, claim.id: replace(claim, title="<b>&")}
    context = Context()
    made = document(registry, run(registry, [claim], context), context)
    assert "&lt;b&gt;&amp;" in render(made, nasty)


def test_greek_functions_and_symbols_are_greek(registry: Registry) -> None:
    claim = registry["residual.triangle"]
    rho = sympy.Symbol("rho")
    shown = replace(claim, formula=sympy.Eq(sympy.Function("kappa")(rho), rho))
    context = Context()
    made = document(registry, run(registry, [claim], context), context)
    page = render(made, {**registry, claim.id: shown})
    assert "<mi>κ</mi>" in page
    assert "kappa" not in page.partition("<body>")[2]


def test_links_lead_into_what_is_folded_away(html: str) -> None:
    assert "<details id" not in html  # a browser would not open it
    assert '<p id="residual.triangle">' in html


def test_narrow_and_dark_screens_have_rules(html: str) -> None:
    assert "max-width: 45rem" in html
    assert "prefers-color-scheme: dark" in html
