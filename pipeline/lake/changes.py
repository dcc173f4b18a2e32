"""What changed between two states of a table, found in the parts that they do not share."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.lake.lake import Lake
from pipeline.lake.parts import Part
from pipeline.tables import TableSpec


def changed_rows(
    lake: Lake, spec: TableSpec, before: Sequence[Part], after: Sequence[Part], columns: Sequence[str]
) -> pa.Table:
    """Rows (of these columns, none of them a list) that only one of two states has; a row that differs is there twice.

    The columns must hold the table's key, so that no state has a row twice.
    """
    shared = {part.object for part in before} & {part.object for part in after}
    parts = [
        lake.storage.read_table(part.object, list(columns)) for part in [*before, *after] if part.object not in shared
    ]
    rows = pa.concat_tables([spec.empty().select(columns), *parts]).append_column(
        "__n", pa.array([1] * sum(map(len, parts)), pa.int8())
    )
    counted = rows.group_by(list(columns)).aggregate([("__n", "count")])
    return counted.filter(pc.equal(counted["__n_count"], 1)).select(columns)
