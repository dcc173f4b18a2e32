"""Quotation marks of every kind, over paragraphs; apostrophes and possessives are none."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.claims.attribution.quotations import find_quotations


def quoted(text: str) -> list[str]:
    passages = [(i, m.start(), m.end()) for i, m in enumerate(re.finditer(r"[^\n]+", text))]
    return ["|".join(text[a:b] for a, b in q.inner) for q in find_quotations(text, passages)]


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('He called it "a long road" again.', ["a long road"]),
        ("He called it “a long road” again.", ["a long road"]),
        ("He called it ''a long road'' again.", ["a long road"]),
        ("Envoy says 'the road is long' after talks", ["the road is long"]),
        ("‘The road is long,’ the envoy said.", ["The road is long,"]),
        ("“She told me ‘wait’ and left,” he said.", ["She told me ‘wait’ and left,"]),
    ],
)
def test_marks_of_every_kind_enclose(text: str, inside: list[str]) -> None:
    assert quoted(text) == inside


@pytest.mark.parametrize(
    "text",
    [
        "The ministers' cars and the drivers' lunch were late.",
        "It wasn't the mayor's fault, the sailors' union's or ours.",
        "Back in the '90s the rock 'n' roll years were over.",
        "The sailors’ union and the dockers’ choir met.",
    ],
)
def test_apostrophes_and_plural_possessives_are_no_quotations(text: str) -> None:
    assert quoted(text) == []


def test_a_plural_possessive_does_not_close_a_single_quotation() -> None:
    assert quoted("Envoy: 'The sailors' strike is over' in the port") == ["The sailors' strike is over"]


def test_a_paragraph_that_opens_and_does_not_close_goes_on_in_the_next() -> None:
    assert quoted("She said: “We waited.\n“Nobody came.” Then it rained.") == ["We waited.|Nobody came."]


def test_a_forgotten_closing_mark_ends_with_its_paragraph() -> None:
    assert quoted("She said: “We waited.\nThe ship sailed.") == ["We waited."]


def test_inches_are_not_quotations() -> None:
    assert quoted("The door is 6'2\" tall.") == []


@given(st.text(alphabet="ab .,'\"“”‘’`«»\n", max_size=120))
def test_every_quotation_is_a_span_of_the_text_with_its_inside_within(text: str) -> None:
    passages = [(i, m.start(), m.end()) for i, m in enumerate(re.finditer(r"[^\n]+", text))]
    found = find_quotations(text, passages)
    edges = [piece for q in found for piece in q.pieces]
    assert edges == sorted(edges)
    for (_, end), (start, _) in itertools.pairwise(edges):
        assert end <= start
    for quotation in found:
        for (a, b), (c, d) in zip(quotation.pieces, quotation.inner, strict=True):
            assert 0 <= a <= c <= d <= b <= len(text)
