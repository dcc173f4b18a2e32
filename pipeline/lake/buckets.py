"""How a table is cut into parts: hash buckets whose number follows from the row count alone."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.lake.row_texts import write_rows
from pipeline.tables import TableSpec

_KEYS_AT_A_TIME = 1 << 14  # whose rows lie in memory as text


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
    """SHA-256 over the rows of each key in the table's total order; ``keys`` gives each row's key."""
    rows = table.select(spec.schema.names).cast(spec.schema)
    if len(rows):
        order = pc.sort_indices(rows, sort_keys=[(name, "ascending") for name in spec.sort_by])
        rows, keys = rows.take(order), keys.take(order)
    return digest_by_key(rows, keys)


def digest_by_key(rows: pa.Table, keys: pa.Array) -> dict[str, str]:
    """SHA-256 over the rows of each key, in the order given; ``keys`` gives each row's key.

    What is hashed are the rows as text (`row_texts`), so the digest does not depend on Arrow's memory layout.
    """
    encoded = keys.dictionary_encode()
    codes, names = encoded.indices.to_numpy(), encoded.dictionary.to_pylist()
    by_key = np.argsort(codes, kind="stable")
    ends = np.concatenate(([0], np.cumsum(np.bincount(codes, minlength=len(names)))))
    digests: dict[str, str] = {}
    for first in range(0, len(names), _KEYS_AT_A_TIME):
        places = ends[first : first + _KEYS_AT_A_TIME + 1]
        texts = write_rows(rows.take(pa.array(by_key[places[0] : places[-1]])))
        members = pa.LargeListArray.from_arrays(pa.array(places - places[0], pa.int64()), texts)
        joined = pc.binary_join(members, pa.scalar("", pa.large_string())).to_pylist()
        digests.update(zip(names[first : first + len(joined)], map(_sha256, joined), strict=True))
    return digests


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def chunked(values: list[str], size: int) -> Iterator[list[str]]:
    """Consecutive slices of at most ``size`` values."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
