"""What changed between two states of a table, found without reading the parts that they share."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline.lake import Lake, Part
from pipeline.lake.changes import changed_rows
from pipeline.tables import ID, TableSpec, column

SPEC = TableSpec(
    name="sizes",
    group="test",
    description="Sizes by article.",
    schema=pa.schema([column("article_id", ID, "The article."), column("n_articles", pa.int32(), "Its size.")]),
    key=("article_id",),
    sort_by=("article_id",),
    bucket_by="article_id",
    rows_per_part=2,
)
ROWS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 3))


def write(lake: Lake, sizes: dict[str, int]) -> tuple[Part, ...]:
    rows = [{"article_id": article, "n_articles": n} for article, n in sizes.items()]
    return lake.write_parts(SPEC, SPEC.from_rows(rows))


@given(before=ROWS, after=ROWS)
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_of_one_state_only_are_found(lake: Lake, before: dict[str, int], after: dict[str, int]) -> None:
    found = changed_rows(lake, SPEC, write(lake, before), write(lake, after), ["article_id", "n_articles"])
    rows = {(row["article_id"], row["n_articles"]) for row in found.to_pylist()}
    assert rows == set(before.items()) ^ set(after.items())
    assert len(found) == len(rows)


def test_parts_that_both_states_have_are_not_read(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = dict.fromkeys("abcdefgh", 1)
    before, after = write(lake, sizes), write(lake, {**sizes, "a": 2})
    read: list[str] = []
    read_table = lake.storage.read_table

    def note(name: str, columns: list[str]) -> pa.Table:
        read.append(name)
        return read_table(name, columns)

    monkeypatch.setattr(lake.storage, "read_table", note)
    assert len(changed_rows(lake, SPEC, before, after, ["article_id", "n_articles"])) == 2
    assert len(before) > 2
    assert len(read) == 2
