"""Releases: complete, immutable, numbered, comparable, and refused when tables do not fit together."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from pipeline.lake import Lake, LakeError, run_global_stage
from pipeline.lake.releases import (
    Blob,
    Release,
    collect_garbage,
    compare_releases,
    find_release,
    latest_release,
    list_releases,
    publish,
    verify,
)
from pipeline.tables import TABLES, row_id

NOON = datetime.datetime(2031, 5, 1, 12, tzinfo=datetime.UTC)


def release(lake: Lake, page: bytes = b"<p>report</p>") -> Release:
    name = lake.storage.write_blob(page, ".html")
    return publish(lake, ["passages"], [Blob("report/index.html", f"{name}.html")], {"min_words": 20}, NOON)


def test_a_release_holds_the_tables_the_report_and_a_manifest(paragraphs: Any) -> None:
    paragraphs.run({"pact": ["one", "two"]})
    made = release(paragraphs.lake)
    root: Path = paragraphs.lake.root
    assert made.name == "v000001"
    assert (root / "latest").readlink() == Path("releases/v000001")
    assert len(pd.read_parquet(root / "latest" / "passages")) == 2
    assert (root / "latest" / "report" / "index.html").read_bytes() == b"<p>report</p>"
    manifest = json.loads((root / "latest" / "manifest.json").read_text())
    assert manifest["parent"] is None
    assert manifest["created_at"] == "2031-05-01T12:00:00+00:00"
    assert manifest["tables"]["passages"]["changes"]["added"]["count"] == 2


def test_nothing_changed_makes_no_release(paragraphs: Any) -> None:
    paragraphs.run({"pact": ["one"]})
    release(paragraphs.lake)
    again = release(paragraphs.lake)
    assert not again.created
    assert [made.name for made in list_releases(paragraphs.lake)] == ["v000001"]


def test_older_releases_stay_readable_and_the_change_is_recorded(paragraphs: Any) -> None:
    paragraphs.run({"pact": ["one", "two"]})
    first = release(paragraphs.lake)
    paragraphs.run({"pact": ["one", "deux"], "strike": ["three"]})
    second = release(paragraphs.lake)
    root = paragraphs.lake.root
    assert pd.read_parquet(root / "releases" / "v000001" / "passages")["passage_sha256"].tolist() == ["one", "two"]
    changes = second.manifest["tables"]["passages"]["changes"]
    assert changes["added"]["ids"] == [f"{row_id('strike')}:0"]
    assert changes["changed"]["ids"] == [f"{row_id('pact')}:1"]
    assert changes["removed"]["count"] == 0
    back = compare_releases(paragraphs.lake, second, first)["passages"]
    assert back.removed == [f"{row_id('strike')}:0"]


def test_a_table_older_than_its_inputs_is_not_released(paragraphs: Any) -> None:
    lake = paragraphs.lake
    paragraphs.run({"pact": ["one"]})
    empty = {"copy_groups": TABLES["copy_groups"].empty()}
    upstream = lake.digests(["passages"])
    run_global_stage(lake, "copy_groups", ["copy_groups"], code_version="1", upstream=upstream, compute=lambda: empty)
    publish(lake, ["copy_groups"], [], {}, NOON)
    paragraphs.run({"pact": ["two"]})
    with pytest.raises(LakeError, match="copy_groups was made from an earlier state of passages"):
        publish(lake, ["copy_groups"], [], {}, NOON)
    latest = latest_release(lake)
    assert latest is not None
    assert latest.name == "v000001"


def test_an_interrupted_swap_is_finished_by_the_next_run(paragraphs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The release folder is in place, but the process died before `latest` pointed at it."""
    lake = paragraphs.lake
    paragraphs.run({"pact": ["one"]})
    release(lake)
    paragraphs.run({"pact": ["two"]})
    with monkeypatch.context() as patch:
        patch.setattr(lake.storage, "swap_link", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            release(lake)
    assert (lake.root / "latest").readlink().name == "v000001"
    assert release(lake).name == "v000002"
    assert (lake.root / "latest").readlink().name == "v000002"
    assert len(list_releases(lake)) == 2


def test_half_a_release_is_swept_away(paragraphs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = paragraphs.lake
    paragraphs.run({"pact": ["one"]})
    with monkeypatch.context() as patch:
        patch.setattr(lake.storage, "move", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            release(lake)
    assert latest_release(lake) is None
    with lake.locked(1):
        assert [path.name for path in (lake.root / "releases").iterdir()] == []
        assert release(lake).name == "v000001"


def test_garbage_collection_keeps_what_is_referred_to(paragraphs: Any) -> None:
    lake = paragraphs.lake
    for word in ("one", "two", "three"):
        paragraphs.run({"pact": [word]})
        release(lake, word.encode())
    before = pd.read_parquet(lake.root / "latest" / "passages")
    removed, objects, freed = collect_garbage(lake, keep=1)
    assert removed == ["v000001", "v000002"]
    assert objects > 0
    assert freed > 0
    assert verify(lake) == []
    pd.testing.assert_frame_equal(pd.read_parquet(lake.root / "latest" / "passages"), before)
    assert paragraphs.run({"pact": ["three"]}).computed == 0


def test_keeping_no_release_is_refused(lake: Lake) -> None:
    with pytest.raises(LakeError, match="at least one"):
        collect_garbage(lake, keep=0)


def test_verify_names_the_damaged_file(paragraphs: Any) -> None:
    lake = paragraphs.lake
    paragraphs.run({"pact": ["one"]})
    release(lake)
    assert verify(lake) == []
    part = next((lake.root / "latest" / "passages").iterdir())
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)
    problems = verify(lake)
    assert any("does not match the manifest" in problem for problem in problems)


def test_what_a_killed_run_began_to_write_is_no_damage_and_goes_with_the_garbage(paragraphs: Any) -> None:
    lake = paragraphs.lake
    paragraphs.run({"pact": ["one"]})
    release(lake)
    begun = lake.storage.objects / f".tmp-{'0' * 64}.parquet"
    begun.write_bytes(b"PAR1 and a beginning")
    assert verify(lake) == []
    collect_garbage(lake, keep=1)
    assert not begun.exists()


def test_an_unknown_release_is_an_error_that_lists_what_there_is(paragraphs: Any) -> None:
    paragraphs.run({"pact": ["one"]})
    release(paragraphs.lake)
    with pytest.raises(LakeError, match="there are: v000001"):
        find_release(paragraphs.lake, "7")
    assert find_release(paragraphs.lake, "1").name == "v000001"


def test_an_empty_table_is_readable_in_a_release(paragraphs: Any) -> None:
    paragraphs.run({})
    release(paragraphs.lake)
    table = pd.read_parquet(paragraphs.lake.root / "latest" / "passages")
    assert list(table.columns) == TABLES["passages"].schema.names
    assert table.empty


def test_a_schema_carries_its_descriptions(paragraphs: Any) -> None:
    paragraphs.run({"pact": ["one"]})
    rows = paragraphs.lake.read("passages")
    assert rows.schema.field("start").metadata[b"description"].startswith(b"First code point")
    assert isinstance(rows, pa.Table)
