"""Segments, which the index is made of: some articles each, with their signatures and keys, never altered.

A new segment is written for each change and segments of like size are merged now and then, so that an article is
rewritten a few times in its life however many come after it (the log-structured merge of O'Neil, Cheng, Gawlick and
O'Neil, "The log-structured merge-tree", 1996, with the tiers of today's search engines).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedup.candidates import fewest_shared
from pipeline.dedup.index.stored import GONE, I64, U32, U64, Array, Entries, Fences, Store, Values, move, pack
from pipeline.dedup.signatures import least_share
from pipeline.parameters import CopyParameters

TIER = 4  # segments of like size that are merged; each tier holds segments of up to so many times the one below
SMALLEST_TIER = 512  # articles below which all segments are of one size
_ENTRIES_AT_A_TIME = 1 << 22  # merged together; bounds memory to some 200 MB
_ROWS_AT_A_TIME = 1 << 14
_FENCE_IDS = 256
_VERSION = "S16"

# Articles are of a class by how many values of its sketch an article must share with one that it stands in; a class
# begins at each of these numbers. Who must share many values with an article need not look up all of its own.
CLASSES = (0, 1, 4, 16)

Ids = npt.NDArray[np.bytes_]  # article ids in UTF-8, of fixed width


@dataclass(frozen=True)
class Segment:
    """``n`` articles in a run of the store; the positions in the run ``dead`` are of articles that have gone."""

    run: Mapping[str, Any]
    n: int
    n_dead: int = 0
    dead: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """As a JSON-ready dict."""
        return {"run": dict(self.run), "n": self.n, "n_dead": self.n_dead, "dead": self.dead}

    @property
    def objects(self) -> list[str]:
        """The names of its objects."""
        return [run["object"] for run in (self.run, self.dead) if run]


class OpenSegment:
    """A segment whose arrays can be read."""

    def __init__(self, segment: Segment, store: Store) -> None:
        self.segment = segment
        self._store = store
        self.arrays: Mapping[str, Array] = store.open(segment.run)

    @functools.cached_property
    def dead(self) -> U32:
        """Positions of articles that have gone, ascending."""
        if self.segment.dead is None:
            return np.zeros(0, np.uint32)
        rows: U32 = self._store.open(self.segment.dead)["rows"].all()
        return rows

    @property
    def bands(self) -> Entries:
        """The upper halves of the LSH keys."""
        return Entries(self.arrays["bands"], self.arrays["bands_fences"])

    @property
    def keys(self) -> Entries:
        """The values of sketches and anchors, with the class of the article (see `CLASSES`)."""
        return Entries(self.arrays["keys"], self.arrays["keys_fences"])

    def is_dead(self, positions: I64) -> npt.NDArray[np.bool_]:
        """Which of these positions are of articles that have gone."""
        if not len(self.dead):
            return np.zeros(len(positions), np.bool_)
        places = np.minimum(np.searchsorted(self.dead, positions), len(self.dead) - 1)
        matches: npt.NDArray[np.bool_] = self.dead[places] == positions
        return matches

    def alive(self) -> I64:
        """The positions of all articles that have not gone."""
        alive = np.ones(self.segment.n, np.bool_)
        alive[self.dead] = False
        return np.flatnonzero(alive)

    def find_articles(self, ids: Ids) -> I64:
        """The positions of those of these ids, given in ascending order, that are here and have not gone."""
        if not self.segment.n or not len(ids):
            return np.zeros(0, np.int64)
        fences = self.arrays["ids_fences"].all()
        wide = np.promote_types(fences.dtype, ids.dtype)
        blocks = np.unique(np.searchsorted(fences.astype(wide), ids.astype(wide), side="right") - 1)
        parts, starts = [], []
        for block in blocks[blocks >= 0].tolist():
            parts.append(self.arrays["ids"].slice(block * _FENCE_IDS, (block + 1) * _FENCE_IDS))
            starts.append(np.arange(len(parts[-1])) + block * _FENCE_IDS)
        if not parts:
            return np.zeros(0, np.int64)
        positions = np.concatenate(starts)[np.isin(np.concatenate(parts), ids)]
        return positions[~self.is_dead(positions)]


def fixed_width(ids: pa.Array | pa.ChunkedArray) -> Ids:
    """Strings as UTF-8 of one width."""
    whole = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
    lengths = pc.binary_length(whole)
    width = pc.max(lengths).as_py() or 1
    if pc.min(lengths).as_py() == width:
        _, offsets, data = whole.buffers()
        start = np.frombuffer(offsets, np.int32, 1, whole.offset * 4)[0]
        return np.frombuffer(data, f"S{width}", len(whole), start)
    return np.array([value.encode() for value in whole.to_pylist()], f"S{width}")


def strings(ids: Ids) -> pa.Array:
    """What `fixed_width` was made from."""
    n, width = len(ids), ids.dtype.itemsize
    if n and (np.char.str_len(ids) == width).all():
        offsets = np.arange(0, (n + 1) * width, width, dtype=np.int64)
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(ids))]
        return pa.Array.from_buffers(pa.large_string(), n, buffers).cast(pa.string())
    return pa.array(ids.tolist(), pa.binary()).cast(pa.string())


def write_segment(store: Store, signatures: pa.Table, versions: Ids, settings: CopyParameters) -> Segment:
    """A segment of rows of the `signatures` table, each with the beginning of a digest that tells its version.

    Articles of fewer than ``settings.min_shingles`` shingles are there but cannot be found by their keys.
    """
    order = np.argsort(fixed_width(signatures["article_id"]))
    rows = signatures.take(pa.array(order)).combine_chunks()
    ids, n_shingles = fixed_width(rows["article_id"]), rows["n_shingles"].to_numpy()
    enough = n_shingles >= settings.min_shingles
    sketch_owners, sketch = flatten(rows, "sketch")
    anchor_owners, anchors = flatten(rows, "anchors")
    band_owners, band_keys = flatten(rows, "bands")
    owners, keys = np.concatenate([sketch_owners, anchor_owners]), np.concatenate([sketch, anchors])
    sizes = np.stack([n_shingles, np.bincount(sketch_owners, minlength=len(rows))], axis=1).astype(np.uint32)
    classes = np.searchsorted(CLASSES, needed_of(sizes[:, 1], settings), side="right") - 1
    by_bands, by_keys = enough[band_owners], enough[owners]
    arrays: dict[str, Iterable[Values]] = {
        "ids": [ids],
        "versions": [versions[order].astype(_VERSION)],
        "sizes": [sizes],
        "signatures": [signature_matrix(rows, settings.num_perm)],
        "bands": [pack((band_keys >> np.uint64(32))[by_bands], band_owners[by_bands])],
        "keys": [pack(keys[by_keys], owners[by_keys], classes[owners[by_keys]])],
    }
    return Segment(_write(store, arrays), len(rows))


def needed_of(sketch_sizes: Values, settings: CopyParameters) -> I64:
    """How many values of its sketch an article must share with one that it stands in, by the sketch's size."""
    table = fewest_shared(least_share(settings))
    needed: I64 = table[np.minimum(sketch_sizes, len(table) - 1)]
    return needed


