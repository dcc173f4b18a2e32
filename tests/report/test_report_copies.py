"""The section on copies: why an article stands for its group, and shared passages side by side."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from pipeline.report import render_report
from pipeline.report.copies import copies_and_origins
from pipeline.report.corpus import Corpus

Rows = dict[str, list[dict[str, Any]]]
AsTables = Callable[[Rows], dict[str, pa.Table]]


@pytest.fixture
def rows(invented_corpus: Callable[[], Rows]) -> Rows:
    return invented_corpus()


def test_the_article_that_stands_for_a_group_says_why(rows: Rows, as_tables: AsTables) -> None:
    assert "stands for the group: published first" in render_report(as_tables(rows))


def test_shared_passages_stand_side_by_side_the_earlier_article_first(rows: Rows, as_tables: AsTables) -> None:
    (pair,) = copies_and_origins(Corpus(as_tables(rows))).sharing.items
    assert (pair.article_a.label, pair.article_b.label) == ("Harbour Wire", "coast.md")
    (passage,) = pair.passages.items
    assert passage.title == "Words in a row, 4 words"
    assert [part.words for part in passage.parts_a] == ["mines in one night"]
    for article in rows["articles"]:
        article["published_at"] = None if article["publisher"] else article["published_at"]
    (pair,) = copies_and_origins(Corpus(as_tables(rows))).sharing.items
    assert pair.article_a.label == "coast.md"


def test_words_of_one_article_alone_are_marked(rows: Rows, as_tables: AsTables) -> None:
    shared = rows["shared_passages"][0]
    side = "a" if any(a["article_id"] == shared["article_id_a"] and a["publisher"] for a in rows["articles"]) else "b"
    shared[f"start_{side}"] -= len("eleven ")
    page = render_report(as_tables(rows))
    section = page[page.index("Passages shared by articles") :]
    assert re.search(r"<del>eleven</del> mines in one night", section)


def test_what_stands_in_a_shared_passage_is_escaped(rows: Rows, as_tables: AsTables) -> None:
    shared = rows["shared_passages"][0]
    for article in rows["articles"]:
        if article["article_id"] == shared["article_id_a"]:
            article["text"] = "<script>alert(1)</script> " + article["text"]
    shared["start_a"], shared["end_a"] = 0, 25
    page = render_report(as_tables(rows))
    assert "<script" not in page
    assert "&lt;script&gt;" in page[page.index("Passages shared by articles") :]


def test_beyond_the_limits_the_longest_passages_are_printed(
    rows: Rows, as_tables: AsTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.report.copies.MAX_PASSAGES_PER_PAIR", 1)
    shared = rows["shared_passages"][0]
    shorter = {**shared, "shared_id": "0" * 16, "n_words": 2, "end_a": shared["start_a"] + 8}
    rows["shared_passages"].append(shorter)
    (pair,) = copies_and_origins(Corpus(as_tables(rows))).sharing.items
    assert (pair.n_words, pair.passages.left_out) == (6, 1)
    assert pair.passages.items[0].title.endswith("4 words")


def test_without_shared_passages_nothing_is_said_of_them(rows: Rows, as_tables: AsTables) -> None:
    rows["shared_passages"] = []
    assert "Passages shared" not in render_report(as_tables(rows))
