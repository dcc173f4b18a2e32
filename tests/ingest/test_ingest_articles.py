"""Rows of articles and quarantine: ids, digests, language, status; never an exception, whatever a file holds."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.ingest import ingest_version, passages_version, read_sources, scan_sources
from pipeline.settings import Settings
from pipeline.tables import ARTICLES, QUARANTINE, QUARANTINE_REASONS, row_id

EXTENSIONS = ("txt", "md", "html", "htm", "json", "jsonl", "ndjson", "csv", "parquet", "docx", "")
GERMAN = (
    "Die Lotsen im Hafen von Brenlow haben am Montag die Arbeit niedergelegt, weil sie mit den neuen "
    "Nachtschichten nicht einverstanden sind. Die Behörde will am Donnerstag weiter verhandeln."
)


def test_ids_and_hashes_are_those_of_the_contract(folder: Path, ingest: Any, story: str) -> None:
    (folder / "a.txt").write_text(story)
    row = ingest()[0]["a.txt"]
    assert row["article_id"] == row_id("a.txt")
    assert row["content_sha256"] == hashlib.sha256(story.encode()).hexdigest()
    assert (row["source_file"], row["format"], row["n_words"]) == ("a.txt", "txt", len(story.split()))


def test_article_digest_covers_every_other_column(folder: Path, ingest: Any, story: str) -> None:
    (folder / "a.txt").write_text(story)
    before = ingest()[0]["a.txt"]["article_digest"]
    assert ingest()[0]["a.txt"]["article_digest"] == before
    (folder / "metadata.csv").write_text("file,publisher\na.txt,Brenlow Post\n")
    with_publisher = ingest()[0]["a.txt"]
    assert with_publisher["article_digest"] != before
    (folder / "metadata.csv").write_text("file,url\na.txt,https://post.example/1\n")
    assert ingest()[0]["a.txt"]["article_digest"] not in (before, with_publisher["article_digest"])


def test_status_says_what_will_be_tagged(folder: Path, ingest: Any, story: str) -> None:
    (folder / "en.txt").write_text(story)
    (folder / "de.txt").write_text(GERMAN)
    (folder / "short.txt").write_text("Harbour shut.")
    articles, _ = ingest()
    assert {uri: (row["language"], row["status"]) for uri, row in articles.items()} == {
        "en.txt": ("en", "tagged"),
        "de.txt": ("de", "untagged_language"),
        "short.txt": (None, "too_short"),
    }
    assert ingest(languages=("de",))[0]["de.txt"]["status"] == "tagged"


def test_an_article_of_too_many_characters_is_refused(folder: Path, ingest: Any, story: str) -> None:
    (folder / "a.txt").write_text(story)
    articles, (row,) = ingest(max_article_chars=50)
    assert (articles, row["reason"]) == ({}, "too_large")
    assert "NEWSCLAIMS_MAX_ARTICLE_CHARS" in row["message"]


@pytest.mark.parametrize("name", ["a.docx", "a", "a.gz", "a.txt.bz2", "a.pdf.gz"])
def test_other_extensions_are_refused_with_the_ones_that_are_read(folder: Path, ingest: Any, name: str) -> None:
    (folder / name).write_text("A text.")
    articles, (row,) = ingest()
    assert (articles, row["reason"]) == ({}, "unsupported_format")
    assert ".jsonl" in row["message"]


@pytest.mark.parametrize("name", ["a.txt.gz", "A.TXT.GZ", "a.md.gz"])
def test_gzipped_text_is_the_text(folder: Path, ingest: Any, name: str, story: str) -> None:
    (folder / name).write_bytes(gzip.compress(story.encode()))
    row = ingest()[0][name]
    assert (row["text"], row["content_sha256"]) == (story, hashlib.sha256(story.encode()).hexdigest())


def test_a_gzip_bomb_is_refused_with_its_bytes_named(folder: Path, ingest: Any) -> None:
    (folder / "a.txt.gz").write_bytes(gzip.compress(b"x" * 10_000_000))
    (row,) = ingest(max_file_bytes=1_000_000)[1]
    assert row["reason"] == "too_large"
    assert row["content_sha256"] == hashlib.sha256((folder / "a.txt.gz").read_bytes()).hexdigest()


def test_a_file_gives_the_same_rows_in_any_company_and_order(folder: Path, story: str) -> None:
    (folder / "a.txt").write_text(story)
    (folder / "b.jsonl").write_text(json.dumps({"id": "k", "text": story}) + "\n{broken\n")
    (folder / "c.txt").write_text("")
    chosen = Settings(sources=folder)
    files = scan_sources(chosen)["source_file"].to_pylist()

    def rows(tables: Any) -> list[list[dict[str, Any]]]:
        return [sorted(table.to_pylist(), key=lambda row: str(row["source_uri"])) for table in tables]

    together = rows(read_sources(files, chosen))
    assert rows(read_sources(files[::-1] + files, chosen)) == together
    alone = [rows(read_sources([name], chosen)) for name in files]
    assert [list(itertools.chain(*tables)) for tables in zip(*alone, strict=True)] == together


def test_versions_name_what_decides_the_rows(folder: Path) -> None:
    base = Settings(sources=folder)
    assert ingest_version(base) == ingest_version(Settings(sources=folder.parent, workers=1, jaccard_threshold=0.9))
    for changed in ({"min_words": 3}, {"max_file_bytes": 5}, {"max_article_chars": 5}, {"languages": ("de",)}):
        assert ingest_version(Settings(sources=folder, **changed)) != ingest_version(base)
    assert "trafilatura" in ingest_version(base)
    assert passages_version().startswith("passages 1;")


FRAGMENTS = st.lists(
    st.sampled_from(
        [b"{", b"}", b"[", b"]", b'"text"', b":", b",", b'"A text."', b"\n", b"\r", b"---\n", b"title: x\n", b"<p>",
         b"<html>", b"</p>", b"\xff\xfe", b"\x00", b"id,text\n", b"1,two\n", b"PAR1", b"null", b"1e999", b"\x1f\x8b",
         b"Date: 1\n", b'"\\ud800"']
    ),
    max_size=14,
).map(b"".join)  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(
    content=st.binary(max_size=200) | FRAGMENTS, extension=st.sampled_from(EXTENSIONS), zipped=st.sampled_from("nyr")
)
@example(content=b"", extension="parquet", zipped="n")
@example(content=b"[" * 50_000, extension="json", zipped="y")
def test_any_bytes_under_any_extension_give_rows_and_no_exception(content: bytes, extension: str, zipped: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        name = f"a.{extension}" + ("" if zipped == "n" else ".gz")
        (Path(folder) / name).write_bytes(gzip.compress(content) if zipped == "y" else content)
        chosen = Settings(sources=Path(folder))
        articles, quarantine = read_sources(scan_sources(chosen)["source_file"].to_pylist(), chosen)
    assert articles.schema.equals(ARTICLES.schema)
    assert quarantine.schema.equals(QUARANTINE.schema)
    assert articles.num_rows + quarantine.num_rows >= 1
    for row in quarantine.to_pylist():
        assert row["reason"] in QUARANTINE_REASONS
        assert "unexpected error" not in row["message"]


@given(st.text(min_size=1, max_size=200).filter(str.strip))
def test_text_of_a_txt_file_is_the_file_as_decoded(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.txt").write_bytes(text.encode())
        chosen = Settings(sources=Path(folder))
        articles, quarantine = read_sources(["a.txt"], chosen)
    read = articles["text"].to_pylist()
    assert read == [text.removeprefix("\ufeff")] or quarantine["reason"].to_pylist() in (["binary"], ["empty"])
