"""The report in the lake: every page a file of the release, made anew only when a table changed."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest

from pipeline.chain import update_report
from pipeline.lake import Lake
from pipeline.lake.stages import run_global_stage
from pipeline.tables import PUBLISHED, TABLES

ARTICLE = {
    "article_id": "ferry",
    "source_uri": "ferry.txt",
    "source_file": "ferry.txt",
    "content_sha256": "0",
    "article_digest": "0",
    "format": "txt",
    "text": "The ferry ran late on Monday.",
    "n_words": 6,
    "status": "tagged",
}


def store(lake: Lake, rows: dict[str, list[dict[str, Any]]]) -> None:
    for name in PUBLISHED:
        made = {name: TABLES[name].from_rows(rows.get(name, []))}
        version = str(len(made[name]))
        with lake.locked(1):
            run_global_stage(
                lake, name, (name,), code_version=version, upstream={}, compute=functools.partial(dict, made)
            )


def files_of(lake: Lake) -> dict[str, str]:
    return {file["path"]: file["object"] for file in (lake.stage("report") or {"files": []})["files"]}


def test_every_page_is_a_file_with_an_object_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.report.addresses.MAX_ARTICLES_ON_ONE_PAGE", 0)
    lake = Lake(tmp_path)
    store(lake, {"articles": [ARTICLE]})
    assert update_report(lake)
    assert list(files_of(lake)) == ["report/articles/undated.html", "report/index.html"]
    page = lake.storage.objects / files_of(lake)["report/articles/undated.html"]
    assert b"The ferry ran late on Monday." in page.read_bytes()


def test_pages_are_made_anew_only_when_a_table_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.report.addresses.MAX_ARTICLES_ON_ONE_PAGE", 0)
    lake = Lake(tmp_path)
    store(lake, {"articles": [ARTICLE]})
    assert update_report(lake)
    assert not update_report(lake)
    before = files_of(lake)
    refused = {
        "source_uri": "broken.txt",
        "source_file": "broken.txt",
        "stage": "articles",
        "reason": "empty",
        "message": "m",
    }
    store(lake, {"articles": [ARTICLE], "quarantine": [refused]})
    assert update_report(lake)
    after = files_of(lake)
    assert [path for path in after if before[path] != after[path]] == ["report/index.html"]
