"""Which claims propose the same, whatever the words; and which do not, however alike the words."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

SUPPLY = "Norland has been supplying Vessia with rockets"


@pytest.mark.parametrize(
    "other",
    [
        "Norland shipped thousands of shells to Vessia",
        "Vessia buys its artillery from Norland",
        "Norhaven is arming Vessia in its border war",
    ],
)
def test_other_words_for_the_same_deed_are_the_same_claim(newsroom: Any, other: str) -> None:
    a = newsroom.claim("a.txt", "Ostmark", SUPPLY, "accuse", targets=["Norland"])
    b = newsroom.claim("b.txt", "Council", other)
    assert newsroom.match().together(a, b)


@pytest.mark.parametrize(
    "other",
    [
        "Vessia has been supplying Norland with rockets",
        "Norland has been supplying Vessia with timber",
        "Norland has been supplying Ostmark with rockets",
        "the rockets make the border war longer and more costly for the farmers of Vessia",
        "Norland will sign a fishery agreement with Vessia",
    ],
)
def test_swapped_roles_other_things_other_parties_and_consequences_are_not(newsroom: Any, other: str) -> None:
    a = newsroom.claim("a.txt", "Ostmark", SUPPLY)
    b = newsroom.claim("b.txt", "Council", other)
    assert not newsroom.match().together(a, b)


def test_a_denial_in_other_words_joins_what_it_denies(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "Ostmark", SUPPLY, "accuse", targets=["Norland"])
    b = newsroom.claim("b.txt", "Norland", "it sent any shells to Vessia", "deny", targets=["Norland"])
    c = newsroom.claim("b.txt", "Norland", "that Norland sent any shells to Vessia", "deny")
    matched = newsroom.match()
    assert matched.together(a, c)
    assert matched.member(c)["relation"] == "denies"
    assert b != c


def test_a_denial_goes_where_it_points(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "Ostmark", SUPPLY)
    b = newsroom.claim("a.txt", ["Norland", "Vessia"], "these accusations", "deny", refers_to=a)
    matched = newsroom.match()
    assert matched.together(a, b)
    assert "points to" in matched.member(b)["evidence"]


def test_one_speaker_paraphrased_is_one_utterance(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "Mira Tolvanen", "the harbour tolls “strangle every honest skipper on this coast”")
    b = newsroom.claim("b.txt", "Mira Tolvanen", "the tolls of the harbour strangle honest skippers along the coast")
    matched = newsroom.match()
    assert matched.together(a, b)
    assert matched.member(a)["relation"] == "variant"
    assert "Mira Tolvanen" in matched.member(a)["evidence"]


def test_one_speaker_on_two_matters_makes_two_claims(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "Mira Tolvanen", "the harbour tolls will rise in autumn")
    b = newsroom.claim("b.txt", "Mira Tolvanen", "the lighthouse keepers deserve a pension")
    assert not newsroom.match().together(a, b)


def test_a_stock_phrase_shared_by_strangers_is_no_link(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "Mira Tolvanen", "“Our thoughts are with all those affected by this”")
    b = newsroom.claim("b.txt", "Pavel Dressen", "“Our thoughts are with all those affected by it”")
    assert not newsroom.match().together(a, b)


def test_empty_words_in_two_articles_stay_apart(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "", "to respond", "not_said", source_anonymous=True)
    b = newsroom.claim("b.txt", "", "to respond", "not_said", source_anonymous=True)
    assert not newsroom.match().together(a, b)


def test_an_outer_claim_joins_the_claim_it_passes_on(newsroom: Any) -> None:
    outer = newsroom.claim("a.txt", "Harbour Wire", "analysts predict a strike of the pilots before winter")
    inner = newsroom.claim(
        "a.txt", "", "a strike of the pilots before winter", "predict", parent=outer, source_anonymous=True
    )
    matched = newsroom.match()
    assert matched.together(outer, inner)
    assert matched.member(outer)["evidence"] == "passes on the claim inside it"


def test_neighbours_do_not_chain_strangers_together(newsroom: Any) -> None:
    words = ["tannery", "ferry", "orchard", "quarry", "bakery", "canal", "cement", "copper"]
    claims = [
        newsroom.claim(f"{n}.txt", "", f"the {words[n]} and the {words[n + 1]} and the {words[n + 2]} burned",
                       source_anonymous=True)
        for n in range(6)
    ]  # fmt: skip
    assert not newsroom.match().together(claims[0], claims[-1])


def test_a_claim_inside_another_does_not_draw_the_outer_one_along(newsroom: Any) -> None:
    outer = newsroom.claim(
        "a.txt",
        "Mira Tolvanen",
        "the pilots for the rescue in “the longest winter that this coast remembers”",
        "praise",
    )
    start = newsroom.claims[-1]["content"][0]["start"]
    inner = newsroom.claim("a.txt", "Mira Tolvanen", "“the longest winter that this coast remembers”", "characterize")
    at = start + len("the pilots for the rescue in ")
    length = len("“the longest winter that this coast remembers”")
    newsroom.claims[-1]["content"] = [{"text": newsroom.claims[-1]["content_text"], "start": at, "end": at + length}]
    newsroom.claims[-1]["quoted_spans"] = [{"start": at + 1, "end": at + length - 1}]
    elsewhere = newsroom.claim("b.txt", "Mira Tolvanen", "this was “the longest winter that this coast remembers”")
    matched = newsroom.match()
    assert matched.together(inner, elsewhere)
    assert not matched.together(outer, inner)


def test_other_numbers_weeks_apart_tell_of_another_occasion(newsroom: Any) -> None:
    early, late = (datetime.datetime(2031, month, 9, tzinfo=datetime.UTC) for month in (2, 4))
    for uri, published in (("a.txt", early), ("b.txt", early), ("c.txt", late)):
        newsroom.article(uri, published=published)
    a = newsroom.claim("a.txt", "Ada Quill", "the ferry company owes 90 sailors their wages")
    b = newsroom.claim("b.txt", "Council", "the ferry company owes 120 sailors wages")
    c = newsroom.claim("c.txt", "Ostmark", "the ferry company owes 300 sailors wages")
    matched = newsroom.match()
    assert matched.together(a, b)
    assert not matched.together(a, c)
