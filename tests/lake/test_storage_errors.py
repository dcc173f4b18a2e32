"""Locks, full disks and read-only folders: a clear message, and the last release untouched."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lake import Lake, LakeBusyError, LakeError
from pipeline.lake.buckets import buckets_of, count_buckets, hash_keys

HOLD = """
import sys, time
from pathlib import Path
from pipeline.lake import Lake
with Lake(Path(sys.argv[1])).locked(1):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_is_told_who_holds_the_lake(lake: Lake) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(lake.root)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(LakeBusyError, match=f"in use by process {holder.pid}"), lake.locked(0.1):
            pass
        holder.kill()
        holder.wait()
    with lake.locked(5):
        pass


@pytest.mark.parametrize(
    ("code", "remedy"), [(errno.ENOSPC, "make room"), (errno.EROFS, "writable"), (errno.EACCES, "writable")]
)
def test_a_write_that_fails_says_what_to_do(
    paragraphs: Any, monkeypatch: pytest.MonkeyPatch, code: int, remedy: str
) -> None:
    paragraphs.run({"pact": ["one"]})
    before = paragraphs.lake.read("passages")

    def refuse(_: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(LakeError, match=remedy):
        paragraphs.run({"pact": ["two"]})
    monkeypatch.undo()
    assert paragraphs.lake.read("passages").equals(before)
    assert not list((paragraphs.lake.root / "objects").glob(".tmp-*"))


def test_a_damaged_head_names_the_file(lake: Lake) -> None:
    (lake.root / "heads").mkdir()
    (lake.root / "heads" / "passages.json").write_text("{")
    with pytest.raises(LakeError, match=r"passages\.json is no valid JSON"):
        lake.head("passages")


def test_a_table_that_was_never_computed_is_named(lake: Lake) -> None:
    with pytest.raises(LakeError, match="claims has not been computed"):
        lake.read("claims")


def test_equal_tables_give_equal_objects(lake: Lake, tmp_path: Path) -> None:
    rows = pa.table({"a": ["x", "y", None]})
    chunks = pa.concat_tables([rows.slice(0, 1), rows.slice(1)])
    name, size = lake.storage.write_table(rows)
    assert lake.storage.write_table(chunks) == (name, size)
    assert pq.read_table(lake.root / "objects" / f"{name}.parquet").equals(rows)


@given(st.lists(st.text(max_size=8), max_size=40), st.integers(0, 6))
def test_coarser_buckets_are_unions_of_finer_ones(values: list[str], exponent: int) -> None:
    hashes = hash_keys(pa.array(values, pa.string()))
    fine, coarse = buckets_of(hashes, 2 ** (exponent + 1)), buckets_of(hashes, 2**exponent)
    assert (fine // 2 == coarse).all()


@given(st.integers(0, 10**7), st.integers(1, 10**5))
def test_the_number_of_parts_is_the_least_power_of_two_that_fits(rows: int, rows_per_part: int) -> None:
    buckets = count_buckets(rows, rows_per_part)
    assert buckets & (buckets - 1) == 0
    assert buckets * rows_per_part >= rows
    assert buckets == 1 or buckets // 2 * rows_per_part < rows
