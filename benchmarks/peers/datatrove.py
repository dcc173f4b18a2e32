"""datatrove: its four MinHash blocks under the local executor, five-grams, 32 buckets of four 32-bit hashes.

Its default word tokeniser for English takes longer than all the rest, and so do the parts of its normal form that this
corpus does not need (digits, diacritics): a plain split on spaces stands in for the one, the others are switched off.
"""

# The library is installed in its own environment alone.
# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupSignature,
)
from datatrove.pipeline.readers import ParquetReader
from datatrove.utils.hashing import HashConfig
from datatrove.utils.text import TextNormConfig
from datatrove.utils.word_tokenizers import WordTokenizer

from benchmarks.peers import contest


class SplitOnSpaces(WordTokenizer):  # type: ignore[misc]  # the class has no types here
    def word_tokenize(self, text: str) -> list[str]:
        return text.split()

    def sent_tokenize(self, text: str) -> list[str]:
        return [text]

    def span_tokenize(self, text: str) -> list[tuple[int, int]]:
        return [(0, len(text))]


def find_clusters(options: argparse.Namespace) -> Iterator[tuple[str, int]]:
    """(article id, number of its cluster or -1) in the order of the file."""
    config = MinhashConfig(
        n_grams=contest.SHINGLE_WORDS,
        num_buckets=contest.BANDS,
        hashes_per_bucket=contest.BAND_ROWS,
        hash_config=HashConfig(precision=32, hash_fc="xxhash"),
        norm_config=TextNormConfig(norm_unicode_diacritics=False, norm_numbers=False),
    )
    signatures, buckets, clusters = (str(options.work / name) for name in ("signatures", "buckets", "clusters"))
    reader = ParquetReader(
        str(options.articles.parent), glob_pattern=options.articles.name, id_key="article_id", read_metadata=False
    )
    steps = [
        ([reader, MinhashDedupSignature(signatures, config, language=SplitOnSpaces())], 1),
        ([MinhashDedupBuckets(signatures, buckets, config=config, lines_to_buffer=-1)], contest.BANDS),
        ([MinhashDedupCluster(buckets, clusters, config=config, save_cluster_id=True, lines_to_buffer=-1)], 1),
    ]
    for number, (pipeline, tasks) in enumerate(steps):
        LocalPipelineExecutor(pipeline, tasks=tasks, workers=1, logging_dir=str(options.work / f"log {number}")).run()
    found: dict[int, int] = {}
    for path in Path(clusters).glob("*.clusters"):
        numbers = memoryview(path.read_bytes()).cast("I")
        found |= zip(numbers[::2], numbers[1::2], strict=True)
    ids = pq.read_table(options.articles, columns=["article_id"]).column(0).to_pylist()
    return ((article_id, found.get(row, -1)) for row, article_id in enumerate(ids))


def main() -> None:
    options = contest.read_options()
    members: dict[int, list[int]] = {}
    ids = []
    for row, (article_id, cluster) in enumerate(find_clusters(options)):
        ids.append(article_id)
        if cluster >= 0:
            members.setdefault(cluster, []).append(row)
    pairs = [(a, b) for rows in members.values() for i, a in enumerate(rows) for b in rows[i + 1 :]]
    contest.finish(options, ids, pairs)


if __name__ == "__main__":
    main()
