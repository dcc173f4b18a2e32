"""The shapes that copies take in real news, on invented articles: what merges, what is only shown, what is neither."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup import compute_signatures, find_candidates, find_shared_passages, group_copies, verify_pairs
from pipeline.settings import Settings
from pipeline.tables import DUPLICATE_PAIRS, row_id

Build = Callable[..., tuple[pa.Table, pa.Table]]
Parts = Sequence[tuple[str, str]]
_SYLLABLES = [a + b for a in ("ba", "cor", "del", "fen", "gri", "hol", "jur", "kas", "lem", "mir") for b in "aeiou"]


def prose(seed: int, n_words: int) -> str:
    """Invented words in an order that no other seed has."""
    chance = random.Random(seed)
    return " ".join("".join(chance.choices(_SYLLABLES, k=2)) for _ in range(n_words))


def paragraphs(seed: int, n: int, n_words: int = 30) -> list[tuple[str, str]]:
    return [("body", f"{prose(1000 * seed + number, n_words).capitalize()}.") for number in range(n)]


class Found:
    """Pairs by kind, groups and passages that the chain's functions find among articles."""

    def __init__(self, corpus: Build, texts: Mapping[str, Parts], **settings: Any) -> None:
        self.settings = Settings(**settings)
        articles, passages = corpus(texts)
        signatures = compute_signatures(articles, passages, self.settings)
        pairs = verify_pairs(find_candidates(signatures, self.settings), articles, passages, self.settings)
        groups = group_copies(pairs, articles)
        self.rows = {(row["article_id_a"], row["article_id_b"]): row for row in pairs.to_pylist()}
        self.pairs = {ids: row["kind"] for ids, row in self.rows.items()}
        members: dict[str, list[str]] = {}
        for row in groups.to_pylist():
            members.setdefault(row["copy_group_id"], []).append(row["article_id"])
        self.groups = sorted("".join(sorted(group)) for group in members.values())
        self.passages = [
            (row["article_id_a"], row["article_id_b"], row["kind"])
            for row in find_shared_passages(articles, passages, groups, self.settings).to_pylist()
        ]


def test_the_same_furniture_around_different_stories_never_merges(corpus: Build) -> None:
    menu = [("boilerplate", prose(1, 120)), ("boilerplate", prose(2, 80))]
    caption = [("caption", prose(3, 40))]
    found = Found(corpus, {"a": [*menu, *caption, *paragraphs(4, 3)], "b": [*menu, *caption, *paragraphs(5, 3)]})
    assert (found.pairs, found.groups, found.passages) == ({}, ["a", "b"], [])


def test_two_headlines_over_one_pages_furniture_are_not_copies(corpus: Build) -> None:
    menu = [("boilerplate", prose(1, 200))]
    teaser = ("body", "Read more about this tomorrow.")
    found = Found(corpus, {"a": [("title", "Norland votes"), *menu, teaser], "b": [("title", "Rain"), *menu, teaser]})
    assert found.pairs == {}


def test_another_headline_and_dateline_do_not_split_copies(corpus: Build) -> None:
    body = paragraphs(1, 6)
    found = Found(
        corpus,
        {
            "a": [("title", "Ministers leave Sarn"), ("dateline", "SARN, 4 March (Northlight Wire)"), *body],
            "b": [("title", "Talks broken off after a night"), *body],
        },
    )
    assert (found.pairs, found.groups) == ({("a", "b"): "exact"}, ["ab"])


def test_furniture_that_slipped_into_the_body_does_not_split_copies(corpus: Build) -> None:
    body = paragraphs(1, 5)
    slipped = [
        *body[:2],
        ("body", "Follow chess and rowing here and we write to you whenever one begins. Follow both"),
        *body[2:],
    ]
    found = Found(corpus, {"a": body, "b": slipped})
    assert (found.pairs, found.groups) == ({("a", "b"): "near"}, ["ab"])


def test_a_copy_cut_in_half_is_shown_inside_the_whole_and_not_merged(corpus: Build) -> None:
    body = paragraphs(1, 10)
    found = Found(corpus, {"whole": body, "cut": body[:5]})
    assert found.pairs == {("cut", "whole"): "contained"}
    row = found.rows["cut", "whole"]
    assert row["containment_a_in_b"] > 0.95
    assert row["containment_b_in_a"] < 0.6
    assert found.groups == ["cut", "whole"]
    assert found.passages == [("cut", "whole", "exact")] * 5


