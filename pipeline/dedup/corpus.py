"""A whole corpus at once: copies among the articles of a Parquet file, which is read once and never held.

What the stages do for a lake that grows, in one go for a file of ``article_id`` and ``text``: the same words,
signatures, candidates, exact verification and groups, without their tables. Each text is read once; its words lie in a
temporary file until it is known which articles have to be compared.
"""

from __future__ import annotations

import math
import os
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.dedup import join_kernels, kernels, pair_kernels, word_kernels
from pipeline.dedup.candidates import fewest_shared
from pipeline.dedup.shingles import SHINGLE_WORDS
from pipeline.dedup.signatures import SKETCH_BOUND, anchor_window, band_numbers, least_share, permutations
from pipeline.dedup.verification import MERGING, PairCounts, as_arrow, keep_pairs
from pipeline.settings import Settings
from pipeline.tables import DUPLICATE_PAIRS

_ROWS_AT_A_TIME = 512  # articles read together: so many that their texts stay in the processor's cache
_PAIRS_AT_A_TIME = 1 << 20  # candidate pairs found before they are united with the others
_PAIRS_COMPARED = 1 << 11  # pairs whose words are held for comparison
_MISS = 1e-9  # as in `candidates`
_HALF = np.uint64(32)
_LOWER = np.uint64(0xFFFFFFFF)

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Copies:
    """What was found: rows of `duplicate_pairs`, sorted, and groups.

    ``groups`` has a row for each article in the order of the file: article_id, first_article_id (the smallest id in its
    group, its own where it is alone) and n_articles (of the group).
    """

    pairs: pa.Table
    groups: pa.Table


def find_copies(source: Path, settings: Settings, *, contained: bool = True) -> Copies:
    """The copies among the articles of the Parquet file ``source``, whose whole texts are taken for their bodies.

    The columns ``article_id`` (distinct) and ``text`` are read. Without ``contained`` articles inside longer ones are
    not looked for. ``settings.workers`` threads share the work; results do not depend on it. Memory: about a kilobyte
    an article, and for a moment half as much again; as much disk space as the texts take, in the folder for temporary
    files. Raises `ValueError` where a column, an id or a text is missing or an id
    stands twice.
    """
    with tempfile.TemporaryFile() as spill, ThreadPoolExecutor(settings.workers) as pool:
        articles = _read_articles(source, settings, contained, spill, pool)
        _check_ids(articles.ids, source)
        found = _find_candidates(articles, settings, contained, pool)
        pairs = _verify(found, articles, settings, spill, pool)
    if not contained:
        pairs = pairs.filter(_is_merging(pairs))
    return Copies(pairs, _group(articles.ids, pairs))


def _check_ids(ids: pa.ChunkedArray, source: Path) -> None:
    if ids.null_count:
        raise ValueError(f"{source} has an article without article_id")
    if pc.count_distinct(ids).as_py() < len(ids):
        counts = ids.value_counts()
        repeated = counts.filter(pc.greater(counts.field("counts"), 1))[0]["values"]
        raise ValueError(f"article_id {repeated} stands more than once in {source}; ids must be distinct")


def _is_merging(pairs: pa.Table) -> pa.ChunkedArray:
    return pc.is_in(pairs.column("kind"), MERGING)


@dataclass(frozen=True)
class _Articles:
    """What is kept of n articles: ids, sketches and anchors in portions, the rest as one array each.

    ``bands`` holds half of each LSH key, bands × articles. ``n_shingles`` counts distinct ones if containment is looked
    for, else all. ``places`` says where each one's words begin in the temporary file, ``lengths`` their bytes.
    """

    ids: pa.ChunkedArray
    n_shingles: I32
    minimums: U32
    bands: U32
    sketches: list[U32]
    sketch_sizes: I32
    anchors: list[U32]
    anchor_sizes: I32
    places: I64
    lengths: I32


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


def _read_articles(
    source: Path, settings: Settings, contained: bool, spill: IO[bytes], pool: ThreadPoolExecutor
) -> _Articles:
    file = pq.ParquetFile(source)
    for name in ("article_id", "text"):
        if name not in file.schema_arrow.names:
            raise ValueError(f"{source} has no column {name}; it has {', '.join(file.schema_arrow.names)}")
    counts = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
    minimums = np.empty((sum(counts), settings.num_perm), np.uint32)
    firsts = np.cumsum([0, *counts])
    bands = np.empty((settings.bands, sum(counts)), np.uint32)
    shared = _Spill(spill)

    def read(number: int) -> _Articles:
        own = slice(firsts[number], firsts[number + 1])
        return _read_row_group(source, number, settings, contained, shared, minimums[own], bands[:, own])

    parts = list(pool.map(read, range(file.num_row_groups)))
    ids = pa.chunked_array([chunk for part in parts for chunk in part.ids.chunks], pa.string())
    ids = pa.chunked_array([ids.combine_chunks()], pa.string())  # rows are taken much faster from one chunk
    columns = {
        name: np.concatenate([np.zeros(0, dtype), *(getattr(part, name) for part in parts)])
        for name, dtype in _COLUMNS.items()
    }
    sketches, anchors = ([array for part in parts for array in getattr(part, name)] for name in ("sketches", "anchors"))
    return _Articles(ids=ids, minimums=minimums, bands=bands, sketches=sketches, anchors=anchors, **columns)


