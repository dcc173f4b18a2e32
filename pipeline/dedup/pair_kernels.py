"""Compiled: how many shingles two articles share, counted on their words and never on hashes alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.dedup import kernels
from pipeline.dedup.compiled import compile_loop
from pipeline.dedup.word_kernels import Words

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

hash_runs, find_repeated = kernels.hash_runs, kernels.find_repeated
same_bytes, table_slots = kernels.same_bytes, kernels.table_slots


def _count_pairs(
    words: tuple[U8, I32, I64, I64],
    firsts: I64,
    seconds: I64,
    shingle_words: int,
    sizes: tuple[I64, I64],
    shared: I64,
    same_words: Flags,
) -> None:
    """For each pair of texts count the distinct shingles of both and those they share, compared byte by byte.

    Where a shingle stands in both texts, the next one of each is looked at first: only its last word is new.
    """
    letters, word_starts, first_words, n_words = words
    n_texts = len(n_words)
    hash_ends, most = np.zeros(n_texts, np.int64), 1
    for t in range(n_texts):
        most = max(most, n_words[t])
        hash_ends[t] = (hash_ends[t - 1] if t else 0) + n_words[t]
    total = hash_ends[n_texts - 1] if n_texts else 0
    hashes, repeated = np.empty(total, np.uint32), np.empty(total, np.bool_)
    n_runs, n_distinct = np.zeros(n_texts, np.int64), np.zeros(n_texts, np.int64)
    table = np.empty(4 * most + 8, np.int32)
    for t in range(n_texts):
        starts = word_starts[first_words[t] : first_words[t] + n_words[t] + 1]
        own = slice(hash_ends[t] - n_words[t], hash_ends[t])
        n_runs[t] = hash_runs(letters, starts, n_words[t], shingle_words, hashes[own])
        span = min(shingle_words, n_words[t])
        n_distinct[t] = find_repeated(letters, starts, span, hashes[own], n_runs[t], table, repeated[own])
    held = -1
    for pair in range(len(firsts)):
        a, b = firsts[pair], seconds[pair]
        starts_a = word_starts[first_words[a] : first_words[a] + n_words[a] + 1]
        starts_b = word_starts[first_words[b] : first_words[b] + n_words[b] + 1]
        span_a, span_b = min(shingle_words, n_words[a]), min(shingle_words, n_words[b])
        sizes[0][pair], sizes[1][pair] = n_distinct[a], n_distinct[b]
        same_words[pair] = n_words[a] == n_words[b] and same_bytes(
            letters, starts_a[0], starts_a[n_words[a]], starts_b[0], starts_b[n_words[b]]
        )
        if same_words[pair]:
            shared[pair] = n_distinct[a]
            continue
        hashes_a = hashes[hash_ends[a] - n_words[a] : hash_ends[a]]
        hashes_b = hashes[hash_ends[b] - n_words[b] : hash_ends[b]]
        if a != held:
            held = a
            find_repeated(letters, starts_a, span_a, hashes_a, n_runs[a], table, repeated[hash_ends[a] - n_words[a] :])
        mask = np.uint32(table_slots(n_runs[a]) - 1)
        repeated_b = repeated[hash_ends[b] - n_words[b] : hash_ends[b]]
        n_shared, i = 0, -1
        for j in range(n_runs[b]):
            if i >= 0:
                i += 1
                if (
                    i >= n_runs[a]
                    or hashes_a[i] != hashes_b[j]
                    or not same_bytes(
                        letters,
                        starts_a[i + span_a - 1],
                        starts_a[i + span_a],
                        starts_b[j + span_b - 1],
                        starts_b[j + span_b],
                    )
                ):
                    i = -1
            if i < 0:
                i = find_shingle(letters, starts_a, span_a, hashes_a, table, mask, starts_b, span_b, hashes_b[j], j)
            n_shared += i >= 0 and not repeated_b[j]
        shared[pair] = n_shared


def _find_shingle(  # noqa: PLR0913, PLR0917 - numba takes arrays, not objects
    letters: U8,
    starts_a: I32,
    span_a: int,
    hashes_a: U32,
    table: I32,
    mask: Any,
    starts_b: I32,
    span_b: int,
    h: Any,
    j: int,
) -> Any:
    """Where the shingle j of b stands in a, whose distinct shingles ``table`` holds; -1 where it does not."""
    slot = h & mask
    while table[slot] >= 0:
        i = table[slot]
        if hashes_a[i] == h and same_bytes(
            letters, starts_a[i], starts_a[i + span_a], starts_b[j], starts_b[j + span_b]
        ):
            return np.int64(i)
        slot = (slot + np.uint32(1)) & mask
    return -1


find_shingle = compile_loop(_find_shingle)
count_all = compile_loop(_count_pairs)


def count_pairs(words: Words, firsts: I64, seconds: I64, shingle_words: int) -> tuple[I64, I64, I64, Flags]:
    """For pairs of texts: distinct shingles of both, shared ones, and whether all words are the same.

    Pairs of one first text should lie together, for then its table is made once.
    """
    sizes = np.zeros(len(firsts), np.int64), np.zeros(len(firsts), np.int64)
    shared, same_words = np.zeros(len(firsts), np.int64), np.zeros(len(firsts), np.bool_)
    given = words.letters, words.word_starts, words.first_words, words.n_words
    count_all(given, firsts, seconds, shingle_words, sizes, shared, same_words)
    return *sizes, shared, same_words
