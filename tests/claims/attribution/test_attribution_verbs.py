"""Verbs that attribute, one frame at a time."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("sentence", "told", "rule"),
    [
        (
            "The minister said that the harbour would stay open.",
            ("The minister", "said", "that the harbour would stay open"),
            "verb_clause",
        ),
        (
            "The harbour will stay open, the minister said.",
            ("the minister", "said", "The harbour will stay open"),
            "verb_clause",
        ),
        (
            "The committee asked whether the bridge was safe.",
            ("The committee", "asked", "whether the bridge was safe"),
            "verb_question",
        ),
        ("The union vowed to fight the closure.", ("The union", "vowed", "to fight the closure"), "verb_infinitive"),
        (
            "The mayor urged residents to leave the valley.",
            ("The mayor", "urged", "residents to leave the valley"),
            "verb_object_infinitive",
        ),
        ("The company denied the allegations.", ("The company", "denied", "the allegations"), "verb_object"),
        (
            "The senator denied taking money from the shipyard.",
            ("The senator", "denied", "taking money from the shipyard"),
            "verb_gerund",
        ),
        ("The governor called the plan a disgrace.", ("The governor", "called", "the plan a disgrace"), None),
        (
            "The prince described the treaty as a mistake.",
            ("The prince", "described", "the treaty as a mistake"),
            "verb_object_as",
        ),
        (
            "The president thanked the volunteers for their help.",
            ("The president", "thanked", "the volunteers for their help"),
            "verb_object_for",
        ),
        ("The opposition called for new elections.", ("The opposition", "called for", "new elections"), None),
    ],
)
def test_a_verb_attributes_in_its_frames(
    read: Any, sentence: str, told: tuple[str, str, str], rule: str | None
) -> None:
    found = read(sentence)
    assert found.told == [told]
    assert rule is None or found.only["rule"] == rule


def test_an_accusation_leaves_its_preposition_to_the_cue_and_names_the_accused(read: Any, name: Any) -> None:
    found = read("Norland accused Vessia of arming the rebels.", name("Norland", "GPE", 1), name("Vessia", "GPE", 2))
    assert found.told == [("Norland", "accused … of", "Vessia … arming the rebels")]
    assert (found.only["stance"], found.only["source_clusters"], found.only["target_clusters"]) == ("accuse", [1], [2])


@pytest.mark.parametrize(
    ("sentence", "cue"),
    [
        ("The envoy has not said that the talks failed.", "has not said"),
        ("The envoy has repeatedly said that the talks failed.", "has repeatedly said"),
        ("The envoy later said that the talks failed.", "later said"),
        ("The envoy also said that the talks failed.", "said"),
    ],
)
def test_a_cue_has_its_auxiliaries_negation_and_adverbs_that_change_it(read: Any, sentence: str, cue: str) -> None:
    assert read(sentence).told[0][1] == cue


def test_a_clause_that_the_parser_hung_on_the_addressee_is_content(read: Any) -> None:
    found = read("The mayor told farmers in a barn outside the old town that the bridge would be built.")
    assert found.only["content_text"] == "that the bridge would be built"


def test_a_subject_cut_off_by_a_misread_apposition_is_found_by_its_place(read: Any) -> None:
    found = read("In a note to the Lantern, her closest adviser, Peter Lund, said: “The bridge will be built in May.”")
    assert found.only["source_text"] == "her closest adviser, Peter Lund"


def test_the_source_is_the_noun_phrase_with_its_apposition_and_without_its_relative_clause(read: Any) -> None:
    found = read("Anna Brevik, a historian at the college, said that the letters were forged.")
    assert found.told[0][0] == "Anna Brevik, a historian at the college"
    found = read("The captain, who commanded the ferry, said that the fog was thick.")
    assert found.told[0][0] == "The captain"


def test_the_agent_of_a_passive_is_the_source(read: Any) -> None:
    assert read("The verdict was criticized by the bishop.").told == [("the bishop", "was criticized", "The verdict")]


def test_a_passive_without_an_agent_names_no_source_and_is_no_claim(read: Any) -> None:
    assert read("The shipment was said to contain grain.").rows == []


def test_a_participle_takes_the_subject_of_its_sentence(read: Any) -> None:
    found = read("The mayor resigned on Friday, saying that the council had lost its trust.")
    assert ("The mayor", "saying", "that the council had lost its trust") in found.told


def test_content_on_both_sides_of_its_cue_is_one_claim_in_two_pieces(read: Any) -> None:
    found = read("The tunnel, the engineer said, will never be finished.")
    assert found.only["content_text"] == "The tunnel … will never be finished"


def test_a_second_report_joined_by_and_is_a_claim_of_the_same_source(read: Any) -> None:
    found = read("The captain said that the engine had failed and added that nobody was hurt.")
    assert [(r["source_text"], r["cue_lemma"], r["layer"]) for r in found.rows] == [
        ("The captain", "say", 0),
        ("The captain", "add", 0),
    ]
    assert found.rows[0]["content_text"] == "that the engine had failed"


def test_a_present_joined_to_a_past_report_belongs_to_what_is_reported(read: Any) -> None:
    found = read("The analyst said that the deal is large, but changes little.")
    assert found.only["content_text"].endswith("but changes little")


@pytest.mark.parametrize(
    "sentence",
    [
        "The agreement requires both sides to withdraw.",
        "The ministers met in the capital on Monday.",
        "It is expected to rain in the valley.",
    ],
)
def test_a_plain_event_is_no_claim(read: Any, sentence: str) -> None:
    assert read(sentence).rows == []
