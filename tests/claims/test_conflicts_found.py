"""Each kind of conflict on one small case, and the cases that must not be called one."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.claims.conflicts import conflicts_version
from pipeline.tables import CONFLICT_TYPES

DEED = "Norland has been supplying Vessia with rockets"


@pytest.fixture
def contested(newsroom: Any) -> Any:
    """Ostmark accuses in two articles; one of them carries the denial, and a copy repeats the other."""
    a = newsroom.claim("both.txt", "Ostmark", DEED, "accuse", targets=["Norland"])
    newsroom.claim("both.txt", ["Norland", "Vessia"], "these accusations", "deny", refers_to=a)
    newsroom.claim("one.txt", "Ostmark", "Norland shipped shells to Vessia", "accuse", targets=["Norland"])
    newsroom.article("copy.txt", copy_of="one.txt")
    newsroom.claim("copy.txt", "Ostmark", "Norland shipped shells to Vessia", "accuse", targets=["Norland"])
    return newsroom


def test_a_denial_against_its_accusation_is_hard_and_names_both_sides(contested: Any) -> None:
    (row,) = contested.match().found("accusation_vs_denial")
    assert row["strength"] == "hard"
    assert row["explanation"] == (
        "“Norland shipped shells to Vessia” is alleged by Ostmark and denied by Norland and Vessia (in both.txt)."
    )


def test_an_omitted_denial_names_the_articles_and_no_copy_twice(contested: Any) -> None:
    (row,) = contested.match().found("omitted_denial")
    assert row["strength"] == "soft"
    assert len(row["claim_ids_a"]) == 1
    assert row["explanation"] == (
        "both.txt carries the denial by Norland and Vessia; one.txt reports the claim without it."
    )


def test_no_denial_no_dispute(newsroom: Any) -> None:
    newsroom.claim("a.txt", "Ostmark", DEED, "accuse", targets=["Norland"])
    newsroom.claim("b.txt", "Council", DEED)
    assert not newsroom.match().conflicts


def test_quotations_that_cannot_both_be_verbatim_are_hard(newsroom: Any) -> None:
    newsroom.claim("a.txt", "Mira Tolvanen", "“the tolls strangle every honest skipper on this coast”")
    newsroom.claim("b.txt", "Mira Tolvanen", "“the tolls strangle every greedy skipper on this coast”")
    (row,) = newsroom.match().found("quotation_variant")
    assert row["strength"] == "hard"
    assert "honest" in row["explanation"] and "greedy" in row["explanation"]


@pytest.mark.parametrize(
    "other",
    [
        "“the tolls strangle every honest skipper”",
        "“every honest skipper on this coast” is strangled by the tolls",
        "“the tolls … strangle every honest skipper on this coast”",
        "“The tolls strangle every honest skipper on this coast.”",
    ],
)
def test_a_shortened_quotation_is_no_hard_conflict(newsroom: Any, other: str) -> None:
    newsroom.claim("a.txt", "Mira Tolvanen", "“the tolls strangle every honest skipper on this coast”")
    newsroom.claim("b.txt", "Mira Tolvanen", other)
    assert not [row for row in newsroom.match().conflicts if row["strength"] == "hard"]


def test_versions_that_differ_in_the_same_word_are_one_conflict(newsroom: Any) -> None:
    for name in ("a.txt", "b.txt"):
        newsroom.claim(name, "Mira Tolvanen", "“the tolls strangle every honest skipper on this coast”")
    newsroom.claim("c.txt", "Mira Tolvanen", "“the tolls strangle every greedy skipper on this coast”")
    (row,) = newsroom.match().found("quotation_variant")
    assert len(row["claim_ids_a"]) + len(row["claim_ids_b"]) == 3


def test_what_reads_like_two_translations_is_soft(newsroom: Any) -> None:
    newsroom.claim(
        "a.txt", "Mira Tolvanen", "“our coast is wounded but it will be stronger than the barons who want to sell it”"
    )
    newsroom.claim(
        "b.txt", "Mira Tolvanen", "“the shore bleeds but it will be stronger than the barons who wish to trade her”"
    )
    assert {row["strength"] for row in newsroom.match().found("quotation_variant")} == {"soft"}


def test_british_and_american_spelling_do_not_clash(newsroom: Any) -> None:
    newsroom.claim("a.txt", "Mira Tolvanen", "“we have organised the harbour pilots against these tolls”")
    newsroom.claim("b.txt", "Mira Tolvanen", "“we have organized the harbor pilots against these tolls”")
    assert not newsroom.match().found("quotation_variant")


def test_a_quoted_word_replaced_outside_the_marks_is_soft(newsroom: Any) -> None:
    newsroom.claim("a.txt", "Mira Tolvanen", "“a crusade of the shameless toll barons and their lackeys”")
    newsroom.claim("b.txt", "Mira Tolvanen", "a “crusade of the shameless toll barons” and their partners")
    (row,) = newsroom.match().found("quotation_variant")
    assert row["strength"] == "soft"
    assert row["explanation"] == "a.txt quotes “lackeys” where b.txt writes “partners” in its own words."


def test_a_headline_that_adds_a_speaker_contradicts_its_body(newsroom: Any) -> None:
    newsroom.claim(
        "a.txt", ["Mira Tolvanen", "Pavel Dressen"], "the coast has seen ‘a golden age of ferries’", in_title=True,
        quoted_spans=[{"start": 20, "end": 43}],
    )  # fmt: skip
    newsroom.claim("a.txt", "Mira Tolvanen", "the ports live through “a golden age of ferries”")
    (row,) = newsroom.match().found("headline_vs_body")
    assert row["strength"] == "hard"
    assert "Pavel Dressen" in row["explanation"]


def test_a_headline_for_the_state_of_the_speaker_is_no_conflict(newsroom: Any) -> None:
    newsroom.claim("a.txt", "Norland", "“a golden age of ferries” has begun", in_title=True)
    newsroom.claim("a.txt", "Mira Tolvanen", "“a golden age of ferries” has begun on the coast")
    assert not newsroom.match().found("headline_vs_body")


def test_one_quotation_of_two_persons_is_a_hard_mismatch(newsroom: Any) -> None:
    words = "“the lighthouse keepers were sold for a barrel of salted herring”"
    newsroom.claim("a.txt", "Mira Tolvanen", words)
    newsroom.claim("b.txt", "Ada Quill", words)
    (row,) = newsroom.match().found("speaker_mismatch")
    assert row["strength"] == "hard"


def test_a_relayed_quotation_has_one_speaker(newsroom: Any) -> None:
    words = "“the lighthouse keepers were sold for a barrel of salted herring”"
    newsroom.claim("a.txt", "Mira Tolvanen", words, relayed_by=["Harbour Wire"])
    newsroom.claim("b.txt", "Harbour Wire", words)
    assert not newsroom.match().found("speaker_mismatch")


def test_two_names_of_one_person_are_no_mismatch(newsroom: Any) -> None:
    newsroom.entity("Captain Tolvanen", kind="PERSON")
    words = "“the lighthouse keepers were sold for a barrel of salted herring”"
    newsroom.claim("a.txt", "Mira Tolvanen", words)
    newsroom.claim("b.txt", "Captain Tolvanen", words)
    assert not newsroom.match().found("speaker_mismatch")


def test_words_that_lose_their_speaker_are_noticed(newsroom: Any) -> None:
    words = "“the lighthouse keepers were sold for a barrel of salted herring”"
    newsroom.claim("a.txt", "Ada Quill", words)
    newsroom.claim("b.txt", "", words, source_text="an insider", source_anonymous=True)
    (row,) = newsroom.match().found("attribution_lost")
    assert row["strength"] == "soft"
    assert row["explanation"] == "a.txt gives to Ada Quill what b.txt gives to an insider."


def test_numbers_of_the_same_thing_that_differ(newsroom: Any) -> None:
    newsroom.claim("a.txt", "Ostmark", "the storm off Norland sank 21 trawlers and a ferry")
    newsroom.claim("b.txt", "Council", "the storm off Norland sank 34 trawlers and a ferry")
    (row,) = newsroom.match().found("numbers_differ")
    assert row["strength"] == "soft"
    assert row["explanation"] == "a.txt gives 21, b.txt 34 (trawlers)."


def test_a_share_and_its_total_do_not_differ(newsroom: Any) -> None:
    newsroom.claim("a.txt", "Ostmark", "the storm off Norland sank 21 trawlers and a ferry")
    newsroom.claim("b.txt", "Council", "the storm off Norland sank 21 of the 200 trawlers and a ferry")
    assert not newsroom.match().found("numbers_differ")


def test_an_answer_of_the_accused_beside_the_accusation(newsroom: Any) -> None:
    newsroom.claim("a.txt", "Ostmark", DEED, "accuse", targets=["Norland"])
    newsroom.claim("a.txt", "Norland", "its trade is in full compliance with every treaty")
    (row,) = newsroom.match().found("counter_assertion")
    assert row["strength"] == "soft"
    assert row["explanation"].startswith("Accused by Ostmark, Norland answers “its trade is in full compliance")


def test_opposite_words_for_one_thing(newsroom: Any) -> None:
    newsroom.claim("a.txt", "Norland", "the Norlandic lighthouse treaty is peaceful", "characterize")
    newsroom.claim("b.txt", "Ostmark", "the lighthouse treaty of Norland is provocative", "characterize")
    (row,) = newsroom.match().found("characterisation")
    assert row["strength"] == "soft"


def test_rows_fit_the_closed_lists(contested: Any) -> None:
    rows = contested.match().conflicts
    assert {row["type"] for row in rows} <= set(CONFLICT_TYPES)
    assert all(row["explanation"].endswith(".") for row in rows)
    assert len({row["conflict_id"] for row in rows}) == len(rows)


def test_the_version_names_the_word_tables() -> None:
    assert "words" in conflicts_version()
