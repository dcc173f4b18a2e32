"""What a keyed stage remembers of its keys is cut into buckets, of which a change rewrites those that it touches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from pipeline.lake import KeyedStage, LakeError, run_keyed_stage, stages
from pipeline.tables import TABLES

DOCUMENTS = {f"document {number}": [f"paragraph {number}"] for number in range(40)}


@pytest.fixture(autouse=True)
def small_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "STATE", replace(stages.STATE, rows_per_part=4))


def state_objects(stage: Any) -> list[str]:
    return [part["object"] for part in stage.lake.stage("passages")["state"]]


def test_a_change_rewrites_the_state_of_its_bucket_alone(paragraphs: Any) -> None:
    paragraphs.run(DOCUMENTS)
    before = state_objects(paragraphs)
    paragraphs.run({**DOCUMENTS, "document 7": ["another paragraph"]})
    after = state_objects(paragraphs)
    assert len(before) == len(after) == 16
    assert sum(old != new for old, new in zip(before, after, strict=True)) == 1


def test_the_state_does_not_depend_on_its_history(new_stage: Callable[[str], Any]) -> None:
    grown, rebuilt = new_stage("grown"), new_stage("rebuilt")
    grown.run({**dict(list(DOCUMENTS.items())[:5]), "gone": ["x"], "document 8": ["y"]})
    for stage in (grown, rebuilt):
        stage.run(DOCUMENTS)
    assert state_objects(grown) == state_objects(rebuilt)


def test_a_key_given_twice_is_refused(paragraphs: Any) -> None:
    inputs = pa.table({"key": ["a", "a"], "input_digest": ["1", "2"]})
    with pytest.raises(LakeError, match="name a key twice"):
        run_keyed_stage(
            paragraphs.lake,
            KeyedStage("passages", ("passages",), "article_id", "1"),
            inputs=lambda: inputs,
            upstream={},
            compute=lambda _: {"passages": TABLES["passages"].empty()},
        )
