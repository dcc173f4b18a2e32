"""Compiled: which articles of a whole corpus may be copies of one another; `candidates` says what is meant.

Articles are rows here. Entries are 64-bit numbers, a key above and the row that has it below, in ascending order, so
that equal keys lie together. A pair of rows is a number too: the smaller one above, the greater one below.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.dedup.compiled import compile_loop

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_HALF = np.uint64(32)
_LOWER = np.uint64(0xFFFFFFFF)


def _pair_band(
    entries: U64,
    minimums: U32,
    band: int,
    band_rows: int,
    sizes: I32,
    limits: tuple[Any, Any, Any],
    place: I64,
    out: U64,
) -> int:
    """Write pairs of rows that agree in the whole band and resemble each other enough; how many.

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
            a, b = entries[i] & _LOWER, entries[j] & _LOWER
            same = True
            for k in range(band * band_rows, (band + 1) * band_rows):
                same &= minimums[a, k] == minimums[b, k]
            if same and resembles(minimums, sizes, a, b, limits):
                out[n_found] = (a << _HALF) | b
                n_found += 1
            j += 1
        i += 1
        j = i + 1
    place[0], place[1] = n, n
    return n_found


def _resembles(minimums: U32, sizes: I32, a: Any, b: Any, limits: tuple[Any, Any, Any]) -> Any:
    """`candidates.leave_room` for one pair. ``limits``: the Jaccard and the containment asked for, and the slack.

    A containment of zero asks for the Jaccard alone.
    """
    least, containment, slack = limits
    if containment > 0:
        overlap = containment * min(sizes[a], sizes[b])
        least = min(least, overlap / (sizes[a] + sizes[b] - overlap))
    agreeing = np.uint32(0)
    for k in range(np.uint64(minimums.shape[1])):
        agreeing += np.uint32(minimums[a, k] == minimums[b, k])
    return agreeing / minimums.shape[1] >= least - slack


def _keep_common(entries: U64) -> int:
    """Move the entries whose key is not theirs alone to the front; how many."""
    kept, before = 0, np.uint64(0)
    for i in range(len(entries)):
        key = entries[i] >> _HALF
        if (i > 0 and before == key) or (i + 1 < len(entries) and entries[i + 1] >> _HALF == key):
            entries[kept] = entries[i]
            kept += 1
        before = key
    return kept


def _list_by_row(entries: U64, ends: I64, places: I64, starts: I64, lengths: I32) -> None:
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


def _pair_sketches(  # noqa: PLR0913, PLR0917 - numba takes arrays, not objects
    entries: U64,
    runs: tuple[I64, I64, I64, I32],
    sketch: U32,
    sketch_starts: I64,
    sketch_sizes: I32,
    needed: I32,
    bound: Any,
    minimums: U32,
    sizes: I32,
    limits: tuple[Any, Any, Any],
    seen: I32,
    first_row: int,
    last_row: int,
    out: U64,
) -> tuple[int, int]:
    """Write pairs of rows that share as many sketch values as they must and resemble each other enough.

    Rows from ``first_row`` on are looked up until ``last_row`` or until ``out`` may not hold another row's pairs.
    Returns the next row and the number of pairs; a pair may be written twice. ``seen`` is scratch.
    """
    ends, places, starts, lengths = runs
    n_found = 0
    for row in range(first_row, last_row):
        first = ends[row - 1] if row else 0
        chosen = places[first : ends[row]]
        n_chosen, reach = 0, 0
        for place in chosen:
            if needed[row] == 0 or entries[place] >> _HALF < bound:
                chosen[n_chosen] = place
                n_chosen += 1
        # Of s keys any s - needed + 1 are looked up; those that nobody else has are the rarest and need no looking up.
        prefix = n_chosen - max(needed[row], 1) + 1
        sort_by_length(chosen[:n_chosen], lengths)
        for i in range(prefix):
            reach += lengths[chosen[i]]
        if n_found + reach > len(out):
            return row, n_found
        for i in range(prefix):
            for k in range(starts[chosen[i]], starts[chosen[i]] + lengths[chosen[i]]):
                other = np.int64(entries[k] & _LOWER)
                if other == row or seen[other] == row + 1:
                    continue
                seen[other] = row + 1
                least = min(needed[row], needed[other])
                if count_shared(
                    sketch, sketch_starts[row], sketch_sizes[row], sketch_starts[other], sketch_sizes[other], least
                ) and resembles(minimums, sizes, row, other, limits):
                    smaller, greater = np.uint64(row), np.uint64(other)
                    if other < row:
                        smaller, greater = greater, smaller
                    out[n_found] = (smaller << _HALF) | greater
                    n_found += 1
    return last_row, n_found


def _sort_by_length(places: I64, lengths: I32) -> None:
    """Sort entries by the number of rows that have their key, then by place, in ascending order."""
    if len(places) > 256:
        keys = np.empty(len(places), np.int64)
        for i in range(len(places)):
            keys[i] = (np.int64(lengths[places[i]]) << 40) | places[i]
        keys.sort()
        for i in range(len(places)):
            places[i] = keys[i] & ((np.int64(1) << 40) - 1)
        return
    for i in range(1, len(places)):
        place, k = places[i], i
        while k > 0 and lengths[places[k - 1]] > lengths[place]:
            places[k] = places[k - 1]
            k -= 1
        places[k] = place


def _count_shared(sketch: U32, at_a: int, n_a: int, at_b: int, n_b: int, least: int) -> bool:
    """Whether two sketches, each ascending, share ``least`` values."""
    i, j, n_shared = at_a, at_b, 0
    while n_shared < least and i < at_a + n_a and j < at_b + n_b:
        a, b = sketch[i], sketch[j]
        n_shared += a == b
        i += a <= b
        j += b <= a
    return n_shared >= least


def _write_entries(keys: U32, sizes: I32, eligible: Flags, entries: U64) -> int:
    """Write an entry for each key of the eligible rows; how many. ``sizes`` are the rows' numbers of keys."""
    at, n = 0, 0
    for row in range(len(sizes)):
        for _ in range(sizes[row]):
            entries[n] = (np.uint64(keys[at]) << _HALF) | np.uint64(row)
            at += 1
            n += eligible[row]
    return n


def _find_components(pairs: U64, parents: I32) -> None:
    """Write for every row the smallest row it is joined to by pairs, itself where there is none."""
    for row in range(len(parents)):
        parents[row] = row
    for pair in pairs:
        a, b = np.int64(pair >> _HALF), np.int64(pair & _LOWER)
        while parents[a] != a:
            parents[a] = parents[parents[a]]
            a = np.int64(parents[a])
        while parents[b] != b:
            parents[b] = parents[parents[b]]
            b = np.int64(parents[b])
        parents[max(a, b)] = min(a, b)
    for row in range(len(parents)):  # a parent is smaller than its child, so it is final already
        parents[row] = parents[parents[row]]


resembles = compile_loop(_resembles)
pair_band = compile_loop(_pair_band)
keep_common = compile_loop(_keep_common)
list_by_row = compile_loop(_list_by_row)
sort_by_length = compile_loop(_sort_by_length)
count_shared = compile_loop(_count_shared)
write_entries = compile_loop(_write_entries)
pair_sketches = compile_loop(_pair_sketches)
find_components = compile_loop(_find_components)
