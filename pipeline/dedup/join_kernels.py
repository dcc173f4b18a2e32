"""Compiled: which articles of a whole corpus may be copies of one another; `candidates` says what is meant.

Articles are rows here. Entries are 64-bit numbers, a key above and the row that has it below, in ascending order, so
that equal keys lie together. A pair of rows is a number too: the smaller one above, the greater one below.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.dedup.compiled import Kernel

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_HALF = np.uint64(32)
_LOWER = np.uint64(0xFFFFFFFF)


@Kernel
def pair_entries(entries: U64, place: I64, out: U64) -> int:
    """Write the pairs of rows that have a key in common; how many.

    Begins at the entries ``place`` (first and second of a pair) and leaves there where it went on to when ``out`` was
    full, or two times the number of entries at the end.
    """
    n, n_found = len(entries), 0
    i, j = place[0], place[1]
    while i < n:
        while j < n and entries[i] >> _HALF == entries[j] >> _HALF:
            if n_found == len(out):
                place[0], place[1] = i, j
                return n_found
            out[n_found] = ((entries[i] & _LOWER) << _HALF) | (entries[j] & _LOWER)
            n_found += 1
            j += 1
        i += 1
        j = i + 1
    place[0], place[1] = n, n
    return n_found


@Kernel
def keep_similar(pairs: U64, minimums: U32, n_permutations: int, band_rows: int, sizes: I32, limits: F64) -> int:
    """Move the pairs of rows that agree in a whole band and resemble each other enough to the front; how many."""
    kept = 0
    for pair in pairs:
        a, b = pair >> _HALF, pair & _LOWER
        if resembles(minimums, n_permutations, sizes, a, b, limits) and agree_in_band(
            minimums, n_permutations, band_rows, a, b
        ):
            pairs[kept] = pair
            kept += 1
    return kept


def agree_in_band(minimums: U32, n_permutations: int, band_rows: int, a: Any, b: Any) -> Any:
    """Whether two rows have all values of some band in common."""
    at_a, at_b = np.int64(a) * n_permutations, np.int64(b) * n_permutations
    for first in range(0, n_permutations, band_rows):
        same = True
        for k in range(first, first + band_rows):
            same &= minimums[at_a + k] == minimums[at_b + k]
        if same:
            return True
    return False


def resembles(minimums: U32, n_permutations: int, sizes: I32, a: Any, b: Any, limits: F64) -> Any:
    """`candidates.leave_room` for one pair. ``limits``: the Jaccard and the containment asked for, and the slack.

    A containment of zero asks for the Jaccard alone.
    """
    least, containment, slack = limits[0], limits[1], limits[2]
    if containment > 0:
        overlap = containment * min(sizes[a], sizes[b])
        least = min(least, overlap / (sizes[a] + sizes[b] - overlap))
    agreeing, n = np.uint32(0), np.uint64(n_permutations)
    at_a, at_b = np.uint64(a) * n, np.uint64(b) * n
    for k in range(n):
        agreeing += np.uint32(minimums[at_a + k] == minimums[at_b + k])
    return agreeing / n_permutations >= least - slack


@Kernel
def keep_common(entries: U64) -> int:
    """Move the entries whose key is not theirs alone to the front; how many."""
    kept, before = 0, np.uint64(0)
    for i in range(len(entries)):
        key = entries[i] >> _HALF
        if (i > 0 and before == key) or (i + 1 < len(entries) and entries[i + 1] >> _HALF == key):
            entries[kept] = entries[i]
            kept += 1
        before = key
    return kept


@Kernel
def list_by_row(entries: U64, ends: I64, places: I64, starts: I64, lengths: I32) -> None:
    """For each row write where its entries lie (``places``, up to ``ends[row]``), and of every entry's key the run."""
    for i in range(len(entries)):
        ends[entries[i] & _LOWER] += 1
    for row in range(1, len(ends)):
        ends[row] += ends[row - 1]
    first = 0
    for i in range(1, len(entries) + 1):
        if i == len(entries) or entries[i] >> _HALF != entries[first] >> _HALF:
            starts[first:i] = first
            lengths[first:i] = i - first
            first = i
    for i in range(len(entries) - 1, -1, -1):
        row = entries[i] & _LOWER
        ends[row] -= 1
        places[ends[row]] = i
    for row in range(len(ends)):  # they have become starts
        ends[row] = ends[row + 1] if row + 1 < len(ends) else len(entries)


