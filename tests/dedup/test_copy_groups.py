"""Copy groups: components of exact and near pairs, and which member is the canonical one."""

import datetime
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup import group_copies, groups_version
from pipeline.tables import DUPLICATE_PAIRS, row_id

IDS = [f"{number:02}" for number in range(12)]


def pairs(*edges: tuple[str, str, str]) -> pa.Table:
    numbers = {"jaccard": 0.9, "containment_a_in_b": 0.9, "containment_b_in_a": 0.9}
    return DUPLICATE_PAIRS.from_rows(
        [{"article_id_a": a, "article_id_b": b, "kind": kind, **numbers} for a, b, kind in edges]
    )


def groups(table: pa.Table) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in table.to_pylist():
        found.setdefault(row["copy_group_id"], []).append(row["article_id"])
    return {group: sorted(members) for group, members in found.items()}


def test_chains_merge_and_contained_articles_do_not(corpus: Callable[..., tuple[Any, Any]]) -> None:
    articles, _ = corpus(dict.fromkeys("abcde", "text"))
    table = group_copies(pairs(("a", "b", "near"), ("b", "c", "exact"), ("c", "d", "contained")), articles)
    assert groups(table) == {row_id("a"): ["a", "b", "c"], row_id("d"): ["d"], row_id("e"): ["e"]}
    assert {row["article_id"]: row["n_articles"] for row in table.to_pylist()} == {
        "a": 3,
        "b": 3,
        "c": 3,
        "d": 1,
        "e": 1,
    }


@pytest.mark.parametrize(
    ("published", "lengths", "canonical", "reason"),
    [
        ({"c": 9, "b": 10, "a": 11}, {}, "c", "earliest"),
        ({"b": 10}, {"a": 500}, "b", "earliest"),
        ({}, {"c": 500, "b": 400}, "c", "longest"),
        ({"b": 10, "c": 10}, {"c": 500}, "c", "longest"),
        ({}, {}, "a", "smallest_id"),
    ],
    ids=["earliest", "known time first", "longest", "longest of the earliest", "smallest id"],
)
def test_the_canonical_member(
    corpus: Callable[..., tuple[Any, Any]],
    published: dict[str, int],
    lengths: dict[str, int],
    canonical: str,
    reason: str,
) -> None:
    metadata: dict[str, dict[str, Any]] = {name: {"n_words": lengths.get(name, 10)} for name in "abc"}
    for name, hour in published.items():
        metadata[name]["published_at"] = datetime.datetime(2024, 5, 1, hour, tzinfo=datetime.UTC)
    articles, _ = corpus(dict.fromkeys("abc", "text"), metadata)
    table = group_copies(pairs(("a", "b", "near"), ("a", "c", "near")), articles)
    assert [row["article_id"] for row in table.to_pylist() if row["is_canonical"]] == [canonical]
    assert table["canonical_reason"].unique().to_pylist() == [reason]


def test_an_article_without_copies_is_canonical_as_the_only_one(corpus: Callable[..., tuple[Any, Any]]) -> None:
    articles, _ = corpus({"a": "text"})
    assert group_copies(pairs(), articles)["canonical_reason"].to_pylist() == ["only"]


@given(
    st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)).filter(lambda pair: pair[0] < pair[1])), st.data()
)
def test_groups_partition_the_articles_whatever_the_order(
    corpus: Callable[..., tuple[Any, Any]], edges: Sequence[tuple[str, str]], data: st.DataObject
) -> None:
    articles, _ = corpus(dict.fromkeys(IDS, "text"))
    table = group_copies(pairs(*((a, b, "near") for a, b in edges)), articles)
    shuffled = articles.take(data.draw(st.permutations(range(len(IDS)))))
    turned = group_copies(pairs(*((a, b, "near") for a, b in reversed(edges))), shuffled)
    assert turned.sort_by("article_id").equals(table.sort_by("article_id"))
    rows = {row["article_id"]: row for row in table.to_pylist()}
    assert sorted(rows) == IDS
    assert all(rows[a]["copy_group_id"] == rows[b]["copy_group_id"] for a, b in edges)
    for group, members in groups(table).items():
        assert group == row_id(members[0])
        assert sum(rows[member]["is_canonical"] for member in members) == 1
        assert all(rows[member]["n_articles"] == len(members) for member in members)
        linked = {members[0]}
        while grown := {x for edge in edges for x in edge if linked.intersection(edge)} - linked:
            linked |= grown
        assert linked == set(members)


def test_a_pair_of_unknown_articles_is_an_error(corpus: Callable[..., tuple[Any, Any]]) -> None:
    articles, _ = corpus({"a": "text"})
    with pytest.raises(ValueError, match=r"\(a, z\) names an article that is not"):
        group_copies(pairs(("a", "z", "near")), articles)


def test_the_version_is_stated() -> None:
    assert groups_version().startswith("groups ")
