"""A whole corpus in one go: what it finds is what the stages find, whatever the threads, row groups and portions."""

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.dedup import (
    candidate_joins,
    candidates,
    compute_signatures,
    corpus,
    find_candidates,
    group_copies,
    reading,
    signatures,
    verification,
    verify_pairs,
)
from pipeline.dedup.effort import Effort
from pipeline.settings import Settings
from pipeline.tables import ARTICLES, PASSAGES

VOCABULARY = [f"{stem}{ending}" for stem in ("harbor", "crew", "Norland", "Vessia", "dök") for ending in range(60)]


def make_texts(seed: int, n_families: int) -> dict[str, str]:
    """Stories with copies, excerpts and copies in longer texts, some of them empty or tiny; ids in no order."""
    generator = random.Random(seed)

    def story(n_words: int) -> list[str]:
        return [generator.choice(VOCABULARY) + generator.choice(["", "", ",", "."]) for _ in range(n_words)]

    texts = [[], story(3), story(3)]
    for _ in range(n_families):
        original = story(generator.choice([26, 60, 150, 400]))
        texts.append(original)
        for _ in range(generator.randint(0, 4)):
            copy = list(original)
            for _ in range(generator.randint(0, max(1, len(copy) // 12))):
                copy[generator.randrange(len(copy))] = generator.choice(VOCABULARY)
            texts.append(copy if generator.random() < 0.5 else story(80) + copy[len(copy) // 4 :] + story(40))
    names = [f"{generator.getrandbits(32):08x}" for _ in texts]
    return {name: " ".join(words) for name, words in zip(names, texts, strict=True)}


def by_stages(texts: dict[str, str], settings: Settings) -> tuple[pa.Table, dict[str, tuple[str, int]]]:
    """`duplicate_pairs`, and for each article the smallest id and the size of its group."""
    articles = ARTICLES.from_rows(
        [
            {
                "article_id": name,
                "source_uri": name,
                "source_file": name,
                "content_sha256": "",
                "article_digest": "",
                "format": "txt",
                "text": text,
                "byline": [],
                "n_words": 1,
                "status": "tagged",
                "metadata_evidence": [],
            }
            for name, text in texts.items()
        ]
    )
    passages = PASSAGES.from_rows(
        [
            {"article_id": n, "passage_no": 0, "start": 0, "end": len(t), "kind": "body", "passage_sha256": ""}
            for n, t in texts.items()
        ]
    )
    found = find_candidates(compute_signatures(articles, passages, settings), settings)
    pairs = verify_pairs(found, articles, passages, settings)
    groups = group_copies(pairs, articles).to_pylist()
    firsts: dict[str, str] = {}
    for row in sorted(groups, key=lambda row: row["article_id"]):
        firsts.setdefault(row["copy_group_id"], row["article_id"])
    return pairs, {row["article_id"]: (firsts[row["copy_group_id"]], row["n_articles"]) for row in groups}


def set_effort(monkeypatch: pytest.MonkeyPatch, enough: int) -> None:
    for module in (candidates, corpus, signatures, verification):
        monkeypatch.setattr(module, "EFFORT", Effort(enough))


@pytest.fixture(autouse=True)
def compiled_code(monkeypatch: pytest.MonkeyPatch) -> None:
    set_effort(monkeypatch, 0)


def write(folder: Path, texts: dict[str, str], rows_per_group: int = 1000) -> Path:
    path = folder / "articles.parquet"
    table = pa.table({"text": list(texts.values()), "article_id": list(texts), "more": [1] * len(texts)})
    pq.write_table(table, path, row_group_size=rows_per_group)
    return path


@pytest.mark.parametrize("seed", range(6))
def test_a_whole_corpus_gives_what_the_stages_give(tmp_path: Path, seed: int) -> None:
    texts, settings = make_texts(seed, 40), Settings(workers=1)
    pairs, groups = by_stages(texts, settings)
    found = corpus.find_copies(write(tmp_path, texts), settings)
    assert found.pairs.equals(pairs)
    assert set(pairs.column("kind").to_pylist()) == {"exact", "near", "contained"}
    rows = found.groups.to_pylist()
    assert [row["article_id"] for row in rows] == list(texts)
    assert {row["article_id"]: (row["first_article_id"], row["n_articles"]) for row in rows} == groups


def test_threads_row_groups_and_portions_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = make_texts(11, 60)
    whole = corpus.find_copies(write(tmp_path, texts), Settings(workers=1))
    for name, size in (("ROWS_AT_A_TIME", 5), ("_PAIRS_AT_A_TIME", 2), ("_PAIRS_COMPARED", 3)):
        (module,) = (module for module in (reading, candidate_joins, corpus) if hasattr(module, name))
        monkeypatch.setattr(module, name, size)
    for rows_per_group in (17, 1000):  # many row groups, or one that the threads share
        parts = corpus.find_copies(write(tmp_path, texts, rows_per_group), Settings(workers=3))
        assert parts.pairs.equals(whole.pairs)
        assert parts.groups.equals(whole.groups)


@pytest.mark.parametrize("contained", [True, False])
def test_small_files_give_the_same_without_compiled_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, contained: bool
) -> None:
    path = write(tmp_path, make_texts(13, 30))
    compiled = corpus.find_copies(path, Settings(workers=1), contained=contained)
    set_effort(monkeypatch, 1 << 40)
    monkeypatch.setattr(corpus, "read_articles", None)
    plain = corpus.find_copies(path, Settings(workers=1), contained=contained)
    assert plain.pairs.equals(compiled.pairs)
    assert plain.groups.equals(compiled.groups)


def test_copies_alone_are_the_same_copies(tmp_path: Path) -> None:
    path = write(tmp_path, make_texts(12, 60))
    both, alone = (corpus.find_copies(path, Settings(workers=1), contained=wanted) for wanted in (True, False))
    merging = [row for row in both.pairs.to_pylist() if row["kind"] != "contained"]
    assert alone.pairs.to_pylist() == merging
    assert alone.groups.equals(both.groups)


def test_one_text_in_many_articles_is_one_group(tmp_path: Path) -> None:
    text = " ".join(VOCABULARY[:50])
    found = corpus.find_copies(write(tmp_path, {f"{i:03}": text for i in range(300)}), Settings(workers=1))
    assert len(found.pairs) == 300 * 299 // 2
    assert found.pairs.column("kind").unique().to_pylist() == ["exact"]
    assert found.groups.column("first_article_id").unique().to_pylist() == ["000"]


@pytest.mark.parametrize("enough", [0, 1 << 40])
@pytest.mark.parametrize("texts", [{}, {"a": ""}, {"a": "Only one article"}])
def test_where_nothing_can_be_a_copy_nothing_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, texts: dict[str, str], enough: int
) -> None:
    set_effort(monkeypatch, enough)
    table = pa.table(
        {"article_id": pa.array(list(texts), pa.string()), "text": pa.array(list(texts.values()), pa.string())}
    )
    pq.write_table(table, tmp_path / "articles.parquet")
    found = corpus.find_copies(tmp_path / "articles.parquet", Settings(workers=1))
    assert len(found.pairs) == 0
    assert found.groups.column("first_article_id").to_pylist() == list(texts)


@pytest.mark.parametrize("enough", [0, 1 << 40])
def test_a_missing_column_and_a_repeated_id_are_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, enough: int
) -> None:
    set_effort(monkeypatch, enough)
    path = tmp_path / "articles.parquet"
    pq.write_table(pa.table({"id": ["a"], "text": ["b"]}), path)
    with pytest.raises(ValueError, match=r"articles.parquet has no column article_id; it has id, text"):
        corpus.find_copies(path, Settings(workers=1))
    pq.write_table(pa.table({"article_id": ["a", "b", "a"], "text": ["b", "c", "d"]}), path)
    with pytest.raises(ValueError, match=r"article_id a stands more than once in .*articles.parquet"):
        corpus.find_copies(path, Settings(workers=1))
    pq.write_table(pa.table({"article_id": ["a"], "text": pa.array([None], pa.string())}), path)
    with pytest.raises(ValueError, match=r"the text of 1 article in .*articles.parquet is missing"):
        corpus.find_copies(path, Settings(workers=1))