@Kernel
def pair_sketches(  # noqa: PLR0913, PLR0917 - kernels take arrays, not objects
    entries: U64,
    ends: I64,
    places: I64,
    starts: I64,
    lengths: I32,
    sketch: U32,
    sketch_starts: I64,
    sketch_sizes: I32,
    needed: I32,
    bound: int,
    minimums: U32,
    n_permutations: int,
    sizes: I32,
    limits: F64,
    seen: I32,
    place: I64,
    out: U64,
) -> int:
    """Write pairs of rows that share as many sketch values as they must and resemble each other enough.

    Rows from ``place`` on are looked up until the last or until ``out`` may not hold another row's pairs; ``place`` is
    then the next. Returns the number of pairs; a pair may be written twice. ``seen`` is scratch.
    """
    n_found = 0
    for row in range(place[0], len(ends)):
        first = ends[row - 1] if row else 0
        chosen = places[first : ends[row]]
        n_chosen, reach = 0, 0
        for entry in chosen:
            if needed[row] == 0 or entries[entry] >> _HALF < np.uint64(bound):
                chosen[n_chosen] = entry
                n_chosen += 1
        # Of s keys any s - needed + 1 are looked up; those that nobody else has are the rarest and need no looking up.
        prefix = n_chosen - max(needed[row], 1) + 1
        sort_by_length(chosen[:n_chosen], lengths)
        for i in range(prefix):
            reach += lengths[chosen[i]]
        if n_found + reach > len(out):
            place[0] = row
            return n_found
        for i in range(prefix):
            for k in range(starts[chosen[i]], starts[chosen[i]] + lengths[chosen[i]]):
                other = np.int64(entries[k] & _LOWER)
                if other == row or seen[other] == row + 1:
                    continue
                seen[other] = row + 1
                least = min(needed[row], needed[other])
                if count_shared(
                    sketch, sketch_starts[row], sketch_sizes[row], sketch_starts[other], sketch_sizes[other], least
                ) and resembles(minimums, n_permutations, sizes, row, other, limits):
                    smaller, greater = np.uint64(row), np.uint64(other)
                    if other < row:
                        smaller, greater = greater, smaller
                    out[n_found] = (smaller << _HALF) | greater
                    n_found += 1
    place[0] = len(ends)
    return n_found


def sort_by_length(places: I64, lengths: I32) -> None:
    """Sort entries by the number of rows that have their key, then by place, in ascending order."""
    gap = 1
    while gap < len(places) // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, len(places)):
            place, k = places[i], i
            while k >= gap and (
                lengths[places[k - gap]] > lengths[place]
                or (lengths[places[k - gap]] == lengths[place] and places[k - gap] > place)
            ):
                places[k] = places[k - gap]
                k -= gap
            places[k] = place
        gap //= 3


def count_shared(sketch: U32, at_a: int, n_a: int, at_b: int, n_b: int, least: int) -> bool:
    """Whether two sketches, each ascending, share ``least`` values."""
    i, j, n_shared = at_a, at_b, 0
    while n_shared < least and i < at_a + n_a and j < at_b + n_b:
        a, b = sketch[i], sketch[j]
        n_shared += a == b
        i += a <= b
        j += b <= a
    return n_shared >= least


@Kernel
def mark_keys(keys: U32, sizes: I32, eligible: Flags, once: U8, twice: U8) -> None:
    """Set the bit of each key of the eligible rows in ``once``, and in ``twice`` where it was set before.

    ``sizes`` are the rows' numbers of keys. The bit is that of the key's lower bits: other keys may have it too.
    """
    mask, at = np.uint64(8 * len(once) - 1), 0
    for row in range(len(sizes)):
        if eligible[row]:
            for k in range(at, at + sizes[row]):
                place = np.uint64(keys[k]) & mask
                byte, bit = place >> np.uint64(3), np.uint8(1 << (place & np.uint64(7)))
                twice[byte] |= once[byte] & bit
                once[byte] |= bit
        at += sizes[row]


@Kernel
def write_entries(keys: U32, sizes: I32, eligible: Flags, twice: U8, entries: U64) -> int:
    """Write an entry for each key of the eligible rows whose bit `mark_keys` set in ``twice``; how many."""
    mask, at, n = np.uint64(8 * len(twice) - 1), 0, 0
    for row in range(len(sizes)):
        if eligible[row]:
            for k in range(at, at + sizes[row]):
                place = np.uint64(keys[k]) & mask
                entries[n] = (np.uint64(keys[k]) << _HALF) | np.uint64(row)
                bit = np.uint8(1 << (place & np.uint64(7)))
                n += (twice[place >> np.uint64(3)] & bit) != 0
        at += sizes[row]
    return n


def label_components(firsts: npt.NDArray[Any], seconds: npt.NDArray[Any], n_rows: int) -> I32:
    """For every row the smallest row it is joined to by pairs, itself where there is none.

    Labels fall to the smallest seen across a pair, and to the labels of labels, so that long chains take few rounds
    (Zhang, Azad and Buluç, "FastSV", 2020).
    """
    labels = np.arange(n_rows, dtype=np.int32)
    firsts, seconds = firsts.astype(np.int64), seconds.astype(np.int64)
    while True:
        before = labels.copy()
        least = np.minimum(labels[firsts], labels[seconds])
        for side in (firsts, seconds):
            np.minimum.at(labels, before[side], least)
            np.minimum.at(labels, side, least)
        labels = labels[labels]
        if np.array_equal(labels, before):
            return labels
