"""Text files: title line, header lines, byline, front matter; and that none of it alters the text."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.ingest.passages import cut_article

UTC = datetime.UTC
BODY = (
    "The harbour of Brenlow stayed shut on Monday after its pilots walked out over night shifts.\n\n"
    "The port authority said that talks on the shut harbour would resume on Thursday.\n"
)


def read_one(folder: Path, ingest: Any, name: str, text: str) -> dict[str, Any]:
    (folder / name).write_bytes(text.encode())
    articles, quarantine = ingest()
    assert quarantine == []
    row: dict[str, Any] = articles[name]
    assert row["text"] == text
    return row


def evidence_of(row: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {e["field"]: (e["rule"], row["text"][e["start"] : e["end"]]) for e in row["metadata_evidence"]}


def test_header_lines_are_read_with_their_place_in_the_text(folder: Path, ingest: Any) -> None:
    head = (
        "Pilots shut Brenlow harbour\nDate: June 3, 2031\nSource: Brenlow Post\n"
        "URL: https://post.example/1\nAuthor: Ada Quill; Tom Reed\n\n"
    )
    row = read_one(folder, ingest, "a.txt", head + BODY)
    assert row["title"] == "Pilots shut Brenlow harbour"
    assert row["publisher"] == "Brenlow Post"
    assert row["url"] == "https://post.example/1"
    assert row["byline"] == ["Ada Quill", "Tom Reed"]
    assert row["published_at"] == datetime.datetime(2031, 6, 3, tzinfo=UTC)
    assert evidence_of(row) == {
        "title": ("title_line", "Pilots shut Brenlow harbour"),
        "published_at": ("header_line", "June 3, 2031"),
        "publisher": ("header_line", "Brenlow Post"),
        "url": ("header_line", "https://post.example/1"),
        "byline": ("header_line", "Ada Quill; Tom Reed"),
    }


def test_a_title_header_wins_and_windows_line_ends_stay(folder: Path, ingest: Any) -> None:
    row = read_one(folder, ingest, "a.txt", "Title: Pilots shut harbour\r\nDate: 2031-06-03\r\n\r\n" + BODY)
    assert row["title"] == "Pilots shut harbour"
    assert evidence_of(row)["title"] == ("header_line", "Pilots shut harbour")


def test_a_date_that_cannot_be_read_leaves_the_field_null(folder: Path, ingest: Any) -> None:
    row = read_one(folder, ingest, "a.txt", "Date: 03/04/2031\n\n" + BODY)
    assert row["published_at"] is None
    assert "published_at" not in evidence_of(row)


def test_a_date_in_a_caption_is_no_publication_date(folder: Path, ingest: Any) -> None:
    caption = "Mayor Ada Quill greets pilots at the harbour gate in Brenlow, on June 2, 2031.\n\n"
    row = read_one(
        folder, ingest, "a.txt", "Pilots shut Brenlow harbour\n\n" + caption + BODY + "\nMore is to follow.\n"
    )
    assert row["published_at"] is None


def test_the_outlet_of_the_original_is_not_the_publisher(folder: Path, ingest: Any) -> None:
    row = read_one(folder, ingest, "a.txt", BODY + "\nRead the original article on Brenlow Post\n")
    assert row["publisher"] is None


def test_a_byline_under_the_headline_is_read(folder: Path, ingest: Any) -> None:
    row = read_one(folder, ingest, "a.txt", "Pilots shut Brenlow harbour\n\nBy Ada Quill and Tom Reed\n\n" + BODY)
    assert row["byline"] == ["Ada Quill", "Tom Reed"]
    assert evidence_of(row)["byline"] == ("byline_line", "Ada Quill and Tom Reed")


def test_an_address_on_the_first_line_is_the_url(folder: Path, ingest: Any) -> None:
    row = read_one(folder, ingest, "a.txt", "https://post.example/harbour\n" + BODY)
    assert (row["url"], row["title"]) == ("https://post.example/harbour", None)


@pytest.mark.parametrize(
    "line",
    [
        "Harbour: the port of Brenlow was shut all day on Monday.",
        "Source: nobody in the port of Brenlow would say who it was.",
        "Link: the port and the mayor.",
    ],
)
def test_a_sentence_with_a_colon_is_no_header(folder: Path, ingest: Any, line: str) -> None:
    row = read_one(folder, ingest, "a.txt", f"{line}\n{BODY}")
    assert row["metadata_evidence"] == []


def test_front_matter_is_read_and_stays_in_the_text(folder: Path, ingest: Any) -> None:
    head = (
        "---\ntitle: Pilots shut the harbour\ndate: 2031-06-03 14:30:00+02:00\nsource: Brenlow Post\n"
        "authors:\n  - Ada Quill\n  - Tom Reed\nlang: en\n---\n"
    )
    row = read_one(folder, ingest, "a.md", head + BODY)
    assert (row["title"], row["publisher"], row["byline"]) == (
        "Pilots shut the harbour",
        "Brenlow Post",
        ["Ada Quill", "Tom Reed"],
    )
    assert row["published_at"] == datetime.datetime(2031, 6, 3, 12, 30, tzinfo=UTC)
    assert row["metadata_evidence"] == []


def test_a_markdown_heading_is_the_title(folder: Path, ingest: Any) -> None:
    row = read_one(folder, ingest, "a.md", "# Pilots shut the harbour.\n\n" + BODY)
    assert row["title"] == "Pilots shut the harbour."
    assert evidence_of(row)["title"] == ("title_line", "Pilots shut the harbour.")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("---\ntitle: [never closed\n---\n" + BODY, "malformed"),
        ("---\ntitle: &a [*a]\nx: !!python/object:os.system {}\n---\n" + BODY, "malformed"),
        ("---\ntitle: All head, no text\n---\n", "no_text"),
    ],
)
def test_broken_front_matter_is_refused_with_a_remedy(folder: Path, ingest: Any, text: str, reason: str) -> None:
    (folder / "a.md").write_text(text)
    articles, (row,) = ingest()
    assert (articles, row["reason"]) == ({}, reason)


def test_a_rule_of_dashes_without_an_end_is_text(folder: Path, ingest: Any) -> None:
    row = read_one(folder, ingest, "a.md", "---\n" + BODY)
    assert row["title"] is None


def test_prose_between_two_rules_is_no_front_matter(folder: Path, ingest: Any) -> None:
    text = "---\n\n" + BODY + "\n---\n\nMore is to follow.\n"
    row = read_one(folder, ingest, "a.md", text)
    assert "boilerplate" not in {
        p.kind for p in cut_article(text, row["title"], "md") if "harbour" in text[p.start : p.end]
    }
