"""Compiled: from an article's words to its shingles' hashes, its MinHash values, LSH keys and sketches.

An article is taken through all steps before the next, so that everything but its words stays in the processor's cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.dedup.compiled import compile_loop
from pipeline.dedup.word_kernels import Words

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def _murmur3_32(data: U8, start: int, end: int) -> Any:
    """MurmurHash3_x86_32 with seed 0 (A. Appleby) of ``data[start:end]``; three bytes behind it are read."""
    c1, c2 = np.uint32(0xCC9E2D51), np.uint32(0x1B873593)
    h, i = np.uint32(0), np.uint64(start)
    length = np.uint32(end - start)
    blocks_end = i + np.uint64(length & np.uint32(0xFFFFFFFC))
    while i < blocks_end:
        k = np.uint32(four_bytes(data, i) * c1)
        k = np.uint32((k << np.uint32(15)) | (k >> np.uint32(17)))
        h = np.uint32(h ^ np.uint32(k * c2))
        h = np.uint32((h << np.uint32(13)) | (h >> np.uint32(19)))
        h = np.uint32(h * np.uint32(5) + np.uint32(0xE6546B64))
        i += np.uint64(4)
    rest = (length & np.uint32(3)) << np.uint32(3)
    k = np.uint32(four_bytes(data, i) & np.uint32((np.uint32(1) << rest) - np.uint32(1)))
    k = np.uint32(k * c1)  # no byte is left: k is 0, and nothing below changes h
    k = np.uint32((k << np.uint32(15)) | (k >> np.uint32(17)))
    h = np.uint32(h ^ np.uint32(k * c2))
    return mix32(np.uint32(h ^ length))


def _four_bytes(data: U8, i: Any) -> Any:
    """Four bytes from ``i`` on, the first one lowest."""
    one = np.uint64(1)
    second, third, fourth = i + one, i + one + one, i + one + one + one
    return np.uint32(
        np.uint32(data[i])
        | (np.uint32(data[second]) << np.uint32(8))
        | (np.uint32(data[third]) << np.uint32(16))
        | (np.uint32(data[fourth]) << np.uint32(24))
    )


def _mix32(h: Any) -> Any:
    h = np.uint32(h ^ (h >> np.uint32(16)))
    h = np.uint32(h * np.uint32(0x85EBCA6B))
    h = np.uint32(h ^ (h >> np.uint32(13)))
    h = np.uint32(h * np.uint32(0xC2B2AE35))
    return np.uint32(h ^ (h >> np.uint32(16)))


def _mix64(value: Any) -> Any:
    """The finaliser of SplitMix64, as in `signatures`."""
    value = np.uint64(value + np.uint64(0x9E3779B97F4A7C15))
    value = np.uint64((value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9))
    value = np.uint64((value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB))
    return np.uint64(value ^ (value >> np.uint64(31)))


def _same_bytes(data: U8, start_a: Any, end_a: Any, start_b: Any, end_b: Any) -> bool:
    if end_a - start_a != end_b - start_b:
        return False
    for i in range(end_a - start_a):  # noqa: SIM110 - numba compiles no generator expressions
        if data[np.uint64(start_a + i)] != data[np.uint64(start_b + i)]:
            return False
    return True


def _table_slots(n_runs: int) -> int:
    """The size of a hash table for that many shingles: a power of two, at most half full."""
    slots = 8
    while slots < 2 * n_runs:
        slots *= 2
    return slots


def _hash_runs(letters: U8, starts: I32, n_words: int, shingle_words: int, hashes: U32) -> int:
    """Write the hash of every shingle; the number of shingles. ``starts`` are the words' starts and their end."""
    span = min(shingle_words, n_words)
    n_runs = n_words - span + 1 if n_words else 0
    for j in range(np.uint64(n_runs)):
        hashes[j] = murmur3_32(letters, starts[j], starts[j + np.uint64(span)] - 1)
    return n_runs


