"""The rendered document: safe, self-contained, every link with its target, the same for the same rows."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable
from html.parser import HTMLParser
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
_VOID = {"meta", "br", "link", "img", "input", "hr"}


class Document(HTMLParser):
    """What the tests ask of a page: elements with attributes, ids, links, the text inside each marked claim."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.marked: dict[str, str] = {}
        self.text_by_id: dict[str, str] = {}
        self.folded_ids: set[str | None] = set()
        self.errors: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if any(around == "details" for around, _ in self.open):
            self.folded_ids.add(dict(attrs).get("id"))
        if tag not in _VOID:
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            self.errors.append(f"</{tag}> closes {self.open[-1:]}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if any(tag == "style" for tag, _ in self.open):
            return
        self.text += data
        if any(tag == "sup" for tag, _ in self.open):
            return
        for _, attributes in self.open:
            key = attributes.get("data-claim")
            if key:
                self.marked[key] = self.marked.get(key, "") + data
            if element_id := attributes.get("id"):
                self.text_by_id[element_id] = self.text_by_id.get(element_id, "") + data

    @property
    def ids(self) -> list[str]:
        return [str(attributes["id"]) for _, attributes in self.elements if "id" in attributes]

    @property
    def links(self) -> list[str]:
        return [str(attributes["href"]) for tag, attributes in self.elements if tag == "a"]


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture
def rows(invented_corpus: Callable[[], Rows]) -> Rows:
    return invented_corpus()


def check_document(html: str) -> Document:
    """Facts that hold for every report."""
    document = Document(html)
    assert not document.errors
    assert not document.open
    assert len(document.ids) == len(set(document.ids))
    assert not [
        tag
        for tag, _ in document.elements
        if tag in {"script", "iframe", "object", "embed", "img", "link", "base", "form"}
    ]
    targets = {"#" + element_id for element_id in document.ids}
    for link in document.links:
        assert link in targets if link.startswith("#") else re.match(r"https?://", link), link
    assert not {"#" + str(element_id) for element_id in document.folded_ids} & set(document.links), "hidden targets"
    for tag, attributes in document.elements:
        assert not [name for name in attributes if name.startswith("on")]
        assert not set(attributes) & {"src", "srcset", "style", "action", "formaction", "background"}, tag
        assert "href" not in attributes or tag == "a"
    assert "@import" not in html
    assert "url(" not in html.split("</style>", maxsplit=1)[0]
    levels = [int(tag[1]) for tag, _ in document.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    return document


def test_every_claim_is_marked_in_its_article_with_exactly_its_content(rows: Rows, as_tables: AsTables) -> None:
    document = check_document(render_report(as_tables(rows)))
    assert len(rows["claims"]) == 15
    for claim in rows["claims"]:
        key = anchor("claim", claim["claim_id"])
        content = "".join(piece["text"] for piece in claim["content"])
        assert document.ids.count(key) == 1
        assert document.marked[key] == content


def test_every_claim_is_linked(rows: Rows, as_tables: AsTables) -> None:
    document = check_document(render_report(as_tables(rows)))
    for claim in rows["claims"]:
        assert "#" + anchor("claim", claim["claim_id"]) in document.links


def test_a_contested_group_shows_both_sides_with_counts_and_the_conflict(rows: Rows, as_tables: AsTables) -> None:
    document = Document(render_report(as_tables(rows)))
    group = next(row for row in rows["claim_groups"] if row["contested"])
    card = document.text_by_id[anchor("group", group["claim_group_id"])]
    assert "Asserted by 1 independent source" in card
    assert "Denied by 1 independent source" in card
    assert "Vessia accuses Norland of laying mines; Norland denies it." in card
    assert "also in 1 copy: Inland Courier" in card


def test_the_overview_counts_rows(rows: Rows, as_tables: AsTables) -> None:
    text = squeezed(Document(render_report(as_tables(rows))).text)
    assert "articles3quarantined1copygroups2claims15claimgroups5contested1" in text
    assert "1articleisacopyofanother" in text


def test_text_of_articles_cannot_become_markup(rows: Rows, as_tables: AsTables) -> None:
    attack = '"><script>alert(1)</script><img src=x onerror="alert(2)">&lt;b&gt; {{ 7 * 7 }} \x00\u202egnihton'
    for name in PUBLISHED:
        for row in rows[name]:
            for column in (
                "title",
                "publisher",
                "message",
                "source_uri",
                "explanation",
                "proposition",
                "name",
                "origin",
            ):
                if column in row:
                    row[column] = attack + str(row[column])
    for article in rows["articles"]:
        article["byline"] = [attack]
    for claim in rows["claims"]:
        claim["content_text"] = attack
        claim["source_text"] = attack
    html = render_report(as_tables(rows))
    document = check_document(html)
    assert "<script>alert(1)</script>" in document.text
    assert "&lt;b&gt;" in document.text
    assert "{{ 7 * 7 }}" in document.text
    assert "\x00" not in html


def test_hostile_article_text_is_printed_as_it_is(rows: Rows, as_tables: AsTables) -> None:
    text = "</p></article><script>alert(1)</script> & &amp; <!-- \u202eright to left"
    article = rows["articles"][0]
    article["text"] = text
    rows["passages"] = [p for p in rows["passages"] if p["article_id"] != article["article_id"]]
    rows["claims"] = [c for c in rows["claims"] if c["article_id"] != article["article_id"]]
    kept = {c["claim_id"] for c in rows["claims"]}
    rows["claim_group_members"] = [m for m in rows["claim_group_members"] if m["claim_id"] in kept]
    rows["conflicts"], rows["quote_variants"] = [], []
    document = check_document(render_report(as_tables(rows)))
    assert text in document.text_by_id[anchor("article", article["article_id"])]


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
def test_only_web_addresses_become_links(url: str, rows: Rows, as_tables: AsTables) -> None:
    for article in rows["articles"]:
        article["url"] = url
    document = check_document(render_report(as_tables(rows)))
    assert all(link.startswith("#") for link in document.links)
    assert squeezed(url) in squeezed(document.text)


def test_a_web_address_is_linked_with_its_query(rows: Rows, as_tables: AsTables) -> None:
    document = check_document(render_report(as_tables(rows)))
    assert "http://coast.example/reply?a=1&b=2" in document.links


def test_without_any_rows_every_section_says_so(as_tables: AsTables) -> None:
    document = check_document(render_report(as_tables({name: [] for name in PUBLISHED})))
    assert "there are no articles yet" in document.text
    assert "Every input could be read." in document.text


def test_a_first_run_with_nothing_but_quarantine(rows: Rows, as_tables: AsTables) -> None:
    only = {name: rows[name] if name == "quarantine" else [] for name in PUBLISHED}
    document = check_document(render_report(as_tables(only)))
    assert "broken/week12.json" in document.text
    assert "every input is in quarantine" in document.text


def test_articles_without_claims_are_printed(rows: Rows, as_tables: AsTables) -> None:
    only = {name: rows[name] if name in ("articles", "passages", "copy_groups") else [] for name in PUBLISHED}
    document = check_document(render_report(as_tables(only)))
    for article in rows["articles"]:
        shown = document.text_by_id[anchor("article", article["article_id"])]
        for words in article["text"].split("\n\n"):
            assert words in shown


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shuffler=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_show(shuffler: random.Random, rows: Rows, as_tables: AsTables) -> None:
    shuffled = {name: shuffler.sample(rows[name], len(rows[name])) for name in PUBLISHED}
    assert render_report(as_tables(shuffled)) == render_report(as_tables(rows))


def test_a_missing_table_is_named(rows: Rows, as_tables: AsTables) -> None:
    tables = as_tables(rows)
    del tables["conflicts"]
    with pytest.raises(ValueError, match="conflicts is missing"):
        render_report(tables)


def test_beyond_the_limits_the_page_says_what_is_left_out_and_every_link_still_leads_somewhere(
    rows: Rows, as_tables: AsTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.report.articles.MAX_FULL_ARTICLES", 1)
    monkeypatch.setattr("pipeline.report.sources.MAX_SOURCES", 1)
    monkeypatch.setattr("pipeline.report.groups.MAX_LINES_PER_SIDE", 1)
    monkeypatch.setattr("pipeline.report.groups.MAX_LINKS_PER_LINE", 1)
    monkeypatch.setattr("pipeline.report.copies.MAX_MEMBERS_PER_COPY_GROUP", 1)
    document = check_document(render_report(as_tables(rows)))
    text = " ".join(document.text.split())
    assert "1 article is printed in full; of 2 only the passages that this page refers to." in text
    assert "2 more sources are not printed here; the table claims of this release holds all 3." in text
    assert "2 more statements are not printed here" in text
    assert "[…]" in text


def test_an_article_nothing_refers_to_may_be_left_out(
    rows: Rows, as_tables: AsTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.report.articles.MAX_FULL_CHARACTERS", 0)
    only = {name: rows[name] if name in ("articles", "passages") else [] for name in PUBLISHED}
    document = check_document(render_report(as_tables(only)))
    assert "3 articles are not printed here" in document.text


def test_a_denial_without_words_of_its_own_leads_to_its_cue(rows: Rows, as_tables: AsTables) -> None:
    claim = next(row for row in rows["claims"] if row["content_text"] == "the accusation")
    claim["content"], claim["content_text"] = [], ""
    document = check_document(render_report(as_tables(rows)))
    assert document.marked[anchor("claim", claim["claim_id"])] == "denies"


def test_a_claim_whose_span_is_damaged_still_leads_to_its_article(rows: Rows, as_tables: AsTables) -> None:
    claim = rows["claims"][0]
    claim["content"] = [{"text": "gone", "start": 10_000, "end": 10_004}]
    document = check_document(render_report(as_tables(rows)))
    key = anchor("claim", claim["claim_id"])
    assert key in document.ids
    assert key not in document.marked


def test_contested_groups_after_the_first_few_are_folded(rows: Rows, as_tables: AsTables) -> None:
    contested = next(row for row in rows["claim_groups"] if row["contested"])
    rows["claim_groups"] += [{**contested, "claim_group_id": f"more{number:012d}"} for number in range(20)]
    document = check_document(render_report(as_tables(rows)))
    cards = [
        dict(attributes) for tag, attributes in document.elements if tag == "article" and "card" in str(attributes)
    ]
    assert len(cards) == limits.MAX_OPEN_CONTESTED_GROUPS
    for row in rows["claim_groups"]:
        assert (anchor("group", row["claim_group_id"]) in document.ids) == (
            row["contested"] or row["n_copy_groups"] > 1
        )


def test_browsers_are_told_to_run_and_to_fetch_nothing(rows: Rows, as_tables: AsTables) -> None:
    document = Document(render_report(as_tables(rows)))
    policies = [attributes["content"] for tag, attributes in document.elements if "http-equiv" in attributes]
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
