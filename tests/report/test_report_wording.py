"""Every closed value has its words; dates and numbers read the same everywhere."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import tables
from pipeline.report import wording
from pipeline.report.quotations import compare_texts


@pytest.mark.parametrize(
    ("words", "closed"),
    [
        (wording.STANCE_VERBS, tables.STANCES),
        (wording.QUOTE_TYPES, tables.QUOTE_TYPES),
        (wording.CONFLICT_TYPES, tables.CONFLICT_TYPES),
        (wording.VARIANT_RELATIONS, tables.VARIANT_RELATIONS),
        (wording.PAIR_KINDS, tables.PAIR_KINDS),
        (wording.SHARED_KINDS, tables.SHARED_KINDS),
        (wording.CANONICAL_REASONS, tables.CANONICAL_REASONS),
        (wording.ORIGIN_EVIDENCE, tables.ORIGIN_EVIDENCE),
        (wording.QUARANTINE_REASONS, tables.QUARANTINE_REASONS),
        (wording.PASSAGE_KINDS, tables.PASSAGE_KINDS),
        (wording.STATUSES, tables.STATUSES),
        (wording.SIDE_WORDS, tables.SIDES),
    ],
)
def test_every_value_of_a_closed_list_has_words(words: dict[str, str], closed: tuple[str, ...]) -> None:
    assert set(words) == set(closed)


def test_dates_and_numbers() -> None:
    assert wording.date_words(datetime.datetime(2031, 12, 1, tzinfo=datetime.UTC)) == "1 December 2031"
    assert wording.date_words(None) == ""
    assert wording.counted(1, "copy", "copies") == "1 copy"
    assert wording.counted(2000, "article") == "2,000 articles"


def test_a_range_of_days_is_short() -> None:
    days = [datetime.datetime(2031, month, day, tzinfo=datetime.UTC) for month, day in ((3, 4), (3, 6), (2, 28))]
    assert wording.date_range([]) == ""
    assert wording.date_range(days[:1]) == "4 Mar 2031"
    assert wording.date_range(days[:2]) == "4–6 Mar 2031"
    assert wording.date_range(days) == "28 Feb – 6 Mar 2031"
    assert wording.date_range([*days, days[0].replace(year=2030)]) == "4 Mar 2030 – 6 Mar 2031"


@given(st.text(max_size=60), st.integers(2, 40))
def test_a_shortened_text_keeps_to_its_length_and_says_that_it_was_cut(text: str, limit: int) -> None:
    short = wording.shortened(text, limit)
    assert len(short) <= limit or short == text
    assert short == text or short.endswith("…")


def test_a_proposition_becomes_a_heading() -> None:
    assert wording.headline("that the  dam\nheld") == "The dam held"
    assert wording.headline("“we held it,”") == "“we held it,”"
    assert wording.headline("") == ""


def test_line_breaks_and_control_characters_are_made_printable() -> None:
    assert wording.printable("a\r\nb\rc\td\x00e") == "a\nb\nc\td\ufffde"


def test_differing_words_are_marked_and_quotation_marks_do_not_count() -> None:
    parts_a, parts_b = compare_texts("“The dam held well,”", 'the dam "held"')
    assert [(part.words, part.differs) for part in parts_a] == [("“The dam held", False), ("well,”", True)]
    assert [(part.words, part.differs) for part in parts_b] == [('the dam "held"', False)]


@given(st.text(alphabet="ab c“”.", max_size=30), st.text(alphabet="ab c“”.", max_size=30))
def test_both_versions_stay_whole(text_a: str, text_b: str) -> None:
    parts_a, parts_b = compare_texts(text_a, text_b)
    assert " ".join(part.words for part in parts_a) == " ".join(text_a.split())
    assert " ".join(part.words for part in parts_b) == " ".join(text_b.split())
