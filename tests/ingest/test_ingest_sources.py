"""The source folder: which files are found, what their digests cover, links, and names that are no text."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest import scan_sources
from pipeline.ingest.sources import escape_path, unescape_path
from pipeline.settings import Settings


def digests(folder: Path, **settings: Any) -> dict[str, str]:
    table = scan_sources(Settings(sources=folder, **settings))
    return dict(zip(table["source_file"].to_pylist(), table["input_digest"].to_pylist(), strict=True))


def reasons(quarantine: list[dict[str, Any]]) -> dict[str, str]:
    return {row["source_uri"]: row["reason"] for row in quarantine}


def test_every_file_but_hidden_ones_and_sidecars_is_found(folder: Path) -> None:
    (folder / "b").mkdir()
    (folder / ".git").mkdir()
    for name in ("a.txt", "b/c.html", "b/unknown.docx", ".hidden.txt", ".git/x.txt"):
        (folder / name).write_text("Some text.")
    (folder / "b" / "metadata.csv").write_text("file,title\nc.html,A title\n")
    assert sorted(digests(folder)) == ["a.txt", "b/c.html", "b/unknown.docx"]


def test_a_missing_source_folder_is_an_error_that_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"NEWSCLAIMS_SOURCES.*nowhere"):
        scan_sources(Settings(sources=tmp_path / "nowhere"))


def test_digest_changes_with_the_bytes_and_with_the_sidecar_row_only(folder: Path) -> None:
    (folder / "a.txt").write_text("One text.")
    (folder / "b.txt").write_text("Another text.")
    before = digests(folder)
    os.utime(folder / "a.txt", (1, 1))
    assert digests(folder) == before
    (folder / "metadata.csv").write_text("file,publisher\na.txt,Brenlow Post\n")
    with_sidecar = digests(folder)
    assert with_sidecar["a.txt"] != before["a.txt"]
    assert with_sidecar["b.txt"] == before["b.txt"]
    (folder / "b.txt").write_text("Another text!")
    assert digests(folder)["b.txt"] != before["b.txt"]


def test_links_inside_are_read_and_links_that_leave_are_refused(
    folder: Path, tmp_path: Path, ingest: Any, story: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text(story)
    (folder / "real.txt").write_text(story)
    (folder / "inside.txt").symlink_to(folder / "real.txt")
    (folder / "relative.txt").symlink_to("real.txt")
    (folder / "leaving.txt").symlink_to(outside / "secret.txt")
    (folder / "leaving_folder").symlink_to(outside)
    articles, quarantine = ingest()
    assert sorted(articles) == ["inside.txt", "real.txt", "relative.txt"]
    assert reasons(quarantine) == {
        "leaving.txt": "link_outside_source",
        "leaving_folder": "link_outside_source",
    }


def test_a_folder_whose_name_begins_like_the_source_folder_is_still_outside(
    folder: Path, tmp_path: Path, ingest: Any, story: str
) -> None:
    (tmp_path / "sources-private").mkdir()
    (tmp_path / "sources-private" / "a.txt").write_text(story)
    (folder / "a.txt").symlink_to(tmp_path / "sources-private" / "a.txt")
    assert reasons(ingest()[1]) == {"a.txt": "link_outside_source"}


def test_dangling_links_loops_and_links_to_parents_do_no_harm(folder: Path, ingest: Any, story: str) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "a.txt").write_text(story)
    (folder / "sub" / "up").symlink_to(folder)
    (folder / "again").symlink_to(folder / "sub")
    (folder / "dangling.txt").symlink_to(folder / "gone.txt")
    (folder / "x.txt").symlink_to(folder / "y.txt")
    (folder / "y.txt").symlink_to(folder / "x.txt")
    articles, quarantine = ingest()
    assert list(articles) == ["sub/a.txt"]
    assert reasons(quarantine) == {"dangling.txt": "unreadable", "x.txt": "unreadable", "y.txt": "unreadable"}


def test_a_link_to_a_hidden_folder_is_reported_since_nothing_else_reads_it(
    folder: Path, ingest: Any, story: str
) -> None:
    (folder / ".store").mkdir()
    (folder / ".store" / "a.txt").write_text(story)
    (folder / "shown").symlink_to(folder / ".store")
    articles, quarantine = ingest()
    assert articles == {}
    assert reasons(quarantine) == {"shown": "unreadable"}


def test_a_source_folder_that_is_itself_a_link_works(folder: Path, tmp_path: Path, story: str) -> None:
    (folder / "a.txt").write_text(story)
    (tmp_path / "link").symlink_to(folder)
    assert digests(tmp_path / "link") == digests(folder)


def test_pipes_are_refused_without_waiting_for_a_writer(folder: Path, ingest: Any) -> None:
    os.mkfifo(folder / "pipe.txt")
    assert reasons(ingest()[1]) == {"pipe.txt": "unreadable"}


def test_a_file_above_the_limit_is_refused_unread(folder: Path, ingest: Any) -> None:
    (folder / "big.txt").write_text("x" * 101)
    (row,) = ingest(max_file_bytes=100)[1]
    assert (row["reason"], row["content_sha256"]) == ("too_large", None)
    assert "NEWSCLAIMS_MAX_FILE_BYTES" in row["message"]


@pytest.mark.skipif(os.getuid() == 0, reason="root reads everything")
def test_files_and_folders_without_read_permission_are_refused(folder: Path, ingest: Any, story: str) -> None:
    (folder / "locked").mkdir()
    (folder / "locked" / "a.txt").write_text(story)
    (folder / "a.txt").write_text(story)
    (folder / "locked").chmod(0)
    (folder / "a.txt").chmod(0)
    try:
        assert reasons(ingest()[1]) == {"a.txt": "unreadable", "locked": "unreadable"}
    finally:
        (folder / "locked").chmod(0o700)


def test_a_name_that_is_no_utf8_is_read_under_an_escaped_name(folder: Path, ingest: Any, story: str) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    (folder / name).write_text(story)
    articles, quarantine = ingest()
    assert (list(articles), quarantine) == ([r"caf\xe9.txt"], [])


def test_a_file_name_cannot_pass_for_a_record_of_another_file(folder: Path, ingest: Any, story: str) -> None:
    (folder / "a.jsonl").write_text('{"id": "b.txt", "text": "A short text of a record."}\n')
    (folder / "a.jsonl#b.txt").write_text(story)
    (folder / "plain#name.txt").write_text(story)
    articles, quarantine = ingest()
    assert sorted(articles) == ["a.jsonl#b.txt", r"a.jsonl\x23b.txt", "plain#name.txt"]
    assert quarantine == []


@given(st.binary(min_size=1, max_size=40).filter(lambda raw: b"\0" not in raw))
def test_escaped_paths_are_text_and_lead_back_to_the_path(raw: bytes) -> None:
    path = os.fsdecode(raw)
    escaped = escape_path(path)
    assert escaped.encode("utf-8").decode("utf-8") == escaped
    assert os.fsencode(unescape_path(escaped)) == raw


@given(st.lists(st.binary(min_size=1, max_size=12).filter(lambda raw: b"\0" not in raw), unique=True, max_size=20))
def test_different_paths_have_different_escapes(paths: list[bytes]) -> None:
    assert len({escape_path(os.fsdecode(path)) for path in paths}) == len(paths)
