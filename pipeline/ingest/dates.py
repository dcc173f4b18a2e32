"""Dates of articles: what a machine or an editor writes, to UTC. Never guessed: an ambiguous date is no date."""

from __future__ import annotations

import datetime
import email.utils
import math
import re
from typing import Any

UTC = datetime.timezone.utc  # noqa: UP017 - datetime.UTC reads worse next to datetime.datetime
_MONTHS = {
    month: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for month in names.split()
}
# Hours east of UTC. The zones of RFC 2822 and the ones that editors write without a number; BST and IST are
# ambiguous and stay out.
_ZONES = {
    "utc": 0,
    "gmt": 0,
    "z": 0,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
    "cet": 1,
    "cest": 2,
}
_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_CLOCK = (
    r"(?:,?\s+(?:at\s+)?(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?\s*"
    r"(?P<half>[ap]\.?m\.?)?\s*(?P<zone>[a-z]{1,4}|[+-]\d{2}:?\d{2})?)?"
)
_WRITTEN = tuple(
    re.compile(rf"{_WEEKDAY}{day}{_CLOCK}\.?", re.IGNORECASE)
    for day in (
        rf"(?P<month>{_NAME})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})",
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?\s+(?P<month>{_NAME})\.?,?\s+(?P<year>\d{{4}})",
        r"(?P<year>\d{4})[/.](?P<month>\d{1,2})[/.](?P<day>\d{1,2})",
    )
)
_EARLIEST_SECONDS, _EARLIEST_MILLIS, _LATEST_MILLIS = 1e8, 1e11, 1e14


def parse_date(value: Any) -> datetime.datetime | None:
    """``value`` as a moment in UTC with microseconds, or None when it is no unambiguous date.

    Read are dates and datetimes (naive ones as UTC), ISO 8601, RFC 2822, written English dates ("June 3, 2024, 4:05
    p.m. EDT", "3 June 2024"), year-first numeric dates, and Unix times as numbers in seconds (1e8 to 1e11) or
    milliseconds (1e11 to 1e14). A day without a clock is midnight. "03/04/2024" is ambiguous, so None.
    """
    try:
        moment = _parse(value)
        return None if moment is None else _to_utc(moment)
    except (ValueError, OverflowError, TypeError):
        return None


def _parse(value: Any) -> datetime.datetime | None:
    if isinstance(value, datetime.datetime):
        return value
    if isinstance(value, datetime.date):
        return datetime.datetime(value.year, value.month, value.day)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _parse_unix(float(value))
    if isinstance(value, str) and len(value) <= 100:
        return _parse_text(" ".join(value.split()))
    return None


def _parse_unix(value: float) -> datetime.datetime | None:
    if not math.isfinite(value) or not _EARLIEST_SECONDS <= value < _LATEST_MILLIS:
        return None
    seconds = value / 1000 if value >= _EARLIEST_MILLIS else value
    return datetime.datetime(1970, 1, 1, tzinfo=UTC) + datetime.timedelta(seconds=seconds)


def _parse_text(text: str) -> datetime.datetime | None:
    if re.match(r"\d{4}(?:-\d{2}-\d{2}|\d{4})(?!\d)", text):
        iso = re.sub(r"(?<=\d) (?:UTC|GMT)$", "Z", text).replace(" ", "T", 1)
        iso = re.sub(r" (?=[+-]\d{2}:?\d{2}$)", "", iso)
        return datetime.datetime.fromisoformat(iso)
    for pattern in _WRITTEN:
        if match := pattern.fullmatch(text):
            return _from_parts(match)
    if re.match(r"(?:[A-Za-z]{3}, )?\d{1,2} [A-Za-z]{3} \d{4} \d{1,2}:\d{2}", text):
        return email.utils.parsedate_to_datetime(text)
    if re.fullmatch(r"\d{10}(?:\.\d+)?|\d{13}", text):
        return _parse_unix(float(text))
    return None


def _from_parts(match: re.Match[str]) -> datetime.datetime | None:
    month = match["month"].lower()
    hour, half = int(match["hour"] or 0), (match["half"] or "").lower()[:1]
    if match["hour"] and not match["minute"] and not half:
        return None  # "June 3, 2024 17" is no time of day
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    zone = _zone(match["zone"])
    if match["zone"] and zone is None:
        return None
    return datetime.datetime(
        int(match["year"]),
        _MONTHS.get(month) or int(month),
        int(match["day"]),
        hour,
        int(match["minute"] or 0),
        int(match["second"] or 0),
        tzinfo=zone,
    )


def _zone(text: str | None) -> datetime.timezone | None:
    if text is None:
        return None
    if text[0] in "+-":
        digits = text[1:].replace(":", "")
        offset = datetime.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return datetime.timezone(-offset if text[0] == "-" else offset)
    hours = _ZONES.get(text.lower())
    return None if hours is None else datetime.timezone(datetime.timedelta(hours=hours))


def _to_utc(moment: datetime.datetime) -> datetime.datetime:
    if moment.tzinfo is None or moment.utcoffset() is None:
        moment = moment.replace(tzinfo=UTC)
    # A plain datetime: subclasses such as pandas' carry nanoseconds, which Arrow refuses to cut off.
    utc = moment.astimezone(UTC)
    return datetime.datetime(
        utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second, utc.microsecond, tzinfo=UTC
    )
