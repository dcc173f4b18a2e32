"""What the contestants share where their library leaves it to the user: reading, normal form, exact check, groups.

Runs in every contestant's environment, so it needs nothing but Python and pyarrow.
"""

from __future__ import annotations

import argparse
import bisect
import itertools
import string
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

SHINGLE_WORDS, NUM_PERM, BANDS, BAND_ROWS, THRESHOLD = 5, 128, 32, 4, 0.7
ROWS_AT_A_TIME = 2048

_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


def read_options() -> argparse.Namespace:
    """What `benchmarks.dedup_peers` asks of a contestant; each option says what it is."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=Path, required=True, help="Parquet with article_id and text")
    parser.add_argument("--groups", type=Path, required=True, help="Parquet to write: article_id and group")
    parser.add_argument("--verify", action="store_true", help="check candidates by their exact Jaccard")
    parser.add_argument("--contained", action="store_true", help="look for articles inside longer ones too")
    parser.add_argument("--limit", type=int, help="use the first articles alone")
    parser.add_argument("--cores", type=int, default=1)
    parser.add_argument("--work", type=Path, required=True, help="folder for intermediate files, empty at the start")
    return parser.parse_args()


def read_batches(path: Path, limit: int | None = None) -> Iterator[tuple[list[str], list[str]]]:
    """Ids and texts, some thousand at a time."""
    left = limit if limit is not None else 1 << 62
    for batch in pq.ParquetFile(path).iter_batches(ROWS_AT_A_TIME, columns=["article_id", "text"]):
        if left <= 0:
            return
        part = batch.slice(0, min(left, len(batch)))
        left -= len(part)
        yield part.column(0).to_pylist(), part.column(1).to_pylist()


def lower_words(text: str) -> str:
    """Lower case without punctuation; more than one space may stand between words."""
    if not text.isascii():
        for mark in "“”‘’–—":
            text = text.replace(mark, "")
    return text.lower().translate(_NO_PUNCTUATION)


def split_words(text: str) -> list[str]:
    return lower_words(text).split()


def shingles(words: Sequence[str]) -> list[str]:
    """The runs of five words, joined by spaces, in order."""
    return list(map(" ".join, zip(words, words[1:], words[2:], words[3:], words[4:], strict=False)))


def verify_pairs(pairs: Iterable[tuple[int, int]], path: Path) -> list[tuple[int, int]]:
    """The pairs of row numbers whose exact Jaccard reaches `THRESHOLD`.

    Each article's shingles are hashed once (64 bits, which do not collide at these sizes) and held while the candidates
    that hang together with it are looked at.
    """
    distinct = sorted(set(pairs))
    named = sorted({row for pair in distinct for row in pair})
    texts = read_rows(path, named)
    position = {row: i for i, row in enumerate(named)}
    component = find_groups(len(named), ((position[a], position[b]) for a, b in distinct))
    distinct.sort(key=lambda pair: component[position[pair[0]]])
    kept = []
    for _, together in itertools.groupby(distinct, key=lambda pair: component[position[pair[0]]]):
        sets: dict[int, set[int]] = {}
        for a, b in together:
            for row in (a, b):
                if row not in sets:
                    words = split_words(texts[row])
                    sets[row] = set(map(hash, zip(words, words[1:], words[2:], words[3:], words[4:], strict=False)))
            shared = len(sets[a] & sets[b])
            if shared >= THRESHOLD * (len(sets[a]) + len(sets[b]) - shared):
                kept.append((a, b))
    return kept


def read_rows(path: Path, rows: Sequence[int]) -> dict[int, str]:
    """The texts of the rows of these numbers, which ascend."""
    texts: dict[int, str] = {}
    first = 0
    for batch in pq.ParquetFile(path).iter_batches(ROWS_AT_A_TIME, columns=["text"]):
        here = rows[bisect.bisect_left(rows, first) : bisect.bisect_left(rows, first + len(batch))]
        texts |= zip(
            here, batch.column(0).take(pa.array([row - first for row in here], pa.int64())).to_pylist(), strict=True
        )
        first += len(batch)
    return texts


def find_groups(n_articles: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """For each row the smallest row of its connected component."""
    parent = list(range(n_articles))

    def find(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for a, b in pairs:
        smaller, greater = sorted((find(a), find(b)))
        parent[greater] = smaller
    return [find(row) for row in range(n_articles)]


def write_groups(path: Path, ids: Sequence[str], groups: Sequence[int]) -> None:
    pq.write_table(pa.table({"article_id": pa.array(ids, pa.string()), "group": pa.array(groups, pa.int64())}), path)


def finish(options: argparse.Namespace, ids: Sequence[str], pairs: Iterable[tuple[int, int]]) -> None:
    """The end of most contestants: exact check if asked for, groups, writing."""
    kept = verify_pairs(pairs, options.articles) if options.verify else pairs
    write_groups(options.groups, ids, find_groups(len(ids), kept))
