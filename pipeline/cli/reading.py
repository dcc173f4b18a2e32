"""Rows of one release, read by key: only the parts and columns that a command asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.lake import Lake
from pipeline.lake.buckets import buckets_of, hash_keys
from pipeline.lake.releases import Release
from pipeline.tables import TABLES

Row = dict[str, Any]
Rows = list[Row]


class ReleaseRows:
    """The tables of a release."""

    def __init__(self, lake: Lake, release: Release) -> None:
        self._lake = lake
        self.release = release

    def column(self, table: str, *names: str) -> pa.Table:
        """Some columns of all rows of a table."""
        return self._read(self._parts(table), list(names))

    def where(self, table: str, column: str, values: Iterable[str], columns: Sequence[str] | None = None) -> Rows:
        """The rows whose ``column`` is among the values, in the table's order.

        Where the column decides the part that a row lies in, only the parts of these values are read.
        """
        wanted = pa.array(sorted(set(values)), pa.string())
        parts = self._parts(table)
        if not len(wanted):
            return []
        if column == TABLES[table].bucket_by and len(parts) > 1:
            buckets = set(buckets_of(hash_keys(wanted), len(parts)).tolist())
            parts = [part for part in parts if part["bucket"] in buckets]
        names = None if columns is None else list(dict.fromkeys([*columns, column]))
        rows = self._read(parts, names)
        return list(rows.filter(pc.is_in(rows[column], value_set=wanted)).to_pylist())

    def containing(self, table: str, column: str, value: str) -> Rows:
        """The rows whose list ``column`` has the value."""
        rows = self._read(self._parts(table), None)
        places = pc.list_parent_indices(rows[column]).filter(pc.equal(pc.list_flatten(rows[column]), value))
        return list(rows.take(pc.unique(places)).to_pylist())

    def one(self, table: str, column: str, value: str | None) -> Row | None:
        """The one row with this value, or None."""
        found = self.where(table, column, [value]) if value is not None else []
        return found[0] if found else None

    def by_id(self, table: str, column: str, values: Iterable[str], columns: Sequence[str]) -> dict[str, Row]:
        """Value -> its row, some columns of it."""
        return {row[column]: row for row in self.where(table, column, values, columns)}

    def has_layout(self, table: str) -> bool:
        """Whether the release has the table with the columns that it has today."""
        entry = self.release.manifest["tables"].get(table)
        if entry is None:
            return False
        wanted = TABLES[table].schema
        files = (self._lake.storage.objects / f"{part['object']}.parquet" for part in entry["parts"])
        return all(pq.read_schema(file).equals(wanted) for file in files)

    def _parts(self, table: str) -> list[dict[str, Any]]:
        return list(self.release.manifest["tables"][table]["parts"])

    def _read(self, parts: Sequence[dict[str, Any]], columns: list[str] | None) -> pa.Table:
        tables = [self._lake.storage.read_table(part["object"], columns) for part in parts]
        return pa.concat_tables([table.select(columns) if columns else table for table in tables])
