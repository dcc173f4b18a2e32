"""Attitudes that no verb of speech tells: nouns, adjectives, relative clauses and what alarms or pleases somebody."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("The forest law, opposed by the farmers, was signed.", ("the farmers", "opposed", "The forest law")),
        ("The tax that the bishop proposed was popular.", ("the bishop", "proposed", "The tax")),
        ("The flood alarmed the villagers.", ("the villagers", "alarmed", "The flood")),
        (
            "The villagers were shocked by the price of the bridge.",
            ("The villagers", "were shocked by", "the price of the bridge"),
        ),
        (
            "It surprised the mayor that the bridge was closed.",
            ("the mayor", "surprised", "that the bridge was closed"),
        ),
        ("The mayor drew criticism from the bishops.", ("the bishops", "drew criticism from", "The mayor")),
        ("The senator's aim is to close the harbour.", ("The senator's", "aim is", "to close the harbour")),
        ("His argument was that the bridge would fall.", ("His", "argument was", "that the bridge would fall")),
        ("Anna Brevik is a supporter of the strikers.", ("Anna Brevik", "is a supporter of", "the strikers")),
        ("The bishop took issue with the closure.", ("The bishop", "took issue with", "the closure")),
        ("The bishop has misgivings about the closure.", ("The bishop", "has misgivings about", "the closure")),
        (
            "The judge rejected a request to open the archive.",
            ("The judge", "rejected", "a request to open the archive"),
        ),
        (
            "The mayor's decision not to close the harbour was popular.",
            ("The mayor's", "decision", "not to close the harbour"),
        ),
        (
            "The farmers, fearful that the dam would break, left the valley.",
            ("The farmers", "fearful", "that the dam would break"),
        ),
        ("Anna Brevik was opposed to the closure.", ("Anna Brevik", "was opposed to", "the closure")),
        ("The senator came out against the closure.", ("The senator", "came out against", "the closure")),
        (
            "To the farmers, the reform is a betrayal of the valley.",
            ("the farmers", "To", "the reform is a betrayal of the valley"),
        ),
        (
            "Brevik leads Lund by six points in the latest poll.",
            ("the latest poll", "in", "Brevik leads Lund by six points"),
        ),
    ],
)
def test_an_attitude_has_its_holder_and_its_object(read: Any, sentence: str, told: tuple[str, str, str]) -> None:
    assert told in read(sentence).told


@pytest.mark.parametrize(
    "sentence",
    [
        "For the farmers, the summer was long.",
        "The flood destroyed the villagers' houses.",
        "The mayor received a letter from the bishops.",
        "The bishop took a train with the mayor.",
        "Sixty islanders took part in the latest poll.",
    ],
)
def test_a_deed_or_a_circumstance_is_no_attitude(read: Any, sentence: str) -> None:
    assert read(sentence).rows == []


def test_a_judgement_of_somebodys_decision_is_one_claim_with_the_decision_as_its_content(read: Any) -> None:
    only = read("The senator defended her decision to close the harbour.").only
    assert (only["cue_lemma"], only["content_text"]) == ("defend", "her decision to close the harbour")


def test_what_is_judged_by_many_is_judged_by_who_is_named_behind_the_judgement(read: Any) -> None:
    only = read("The plan has won the support of the bakers.").only
    assert (only["source_text"], only["content_text"], only["stance"]) == ("the bakers", "The plan", "praise")


def test_it_holds_an_aim_or_a_judgement(read: Any) -> None:
    rows = read("The union met in May. It opposes the closure. It hopes to save the port.").rows
    assert [(row["source_text"], row["content_text"]) for row in rows] == [
        ("It", "the closure"),
        ("It", "to save the port"),
    ]


def test_what_was_told_before_is_content_as_it(read: Any) -> None:
    only = read("The bill was read in May. The bishops opposed it.").only
    assert (only["source_text"], only["content_text"]) == ("The bishops", "it")


def test_the_articles_own_i_is_no_source_of_an_attitude(read: Any) -> None:
    assert read("I oppose the closure of the port.").rows == []
