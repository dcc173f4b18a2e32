"""Compiled loops over bytes and hashes, for batches large enough to pay for loading them.

Importing this module loads numba. Machine code is compiled once per machine and kept in numba's cache: beside this
file, or in the user's cache folder, or, where neither can be written, in a folder of this user below the system's
temporary one (``NUMBA_CACHE_DIR`` overrides all three).
"""

from __future__ import annotations

import contextlib
import functools
import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

_CHUNK_BYTES = 16 << 20  # text hashed at a time; bounds the buffers to some 100 MB
_SPACE = 32

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def _compiled(function: Callable[..., Any]) -> Any:
    """``function`` as machine code, cached wherever this machine lets it."""
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # numba found no folder it may write into
        # An attribute that numba reads from the environment on import, so that type checkers cannot know it.
        numba.config.CACHE_DIR = private_folder()  # type: ignore[attr-defined]
        return numba.njit(cache=True, nogil=True)(function)


@functools.lru_cache(maxsize=1)
def private_folder() -> str:
    """A folder of this user alone below the system's temporary one: cached code must not come from anybody else."""
    user = getattr(os, "getuid", lambda: 0)()
    folder = Path(tempfile.gettempdir()) / f"newsclaims-numba-{user}"
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
        if stat.S_ISDIR(status.st_mode) and status.st_uid == user and not status.st_mode & 0o022:
            return str(folder)
    return tempfile.mkdtemp(prefix="newsclaims-numba-")


def _murmur3_32(data: U8, start: int, end: int) -> Any:
    """MurmurHash3_x86_32 with seed 0 (A. Appleby) of ``data[start:end]``."""
    c1, c2 = np.uint32(0xCC9E2D51), np.uint32(0x1B873593)
    h = np.uint32(0)
    blocks_end = start + ((end - start) & ~3)
    for i in range(start, blocks_end, 4):
        k = np.uint32(
            np.uint32(data[i])
            | (np.uint32(data[i + 1]) << np.uint32(8))
            | (np.uint32(data[i + 2]) << np.uint32(16))
            | (np.uint32(data[i + 3]) << np.uint32(24))
        )
        k = np.uint32(k * c1)
        k = np.uint32((k << np.uint32(15)) | (k >> np.uint32(17)))
        h = np.uint32(h ^ np.uint32(k * c2))
        h = np.uint32((h << np.uint32(13)) | (h >> np.uint32(19)))
        h = np.uint32(h * np.uint32(5) + np.uint32(0xE6546B64))
    k = np.uint32(0)
    for i in range(end - 1, blocks_end - 1, -1):
        k = np.uint32((k << np.uint32(8)) | np.uint32(data[i]))
    if blocks_end < end:
        k = np.uint32(k * c1)
        k = np.uint32((k << np.uint32(15)) | (k >> np.uint32(17)))
        h = np.uint32(h ^ np.uint32(k * c2))
    return mix32(np.uint32(h ^ np.uint32(end - start)))


def _mix32(h: Any) -> Any:
    h = np.uint32(h ^ (h >> np.uint32(16)))
    h = np.uint32(h * np.uint32(0x85EBCA6B))
    h = np.uint32(h ^ (h >> np.uint32(13)))
    h = np.uint32(h * np.uint32(0xC2B2AE35))
    return np.uint32(h ^ (h >> np.uint32(16)))


def _copy_words(data: U8, start: int, end: int, words: U8, word_starts: I64, word_ends: I64) -> int:
    """Copy ``data[start:end]`` to ``words`` with one space between any two words; write where each starts and ends.

    Returns the number of words.
    """
    n, at, i = 0, 0, start
    while True:
        while i < end and data[i] == _SPACE:
            i += 1
        if i == end:
            return n
        if n:
            words[at] = _SPACE
            at += 1
        word_starts[n] = at
        while i < end and data[i] != _SPACE:
            words[at] = data[i]
            at += 1
            i += 1
        word_ends[n] = at
        n += 1


def _same_bytes(data_a: U8, start_a: int, end_a: int, data_b: U8, start_b: int, end_b: int) -> bool:
    if end_a - start_a != end_b - start_b:
        return False
    for i in range(end_a - start_a):  # noqa: SIM110 - numba compiles no generator expressions
        if data_a[start_a + i] != data_b[start_b + i]:
            return False
    return True


def _table_slots(n_runs: int) -> int:
    """The size of a hash table for that many shingles: a power of two, at most half full."""
    slots = 8
    while slots < 2 * n_runs:
        slots *= 2
    return slots


def _hash_runs(
    data: U8,
    word_starts: I64,
    word_ends: I64,
    n_words: int,
    shingle_words: int,
    table: I32,
    hashes: U32,
    repeated: Flags,
) -> int:
    """Write the hash of every shingle and whether it stood before; the number of shingles.

    ``table`` is scratch for an open-addressing hash table. Shingles of equal hash are told apart by their bytes.
    """
    if n_words == 0:
        return 0
    span = min(shingle_words, n_words)
    n_runs = n_words - span + 1
    slots = table_slots(n_runs)
    table[:slots] = -1
    for j in range(n_runs):
        start, end = word_starts[j], word_ends[j + span - 1]
        h = murmur3_32(data, start, end)
        hashes[j] = h
        repeated[j] = False
        slot = h & (slots - 1)
        while table[slot] >= 0:
            other = table[slot]
            if hashes[other] == h and same_bytes(
                data, start, end, data, word_starts[other], word_ends[other + span - 1]
            ):
                repeated[j] = True
                break
            slot = (slot + 1) & (slots - 1)
        if not repeated[j]:
            table[slot] = j
    return n_runs


