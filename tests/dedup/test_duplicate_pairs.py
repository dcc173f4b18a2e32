"""Candidates and verified pairs: LSH as datasketch has it, and nothing lost against a comparison of all pairs."""

import itertools
import random
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from datasketch import LeanMinHash, MinHashLSH
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline.dedup import (
    candidates,
    compute_signatures,
    find_candidates,
    pair_kernels,
    pairs_version,
    signatures,
    verification,
    verify_pairs,
    word_kernels,
)
from pipeline.dedup.effort import Effort
from pipeline.dedup.shingles import SHINGLE_WORDS
from pipeline.settings import Settings
from pipeline.tables import DUPLICATE_PAIRS

VOCABULARY = [f"{stem}{ending}" for stem in ("harbor", "crew", "norland", "vessia", "dock") for ending in range(40)]


def story(generator: random.Random, n_words: int) -> list[str]:
    return [generator.choice(VOCABULARY) for _ in range(n_words)]


def edit(generator: random.Random, words: list[str], n_edits: int) -> list[str]:
    """``words`` with that many words changed, inserted or dropped, as an editor would."""
    edited = list(words)
    for _ in range(n_edits):
        at = generator.randrange(len(edited))
        change = generator.choice(["replace", "insert", "drop"])
        edited[at : at + (change != "insert")] = [] if change == "drop" else [generator.choice(VOCABULARY)]
    return edited