def _find_repeated(letters: U8, starts: I32, span: int, hashes: U32, n_runs: int, table: I32, repeated: Flags) -> int:
    """Flag the shingles that stood before; the number of those that did not.

    ``table`` becomes an open-addressing hash table of the latter. Shingles of one hash are told apart by their bytes.
    """
    mask = np.uint32(table_slots(n_runs) - 1)
    table[: np.int64(mask) + 1] = -1
    n_distinct = 0
    for j in range(n_runs):
        slot = hashes[np.uint64(j)] & mask
        again = False
        while table[np.uint64(slot)] >= 0:
            other = table[np.uint64(slot)]
            if hashes[np.uint64(other)] == hashes[np.uint64(j)] and same_bytes(
                letters, starts[j], starts[j + span], starts[other], starts[other + span]
            ):
                again = True
                break
            slot = (slot + np.uint32(1)) & mask
        repeated[np.uint64(j)] = again
        if not again:
            table[np.uint64(slot)] = j
            n_distinct += 1
    return n_distinct


def _find_minimums(hashes: U32, n_runs: int, factors: U32, summands: U32, mixed: U32, minimums: U32) -> None:
    """Write an article's MinHash values; repeated shingles change nothing."""
    for j in range(np.uint64(n_runs)):
        mixed[j] = mix32(hashes[j])
    for p in range(np.uint64(len(factors))):  # the order that makes vector instructions of the inner loop
        factor, summand, smallest = factors[p], summands[p], np.uint32(0xFFFFFFFF)
        for j in range(np.uint64(n_runs)):
            smallest = min(smallest, np.uint32(factor * mixed[j] + summand))
        minimums[p] = smallest


def _find_bands(minimums: U32, numbers: U64, bands: U64) -> None:
    """Write an article's LSH keys, those of `signatures.band_keys`; ``numbers`` are the bands' own hashes."""
    rows = len(minimums) // len(bands)
    for band in range(len(bands)):
        key = numbers[band]
        for row in range(rows):
            key = mix64(key ^ np.uint64(minimums[band * rows + row]))
        bands[band] = key


def _keep_sketch(hashes: U32, n_runs: int, bound: Any, kept: U32) -> Any:
    n_kept = np.uint64(0)
    for j in range(np.uint64(n_runs)):
        kept[n_kept] = hashes[j]
        n_kept += np.uint64(hashes[j] < bound)
    return np.int64(n_kept)


def _keep_anchors(hashes: U32, n_runs: int, bound: Any, window: int, kept: U32) -> int:
    """The smallest hash of each ``window`` shingles in a row that have none below ``bound``."""
    n_kept, width, since, smallest = 0, min(window, n_runs), 0, 0
    for j in range(n_runs):
        if hashes[np.uint64(j)] < bound:
            since = 0
            continue
        since += 1
        if since < width:
            continue
        if since > width and smallest > j - width and hashes[np.uint64(smallest)] <= hashes[np.uint64(j)]:
            continue  # the smallest of the window before is still the smallest
        if since > width and hashes[np.uint64(j)] <= hashes[np.uint64(smallest)]:
            smallest = j
        else:
            smallest = j - width + 1
            for k in range(smallest + 1, j + 1):
                if hashes[np.uint64(k)] < hashes[np.uint64(smallest)]:
                    smallest = k
        if n_kept == 0 or kept[n_kept - 1] != hashes[np.uint64(smallest)]:
            kept[n_kept] = hashes[np.uint64(smallest)]
            n_kept += 1
    return n_kept


def _write_distinct(values: U32, out: U32, at: int) -> int:
    """Write the distinct values of ``values`` in ascending order to ``out`` from ``at`` on; where they end."""
    for i in range(1, len(values)):
        value, place = values[i], i
        if i > 128:  # long lists are left to a sort that does not grow with their square
            values.sort()
            break
        while place > 0 and values[place - 1] > value:
            values[place] = values[place - 1]
            place -= 1
        values[place] = value
    for i in range(len(values)):
        if i == 0 or values[i] != values[i - 1]:
            out[at] = values[i]
            at += 1
    return at


