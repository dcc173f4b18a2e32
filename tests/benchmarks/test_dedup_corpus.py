"""The corpus of the benchmark and its score: what is planted is what it claims to be, and the score says how much."""

import itertools
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks import dedup_corpus
from pipeline.text.normalise import split_words

Score = Callable[[dict[str, Any]], dict[str, Any]]


def options(**changed: Any) -> Namespace:
    usual = {"articles": 60, "words": 200, "copied": 0.8, "jaccards": dedup_corpus.JACCARDS, "only_copies": False}
    return Namespace(**{**usual, "typographic": 0.5, "seed": 3, **changed})


def read(folder: Path) -> tuple[dict[str, str], list[dict[str, Any]]]:
    articles = pq.read_table(folder / dedup_corpus.ARTICLES)
    texts = dict(zip(articles["article_id"].to_pylist(), articles["text"].to_pylist(), strict=True))
    return texts, pq.read_table(folder / dedup_corpus.TRUTH).to_pylist()


def shingle_set(text: str) -> set[tuple[str, ...]]:
    words = split_words(text)
    return set(zip(*(words[i:] for i in range(5)), strict=False))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("corpus")
    dedup_corpus.write_corpus(place, options())
    return place


def test_the_truth_is_what_the_written_texts_say(folder: Path) -> None:
    texts, truth = read(folder)
    assert len(texts) == 60
    sets = {name: shingle_set(text) for name, text in texts.items()}
    for pair in truth:
        a, b = sets[pair["article_id_a"]], sets[pair["article_id_b"]]
        assert pair["jaccard"] == pytest.approx(len(a & b) / len(a | b))
        assert pair["containment_a_in_b"] == pytest.approx(len(a & b) / len(a))
        assert pair["containment_b_in_a"] == pytest.approx(len(a & b) / len(b))


def test_copies_are_planted_as_close_above_their_jaccard_as_words_allow(folder: Path) -> None:
    texts, truth = read(folder)
    sizes = {name: len(shingle_set(text)) for name, text in texts.items()}
    levels = set()
    for pair in truth:
        if pair["planted"].startswith("copy"):
            level = float(pair["planted"].removeprefix("copy "))
            levels.add(level)
            # One replaced word more costs five shingles of each, which changes the Jaccard by 20/n at most.
            assert level <= pair["jaccard"] < level + 20 / sizes[pair["article_id_a"]]
    assert levels == set(dedup_corpus.JACCARDS)


def test_excerpts_and_embedded_items_are_contained_and_no_copies(folder: Path) -> None:
    _, truth = read(folder)
    found = {kind: [pair for pair in truth if pair["planted"] == kind] for kind in ("excerpt", "embedded")}
    assert all(found.values())
    for pair in itertools.chain(*found.values()):
        assert pair["jaccard"] < dedup_corpus.MERGING
        assert max(pair["containment_a_in_b"], pair["containment_b_in_a"]) >= dedup_corpus.CONTAINED


def test_articles_of_different_families_share_next_to_nothing(folder: Path) -> None:
    texts, truth = read(folder)
    sets = {name: shingle_set(text) for name, text in texts.items()}
    related = {frozenset((pair["article_id_a"], pair["article_id_b"])) for pair in truth}
    others = [pair for pair in itertools.combinations(sets, 2) if frozenset(pair) not in related]
    assert max(len(sets[a] & sets[b]) / len(sets[a] | sets[b]) for a, b in others) < 0.05


def test_a_seed_gives_one_corpus_and_type_changes_no_word(tmp_path: Path, folder: Path) -> None:
    for name, changed in (("again", {}), ("other", {"seed": 4}), ("straight", {"typographic": 0.0})):
        dedup_corpus.write_corpus(tmp_path / name, options(**changed))
    texts, truth = read(folder)
    assert read(tmp_path / "again") == (texts, truth)
    assert read(tmp_path / "other")[0].keys() != texts.keys()
    straight, same_truth = read(tmp_path / "straight")
    assert same_truth == truth
    assert all(text.isascii() for text in straight.values())
    assert not all(text.isascii() for text in texts.values())
    assert {name: split_words(text) for name, text in straight.items()} == {
        name: split_words(text) for name, text in texts.items()
    }


