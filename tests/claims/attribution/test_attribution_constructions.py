"""Constructions that hide a source, a cue or an edge of the content, each in a sentence of its own."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        (
            "The mayor was quick to add that the bridge would stay open.",
            ("The mayor", "was quick to add", "that the bridge would stay open"),
        ),
        (
            "The mayor continued to argue that the bridge was safe.",
            ("The mayor", "continued to argue", "that the bridge was safe"),
        ),
        (
            "The teacher asked the pupils if they were always so quiet.",
            ("The teacher", "asked", "if they were always so quiet"),
        ),
        (
            "In the latest poll, six in ten islanders opposed the dam.",
            ("the latest poll", "In", "six in ten islanders opposed the dam"),
        ),
        (
            "In her view, the dam will never hold the river.",
            ("her", "In … view", "the dam will never hold the river"),
        ),
        (
            "If the ice breaks, she said, “the whole valley will be under water.”",
            ("she", "said", "If the ice breaks … “the whole valley will be under water.”"),
        ),
        (
            "The bishop said the choir was too loud and the organ needed repair.",
            ("The bishop", "said", "the choir was too loud and the organ needed repair"),
        ),
        (
            "The paper asked the mayor about the closure of the bridge.",
            ("The paper", "asked … about", "the closure of the bridge"),
        ),
        (
            "The bishop endorsed the plan in November.",
            ("The bishop", "endorsed", "the plan"),
        ),
        (
            "The farmers voted for Anna Brevik, a former judge who grew up in the valley.",
            ("The farmers", "voted for", "Anna Brevik"),
        ),
        (
            "The union called for new elections, which the mayor had ruled out.",
            ("The union", "called for", "new elections"),
        ),
    ],
)
def test_a_construction_is_read_whole(read: Any, sentence: str, told: tuple[str, str, str]) -> None:
    assert told in read(sentence).told


def test_of_what_is_hard_to_say_nobody_is_the_source(read: Any) -> None:
    assert read("It is hard to imagine the bridge falling in such weather.").rows == []


def test_the_patient_of_a_passive_is_told_of_too(read: Any) -> None:
    found = read("Brevik was criticized by the auditors for selling the ferry.")
    assert ("the auditors", "was criticized", "Brevik … for selling the ferry") in found.told


def test_means_of_speech_are_a_claim_of_their_own(read: Any) -> None:
    found = read("Brevik attacked the auditors of the ferry by saying that they had forged the accounts.")
    assert [row["layer"] for row in found.rows] == [0, 0]
    assert found.by_cue("say")["source_text"] == "Brevik"


def test_a_verb_and_a_colon_announce_the_next_paragraph(read: Any) -> None:
    found = read("In her letter to the council, Brevik wrote:\n\nThe bridge was never safe and everybody knew it.")
    assert ("Brevik", "wrote", "The bridge was never safe and everybody knew it.") in found.told
    assert "paragraph_after_colon" in {row["rule"] for row in found.rows}


def test_a_short_cry_belongs_to_who_is_said_to_utter_it(read: Any) -> None:
    assert ("she", "wrote", "“Never again!”") in read("The vote was lost. “Never again!” she wrote.").told


def test_an_afterthought_goes_on_with_the_speaker(read: Any) -> None:
    found = read("“The bridge was closed for a good reason,” Brevik said. “So be it.”")
    assert found.only["content_text"] == "“The bridge was closed for a good reason,” … “So be it.”"


def test_an_afterthought_between_doubled_marks_counts_too(read: Any) -> None:
    found = read("''The bridge was closed for a good reason,'' Brevik said. ''So be it.''")
    assert found.only["content_text"] == "''The bridge was closed for a good reason,'' … ''So be it.''"


def test_a_title_in_marks_is_no_afterthought(read: Any) -> None:
    found = read("“The bridge was closed for a good reason,” Brevik said. She was reading “Hard Rain”.")
    assert all("Hard Rain" not in row["content_text"] for row in found.rows)


@pytest.mark.parametrize(
    ("headline", "source", "content"),
    [
        ("Brevik: No new bridge for the valley", "Brevik", "No new bridge for the valley"),
        ("Poll: Islanders Sour On Second Dam", "Poll", "Islanders Sour On Second Dam"),
    ],
)
def test_a_headline_needs_no_verb_behind_a_known_name(read: Any, headline: str, source: str, content: str) -> None:
    found = read(f"{headline}\n\nMayor Anna Brevik met the council on Monday in Portvess. Anna Brevik was alone.")
    assert (source, ":", content) in found.told
