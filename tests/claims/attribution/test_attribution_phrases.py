"""Phrases, nouns and adjectives that attribute."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        (
            "The dam is close to breaking, according to the river authority.",
            ("the river authority", "according to", "The dam is close to breaking"),
        ),
        (
            "According to the river authority, the dam is close to breaking.",
            ("the river authority", "According to", "the dam is close to breaking"),
        ),
        (
            "The auditor's claim that the accounts were forged shocked the town.",
            ("The auditor's", "claim", "that the accounts were forged"),
        ),
        (
            "The lawyer rejected the notion that the contract was void.",
            ("The lawyer", "rejected the notion", "that the contract was void"),
        ),
        (
            "The bishop voiced his support for the strikers.",
            ("The bishop", "voiced his support for", "the strikers"),
        ),
        (
            "The farmers are worried that the well will run dry.",
            ("The farmers", "are worried", "that the well will run dry"),
        ),
    ],
)
def test_a_phrase_attributes(read: Any, sentence: str, told: tuple[str, str, str]) -> None:
    assert told in read(sentence).told


def test_allegations_by_a_party_are_its_accusation(read: Any) -> None:
    found = read("Allegations by the auditors that the mayor took bribes have divided the town.")
    assert found.only["stance"] == "accuse"
    assert found.only["source_text"] == "the auditors"


@pytest.mark.parametrize("link", ["", "that "])
def test_a_noun_for_a_claim_denied_in_its_relative_clause_is_a_denial(read: Any, link: str) -> None:
    found = read(f"The envoy repeated accusations that Norland has been arming rebels, a claim {link}both sides deny.")
    accusation, denial = found.by_cue("repeat accusation"), found.by_cue("deny")
    assert accusation["stance"] == "accuse"
    assert accusation["content_text"] == "that Norland has been arming rebels"
    assert (denial["source_text"], denial["content_text"], denial["stance"]) == ("both sides", "a claim", "deny")
    assert denial["refers_to"] == accusation["claim_id"]
