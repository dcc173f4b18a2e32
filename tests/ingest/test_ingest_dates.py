"""Dates: what is read, in which zone, and what is left unknown."""

from __future__ import annotations

import datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.dates import parse_date
from pipeline.tables import TIME


def utc(*parts: int) -> datetime.datetime:
    return datetime.datetime(*parts, tzinfo=datetime.UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2031-06-03", utc(2031, 6, 3)),
        ("2031-06-03T14:30:00Z", utc(2031, 6, 3, 14, 30)),
        ("2031-06-03 14:30:00 +02:00", utc(2031, 6, 3, 12, 30)),
        ("2031-06-03T14:30:00+0200", utc(2031, 6, 3, 12, 30)),
        ("2031-06-03 14:30 UTC", utc(2031, 6, 3, 14, 30)),
        ("2031-06-03T14:30:00", utc(2031, 6, 3, 14, 30)),
        ("June 3, 2031", utc(2031, 6, 3)),
        ("Tuesday, 3 June 2031", utc(2031, 6, 3)),
        ("Jun. 3, 2031, 4:05 p.m. EDT", utc(2031, 6, 3, 20, 5)),
        ("June 3rd, 2031 at 12:10 am", utc(2031, 6, 3, 0, 10)),
        ("Tue, 03 Jun 2031 14:30:00 +0200", utc(2031, 6, 3, 12, 30)),
        ("2031/6/3", utc(2031, 6, 3)),
        (1938263400, utc(2031, 6, 3, 14, 30)),
        (1938263400000, utc(2031, 6, 3, 14, 30)),
        ("1938263400", utc(2031, 6, 3, 14, 30)),
        (datetime.date(2031, 6, 3), utc(2031, 6, 3)),
        (datetime.datetime(2031, 6, 3, 1), utc(2031, 6, 3, 1)),
    ],
)
def test_dates_are_read_as_utc(value: Any, moment: datetime.datetime) -> None:
    assert parse_date(value) == moment


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "yesterday",
        "June",
        "June 2031",
        "03/04/2031",
        "2031-13-40",
        "0000-00-00",
        "31 February 2031",
        "June 3, 2031, 14:30 BST",
        "June 3, 2031 17",
        "June 3, 2031, 15:00 pm",
        True,
        2031,
        float("nan"),
        float("inf"),
        1e300,
        -5,
        [],
        {"@value": "2031-06-03"},
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "9" * 5000,
    ],
)
def test_what_is_no_unambiguous_date_is_unknown(value: Any) -> None:
    assert parse_date(value) is None


@given(st.one_of(st.text(max_size=40), st.floats(), st.integers(), st.datetimes(timezones=st.timezones())))
def test_any_value_gives_a_storable_moment_or_none(value: Any) -> None:
    moment = parse_date(value)
    assert pa.array([moment], TIME).to_pylist() == [moment]


@given(st.datetimes(min_value=datetime.datetime(1, 1, 2), max_value=datetime.datetime(9999, 12, 30)))
def test_iso_times_come_back_to_the_microsecond(moment: datetime.datetime) -> None:
    assert parse_date(moment.isoformat()) == moment.replace(tzinfo=datetime.UTC)