def _lower_minimums(hashes: U32, repeated: Flags, factors: U32, summands: U32, minimums: U32) -> int:
    """Lower one article's MinHash values to those of its shingles; the number of distinct shingles."""
    n_distinct = 0
    for j in range(len(hashes)):
        if repeated[j]:
            continue
        n_distinct += 1
        mixed = mix32(hashes[j])
        for p in range(len(factors)):
            minimums[p] = min(minimums[p], np.uint32(factors[p] * mixed + summands[p]))
    return n_distinct


def _keep_sketch(hashes: U32, bound: Any, kept: U32) -> int:
    n_kept = 0
    for j in range(len(hashes)):
        if hashes[j] < bound:
            kept[n_kept] = hashes[j]
            n_kept += 1
    return n_kept


def _keep_anchors(hashes: U32, bound: Any, window: int, kept: U32) -> int:
    n_kept = 0
    width = min(window, len(hashes))
    for j in range(len(hashes) - width + 1 if width else 0):
        smallest = hashes[j]
        for k in range(j + 1, j + width):
            smallest = min(smallest, hashes[k])
        if smallest >= bound and (n_kept == 0 or kept[n_kept - 1] != smallest):
            kept[n_kept] = smallest
            n_kept += 1
    return n_kept


def _write_distinct(values: U32, out: U32, at: int) -> int:
    """Write the distinct values of ``values`` in ascending order to ``out`` from ``at`` on; where they end."""
    values.sort()
    for i in range(len(values)):
        if i == 0 or values[i] != values[i - 1]:
            out[at] = values[i]
            at += 1
    return at


