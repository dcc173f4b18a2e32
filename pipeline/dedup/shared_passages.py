"""Shared passages: which paragraphs of two articles that are no copies have a long run of words in common.

The words of all body passages are laid end to end, every run of `RUN_WORDS` words inside a passage is hashed, and the
hashes are sorted: equal runs lie together. A run that stands in more than `MOST_GROUPS` copy groups is a form of words
or the furniture of a page and is no evidence. The work is that of a sort, plus a comparison word by word of the pairs
of passages that share a rare run.

Copies share everything, so a copy group speaks with one voice: pairs inside a group are left out, and of its members
that have a run only one is paired with other articles, the canonical one where it has it.
"""

from __future__ import annotations

import bisect
import difflib
import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.parameters import CopyParameters
from pipeline.tables import SHARED_PASSAGES, SHINGLED_KINDS, row_id
from pipeline.text import normalise

CODE_VERSION = "1"
RUN_WORDS = 12  # words in a row that must agree
MOST_GROUPS = 6  # copy groups in which a run may stand and still be evidence
NEAR_SHARE = 0.7  # of the longer passage's words, for two passages to be one passage edited
CONTAINED_SHARE = 0.8  # of the shorter passage's words, for it to stand in the longer one
_BLOCK_WORDS = 3  # words in a row that count as shared when two passages are compared
_LARGEST_GAP = 1 << 16  # words times words between two long runs that are compared word by word
_WORDS_AT_A_TIME = 1 << 20  # words held as Python objects
_PART = re.compile(r"\S+")
_WORD = re.compile(r"[^\W_]+")
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio, as in Knuth's multiplicative hashing

I64 = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Row = dict[str, Any]
Block = tuple[int, int, int]  # first word in one passage, first word in the other, number of words


def shared_passages_version() -> str:
    """Everything that decides a row of `shared_passages` given its inputs, as one line."""
    parameters = (RUN_WORDS, MOST_GROUPS, NEAR_SHARE, CONTAINED_SHARE, _BLOCK_WORDS, _LARGEST_GAP)
    form = f"normalise {normalise.CODE_VERSION}, unicode {normalise.UNICODE_VERSION}"
    return f"shared passages {CODE_VERSION} {parameters}, {form}"


def find_shared_passages(
    articles: pa.Table,
    passages: pa.Table,
    copy_groups: pa.Table,
    settings: CopyParameters,  # noqa: ARG001 - every stage is called in one way
) -> pa.Table:
    """The rows of `shared_passages` among ``articles`` (columns article_id and text are read).

    ``copy_groups`` has a row for each of them. Passages of other kinds than `SHINGLED_KINDS` are never compared.
    """
    corpus = _read_words(articles, passages, copy_groups)
    rows: list[Row] = []
    for a, b, seeds in _seeded_pairs(corpus):
        rows += _compare(corpus, a, b, seeds)
    return SHARED_PASSAGES.from_rows(rows)


@dataclass(frozen=True)
class _Corpus:
    """All body passages, by article id and passage number, their words end to end.

    ``words`` are ranks in the sorted vocabulary, so that equal words are equal numbers whatever order the articles
    came in; ``firsts`` says where each passage's words begin, and the end of the last. Of each passage ``places`` holds
    (article id, passage no., start, text), ``article`` and ``group`` the rank of its article and a number of its copy
    group, ``canonical`` whether it is of a canonical member.
    """

    words: I64
    firsts: I64
    places: list[tuple[str, int, int, str]]
    article: I64
    group: I64
    canonical: Flags

    def words_of(self, passage: int) -> list[int]:
        """The words of a passage, as numbers."""
        found: list[int] = self.words[self.firsts[passage] : self.firsts[passage + 1]].tolist()
        return found


