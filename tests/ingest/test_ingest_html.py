"""HTML pages: text, and metadata from JSON-LD, meta tags and the page; no clock, no network."""

from __future__ import annotations

import datetime
import socket
from pathlib import Path
from typing import Any

import pytest

UTC = datetime.UTC
PARAGRAPHS = (
    "The harbour of Brenlow stayed shut on Monday after its pilots walked out over a new rota of night shifts.",
    "“Nobody asked us,” said Ada Quill, who speaks for the pilots. “We learned of the rota from the noticeboard.”",
    "The port authority said that talks would resume on Thursday, and that the ferries to the islands still run.",
)
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
JSON_LD = """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
{"@type": "WebSite", "name": "Brenlow Post", "datePublished": "2001-01-01"},
{"@type": "NewsArticle", "headline": "Pilots shut Brenlow harbour", "datePublished": "2031-06-03T14:30:00+02:00",
"dateModified": "2031-06-04T08:00:00Z", "author": [{"@type": "Person", "name": "Ada Quill"}],
"publisher": {"@type": "Organization", "name": "Brenlow Post"}, "url": "https://post.example/1"}]}</script>"""


def page(head: str = "", body: str = BODY) -> str:
    return (
        f"<!DOCTYPE html><html><head><title>Pilots shut Brenlow harbour</title>{head}</head><body>"
        "<nav><a href='/'>Home</a> <a href='/sport'>Sport</a></nav>"
        f"<article><h1>Pilots shut Brenlow harbour</h1>{body}</article>"
        "<footer>All rights reserved by the Brenlow Post</footer></body></html>"
    )


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("ingestion opened a network connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def read_page(folder: Path, ingest: Any, content: str | bytes, name: str = "a.html") -> dict[str, Any]:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    articles, quarantine = ingest()
    assert quarantine == []
    row: dict[str, Any] = articles[name]
    return row


def test_text_is_the_article_without_the_page_around_it(folder: Path, ingest: Any) -> None:
    row = read_page(folder, ingest, page())
    assert row["title"] == "Pilots shut Brenlow harbour"
    assert row["text"].startswith("Pilots shut Brenlow harbour\n")
    for paragraph in PARAGRAPHS:
        assert paragraph in row["text"]
    assert "Sport" not in row["text"]
    assert row["text"].count("Pilots shut Brenlow harbour") == 1


def test_json_ld_gives_times_authors_and_publisher(folder: Path, ingest: Any) -> None:
    row = read_page(folder, ingest, page(JSON_LD))
    assert row["published_at"] == datetime.datetime(2031, 6, 3, 12, 30, tzinfo=UTC)
    assert row["modified_at"] == datetime.datetime(2031, 6, 4, 8, tzinfo=UTC)
    assert (row["byline"], row["publisher"]) == (["Ada Quill"], "Brenlow Post")
    assert row["url"] == "https://post.example/1"


def test_meta_tags_give_what_json_ld_does_not(folder: Path, ingest: Any) -> None:
    head = (
        '<meta property="article:published_time" content="2031-06-03T14:30:00Z">'
        '<meta property="og:site_name" content="Brenlow Post"><meta name="author" content="Tom Reed">'
        '<link rel="canonical" href="https://post.example/2">'
    )
    row = read_page(folder, ingest, page(head))
    assert row["published_at"] == datetime.datetime(2031, 6, 3, 14, 30, tzinfo=UTC)
    assert (row["byline"], row["publisher"]) == (["Tom Reed"], "Brenlow Post")
    assert row["url"] == "https://post.example/2"


def test_a_date_far_ahead_of_the_clock_is_read_like_any_other(folder: Path, ingest: Any) -> None:
    head = '<meta name="date" content="2071-06-03">'
    assert read_page(folder, ingest, page(head))["published_at"] == datetime.datetime(2071, 6, 3, tzinfo=UTC)


def test_a_page_without_a_date_has_none(folder: Path, ingest: Any) -> None:
    row = read_page(folder, ingest, page())
    assert (row["published_at"], row["modified_at"], row["publisher"]) == (None, None, None)


def test_broken_json_ld_is_passed_over(folder: Path, ingest: Any) -> None:
    head = '<script type="application/ld+json">{"@type": "NewsArticle", </script>'
    assert read_page(folder, ingest, page(head))["title"] == "Pilots shut Brenlow harbour"


def test_a_declared_encoding_is_used(folder: Path, ingest: Any) -> None:
    content = page('<meta charset="windows-1252">').encode("cp1252")
    assert "“Nobody asked us,”" in read_page(folder, ingest, content, "a.htm")["text"]


@pytest.mark.parametrize("content", ["<html></html>", "<!-- -->", "<script>x()</script>"])
def test_a_page_without_an_article_has_no_text(folder: Path, ingest: Any, content: str) -> None:
    (folder / "a.html").write_text(content)
    articles, (row,) = ingest()
    assert (articles, row["reason"]) == ({}, "no_text")
