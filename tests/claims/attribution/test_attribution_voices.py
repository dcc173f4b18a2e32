"""Whose a quotation is: typography where the parse fails, one owner each, and reports that run on to a quotation."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.claims.attribution.quotations import find_quotations


def speaker_of(found: Any, words: str) -> str | None:
    """The source of the one layer-0 claim whose content holds the words."""
    holding = [r for r in found.rows if not r["layer"] and any(words in c["text"] for c in r["content"])]
    assert len(holding) == 1, found.told
    source: str | None = holding[0]["source_text"]
    return source


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("“Why was nobody told about the dam?” Lund pressed.", "Lund"),
        ("“Nobody told us about the dam,” says the 43-year-old. “Not one word.”", "the 43-year-old"),
        ("“The dam will not hold for long,” a voice in the crowd cried out.", "a voice in the crowd"),
        ("The judge shot back, “Nobody told us about the dam.”", "The judge"),
        ("The dam was old. Continued Brevik: “Nobody told us about the dam.”", "Brevik"),
        ("What the town thinks - Anna Brevik: “Nobody told us about the dam.”", "Anna Brevik"),
        ("“Nobody told us about the dam.”\n— Anna Brevik, a teacher", "Anna Brevik"),
        ("“Nobody told us about the dam. We heard it fall.” And that was “all of it.” — Anna Brevik", "Anna Brevik"),
        ("In its report, the council writes:\n“Nobody told us about the dam.”", "the council"),
    ],
)
def test_what_stands_beside_a_quotation_names_its_speaker(read: Any, text: str, speaker: str) -> None:
    words = next(w for w in ("told", "hold") if w in text)
    assert speaker_of(read(text), words) == speaker


def test_a_quotation_belongs_to_the_speaker_right_behind_it(read: Any) -> None:
    found = read("Brevik defended her record in a film about the valley: “We built the dam in a year,” the mayor says.")
    assert speaker_of(found, "built the dam") == "the mayor"


def test_what_was_said_before_the_next_speaker_is_announced_is_not_hers(read: Any) -> None:
    found = read("Lund asked, “Why did you come to the valley?” Brevik replied, “The dam needed work.”")
    assert speaker_of(found, "Why did you") == "Lund"
    assert speaker_of(found, "needed work") == "Brevik"


def test_a_report_runs_on_to_the_quotation_that_ends_its_sentence(read: Any) -> None:
    found = read("Brevik said that the dam was old, costly and “not worth a single coin of ours.”")
    assert speaker_of(found, "not worth") == "Brevik"


def test_a_participle_behind_a_report_has_its_quotation(read: Any) -> None:
    found = read("“The dam is old,” Brevik said, adding that the valley “has seen much worse than that.”")
    assert speaker_of(found, "much worse") == "Brevik"
    assert speaker_of(found, "The dam is old") == "Brevik"


def test_a_linking_word_before_a_quotation_leaves_it_with_the_speaker(read: Any) -> None:
    found = read("“The dam is old,” Brevik said. Then, “We shall have to leave the valley.”")
    assert speaker_of(found, "leave the valley") == "Brevik"


def test_a_report_in_a_relative_clause_does_not_take_over(read: Any) -> None:
    found = read("“The dam is old,” said Brevik, who believes that it will fall. “We must leave the valley soon.”")
    assert speaker_of(found, "must leave") == "Brevik"


def test_a_relay_holds_all_that_its_speaker_says(read: Any) -> None:
    found = read("“The dam is old,” Brevik said, according to the Gazette. “We must leave the valley soon.”")
    relayed = found.by_cue("according to")
    assert "must leave" in relayed["content_text"]


def test_the_title_of_a_work_is_not_said(read: Any) -> None:
    found = read("Brevik said that the dam was old in a talk on “The Morning of the Valley.”")
    assert all("Morning of" not in c["text"] for r in found.rows for c in r["content"] if c["text"].startswith("“"))


def test_an_opening_mark_typed_for_a_closing_one_closes() -> None:
    text = "“It is old,“ said Brevik. “It will fall.”"
    assert [text[q.start : q.end] for q in find_quotations(text, [(0, 0, len(text))])] == [
        "“It is old,“",
        "“It will fall.”",
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["“", "”", '"', "it is,", " old. ", "— A. Lund", ":", "\n", "said", "Anna "]), max_size=30)
)
def test_quotations_never_overlap(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = find_quotations(text, [(0, 0, len(text))])
    spans = sorted(span for quotation in found for span in quotation.pieces)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Vessia branded Norland an “outlaw nation on the northern coast.”", "Vessia"),
        ("Lund said last week that the dam was old, so the valley would get “the safest dam ever built.”", "Lund"),
        ("The crowd was small, because to her, “the dam is a shame for all of us.”", "her"),
        ("Lund said the town would pay, and when pressed for figures, Brevik replied, “It will be cheap.”", "Brevik"),
        ("She became so upset, and drove so fast, that I had to tell her: “The dam will hold for long.”", "I"),
        ("“The dam is a great success for all,” Lund says, but she warns that she sees “two sides to that.”", "Lund"),
    ],
)
def test_the_words_of_a_sentence_name_the_speaker_of_its_quotation(read: Any, text: str, speaker: str) -> None:
    words = next(w for w in ("outlaw", "safest", "shame", "cheap", "hold for", "success") if w in text)
    assert speaker_of(read(text), words) == speaker


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Lund’s answer was: “Is the harbour really so deep?” The port is old.", "Lund’s"),
        ("“The harbour will never be deep enough for us,” the two write.", "the two"),
        ("“The harbour will never be deep enough for us,”\u00a0added Lund.", "Lund"),
        ("The votes fell - Anna Lund and Jan Brevik: “The harbour will never be deep.”", "Anna Lund and Jan Brevik"),
        (
            "“The port is old,” said Anna Lund. “It leaks.” Brevik added that it cost much. “The harbour pays.”",
            "Brevik",
        ),
    ],
)
def test_marks_and_words_beside_a_quotation_tell_its_speaker(read: Any, text: str, speaker: str) -> None:
    words = next(w for w in ("really so deep", "never be", "The harbour pays") if w in text)
    assert speaker_of(read(text), words) == speaker


def test_what_the_article_tells_behind_a_report_is_no_part_of_it(read: Any) -> None:
    found = read("“The dam is a great success for all,” Lund said, but the crowd at the port only laughed.")
    assert found.only["content_text"] == "“The dam is a great success for all,”"


def test_a_curly_mark_between_spaces_opens_a_quotation() -> None:
    text = "“The dam is old,” Lund said. “ You know, it was never safe.”"
    assert [text[q.start : q.end] for q in find_quotations(text, [(0, 0, len(text))])] == [
        "“The dam is old,”",
        "“ You know, it was never safe.”",
    ]
