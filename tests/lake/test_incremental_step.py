"""The incremental step: what is computed, what is kept, and that the result equals a rebuild."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.lake import KeyedStage, Lake, LakeError, run_global_stage, run_keyed_stage
from pipeline.tables import PASSAGES, TABLES, row_id

FIRST = {"pact": ["The pact was signed.", "Norland denied it."], "strike": ["The strike goes on."]}


def files_below(folder: Path) -> dict[str, bytes]:
    """Heads and the objects that they name: what a rebuild must reproduce byte for byte."""
    lake = Lake(folder)
    head = lake.required_head("passages")
    return {part.object: (folder / "objects" / f"{part.object}.parquet").read_bytes() for part in head.parts}


def test_first_run_computes_every_key(paragraphs: Any) -> None:
    report = paragraphs.run(FIRST)
    assert (report.computed, report.reused, report.removed) == (2, 0, 0)
    assert report.heads["passages"].rows == 3


def test_nothing_changed_means_nothing_is_computed(paragraphs: Any) -> None:
    first = paragraphs.run(FIRST)
    paragraphs.asked.clear()
    second = paragraphs.run(FIRST)
    assert paragraphs.asked == []
    assert (second.computed, second.reused, second.status) == (0, 2, "unchanged")
    assert second.heads == first.heads


def test_only_the_edited_document_is_computed(paragraphs: Any) -> None:
    paragraphs.run(FIRST)
    paragraphs.asked.clear()
    report = paragraphs.run({**FIRST, "strike": ["The strike is over."]})
    assert paragraphs.asked == [row_id("strike")]
    assert (report.computed, report.reused, report.removed) == (1, 1, 0)


def test_a_removed_document_leaves_no_rows(paragraphs: Any) -> None:
    paragraphs.run(FIRST)
    report = paragraphs.run({"strike": FIRST["strike"]})
    assert (report.computed, report.reused, report.removed) == (0, 1, 1)
    assert set(paragraphs.lake.read("passages")["article_id"].to_pylist()) == {row_id("strike")}


def test_a_new_code_version_computes_all_and_equal_rows_keep_the_digest(paragraphs: Any) -> None:
    before = paragraphs.run(FIRST)
    after = paragraphs.run(FIRST, code_version="2")
    assert after.computed == 2
    assert after.heads["passages"].digest == before.heads["passages"].digest


def test_rows_of_a_key_that_was_not_asked_for_are_refused(lake: Lake) -> None:
    stage = KeyedStage("passages", ("passages",), "article_id", "1")
    stray = PASSAGES.from_rows(
        [{"article_id": "b", "passage_no": 0, "start": 0, "end": 1, "kind": "body", "passage_sha256": "x"}]
    )
    inputs = pa.table({"key": ["a"], "input_digest": ["1"]})
    with pytest.raises(LakeError, match="'b', which was not asked for"):
        run_keyed_stage(lake, stage, inputs=lambda: inputs, upstream={}, compute=lambda _: {"passages": stray})


def test_death_between_two_commits_is_repaired_by_the_next_run(
    paragraphs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The head file is written, the stage file is not; then the source goes back to what it was."""
    paragraphs.run(FIRST)
    good = files_below(paragraphs.lake.root)
    write_json = paragraphs.lake.storage.write_json

    def die_at_the_commit_point(path: str, document: dict[str, Any]) -> None:
        if path.startswith("stages/"):
            raise KeyboardInterrupt
        write_json(path, document)

    monkeypatch.setattr(paragraphs.lake.storage, "write_json", die_at_the_commit_point)
    with pytest.raises(KeyboardInterrupt):
        paragraphs.run({**FIRST, "strike": ["The strike is over."]})
    monkeypatch.undo()
    assert files_below(paragraphs.lake.root) != good
    paragraphs.run(FIRST)
    assert files_below(paragraphs.lake.root) == good


DOCUMENTS = st.dictionaries(
    st.sampled_from("abcdefgh"), st.lists(st.sampled_from(["x", "y", "z"]), max_size=3), max_size=6
)


@settings(max_examples=30, deadline=None)
@given(history=st.lists(DOCUMENTS, min_size=1, max_size=5), rows_per_part=st.sampled_from([1, 2, 1 << 19]))
def test_any_history_gives_the_bytes_of_a_rebuild(
    stage_type: Any, history: list[dict[str, list[str]]], rows_per_part: int
) -> None:
    """Adds, edits and removals in any order; also where the number of parts changes on the way."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setitem(TABLES, "passages", replace(PASSAGES, rows_per_part=rows_per_part))
        grown, rebuilt = (stage_type(Lake(Path(folder) / name)) for name in ("grown", "rebuilt"))
        for stage in (grown, rebuilt):
            stage.lake.storage.prepare()
        for documents in history:
            grown.run(documents)
        rebuilt.run(dict(reversed(history[-1].items())), batch_size=3)
        assert files_below(grown.lake.root) == files_below(rebuilt.lake.root)


def test_parts_do_not_depend_on_the_order_of_arrival(new_stage: Callable[[str], Any]) -> None:
    one, other = new_stage("one"), new_stage("other")
    one.run(FIRST)
    other.run({"strike": FIRST["strike"]})
    other.run(dict(reversed(FIRST.items())))
    assert files_below(one.lake.root) == files_below(other.lake.root)


def test_a_global_stage_runs_only_when_its_inputs_change(lake: Lake) -> None:
    calls = []

    def compute() -> dict[str, pa.Table]:
        calls.append(1)
        return {"copy_groups": TABLES["copy_groups"].empty()}

    for upstream in ({"articles": "1"}, {"articles": "1"}, {"articles": "2"}):
        run_global_stage(lake, "copy_groups", ["copy_groups"], code_version="1", upstream=upstream, compute=compute)
    assert len(calls) == 2