def _read_words(articles: pa.Table, passages: pa.Table, copy_groups: pa.Table) -> _Corpus:
    texts = dict(zip(articles.column("article_id").to_pylist(), articles.column("text").to_pylist(), strict=True))
    body = passages.filter(pc.is_in(passages.column("kind"), pa.array(SHINGLED_KINDS)))
    keys = body.select(["article_id", "passage_no", "start", "end"]).to_pydict()
    places: list[tuple[str, int, int, str]] = []
    lengths: list[int] = []
    words: list[bytes] = []
    encoded: list[pa.DictionaryArray] = []
    for article_id, number, start, end in sorted(zip(*keys.values(), strict=True)):
        text = texts[article_id][start:end] if article_id in texts else ""
        own = normalise.spaced_words(text).split()
        if len(own) >= RUN_WORDS:
            places.append((article_id, number, start, text))
            lengths.append(len(own))
            words += own
        if len(words) > _WORDS_AT_A_TIME:
            encoded.append(pa.array(words, pa.binary()).dictionary_encode())
            words.clear()
    encoded.append(pa.array(words, pa.binary()).dictionary_encode())
    groups = copy_groups.select(["article_id", "copy_group_id", "is_canonical"]).to_pydict()
    group_of = {article_id: (group, first) for article_id, group, first in zip(*groups.values(), strict=True)}
    ids = sorted({place[0] for place in places})
    rank = {article_id: position for position, article_id in enumerate(ids)}
    number_of = {
        group: position for position, group in enumerate(sorted({group_of[article_id][0] for article_id in ids}))
    }
    return _Corpus(
        words=_rank_words(pa.chunked_array(encoded)),
        firsts=np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64),
        places=places,
        article=np.array([rank[place[0]] for place in places], np.int64),
        group=np.array([number_of[group_of[place[0]][0]] for place in places], np.int64),
        canonical=np.array([group_of[place[0]][1] for place in places], np.bool_),
    )


def _rank_words(encoded: pa.ChunkedArray) -> I64:
    """Each word as its place in the sorted vocabulary."""
    chunks = encoded.unify_dictionaries().chunks
    vocabulary = np.array(chunks[0].dictionary.to_pylist(), dtype=object)
    ranks = np.empty(len(vocabulary), np.int64)
    ranks[np.argsort(vocabulary)] = np.arange(len(vocabulary))
    return np.concatenate([ranks[chunk.indices.to_numpy(zero_copy_only=False)] for chunk in chunks])


def _seeded_pairs(corpus: _Corpus) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """Pairs of passages (a of the smaller article id) with the positions in both at which rare shared runs begin."""
    positions, keys = _hash_runs(corpus)
    chosen = _rare_shared(corpus, positions, keys)
    left, right = _pair_up(positions[chosen], keys[chosen])
    for offset in range(RUN_WORDS):  # equal hashes are no proof
        same = corpus.words[left + offset] == corpus.words[right + offset]
        left, right = left[same], right[same]
    owner = _owners(corpus)
    # Passages are in the order of article ids, positions in that of passages: the left one is of the smaller id.
    a, b = owner[left], owner[right]
    order = np.lexsort((right, left, b, a))
    left, right, a, b = left[order], right[order], a[order], b[order]
    borders = np.flatnonzero(np.diff(a, prepend=-1, append=-1) | np.diff(b, prepend=-1, append=-1)).tolist()
    for first, last in itertools.pairwise(borders):
        passage_a, passage_b = int(a[first]), int(b[first])
        starts_a, starts_b = left[first:last] - corpus.firsts[passage_a], right[first:last] - corpus.firsts[passage_b]
        yield passage_a, passage_b, list(zip(starts_a.tolist(), starts_b.tolist(), strict=True))


def _owners(corpus: _Corpus) -> I64:
    """The passage of each word."""
    return np.repeat(np.arange(len(corpus.places)), np.diff(corpus.firsts))


