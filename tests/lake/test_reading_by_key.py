"""Reading some keys of a table gives their rows, however few row groups are looked at."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lake.storage import Storage

NAMES = st.text(alphabet="abé", max_size=3)


@given(st.lists(NAMES, max_size=30), st.sets(NAMES, max_size=5), st.integers(1, 5))
def test_the_rows_of_the_wanted_keys_are_found(names: list[str], wanted: set[str], rows_per_group: int) -> None:
    ordered = sorted(names)
    table = pa.table({"name": pa.array(ordered, pa.string()), "place": range(len(ordered))})
    with tempfile.TemporaryDirectory() as folder:
        storage = Storage(Path(folder))
        storage.prepare()
        written, _ = storage.write_table(table, rows_per_group)
        found = storage.read_rows(written, ["place"], "name", pa.array(list(wanted), pa.string()))
    assert found.column_names == ["place"]
    assert found["place"].to_pylist() == [place for place, name in enumerate(ordered) if name in wanted]


def test_a_key_inside_a_list_is_not_taken_for_the_key_column(tmp_path: Path) -> None:
    """Parquet numbers the leaves of nested columns like columns."""
    spans = pa.array([[{"name": "z"}], [{"name": "y"}]])
    storage = Storage(tmp_path)
    storage.prepare()
    written, _ = storage.write_table(pa.table({"spans": spans, "name": ["a", "b"]}), 1)
    assert storage.read_rows(written, ["name"], "name", pa.array(["b"]))["name"].to_pylist() == ["b"]