def test_a_new_top_over_an_old_report_is_shown_and_not_merged(corpus: Build) -> None:
    body = paragraphs(1, 6)
    found = Found(corpus, {"a": body, "b": [*paragraphs(2, 4), *body]})
    assert (found.pairs, found.groups) == ({("a", "b"): "contained"}, ["a", "b"])


def test_a_rewrite_that_keeps_half_is_neither_copy_nor_contained_but_its_passages_are_shown(corpus: Build) -> None:
    body = paragraphs(1, 8)
    found = Found(corpus, {"a": body, "b": [*paragraphs(2, 4), *body[4:]]})
    assert (found.pairs, found.groups) == ({}, ["a", "b"])
    assert found.passages == [("a", "b", "exact")] * 4


def test_a_live_blog_does_not_swallow_its_sources(corpus: Build) -> None:
    reports = {name: paragraphs(number, 3) for number, name in enumerate("abcde")}
    blog = [part for body in reports.values() for part in [*paragraphs(ord(body[0][1][0]), 1), *body]]
    found = Found(corpus, {**reports, "z": blog})
    assert found.pairs == {(name, "z"): "contained" for name in "abcde"}
    assert found.groups == ["a", "b", "c", "d", "e", "z"]


def test_two_states_of_a_live_blog_merge_only_while_most_of_it_is_the_same(corpus: Build) -> None:
    entries = paragraphs(1, 12)
    found = Found(corpus, {"a": entries[2:], "b": entries[1:], "c": [*paragraphs(2, 8), *entries[5:10]]})
    assert (found.pairs, found.groups) == ({("a", "b"): "near"}, ["ab", "c"])


def edited_often(n_stations: int, edits: int) -> dict[str, Parts]:
    """One report that is changed at every station, so that the first and the last version have little in common."""
    words = prose(1, 400).split()
    texts: dict[str, Parts] = {}
    for station in range(n_stations):
        texts["abcdefgh"[station]] = [("body", " ".join(words))]
        for position in range(7 * station, 400, 400 // edits):  # far from those of other stations
            words[position] = f"new{station}x{position}"
    return texts


def test_a_chain_of_near_copies_is_one_group_although_its_ends_are_no_pair(corpus: Build) -> None:
    found = Found(corpus, edited_often(5, 10))
    assert found.pairs["a", "b"] == found.pairs["b", "c"] == found.pairs["c", "d"] == found.pairs["d", "e"] == "near"
    assert found.pairs.get(("a", "e")) is None
    assert found.groups == ["abcde"]


def test_a_chain_does_not_run_through_containment(corpus: Build) -> None:
    item, other = paragraphs(1, 4), paragraphs(2, 4)
    found = Found(corpus, {"a": item, "b": [*item, *other], "c": other})
    assert found.pairs == {("a", "b"): "contained", ("b", "c"): "contained"}
    assert found.groups == ["a", "b", "c"]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda edge: edge[0] < edge[1]), max_size=12))
def test_an_edge_that_goes_splits_a_group_and_one_that_comes_only_joins(
    corpus: Build, edges: list[tuple[int, int]]
) -> None:
    articles, _ = corpus(dict.fromkeys(map(str, range(10)), "text"))

    def grouped(given_edges: Sequence[tuple[int, int]]) -> dict[str, str]:
        numbers = {"jaccard": 0.9, "containment_a_in_b": 0.9, "containment_b_in_a": 0.9, "kind": "near"}
        rows = [{"article_id_a": str(a), "article_id_b": str(b), **numbers} for a, b in set(given_edges)]
        table = group_copies(DUPLICATE_PAIRS.from_rows(rows), articles)
        return dict(zip(table["article_id"].to_pylist(), table["copy_group_id"].to_pylist(), strict=True))

    before, after = grouped(edges[:-1]), grouped(edges)
    assert len(set(after.values())) in (len(set(before.values())), len(set(before.values())) - 1)
    assert all(group == row_id(min(i for i in after if after[i] == group)) for group in after.values())
