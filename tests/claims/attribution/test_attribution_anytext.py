"""Whatever the text: no exception, every span in the text, every value from its closed list."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.tables import ATTRIBUTIONS

PIECES = st.sampled_from(
    [
        "The mayor said",
        " that the bridge fell",
        "“",
        "”",
        '"',
        "'",
        "‘",
        "’",
        "''",
        ", according to the Lantern",
        "accused Norland of",
        " lying",
        "\n",
        ". ",
        ", ",
        ": ",
        "she said",
        " and ",
        "a claim both deny",
        "🙂",
        "שלום",
        "مرحبا",
        "\u200f",
        "\u0000",
        "—",
        "(",
        ")",
        "told",
        "\u00a0",
        "ab" * 40,
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text(max_size=80)))
def test_any_text_gives_spans_of_that_text(read: Any, name: Any, text: str) -> None:
    found = read(text, name("Norland", "GPE", 1), name("Lantern", "ORG", 2, "outlet:lantern"))
    ids = [row["claim_id"] for row in found.rows]
    assert len(ids) == len(set(ids))
    for row in found.rows:
        assert row["content"]
        if row["source_start"] is not None:
            assert text[row["source_start"] : row["source_end"]] == row["source_text"]
        for span in row["quoted_spans"]:
            assert 0 <= span["start"] < span["end"] <= len(text)
        for column, allowed in ATTRIBUTIONS.closed:
            assert row[column] in allowed
        assert 0 <= row["confidence"] <= 1
        assert row["parent_claim_id"] is None or row["parent_claim_id"] in ids


@pytest.mark.parametrize("unit", ["“a b c d e. ", "x", "he said ", "'s ", "The mayor said that the port was open. "])
def test_a_very_long_line_is_read(read: Any, unit: str) -> None:
    text = unit * (20_000 // len(unit))
    found = read(text)
    assert all(text[c["start"] : c["end"]] == c["text"] for row in found.rows for c in row["content"])