def _hash_runs(corpus: _Corpus) -> tuple[I64, npt.NDArray[np.uint64]]:
    """Where every run of `RUN_WORDS` words inside a passage begins, and its hash."""
    if not len(corpus.words):
        return np.zeros(0, np.int64), np.zeros(0, np.uint64)
    n_runs = len(corpus.words) - RUN_WORDS + 1
    words = corpus.words.astype(np.uint64) + np.uint64(1)
    keys = np.zeros(n_runs, np.uint64)
    for offset in range(RUN_WORDS):
        keys = (keys ^ words[offset : offset + n_runs]) * _MIX
        keys ^= keys >> np.uint64(29)
    owner = _owners(corpus)
    inside = np.flatnonzero(owner[:n_runs] == owner[RUN_WORDS - 1 :])
    return inside, keys[inside]


def _rare_shared(corpus: _Corpus, positions: I64, keys: npt.NDArray[np.uint64]) -> I64:
    """Which entries speak for their copy group, among the runs that stand in two groups to `MOST_GROUPS`.

    Of a group's entries of one run that is the canonical member's first; where it has none, the one of smallest id.
    """
    passage = _owners(corpus)[positions]
    order = np.lexsort((positions, ~corpus.canonical[passage], corpus.group[passage], keys))
    keys, group = keys[order], corpus.group[passage[order]]
    new_key = np.diff(keys, prepend=keys[:1] + np.uint64(1)) != 0
    new_group = new_key | (np.diff(group, prepend=-1) != 0)
    run = np.cumsum(new_key) - 1
    n_groups = np.bincount(run, weights=new_group).astype(np.int64) if len(run) else run
    rare = (n_groups > 1) & (n_groups <= MOST_GROUPS)
    return np.sort(order[new_group & rare[run]]) if len(run) else run


def _pair_up(positions: I64, keys: npt.NDArray[np.uint64]) -> tuple[I64, I64]:
    """Any two positions of one key, the smaller one left."""
    order = np.lexsort((positions, keys))
    positions, keys = positions[order], keys[order]
    lefts, rights = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for distance in range(1, MOST_GROUPS):
        same = np.flatnonzero(keys[distance:] == keys[: len(keys) - min(distance, len(keys))])
        lefts.append(positions[same])
        rights.append(positions[same + distance])
    return np.concatenate(lefts), np.concatenate(rights)


def _compare(corpus: _Corpus, a: int, b: int, seeds: list[tuple[int, int]]) -> Iterator[Row]:
    """The rows of two passages that share the rare runs ``seeds``.

    One row where the passages are one (`exact`, `near`) or one stands in the other (`contained`); else a row for every
    run of words that both have.
    """
    words_a, words_b = corpus.words_of(a), corpus.words_of(b)
    if words_a == words_b:
        yield _row(corpus, a, b, "exact", [(0, 0, len(words_a))])
        return
    runs = list(_grow(words_a, words_b, seeds))
    blocks = _shared_blocks(words_a, words_b, runs)
    n_shared = sum(length for _, _, length in blocks)
    if n_shared >= NEAR_SHARE * max(len(words_a), len(words_b)):
        yield _row(corpus, a, b, "near", blocks)
    elif n_shared >= CONTAINED_SHARE * min(len(words_a), len(words_b)):
        yield _row(corpus, a, b, "contained", blocks)
    else:
        for run in runs:
            yield _row(corpus, a, b, "run", [run])