_COLUMNS = {
    "n_shingles": np.int32,
    "sketch_sizes": np.int32,
    "anchor_sizes": np.int32,
    "places": np.int64,
    "lengths": np.int32,
}


def _read_row_group(
    source: Path, number: int, settings: Settings, contained: bool, spill: _Spill, minimums: U32, bands: U32
) -> _Articles:
    shape = permutations(settings.num_perm), band_numbers(settings.bands)
    limits = SKETCH_BOUND if contained else 0, anchor_window(settings) if contained else 0, SHINGLE_WORDS
    ids, sketches, anchors = [], [], []
    columns: dict[str, list[npt.NDArray[Any]]] = {name: [np.zeros(0, dtype)] for name, dtype in _COLUMNS.items()}
    row, room = 0, word_kernels.Room()
    file = pq.ParquetFile(source, memory_map=True)
    for batch in file.iter_batches(_ROWS_AT_A_TIME, [number], ["article_id", "text"], use_threads=False):
        texts = batch.column("text")
        if texts.null_count:
            raise ValueError(f"the text of {texts.null_count} article in {source} is missing; leave such rows out")
        words = word_kernels.read_words(
            texts if pa.types.is_string(texts.type) else texts.cast(pa.large_string()), room=room
        )
        own, keys = slice(row, row + len(batch)), np.empty((len(batch), settings.bands), np.uint64)
        n_shingles, sketch, sketch_ends, anchor, anchor_ends = kernels.hash_words_into(
            words, *shape, limits, minimums[own], keys, distinct=contained
        )
        bands[:, own] = (keys >> _HALF).T
        ids.append(batch.column("article_id").cast(pa.string()))
        sketches.append(sketch)
        anchors.append(anchor)
        starts = words.word_starts[words.first_words]
        place = spill.write(words.letters[: words.spaced])
        values = {
            "n_shingles": n_shingles,
            "sketch_sizes": np.diff(sketch_ends, prepend=0),
            "anchor_sizes": np.diff(anchor_ends, prepend=0),
            "places": place + starts.astype(np.int64),
            "lengths": words.word_starts[words.first_words + words.n_words] - starts,
        }
        for name, found in values.items():
            columns[name].append(found.astype(_COLUMNS[name]))
        row += len(batch)
    joined = {name: np.concatenate(parts) for name, parts in columns.items()}
    return _Articles(
        ids=pa.chunked_array(ids, pa.string()),
        minimums=minimums,
        bands=bands,
        sketches=sketches,
        anchors=anchors,
        **joined,
    )


def _find_candidates(articles: _Articles, settings: Settings, contained: bool, pool: ThreadPoolExecutor) -> U64:
    """Pairs of rows worth comparing, distinct and sorted, the smaller row in the upper half of each number."""
    rows = np.flatnonzero(articles.n_shingles >= settings.min_shingles).astype(np.int32)
    slack = math.sqrt(math.log(1 / _MISS) / 2 / settings.num_perm)
    limits = settings.jaccard_threshold, settings.containment_threshold if contained else 0.0, slack
    parts = list(
        pool.map(lambda band: _find_band_pairs(articles, rows, band, settings.band_rows, limits), range(settings.bands))
    )
    if contained:
        parts.append(_find_sketch_pairs(articles, rows, least_share(settings), limits))
    return np.unique(np.concatenate(parts))


def _find_band_pairs(
    articles: _Articles, rows: I32, band: int, band_rows: int, limits: tuple[float, float, float]
) -> U64:
    entries = (articles.bands[band, rows].astype(np.uint64) << _HALF) | rows.astype(np.uint64)
    entries.sort()
    place, out = np.array([0, 1]), np.empty(_PAIRS_AT_A_TIME, np.uint64)
    united, waiting = np.zeros(0, np.uint64), []
    while place[0] < len(entries):
        n = join_kernels.pair_band(entries, articles.minimums, band, band_rows, articles.n_shingles, limits, place, out)
        waiting.append(out[:n].copy())
        if sum(map(len, waiting)) > max(len(united), _PAIRS_AT_A_TIME):
            united, waiting = np.unique(np.concatenate([united, *waiting])), []
    return np.concatenate([united, *waiting])


