"""A small corpus on one page: safe, self-contained, every link with its target, the same for the same rows."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.report import CODE_VERSION, limits, render_report, report_version
from pipeline.report.anchors import anchor
from pipeline.tables import PUBLISHED

Rows = dict[str, list[dict[str, Any]]]
AsTables = Callable[[Rows], dict[str, pa.Table]]
Checked = Callable[[Mapping[str, bytes]], dict[str, Any]]
PageOf = Callable[[Rows], Any]

# Columns whose text comes from articles, inputs or the gazetteer.
HOSTILE_COLUMNS = ("title", "publisher", "message", "source_uri", "explanation", "proposition", "name", "origin", "url")


@pytest.fixture
def rows(invented_corpus: Callable[[], Rows]) -> Rows:
    return invented_corpus()


@pytest.fixture
def page_of(as_tables: AsTables, checked: Checked) -> PageOf:
    """Renders rows to the one page of a small corpus, and checks it."""

    def render(rows: Rows) -> Any:
        documents = checked(render_report(as_tables(rows)))
        assert list(documents) == ["index.html"]
        return documents["index.html"]

    return render


def test_every_claim_is_marked_in_its_article_with_exactly_its_content(rows: Rows, page_of: PageOf) -> None:
    page = page_of(rows)
    assert len(rows["claims"]) == 15
    for claim in rows["claims"]:
        key = anchor("claim", claim["claim_id"])
        assert page.ids.count(key) == 1
        assert page.marked[key] == "".join(piece["text"] for piece in claim["content"])


def test_every_claim_is_linked(rows: Rows, page_of: PageOf) -> None:
    links = page_of(rows).links
    for claim in rows["claims"]:
        assert "#" + anchor("claim", claim["claim_id"]) in links


def test_the_head_of_the_page_counts_rows(rows: Rows, page_of: PageOf) -> None:
    head = page_of(rows).words("top")
    assert "articles 3" in head
    assert "of them a copy 1" in head
    assert "claims 15" in head
    assert "contested 1" in head
    assert "quarantined 1" in head


def put_everywhere(rows: Rows, attack: str) -> None:
    """Put a text into every column whose text comes from outside, and into the words of every claim."""
    for name in PUBLISHED:
        for row in rows[name]:
            for column in HOSTILE_COLUMNS:
                if column in row:
                    row[column] = attack + str(row[column])
    for article in rows["articles"]:
        article["byline"] = [attack]
    for claim in rows["claims"]:
        claim["content_text"] = attack + claim["content_text"]
        claim["source_text"] = attack
    for entity in rows["entities"]:
        entity["aliases"] = [attack]
        entity["wikidata_id"] = attack


def test_text_of_articles_cannot_become_markup(rows: Rows, page_of: PageOf) -> None:
    put_everywhere(rows, '"><script>alert(1)</script><img src=x onerror="alert(2)">&lt;b&gt; {{ 7 * 7 }} \x00\u202egni')
    page = page_of(rows)
    assert "<script>alert(1)</script>" in page.text
    assert "&lt;b&gt;" in page.text
    assert "{{ 7 * 7 }}" in page.text
    assert "\x00" not in page.html


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(attack=st.text(max_size=40) | st.text("<>\"'&/=-! \n\x00\u2028script", max_size=40))
def test_no_text_breaks_the_page(attack: str, invented_corpus: Callable[[], Rows], page_of: PageOf) -> None:
    rows = invented_corpus()
    put_everywhere(rows, attack)
    page = page_of(rows)
    assert page.links


def test_hostile_article_text_is_printed_as_it_is(rows: Rows, page_of: PageOf) -> None:
    text = "</p></article><script>alert(1)</script> & &amp; <!-- \u202eright to left"
    article = rows["articles"][0]
    article["text"] = text
    rows["passages"] = [p for p in rows["passages"] if p["article_id"] != article["article_id"]]
    rows["claims"] = [c for c in rows["claims"] if c["article_id"] != article["article_id"]]
    kept = {c["claim_id"] for c in rows["claims"]}
    rows["claim_group_members"] = [m for m in rows["claim_group_members"] if m["claim_id"] in kept]
    rows["conflicts"], rows["quote_variants"], rows["shared_passages"] = [], [], []
    assert text in page_of(rows).text_by_id[anchor("article", article["article_id"])]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "//elsewhere.example/x",
        "vbscript:x",
        "https://",
        "http://[broken",
        'https://wire.example/" onclick="alert(1)',
        "file:///etc/hosts",
    ],
)
def test_only_web_addresses_become_links(url: str, rows: Rows, page_of: PageOf) -> None:
    for article in rows["articles"]:
        article["url"] = url
    page = page_of(rows)
    assert all(link.startswith("#") for link in page.links)
    assert "".join(url.split()) in "".join(page.text.split())


def test_a_web_address_is_linked_with_its_query(rows: Rows, page_of: PageOf) -> None:
    assert "http://coast.example/reply?a=1&b=2" in page_of(rows).links


def test_without_any_rows_every_section_says_so(page_of: PageOf) -> None:
    page = page_of({name: [] for name in PUBLISHED})
    assert "there are no articles yet" in page.text
    assert "Every input could be read." in page.text


def test_a_first_run_with_nothing_but_quarantine(rows: Rows, page_of: PageOf) -> None:
    page = page_of({name: rows[name] if name == "quarantine" else [] for name in PUBLISHED})
    assert "broken/week12.json" in page.text
    assert "every input is in quarantine" in page.text


def test_articles_without_claims_are_printed(rows: Rows, page_of: PageOf) -> None:
    kept = ("articles", "passages", "copy_groups")
    page = page_of({name: rows[name] if name in kept else [] for name in PUBLISHED})
    for article in rows["articles"]:
        shown = page.text_by_id[anchor("article", article["article_id"])]
        for words in article["text"].split("\n\n"):
            assert words in shown


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shuffler=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_show(shuffler: random.Random, rows: Rows, as_tables: AsTables) -> None:
    shuffled = {name: shuffler.sample(rows[name], len(rows[name])) for name in PUBLISHED}
    assert render_report(as_tables(shuffled)) == render_report(as_tables(rows))


def test_a_missing_table_is_named(rows: Rows, as_tables: AsTables) -> None:
    tables = as_tables(rows)
    del tables["conflicts"]
    with pytest.raises(ValueError, match="conflicts is missing"):
        render_report(tables)


def test_beyond_the_limits_the_page_says_what_is_left_out(
    rows: Rows, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.report.sources.MAX_SOURCES", 1)
    monkeypatch.setattr("pipeline.report.entities.MAX_ENTITIES", 1)
    monkeypatch.setattr("pipeline.report.matrix.MAX_MATRIX_ROWS", 1)
    monkeypatch.setattr("pipeline.report.timeline.MAX_EVENTS", 1)
    monkeypatch.setattr("pipeline.report.copies.MAX_CHILDREN", 0)
    text = " ".join(page_of(rows).text.split())
    assert "2 more sources are not printed here; the table claims of this release holds all 3." in text
    assert "1 more claim groups" not in text
    assert "1 more claims is not printed here; the table claim_groups" in text
    assert "2 more dated articles are not printed here" in text
    assert "1 more copies is not printed here; the table copy_groups" in text or "more articles" in text


def test_beyond_the_characters_of_a_page_articles_are_extracts_and_every_link_still_leads_somewhere(
    rows: Rows, as_tables: AsTables, checked: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.report.addresses.MAX_FULL_CHARACTERS", 300)
    documents = checked(render_report(as_tables(rows)))
    (story,) = [document for path, document in documents.items() if path.startswith("stories/")]
    assert "[…]" in story.text
    assert "only the passages that this report refers to are printed" in story.text
    assert "Latest posts" not in story.text


def test_a_denial_without_words_of_its_own_leads_to_its_cue(rows: Rows, page_of: PageOf) -> None:
    claim = next(row for row in rows["claims"] if row["content_text"] == "the accusation")
    claim["content"], claim["content_text"] = [], ""
    assert page_of(rows).marked[anchor("claim", claim["claim_id"])] == "denies"


def test_a_claim_whose_span_is_damaged_still_leads_to_its_article(rows: Rows, page_of: PageOf) -> None:
    claim = rows["claims"][0]
    claim["content"] = [{"text": "gone", "start": 10_000, "end": 10_004}]
    page = page_of(rows)
    key = anchor("claim", claim["claim_id"])
    assert key in page.ids
    assert key not in page.marked


def test_browsers_are_told_to_run_and_to_fetch_nothing(rows: Rows, page_of: PageOf) -> None:
    policies = [attributes["content"] for _, attributes in page_of(rows).elements if "http-equiv" in attributes]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"]


def test_limits_are_positive() -> None:
    values = [value for name, value in vars(limits).items() if name.startswith("MAX_")]
    assert values
    assert all(isinstance(value, int) and value > 0 for value in values)


def test_the_version_covers_the_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    version = report_version()
    assert CODE_VERSION in version
    assert version == report_version()
    monkeypatch.setattr("pipeline.report.templates_digest", lambda: "0" * 64)
    assert report_version() != version