def _shared_blocks(words_a: list[int], words_b: list[int], runs: Sequence[Block]) -> list[Block]:
    """Runs of `_BLOCK_WORDS` words and more that both have in the same order: the longest first, then beside it.

    Ratcliff and Obershelp's matching, as in `difflib`, which is asked only about what lies between the long ``runs``:
    it needs the square of the length, and a text without paragraphs is one passage of thousands of words.
    """
    chain: list[Block] = [(0, 0, 0), (len(words_a), len(words_b), 0)]
    for run in sorted(runs, key=lambda run: (-run[2], run)):
        place = bisect.bisect(chain, run)
        (before_a, before_b, length), (after_a, after_b, _) = chain[place - 1], chain[place]
        fits_before = before_a + length <= run[0] and before_b + length <= run[1]
        if fits_before and run[0] + run[2] <= after_a and run[1] + run[2] <= after_b:
            chain.insert(place, run)
    blocks = [block for block in chain if block[2]]
    for (first_a, first_b, length), (last_a, last_b, _) in itertools.pairwise(chain):
        part_a, part_b = words_a[first_a + length : last_a], words_b[first_b + length : last_b]
        if min(len(part_a), len(part_b)) >= _BLOCK_WORDS and len(part_a) * len(part_b) <= _LARGEST_GAP:
            for block in difflib.SequenceMatcher(None, part_a, part_b, autojunk=False).get_matching_blocks():
                if block.size >= _BLOCK_WORDS:
                    blocks.append((first_a + length + block.a, first_b + length + block.b, block.size))
    return sorted(blocks)


def _grow(words_a: list[int], words_b: list[int], seeds: list[tuple[int, int]]) -> Iterator[Block]:
    """The longest runs of equal words around ``seeds``, each once."""
    reached: dict[int, int] = {}
    for seed_a, seed_b in seeds:
        if seed_a < reached.get(seed_b - seed_a, 0):
            continue
        first_a, first_b, last_a, last_b = seed_a, seed_b, seed_a + RUN_WORDS, seed_b + RUN_WORDS
        while first_a and first_b and words_a[first_a - 1] == words_b[first_b - 1]:
            first_a, first_b = first_a - 1, first_b - 1
        while last_a < len(words_a) and last_b < len(words_b) and words_a[last_a] == words_b[last_b]:
            last_a, last_b = last_a + 1, last_b + 1
        reached[seed_b - seed_a] = last_a
        yield first_a, first_b, last_a - first_a


def _row(corpus: _Corpus, a: int, b: int, kind: str, blocks: list[Block]) -> Row:
    """A row whose spans reach from the first shared word to the last one in both passages."""
    (article_a, number_a, offset_a, text_a), (article_b, number_b, offset_b, text_b) = (
        corpus.places[a],
        corpus.places[b],
    )
    spans_a, spans_b = word_spans(text_a), word_spans(text_b)
    (first_a, first_b, _), (last_a, last_b, length) = blocks[0], blocks[-1]
    start_a, end_a = offset_a + spans_a[first_a][0], offset_a + spans_a[last_a + length - 1][1]
    start_b, end_b = offset_b + spans_b[first_b][0], offset_b + spans_b[last_b + length - 1][1]
    return {
        "shared_id": row_id("shared", article_a, article_b, str(start_a), str(start_b), str(end_a), str(end_b)),
        "article_id_a": article_a,
        "article_id_b": article_b,
        "passage_no_a": number_a,
        "passage_no_b": number_b,
        "start_a": start_a,
        "end_a": end_a,
        "start_b": start_b,
        "end_b": end_b,
        "kind": kind,
        "n_words": sum(length for _, _, length in blocks),
    }


@functools.lru_cache(maxsize=1 << 12)
def word_spans(text: str) -> Sequence[tuple[int, int]]:
    """The span in ``text`` of every word of its normal form (`normalise.split_words`).

    No rule of the normal form looks across white space, so it is read part by part. Where the words of a part cannot be
    told apart by its letters (a ligature, a soft hyphen, a combining mark), each has the span of the whole part.
    """
    folded = normalise.fold_typography(text)
    if folded.isascii():
        return [word.span() for word in _WORD.finditer(folded)]
    spans: list[tuple[int, int]] = []
    for part in _PART.finditer(text):
        found = [(part.start() + word.start(), part.start() + word.end()) for word in _WORD.finditer(part.group())]
        n_words = len(normalise.split_words(part.group()))
        spans += found if len(found) == n_words else [part.span()] * n_words
    return spans
