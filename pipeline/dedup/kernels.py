"""Compiled: from an article's words to its shingles' hashes, its MinHash values, LSH keys and sketches.

An article is taken through all steps before the next, so that everything but its words stays in the processor's cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.dedup.byte_kernels import four_bytes, same_bytes
from pipeline.dedup.compiled import Kernel
from pipeline.dedup.word_kernels import Words

TOGETHER = 64  # shingles hashed side by side, so that vector instructions take many at once
_LONGEST = 96  # bytes of a shingle up to which that pays; the margin behind the words must be longer

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]


# MurmurHash3_x86_32 with seed 0 (A. Appleby) in its parts.


def murmur_block(h: Any, k: Any) -> Any:
    """The state after four more bytes."""
    h = np.uint32(h ^ murmur_scramble(k))
    h = np.uint32((h << np.uint32(13)) | (h >> np.uint32(19)))
    return np.uint32(h * np.uint32(5) + np.uint32(0xE6546B64))


def murmur_scramble(k: Any) -> Any:
    """What a block does to the state."""
    k = np.uint32(k * np.uint32(0xCC9E2D51))
    k = np.uint32((k << np.uint32(15)) | (k >> np.uint32(17)))
    return np.uint32(k * np.uint32(0x1B873593))


def murmur_end(h: Any, k: Any, length: Any) -> Any:
    """The hash of ``length`` bytes from the state after all whole blocks and the four bytes behind them."""
    rest = np.uint32((length & np.uint32(3)) << np.uint32(3))
    k = np.uint32(k & np.uint32((np.uint32(1) << rest) - np.uint32(1)))
    # Where no byte is left k is 0, and so is what it is scrambled to.
    return mix32(np.uint32(h ^ murmur_scramble(k) ^ length))


def mix32(h: Any) -> Any:
    """The finaliser of MurmurHash3, as in `signatures`."""
    h = np.uint32(h ^ (h >> np.uint32(16)))
    h = np.uint32(h * np.uint32(0x85EBCA6B))
    h = np.uint32(h ^ (h >> np.uint32(13)))
    h = np.uint32(h * np.uint32(0xC2B2AE35))
    return np.uint32(h ^ (h >> np.uint32(16)))


def mix64(value: Any) -> Any:
    """The finaliser of SplitMix64, as in `signatures`."""
    value = np.uint64(value + np.uint64(0x9E3779B97F4A7C15))
    value = np.uint64((value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9))
    value = np.uint64((value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB))
    return np.uint64(value ^ (value >> np.uint64(31)))


def hash_shingles(letters: U8, starts: I32, n_words: int, shingle_words: int, scratch: U32, hashes: U32) -> Any:
    """Write the hash of every shingle; the number of shingles.

    ``starts`` are the words' starts and their end. ``scratch`` has three times `TOGETHER` places, and ``hashes`` so
    many more than there are shingles.
    """
    span = np.uint64(min(shingle_words, n_words))
    n_runs = np.uint64(n_words) - span + np.uint64(1) if n_words else np.uint64(0)
    own, lengths, fours = scratch[:TOGETHER], scratch[TOGETHER : 2 * TOGETHER], scratch[2 * TOGETHER :]
    for first in range(np.uint64(0), n_runs, np.uint64(TOGETHER)):
        n = min(np.uint64(TOGETHER), n_runs - first)
        states = hashes[first : first + np.uint64(TOGETHER)]
        longest = np.uint32(0)
        for j in range(n):
            own[j] = np.uint32(starts[first + j])
            lengths[j] = np.uint32(starts[first + j + span] - 1) - own[j]
            longest = max(longest, lengths[j])
        for j in range(n, np.uint64(TOGETHER)):  # so that all loops below are of one length, known beforehand
            own[j], lengths[j] = own[np.uint64(0)], np.uint32(0)
        for j in range(np.uint64(TOGETHER)):
            states[j] = np.uint32(0)
        for block in range(np.uint64(min(longest, np.uint32(_LONGEST)) >> np.uint32(2))):
            for j in range(np.uint64(TOGETHER)):
                fours[j] = four_bytes(letters, np.uint64(own[j]) + np.uint64(4) * block)
            take_block(np.uint32(block), lengths, fours, states)
        for j in range(np.uint64(TOGETHER)):
            fours[j] = four_bytes(letters, np.uint64(own[j]) + np.uint64(lengths[j] & np.uint32(0xFFFFFFFC)))
        for j in range(np.uint64(TOGETHER)):
            states[j] = murmur_end(states[j], fours[j], lengths[j])
        if longest > _LONGEST:
            for j in range(n):
                if lengths[j] > _LONGEST:
                    states[j] = murmur3_32(letters, own[j], lengths[j])
    return np.int64(n_runs)


def take_block(number: Any, lengths: U32, fours: U32, states: U32) -> None:
    """Add the block of this number to the states of those shingles that are long enough to have it."""
    for j in range(np.uint64(TOGETHER)):  # one store: with two of them no vector instructions are made
        state = murmur_block(states[j], fours[j])
        states[j] = state if number < np.uint32(lengths[j] >> np.uint32(2)) else states[j]


def murmur3_32(letters: U8, start: Any, length: Any) -> Any:
    """The hash of ``length`` bytes from ``start`` on; three bytes behind them are read."""
    h, i = np.uint32(0), np.uint64(start)
    end = i + np.uint64(length & np.uint32(0xFFFFFFFC))
    while i < end:
        h = murmur_block(h, four_bytes(letters, i))
        i += np.uint64(4)
    return murmur_end(h, four_bytes(letters, i), length)


def clear_table(table: I32, n_runs: int) -> Any:
    """Empty as much of ``table`` as a hash table for that many shingles takes, at most half full; its size less one."""
    slots = np.uint32(8)
    while slots < 2 * n_runs:
        slots = np.uint32(2 * slots)
    table[: np.int64(slots)] = -1
    return np.uint32(slots - np.uint32(1))


def count_distinct(letters: U8, starts: I32, span: int, hashes: U32, n_runs: int, table: I32) -> int:
    """The number of distinct shingles; those of one hash are told apart by their bytes."""
    mask = clear_table(table, n_runs)
    n_distinct = 0
    for j in range(n_runs):
        h = hashes[np.uint64(j)]
        slot, again = h & mask, False
        while not again and table[np.uint64(slot)] >= 0:
            other = table[np.uint64(slot)]
            length = starts[j + span] - starts[j]
            again = (
                hashes[np.uint64(other)] == h
                and starts[other + span] - starts[other] == length
                and same_bytes(letters, starts[j], starts[other], length)
            )
            slot = (slot + np.uint32(1)) & mask
        if not again:
            table[np.uint64(slot)] = j
            n_distinct += 1
    return n_distinct


def find_minimums(hashes: U32, n_runs: int, factors: U32, summands: U32, mixed: U32, minimums: U32) -> None:
    """Write an article's MinHash values; repeated shingles change nothing.

    Vector instructions take several permutations at once, and four shingles while these are at hand.
    """
    one, n = np.uint64(1), np.uint64(n_runs)
    for j in range(n):
        mixed[j] = mix32(hashes[j])
    for j in range(n, n + np.uint64(3)):
        mixed[j] = mixed[n - one]
    for p in range(np.uint64(len(minimums))):
        minimums[p] = np.uint32(0xFFFFFFFF)
    for j in range(np.uint64(0), n, np.uint64(4)):
        a, b, c, d = mixed[j], mixed[j + one], mixed[j + one + one], mixed[j + one + one + one]
        for p in range(np.uint64(len(minimums))):
            factor, summand = factors[p], summands[p]
            least = min(np.uint32(factor * a + summand), np.uint32(factor * b + summand))
            other = min(np.uint32(factor * c + summand), np.uint32(factor * d + summand))
            minimums[p] = min(minimums[p], min(least, other))  # noqa: PLW3301 - numba compares two


def find_bands(minimums: U32, numbers: U64, bands: U64) -> None:
    """Write an article's LSH keys, those of `signatures.band_keys`; ``numbers`` are the bands' own hashes."""
    rows = len(minimums) // len(bands)
    for band in range(len(bands)):
        key = numbers[band]
        for row in range(rows):
            key = mix64(key ^ np.uint64(minimums[band * rows + row]))
        bands[band] = key


def keep_sketch(hashes: U32, n_runs: int, bound: Any, kept: U32) -> Any:
    """Write the hashes below ``bound``; how many."""
    n_kept = np.uint64(0)
    for j in range(np.uint64(n_runs)):
        kept[n_kept] = hashes[j]
        n_kept += np.uint64(hashes[j] < bound)
    return np.int64(n_kept)


def keep_anchors(hashes: U32, n_runs: int, bound: Any, window: int, kept: U32) -> int:
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


def write_distinct(values: U32, out: U32, at: int) -> int:
    """Write the distinct values of ``values`` in ascending order to ``out`` from ``at`` on; where they end."""
    gap = 1
    while gap < len(values) // 3:
        gap = 3 * gap + 1
    while gap > 0:  # D. Shell's sort: it needs no memory, and the lists are short
        for i in range(gap, len(values)):
            value, place = values[i], i
            while place >= gap and values[place - gap] > value:
                values[place] = values[place - gap]
                place -= gap
            values[place] = value
        gap //= 3
    for i in range(len(values)):
        if i == 0 or values[i] != values[i - 1]:
            out[at] = values[i]
            at += 1
    return at


@Kernel
def hash_articles(  # noqa: PLR0913, PLR0917 - kernels take arrays, not objects
    letters: U8,
    word_starts: I32,
    first_words: I64,
    n_words: I64,
    factors: U32,
    summands: U32,
    band_numbers: U64,
    limits: I64,
    scratch: U32,
    table: I32,
    n_shingles: I64,
    minimums: U32,
    bands: U64,
    sketch: U32,
    sketch_ends: I64,
    anchors: U32,
    anchor_ends: I64,
) -> None:
    """Fill the output arrays (the last seven) for each article.

    ``limits`` are the sketch's bound, the anchors' window, words of a shingle, whether repeated shingles count once.
    """
    bound, window, shingle_words, distinct = np.uint32(limits[0]), limits[1], limits[2], limits[3]
    most = (len(scratch) - 3 * TOGETHER) // 3
    hashes, mixed, kept = scratch[:most], scratch[most : 2 * most], scratch[2 * most : 3 * most]
    n_permutations, n_bands = len(factors), len(band_numbers)
    sketch_at, anchors_at = 0, 0
    for i in range(len(n_words)):
        starts = word_starts[first_words[i] : first_words[i] + n_words[i] + 1]
        n_runs = hash_shingles(letters, starts, n_words[i], shingle_words, scratch[3 * most :], hashes)
        if n_runs:
            n_shingles[i] = n_runs
            if distinct:
                span = min(shingle_words, n_words[i])
                n_shingles[i] = count_distinct(letters, starts, span, hashes, n_runs, table)
            own = minimums[i * n_permutations : (i + 1) * n_permutations]
            find_minimums(hashes, n_runs, factors, summands, mixed, own)
            find_bands(own, band_numbers, bands[i * n_bands : (i + 1) * n_bands])
            if bound:
                sketch_at = write_distinct(kept[: keep_sketch(hashes, n_runs, bound, kept)], sketch, sketch_at)
            if window:
                n_anchors = keep_anchors(hashes, n_runs, bound, window, kept)
                anchors_at = write_distinct(kept[:n_anchors], anchors, anchors_at)
        sketch_ends[i], anchor_ends[i] = sketch_at, anchors_at


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
    n, most = len(words.n_words), int(words.n_words.max(initial=0)) + TOGETHER
    room = int(words.n_words.sum()) + 1
    n_shingles, sketch_ends, anchor_ends = (np.zeros(n, np.int64) for _ in range(3))
    sketch, anchors = np.empty(room, np.uint32), np.empty(room, np.uint32)
    scratch, table = np.empty(3 * most + 3 * TOGETHER, np.uint32), np.empty(4 * most + 8, np.int32)
    given = words.letters, words.word_starts, words.first_words, words.n_words, *permutations, band_numbers
    found = n_shingles, minimums, bands, sketch, sketch_ends, anchors, anchor_ends
    hash_articles(*given, np.array([*limits, distinct], np.int64), scratch, table, *found)
    n_values, n_smallest = (int(ends[-1]) if n else 0 for ends in (sketch_ends, anchor_ends))
    return n_shingles, sketch[:n_values].copy(), sketch_ends, anchors[:n_smallest].copy(), anchor_ends
