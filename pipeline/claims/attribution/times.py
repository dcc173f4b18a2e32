"""The time that a claim's content speaks of, from its date expressions; a date only where it can be read safely."""

from __future__ import annotations

import bisect
import calendar
import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.claims.attribution.found import Place, Span

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY = re.compile(rf"(?:on\s+)?({_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(\d{{4}}))?", re.IGNORECASE)
_DAY_FIRST = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?\s+({_MONTH})\.?(?:,?\s+(\d{{4}}))?", re.IGNORECASE)
_MONTH_YEAR = re.compile(rf"(?:early|late|mid-?)?\s*({_MONTH})\.?,?\s+(\d{{4}})", re.IGNORECASE)
_YEAR = re.compile(r"(?:the\s+year\s+)?((?:19|20)\d{2})", re.IGNORECASE)
_ADVERBIAL = frozenset(["pobj", "npadvmod", "tmod", "advmod", "dobj", "nsubj", "ROOT", "appos"])  # not "a 1999 treaty"
_RELATIVE = {"today": 0, "yesterday": -1, "tomorrow": 1}
_DURATION = re.compile(
    r"\b(?:years?|months?|weeks?|days?|decades?|annual|daily|weekly|monthly|quarterly)\b", re.IGNORECASE
)
_POINTING = re.compile(r"\b(?:last|this|next|past|coming)\b", re.IGNORECASE)


@dataclass(frozen=True)
class EventTime:
    """Start and end (exclusive) in UTC where they can be read, and the words that say so."""

    start: datetime.datetime | None = None
    end: datetime.datetime | None = None
    text: str | None = None


class Dates:
    """Date expressions of one article, in text order."""

    def __init__(self, places: Sequence[Place], published_at: datetime.datetime | None) -> None:
        self._spans = sorted(
            (place.start + ent.start_char, place.start + ent.end_char, ent.text)
            for place in places
            for ent in place.doc.ents
            if ent.label_ == "DATE" and ent.root.dep_ in _ADVERBIAL
        )
        self._starts = [start for start, _, _ in self._spans]
        self._published = published_at

    def of(self, content: Sequence[Span]) -> EventTime:
        """The first date expression in the content that names a time rather than a length of time."""
        for start, end in content:
            at = bisect.bisect_left(self._starts, start)
            while at < len(self._spans) and self._spans[at][1] <= end:
                words = self._spans[at][2]
                at += 1
                if (_DURATION.search(words) and not _POINTING.search(words)) or not any(c.isalnum() for c in words):
                    continue
                first, last = read_date(words, self._published)
                return EventTime(first, last, words)
        return EventTime()


def read_date(
    words: str, published_at: datetime.datetime | None
) -> tuple[datetime.datetime | None, datetime.datetime | None]:
    """Start and end (exclusive) of a date expression; (None, None) where it is not safe to say.

    Full dates, months with a year and years stand for themselves. "Today", "yesterday" and "tomorrow" count from the
    day of publication; a bare weekday is not decided (last or next is open), nor a day without a year unless published
    in the same month.
    """
    words = words.strip().rstrip(",.")
    for pattern, month_at, day_at in ((_DAY, 1, 2), (_DAY_FIRST, 2, 1)):
        matched = pattern.fullmatch(words)
        if matched:
            year = int(matched.group(3)) if matched.group(3) else None
            return _day(_MONTHS[matched.group(month_at).lower()], int(matched.group(day_at)), year, published_at)
    matched = _MONTH_YEAR.fullmatch(words)
    if matched:
        year, month = int(matched.group(2)), _MONTHS[matched.group(1).lower()]
        first = _utc(year, month, 1)
        return first, (_utc(year + 1, 1, 1) if month == 12 else _utc(year, month + 1, 1))
    matched = _YEAR.fullmatch(words)
    if matched:
        year = int(matched.group(1))
        return _utc(year, 1, 1), _utc(year + 1, 1, 1)
    if words.lower() in _RELATIVE and published_at is not None:
        day = _utc(published_at.year, published_at.month, published_at.day)
        first = day + datetime.timedelta(days=_RELATIVE[words.lower()])
        return first, first + datetime.timedelta(days=1)
    return None, None


def _day(
    month: int, day: int, year: int | None, published_at: datetime.datetime | None
) -> tuple[datetime.datetime | None, datetime.datetime | None]:
    if year is None:
        if published_at is None or published_at.month != month:
            return None, None
        year = published_at.year
    try:
        first = _utc(year, month, day)
    except ValueError:
        return None, None
    return first, first + datetime.timedelta(days=1)


def _utc(year: int, month: int, day: int) -> datetime.datetime:
    return datetime.datetime(year, month, day, tzinfo=datetime.UTC)
