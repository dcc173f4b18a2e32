"""How a table is cut into parts: hash buckets whose number follows from the row count alone."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.tables import TableSpec


def count_buckets(rows: int, rows_per_part: int) -> int:
    """Smallest power of two whose parts hold at most ``rows_per_part`` rows on average; at least 1."""
    buckets = 1
    while buckets * rows_per_part < rows:
        buckets *= 2
    return buckets


def hash_keys(values: pa.ChunkedArray | pa.Array) -> np.ndarray[Any, np.dtype[np.uint32]]:
    """CRC-32 of each value's UTF-8 bytes, shape (len(values),)."""
    encoded = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    dictionary = encoded.dictionary_encode()
    hashes = np.fromiter(
        (zlib.crc32(value.encode()) for value in dictionary.dictionary.to_pylist()),
        dtype=np.uint32,
        count=len(dictionary.dictionary),
    )
    indices = dictionary.indices.to_numpy(zero_copy_only=False)
    return hashes[indices] if len(indices) else hashes[:0]


def buckets_of(hashes: np.ndarray[Any, np.dtype[np.uint32]], n_buckets: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Bucket of each hash: its leading bits, so that buckets of a coarser cut are unions of neighbours."""
    bits = n_buckets.bit_length() - 1
    return (hashes.astype(np.uint64) >> np.uint64(32 - bits)).astype(np.int64)


def sort_rows(table: pa.Table, spec: TableSpec) -> pa.Table:
    """The rows in the table's total order, columns and types as the schema has them."""
    ordered = table.select(spec.schema.names).cast(spec.schema)
    return ordered.sort_by([(name, "ascending") for name in spec.sort_by]) if len(ordered) else ordered


def digest_rows_by_key(table: pa.Table, spec: TableSpec, keys: pa.Array) -> dict[str, str]:
    """SHA-256 over the ordered rows of each key; ``keys`` gives each row's key.

    Rows are hashed as canonical JSON of their values, so the digest does not depend on Arrow's memory layout.
    """
    keyed = sort_rows(table, spec).append_column("__key", _align(table, spec, keys))
    digests: dict[str, hashlib._Hash] = {}
    for batch in keyed.to_batches(max_chunksize=4096):
        columns = [column.to_pylist() for column in batch.columns[:-1]]
        for key, *row in zip(batch.column("__key").to_pylist(), *columns, strict=True):
            digest = digests.setdefault(key, hashlib.sha256())
            digest.update(json.dumps(row, default=str, ensure_ascii=False, separators=(",", ":")).encode())
    return {key: digest.hexdigest() for key, digest in digests.items()}


def _align(table: pa.Table, spec: TableSpec, keys: pa.Array) -> pa.Array:
    """``keys`` in the order that `sort_rows` gives the rows."""
    if not len(table):
        return pa.array([], pa.string())
    order = pc.sort_indices(
        table.select(spec.schema.names).cast(spec.schema), sort_keys=[(name, "ascending") for name in spec.sort_by]
    )
    return keys.take(order)


def chunked(values: list[str], size: int) -> Iterator[list[str]]:
    """Consecutive slices of at most ``size`` values."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
