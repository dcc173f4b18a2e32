"""One Parquet file of articles, read once by several threads: what is kept of each article to find its copies."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.dedup import kernels, word_kernels
from pipeline.dedup.candidate_joins import Keys
from pipeline.dedup.shingles import SHINGLE_WORDS
from pipeline.dedup.signatures import SKETCH_BOUND, anchor_window, band_numbers, permutations
from pipeline.parameters import CopyParameters

ROWS_AT_A_TIME = 512  # articles read together: so many that their texts stay in the processor's cache
_BYTES_AT_A_TIME = 1 << 16  # of the file
_HALF = np.uint64(32)

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Articles:
    """What is kept of n articles.

    ``keys`` counts distinct shingles if containment is looked for, else all. ``places`` says where each one's words
    begin in the temporary file, ``lengths`` their bytes.
    """

    ids: pa.ChunkedArray
    keys: Keys
    places: I64
    lengths: I32


def open_articles(source: Path) -> pq.ParquetFile:
    """The file, of which the columns ``article_id`` and ``text`` can be read. Raises `ValueError` where it has none."""
    file = pq.ParquetFile(source, buffer_size=_BYTES_AT_A_TIME, pre_buffer=False)
    for name in ("article_id", "text"):
        if name not in file.schema_arrow.names:
            raise ValueError(f"{source} has no column {name}; it has {', '.join(file.schema_arrow.names)}")
    return file


def count_text_bytes(file: pq.ParquetFile) -> int:
    """The size of all texts, about."""
    groups = [file.metadata.row_group(number) for number in range(file.num_row_groups)]
    columns = (group.column(number) for group in groups for number in range(group.num_columns))
    return sum(column.total_uncompressed_size for column in columns if column.path_in_schema == "text")


def check_texts(texts: pa.Array | pa.ChunkedArray, source: Path) -> None:
    """Raises `ValueError` where a text is missing."""
    if texts.null_count:
        missing = f"the text of {texts.null_count} article in {source} is missing"
        raise ValueError(f"{missing}; leave such rows out")


def read_articles(
    source: Path, settings: CopyParameters, contained: bool, spill: IO[bytes], pool: ThreadPoolExecutor
) -> Articles:
    """The articles of the file; their words are written to ``spill``.

    Threads begin at different row groups, and share those that are left when they are through with their own: so any
    file keeps all of them busy, one of a single row group too. Raises `ValueError` for a missing column or text.
    """
    file = open_articles(source)
    counts = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
    firsts = np.cumsum([0, *counts])
    groups = [_RowGroup(source, number, int(firsts[number])) for number in range(len(counts))]
    kept = _Kept(source, int(firsts[-1]), settings, contained, spill)

    def read(thread: int) -> None:
        begin, room = len(groups) * thread // settings.workers, word_kernels.Room()
        for group in groups[begin:] + groups[:begin]:
            for row, batch in group.take_batches():
                kept.add(row, batch, room)

    list(pool.map(read, range(settings.workers)))
    return kept.finish()


class _RowGroup:
    """A row group whose batches several threads take."""

    def __init__(self, source: Path, number: int, first_row: int) -> None:
        self._source, self._number, self._row = source, number, first_row
        self._lock = threading.Lock()
        self._batches: Iterator[pa.RecordBatch] | None = None
        self._through = False

    def take_batches(self) -> Iterator[tuple[int, pa.RecordBatch]]:
        """The batches that nobody else takes, each with the number of its first row."""
        while True:
            with self._lock:
                if self._through:
                    return
                if self._batches is None:
                    columns = ["article_id", "text"]
                    self._batches = open_articles(self._source).iter_batches(
                        ROWS_AT_A_TIME, [self._number], columns, use_threads=False
                    )
                batch, row = next(self._batches, None), self._row
                if batch is None:
                    self._through, self._batches = True, None
                    return
                self._row += len(batch)
            yield row, batch


class _Kept:
    """What is kept of the articles read so far, written by several threads, each to rows of its own."""

    def __init__(self, source: Path, n_rows: int, settings: CopyParameters, contained: bool, spill: IO[bytes]) -> None:
        self._source, self._contained, self._spill = source, contained, _Spill(spill)
        self._shape = permutations(settings.num_perm), band_numbers(settings.bands)
        bound, window = (SKETCH_BOUND, anchor_window(settings)) if contained else (0, 0)
        self._limits = bound, window, SHINGLE_WORDS
        self._minimums = np.empty((n_rows, settings.num_perm), np.uint32)
        self._bands = np.empty((settings.bands, n_rows), np.uint32)
        self._n_shingles, self._sketch_sizes, self._anchor_sizes, self._lengths = (
            np.zeros(n_rows, np.int32) for _ in range(4)
        )
        self._places = np.zeros(n_rows, np.int64)
        self._parts: dict[int, tuple[pa.Array, U32, U32]] = {}

    def add(self, row: int, batch: pa.RecordBatch, room: word_kernels.Room) -> None:
        """Keep what is needed of a batch whose first row is ``row``."""
        texts = batch.column("text")
        check_texts(texts, self._source)
        words = word_kernels.read_words(
            texts if pa.types.is_string(texts.type) else texts.cast(pa.large_string()), room=room
        )
        own, keys = slice(row, row + len(batch)), np.empty((len(batch), len(self._bands)), np.uint64)
        n_shingles, sketch, sketch_ends, anchors, anchor_ends = kernels.hash_words_into(
            words, *self._shape, self._limits, self._minimums[own], keys, distinct=self._contained
        )
        self._bands[:, own] = (keys >> _HALF).T
        self._n_shingles[own] = n_shingles
        self._sketch_sizes[own], self._anchor_sizes[own] = (np.diff(e, prepend=0) for e in (sketch_ends, anchor_ends))
        starts = words.word_starts[words.first_words]
        self._places[own] = self._spill.write(words.letters[: words.spaced]) + starts.astype(np.int64)
        self._lengths[own] = words.word_starts[words.first_words + words.n_words] - starts
        self._parts[row] = batch.column("article_id").cast(pa.string()), sketch, anchors

    def finish(self) -> Articles:
        """All that was kept, in the order of the file."""
        order = sorted(self._parts)
        ids = pa.chunked_array([self._parts[row][0] for row in order], pa.string())
        ids = pa.chunked_array([ids.combine_chunks()], pa.string())  # rows are taken much faster from one chunk
        sketch, anchors = (
            np.concatenate([np.zeros(0, np.uint32), *(self._parts[row][side] for row in order)]) for side in (1, 2)
        )
        self._parts.clear()
        sizes = {"sketch_sizes": self._sketch_sizes, "anchor_sizes": self._anchor_sizes}
        keys = Keys(self._n_shingles, self._minimums, self._bands, sketch=sketch, anchors=anchors, **sizes)
        return Articles(ids, keys, self._places, self._lengths)


class _Spill:
    """A temporary file that several threads write to."""

    def __init__(self, file: IO[bytes]) -> None:
        self._number, self._end, self._lock = file.fileno(), 0, threading.Lock()

    def write(self, data: U8) -> int:
        """Write ``data`` behind all that was written; where it begins."""
        with self._lock:
            place, self._end = self._end, self._end + len(data)
        rest, at = memoryview(data.data), place
        while rest:
            written = os.pwrite(self._number, rest, at)
            rest, at = rest[written:], at + written
        return place
