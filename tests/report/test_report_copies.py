"""The tree of copies and origins: who hangs under whom and why; shared passages side by side."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from pipeline.report import render_report
from pipeline.report.addresses import Addresses
from pipeline.report.copies import Copies, copies_and_origins
from pipeline.report.corpus import Corpus
from pipeline.report.stories import find_stories

Rows = dict[str, list[dict[str, Any]]]
AsTables = Callable[[Rows], dict[str, pa.Table]]
CopiesOf = Callable[[Rows], Copies]


@pytest.fixture
def rows(invented_corpus: Callable[[], Rows]) -> Rows:
    return invented_corpus()


@pytest.fixture
def copies_of(as_tables: AsTables) -> CopiesOf:
    def build(rows: Rows) -> Copies:
        corpus = Corpus(as_tables(rows))
        stories = find_stories(corpus)
        places = [place for story in stories for place in story.copy_group_ids]
        return copies_and_origins(places, corpus, Addresses(corpus, stories))

    return build


def test_the_article_that_stands_for_a_group_says_why(rows: Rows, as_tables: AsTables) -> None:
    assert "stands for 2 articles: published first" in render_report(as_tables(rows))["index.html"].decode()


def test_an_article_hangs_under_the_origin_it_credits_and_its_copies_under_it(rows: Rows, copies_of: CopiesOf) -> None:
    roots = {root.name: root for root in copies_of(rows).roots}
    assert [branch.article.file for branch in roots["Harbour Wire"].branches.items] == ["harbour.txt", "coast.md"]
    original, reply = roots["Harbour Wire"].branches.items
    assert [copy.article.outlet for copy in original.copies.items] == ["Inland Courier"]
    assert "96" in original.copies.items[0].likeness
    assert reply.upstream is not None
    assert reply.upstream.evidence == "cited in the text"
    assert roots["Harbour Wire"].state_media_of == "Vessia"


def test_a_copy_that_credits_nothing_but_its_own_publisher_names_no_origin(rows: Rows, copies_of: CopiesOf) -> None:
    rows["origins"] = [row for row in rows["origins"] if row["evidence"] == "publisher"]
    (root,) = copies_of(rows).roots
    assert root.name == ""
    assert root.n_articles == 3


def test_an_article_inside_another_stands_under_it_as_contained(rows: Rows, copies_of: CopiesOf) -> None:
    pair = rows["duplicate_pairs"][0]
    coast = next(a["article_id"] for a in rows["articles"] if a["source_uri"] == "coast.md")
    harbour = next(a["article_id"] for a in rows["articles"] if a["source_uri"] == "harbour.txt")
    first, second = sorted((coast, harbour))
    inner = "containment_a_in_b" if first == coast else "containment_b_in_a"
    other = "containment_b_in_a" if first == coast else "containment_a_in_b"
    rows["duplicate_pairs"].append(
        {**pair, "article_id_a": first, "article_id_b": second, "kind": "contained", inner: 0.91, other: 0.2}
    )
    branches = {b.article.file: b for root in copies_of(rows).roots for b in root.branches.items}
    (contained,) = [copy for copy in branches["harbour.txt"].copies.items if copy.contained]
    assert contained.article.file == "coast.md"
    assert contained.likeness.startswith("91")
    assert not branches["coast.md"].copies.items


def test_shared_passages_stand_side_by_side_the_earlier_article_first(rows: Rows, copies_of: CopiesOf) -> None:
    (pair,) = copies_of(rows).sharing.items
    assert (pair.article_a.label, pair.article_b.file) == ("Harbour Wire", "coast.md")
    (passage,) = pair.passages.items
    assert passage.title == "Words in a row, 4 words"
    assert [part.words for part in passage.parts_a] == ["mines in one night"]
    for article in rows["articles"]:
        article["published_at"] = None if article["publisher"] else article["published_at"]
    (pair,) = copies_of(rows).sharing.items
    assert pair.article_a.file == "coast.md"


def test_words_of_one_article_alone_are_marked(rows: Rows, as_tables: AsTables) -> None:
    shared = rows["shared_passages"][0]
    side = "a" if any(a["article_id"] == shared["article_id_a"] and a["publisher"] for a in rows["articles"]) else "b"
    shared[f"start_{side}"] -= len("eleven ")
    page = render_report(as_tables(rows))["index.html"].decode()
    section = page[page.index("Passages shared by articles") :]
    assert re.search(r"<del>eleven</del> mines in one night", section)


def test_what_stands_in_a_shared_passage_is_escaped(rows: Rows, as_tables: AsTables) -> None:
    shared = rows["shared_passages"][0]
    for article in rows["articles"]:
        if article["article_id"] == shared["article_id_a"]:
            article["text"] = "<script>alert(1)</script> " + article["text"]
    shared["start_a"], shared["end_a"] = 0, 25
    page = render_report(as_tables(rows))["index.html"].decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page[page.index("Passages shared by articles") :]


def test_beyond_the_limits_the_longest_passages_are_printed(
    rows: Rows, copies_of: CopiesOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.report.copies.MAX_PASSAGES_PER_PAIR", 1)
    shared = rows["shared_passages"][0]
    shorter = {**shared, "shared_id": "0" * 16, "n_words": 2, "end_a": shared["start_a"] + 8}
    rows["shared_passages"].append(shorter)
    (pair,) = copies_of(rows).sharing.items
    assert (pair.n_words, pair.passages.left_out) == (6, 1)
    assert pair.passages.items[0].title.endswith("4 words")


def test_without_shared_passages_nothing_is_said_of_them(rows: Rows, as_tables: AsTables) -> None:
    rows["shared_passages"] = []
    assert b"Passages shared" not in render_report(as_tables(rows))["index.html"]
