"""Subjects that the parser hides, and content that stands on both sides of its cue."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("sentence", "source", "content"),
    [
        (
            "The news site Brevik Daily reported that the bridge had been closed.",
            "The news site Brevik Daily",
            "that the bridge had been closed",
        ),
        ("Nearly a third say they do not trust the council.", "Nearly a third", "they do not trust the council"),
        (
            "At a meeting in Brevik, Norland, Anna Holm told the reporters that the bridge was safe.",
            "Anna Holm",
            "that the bridge was safe",
        ),
        ("Farmers trying to sell their land say the well will run dry.", "Farmers", "the well will run dry"),
        ("The mayor said after the vote he would close the harbour.", "The mayor", "he would close the harbour"),
        ("As reported by the Lantern, the bridge was closed in May.", "the Lantern", "the bridge was closed in May"),
        (
            "If the dam breaks, the mayor said, the town will drown.",
            "the mayor",
            "If the dam breaks … the town will drown",
        ),
        (
            "If the dam breaks, engineers say the town will drown.",
            "engineers",
            "If the dam breaks … the town will drown",
        ),
        (
            "In the old town, the mayor said, people want the bridge.",
            "the mayor",
            "In the old town … people want the bridge",
        ),
    ],
)
def test_the_source_and_all_of_its_words_are_found(read: Any, sentence: str, source: str, content: str) -> None:
    assert (source, content) in [(row["source_text"], row["content_text"]) for row in read(sentence).rows]


def test_the_occasion_of_the_telling_is_no_content(read: Any) -> None:
    only = read("In an interview, the mayor said, the council had misled him.").only
    assert only["content_text"] == "the council had misled him"
