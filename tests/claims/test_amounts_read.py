"""Amounts read from a claim's words, and which of them contradict each other."""

from __future__ import annotations

import pytest

from pipeline.claims.amounts import differ, read_amounts

NAMES = frozenset({"mark", "norland"})


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("the storm sank 21 trawlers", [(21, "trawlers")]),
        ("the storm sank twenty-one trawlers", [(21, "trawlers")]),
        ("the storm sank 21 of the more than 200 trawlers", [(21, "trawlers"), (200, "trawlers")]),
        ("about 40,000 litres of solvent ran out", [(40_000, "litres")]),
        ("6 percent of the boats and 7% of the barges", [(6, "percent"), (7, "percent")]),
        ("three million barrels", [(3_000_000, "barrels")]),
        ("dozens of trawlers", []),
        ("the pact of 1998 was renewed on May 14", []),
        ("a 16-year-old deckhand", []),
        ("to launch Mark-12 rockets at dawn", []),
        ("it began at 9, trawlers left", []),
        ("at 5:10 trawlers left the port", []),
    ],
)
def test_what_is_counted_and_what_is_no_amount(text: str, values: list[tuple[float, str]]) -> None:
    assert [(amount.value, amount.shown_unit) for amount in read_amounts(text, NAMES)] == values


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("21 trawlers", "34 trawlers", True),
        ("21 trawlers", "21 trawlers", False),
        ("21 trawlers", "about 20 trawlers", False),
        ("more than 900 engines", "at least 600 engines", True),
    ],
)
def test_a_rough_number_covers_what_is_close(one: str, two: str, expected: bool) -> None:
    (first,), (second,) = read_amounts(one, frozenset()), read_amounts(two, frozenset())
    assert differ(first, second) is differ(second, first) is expected