def signature_matrix(signatures: pa.Table, num_perm: int) -> U32:
    """The MinHash values, articles × permutations; rows of articles without shingles are all ones."""
    lists = signatures["signature"].combine_chunks()
    present = pc.list_value_length(lists).to_numpy(zero_copy_only=False) > 0
    matrix = np.full((len(signatures), num_perm), 0xFFFFFFFF, np.uint32)
    matrix[present] = pc.list_flatten(lists).to_numpy(zero_copy_only=False).reshape(-1, num_perm)
    return matrix


def flatten(signatures: pa.Table, column: str) -> tuple[I64, Values]:
    """(row of ``signatures``, value) for every value of a list column."""
    lists = signatures[column].combine_chunks()
    owners = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False)
    return owners.astype(np.int64), pc.list_flatten(lists).to_numpy(zero_copy_only=False)


def bury(store: Store, opened: OpenSegment, positions: I64) -> Segment:
    """The segment with the articles at these positions gone too."""
    if not len(positions):
        return opened.segment
    dead = np.union1d(opened.dead, positions.astype(np.uint32))
    return replace(opened.segment, n_dead=len(dead), dead=store.write([("rows", [dead])]))


def choose_merges(segments: Sequence[Segment]) -> list[int]:
    """Numbers of the segments to be merged next, by their sizes alone; none when all is well.

    A segment of which a quarter has gone is written anew; of one tier of sizes there are fewer than `TIER`.
    """
    for number, segment in enumerate(segments):
        if segment.n_dead * 4 > segment.n:
            return [number]
    tiers: dict[int, list[int]] = {}
    for number, segment in enumerate(segments):
        tiers.setdefault(_tier(segment.n), []).append(number)
    return next((members for _, members in sorted(tiers.items()) if len(members) >= TIER), [])


