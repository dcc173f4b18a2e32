"""Every repair of a span on a sentence of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.entities.lexicon import load_lexicon
from pipeline.entities.repair import join_names, repair_span, split_owner
from pipeline.entities.spans import Passage, read_spans
from pipeline.gazetteer import load_gazetteer

Build = Callable[..., Passage]


def repaired(passage: Passage) -> list[tuple[str, str]]:
    return [
        (mention.text, mention.label)
        for found in read_spans(passage)
        for mention in repair_span(found, passage, load_gazetteer(), load_lexicon())
    ]


@pytest.mark.parametrize(
    ("text", "span", "label", "expected"),
    [
        ("The Tarn Board's vote", "Tarn Board's", "ORG", [("Tarn Board", "ORG")]),
        ("The Tarn Board’s vote", "Tarn Board’s", "ORG", [("Tarn Board", "ORG")]),
        ("the “Tarn Board” said", "“Tarn Board”", "ORG", [("Tarn Board", "ORG")]),
        ("a Norland-led force", "Norland-led", "GPE", [("Norland", "GPE")]),
        ("a U.S.-backed force", "U.S.-backed", "GPE", [("U.S.", "GPE")]),
        ("from the U.S. on Monday", "the U.S.", "GPE", [("the U.S.", "GPE")]),
        ("Dr Ada Berg spoke", "Dr Ada Berg", "PERSON", [("Ada Berg", "PERSON")]),
        ("Gen. Berg spoke", "Gen. Berg", "PERSON", [("Berg", "PERSON")]),
        ("Ada Berg later left", "Ada Berg later", "PERSON", [("Ada Berg", "PERSON")]),
        ("Board for Trade and others", "Board for Trade and", "ORG", [("Board for Trade", "ORG")]),
        ("Norway Ada Berg spoke", "Norway Ada Berg", "PERSON", [("Norway", "GPE"), ("Ada Berg", "PERSON")]),
        ("Han Sol-mi spoke", "Han Sol", "PERSON", [("Han Sol-mi", "PERSON")]),
        ("a Berg-led team", "Berg", "PERSON", [("Berg", "PERSON")]),
        ("Tarn Trade Board (TTB) met", "Tarn Trade Board (TTB", "ORG", [("Tarn Trade Board", "ORG"), ("TTB", "ORG")]),
        ("King Halvard spoke", "King Halvard", "ORG", [("Halvard", "PERSON")]),
        ("the Ministry said", "the Ministry", "ORG", []),
        ("see www.tarn-board.example now", "www.tarn-board.example", "ORG", []),
        ("the board met", "the board", "ORG", []),
        ("Berg (D-Tarn) said", "D-Tarn", "ORG", []),
        ("on Monday", "Monday", "DATE", [("Monday", "DATE")]),
    ],
)
def test_spans_are_repaired(passage: Build, text: str, span: str, label: str, expected: list[tuple[str, str]]) -> None:
    assert repaired(passage(text, {span: label})) == expected


def test_repair_keeps_offsets_on_the_text(passage: Build) -> None:
    text = "Talks with Norway Ada Berg’s side"
    built = passage(text, {"Norway Ada Berg’s": "PERSON"})
    (found,) = read_spans(built)
    for mention in repair_span(found, built, load_gazetteer(), load_lexicon()):
        assert text[mention.start : mention.end] == mention.text
        assert mention.text in built.doc[mention.first : mention.after].text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Norway Health Council", [("Norway", "GPE"), ("Health Council", "ORG")]),
        ("the Danish Trade Ministry", [("Danish", "NORP"), ("Trade Ministry", "ORG")]),
        ("Halm City Council", [("Halm", "GPE"), ("City Council", "ORG")]),
        ("Norway University", [("Norway", "GPE"), ("University", "ORG")]),
        ("Norway Times", [("Norway Times", "ORG")]),
        ("Danish Robotics", [("Danish", "NORP"), ("Robotics", "ORG")]),
        ("Halm Robotics", [("Halm Robotics", "ORG")]),
        ("Supreme Court of Norway", [("Supreme Court", "ORG"), ("Norway", "GPE")]),
        ("Government of Norway", [("Norway", "GPE")]),
        ("Friends of Norway", [("Friends of Norway", "ORG")]),
        ("European Union", [("European Union", "ORG")]),
        ("Tarn Council", [("Tarn Council", "ORG")]),
    ],
)
def test_a_body_is_split_from_the_place_it_is_named_with(
    passage: Build, text: str, expected: list[tuple[str, str]]
) -> None:
    built = passage(text, {text: "ORG"})
    (found,) = read_spans(built)
    parts = split_owner(found, built, load_gazetteer(), load_lexicon(), frozenset({"Halm"}))
    assert [(part.text, part.label) for part in parts] == expected


def test_halves_of_a_name_are_joined(passage: Build) -> None:
    built = passage("Pedro Aru Costa spoke", {"Pedro Aru": "PERSON", "Costa": "PERSON"})
    assert [m.text for m in join_names(list(read_spans(built)), {0: built}, load_lexicon())] == ["Pedro Aru Costa"]


def test_a_month_after_a_first_name_is_its_surname(passage: Build) -> None:
    built = passage("Ada May left in May", {"Ada": "PERSON", "May": "DATE"}, {"left": "VERB", "in": "ADP"})
    assert [m.text for m in join_names(list(read_spans(built)), {0: built}, load_lexicon())] == ["Ada May", "May"]


def test_a_missing_last_part_is_taken_in_but_no_body(passage: Build) -> None:
    whole = passage("Aru San Kee spoke", {"Aru San": "PERSON"}, {"spoke": "VERB"})
    assert [m.text for m in join_names(list(read_spans(whole)), {0: whole}, load_lexicon())] == ["Aru San Kee"]
    body = passage("Ada Berg Foundation paid", {"Ada Berg": "PERSON"}, {"paid": "VERB"})
    assert [m.text for m in join_names(list(read_spans(body)), {0: body}, load_lexicon())] == ["Ada Berg"]
