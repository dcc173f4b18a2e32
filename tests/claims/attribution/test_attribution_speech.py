"""Who says a quotation: beside it, in the sentence before, or from the paragraph before."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    "text",
    [
        "“We will rebuild the bridge,” Anna Brevik said.",
        "“We will rebuild the bridge,” said Anna Brevik.",
        "Anna Brevik said: “We will rebuild the bridge.”",
        "Anna Brevik said, “We will rebuild the bridge.”",
        "''We will rebuild the bridge,'' Anna Brevik said.",
    ],
)
def test_a_direct_quotation_has_its_speaker(read: Any, text: str) -> None:
    found = read(text).only
    assert found["source_text"] == "Anna Brevik"
    assert "We will rebuild the bridge" in found["content_text"]
    assert found["quote_type"] == "direct"
    assert [text[s["start"] : s["end"]].strip(",.") for s in found["quoted_spans"]] == ["We will rebuild the bridge"]


def test_a_quotation_of_several_sentences_is_one_content(read: Any) -> None:
    found = read("“The bridge is gone. We will build it again. Nobody will stop us,” Anna Brevik said.").only
    assert found["content_text"].startswith("“The bridge is gone.")
    assert found["content_text"].endswith("stop us,”")


def test_a_quotation_split_by_its_cue_is_one_claim_with_two_pieces(read: Any) -> None:
    found = read("“We will build it again,” she said, “but not in the same place.”").only
    assert found["content_text"] == "“We will build it again,” … “but not in the same place.”"


def test_a_further_quotation_in_the_paragraph_is_a_second_piece(read: Any) -> None:
    found = read("“The bridge is gone,” she said. “We will build it again next year.”").only
    assert found["content_text"] == "“The bridge is gone,” … “We will build it again next year.”"


def test_a_quotation_that_runs_on_in_the_next_paragraph_is_one_claim(read: Any) -> None:
    found = read("Anna Brevik said: “The bridge is gone and the road is closed.\n“We will build it again.”").only
    assert [c["text"] for c in found["content"]][-1] == "“We will build it again.”"


def test_a_paragraph_of_quotation_goes_on_with_the_speaker_before(read: Any) -> None:
    found = read("“The bridge is gone,” Anna Brevik said.\n“We never thought that it could happen to us.”")
    assert [r["source_text"] for r in found.rows] == ["Anna Brevik", "Anna Brevik"]
    assert found.rows[1]["source_resolution"] == "inherited"
    assert found.rows[1]["rule"] == "quotation_continued"


def test_the_speaker_may_stand_in_the_sentence_before(read: Any) -> None:
    found = read("Anna Brevik shook her head slowly. “I never wanted any of this to happen.”").only
    assert (found["source_text"], found["rule"]) == ("Anna Brevik", "quotation_after_speaker")


def test_titles_and_words_in_irony_are_no_speech(read: Any) -> None:
    assert read("The film “The Long Road Home” opened on Friday.").rows == []
    assert read("The “experts” met in the capital on Friday.").rows == []


def test_an_attribution_within_a_quotation_is_the_speakers_own_words(read: Any) -> None:
    found = read("“I think that the bridge will hold,” the engineer said.").only
    assert found["source_text"] == "the engineer"


def test_a_half_quoted_sentence_is_mixed(read: Any) -> None:
    found = read("The minister said that the talks were “long and bitter” and had to be repeated.").only
    assert found["quote_type"] == "mixed"


def test_a_quotation_signed_with_a_dash_is_the_signers(read: Any) -> None:
    found = read("“We never wanted this bridge and nobody asked us.” — Anna Brevik").only
    assert (found["source_text"], found["rule"]) == ("Anna Brevik", "signature")


def test_a_paragraph_that_ends_with_a_colon_announces_the_speaker_of_the_next(read: Any) -> None:
    found = read(
        "Anna Brevik released a short note on Monday:\n“We never wanted this bridge and nobody asked us.”"
    ).only
    assert (found["source_text"], found["rule"]) == ("Anna Brevik", "quotation_after_colon")


def test_the_issuer_of_a_statement_is_its_source(read: Any) -> None:
    found = read("The port authority issued a statement saying that the crane was safe.").only
    assert found["source_text"] == "The port authority"
    assert found["cue"][0]["text"] == "issued a statement saying"


def test_a_speaker_behind_the_comma_of_a_quotation_wins_over_the_one_before(read: Any) -> None:
    text = "“The bridge is gone,” Anna Brevik said.\n“Nobody will ever build it again,” sighed old Peter Lund."
    assert read(text).rows[1]["source_text"] == "old Peter Lund"