def _tier(n: int) -> int:
    tier, limit = 0, SMALLEST_TIER
    while n >= limit:
        tier, limit = tier + 1, limit * TIER
    return tier


def merge(store: Store, segments: Sequence[OpenSegment]) -> Segment | None:
    """One segment of all articles that have not gone; None where there are none."""
    alive = [segment.alive() for segment in segments]
    ids = np.concatenate([segment.arrays["ids"].all()[rows] for segment, rows in zip(segments, alive, strict=True)])
    if not len(ids):
        return None
    order = np.argsort(ids)
    rank = np.empty(len(order), np.uint32)
    rank[order] = np.arange(len(order), dtype=np.uint32)
    ends = np.cumsum([len(rows) for rows in alive]).tolist()
    renumbered = []
    for segment, rows, end in zip(segments, alive, ends, strict=True):
        new = np.full(segment.segment.n, GONE, np.uint32)
        new[rows] = rank[end - len(rows) : end]
        renumbered.append(new)
    arrays: dict[str, Iterable[Values]] = {"ids": [ids[order]]}
    for name in ("versions", "sizes", "signatures"):
        arrays[name] = _merge_rows([segment.arrays[name] for segment in segments], alive, order)
    arrays["bands"] = _merge_entries([segment.bands for segment in segments], renumbered)
    arrays["keys"] = _merge_entries([segment.keys for segment in segments], renumbered)
    return Segment(_write(store, arrays), len(order))


def _merge_rows(arrays: Sequence[Array], alive: Sequence[I64], order: I64) -> Iterator[Values]:
    """The rows of all arrays in the new order, some thousand at a time."""
    ends = np.cumsum([len(rows) for rows in alive])
    for first in range(0, len(order), _ROWS_AT_A_TIME):
        wanted = order[first : first + _ROWS_AT_A_TIME]
        owners = np.searchsorted(ends, wanted, side="right")
        chunk: Values | None = None
        for number, (array, rows, end) in enumerate(zip(arrays, alive, ends.tolist(), strict=True)):
            mine = owners == number
            values = array.take(rows[wanted[mine] - (end - len(rows))])
            if chunk is None:
                chunk = np.empty((len(wanted), *values.shape[1:]), values.dtype)
            chunk[mine] = values
        if chunk is not None:
            yield chunk


def _merge_entries(parts: Sequence[Entries], renumbered: Sequence[U32]) -> Iterator[U64]:
    """The entries of all parts with their new positions, ascending, a range of keys at a time."""
    yield np.zeros(0, np.uint64)
    for low, high in _ranges_of_keys(parts):
        moved = [move(part.between(low, high), new) for part, new in zip(parts, renumbered, strict=True)]
        yield np.sort(np.concatenate(moved))


def _ranges_of_keys(parts: Sequence[Entries]) -> Iterator[tuple[int, int]]:
    """Ranges that cover all keys, each with about `_ENTRIES_AT_A_TIME` entries in all parts together."""
    total = sum(len(part.stored) for part in parts)
    fences = np.sort(np.concatenate([part.fences.all() for part in parts]))
    step = max(1, int(len(fences) * _ENTRIES_AT_A_TIME / max(1, total)))
    inner = np.unique(fences[step::step]).tolist()
    return zip([0, *inner], [*inner, 1 << 32], strict=True)


def _write(store: Store, arrays: Mapping[str, Iterable[Values]]) -> dict[str, Any]:
    """A run of a segment's arrays; those that are sorted get an array of fences beside them.

    ``ids`` ascend; ``versions``, ``sizes`` (shingles, values in the sketch) and ``signatures`` follow them; ``bands``
    and ``keys`` are entries whose positions count ``ids``.
    """
    laid_out: list[tuple[str, Iterable[Values]]] = []
    for name, chunks in arrays.items():
        if name == "ids":
            (ids,) = chunks
            laid_out += [("ids", [ids]), ("ids_fences", [ids[::_FENCE_IDS]])]
        elif name in ("bands", "keys"):
            fences = Fences()
            laid_out += [(name, fences.watch(chunks)), (f"{name}_fences", fences.chunks())]
        else:
            laid_out.append((name, chunks))
    return store.write(laid_out)