@pytest.fixture
def score(folder: Path, tmp_path: Path) -> Score:
    def score_groups(groups: dict[str, Any]) -> dict[str, Any]:
        path = tmp_path / "groups.parquet"
        pq.write_table(pa.table({"article_id": list(groups), "group": list(groups.values())}), path)
        return dedup_corpus.score_groups(folder, path)

    return score_groups


def true_groups(folder: Path) -> dict[str, str]:
    """The planted families at the merging threshold, by flooding from each article."""
    texts, truth = read(folder)
    group = {name: name for name in texts}
    for _ in texts:
        for pair in truth:
            if pair["jaccard"] >= dedup_corpus.MERGING:
                a, b = pair["article_id_a"], pair["article_id_b"]
                group[a] = group[b] = min(group[a], group[b])
    return group


def test_the_planted_groups_have_full_marks(folder: Path, score: Score) -> None:
    found = score(true_groups(folder))
    assert (found["precision"], found["recall"], found["recall_at_merging"]) == (1.0, 1.0, 1.0)
    assert found["recall_at"]["copy 0.6"] == 0.0
    assert found["n_articles"] == 60
    assert found["contained"] is None


def test_finding_nothing_and_merging_all_are_scored_as_such(folder: Path, score: Score) -> None:
    alone = {name: number for number, name in enumerate(true_groups(folder))}
    assert (score(alone)["precision"], score(alone)["recall"], score(alone)["pairs_grouped"]) == (None, 0.0, 0)
    merged = score(dict.fromkeys(alone, 1))
    assert merged["recall"] == 1.0
    assert merged["pairs_grouped"] == 60 * 59 // 2
    right = sum(pair["jaccard"] >= dedup_corpus.MERGING for pair in read(folder)[1])
    assert merged["precision"] == pytest.approx(right / merged["pairs_grouped"])


def test_a_wrong_merge_and_a_missed_copy_cost_what_they_weigh(folder: Path, score: Score) -> None:
    groups, (_, truth) = true_groups(folder), read(folder)
    n_right = score(groups)["pairs_grouped"]
    missed = next(pair for pair in truth if pair["planted"] == "copy 0.85")
    asked = sum(pair["jaccard"] >= dedup_corpus.ASKED for pair in truth)
    less = score({**groups, missed["article_id_b"]: "on its own"})
    assert less["recall"] == pytest.approx(1 - 1 / asked)
    assert less["precision"] == 1.0
    too_far = next(pair for pair in truth if pair["planted"] == "copy 0.6")
    more = score({**groups, too_far["article_id_b"]: groups[too_far["article_id_a"]]})
    assert more["precision"] == pytest.approx(n_right / (n_right + 1))
    assert more["recall"] == 1.0


def test_a_part_of_the_corpus_is_scored_on_its_own_pairs(folder: Path, score: Score) -> None:
    groups, (_, truth) = true_groups(folder), read(folder)
    copy = next(pair for pair in truth if pair["planted"] == "copy 0.95")
    found = score({copy[side]: groups[copy[side]] for side in ("article_id_a", "article_id_b")})
    assert (found["n_articles"], found["recall"], found["precision"]) == (2, 1.0, 1.0)


def test_contained_pairs_count_in_either_order(folder: Path, tmp_path: Path, score: Score) -> None:
    _, truth = read(folder)
    pairs = [
        pair
        for pair in truth
        if pair["jaccard"] < dedup_corpus.MERGING
        and max(pair["containment_a_in_b"], pair["containment_b_in_a"]) >= dedup_corpus.CONTAINED
    ]
    columns = {"article_id_a": [pair["article_id_b"] for pair in pairs[1:]]}
    columns["article_id_b"] = [pair["article_id_a"] for pair in pairs[1:]]
    pq.write_table(pa.table(columns), tmp_path / "contained.parquet")
    assert score(true_groups(folder))["contained"] == pytest.approx(1 - 1 / len(pairs))