def _hash_chunk(  # noqa: PLR0913, PLR0917 - numba takes arrays, not objects
    data: U8,
    ends: I64,
    permutations: tuple[U32, U32],
    bound: Any,
    window: int,
    shingle_words: int,
    counts: tuple[I64, I64],
    minimums: U32,
    sketch: tuple[U32, I64],
    anchors: tuple[U32, I64],
) -> None:
    """Fill the output arrays (counts, minimums, sketch, anchors) for the texts that lie end to end in ``data``."""
    most = 2
    for i in range(len(ends)):
        most = max(most, (ends[i] - (ends[i - 1] if i else 0)) // 2 + 2)
    words = np.empty(2 * most, np.uint8)
    word_starts, word_ends = np.empty(most, np.int64), np.empty(most, np.int64)
    hashes, kept, repeated = np.empty(most, np.uint32), np.empty(most, np.uint32), np.empty(most, np.bool_)
    table = np.empty(4 * most + 8, np.int32)
    start, sketch_at, anchors_at = 0, 0, 0
    for i in range(len(ends)):
        n_words = copy_words(data, start, ends[i], words, word_starts, word_ends)
        start = ends[i]
        n_runs = hash_runs(words, word_starts, word_ends, n_words, shingle_words, table, hashes, repeated)
        own = hashes[:n_runs]
        counts[0][i] = n_words
        counts[1][i] = lower_minimums(own, repeated, permutations[0], permutations[1], minimums[i])
        sketch_at = write_distinct(kept[: keep_sketch(own, bound, kept)], sketch[0], sketch_at)
        sketch[1][i] = sketch_at
        anchors_at = write_distinct(kept[: keep_anchors(own, bound, window, kept)], anchors[0], anchors_at)
        anchors[1][i] = anchors_at


def _count_pairs(
    data: U8,
    ends: I64,
    firsts: I64,
    seconds: I64,
    shingle_words: int,
    sizes: tuple[I64, I64],
    shared: I64,
    same_words: Flags,
) -> None:
    """For each pair of texts count the distinct shingles of both and those they share, compared byte by byte."""
    most = 2
    for i in range(len(ends)):
        most = max(most, (ends[i] - (ends[i - 1] if i else 0)) // 2 + 2)
    words_a, words_b = np.empty(2 * most, np.uint8), np.empty(2 * most, np.uint8)
    starts_a, ends_a = np.empty(most, np.int64), np.empty(most, np.int64)
    starts_b, ends_b = np.empty(most, np.int64), np.empty(most, np.int64)
    hashes_a, repeated_a = np.empty(most, np.uint32), np.empty(most, np.bool_)
    hashes_b, repeated_b = np.empty(most, np.uint32), np.empty(most, np.bool_)
    table_a, table_b = np.empty(4 * most + 8, np.int32), np.empty(4 * most + 8, np.int32)
    n_words_a, n_runs_a, slots_a, held = 0, 0, 8, -1
    for pair in range(len(firsts)):
        a, b = firsts[pair], seconds[pair]
        if a != held:
            held = a
            n_words_a = copy_words(data, ends[a - 1] if a else 0, ends[a], words_a, starts_a, ends_a)
            n_runs_a = hash_runs(words_a, starts_a, ends_a, n_words_a, shingle_words, table_a, hashes_a, repeated_a)
            slots_a = table_slots(n_runs_a)
        n_words_b = copy_words(data, ends[b - 1] if b else 0, ends[b], words_b, starts_b, ends_b)
        n_runs_b = hash_runs(words_b, starts_b, ends_b, n_words_b, shingle_words, table_b, hashes_b, repeated_b)
        sizes[0][pair] = n_runs_a - repeated_a[:n_runs_a].sum()
        sizes[1][pair] = n_runs_b - repeated_b[:n_runs_b].sum()
        span_a, span_b = min(shingle_words, n_words_a), min(shingle_words, n_words_b)
        for j in range(n_runs_b):
            if repeated_b[j] or n_runs_a == 0:
                continue
            start, end = starts_b[j], ends_b[j + span_b - 1]
            slot = hashes_b[j] & (slots_a - 1)
            while table_a[slot] >= 0:
                i = table_a[slot]
                if hashes_a[i] == hashes_b[j] and same_bytes(
                    words_a, starts_a[i], ends_a[i + span_a - 1], words_b, start, end
                ):
                    shared[pair] += 1
                    break
                slot = (slot + 1) & (slots_a - 1)
        same_words[pair] = n_words_a == n_words_b and (
            n_words_a == 0 or same_bytes(words_a, 0, ends_a[n_words_a - 1], words_b, 0, ends_b[n_words_b - 1])
        )


mix32 = _compiled(_mix32)
murmur3_32 = _compiled(_murmur3_32)
copy_words = _compiled(_copy_words)
same_bytes = _compiled(_same_bytes)
table_slots = _compiled(_table_slots)
hash_runs = _compiled(_hash_runs)
lower_minimums = _compiled(_lower_minimums)
keep_sketch = _compiled(_keep_sketch)
keep_anchors = _compiled(_keep_anchors)
write_distinct = _compiled(_write_distinct)
hash_chunk = _compiled(_hash_chunk)
count_chunk = _compiled(_count_pairs)


def hash_texts(
    texts: Sequence[bytes], permutations: tuple[U32, U32], bound: int, window: int, shingle_words: int
) -> tuple[I64, I64, U32, U32, I64, U32, I64]:
    """The fields of `signatures.Hashed` for ``texts``, each its words with spaces between them."""
    n = len(texts)
    n_tokens, n_shingles = np.zeros(n, np.int64), np.zeros(n, np.int64)
    minimums = np.full((n, len(permutations[0])), 0xFFFFFFFF, np.uint32)
    sketch_ends, anchor_ends = np.zeros(n, np.int64), np.zeros(n, np.int64)
    sketches, anchors = [np.zeros(0, np.uint32)], [np.zeros(0, np.uint32)]
    for first, last in _chunks(texts):
        data = np.frombuffer(b"".join(texts[first:last]), np.uint8)
        ends = np.cumsum(np.fromiter(map(len, texts[first:last]), np.int64, last - first))
        room = len(data) // 2 + last - first
        own = slice(first, last)
        sketch = np.empty(room, np.uint32), sketch_ends[own]
        anchor = np.empty(room, np.uint32), anchor_ends[own]
        counts = n_tokens[own], n_shingles[own]
        limits = np.uint32(bound), window, shingle_words
        hash_chunk(data, ends, permutations, *limits, counts, minimums[own], sketch, anchor)
        for values, ends_so_far, parts in ((sketch[0], sketch_ends, sketches), (anchor[0], anchor_ends, anchors)):
            parts.append(values[: ends_so_far[last - 1]].copy())
            ends_so_far[own] += ends_so_far[first - 1] if first else 0
    return n_tokens, n_shingles, minimums, np.concatenate(sketches), sketch_ends, np.concatenate(anchors), anchor_ends


def count_pairs(texts: Sequence[bytes], firsts: I64, seconds: I64, shingle_words: int) -> tuple[I64, I64, I64, Flags]:
    """For pairs of positions in ``texts``: distinct shingles of both, shared ones, and whether all words are the same.

    Pairs of one first text should lie together, for then it is hashed once.
    """
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))
    data = np.frombuffer(b"".join(texts), np.uint8)
    sizes = np.zeros(len(firsts), np.int64), np.zeros(len(firsts), np.int64)
    shared, same_words = np.zeros(len(firsts), np.int64), np.zeros(len(firsts), np.bool_)
    count_chunk(data, ends, firsts, seconds, shingle_words, sizes, shared, same_words)
    return *sizes, shared, same_words


def _chunks(texts: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    """Ranges of ``texts`` of about `_CHUNK_BYTES` bytes."""
    first, size = 0, 0
    for i, text in enumerate(texts):
        size += len(text)
        if size >= _CHUNK_BYTES:
            yield first, i + 1
            first, size = i + 1, 0
    if first < len(texts):
        yield first, len(texts)
