"""Versions of one utterance: the same, shortened, altered or in other words, and where they differ."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

FULL = "“the harbour tolls strangle every honest skipper on this coast and must be halved”"


def compare(newsroom: Any, first: str, second: str) -> Any:
    a = newsroom.claim("a.txt", "Mira Tolvanen", first)
    b = newsroom.claim("b.txt", "Mira Tolvanen", second)
    rows = newsroom.match().variants
    assert [{row["claim_id_a"], row["claim_id_b"]} for row in rows] == [{a, b}]
    return rows[0]


@pytest.mark.parametrize(
    ("other", "relation"),
    [
        (FULL.replace("“", '"').replace("”", '"'), "same"),
        ("“the harbour tolls strangle every honest skipper”", "truncated"),
        ("“the harbour tolls … must be halved”", "truncated"),
        ("“the harbour tolls strangle … every honest skipper on this coast”", "truncated"),
        ("“the harbour tolls [of Norland] strangle every honest skipper on this coast”", "truncated"),
        ("“the harbour tolls strangle every poor skipper on this coast and must be halved”", "altered"),
        ("the harbour tolls strangle every honest skipper on this coast and must be halved", "paraphrase"),
    ],
)
def test_relation_of_two_versions(newsroom: Any, other: str, relation: str) -> None:
    assert compare(newsroom, FULL, other)["relation"] == relation


def test_the_difference_is_told_word_by_word_and_whether_it_is_quoted(newsroom: Any) -> None:
    row = compare(newsroom, FULL, FULL.replace("honest", "poor"))
    (difference,) = json.loads(row["diff"])
    assert {difference["a"], difference["b"]} == {"honest", "poor"}
    assert difference["op"] == "replace"
    assert difference["inside_quotation"]


def test_words_outside_the_marks_are_no_altered_quotation(newsroom: Any) -> None:
    row = compare(newsroom, f"the guild says {FULL}", f"the guild repeats {FULL}")
    assert row["relation"] == "same"
    assert not any(d["inside_quotation"] for d in json.loads(row["diff"]))


def test_copies_are_no_pair_of_versions(newsroom: Any) -> None:
    newsroom.article("a.txt")
    newsroom.article("copy.txt", copy_of="a.txt")
    newsroom.claim("a.txt", "Mira Tolvanen", FULL)
    newsroom.claim("copy.txt", "Mira Tolvanen", FULL)
    assert not newsroom.match().variants


def test_two_speakers_do_not_make_versions(newsroom: Any) -> None:
    newsroom.claim("a.txt", "Mira Tolvanen", FULL)
    newsroom.claim("b.txt", "Pavel Dressen", FULL)
    assert not newsroom.match().variants


WORDS = st.lists(
    st.sampled_from(["harbour", "tolls", "strangle", "skippers", "coast", "lighthouse", "ferries", "winter", "pilots"]),
    min_size=5,
    max_size=9,
)


@settings(max_examples=40, deadline=None)
@given(words=WORDS, drop=st.integers(0, 3), data=st.data())
def test_the_differences_lead_from_one_version_to_the_other(
    open_newsroom: Callable[[], Any], words: list[str], drop: int, data: st.DataObject
) -> None:
    shorter = words[: len(words) - drop]
    extra = data.draw(st.lists(st.sampled_from(["old", "steep"]), max_size=2))
    room = open_newsroom()
    texts = {
        room.claim("a.txt", "Mira Tolvanen", f"“{' '.join(words)}”"): words,
        room.claim("b.txt", "Mira Tolvanen", f"“{' '.join(extra + shorter)}”"): extra + shorter,
    }
    for row in room.match().variants:
        a, b = texts[row["claim_id_a"]], texts[row["claim_id_b"]]
        operations = json.loads(row["diff"])
        removed = [w for d in operations for w in d["a"].split()]
        added = [w for d in operations for w in d["b"].split()]
        assert sorted([*a, *added]) == sorted([*b, *removed])
        assert (row["relation"] == "same") == (not operations)