def _hash_articles(  # noqa: PLR0913, PLR0917 - numba takes arrays, not objects
    letters: U8,
    word_starts: I32,
    first_words: I64,
    n_words: I64,
    permutations: tuple[U32, U32],
    band_numbers: U64,
    limits: tuple[Any, int, int],
    distinct: bool,
    n_shingles: I64,
    minimums: U32,
    bands: U64,
    sketch: tuple[U32, I64],
    anchors: tuple[U32, I64],
) -> None:
    """Fill the output arrays (the last five), a row for each article. ``limits``: bound, window, shingle_words."""
    bound, window, shingle_words = limits
    most = 1
    for i in range(len(n_words)):
        most = max(most, n_words[i])
    hashes, mixed, kept = np.empty(most + 1, np.uint32), np.empty(most + 1, np.uint32), np.empty(most + 1, np.uint32)
    repeated, table = np.empty(most, np.bool_), np.empty(4 * most + 8, np.int32)
    sketch_at, anchors_at = 0, 0
    for i in range(len(n_words)):
        starts = word_starts[first_words[i] : first_words[i] + n_words[i] + 1]
        n_runs = hash_runs(letters, starts, n_words[i], shingle_words, hashes)
        if n_runs:
            span = min(shingle_words, n_words[i])
            n_shingles[i] = n_runs
            if distinct:
                n_shingles[i] = find_repeated(letters, starts, span, hashes, n_runs, table, repeated)
            find_minimums(hashes, n_runs, permutations[0], permutations[1], mixed, minimums[i])
            find_bands(minimums[i], band_numbers, bands[i])
            if bound:
                sketch_at = write_distinct(kept[: keep_sketch(hashes, n_runs, bound, kept)], sketch[0], sketch_at)
            if window:
                n_anchors = keep_anchors(hashes, n_runs, bound, window, kept)
                anchors_at = write_distinct(kept[:n_anchors], anchors[0], anchors_at)
        sketch[1][i], anchors[1][i] = sketch_at, anchors_at


mix32 = compile_loop(_mix32)
mix64 = compile_loop(_mix64)
four_bytes = compile_loop(_four_bytes)
murmur3_32 = compile_loop(_murmur3_32)
same_bytes = compile_loop(_same_bytes)
table_slots = compile_loop(_table_slots)
hash_runs = compile_loop(_hash_runs)
find_repeated = compile_loop(_find_repeated)
find_minimums = compile_loop(_find_minimums)
find_bands = compile_loop(_find_bands)
keep_sketch = compile_loop(_keep_sketch)
keep_anchors = compile_loop(_keep_anchors)
write_distinct = compile_loop(_write_distinct)
hash_articles = compile_loop(_hash_articles)


def hash_words(
    words: Words, permutations: tuple[U32, U32], band_numbers: U64, limits: tuple[int, int, int]
) -> tuple[I64, I64, U32, U64, U32, I64, U32, I64]:
    """The fields of `signatures.Hashed`. ``limits`` are the sketch's bound, the anchors' window, words of a shingle."""
    n = len(words.n_words)
    minimums = np.full((n, len(permutations[0])), 0xFFFFFFFF, np.uint32)
    bands = np.zeros((n, len(band_numbers)), np.uint64)
    n_shingles, sketch, sketch_ends, anchors, anchor_ends = hash_words_into(
        words, permutations, band_numbers, limits, minimums, bands
    )
    return words.n_words, n_shingles, minimums, bands, sketch, sketch_ends, anchors, anchor_ends


def hash_words_into(
    words: Words,
    permutations: tuple[U32, U32],
    band_numbers: U64,
    limits: tuple[int, int, int],
    minimums: U32,
    bands: U64,
    *,
    distinct: bool = True,
) -> tuple[I64, U32, I64, U32, I64]:
    """`hash_words` with given arrays for ``minimums`` and ``bands``: the numbers of shingles, sketches and anchors.

    A bound or a window of zero leaves sketches or anchors out. Without ``distinct`` repeated shingles count as well,
    which takes less time. Rows of articles without shingles are left as they are.
    """
    n = len(words.n_words)
    room = int(words.n_words.sum()) + 1
    n_shingles = np.zeros(n, np.int64)
    sketch = np.empty(room, np.uint32), np.zeros(n, np.int64)
    anchors = np.empty(room, np.uint32), np.zeros(n, np.int64)
    given = words.letters, words.word_starts, words.first_words, words.n_words
    bounds = np.uint32(limits[0]), limits[1], limits[2]
    hash_articles(*given, permutations, band_numbers, bounds, distinct, n_shingles, minimums, bands, sketch, anchors)
    (values, sketch_ends), (smallest, anchor_ends) = sketch, anchors
    n_values, n_smallest = (int(ends[-1]) if n else 0 for ends in (sketch_ends, anchor_ends))
    return n_shingles, values[:n_values].copy(), sketch_ends, smallest[:n_smallest].copy(), anchor_ends
