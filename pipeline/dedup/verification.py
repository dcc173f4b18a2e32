"""Verification of candidate pairs: exact Jaccard and exact containment, on the shingles themselves.

Shingles are compared as words, not as hashes, so no collision can change a number of `duplicate_pairs`.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedup import candidates as candidate_search
from pipeline.dedup import shingles
from pipeline.dedup.effort import EFFORT
from pipeline.dedup.signatures import signatures_version
from pipeline.parameters import CopyParameters
from pipeline.tables import DUPLICATE_PAIRS, PAIR_KINDS

CODE_VERSION = "1"
_PAIRS_AT_A_TIME = 1 << 13
_SETS_HELD = 256  # sets of shingles kept for the next pairs
_BYTES_A_PAIR = 1024  # what comparing two sets costs, in bytes of text hashed

I64 = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def pairs_version(settings: CopyParameters) -> str:
    """Everything that decides a row of `duplicate_pairs`, as one line."""
    thresholds = (settings.jaccard_threshold, settings.containment_threshold, settings.min_shingles)
    search = f"candidates {candidate_search.CODE_VERSION}, {signatures_version(settings)}"
    return f"pairs {CODE_VERSION} {thresholds}, {search}"


def verify_pairs(candidates: pa.Table, articles: pa.Table, passages: pa.Table, settings: CopyParameters) -> pa.Table:
    """The rows of `duplicate_pairs` among ``candidates``, sorted; a candidate that reaches no threshold gives none.

    ``articles`` and ``passages`` hold at least the articles that are named; others are ignored. Texts are held for some
    thousand pairs at a time. Raises `ValueError` naming an article that is missing.
    """
    ordered = candidates.sort_by([("article_id_a", "ascending"), ("article_id_b", "ascending")])
    found = [
        _verify_portion(ordered.slice(first, _PAIRS_AT_A_TIME), articles, passages, settings)
        for first in range(0, len(ordered), _PAIRS_AT_A_TIME)
    ]
    return pa.concat_tables([DUPLICATE_PAIRS.empty(), *found])


def _verify_portion(pairs: pa.Table, articles: pa.Table, passages: pa.Table, settings: CopyParameters) -> pa.Table:
    left, right = (pairs.column(name).combine_chunks() for name in ("article_id_a", "article_id_b"))
    named = pc.unique(pa.concat_arrays([left, right]))
    wanted = articles.filter(pc.is_in(articles.column("article_id"), named))
    firsts, seconds = (pc.index_in(ids, wanted.column("article_id")) for ids in (left, right))
    for ids, rows in ((left, firsts), (right, seconds)):
        if rows.null_count:
            missing = ids.filter(pc.is_null(rows))[0]
            raise ValueError(f"a candidate pair names article {missing}, which is not among the articles given")
    bodies = shingles.select_bodies(wanted, passages)
    counts = count_pairs(bodies, *(rows.to_numpy().astype(np.int64) for rows in (firsts, seconds)))
    return keep_pairs(left, right, counts, settings)


@dataclass(frozen=True)
class PairCounts:
    """For each of n pairs: the distinct shingles of both articles, those they share, whether all words are the same."""

    n_a: I64
    n_b: I64
    shared: I64
    same_words: Flags


def count_pairs(bodies: shingles.Bodies, firsts: I64, seconds: I64) -> PairCounts:
    """Counts for pairs of rows of ``bodies``.

    Small runs do without the compiled kernel (see `effort`). Both ways compare the shingles themselves.
    """
    if not EFFORT.pays_for_kernel(bodies.texts.nbytes + len(firsts) * _BYTES_A_PAIR):
        return count_pairs_plainly(list(bodies.words()), firsts, seconds)
    from pipeline.dedup import pair_kernels, word_kernels  # noqa: PLC0415 - importing them loads or compiles machine code

    words = word_kernels.join_words([word_kernels.read_words(*chunk) for chunk in bodies.chunks()])
    return PairCounts(*pair_kernels.count_pairs(words, firsts, seconds, shingles.SHINGLE_WORDS))


def count_pairs_plainly(texts: Sequence[bytes], firsts: I64, seconds: I64) -> PairCounts:
    """Counts for pairs of positions in ``texts`` (words with spaces between them), with Python's sets."""
    sets = functools.lru_cache(maxsize=_SETS_HELD)(lambda position: frozenset(shingles.shingles(texts[position])))
    rows = []
    for a, b in zip(firsts.tolist(), seconds.tolist(), strict=True):
        same_words = texts[a] == texts[b] or texts[a].split() == texts[b].split()
        rows.append((len(sets(a)), len(sets(b)), len(sets(a) & sets(b)), same_words))
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    return PairCounts(columns[0], columns[1], columns[2], columns[3].astype(np.bool_))


def keep_pairs(left: pa.Array, right: pa.Array, counts: PairCounts, settings: CopyParameters) -> pa.Table:
    """The pairs at the thresholds, with their measures and kind.

    Of two articles with enough shingles, `exact` are those whose words are the same in the same order, `near` those
    with a Jaccard at the threshold or above, `contained` those where only a containment reaches its threshold.
    """
    enough = np.minimum(counts.n_a, counts.n_b) >= settings.min_shingles
    n_a, n_b = np.maximum(counts.n_a, 1), np.maximum(counts.n_b, 1)
    jaccard = counts.shared / np.maximum(counts.n_a + counts.n_b - counts.shared, 1)
    a_in_b, b_in_a = counts.shared / n_a, counts.shared / n_b
    is_near = jaccard >= settings.jaccard_threshold
    is_contained = np.maximum(a_in_b, b_in_a) >= settings.containment_threshold
    kept = enough & (counts.same_words | is_near | is_contained)
    kind = np.where(counts.same_words, EXACT, np.where(is_near, NEAR, CONTAINED))
    measures = (as_arrow(values) for values in (jaccard, a_in_b, b_in_a))
    table = pa.Table.from_arrays([left, right, *measures, KINDS.take(as_arrow(kind))], schema=DUPLICATE_PAIRS.schema)
    return table.filter(as_arrow(kept))


# `pyarrow.array` and `pyarrow.scalar` would import pandas, to see whether they got one of its own: a quarter second.


def as_arrow(values: npt.NDArray[Any]) -> pa.Array:
    """Numbers or booleans as an Arrow array."""
    if values.dtype == np.bool_:
        bits = np.packbits(values, bitorder="little")
        return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(bits)])
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, pa.py_buffer(values)])


def _as_strings(values: Sequence[str]) -> pa.StringArray:
    parts = [value.encode() for value in values]
    ends = np.cumsum([0, *map(len, parts)]).astype(np.int32)
    return pa.StringArray.from_buffers(len(parts), pa.py_buffer(ends), pa.py_buffer(b"".join(parts)))


KINDS = _as_strings(PAIR_KINDS)
EXACT, NEAR, CONTAINED = map(PAIR_KINDS.index, ("exact", "near", "contained"))
MERGING = KINDS.filter(as_arrow(np.arange(len(KINDS)) != CONTAINED))  # the kinds that make groups
