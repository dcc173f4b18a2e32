"""Charts: the same bytes each time, in the page's colours, hostile words escaped, and time cut into periods."""

from __future__ import annotations

import datetime
import re
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.report.charts import Bar, Dot, draw_bars, draw_strips
from pipeline.report.limits import MAX_CHART_BINS
from pipeline.report.timeline import periods_between

DOTS = [Dot(0, 0, "asserts", 3), Dot(0, 2, "denies", 1), Dot(1, 1, "asserts", 1)]
LABELS = ["1 Mar", "", "3 Mar"]


def test_a_chart_is_the_same_each_time_and_gives_no_ids() -> None:
    charts = [draw_strips("Two claims", ["The toll rose", "The gate held"], LABELS, DOTS) for _ in range(3)]
    assert len(set(charts)) == 1
    assert " id=" not in charts[0]
    assert "url(" not in charts[0]


def test_a_chart_takes_its_colours_from_the_page() -> None:
    drawn = draw_strips("Two claims", ["The toll rose", "The gate held"], LABELS, DOTS)
    colors = set(re.findall(r'(?:fill|stroke)="([^"]*)"', drawn))
    assert {"var(--assert)", "var(--deny)"} <= colors
    assert all(color.startswith("var(") or color in ("none", "transparent") for color in colors)


def test_a_chart_has_a_mark_for_each_figure_and_its_name_in_words() -> None:
    drawn = draw_strips("Two claims", ["The toll rose", "The gate held"], LABELS, DOTS)
    root = ElementTree.fromstring(drawn)
    assert (root.get("role"), root.get("aria-label")) == ("img", "Two claims")
    marks = [path.get("stroke") for path in root.iter("path") if path.get("stroke-width") == "1.75"]
    assert sorted(str(stroke) for stroke in marks) == ["var(--assert)", "var(--assert)", "var(--deny)"]
    assert [text.text for text in root.iter("text")][-2:] == ["The toll rose", "The gate held"]


def test_bars_stack_copies_on_articles() -> None:
    bars = [Bar(0, True, 2), Bar(0, False, 1), Bar(1, True, 3)]
    root = ElementTree.fromstring(draw_bars("Articles", ["1 Mar", "2 Mar"], bars))
    fills = [path.get("fill") for path in root.iter("path") if path.get("stroke") == "var(--bar)"]
    assert sorted(str(fill) for fill in fills) == ["var(--bar)", "var(--bar)", "var(--bar-copy)"]
    assert [text.text for text in root.iter("text")] == ["1 Mar", "2 Mar", "0", "3"]


@settings(max_examples=10, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_no_words_break_a_chart(words: str) -> None:
    root = ElementTree.fromstring(draw_strips(words, [words], ["1 Mar", "2 Mar"], [Dot(0, 0, "asserts", 1)]))
    assert {element.tag for element in root.iter()} <= {"svg", "g", "path", "line", "text", "rect", "tspan"}


@given(st.lists(st.dates(), min_size=1, max_size=5))
def test_periods_follow_one_another_and_hold_every_day(days: list[datetime.date]) -> None:
    periods = periods_between(days)
    keys = [period.key for period in periods]
    assert keys == sorted(set(keys))
    assert len(periods) <= MAX_CHART_BINS
    assert keys[0] <= max(days)
    assert len({period.name for period in periods}) == len(periods)


def test_the_finest_unit_that_fits_is_taken() -> None:
    start = datetime.date(2031, 3, 3)
    names = [
        [period.name for period in periods_between([start, start + datetime.timedelta(days=days)])][:2]
        for days in (1, 100, 700, 4000)
    ]
    assert names == [
        ["3 March 2031", "4 March 2031"],
        ["the week of 3 March 2031", "the week of 10 March 2031"],
        ["March 2031", "April 2031"],
        ["2031", "2032"],
    ]
