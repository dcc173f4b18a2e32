"""Runs: several arrays in one immutable object, read at the places that are asked for and nowhere else.

A run serves indexes that are looked up, not scanned. Parquet makes its reader decode a row group of thousands of rows
to see one of them; an array of fixed-width values is read where the value lies. A run is the internal state of a stage:
the stage's document names its object under ``files``, so that garbage collection and `newsclaims verify` see it.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.lake.errors import LakeError
from pipeline.lake.storage import Storage

Values = npt.NDArray[Any]
Chunks = Iterable[Values]

PAGE = 4096  # bytes; what is read at least, wherever one byte is asked for
ALIGNMENT = 64  # bytes; each array of a run starts at a multiple, in long runs at a page
SUFFIX = ".run"


@dataclass
class Traffic:
    """Bytes of runs that were read, in whole pages, and written."""

    read: int = 0
    written: int = 0


@dataclass(frozen=True)
class StoredArray:
    """An array of a run. Nothing of it is read before one of the methods asks for it."""

    mapped: Values
    offset: int
    traffic: Traffic

    def __len__(self) -> int:
        return len(self.mapped)

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return self.mapped.strides[0]

    def take(self, rows: npt.NDArray[np.integer[Any]]) -> Values:
        """The rows at these positions, in their order; only the pages they lie on are read."""
        starts = self.offset + np.unique(rows).astype(np.int64) * self.row_bytes
        first, last = starts // PAGE, (starts + self.row_bytes - 1) // PAGE
        shared = int(np.count_nonzero(first[1:] == last[:-1]))
        self.traffic.read += PAGE * (int((last - first + 1).sum()) - shared)
        values: Values = self.mapped[rows]
        return values

    def slice(self, first: int, last: int) -> Values:
        """The rows from ``first`` to before ``last``, as a view."""
        start, end = self.offset + first * self.row_bytes, self.offset + min(last, len(self)) * self.row_bytes
        self.traffic.read += PAGE * (-(-end // PAGE) - start // PAGE) if end > start else 0
        return self.mapped[first:last]

    def all(self) -> Values:
        """All rows, as a view; counted as read whole."""
        return self.slice(0, len(self))


class RunStore:
    """Writes runs as objects of a lake and opens them; `traffic` says how many bytes went either way."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.traffic = Traffic()

    def write(self, arrays: Iterable[tuple[str, Chunks]]) -> dict[str, Any]:
        """Write named arrays, each given as chunks of one type, one after the other; returns the run's description.

        The description is ready for JSON: the object's file name, its bytes, and where each array lies in it. Every
        array needs a chunk, be it empty. Chunks are asked for one by one, so that a run may be larger than memory.
        """
        described: dict[str, Any] = {}
        name, size = self.storage.write_stream(_lay_out(arrays, described), SUFFIX)
        self.traffic.written += size
        return {"object": f"{name}{SUFFIX}", "bytes": size, "arrays": described}

    def open(self, run: Mapping[str, Any]) -> dict[str, StoredArray]:
        """The arrays of a run by name; raises `LakeError` when its object is gone or shorter than it should be."""
        path = self.storage.objects / run["object"]
        try:
            with path.open("rb") as file:
                data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if run["bytes"] else b""
        except (FileNotFoundError, ValueError) as error:
            raise LakeError(
                f"{path} is gone or empty; run `newsclaims verify`, or remove the data folder and rebuild"
            ) from error
        if len(data) != run["bytes"]:
            raise LakeError(f"{path} has {len(data)} bytes instead of {run['bytes']}; run `newsclaims verify`")
        return {
            name: StoredArray(_view(data, **place), place["offset"], self.traffic)
            for name, place in run["arrays"].items()
        }


def _view(data: mmap.mmap | bytes, offset: int, dtype: str, shape: Sequence[int]) -> Values:
    kind, n_values = np.dtype(dtype), int(np.prod(shape, dtype=np.int64))
    return np.frombuffer(data, kind, n_values, offset if n_values else 0).reshape(shape)


def _lay_out(arrays: Iterable[tuple[str, Chunks]], described: dict[str, Any]) -> Iterator[memoryview | bytes]:
    """The bytes of a run, array after array; fills ``described`` on the way."""
    offset = 0
    for name, chunks in arrays:
        # Where it costs next to nothing, an array starts with a page, so that its blocks do not straddle two.
        if padding := -offset % (PAGE if offset >= 64 * PAGE else ALIGNMENT):
            yield bytes(padding)
            offset += padding
        start, rows, dtype, row_shape = offset, 0, np.dtype(np.uint8), ()
        for chunk in chunks:
            little = np.ascontiguousarray(chunk, chunk.dtype.newbyteorder("<"))
            dtype, row_shape = little.dtype, little.shape[1:]
            if little.nbytes:
                yield little.reshape(-1).view(np.uint8).data
            offset += little.nbytes
            rows += len(little)
        described[name] = {"offset": start, "dtype": dtype.str, "shape": [rows, *row_shape]}
