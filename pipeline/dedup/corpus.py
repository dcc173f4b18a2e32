"""A whole corpus at once: copies among the articles of a Parquet file, which is read once and never held.

What the stages do for a lake that grows, in one go for a file of ``article_id`` and ``text``: the same words,
signatures, candidates, exact verification and groups, without their tables. Each text is read once; its words lie in a
temporary file until it is known which articles have to be compared.
"""

from __future__ import annotations

import itertools
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.dedup import candidate_joins, pair_kernels, word_kernels
from pipeline.dedup.candidates import find_candidates
from pipeline.dedup.effort import EFFORT
from pipeline.dedup.join_kernels import label_components
from pipeline.dedup.reading import Articles, check_texts, count_text_bytes, open_articles, read_articles
from pipeline.dedup.shingles import SHINGLE_WORDS
from pipeline.dedup.signatures import sign_words
from pipeline.dedup.verification import MERGING, PairCounts, as_arrow, count_pairs_plainly, keep_pairs
from pipeline.parameters import CopyParameters
from pipeline.tables import DUPLICATE_PAIRS
from pipeline.text import normalise

_PAIRS_COMPARED = 1 << 10  # pairs whose words are held for comparison
_HALF = np.uint64(32)
_LOWER = np.uint64(0xFFFFFFFF)

U64 = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Copies:
    """What was found: rows of `duplicate_pairs`, sorted, and groups.

    ``groups`` has a row for each article in the order of the file: article_id, first_article_id (the smallest id in its
    group, its own where it is alone) and n_articles (of the group).
    """

    pairs: pa.Table
    groups: pa.Table


def find_copies(source: Path, settings: CopyParameters, *, contained: bool = True) -> Copies:
    """The copies among the articles of the Parquet file ``source``, whose whole texts are taken for their bodies.

    The columns ``article_id`` (distinct) and ``text`` are read. Without ``contained`` articles inside longer ones are
    not looked for. ``settings.workers`` threads share the work; results do not depend on it. Memory: about a kilobyte
    an article, and for a moment half as much again; as much disk space as the texts take, in the folder for temporary
    files. Small files do without compiled code (see `effort`). Raises `ValueError` where a column, an id or a text is
    missing or an id stands twice.
    """
    file = open_articles(source)
    if EFFORT.pays_for_kernel(count_text_bytes(file)):
        with tempfile.TemporaryFile() as spill, ThreadPoolExecutor(settings.workers) as pool:
            articles = read_articles(source, settings, contained, spill, pool)
            _check_ids(articles.ids, source)
            found = candidate_joins.find_pairs(articles.keys, settings, contained, pool)
            ids, pairs = articles.ids, _verify(found, articles, settings, spill, pool)
    else:
        ids, pairs = _find_plainly(file, source, settings)
    if not contained:
        pairs = pairs.filter(_is_merging(pairs))
    return Copies(pairs, _group(ids, pairs))


def _find_plainly(file: pq.ParquetFile, source: Path, settings: CopyParameters) -> tuple[pa.ChunkedArray, pa.Table]:
    """The ids of the articles and their rows of `duplicate_pairs`, without compiled code."""
    articles = file.read(["article_id", "text"], use_threads=False)
    ids, texts = articles.column("article_id").cast(pa.string()), articles.column("text")
    check_texts(texts, source)
    _check_ids(ids, source)
    words = [normalise.spaced_words(text) for text in texts.to_pylist()]
    candidates = find_candidates(sign_words(ids, words, settings), settings)
    positions = (pc.index_in(candidates.column(name), ids).to_numpy() for name in candidates.column_names)
    counts = count_pairs_plainly(words, *(rows.astype(np.int64) for rows in positions))
    left, right = (column.combine_chunks() for column in candidates.columns)
    return ids, keep_pairs(left, right, counts, settings)


