"""The working state of all tables: heads that name immutable parts, read and written under one lock."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from filelock import FileLock, Timeout

from pipeline.lake import logs
from pipeline.lake.buckets import buckets_of, count_buckets, hash_keys, sort_rows
from pipeline.lake.errors import LakeBusyError, LakeError
from pipeline.lake.parts import Part
from pipeline.lake.storage import Storage
from pipeline.tables import TABLES, TableSpec


@dataclass(frozen=True)
class Head:
    """The current content of one table.

    ``digest`` covers schema and parts; ``upstream`` holds the digests of the inputs it was made from, by name.
    """

    table: str
    stage: str
    digest: str
    rows: int
    parts: tuple[Part, ...]
    code_version: str
    upstream: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        """As a JSON-ready dict."""
        return {**asdict(self), "parts": [asdict(part) for part in self.parts], "upstream": dict(self.upstream)}

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> Head:
        """From what `to_json` gave."""
        return Head(**{**document, "parts": tuple(Part(**part) for part in document["parts"])})


class Lake:
    """Tables below one data folder. Reading needs no lock; writing belongs inside `locked`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.storage = Storage(root)

    @contextlib.contextmanager
    def locked(self, timeout: float) -> Iterator[None]:
        """Hold the lake for one generation of tables.

        Waits up to ``timeout`` seconds and then raises `LakeBusyError` that names the holder. The operating system
        frees the lock when its holder dies, whatever way.
        """
        self.storage.prepare()
        holder = self.root / "lock.holder"
        lock = FileLock(self.root / "lock")
        try:
            lock.acquire(timeout=timeout)
        except Timeout as error:
            who = holder.read_text(encoding="utf-8").strip() if holder.exists() else "another process"
            raise LakeBusyError(
                f"{self.root} is in use by {who}; waited {timeout:g} s. Try again when that run has ended, "
                "or raise NEWSCLAIMS_LOCK_TIMEOUT"
            ) from error
        except OSError as error:
            raise LakeError(f"cannot lock {self.root}: {error.strerror or error}; make the folder writable") from error
        try:
            with contextlib.suppress(OSError):
                holder.write_text(f"process {os.getpid()} on {socket.gethostname()}\n", encoding="utf-8")
            self.storage.sweep_temporaries()
            yield
        finally:
            lock.release()

    def head(self, table: str) -> Head | None:
        """The table's head, or None before it was first written."""
        document = self.storage.read_json(f"heads/{table}.json")
        return Head.from_json(document) if document else None

    def required_head(self, table: str) -> Head:
        """The table's head; raises `LakeError` naming the remedy when there is none."""
        head = self.head(table)
        if head is None:
            raise LakeError(f"table {table} has not been computed in {self.root}: materialize it first")
        return head

    def digests(self, tables: Sequence[str]) -> dict[str, str]:
        """The current digest of each table."""
        return {table: self.required_head(table).digest for table in tables}

    def read(self, table: str, columns: Sequence[str] | None = None, *, keys: Sequence[str] | None = None) -> pa.Table:
        """Rows of a table, in bucket order, sorted within each bucket.

        ``columns`` limits the columns. ``keys`` limits the rows to those whose bucket column (`TableSpec.bucket_by`)
        is among the values; only the parts they hash to are read.
        """
        spec, head = TABLES[table], self.required_head(table)
        names = list(columns) if columns is not None else spec.schema.names
        if spec.log:
            return pa.concat_tables([spec.empty().select(names), *self.scan(table, names, keys=keys)])
        if keys is None:
            tables = [self.storage.read_table(part.object, names) for part in head.parts]
            return pa.concat_tables(tables) if tables else spec.empty().select(names)
        wanted = pa.array(sorted(set(keys)), pa.string())
        buckets = set(buckets_of(hash_keys(wanted), _bucket_count(head)).tolist())
        found = []
        for part in head.parts:
            if part.bucket in buckets:
                found.append(self.storage.read_rows(part.object, names, spec.bucket_by, wanted))
        return pa.concat_tables(found) if found else spec.empty().select(names)

    def scan(self, table: str, columns: Sequence[str], *, keys: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The rows that `read` gives of a table kept as a log, part by part, those written last first."""
        wanted = None if keys is None else pa.array(sorted(set(keys)), pa.string())
        return logs.scan(self.storage, TABLES[table], self.required_head(table).parts, columns, wanted)

    def write_parts(
        self, spec: TableSpec, rows: pa.Table, *, kept: Sequence[Part] = (), n_buckets: int | None = None
    ) -> tuple[Part, ...]:
        """Write rows as sorted parts, one for each bucket, and add the ``kept`` parts, which stay as they are.

        Without ``n_buckets`` it follows from the row count. An empty table has one part without rows, so that
        readers find its schema.
        """
        buckets = n_buckets or count_buckets(len(rows), spec.rows_per_part)
        written = {part.bucket: part for part in kept}
        if buckets == 1:
            groups = {} if 0 in written else {0: rows}
        else:
            assignment = buckets_of(hash_keys(rows[spec.bucket_by]), buckets)
            groups = {
                bucket: rows.take(pa.array(np.flatnonzero(assignment == bucket)))
                for bucket in range(buckets)
                if bucket not in written
            }
        for bucket, members in groups.items():
            name, size = self.storage.write_table(sort_rows(members, spec), spec.rows_per_group)
            written[bucket] = Part(bucket=bucket, object=name, rows=len(members), bytes=size)
        return tuple(written[bucket] for bucket in sorted(written))

    def make_head(
        self, spec: TableSpec, stage: str, parts: tuple[Part, ...], code_version: str, upstream: Mapping[str, str]
    ) -> Head:
        """A head over written parts; nothing is published by it until `commit`."""
        content = hashlib.sha256(str(spec.schema).encode())
        for part in parts:
            content.update(f"{part.bucket} {part.object}\n".encode())
        return Head(
            table=spec.name,
            stage=stage,
            digest=content.hexdigest(),
            rows=sum(part.rows for part in parts),
            parts=parts,
            code_version=code_version,
            upstream=dict(sorted(upstream.items())),
        )

    def commit(self, stage: str, document: Mapping[str, Any], heads: Sequence[Head]) -> None:
        """Record a stage's result.

        The stage file is the commit point and repeats the heads: should the process die between two head files, the
        next run of the stage starts from what the stage file says and rewrites them.
        """
        self.write_heads(heads)
        outputs = {head.table: head.to_json() for head in heads}
        self.storage.write_json(f"stages/{stage}.json", {**document, "outputs": outputs})

    def write_heads(self, heads: Sequence[Head]) -> None:
        """Write the head files that differ from what is on disk."""
        for head in heads:
            if self.head(head.table) != head:
                self.storage.write_json(f"heads/{head.table}.json", head.to_json())

    def stage(self, name: str) -> dict[str, Any] | None:
        """What the stage's last commit recorded, or None."""
        return self.storage.read_json(f"stages/{name}.json")


def _bucket_count(head: Head) -> int:
    return len(head.parts)
