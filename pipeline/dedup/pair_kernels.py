"""Compiled: how many shingles two articles share, counted on their words and never on hashes alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.dedup import join_kernels
from pipeline.dedup.byte_kernels import eight_bytes, four_bytes, lowest_bytes, same_bytes
from pipeline.dedup.compiled import Kernel
from pipeline.dedup.kernels import clear_table, mix32
from pipeline.dedup.word_kernels import Words

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@Kernel
def number_shingles(  # noqa: PLR0913, PLR0917 - kernels take arrays, not objects
    letters: U8,
    word_starts: I32,
    first_words: I64,
    n_words: I64,
    texts: I64,
    labels: I32,
    shingle_words: int,
    scratch: U32,
    table: I32,
    known: U32,
    places: I64,
    last_texts: I32,
    numbers: I32,
    first_numbers: I64,
    n_distinct: I64,
) -> None:
    """Give every shingle of the ``texts`` a number: the same for the same words among texts of one label.

    Texts of one label lie together. Those of text t are written from ``first_numbers[t]`` on, all in order to the first
    half of ``numbers``, the distinct ones to the second half, ``n_distinct[t]`` in all. ``known``, ``places`` and
    ``last_texts`` get for each number the shingle's hash, its first word's place, and the last text that has it.
    """
    n_known, at, mask, half = 0, 0, np.uint32(0), len(numbers) // 2
    for k in range(len(texts)):
        t = texts[k]
        if k == 0 or labels[t] != labels[texts[k - 1]]:
            n_words_together, last = 0, k
            while last < len(texts) and labels[texts[last]] == labels[t]:
                n_words_together += n_words[texts[last]]
                last += 1
            mask = clear_table(table, n_words_together)
        first_numbers[t] = at
        starts = word_starts[first_words[t] : first_words[t] + n_words[t] + 1]
        hashes = scratch[len(scratch) // 2 :]
        n_runs = tell_shingles_apart(letters, starts, n_words[t], shingle_words, scratch, hashes)
        span, before = min(shingle_words, n_words[t]), -1
        for j in range(n_runs):
            h, place = hashes[j], first_words[t] + j
            number = before + 1  # a copy goes on as its original does
            if (
                before < 0
                or number >= n_known
                or known[number] != h
                or places[number] != places[before] + 1
                or not same_last_word(letters, word_starts, places[number] + span, place + span)
            ):
                slot = h & mask
                number = table[slot]
                while number >= 0 and not (
                    known[number] == h and same_words(letters, word_starts, places[number], place, span)
                ):
                    slot = (slot + np.uint32(1)) & mask
                    number = table[slot]
                if number < 0:
                    number = n_known
                    table[slot] = number
                    known[number], places[number], last_texts[number] = h, place, -1
                    n_known += 1
            before = number
            numbers[at + j] = number
            if last_texts[number] != t:
                last_texts[number] = t
                numbers[half + at + n_distinct[t]] = number
                n_distinct[t] += 1
        at += n_runs


def tell_shingles_apart(letters: U8, starts: I32, n_words: int, shingle_words: int, scratch: U32, hashes: U32) -> Any:
    """Write a hash of every shingle, made of its words' hashes, each of which is computed once; the number of shingles.

    Nobody sees these hashes: they only spare most of the comparisons of shingles that differ.
    """
    if n_words == 0:
        return 0
    span = min(shingle_words, n_words)
    n_runs = np.uint64(n_words - span + 1)
    for j in range(np.uint64(n_words)):
        scratch[j] = hash_word(letters, np.uint64(starts[j]), np.uint64(starts[j + np.uint64(1)] - starts[j]))
    for j in range(n_runs):
        hashes[j] = scratch[j]
    for k in range(np.uint64(1), np.uint64(span)):
        for j in range(n_runs):
            hashes[j] = np.uint32(hashes[j] * np.uint32(5) + scratch[j + k])
    for j in range(n_runs):
        hashes[j] = mix32(hashes[j])
    return np.int64(n_runs)


def hash_word(letters: U8, start: Any, length: Any) -> Any:
    """A hash of so many bytes; fifteen bytes behind them may be read. Without a branch on the lengths of most words."""
    eight, hashed = np.uint64(8), length
    while length > eight + eight:
        hashed = mix_eight(hashed, eight_bytes(letters, start))
        start, length = start + eight, length - eight
    n = min(length, eight)
    hashed = mix_eight(hashed, eight_bytes(letters, start) & lowest_bytes(n))
    hashed = mix_eight(hashed, eight_bytes(letters, start + eight) & lowest_bytes(length - n))
    return np.uint32(hashed >> np.uint64(32))


def mix_eight(hashed: Any, some: Any) -> Any:
    """The state after eight more bytes."""
    hashed = np.uint64((hashed ^ some) * np.uint64(0x9E3779B97F4A7C15))
    return np.uint64(hashed ^ (hashed >> np.uint64(29)))


def same_last_word(letters: U8, word_starts: I32, a: int, b: int) -> Any:
    """Whether the words before place a and before place b are the same; those before these are the same already."""
    end_a, end_b = word_starts[a], word_starts[b]
    length = end_a - word_starts[a - 1]
    if end_b - word_starts[b - 1] != length:
        return False
    if length > 12 or end_a < 12 or end_b < 12:
        return same_bytes(letters, word_starts[a - 1], word_starts[b - 1], length)
    at_a, at_b, four = np.uint64(end_a - 12), np.uint64(end_b - 12), np.uint64(4)  # at once, whatever the length
    differing = np.uint32(four_bytes(letters, at_a) ^ four_bytes(letters, at_b))
    differing |= np.uint32(four_bytes(letters, at_a + four) ^ four_bytes(letters, at_b + four))
    differing |= np.uint32(four_bytes(letters, at_a + four + four) ^ four_bytes(letters, at_b + four + four))
    return differing == 0


def same_words(letters: U8, word_starts: I32, a: int, b: int, n_words: int) -> Any:
    """Whether so many words from place a and from place b on are the same."""
    length = word_starts[a + n_words] - word_starts[a]
    return word_starts[b + n_words] - word_starts[b] == length and same_bytes(
        letters, word_starts[a], word_starts[b], length
    )


@Kernel
def count_shared(  # noqa: PLR0913, PLR0917 - kernels take arrays, not objects
    firsts: I64,
    seconds: I64,
    n_words: I64,
    numbers: I32,
    first_numbers: I64,
    n_distinct: I64,
    last_texts: I32,
    shingle_words: int,
    shared: I64,
    same: Flags,
) -> None:
    """For each pair of texts count the numbers that both have, and say whether they are the same in the same order.

    The arrays are those of `number_shingles`; ``last_texts`` says at any time of a number one text that has it.
    """
    half, held = len(numbers) // 2, -1
    for pair in range(len(firsts)):
        a, b = firsts[pair], seconds[pair]
        if a != held:
            held = a
            for k in range(half + first_numbers[a], half + first_numbers[a] + n_distinct[a]):
                last_texts[numbers[k]] = a
        n_shared = 0
        for k in range(half + first_numbers[b], half + first_numbers[b] + n_distinct[b]):
            n_shared += last_texts[numbers[k]] == a
        shared[pair] = n_shared
        same[pair] = n_words[a] == n_words[b] and n_distinct[a] == n_distinct[b] == n_shared
        if same[pair] and n_words[a]:
            for k in range(n_words[a] - min(shingle_words, n_words[a]) + 1):
                if numbers[first_numbers[a] + k] != numbers[first_numbers[b] + k]:
                    same[pair] = False
                    break


def count_pairs(words: Words, firsts: I64, seconds: I64, shingle_words: int) -> tuple[I64, I64, I64, Flags]:
    """For pairs of texts: distinct shingles of both, shared ones, and whether all words are the same.

    Pairs of one first text should lie together, for then its shingles are marked once.
    """
    n_texts, room = len(words.n_words), int(words.n_words.sum()) + 1
    labels = join_kernels.label_components(firsts, seconds, n_texts)
    texts = np.argsort(labels, kind="stable")
    together = np.bincount(labels, words.n_words, n_texts).max(initial=0)  # words of the largest component
    most = int(words.n_words.max(initial=0))
    table = np.empty(4 * int(together) + 8, np.int32)
    scratch = np.empty(2 * (most + 1), np.uint32)
    known, places, last_texts = np.empty(room, np.uint32), np.empty(room, np.int64), np.empty(room, np.int32)
    numbers, first_numbers, n_distinct = np.empty(2 * room, np.int32), *(np.zeros(n_texts, np.int64) for _ in range(2))
    given = words.letters, words.word_starts, words.first_words, words.n_words
    found = numbers, first_numbers, n_distinct
    number_shingles(*given, texts, labels, shingle_words, scratch, table, known, places, last_texts, *found)
    shared, same = np.zeros(len(firsts), np.int64), np.zeros(len(firsts), np.bool_)
    count_shared(firsts, seconds, words.n_words, *found, last_texts, shingle_words, shared, same)
    return n_distinct[firsts], n_distinct[seconds], shared, same
