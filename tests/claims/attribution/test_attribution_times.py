"""Times that a claim speaks of: read only where it is safe."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from pipeline.claims.attribution.times import read_date

PUBLISHED = datetime.datetime(2031, 5, 14, 9, tzinfo=datetime.UTC)


def day(year: int, month: int, number: int) -> datetime.datetime:
    return datetime.datetime(year, month, number, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("March 3, 2030", day(2030, 3, 3), day(2030, 3, 4)),
        ("3 March 2030", day(2030, 3, 3), day(2030, 3, 4)),
        ("December 2029", day(2029, 12, 1), day(2030, 1, 1)),
        ("2029", day(2029, 1, 1), day(2030, 1, 1)),
        ("yesterday", day(2031, 5, 13), day(2031, 5, 14)),
        ("May 2", day(2031, 5, 2), day(2031, 5, 3)),
        ("March 2", None, None),
        ("February 31, 2030", None, None),
        ("Tuesday", None, None),
        ("last spring", None, None),
    ],
)
def test_a_date_is_read_where_it_can_only_mean_one_time(
    words: str, start: datetime.datetime | None, end: datetime.datetime | None
) -> None:
    assert read_date(words, PUBLISHED) == (start, end)


def test_without_a_day_of_publication_yesterday_is_not_read() -> None:
    assert read_date("yesterday", None) == (None, None)


def test_the_time_in_the_content_is_kept_in_words(read: Any) -> None:
    found = read("The mayor said that the bridge fell in March 2030.").only
    assert found["time_text"] == "March 2030"
    assert found["event_time_start"] == day(2030, 3, 1)


def test_the_day_of_the_utterance_is_no_time_of_the_content(read: Any) -> None:
    assert read("The mayor said on March 3, 2030 that the bridge was safe.").only["time_text"] is None