def _check_ids(ids: pa.ChunkedArray, source: Path) -> None:
    if ids.null_count:
        raise ValueError(f"{source} has an article without article_id")
    if pc.count_distinct(ids).as_py() < len(ids):
        counts = ids.value_counts()
        repeated = counts.filter(pc.greater(counts.field("counts"), 1))[0]["values"]
        raise ValueError(f"article_id {repeated} stands more than once in {source}; ids must be distinct")


def _is_merging(pairs: pa.Table) -> pa.ChunkedArray:
    return pc.is_in(pairs.column("kind"), MERGING)


def _verify(
    found: U64, articles: Articles, settings: CopyParameters, spill: IO[bytes], pool: ThreadPoolExecutor
) -> pa.Table:
    """The rows of `duplicate_pairs` among candidates, sorted."""
    components = label_components(found >> _HALF, found & _LOWER, len(articles.lengths))
    # Articles that may be copies of one another are compared together, so that the words of each are read about once.
    found = found[np.argsort(components[(found >> _HALF).astype(np.int64)], kind="stable")]

    def verify(first: int) -> pa.Table:
        return _verify_portion(found[first : first + _PAIRS_COMPARED], articles, settings, spill.fileno())

    tables = list(pool.map(verify, range(0, len(found), _PAIRS_COMPARED)))
    if not tables:
        return DUPLICATE_PAIRS.empty()
    return pa.concat_tables(tables).sort_by([("article_id_a", "ascending"), ("article_id_b", "ascending")])


def _verify_portion(pairs: U64, articles: Articles, settings: CopyParameters, spill: int) -> pa.Table:
    firsts, seconds = (pairs >> _HALF).astype(np.int64), (pairs & _LOWER).astype(np.int64)
    rows = np.unique(np.concatenate([firsts, seconds]))
    texts = list(map(os.pread, [spill] * len(rows), articles.lengths[rows].tolist(), articles.places[rows].tolist()))
    words = word_kernels.pack_texts(texts)
    positions = np.searchsorted(rows, firsts), np.searchsorted(rows, seconds)
    counts = PairCounts(*pair_kernels.count_pairs(words, *positions, SHINGLE_WORDS))
    left, right = (articles.ids.take(as_arrow(side)).combine_chunks() for side in (firsts, seconds))
    return order_ids(keep_pairs(left, right, counts, settings))


def order_ids(pairs: pa.Table) -> pa.Table:
    """`duplicate_pairs` with the smaller id of each pair first."""
    a, b, jaccard, a_in_b, b_in_a, kind = pairs.columns
    in_order = pc.less(a, b)
    swapped = (
        pc.if_else(in_order, a, b),
        pc.if_else(in_order, b, a),
        jaccard,
        pc.if_else(in_order, a_in_b, b_in_a),
        pc.if_else(in_order, b_in_a, a_in_b),
        kind,
    )
    return pa.table(list(swapped), schema=pairs.schema)


def _group(ids: pa.ChunkedArray, pairs: pa.Table) -> pa.Table:
    merging = pairs.filter(_is_merging(pairs))
    sides = (merging.column(name).chunks for name in ("article_id_a", "article_id_b"))
    rows = pc.index_in(pa.chunked_array(itertools.chain(*sides), pa.string()), ids)  # at once, for it hashes all ids
    a, b = np.split(np.from_dlpack(rows.combine_chunks()), 2)
    labels = label_components(a, b, len(ids))
    sizes = np.bincount(labels, minlength=len(ids))[labels].astype(np.int32)
    shared = np.flatnonzero(sizes > 1)
    order = shared[np.from_dlpack(pc.sort_indices(ids.take(as_arrow(shared))))]
    first_rows = np.arange(len(ids))
    smallest = np.empty(len(ids), np.int64)
    smallest[labels[order[::-1]]] = order[::-1]
    first_rows[shared] = smallest[labels[shared]]
    return pa.table(
        {"article_id": ids, "first_article_id": ids.take(as_arrow(first_rows)), "n_articles": as_arrow(sizes)}
    )
