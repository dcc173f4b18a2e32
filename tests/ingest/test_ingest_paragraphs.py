"""Paragraphs of hard-wrapped, one-per-line and mixed texts."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.paragraphs import cut_paragraphs

TEXT = """pilots harbour rota night said the of in and authority talks ferries islands Monday shift gate mayor Brenlow
over under because nobody asked them before it began"""
SENTENCE = st.lists(st.sampled_from(TEXT.split()), min_size=30, max_size=60).map(lambda words: " ".join(words) + ".")


def passages(text: str) -> list[str]:
    return [text[p.start : p.end] for p in cut_paragraphs(text, 0, len(text))]


@given(st.lists(SENTENCE, min_size=2, max_size=6), st.integers(60, 80))
def test_wrapping_paragraphs_does_not_change_where_they_end(paragraphs: list[str], width: int) -> None:
    wrapped = "\n\n".join(textwrap.fill(paragraph, width) for paragraph in paragraphs)
    assert [" ".join(p.split()) for p in passages(wrapped)] == paragraphs


@given(st.lists(SENTENCE, min_size=1, max_size=6), st.sampled_from(["\n", "\n\n", "\r\n", "\n \t\n", "\u2029"]))
def test_paragraphs_on_one_line_each_stay_what_they_are(paragraphs: list[str], gap: str) -> None:
    capitalised = [paragraph[0].upper() + paragraph[1:] for paragraph in paragraphs]
    assert passages(gap.join(capitalised)) == capitalised


def test_indented_first_lines_part_wrapped_paragraphs() -> None:
    text = (
        "   Pilots in Brenlow walked out over night shifts on Monday,\n"
        "and the harbour was shut for most of the day, the authority\n"
        "said. Nobody was let in, and nobody got out in time for the\n"
        "evening ferry to the islands that lie off Brenlow and Salt.\n"
        "   The mayor of Brenlow asked both sides to talk again, and\n"
        "soon, since stores on the islands would last no longer than\n"
        "to the end of the week, or so the shops reckon."
    )
    assert [p.split()[0] for p in passages(text)] == ["Pilots", "The"]


def test_an_address_is_a_paragraph_whatever_follows_it() -> None:
    text = "https://post.example/1\nbrenlow post, 3 June - Pilots walked out over night shifts."
    assert passages(text) == text.split("\n")


@pytest.mark.parametrize("text", ["", " \n\t\n ", "\u2028"])
def test_nothing_has_no_paragraphs(text: str) -> None:
    assert passages(text) == []
