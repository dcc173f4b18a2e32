"""A small keyed stage over invented rows, so that the lake is tested without any domain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.lake import KeyedStage, Lake, StageReport, run_keyed_stage
from pipeline.tables import PASSAGES, row_id

Documents = Mapping[str, list[str]]


def passages_of(documents: Documents) -> pa.Table:
    """One passage row for each paragraph of each document; a document without paragraphs has no rows."""
    rows = [
        {
            "article_id": row_id(name),
            "passage_no": number,
            "start": 0,
            "end": len(paragraph),
            "kind": "body",
            "passage_sha256": paragraph,
        }
        for name, paragraphs in documents.items()
        for number, paragraph in enumerate(paragraphs)
    ]
    return PASSAGES.from_rows(rows)


class ParagraphStage:
    """A stage that stores the paragraphs of documents, and counts what it is asked to compute."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self.asked: list[str] = []

    def run(self, documents: Documents, code_version: str = "1", batch_size: int = 2) -> StageReport:
        by_id = {row_id(name): (name, paragraphs) for name, paragraphs in documents.items()}
        digests = {key: repr(paragraphs) for key, (_, paragraphs) in by_id.items()}
        inputs = pa.table(
            {"key": pa.array(digests, pa.string()), "input_digest": pa.array(digests.values(), pa.string())}
        )

        def compute(keys: list[str]) -> Mapping[str, pa.Table]:
            self.asked += keys
            return {"passages": passages_of(dict(by_id[key] for key in keys))}

        stage = KeyedStage("passages", ("passages",), "article_id", code_version, batch_size)
        return run_keyed_stage(
            self.lake,
            stage,
            inputs=lambda: inputs,
            upstream={"documents": repr(sorted(digests.items()))},
            compute=compute,
        )


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path / "data")
    made.storage.prepare()
    return made


@pytest.fixture
def paragraphs(lake: Lake) -> ParagraphStage:
    return ParagraphStage(lake)


@pytest.fixture
def new_stage(tmp_path: Path) -> Callable[[str], ParagraphStage]:
    """A paragraph stage over a fresh lake of the given name."""

    def make(name: str) -> ParagraphStage:
        fresh = Lake(tmp_path / name)
        fresh.storage.prepare()
        return ParagraphStage(fresh)

    return make


@pytest.fixture(scope="session")
def stage_type() -> type[ParagraphStage]:
    """The stage's class, for properties, which make a fresh lake for each example."""
    return ParagraphStage