def newsroom(seed: int, n_stories: int = 6) -> dict[str, str]:
    """Stories of 10 to 400 words with edited copies, excerpts, and copies inside longer texts."""
    generator = random.Random(seed)
    furniture = story(generator, generator.randint(0, 30))
    texts = []
    for _ in range(n_stories):
        original = story(generator, generator.choice([10, 24, 26, 30, 45, 80, 150, 400]))
        texts.append(original + furniture)
        for _ in range(generator.randint(0, 3)):
            copy = edit(generator, original, generator.randint(0, max(1, len(original) // 15)))
            first = generator.randint(0, len(copy) // 4)
            excerpt = copy[first : first + generator.randint(len(copy) // 2, len(copy))]
            around = story(generator, generator.choice([0, 5, 60, 300]))
            half = len(around) // 2
            texts.append(around[:half] + excerpt + around[half:] + generator.choice([[], furniture]))
    generator.shuffle(texts)
    return {f"{number:04}": " ".join(words) for number, words in enumerate(texts)}


def compare_all_pairs(texts: Mapping[str, str], settings: Settings) -> list[dict[str, Any]]:
    """The definition, spelled out: every pair of articles, every shingle."""
    tokens = {article_id: text.split() for article_id, text in texts.items()}
    sets = {
        article_id: {tuple(words[i : i + 5]) for i in range(len(words) - 4)} for article_id, words in tokens.items()
    }
    rows = []
    for a, b in itertools.combinations(sorted(texts), 2):
        if min(len(sets[a]), len(sets[b])) < settings.min_shingles:
            continue
        shared = len(sets[a] & sets[b])
        jaccard = shared / len(sets[a] | sets[b])
        contained = shared / len(sets[a]), shared / len(sets[b])
        if tokens[a] == tokens[b]:
            kind = "exact"
        elif jaccard >= settings.jaccard_threshold:
            kind = "near"
        elif max(contained) >= settings.containment_threshold:
            kind = "contained"
        else:
            continue
        values = [a, b, jaccard, *contained, kind]
        rows.append(dict(zip(DUPLICATE_PAIRS.schema.names, values, strict=True)))
    return rows


def find_pairs(articles: pa.Table, passages: pa.Table, settings: Settings) -> list[dict[str, Any]]:
    found = find_candidates(compute_signatures(articles, passages, settings), settings)
    rows: list[dict[str, Any]] = verify_pairs(found, articles, passages, settings).to_pylist()
    return rows


@given(st.integers(0, 2**32))
@hypothesis_settings(max_examples=60, deadline=None)
def test_pairs_are_those_of_a_comparison_of_all_pairs(corpus: Callable[..., tuple[Any, Any]], seed: int) -> None:
    texts = newsroom(seed)
    assert find_pairs(*corpus(texts), Settings()) == compare_all_pairs(texts, Settings())


@pytest.mark.parametrize(
    "settings",
    [
        Settings(jaccard_threshold=0.9, containment_threshold=0.95),
        Settings(jaccard_threshold=0.5, containment_threshold=0.6),
        Settings(min_shingles=3),
        Settings(num_perm=64, bands=32, band_rows=2),
    ],
    ids=["strict", "lenient", "tiny articles", "other bands"],
)
def test_other_settings_lose_nothing_either(corpus: Callable[..., tuple[Any, Any]], settings: Settings) -> None:
    for seed in range(12):
        texts = newsroom(seed)
        assert find_pairs(*corpus(texts), settings) == compare_all_pairs(texts, settings)


short_words = st.lists(st.sampled_from(["a", "b", "żółw", "x" * 30]), max_size=30)


@given(
    st.lists(st.one_of(short_words.map(" ".join), short_words.map("  ".join)).map(str.encode), min_size=1, max_size=5)
)
@hypothesis_settings(max_examples=80, deadline=None)
def test_the_kernel_counts_what_sets_count(texts: list[bytes]) -> None:
    firsts, seconds = np.divmod(np.arange(len(texts) ** 2), len(texts))
    plain = verification.count_pairs_plainly(texts, firsts, seconds)
    words = word_kernels.pack_texts([b"".join(word + b" " for word in text.split()) for text in texts])
    compiled = verification.PairCounts(*pair_kernels.count_pairs(words, firsts, seconds, SHINGLE_WORDS))
    for field in verification.PairCounts.__annotations__:
        np.testing.assert_array_equal(getattr(compiled, field), getattr(plain, field), err_msg=field)


def test_pairs_are_the_same_with_and_without_the_kernel_and_in_portions(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = corpus(newsroom(21, n_stories=20))
    found = []
    for enough, portion in ((0, 1 << 15), (1 << 40, 1 << 15), (0, 3)):
        for module in (signatures, candidates, verification):
            monkeypatch.setattr(module, "EFFORT", Effort(enough))
        monkeypatch.setattr(verification, "_PAIRS_AT_A_TIME", portion)
        found.append(find_pairs(*built, settings))
    assert found[0] == found[1] == found[2] != []


def test_candidates_from_bands_are_those_of_datasketch(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings
) -> None:
    table = compute_signatures(*corpus(newsroom(11, n_stories=40)), settings)
    rows = [row for row in table.to_pylist() if row["signature"]]
    lsh = MinHashLSH(num_perm=128, params=(32, 4))
    lean = [LeanMinHash(seed=1, hashvalues=row["signature"], scheme="affine32") for row in rows]
    for number, minhash in enumerate(lean):
        lsh.insert(number, minhash)
    expected = {(a, b) for a, minhash in enumerate(lean) for b in lsh.query(minhash) if a < b}
    found = candidates.find_band_pairs(pa.Table.from_pylist(rows, schema=table.schema))
    assert {(int(a), int(b)) for a, b in found} == expected
    assert expected


def test_candidates_do_not_depend_on_the_order_of_articles(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings
) -> None:
    table = compute_signatures(*corpus(newsroom(5, n_stories=12)), settings)
    shuffled = table.take(np.random.RandomState(1).permutation(len(table)))
    found = find_candidates(table, settings)
    assert len(found) > 3
    assert find_candidates(shuffled, settings).equals(found)
    assert all(row["article_id_a"] < row["article_id_b"] for row in found.to_pylist())


@pytest.mark.parametrize("n_articles", [0, 1])
def test_no_two_articles_no_candidates(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings, n_articles: int
) -> None:
    texts = {str(i): "only one article here" for i in range(n_articles)}
    assert find_pairs(*corpus(texts), settings) == []


def test_portions_of_any_size_find_the_same(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = compute_signatures(*corpus(newsroom(8, n_stories=25)), settings)
    whole = find_candidates(table, settings)
    monkeypatch.setattr(candidates, "_PAIRS_AT_A_TIME", 1)
    assert find_candidates(table, settings).equals(whole)


def test_one_phrase_in_every_article_makes_no_candidates(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings
) -> None:
    generator = random.Random(4)
    phrase = story(generator, 40)
    texts = {f"{i:03}": " ".join([*story(generator, 400), *phrase]) for i in range(120)}
    table = compute_signatures(*corpus(texts), settings).sort_by("article_id")
    assert len(candidates.find_sketch_pairs(table, 0.8)) == 0


def test_a_form_of_words_in_every_short_item_makes_no_candidates(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings
) -> None:
    generator = random.Random(9)
    form = story(generator, 14)
    texts = {f"{i:03}": " ".join([*story(generator, 14), *form]) for i in range(150)}
    assert find_pairs(*corpus(texts), settings) == compare_all_pairs(texts, settings) == []
    assert len(find_candidates(compute_signatures(*corpus(texts), settings), settings)) < 20


def test_a_headline_swap_is_an_exact_copy_and_a_changed_word_a_near_one(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings
) -> None:
    body = story(random.Random(1), 120)
    texts = {
        "a": [("title", "Port shut"), ("body", " ".join(body))],
        "b": [("title", "Crews walk out"), ("body", " ".join(body).upper())],
        "c": [("body", " ".join([*body[:60], "changed", *body[61:]]))],
    }
    kinds = [(row["article_id_a"], row["article_id_b"], row["kind"]) for row in find_pairs(*corpus(texts), settings)]
    assert kinds == [("a", "b", "exact"), ("a", "c", "near"), ("b", "c", "near")]


def test_curly_and_straight_quotes_make_one_text(corpus: Callable[..., tuple[Any, Any]], settings: Settings) -> None:
    straight = '"We won\'t leave," said Ada Quill - "not now." ' + " ".join(story(random.Random(2), 40))
    curly = straight.replace('"We', "“We").replace('," s', ",” s").replace("'", "’").replace(" - ", "\u00a0— ")
    (row,) = find_pairs(*corpus({"a": straight, "b": curly}), settings)
    assert (row["kind"], row["jaccard"]) == ("exact", 1.0)


def test_an_item_inside_a_longer_article_is_contained(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings
) -> None:
    generator = random.Random(3)
    item = story(generator, 60)
    texts = {"a": " ".join([*story(generator, 300), *item, *story(generator, 300)]), "b": " ".join(item)}
    (row,) = find_pairs(*corpus(texts), settings)
    assert (row["kind"], row["containment_b_in_a"]) == ("contained", 1.0)
    assert row["containment_a_in_b"] == row["jaccard"] == 56 / 656


def test_two_stories_over_one_pages_furniture_are_no_pair(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings
) -> None:
    generator = random.Random(6)
    furniture = [("boilerplate", " ".join(story(generator, 60))), ("caption", " ".join(story(generator, 30)))]
    texts = {name: [("body", " ".join(story(generator, 25))), *furniture] for name in "ab"}
    assert find_pairs(*corpus(texts), settings) == []


def test_too_little_body_is_nobodys_copy(corpus: Callable[..., tuple[Any, Any]], settings: Settings) -> None:
    short = " ".join(VOCABULARY[: settings.min_shingles + 3])
    enough = " ".join(VOCABULARY[: settings.min_shingles + 4])
    assert find_pairs(*corpus({"a": short, "b": short}), settings) == []
    assert len(find_pairs(*corpus({"a": enough, "b": enough}), settings)) == 1


def test_a_candidate_without_its_article_is_an_error(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings
) -> None:
    pair = pa.table({"article_id_a": ["a"], "article_id_b": ["gone"]}, schema=candidates.CANDIDATES)
    with pytest.raises(ValueError, match="names article gone, which is not"):
        verify_pairs(pair, *corpus({"a": "text"}), settings)


def test_fewest_shared_is_a_safe_bound() -> None:
    fewest = candidates.fewest_shared(0.8)
    generator = np.random.RandomState(0)
    for size in (1, 5, 12, 13, 50, 200, 256, 257, 1000, 60_000):
        assert generator.binomial(size, 0.8, 20_000).min() >= fewest[size]
    assert fewest[12] == 0
    assert fewest[13] == 1
    assert fewest[50] > 15
    assert (np.diff(fewest) >= 0).all()


def test_the_version_follows_the_thresholds() -> None:
    assert pairs_version(Settings()) != pairs_version(Settings(jaccard_threshold=0.75))
