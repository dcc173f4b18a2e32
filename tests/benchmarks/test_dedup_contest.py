"""What the contestants share: the exact check and the groups that all peers are given are right."""

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.peers import contest


def test_the_shared_check_keeps_the_pairs_at_the_threshold(tmp_path: Path) -> None:
    generator = random.Random(5)
    vocabulary = [f"word{i}" for i in range(400)]
    original = generator.choices(vocabulary, k=104)
    texts = [original]
    for n_changed in (1, 3, 4, 10):  # each costs five of 100 shingles: Jaccard .90, .74, .67, .33
        copy = list(original)
        for i in range(n_changed):
            copy[5 + 8 * i] = "other"
        texts.append(copy)
    path = tmp_path / "articles.parquet"
    written = [" ".join(words).replace("word1 ", "Word1, ") for words in texts]
    pq.write_table(pa.table({"article_id": list("abcde"), "text": written}), path, row_group_size=2)
    pairs = [(0, i) for i in range(1, 5)]
    assert contest.verify_pairs([*pairs, pairs[0]], path) == [(0, 1), (0, 2)]


def test_groups_are_connected_components() -> None:
    assert contest.find_groups(6, [(4, 1), (1, 3), (0, 5)]) == [0, 1, 2, 1, 1, 0]


def test_a_limit_reads_the_first_articles_alone(tmp_path: Path) -> None:
    path = tmp_path / "articles.parquet"
    pq.write_table(pa.table({"article_id": list("abc"), "text": list("xyz")}), path)
    assert list(contest.read_batches(path, 2)) == [(["a", "b"], ["x", "y"])]
    assert [ids for ids, _ in contest.read_batches(path)] == [["a", "b", "c"]]
