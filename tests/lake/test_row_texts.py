"""Rows as text: equal rows have equal texts, other rows have others, wherever the rows lie in memory."""

from __future__ import annotations

import datetime
import hashlib
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lake.buckets import digest_by_key
from pipeline.lake.row_texts import write_rows

SCHEMA = pa.schema(
    [
        ("name", pa.string()),
        ("count", pa.int32()),
        ("share", pa.float64()),
        ("sure", pa.bool_()),
        ("time", pa.timestamp("us", tz="UTC")),
        ("words", pa.list_(pa.string())),
        ("spans", pa.list_(pa.struct([("text", pa.string()), ("start", pa.int32())]))),
    ]
)
SHORT = st.one_of(st.none(), st.text(alphabet="a1:;~[", max_size=4))
SPAN = st.one_of(st.none(), st.fixed_dictionaries({"text": SHORT, "start": st.one_of(st.none(), st.integers(-9, 99))}))
ROW = st.fixed_dictionaries(
    {
        "name": SHORT,
        "count": st.one_of(st.none(), st.integers(-9, 99)),
        "share": st.one_of(st.none(), st.sampled_from([0.5, -1.5, 1e300])),
        "sure": st.one_of(st.none(), st.booleans()),
        "time": st.one_of(st.none(), st.datetimes(datetime.datetime(2031, 1, 1), timezones=st.just(datetime.UTC))),
        "words": st.one_of(st.none(), st.lists(SHORT, max_size=3)),
        "spans": st.one_of(st.none(), st.lists(SPAN, max_size=3)),
    }
)


@given(st.lists(ROW, min_size=1, max_size=6))
def test_texts_are_equal_exactly_where_rows_are(rows: list[dict[str, Any]]) -> None:
    texts = write_rows(pa.Table.from_pylist(rows, schema=SCHEMA)).to_pylist()
    for one, one_text in zip(rows, texts, strict=True):
        for other, other_text in zip(rows, texts, strict=True):
            same = [one[name] for name in SCHEMA.names] == [other[name] for name in SCHEMA.names]
            assert (one_text == other_text) == same


@given(st.lists(ROW, min_size=1, max_size=6), st.data())
def test_texts_do_not_depend_on_chunks_and_slices(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    cut = data.draw(st.integers(0, len(rows)))
    padded = pa.concat_tables([table, table]).slice(len(rows) - cut, len(rows))
    again = pa.concat_tables([padded.slice(cut), padded.slice(0, cut)])
    assert write_rows(again).to_pylist() == write_rows(table).to_pylist()


@given(st.lists(st.tuples(st.sampled_from("abc"), st.text(alphabet="1:", max_size=3)), max_size=12))
def test_a_digest_covers_the_rows_of_its_key_in_their_order(rows: list[tuple[str, str]]) -> None:
    keys, values = (pa.array([row[place] for row in rows], pa.string()) for place in (0, 1))
    expected: dict[str, str] = {}
    for key, value in rows:
        expected[key] = expected.get(key, "") + f"{len(value)}:{value}"
    found = digest_by_key(pa.table({"value": values}), keys)
    assert found == {key: hashlib.sha256(text.encode()).hexdigest() for key, text in expected.items()}


def test_a_column_of_unknown_type_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match="date32"):
        write_rows(pa.table({"day": pa.array([1], pa.date32())}))
