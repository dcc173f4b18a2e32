"""Cues beyond the common frames: headlines, transcripts, attitudes, and where their content begins and ends."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("The survey showed a narrow lead for Anna Brevik.", ("showed", "a narrow lead for Anna Brevik")),
        ("The fishermen voted for the closure of the port.", ("voted for", "the closure of the port")),
        ("Anna Brevik ignored the warnings of her engineers.", ("ignored", "the warnings of her engineers")),
        ("The union sided with the dockers.", ("sided with", "the dockers")),
        ("The farmers are eager to sell their land.", ("are eager", "to sell their land")),
    ],
)
def test_an_attitude_or_finding_is_attributed(read: Any, sentence: str, told: tuple[str, str]) -> None:
    assert told in [(cue, content) for _, cue, content in read(sentence).told]


def test_a_verb_outside_the_lexicon_attributes_a_that_clause_of_a_person(read: Any) -> None:
    found = read("Anna Brevik confided that the bridge would never be built.").only
    assert (found["cue_lemma"], found["rule"]) == ("confide", "verb_clause")
    assert found["content_text"] == "that the bridge would never be built"


def test_a_verb_outside_the_lexicon_needs_a_named_party(read: Any) -> None:
    assert read("The new gate ensures that the water stays out.").rows == []


def test_a_body_in_a_relative_clause_holds_an_attitude(read: Any) -> None:
    found = read("The union, which opposes the closure, met on Friday.").only
    assert (found["cue_lemma"], found["content_text"]) == ("oppose", "the closure")


def test_an_object_takes_in_the_phrase_that_says_as_what_or_where(read: Any) -> None:
    found = read("The bishop praised the volunteers in the northern valley.").only
    assert found["content_text"] == "the volunteers in the northern valley"


def test_the_occasion_of_the_telling_stays_outside_the_content(read: Any) -> None:
    found = read("The bishop condemned the closure in a statement.").only
    assert found["content_text"] == "the closure"


def test_a_connective_before_fronted_content_is_the_articles(read: Any) -> None:
    assert read("But the dam is safe, the engineer said.").only["content_text"] == "the dam is safe"
    told = read("And the dam is safe, according to the river authority.").only
    assert told["content_text"] == "the dam is safe"


def test_content_runs_over_a_colon(read: Any) -> None:
    found = read("The minister said the plan had one flaw: nobody could pay for it.").only
    assert found["content_text"].endswith("nobody could pay for it")


def test_a_headline_verb_taken_for_a_name_attributes(read: Any) -> None:
    found = read("New Surveys Show Growing Anger Over Brevik Bridge.", kinds=["title"]).only
    assert (found["source_text"], found["cue_lemma"]) == ("New Surveys", "show")


def test_paragraphs_of_an_interview_are_turns_of_their_speakers(read: Any) -> None:
    text = "LUND: Why did you leave?\nBREVIK: The bridge was never safe.\nLUND: Who knew of it?"
    assert [(r["source_text"], r["rule"]) for r in read(text).rows] == [
        ("LUND", "transcript_turn"),
        ("BREVIK", "transcript_turn"),
        ("LUND", "transcript_turn"),
    ]


def test_one_paragraph_with_a_colon_is_no_interview(read: Any) -> None:
    assert all(r["rule"] != "transcript_turn" for r in read("NOTE: The bridge was closed on Friday.").rows)


def test_an_inverted_opening_names_the_speaker_of_the_quotation_behind_it(read: Any) -> None:
    found = read("Experts say the bridge is old. Said Lund: “I would not walk over it in a storm.”")
    assert [r["source_text"] for r in found.rows][-1] == "Lund"


def test_a_speaker_may_address_a_crowd_behind_the_quotation(read: Any) -> None:
    found = read("“This is a great year for the valley!” Anna Brevik shouted to the crowd.").only
    assert found["source_text"] == "Anna Brevik"


def test_a_short_quoted_word_does_not_take_over_the_speaker(read: Any) -> None:
    text = (
        "“We will rebuild the bridge,” Anna Brevik said. She praised the “river people” of the valley. "
        "“We owe them all that we have today.”"
    )
    last = [r for r in read(text).rows if "We owe them" in r["content_text"]]
    assert [r["cue_lemma"] for r in last] != ["praise"]
