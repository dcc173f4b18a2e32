"""Tables kept as a log: a change is written beside what is there, and what it wrote is merged with later changes.

In a bucketed table one changed row costs a rewrite of its bucket. A table whose rows are large and of which no file is
published is better kept as a log: parts with rows, and parts of negative ``rows`` that hold the keys of so many rows of
earlier parts which no longer hold. What its files are depends on its history; what it says does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.lake.buckets import sort_rows
from pipeline.lake.parts import Part
from pipeline.lake.storage import Storage
from pipeline.tables import TableSpec


def append(
    storage: Storage, spec: TableSpec, parts: Sequence[Part], fresh: pa.Table, gone: pa.Array
) -> tuple[Part, ...]:
    """The parts after rows with the keys ``gone``, which must all be there, gave way to ``fresh`` ones.

    A full part (`TableSpec.rows_per_part` rows) is written anew only when a quarter of all rows has gone.
    """
    added = [*_write_gone(storage, spec, gone)]
    for first in range(0, len(fresh), spec.rows_per_part):
        added.append(_write_rows(storage, spec, fresh.slice(first, spec.rows_per_part)))
    grown = [*parts, *added]
    n_gone = -sum(min(part.rows, 0) for part in grown)
    if n_gone * 4 > sum(max(part.rows, 0) for part in grown):
        grown, parts = [*_write_again(storage, spec, grown)], []
    kept = _before_the_tail(spec, parts, sum(abs(part.rows) for part in added))
    if kept < len(parts):
        grown = [*grown[:kept], *_merge_tail(storage, spec, grown[kept:], is_all=kept == 0)]
    # An empty table has one part without rows, so that readers find its schema.
    return _numbered(grown or [_write_rows(storage, spec, spec.empty())])


def scan(
    storage: Storage, spec: TableSpec, parts: Sequence[Part], columns: Sequence[str], keys: pa.Array | None = None
) -> Iterator[pa.Table]:
    """The rows that hold, those written last first; with ``keys`` only theirs, until all have been found."""
    names = list(dict.fromkeys([*columns, spec.bucket_by]))
    gone, wanted = pa.array([], pa.string()), keys
    for part in reversed(parts):
        if wanted is not None and not len(wanted):
            return
        if part.rows < 0:
            gone = pa.concat_arrays([gone, _keys(storage.read_table(part.object), spec)])
            continue
        if wanted is None:
            rows = storage.read_table(part.object, names)
        else:
            rows = storage.read_rows(part.object, names, spec.bucket_by, wanted)
        there = _keys(rows, spec)
        holds = pc.invert(pc.is_in(there, gone))
        gone = gone.filter(pc.invert(pc.is_in(gone, there)))
        if wanted is not None:
            wanted = wanted.filter(pc.invert(pc.is_in(wanted, there.filter(holds))))
        yield rows.filter(holds).select(columns)


def _before_the_tail(spec: TableSpec, parts: Sequence[Part], n_added: int) -> int:
    """How many of the parts stay when so many rows are added: parts no larger than what follows are merged with it.

    So an article is rewritten about log n times until it lies in a full part (the binary case of the log-structured
    merge-tree: O'Neil, Cheng, Gawlick and O'Neil, 1996).
    """
    kept = len(parts)
    while kept and abs(parts[kept - 1].rows) <= n_added < spec.rows_per_part:
        kept -= 1
        n_added += abs(parts[kept].rows)
    return kept


def _merge_tail(storage: Storage, spec: TableSpec, parts: Sequence[Part], *, is_all: bool) -> Iterator[Part]:
    """The rows of these parts that hold, after the keys that they take away from earlier parts, if there are any."""
    if not is_all:
        yield from _write_gone(storage, spec, _gone_before(storage, spec, parts))
    yield from _write_again(storage, spec, parts)


def _gone_before(storage: Storage, spec: TableSpec, parts: Sequence[Part]) -> pa.Array:
    """Keys whose rows lie in earlier parts than these and no longer hold."""
    gone = pa.array([], pa.string())
    for part in reversed(parts):
        keys = _keys(storage.read_table(part.object, [spec.bucket_by]), spec)
        gone = pa.concat_arrays([gone, keys]) if part.rows < 0 else gone.filter(pc.invert(pc.is_in(gone, keys)))
    return gone


def _write_again(storage: Storage, spec: TableSpec, parts: Sequence[Part]) -> Iterator[Part]:
    """Full parts, and a last one, of all rows that hold; a part or two are in memory at a time."""
    waiting = [spec.empty()]
    for rows in scan(storage, spec, parts, spec.schema.names):
        waiting.append(rows)
        if sum(map(len, waiting)) >= spec.rows_per_part:
            yield _write_rows(storage, spec, pa.concat_tables(waiting))
            waiting = [spec.empty()]
    if any(map(len, waiting)):
        yield _write_rows(storage, spec, pa.concat_tables(waiting))


def _write_rows(storage: Storage, spec: TableSpec, rows: pa.Table) -> Part:
    name, size = storage.write_table(sort_rows(rows, spec), spec.rows_per_group)
    return Part(bucket=0, object=name, rows=len(rows), bytes=size)


def _write_gone(storage: Storage, spec: TableSpec, keys: pa.Array) -> Iterator[Part]:
    if len(keys):
        name, size = storage.write_table(pa.table({spec.bucket_by: keys.take(pc.sort_indices(keys))}))
        yield Part(bucket=0, object=name, rows=-len(keys), bytes=size)


def _keys(rows: pa.Table, spec: TableSpec) -> pa.Array:
    keys = rows[spec.bucket_by].combine_chunks()
    return pa.concat_arrays(keys.chunks) if isinstance(keys, pa.ChunkedArray) else keys


def _numbered(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Parts whose bucket is their place in the log."""
    return tuple(replace(part, bucket=number) for number, part in enumerate(parts))
