"""Tables kept as a log: whatever was added, edited and removed, they say what a rebuild says, and write little."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline.lake import KeyedStage, Lake, LakeError, Part, logs, run_keyed_stage
from pipeline.tables import ID, TABLES, TableSpec, column

SPEC = TableSpec(
    name="sizes",
    group="test",
    description="Sizes by article.",
    schema=pa.schema([column("article_id", ID, "The article."), column("n_articles", pa.int32(), "Its size.")]),
    key=("article_id",),
    sort_by=("article_id",),
    bucket_by="article_id",
    rows_per_part=6,
    published=False,
    log=True,
)
STEPS = st.dictionaries(st.sampled_from("abcdefghijklmnop"), st.none() | st.integers(0, 9))


def rows_of(sizes: Mapping[str, int]) -> pa.Table:
    return SPEC.from_rows([{"article_id": article, "n_articles": n} for article, n in sizes.items()])


def change(lake: Lake, parts: Sequence[Part], holds: dict[str, int], step: Mapping[str, int | None]) -> Sequence[Part]:
    """Make a step on parts and on ``holds``, what the table then says."""
    gone = pa.array([key for key in step if key in holds], pa.string())
    fresh = {key: n for key, n in step.items() if n is not None}
    for key in step:
        holds.pop(key, None)
    holds.update(fresh)
    return logs.append(lake.storage, SPEC, parts, rows_of(fresh), gone)


def read(lake: Lake, parts: Sequence[Part], keys: Sequence[str] | None = None) -> dict[str, int]:
    wanted = None if keys is None else pa.array(keys, pa.string())
    tables = list(logs.scan(lake.storage, SPEC, parts, ["article_id", "n_articles"], wanted))
    rows = [row for table in tables for row in table.to_pylist()]
    found = {row["article_id"]: row["n_articles"] for row in rows}
    assert len(found) == len(rows)
    return found


@given(history=st.lists(STEPS, min_size=1, max_size=12), keys=st.lists(st.sampled_from("abcdefghijklmnopq")))
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_history_reads_as_what_it_came_to(
    lake: Lake, history: list[dict[str, int | None]], keys: list[str]
) -> None:
    parts: Sequence[Part] = ()
    holds: dict[str, int] = {}
    for step in history:
        parts = change(lake, parts, holds, step)
        assert read(lake, parts) == holds
        assert read(lake, parts, keys) == {key: n for key, n in holds.items() if key in keys}
        assert sum(part.rows for part in parts) == len(holds)
        assert [part.bucket for part in parts] == list(range(len(parts)))
        assert lake.storage.read_table(parts[0].object).schema.equals(SPEC.schema)


def test_adding_one_by_one_rewrites_little(lake: Lake) -> None:
    parts: Sequence[Part] = ()
    holds: dict[str, int] = {}
    written = 0
    for number in range(100):
        before = {part.object for part in parts}
        parts = change(lake, parts, holds, {f"{number:03}": number})
        written += sum(part.rows for part in parts if part.object not in before)
    assert written < 100 * 5
    assert len(parts) < 2 * 100 / SPEC.rows_per_part


def test_full_parts_stay_until_a_quarter_has_gone(lake: Lake) -> None:
    holds: dict[str, int] = {}
    parts = change(lake, (), holds, {f"{number:02}": number for number in range(24)})
    assert [part.rows for part in parts] == [6, 6, 6, 6]
    after = change(lake, parts, holds, dict.fromkeys([f"{number:02}" for number in range(6)], None))
    assert [part.object for part in after[:4]] == [part.object for part in parts]
    assert [part.rows for part in after] == [6, 6, 6, 6, -6]
    again = change(lake, after, holds, {"06": None})
    assert [part.rows for part in again] == [6, 6, 5]


class LoggedStage:
    """A keyed stage whose one table is a log."""

    def __init__(self, root: Path) -> None:
        self.lake = Lake(root)
        self.lake.storage.prepare()

    def run(self, sizes: Mapping[str, int], code_version: str = "1", per_key: int = 1) -> Any:
        inputs = pa.table({"key": pa.array(sizes, pa.string()), "input_digest": [str(n) for n in sizes.values()]})

        def compute(keys: list[str]) -> Mapping[str, pa.Table]:
            return {"sizes": rows_of({key: sizes[key] for key in keys[: len(keys) * per_key]})}

        return run_keyed_stage(
            self.lake,
            KeyedStage("sizes", ("sizes",), "article_id", code_version),
            inputs=lambda: inputs,
            upstream={"sizes": repr(sizes)},
            compute=compute,
        )


@pytest.fixture
def logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LoggedStage:
    monkeypatch.setitem(TABLES, "sizes", SPEC)
    return LoggedStage(tmp_path)


def test_a_stage_may_write_a_log(logged: LoggedStage) -> None:
    logged.run({"a": 1, "b": 2, "c": 3})
    report = logged.run({"a": 1, "b": 5, "d": 4})
    assert (report.computed, report.reused, report.removed) == (2, 1, 1)
    assert report.heads["sizes"].rows == 3
    rows = logged.lake.read("sizes", ["article_id", "n_articles"]).sort_by("article_id")
    assert [tuple(row.values()) for row in rows.to_pylist()] == [("a", 1), ("b", 5), ("d", 4)]
    assert logged.lake.read("sizes", ["n_articles"], keys=["b", "c"]).to_pylist() == [{"n_articles": 5}]
    again = logged.run({"a": 1, "b": 5, "d": 4}, code_version="2")
    assert (again.computed, again.heads["sizes"].rows) == (3, 3)
    empty = logged.run({})
    assert empty.heads["sizes"].rows == len(logged.lake.read("sizes")) == 0


def test_a_log_needs_a_row_for_each_key(logged: LoggedStage) -> None:
    with pytest.raises(LakeError, match="one row a key: 2 keys, 0 rows"):
        logged.run({"a": 1, "b": 2}, per_key=0)