def _find_sketch_pairs(articles: _Articles, rows: I32, share: float, limits: tuple[float, float, float]) -> U64:
    n = len(articles.lengths)
    eligible = np.zeros(n, np.bool_)
    eligible[rows] = True
    sketch, anchors = (
        np.concatenate([np.zeros(0, np.uint32), *parts]) for parts in (articles.sketches, articles.anchors)
    )
    entries = np.empty(len(sketch) + len(anchors) + 1, np.uint64)
    n_entries = join_kernels.write_entries(sketch, articles.sketch_sizes, eligible, entries)
    n_entries += join_kernels.write_entries(anchors, articles.anchor_sizes, eligible, entries[n_entries:])
    entries = entries[:n_entries]
    entries.sort()
    entries = entries[: join_kernels.keep_common(entries)].copy()
    ends, places, starts = np.zeros(n, np.int64), *(np.empty(len(entries), np.int64) for _ in range(2))
    runs = ends, places, starts, np.empty(len(entries), np.int32)
    join_kernels.list_by_row(entries, *runs)
    fewest = fewest_shared(share)
    needed = fewest[np.minimum(articles.sketch_sizes, len(fewest) - 1)].astype(np.int32)
    sketch_starts = np.cumsum(articles.sketch_sizes, dtype=np.int64) - articles.sketch_sizes
    seen = np.zeros(n, np.int32)
    united, row, room = [], 0, _PAIRS_AT_A_TIME
    out = np.empty(room, np.uint64)
    while row < n:
        before = row
        row, found = join_kernels.pair_sketches(
            entries,
            runs,
            sketch,
            sketch_starts,
            articles.sketch_sizes,
            needed,
            np.uint32(SKETCH_BOUND),
            articles.minimums,
            articles.n_shingles,
            limits,
            seen,
            row,
            n,
            out,
        )
        united.append(np.unique(out[:found]))
        if row == before:
            out = np.empty(2 * len(out), np.uint64)
    return np.concatenate(united) if united else np.zeros(0, np.uint64)


def _verify(
    found: U64, articles: _Articles, settings: Settings, spill: IO[bytes], pool: ThreadPoolExecutor
) -> pa.Table:
    """The rows of `duplicate_pairs` among candidates, sorted."""
    components = np.empty(len(articles.lengths), np.int32)
    join_kernels.find_components(found, components)
    # Articles that may be copies of one another are compared together, so that the words of each are read about once.
    found = found[np.argsort(components[(found >> _HALF).astype(np.int64)], kind="stable")]

    def verify(first: int) -> pa.Table:
        return _verify_portion(found[first : first + _PAIRS_COMPARED], articles, settings, spill.fileno())

    tables = list(pool.map(verify, range(0, len(found), _PAIRS_COMPARED)))
    if not tables:
        return DUPLICATE_PAIRS.empty()
    return pa.concat_tables(tables).sort_by([("article_id_a", "ascending"), ("article_id_b", "ascending")])


def _verify_portion(pairs: U64, articles: _Articles, settings: Settings, spill: int) -> pa.Table:
    firsts, seconds = (pairs >> _HALF).astype(np.int64), (pairs & _LOWER).astype(np.int64)
    rows = np.unique(np.concatenate([firsts, seconds]))
    lengths = articles.lengths[rows]
    texts = b"".join(map(os.pread, [spill] * len(rows), lengths.tolist(), articles.places[rows].tolist()))
    words = word_kernels.read_normal_words(np.frombuffer(texts, np.uint8), np.cumsum(lengths, dtype=np.int64))
    positions = np.searchsorted(rows, firsts), np.searchsorted(rows, seconds)
    counts = PairCounts(*pair_kernels.count_pairs(words, *positions, SHINGLE_WORDS))
    left, right = (articles.ids.take(as_arrow(side)).combine_chunks() for side in (firsts, seconds))
    return order_ids(keep_pairs(left, right, counts, settings))


def order_ids(pairs: pa.Table) -> pa.Table:
    """`duplicate_pairs` with the smaller id of each pair first."""
    a, b, jaccard, a_in_b, b_in_a, kind = pairs.columns
    in_order = pc.less(a, b)
    swapped = (
        pc.if_else(in_order, a, b),
        pc.if_else(in_order, b, a),
        jaccard,
        pc.if_else(in_order, a_in_b, b_in_a),
        pc.if_else(in_order, b_in_a, a_in_b),
        kind,
    )
    return pa.table(list(swapped), schema=pairs.schema)


def _group(ids: pa.ChunkedArray, pairs: pa.Table) -> pa.Table:
    merging = pairs.filter(_is_merging(pairs))
    a, b = (
        np.from_dlpack(pc.index_in(merging.column(name).combine_chunks(), ids)).astype(np.uint64)
        for name in ("article_id_a", "article_id_b")
    )
    labels = np.empty(len(ids), np.int32)
    join_kernels.find_components((a << _HALF) | b, labels)
    sizes = np.bincount(labels, minlength=len(ids))[labels].astype(np.int32)
    shared = np.flatnonzero(sizes > 1)
    order = shared[np.from_dlpack(pc.sort_indices(ids.take(as_arrow(shared))))]
    first_rows = np.arange(len(ids))
    smallest = np.empty(len(ids), np.int64)
    smallest[labels[order[::-1]]] = order[::-1]
    first_rows[shared] = smallest[labels[shared]]
    return pa.table(
        {"article_id": ids, "first_article_id": ids.take(as_arrow(first_rows)), "n_articles": as_arrow(sizes)}
    )
